/* The bars of policy section 5 and their near misses.
 *
 * A bar is certain only when its matter is stated, no near miss speaks against it, and either no
 * other grievance is told or the writer says that there is none. Anything less is possible, a part,
 * or no bar: a person decides. */
#include "daemon/casework/facts_reading.h"
#include <string.h>

typedef struct Signs { /* what is told of one bar */
    unsigned stated, hinted, cleared, whole;
    unsigned others; /* grievances told that the bar's matter does not explain */
    unsigned doubts; /* words that any grievance may use */
} Signs;

/* The wrongs that are the bar's own matter: a refusal is an error, a data request is late. */
static uint32_t own_wrongs(Reason bar)
{
    switch (bar) {
    case REASON_APPEALABLE_DECISION:
    case REASON_POLICY_OR_LEGISLATION:
        return BIT(WRONG_ERROR);
    case REASON_DATA_PROTECTION:
        return BIT(WRONG_ERROR) | BIT(WRONG_DELAY) | BIT(WRONG_PROCEDURE) | BIT(WRONG_POOR_SERVICE);
    case REASON_PSU_MISCONDUCT:
        return BIT(WRONG_STAFF_CONDUCT) | BIT(WRONG_COMPLAINT_HANDLING) | BIT(WRONG_ERROR) |
               BIT(WRONG_POOR_SERVICE);
    case REASON_OMBUDSMAN:
    case REASON_EMPLOYMENT:
    case REASON_WINDRUSH_COMPENSATION:
        return ~0u;
    case REASON_COURT:
        return BIT(WRONG_ERROR) | BIT(WRONG_DELAY) | BIT(WRONG_POOR_SERVICE);
    case REASON_NOT_IN_REMIT:
    case REASON_NO_FINAL_RESPONSE:
    case REASON_OUT_OF_TIME:
    case REASON_COUNT:
        break;
    }
    return 0;
}

/* What no sentence about a bar's matter explains away: a grievance of its own wherever it stands.
 */
enum {
    NEVER_EXPLAINED =
        BIT(WRONG_LOST_DOCUMENTS) | BIT(WRONG_STAFF_CONDUCT) | BIT(WRONG_POOR_INFORMATION)
};

/* True where the same sentence tells the bar's matter. */
static bool in_bar_sentence(const Reading *r, const Hit *wrong, const char *bar)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_BAR, bar));)
        if (h->passage == wrong->passage && h->at->sentence == wrong->at->sentence)
            return true;
    return false;
}

static void count_others(const Reading *r, Reason bar, Signs *s)
{
    uint32_t own = own_wrongs(bar);
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_WRONG, NULL));) {
        int wrong = NAME_INDEX(wrong_name, WRONG_COUNT, h->rule->value);
        if (wrong < 0 || !is_writer(h->passage) || own & BIT(wrong))
            continue;
        if (!(BIT(wrong) & NEVER_EXPLAINED) && in_bar_sentence(r, h, reason_name(bar)))
            continue;
        s->others += h->rule->states;
        s->doubts += !h->rule->states;
    }
}

static Signs signs_of(const Reading *r, Reason bar)
{
    Signs s = {0};
    const char *name = reason_name(bar);
    const Hit *h;
    count_others(r, bar, &s);
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_BAR, name));) {
        s.stated += h->rule->states;
        s.hinted += !h->rule->states;
    }
    s.cleared = reading_count(r, RULE_BAR_CLEAR, name, false);
    s.whole =
        reading_count(r, RULE_WHOLE, name, false) + reading_count(r, RULE_WHOLE, "any", false);
    return s;
}

/* Whole where nothing else is complained of, nor perhaps meant. */
static BarHold whole_or_part(const Signs *s)
{
    if (s->others)
        return BAR_PART;
    return s->doubts == 0 || s->whole ? BAR_WHOLE : BAR_POSSIBLE;
}

/* A refusal is background unless another decision is wanted; only visas and leave carry the rights
 * of appeal and review that make it a bar. */
static BarHold hold_appealable(const Reading *r, const Signs *s)
{
    bool wanted = reading_count(r, RULE_WANTS, "another-decision", false) > 0;
    bool told = s->stated || s->hinted;
    if (s->cleared)
        return wanted && told ? BAR_POSSIBLE : BAR_NONE;
    if (wanted && told && r->facts->area == AREA_UKVI)
        return whole_or_part(s);
    if (wanted && (told || s->others == 0))
        return BAR_POSSIBLE;
    return told && s->others == 0 && (s->stated || !r->facts->wrongs) ? BAR_POSSIBLE : BAR_NONE;
}

/* A word against the rules beside a real grievance is no bar. */
static BarHold hold_policy(const Reading *r, const Signs *s)
{
    if (!s->stated)
        return BAR_NONE;
    bool only = reading_count(r, RULE_WHOLE, reason_name(REASON_POLICY_OR_LEGISLATION), false) > 0;
    if (s->others)
        return s->stated > 2 ? BAR_PART : only ? BAR_POSSIBLE : BAR_NONE;
    return only || (s->stated > 1 && s->whole) ? whole_or_part(s) : BAR_POSSIBLE;
}

