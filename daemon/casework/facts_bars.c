/* The bars of policy section 5 and their near misses.
 *
 * What the phrases state of a bar, what the sentences do, what else is complained of and what is
 * wanted are the features of a learned model (config/bars.model), one for all bars, that says how
 * sure it is that the bar covers the whole matter, and that it may apply at all. A bar is certain
 * only where a phrase of its own stands under it too. Anything less is possible, a part, or no bar:
 * a person decides. */
#include "daemon/casework/facts_bars.h"
#include "daemon/casework/facts_nature.h"
#include <string.h>

static const struct {
    Reason reason;
    Act act;     /* the sentence that tells of its matter */
    bool apart;  /* beside another matter it covers the whole only beyond doubt */
    bool missed; /* and where a near miss of it is told, or much else went wrong */
} BARS[] = {
    {REASON_APPEALABLE_DECISION, ACT_WANTS, false, false},
    {REASON_POLICY_OR_LEGISLATION, ACT_POLICY, true, true},
    {REASON_OMBUDSMAN, ACT_OMBUDSMAN, true, true},
    {REASON_EMPLOYMENT, ACT_EMPLOYMENT, true, true},
    {REASON_COURT, ACT_COURT, false, true},
    {REASON_WINDRUSH_COMPENSATION, ACT_WINDRUSH, true, false},
    {REASON_PSU_MISCONDUCT, ACT_PSU, false, false},
    {REASON_DATA_PROTECTION, ACT_DATA, true, false},
    {REASON_NOT_IN_REMIT, ACT_OTHER_BODY, false, false},
};

/* ---- signs */

typedef struct Signs { /* what is told of one bar */
    unsigned stated, hinted, cleared, whole, perhaps, named;
    unsigned unsure;           /* times the writer does not know something beside its matter */
    unsigned spans;            /* that tell of its matter */
    unsigned others;           /* that tell of something wrong and not of its matter */
    unsigned other_words;      /* wrongs that phrases tell outside the bar's sentences */
    bool lost;                 /* papers or things, outside the bar's sentences */
    bool elsewhere;            /* another body is named in a sentence of the bar's */
    unsigned ours, ours_named; /* matters of the five areas, and their names */
    float other;               /* the surest of the others */
} Signs;

/* True where the span tells rather of the bar's matter than of a wrong of its own. */
static bool is_of_bar(const Span *s, unsigned bar)
{
    bool refusal = BARS[bar].reason == REASON_APPEALABLE_DECISION && s->score[ACT_REFUSED] > 0;
    return s->score[BARS[bar].act] > 0 || refusal;
}

static void count_spans(const Reading *r, unsigned bar, Signs *out)
{
    out->other = ACT_NOT_TOLD;
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        for (unsigned j = 0; p->spans && j < p->spans->len; j++) {
            const Span *s = &g_array_index(p->spans, Span, j);
            if (is_of_bar(s, bar)) {
                out->spans++;
                continue;
            }
            out->others += s->score[ACT_WRONG] > 0;
            out->other = MAX(out->other, s->score[ACT_WRONG]);
        }
    }
}

/* ---- where in the text a bar is spoken of: places in their order, so that a hit is held against
 * them by a search and not by a walk */

enum { BESIDE = 2 }; /* sentences */

static uint64_t place_of(const Hit *h)
{
    return (uint64_t)h->passage->index << 32 | h->at->sentence;
}

static int compare_places(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static GArray *places_of(const Reading *r, const RuleFact *facts, unsigned n, const char *bar)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    const Hit *h;
    for (unsigned f = 0; f < n; f++)
        for (unsigned i = 0; (h = reading_next(r, &i, facts[f], bar));) {
            uint64_t place = place_of(h);
            g_array_append_val(places, place);
        }
    g_array_sort(places, compare_places);
    return places;
}

/* True where one of the places is within `reach` sentences of the hit's. */
static bool is_near(const GArray *places, const Hit *h, uint32_t reach)
{
    uint64_t place = place_of(h);
    uint64_t least = place - MIN(reach, h->at->sentence);
    uint32_t low = 0, high = places->len;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (g_array_index(places, uint64_t, middle) < least)
            low = middle + 1;
        else
            high = middle;
    }
    return low < places->len && g_array_index(places, uint64_t, low) <= place + reach;
}

