#include "daemon/casework/compose_found.h"
#include <string.h>

static char *found_of(const Facts *f, const Judgement *j, Reason reason)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    ReplyInput input = {.facts = f, .judgement = j, .by_computer = true};
    compose_found(&input, reason, names);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

/* One organisation named: our words for it. None, or two: none. */
static void test_body(void)
{
    static const struct {
        BusinessArea area;
        const char *quote, *body;
    } CASES[] = {
        {AREA_OTHER_BODY, "the DVLA lost my licence", "dvla"},
        {AREA_OTHER_BODY, "my landlord", "landlord"},
        {AREA_OTHER_BODY, "the council and my landlord", NULL},
        {AREA_OTHER_BODY, "policed", NULL},
        {AREA_OTHER_BODY, "Siân", NULL},
        {AREA_OTHER_BODY, "", NULL},
        {AREA_OTHER_HOME_OFFICE, "police funding", NULL},
        {AREA_OTHER_HOME_OFFICE, "my DBS check", "dbs"},
        {AREA_UKVI, "the DVLA", NULL},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(Facts) f = facts_new();
        f->area = CASES[n].area;
        facts_add(f, "r", "business_area", area_name(f->area), "body", 0,
                  (uint32_t)strlen(CASES[n].quote), CASES[n].quote);
        facts_add(f, "r", "business_area", "unknown", "body", 0, 3, "dwp");
        if (g_strcmp0(compose_body(f), CASES[n].body))
            g_error("%s: %s", CASES[n].quote, compose_body(f));
    }
}

/* Only what is certain, and told by the bar's own phrases, chooses a phrase. */
static void test_bars(void)
{
    static const struct {
        const char *rule, *value, *quote, *names;
        Reason reason;
    } CASES[] = {
        {"bar.court.live", "court whole", "the Tribunal", "found/court-tribunal", REASON_COURT},
        {"bar.court.live", "court part", "the Tribunal", "found/court-tribunal", REASON_COURT},
        {"bar.court.live", "court possible", "the tribunal", "found/court", REASON_COURT},
        {"bar.court.finished", "near miss", "the tribunal", "found/court", REASON_COURT},
        {"act.court", "court whole", "the tribunal", "found/court", REASON_COURT},
        {"bar.court.live", "employment whole", "the tribunal", "found/court", REASON_COURT},
        {"bar.court.live", "court whole", "tribunals", "found/court", REASON_COURT},
        {"bar.court.live", "court whole", "from the tribunal to the county court", "found/court",
         REASON_COURT},
        {"bar.appealable.refused", "appealable-decision whole", "visa refused",
         "found/appealable-decision-visa found/right", REASON_APPEALABLE_DECISION},
        {"bar.appealable.route", "appealable-decision whole", "14 days to lodge an appeal",
         "found/appealable-decision found/right-appeal", REASON_APPEALABLE_DECISION},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(Facts) f = facts_new();
        facts_add(f, CASES[n].rule, "bar", CASES[n].value, "body", 0,
                  (uint32_t)strlen(CASES[n].quote), CASES[n].quote);
        Judgement j = {0};
        g_autofree char *names = found_of(f, &j, CASES[n].reason);
        if (strcmp(names, CASES[n].names) != 0)
            g_error("%s, %s: %s", CASES[n].value, CASES[n].quote, names);
    }
}

/* The limit is said to run from the day that time_limit() counted from. */
static void test_lateness(void)
{
    static const struct {
        Day date, received;
        Carriage carriage;
        Day limit;
        const char *names;
    } CASES[] = {
        {100, 110, CARRIAGE_POST, 200, "found/response-stated found/out-of-time-received"},
        {100, 90, CARRIAGE_EMAIL, 200, "found/response-stated found/out-of-time-email"},
        {100, DAY_NONE, CARRIAGE_POST, 200, "found/response-stated found/out-of-time-post"},
        {100, DAY_NONE, CARRIAGE_UNKNOWN, 200,
         "found/response-stated found/out-of-time-way-unknown"},
        {100, DAY_NONE, CARRIAGE_POST_ABROAD, 200,
         "found/response-stated found/out-of-time-post-abroad"},
        {DAY_NONE, DAY_NONE, CARRIAGE_EMAIL, 200, "found/response-stated found/out-of-time"},
        {100, 110, CARRIAGE_POST, DAY_NONE, "found/response-stated found/out-of-time"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(Facts) f = facts_new();
        f->final_response.date = CASES[n].date;
        f->final_response.received = CASES[n].received;
        f->final_response.carriage = CASES[n].carriage;
        Judgement j = {.time_limit = CASES[n].limit};
        g_autofree char *names = found_of(f, &j, REASON_OUT_OF_TIME);
        g_assert_cmpstr(names, ==, CASES[n].names);
    }
}

/* What we understand is not said for a person, nor of what is not known. */
static void test_acceptance(void)
{
    static const struct {
        BusinessArea area;
        uint32_t wrongs;
        bool by_computer;
        const char *name;
    } CASES[] = {
        {AREA_UKVI, BIT(WRONG_DELAY), true, "found/acceptance-one"},
        {AREA_UKVI, BIT(WRONG_DELAY) | BIT(WRONG_ERROR), true, "found/acceptance-several"},
        {AREA_UKVI, BIT(WRONG_DELAY), false, NULL},
        {AREA_UKVI, 0, true, NULL},
        {AREA_UNKNOWN, BIT(WRONG_DELAY), true, NULL},
        {AREA_OTHER_BODY, BIT(WRONG_DELAY), true, NULL},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(Facts) f = facts_new();
        f->area = CASES[n].area;
        f->wrongs = CASES[n].wrongs;
        ReplyInput input = {.facts = f, .by_computer = CASES[n].by_computer};
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        compose_found_acceptance(&input, names);
        g_assert_cmpuint(names->len, ==, CASES[n].name != NULL);
        if (CASES[n].name)
            g_assert_cmpstr(names->pdata[0], ==, CASES[n].name);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compose-found/body", test_body);
    g_test_add_func("/compose-found/bars", test_bars);
    g_test_add_func("/compose-found/lateness", test_lateness);
    g_test_add_func("/compose-found/acceptance", test_acceptance);
    return g_test_run();
}
