#include "daemon/flow/recall.h"
#include "daemon/base/clock.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/heed.h"
#include "daemon/flow/release.h"
#include "daemon/store/samples.h"

bool recall_reply(Office *o, const OutboxRow *r, const char *why, GError **error)
{
    g_autoptr(CaseRow) c = cases_load(o->db, r->case_id, error);
    Day today = day_of_instant(clock_now());
    g_autofree char *what = g_strdup_printf("%s-reply-cancelled", r->state);
    g_autofree char *text = g_strdup_printf("%s: %s", reply_name(r->kind), why);
    if (!c)
        return false;
    dispatch_recall(o->dispatch, r->id);
    c->flags |= BIT(FLAG_ACKNOWLEDGE_BY_HAND);
    if (c->state != CASE_REFERRED && case_may_move(c->state, CASE_REFERRED)) {
        c->state = CASE_REFERRED;
        c->chased = 0;
        if (c->reply_due < today) /* a day that was promised and is still to come stands */
            c->reply_due = calendar_add(o->calendar, today, o->settings->casework.reply_days);
    }
    return outbox_cancel(o->db, r->id, error) && samples_leave_out(o->db, r->id, error) &&
           cases_update(o->db, c, error) &&
           cases_event(o->db, c->id, 0, "iecd", what, text, clock_now(), error);
}

bool recall_if_forbidden(Office *o, const OutboxRow *r, bool *recalled, GError **error)
{
    *recalled = false;
    if (r->kind == REPLY_NOTICE)
        return true;
    const char *why = heed_stops(o, r);
    if (!why && !release_forbids(o, r, &why, error))
        return false;
    *recalled = why != NULL;
    return !why || recall_reply(o, r, why, error);
}
