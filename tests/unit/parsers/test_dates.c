#include "parsers/dates.h"
#include "tests/unit/parsers/days.h"
#include <string.h>

/* The last date in the text, as "first", "first..last" or "none"; loose ones end in "~". */
static char *last_date(const char *text, const char *today)
{
    g_autoptr(GArray) found = dates_find(text, strlen(text), day(today));
    if (found->len == 0)
        return g_strdup("none");
    const DateFound *d = &g_array_index(found, DateFound, found->len - 1);
    g_autofree char *first = iso(d->first), *last = iso(d->last);
    if (d->first == d->last)
        return g_strconcat(first, d->loose ? "~" : "", NULL);
    return g_strconcat(first, "..", last, d->loose ? "~" : "", NULL);
}

static void test_forms(void)
{
    static const struct {
        const char *text, *today, *want;
    } CASES[] = {
        {"on 3rd of March 2026 they", "2026-05-01", "2026-03-03"},
        {"dated 03/03/26.", "2026-05-01", "2026-03-03"},
        {"came 12/11/2025, number", "2026-01-26", "2025-11-12"},
        {"DOB 11.02.1988)", "2026-01-26", "1988-02-11"},
        {"2026-07-15", "2026-08-01", "2026-07-15"},
        {"UKVI 17.07.26.pdf", "2026-08-01", "2026-07-17"},
        {"on Tuesday 7 April.", "2026-07-06", "2026-04-07"},
        {"their answer of 28 November at 16:41", "2026-03-02", "2025-11-28"},
        {"9 September last year that", "2026-01-19", "2025-09-09"},
        {"on 11 of march 2026. The", "2026-07-01", "2026-03-11"},
        {"March 3rd, 2026", "2026-07-01", "2026-03-03"},
        {"dated 4 September, I got it on the 8th", "2026-09-25", "2026-09-08"},
        {"sent 30 August and I got it on the 2nd", "2026-09-25", "2026-09-02"},
        {"on the 8th", "2026-09-25", "2026-09-08"},
        {"on the 28th", "2026-09-25", "2026-08-28"},
        {"29 February", "2026-09-25", "2024-02-29"},
        {"ar 30 Ebrill 2026.", "2026-05-19", "2026-04-30"},
        {"Ar 14 Chwefror 2026 roeddwn", "2026-05-19", "2026-02-14"},
        {"22 December 2O25", "2026-02-20", "2025-12-22"},
        {"l8 February 2O26", "2026-02-20", "2026-02-18"},
        {"early August", "2026-09-25", "2026-08-01..2026-08-10~"},
        {"in March last year", "2026-09-25", "2025-03-01..2025-03-31~"},
        {"at the end of June 2026", "2026-09-25", "2026-06-20..2026-06-30~"},
        {"in April", "2026-03-25", "2025-04-01..2025-04-30~"},
        {"about two months ago", "2026-09-25", "2026-06-25..2026-08-09~"},
        {"three weeks ago more or less", "2026-07-20", "2026-06-22..2026-07-03~"},
        {"yesterday", "2026-07-20", "2026-07-19"},
        {"last Friday", "2026-07-20", "2026-07-17"},
        {"around 5 May", "2026-07-20", "2026-05-05..2026-05-12~"},
        {"30 Chwefror 2026", "2026-07-20", "2026-02-01..2026-02-28~"},
        {"version 1.2.3.4", "2026-07-20", "none"},
        {"COMP/1234567/26", "2026-07-20", "none"},
        {"I may 2", "2026-07-20", "none"},
        {"UAN 1212-7790-0031-4456", "2026-07-20", "none"},
        {"tel 0300 071 5679", "2026-07-20", "none"},
        {"", "2026-07-20", "none"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = last_date(CASES[i].text, CASES[i].today);
        if (strcmp(got, CASES[i].want) != 0)
            g_error("\"%s\": %s, not %s", CASES[i].text, got, CASES[i].want);
    }
}

static void test_read(void)
{
    int32_t d = 7;
    g_assert_true(date_read(" 14/11/2025 ", day("2026-01-01"), &d));
    g_assert_cmpint(d, ==, day("2025-11-14"));
    g_assert_false(date_read("14/11/2025 or so", day("2026-01-01"), &d));
    g_assert_false(date_read("early May", day("2026-01-01"), &d));
    g_assert_cmpint(d, ==, day("2025-11-14"));
}

static void test_hostile(void)
{
    g_autoptr(GString) s = g_string_new(NULL);
    for (int i = 0; i < 20000; i++)
        g_string_append(s, "1 of the 2nd of may 3/");
    g_autoptr(GArray) found = dates_find(s->str, s->len, 20000);
    g_assert_cmpuint(found->len, <=, DATES_MAX);
    char bytes[512];
    GRand *rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 4000; round++) {
        for (unsigned i = 0; i < sizeof bytes; i++)
            bytes[i] = "0123456789/.-, thofmaylast\xc5\xb5\n"[g_rand_int_range(rand, 0, 29)];
        g_autoptr(GArray) any = dates_find(bytes, sizeof bytes, 20000 + round);
        for (unsigned i = 0; i < any->len; i++) {
            const DateFound *d = &g_array_index(any, DateFound, i);
            g_assert_cmpuint(d->offset + d->length, <=, sizeof bytes);
            g_assert_cmpint(d->first, <=, d->last);
        }
    }
    g_rand_free(rand);
}

static void repeat(const char *piece)
{
    g_autoptr(GString) s = g_string_new(NULL);
    while (s->len < 1000 * 1000)
        g_string_append(s, piece);
    gint64 start = g_get_monotonic_time();
    g_autoptr(GArray) found = dates_find(s->str, s->len, 20000);
    g_assert_cmpuint(found->len, <=, DATES_MAX);
    /* Linear work is a few milliseconds; the bound leaves room for sanitizers and a busy machine.
     */
    g_assert_cmpint(g_get_monotonic_time() - start, <, 3 * G_USEC_PER_SEC);
}

static void test_long(void)
{
    static const char *const PIECES[] = {
        "1",
        "/",
        "1/",
        "the ",
        "1 ",
        "l",
        "1O",
        "O",
        "th",
        "1st ",
        "of the ",
        "3 or ",
        "3, ",
        "3 and ",
        "between ",
        "first week of ",
        "a ",
        "two or ",
        "\xc2",
        "\xe2\x80\x99",
        "\xd9\xa3",
        "the next ",
        "Friday ",
        "twenty-",
        "last ",
        "1 of ",
        "a week ago on ",
        "' ",
        "septembe",
        "1 septembr ",
        " ",
        "\n",
        "in the last week of the month of ",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(PIECES); i++)
        repeat(PIECES[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dates/forms", test_forms);
    g_test_add_func("/dates/long", test_long);
    g_test_add_func("/dates/read", test_read);
    g_test_add_func("/dates/hostile", test_hostile);
    return g_test_run();
}
