#include "daemon/store/release.h"
#include "daemon/store/rule_sets.h"
#include "daemon/store/samples.h"
#include "tests/unit/daemon/store/fixture.h"

static void change(Fixture *f, const char *what, const char *reason)
{
    g_autoptr(GError) error = NULL;
    ReleaseChange c = {NOW, (char *)"anna", (char *)what, (char *)reason, (char *)"a reason"};
    release_change(f->db, &c, &error);
    g_assert_no_error(error);
}

static void expect_stopped(Fixture *f, uint32_t reasons, bool all)
{
    g_autoptr(GError) error = NULL;
    uint32_t got;
    bool everything;
    release_stopped(f->db, &got, &everything, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(got, ==, reasons);
    g_assert_true(everything == all);
}

static void test_changes(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    expect_stopped(f, 0, false);
    change(f, "stop", "court");
    change(f, "stop", "out-of-time");
    change(f, "stop", RELEASE_ALL);
    expect_stopped(f, BIT(REASON_COURT) | BIT(REASON_OUT_OF_TIME), true);
    change(f, "resume", "court");
    change(f, "resume", RELEASE_ALL);
    expect_stopped(f, BIT(REASON_OUT_OF_TIME), false);
    g_autoptr(GPtrArray) all = release_changes(f->db, false, &error);
    g_assert_cmpuint(all->len, ==, 5);
    const ReleaseChange *last = all->pdata[4];
    g_assert_cmpstr(last->what, ==, "resume");
    g_assert_cmpstr(last->who, ==, "anna");
    /* The schema's list of reasons is the model's. */
    for (int n = 0; n < REASON_COUNT; n++)
        change(f, "stop", reason_name((Reason)n));
    g_assert_cmpint(fixture_sql(f, "DELETE FROM release_changes"), !=, SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, "UPDATE release_changes SET who = 'x'"), !=, SQLITE_OK);
}

static int64_t rejection(Fixture *f, int64_t case_id, unsigned n, uint32_t reasons, const char *by)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Facts) facts = fixture_facts("Ann");
    g_auto(Judgement) j = {.decision = DECISION_REJECT,
                           .reasons = reasons,
                           .time_limit = DAY_NONE,
                           .reply_due = DAY_NONE};
    g_autoptr(OutboxRow) r = fixture_reply(case_id, n, "held");
    r->reasons = reasons;
    r->decision_id = cases_add_decision(f->db, case_id, 0, &j, facts, by, "", NOW, &error);
    outbox_add(f->db, r, &error);
    g_assert_no_error(error);
    return r->id;
}

static void test_held(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_AWAITING_RELEASE);
    int64_t first = rejection(f, c->id, 1, BIT(REASON_COURT), "rules");
    int64_t second = rejection(f, c->id, 2, BIT(REASON_COURT), "rules");
    g_assert_true(release_hold(f->db, first, NOW + 5, "v1", &error));
    g_assert_true(release_hold(f->db, second, NOW + 6, "v1", &error));
    g_autoptr(GPtrArray) held = release_held(f->db, &error);
    g_assert_cmpuint(held->len, ==, 2);
    const HeldRelease *h = held->pdata[0];
    g_assert_cmpint(h->case_id, ==, c->id);
    g_assert_cmpint(h->hold_end, ==, NOW + 5);
    g_assert_cmpuint(h->reasons, ==, BIT(REASON_COURT));
    g_assert_cmpstr(h->rules_version, ==, "v1");
    /* Approved, it is held no more; nor is one cancelled. */
    g_assert_true(outbox_release(f->db, first, NOW, &error));
    g_assert_true(outbox_cancel(f->db, second, &error));
    g_autoptr(GPtrArray) none = release_held(f->db, &error);
    g_assert_cmpuint(none->len, ==, 0);
}

static void test_wrong(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) mine = fixture_case(f, CASE_AWAITING_RELEASE);
    g_autoptr(CaseRow) alike = fixture_case(f, CASE_AWAITING_RELEASE);
    g_autoptr(CaseRow) other = fixture_case(f, CASE_AWAITING_RELEASE);
    g_autoptr(CaseRow) person = fixture_case(f, CASE_AWAITING_RELEASE);
    g_autoptr(CaseRow) cancelled = fixture_case(f, CASE_AWAITING_RELEASE);
    rejection(f, mine->id, 1, BIT(REASON_COURT) | BIT(REASON_OUT_OF_TIME), "rules");
    rejection(f, alike->id, 2, BIT(REASON_OUT_OF_TIME) | BIT(REASON_COURT), "rules");
    rejection(f, other->id, 3, BIT(REASON_EMPLOYMENT), "rules");
    rejection(f, person->id, 4, BIT(REASON_COURT), "anna");
    outbox_cancel(f->db, rejection(f, cancelled->id, 5, BIT(REASON_COURT), "rules"), &error);
    WrongRejection w = {.decision_id = 1,
                        .case_id = mine->id,
                        .at = NOW,
                        .reasons = BIT(REASON_COURT) | BIT(REASON_OUT_OF_TIME),
                        .who = (char *)"anna",
                        .why = (char *)"",
                        .rules_version = (char *)"2026-05-01"};
    bool known = true;
    g_assert_true(release_wrong(f->db, &w, true, "alike", &known, &error));
    g_assert_false(known);
    g_assert_cmpuint(w.alike, ==, 2);
    g_assert_cmpuint(w.same, ==, 1);
    g_autoptr(GPtrArray) list = release_alike(f->db, 1, &error);
    g_autofree char *want = g_strdup_printf("%s awaiting-release same-reason", alike->reference);
    g_autofree char *besides = g_strdup_printf("%s awaiting-release", other->reference);
    g_assert_cmpuint(list->len, ==, 2);
    g_assert_cmpstr(list->pdata[0], ==, want);
    g_assert_cmpstr(list->pdata[1], ==, besides);
    g_autoptr(GPtrArray) events = cases_events(f->db, alike->id, &error);
    g_assert_cmpstr(((EventRow *)events->pdata[0])->what, ==, "alike-found-wrong");
    g_assert_true(release_wrong(f->db, &w, true, "alike", &known, &error));
    g_assert_true(known);
    g_autoptr(GPtrArray) wrongs = release_wrongs(f->db, &error);
    g_assert_cmpuint(wrongs->len, ==, 1);
    g_assert_cmpuint(((WrongRejection *)wrongs->pdata[0])->alike, ==, 2);
    g_assert_cmpuint(((WrongRejection *)wrongs->pdata[0])->same, ==, 1);
}

