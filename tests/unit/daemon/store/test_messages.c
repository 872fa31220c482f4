#include "tests/unit/daemon/store/fixture.h"

static void receive(Fixture *f, ReceivedMessage *rows, unsigned n)
{
    g_autoptr(GError) error = NULL;
    messages_receive(f->db, rows, n, NOW, &error);
    g_assert_no_error(error);
}

static ReceivedMessage offered(const char *sha, uint32_t uidvalidity, uint32_t uid)
{
    return (ReceivedMessage){.source = "iec",
                             .uidvalidity = uidvalidity,
                             .uid = uid,
                             .file = "",
                             .sha256 = sha,
                             .shard = "2026-05",
                             .size = 10,
                             .received_at = NOW,
                             .whole = true};
}

static void test_receive(Fixture *f, const void *data)
{
    g_autofree char *a = fixture_sha(1), *b = fixture_sha(2), *c = fixture_sha(3);
    ReceivedMessage rows[] = {offered(a, 7, 1), offered(b, 7, 2), offered(a, 7, 3)};
    receive(f, rows, 3);
    g_assert_false(rows[0].known);
    g_assert_false(rows[1].known);
    g_assert_true(rows[2].known);
    g_assert_cmpint(rows[2].message_id, ==, rows[0].message_id);
    g_assert_cmpint(rows[1].message_id, >, rows[0].message_id);
    g_assert_cmpint(messages_pending_count(f->db), ==, 2);

    /* The same offer again changes nothing; an old UID with new bytes is a message all the same. */
    ReceivedMessage again[] = {offered(a, 7, 1), offered(c, 7, 2)};
    receive(f, again, 2);
    g_assert_true(again[0].known);
    g_assert_cmpint(again[0].message_id, ==, rows[0].message_id);
    g_assert_false(again[1].known);
    g_assert_cmpint(messages_pending_count(f->db), ==, 3);
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM source_keys"), ==, 3);
    g_assert_cmpint(fixture_number(f, "SELECT message_id FROM source_keys WHERE uid = 2"), ==,
                    rows[1].message_id);
    receive(f, rows, 0);
}

