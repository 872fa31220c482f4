#include "daemon/flow/outcome.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/flow/alarm.h"
#include "daemon/flow/answer.h"
#include "daemon/flow/heed.h"
#include "daemon/flow/look_again.h"
#include "daemon/flow/release.h"
#include "daemon/store/outbox.h"
#include "daemon/store/release.h"
#include <string.h>

void outcome_refer(Judgement *j, ReferWhy why)
{
    /* What rules make of the matter is not theirs to say any more. */
    static const uint32_t OF_RULES = BIT(REFER_POSSIBLE_BAR) | BIT(REFER_MIXED) |
                                     BIT(REFER_LATE_WITH_REASON) | BIT(REFER_NO_IEC_SIGNPOST);
    j->decision = DECISION_REFER;
    j->line = 1; /* a follow-up: section 4b decides */
    j->reasons = j->asks = 0;
    j->refer = (j->refer & ~OF_RULES) | BIT(why);
}

static bool by_rules(const Effect *e)
{
    return !strcmp(e->by, "rules");
}

static bool cancel_held(Office *o, const CaseRow *c, const Effect *e, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    if (!rows)
        return false;
    for (unsigned n = 0; n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (strcmp(r->state, "held") != 0)
            continue;
        if (!outbox_cancel(o->db, r->id, error) ||
            !cases_event(o->db, c->id, e->message_id, e->by, "held-reply-cancelled",
                         reply_name(r->kind), clock_now(), error))
            return false;
    }
    return true;
}

/* End of the hold of an automatic rejection: the same time of day, so many working days on; but
 * where its deadline is still ahead it is not held past noon (the holding letter's hour) of it. */
static int64_t hold_end(const Office *o, Day due, int64_t now)
{
    const Settings *s = o->settings;
    int64_t end = now + s->casework.hold_s;
    Day today = day_of_instant(now);
    if (s->casework.hold_working_days > 0) {
        Day day = calendar_add(o->calendar, today, s->casework.hold_working_days);
        /* Past the calendar's horizon nothing is guessed: a person lets it go. */
        if (day == DAY_NONE)
            return INT64_MAX;
        end += (int64_t)(day - today) * 86400;
    }
    if (due == DAY_NONE || due < today)
        return end;
    return MIN(end, MAX(now, day_instant(due, s->casework.holding_hour, 0)));
}

/* The day a letter names. A message that reaches us after its deadline is late whatever we do, but
 * no letter promises a day that is gone: it gets as many working days from today. */
static Day promise(const Office *o, const Effect *e)
{
    Day due = e->judgement->reply_due, today = day_of_instant(clock_now());
    return due == DAY_NONE || due >= today
               ? due
               : calendar_add(o->calendar, today, o->settings->casework.reply_days);
}

static Answer answer_of(const Office *o, const Effect *e, ReplyKind kind, int64_t decision_id)
{
    return (Answer){
        .kind = kind,
        .facts = e->facts,
        .judgement = e->judgement,
        .received_at = e->received_at,
        .answer_by = promise(o, e),
        .message_id = e->message_id,
        .decision_id = decision_id,
        .by_computer = by_rules(e),
        .note = e->note,
        .outcome = e->outcome,
        .who = e->by,
    };
}

/* A later complaint like one that was rejected is looked at again too, but in a case of its own:
 * its complainant asked for no second look. */
static bool asks_to_look_again(Office *o, const CaseRow *c, const Effect *e)
{
    return e->judgement->refer & BIT(REFER_LOOK_AGAIN) &&
           (outbox_count_kind(o->db, c->id, REPLY_REJECTION) > 0 ||
            outbox_count_kind(o->db, c->id, REPLY_CLOSED_OUTSIDE) > 0);
}

/* Where help is to be had is said once; that somebody looks again is said all the same. */
static ReplyKind acknowledgement_kind(Office *o, const CaseRow *c, const Effect *e)
{
    bool again = asks_to_look_again(o, c, e);
    bool helped = again && outbox_count_kind(o->db, c->id, REPLY_URGENT) > 0;
    if (e->judgement->flags & BIT(FLAG_URGENT) && !helped)
        return REPLY_URGENT;
    if (again)
        return REPLY_LOOK_AGAIN;
    return e->receipt_only ? REPLY_RECEIPT : REPLY_ACKNOWLEDGEMENT;
}

