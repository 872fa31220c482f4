/* A text is read once by Hyperscan; what it finds is matched sentence by sentence. */
#include "config/rules_parts.h"
#include <string.h>

typedef struct Found {
    uint32_t term, first, last; /* words */
} Found;

typedef struct Scan {
    const Rules *rules;
    const Wording *text;
    uint32_t scope;
    GArray *found;  /* Found, by first word */
    guint n_found;  /* while it is filled, the array is longer */
    GArray *hits;   /* RuleHit */
    uint8_t *count; /* hits by rule */
    uint32_t work;
    uint32_t cursor;             /* word at which the literal found last ends */
    Found matched[ELEMENTS_MAX]; /* by element, of the phrase matched last */
    unsigned n_matched;
} Scan;

enum { FOUND_MAX = 400000 };

static uint32_t sentence_of(const Scan *s, uint32_t word)
{
    return g_array_index(s->text->words, Word, word).sentence;
}

static int on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void *data)
{
    Scan *s = data;
    const Term *t = &g_array_index(s->rules->terms, Term, id);
    const Word *words = (const Word *)(void *)s->text->words->data;
    uint32_t start = (uint32_t)to - t->length + 1, end = (uint32_t)to - (t->prefix ? 1 : 2);
    /* Literals are reported by their end, so the word only ever moves on. */
    while (s->cursor + 1 < s->text->words->len && words[s->cursor + 1].at <= end)
        s->cursor++;
    Found f = {.term = id, .first = s->cursor, .last = s->cursor};
    while (f.first > 0 && words[f.first].at > start)
        f.first--;
    if (words[f.first].sentence != words[f.last].sentence)
        return false;
    if (s->n_found == s->found->len)
        g_array_set_size(s->found, s->found->len + s->found->len / 2);
    g_array_index(s->found, Found, s->n_found++) = f;
    return s->n_found >= FOUND_MAX;
}

/* Found literals come by their end; a few of several words stand behind shorter ones that begin
 * later. None moves further than a phrase is long, so this is linear where qsort is not. */
static void sort_found(GArray *found)
{
    Found *f = (Found *)(void *)found->data;
    for (uint32_t i = 1; i < found->len; i++) {
        Found x = f[i];
        uint32_t at = i;
        for (; at > 0 && (f[at - 1].first > x.first ||
                          (f[at - 1].first == x.first && f[at - 1].last > x.last));
             at--)
            f[at] = f[at - 1];
        f[at] = x;
    }
}

static bool has_term(const TermSet *set, uint32_t term)
{
    return set->bits[term / 8] & (1u << (term % 8));
}

/* Matches elements k.. of `p` after `at`; the last word matched goes to *last. */
static bool match_rest(Scan *s, const Phrase *p, unsigned k, uint32_t at, uint32_t *last)
{
    s->matched[k - 1] = g_array_index(s->found, Found, at);
    if (k == p->n) {
        s->n_matched = k;
        return true;
    }
    const Found *from = &g_array_index(s->found, Found, at);
    uint32_t reach = from->last + 1 + p->elements[k].gap;
    for (uint32_t i = at + 1; i < s->found->len && s->work < WORK_MAX; i++) {
        const Found *f = &g_array_index(s->found, Found, i);
        s->work++;
        if (f->first > reach)
            return false;
        if (f->first <= from->last || !has_term(p->elements[k].set, f->term))
            continue;
        if (sentence_of(s, f->first) != sentence_of(s, from->last))
            return false;
        uint32_t end = f->last;
        if (match_rest(s, p, k + 1, i, &end)) {
            *last = end;
            return true;
        }
    }
    return false;
}

static bool match_phrase(Scan *s, const Phrase *p, uint32_t at, uint32_t *last)
{
    const Found *f = &g_array_index(s->found, Found, at);
    if (!has_term(p->elements[0].set, f->term))
        return false;
    *last = f->last;
    return match_rest(s, p, 1, at, last);
}

