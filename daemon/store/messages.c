#include "daemon/store/messages.h"
#include "daemon/base/clock.h"
#include "daemon/store/statement.h"
#include <string.h>

/* What strangers wrote and people only look at; a longer text is cut. */
#define TEXT_MOST 1000u
/* RFC 5322 2.1.1: no line, so no Message-ID, is longer. One that is cannot be answered to, and cut
 * it would be another's: it counts as none. */
#define MESSAGE_ID_MOST 998u

static const char *usable_id(const char *message_id)
{
    return message_id && strlen(message_id) <= MESSAGE_ID_MOST ? message_id : "";
}

/* The row of these bytes, new or old. */
static bool register_bytes(Db *db, const ReceivedMessage *m, int64_t now, int64_t *id, bool *known,
                           GError **error)
{
    g_auto(Statement) insert = db_statement(db, MESSAGE_INSERT);
    bind_text(insert, 1, m->sha256);
    bind_text(insert, 2, m->shard);
    bind_int(insert, 3, (int64_t)m->size);
    bind_int(insert, 4, m->received_at);
    bind_int(insert, 5, now);
    bind_text(insert, 6, channel_name(m->channel));
    bind_text(insert, 7, m->source);
    bind_int(insert, 8, m->whole);
    if (!statement_run(db, insert, error))
        return false;
    *known = sqlite3_changes(db->handle) == 0;
    if (!*known) {
        *id = sqlite3_last_insert_rowid(db->handle);
        return true;
    }
    g_auto(Statement) find = db_statement(db, MESSAGE_BY_SHA);
    bind_text(find, 1, m->sha256);
    return statement_number(db, find, 0, id, error);
}

/* A key seen before stays as it is. Its bytes are registered all the same: a server that gives an
 * old UID to a new message must not make us lose that message. */
static bool register_key(Db *db, const ReceivedMessage *m, int64_t id, int64_t now, GError **error)
{
    g_auto(Statement) insert = db_statement(db, KEY_INSERT);
    bind_text(insert, 1, m->source);
    bind_int(insert, 2, m->uidvalidity);
    bind_int(insert, 3, m->uid);
    bind_text(insert, 4, m->file);
    bind_int(insert, 5, id);
    bind_int(insert, 6, now);
    return statement_run(db, insert, error);
}

/* The same bytes at a place not seen before: the case's history says so. */
static bool note_repeat(Db *db, int64_t id, int64_t now, GError **error)
{
    g_auto(Statement) insert = db_statement(db, KEY_EVENT);
    bind_int(insert, 1, id);
    bind_int(insert, 2, now);
    return statement_run(db, insert, error);
}

bool messages_receive(Db *db, ReceivedMessage *rows, unsigned n, int64_t now, GError **error)
{
    g_autofree int64_t *ids = g_new0(int64_t, n);
    g_autofree bool *known = g_new0(bool, n);
    g_autoptr(Transaction) tx = transaction_begin(db, error);
    if (!tx)
        return false;
    for (unsigned k = 0; k < n; k++) {
        if (!register_bytes(db, &rows[k], now, &ids[k], &known[k], error) ||
            !register_key(db, &rows[k], ids[k], now, error) ||
            (known[k] && sqlite3_changes(db->handle) > 0 && !note_repeat(db, ids[k], now, error))) {
            g_prefix_error(error, "receiving %s: ", rows[k].sha256);
            return false;
        }
    }
    if (!transaction_commit(tx, error))
        return false;
    for (unsigned k = 0; k < n; k++) {
        rows[k].message_id = ids[k];
        rows[k].known = known[k];
    }
    return true;
}