/* A rejection by rules is acknowledged at once and held; a person's goes out as it is made. */
static bool queue_rejection(Office *o, CaseRow *c, const Effect *e, int64_t decision_id,
                            bool *queued, GError **error)
{
    Answer rejection = answer_of(o, e, REPLY_REJECTION, decision_id);
    if (!by_rules(e))
        return answer_queue(o, c, &rejection, queued, error);
    Answer acknowledgement = answer_of(o, e, acknowledgement_kind(o, c, e), decision_id);
    bool acknowledged;
    if (!answer_queue(o, c, &acknowledgement, &acknowledged, error))
        return false;
    rejection.hold_until = e->judgement->release == RELEASE_REVIEWED
                               ? INT64_MAX
                               : hold_end(o, e->judgement->reply_due, clock_now());
    if (rejection.hold_until == INT64_MAX)
        c->release = RELEASE_REVIEWED;
    return answer_queue(o, c, &rejection, queued, error) && release_hold_back(o, c, error);
}

/* A case that went to a person only because its complainant wrote again is accepted still: they
 * have been told so. */
static bool still_accepted(Office *o, const CaseRow *c, const Effect *e, bool *still,
                           GError **error)
{
    bool told = !by_rules(e) && !(c->flags & BIT(FLAG_UNDELIVERED));
    ReplyKind last;
    if (!outbox_last_answer(o->db, c->id, &last, error))
        return false;
    *still = told && (last == REPLY_ACCEPTANCE || last == REPLY_INVESTIGATION);
    return true;
}

static bool queue_acceptance(Office *o, CaseRow *c, const Effect *e, int64_t decision_id,
                             bool *queued, GError **error)
{
    Answer a = answer_of(o, e, e->letter ? e->letter : REPLY_ACCEPTANCE, decision_id);
    if (!e->letter && !still_accepted(o, c, e, queued, error))
        return false;
    return *queued || answer_queue(o, c, &a, queued, error);
}

/* The replies of a decision. *queued: the answer itself (not only an acknowledgement) is on its
 * way or held. */
static bool queue_replies(Office *o, CaseRow *c, const Effect *e, int64_t decision_id, bool *queued,
                          GError **error)
{
    Answer a;
    *queued = false;
    switch (e->judgement->decision) {
    case DECISION_REJECT:
        return queue_rejection(o, c, e, decision_id, queued, error);
    case DECISION_ASK:
        a = answer_of(o, e, REPLY_QUESTION, decision_id);
        return answer_queue(o, c, &a, queued, error);
    case DECISION_ACCEPT:
        return queue_acceptance(o, c, e, decision_id, queued, error);
    case DECISION_REFER:
        a = answer_of(o, e, acknowledgement_kind(o, c, e), decision_id);
        return by_rules(e) ? answer_queue(o, c, &a, queued, error) : true;
    case DECISION_NONE: /* closed by a person */
        a = answer_of(o, e, e->letter ? e->letter : REPLY_CLOSED, decision_id);
        return e->letter || (e->note && e->note[0]) ? answer_queue(o, c, &a, queued, error) : true;
    case DECISION_COUNT:
        break;
    }
    g_assert_not_reached();
}

/* An answer that could not be queued is owed by a person: the case stays with people. */
static CaseState state_after(const Effect *e, bool queued)
{
    if (!queued && !e->letter && e->judgement->decision != DECISION_NONE)
        return CASE_REFERRED;
    switch (e->judgement->decision) {
    case DECISION_REJECT:
        return by_rules(e) ? CASE_AWAITING_RELEASE : CASE_REJECTED;
    case DECISION_ASK:
        return CASE_ASKED;
    case DECISION_ACCEPT:
        return CASE_ACCEPTED;
    case DECISION_REFER:
        return CASE_REFERRED;
    case DECISION_NONE:
        return CASE_CLOSED;
    case DECISION_COUNT:
        break;
    }
    g_assert_not_reached();
}

static void take_judgement(CaseRow *c, const Effect *e)
{
    const Judgement *j = e->judgement;
    c->decision = j->decision;
    c->reasons = j->reasons;
    c->asks = j->asks;
    c->refer = j->refer;
    c->flags |= j->flags;
    c->release = j->release;
    c->language = e->facts->language;
    c->area = e->facts->area;
    c->reply_due = j->reply_due;
    c->chased = 0;
}

static void take_state(CaseRow *c, const Effect *e, CaseState state)
{
    c->state = state;
    c->asked_count += state == CASE_ASKED;
    if (state == CASE_ACCEPTED || state == CASE_REJECTED || state == CASE_CLOSED ||
        state == CASE_ASKED) {
        c->decided_at = clock_now();
        g_free(c->decided_by);
        c->decided_by = g_strdup(e->by);
    }
}

