#include "config/rules_check.h"
#include "config/rules_parts.h"
#include <string.h>

enum {
    TRIES_MAX = 4096, /* wordings of one phrase that are tried before it is let be */
    FEW_MAX = 256,    /* the same where each must be found by another phrase */
};

typedef struct Check {
    const Rules *rules;
    GPtrArray *faults; /* RuleFault */
    GPtrArray *keys;   /* of each phrase: two with one key match the same texts */
    Rules some;        /* shares all with `rules` but which phrases may begin */
} Check;

static void fault_free(void *data)
{
    RuleFault *f = data;
    g_free(f->text);
    g_free(f);
}

G_GNUC_PRINTF(4, 5)
static void say(Check *c, bool note, Place at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    RuleFault *f = g_new(RuleFault, 1);
    *f = (RuleFault){note, g_strdup_printf("%s:%u: %s", at.file, at.line, what)};
    g_ptr_array_add(c->faults, f);
}

static const RuleBody *body_at(const Check *c, unsigned i)
{
    return c->rules->bodies->pdata[i];
}

static const Phrase *phrase_at(const Check *c, uint32_t i)
{
    return &g_array_index(c->rules->phrases, Phrase, i);
}

static const RuleBody *body_of(const Check *c, uint32_t phrase)
{
    return body_at(c, phrase_at(c, phrase)->rule);
}

static const char *text_of(const Check *c, uint32_t phrase)
{
    const RuleBody *b = body_of(c, phrase);
    return g_array_index(b->written, Written, phrase - b->first).text;
}

static Place place_of(const Check *c, uint32_t phrase)
{
    const RuleBody *b = body_of(c, phrase);
    return (Place){b->place.file, g_array_index(b->written, Written, phrase - b->first).line};
}

/* ---- examples */

static bool fires(const Check *c, const Rule *rule, const char *example)
{
    g_autoptr(Wording) w = wording_new(example, strlen(example));
    g_autoptr(GArray) hits = rules_scan(c->rules, w, rule->scope);
    for (unsigned i = 0; i < hits->len; i++)
        if (g_array_index(hits, RuleHit, i).rule == rule)
            return true;
    return false;
}

static void check_examples(Check *c, const RuleBody *b)
{
    const Rule *rule = &b->rule;
    for (char **e = rule->match; *e; e++)
        if (!fires(c, rule, *e))
            say(c, false, b->place,
                "rule %s misses its example \"%s\": add a phrase that finds it, or see which not "
                "or unless cancels it",
                rule->id, *e);
    for (char **e = rule->no_match; *e; e++)
        if (fires(c, rule, *e))
            say(c, false, b->place,
                "rule %s matches \"%s\", which it must not: narrow the phrase, or add a not",
                rule->id, *e);
    if (!rule->no_match[0])
        say(c, true, b->place, "rule %s has no no_match example: write what it must not match",
            rule->id);
}

/* ---- wordings: a phrase written out, to see which phrases find it */

static void let_none_begin(Check *c)
{
    for (unsigned i = 0; i < c->rules->terms->len; i++)
        g_clear_pointer(&c->some.by_term[i], g_array_unref);
}

static unsigned terms_of(const Phrase *p, unsigned k)
{
    return p->elements[k].set->terms->len;
}

/* The next choice of terms, as an odometer turns; false when all have been. */
static bool turn(const Phrase *p, unsigned *pick)
{
    for (unsigned k = 0; k < p->n; k++) {
        if (++pick[k] < terms_of(p, k))
            return true;
        pick[k] = 0;
    }
    return false;
}

/* Whether the phrases that may begin find the phrase in this wording: each element as the term
 * that `pick` says, and each gap empty or (`full`) as wide as it may be. */
static bool is_found(const Check *c, const Phrase *p, const unsigned *pick, bool full)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned k = 0; k < p->n; k++) {
        uint32_t id = g_array_index(p->elements[k].set->terms, uint32_t, pick[k]);
        for (unsigned gap = 0; full && gap < p->elements[k].gap; gap++)
            g_string_append(text, "zz ");
        g_string_append(text, g_array_index(c->rules->terms, Term, id).literal);
        g_string_append_c(text, ' ');
    }
    g_autoptr(Wording) w = wording_new(text->str, text->len);
    g_autoptr(GArray) hits = rules_scan(&c->some, w, body_at(c, p->rule)->rule.scope);
    for (unsigned i = 0; i < hits->len; i++) {
        const RuleHit *h = &g_array_index(hits, RuleHit, i);
        if (h->first == 0 && h->last + 1 == w->words->len)
            return true;
    }
    return false;
}

