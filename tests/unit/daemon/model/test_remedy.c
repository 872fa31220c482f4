#include "daemon/model/remedy.h"

static const struct {
    const char *text;
    int64_t pence; /* 0: refused */
    const char *words;
} SUMS[] = {
    {"150", 15000, "£150"},
    {"150.00", 15000, "£150"},
    {"£150.00", 15000, "£150"},
    {"0.05", 5, "£0.05"},
    {"75.5", 0, NULL},
    {"1,250.50", 125050, "£1,250.50"},
    {"1250.50", 125050, "£1,250.50"},
    {"999", 99900, "£999"},
    {"1000", 100000, "£1,000"},
    {"1,000,000", 100000000, "£1,000,000"},
    {"1000000.01", 0, NULL},
    {"99999999999999999999", 0, NULL},
    {"", 0, NULL},
    {"0", 0, NULL},
    {"0.00", 0, NULL},
    {"-5", 0, NULL},
    {"£", 0, NULL},
    {"££5", 0, NULL},
    {"5 pounds", 0, NULL},
    {" 5", 0, NULL},
    {"5.", 0, NULL},
    {"5.123", 0, NULL},
    {".50", 0, NULL},
    {"1,25", 0, NULL},
    {"1,2500", 0, NULL},
    {"12345,678", 0, NULL},
    {",100", 0, NULL},
    {"1,,000", 0, NULL},
    {"1,000,", 0, NULL},
    {"1e3", 0, NULL},
};

static void test_pounds(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(SUMS); n++) {
        int64_t pence = -1;
        bool ok = pounds_parse(SUMS[n].text, &pence);
        if (ok != (SUMS[n].pence != 0) || (ok && pence != SUMS[n].pence) || (!ok && pence != -1))
            g_error("\"%s\": %d, %" G_GINT64_FORMAT, SUMS[n].text, ok, pence);
        if (!ok)
            continue;
        g_autofree char *words = pounds_words(pence);
        g_autofree char *plain = pounds_plain(pence);
        int64_t back = 0;
        g_assert_cmpstr(words, ==, SUMS[n].words);
        g_assert_true(pounds_parse(words, &back) && back == pence);
        g_assert_true(pounds_parse(plain, &back) && back == pence);
    }
}

static void test_words(void)
{
    static const struct {
        CaseOutcome outcome;
        const char *words;
    } ROWS[] = {
        {{.kind = OUTCOME_RESOLVE, .day = 20606}, "resolved on 2 June 2026"},
        {{.kind = OUTCOME_SETTLE, .day = 20606, .apology = true},
         "settled on 2 June 2026: an apology"},
        {{.kind = OUTCOME_SETTLE, .day = 20606, .redress = 5}, "settled on 2 June 2026: £0.05"},
        {{.kind = OUTCOME_SETTLE, .day = 20606, .apology = true, .redress = 125000},
         "settled on 2 June 2026: an apology and £1,250"},
        {{.kind = OUTCOME_INVESTIGATE, .day = 20606}, "investigation opened on 2 June 2026"},
        {{.kind = OUTCOME_REPORT, .day = 20606}, "report issued on 2 June 2026"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(ROWS); n++) {
        g_autofree char *words = case_outcome_words(&ROWS[n].outcome);
        g_assert_cmpstr(words, ==, ROWS[n].words);
    }
}

static void test_names(void)
{
    g_assert_cmpstr(outcome_name(OUTCOME_RESOLVE), ==, "resolve");
    g_assert_cmpstr(outcome_name(OUTCOME_REPORT), ==, "report");
    g_assert_null(outcome_name(OUTCOME_COUNT));
    case_outcome_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/remedy/pounds", test_pounds);
    g_test_add_func("/remedy/words", test_words);
    g_test_add_func("/remedy/names", test_names);
    return g_test_run();
}
