/* Addresses, decisions and events of a case: the rest of cases.h is in cases.c and settings.c. */
#include "daemon/store/cases.h"
#include "daemon/store/statement.h"

#define WHO_MOST 200u
/* A person's reason may be 2,000 bytes (flow/person.c); nothing we write ourselves is longer. */
#define WHY_MOST 4000u

bool cases_add_address(Db *db, int64_t case_id, const char *address, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(address, -1);
    g_auto(Statement) s = db_statement(db, ADDRESS_INSERT);
    bind_int(s, 1, case_id);
    bind_text(s, 2, lower);
    return statement_run(db, s, error);
}

/* False where the register cannot say: an address nobody knows proves nothing. */
bool cases_knows_address(Db *db, int64_t case_id, const char *address)
{
    g_autofree char *lower = g_ascii_strdown(address, -1);
    g_auto(Statement) s = db_statement(db, ADDRESS_KNOWN);
    bind_int(s, 1, case_id);
    bind_text(s, 2, lower);
    return statement_step(db, s, NULL) == STEP_ROW;
}

/* NULL for no facts. The message's own are not made into bytes a second time. */
static GBytes *bytes_of(const Db *db, const Facts *facts, int64_t message_id)
{
    if (!facts)
        return NULL;
    if (db->last_read.facts == facts && db->last_read.message_id == message_id)
        return g_bytes_ref(db->last_read.bytes);
    return facts_to_bytes(facts);
}

int64_t cases_add_decision(Db *db, int64_t case_id, int64_t message_id, const Judgement *j,
                           const Facts *facts, const char *by, const char *why, int64_t now,
                           GError **error)
{
    g_autofree char *reasons = SET_TO_TEXT(j->reasons, reason_name, REASON_COUNT);
    g_autofree char *asks = SET_TO_TEXT(j->asks, ask_name, ASK_COUNT);
    g_autofree char *refer = SET_TO_TEXT(j->refer, refer_name, REFER_COUNT);
    g_autofree char *flags = SET_TO_TEXT(j->flags, flag_name, FLAG_COUNT);
    g_autoptr(GBytes) bytes = bytes_of(db, facts, message_id);
    g_auto(Statement) s = db_statement(db, DECISION_INSERT);
    bind_int(s, 1, case_id);
    bind_id(s, 2, message_id);
    bind_int(s, 3, now);
    bind_text_cut(s, 4, by, WHO_MOST);
    bind_text_cut(s, 5, why, WHY_MOST);
    bind_text(s, 6, decision_name(j->decision));
    bind_int(s, 7, j->line);
    bind_text(s, 8, release_name(j->release));
    bind_text_cut(s, 9, j->release_why, WHY_MOST);
    bind_text(s, 10, reasons);
    bind_text(s, 11, asks);
    bind_text(s, 12, refer);
    bind_text(s, 13, flags);
    bind_day(s, 14, j->time_limit);
    bind_day(s, 15, j->reply_due);
    bind_text(s, 16, facts ? facts->rules_version : "");
    bind_bytes(s, 17, bytes);
    if (!statement_run(db, s, error)) {
        g_prefix_error(error, "decision of case %" G_GINT64_FORMAT ": ", case_id);
        return 0;
    }
    return sqlite3_last_insert_rowid(db->handle);
}

bool cases_event(Db *db, int64_t case_id, int64_t message_id, const char *who, const char *what,
                 const char *why, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, EVENT_INSERT);
    bind_int(s, 1, case_id);
    bind_id(s, 2, message_id);
    bind_int(s, 3, now);
    bind_text_cut(s, 4, who, WHO_MOST);
    bind_text_cut(s, 5, what, WHO_MOST);
    bind_text_cut(s, 6, why, WHY_MOST);
    if (statement_run(db, s, error))
        return true;
    g_prefix_error(error, "event of case %" G_GINT64_FORMAT ": ", case_id);
    return false;
}

void event_row_free(EventRow *e)
{
    if (!e)
        return;
    g_free(e->who);
    g_free(e->what);
    g_free(e->why);
    g_free(e);
}

GPtrArray *cases_events(Db *db, int64_t case_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)event_row_free);
    g_auto(Statement) s = db_statement(db, EVENTS_OF_CASE);
    StepResult step;
    bind_int(s, 1, case_id);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        EventRow *e = g_new0(EventRow, 1);
        e->at = column_int(s, 0);
        e->message_id = column_int(s, 1);
        e->who = column_text(s, 2);
        e->what = column_text(s, 3);
        e->why = column_text(s, 4);
        g_ptr_array_add(list, e);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

void decision_row_free(DecisionRow *d)
{
    if (!d)
        return;
    g_free(d->by);
    g_free(d->why);
    g_free(d->decision);
    g_free(d->reasons);
    g_free(d->asks);
    g_free(d->refer);
    g_free(d->flags);
    g_free(d->release);
    g_free(d->release_why);
    g_free(d->rules_version);
    facts_free(d->facts);
    g_free(d);
}

static DecisionRow *decision_of(Statement s, Facts *facts)
{
    DecisionRow *d = g_new0(DecisionRow, 1);
    d->id = column_int(s, 0);
    d->at = column_int(s, 1);
    d->message_id = column_int(s, 2);
    d->line = (int)column_int(s, 3);
    d->by = column_text(s, 4);
    d->why = column_text(s, 5);
    d->decision = column_text(s, 6);
    d->reasons = column_text(s, 7);
    d->asks = column_text(s, 8);
    d->refer = column_text(s, 9);
    d->flags = column_text(s, 10);
    d->release = column_text(s, 11);
    d->release_why = column_text(s, 16);
    d->rules_version = column_text(s, 12);
    d->time_limit = column_day(s, 13);
    d->reply_due = column_day(s, 14);
    d->facts = facts;
    return d;
}

GPtrArray *cases_decisions(Db *db, int64_t case_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)decision_row_free);
    g_auto(Statement) s = db_statement(db, DECISIONS_OF_CASE);
    StepResult step;
    bind_int(s, 1, case_id);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        bool some = sqlite3_column_type(s, 15) != SQLITE_NULL;
        g_autoptr(GBytes) bytes = some ? column_bytes(s, 15) : NULL;
        Facts *facts = some ? facts_of_bytes(bytes, error) : NULL;
        if (some && !facts)
            return NULL;
        g_ptr_array_add(list, decision_of(s, facts));
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

Facts *cases_last_facts(Db *db, int64_t case_id, int64_t *message_id, GError **error)
{
    g_autoptr(GPtrArray) decisions = cases_decisions(db, case_id, error);
    if (!decisions)
        return NULL;
    for (unsigned n = decisions->len; n > 0; n--) {
        DecisionRow *d = decisions->pdata[n - 1];
        if (!*message_id)
            *message_id = d->message_id;
        if (d->facts)
            return g_steal_pointer(&d->facts);
    }
    return facts_new();
}
