#include "daemon/store/db.h"
#include "daemon/base/durable.h"
#include "daemon/store/statement.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 5000
/* Complaints are nobody else's business; a group (iecd-staff) may read. -wal and -shm follow. */
#define REGISTER_MODE 0640
/* Checkpoints are made when idle (db_checkpoint); in a backlog that never ends, at 64 MiB. */
#define CHECKPOINT_PAGES "16384"
#define CACHE_KIB        "16384"

struct Transaction {
    Db *db;
};

G_DEFINE_QUARK(iecd - store - error, store_error)

static bool fail_open(GError **error, StoreError code, const char *what)
{
    int system = errno;
    g_set_error(error, STORE_ERROR, code, "%s: %s", what, g_strerror(system));
    return false;
}

bool db_ask(Db *db, const char *sql, char **value, GError **error)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL);
    code = code == SQLITE_OK ? sqlite3_step(s) : code;
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE;
    if (ok)
        *value = code == SQLITE_ROW ? g_strdup((const char *)sqlite3_column_text(s, 0)) : NULL;
    else
        store_fail(db, code, sql, error);
    sqlite3_finalize(s);
    return ok;
}

/* Sets something and looks whether it holds: SQLite ignores a PRAGMA it does not know or cannot
 * obey, and a register that is not durable must not be run. */
static bool demand(Db *db, const char *set, const char *get, const char *expected, GError **error)
{
    g_autofree char *ignored = NULL, *value = NULL;
    if (!db_ask(db, set, &ignored, error) || !db_ask(db, get, &value, error))
        return false;
    if (!g_strcmp0(value, expected))
        return true;
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "%s: it is %s", set, value ? value : "unset");
    return false;
}

static bool demand_all(Db *db, GError **error)
{
    return demand(db, "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1", error) &&
           demand(db, "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0", error) &&
           demand(db, "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1", error) &&
           demand(db, "PRAGMA mmap_size = 0", "PRAGMA mmap_size", "0", error) &&
           demand(db, "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2", error) &&
           demand(db, "PRAGMA cache_size = -" CACHE_KIB, "PRAGMA cache_size", "-" CACHE_KIB, error);
}

/* journal_mode is the one lasting setting: not touched before the file is known to be ours. */
static bool demand_durable(Db *db, GError **error)
{
    return demand(db, "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal", error) &&
           demand(db, "PRAGMA synchronous = FULL", "PRAGMA synchronous", "2", error) &&
           demand(db, "PRAGMA wal_autocheckpoint = " CHECKPOINT_PAGES, "PRAGMA wal_autocheckpoint",
                  CHECKPOINT_PAGES, error);
}

static bool demand_sound(Db *db, GError **error)
{
    g_autofree char *answer = NULL;
    if (!db_ask(db, "PRAGMA quick_check(1)", &answer, error))
        return false;
    if (!g_strcmp0(answer, "ok"))
        return true;
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN,
                "it is damaged: %s; restore the last copy, what came since is still in the mailbox",
                answer ? answer : "no answer");
    return false;
}

/* An open-file-description lock, not SQLite's: it says "the writer" for as long as we run. */
static bool take_lock(Db *db, const char *path, GError **error)
{
    g_autofree char *lock = g_strconcat(path, ".lock", NULL);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    db->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, REGISTER_MODE);
    if (db->lock_fd < 0)
        return fail_open(error, STORE_ERROR_OPEN, ".lock cannot be opened");
    if (fcntl(db->lock_fd, F_OFD_SETLK, &whole) == 0)
        return true;
    if (errno != EAGAIN && errno != EACCES)
        return fail_open(error, STORE_ERROR_OPEN, ".lock");
    g_set_error(error, STORE_ERROR, STORE_ERROR_LOCKED,
                "another process writes the register (is iecd running?)");
    return false;
}

/* SQLite would make it readable by everybody. Only a new file is opened here: closing another
 * descriptor of a register in use would drop this process's locks on it (howtocorrupt 2.2). */
static bool make_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, REGISTER_MODE);
    if (fd < 0)
        return errno == EEXIST || fail_open(error, STORE_ERROR_OPEN, "cannot be made");
    close(fd);
    g_autofree char *folder = g_path_get_dirname(path);
    return durable_sync_folder(folder, error);
}

static bool configure(Db *db, GError **error)
{
    int on = 0, yes = 1;
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    int code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    /* Two connections that checkpoint at once can damage a WAL (SQLite before 3.51.3). */
    if (code == SQLITE_OK && db->mode == DB_READ)
        code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &on);
    /* -wal and -shm stay when the daemon stops: who may only read could not make them. */
    if (code == SQLITE_OK && db->mode == DB_WRITE)
        code = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &yes);
    return code == SQLITE_OK || store_fail(db, code, "configure", error);
}

