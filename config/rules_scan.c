/* A text's terms are found in one pass; what is found is matched sentence by sentence: first each
 * phrase is looked for from its anchors, then those that match are judged in the order in which
 * they begin. */
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
    GArray *found;       /* Found, by first word */
    uint32_t begin, end; /* indexes of those in the sentence looked at */
    uint64_t bits;       /* term_bit of each of them */
    GArray *matches;     /* uint64_t: index of `found` over phrase, in this sentence */
    GArray *hits;        /* RuleHit */
    RuleState *states;   /* by rule */
    uint32_t work, work_max;
    Found matched[ELEMENTS_MAX]; /* by element, of the phrase matched last */
    unsigned n_matched;
} Scan;

static const Found *found_at(const Scan *s, uint32_t i)
{
    return &g_array_index(s->found, Found, i);
}

/* Matches elements k.. of `p` after `at`; the last word matched goes to *last. */
static bool match_rest(Scan *s, const Phrase *p, unsigned k, uint32_t at, uint32_t *last)
{
    const Found *from = found_at(s, at);
    s->matched[k - 1] = *from;
    if (k == p->n) {
        s->n_matched = k;
        *last = from->last;
        return true;
    }
    const TermSet *set = p->elements[k].set;
    uint32_t reach = from->last + 1 + p->elements[k].gap;
    for (uint32_t i = at + 1; i < s->end && s->work < s->work_max; i++) {
        const Found *f = found_at(s, i);
        s->work++;
        if (f->first > reach)
            return false;
        if (f->first > from->last && term_set_has(set, f->term) && match_rest(s, p, k + 1, i, last))
            return true;
    }
    return false;
}

/* A term at `at` is known to be one of the first element. */
static bool match_phrase(Scan *s, const Phrase *p, uint32_t at, uint32_t *last)
{
    return match_rest(s, p, 1, at, last);
}

/* ---- judging */

/* The first that begins at most `words` before the one at `at`, in the sentence. */
static uint32_t found_before(const Scan *s, uint32_t at, uint32_t words)
{
    uint32_t first = found_at(s, at)->first;
    while (at > s->begin && found_at(s, at - 1)->first + words >= first)
        at--;
    return at;
}

