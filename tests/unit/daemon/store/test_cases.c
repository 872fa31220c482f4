#include "tests/unit/daemon/store/fixture.h"

static void test_create(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) one = fixture_case(f, CASE_RECEIVED);
    g_autoptr(CaseRow) two = fixture_case(f, CASE_REFERRED);
    g_assert_cmpstr(one->reference, ==, "IEC/26/000001");
    g_assert_cmpstr(two->reference, ==, "IEC/26/000002");
    g_autoptr(CaseRow) next_year = fixture_case_row(CASE_ACCEPTED);
    g_autoptr(CaseRow) undone = fixture_case_row(CASE_ACCEPTED);
    {
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        g_assert_true(cases_create(f->db, next_year, 7, NOW, &error));
        fixture_commit(tx);
    }
    g_assert_cmpstr(next_year->reference, ==, "IEC/07/000001");
    {
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        g_assert_true(cases_create(f->db, undone, 26, NOW, &error));
        g_assert_cmpstr(undone->reference, ==, "IEC/26/000003");
    }
    /* A number rolled back was never given: there is no gap to explain. */
    fixture_reopen(f);
    g_autoptr(CaseRow) three = fixture_case(f, CASE_ASKED);
    g_assert_cmpstr(three->reference, ==, "IEC/26/000003");
    g_assert_cmpint(fixture_number(f, "SELECT count(*) FROM cases"), ==, 4);
}

static void test_begins(Fixture *f, const void *data)
{
    for (int state = 0; state < CASE_STATE_COUNT; state++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CaseRow) c = fixture_case_row((CaseState)state);
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        bool ok = cases_create(f->db, c, 26, NOW, &error);
        bool may = state == CASE_RECEIVED || case_may_move(CASE_RECEIVED, (CaseState)state);
        if (ok != may || (!ok && !g_error_matches(error, STORE_ERROR, STORE_ERROR_MOVE)) ||
            (!ok && (c->id || c->reference)))
            g_error("%s: %s", case_state_name((CaseState)state), ok ? "begun" : error->message);
    }
}

/* Every field and every name, there and back. */
static void test_round_trip(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) other = fixture_case(f, CASE_RECEIVED);
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    for (int n = 0; n < 32; n++) {
        c->language = (Language)(n % LANGUAGE_COUNT);
        c->area = (BusinessArea)(n % AREA_COUNT);
        c->channel = (Channel)(n % CHANNEL_COUNT);
        c->decision = (Decision)(n % DECISION_COUNT);
        c->release = (Release)(n % RELEASE_COUNT);
        c->reasons = BIT(n % REASON_COUNT) | BIT(REASON_COURT);
        c->asks = BIT(n % ASK_COUNT);
        c->refer = BIT(n % REFER_COUNT);
        c->flags = BIT(n % FLAG_COUNT);
        c->asked_count = n;
        c->chased = n % 5;
        c->reply_due = n ? 20000 + n : DAY_NONE;
        c->decided_at = n ? NOW + n : 0;
        c->received_at = NOW + n;
        c->linked_case = n % 2 ? other->id : 0;
        g_free(c->decided_by);
        c->decided_by = g_strdup(n % 2 ? "rules" : "anna");
        g_assert_true(cases_update(f->db, c, &error));
        g_autoptr(CaseRow) back = n % 2 ? cases_load(f->db, c->id, &error)
                                        : cases_by_reference(f->db, c->reference, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(back->reference, ==, c->reference);
        g_assert_cmpstr(back->contact_name, ==, "Ann Example");
        g_assert_cmpstr(back->contact_address, ==, "ann@example.org");
        g_assert_cmpstr(back->decided_by, ==, c->decided_by);
        g_assert_cmpint(back->first_contact_at, ==, NOW - 100);
        bool same =
            back->id == c->id && back->state == c->state && back->received_at == c->received_at &&
            back->reply_due == c->reply_due && back->decided_at == c->decided_at &&
            back->language == c->language && back->area == c->area && back->channel == c->channel &&
            back->decision == c->decision && back->release == c->release &&
            back->reasons == c->reasons && back->asks == c->asks && back->refer == c->refer &&
            back->flags == c->flags && back->asked_count == c->asked_count &&
            back->chased == c->chased && back->linked_case == c->linked_case;
        if (!same)
            g_error("round %d: not what was written", n);
    }
    g_assert_null(cases_load(f->db, 999, &error));
    g_assert_null(cases_by_reference(f->db, "IEC/26/999999", &error));
    g_assert_no_error(error);
}