/* Against where the bar's matter is told: what else went wrong, and who else is named. */
static void count_beside(const Reading *r, const char *bar, Signs *s)
{
    static const RuleFact TOLD[] = {RULE_BAR};
    g_autoptr(GArray) told = places_of(r, TOLD, G_N_ELEMENTS(TOLD), bar);
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_WRONG, NULL));) {
        bool other = is_writer(h->passage) && h->rule->states && !is_near(told, h, 0);
        s->other_words += other;
        s->lost |= other && !strcmp(h->rule->value, wrong_name(WRONG_LOST_DOCUMENTS));
    }
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_AREA, "other-body"));)
        s->elsewhere |= is_near(told, h, 0);
}

static void count_unsure(const Reading *r, const char *bar, Signs *s)
{
    static const RuleFact NAMED[] = {RULE_BAR_NAMED, RULE_BAR, RULE_BAR_CLEAR};
    g_autoptr(GArray) named = places_of(r, NAMED, G_N_ELEMENTS(NAMED), bar);
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_UNSURE, NULL));)
        s->unsure += is_near(named, h, BESIDE);
}

/* True where the sender speaks of one of the five areas. */
static bool is_ours(const Hit *h)
{
    return is_writer(h->passage) &&
           strcmp(h->rule->value, area_name(AREA_OTHER_HOME_OFFICE)) != 0 &&
           strcmp(h->rule->value, area_name(AREA_OTHER_BODY)) != 0;
}

static void count_ours(const Reading *r, Signs *s)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_AREA, NULL));) {
        s->ours += is_ours(h) && !h->rule->states;
        s->ours_named += is_ours(h) && h->rule->states;
    }
}

static Signs signs_of(const Reading *r, unsigned bar)
{
    Signs s = {0};
    const char *name = reason_name(BARS[bar].reason);
    const Hit *h;
    count_spans(r, bar, &s);
    count_beside(r, name, &s);
    count_unsure(r, name, &s);
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_BAR, name));) {
        s.stated += h->rule->states;
        s.hinted += !h->rule->states;
    }
    if (BARS[bar].reason == REASON_NOT_IN_REMIT) {
        s.hinted = reading_count(r, RULE_AREA, "other-body", true);
        count_ours(r, &s);
    }
    s.cleared = reading_count(r, RULE_BAR_CLEAR, name, false);
    s.named = reading_count(r, RULE_BAR_NAMED, name, true);
    s.perhaps = reading_count(r, RULE_BAR_PERHAPS, name, true);
    s.whole =
        reading_count(r, RULE_WHOLE, name, false) + reading_count(r, RULE_WHOLE, "any", false);
    return s;
}

/* ---- features: each plain, for what all bars have in common, and under the bar's name */

static void put(Features *f, const char *bar, const char *name, const char *value)
{
    feature_put(f, name, value, strlen(value), NULL, 0);
    feature_put(f, name, value, strlen(value), bar, strlen(bar));
}

static void put_score(Features *f, const char *bar, const char *name, float score)
{
    for (unsigned i = 0; i < FEATURE_STEPS && score >= FEATURE_STEP[i].least; i++)
        put(f, bar, name, FEATURE_STEP[i].name);
}

static void put_count(Features *f, const char *bar, const char *name, unsigned n)
{
    put(f, bar, name, feature_count(n));
}

static void put_bar(Features *f, const Reading *r, unsigned bar, const Signs *s)
{
    static const Act ACTS[] = {ACT_REFUSED, ACT_WANTS, ACT_COURT, ACT_OMBUDSMAN, ACT_PSU,
                               ACT_POLICY,  ACT_ONLY,  ACT_WRONG, ACT_FINAL,     ACT_ELSEWHERE,
                               ACT_ENQUIRY, ACT_NONE,  ACT_DATA,  ACT_OTHER_BODY};
    const char *name = reason_name(BARS[bar].reason);
    put_score(f, name, "told", reading_act(r, BARS[bar].act));
    put_score(f, name, "other", s->other);
    put_count(f, name, "spans", s->spans);
    put_count(f, name, "others", s->others);
    put_count(f, name, "stated", s->stated);
    put_count(f, name, "hinted", s->hinted);
    put_count(f, name, "cleared", s->cleared);
    put_count(f, name, "whole", s->whole);
    put_count(f, name, "perhaps", s->perhaps);
    put_count(f, name, "named", s->named);
    put_count(f, name, "unsure", s->unsure);
    put_count(f, name, "other-words", s->other_words);
    if (BARS[bar].reason == REASON_NOT_IN_REMIT) {
        put_count(f, name, "ours", s->ours);
        put_count(f, name, "ours-named", s->ours_named);
    }
    put_count(f, name, "wanted", reading_count(r, RULE_WANTS, "another-decision", false));
    for (unsigned i = 0; i < G_N_ELEMENTS(ACTS); i++)
        for (unsigned k = 0; k < FEATURE_STEPS; k++)
            if (reading_act(r, ACTS[i]) >= FEATURE_STEP[k].least)
                feature_put(f, name, act_names()[ACTS[i]], strlen(act_names()[ACTS[i]]),
                            FEATURE_STEP[k].name, strlen(FEATURE_STEP[k].name));
    feature_put(f, name, "area", 4, area_name(r->facts->area), strlen(area_name(r->facts->area)));
    feature_word(f, "bar", name);
}

