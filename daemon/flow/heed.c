#include "daemon/flow/heed.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/flow/alarm.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/recall.h"
#include "daemon/store/outbox.h"
#include "daemon/store/stops.h"
#include <string.h>

bool heed_refers(const Facts *f)
{
    const uint32_t people = BIT(HEED_THREAT) | BIT(HEED_DEATH) | BIT(HEED_DO_NOT_WRITE);
    return facts_by_person(f) && ((f->heeds & people) || (f->refer & BIT(REFER_WITHDRAWAL)) ||
                                  (f->flags & BIT(FLAG_URGENT)));
}

static const char *forbidden_by(uint32_t stops, bool withdrawn_too)
{
    if (stops & BIT(STOP_DO_NOT_WRITE))
        return "they asked us not to write to this address";
    if (stops & BIT(STOP_DEATH))
        return "a death is told: a person writes, in their own words";
    if (withdrawn_too && stops & BIT(STOP_WITHDRAWAL))
        return "the complaint is withdrawn: a person confirms it";
    return NULL;
}

const char *heed_forbids(Office *o, const CaseRow *c, bool withdrawn_too)
{
    return forbidden_by(stops_on(o->db, c->id, c->contact_address), withdrawn_too);
}

/* A letter of after a withdrawal is a person's, or says where help is. */
const char *heed_stops(Office *o, const OutboxRow *r)
{
    return forbidden_by(stops_since(o->db, r->case_id, r->recipient, r->created_at),
                        r->kind != REPLY_URGENT);
}

bool heed_settle(Office *o, const CaseRow *c, const char *who, GError **error)
{
    bool lifted = false;
    int64_t now = clock_now();
    return stops_lift(o->db, c->id, STOP_WITHDRAWAL, who, now, &lifted, error) &&
           (!lifted || cases_event(o->db, c->id, 0, who, "stop-lifted", stop_name(STOP_WITHDRAWAL),
                                   now, error));
}

bool heed_alert(Office *o, const CaseRow *c, const Heeding *h, GError **error)
{
    const Facts *f = h->facts;
    const struct {
        bool told;
        AlertKind kind;
    } ALERTS[] = {
        {f->flags & BIT(FLAG_URGENT), ALERT_URGENT},
        {f->heeds & BIT(HEED_THREAT), ALERT_THREAT},
        {f->flags & BIT(FLAG_SERIOUS_MISCONDUCT), ALERT_SERIOUS_MISCONDUCT},
        {f->heeds & BIT(HEED_NEW_ADDRESS), ALERT_NEW_ADDRESS},
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(ALERTS); n++) {
        if (ALERTS[n].told && !alarm_raise(o, c, ALERTS[n].kind, h->message_id, error))
            return false;
    }
    return true;
}

static bool cancel(Office *o, CaseRow *c, const OutboxRow *r, int64_t message_id, GError **error)
{
    g_autofree char *what = g_strdup_printf("%s-reply-cancelled", r->state);
    if (strcmp(r->state, "held") != 0)
        c->flags |= BIT(FLAG_ACKNOWLEDGE_BY_HAND);
    dispatch_recall(o->dispatch, r->id);
    return outbox_cancel(o->db, r->id, error) &&
           cases_event(o->db, c->id, message_id, "iecd", what, reply_name(r->kind), clock_now(),
                       error);
}

/* What of this case has not left and the stop is for. Its new state is the judgement's. */
static bool cancel_unsent(Office *o, CaseRow *c, int64_t message_id, StopKind kind, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        bool stays =
            r->kind == REPLY_NOTICE || (r->kind == REPLY_URGENT && kind == STOP_WITHDRAWAL);
        if (outbox_is_unsent(r) && !stays && !cancel(o, c, r, message_id, error))
            return false;
    }
    return rows != NULL;
}

/* Another case whose letter was stopped on its way: a person takes it over. */
static bool hand_over(Office *o, const OutboxRow *r, GError **error)
{
    return recall_reply(o, r, forbidden_by(BIT(STOP_DO_NOT_WRITE), false), error);
}

static bool stop_case(Office *o, CaseRow *c, const Heeding *h, StopKind kind, GError **error)
{
    return stops_place(o->db, c->id, h->message_id, kind, "", clock_now(), error) &&
           cancel_unsent(o, c, h->message_id, kind, error);
}

static bool silence(Office *o, CaseRow *c, const Heeding *h, GError **error)
{
    const char *address = h->sender;
    /* Anybody can state an address in a form: it silences its own case. */
    if (!h->mailed)
        return stop_case(o, c, h, STOP_DO_NOT_WRITE, error);
    if (!stops_place(o->db, c->id, h->message_id, STOP_DO_NOT_WRITE, address, clock_now(), error))
        return false;
    g_autoptr(GPtrArray) rows = outbox_unsent_to(o->db, address, error);
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (r->case_id == c->id ? !cancel(o, c, r, h->message_id, error) : !hand_over(o, r, error))
            return false;
    }
    return rows != NULL;
}

static bool place_stops(Office *o, CaseRow *c, const Heeding *h, GError **error)
{
    const Facts *f = h->facts;
    /* Whoever our own server calls a forger gets no reply, and silences nobody. */
    bool forged = f->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED);
    if (f->heeds & BIT(HEED_DEATH) && !stop_case(o, c, h, STOP_DEATH, error))
        return false;
    if (f->refer & BIT(REFER_WITHDRAWAL) && !stop_case(o, c, h, STOP_WITHDRAWAL, error))
        return false;
    return !(f->heeds & BIT(HEED_DO_NOT_WRITE)) || forged || silence(o, c, h, error);
}

/* What the history says of it: the kinds, and nobody's words. */
static bool tell_history(Office *o, const CaseRow *c, const Heeding *h, GError **error)
{
    const char *withdrawn = h->facts->refer & BIT(REFER_WITHDRAWAL) ? "withdrawal" : "";
    g_autofree char *heeds = SET_TO_TEXT(h->facts->heeds, heed_name, HEED_COUNT);
    if (!heeds[0] && !withdrawn[0])
        return true;
    g_autofree char *text =
        g_strdup_printf("%s%s%s", heeds, heeds[0] && withdrawn[0] ? "," : "", withdrawn);
    const char *fields[] = {"CASE", c->reference, NULL};
    log_line(LOG_LEVEL_WARNING, fields, "%s: a person must see to it: %s", c->reference, text);
    return cases_event(o->db, c->id, h->message_id, "iecd", "told", text, clock_now(), error);
}

bool heed_message(Office *o, CaseRow *c, const Heeding *h, GError **error)
{
    if (!facts_by_person(h->facts))
        return true;
    return tell_history(o, c, h, error) && place_stops(o, c, h, error) &&
           heed_alert(o, c, h, error);
}