/* ---- phrases that nothing can match */

typedef enum Reach {
    REACHED,
    NEVER,
    UNSURE /* too many wordings to try them all */
} Reach;

/* All terms are tried once side by side first, which finds nearly every phrase at once. */
static Reach reach_of(const Check *c, const Phrase *p)
{
    unsigned pick[ELEMENTS_MAX] = {0}, most = 1;
    for (unsigned k = 0; k < p->n; k++)
        most = MAX(most, terms_of(p, k));
    for (unsigned n = 0; n < most; n++) {
        for (unsigned k = 0; k < p->n; k++)
            pick[k] = n % terms_of(p, k);
        if (is_found(c, p, pick, false))
            return REACHED;
    }
    memset(pick, 0, sizeof pick);
    for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
        if (is_found(c, p, pick, false))
            return REACHED;
        if (!turn(p, pick))
            return NEVER;
    }
    return UNSURE;
}

/* The same where its rule has neither not nor unless. */
static Reach bare_reach_of(Check *c, const Phrase *p)
{
    RuleBody *own = c->rules->bodies->pdata[p->rule], bare = *own;
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Phrase));
    bare.refusals = none;
    bare.guards = 0;
    c->rules->bodies->pdata[p->rule] = &bare;
    Reach reach = reach_of(c, p);
    c->rules->bodies->pdata[p->rule] = own;
    return reach;
}

/* True where the phrase cannot be found, which is said. */
static bool check_reach(Check *c, uint32_t i)
{
    const Phrase *p = phrase_at(c, i);
    rules_anchor(c->rules, i, c->some.by_term);
    bool never = reach_of(c, p) == NEVER;
    if (never && bare_reach_of(c, p) != NEVER)
        say(c, false, place_of(c, i),
            "rule %s: \"%s\" is always cancelled by the rule's own not or unless: change one",
            body_of(c, i)->rule.id, text_of(c, i));
    else if (never)
        say(c, false, place_of(c, i),
            "rule %s: \"%s\" matches no text, not even itself: write it otherwise",
            body_of(c, i)->rule.id, text_of(c, i));
    let_none_begin(c);
    return never;
}

static void check_all_reach(Check *c, const RuleBody *b)
{
    unsigned never = 0;
    for (uint32_t i = 0; i < b->written->len; i++)
        never += check_reach(c, b->first + i);
    if (never == b->written->len)
        say(c, false, b->place,
            "rule %s can never fire, as none of its phrases can be found: mend it or take it out",
            b->rule.id);
}

/* ---- phrases that the rule's others find anyway */

/* Whether the phrases that may begin find all that this one finds, and as many words of it. */
static bool all_found(const Check *c, const Phrase *p)
{
    unsigned pick[ELEMENTS_MAX] = {0};
    for (unsigned tries = 0; tries < FEW_MAX; tries++) {
        if (!is_found(c, p, pick, false) || !is_found(c, p, pick, true))
            return false;
        if (!turn(p, pick))
            return true;
    }
    return false;
}

static bool is_key_of_another(const Check *c, const RuleBody *b, uint32_t i)
{
    for (uint32_t j = b->first; j < b->first + b->written->len; j++)
        if (i != j && !strcmp(c->keys->pdata[i], c->keys->pdata[j]))
            return true;
    return false;
}

static void check_idle(Check *c, const RuleBody *b)
{
    for (uint32_t i = b->first; i < b->first + b->written->len; i++) {
        if (is_key_of_another(c, b, i)) /* said as standing twice */
            continue;
        for (uint32_t j = b->first; j < b->first + b->written->len; j++)
            if (i != j)
                rules_anchor(c->rules, j, c->some.by_term);
        if (all_found(c, phrase_at(c, i)))
            say(c, false, place_of(c, i),
                "rule %s: \"%s\" is found by its other phrases anyway: take it out", b->rule.id,
                text_of(c, i));
        let_none_begin(c);
    }
}

