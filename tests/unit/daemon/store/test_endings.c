#include "daemon/store/endings.h"
#include "tests/unit/daemon/store/fixture.h"

static void release_event(Fixture *f, int64_t case_id, const char *who)
{
    g_autoptr(GError) error = NULL;
    cases_event(f->db, case_id, 0, who, "released", "approved", NOW, &error);
    g_assert_no_error(error);
}

static void decide(Fixture *f, int64_t case_id, Decision d, const char *who)
{
    g_autoptr(GError) error = NULL;
    g_auto(Judgement)
        j = {.decision = d, .line = -1, .time_limit = DAY_NONE, .reply_due = DAY_NONE};
    g_assert_cmpint(cases_add_decision(f->db, case_id, 0, &j, NULL, who, "", NOW, &error), >, 0);
}

static void test_look_again(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED), other = fixture_case(f, CASE_REFERRED);
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_assert_false(look_again_open(f->db, c->id));
    g_assert_true(look_again_asked(f->db, c->id, 0, NOW, &error));
    g_assert_true(look_again_asked(f->db, c->id, 0, NOW + 5, &error)); /* one is open already */
    g_assert_true(look_again_open(f->db, c->id));
    g_assert_false(look_again_open(f->db, other->id));
    g_assert_false(look_again_barred(f->db, c->id, "anna"));
    release_event(f, c->id, "anna");
    decide(f, c->id, DECISION_REJECT, "ben");
    decide(f, c->id, DECISION_REFER, "carys");
    g_assert_true(look_again_barred(f->db, c->id, "anna"));
    g_assert_true(look_again_barred(f->db, c->id, "ben"));
    g_assert_false(look_again_barred(f->db, c->id, "carys"));
    g_assert_false(look_again_barred(f->db, other->id, "anna"));
    g_assert_true(look_again_answered(f->db, c->id, "overturned", "carys", NOW + 9, &error));
    g_assert_true(look_again_answered(f->db, c->id, "upheld", "dewi", NOW + 10, &error));
    g_assert_true(look_again_asked(f->db, c->id, 0, NOW + 20, &error));
    LookAgainCounts n = {0};
    g_assert_true(look_again_counts(f->db, &n, &error));
    g_assert_cmpint(n.asked, ==, 2);
    g_assert_cmpint(n.overturned, ==, 1);
    g_assert_cmpint(n.upheld, ==, 0);
    g_assert_cmpint(n.open, ==, 1);
    g_assert_no_error(error);
    fixture_commit(tx);
}

/* What is held may yet not go, and what was cancelled never went. */
static void test_rejections_counted(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    static const struct {
        ReplyKind kind;
        const char *state;
    } ROWS[] = {{REPLY_REJECTION, "queued"},
                {REPLY_REJECTION, "held"},
                {REPLY_CLOSED_OUTSIDE, "queued"},
                {REPLY_QUESTION, "queued"}};
    for (unsigned n = 0; n < G_N_ELEMENTS(ROWS); n++) {
        g_autoptr(OutboxRow) r = fixture_reply(c->id, n, ROWS[n].state);
        r->kind = ROWS[n].kind;
        g_assert_true(outbox_add(f->db, r, &error));
    }
    LookAgainCounts n = {0};
    g_assert_true(look_again_counts(f->db, &n, &error));
    g_assert_cmpint(n.rejections, ==, 2);
    fixture_commit(tx);
}

static void test_proposals(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_ACCEPTED);
    CloseProposal p = {.at = NOW,
                       .by = (char *)"anna",
                       .why = (char *)"it is before a court",
                       .note = (char *)"",
                       .reasons = BIT(REASON_COURT)};
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_assert_null(close_proposal_of(f->db, c->id, &error));
    g_assert_no_error(error);
    g_assert_true(close_propose(f->db, c->id, &p, &error));
    g_assert_false(close_propose(f->db, c->id, &p, &error)); /* one at a time */
    g_clear_error(&error);
    g_autoptr(CloseProposal) open = close_proposal_of(f->db, c->id, &error);
    g_assert_cmpstr(open->by, ==, "anna");
    g_assert_cmpstr(open->why, ==, "it is before a court");
    g_assert_cmpuint(open->reasons, ==, BIT(REASON_COURT));
    /* Nobody agrees with themself, whatever program asks. */
    g_assert_false(close_proposal_end(f->db, open->id, "agreed", "anna", NOW, &error));
    g_clear_error(&error);
    g_assert_true(close_proposal_end(f->db, open->id, "agreed", "ben", NOW, &error));
    g_assert_false(close_proposal_end(f->db, open->id, "refused", "ben", NOW, &error));
    g_clear_error(&error);
    g_assert_null(close_proposal_of(f->db, c->id, &error));
    g_assert_true(look_again_barred(f->db, c->id, "anna"));
    g_assert_true(look_again_barred(f->db, c->id, "ben"));
    g_assert_cmpint(fixture_sql(f, "UPDATE close_proposals SET why = 'x'"), !=, SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, "DELETE FROM close_proposals"), !=, SQLITE_OK);
    fixture_commit(tx);
}

