#include "daemon/store/statement.h"
#include "daemon/base/durable.h"
#include <string.h>

static const struct {
    const char *name, *sql;
} SQL[] = {
#define X(id, sql) [id] = {#id, sql},
    SQL_ALL(X)
#undef X
};

bool statements_prepare(Db *db, GError **error)
{
    for (int n = 0; n < STATEMENT_COUNT; n++) {
        int code = sqlite3_prepare_v3(db->handle, SQL[n].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &db->statements[n], NULL);
        if (code != SQLITE_OK)
            return store_fail(db, code, SQL[n].name, error);
    }
    return true;
}

void statements_finalize(Db *db)
{
    for (int n = 0; n < STATEMENT_COUNT; n++)
        sqlite3_finalize(g_steal_pointer(&db->statements[n]));
}

Statement db_statement(Db *db, StatementId id)
{
    Statement s = db->statements[id];
    g_assert(s && !sqlite3_stmt_busy(s)); /* a statement in use is never lent a second time */
    return s;
}

void statement_end(Statement s)
{
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

/* Only a parameter that the statement does not have, or 2 GB of text, can make a bind fail. */
static void must(int code)
{
    g_assert(code == SQLITE_OK);
}

void bind_int(Statement s, int n, int64_t value)
{
    must(sqlite3_bind_int64(s, n, value));
}

void bind_id(Statement s, int n, int64_t id)
{
    must(id ? sqlite3_bind_int64(s, n, id) : sqlite3_bind_null(s, n));
}

void bind_day(Statement s, int n, Day day)
{
    must(day != DAY_NONE ? sqlite3_bind_int64(s, n, day) : sqlite3_bind_null(s, n));
}

void bind_text(Statement s, int n, const char *text)
{
    must(sqlite3_bind_text64(s, n, text ? text : "", text ? strlen(text) : 0, SQLITE_STATIC,
                             SQLITE_UTF8));
}

void bind_text_cut(Statement s, int n, const char *text, size_t most)
{
    size_t length = text ? strlen(text) : 0;
    if (length > most) {
        length = most;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    must(sqlite3_bind_text64(s, n, text ? text : "", length, SQLITE_STATIC, SQLITE_UTF8));
}

void bind_bytes(Statement s, int n, GBytes *bytes)
{
    gsize size = 0;
    const void *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    if (!bytes)
        must(sqlite3_bind_null(s, n));
    else
        must(sqlite3_bind_blob64(s, n, data ? data : "", size, SQLITE_STATIC));
}

int64_t column_int(Statement s, int n)
{
    return sqlite3_column_int64(s, n);
}

Day column_day(Statement s, int n)
{
    return sqlite3_column_type(s, n) == SQLITE_NULL ? DAY_NONE : (Day)sqlite3_column_int64(s, n);
}

static const char *peek_text(Statement s, int n)
{
    const char *text = (const char *)sqlite3_column_text(s, n);
    return text ? text : "";
}

char *column_text(Statement s, int n)
{
    return g_strdup(peek_text(s, n));
}

GBytes *column_bytes(Statement s, int n)
{
    const void *data = sqlite3_column_blob(s, n);
    return g_bytes_new(data, (gsize)sqlite3_column_bytes(s, n));
}

bool column_set(Statement s, int n, const char *(*name)(int), int count, uint32_t *set,
                GError **error)
{
    if (set_from_text(peek_text(s, n), name, count, set))
        return true;
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "register: %s holds a name unknown here: %s",
                sqlite3_column_name(s, n), peek_text(s, n));
    return false;
}

int column_name(Statement s, int n, const char *(*name)(int), int count, GError **error)
{
    int value = name_index(name, count, peek_text(s, n));
    if (value < 0)
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN,
                    "register: %s holds a name unknown here: %s", sqlite3_column_name(s, n),
                    peek_text(s, n));
    return value;
}

/* The stored bytes are the same on every machine: a register may be carried to another. */
static GVariant *other_end(GVariant *v)
{
    return G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap(v) : g_variant_ref(v);
}

GBytes *facts_to_bytes(const Facts *f)
{
    g_autoptr(GVariant) own = g_variant_take_ref(facts_to_variant(f));
    g_autoptr(GVariant) stored = other_end(own);
    return g_variant_get_data_as_bytes(stored);
}