static void test_bare_row(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) bare = case_row_new();
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_assert_true(cases_create(f->db, bare, 26, NOW, &error));
    g_autoptr(CaseRow) back = cases_load(f->db, bare->id, &error);
    g_assert_cmpstr(back->contact_name, ==, "");
    g_assert_cmpstr(back->decided_by, ==, "");
    g_assert_cmpint(back->reply_due, ==, DAY_NONE);
}

/* The pairs that a list names: "from -> to | to". */
static bool listed(const char *text, CaseState from, CaseState to)
{
    g_autofree char *from_text = g_strdup_printf(" %s -> ", case_state_name(from));
    for (const char *at = strstr(text, from_text); at; at = strstr(at + 1, from_text)) {
        const char *p = at + strlen(from_text);
        for (;;) {
            size_t length = strspn(p, "abcdefghijklmnopqrstuvwxyz-");
            if (length == strlen(case_state_name(to)) && !strncmp(p, case_state_name(to), length))
                return true;
            if (strncmp(p + length, " | ", 3) != 0)
                break;
            p += length + 3;
        }
    }
    return false;
}

/* A file of ours from these words on. */
static char *text_from(const char *file, const char *begins)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(TEST_ROOT, file, NULL);
    g_autofree char *text = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    const char *from = strstr(text, begins);
    g_assert_nonnull(from);
    return g_strdup(from);
}

/* The drawing in case.h: a row of each state, with an o under each state it may move to. */
static bool drawn(char *const *rows, CaseState from, CaseState to)
{
    const char *heading = case_state_name(to), *column = strstr(rows[0], heading);
    g_autofree char *begins = g_strdup_printf(" *   %s -", case_state_name(from));
    for (char *const *row = rows + 1; g_str_has_prefix(*row, " *  "); row++) {
        size_t at = column ? (size_t)(column - rows[0]) : SIZE_MAX;
        if (g_str_has_prefix(*row, begins))
            return at < strlen(*row) && memchr(*row + at, 'o', strnlen(*row + at, strlen(heading)));
    }
    return false;
}

/* The list's words with one space between them, whatever lines the formatter made. */
static char *list_words(const char *file, const char *begins)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *list = text_from(file, begins);
    g_autoptr(GRegex) gaps = g_regex_new("\\s*\n \\*\\s*|\\s+", 0, 0, NULL);
    return g_regex_replace_literal(gaps, list, -1, 0, " ", 0, &error);
}

static int64_t case_in_state(Fixture *f, CaseState state)
{
    bool through = state == CASE_REJECTED || state == CASE_CLOSED;
    g_autoptr(CaseRow) c = fixture_case(f, through ? CASE_REFERRED : state);
    g_autoptr(GError) error = NULL;
    c->state = state;
    if (through && !cases_update(f->db, c, &error))
        g_error("%s", error->message);
    return c->id;
}

/* The drawing, the list under it, the table, the trigger and the manual page say the same of all 49
 * pairs. */
static void test_moves(Fixture *f, const void *data)
{
    g_autofree char *words = list_words("daemon/model/case.h", "Moves and who makes them");
    g_autofree char *drawing = text_from("daemon/model/case.h", " *   from \\ to");
    g_auto(GStrv) rows = g_strsplit(drawing, "\n", -1);
    g_autofree char *page = list_words("man/iecd.8", "These are all the moves there are");
    for (int from = 0; from < CASE_STATE_COUNT; from++) {
        for (int to = 0; to < CASE_STATE_COUNT; to++) {
            bool may = case_may_move((CaseState)from, (CaseState)to);
            int64_t id = case_in_state(f, (CaseState)from);
            g_autofree char *sql = g_strdup_printf("UPDATE cases SET state = '%s' WHERE id = %d",
                                                   case_state_name((CaseState)to), (int)id);
            bool trigger = fixture_sql(f, sql) == SQLITE_OK;
            bool header = listed(words, (CaseState)from, (CaseState)to);
            bool manual = listed(page, (CaseState)from, (CaseState)to);
            bool drawing_has = drawn(rows, (CaseState)from, (CaseState)to);
            if (trigger != may || drawing_has != may || header != may || manual != may)
                g_error("%s -> %s: table %d, trigger %d, drawing %d, list %d, manual page %d",
                        case_state_name((CaseState)from), case_state_name((CaseState)to), may,
                        trigger, drawing_has, header, manual);
        }
    }
}

