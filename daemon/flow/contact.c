#include "daemon/flow/contact.h"
#include "daemon/base/clock.h"
#include "daemon/flow/alarm.h"
#include "daemon/flow/dispatch.h"
#include "daemon/model/address.h"
#include "daemon/store/outbox.h"
#include "daemon/store/stops.h"
#include <string.h>

#define NAME_MOST 200u

static void replace(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

static bool is_name(const char *name)
{
    if (strlen(name) > NAME_MOST || !g_utf8_validate(name, -1, NULL))
        return false;
    for (const char *p = name; *p; p = g_utf8_next_char(p)) {
        if (!g_unichar_isprint(g_utf8_get_char(p)))
            return false;
    }
    return true;
}

static bool readable(Office *o, const char *address, const char *name, GError **error)
{
    if (!addr_ok(address))
        return request_refuse(error, "%s is not a plain email address: add --address A", address);
    if (office_is_own_address(o, address))
        return request_refuse(error, "%s is the office's own address", address);
    return is_name(name) ||
           request_refuse(error, "a name is one line of at most %u bytes", NAME_MOST);
}

/* Letters are written to one person at one address: one for the old address does not go. */
static bool take_back(Office *o, CaseRow *c, const char *who, bool *taken, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    *taken = false;
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (!outbox_is_unsent(r) || r->kind == REPLY_NOTICE ||
            !g_ascii_strcasecmp(r->recipient, c->contact_address))
            continue;
        dispatch_recall(o->dispatch, r->id);
        if (!outbox_cancel(o->db, r->id, error) ||
            !cases_event(o->db, c->id, 0, who, "reply-cancelled", reply_name(r->kind), clock_now(),
                         error))
            return false;
        *taken = true;
    }
    if (*taken && c->state != CASE_REFERRED && case_may_move(c->state, CASE_REFERRED)) {
        c->state = CASE_REFERRED;
        c->chased = 0;
    }
    return rows != NULL;
}

/* Whoever says where letters go has settled what stopped them; a withdrawal stands until somebody
 * decides. */
static bool lift_stops(Office *o, const CaseRow *c, const char *who, GError **error)
{
    bool death = false, silence = false, ours = false;
    int64_t now = clock_now();
    if (!stops_lift(o->db, c->id, STOP_DEATH, who, now, &death, error) ||
        !stops_lift(o->db, c->id, STOP_DO_NOT_WRITE, who, now, &ours, error) ||
        !stops_lift_address(o->db, c->contact_address, who, now, &silence, error))
        return false;
    return (!death ||
            cases_event(o->db, c->id, 0, who, "stop-lifted", stop_name(STOP_DEATH), now, error)) &&
           (!(silence || ours) || cases_event(o->db, c->id, 0, who, "stop-lifted",
                                              stop_name(STOP_DO_NOT_WRITE), now, error));
}

char *contact_set(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    g_autofree char *address = g_ascii_strdown(request_text(request, "address"), -1);
    const char *name = request_text(request, "name");
    bool taken = false;
    if (!c || !readable(o, address, name, error))
        return NULL;
    replace(&c->contact_address, address);
    if (name[0])
        replace(&c->contact_name, name);
    if (!take_back(o, c, who, &taken, error) || !lift_stops(o, c, who, error) ||
        !cases_add_address(o->db, c->id, address, error) || !cases_update(o->db, c, error) ||
        !cases_event(o->db, c->id, 0, who, "contact-confirmed", request_text(request, "why"),
                     clock_now(), error) ||
        !alarm_settle(o, c, ALERT_NEW_ADDRESS, who, error))
        return NULL;
    return g_strdup_printf("%s: letters go to %s from now on%s", c->reference, address,
                           taken ? "; one for the old address was cancelled, decide the case again"
                                 : "");
}

/* One word may not stand for an alert of danger that came since the list was looked at. */
static bool which_seen(JsonObject *request, const CaseRow *c, uint32_t *waits, GError **error)
{
    const char *named = request_text(request, "kind");
    int kind = NAME_INDEX(alert_name, ALERT_COUNT, named);
    bool pressing = false, one = !(*waits & (*waits - 1));
    g_autofree char *words = SET_TO_TEXT(*waits, alert_name, ALERT_COUNT);
    if (!*waits)
        return request_refuse(error, "%s has no alert that waits to be acknowledged", c->reference);
    if (named[0] && (kind < 0 || !(*waits & BIT(kind))))
        return request_refuse(error, "%s has no alert of the kind %s; what waits: %s", c->reference,
                              named, words);
    for (int n = 0; n < ALERT_COUNT; n++)
        pressing |= *waits & BIT(n) && alarm_is_pressing((AlertKind)n);
    if (!named[0] && pressing && !one)
        return request_refuse(error,
                              "%s has several: %s; name the one that you have seen: "
                              "iecctl alert ack %s KIND",
                              c->reference, words, c->reference);
    if (named[0])
        *waits = BIT(kind);
    return true;
}

char *contact_alert_seen(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    uint32_t kinds = 0;
    if (!c || !alarm_waits(o, c, &kinds, error) || !which_seen(request, c, &kinds, error) ||
        !alarm_acknowledge(o, c, kinds, who, request_text(request, "why"), error))
        return NULL;
    g_autofree char *words = SET_TO_TEXT(kinds, alert_name, ALERT_COUNT);
    int n = __builtin_popcount(kinds);
    return g_strdup_printf("%s: %d alert%s acknowledged: %s", c->reference, n, n == 1 ? "" : "s",
                           words);
}
