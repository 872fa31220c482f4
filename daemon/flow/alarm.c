#include "daemon/flow/alarm.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/flow/answer.h"
#include <string.h>

#define MORNING_HOUR 9

static const char *words_of(AlertKind kind)
{
    static const char *const WORDS[ALERT_COUNT] = {
        [ALERT_URGENT] = "urgent: a person may be at risk",
        [ALERT_THREAT] = "a threat is made",
        [ALERT_SERIOUS_MISCONDUCT] = "serious misconduct is described",
        [ALERT_UNDELIVERED] = "an urgent case's reply was not delivered",
        [ALERT_NEW_ADDRESS] = "a new address is given; a person confirms it",
        [ALERT_WRONG_REJECTION] = "a rejection that has left seems to be wrong",
        [ALERT_CAMPAIGN] = "many near-identical messages came; people decide them",
        [ALERT_DEADLINE_NEAR] = "the deadline for an answer is near",
        [ALERT_DEADLINE_PAST] = "the deadline for an answer has passed",
    };
    return WORDS[kind];
}

bool alarm_is_pressing(AlertKind kind)
{
    return kind < ALERT_NEW_ADDRESS;
}

/* What can wait until the office opens comes again when it does. */
static int64_t again_at(const Office *o, AlertKind kind, int64_t now)
{
    if (alarm_is_pressing(kind))
        return now + o->settings->casework.alert_repeat_s;
    Day today = day_of_instant(now);
    Day from = now < day_instant(today, MORNING_HOUR, 0) ? today - 1 : today;
    Day next = calendar_add(o->calendar, from, 1);
    return day_instant(next == DAY_NONE ? from + 1 : next, MORNING_HOUR, 0);
}

static char **addresses(const Office *o)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    const char *one = o->settings->casework.alert_address;
    char **list = o->settings->casework.alert_addresses;
    for (char **a = list; a && *a; a++)
        g_strv_builder_add(all, *a);
    if (one[0] && !(list && g_strv_contains((const char *const *)list, one)))
        g_strv_builder_add(all, one);
    return g_strv_builder_end(all);
}

/* Log, history and mail of one alert. */
static bool sound(Office *o, const CaseRow *c, AlertKind kind, int64_t message_id, GError **error)
{
    const char *what = words_of(kind), *fields[] = {"CASE", c->reference, NULL};
    g_auto(GStrv) list = addresses(o);
    log_line(LOG_LEVEL_WARNING, fields, "alert: %s", what);
    g_autofree char *ask = g_strdup_printf("Say that you have seen this: iecctl alert ack %s %s",
                                           c->reference, alert_name(kind));
    for (char **a = list; *a; a++) {
        if (!answer_notice(o, c, *a, what, ask, error))
            return false;
    }
    return cases_event(o->db, c->id, message_id, "iecd", "alerted", what, clock_now(), error);
}

bool alarm_raise(Office *o, const CaseRow *c, AlertKind kind, int64_t message_id, GError **error)
{
    int64_t now = clock_now();
    return alerts_raise(o->db, c->id, message_id, kind, now, again_at(o, kind, now), error) &&
           sound(o, c, kind, message_id, error);
}

static bool repeat(Office *o, const AlertRow *a, int64_t now, GError **error)
{
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    g_autoptr(CaseRow) c = tx ? cases_load(o->db, a->case_id, error) : NULL;
    return c && alerts_again(o->db, a->id, again_at(o, a->kind, now), error) &&
           sound(o, c, a->kind, 0, error) && transaction_commit(tx, error);
}

static bool end(Office *o, const AlertRow *a, const char *who, const char *what, const char *why,
                GError **error)
{
    int64_t now = clock_now();
    g_autofree char *text =
        g_strdup_printf("%s%s%s", alert_name(a->kind), why && why[0] ? ": " : "", why ? why : "");
    return alerts_done(o->db, a->id, who, now, error) &&
           cases_event(o->db, a->case_id, 0, who, what, text, now, error);
}

static bool end_over(Office *o, const GPtrArray *over, GError **error)
{
    if (!over->len)
        return true;
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    if (!tx)
        return false;
    for (unsigned n = 0; n < over->len; n++) {
        if (!end(o, over->pdata[n], "iecd", "alert-over", NULL, error))
            return false;
    }
    return transaction_commit(tx, error);
}

bool alarm_look(Office *o, int64_t now, GError **error)
{
    g_autoptr(GPtrArray) over = alerts_over(o->db, error);
    if (!over || !end_over(o, over, error))
        return false;
    g_autoptr(GPtrArray) due = alerts_due(o->db, now, error);
    for (unsigned n = 0; due && n < due->len; n++) {
        if (!repeat(o, due->pdata[n], now, error))
            return false;
    }
    return due != NULL;
}

bool alarm_waits(Office *o, const CaseRow *c, uint32_t *kinds, GError **error)
{
    g_autoptr(GPtrArray) open = alerts_open(o->db, error);
    *kinds = 0;
    for (unsigned n = 0; open && n < open->len; n++) {
        const AlertRow *a = open->pdata[n];
        *kinds |= a->case_id == c->id ? BIT(a->kind) : 0;
    }
    return open != NULL;
}

bool alarm_acknowledge(Office *o, const CaseRow *c, uint32_t kinds, const char *who,
                       const char *why, GError **error)
{
    g_autoptr(GPtrArray) open = alerts_open(o->db, error);
    for (unsigned n = 0; open && n < open->len; n++) {
        const AlertRow *a = open->pdata[n];
        if (a->case_id == c->id && kinds & BIT(a->kind) &&
            !end(o, a, who, "alert-acknowledged", why, error))
            return false;
    }
    return open != NULL;
}

bool alarm_settle(Office *o, const CaseRow *c, AlertKind kind, const char *who, GError **error)
{
    return alarm_acknowledge(o, c, BIT(kind), who, NULL, error);
}