static bool add(Fixture *f, int64_t case_id, OutcomeKind kind, bool apology, int64_t redress)
{
    CaseOutcome o = {.case_id = case_id,
                     .kind = kind,
                     .day = 20606,
                     .at = NOW,
                     .by = (char *)"anna",
                     .why = (char *)"agreed on the phone",
                     .apology = apology,
                     .redress = redress};
    return outcomes_add(f->db, &o, NULL);
}

static void test_outcomes(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_ACCEPTED), other = fixture_case(f, CASE_ACCEPTED);
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_assert_false(add(f, c->id, OUTCOME_REPORT, false, 0)); /* of no investigation */
    g_assert_true(add(f, other->id, OUTCOME_INVESTIGATE, false, 0));
    g_assert_false(add(f, c->id, OUTCOME_REPORT, false, 0));
    g_assert_true(add(f, c->id, OUTCOME_INVESTIGATE, false, 0));
    g_assert_true(add(f, c->id, OUTCOME_REPORT, false, 0));
    g_assert_false(add(f, c->id, OUTCOME_SETTLE, false, 0)); /* for nothing */
    g_assert_false(add(f, c->id, OUTCOME_RESOLVE, true, 0));
    g_assert_true(add(f, c->id, OUTCOME_SETTLE, true, 15000));
    g_autoptr(GPtrArray) all = outcomes_of_case(f->db, c->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 3);
    const CaseOutcome *last = all->pdata[2];
    g_assert_cmpint(last->kind, ==, OUTCOME_SETTLE);
    g_assert_true(last->apology && last->redress == 15000 && last->day == 20606);
    g_assert_cmpstr(last->why, ==, "agreed on the phone");
    g_assert_cmpint(fixture_sql(f, "UPDATE case_outcomes SET redress = 1"), !=, SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, "DELETE FROM case_outcomes"), !=, SQLITE_OK);
    fixture_commit(tx);
}

/* Asked on 1 May at 23:59 in London: 14 days old on the 15th, from its first minute. */
static void test_silent(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_ASKED), other = fixture_case(f, CASE_REFERRED);
    Day asked = day_from_iso("2026-05-01");
    c->decided_at = other->decided_at = day_instant(asked, 23, 59);
    g_assert_true(cases_update(f->db, c, &error) && cases_update(f->db, other, &error));
    for (int days = 13; days <= 15; days++) {
        int64_t before = cases_asked_before(asked + days, ASKED_REMIND_DAYS);
        g_autoptr(GPtrArray) silent = cases_silent(f->db, before, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(silent->len, ==, days >= 14);
    }
    for (int chased = 0; chased <= 4; chased++) {
        CaseFilter filter = {.state = -1, .decision = -1, .due_by = DAY_NONE, .silent = true};
        c->chased = other->chased = chased;
        g_assert_true(cases_update(f->db, c, &error) && cases_update(f->db, other, &error));
        g_autoptr(GPtrArray) listed = cases_list(f->db, &filter, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(listed->len, ==, chased >= CHASED_SILENT);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function)                                                                       \
    g_test_add("/endings/" name, Fixture, NULL, fixture_up, function, fixture_down)
    TEST("look-again", test_look_again);
    TEST("rejections-counted", test_rejections_counted);
    TEST("proposals", test_proposals);
    TEST("outcomes", test_outcomes);
    TEST("silent", test_silent);
#undef TEST
    return g_test_run();
}