/* ---- phrases that stand twice, rules that clash */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void add_key(GString *key, const Phrase *p)
{
    for (unsigned k = 0; k < p->n; k++) {
        g_autoptr(GArray) ids = g_array_copy(p->elements[k].set->terms);
        g_array_sort(ids, by_number);
        g_string_append_printf(key, "%u:", p->elements[k].gap);
        for (unsigned j = 0; j < ids->len; j++) {
            uint32_t id = g_array_index(ids, uint32_t, j);
            if (j == 0 || id != g_array_index(ids, uint32_t, j - 1))
                g_string_append_printf(key, "%u,", id);
        }
    }
}

static char *key_of(const Phrase *p)
{
    GString *key = g_string_new(NULL);
    add_key(key, p);
    return g_string_free(key, FALSE);
}

/* Facts that are one thing or another; of the others a message may state several values. */
static bool one_value_only(RuleFact fact)
{
    return fact == RULE_KIND || fact == RULE_AREA || fact == RULE_RESPONSE ||
           fact == RULE_CARRIAGE || fact == RULE_SIGNPOST || fact == RULE_DATED ||
           fact == RULE_AUTHORITY || fact == RULE_REPRESENTATIVE || fact == RULE_NAME ||
           fact == RULE_PAPER || fact == RULE_WANTS;
}

/* Two phrases that match the same texts; `i` stands before `j`. */
static void check_pair(Check *c, uint32_t i, uint32_t j)
{
    const Rule *a = &body_of(c, i)->rule, *b = &body_of(c, j)->rule;
    const char *text = text_of(c, j);
    Place at = place_of(c, j), other = place_of(c, i);
    bool same_value = a->fact == b->fact && !strcmp(a->value, b->value);
    if (a == b)
        say(c, false, at, "rule %s: \"%s\" stands twice (line %u): take one out", b->id, text,
            other.line);
    else if (!(a->scope & b->scope) || a->fact != b->fact)
        return;
    else if (same_value && a->states == b->states)
        say(c, false, at,
            "rule %s: \"%s\" stands in rule %s too (%s:%u), to the same end: take "
            "one out",
            b->id, text, a->id, other.file, other.line);
    else if (same_value)
        say(c, false, at,
            "rule %s: \"%s\" %s %s = %s, and rule %s (%s:%u) %s it: keep the one that is meant",
            b->id, text, b->states ? "states" : "only hints at", rule_fact_name(b->fact), b->value,
            a->id, other.file, other.line, a->states ? "states" : "only hints at");
    else if (a->states && b->states && one_value_only(a->fact))
        say(c, false, at,
            "rule %s: \"%s\" states %s = %s, and in rule %s (%s:%u) %s: keep the one that is meant",
            b->id, text, rule_fact_name(b->fact), b->value, a->id, other.file, other.line,
            a->value);
}

static void check_twice(Check *c)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(
        g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref); /* key -> phrases */
    for (uint32_t j = 0; j < c->rules->phrases->len; j++) {
        GArray *same = g_hash_table_lookup(seen, c->keys->pdata[j]);
        if (!same) {
            same = g_array_new(FALSE, FALSE, sizeof(uint32_t));
            g_hash_table_insert(seen, c->keys->pdata[j], same);
        }
        for (unsigned n = 0; n < same->len; n++)
            check_pair(c, g_array_index(same, uint32_t, n), j);
        g_array_append_val(same, j);
    }
}

/* ---- rules that another makes idle */

static bool set_within(const TermSet *small, const TermSet *large)
{
    for (unsigned j = 0; j < small->terms->len; j++) {
        if (!term_set_has(large, g_array_index(small->terms, uint32_t, j)))
            return false;
    }
    return true;
}

/* Whether `large` is found wherever `small` is. */
static bool covers(const Phrase *large, const Phrase *small)
{
    if (large->n != small->n)
        return false;
    for (unsigned k = 0; k < small->n; k++)
        if (large->elements[k].gap < small->elements[k].gap ||
            !set_within(small->elements[k].set, large->elements[k].set))
            return false;
    return true;
}

