#include "daemon/flow/deadlines.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/flow/alarm.h"
#include "daemon/flow/answer.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/handle.h"
#include "daemon/flow/intake.h"
#include "daemon/flow/outcome.h"
#include "daemon/flow/release.h"
#include "daemon/flow/sampling.h"
#include "daemon/flow/silence.h"
#include "daemon/store/messages.h"
#include "daemon/store/outbox.h"
#include <string.h>

#define LOOK_EVERY_S 60
/* Holiday files are published some two years ahead: half a year is time enough to fetch one. */
#define HORIZON_WARNING_DAYS 180

typedef enum Chase { CHASE_NONE, CHASE_TWO_DAYS, CHASE_ONE_DAY, CHASE_TODAY, CHASE_PASSED } Chase;

struct Deadlines {
    Office *office;
    guint tick, wake;
    bool unheard; /* a rejection waits until what came before the end of its hold is read */
    Day warned;   /* day of the last warning about the calendar */
};

bool deadlines_tell(Office *o, CaseRow *c, const char *what, GError **error)
{
    const char *fields[] = {"CASE", c->reference, NULL};
    log_line(LOG_LEVEL_WARNING, fields, "%s: %s", c->reference, what);
    return answer_notice(o, c, o->settings->casework.chase_address, what, NULL, error) &&
           cases_event(o->db, c->id, 0, "iecd", "chased", what, clock_now(), error);
}

static bool tell_head(Office *o, CaseRow *c, const char *what, GError **error)
{
    return deadlines_tell(o, c, what, error) &&
           answer_notice(o, c, o->settings->casework.head_address, what, NULL, error);
}

/* The holding letter is an automatic reply like the others: where one may not go, people are told.
 */
static bool send_holding(Office *o, CaseRow *c, Day today, GError **error)
{
    int64_t message_id = 0;
    g_autoptr(Facts) facts = cases_last_facts(o->db, c->id, &message_id, error);
    if (!facts)
        return false;
    Day promise = calendar_add(o->calendar, today, o->settings->casework.reply_days);
    Judgement j = {.decision = DECISION_REFER, .reply_due = promise, .time_limit = DAY_NONE};
    Answer a = {
        .kind = REPLY_HOLDING,
        .facts = facts,
        .judgement = &j,
        .received_at = c->received_at,
        .answer_by = promise,
        .message_id = message_id,
        .by_computer = true,
        .who = "iecd",
    };
    bool queued = false;
    if (promise == DAY_NONE)
        return deadlines_tell(o, c, "no date for a holding letter: the calendar ends before it",
                              error);
    if (!answer_queue(o, c, &a, &queued, error))
        return false;
    if (queued) {
        c->reply_due = promise; /* the promise is a deadline like the first, and is chased */
        c->chased = CHASE_NONE;
    }
    const char *what = queued ? "nobody has decided by noon on deadline day; a holding letter goes"
                              : "nobody has decided by noon on deadline day; no letter could go";
    return tell_head(o, c, what, error);
}

/* Thanks, and claims not proven, got a receipt at most: no letter says that a promise to them is
 * late. */
static bool was_promised(Office *o, const CaseRow *c)
{
    return !(c->refer & BIT(REFER_UNKNOWN_ADDRESS)) &&
           (outbox_count_kind(o->db, c->id, REPLY_RECEIPT) == 0 ||
            outbox_count_kind(o->db, c->id, REPLY_ACKNOWLEDGEMENT) > 0 ||
            outbox_count_kind(o->db, c->id, REPLY_URGENT) > 0 ||
            outbox_count_kind(o->db, c->id, REPLY_LOOK_AGAIN) > 0);
}

/* One holding letter for each message whose clock runs: an answer, or a look-again, has its own. */
static bool wants_holding(Office *o, const CaseRow *c, bool *wants, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    *wants = rows && was_promised(o, c);
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (r->kind == REPLY_HOLDING && r->created_at >= c->received_at)
            *wants = false;
    }
    return rows != NULL;
}

static bool past_noon(const Office *o, Day today, int64_t now)
{
    return now >= day_instant(today, o->settings->casework.holding_hour, 0);
}