unsigned bars_count(void)
{
    return G_N_ELEMENTS(BARS);
}

Reason bar_reason(unsigned bar)
{
    return BARS[bar].reason;
}

char **bar_features(const Reading *r, unsigned bar)
{
    Features f = {.texts = g_ptr_array_new()};
    Signs s = signs_of(r, bar);
    put_bar(&f, r, bar, &s);
    return features_end(&f);
}

/* ---- how sure */

/* Log-odds from which a bar is taken to cover the whole matter: where its phrases say so and
 * nothing else is told, where they say so at all, where it is only named or something else is told
 * too, where a near miss of it is told, or much else, where several matters are spoken of; and from
 * which it may apply, sooner where a phrase states it. */
static const float WHOLE_PLAIN = 1.2f, WHOLE_TOLD = 2.2f, WHOLE_NAMED = 3.2f, WHOLE_BESIDE = 4.5f,
                   WHOLE_ANSWERED = 3.4f, WHOLE_SEVERAL = 3.7f, POSSIBLE_TAKEN = -0.5f,
                   POSSIBLE_STATED = -1.5f;

/* The same for another body complained of: where no matter of ours is spoken of, where one is,
 * where a part of the Home Office is named; and under which it is doubtful. */
static const float BODY_TAKEN = 0.3f, BODY_BESIDE_OURS = 2, BODY_BESIDE_NAMED = 4,
                   BODY_DOUBTED = -1.5f;

/* True where the sender speaks of one of the five areas: by name, or by a thing customers of visas
 * and passports deal in. */
static bool names_area(const Reading *r, bool by_name)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_AREA, NULL));) {
        bool customer =
            !strcmp(h->rule->value, "ukvi") || !strcmp(h->rule->value, "hm-passport-office");
        if (is_ours(h) && h->rule->states == by_name && (by_name || customer))
            return true;
    }
    return false;
}

/* What no refusal, fee, offer or inquiry explains away: papers or things lost, or several wrongs
 * beside it. */
static bool is_other_matter(const Reading *r, unsigned bar, const Signs *s)
{
    switch (BARS[bar].reason) {
    case REASON_APPEALABLE_DECISION:
        return s->lost || s->others > 1;
    case REASON_POLICY_OR_LEGISLATION:
        return s->lost || s->others > 0;
    case REASON_WINDRUSH_COMPENSATION:
        return s->lost || names_area(r, true) || names_area(r, false);
    case REASON_EMPLOYMENT:
        return s->lost || names_area(r, false);
    case REASON_COURT:
        return false;
    case REASON_DATA_PROTECTION:
        return s->lost || s->others > 1;
    case REASON_PSU_MISCONDUCT:
        return s->lost;
    case REASON_OMBUDSMAN:
        return s->elsewhere;
    case REASON_NOT_IN_REMIT:
    case REASON_NO_FINAL_RESPONSE:
    case REASON_OUT_OF_TIME:
    case REASON_COUNT:
        break;
    }
    return false;
}

/* A refusal, and nothing else told to have gone wrong, may be what is complained of. */
static bool is_bare_refusal(const Reading *r, unsigned bar, const Signs *s)
{
    return BARS[bar].reason == REASON_APPEALABLE_DECISION && s->others == 0 && !s->cleared &&
           s->other_words == 0 && reading_act(r, ACT_REFUSED) > 0.5f;
}

/* The Home Office answered in time: something else that it answered may be what is put to us. */
static bool is_answered(const Reading *r)
{
    const Facts *f = r->facts;
    Day day = MAX(f->final_response.date, f->final_response.received);
    return f->final_response.status == RESPONSE_GIVEN && is_in_limit(r, day);
}

