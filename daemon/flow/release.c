#include "daemon/flow/release.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/casework/decide_settings.h"
#include "daemon/casework/sample.h"
#include "daemon/flow/alarm.h"
#include "daemon/flow/recall.h"
#include "daemon/flow/request.h"
#include "daemon/flow/rule_sets.h"
#include "daemon/store/endings.h"
#include "daemon/store/matters.h"
#include "daemon/store/release.h"
#include "daemon/store/samples.h"
#include <string.h>

/* What stands in the way of automatic rejections at this moment. */
typedef struct Barrier {
    bool all;
    uint32_t stopped, reviewed; /* Reason bits */
} Barrier;

static bool barrier_now(Office *o, Barrier *b, GError **error)
{
    b->reviewed = decide_reviewed(o->settings);
    return release_stopped(o->db, &b->stopped, &b->all, error);
}

/* *why: why a rejection for these reasons may not go by itself; NULL where it may. */
static bool stands_against(Office *o, const Barrier *b, uint32_t reasons, const char *rules_version,
                           const char **why, GError **error)
{
    bool approved = true;
    *why = b->all                  ? "all automatic rejections are stopped"
           : b->stopped & reasons  ? "automatic rejections for one of its reasons are stopped"
           : b->reviewed & reasons ? "the settings have one of its reasons reviewed"
                                   : NULL;
    if (!*why && !rule_sets_trusted(o, rules_version, &approved, error))
        return false;
    if (!approved)
        *why = "the rules that judged it are not approved";
    return true;
}

/* The case's rejection that goes by itself when its hold is over; 0 in *id where it has none. */
static bool waiting_row(Office *o, const CaseRow *c, OutboxRow **row, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    *row = NULL;
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (r->kind == REPLY_REJECTION && !strcmp(r->state, "held") && r->not_before < INT64_MAX) {
            *row = outbox_load(o->db, r->id, error);
            return *row != NULL;
        }
    }
    return rows != NULL;
}

/* The decision of a reply, with its facts; NULL with an error. */
static DecisionRow *decision_of(Office *o, int64_t case_id, int64_t decision_id, GError **error)
{
    g_autoptr(GPtrArray) all = cases_decisions(o->db, case_id, error);
    for (unsigned n = 0; all && n < all->len; n++) {
        DecisionRow *d = all->pdata[n];
        if (d->id == decision_id)
            return g_ptr_array_steal_index(all, n);
    }
    if (all)
        request_refuse(error, "the register has lost a decision");
    return NULL;
}

bool release_hold_back(Office *o, CaseRow *c, GError **error)
{
    g_autoptr(OutboxRow) row = NULL;
    Barrier b;
    const char *why = NULL;
    if (!waiting_row(o, c, &row, error))
        return false;
    if (!row)
        return true;
    g_autoptr(DecisionRow) d = decision_of(o, c->id, row->decision_id, error);
    if (!d || !barrier_now(o, &b, error) ||
        !stands_against(o, &b, row->reasons, d->rules_version, &why, error))
        return false;
    if (!why)
        return true;
    c->release = RELEASE_REVIEWED;
    return release_hold(o->db, row->id, row->not_before, d->rules_version, error) &&
           outbox_hold_until(o->db, row->id, INT64_MAX, error) &&
           cases_event(o->db, c->id, 0, "iecd", "held-back", why, clock_now(), error);
}

bool release_forbids(Office *o, const OutboxRow *r, const char **why, GError **error)
{
    Barrier b;
    bool wrong = false;
    int64_t campaign = 0;
    g_autofree char *version = NULL;
    *why = NULL;
    if (r->kind != REPLY_REJECTION)
        return true;
    if (!release_is_wrong(o->db, r->decision_id, &wrong, error) ||
        !release_rules_of(o->db, r->id, &version, error))
        return false;
    if (version && !matters_campaign_of_case(o->db, r->case_id, &campaign, error))
        return false;
    if (wrong || campaign)
        *why = wrong ? "it was found wrong" : "its case is one of a campaign";
    return *why || !version ||
           (barrier_now(o, &b, error) && stands_against(o, &b, r->reasons, version, why, error));
}

