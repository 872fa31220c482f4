#include "daemon/casework/workdays.h"
#include <glib/gstdio.h>
#include <string.h>

static Calendar *shipped(void)
{
    g_autoptr(GError) error = NULL;
    Calendar *c = calendar_load(TEST_ROOT "/config/bank-holidays.json", &error);
    g_assert_no_error(error);
    return c;
}

/* Policy section 3's checks, and a few of our own around them. */
static void test_deadlines(void)
{
    static const struct {
        const char *from;
        int n;
        const char *to;
    } CASES[] = {
        {"2025-12-22", 5, "2025-12-31"},  {"2025-12-24", 5, "2026-01-05"},
        {"2026-04-02", 5, "2026-04-13"},  {"2026-05-22", 5, "2026-06-01"},
        {"2026-05-23", 5, "2026-06-01"},  {"2026-12-24", 5, "2027-01-05"},
        {"2026-05-25", 5, "2026-06-01"},  {"2026-11-23", 5, "2026-11-30"},
        {"2026-11-23", 1, "2026-11-24"},  {"2026-11-20", 1, "2026-11-23"},
        {"2026-11-23", -1, "2026-11-20"}, {"2026-06-01", -5, "2026-05-22"},
        {"2026-11-23", 0, "2026-11-23"},
    };
    g_autoptr(Calendar) c = shipped();
    for (size_t k = 0; k < G_N_ELEMENTS(CASES); k++) {
        g_autofree char *got = day_to_iso(calendar_add(c, day_from_iso(CASES[k].from), CASES[k].n));
        if (g_strcmp0(got, CASES[k].to))
            g_error("%s %+d: %s, not %s", CASES[k].from, CASES[k].n, got, CASES[k].to);
    }
}

static void test_working(void)
{
    g_autoptr(Calendar) c = shipped();
    static const struct {
        const char *day;
        bool working;
    } CASES[] = {
        {"2026-04-03", false}, {"2026-04-06", false}, {"2026-04-07", true},  {"2026-05-23", false},
        {"2026-12-28", false}, {"2026-12-29", true},  {"2025-12-25", false}, {"2026-11-23", true},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(CASES); k++)
        if (calendar_is_working(c, day_from_iso(CASES[k].day)) != CASES[k].working)
            g_error("%s: %d", CASES[k].day, !CASES[k].working);
}

/* Past the last year, and before the first, nothing is guessed. */
static void test_horizon(void)
{
    g_autoptr(Calendar) c = shipped();
    Day horizon = calendar_horizon(c);
    int year, month, mday;
    day_to_ymd(horizon, &year, &month, &mday);
    g_assert_cmpint(month * 100 + mday, ==, 1231);
    g_assert_cmpint(year, >=, 2027);
    g_assert_false(calendar_is_working(c, horizon + 1));
    g_assert_false(calendar_is_working(c, DAY_NONE));
    g_assert_cmpint(calendar_add(c, horizon, 1), ==, DAY_NONE);
    g_assert_cmpint(calendar_add(c, horizon - 3, 5), ==, DAY_NONE);
    g_assert_cmpint(calendar_add(c, horizon + 10, -1), ==, DAY_NONE);
    g_assert_cmpint(calendar_add(c, DAY_NONE, 5), ==, DAY_NONE);
    g_assert_cmpint(calendar_add(c, day_from_ymd(2000, 1, 1), 5), ==, DAY_NONE);
    g_assert_cmpint(calendar_add(c, day_from_ymd(2026, 1, 1), 1000000), ==, DAY_NONE);
    g_assert_cmpint(calendar_add(c, day_from_ymd(2026, 1, 1), -1000000), ==, DAY_NONE);
}

#define EVENT(date) "{\"date\":\"" date "\"}"
#define EIGHT(year)                                                                                \
    EVENT(year "-01-01")                                                                           \
    "," EVENT(year "-04-03") "," EVENT(year "-04-06") "," EVENT(year "-05-04") "," EVENT(          \
        year "-05-25") "," EVENT(year "-08-31") "," EVENT(year "-12-25") "," EVENT(year "-12-28")
#define FILE_OF(events) "{\"england-and-wales\":{\"events\":[" events "]}}"

static Calendar *load(const char *text, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("holidays-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    Calendar *c = calendar_load(path, error);
    if (!c && !strstr((*error)->message, path))
        g_error("no file named in: %s", (*error)->message);
    g_remove(path);
    return c;
}

static void test_files(void)
{
    static const struct {
        const char *text, *message; /* NULL: taken */
    } CASES[] = {
        {FILE_OF(EIGHT("2026")), NULL},
        {FILE_OF(EIGHT("2026") "," EIGHT("2027")), NULL},
        {FILE_OF(EIGHT("2026") "," EIGHT("2028")), "2027 has 0"},
        {FILE_OF(EIGHT("2026") "," EVENT("2027-01-01")), "2027 has 1"},
        {FILE_OF(EVENT("2026-02-30")), "event 1"},
        {FILE_OF(EIGHT("2026") ",{\"title\":\"x\"}"), "event 9"},
        {FILE_OF("{\"date\":20260101}"), "event 1"},
        {FILE_OF("3"), "event 1"},
        {FILE_OF(""), "no events"},
        {"{\"scotland\":{\"events\":[]}}", "england-and-wales"},
        {"{\"england-and-wales\":[]}", "england-and-wales"},
        {"{\"england-and-wales\":{\"events\":{}}}", "england-and-wales"},
        {"[]", "england-and-wales"},
        {"{", ""},
        {"", ""},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(CASES); k++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Calendar) c = load(CASES[k].text, &error);
        if (!c != !!CASES[k].message || (!c && !strstr(error->message, CASES[k].message)))
            g_error("case %zu: %s", k, error ? error->message : "taken");
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *huge = g_strnfill(1024 * 1024 + 1, ' ');
    g_assert_null(load(huge, &error));
    g_assert_nonnull(strstr(error->message, "1 MiB"));
    g_clear_error(&error);
    g_assert_null(calendar_load("/nonexistent/file", &error));
    g_assert_nonnull(error);
    calendar_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/workdays/deadlines", test_deadlines);
    g_test_add_func("/workdays/working", test_working);
    g_test_add_func("/workdays/horizon", test_horizon);
    g_test_add_func("/workdays/files", test_files);
    return g_test_run();
}