static BarHold hold_ombudsman(const Reading *r, const Signs *s)
{
    if (s->stated && !s->cleared)
        return s->stated + s->hinted > 1 ? BAR_WHOLE : BAR_POSSIBLE;
    return (s->stated || (s->hinted && !s->cleared)) ? BAR_POSSIBLE : BAR_NONE;
}

/* True where the writer speaks of what a customer of the Home Office complains of. */
static bool is_customer(const Reading *r)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_AREA, NULL));)
        if (is_writer(h->passage) && !h->rule->states &&
            (!strcmp(h->rule->value, "ukvi") || !strcmp(h->rule->value, "hm-passport-office")))
            return true;
    return r->facts->wrongs & BIT(WRONG_LOST_DOCUMENTS);
}

static BarHold hold_employment(const Reading *r, const Signs *s)
{
    if (!s->stated)
        return BAR_NONE;
    if (s->cleared || is_customer(r))
        return s->cleared && s->stated < 2 ? BAR_NONE : BAR_POSSIBLE;
    return s->stated > 1 ? BAR_WHOLE : BAR_POSSIBLE;
}

static bool has_tribunal_reference(const Reading *r)
{
    for (unsigned i = 0; i < r->facts->references->len; i++)
        if (!strcmp(((const Reference *)r->facts->references->pdata[i])->type, "tribunal"))
            return true;
    return false;
}

/* Certain where the proceedings are on foot and the writer says they are about this matter. */
static BarHold hold_court(const Reading *r, const Signs *s)
{
    bool same = reading_count(r, RULE_WHOLE, reason_name(REASON_COURT), false) > 0;
    bool number = has_tribunal_reference(r);
    if (s->cleared)
        return s->stated && same ? BAR_POSSIBLE : BAR_NONE;
    if (s->stated && same && (number || s->stated > 1))
        return whole_or_part(s);
    return s->stated || s->hinted || number ? BAR_POSSIBLE : BAR_NONE;
}

/* The scheme, or something else in the life of somebody of that generation. */
static BarHold hold_windrush(const Reading *r, const Signs *s)
{
    if (!s->stated)
        return BAR_NONE;
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_AREA, NULL));)
        if (is_writer(h->passage) && strcmp(h->rule->value, "other-home-office") != 0)
            return h->rule->states ? BAR_PART : BAR_POSSIBLE;
    return BAR_WHOLE;
}

static BarHold hold_psu(const Reading *r, const Signs *s)
{
    if (!s->stated)
        return s->hinted && !s->cleared ? BAR_POSSIBLE : BAR_NONE;
    return s->cleared ? BAR_POSSIBLE : whole_or_part(s);
}

/* A word about data law in a complaint of something else is none. */
static BarHold hold_data(const Reading *r, const Signs *s)
{
    if (s->others)
        return s->stated ? BAR_PART : BAR_NONE;
    if (!s->stated)
        return s->hinted ? BAR_POSSIBLE : BAR_NONE;
    return s->stated + s->hinted > 1 || s->whole ? whole_or_part(s) : BAR_POSSIBLE;
}

typedef BarHold (*HoldBar)(const Reading *r, const Signs *s);

static const struct {
    Reason reason;
    HoldBar hold;
} BARS[] = {
    {REASON_APPEALABLE_DECISION, hold_appealable},
    {REASON_POLICY_OR_LEGISLATION, hold_policy},
    {REASON_OMBUDSMAN, hold_ombudsman},
    {REASON_EMPLOYMENT, hold_employment},
    {REASON_COURT, hold_court},
    {REASON_WINDRUSH_COMPENSATION, hold_windrush},
    {REASON_PSU_MISCONDUCT, hold_psu},
    {REASON_DATA_PROTECTION, hold_data},
};

static void note_bar(Reading *r, Reason bar, BarHold hold)
{
    const char *name = reason_name(bar);
    g_autofree char *value = g_strdup_printf("%s %s", name, bar_hold_name(hold));
    unsigned noted = 0;
    const Hit *h;
    for (unsigned i = 0; noted < 3 && (h = reading_next(r, &i, RULE_BAR, name)); noted++)
        reading_note(r, h, "bar", value);
    if (bar == REASON_APPEALABLE_DECISION)
        reading_note_first(r, RULE_WANTS, "another-decision", "bar", value);
    reading_note_first(r, RULE_BAR_CLEAR, name, "bar", "near miss");
    if (!noted)
        reading_note_shape(r, "bar.signs", "bar", value);
}

void facts_bars(Reading *r)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(BARS); i++) {
        Signs s = signs_of(r, BARS[i].reason);
        BarHold hold = BARS[i].hold(r, &s);
        r->facts->bars[BARS[i].reason] = hold;
        if (hold != BAR_NONE)
            note_bar(r, BARS[i].reason, hold);
    }
}