bool release_record(Office *o, const CaseRow *c, int64_t outbox_id, GError **error)
{
    g_autoptr(OutboxRow) row = outbox_load(o->db, outbox_id, error);
    g_autoptr(DecisionRow) d = row ? decision_of(o, c->id, row->decision_id, error) : NULL;
    if (!d)
        return false;
    int64_t now = clock_now();
    SampleRow r = {
        .outbox_id = outbox_id,
        .case_id = c->id,
        .at = now,
        .week = sample_week(day_of_instant(now)),
        .reasons = row->reasons,
        .language = c->language,
        .channel = c->channel,
        .representative = d->facts ? d->facts->representative.type : REPRESENTATIVE_NOBODY,
    };
    return samples_add(o->db, &r, d->rules_version, error);
}

static bool let_one_go(Office *o, const HeldRelease *h, GError **error)
{
    g_autoptr(CaseRow) c = cases_load(o->db, h->case_id, error);
    if (!c)
        return false;
    c->release = RELEASE_AUTOMATIC;
    return outbox_hold_until(o->db, h->outbox_id, h->hold_end, error) &&
           release_unhold(o->db, h->outbox_id, error) && cases_update(o->db, c, error) &&
           cases_event(o->db, c->id, 0, "iecd", "held-back-no-more",
                       "it goes by itself when its hold is over", clock_now(), error);
}

/* Those of `held` for which nothing stands in the way any more. */
static bool let_go_of(Office *o, const GPtrArray *held, bool write, unsigned *free, GError **error)
{
    Barrier b;
    if (!barrier_now(o, &b, error))
        return false;
    *free = 0;
    for (unsigned n = 0; n < held->len; n++) {
        const HeldRelease *h = held->pdata[n];
        const char *why;
        if (!stands_against(o, &b, h->reasons, h->rules_version, &why, error))
            return false;
        *free += why == NULL;
        if (!why && write && !let_one_go(o, h, error))
            return false;
    }
    return true;
}

bool release_let_go(Office *o, GError **error)
{
    g_autoptr(GPtrArray) held = release_held(o->db, error);
    unsigned free = 0;
    if (!held || (held->len && !let_go_of(o, held, false, &free, error)))
        return false;
    if (!free)
        return true;
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    return tx && let_go_of(o, held, true, &free, error) && transaction_commit(tx, error);
}

/* ---- stop and resume */

static bool hold_back_all(Office *o, unsigned *held, GError **error)
{
    CaseFilter waiting = {.state = CASE_AWAITING_RELEASE, .decision = -1, .due_by = DAY_NONE};
    g_autoptr(GPtrArray) cases = cases_list(o->db, &waiting, error);
    *held = 0;
    for (unsigned n = 0; cases && n < cases->len; n++) {
        CaseRow *c = cases->pdata[n];
        if (c->release != RELEASE_AUTOMATIC)
            continue;
        if (!release_hold_back(o, c, error) || !cases_update(o->db, c, error))
            return false;
        *held += c->release == RELEASE_REVIEWED;
    }
    return cases != NULL;
}

bool release_call_back(Office *o, unsigned *recalled, GError **error)
{
    g_autoptr(GPtrArray) queued = outbox_due(o->db, INT64_MAX, UINT32_MAX, error);
    *recalled = 0;
    for (unsigned n = 0; queued && n < queued->len; n++) {
        const OutboxRow *r = queued->pdata[n];
        const char *why;
        if (!release_forbids(o, r, &why, error))
            return false;
        if (!why)
            continue;
        if (!recall_reply(o, r, why, error))
            return false;
        ++*recalled;
    }
    return queued != NULL;
}

static bool stopped_now(Office *o, const char *reason, bool *stopped, GError **error)
{
    uint32_t reasons;
    bool all;
    if (!release_stopped(o->db, &reasons, &all, error))
        return false;
    int n = NAME_INDEX(reason_name, REASON_COUNT, reason);
    *stopped = n < 0 ? all : (reasons & BIT(n)) != 0;
    return true;
}