static void test_hands(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    bool did = true;
    g_assert_true(cases_event(f->db, c->id, 0, "anna", "released", "approved", NOW, &error));
    g_assert_true(release_had_hand_in(f->db, c->id, "anna", &did, &error));
    g_assert_true(did);
    g_assert_true(release_had_hand_in(f->db, c->id, "bea", &did, &error));
    g_assert_false(did);
}

static void test_samples(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_AWAITING_RELEASE);
    SampleRow r = {.outbox_id = rejection(f, c->id, 1, BIT(REASON_COURT), "rules"),
                   .case_id = c->id,
                   .at = NOW,
                   .week = 20598,
                   .reasons = BIT(REASON_COURT),
                   .language = LANGUAGE_CY,
                   .channel = CHANNEL_POST,
                   .representative = REPRESENTATIVE_LEGAL};
    Day week;
    g_assert_true(samples_next_week(f->db, &week, &error));
    g_assert_cmpint(week, ==, DAY_NONE);
    g_assert_true(samples_add(f->db, &r, "v1", &error));
    g_assert_true(samples_next_week(f->db, &week, &error));
    g_assert_cmpint(week, ==, 20598);
    g_assert_null(samples_of_case(f->db, c->id, &error));
    g_assert_true(samples_draw(f->db, r.outbox_id, true, &error));
    g_assert_false(samples_draw(f->db, r.outbox_id, false, NULL)); /* a draw is made once */
    g_autoptr(SampleRow) back = samples_of_case(f->db, c->id, &error);
    g_assert_no_error(error);
    g_assert_cmpint(back->language, ==, LANGUAGE_CY);
    g_assert_cmpint(back->representative, ==, REPRESENTATIVE_LEGAL);
    g_assert_cmpint(back->read_at, ==, 0);
    back->read_at = NOW;
    back->reader = (g_free(back->reader), g_strdup("bea"));
    back->read_decision = DECISION_REJECT;
    back->read_reasons = BIT(REASON_COURT);
    g_assert_true(samples_read(f->db, back, &error));
    g_assert_false(samples_read(f->db, back, NULL)); /* a reading is never rewritten */
    g_assert_cmpint(fixture_sql(f, "DELETE FROM automatic_rejections"), !=, SQLITE_OK);
}

static void test_rule_sets(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    RuleSet r = {.version = (char *)"v2",
                 .proposed_at = NOW,
                 .proposed_by = (char *)"anna",
                 .cases = 500,
                 .changed = 3,
                 .figures = (char *)"reject to accept 3"};
    bool approved = true;
    g_assert_null(rule_sets_in_use(f->db, &error));
    g_assert_true(rule_sets_first(f->db, "v1", "the first start", NOW, &error));
    g_assert_true(rule_sets_use(f->db, "v1", "first", NOW, &error));
    g_assert_true(rule_sets_propose(f->db, &r, &error));
    g_assert_true(rule_sets_approved(f->db, "v2", &approved, &error));
    g_assert_false(approved);
    g_assert_false(rule_sets_approve(f->db, "v2", "anna", NOW, NULL)); /* the schema's CHECK */
    g_assert_true(rule_sets_approve(f->db, "v2", "bea", NOW, &error));
    g_assert_true(rule_sets_approved(f->db, "v2", &approved, &error));
    g_assert_true(approved);
    g_assert_false(rule_sets_propose(f->db, &r, NULL)); /* an approval is never rewritten */
    g_assert_true(rule_sets_approved(f->db, "v3", &approved, &error));
    g_assert_false(approved);
    g_autofree char *in_use = rule_sets_in_use(f->db, &error);
    g_assert_cmpstr(in_use, ==, "v1");
    g_autoptr(GPtrArray) all = rule_sets_all(f->db, &error);
    g_assert_cmpuint(all->len, ==, 2);
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, fixture_up, test, fixture_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/release/changes", test_changes);
    ADD("/release/held", test_held);
    ADD("/release/wrong", test_wrong);
    ADD("/release/hands", test_hands);
    ADD("/release/samples", test_samples);
    ADD("/release/rule-sets", test_rule_sets);
    return g_test_run();
}
