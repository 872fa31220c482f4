#include "daemon/casework/facts_dates.h"
#include <string.h>

enum {
    CANDIDATES_MAX = 60,    /* the dates after are in no letter a person writes */
    NEAR = 8,               /* words on each side */
    LETTERHEAD_BYTES = 900, /* a letter's own date stands in its head */
};

static uint32_t sentence_of(const DateCandidate *c, uint32_t word)
{
    return g_array_index(c->passage->wording->words, Word, word).sentence;
}

static const char *reach(const char *const *names, uint32_t away)
{
    return names[away <= 1 ? 0 : away == 2 ? 1 : away <= 4 ? 2 : 3];
}

/* The words before and after, by how far they are. */
static void put_context(Features *s, const DateCandidate *c)
{
    static const char *const BEFORE[] = {"b1", "b2", "b3", "b5"};
    static const char *const AFTER[] = {"a1", "a2", "a3", "a5"};
    const Wording *w = c->passage->wording;
    uint32_t sentence = sentence_of(c, c->first);
    size_t n, m;
    for (uint32_t k = 1; k <= NEAR && k <= c->first; k++) {
        if (sentence_of(c, c->first - k) != sentence)
            break;
        const char *token = acts_token(w, c->first - k, &n);
        feature_put(s, reach(BEFORE, k), token, n, NULL, 0);
        feature_put(s, "bb", token, n, NULL, 0);
        if (k > 1 && k <= 5) {
            const char *next = acts_token(w, c->first - k + 1, &m);
            feature_put(s, k == 2 ? "bp1" : "bp", token, n, next, m);
        }
    }
    for (uint32_t k = 1; k <= NEAR && c->last + k < w->words->len; k++) {
        if (sentence_of(c, c->last + k) != sentence)
            break;
        const char *token = acts_token(w, c->last + k, &n);
        feature_put(s, reach(AFTER, k), token, n, NULL, 0);
        feature_put(s, "ab", token, n, NULL, 0);
        if (k > 1 && k <= 5) {
            const char *before = acts_token(w, c->last + k - 1, &m);
            feature_put(s, "ap", before, m, token, n);
        }
    }
}

static int span_of(const Passage *p, uint32_t word)
{
    for (unsigned i = 0; p->spans && i < p->spans->len; i++)
        if (g_array_index(p->spans, Span, i).last >= word)
            return (int)i;
    return -1;
}

static void put_span(Features *s, const Passage *p, int i, const char *some, const char *sure)
{
    if (i < 0 || !p->spans || i >= (int)p->spans->len)
        return;
    const Span *span = &g_array_index(p->spans, Span, (unsigned)i);
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        if (span->score[act] > -1)
            feature_word(s, some, act_names()[act]);
        if (span->score[act] > 1)
            feature_word(s, sure, act_names()[act]);
    }
}

static void put_acts(Features *s, const DateCandidate *c)
{
    int i = span_of(c->passage, c->first);
    put_span(s, c->passage, i, "in", "in!");
    put_span(s, c->passage, i - 1, "pre", "pre!");
    put_span(s, c->passage, i + 1, "post", "post!");
}

/* What the rules found in the same sentence, and on which side of the date. */
static void put_hits(Features *s, const DateCandidate *c)
{
    uint32_t sentence = sentence_of(c, c->first);
    for (unsigned i = 0; i < c->passage->hits->len; i++) {
        const RuleHit *h = &g_array_index(c->passage->hits, RuleHit, i);
        RuleFact fact = h->rule->fact;
        if (h->sentence != sentence || (fact != RULE_RESPONSE && fact != RULE_SIGNPOST &&
                                        fact != RULE_DATED && fact != RULE_CARRIAGE))
            continue;
        bool before = h->last < c->first;
        uint32_t away = before ? c->first - h->last : h->first > c->last ? h->first - c->last : 0;
        const char *name = h->rule->value;
        feature_put(s, before ? "hit-before" : "hit-after", name, strlen(name), NULL, 0);
        if (away <= 3)
            feature_put(s, before ? "hit-by-before" : "hit-by-after", name, strlen(name), NULL, 0);
    }
}