/* First index of `found` whose first word is `word` or later. */
static uint32_t found_from(const Scan *s, uint32_t word)
{
    uint32_t low = 0, high = s->found->len;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (g_array_index(s->found, Found, middle).first < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool refused(Scan *s, const RuleBody *body, uint32_t first, uint32_t last)
{
    if (body->refusals->len == 0)
        return false;
    uint32_t sentence = sentence_of(s, first), end;
    uint32_t start = first > NOT_WINDOW ? first - NOT_WINDOW : 0;
    for (uint32_t i = found_from(s, start); i < s->found->len; i++) {
        const Found *f = &g_array_index(s->found, Found, i);
        if (f->first > last + NOT_WINDOW)
            break;
        if (sentence_of(s, f->first) != sentence)
            continue;
        for (unsigned j = 0; j < body->refusals->len; j++)
            if (match_phrase(s, &g_array_index(body->refusals, Phrase, j), i, &end))
                return true;
    }
    return false;
}

/* True where `f` is one of the phrase's own words: "never returned" does not negate itself. */
static bool is_own(const Found *matched, unsigned n, const Found *f)
{
    for (unsigned i = 0; i < n; i++)
        if (f->first <= matched[i].last && f->last >= matched[i].first)
            return true;
    return false;
}

static bool guarded_by(const Scan *s, const Guard *g, uint32_t first, uint32_t last)
{
    const Word *words = (const Word *)(void *)s->text->words->data;
    uint32_t start = first > g->before ? first - g->before : 0;
    for (uint32_t i = found_from(s, start); i < s->found->len; i++) {
        const Found *f = &g_array_index(s->found, Found, i);
        if (f->first > last + g->after)
            break;
        if (is_own(s->matched, s->n_matched, f))
            continue;
        if (!has_term(g->set, f->term) || words[f->first].sentence != words[first].sentence)
            continue;
        if (!g->clause || (words[f->last].clause >= words[first].clause &&
                           words[f->first].clause <= words[last].clause))
            return true;
    }
    return false;
}

static bool guarded(const Scan *s, const RuleBody *body, uint32_t first, uint32_t last)
{
    for (unsigned i = 0; i < s->rules->guards->len; i++)
        if (body->guards & (1u << i) &&
            guarded_by(s, &g_array_index(s->rules->guards, Guard, i), first, last))
            return true;
    return false;
}

/* Two phrases of one rule on one place are one hit, as long as the longer. */
static bool joins_hit(Scan *s, const Rule *rule, uint32_t first, uint32_t last)
{
    for (unsigned i = s->hits->len; i-- > 0;) {
        RuleHit *h = &g_array_index(s->hits, RuleHit, i);
        if (h->rule != rule || h->last < first)
            continue;
        if (last > h->last) {
            const Word *end = &g_array_index(s->text->words, Word, last);
            h->last = last;
            h->length = end->offset + end->length - h->offset;
        }
        return true;
    }
    return false;
}

static void try_phrase(Scan *s, const Phrase *p, uint32_t at)
{
    const RuleBody *body = s->rules->bodies->pdata[p->rule];
    uint32_t first = g_array_index(s->found, Found, at).first, last;
    if (!match_phrase(s, p, at, &last) || guarded(s, body, first, last) ||
        refused(s, body, first, last) ||
        (s->count[p->rule] && joins_hit(s, &body->rule, first, last)))
        return;
    const Word *a = &g_array_index(s->text->words, Word, first);
    const Word *b = &g_array_index(s->text->words, Word, last);
    RuleHit hit = {&body->rule, first,     last,
                   a->sentence, a->offset, b->offset + b->length - a->offset};
    g_array_append_val(s->hits, hit);
    s->count[p->rule]++;
}

/* Most phrases end here: no term of the second element stands near. What match_rest would find at
 * once is found without touching the phrase, at the same count of work. */
static bool may_go_on(Scan *s, const Start *start, const Found *from)
{
    const Found *f = from + 1, *end = (const Found *)(void *)s->found->data + s->found->len;
    uint32_t reach = from->last + 1 + start->gap, before = s->work;
    for (; f < end && s->work < WORK_MAX; f++) {
        s->work++;
        if (f->first > reach)
            return false;
        if (f->first > from->last && start->second[f->term / 8] & (1u << (f->term % 8))) {
            s->work = before;
            return true;
        }
    }
    return false;
}

static void try_phrases(Scan *s, uint32_t at)
{
    const Found *from = &g_array_index(s->found, Found, at);
    const GArray *starts = s->rules->by_term[from->term];
    for (unsigned i = 0; starts && i < starts->len; i++) {
        const Start *start = &g_array_index(starts, Start, i);
        s->work++;
        if (start->scope & s->scope && s->count[start->rule] < RULE_HITS_MAX &&
            (!start->second || may_go_on(s, start, from)))
            try_phrase(s, &g_array_index(s->rules->phrases, Phrase, start->phrase), at);
    }
}

GArray *rules_scan(const Rules *r, const Wording *text, uint32_t scope)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));
    g_autofree uint8_t *count = g_malloc0(r->bodies->len + 1);
    Scan s = {.rules = r, .text = text, .scope = scope, .found = found, .count = count};
    s.hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
    if (text->words->len == 0)
        return s.hits;
    g_array_set_size(found, text->words->len + 8);
    hs_scan(r->database, text->folded, text->length, 0, r->scratch, on_literal, &s);
    g_array_set_size(found, s.n_found);
    sort_found(found);
    for (uint32_t i = 0; i < found->len && s.work < WORK_MAX; i++)
        try_phrases(&s, i);
    return s.hits;
}