/* Log-odds from which the bar covers the whole matter: the less the phrases say of it, the more. */
static float whole_enough(const Reading *r, unsigned bar, const Signs *s, bool apart)
{
    /* The writer wonders as often as they say it. */
    if (s->perhaps && s->perhaps >= s->stated)
        return G_MAXFLOAT;
    if (BARS[bar].missed && (s->cleared || (s->others > 1 && s->other_words > 3)))
        return WHOLE_BESIDE;
    if (s->others && is_answered(r))
        return WHOLE_ANSWERED;
    if (s->stated && !s->perhaps && !apart)
        return WHOLE_PLAIN;
    if ((s->stated || s->hinted) && !(apart && BARS[bar].apart))
        return WHOLE_TOLD;
    /* Named only, and something is not known: possible at most. */
    return s->stated || s->hinted || (s->named && !s->unsure) ? WHOLE_NAMED : G_MAXFLOAT;
}

/* Log-odds that the bar covers the whole matter, and that it may apply. */
static void weigh(const Reading *r, unsigned bar, const Signs *s, float *whole, float *possible)
{
    Features f = features_begin(rules_model(r->rules, MODEL_BARS));
    put_bar(&f, r, bar, s);
    *whole = features_sum(&f, 0);
    *possible = features_sum(&f, 1);
}

static BarHold hold_of(const Reading *r, unsigned bar)
{
    Signs s = signs_of(r, bar);
    float whole, possible;
    weigh(r, bar, &s, &whole, &possible);
    bool several = reading_count(r, RULE_SEVERAL, NULL, true) > 0;
    bool apart = is_other_matter(r, bar, &s);
    /* Proceedings about nobody knows what. */
    bool untold = BARS[bar].reason == REASON_COURT && !r->facts->wrongs && s.stated < 2;
    float enough = whole_enough(r, bar, &s, apart);
    bool apart_said = reading_count(r, RULE_SEVERAL, NULL, false) > 0;
    if (!untold && !apart_said && !is_perhaps_enquiry(r) && whole > possible &&
        whole > (several ? MAX(enough, WHOLE_SEVERAL) : enough))
        return BAR_WHOLE;
    if (MAX(whole, possible) < (s.stated > s.cleared ? POSSIBLE_STATED : POSSIBLE_TAKEN))
        return is_bare_refusal(r, bar, &s) ? BAR_POSSIBLE : BAR_NONE;
    bool certain = s.stated && !s.perhaps && !s.unsure && reading_act(r, BARS[bar].act) > 1;
    return certain && (s.others || s.lost || several) ? BAR_PART : BAR_POSSIBLE;
}

static void note_bar(Reading *r, unsigned bar, BarHold hold)
{
    const char *name = reason_name(BARS[bar].reason);
    g_autofree char *value = g_strdup_printf("%s %s", name, bar_hold_name(hold));
    unsigned noted = 0;
    const Hit *h;
    for (unsigned i = 0; noted < 3 && (h = reading_next(r, &i, RULE_BAR, name)); noted++)
        reading_note(r, h, "bar", value);
    if (BARS[bar].reason == REASON_APPEALABLE_DECISION)
        reading_note_first(r, RULE_WANTS, "another-decision", "bar", value);
    reading_note_first(r, RULE_BAR_PERHAPS, name, "bar", value);
    reading_note_first(r, RULE_BAR_CLEAR, name, "bar", "near miss");
    if (reading_act(r, BARS[bar].act) > 0)
        reading_note_act(r, BARS[bar].act, "bar", value);
    else if (!noted)
        reading_note_shape(r, "bar.signs", "bar", value);
}

/* Another body is what is complained of, for certain: a phrase names it, the model is sure. What
 * only the weight of words said is for a person where the model doubts it. */
static void other_body(Reading *r, unsigned bar)
{
    Signs s = signs_of(r, bar);
    float whole, possible;
    weigh(r, bar, &s, &whole, &possible);
    float taken = s.ours_named ? BODY_BESIDE_NAMED : s.ours ? BODY_BESIDE_OURS : BODY_TAKEN;
    if (s.named && whole > possible && whole > taken && !reading_chosen(r, FORM_AREA)) {
        r->facts->area = AREA_OTHER_BODY;
        r->facts->bars[REASON_NOT_IN_REMIT] = BAR_NONE;
    } else if (r->facts->area == AREA_OTHER_BODY && whole < BODY_DOUBTED) {
        r->facts->bars[REASON_NOT_IN_REMIT] = BAR_POSSIBLE;
    }
}

void facts_bars(Reading *r)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(BARS); i++) {
        if (BARS[i].reason == REASON_NOT_IN_REMIT) {
            other_body(r, i);
            continue;
        }
        BarHold hold = hold_of(r, i);
        r->facts->bars[BARS[i].reason] = hold;
        if (hold != BAR_NONE)
            note_bar(r, i, hold);
    }
}
