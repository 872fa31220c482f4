/* statement.h: the register's open connection and its prepared statements, private to this folder.
 *
 * All SQL but the schema stands in sql_*.h, is prepared at open (a misspelt statement fails the
 * first test) and is named by StatementId. `g_auto(Statement) s = db_statement(db, ...)` binds,
 * steps and reads; the end of the scope resets it, so no read outlives its function. Texts and
 * blobs bound are borrowed until then. Parameters count from 1, columns from 0.
 */
#pragma once

#include "daemon/model/facts.h"
#include "daemon/store/db.h"
#include "daemon/store/sql_alerts.h"
#include "daemon/store/sql_cases.h"
#include "daemon/store/sql_endings.h"
#include "daemon/store/sql_matters.h"
#include "daemon/store/sql_messages.h"
#include "daemon/store/sql_outbox.h"
#include "daemon/store/sql_release.h"

#define SQL_TRANSACTION(X)                                                                         \
    X(TX_BEGIN, "BEGIN IMMEDIATE")                                                                 \
    X(TX_COMMIT, "COMMIT")
#define SQL_ALL(X)                                                                                 \
    SQL_TRANSACTION(X)                                                                             \
    SQL_MESSAGES(X)                                                                                \
    SQL_CASES(X)                                                                                   \
    SQL_OUTBOX(X) SQL_ENDINGS(X) SQL_MATTERS(X) SQL_RELEASE(X) SQL_ALERTS(X)

typedef enum StatementId {
#define X(id, sql) id,
    SQL_ALL(X)
#undef X
        STATEMENT_COUNT
} StatementId;

struct Db {
    sqlite3 *handle;
    DbMode mode;
    int lock_fd;         /* -1: none */
    bool in_transaction; /* between transaction_begin and transaction_end */
    bool doubtful;       /* a commit's outcome is unknown: nothing more is done here */
    sqlite3_stmt *statements[STATEMENT_COUNT];
    /* What messages_read wrote last in this transaction: most decisions rest on just these facts,
     * and making their bytes is the dearest part of the second commit (0.1 ms). */
    struct {
        const Facts *facts;
        int64_t message_id;
        GBytes *bytes;
    } last_read;
};
void db_forget_last_read(Db *db);

bool statements_prepare(Db *db, GError **error);
void statements_finalize(Db *db);

typedef sqlite3_stmt *Statement;
Statement db_statement(Db *db, StatementId id);
void statement_end(Statement s);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(Statement, statement_end, NULL)

void bind_int(Statement s, int n, int64_t value);
void bind_id(Statement s, int n, int64_t id);         /* 0: NULL */
void bind_day(Statement s, int n, Day day);           /* DAY_NONE: NULL */
void bind_text(Statement s, int n, const char *text); /* NULL: '' */
/* The first `most` bytes at most, cut at a character. */
void bind_text_cut(Statement s, int n, const char *text, size_t most);
void bind_bytes(Statement s, int n, GBytes *bytes); /* NULL: NULL */

int64_t column_int(Statement s, int n); /* NULL: 0 */
Day column_day(Statement s, int n);
char *column_text(Statement s, int n); /* g_free; never NULL */
GBytes *column_bytes(Statement s, int n);
/* Bit set from a column of names; false with an error for a name unknown here. */
bool column_set(Statement s, int n, const char *(*name)(int), int count, uint32_t *set,
                GError **error);
/* Index of a column's name; -1 with an error. */
int column_name(Statement s, int n, const char *(*name)(int), int count, GError **error);
typedef const char *(*NameFunc)(int);
#define NAMES_OF(function) ((NameFunc)(void *)(function))

/* Facts as they are stored: the bytes of their variant, little-endian. */
GBytes *facts_to_bytes(const Facts *f);
Facts *facts_of_bytes(GBytes *bytes, GError **error);

typedef enum StepResult { STEP_FAILED, STEP_DONE, STEP_ROW } StepResult;
StepResult statement_step(Db *db, Statement s, GError **error);
/* Steps to the end, whatever rows there are. Outside a transaction this is a commit. */
bool statement_run(Db *db, Statement s, GError **error);
/* Runs, and demands that one row changed: STORE_ERROR_MOVE says that `what` `id` did not. */
bool statement_run_one(Db *db, Statement s, const char *what, int64_t id, GError **error);
/* The first column of the first row, `none` where there is no row or it is NULL. */
bool statement_number(Db *db, Statement s, int64_t none, int64_t *value, GError **error);

/* Sets the error that the last call on this connection left; always false. */
bool store_fail(Db *db, int code, const char *doing, GError **error);

/* A register of ours, and of a version that this program can use; changes nothing. */
bool schema_check(Db *db, GError **error);
/* Makes the schema, or brings it to the newest version. */
bool schema_bring_up(Db *db, GError **error);
/* Runs one PRAGMA or SELECT; *value its first column as text, NULL if it gave none (g_free). */
bool db_ask(Db *db, const char *sql, char **value, GError **error);
