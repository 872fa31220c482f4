#include "config/rules_parts.h"
#include <string.h>

static GQuark rules_quark(void)
{
    return g_quark_from_static_string("iecd-rules");
}

/* Always false, so that a caller can return it. */
G_GNUC_PRINTF(2, 3) static bool fault_say(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (error && !*error)
        *error = g_error_new_valist(rules_quark(), 0, format, args);
    va_end(args);
    return false;
}

/* Folds a term's words as texts are folded. "refus*" gives " refus", "final reply" " final reply ".
 */
static bool term_read(Rules *r, const char *text, uint32_t *id, GError **error)
{
    size_t size = strlen(text);
    bool prefix = size > 1 && text[size - 1] == '*';
    g_autoptr(Wording) w = wording_new(text, size - prefix);
    if (w->words->len == 0)
        return fault_say(error, "an empty phrase or word \"%s\"", text);
    if (prefix && w->length < 4)
        return fault_say(error, "\"%s\" is too short to stand with any ending", text);
    g_autofree char *literal = g_strndup(w->folded, w->length - prefix);
    gpointer known;
    if (g_hash_table_lookup_extended(r->term_ids, literal, NULL, &known)) {
        *id = GPOINTER_TO_UINT(known);
        return true;
    }
    if (r->terms->len >= TERMS_MAX)
        return fault_say(error, "more than %d different words in all rules", TERMS_MAX);
    *id = r->terms->len;
    Term term = {g_strdup(literal), (uint32_t)strlen(literal), w->words->len};
    g_array_append_val(r->terms, term);
    g_hash_table_insert(r->term_ids, term.literal, GUINT_TO_POINTER(*id));
    return true;
}

static bool set_add(Rules *r, GArray *terms, const char *member, int depth, GError **error)
{
    if (depth > LIST_DEPTH_MAX)
        return fault_say(error, "list %s names itself", member);
    if (member[0] != '@') {
        uint32_t id;
        if (!term_read(r, member, &id, error))
            return false;
        g_array_append_val(terms, id);
        return true;
    }
    WordList *list = g_hash_table_lookup(r->lists, member + 1);
    if (!list)
        return fault_say(error, "no list is named \"%s\"", member);
    if (!list->terms) {
        g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        for (unsigned i = 0; i < list->words->len; i++)
            if (!set_add(r, own, list->words->pdata[i], depth + 1, error))
                return false;
        list->terms = g_steal_pointer(&own);
    }
    g_array_append_vals(terms, list->terms->data, list->terms->len);
    return true;
}

void term_set_free(TermSet *set)
{
    if (!set)
        return;
    g_clear_pointer(&set->terms, g_array_unref);
    g_free(set->bits);
    g_free(set);
}

TermSet *rules_set_read(Rules *r, const char *const *words, GError **error)
{
    g_autofree char *key = g_strjoinv("|", (char **)words);
    TermSet *set = g_hash_table_lookup(r->set_ids, key);
    if (set)
        return set;
    g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (; *words; words++)
        if (!set_add(r, terms, *words, 0, error))
            return NULL;
    set = g_new0(TermSet, 1);
    set->terms = g_steal_pointer(&terms);
    g_ptr_array_add(r->sets, set);
    g_hash_table_insert(r->set_ids, g_steal_pointer(&key), set);
    return set;
}

/* Appends an element whose set is the alternatives in `text` ("a|b c|@list"). */
static bool phrase_add(Rules *r, Phrase *p, const char *text, uint8_t *gap, GError **error)
{
    if (p->n == ELEMENTS_MAX)
        return fault_say(error, "a phrase of more than %d parts", ELEMENTS_MAX);
    g_auto(GStrv) words = g_strsplit(text, "|", -1);
    for (char **w = words; *w; w++)
        g_strstrip(*w);
    TermSet *set = rules_set_read(r, (const char *const *)words, error);
    if (!set)
        return false;
    p->elements[p->n++] = (Element){set, *gap};
    *gap = 0;
    return true;
}

/* Plain words that follow each other are one term: "final reply". */
static bool flush_run(Rules *r, Phrase *p, GString *run, uint8_t *gap, GError **error)
{
    if (run->len == 0)
        return true;
    bool ok = phrase_add(r, p, run->str, gap, error);
    g_string_truncate(run, 0);
    return ok;
}

static bool phrase_token(Rules *r, Phrase *p, const char *token, GString *run, uint8_t *gap,
                         GError **error)
{
    if (!strcmp(token, "..") || !strcmp(token, "...")) {
        if (!flush_run(r, p, run, gap, error))
            return false;
        *gap = token[2] ? GAP_LONG : GAP_SHORT;
        return true;
    }
    if (token[0] == '@')
        return flush_run(r, p, run, gap, error) && phrase_add(r, p, token, gap, error);
    if (token[0] == '(') {
        g_autofree char *inner = g_strndup(token + 1, strlen(token) - 2);
        return flush_run(r, p, run, gap, error) && phrase_add(r, p, inner, gap, error);
    }
    g_string_append_printf(run, "%s%s", run->len ? " " : "", token);
    return g_str_has_suffix(token, "*") ? flush_run(r, p, run, gap, error) : true;
}

