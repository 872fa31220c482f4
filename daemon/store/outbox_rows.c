/* Reading the outbox: the rest of outbox.h is in outbox.c. */
#include "daemon/store/outbox.h"
#include "daemon/store/statement.h"
#include <string.h>

void outbox_row_free(OutboxRow *r)
{
    if (!r)
        return;
    g_free(r->state);
    g_free(r->recipient);
    g_free(r->message_id);
    g_free(r->return_path);
    g_free(r->subject);
    g_clear_pointer(&r->bytes, g_bytes_unref);
    g_free(r->last_answer);
    g_free(r);
}

static OutboxRow *row_of(Statement s, GError **error)
{
    g_autoptr(OutboxRow) r = g_new0(OutboxRow, 1);
    int kind = column_name(s, 3, NAMES_OF(reply_name), REPLY_COUNT, error);
    if (kind < 0 || !column_set(s, 4, NAMES_OF(reason_name), REASON_COUNT, &r->reasons, error))
        return NULL;
    r->id = column_int(s, 0);
    r->case_id = column_int(s, 1);
    r->decision_id = column_int(s, 2);
    r->kind = (ReplyKind)kind;
    r->state = column_text(s, 5);
    r->recipient = column_text(s, 6);
    r->message_id = column_text(s, 7);
    r->return_path = column_text(s, 8);
    r->subject = column_text(s, 9);
    r->created_at = column_int(s, 10);
    r->not_before = column_int(s, 11);
    r->due = column_day(s, 12);
    r->attempts = (int)column_int(s, 13);
    r->sent_at = column_int(s, 14);
    r->last_answer = column_text(s, 15);
    r->retried_unknown = column_int(s, 16);
    return g_steal_pointer(&r);
}

static GPtrArray *collect(Db *db, Statement s, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_row_free);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        OutboxRow *r = row_of(s, error);
        if (!r)
            return NULL;
        g_ptr_array_add(list, r);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

static GPtrArray *due(Db *db, const char *state, int64_t now, int64_t limit, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_DUE);
    bind_text(s, 1, state);
    bind_int(s, 2, now);
    bind_int(s, 3, limit);
    return collect(db, s, error);
}

GPtrArray *outbox_due(Db *db, int64_t now, unsigned limit, GError **error)
{
    return due(db, "queued", now, limit, error);
}

GPtrArray *outbox_held_over(Db *db, int64_t now, GError **error)
{
    return due(db, "held", now, -1, error);
}

int64_t outbox_next(Db *db)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_NEXT);
    int64_t next = INT64_MAX;
    return statement_number(db, s, INT64_MAX, &next, NULL) ? next : INT64_MAX;
}

int64_t outbox_notice_due(Db *db, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_NOTICE_DUE);
    int64_t id = 0;
    bind_int(s, 1, now);
    return statement_number(db, s, 0, &id, error) ? id : 0;
}

bool outbox_notice_waits(Db *db, int64_t case_id, const char *address, const char *subject)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_NOTICE_WAITS);
    int64_t waiting = 0;
    bind_int(s, 1, case_id);
    bind_text(s, 2, address);
    bind_text(s, 3, subject);
    return statement_number(db, s, 0, &waiting, NULL) && waiting > 0;
}

GPtrArray *outbox_unsent_to(Db *db, const char *address, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_UNSENT_TO);
    bind_text(s, 1, address);
    return collect(db, s, error);
}

GPtrArray *outbox_of_case(Db *db, int64_t case_id, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_OF_CASE);
    bind_int(s, 1, case_id);
    return collect(db, s, error);
}

bool outbox_is_unsent(const OutboxRow *r)
{
    return !strcmp(r->state, "held") || !strcmp(r->state, "queued");
}

bool outbox_last_answer(Db *db, int64_t case_id, ReplyKind *last, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(db, case_id, error);
    *last = REPLY_COUNT;
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (reply_is_answer(r->kind) && strcmp(r->state, "cancelled") != 0)
            *last = r->kind;
    }
    return rows != NULL;
}

OutboxRow *outbox_load(Db *db, int64_t id, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_LOAD);
    bind_int(s, 1, id);
    if (statement_step(db, s, error) != STEP_ROW)
        return NULL;
    OutboxRow *r = row_of(s, error);
    if (r)
        r->bytes = column_bytes(s, 17);
    return r;
}

int64_t outbox_case_of_message_id(Db *db, const char *message_id, int64_t *row_id)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_BY_MESSAGE_ID);
    bind_text(s, 1, message_id);
    if (statement_step(db, s, NULL) != STEP_ROW)
        return 0;
    if (row_id)
        *row_id = column_int(s, 1);
    return column_int(s, 0);
}