static const char *age_of(int32_t days)
{
    return days < 0     ? "future"
           : days < 15  ? "15"
           : days < 46  ? "46"
           : days < 101 ? "101"
           : days < 201 ? "201"
                        : "old";
}

/* Its order in time and in the text among the others. */
static void put_order(Features *s, const Reading *r, const GArray *all, unsigned i)
{
    const DateCandidate *c = &g_array_index(all, DateCandidate, i);
    unsigned later = 0, earlier = 0, before_here = 0, after_here = 0;
    for (unsigned k = 0; k < all->len; k++) {
        const DateCandidate *o = &g_array_index(all, DateCandidate, k);
        if (k == i)
            continue;
        later += o->found->last > c->found->last && o->found->last <= r->today;
        earlier += o->found->last < c->found->last;
        bool here =
            o->passage == c->passage && sentence_of(o, o->first) == sentence_of(c, c->first);
        before_here += here && k < i;
        after_here += here && k > i;
    }
    static const char *const COUNTS[] = {"0", "1", "2", "3"};
    feature_word(s, "later", COUNTS[MIN(later, 3)]);
    feature_word(s, "earlier", COUNTS[MIN(earlier, 3)]);
    feature_word(s, "before-here", COUNTS[MIN(before_here, 2)]);
    feature_word(s, "after-here", COUNTS[MIN(after_here, 2)]);
    feature_word(s, "age", age_of(r->today - c->found->first));
    feature_word(s, "role", c->passage->role == TEXT_SUBJECT ? "subject" : "text");
    feature_word(s, "year", c->found->year_told ? "told" : "untold");
}

static void put_all(Features *s, const Reading *r, const GArray *all, unsigned i)
{
    const DateCandidate *c = &g_array_index(all, DateCandidate, i);
    put_context(s, c);
    put_acts(s, c);
    put_hits(s, c);
    put_order(s, r, all, i);
}

char **date_features(const Reading *r, const GArray *all, unsigned i)
{
    Features s = {.texts = g_ptr_array_new()};
    put_all(&s, r, all, i);
    return features_end(&s);
}

/* ---- candidates */

static void add_candidates(Reading *r, Passage *p, GArray *all)
{
    const GArray *dates = passage_dates(r, p);
    for (unsigned i = 0; i < dates->len && all->len < CANDIDATES_MAX; i++) {
        const DateFound *d = &g_array_index(dates, DateFound, i);
        DateCandidate c = {.passage = p, .found = d};
        c.first = passage_word_at(p, d->offset);
        c.last = passage_word_at(p, d->offset + d->length - 1);
        g_array_append_val(all, c);
    }
}

GArray *date_candidates(Reading *r)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(DateCandidate));
    for (unsigned i = 0; i < r->passages->len; i++) {
        Passage *p = r->passages->pdata[i];
        if (is_writer(p) && p->wording->words->len)
            add_candidates(r, p, all);
    }
    for (unsigned i = 0; i < all->len; i++) {
        Features s = features_begin(rules_model(r->rules, MODEL_DATES));
        put_all(&s, r, all, i);
        g_array_index(all, DateCandidate, i).date = features_sum(&s, 0);
        g_array_index(all, DateCandidate, i).received = features_sum(&s, 1);
    }
    return all;
}

/* The day at the head of a letter: the first told in full before "Dear". */
Day letter_date(const Reading *r, Passage *p)
{
    if (p->date)
        return day_of_instant(p->date);
    const GArray *dates = passage_dates(r, p);
    const char *dear = g_strstr_len(p->text, (gssize)MIN(p->length, LETTERHEAD_BYTES), "Dear");
    uint32_t head = dear ? (uint32_t)(dear - p->text) : LETTERHEAD_BYTES;
    for (unsigned i = 0; i < dates->len; i++) {
        const DateFound *d = &g_array_index(dates, DateFound, i);
        if (d->offset < head && !d->loose && d->year_told && d->last <= r->today)
            return d->last;
    }
    return DAY_NONE;
}
