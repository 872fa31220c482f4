/* Alerts and stops in the register: what is open, what is due, and who ended it. */
#include "daemon/store/alerts.h"
#include "daemon/store/stops.h"
#include "tests/unit/daemon/store/fixture.h"

static bool raise_at(Fixture *f, int64_t case_id, AlertKind kind, int64_t now)
{
    g_autoptr(GError) error = NULL;
    bool ok = alerts_raise(f->db, case_id, 0, kind, now, now + 900, &error);
    g_assert_no_error(error);
    return ok;
}

static void test_once(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    int64_t open = 0;
    g_assert_true(raise_at(f, c->id, ALERT_URGENT, NOW));
    g_assert_true(raise_at(f, c->id, ALERT_URGENT, NOW + 300));
    g_assert_true(raise_at(f, c->id, ALERT_THREAT, NOW + 300));
    g_assert_true(alerts_count(f->db, &open, &error));
    g_assert_cmpint(open, ==, 2);
    g_autoptr(GPtrArray) due = alerts_due(f->db, NOW + 1199, &error);
    g_assert_cmpuint(due->len, ==, 0); /* raised again: due from then on */
    g_autoptr(GPtrArray) later = alerts_due(f->db, NOW + 1200, &error);
    g_assert_cmpuint(later->len, ==, 2);
    const AlertRow *a = later->pdata[0];
    g_assert_cmpstr(a->reference, ==, c->reference);
    g_assert_cmpint(a->raised_at, ==, NOW);
    g_assert_true(alerts_again(f->db, a->id, NOW + 2000, &error));
    g_assert_true(alerts_done(f->db, a->id, "anna", NOW + 1300, &error));
    g_assert_false(alerts_done(f->db, a->id, "ben", NOW + 1400, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_MOVE);
    g_assert_true(raise_at(f, c->id, ALERT_URGENT, NOW + 1500)); /* a new one */
    g_autoptr(GPtrArray) all = alerts_open(f->db, NULL);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpint(((AlertRow *)all->pdata[1])->raised_at, ==, NOW + 1500);
    g_assert_cmpint(fixture_sql(f, "DELETE FROM alerts"), !=, SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, "UPDATE alerts SET acknowledged_by = 'me', acknowledged_at = 1 "
                                   "WHERE acknowledged_at IS NOT NULL"),
                    !=, SQLITE_OK);
}

static void test_over(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    raise_at(f, c->id, ALERT_DEADLINE_NEAR, NOW);
    raise_at(f, c->id, ALERT_URGENT, NOW);
    g_autoptr(GPtrArray) none = alerts_over(f->db, &error);
    g_assert_cmpuint(none->len, ==, 0);
    raise_at(f, c->id, ALERT_DEADLINE_PAST, NOW);
    g_autoptr(GPtrArray) near = alerts_over(f->db, &error);
    g_assert_cmpuint(near->len, ==, 1);
    g_assert_cmpint(((AlertRow *)near->pdata[0])->kind, ==, ALERT_DEADLINE_NEAR);
    c->state = CASE_ACCEPTED;
    g_assert_true(cases_update(f->db, c, &error));
    g_autoptr(GPtrArray) decided = alerts_over(f->db, &error);
    g_assert_cmpuint(decided->len, ==, 2); /* risk is over when a person says so */
}

static uint32_t on(Fixture *f, int64_t case_id, const char *address)
{
    return stops_on(f->db, case_id, address);
}

static void test_stops(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) c = fixture_case(f, CASE_RECEIVED);
    g_autoptr(CaseRow) d = fixture_case(f, CASE_RECEIVED);
    bool lifted = false;
    for (int twice = 0; twice < 2; twice++) {
        g_assert_true(stops_place(f->db, c->id, 0, STOP_DEATH, "", NOW, &error));
        g_assert_true(
            stops_place(f->db, c->id, 0, STOP_DO_NOT_WRITE, "a@example.org", NOW, &error));
    }
    g_assert_cmpuint(on(f, c->id, "b@example.org"), ==, BIT(STOP_DEATH));
    g_assert_cmpuint(on(f, c->id, "A@Example.org"), ==, BIT(STOP_DEATH) | BIT(STOP_DO_NOT_WRITE));
    g_assert_cmpuint(on(f, d->id, "a@example.org"), ==, BIT(STOP_DO_NOT_WRITE));
    g_assert_cmpuint(on(f, d->id, ""), ==, 0);
    g_assert_true(stops_lift(f->db, d->id, STOP_DEATH, "anna", NOW, &lifted, &error));
    g_assert_false(lifted);
    g_assert_true(stops_lift(f->db, c->id, STOP_DEATH, "anna", NOW, &lifted, &error));
    g_assert_true(lifted);
    g_assert_true(stops_lift_address(f->db, "a@example.org", "anna", NOW, &lifted, &error));
    g_assert_true(lifted);
    g_assert_cmpuint(on(f, c->id, "a@example.org"), ==, 0);
    g_assert_true(stops_place(f->db, c->id, 0, STOP_DO_NOT_WRITE, "", NOW, &error));
    g_assert_cmpuint(on(f, c->id, ""), ==, BIT(STOP_DO_NOT_WRITE)); /* no address is proven */
    g_assert_cmpuint(on(f, d->id, "a@example.org"), ==, 0);
    g_assert_true(stops_lift(f->db, c->id, STOP_DO_NOT_WRITE, "anna", NOW, &lifted, &error));
    g_assert_true(lifted);
    g_assert_cmpint(fixture_sql(f, "UPDATE stops SET lifted_at = NULL, lifted_by = ''"), !=,
                    SQLITE_OK);
    g_assert_cmpint(fixture_sql(f, "DELETE FROM stops"), !=, SQLITE_OK);
    g_assert_no_error(error);
}

static void test_names(void)
{
    for (int n = 0; n < ALERT_COUNT; n++)
        g_assert_cmpint(NAME_INDEX(alert_name, ALERT_COUNT, alert_name((AlertKind)n)), ==, n);
    for (int n = 0; n < STOP_COUNT; n++)
        g_assert_cmpint(NAME_INDEX(stop_name, STOP_COUNT, stop_name((StopKind)n)), ==, n);
    g_assert_null(alert_name(ALERT_COUNT));
    g_assert_null(stop_name(STOP_COUNT));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/alerts/once", Fixture, NULL, fixture_up, test_once, fixture_down);
    g_test_add("/alerts/over", Fixture, NULL, fixture_up, test_over, fixture_down);
    g_test_add("/stops", Fixture, NULL, fixture_up, test_stops, fixture_down);
    g_test_add_func("/alerts/names", test_names);
    return g_test_run();
}