static Chase step_due(const Office *o, const CaseRow *c, int64_t now)
{
    Day today = day_of_instant(now);
    if (c->reply_due < today)
        return CHASE_PASSED;
    if (c->reply_due == today)
        return past_noon(o, today, now) ? CHASE_TODAY : CHASE_ONE_DAY;
    if (c->reply_due <= calendar_add(o->calendar, today, 1))
        return CHASE_ONE_DAY;
    return CHASE_TWO_DAYS;
}

static bool chase(Office *o, CaseRow *c, Chase step, int64_t now, GError **error)
{
    static const char *const WORDS[] = {
        [CHASE_TWO_DAYS] = "an answer is owed in two working days or less",
        [CHASE_ONE_DAY] = "an answer is owed in one working day or less",
        [CHASE_TODAY] = "nobody has decided by noon on deadline day",
        [CHASE_PASSED] = "the deadline for an answer has passed",
    };
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    if (!tx)
        return false;
    /* Whatever was promised: once a deadline. */
    bool is_news_to_head = step >= CHASE_TODAY && c->chased < CHASE_TODAY;
    c->chased = (int)step;
    bool hold = false;
    if (step >= CHASE_TODAY && !wants_holding(o, c, &hold, error))
        return false;
    bool ok = hold              ? send_holding(o, c, day_of_instant(now), error)
              : is_news_to_head ? tell_head(o, c, WORDS[step], error)
                                : deadlines_tell(o, c, WORDS[step], error);
    AlertKind kind = step == CHASE_PASSED ? ALERT_DEADLINE_PAST : ALERT_DEADLINE_NEAR;
    return ok && alarm_raise(o, c, kind, 0, error) && cases_update(o->db, c, error) &&
           transaction_commit(tx, error);
}

/* A case that came when the calendar was too short for it has a deadline as soon as a newer one
 * says so; until then nobody can be chased by a day. */
static bool date_case(Office *o, CaseRow *c, GError **error)
{
    c->reply_due =
        calendar_add(o->calendar, day_of_instant(c->received_at), o->settings->casework.reply_days);
    if (c->reply_due == DAY_NONE)
        return true;
    g_autofree char *day = day_to_words(c->reply_due, false);
    g_autofree char *why = g_strdup_printf("the calendar reaches it now: %s", day);
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    return tx && cases_update(o->db, c, error) &&
           cases_event(o->db, c->id, 0, "iecd", "deadline-set", why, clock_now(), error) &&
           transaction_commit(tx, error);
}

static bool chase_all(Office *o, int64_t now, GError **error)
{
    Day horizon = calendar_add(o->calendar, day_of_instant(now), 2);
    if (horizon == DAY_NONE)
        horizon = day_of_instant(now) + 4;
    g_autoptr(GPtrArray) owed = cases_owed(o->db, horizon, error);
    for (unsigned n = 0; owed && n < owed->len; n++) {
        CaseRow *c = owed->pdata[n];
        if (c->reply_due == DAY_NONE && !date_case(o, c, error))
            return false;
        if (c->reply_due == DAY_NONE || c->reply_due > horizon)
            continue;
        Chase step = step_due(o, c, now);
        if ((int)step > c->chased && !chase(o, c, step, now, error))
            return false;
    }
    return owed != NULL;
}

/* The hold is over: the rejection goes, unless something holds it back at this moment. */
static bool release_unless_held_back(Office *o, CaseRow *c, int64_t outbox_id, GError **error)
{
    if (c->release == RELEASE_REVIEWED)
        return outbox_hold_until(o->db, outbox_id, INT64_MAX, error);
    if (!release_hold_back(o, c, error))
        return false;
    return c->release == RELEASE_AUTOMATIC
               ? outcome_release(o, c, outbox_id, "rules", "the hold is over", error)
               : cases_update(o->db, c, error);
}

/* Nothing goes where the case has left the state it was held in. */
static bool release(Office *o, const OutboxRow *r, GError **error)
{
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    if (!tx)
        return false;
    g_autoptr(CaseRow) c = cases_load(o->db, r->case_id, error);
    if (!c)
        return false;
    bool ok = c->state == CASE_AWAITING_RELEASE ? release_unless_held_back(o, c, r->id, error)
                                                : outbox_cancel(o->db, r->id, error);
    return ok && transaction_commit(tx, error);
}

/* Whoever wrote before the end of the hold is heard first (policy 4): by the day of the deadline a
 * person sees to it, where a mailbox or a message cannot be read. */