static bool add_change(Office *o, const char *what, const char *reason, const char *who,
                       const char *why, GError **error)
{
    ReleaseChange change = {clock_now(), (char *)who, (char *)what, (char *)reason, (char *)why};
    log_warning("automatic rejections, %s: %s", reason, what);
    return release_change(o->db, &change, error);
}

static char *stop(Office *o, const char *reason, const char *who, const char *why, GError **error)
{
    unsigned held = 0, recalled = 0;
    if (!add_change(o, "stop", reason, who, why, error) || !hold_back_all(o, &held, error) ||
        !release_call_back(o, &recalled, error))
        return NULL;
    return g_strdup_printf("automatic rejections stopped: %s; %u that waited are held back, %u on "
                           "their way called back",
                           reason, held, recalled);
}

/* What still stands in the way of this reason after it was resumed; "" nothing. */
static bool still_in_the_way(Office *o, const char *reason, GString *text, GError **error)
{
    Barrier b;
    int n = NAME_INDEX(reason_name, REASON_COUNT, reason);
    uint32_t of_it = n < 0 ? UINT32_MAX : BIT(n);
    if (!barrier_now(o, &b, error))
        return false;
    g_autofree char *stopped = SET_TO_TEXT(b.stopped & of_it, reason_name, REASON_COUNT);
    g_autofree char *reviewed = SET_TO_TEXT(b.reviewed & of_it, reason_name, REASON_COUNT);
    if (b.all)
        g_string_append(text, "; all are still stopped");
    if (stopped[0])
        g_string_append_printf(text, "; still stopped: %s", stopped);
    if (reviewed[0])
        g_string_append_printf(text, "; reviewed by the settings: %s", reviewed);
    return true;
}

