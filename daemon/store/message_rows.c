/* Messages as people and judgement look at them: the rest of messages.h is in messages.c and
 * message_sources.c. */
#include "daemon/store/messages.h"
#include "daemon/store/statement.h"

static MessageRow *row_of(Statement s)
{
    MessageRow *m = g_new0(MessageRow, 1);
    m->id = column_int(s, 0);
    m->received_at = column_int(s, 1);
    m->case_id = column_int(s, 2);
    m->duplicate_of = column_int(s, 3);
    m->sha256 = column_text(s, 4);
    m->shard = column_text(s, 5);
    m->state = column_text(s, 6);
    m->kind = column_text(s, 7);
    m->message_id = column_text(s, 8);
    m->sender = column_text(s, 9);
    m->from_name = column_text(s, 10);
    m->subject = column_text(s, 11);
    m->source = column_text(s, 12);
    m->size = (uint64_t)column_int(s, 13);
    return m;
}

void message_row_free(MessageRow *m)
{
    if (!m)
        return;
    g_free(m->sha256);
    g_free(m->shard);
    g_free(m->state);
    g_free(m->kind);
    g_free(m->message_id);
    g_free(m->sender);
    g_free(m->from_name);
    g_free(m->subject);
    g_free(m->source);
    g_free(m);
}

GPtrArray *messages_of_case(Db *db, int64_t case_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)message_row_free);
    g_auto(Statement) s = db_statement(db, MESSAGES_OF_CASE);
    StepResult step;
    bind_int(s, 1, case_id);
    while ((step = statement_step(db, s, error)) == STEP_ROW)
        g_ptr_array_add(list, row_of(s));
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

MessageRow *messages_load(Db *db, int64_t id, GError **error)
{
    g_auto(Statement) s = db_statement(db, MESSAGE_LOAD);
    bind_int(s, 1, id);
    return statement_step(db, s, error) == STEP_ROW ? row_of(s) : NULL;
}

GPtrArray *messages_facts_of_case(Db *db, int64_t case_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)facts_free);
    g_auto(Statement) s = db_statement(db, FACTS_OF_CASE);
    StepResult step;
    bind_int(s, 1, case_id);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        g_autoptr(GBytes) bytes = column_bytes(s, 0);
        Facts *facts = facts_of_bytes(bytes, error);
        if (!facts)
            return NULL;
        g_ptr_array_add(list, facts);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}
