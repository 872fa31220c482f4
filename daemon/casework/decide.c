/* Policy section 4's table: one function a line of the page, in its order, in LINES below. */
#include "daemon/casework/decide.h"

/* Longer than second class post from anywhere takes, where the calendar does not reach. */
enum { POST_AT_MOST = 31 };

Day reply_due(const DecideContext *context)
{
    return calendar_add(context->calendar, context->received, context->reply_days);
}

/* A letter whose way is not known counts as posted: the later receipt. */
static Day latest_plausible_receipt(const Facts *f, const DecideContext *c)
{
    Day date = f->final_response.date;
    switch (f->final_response.carriage) {
    case CARRIAGE_EMAIL:
        return date;
    case CARRIAGE_POST_ABROAD:
        return calendar_add(c->calendar, date, c->post_abroad_days);
    case CARRIAGE_POST:
    case CARRIAGE_UNKNOWN:
    case CARRIAGE_COUNT:
        break;
    }
    return calendar_add(c->calendar, date, c->post_days);
}

Day time_limit(const Facts *f, const DecideContext *c)
{
    Day date = f->final_response.date, received = f->final_response.received;
    if (f->final_response.status != RESPONSE_GIVEN)
        return DAY_NONE;
    /* Received before it was written is a slip in one of the two: the later day is the kinder. */
    if (received != DAY_NONE && received >= date)
        return day_add_months(received, 3);
    if (date == DAY_NONE)
        return DAY_NONE;
    Day receipt = latest_plausible_receipt(f, c);
    if (receipt != DAY_NONE)
        return day_add_months(receipt, 3);
    /* Outside the years of the calendar a limit is named only where any post would be late. */
    Day bound = day_add_months(date + POST_AT_MOST, 3);
    return bound != DAY_NONE && bound < c->first_contact ? bound : DAY_NONE;
}

static bool is_late(const Facts *f, const DecideContext *c)
{
    Day limit = time_limit(f, c);
    return limit != DAY_NONE && c->first_contact > limit;
}

static bool by_person(const Facts *f)
{
    return f->kind == KIND_COMPLAINT || f->kind == KIND_FOLLOW_UP;
}

static bool is_mp(const Facts *f)
{
    return f->representative.type == REPRESENTATIVE_MP || (f->flags & BIT(FLAG_MP));
}

bool lacks_authority(const Facts *f)
{
    return f->representative.type != REPRESENTATIVE_NOBODY && !f->representative.parent_of_child &&
           f->representative.authority != TRI_YES;
}

/* The bars of section 5 that a text raises; the last two reasons follow from other facts. */
static uint32_t bars_that(const Facts *f, BarHold hold)
{
    uint32_t bars = 0;
    for (int n = 0; n < REASON_NO_FINAL_RESPONSE; n++)
        if (f->bars[n] == hold)
            bars |= BIT(n);
    return bars;
}

/* Everything of line 2 that holds, so that the person who decides sees all of it. */
static uint32_t reasons_to_refer(const Facts *f)
{
    const uint32_t no_reply =
        BIT(REFER_MACHINE_HEADERS) | BIT(REFER_SENDER_NOT_AUTHENTICATED) | BIT(REFER_UNREADABLE);
    uint32_t refer = f->refer;
    /* A threat to anybody is `refer` (4b); section 7 has no nearer word for it. */
    if (f->flags & BIT(FLAG_URGENT) || f->heeds & BIT(HEED_THREAT))
        refer |= BIT(REFER_URGENT);
    if (is_mp(f))
        refer |= BIT(REFER_MP);
    if (f->language == LANGUAGE_OTHER)
        refer |= BIT(REFER_LANGUAGE);
    if (f->reply_forbidden && !(refer & no_reply))
        refer |= BIT(REFER_MACHINE_HEADERS);
    return refer;
}

/* The certain reasons of lines 3, 5, 6 and 8, whichever line applies first. */
static uint32_t certain_reasons(const Facts *f, const DecideContext *c)
{
    uint32_t whole = bars_that(f, BAR_WHOLE);
    uint32_t reasons = whole ? whole | bars_that(f, BAR_PART) : 0;
    if (f->final_response.status == RESPONSE_NONE)
        reasons |= BIT(REASON_NO_FINAL_RESPONSE);
    if (is_late(f, c) && f->late_reason == TRI_NO)
        reasons |= BIT(REASON_OUT_OF_TIME);
    /* For another part of the Home Office the reason given is the bar that fits best (section 2).
     */
    if (f->area == AREA_OTHER_BODY || (f->area == AREA_OTHER_HOME_OFFICE && !whole))
        reasons |= BIT(REASON_NOT_IN_REMIT);
    return reasons;
}