static bool has_refusal(const RuleBody *b, const Phrase *p)
{
    for (unsigned n = 0; n < b->refusals->len; n++)
        if (covers(&g_array_index(b->refusals, Phrase, n), p))
            return true;
    return false;
}

static bool has_phrase(const Check *c, const RuleBody *b, const Phrase *p)
{
    for (uint32_t i = 0; i < b->written->len; i++)
        if (covers(phrase_at(c, b->first + i), p))
            return true;
    return false;
}

/* Whether `large` fires, to the same end, wherever `small` does. */
static bool shadows(const Check *c, const RuleBody *large, const RuleBody *small)
{
    const Rule *a = &large->rule, *b = &small->rule;
    if (a->fact != b->fact || strcmp(a->value, b->value) != 0 || (b->states && !a->states) ||
        (b->scope & ~a->scope) || (large->guards & ~small->guards))
        return false;
    for (unsigned n = 0; n < large->refusals->len; n++)
        if (!has_refusal(small, &g_array_index(large->refusals, Phrase, n)))
            return false;
    for (uint32_t i = 0; i < small->written->len; i++)
        if (!has_phrase(c, large, phrase_at(c, small->first + i)))
            return false;
    return true;
}

static void check_shadowed(Check *c, unsigned i)
{
    const RuleBody *b = body_at(c, i);
    for (unsigned j = 0; j < c->rules->bodies->len; j++) {
        const RuleBody *other = body_at(c, j);
        /* Of two that are the same, the later is told of. */
        if (i == j || !shadows(c, other, b) || (shadows(c, b, other) && i < j))
            continue;
        say(c, false, b->place,
            "rule %s adds nothing: every phrase of it is one of rule %s's (%s:%u) with the same "
            "fact and value: take the rule out",
            b->rule.id, other->rule.id, other->place.file, other->place.line);
        return;
    }
}

/* ---- what nothing names */

static void check_unused(Check *c)
{
    uint32_t used = 0;
    GHashTableIter iter;
    void *name, *value;
    for (unsigned i = 0; i < c->rules->bodies->len; i++)
        used |= body_at(c, i)->guards;
    for (unsigned i = 0; i < c->rules->guards->len; i++) {
        const Guard *g = &g_array_index(c->rules->guards, Guard, i);
        if (!(used & (1u << i)))
            say(c, false, g->place, "guard %s stands in no rule's unless: take it out", g->name);
    }
    g_hash_table_iter_init(&iter, c->rules->lists);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        const WordList *list = value;
        if (!list->terms)
            say(c, false, list->place, "list %s is named in no phrase: take it out",
                (const char *)name);
    }
}

/* Faults before notes, each by file and line. */
static int by_place(const void *a, const void *b)
{
    const RuleFault *x = *(RuleFault *const *)a, *y = *(RuleFault *const *)b;
    if (x->note != y->note)
        return x->note ? 1 : -1;
    size_t file = strcspn(x->text, ":"), other = strcspn(y->text, ":");
    int order = strncmp(x->text, y->text, MIN(file, other) + 1);
    if (order)
        return order;
    gint64 line = g_ascii_strtoll(x->text + file + 1, NULL, 10);
    gint64 other_line = g_ascii_strtoll(y->text + other + 1, NULL, 10);
    return line != other_line ? (line > other_line) - (line < other_line)
                              : strcmp(x->text, y->text);
}

GPtrArray *rules_check(const Rules *r)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Check c = {r, g_ptr_array_new_with_free_func(fault_free), keys, *r};
    for (uint32_t i = 0; i < r->phrases->len; i++)
        g_ptr_array_add(keys, key_of(phrase_at(&c, i)));
    g_autofree GArray **by_term = g_new0(GArray *, r->terms->len);
    c.some.by_term = by_term;
    for (unsigned i = 0; i < r->bodies->len; i++) {
        check_examples(&c, body_at(&c, i));
        check_all_reach(&c, body_at(&c, i));
        check_idle(&c, body_at(&c, i));
        check_shadowed(&c, i);
    }
    check_twice(&c);
    check_unused(&c);
    g_ptr_array_sort(c.faults, by_place);
    return c.faults;
}
