#include "daemon/store/alerts.h"
#include "tests/unit/daemon/store/faulty_disk.h"
#include "tests/unit/daemon/store/fixture.h"
#include <fcntl.h>
#include <sys/stat.h>

#define SCHEMA_STEPS 7

static void test_settings(Fixture *f, const void *data)
{
    static const struct {
        const char *sql, *writer, *reader;
    } CASES[] = {
        {"PRAGMA journal_mode", "wal", "wal"},
        {"PRAGMA synchronous", "2", NULL},
        {"PRAGMA foreign_keys", "1", "1"},
        {"PRAGMA trusted_schema", "0", "0"},
        {"PRAGMA cell_size_check", "1", "1"},
        {"PRAGMA mmap_size", "0", "0"},
        {"PRAGMA query_only", "0", "1"},
        {"PRAGMA wal_autocheckpoint", "16384", "0"},
        {"PRAGMA busy_timeout", "5000", "5000"},
        {"PRAGMA application_id", "1229275972", "1229275972"},
        {"PRAGMA user_version", G_STRINGIFY(SCHEMA_STEPS), G_STRINGIFY(SCHEMA_STEPS)},
        {"PRAGMA integrity_check", "ok", "ok"},
        {"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%'", "0",
         "0"},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) reader = db_open(f->path, DB_READ, &error);
    g_assert_no_error(error);
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autofree char *w = NULL, *r = NULL;
        g_assert_true(db_ask(f->db, CASES[n].sql, &w, &error) &&
                      db_ask(reader, CASES[n].sql, &r, &error));
        if (strcmp(w, CASES[n].writer) != 0 || (CASES[n].reader && strcmp(r, CASES[n].reader) != 0))
            g_error("%s: writer %s, reader %s", CASES[n].sql, w, r);
    }
    struct stat st;
    g_assert_cmpint(stat(f->path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777 & ~0640, ==, 0);
    int defensive = 0, quiet = 0;
    sqlite3_db_config(f->db->handle, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
    sqlite3_db_config(reader->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &quiet);
    g_assert_cmpint(defensive, ==, 1);
    g_assert_cmpint(quiet, ==, 1);
    g_assert_cmpint(db_schema_version(f->db), ==, SCHEMA_STEPS);
    g_assert_cmpint(fixture_sql(f, "ATTACH ':memory:' AS x"), !=, SQLITE_OK);
}

static void test_one_writer(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(db_open(f->path, DB_WRITE, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_LOCKED);
    g_clear_error(&error);
    g_autoptr(Db) reader = db_open(f->path, DB_READ, &error);
    g_assert_no_error(error);
    fixture_reopen(f); /* the lock went with the connection */
    fixture_message(f, 1);
    g_assert_cmpuint(messages_pending_count(reader), ==, 1);
}

static void test_reader_writes_nothing(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    g_autoptr(Db) reader = db_open(f->path, DB_READ, &error);
    g_assert_no_error(error);
    g_assert_false(cases_event(reader, c->id, 0, "eve", "judged", "", NOW, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_null(transaction_begin(reader, &error));
    g_assert_nonnull(error);
}

/* What a stopped daemon left in the WAL stays there, whatever readers come and go. */
static void test_reader_never_checkpoints(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *wal = g_strconcat(f->path, "-wal", NULL);
    struct stat before, after, main_before, main_after;
    for (unsigned n = 1; n <= 50; n++)
        fixture_message(f, n);
    /* Closed as after a kill: nothing copied back. */
    sqlite3_db_config(f->db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    f->db->doubtful = true;
    db_close(g_steal_pointer(&f->db));
    g_assert_cmpint(stat(wal, &before), ==, 0);
    g_assert_cmpint(stat(f->path, &main_before), ==, 0);
    g_assert_cmpint(before.st_size, >, 10000);
    for (int n = 0; n < 3; n++) {
        g_autoptr(Db) reader = db_open(f->path, DB_READ, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(messages_pending_count(reader), ==, 50);
    }
    g_assert_cmpint(stat(wal, &after), ==, 0);
    g_assert_cmpint(stat(f->path, &main_after), ==, 0);
    g_assert_cmpint(after.st_size, ==, before.st_size);
    g_assert_cmpint(main_after.st_size, ==, main_before.st_size);
    g_assert_cmpint(main_after.st_mtim.tv_nsec, ==, main_before.st_mtim.tv_nsec);
    fixture_reopen(f);
    g_assert_cmpuint(messages_pending_count(f->db), ==, 50);
}

static void test_checkpoint(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *wal = g_strconcat(f->path, "-wal", NULL);
    struct stat st;
    fixture_message(f, 1);
    g_assert_cmpint(stat(wal, &st), ==, 0);
    g_assert_cmpint(st.st_size, >, 0);
    g_autoptr(Db) reader = db_open(f->path, DB_READ, &error);
    /* A reader in the middle of a list holds nobody up. */
    Statement listing = db_statement(reader, MESSAGE_COUNT);
    g_assert_cmpint(statement_step(reader, listing, &error), ==, STEP_ROW);
    fixture_message(f, 2);
    gint64 began = g_get_monotonic_time();
    g_assert_true(db_checkpoint(f->db, &error));
    g_assert_no_error(error);
    g_assert_cmpint(g_get_monotonic_time() - began, <, 4 * G_USEC_PER_SEC);
    statement_end(listing);
    g_assert_true(db_checkpoint(f->db, &error));
    g_assert_cmpint(stat(wal, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 0);
    g_assert_cmpuint(messages_pending_count(reader), ==, 2);
    /* Closing leaves an empty WAL: a copy put in the register's place meets no old pages. */
    fixture_message(f, 3);
    db_close(g_steal_pointer(&reader));
    db_close(g_steal_pointer(&f->db));
    g_assert_cmpint(stat(wal, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 0);
}

static void test_transaction(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    {
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        g_assert_true(cases_event(f->db, c->id, 0, "iecd", "judged", "", NOW, &error));
    }
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM events"), ==, 0);
    {
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        g_assert_true(cases_event(f->db, c->id, 0, "iecd", "judged", "", NOW, &error));
        fixture_commit(tx);
    }
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM events"), ==, 1);
    /* Rolled back behind our back: what follows must not be committed piece by piece. */
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    fixture_sql(f, "ROLLBACK");
    g_assert_false(cases_event(f->db, c->id, 0, "iecd", "judged", "", NOW, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_false(transaction_commit(tx, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM events"), ==, 1);
}

static void test_busy(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *other = NULL;
    g_assert_cmpint(sqlite3_open(f->path, &other), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_busy_timeout(f->db->handle, 50);
    g_assert_null(transaction_begin(f->db, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_LOCKED);
    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(other);
    fixture_message(f, 1);
}

/* No more pages: the batch is refused whole, and goes in once there is room. */
static void test_full(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *pages =
        g_strdup_printf("PRAGMA max_page_count = %d", (int)fixture_number(f, "PRAGMA page_count"));
    g_assert_cmpint(fixture_sql(f, pages), ==, SQLITE_OK);
    enum { ROWS = 500 };
    ReceivedMessage rows[ROWS];
    g_auto(GStrv) names = g_new0(char *, ROWS + 1);
    for (unsigned n = 0; n < ROWS; n++) {
        names[n] = fixture_sha(n);
        rows[n] = (ReceivedMessage){.source = "iec",
                                    .uidvalidity = 7,
                                    .uid = n + 1,
                                    .file = "",
                                    .sha256 = names[n],
                                    .shard = "2026-05"};
    }
    g_assert_false(messages_receive(f->db, rows, ROWS, NOW, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
    g_clear_error(&error);
    g_assert_cmpuint(messages_pending_count(f->db), ==, 0);
    g_assert_cmpint(fixture_sql(f, "PRAGMA max_page_count = 1000000"), ==, SQLITE_OK);
    g_assert_true(messages_receive(f->db, rows, ROWS, NOW, &error));
    g_assert_cmpuint(messages_pending_count(f->db), ==, ROWS);
}

static void test_disk_full(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    faulty_disk.full = true;
    g_assert_false(cases_event(f->db, c->id, 0, "iecd", "judged", "", NOW, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
    g_clear_error(&error);
    {
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        g_assert_true(cases_event(f->db, c->id, 0, "iecd", "judged", "", NOW, &error));
        g_assert_false(transaction_commit(tx, &error));
        g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
        g_clear_error(&error);
    }
    faulty_disk.full = false;
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM events"), ==, 0);
    g_assert_true(cases_event(f->db, c->id, 0, "iecd", "judged", "", NOW, &error));
    fixture_reopen(f);
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM events"), ==, 1);
}

/* The WAL's fsync fails: the row may be there, so nothing may be done on this handle any more. */
static void test_doubtful_commit(Fixture *f, const void *alone)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    g_autoptr(Transaction) tx = NULL;
    if (!alone)
        fixture_begin(f, &tx);
    faulty_disk.sync_fails = true;
    bool ok = cases_event(f->db, c->id, 0, "iecd", "judged", "", NOW, &error);
    if (!alone) {
        g_assert_true(ok);
        ok = transaction_commit(tx, &error);
    }
    faulty_disk.sync_fails = false;
    g_assert_false(ok);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_COMMIT);
    g_clear_error(&error);
    g_clear_pointer(&tx, transaction_end);
    g_assert_false(cases_event(f->db, c->id, 0, "iecd", "judged", "again", NOW, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_COMMIT);
    g_clear_error(&error);
    g_assert_null(transaction_begin(f->db, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_COMMIT);
    g_clear_error(&error);
    g_assert_false(db_checkpoint(f->db, &error));
    fixture_reopen(f);
    /* As measured: the row is there. A retry as new would have made two. */
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM events"), ==, 1);
}

static void test_backup(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *copy = g_build_filename(f->dir, "copy.sqlite", NULL);
    g_autofree char *odd = g_build_filename(f->dir, "it's a copy.sqlite", NULL);
    g_autofree char *nowhere = g_build_filename(f->dir, "nowhere", "copy.sqlite", NULL);
    g_autoptr(Db) reader = db_open(f->path, DB_READ, &error);
    g_autoptr(GArray) keys = cases_mark_keys(f->db, &error);
    fixture_message(f, 1);
    g_assert_true(db_backup(f->db, copy, &error));
    g_assert_no_error(error);
    fixture_message(f, 2);
    g_assert_true(db_backup(reader, copy, &error)); /* takes the older copy's place */
    g_assert_no_error(error);
    g_assert_true(db_backup(f->db, odd, &error));
    g_assert_false(db_backup(f->db, nowhere, &error));
    g_clear_error(&error);
    g_assert_cmpint(sqlite3_limit(f->db->handle, SQLITE_LIMIT_ATTACHED, -1), ==, 0);
    g_assert_null(transaction_begin(reader, &error));
    g_clear_error(&error);
    g_autoptr(Db) restored = db_open(copy, DB_WRITE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(messages_pending_count(restored), ==, 2);
    g_autoptr(GArray) restored_keys = cases_mark_keys(restored, &error);
    g_assert_cmpmem(restored_keys->data, sizeof(MarkKey), keys->data, sizeof(MarkKey));
}

/* Each is made of a sound register (closed) by one line of SQL or shell-like act. */
static void test_refused(Fixture *f, const void *data)
{
    static const struct {
        const char *name, *sql, *words;
    } CASES[] = {
        {"newer", "PRAGMA user_version = 999", "newer than this program"},
        {"foreign", "PRAGMA application_id = 1", "not a register"},
        {"no id", "PRAGMA application_id = 0", "not a register"},
        {"without a table", "DROP TABLE meta", "meta"},
        {"damaged", NULL, ""},
        {"no database", "", ""},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_strdup_printf("%s/%zu.sqlite", f->dir, n);
        g_autoptr(Db) db = db_open(path, DB_WRITE, &error);
        g_assert_no_error(error);
        db_close(g_steal_pointer(&db));
        if (CASES[n].sql && CASES[n].sql[0]) {
            sqlite3 *raw = NULL;
            sqlite3_open(path, &raw);
            g_assert_cmpint(sqlite3_exec(raw, CASES[n].sql, NULL, NULL, NULL), ==, SQLITE_OK);
            sqlite3_close(raw);
        } else {
            int fd = open(path, O_WRONLY | O_CLOEXEC);
            /* The root page of a table, or the header itself. */
            g_assert_cmpint(
                pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16,
                       CASES[n].sql ? 0 : 4096 * 3),
                ==, 16);
            close(fd);
        }
        db = db_open(path, DB_WRITE, &error);
        if (db || !g_error_matches(error, STORE_ERROR, STORE_ERROR_OPEN) ||
            !strstr(error->message, CASES[n].words) || !strstr(error->message, path))
            g_error("%s: %s", CASES[n].name, error ? error->message : "opened");
        g_clear_error(&error);
        g_autoptr(Db) reader = CASES[n].sql ? db_open(path, DB_READ, &error) : NULL;
        if (reader)
            g_error("%s: opened for reading", CASES[n].name);
    }
}

static void test_refused_places(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *nowhere = g_build_filename(f->dir, "nowhere", "register.sqlite", NULL);
    g_autofree char *missing = g_build_filename(f->dir, "missing.sqlite", NULL);
    g_autofree char *text = g_build_filename(f->dir, "text.sqlite", NULL);
    g_autofree char *after = NULL;
    g_assert_true(g_file_set_contents(text, "Dear sir, this is no database at all.\n", -1, NULL));
    const char *const PATHS[] = {nowhere, text, f->dir};
    for (size_t n = 0; n < G_N_ELEMENTS(PATHS); n++) {
        g_assert_null(db_open(PATHS[n], DB_WRITE, &error));
        g_assert_error(error, STORE_ERROR, STORE_ERROR_OPEN);
        g_clear_error(&error);
    }
    g_assert_true(g_file_get_contents(text, &after, NULL, NULL));
    g_assert_cmpstr(after, ==, "Dear sir, this is no database at all.\n");
    g_assert_null(db_open(missing, DB_READ, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_OPEN);
    g_assert_false(g_file_test(missing, G_FILE_TEST_EXISTS));
    db_close(NULL);
}

/* An empty file is what a stop between making the file and its first step leaves. */
static void test_empty_file(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(f->dir, "empty.sqlite", NULL);
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    g_assert_null(db_open(path, DB_READ, &error));
    g_clear_error(&error);
    g_autoptr(Db) db = db_open(path, DB_WRITE, &error);
    g_assert_no_error(error);
    g_assert_cmpint(db_schema_version(db), ==, SCHEMA_STEPS);
}

/* Queries that people make, and what people themselves made few of, may walk a table; others an
 * index at most that holds only their rows. */
static bool may_scan(StatementId id)
{
    static const StatementId MAY[] = {
        CASE_LIST,       MARK_KEYS,    LOOK_AGAIN_COUNTS, RELEASE_LATEST,
        RELEASE_CHANGES, RELEASE_HELD, WRONG_LIST,        RULES_SETS,
        RULES_USES,      RULES_IN_USE, SAMPLE_ROWS,       RULES_TRIAL_CASES,
    };
    for (size_t n = 0; n < G_N_ELEMENTS(MAY); n++)
        if (MAY[n] == id)
            return true;
    return false;
}

static void explain(Fixture *f, StatementId id, const char *name, const char *sql)
{
    g_autofree char *ask = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
    sqlite3_stmt *s = NULL;
    g_assert_cmpint(sqlite3_prepare_v2(f->db->handle, ask, -1, &s, NULL), ==, SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *plan = (const char *)sqlite3_column_text(s, 3);
        bool scan = g_str_has_prefix(plan, "SCAN ") && !strstr(plan, "USING COVERING INDEX") &&
                    !strstr(plan, "USING INDEX messages_pending") &&
                    !strstr(plan, "USING INDEX cases_by_hand") &&
                    !strstr(plan, "USING INDEX outbox_rejections") &&
                    !strstr(plan, "USING INDEX alerts_again") && !strstr(plan, "SCAN (subquery") &&
                    !strstr(plan, "CONSTANT ROW");
        /* What is owed, alerts nobody has seen, what a person calls wrong: short lists. */
        bool sort = strstr(plan, "TEMP B-TREE") && id != CASE_OWED && id != ALERTS_OPEN &&
                    id != WRONG_ALIKE;
        if ((scan || sort) && !may_scan(id))
            g_error("%s: %s", name, plan);
    }
    sqlite3_finalize(s);
}

static void test_plans(Fixture *f, const void *data)
{
    /* A new parent's children are looked for only while a constraint is broken (OP_FkIfZero), but
     * the plan shows the look. */
    g_assert_cmpint(fixture_sql(f, "PRAGMA foreign_keys = OFF"), ==, SQLITE_OK);
#define X(id, sql) explain(f, id, #id, sql);
    SQL_MESSAGES(X)
    SQL_CASES(X)
    SQL_OUTBOX(X)
    SQL_ENDINGS(X)
    SQL_MATTERS(X)
    SQL_RELEASE(X)
    SQL_ALERTS(X)
#undef X
}

/* A copy of the stored register of version 1; g_free. */
static char *version_1(const Fixture *f, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize size = 0;
    char *path = g_build_filename(f->dir, name, NULL);
    g_assert_true(
        g_file_get_contents(TEST_ROOT "/tests/corpus/register/v1.sqlite", &bytes, &size, &error));
    g_assert_true(g_file_set_contents(path, bytes, (gssize)size, &error));
    return path;
}

/* Whoever was at risk in it is alerted from now on. */
static void test_version_1_urgent(Fixture *f, const void *data)
{
    static const char *const SQL[] = {
        "UPDATE cases SET flags = 'urgent,vulnerable'",
        "UPDATE cases SET flags = 'urgent', state = 'closed'",
        "UPDATE cases SET flags = 'vulnerable'",
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(SQL); n++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = version_1(f, "urgent.sqlite");
        sqlite3 *old = NULL;
        g_assert_cmpint(sqlite3_open(path, &old), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_exec(old, SQL[n], NULL, NULL, NULL), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_close(old), ==, SQLITE_OK);
        g_autoptr(Db) db = db_open(path, DB_WRITE, &error);
        g_assert_no_error(error);
        g_autoptr(GPtrArray) open = alerts_open(db, &error);
        g_autoptr(GPtrArray) due = alerts_due(db, NOW, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(open->len, ==, n == 0);
        g_assert_cmpuint(due->len, ==, open->len);
    }
}

/* Everything that a register of version 1 holds is read by this program. */
static void test_version_1(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = version_1(f, "v1.sqlite");
    g_autoptr(Db) db = db_open(path, DB_WRITE, &error);
    g_assert_no_error(error);
    g_assert_cmpint(db_schema_version(db), ==, SCHEMA_STEPS);
    g_autoptr(CaseRow) c = cases_by_reference(db, "IEC/26/000001", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(c->contact_address, ==, "ann@example.org");
    g_assert_cmpint(c->state, ==, CASE_REFERRED);
    g_autoptr(GPtrArray) facts = messages_facts_of_case(db, c->id, &error);
    g_autoptr(GPtrArray) decisions = cases_decisions(db, c->id, &error);
    g_autoptr(GPtrArray) events = cases_events(db, c->id, &error);
    g_autoptr(GPtrArray) replies = outbox_of_case(db, c->id, &error);
    g_autoptr(GArray) keys = cases_mark_keys(db, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(facts->len, ==, 1);
    g_assert_cmpstr(((Facts *)facts->pdata[0])->complainant_name, ==, "Ann Example");
    g_assert_cmpuint(decisions->len, ==, 1);
    g_assert_nonnull(((DecisionRow *)decisions->pdata[0])->facts);
    g_assert_cmpuint(events->len, ==, 1);
    g_assert_cmpuint(replies->len, ==, 1);
    g_assert_cmpuint(keys->len, ==, 1);
    g_assert_cmpuint(messages_pending_count(db), ==, 1);
}

/* One of everything, in order; also what the crash test runs. */
static void fill(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    int64_t read = fixture_message(f, 1);
    fixture_message(f, 2);
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_autoptr(CaseRow) c = fixture_case_row(CASE_RECEIVED);
    g_autoptr(Facts) facts = fixture_facts("Ann Example");
    g_auto(Judgement)
        j = {.decision = DECISION_REFER, .line = 2, .time_limit = DAY_NONE, .reply_due = 20610};
    ReadMessage m = {.id = read,
                     .state = "judged",
                     .message_id = "<one@example.org>",
                     .sender = "ann@example.org",
                     .from_name = "Ann Example",
                     .subject = "My visa",
                     .body_sha256 = "",
                     .facts = facts};
    bool ok = cases_create(f->db, c, 26, NOW, &error);
    m.case_id = c->id;
    c->state = CASE_REFERRED;
    int64_t decision = 0;
    ok = ok && messages_read(f->db, &m, &error) && cases_update(f->db, c, &error) &&
         cases_add_address(f->db, c->id, "ann@example.org", &error) &&
         cases_event(f->db, c->id, read, "iecd", "registered", "iec", NOW, &error) &&
         (decision = cases_add_decision(f->db, c->id, read, &j, facts, "rules", "", NOW, &error)) !=
             0;
    g_autoptr(OutboxRow) r = fixture_reply(c->id, 1, "queued");
    r->decision_id = decision;
    ok = ok && outbox_add(f->db, r, &error);
    if (!ok)
        g_error("%s", error->message);
    fixture_commit(tx);
}

static void stop_after(const char *self, const char *dir, int n, int *status)
{
    g_autofree char *count = g_strdup_printf("%d", n);
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "IECD_STOP_AFTER", count, TRUE);
    const char *argv[] = {self, "--fill", dir, NULL};
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)(void *)argv, environment, 0, NULL, NULL, NULL, NULL, status,
                 &error);
    g_assert_no_error(error);
}

/* Stopped after each durable act: the register opens, and holds a whole number of transactions. */
static void test_crash(Fixture *f, const void *self)
{
    for (int n = 1; n < 20; n++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *dir = g_strdup_printf("%s/crash-%d", f->dir, n);
        g_autofree char *path = g_build_filename(dir, "register.sqlite", NULL);
        int status = 0;
        g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
        stop_after(self, dir, n, &status);
        bool ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        g_assert_true(ended || (WIFEXITED(status) && WEXITSTATUS(status) == 100));
        Fixture child = {.db = db_open(path, DB_WRITE, &error)};
        g_assert_no_error(error);
        int64_t messages = fixture_number(&child, "SELECT count(*) FROM messages");
        int64_t cases =
            fixture_number(&child, "SELECT count(*) FROM cases WHERE state = 'referred'");
        int64_t rest =
            fixture_number(&child, "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM "
                                   "decisions) + (SELECT count(*) FROM outbox) + (SELECT count(*) "
                                   "FROM message_facts)");
        /* schema, first message, second message, the case with all that belongs to it */
        int after = n - SCHEMA_STEPS;
        if (messages != CLAMP(after, 0, 2) || cases != (after >= 3) || rest != (after >= 3 ? 4 : 0))
            g_error("stop %d: %d messages, %d cases, %d beside", n, (int)messages, (int)cases,
                    (int)rest);
        db_close(child.db);
        if (ended) {
            g_assert_cmpint(n, ==, SCHEMA_STEPS + 4);
            return;
        }
    }
    g_error("it never came to its end");
}

/* Makes, in `dir`, the register that the crash test and the stored register of a version hold. */
static int fill_in(const char *dir, const char *copy)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, "register.sqlite", NULL);
    Fixture f = {.dir = (char *)dir, .path = path, .db = db_open(path, DB_WRITE, &error)};
    if (!f.db)
        return 1;
    fill(&f);
    bool ok = !copy || db_backup(f.db, copy, &error);
    db_close(f.db);
    return ok ? 0 : 1;
}

/* `test_db --fill DIR [COPY]`: COPY is how tests/corpus/register/v<N>.sqlite was made. */
int main(int argc, char **argv)
{
    if (argc >= 3 && !strcmp(argv[1], "--fill"))
        return fill_in(argv[2], argv[3]);
    faulty_disk_install();
    g_test_init(&argc, &argv, NULL);
#define CASE(name, data, function)                                                                 \
    g_test_add(name, Fixture, data, fixture_up, function, fixture_down)
    CASE("/db/settings", NULL, test_settings);
    CASE("/db/one-writer", NULL, test_one_writer);
    CASE("/db/reader-writes-nothing", NULL, test_reader_writes_nothing);
    CASE("/db/reader-never-checkpoints", NULL, test_reader_never_checkpoints);
    CASE("/db/checkpoint", NULL, test_checkpoint);
    CASE("/db/transaction", NULL, test_transaction);
    CASE("/db/busy", NULL, test_busy);
    CASE("/db/full", NULL, test_full);
    CASE("/db/disk-full", NULL, test_disk_full);
    CASE("/db/doubtful-commit", NULL, test_doubtful_commit);
    CASE("/db/doubtful-statement", "alone", test_doubtful_commit);
    CASE("/db/backup", NULL, test_backup);
    CASE("/db/refused", NULL, test_refused);
    CASE("/db/refused-places", NULL, test_refused_places);
    CASE("/db/empty-file", NULL, test_empty_file);
    CASE("/db/plans", NULL, test_plans);
    CASE("/db/version-1", NULL, test_version_1);
    CASE("/db/version-1-urgent", NULL, test_version_1_urgent);
    CASE("/db/crash", argv[0], test_crash);
    return g_test_run();
}