static bool refer(Judgement *j, uint32_t why)
{
    j->decision = DECISION_REFER;
    j->refer = why;
    return true;
}

static bool reject(const Facts *f, const DecideContext *c, Judgement *j)
{
    j->decision = DECISION_REJECT;
    j->reasons = certain_reasons(f, c);
    return true;
}

/* 0: risk in a message of any kind written by a person. */
static bool line_urgent(const Facts *f, const DecideContext *c, Judgement *j)
{
    return by_person(f) && (f->flags & BIT(FLAG_URGENT)) && refer(j, reasons_to_refer(f));
}

/* 1: kind is not complaint. */
static bool line_not_a_complaint_kind(const Facts *f, const DecideContext *c, Judgement *j)
{
    j->decision = DECISION_NONE;
    return f->kind != KIND_COMPLAINT;
}

/* 2: for a person whatever else holds. */
static bool line_for_a_person(const Facts *f, const DecideContext *c, Judgement *j)
{
    uint32_t why = reasons_to_refer(f);
    return why && refer(j, why);
}

/* 3: bars certain, covering the whole matter. */
static bool line_barred(const Facts *f, const DecideContext *c, Judgement *j)
{
    return bars_that(f, BAR_WHOLE) && reject(f, c, j);
}

/* 4: a bar possible, or for a part of the matter. */
static bool line_perhaps_barred(const Facts *f, const DecideContext *c, Judgement *j)
{
    uint32_t why = (bars_that(f, BAR_POSSIBLE) ? BIT(REFER_POSSIBLE_BAR) : 0) |
                   (bars_that(f, BAR_PART) ? BIT(REFER_MIXED) : 0);
    return why && refer(j, why);
}

/* 5: no final response. */
static bool line_no_final_response(const Facts *f, const DecideContext *c, Judgement *j)
{
    return f->final_response.status == RESPONSE_NONE && reject(f, c, j);
}

/* 6: late on every reading, no reason given. */
static bool line_late(const Facts *f, const DecideContext *c, Judgement *j)
{
    return is_late(f, c) && f->late_reason == TRI_NO && reject(f, c, j);
}

/* 7: late, with a reason; a reason only hinted at is enough, as a rejection needs certainty. */
static bool line_late_with_reason(const Facts *f, const DecideContext *c, Judgement *j)
{
    return is_late(f, c) && refer(j, BIT(REFER_LATE_WITH_REASON));
}

/* 8: another body, or another part of the Home Office. */
static bool line_not_in_remit(const Facts *f, const DecideContext *c, Judgement *j)
{
    return (f->area == AREA_OTHER_BODY || f->area == AREA_OTHER_HOME_OFFICE) && reject(f, c, j);
}

/* 9: something needed is missing. */
static bool line_missing(const Facts *f, const DecideContext *c, Judgement *j)
{
    bool dated = f->final_response.date != DAY_NONE || f->final_response.received != DAY_NONE;
    uint32_t asks = 0;
    if (f->final_response.status != RESPONSE_GIVEN || !dated ||
        f->final_response.readable == TRI_NO)
        asks |= BIT(ASK_FINAL_RESPONSE);
    if (f->area == AREA_UNKNOWN)
        asks |= BIT(ASK_BUSINESS_AREA);
    if (f->wrongs == 0)
        asks |= BIT(ASK_WHAT_HAPPENED);
    if (lacks_authority(f))
        asks |= BIT(ASK_AUTHORITY);
    j->decision = DECISION_ASK;
    j->asks = asks;
    return asks != 0;
}

/* 10: the final response sends the person elsewhere and never names the IEC. */
static bool line_sent_elsewhere(const Facts *f, const DecideContext *c, Judgement *j)
{
    return f->final_response.names_other == TRI_YES && f->final_response.names_iec != TRI_YES &&
           refer(j, BIT(REFER_NO_IEC_SIGNPOST));
}

