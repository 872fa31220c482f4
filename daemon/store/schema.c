#include "daemon/base/durable.h"
#include "daemon/store/statement.h"

/* "IECD"; the first step writes it. */
#define APPLICATION_ID 0x49454344

static const char *const STEPS[] = {
#include "schema.inc"
};

static bool ask_number(Db *db, const char *sql, int64_t *value, GError **error)
{
    g_autofree char *text = NULL;
    if (!db_ask(db, sql, &text, error))
        return false;
    *value = text ? g_ascii_strtoll(text, NULL, 10) : 0;
    return true;
}

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_OPEN, text);
    return false;
}

/* A step and its number are one commit: a register is always of exactly one version. */
static bool run_step(Db *db, unsigned version, GError **error)
{
    g_autofree char *sql = g_strdup_printf("BEGIN IMMEDIATE;\n%s\nPRAGMA user_version = %u;",
                                           STEPS[version - 1], version);
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        stop_point("schema");
        return true;
    }
    store_fail(db, code, "schema", error);
    g_prefix_error(error, "step %u: ", version);
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

/* Nothing is written to a file that is not a register of ours. */
static bool is_ours(Db *db, int64_t version, GError **error)
{
    int64_t id = 0, tables = 0;
    if (!ask_number(db, "PRAGMA application_id", &id, error) ||
        !ask_number(db, "SELECT count(*) FROM sqlite_schema", &tables, error))
        return false;
    bool empty = db->mode == DB_WRITE && id == 0 && version == 0 && tables == 0;
    if (id != APPLICATION_ID && !empty)
        return refuse(error, "it is not a register of iecd (application_id %" G_GINT64_FORMAT ")",
                      id);
    return true;
}

bool schema_check(Db *db, GError **error)
{
    const unsigned newest = G_N_ELEMENTS(STEPS);
    int64_t version = 0;
    if (!ask_number(db, "PRAGMA user_version", &version, error) || !is_ours(db, version, error))
        return false;
    if (version > newest)
        return refuse(error,
                      "its schema is version %" G_GINT64_FORMAT ", newer than this program's %u; "
                      "install the iecd that made it, or a newer one",
                      version, newest);
    if (version < newest && db->mode == DB_READ)
        return refuse(error,
                      "its schema is version %" G_GINT64_FORMAT ", this program's is %u; start "
                      "iecd once to bring it up to date",
                      version, newest);
    return true;
}

bool schema_bring_up(Db *db, GError **error)
{
    int64_t version = 0;
    if (!ask_number(db, "PRAGMA user_version", &version, error))
        return false;
    for (unsigned next = (unsigned)version + 1; next <= G_N_ELEMENTS(STEPS); next++) {
        if (!run_step(db, next, error))
            return false;
    }
    return true;
}
