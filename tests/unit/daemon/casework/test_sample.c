#include "daemon/casework/sample.h"
#include <string.h>

/* A tenth rounded up, but at least twenty, all where there are fewer (policy 4a). */
static void test_size(void)
{
    static const struct {
        unsigned rejections, percent, minimum, size;
    } SIZES[] = {
        {0, 10, 20, 0},     {1, 10, 20, 1},
        {19, 10, 20, 19},   {20, 10, 20, 20},
        {21, 10, 20, 20},   {200, 10, 20, 20},
        {201, 10, 20, 21},  {1000, 10, 20, 100},
        {1001, 10, 0, 101}, {5, 10, 0, 1},
        {5, 0, 0, 0},       {5, 0, 2, 2},
        {7, 100, 0, 7},     {4000000000u, 100, 20, 4000000000u},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(SIZES); n++) {
        unsigned got = sample_size(SIZES[n].rejections, SIZES[n].percent, SIZES[n].minimum);
        if (got != SIZES[n].size)
            g_error("%u%% of %u, at least %u: %u", SIZES[n].percent, SIZES[n].rejections,
                    SIZES[n].minimum, got);
    }
}

static void test_week(void)
{
    static const char *const WEEKS[][2] = {
        {"2026-11-02", "2026-11-02"}, {"2026-11-04", "2026-11-02"}, {"2026-11-08", "2026-11-02"},
        {"2026-11-09", "2026-11-09"}, {"2027-01-03", "2026-12-28"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(WEEKS); n++) {
        g_autofree char *got = day_to_iso(sample_week(day_from_iso(WEEKS[n][0])));
        g_assert_cmpstr(got, ==, WEEKS[n][1]);
    }
}

enum { MANY = 500 };

static char **many_names(void)
{
    char **names = g_new0(char *, MANY + 1);
    for (int n = 0; n < MANY; n++)
        names[n] = g_strdup_printf("IEC/26/%06d", n + 1);
    return names;
}

static unsigned drawn_of(const bool *drawn, unsigned n)
{
    unsigned count = 0;
    for (unsigned k = 0; k < n; k++)
        count += drawn[k];
    return count;
}

static void test_draw(void)
{
    const uint8_t one[SAMPLE_SEED_BYTES] = {1}, two[SAMPLE_SEED_BYTES] = {2};
    g_auto(GStrv) names = many_names();
    bool first[MANY], again[MANY], more[MANY], other[MANY];
    const char *const *list = (const char *const *)names;
    sample_draw(one, list, MANY, 50, first);
    sample_draw(one, list, MANY, 50, again);
    sample_draw(one, list, MANY, 60, more);
    sample_draw(two, list, MANY, 50, other);
    g_assert_cmpuint(drawn_of(first, MANY), ==, 50);
    g_assert_cmpmem(first, sizeof first, again, sizeof again);
    unsigned common = 0;
    for (int n = 0; n < MANY; n++) {
        g_assert_true(!first[n] || more[n]); /* a larger draw holds the smaller */
        common += first[n] && other[n];
    }
    g_assert_cmpuint(common, <, 20); /* five are to be expected of another seed */
    /* The order in which they stand says nothing. */
    bool turned[MANY];
    g_autofree const char **reversed = g_new0(const char *, MANY);
    for (int n = 0; n < MANY; n++)
        reversed[n] = names[MANY - 1 - n];
    sample_draw(one, reversed, MANY, 50, turned);
    for (int n = 0; n < MANY; n++)
        g_assert_true(first[n] == turned[MANY - 1 - n]);
    sample_draw(one, list, 0, 5, first);
    sample_draw(one, list, 3, 5, first);
    g_assert_cmpuint(drawn_of(first, 3), ==, 3);
}

/* Each is drawn about as often as any other: 200 weeks, a tenth. */
static void test_fair(void)
{
    g_auto(GStrv) names = many_names();
    unsigned times[MANY] = {0};
    for (unsigned week = 0; week < 200; week++) {
        const uint8_t seed[SAMPLE_SEED_BYTES] = {(uint8_t)week, 7};
        bool drawn[MANY];
        sample_draw(seed, (const char *const *)names, MANY, MANY / 10, drawn);
        for (int n = 0; n < MANY; n++)
            times[n] += drawn[n];
    }
    for (int n = 0; n < MANY; n++) {
        g_assert_cmpuint(times[n], >=, 3);
        g_assert_cmpuint(times[n], <=, 45);
    }
}

#define COURT BIT(REASON_COURT)
#define LATE  BIT(REASON_OUT_OF_TIME)

static void test_compare(void)
{
    g_assert_cmpint(sample_compare(COURT, DECISION_REJECT, COURT), ==, SAMPLE_SAME);
    g_assert_cmpint(sample_compare(COURT | LATE, DECISION_REJECT, LATE), ==, SAMPLE_OTHER_REASONS);
    g_assert_cmpint(sample_compare(COURT, DECISION_REJECT, LATE), ==, SAMPLE_OTHER_REASONS);
    g_assert_cmpint(sample_compare(COURT, DECISION_ACCEPT, 0), ==, SAMPLE_OVERTURNED);
    g_assert_cmpint(sample_compare(COURT, DECISION_ASK, 0), ==, SAMPLE_OVERTURNED);
    g_assert_cmpint(sample_compare(COURT, DECISION_REFER, 0), ==, SAMPLE_OVERTURNED);
}

static void test_figures(void)
{
    static const SampleReading READ[] = {
        {COURT, LANGUAGE_EN, CHANNEL_EMAIL, REPRESENTATIVE_NOBODY, DECISION_REJECT, COURT},
        {COURT | LATE, LANGUAGE_EN, CHANNEL_FORM, REPRESENTATIVE_LEGAL, DECISION_REJECT, LATE},
        {LATE, LANGUAGE_CY, CHANNEL_EMAIL, REPRESENTATIVE_NOBODY, DECISION_ACCEPT, 0},
    };
    static const struct {
        const char *group, *name;
        unsigned read, overturned, other;
    } LINES[] = {
        {"all", "", 3, 1, 1},
        {"reason", "court", 2, 0, 1},
        {"reason", "out-of-time", 2, 1, 0},
        {"language", "en", 2, 0, 1},
        {"language", "cy", 1, 1, 0},
        {"channel", "email", 2, 1, 0},
        {"channel", "form", 1, 0, 1},
        {"representation", "nobody", 2, 1, 0},
        {"representation", "legal", 1, 0, 1},
    };
    g_autoptr(GArray) got = sample_figures(READ, G_N_ELEMENTS(READ));
    g_assert_cmpuint(got->len, ==, G_N_ELEMENTS(LINES));
    for (unsigned n = 0; n < got->len; n++) {
        const SampleFigure *f = &g_array_index(got, SampleFigure, n);
        if (strcmp(f->group, LINES[n].group) != 0 || strcmp(f->name, LINES[n].name) != 0 ||
            f->read != LINES[n].read || f->overturned != LINES[n].overturned ||
            f->other != LINES[n].other)
            g_error("line %u: %s %s %u %u %u", n, f->group, f->name, f->read, f->overturned,
                    f->other);
    }
    g_autoptr(GArray) none = sample_figures(NULL, 0);
    g_assert_cmpuint(none->len, ==, 1);
    g_assert_cmpuint(sample_rate(0, 0), ==, 0);
    g_assert_cmpuint(sample_rate(1, 3), ==, 333);
    g_assert_cmpuint(sample_rate(2, 3), ==, 667);
    g_assert_cmpuint(sample_rate(3, 3), ==, 1000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sample/size", test_size);
    g_test_add_func("/sample/week", test_week);
    g_test_add_func("/sample/draw", test_draw);
    g_test_add_func("/sample/fair", test_fair);
    g_test_add_func("/sample/compare", test_compare);
    g_test_add_func("/sample/figures", test_figures);
    return g_test_run();
}