static PendingMessage *pending_of(Statement s, GError **error)
{
    int channel = column_name(s, 5, NAMES_OF(channel_name), CHANNEL_COUNT, error);
    if (channel < 0)
        return NULL;
    PendingMessage *p = g_new0(PendingMessage, 1);
    g_autofree char *sha256 = column_text(s, 1), *shard = column_text(s, 2);
    p->id = column_int(s, 0);
    g_strlcpy(p->sha256, sha256, sizeof p->sha256);
    g_strlcpy(p->shard, shard, sizeof p->shard);
    p->size = (uint64_t)column_int(s, 3);
    p->received_at = column_int(s, 4);
    p->channel = (Channel)channel;
    p->source = column_text(s, 6);
    p->whole = column_int(s, 7);
    p->attempts = (int)column_int(s, 8);
    return p;
}

void pending_message_free(PendingMessage *p)
{
    if (!p)
        return;
    g_free(p->source);
    g_free(p);
}

GPtrArray *messages_pending(Db *db, unsigned limit, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)pending_message_free);
    g_auto(Statement) s = db_statement(db, MESSAGE_PENDING);
    StepResult step;
    bind_int(s, 1, limit);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        PendingMessage *p = pending_of(s, error);
        if (!p)
            return NULL;
        g_ptr_array_add(list, p);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

unsigned messages_pending_count(Db *db)
{
    g_auto(Statement) s = db_statement(db, MESSAGE_PENDING_COUNT);
    int64_t count = 0;
    return statement_number(db, s, 0, &count, NULL) ? (unsigned)count : 0;
}

int64_t messages_pending_oldest(Db *db)
{
    g_auto(Statement) s = db_statement(db, MESSAGE_PENDING_OLDEST);
    int64_t oldest = 0;
    return statement_number(db, s, INT64_MAX, &oldest, NULL) ? oldest : 0;
}

bool messages_attempt(Db *db, int64_t id, GError **error)
{
    g_auto(Statement) s = db_statement(db, MESSAGE_ATTEMPT);
    bind_int(s, 1, id);
    return statement_run_one(db, s, "message", id, error);
}

static bool store_facts(Db *db, int64_t id, const Facts *facts, GError **error)
{
    g_autoptr(GBytes) bytes = facts_to_bytes(facts);
    g_auto(Statement) s = db_statement(db, FACTS_INSERT);
    bind_int(s, 1, id);
    bind_text(s, 2, facts->rules_version);
    bind_bytes(s, 3, bytes);
    if (!statement_run(db, s, error))
        return false;
    db_forget_last_read(db);
    if (db->in_transaction) {
        db->last_read.facts = facts;
        db->last_read.message_id = id;
        db->last_read.bytes = g_steal_pointer(&bytes);
    }
    return true;
}

bool messages_read(Db *db, const ReadMessage *m, GError **error)
{
    g_auto(Statement) s = db_statement(db, MESSAGE_READ);
    bind_int(s, 1, m->id);
    bind_text(s, 2, m->state);
    bind_text(s, 3, m->facts ? kind_name(m->facts->kind) : "");
    bind_text(s, 4, usable_id(m->message_id));
    bind_text_cut(s, 5, m->sender, TEXT_MOST);
    bind_text_cut(s, 6, m->from_name, TEXT_MOST);
    bind_text_cut(s, 7, m->subject, TEXT_MOST);
    bind_text(s, 8, m->body_sha256);
    bind_id(s, 9, m->case_id);
    bind_id(s, 10, m->duplicate_of);
    return statement_run_one(db, s, "message", m->id, error) &&
           (!m->facts || store_facts(db, m->id, m->facts, error));
}

bool messages_find_same(Db *db, const char *message_id, const char *sender, const char *body_sha256,
                        int64_t *id, int64_t *case_id, GError **error)
{
    g_auto(Statement) s = db_statement(db, MESSAGE_SAME);
    bind_text(s, 1, usable_id(message_id));
    bind_text_cut(s, 2, sender, TEXT_MOST);
    bind_text(s, 3, body_sha256);
    StepResult step = statement_step(db, s, error);
    if (step == STEP_FAILED)
        return false;
    *id = step == STEP_ROW ? column_int(s, 0) : 0;
    *case_id = step == STEP_ROW ? column_int(s, 1) : 0;
    return true;
}
