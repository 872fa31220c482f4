#include "tests/unit/daemon/store/fixture.h"

static int64_t add(Fixture *f, unsigned n, const char *state)
{
    static int64_t case_id;
    g_autoptr(GError) error = NULL;
    if (fixture_number(f, "SELECT count(*) FROM cases") == 0) {
        g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
        case_id = c->id;
    }
    g_autoptr(OutboxRow) r = fixture_reply(case_id, n, state);
    outbox_add(f->db, r, &error);
    g_assert_no_error(error);
    return r->id;
}

static void expect_state(Fixture *f, const char *when, int64_t id, const char *state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OutboxRow) r = outbox_load(f->db, id, &error);
    g_assert_no_error(error);
    if (strcmp(r->state, state) != 0)
        g_error("%s: %s, expected %s", when, r->state, state);
}

static void test_round_trip(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    g_auto(Judgement) j = {.time_limit = DAY_NONE, .reply_due = DAY_NONE};
    int64_t decision = cases_add_decision(f->db, c->id, 0, &j, NULL, "rules", "", NOW, &error);
    for (int kind = 0; kind < REPLY_COUNT; kind++) {
        g_autoptr(OutboxRow) r = fixture_reply(c->id, (unsigned)kind, kind % 2 ? "held" : "queued");
        r->kind = (ReplyKind)kind;
        r->decision_id = kind % 2 ? decision : 0;
        r->due = kind % 2 ? 20610 : DAY_NONE;
        r->not_before = kind % 2 ? INT64_MAX : NOW;
        g_assert_true(outbox_add(f->db, r, &error));
        g_assert_no_error(error);
        g_autoptr(OutboxRow) back = outbox_load(f->db, r->id, &error);
        g_assert_cmpint(back->kind, ==, kind);
        g_assert_cmpint(back->case_id, ==, c->id);
        g_assert_cmpint(back->decision_id, ==, r->decision_id);
        g_assert_cmpuint(back->reasons, ==, r->reasons);
        g_assert_cmpstr(back->state, ==, r->state);
        g_assert_cmpstr(back->recipient, ==, "Ann@example.org");
        g_assert_cmpstr(back->message_id, ==, r->message_id);
        g_assert_cmpstr(back->return_path, ==, "");
        g_assert_cmpstr(back->subject, ==, r->subject);
        g_assert_true(g_bytes_equal(back->bytes, r->bytes));
        g_assert_cmpint(back->created_at, ==, NOW);
        g_assert_cmpint(back->not_before, ==, r->not_before);
        g_assert_cmpint(back->due, ==, r->due);
        g_assert_cmpint(back->attempts, ==, 0);
        g_assert_cmpint(back->sent_at, ==, 0);
        g_assert_cmpstr(back->last_answer, ==, "");
        g_assert_false(back->retried_unknown);
    }
    g_autoptr(GPtrArray) all = outbox_of_case(f->db, c->id, &error);
    g_assert_cmpuint(all->len, ==, REPLY_COUNT);
    g_assert_null(((OutboxRow *)all->pdata[0])->bytes);
    g_assert_null(outbox_load(f->db, 999, &error));
    g_assert_no_error(error);
}

/* What must never reach the wire is not even written down. */
static void test_refused_rows(Fixture *f, const void *data)
{
    static const struct {
        const char *name, *recipient, *return_path, *message_id, *state;
    } CASES[] = {
        {"injection", "\"x>\r\n RCPT TO:<v@example.net>\"@example.org", "", "<a@example.org>",
         "queued"},
        {"no recipient", "", "", "<a@example.org>", "queued"},
        {"return path", "ann@example.org", "a b@example.org", "<a@example.org>", "queued"},
        {"message id", "ann@example.org", "", "a@example.org", "queued"},
        {"sent from the start", "ann@example.org", "", "<a@example.org>", "sent"},
        {"unknown state", "ann@example.org", "", "<a@example.org>", "asleep"},
        {"message id twice", "ann@example.org", "", "<26-000001.1.k1.mark@example.org>", "queued"},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    g_autoptr(OutboxRow) first = fixture_reply(c->id, 1, "queued");
    g_assert_true(outbox_add(f->db, first, &error));
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(OutboxRow) r = fixture_reply(c->id, 2, CASES[n].state);
        g_free(r->recipient);
        g_free(r->return_path);
        g_free(r->message_id);
        r->recipient = g_strdup(CASES[n].recipient);
        r->return_path = g_strdup(CASES[n].return_path);
        r->message_id = g_strdup(CASES[n].message_id);
        if (outbox_add(f->db, r, &error) || r->id)
            g_error("%s: written", CASES[n].name);
        g_clear_error(&error);
    }
    g_autoptr(OutboxRow) empty = fixture_reply(c->id, 3, "queued");
    g_clear_pointer(&empty->bytes, g_bytes_unref);
    g_assert_false(outbox_add(f->db, empty, &error));
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM outbox"), ==, 1);
}