/* The next token from *at, parentheses kept together; NULL at the end. */
static char *next_token(const char **at, GError **error)
{
    *at += strspn(*at, " ");
    if (!**at)
        return NULL;
    size_t size = strcspn(*at, " ");
    if (**at == '(') {
        const char *close = strchr(*at, ')');
        if (!close || (close[1] && close[1] != ' ')) {
            fault_say(error, "a bracket that is not closed");
            return NULL;
        }
        size = (size_t)(close + 1 - *at);
    }
    char *token = g_strndup(*at, size);
    *at += size;
    return token;
}

bool rules_phrase_read(Rules *r, const char *text, Phrase *out, GError **error)
{
    g_autoptr(GString) run = g_string_new(NULL);
    g_autoptr(GError) fault = NULL;
    uint8_t gap = 0;
    const char *at = text;
    Phrase p = {.rule = out->rule};
    for (char *token; (token = next_token(&at, &fault));) {
        bool ok = phrase_token(r, &p, token, run, &gap, error);
        g_free(token);
        if (!ok)
            return false;
    }
    if (fault) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    if (!flush_run(r, &p, run, &gap, error))
        return false;
    if (p.n == 0)
        return fault_say(error, "an empty phrase");
    if (gap)
        return fault_say(error, "a phrase that ends in dots");
    *out = p;
    return true;
}

static uint8_t *bits_new(const Rules *r)
{
    return g_malloc0(r->terms->len / 8 + 1);
}

static void put_bits(uint8_t *bits, const GArray *terms)
{
    for (unsigned j = 0; j < terms->len; j++) {
        uint32_t id = g_array_index(terms, uint32_t, j);
        bits[id / 8] |= (uint8_t)(1u << (id % 8));
    }
}

static void fill_bits(Rules *r)
{
    for (unsigned i = 0; i < r->sets->len; i++) {
        TermSet *set = r->sets->pdata[i];
        set->bits = bits_new(r);
        put_bits(set->bits, set->terms);
    }
    for (unsigned i = 0; i < r->bodies->len; i++) {
        RuleBody *b = r->bodies->pdata[i];
        b->refusal_first = b->refusals->len ? bits_new(r) : NULL;
        for (unsigned j = 0; j < b->refusals->len; j++)
            put_bits(b->refusal_first,
                     g_array_index(b->refusals, Phrase, j).elements[0].set->terms);
    }
}

/* Each set that stands second in a phrase is given a bit, and its terms keep it. */
static void give_bits(Rules *r)
{
    unsigned given = 0;
    r->follows = g_new0(uint64_t, r->terms->len);
    for (uint32_t i = 0; i < r->phrases->len; i++) {
        const Phrase *p = &g_array_index(r->phrases, Phrase, i);
        TermSet *set = p->n > 1 ? p->elements[1].set : NULL;
        if (!set || set->bit)
            continue;
        set->bit = UINT64_C(1) << given++ % 64;
        for (unsigned j = 0; j < set->terms->len; j++)
            r->follows[g_array_index(set->terms, uint32_t, j)] |= set->bit;
    }
}

Start rules_start_of(const Rules *r, uint32_t phrase)
{
    const Phrase *p = &g_array_index(r->phrases, Phrase, phrase);
    const RuleBody *body = r->bodies->pdata[p->rule];
    const Element *second = p->n > 1 ? &p->elements[1] : NULL;
    return (Start){.second = second ? second->set->bit : UINT64_MAX,
                   .phrase = phrase,
                   .rule = (uint16_t)p->rule,
                   .scope = (uint8_t)body->rule.scope,
                   .near = !second                   ? NEAR_NONE
                           : second->gap == GAP_LONG ? NEAR_LONG
                           : second->gap             ? NEAR_SHORT
                                                     : NEAR_NEXT};
}

static void index_phrases(Rules *r)
{
    r->by_term = g_new0(GArray *, r->terms->len);
    r->furthest = g_new0(uint8_t, r->terms->len);
    for (uint32_t i = 0; i < r->phrases->len; i++) {
        const Phrase *p = &g_array_index(r->phrases, Phrase, i);
        const GArray *first = p->elements[0].set->terms;
        Start start = rules_start_of(r, i);
        for (unsigned j = 0; j < first->len; j++) {
            uint32_t id = g_array_index(first, uint32_t, j);
            GArray **list = &r->by_term[id];
            r->furthest[id] =
                MAX(r->furthest[id], start.near == NEAR_NONE ? NEAR_NEXT : start.near);
            if (!*list)
                *list = g_array_new(FALSE, FALSE, sizeof(Start));
            g_array_append_val(*list, start);
        }
    }
}

bool rules_compile(Rules *r, GError **error)
{
    if (r->terms->len == 0)
        return fault_say(error, "no rule at all");
    r->tree = term_tree_new(r->terms);
    fill_bits(r);
    give_bits(r);
    index_phrases(r);
    return true;
}