static bool wait_to_hear(Office *o, const OutboxRow *r, Day today, GError **error)
{
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    g_autoptr(CaseRow) c = tx ? cases_load(o->db, r->case_id, error) : NULL;
    if (!c)
        return false;
    if (c->reply_due != DAY_NONE && today < c->reply_due)
        return true;
    return outcome_review(o, c, "held-back", "mail of before the end of its hold is not yet read",
                          error) &&
           transaction_commit(tx, error);
}

static bool release_all(Deadlines *d, int64_t now, GError **error)
{
    Office *o = d->office;
    g_autoptr(GPtrArray) over = outbox_held_over(o->db, now, error);
    bool any = over && over->len > 0, heard = any && intake_heard_all(o->intake);
    int64_t unread = heard ? messages_pending_oldest(o->db) : 0;
    d->unheard = false;
    for (unsigned n = 0; over && n < over->len; n++) {
        const OutboxRow *r = over->pdata[n];
        bool waits = unread <= r->not_before;
        d->unheard |= waits;
        if (waits ? !wait_to_hear(o, r, day_of_instant(now), error) : !release(o, r, error))
            return false;
    }
    return over != NULL;
}

static void warn_of_horizon(Deadlines *d, int64_t now)
{
    Day today = day_of_instant(now), end = calendar_horizon(d->office->calendar);
    if (d->warned == today || end - today > HORIZON_WARNING_DAYS)
        return;
    d->warned = today;
    g_autofree char *words = day_to_words(end, false);
    log_warning("the bank holiday file ends on %s; past that day no deadline can be worked out: "
                "put a newer bank-holidays.json in its place and reload",
                words);
}

static gboolean on_wake(void *user)
{
    Deadlines *d = user;
    d->wake = 0;
    deadlines_look(d);
    return G_SOURCE_REMOVE;
}

/* Sleeps until the next hold or try, or the next look, whichever is first. */
static void sleep_on(Deadlines *d, int64_t now)
{
    int64_t next = outbox_next(d->office->db);
    if (d->wake)
        g_source_remove(d->wake);
    d->wake = 0;
    /* What waits to be heard is looked at when that has come. */
    if (next < now + LOOK_EVERY_S && !(d->unheard && next <= now))
        d->wake = g_timeout_add_seconds((guint)CLAMP(next - now, 1, LOOK_EVERY_S), on_wake, d);
}

void deadlines_look(Deadlines *d)
{
    Office *o = d->office;
    int64_t now = clock_now();
    g_autoptr(GError) error = NULL;
    if (o->stopping)
        return;
    if (!release_let_go(o, &error) || !release_all(d, now, &error) || !chase_all(o, now, &error) ||
        (intake_heard_all(o->intake) && !silence_look(o, now, &error)) ||
        !sampling_draw(o, &error) || !alarm_look(o, now, &error)) {
        office_fail(o, "looking at deadlines", error);
        return;
    }
    warn_of_horizon(d, now);
    dispatch_kick(o->dispatch);
    sleep_on(d, now);
}

static gboolean on_kick(void *user)
{
    return on_wake(user);
}

void deadlines_kick(Deadlines *d)
{
    if (!d)
        return;
    /* After what is at hand: a backlog kicks once a batch, and one look serves them all. */
    if (d->wake)
        g_source_remove(d->wake);
    d->wake = g_idle_add_full(G_PRIORITY_LOW, on_kick, d, NULL);
}

static gboolean on_tick(void *user)
{
    Deadlines *d = user;
    Office *o = d->office;
    g_autoptr(GError) error = NULL;
    deadlines_look(d);
    if (!o->stopping && handle_in_flight(o->handle) == 0 && !db_checkpoint(o->db, &error))
        log_warning("checkpoint: %s", error->message);
    return G_SOURCE_CONTINUE;
}

Deadlines *deadlines_open(Office *o)
{
    Deadlines *d = g_new0(Deadlines, 1);
    d->office = o;
    d->warned = DAY_NONE;
    d->tick = g_timeout_add_seconds(LOOK_EVERY_S, on_tick, d);
    deadlines_kick(d);
    return d;
}

void deadlines_close(Deadlines *d)
{
    if (!d)
        return;
    g_source_remove(d->tick);
    if (d->wake)
        g_source_remove(d->wake);
    g_free(d);
}
