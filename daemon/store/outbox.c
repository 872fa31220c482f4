#include "daemon/store/outbox.h"
#include "daemon/model/address.h"
#include "daemon/store/statement.h"
#include <string.h>

#define SUBJECT_MOST 998u
#define ANSWER_MOST  200u

static bool refuse(GError **error, const char *what)
{
    g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED, "outbox: %s", what);
    return false;
}

/* The last gate before a stranger's address stands in an SMTP command. */
static bool is_fit(const OutboxRow *row, GError **error)
{
    if (!addr_ok(row->recipient))
        return refuse(error, "the recipient is not a plain address");
    if (row->return_path && row->return_path[0] && !addr_ok(row->return_path))
        return refuse(error, "the return path is not a plain address");
    if (!row->bytes || g_bytes_get_size(row->bytes) == 0)
        return refuse(error, "a reply without words");
    return true;
}

bool outbox_add(Db *db, OutboxRow *row, GError **error)
{
    if (!is_fit(row, error))
        return false;
    g_autofree char *reasons = SET_TO_TEXT(row->reasons, reason_name, REASON_COUNT);
    g_auto(Statement) s = db_statement(db, OUTBOX_INSERT);
    bind_int(s, 1, row->case_id);
    bind_id(s, 2, row->decision_id);
    bind_text(s, 3, reply_name(row->kind));
    bind_text(s, 4, reasons);
    bind_text(s, 5, row->state);
    bind_text(s, 6, row->recipient);
    bind_text(s, 7, row->message_id);
    bind_text(s, 8, row->return_path);
    bind_text_cut(s, 9, row->subject, SUBJECT_MOST);
    bind_int(s, 10, row->created_at);
    bind_int(s, 11, row->not_before);
    bind_day(s, 12, row->due);
    bind_bytes(s, 13, row->bytes);
    if (!statement_run(db, s, error)) {
        g_prefix_error(error, "outbox: ");
        return false;
    }
    row->id = sqlite3_last_insert_rowid(db->handle);
    return true;
}

uint64_t outbox_serial(Db *db, GError **error)
{
    g_auto(Statement) s = db_statement(db, SERIAL_NEXT);
    int64_t last = 0;
    bind_text(s, 1, "outbox");
    return statement_number(db, s, 0, &last, error) ? (uint64_t)last : 0;
}

bool outbox_release(Db *db, int64_t id, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_RELEASE);
    bind_int(s, 1, id);
    bind_int(s, 2, now);
    return statement_run_one(db, s, "reply", id, error);
}

bool outbox_hold_until(Db *db, int64_t id, int64_t not_before, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_HOLD);
    bind_int(s, 1, id);
    bind_int(s, 2, not_before);
    return statement_run_one(db, s, "reply", id, error);
}

bool outbox_cancel(Db *db, int64_t id, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_CANCEL);
    bind_int(s, 1, id);
    return statement_run_one(db, s, "reply", id, error);
}

bool outbox_sending(Db *db, int64_t id, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_SENDING);
    bind_int(s, 1, id);
    return statement_run_one(db, s, "reply", id, error);
}

/* A server's words as one line for people: no controls, no broken UTF-8, 200 bytes. g_free. */
static char *printable(const char *answer)
{
    g_autofree char *head = g_strndup(answer ? answer : "", ANSWER_MOST);
    char *text = g_utf8_make_valid(head, -1);
    for (char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isprint(c))
            continue;
        memset(p, ' ', (size_t)(g_utf8_next_char(p) - p));
    }
    return g_strchomp(text);
}

/* A move with the server's words; `when` is bound as ?3 where the statement has one. */
static bool answered(Db *db, StatementId move, int64_t id, const char *answer, int64_t when,
                     GError **error)
{
    g_autofree char *words = printable(answer);
    g_auto(Statement) s = db_statement(db, move);
    bind_int(s, 1, id);
    bind_text_cut(s, 2, words, ANSWER_MOST);
    if (sqlite3_bind_parameter_count(s) >= 3)
        bind_int(s, 3, when);
    return statement_run_one(db, s, "reply", id, error);
}

bool outbox_sent(Db *db, int64_t id, const char *answer, int64_t now, GError **error)
{
    return answered(db, OUTBOX_SENT, id, answer, now, error);
}

bool outbox_later(Db *db, int64_t id, int64_t not_before, const char *answer, GError **error)
{
    return answered(db, OUTBOX_LATER, id, answer, not_before, error);
}

bool outbox_failed(Db *db, int64_t id, const char *answer, GError **error)
{
    return answered(db, OUTBOX_FAILED, id, answer, 0, error);
}

bool outbox_unknown(Db *db, int64_t id, const char *answer, GError **error)
{
    return answered(db, OUTBOX_UNKNOWN, id, answer, 0, error);
}

/* Two statements that may fall apart at a crash: the second is done at the next start. */
int outbox_recover(Db *db, int64_t now, GError **error)
{
    g_auto(Statement) lost = db_statement(db, OUTBOX_LOST);
    if (!statement_run(db, lost, error))
        return -1;
    int found = sqlite3_changes(db->handle);
    g_auto(Statement) retry = db_statement(db, OUTBOX_RETRY);
    bind_int(retry, 1, now);
    if (!statement_run(db, retry, error))
        return -1;
    return found;
}

static int count_or_most(Db *db, Statement s)
{
    int64_t count = 0;
    /* A ceiling that cannot be checked counts as reached: silence can be mended by a person. */
    return statement_number(db, s, 0, &count, NULL) ? (int)MIN(count, OUTBOX_COUNT_UNKNOWN)
                                                    : OUTBOX_COUNT_UNKNOWN;
}

int outbox_count_to(Db *db, const char *address, int64_t since)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_COUNT_TO);
    bind_text(s, 1, address);
    bind_int(s, 2, since);
    return count_or_most(db, s);
}

int outbox_count_kind(Db *db, int64_t case_id, ReplyKind kind)
{
    g_auto(Statement) s = db_statement(db, OUTBOX_COUNT_KIND);
    bind_int(s, 1, case_id);
    bind_text(s, 2, reply_name(kind));
    return count_or_most(db, s);
}