static void test_receive_all_or_nothing(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *a = fixture_sha(1);
    ReceivedMessage rows[] = {offered(a, 7, 1), offered("not a hash", 7, 2)};
    g_assert_false(messages_receive(f->db, rows, 2, NOW, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_assert_cmpint(rows[0].message_id, ==, 0);
    g_assert_cmpint(messages_pending_count(f->db), ==, 0);
    g_assert_cmpint(messages_pending_oldest(f->db), ==, INT64_MAX);
    g_assert_cmpint(fixture_message(f, 1), >, 0);
}

static void test_progress(Fixture *f, const void *data)
{
    static const struct {
        const char *name, *source;
        uint32_t uidvalidity, uid;
        bool other;
    } CASES[] = {
        {"known", "iec", 7, 4294967295u, false}, {"renewed", "iec", 8, 0, true},
        {"renewed lower", "iec", 6, 0, true},    {"new source", "other", 7, 0, false},
        {"prefix", "ie", 7, 0, false},
    };
    g_autofree char *a = fixture_sha(1), *b = fixture_sha(2);
    ReceivedMessage rows[] = {offered(a, 7, 4294967295u), offered(b, 7, 5)};
    receive(f, rows, 2);
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(GError) error = NULL;
        uint32_t uid = 99;
        bool other = !CASES[n].other;
        messages_progress(f->db, CASES[n].source, CASES[n].uidvalidity, &uid, &other, &error);
        g_assert_no_error(error);
        if (uid != CASES[n].uid || other != CASES[n].other)
            g_error("%s: uid %u, other %d", CASES[n].name, uid, other);
    }
}

static void test_told(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    for (unsigned n = 1; n <= 5; n++)
        fixture_message(f, n);
    const uint32_t told[] = {2, 4, 77};
    g_assert_true(messages_told(f->db, "iec", 7, told, 3, &error));
    g_assert_true(messages_told(f->db, "iec", 7, NULL, 0, &error));
    g_assert_true(messages_told(f->db, "iec", 8, told, 3, &error)); /* another validity */
    g_autoptr(GArray) left = messages_untold(f->db, "iec", 7, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(left->len, ==, 3);
    g_assert_cmpuint(g_array_index(left, uint32_t, 0), ==, 1);
    g_assert_cmpuint(g_array_index(left, uint32_t, 1), ==, 3);
    g_assert_cmpuint(g_array_index(left, uint32_t, 2), ==, 5);
    g_autoptr(GArray) none = messages_untold(f->db, "iec", 8, &error);
    g_assert_cmpuint(none->len, ==, 0);
    fixture_reopen(f);
    g_autoptr(GArray) after = messages_untold(f->db, "iec", 7, &error);
    g_assert_cmpuint(after->len, ==, 3);
}

static void test_files(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *a = fixture_sha(1), *b = fixture_sha(2);
    ReceivedMessage rows[] = {offered(a, 0, 0), offered(b, 0, 0)};
    rows[0].file = "170.b.host";
    rows[1].file = "170.a.host";
    rows[0].source = rows[1].source = "drop";
    receive(f, rows, 2);
    g_assert_true(messages_has_file(f->db, "drop", "170.a.host"));
    g_assert_false(messages_has_file(f->db, "drop", "170.c.host"));
    g_assert_false(messages_has_file(f->db, "iec", "170.a.host"));
    g_auto(GStrv) files = messages_untold_files(f->db, "drop", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(files[0], ==, "170.a.host");
    g_assert_cmpstr(files[1], ==, "170.b.host");
    g_assert_null(files[2]);
    g_assert_true(messages_told_file(f->db, "drop", "170.a.host", &error));
    g_auto(GStrv) left = messages_untold_files(f->db, "drop", &error);
    g_assert_cmpuint(g_strv_length(left), ==, 1);
    g_assert_true(messages_has_file(f->db, "drop", "170.a.host"));
}

static void receive_at(Fixture *f, unsigned n, int64_t received_at)
{
    g_autofree char *sha = fixture_sha(n);
    ReceivedMessage row = offered(sha, 9, n);
    row.received_at = received_at;
    receive(f, &row, 1);
}

static void test_pending(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    int64_t first = fixture_message(f, 1);
    for (unsigned n = 2; n <= 5; n++)
        fixture_message(f, n);
    g_assert_true(messages_attempt(f->db, first, &error));
    g_assert_true(messages_attempt(f->db, first, &error));
    g_assert_false(messages_attempt(f->db, 999, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_MOVE);
    g_clear_error(&error);
    g_autoptr(GPtrArray) two = messages_pending(f->db, 2, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(two->len, ==, 2);
    const PendingMessage *p = two->pdata[0];
    g_autofree char *sha = fixture_sha(1);
    g_assert_cmpint(p->id, ==, first);
    g_assert_cmpstr(p->sha256, ==, sha);
    g_assert_cmpstr(p->shard, ==, "2026-05");
    g_assert_cmpint(p->size, ==, 101);
    g_assert_cmpint(p->received_at, ==, NOW + 1);
    g_assert_cmpint(p->channel, ==, CHANNEL_EMAIL);
    g_assert_cmpstr(p->source, ==, "iec");
    g_assert_true(p->whole);
    g_assert_cmpint(p->attempts, ==, 2);
    /* In the order of their receipt, whenever each was registered; those of one moment by id. */
    receive_at(f, 6, NOW + 2);
    receive_at(f, 7, NOW - 60);
    static const int64_t WANTED[] = {-60, 1, 2, 2, 3, 4, 5};
    g_autoptr(GPtrArray) all = messages_pending(f->db, 100, &error);
    g_assert_cmpuint(all->len, ==, G_N_ELEMENTS(WANTED));
    for (unsigned n = 0; n < all->len; n++)
        g_assert_cmpint(((PendingMessage *)all->pdata[n])->received_at, ==, NOW + WANTED[n]);
    g_assert_cmpint(((PendingMessage *)all->pdata[2])->id, <,
                    ((PendingMessage *)all->pdata[3])->id);
}

static bool read_as(Fixture *f, int64_t id, const char *state, int64_t case_id,
                    int64_t duplicate_of, const Facts *facts, GError **error)
{
    ReadMessage m = {.id = id,
                     .state = state,
                     .message_id = "<one@example.org>",
                     .sender = "ann@example.org",
                     .from_name = "Ann Example",
                     .subject = "My visa",
                     .body_sha256 = "body",
                     .case_id = case_id,
                     .duplicate_of = duplicate_of,
                     .facts = facts};
    return messages_read(f->db, &m, error);
}

static void test_read(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    g_autoptr(Facts) facts = fixture_facts("Ann Example");
    int64_t id = fixture_message(f, 1), second = fixture_message(f, 2);
    g_assert_true(read_as(f, id, "judged", c->id, 0, facts, &error));
    g_assert_no_error(error);
    g_assert_cmpint(messages_pending_count(f->db), ==, 1);
    MessageRow *m = messages_load(f->db, id, &error);
    g_assert_cmpstr(m->state, ==, "judged");
    g_assert_cmpstr(m->kind, ==, "complaint");
    g_assert_cmpstr(m->message_id, ==, "<one@example.org>");
    g_assert_cmpstr(m->sender, ==, "ann@example.org");
    g_assert_cmpstr(m->from_name, ==, "Ann Example");
    g_assert_cmpstr(m->subject, ==, "My visa");
    g_assert_cmpstr(m->source, ==, "iec");
    g_assert_cmpint(m->case_id, ==, c->id);
    g_assert_cmpint(m->size, ==, 101);
    message_row_free(m);
    g_assert_null(messages_load(f->db, 999, &error));
    g_assert_no_error(error);

    /* A message is read once; a state the schema does not know changes nothing. */
    g_assert_false(read_as(f, id, "judged", c->id, 0, facts, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_MOVE);
    g_clear_error(&error);
    g_assert_false(read_as(f, second, "lost", 0, 0, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_false(read_as(f, second, "received", 0, 0, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_MOVE);
    g_clear_error(&error);
    g_assert_false(read_as(f, second, "judged", 4711, 0, NULL, &error)); /* no such case */
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_assert_cmpint(messages_pending_count(f->db), ==, 1);
}

static void test_of_case(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    g_autoptr(Facts) one = fixture_facts("Ann"), two = fixture_facts("Ben");
    int64_t late = fixture_message(f, 9), early = fixture_message(f, 2),
            copy = fixture_message(f, 5);
    g_assert_true(read_as(f, late, "judged", c->id, 0, two, &error));
    g_assert_true(read_as(f, early, "unreadable", c->id, 0, one, &error));
    g_assert_true(read_as(f, copy, "duplicate", c->id, late, one, &error));
    fixture_reopen(f);
    g_autoptr(GPtrArray) rows = messages_of_case(f->db, c->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rows->len, ==, 3);
    g_assert_cmpint(((MessageRow *)rows->pdata[0])->id, ==, early);
    g_assert_cmpint(((MessageRow *)rows->pdata[1])->id, ==, copy);
    g_assert_cmpint(((MessageRow *)rows->pdata[1])->duplicate_of, ==, late);
    g_autoptr(GPtrArray) facts = messages_facts_of_case(f->db, c->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(facts->len, ==, 2);
    const Facts *first = facts->pdata[0], *second = facts->pdata[1];
    g_assert_cmpstr(first->complainant_name, ==, "Ann");
    g_assert_cmpstr(second->complainant_name, ==, "Ben");
    g_assert_cmpstr(first->rules_version, ==, "2026-05-01");
    g_assert_cmpint(first->final_response.date, ==, 20000);
    g_assert_cmpuint(first->findings->len, ==, 1);
    g_autoptr(GPtrArray) none = messages_facts_of_case(f->db, 999, &error);
    g_assert_cmpuint(none->len, ==, 0);
    /* Facts that something else wrote are an error, never half a person's words. */
    fixture_sql(f, "UPDATE message_facts SET facts = x'00112233'");
    g_assert_null(messages_facts_of_case(f->db, c->id, &error));
    g_assert_nonnull(error);
}

static void test_find_same(Fixture *f, const void *data)
{
    static const struct {
        const char *name, *message_id, *sender, *body;
        bool found;
    } CASES[] = {
        {"the same", "<one@example.org>", "ann@example.org", "body", true},
        {"other id", "<two@example.org>", "ann@example.org", "body", false},
        {"other sender", "<one@example.org>", "eve@example.org", "body", false},
        {"other body", "<one@example.org>", "ann@example.org", "bodies", false},
        {"no id", "", "ann@example.org", "body", false},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    int64_t first = fixture_message(f, 2), copy = fixture_message(f, 3);
    g_assert_true(read_as(f, copy, "judged", c->id, 0, NULL, &error));
    /* The lower id is the duplicate here: the other is what was judged. */
    g_assert_true(read_as(f, first, "duplicate", c->id, copy, NULL, &error));
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        int64_t id = -1, case_id = -1;
        messages_find_same(f->db, CASES[n].message_id, CASES[n].sender, CASES[n].body, &id,
                           &case_id, &error);
        g_assert_no_error(error);
        if (id != (CASES[n].found ? copy : 0) || case_id != (CASES[n].found ? c->id : 0))
            g_error("%s: message %d, case %d", CASES[n].name, (int)id, (int)case_id);
    }
}

static void test_long_texts(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *a = g_strnfill(999, 'a');
    g_autofree char *text = g_strconcat(a, "\xc3\xa9", a, NULL);
    g_autofree char *huge = g_strnfill(5000000, 'x');
    int64_t id = fixture_message(f, 1), next = fixture_message(f, 2), found = -1, in_case = -1;
    ReadMessage m = {.id = id,
                     .state = "judged",
                     .message_id = huge,
                     .sender = "ann@example.org",
                     .from_name = huge,
                     .subject = text,
                     .body_sha256 = "body"};
    g_assert_true(messages_read(f->db, &m, &error));
    MessageRow *row = messages_load(f->db, id, &error);
    g_assert_cmpuint(strlen(row->subject), ==, 999); /* not half a character */
    g_assert_cmpuint(strlen(row->from_name), ==, 1000);
    g_assert_cmpstr(row->message_id, ==, "");
    g_assert_cmpstr(row->kind, ==, "");
    message_row_free(row);
    g_assert_true(
        messages_find_same(f->db, huge, "ann@example.org", "body", &found, &in_case, &error));
    g_assert_cmpint(found, ==, 0);
    ReadMessage bare = {.id = next, .state = "unreadable"};
    g_assert_true(messages_read(f->db, &bare, &error));
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, function) g_test_add(name, Fixture, NULL, fixture_up, function, fixture_down)
    CASE("/messages/receive", test_receive);
    CASE("/messages/receive-all-or-nothing", test_receive_all_or_nothing);
    CASE("/messages/progress", test_progress);
    CASE("/messages/told", test_told);
    CASE("/messages/files", test_files);
    CASE("/messages/pending", test_pending);
    CASE("/messages/read", test_read);
    CASE("/messages/of-case", test_of_case);
    CASE("/messages/find-same", test_find_same);
    CASE("/messages/long-texts", test_long_texts);
    return g_test_run();
}