static bool refused(Scan *s, const RuleBody *body, uint32_t at, uint32_t last)
{
    if (!body->refusal_first)
        return false;
    for (uint32_t end, i = found_before(s, at, NOT_WINDOW); i < s->end; i++) {
        const Found *f = found_at(s, i);
        if (f->first > last + NOT_WINDOW)
            break;
        if (!has_bit(body->refusal_first, f->term))
            continue;
        for (unsigned j = 0; j < body->refusals->len; j++) {
            const Phrase *p = &g_array_index(body->refusals, Phrase, j);
            if (term_set_has(p->elements[0].set, f->term) && match_phrase(s, p, i, &end))
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

static bool guarded_by(const Scan *s, const Guard *g, uint32_t at, uint32_t last)
{
    const Word *words = (const Word *)(void *)s->text->words->data;
    uint32_t first = found_at(s, at)->first;
    for (uint32_t i = found_before(s, at, g->before); i < s->end; i++) {
        const Found *f = found_at(s, i);
        if (f->first > last + g->after)
            break;
        if (!term_set_has(g->set, f->term) || is_own(s->matched, s->n_matched, f))
            continue;
        if (!g->clause || (words[f->last].clause >= words[first].clause &&
                           words[f->first].clause <= words[last].clause))
            return true;
    }
    return false;
}

static bool guarded(const Scan *s, const RuleBody *body, uint32_t at, uint32_t last)
{
    for (unsigned i = 0; i < s->rules->guards->len; i++)
        if (body->guards & (1u << i) &&
            guarded_by(s, &g_array_index(s->rules->guards, Guard, i), at, last))
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

/* The phrase is known to match at `at`. */
static void judge_match(Scan *s, const Phrase *p, uint32_t at)
{
    const RuleBody *body = s->rules->bodies->pdata[p->rule];
    RuleState *state = &s->states[p->rule];
    uint32_t first = found_at(s, at)->first, last;
    if (state->hits >= RULE_HITS_MAX || !match_phrase(s, p, at, &last) ||
        guarded(s, body, at, last) || refused(s, body, at, last) ||
        joins_hit(s, &body->rule, state, first, last))
        return;
    const Word *a = &g_array_index(s->text->words, Word, first);
    const Word *b = &g_array_index(s->text->words, Word, last);
    RuleHit hit = {&body->rule, first,     last,
                   a->sentence, a->offset, b->offset + b->length - a->offset};
    g_array_append_val(s->hits, hit);
    state->hits++;
    state->end = MAX(state->end, last + 1);
}

static int compare_matches(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Several anchors may have led to one match. */
static void judge_matches(Scan *s)
{
    uint64_t *matches = (uint64_t *)(void *)s->matches->data, before = UINT64_MAX;
    uint32_t n = s->matches->len;
    if (n > 1)
        qsort(matches, n, sizeof *matches, compare_matches);
    s->work_max = WORK_MAX;
    for (uint32_t i = 0; i < n; before = matches[i++])
        if (matches[i] != before)
            judge_match(s, &g_array_index(s->rules->phrases, Phrase, (uint32_t)matches[i]),
                        (uint32_t)(matches[i] >> 32));
    s->work_max = LOOK_MAX;
    g_array_set_size(s->matches, 0);
}

/* ---- looking */

static void note_match(Scan *s, uint32_t phrase, uint32_t at)
{
    uint64_t match = (uint64_t)at << 32 | phrase;
    g_array_append_val(s->matches, match);
}

/* Whether element k - 1 stands before element k, which stands at `at`. */
static bool stands_before(Scan *s, const Phrase *p, unsigned k, uint32_t at)
{
    const TermSet *set = p->elements[k - 1].set;
    uint32_t first = found_at(s, at)->first, gap = p->elements[k].gap;
    for (uint32_t i = at; i-- > s->begin && s->work < s->work_max;) {
        const Found *f = found_at(s, i);
        s->work++;
        if (f->first + gap + set->words < first)
            return false;
        if (f->last < first && f->last + 1 + gap >= first && term_set_has(set, f->term))
            return true;
    }
    return false;
}

/* Looks from the anchor at `at` to the phrase's end, then for where it can begin. */
static void look_from(Scan *s, const Anchor *a, uint32_t at)
{
    const Phrase *p = &g_array_index(s->rules->phrases, Phrase, a->phrase);
    uint32_t last, first = found_at(s, at)->first;
    if (!match_rest(s, p, a->element + 1u, at, &last))
        return;
    if (a->element == 0) {
        note_match(s, a->phrase, at);
        return;
    }
    if (!stands_before(s, p, a->element, at))
        return;
    for (uint32_t i = at; i-- > s->begin && found_at(s, i)->first + a->reach >= first; s->work++)
        if (term_set_has(p->elements[0].set, found_at(s, i)->term) && match_phrase(s, p, i, &last))
            note_match(s, a->phrase, i);
}

/* Most phrases end here, untouched: nothing of the elements beside the anchor stands near. */
static void look_from_all(Scan *s, uint32_t at)
{
    const GArray *anchors = s->rules->by_term[found_at(s, at)->term];
    if (!anchors)
        return;
    const Anchor *a = (const Anchor *)(void *)anchors->data, *end = a + anchors->len;
    s->work += anchors->len;
    for (; a < end; a++)
        if (a->before & s->bits && a->after & s->bits && a->scope & s->scope &&
            s->states[a->rule].hits < RULE_HITS_MAX)
            look_from(s, a, at);
}

static void scan_sentence(Scan *s)
{
    for (uint32_t i = s->begin; i < s->end && s->work < s->work_max; i++)
        look_from_all(s, i);
    judge_matches(s);
}

/* The sentence of the term at `begin`. */
static void enter_sentence(Scan *s, uint32_t begin)
{
    const Word *words = (const Word *)(void *)s->text->words->data;
    uint32_t sentence = words[found_at(s, begin)->first].sentence;
    s->begin = s->end = begin;
    s->bits = 0;
    while (s->end < s->found->len && words[found_at(s, s->end)->first].sentence == sentence)
        s->bits |= term_bit(found_at(s, s->end++)->term);
}

GArray *rules_scan(const Rules *r, const Wording *text, uint32_t scope)
{
    g_autoptr(GArray) found = g_array_sized_new(FALSE, FALSE, sizeof(Found), text->words->len + 8);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autofree RuleState *states = g_new0(RuleState, r->bodies->len + 1);
    Scan s = {.rules = r,
              .text = text,
              .scope = scope,
              .found = found,
              .matches = matches,
              .states = states,
              .work_max = LOOK_MAX};
    s.hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
    if (text->words->len == 0)
        return s.hits;
    term_tree_find(r->tree, text, found);
    while (s.end < found->len && s.work < s.work_max) {
        enter_sentence(&s, s.end);
        scan_sentence(&s);
    }
    return s.hits;
}
