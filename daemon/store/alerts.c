#include "daemon/store/alerts.h"
#include "daemon/store/statement.h"
#include <assert.h>

const char *alert_name(AlertKind v)
{
    static const char *const NAME[] = {
        "urgent",          "threat",   "serious-misconduct", "undelivered",   "new-address",
        "wrong-rejection", "campaign", "deadline-near",      "deadline-past",
    };
    static_assert(G_N_ELEMENTS(NAME) == ALERT_COUNT, "one name a value");
    return (unsigned)v < ALERT_COUNT ? NAME[v] : NULL;
}

void alert_row_free(AlertRow *a)
{
    if (!a)
        return;
    g_free(a->reference);
    g_free(a);
}

bool alerts_raise(Db *db, int64_t case_id, int64_t message_id, AlertKind kind, int64_t now,
                  int64_t again_at, GError **error)
{
    g_auto(Statement) s = db_statement(db, ALERT_RAISE);
    bind_int(s, 1, case_id);
    bind_id(s, 2, message_id);
    bind_text(s, 3, alert_name(kind));
    bind_int(s, 4, now);
    bind_int(s, 5, again_at);
    return statement_run(db, s, error);
}

bool alerts_again(Db *db, int64_t id, int64_t again_at, GError **error)
{
    g_auto(Statement) s = db_statement(db, ALERT_AGAIN);
    bind_int(s, 1, id);
    bind_int(s, 2, again_at);
    return statement_run_one(db, s, "alert", id, error);
}

bool alerts_done(Db *db, int64_t id, const char *who, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, ALERT_DONE);
    bind_int(s, 1, id);
    bind_int(s, 2, now);
    bind_text(s, 3, who);
    return statement_run_one(db, s, "alert", id, error);
}

static GPtrArray *collect(Db *db, Statement s, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)alert_row_free);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        int kind = column_name(s, 3, NAMES_OF(alert_name), ALERT_COUNT, error);
        if (kind < 0)
            return NULL;
        AlertRow *a = g_new0(AlertRow, 1);
        a->id = column_int(s, 0);
        a->case_id = column_int(s, 1);
        a->reference = column_text(s, 2);
        a->kind = (AlertKind)kind;
        a->raised_at = column_int(s, 4);
        a->again_at = column_int(s, 5);
        a->reply_due = column_day(s, 6);
        g_ptr_array_add(list, a);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

GPtrArray *alerts_due(Db *db, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, ALERTS_DUE);
    bind_int(s, 1, now);
    return collect(db, s, error);
}

GPtrArray *alerts_open(Db *db, GError **error)
{
    g_auto(Statement) s = db_statement(db, ALERTS_OPEN);
    return collect(db, s, error);
}

GPtrArray *alerts_over(Db *db, GError **error)
{
    g_auto(Statement) s = db_statement(db, ALERTS_OVER);
    return collect(db, s, error);
}

bool alerts_count(Db *db, int64_t *open, GError **error)
{
    g_auto(Statement) s = db_statement(db, ALERT_OPEN_COUNT);
    return statement_number(db, s, 0, open, error);
}