static char *resume(Office *o, const char *reason, const char *who, const char *why, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned free = 0;
    g_string_printf(text, "automatic rejections resumed: %s", reason);
    if (!add_change(o, "resume", reason, who, why, error))
        return NULL;
    g_autoptr(GPtrArray) held = release_held(o->db, error);
    if (!held || !let_go_of(o, held, true, &free, error) ||
        !still_in_the_way(o, reason, text, error))
        return NULL;
    g_string_append_printf(text, "; %u held back go when their hold is over", free);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *release_request(Office *o, JsonObject *request, const char *who, GError **error)
{
    const char *what = request_text(request, "what"), *named = request_text(request, "reason");
    const char *reason = named[0] ? named : RELEASE_ALL;
    const char *why = request_why(request, false, error);
    bool stops = !strcmp(what, "stop"), stopped;
    if (!why)
        return NULL;
    if (!stops && strcmp(what, "resume") != 0) {
        request_refuse(error, "%s: write stop or resume", what);
        return NULL;
    }
    if (strcmp(reason, RELEASE_ALL) != 0 && NAME_INDEX(reason_name, REASON_COUNT, reason) < 0) {
        request_refuse(error, "%s is not a reason; see iecctl decide --help for the names", reason);
        return NULL;
    }
    if (!stopped_now(o, reason, &stopped, error))
        return NULL;
    if (stops == stopped) {
        request_refuse(error, "automatic rejections, %s: %s", reason,
                       stops ? "stopped already" : "not stopped; iecctl release shows what is");
        return NULL;
    }
    return stops ? stop(o, reason, who, why, error) : resume(o, reason, who, why, error);
}

/* ---- a rejection found wrong */

/* The last rejection of the case that has left us; NULL with an error. */
static OutboxRow *rejection_sent(Office *o, const CaseRow *c, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    for (unsigned n = rows ? rows->len : 0; n > 0; n--) {
        const OutboxRow *r = rows->pdata[n - 1];
        if (r->kind != REPLY_REJECTION || !strcmp(r->state, "cancelled"))
            continue;
        if (strcmp(r->state, "held") != 0)
            return outbox_load(o->db, r->id, error);
        request_refuse(error, "%s: its rejection has not left; use iecctl review return or change",
                       c->reference);
        return NULL;
    }
    if (rows)
        request_refuse(error, "%s has not been rejected (it is %s)", c->reference,
                       case_state_name(c->state));
    return NULL;
}

/* What a rejection rests on that was not the rules' own finding is not theirs to answer for. */
static bool stop_reasons(Office *o, const WrongRejection *w, const char *reference,
                         GString *stopped, GError **error)
{
    unsigned held = 0;
    g_autofree char *why = g_strdup_printf("%s was found wrong", reference);
    for (int n = 0; n < REASON_COUNT; n++) {
        bool already = false;
        const char *reason = reason_name((Reason)n);
        if (!(w->reasons & BIT(n)))
            continue;
        if (!stopped_now(o, reason, &already, error) ||
            (!already && !add_change(o, "stop", reason, w->who, why, error)))
            return false;
        g_string_append_printf(stopped, "%s%s", stopped->len ? "," : "", reason);
    }
    return hold_back_all(o, &held, error);
}

/* The case is a person's again, with five working days, as one to be looked at again. */
static bool look_again(Office *o, CaseRow *c, const DecisionRow *d, const WrongRejection *w,
                       GError **error)
{
    if (c->state != CASE_REJECTED && c->state != CASE_CLOSED)
        return true;
    Day due = calendar_add(o->calendar, day_of_instant(w->at), o->settings->casework.reply_days);
    Judgement j = {.decision = DECISION_REFER,
                   .line = -1,
                   .refer = BIT(REFER_LOOK_AGAIN),
                   .flags = c->flags,
                   .time_limit = d->time_limit,
                   .reply_due = due};
    if (!cases_add_decision(o->db, c->id, 0, &j, d->facts, w->who, "the rejection was wrong", w->at,
                            error))
        return false;
    c->state = CASE_REFERRED;
    c->decision = DECISION_REFER;
    c->reasons = c->asks = 0;
    c->refer = j.refer;
    c->reply_due = due;
    c->chased = 0;
    return look_again_asked(o->db, c->id, 0, w->at, error) && cases_update(o->db, c, error);
}

static bool mark_wrong(Office *o, CaseRow *c, const DecisionRow *d, WrongRejection *w,
                       GString *stopped, GError **error)
{
    bool by_rules = !strcmp(d->by, "rules"), known = false;
    g_autofree char *note = g_strdup_printf("the same rules rejected %s, wrongly", c->reference);
    if (!release_wrong(o->db, w, by_rules, note, &known, error))
        return false;
    if (known)
        return request_refuse(error, "%s: that rejection is marked as wrong already", c->reference);
    if (!cases_event(o->db, c->id, 0, w->who, "found-wrong", w->why, w->at, error))
        return false;
    unsigned recalled = 0;
    if ((by_rules && !stop_reasons(o, w, c->reference, stopped, error)) ||
        !release_call_back(o, &recalled, error))
        return false;
    return look_again(o, c, d, w, error) && alarm_raise(o, c, ALERT_WRONG_REJECTION, 0, error);
}

char *release_wrong_request(Office *o, JsonObject *request, const char *who, GError **error)
{
    const char *why = request_why(request, true, error);
    g_autoptr(CaseRow) c = why ? request_case(o, request, error) : NULL;
    g_autoptr(OutboxRow) r = c ? rejection_sent(o, c, error) : NULL;
    g_autoptr(DecisionRow) d = r ? decision_of(o, c->id, r->decision_id, error) : NULL;
    if (!d)
        return NULL;
    g_autoptr(GString) stopped = g_string_new(NULL);
    WrongRejection w = {.decision_id = d->id,
                        .case_id = c->id,
                        .at = clock_now(),
                        .reasons = r->reasons,
                        .who = (char *)who,
                        .why = (char *)why,
                        .rules_version = d->rules_version};
    if (!mark_wrong(o, c, d, &w, stopped, error))
        return NULL;
    return stopped->len
               ? g_strdup_printf(
                     "%s: marked as wrong; stopped: %s; rejected by rules %s besides: %u, "
                     "of them for one of the same reasons: %u",
                     c->reference, stopped->str, w.rules_version, w.alike, w.same)
               : g_strdup_printf("%s: marked as wrong; a person had decided it, so no reason is "
                                 "stopped",
                                 c->reference);
}