/* The diagram of outbox.h against the trigger: all pairs. */
static void test_trigger(Fixture *f, const void *data)
{
    static const char *const STATES[] = {"held",   "queued",  "sending",  "sent",
                                         "failed", "unknown", "cancelled"};
    static const char ALLOWED[] =
        " held>queued held>cancelled queued>sending queued>cancelled sending>sent sending>queued "
        "sending>failed sending>unknown unknown>queued ";
    static const char *const WAY[] = {"held",
                                      "queued",
                                      "queued>sending",
                                      "queued>sending>sent",
                                      "queued>sending>failed",
                                      "queued>sending>unknown",
                                      "held>cancelled"};
    unsigned serial = 0;
    for (size_t from = 0; from < G_N_ELEMENTS(STATES); from++)
        for (size_t to = 0; to < G_N_ELEMENTS(STATES); to++) {
            g_auto(GStrv) steps = g_strsplit(WAY[from], ">", -1);
            int64_t id = add(f, ++serial, steps[0]);
            for (char **s = steps + 1; *s; s++) {
                g_autofree char *go = g_strdup_printf("UPDATE outbox SET state = '%s', sent_at = "
                                                      "iif('%s' = 'sent', 1, NULL) WHERE id = %d",
                                                      *s, *s, (int)id);
                g_assert_cmpint(fixture_sql(f, go), ==, SQLITE_OK);
            }
            g_autofree char *sql =
                g_strdup_printf("UPDATE outbox SET state = '%s', retried_unknown = 1, "
                                "sent_at = iif('%s' = 'sent', 1, NULL) WHERE id = %d",
                                STATES[to], STATES[to], (int)id);
            g_autofree char *pair = g_strdup_printf(" %s>%s ", STATES[from], STATES[to]);
            bool done = fixture_sql(f, sql) == SQLITE_OK;
            if (done != (strstr(ALLOWED, pair) != NULL))
                g_error("%s: %s", pair, done ? "done" : "refused");
        }
}

/* One retry of a reply whose fate is unknown, and it is counted. */
static void test_trigger_retries_once(Fixture *f, const void *data)
{
    static const char GO[] =
        "UPDATE outbox SET state = 'sending'; UPDATE outbox SET state = 'unknown'";
    add(f, 1, "queued");
    g_assert_cmpint(fixture_sql(f, GO), ==, SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, "UPDATE outbox SET state = 'queued'"), ==,
                    SQLITE_CONSTRAINT_TRIGGER);
    g_assert_cmpint(fixture_sql(f, "UPDATE outbox SET state = 'queued', retried_unknown = 1"), ==,
                    SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, GO), ==, SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, "UPDATE outbox SET state = 'queued', retried_unknown = 1"), ==,
                    SQLITE_CONSTRAINT_TRIGGER);
}

static void test_fixed(Fixture *f, const void *data)
{
    static const char *const SQL[] = {"UPDATE outbox SET bytes = x'00'",
                                      "UPDATE outbox SET recipient = 'eve@example.org'",
                                      "UPDATE outbox SET message_id = '<b@example.org>'",
                                      "UPDATE outbox SET return_path = 'x'",
                                      "UPDATE outbox SET kind = 'acceptance'",
                                      "UPDATE outbox SET sent_at = 5",
                                      "UPDATE outbox SET case_id = 2"};
    add(f, 1, "queued");
    for (size_t n = 0; n < G_N_ELEMENTS(SQL); n++)
        if (fixture_sql(f, SQL[n]) == SQLITE_OK)
            g_error("done: %s", SQL[n]);
}

