/* fixture.h: a register in a folder of its own, and the things that stand in one. */
#pragma once

#include "daemon/store/cases.h"
#include "daemon/store/messages.h"
#include "daemon/store/outbox.h"
#include "daemon/store/statement.h"
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA_NEWEST 2
#define NOW           INT64_C(1780000000) /* 28 May 2026 */

typedef struct Fixture {
    char *dir, *path;
    Db *db;
} Fixture;

static inline int fixture_remove(const char *path, G_GNUC_UNUSED const struct stat *st,
                                 G_GNUC_UNUSED int kind, G_GNUC_UNUSED struct FTW *ftw)
{
    return remove(path);
}

static inline void fixture_up(Fixture *f, G_GNUC_UNUSED const void *data)
{
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("iecd-store-XXXXXX", &error);
    g_assert_no_error(error);
    f->path = g_build_filename(f->dir, "register.sqlite", NULL);
    f->db = db_open(f->path, DB_WRITE, &error);
    g_assert_no_error(error);
}

static inline void fixture_down(Fixture *f, G_GNUC_UNUSED const void *data)
{
    db_close(f->db);
    nftw(f->dir, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
    g_free(f->dir);
    g_free(f->path);
}

static inline void fixture_reopen(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    db_close(f->db);
    f->db = db_open(f->path, DB_WRITE, &error);
    g_assert_no_error(error);
}

/* SQL as nobody but a test writes it: the code SQLite gave. */
static inline int fixture_sql(Fixture *f, const char *sql)
{
    return sqlite3_exec(f->db->handle, sql, NULL, NULL, NULL);
}

static inline int64_t fixture_number(Fixture *f, const char *sql)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    db_ask(f->db, sql, &text, &error);
    g_assert_no_error(error);
    return text ? g_ascii_strtoll(text, NULL, 10) : -1;
}

static inline char *fixture_sha(unsigned n)
{
    return g_strdup_printf("%064x", n);
}

/* One IMAP message with UID n of mailbox "iec" under UIDVALIDITY 7; its id. */
static inline int64_t fixture_message(Fixture *f, unsigned n)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *sha = fixture_sha(n);
    ReceivedMessage m = {.source = "iec",
                         .uidvalidity = 7,
                         .uid = n,
                         .file = "",
                         .sha256 = sha,
                         .shard = "2026-05",
                         .size = 100 + n,
                         .received_at = NOW + n,
                         .channel = CHANNEL_EMAIL,
                         .whole = true};
    messages_receive(f->db, &m, 1, NOW, &error);
    g_assert_no_error(error);
    g_assert_cmpint(m.message_id, >, 0);
    return m.message_id;
}

static inline Facts *fixture_facts(const char *name)
{
    Facts *facts = facts_new();
    g_free(facts->rules_version);
    facts->rules_version = g_strdup("2026-05-01");
    g_free(facts->complainant_name);
    facts->complainant_name = g_strdup(name);
    facts->kind = KIND_COMPLAINT;
    facts->area = AREA_UKVI;
    facts->final_response.date = 20000;
    facts_add(facts, "area.ukvi", "business_area", "ukvi", "body", 3, 4, "My visa is late");
    facts_add_reference(facts, "gwf", "GWF012345678");
    return facts;
}

static inline CaseRow *fixture_case_row(CaseState state)
{
    CaseRow *c = case_row_new();
    c->state = state;
    c->first_contact_at = NOW - 100;
    c->received_at = NOW;
    c->reply_due = 20610;
    c->contact_name = g_strdup("Ann Example");
    c->contact_address = g_strdup("ann@example.org");
    c->area = AREA_UKVI;
    return c;
}

static inline bool fixture_begin(Fixture *f, Transaction **tx)
{
    g_autoptr(GError) error = NULL;
    *tx = transaction_begin(f->db, &error);
    g_assert_no_error(error);
    return true;
}

static inline void fixture_commit(Transaction *tx)
{
    g_autoptr(GError) error = NULL;
    transaction_commit(tx, &error);
    g_assert_no_error(error);
}

static inline CaseRow *fixture_case(Fixture *f, CaseState state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Transaction) tx = NULL;
    CaseRow *c = fixture_case_row(state);
    fixture_begin(f, &tx);
    cases_create(f->db, c, 26, NOW, &error);
    g_assert_no_error(error);
    fixture_commit(tx);
    return c;
}

static inline OutboxRow *fixture_reply(int64_t case_id, unsigned n, const char *state)
{
    OutboxRow *r = g_new0(OutboxRow, 1);
    r->case_id = case_id;
    r->kind = REPLY_REJECTION;
    r->reasons = BIT(REASON_OUT_OF_TIME) | BIT(REASON_NOT_IN_REMIT);
    r->state = g_strdup(state);
    r->recipient = g_strdup("Ann@example.org");
    r->message_id = g_strdup_printf("<26-000001.%u.k1.mark@example.org>", n);
    r->return_path = g_strdup("");
    r->subject = g_strdup("IEC/26/000001");
    r->bytes = g_bytes_new_static("To: ann@example.org\r\n\r\nHello\r\n", 30);
    r->created_at = NOW;
    r->not_before = NOW + 10 * n;
    r->due = 20610;
    return r;
}