static void test_refused_move(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_ACCEPTED);
    c->state = CASE_REJECTED;
    c->flags = BIT(FLAG_MEDIA);
    g_assert_false(cases_update(f->db, c, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_MOVE);
    g_clear_error(&error);
    /* Staying is no move: what else is known of an accepted case may be written. */
    c->state = CASE_ACCEPTED;
    g_assert_true(cases_update(f->db, c, &error));
    g_autoptr(CaseRow) back = cases_load(f->db, c->id, &error);
    g_assert_cmpint(back->state, ==, CASE_ACCEPTED);
    g_assert_cmpuint(back->flags, ==, BIT(FLAG_MEDIA));
    c->id = 999;
    g_assert_false(cases_update(f->db, c, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
}

static void test_never_changes(Fixture *f, const void *data)
{
    static const char *const SQL[] = {
        "UPDATE cases SET first_contact_at = first_contact_at + 1",
        "UPDATE cases SET reference = 'IEC/26/000009'",
        "UPDATE cases SET chased = 5",
        "UPDATE cases SET language = 'de'",
        "UPDATE cases SET reply_due = 'soon'",
        "UPDATE events SET why = 'something else'",
        "DELETE FROM events",
        "UPDATE decisions SET why = 'something else'",
        "DELETE FROM decisions",
        "DELETE FROM cases",
        "UPDATE messages SET received_at = 0",
        "UPDATE messages SET sha256 = replace(sha256, '0', '1')",
        "INSERT INTO mark_keys (key, made_at) VALUES (x'00', 0)",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema",
        "ATTACH 'other.sqlite' AS other",
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    g_auto(Judgement) j = {.time_limit = DAY_NONE, .reply_due = DAY_NONE};
    fixture_message(f, 1);
    g_assert_true(cases_event(f->db, c->id, 0, "iecd", "registered", "iec", NOW, &error));
    g_assert_cmpint(cases_add_decision(f->db, c->id, 0, &j, NULL, "anna", "", NOW, &error), >, 0);
    for (size_t n = 0; n < G_N_ELEMENTS(SQL); n++)
        if (fixture_sql(f, SQL[n]) == SQLITE_OK)
            g_error("done: %s", SQL[n]);
}

static void test_addresses(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) one = fixture_case(f, CASE_REFERRED), two = fixture_case(f, CASE_REFERRED);
    g_assert_true(cases_add_address(f->db, one->id, "Ann@Example.org", &error));
    g_assert_true(cases_add_address(f->db, one->id, "ann@example.org", &error));
    g_assert_true(cases_knows_address(f->db, one->id, "ANN@example.org"));
    g_assert_false(cases_knows_address(f->db, one->id, "ann@example.com"));
    g_assert_false(cases_knows_address(f->db, two->id, "ann@example.org"));
    g_assert_false(cases_knows_address(f->db, one->id, ""));
    g_assert_false(cases_add_address(f->db, one->id, "", &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
}

static void test_decisions(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    g_autoptr(Facts) facts = fixture_facts("Ann Example");
    int64_t message = fixture_message(f, 1);
    g_auto(Judgement) j = {
        .decision = DECISION_REJECT,
        .line = 6,
        .release = RELEASE_REVIEWED,
        .release_why = g_strdup("welsh"),
        .reasons = BIT(REASON_OUT_OF_TIME) | BIT(REASON_COURT),
        .asks = BIT(ASK_AUTHORITY),
        .refer = BIT(REFER_MIXED),
        .flags = BIT(FLAG_URGENT),
        .time_limit = 20500,
        .reply_due = DAY_NONE,
    };
    int64_t first = cases_add_decision(f->db, c->id, message, &j, facts, "rules", "first judgement",
                                       NOW, &error);
    g_assert_no_error(error);
    j.line = -1;
    int64_t second = cases_add_decision(f->db, c->id, 0, &j, NULL, "anna", "", NOW + 1, &error);
    g_assert_cmpint(second, >, first);
    g_assert_cmpint(cases_add_decision(f->db, 999, 0, &j, NULL, "anna", "", NOW, &error), ==, 0);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_clear_error(&error);
    g_autoptr(GPtrArray) list = cases_decisions(f->db, c->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
    const DecisionRow *d = list->pdata[0], *person = list->pdata[1];
    g_assert_cmpint(d->id, ==, first);
    g_assert_cmpint(d->at, ==, NOW);
    g_assert_cmpint(d->message_id, ==, message);
    g_assert_cmpint(d->line, ==, 6);
    g_assert_cmpstr(d->by, ==, "rules");
    g_assert_cmpstr(d->why, ==, "first judgement");
    g_assert_cmpstr(d->decision, ==, "reject");
    g_assert_cmpstr(d->reasons, ==, "court,out-of-time");
    g_assert_cmpstr(d->asks, ==, "authority");
    g_assert_cmpstr(d->refer, ==, "mixed");
    g_assert_cmpstr(d->flags, ==, "urgent");
    g_assert_cmpstr(d->release, ==, "reviewed");
    g_assert_cmpstr(d->rules_version, ==, "2026-05-01");
    g_assert_cmpint(d->time_limit, ==, 20500);
    g_assert_cmpint(d->reply_due, ==, DAY_NONE);
    g_assert_cmpstr(d->facts->complainant_name, ==, "Ann Example");
    g_assert_null(person->facts);
    g_assert_cmpint(person->line, ==, -1);
    g_assert_cmpint(person->message_id, ==, 0);
}

static void expect_name(Fixture *f, int64_t case_id, unsigned n, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = cases_decisions(f->db, case_id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(((DecisionRow *)list->pdata[n])->facts->complainant_name, ==, name);
}

/* A decision keeps the facts it was given, whatever message was read just before. */
static void test_decision_after_read(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    g_autoptr(Facts) own = fixture_facts("Ann"), merged = fixture_facts("Ben");
    g_auto(Judgement) j = {.time_limit = DAY_NONE, .reply_due = DAY_NONE};
    int64_t one = fixture_message(f, 1), two = fixture_message(f, 2);
    {
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        ReadMessage m = {.id = one, .state = "judged", .case_id = c->id, .facts = own};
        g_assert_true(messages_read(f->db, &m, &error));
        g_assert_true(cases_add_decision(f->db, c->id, one, &j, own, "rules", "", NOW, &error));
        g_assert_true(cases_add_decision(f->db, c->id, one, &j, merged, "rules", "", NOW, &error));
        ReadMessage unread = {.id = two, .state = "unreadable", .case_id = c->id};
        g_assert_true(messages_read(f->db, &unread, &error));
        g_assert_true(cases_add_decision(f->db, c->id, two, &j, own, "rules", "", NOW, &error));
        fixture_commit(tx);
    }
    /* The same place in memory, later, with other words. */
    g_free(own->complainant_name);
    own->complainant_name = g_strdup("Cleo");
    g_assert_true(cases_add_decision(f->db, c->id, one, &j, own, "anna", "", NOW, &error));
    g_assert_no_error(error);
    static const char *const NAMES[] = {"Ann", "Ben", "Ann", "Cleo"};
    for (unsigned n = 0; n < G_N_ELEMENTS(NAMES); n++)
        expect_name(f, c->id, n, NAMES[n]);
}

static void test_events(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    g_autofree char *huge = g_strnfill(100000, 'y');
    int64_t message = fixture_message(f, 1);
    g_assert_true(cases_event(f->db, c->id, message, "iecd", "registered", "iec", NOW, &error));
    g_assert_true(cases_event(f->db, c->id, 0, "anna", "judged", huge, NOW - 5, &error));
    g_assert_false(cases_event(f->db, c->id, 0, "", "judged", "", NOW, &error));
    g_clear_error(&error);
    g_assert_false(cases_event(f->db, 999, 0, "anna", "judged", "", NOW, &error));
    g_clear_error(&error);
    g_autoptr(GPtrArray) list = cases_events(f->db, c->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
    const EventRow *e = list->pdata[0], *late = list->pdata[1];
    g_assert_cmpint(e->at, ==, NOW);
    g_assert_cmpint(e->message_id, ==, message);
    g_assert_cmpstr(e->who, ==, "iecd");
    g_assert_cmpstr(e->what, ==, "registered");
    g_assert_cmpstr(e->why, ==, "iec");
    g_assert_cmpuint(strlen(late->why), ==, 4000);
}

static void expect_list(Fixture *f, const char *name, const CaseFilter *filter,
                        const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) found = g_string_new(NULL);
    g_autoptr(GPtrArray) list = cases_list(f->db, filter, &error);
    g_assert_no_error(error);
    for (unsigned n = 0; n < list->len; n++)
        g_string_append_c(found, ((CaseRow *)list->pdata[n])->reference[12]);
    if (strcmp(found->str, expected) != 0)
        g_error("%s: found %s, expected %s", name, found->str, expected);
}

static void test_list(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) one = fixture_case(f, CASE_REFERRED), two = fixture_case(f, CASE_ACCEPTED),
                       three = fixture_case(f, CASE_REFERRED);
    two->decision = DECISION_ACCEPT;
    two->flags = BIT(FLAG_URGENT) | BIT(FLAG_MP);
    two->reply_due = DAY_NONE;
    three->reply_due = 20700;
    three->flags = BIT(FLAG_MP);
    g_free(three->contact_name);
    three->contact_name = g_strdup("Ben 100%_sure");
    g_assert_true(cases_update(f->db, two, &error) && cases_update(f->db, three, &error));
    g_assert_true(cases_add_address(f->db, two->id, "second@example.net", &error));
    const CaseFilter all = {.state = -1, .decision = -1, .due_by = DAY_NONE};
    CaseFilter w = all;
    expect_list(f, "all", &w, "123");
    w.limit = 2;
    expect_list(f, "limit", &w, "12");
    w = all, w.state = CASE_REFERRED;
    expect_list(f, "state", &w, "13");
    w = all, w.decision = DECISION_ACCEPT;
    expect_list(f, "decision", &w, "2");
    w = all, w.flags_any = BIT(FLAG_MP);
    expect_list(f, "flag", &w, "23");
    w.limit = 1;
    expect_list(f, "flag and limit", &w, "2");
    w = all, w.flags_any = BIT(FLAG_MEDIA);
    expect_list(f, "no such flag", &w, "");
    w = all, w.due_by = 20610;
    expect_list(f, "due", &w, "1");
    static const struct {
        const char *text, *expected;
    } TEXTS[] = {{"26/000003", "3"},  {"ben", "3"}, {"ANN@EXAMPLE", "123"}, {"second@", "2"},
                 {"%", "3"},          {"_", "3"},   {"100%_", "3"},         {"\\", ""},
                 {"' OR 1=1 --", ""}, {"", "123"}};
    for (size_t n = 0; n < G_N_ELEMENTS(TEXTS); n++) {
        w = all, w.text = TEXTS[n].text;
        expect_list(f, TEXTS[n].text, &w, TEXTS[n].expected);
    }
}

static void test_owed(Fixture *f, const void *data)
{
    static const struct {
        CaseState state;
        Release release;
        Day due;
    } ROWS[] = {
        {CASE_REFERRED, RELEASE_AUTOMATIC, 20612},
        {CASE_REFERRED, RELEASE_AUTOMATIC, 20610},
        {CASE_AWAITING_RELEASE, RELEASE_REVIEWED, 20611},
        {CASE_AWAITING_RELEASE, RELEASE_AUTOMATIC, 20610},
        {CASE_ASKED, RELEASE_AUTOMATIC, 20610},
        {CASE_REFERRED, RELEASE_AUTOMATIC, DAY_NONE},
        {CASE_REFERRED, RELEASE_AUTOMATIC, 20613},
    };
    g_autoptr(GError) error = NULL;
    for (size_t n = 0; n < G_N_ELEMENTS(ROWS); n++) {
        g_autoptr(CaseRow) c = fixture_case(f, ROWS[n].state);
        c->release = ROWS[n].release;
        c->reply_due = ROWS[n].due;
        g_assert_true(cases_update(f->db, c, &error));
    }
    g_autoptr(GPtrArray) owed = cases_owed(f->db, 20612, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(owed->len, ==, 4);
    static const int64_t ORDER[] = {6, 2, 3, 1}; /* no known day first */
    for (size_t n = 0; n < G_N_ELEMENTS(ORDER); n++)
        g_assert_cmpint(((CaseRow *)owed->pdata[n])->id, ==, ORDER[n]);
}

static void test_keys_and_meta(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) keys = cases_mark_keys(f->db, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(keys->len, ==, 1);
    MarkKey first = g_array_index(keys, MarkKey, 0);
    g_assert_cmpuint(first.id, ==, 1);
    fixture_sql(f, "INSERT INTO mark_keys (key, made_at) VALUES (randomblob(32), 0)");
    fixture_reopen(f);
    g_autoptr(GArray) two = cases_mark_keys(f->db, &error);
    g_assert_cmpuint(two->len, ==, 2);
    g_assert_cmpuint(g_array_index(two, MarkKey, 0).id, ==, 2);
    g_assert_cmpmem(g_array_index(two, MarkKey, 1).bytes, 32, first.bytes, 32);
    g_assert_true(memcmp(g_array_index(two, MarkKey, 0).bytes, first.bytes, 32) != 0);

    g_assert_null(meta_get(f->db, "release.stopped"));
    g_assert_true(meta_set(f->db, "release.stopped", "anna", &error));
    g_assert_true(meta_set(f->db, "release.stopped", "ben", &error));
    fixture_reopen(f);
    g_autofree char *value = meta_get(f->db, "release.stopped");
    g_assert_cmpstr(value, ==, "ben");
    g_assert_true(meta_set(f->db, "release.stopped", NULL, &error));
    g_assert_null(meta_get(f->db, "release.stopped"));
    fixture_sql(f, "DELETE FROM mark_keys");
    g_assert_null(cases_mark_keys(f->db, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_OPEN);
}

static void test_counts(Fixture *f, const void *data)
{
    static const char *const STATES[] = {"held", "queued", "queued",  "sending",
                                         "sent", "failed", "unknown", "cancelled"};
    g_autoptr(GError) error = NULL;
    RegisterCounts counts = {.cases = 99};
    g_assert_true(register_counts(f->db, &counts, &error));
    g_assert_cmpint(counts.cases + counts.messages + counts.outbox_queued, ==, 0);
    g_autoptr(CaseRow) one = fixture_case(f, CASE_REFERRED), two = fixture_case(f, CASE_ACCEPTED);
    one->flags = BIT(FLAG_ACKNOWLEDGE_BY_HAND) | BIT(FLAG_MP);
    g_assert_true(cases_update(f->db, one, &error));
    fixture_message(f, 1);
    fixture_message(f, 2);
    ReadMessage m = {.id = 1, .state = "judged"};
    g_assert_true(messages_read(f->db, &m, &error));
    for (unsigned n = 0; n < G_N_ELEMENTS(STATES); n++) {
        g_autoptr(OutboxRow) r = fixture_reply(one->id, n, n == 0 || n == 7 ? "held" : "queued");
        g_assert_true(outbox_add(f->db, r, &error));
        if (n >= 3 && n < 7)
            g_assert_true(outbox_sending(f->db, r->id, &error));
        if (!strcmp(STATES[n], "sent"))
            g_assert_true(outbox_sent(f->db, r->id, "", NOW, &error));
        if (!strcmp(STATES[n], "failed"))
            g_assert_true(outbox_failed(f->db, r->id, "", &error));
        if (!strcmp(STATES[n], "unknown"))
            g_assert_true(outbox_unknown(f->db, r->id, "", &error));
        if (!strcmp(STATES[n], "cancelled"))
            g_assert_true(outbox_cancel(f->db, r->id, &error));
    }
    g_assert_true(register_counts(f->db, &counts, &error));
    g_assert_no_error(error);
    g_assert_cmpint(counts.messages, ==, 2);
    g_assert_cmpint(counts.pending, ==, 1);
    g_assert_cmpint(counts.cases, ==, 2);
    g_assert_cmpint(counts.by_state[CASE_REFERRED], ==, 1);
    g_assert_cmpint(counts.by_state[CASE_ACCEPTED], ==, 1);
    g_assert_cmpint(counts.outbox_held, ==, 1);
    g_assert_cmpint(counts.outbox_queued, ==, 3);
    g_assert_cmpint(counts.outbox_sent, ==, 1);
    g_assert_cmpint(counts.outbox_failed, ==, 1);
    g_assert_cmpint(counts.outbox_unknown, ==, 1);
    g_assert_cmpint(counts.by_hand, ==, 1);
    one->state = CASE_CLOSED;
    g_assert_true(cases_update(f->db, one, &error) && register_counts(f->db, &counts, &error));
    g_assert_cmpint(counts.by_hand, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, function) g_test_add(name, Fixture, NULL, fixture_up, function, fixture_down)
    CASE("/cases/create", test_create);
    CASE("/cases/begins", test_begins);
    CASE("/cases/round-trip", test_round_trip);
    CASE("/cases/bare-row", test_bare_row);
    CASE("/cases/moves", test_moves);
    CASE("/cases/refused-move", test_refused_move);
    CASE("/cases/never-changes", test_never_changes);
    CASE("/cases/addresses", test_addresses);
    CASE("/cases/decisions", test_decisions);
    CASE("/cases/decision-after-read", test_decision_after_read);
    CASE("/cases/events", test_events);
    CASE("/cases/list", test_list);
    CASE("/cases/owed", test_owed);
    CASE("/cases/keys-and-meta", test_keys_and_meta);
    CASE("/cases/counts", test_counts);
    return g_test_run();
}
