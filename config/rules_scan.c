/* A text's terms are found in one pass; what is found is matched sentence by sentence. */
#include "config/rules_parts.h"
#include <string.h>

typedef struct RuleState {
    uint32_t hits;
    uint32_t end; /* the word after the last word of any of them */
} RuleState;

typedef struct Scan {
    const Rules *rules;
    const Wording *text;
    uint32_t scope;
    GArray *found;     /* Found, by first word */
    GArray *hits;      /* RuleHit */
    RuleState *states; /* by rule */
    uint32_t work;
    Found matched[ELEMENTS_MAX]; /* by element, of the phrase matched last */
    unsigned n_matched;
} Scan;

static uint32_t sentence_of(const Scan *s, uint32_t word)
{
    return g_array_index(s->text->words, Word, word).sentence;
}

static bool has_bit(const uint8_t *bits, uint32_t term)
{
    return bits[term / 8] & (1u << (term % 8));
}

static bool has_term(const TermSet *set, uint32_t term)
{
    return has_bit(set->bits, term);
}

/* Matches elements k.. of `p` after `at`; the last word matched goes to *last. */
static bool match_rest(Scan *s, const Phrase *p, unsigned k, uint32_t at, uint32_t *last)
{
    s->matched[k - 1] = g_array_index(s->found, Found, at);
    if (k == p->n) {
        s->n_matched = k;
        return true;
    }
    const TermSet *set = p->elements[k].set;
    const Found *from = &g_array_index(s->found, Found, at);
    uint32_t reach = from->last + 1 + p->elements[k].gap;
    for (uint32_t i = at + 1; i < s->found->len && s->work < WORK_MAX; i++) {
        const Found *f = &g_array_index(s->found, Found, i);
        s->work++;
        if (f->first > reach)
            return false;
        if (f->first <= from->last || !has_term(set, f->term))
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

/* A term at `at` is known to be one of the first element. */
static bool match_phrase(Scan *s, const Phrase *p, uint32_t at, uint32_t *last)
{
    *last = g_array_index(s->found, Found, at).last;
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
    if (!body->refusal_first)
        return false;
    uint32_t sentence = sentence_of(s, first), end;
    uint32_t start = first > NOT_WINDOW ? first - NOT_WINDOW : 0;
    for (uint32_t i = found_from(s, start); i < s->found->len; i++) {
        const Found *f = &g_array_index(s->found, Found, i);
        if (f->first > last + NOT_WINDOW)
            break;
        if (!has_bit(body->refusal_first, f->term) || sentence_of(s, f->first) != sentence)
            continue;
        for (unsigned j = 0; j < body->refusals->len; j++) {
            const Phrase *p = &g_array_index(body->refusals, Phrase, j);
            if (has_term(p->elements[0].set, f->term) && match_phrase(s, p, i, &end))
                return true;
        }
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
static bool joins_hit(Scan *s, const Rule *rule, RuleState *state, uint32_t first, uint32_t last)
{
    for (unsigned i = state->end > first ? s->hits->len : 0; i-- > 0;) {
        RuleHit *h = &g_array_index(s->hits, RuleHit, i);
        if (h->rule != rule || h->last < first)
            continue;
        if (last > h->last) {
            const Word *end = &g_array_index(s->text->words, Word, last);
            h->last = last;
            h->length = end->offset + end->length - h->offset;
            state->end = MAX(state->end, last + 1);
        }
        return true;
    }
    return false;
}

static void try_phrase(Scan *s, const Phrase *p, uint32_t at)
{
    const RuleBody *body = s->rules->bodies->pdata[p->rule];
    RuleState *state = &s->states[p->rule];
    uint32_t first = g_array_index(s->found, Found, at).first, last;
    if (!match_phrase(s, p, at, &last) || guarded(s, body, first, last) ||
        refused(s, body, first, last) || joins_hit(s, &body->rule, state, first, last))
        return;
    const Word *a = &g_array_index(s->text->words, Word, first);
    const Word *b = &g_array_index(s->text->words, Word, last);
    RuleHit hit = {&body->rule, first,     last,
                   a->sentence, a->offset, b->offset + b->length - a->offset};
    g_array_append_val(s->hits, hit);
    state->hits++;
    state->end = MAX(state->end, last + 1);
}

/* The sets of which a term stands after `from`, by how far off at most; nearer is also further. */
static void look_ahead(Scan *s, const Found *from, Near furthest, uint64_t ahead[NEAR_NONE])
{
    static const uint8_t GAPS[NEAR_NONE] = {0, GAP_SHORT, GAP_LONG};
    const Found *f = from + 1, *end = (const Found *)(void *)s->found->data + s->found->len;
    uint64_t bits = 0;
    for (Near near = NEAR_NEXT; near <= furthest; near++) {
        uint32_t word = from->last + 1 + GAPS[near];
        for (; f < end && f->first <= word; f++)
            if (f->first > from->last)
                bits |= s->rules->follows[f->term];
        ahead[near] = bits;
    }
    s->work += (uint32_t)(f - from);
}

/* Most phrases end here, untouched: nothing of their second element stands near. */
static void try_phrases(Scan *s, uint32_t at)
{
    uint32_t term = g_array_index(s->found, Found, at).term;
    const GArray *starts = s->rules->by_term[term];
    if (!starts)
        return;
    uint64_t ahead[] = {0, 0, 0, UINT64_MAX}; /* by Near */
    look_ahead(s, &g_array_index(s->found, Found, at), s->rules->furthest[term], ahead);
    s->work += starts->len;
    const Start *start = (const Start *)(void *)starts->data, *end = start + starts->len;
    for (; start < end; start++)
        if (ahead[start->near] & start->second && start->scope & s->scope &&
            s->states[start->rule].hits < RULE_HITS_MAX)
            try_phrase(s, &g_array_index(s->rules->phrases, Phrase, start->phrase), at);
}

GArray *rules_scan(const Rules *r, const Wording *text, uint32_t scope)
{
    g_autoptr(GArray) found = g_array_sized_new(FALSE, FALSE, sizeof(Found), text->words->len + 8);
    g_autofree RuleState *states = g_new0(RuleState, r->bodies->len + 1);
    Scan s = {.rules = r, .text = text, .scope = scope, .found = found, .states = states};
    s.hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
    if (text->words->len == 0)
        return s.hits;
    term_tree_find(r->tree, text, found);
    for (uint32_t i = 0; i < found->len && s.work < WORK_MAX; i++)
        try_phrases(&s, i);
    return s.hits;
}