/* 11: otherwise. */
static bool line_accept(const Facts *f, const DecideContext *c, Judgement *j)
{
    j->decision = DECISION_ACCEPT;
    return true;
}

static const struct {
    int line;
    bool (*applies)(const Facts *, const DecideContext *, Judgement *);
    const char *words;
} LINES[] = {
    {0, line_urgent, "risk (urgent) in a message of any kind written by a person, follow-ups too"},
    {1, line_not_a_complaint_kind, "kind is not complaint (follow-ups: section 4b)"},
    {2, line_for_a_person,
     "urgent; or an MP writes; or the text is neither English nor Welsh; or it is plainly not a "
     "complaint; or it is about this office or a request for its information; or it is passed on "
     "or only copied to us; or an automatic reply is forbidden by header"},
    {3, line_barred, "one or more bars of section 5 are certain and they cover the whole matter"},
    {4, line_perhaps_barred,
     "a bar is possible but not certain, or covers only part of the matter"},
    {5, line_no_final_response, "final response none"},
    {6, line_late, "late on every reading, and no reason given for lateness"},
    {7, line_late_with_reason, "late, with a reason"},
    {8, line_not_in_remit,
     "business area is another body or another part of the Home Office, for certain"},
    {9, line_missing, "something needed is missing"},
    {10, line_sent_elsewhere,
     "the final response is given but sends the person to another body and never names the IEC"},
    {11, line_accept, "otherwise"},
};

const char *decide_line_words(int line)
{
    for (size_t n = 0; n < G_N_ELEMENTS(LINES); n++)
        if (LINES[n].line == line)
            return LINES[n].words;
    return "";
}

static uint32_t case_flags(const Facts *f)
{
    uint32_t flags = f->flags;
    if (is_mp(f))
        flags |= BIT(FLAG_MP);
    if (f->representative.type != REPRESENTATIVE_NOBODY)
        flags |= BIT(FLAG_REPRESENTATIVE);
    if (f->kind == KIND_BOUNCE)
        flags |= BIT(FLAG_UNDELIVERED);
    if (f->kind == KIND_COMPLAINT && f->reply_forbidden)
        flags |= BIT(FLAG_ACKNOWLEDGE_BY_HAND);
    return flags;
}

/* Section 4a's list of what is always reviewed. */
static uint32_t reviewed_because(const Facts *f)
{
    uint32_t why = f->reviewed;
    if ((f->flags & BIT(FLAG_UNREAD_PART)) || f->final_response.readable == TRI_NO)
        why |= BIT(REVIEWED_UNREAD);
    if (f->language == LANGUAGE_CY)
        why |= BIT(REVIEWED_WELSH);
    if (f->flags & BIT(FLAG_SERIOUS_MISCONDUCT))
        why |= BIT(REVIEWED_SERIOUS_MISCONDUCT);
    if (f->flags & BIT(FLAG_VULNERABLE))
        why |= BIT(REVIEWED_VULNERABLE);
    if (lacks_authority(f))
        why |= BIT(REVIEWED_NO_AUTHORITY);
    return why;
}

static void decide_release(const Facts *f, const DecideContext *c, Judgement *j)
{
    uint32_t because = reviewed_because(f);
    GString *why = g_string_new(NULL);
    g_autofree char *facts = SET_TO_TEXT(because, reviewed_name, REVIEWED_COUNT);
    g_string_append(why, facts);
    if (j->reasons & c->reviewed_reasons)
        g_string_append_printf(why, "%ssetting", why->len ? "," : "");
    j->release = why->len ? RELEASE_REVIEWED : RELEASE_AUTOMATIC;
    g_free(j->release_why);
    j->release_why = g_string_free(why, FALSE);
}

void decide(const Facts *facts, const DecideContext *context, Judgement *out)
{
    Judgement j = {.flags = case_flags(facts), .release_why = g_strdup("")};
    j.time_limit = time_limit(facts, context);
    for (size_t n = 0; n < G_N_ELEMENTS(LINES); n++)
        if (LINES[n].applies(facts, context, &j)) {
            j.line = LINES[n].line;
            break;
        }
    j.reply_due = j.decision == DECISION_NONE ? DAY_NONE : reply_due(context);
    if (j.decision == DECISION_REJECT)
        decide_release(facts, context, &j);
    judgement_clear(out);
    *out = j;
}