static void test_way_out(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    int64_t id = add(f, 1, "held");
    g_assert_true(outbox_hold_until(f->db, id, NOW + 50, &error));
    g_assert_true(outbox_release(f->db, id, NOW + 7, &error));
    g_assert_true(outbox_sending(f->db, id, &error));
    g_assert_true(outbox_later(f->db, id, NOW + 60, "451 try\r\nlater\x01\xff", &error));
    g_autoptr(OutboxRow) r = outbox_load(f->db, id, &error);
    g_assert_cmpstr(r->state, ==, "queued");
    g_assert_cmpint(r->not_before, ==, NOW + 60);
    g_assert_cmpint(r->attempts, ==, 1);
    g_assert_cmpstr(r->last_answer, ==, "451 try  later \xef\xbf\xbd");
    g_assert_true(outbox_sending(f->db, id, &error));
    g_autofree char *huge = g_strnfill(100000, 'x');
    g_assert_true(outbox_sent(f->db, id, huge, NOW + 61, &error));
    g_assert_no_error(error);
    g_autoptr(OutboxRow) sent = outbox_load(f->db, id, &error);
    g_assert_cmpstr(sent->state, ==, "sent");
    g_assert_cmpint(sent->attempts, ==, 2);
    g_assert_cmpint(sent->sent_at, ==, NOW + 61);
    g_assert_cmpuint(strlen(sent->last_answer), ==, 200);
}

/* Each function on a row in each state: only from the state it is for. */
static void test_wrong_state(Fixture *f, const void *data)
{
    static const char *const STATES[] = {"held",   "queued",  "sending",  "sent",
                                         "failed", "unknown", "cancelled"};
    static const char *const FROM[] = {"held",    "held",    "held queued", "queued",
                                       "sending", "sending", "sending",     "sending"};
    unsigned serial = 0;
    for (size_t state = 0; state < G_N_ELEMENTS(STATES); state++)
        for (size_t move = 0; move < G_N_ELEMENTS(FROM); move++) {
            g_autoptr(GError) error = NULL;
            int64_t id = add(f, ++serial, state == 0 || state == 6 ? "held" : "queued");
            if (state >= 2 && state <= 5)
                g_assert_true(outbox_sending(f->db, id, NULL));
            if (state == 3)
                g_assert_true(outbox_sent(f->db, id, "", NOW, NULL));
            if (state == 4)
                g_assert_true(outbox_failed(f->db, id, "", NULL));
            if (state == 5)
                g_assert_true(outbox_unknown(f->db, id, NULL, NULL));
            if (state == 6)
                g_assert_true(outbox_cancel(f->db, id, NULL));
            bool ok = move == 0   ? outbox_release(f->db, id, NOW, &error)
                      : move == 1 ? outbox_hold_until(f->db, id, NOW, &error)
                      : move == 2 ? outbox_cancel(f->db, id, &error)
                      : move == 3 ? outbox_sending(f->db, id, &error)
                      : move == 4 ? outbox_sent(f->db, id, "", NOW, &error)
                      : move == 5 ? outbox_later(f->db, id, NOW, "", &error)
                      : move == 6 ? outbox_failed(f->db, id, "", &error)
                                  : outbox_unknown(f->db, id, "", &error);
            g_auto(GStrv) from = g_strsplit(FROM[move], " ", -1);
            if (ok != g_strv_contains((const char *const *)from, STATES[state]))
                g_error("move %zu of a reply %s: %s", move, STATES[state], ok ? "done" : "refused");
            if (!ok) {
                g_assert_error(error, STORE_ERROR, STORE_ERROR_MOVE);
                expect_state(f, "refused", id, STATES[state]);
            }
        }
}