static bool tell_history(Office *o, const CaseRow *c, const Effect *e, GError **error)
{
    const Judgement *j = e->judgement;
    g_autofree char *reasons = SET_TO_TEXT(j->reasons, reason_name, REASON_COUNT);
    g_autofree char *asks = SET_TO_TEXT(j->asks, ask_name, ASK_COUNT);
    g_autofree char *refer = SET_TO_TEXT(j->refer, refer_name, REFER_COUNT);
    const char *detail = reasons[0] ? reasons : asks[0] ? asks : refer;
    g_autofree char *line =
        by_rules(e) ? g_strdup_printf("policy 4 line %d: ", j->line) : g_strdup("");
    g_autofree char *text = g_strdup_printf(
        "%s%s%s%s%s%s (%s)", line,
        j->decision == DECISION_NONE ? "closed" : decision_name(j->decision), detail[0] ? " " : "",
        detail, j->decision == DECISION_REJECT ? ", release " : "",
        j->decision == DECISION_REJECT ? release_name(j->release) : "", e->why);
    return cases_event(o->db, c->id, e->message_id, e->by, "judged", text, clock_now(), error);
}

bool outcome_apply(Office *o, CaseRow *c, const Effect *e, GError **error)
{
    take_judgement(c, e);
    int64_t decision_id = cases_add_decision(o->db, c->id, e->message_id, e->judgement, e->facts,
                                             e->by, e->why, clock_now(), error);
    bool queued = false;
    if (!decision_id || !tell_history(o, c, e, error) || !cancel_held(o, c, e, error) ||
        !queue_replies(o, c, e, decision_id, &queued, error))
        return false;
    take_state(c, e, state_after(e, queued));
    bool settles = !by_rules(e) && e->judgement->decision != DECISION_REFER;
    if (!look_again_follow(o, c, e, error) || !cases_update(o->db, c, error) ||
        (settles && !heed_settle(o, c, e->by, error)))
        return false;
    const char *fields[] = {"CASE", c->reference, NULL};
    log_line(LOG_LEVEL_INFO, fields, "%s: %s, by %s", c->reference, case_state_name(c->state),
             e->by);
    return true;
}

bool outcome_undelivered(Office *o, int64_t case_id, int64_t message_id, const char *why,
                         GError **error)
{
    g_autoptr(CaseRow) c = cases_load(o->db, case_id, error);
    if (!c)
        return error == NULL || *error == NULL;
    c->flags |= BIT(FLAG_UNDELIVERED);
    if (case_may_move(c->state, CASE_REFERRED)) {
        c->state = CASE_REFERRED;
        c->reply_due = calendar_add(o->calendar, day_of_instant(clock_now()),
                                    o->settings->casework.reply_days);
        c->chased = 0;
    }
    const char *fields[] = {"CASE", c->reference, NULL};
    log_line(LOG_LEVEL_WARNING, fields, "%s: a reply was not delivered; a person must reach them",
             c->reference);
    Effect e = {.message_id = message_id, .by = "iecd"};
    return cancel_held(o, c, &e, error) && cases_update(o->db, c, error) &&
           cases_event(o->db, c->id, message_id, "iecd", "undelivered", why, clock_now(), error) &&
           (!(c->flags & BIT(FLAG_URGENT)) ||
            alarm_raise(o, c, ALERT_UNDELIVERED, message_id, error));
}

static bool hold_for_person(Office *o, CaseRow *c, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (strcmp(r->state, "held") != 0)
            continue;
        if (!release_unhold(o->db, r->id, error) ||
            !outbox_hold_until(o->db, r->id, INT64_MAX, error))
            return false;
    }
    c->release = RELEASE_REVIEWED;
    return rows && cases_update(o->db, c, error);
}

bool outcome_review(Office *o, CaseRow *c, const char *what, const char *why, GError **error)
{
    bool holds = c->state == CASE_AWAITING_RELEASE;
    return (!holds || hold_for_person(o, c, error)) &&
           cases_event(o->db, c->id, 0, "iecd", what, why, clock_now(), error);
}

bool outcome_release(Office *o, CaseRow *c, int64_t outbox_id, const char *who, const char *why,
                     GError **error)
{
    int64_t now = clock_now();
    c->state = CASE_REJECTED;
    c->decided_at = now;
    g_free(c->decided_by);
    c->decided_by = g_strdup(who);
    return outbox_release(o->db, outbox_id, now, error) && cases_update(o->db, c, error) &&
           cases_event(o->db, c->id, 0, who, "released", why, now, error) &&
           (strcmp(who, "rules") != 0 || release_record(o, c, outbox_id, error));
}
