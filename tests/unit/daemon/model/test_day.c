#include "daemon/model/day.h"
#include <string.h>

static Day iso(const char *text)
{
    Day day = day_from_iso(text);
    g_assert_cmpint(day, !=, DAY_NONE);
    return day;
}

static void test_epoch(void)
{
    g_assert_cmpint(day_from_ymd(1970, 1, 1), ==, 0);
    g_assert_cmpint(iso("1970-01-02"), ==, 1);
    g_assert_cmpint(iso("1969-12-31"), ==, -1);
    g_assert_cmpint(iso("2026-11-23"), ==, 20780);
}

static void test_no_such_day(void)
{
    static const char *const BAD[] = {"",           "2026-02-29",  "2026-13-01", "2026-00-10",
                                      "2026-1-01",  "2026-01-1",   "26-01-01",   "2026/01/01",
                                      "1899-12-31", "2200-01-01",  "2026-04-31", "2026-01-00",
                                      "+026-01-01", " 2026-01-01", "2026-01-0x"};
    for (size_t n = 0; n < G_N_ELEMENTS(BAD); n++)
        if (day_from_iso(BAD[n]) != DAY_NONE)
            g_error("%s: taken for a day", BAD[n]);
    g_assert_cmpint(day_from_iso(NULL), ==, DAY_NONE);
    g_assert_null(day_to_iso(DAY_NONE));
    g_assert_null(day_to_words(DAY_NONE, false));
    g_assert_cmpint(day_add_months(DAY_NONE, 3), ==, DAY_NONE);
    g_assert_cmpint(day_add_months(0, 100000), ==, DAY_NONE);
    g_assert_cmpint(day_add_months(iso("2199-12-01"), 1), ==, DAY_NONE);
}

static void test_round_trip(void)
{
    for (Day day = day_from_ymd(1900, 1, 1); day <= day_from_ymd(2199, 12, 31); day += 17) {
        g_autofree char *text = day_to_iso(day);
        g_assert_cmpint(day_from_iso(text), ==, day);
    }
}

static void test_weekday(void)
{
    g_assert_cmpint(day_weekday(iso("2026-11-23")), ==, 1);
    g_assert_cmpint(day_weekday(iso("2026-05-24")), ==, 7);
    g_assert_cmpint(day_weekday(0), ==, 4);
    g_assert_cmpint(day_weekday(iso("1969-12-31")), ==, 3);
    g_assert_cmpint(day_weekday(iso("1900-01-01")), ==, 1);
}

/* Policy section 3's checks. */
static void test_three_months(void)
{
    static const struct {
        const char *from, *to;
    } CASES[] = {
        {"2025-11-28", "2026-02-28"}, {"2025-11-29", "2026-02-28"}, {"2025-11-30", "2026-02-28"},
        {"2023-11-30", "2024-02-29"}, {"2026-01-31", "2026-04-30"}, {"2026-03-31", "2026-06-30"},
        {"2026-02-28", "2026-05-28"}, {"2026-06-01", "2026-09-01"}, {"2026-12-31", "2027-03-31"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autofree char *got = day_to_iso(day_add_months(iso(CASES[n].from), 3));
        if (strcmp(got, CASES[n].to))
            g_error("three months from %s: %s, not %s", CASES[n].from, got, CASES[n].to);
    }
    g_assert_cmpint(day_add_months(iso("2026-03-31"), -1), ==, iso("2026-02-28"));
}

static int64_t utc(int year, int month, int mday, int hour, int minute, int second)
{
    g_autoptr(GDateTime) t = g_date_time_new_utc(year, month, mday, hour, minute, second);
    return g_date_time_to_unix(t);
}

/* A London day begins an hour before the UTC one in summer. */
static void test_london(void)
{
    static const struct {
        int y, mo, d, h, mi, s;
        const char *day;
    } CASES[] = {
        {2026, 1, 31, 23, 59, 59, "2026-01-31"},  {2026, 2, 1, 0, 0, 0, "2026-02-01"},
        {2026, 6, 30, 22, 59, 59, "2026-06-30"},  {2026, 6, 30, 23, 0, 0, "2026-07-01"},
        {2026, 3, 29, 0, 59, 59, "2026-03-29"},   {2026, 10, 24, 23, 0, 0, "2026-10-25"},
        {2026, 10, 25, 23, 59, 59, "2026-10-25"}, {2026, 10, 26, 0, 0, 0, "2026-10-26"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        Day day = day_of_instant(
            utc(CASES[n].y, CASES[n].mo, CASES[n].d, CASES[n].h, CASES[n].mi, CASES[n].s));
        g_autofree char *got = day_to_iso(day);
        if (strcmp(got, CASES[n].day))
            g_error("case %zu: %s, not %s", n, got, CASES[n].day);
    }
    g_assert_cmpint(day_of_instant(INT64_MAX), ==, DAY_NONE);
    g_assert_cmpint(day_of_instant(INT64_MIN), ==, DAY_NONE);
}

static void test_instants(void)
{
    g_assert_cmpint(day_instant(iso("2026-01-05"), 12, 0), ==, utc(2026, 1, 5, 12, 0, 0));
    g_assert_cmpint(day_instant(iso("2026-07-06"), 12, 0), ==, utc(2026, 7, 6, 11, 0, 0));
    /* 01:30 does not exist on the day the clocks go forward. */
    g_assert_cmpint(day_instant(iso("2026-03-29"), 1, 30), ==, utc(2026, 3, 29, 1, 0, 0));
    g_assert_cmpint(day_instant(iso("2026-03-29"), 2, 0), ==, utc(2026, 3, 29, 1, 0, 0));
    g_assert_cmpint(day_instant(iso("2026-03-29"), 0, 0), ==, utc(2026, 3, 29, 0, 0, 0));
}

static void test_words(void)
{
    g_autofree char *english = day_to_words(iso("2026-06-01"), false);
    g_autofree char *welsh = day_to_words(iso("2026-06-01"), true);
    g_assert_cmpstr(english, ==, "1 June 2026");
    g_assert_cmpstr(welsh, ==, "1 Mehefin 2026");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/day/epoch", test_epoch);
    g_test_add_func("/day/no-such-day", test_no_such_day);
    g_test_add_func("/day/round-trip", test_round_trip);
    g_test_add_func("/day/weekday", test_weekday);
    g_test_add_func("/day/three-months", test_three_months);
    g_test_add_func("/day/london", test_london);
    g_test_add_func("/day/instants", test_instants);
    g_test_add_func("/day/words", test_words);
    return g_test_run();
}