Facts *facts_of_bytes(GBytes *bytes, GError **error)
{
    g_autoptr(GVariant) stored = g_variant_take_ref(
        g_variant_new_from_bytes(G_VARIANT_TYPE(FACTS_VARIANT_TYPE), bytes, FALSE));
    /* Facts are never rewritten: those from before step 5 are read as they were written. */
    if (!g_variant_is_normal_form(stored)) {
        g_variant_unref(stored);
        stored = g_variant_take_ref(
            g_variant_new_from_bytes(G_VARIANT_TYPE(FACTS_VARIANT_TYPE_1), bytes, FALSE));
    }
    g_autoptr(GVariant) own = other_end(stored);
    Facts *f = facts_from_variant(own, error);
    if (!f)
        g_prefix_error(error, "register: stored facts: ");
    return f;
}

static StoreError error_code(int code)
{
    if (code == SQLITE_CONSTRAINT_TRIGGER)
        return STORE_ERROR_MOVE;
    switch (code & 0xff) {
    case SQLITE_FULL:
        return STORE_ERROR_FULL;
    case SQLITE_BUSY:
        return STORE_ERROR_LOCKED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STORE_ERROR_OPEN;
    default:
        return STORE_ERROR_FAILED;
    }
}

bool store_fail(Db *db, int code, const char *doing, GError **error)
{
    int system = (code & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(db->handle) : 0;
    g_set_error(error, STORE_ERROR, error_code(code), "register: %s: %s (%d)%s%s", doing,
                sqlite3_errmsg(db->handle), code, system ? ": " : "",
                system ? g_strerror(system) : "");
    return false;
}

static const char *name_of(const Db *db, Statement s)
{
    for (int n = 0; n < STATEMENT_COUNT; n++) {
        if (db->statements[n] == s)
            return SQL[n].name;
    }
    return "statement";
}

static bool refuse(GError **error, StoreError code, const char *words)
{
    g_set_error_literal(error, STORE_ERROR, code, words);
    return false;
}

/* After an error SQLite may have rolled back by itself: what follows would then be committed alone,
 * statement by statement. And after a commit whose outcome nobody knows, nothing follows at all. */
static bool may_step(const Db *db, GError **error)
{
    if (db->doubtful)
        return refuse(error, STORE_ERROR_COMMIT,
                      "register: the outcome of a commit is unknown; it must be opened again");
    if (db->in_transaction && sqlite3_get_autocommit(db->handle))
        return refuse(error, STORE_ERROR_FAILED, "register: the transaction was rolled back");
    return true;
}

/* A write that fails on the way to the disk may still have reached it (EIO on the WAL's fsync:
 * the row is there after reopening). */
static bool fail_commit(Db *db, int code, const char *doing, GError **error)
{
    store_fail(db, code, doing, error);
    if ((code & 0xff) != SQLITE_IOERR)
        return false;
    db->doubtful = true;
    if (error && *error)
        (*error)->code = STORE_ERROR_COMMIT;
    return false;
}

/* COMMIT, or a write outside a transaction. BEGIN IMMEDIATE counts as a write for SQLite. */
static bool ends_in_commit(const Db *db, Statement s)
{
    if (s == db->statements[TX_COMMIT])
        return true;
    return s != db->statements[TX_BEGIN] && sqlite3_get_autocommit(db->handle) &&
           !sqlite3_stmt_readonly(s);
}

StepResult statement_step(Db *db, Statement s, GError **error)
{
    if (!may_step(db, error))
        return STEP_FAILED;
    bool commits = ends_in_commit(db, s);
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        return STEP_ROW;
    if (code == SQLITE_DONE) {
        if (commits)
            stop_point("commit");
        return STEP_DONE;
    }
    if (commits)
        fail_commit(db, code, name_of(db, s), error);
    else
        store_fail(db, code, name_of(db, s), error);
    return STEP_FAILED;
}

bool statement_run(Db *db, Statement s, GError **error)
{
    StepResult step;
    do
        step = statement_step(db, s, error);
    while (step == STEP_ROW);
    return step == STEP_DONE;
}

bool statement_run_one(Db *db, Statement s, const char *what, int64_t id, GError **error)
{
    if (!statement_run(db, s, error)) {
        g_prefix_error(error, "%s %" G_GINT64_FORMAT ": ", what, id);
        return false;
    }
    if (sqlite3_changes(db->handle) == 1)
        return true;
    g_set_error(error, STORE_ERROR, STORE_ERROR_MOVE,
                "register: %s: %s %" G_GINT64_FORMAT " is not there, or not in the state for it",
                name_of(db, s), what, id);
    return false;
}

bool statement_number(Db *db, Statement s, int64_t none, int64_t *value, GError **error)
{
    StepResult step = statement_step(db, s, error);
    if (step == STEP_FAILED)
        return false;
    bool some = step == STEP_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL;
    *value = some ? sqlite3_column_int64(s, 0) : none;
    return true;
}