static void test_due(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(outbox_next(f->db), ==, INT64_MAX);
    int64_t late = add(f, 5, "queued"), early = add(f, 1, "queued"), held = add(f, 2, "held");
    int64_t approval = add(f, 9, "held");
    g_assert_true(outbox_hold_until(f->db, approval, INT64_MAX, &error));
    g_assert_cmpint(outbox_next(f->db), ==, NOW + 10);
    g_autoptr(GPtrArray) none = outbox_due(f->db, NOW, 64, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) due = outbox_due(f->db, NOW + 50, 64, &error);
    g_assert_cmpuint(due->len, ==, 2);
    g_assert_cmpint(((OutboxRow *)due->pdata[0])->id, ==, early);
    g_assert_cmpint(((OutboxRow *)due->pdata[1])->id, ==, late);
    g_assert_null(((OutboxRow *)due->pdata[0])->bytes);
    g_autoptr(GPtrArray) one = outbox_due(f->db, NOW + 50, 1, &error);
    g_assert_cmpuint(one->len, ==, 1);
    g_autoptr(GPtrArray) over = outbox_held_over(f->db, NOW + 1000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(over->len, ==, 1);
    g_assert_cmpint(((OutboxRow *)over->pdata[0])->id, ==, held);
    g_assert_true(outbox_sending(f->db, early, &error));
    g_assert_cmpint(outbox_next(f->db), ==, NOW + 20);
}

static void test_recover(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    int64_t wire = add(f, 1, "queued"), quiet = add(f, 2, "queued");
    g_assert_cmpint(outbox_recover(f->db, NOW, &error), ==, 0);
    g_assert_true(outbox_sending(f->db, wire, &error));
    fixture_reopen(f);
    expect_state(f, "after a stop", wire, "sending");
    g_assert_cmpint(outbox_recover(f->db, NOW + 5, &error), ==, 1);
    g_autoptr(OutboxRow) r = outbox_load(f->db, wire, &error);
    g_assert_cmpstr(r->state, ==, "queued");
    g_assert_true(r->retried_unknown);
    g_assert_cmpint(r->not_before, ==, NOW + 5);
    g_assert_cmpint(r->attempts, ==, 1);
    g_assert_cmpstr(r->message_id, ==, "<26-000001.1.k1.mark@example.org>");
    /* Lost a second time: never tried again by itself. */
    g_assert_true(outbox_sending(f->db, wire, &error));
    g_assert_cmpint(outbox_recover(f->db, NOW + 9, &error), ==, 1);
    expect_state(f, "lost twice", wire, "unknown");
    g_assert_cmpint(outbox_recover(f->db, NOW + 9, &error), ==, 0);
    expect_state(f, "lost twice, later", wire, "unknown");
    expect_state(f, "never sent", quiet, "queued");
    /* Lost after the dot while running, in the caller's transaction. */
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_assert_true(outbox_sending(f->db, quiet, &error));
    g_assert_true(outbox_unknown(f->db, quiet, "connection lost", &error));
    g_assert_cmpint(outbox_recover(f->db, NOW + 9, &error), ==, 0);
    expect_state(f, "lost after the dot", quiet, "queued");
    fixture_commit(tx);
    g_assert_no_error(error);
}

static void test_ceilings(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    int64_t one = add(f, 1, "queued");
    int64_t cancelled = add(f, 2, "held");
    g_assert_true(outbox_cancel(f->db, cancelled, &error));
    g_autoptr(OutboxRow) r = outbox_load(f->db, one, &error);
    g_assert_cmpint(outbox_count_to(f->db, "ann@EXAMPLE.org", NOW), ==, 1);
    g_assert_cmpint(outbox_count_to(f->db, "ann@example.org", NOW + 1), ==, 0);
    g_assert_cmpint(outbox_count_to(f->db, "ben@example.org", NOW), ==, 0);
    g_assert_cmpint(outbox_count_kind(f->db, r->case_id, REPLY_REJECTION), ==, 1);
    g_assert_cmpint(outbox_count_kind(f->db, r->case_id, REPLY_HOLDING), ==, 0);
    g_assert_cmpint(outbox_count_kind(f->db, r->case_id + 1, REPLY_REJECTION), ==, 0);
    /* A ceiling that cannot be looked up is reached. */
    f->db->doubtful = true;
    g_assert_cmpint(outbox_count_to(f->db, "ben@example.org", NOW), ==, OUTBOX_COUNT_UNKNOWN);
    g_assert_cmpint(outbox_count_kind(f->db, r->case_id, REPLY_HOLDING), ==, OUTBOX_COUNT_UNKNOWN);
}

static void test_names(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    int64_t id = add(f, 1, "queued"), row = 0;
    g_autoptr(OutboxRow) r = outbox_load(f->db, id, &error);
    g_assert_cmpint(outbox_case_of_message_id(f->db, r->message_id, &row), ==, r->case_id);
    g_assert_cmpint(row, ==, id);
    g_assert_cmpint(outbox_case_of_message_id(f->db, r->message_id, NULL), ==, r->case_id);
    row = 77;
    g_assert_cmpint(outbox_case_of_message_id(f->db, "<other@example.org>", &row), ==, 0);
    g_assert_cmpint(row, ==, 77);
    uint64_t first = outbox_serial(f->db, &error);
    g_assert_cmpuint(outbox_serial(f->db, &error), ==, first + 1);
    fixture_reopen(f);
    g_assert_cmpuint(outbox_serial(f->db, &error), ==, first + 2);
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, function) g_test_add(name, Fixture, NULL, fixture_up, function, fixture_down)
    CASE("/outbox/round-trip", test_round_trip);
    CASE("/outbox/refused-rows", test_refused_rows);
    CASE("/outbox/trigger", test_trigger);
    CASE("/outbox/trigger-retries-once", test_trigger_retries_once);
    CASE("/outbox/fixed", test_fixed);
    CASE("/outbox/way-out", test_way_out);
    CASE("/outbox/wrong-state", test_wrong_state);
    CASE("/outbox/due", test_due);
    CASE("/outbox/recover", test_recover);
    CASE("/outbox/ceilings", test_ceilings);
    CASE("/outbox/names", test_names);
    return g_test_run();
}
