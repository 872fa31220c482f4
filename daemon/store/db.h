/* db.h: the register: one SQLite database, one writing connection.
 *
 * WAL, synchronous=FULL (read back, or open fails), foreign keys, STRICT tables, no mmap, numbered
 * schema steps from daemon/store/schema/ each in its own transaction with user_version. A newer
 * database is refused; quick_check at open. The writer takes <path>.lock (OFD lock) so that two
 * daemons, or a daemon and a writing iecctl, cannot both write. A reader opens read-only with
 * SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE and never checkpoints (WAL-reset bug of SQLite 3.40.1).
 * -wal (empty) and -shm stay when the writer closes, so that who may only read can open it.
 * A failed COMMIT may have committed (STORE_ERROR_COMMIT): the caller must stop the process and
 * look again at start, never retry as new.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);
typedef enum StoreError {
    STORE_ERROR_OPEN,   /* cannot be opened, wrong version, damaged: do not run */
    STORE_ERROR_LOCKED, /* another process writes */
    STORE_ERROR_FULL,   /* no space: nothing was changed; wait and try again */
    STORE_ERROR_COMMIT, /* outcome unknown: exit and recover */
    STORE_ERROR_MOVE,   /* a move the life of a case does not have */
    STORE_ERROR_FAILED
} StoreError;

typedef struct Db Db;
typedef enum DbMode { DB_WRITE, DB_READ } DbMode;
/* Creates the register (directory must exist) in DB_WRITE. */
Db *db_open(const char *path, DbMode mode, GError **error);
void db_close(Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_close)

/* A transaction that rolls back at scope end unless committed. BEGIN IMMEDIATE. */
typedef struct Transaction Transaction;
Transaction *transaction_begin(Db *db, GError **error);
bool transaction_commit(Transaction *tx, GError **error);
void transaction_end(Transaction *tx);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Transaction, transaction_end)

/* Checkpoint when idle; never while readers pin the WAL for long. */
bool db_checkpoint(Db *db, GError **error);
/* Consistent copy while running (VACUUM INTO). */
bool db_backup(Db *db, const char *path, GError **error);
int db_schema_version(Db *db);