static bool open_file(Db *db, const char *path, GError **error)
{
    if (db->mode == DB_WRITE && (!take_lock(db, path, error) || !make_file(path, error)))
        return false;
    int flags = (db->mode == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
    int code = sqlite3_open_v2(path, &db->handle, flags, NULL);
    if (code != SQLITE_OK)
        return store_fail(db, code, "open", error);
    return configure(db, error) && demand_all(db, error) && schema_check(db, error);
}

static bool open_writer(Db *db, GError **error)
{
    return demand_sound(db, error) && demand_durable(db, error) && schema_bring_up(db, error) &&
           statements_prepare(db, error);
}

static bool open_reader(Db *db, GError **error)
{
    return demand(db, "PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_autocheckpoint", "0", error) &&
           demand(db, "PRAGMA query_only = ON", "PRAGMA query_only", "1", error) &&
           statements_prepare(db, error);
}

/* Whatever went wrong while opening, the caller's way is the same: do not run. */
static void as_open_error(GError *error)
{
    if (error->code != STORE_ERROR_LOCKED && error->code != STORE_ERROR_FULL)
        error->code = STORE_ERROR_OPEN;
    error->domain = STORE_ERROR;
}

Db *db_open(const char *path, DbMode mode, GError **error)
{
    g_autoptr(Db) db = g_new0(Db, 1);
    GError *why = NULL;
    db->mode = mode;
    db->lock_fd = -1;
    if (open_file(db, path, &why) &&
        (mode == DB_WRITE ? open_writer(db, &why) : open_reader(db, &why)))
        return g_steal_pointer(&db);
    as_open_error(why);
    g_propagate_prefixed_error(error, why, "%s: ", path);
    return NULL;
}

void db_close(Db *db)
{
    if (!db)
        return;
    statements_finalize(db);
    if (db->handle && db->mode == DB_WRITE) {
        /* After a commit that may or may not be there, the next start shall find things as the
         * disk has them; else an empty WAL is left, which no restored copy can trip over. */
        if (db->doubtful)
            sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        else
            db_checkpoint(db, NULL);
    }
    sqlite3_close(db->handle);
    if (db->lock_fd >= 0)
        close(db->lock_fd);
    g_free(db);
}

void db_forget_last_read(Db *db)
{
    g_clear_pointer(&db->last_read.bytes, g_bytes_unref);
    db->last_read.facts = NULL;
}

Transaction *transaction_begin(Db *db, GError **error)
{
    g_assert(!db->in_transaction);
    g_auto(Statement) begin = db_statement(db, TX_BEGIN);
    if (!statement_run(db, begin, error))
        return NULL;
    Transaction *tx = g_new0(Transaction, 1);
    tx->db = db;
    db->in_transaction = true;
    return tx;
}

bool transaction_commit(Transaction *tx, GError **error)
{
    g_auto(Statement) commit = db_statement(tx->db, TX_COMMIT);
    db_forget_last_read(tx->db);
    if (!statement_run(tx->db, commit, error))
        return false;
    tx->db->in_transaction = false;
    return true;
}

void transaction_end(Transaction *tx)
{
    if (!tx)
        return;
    db_forget_last_read(tx->db);
    tx->db->in_transaction = false;
    if (!sqlite3_get_autocommit(tx->db->handle))
        sqlite3_exec(tx->db->handle, "ROLLBACK", NULL, NULL, NULL);
    g_free(tx);
}

bool db_checkpoint(Db *db, GError **error)
{
    g_assert(db->mode == DB_WRITE && !db->in_transaction);
    if (db->doubtful)
        return store_fail(db, SQLITE_MISUSE, "checkpoint after a doubtful commit", error);
    /* Waits for nobody: with readers about, what can be copied is, and the rest the next time. */
    sqlite3_busy_timeout(db->handle, 0);
    int code =
        sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY)
        return true;
    return store_fail(db, code, "checkpoint", error);
}

/* VACUUM INTO does not flush what it writes. */
static bool flush_copy(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return fail_open(error, STORE_ERROR_FAILED, "open copy");
    bool ok = fchmod(fd, REGISTER_MODE) == 0 && fsync(fd) == 0;
    ok = ok || fail_open(error, STORE_ERROR_FAILED, "flush copy");
    close(fd);
    return ok;
}

static bool copy_into(Db *db, const char *path, GError **error)
{
    sqlite3_stmt *s = NULL;
    /* A copy is written through an attached database, by a connection that may write. */
    sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 1);
    sqlite3_exec(db->handle, "PRAGMA query_only = OFF", NULL, NULL, NULL);
    int code = sqlite3_prepare_v2(db->handle, "VACUUM INTO ?1", -1, &s, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
        code = sqlite3_step(s);
    }
    bool ok = code == SQLITE_DONE || store_fail(db, code, "copy", error);
    sqlite3_finalize(s);
    if (db->mode == DB_READ)
        sqlite3_exec(db->handle, "PRAGMA query_only = ON", NULL, NULL, NULL);
    sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    return ok;
}

bool db_backup(Db *db, const char *path, GError **error)
{
    g_assert(!db->in_transaction);
    g_autofree char *temp = g_strconcat(path, ".part", NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    unlink(temp);
    if (!copy_into(db, temp, error) || !flush_copy(temp, error)) {
        unlink(temp);
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    if (rename(temp, path) != 0) {
        fail_open(error, STORE_ERROR_FAILED, path);
        unlink(temp);
        return false;
    }
    return durable_sync_folder(folder, error);
}

int db_schema_version(Db *db)
{
    g_autofree char *version = NULL;
    return db_ask(db, "PRAGMA user_version", &version, NULL) && version ? atoi(version) : -1;
}
