#include "daemon/model/judgement.h"
#include <string.h>

typedef const char *(*NameOf)(int);
#define ROW(fn, count)                                                                             \
    {                                                                                              \
#fn, (NameOf)(void *)(fn), (count)                                                         \
    }
static const struct {
    const char *title;
    NameOf name;
    int count;
} TABLES[] = {
    ROW(tri_name, TRI_COUNT),
    ROW(kind_name, KIND_COUNT),
    ROW(area_name, AREA_COUNT),
    ROW(wrong_name, WRONG_COUNT),
    ROW(response_status_name, RESPONSE_COUNT),
    ROW(carriage_name, CARRIAGE_COUNT),
    ROW(language_name, LANGUAGE_COUNT),
    ROW(representative_name, REPRESENTATIVE_COUNT),
    ROW(reason_name, REASON_COUNT),
    ROW(bar_hold_name, BAR_HOLD_COUNT),
    ROW(ask_name, ASK_COUNT),
    ROW(refer_name, REFER_COUNT),
    ROW(flag_name, FLAG_COUNT),
    ROW(decision_name, DECISION_COUNT),
    ROW(release_name, RELEASE_COUNT),
    ROW(channel_name, CHANNEL_COUNT),
};

/* Every value has a name of its own that leads back to it; past the end there is none. */
static void test_names(void)
{
    for (size_t t = 0; t < G_N_ELEMENTS(TABLES); t++) {
        for (int n = 0; n < TABLES[t].count; n++) {
            const char *name = TABLES[t].name(n);
            if (!name || !name[0] || name_index(TABLES[t].name, TABLES[t].count, name) != n)
                g_error("%s(%d): %s", TABLES[t].title, n, name ? name : "no name");
        }
        if (TABLES[t].name(TABLES[t].count) || TABLES[t].name(-1))
            g_error("%s: a name past the end", TABLES[t].title);
    }
    g_assert_cmpint(NAME_INDEX(kind_name, KIND_COUNT, "Complaint"), ==, -1);
    g_assert_cmpint(NAME_INDEX(kind_name, KIND_COUNT, NULL), ==, -1);
}

/* The enum's order against the words of the policy: a row moved in one of them shows here. */
static void test_words(void)
{
    g_assert_cmpstr(kind_name(KIND_FOLLOW_UP), ==, "follow-up");
    g_assert_cmpstr(area_name(AREA_HM_PASSPORT_OFFICE), ==, "hm-passport-office");
    g_assert_cmpstr(reason_name(REASON_OUT_OF_TIME), ==, "out-of-time");
    g_assert_cmpstr(reason_name(REASON_DATA_PROTECTION), ==, "data-protection");
    g_assert_cmpstr(refer_name(REFER_ASKED_TWICE), ==, "asked-twice");
    g_assert_cmpstr(refer_name(REFER_POSSIBLE_BAR), ==, "possible-bar");
    g_assert_cmpstr(flag_name(FLAG_UNREAD_PART), ==, "unread-part");
    g_assert_cmpstr(ask_name(ASK_AUTHORITY), ==, "authority");
    g_assert_cmpstr(decision_name(DECISION_REJECT), ==, "reject");
    g_assert_cmpstr(carriage_name(CARRIAGE_POST_ABROAD), ==, "post-abroad");
}

static void test_sets(void)
{
    uint32_t all = BIT(REASON_COUNT) - 1;
    for (uint32_t set = 0; set <= all; set += 7) {
        g_autofree char *text = SET_TO_TEXT(set, reason_name, REASON_COUNT);
        uint32_t back = 12345;
        g_assert_true(set_from_text(text, (NameOf)(void *)reason_name, REASON_COUNT, &back));
        g_assert_cmpuint(back, ==, set);
    }
    g_autofree char *two =
        SET_TO_TEXT(BIT(REASON_COURT) | BIT(REASON_OUT_OF_TIME), reason_name, REASON_COUNT);
    g_assert_cmpstr(two, ==, "court,out-of-time");
    static const char *const BAD[] = {"nonsense", "court,", ",court", "court, out-of-time", ","};
    for (size_t n = 0; n < G_N_ELEMENTS(BAD); n++) {
        uint32_t set = 77;
        if (set_from_text(BAD[n], (NameOf)(void *)reason_name, REASON_COUNT, &set) || set != 77)
            g_error("\"%s\" was taken, or the set touched", BAD[n]);
    }
}

static void test_clear(void)
{
    Judgement j = {.release_why = g_strdup("why"), .reasons = 3};
    judgement_clear(&j);
    g_assert_null(j.release_why);
    g_assert_cmpuint(j.reasons, ==, 0);
    g_assert_cmpint(j.time_limit, ==, DAY_NONE);
    judgement_clear(&j);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/judgement/names", test_names);
    g_test_add_func("/judgement/words", test_words);
    g_test_add_func("/judgement/sets", test_sets);
    g_test_add_func("/judgement/clear", test_clear);
    return g_test_run();
}
