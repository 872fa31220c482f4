#include "daemon/casework/merge.h"
#include <string.h>

static Day iso(const char *text)
{
    return day_from_iso(text);
}

static void set(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

/* Words say that there is a response, or none. */
static void tell(Facts *f)
{
    facts_add(f, "r", "final_response.status", "v", NULL, 0, 0, NULL);
}

/* A complaint with a dated final response, and an answer to it that says nothing yet. */
typedef struct Two {
    Facts *first, *second, *merged;
} Two;

static Two two(void)
{
    Two t = {facts_new(), facts_new(), NULL};
    t.first->area = AREA_UKVI;
    t.first->wrongs = BIT(WRONG_DELAY);
    t.first->final_response.status = RESPONSE_GIVEN;
    t.first->final_response.date = iso("2026-05-01");
    set(&t.first->final_response.source, "stated");
    tell(t.first);
    t.second->kind = KIND_FOLLOW_UP;
    return t;
}

static void merge(Two *t)
{
    g_autoptr(GPtrArray) both = g_ptr_array_new();
    g_ptr_array_add(both, t->first);
    g_ptr_array_add(both, t->second);
    t->merged = facts_merge(both);
}

static void two_clear(Two *t)
{
    facts_free(t->first);
    facts_free(t->second);
    facts_free(t->merged);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Two, two_clear)

static void test_one(void)
{
    g_auto(Two) t = two();
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, t.first);
    t.first->late_reason = TRI_NO;
    t.first->bars[REASON_COURT] = BAR_WHOLE;
    t.first->refer = BIT(REFER_NOT_A_COMPLAINT);
    t.first->thanks_only = true;
    t.first->final_response.readable = TRI_NO;
    t.first->representative.type = REPRESENTATIVE_LEGAL;
    facts_add(t.first, "r", "f", "v", "body", 0, 3, "abc");
    t.merged = facts_merge(one);
    g_autoptr(GVariant) a = g_variant_ref_sink(facts_to_variant(t.first));
    g_autoptr(GVariant) b = g_variant_ref_sink(facts_to_variant(t.merged));
    g_assert_cmpvariant(a, b);
}

/* Judged by rule only where every message could be: thanks aside. */
static void test_language(void)
{
    static const struct {
        Language first, second;
        bool thanks;
        Language merged;
    } ROWS[] = {
        {LANGUAGE_EN, LANGUAGE_EN, false, LANGUAGE_EN},
        {LANGUAGE_EN, LANGUAGE_CY, false, LANGUAGE_CY},
        {LANGUAGE_CY, LANGUAGE_EN, false, LANGUAGE_CY},
        {LANGUAGE_EN, LANGUAGE_OTHER, false, LANGUAGE_OTHER},
        {LANGUAGE_OTHER, LANGUAGE_CY, false, LANGUAGE_OTHER},
        {LANGUAGE_CY, LANGUAGE_OTHER, false, LANGUAGE_OTHER},
        {LANGUAGE_EN, LANGUAGE_CY, true, LANGUAGE_EN},
        {LANGUAGE_EN, LANGUAGE_OTHER, true, LANGUAGE_EN},
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(ROWS); n++) {
        g_auto(Two) t = two();
        t.first->language = ROWS[n].first;
        t.second->language = ROWS[n].second;
        t.second->thanks_only = ROWS[n].thanks;
        merge(&t);
        g_assert_cmpint(t.merged->language, ==, ROWS[n].merged);
    }
}

/* Unknown never beats known; the kind and the contact are those of the first. */
static void test_silence(void)
{
    g_auto(Two) t = two();
    set(&t.first->reply_address, "a@example.org");
    set(&t.second->reply_address, "b@example.org");
    t.first->late_reason = TRI_NO;
    merge(&t);
    g_assert_cmpint(t.merged->kind, ==, KIND_COMPLAINT);
    g_assert_cmpint(t.merged->area, ==, AREA_UKVI);
    g_assert_cmpint(t.merged->final_response.status, ==, RESPONSE_GIVEN);
    g_assert_cmpint(t.merged->final_response.date, ==, iso("2026-05-01"));
    g_assert_cmpint(t.merged->late_reason, ==, TRI_NO);
    g_assert_cmpstr(t.merged->reply_address, ==, "a@example.org");
}

/* An answer to our question fills what was missing. */
static void test_answer(void)
{
    g_auto(Two) t = two();
    t.first->area = AREA_UNKNOWN;
    t.first->final_response.status = RESPONSE_UNKNOWN;
    t.first->final_response.date = DAY_NONE;
    t.first->final_response.readable = TRI_NO;
    t.first->representative.type = REPRESENTATIVE_LEGAL;
    t.first->representative.authority = TRI_NO;
    t.second->area = AREA_BORDER_FORCE;
    t.second->final_response.status = RESPONSE_GIVEN;
    t.second->final_response.date = iso("2026-06-02");
    set(&t.second->final_response.source, "stated");
    tell(t.second);
    t.second->representative.authority = TRI_YES;
    merge(&t);
    g_assert_cmpint(t.merged->area, ==, AREA_BORDER_FORCE);
    g_assert_cmpint(t.merged->final_response.status, ==, RESPONSE_GIVEN);
    g_assert_cmpint(t.merged->final_response.date, ==, iso("2026-06-02"));
    g_assert_cmpint(t.merged->final_response.readable, ==, TRI_UNKNOWN);
    g_assert_cmpint(t.merged->representative.type, ==, REPRESENTATIVE_LEGAL);
    g_assert_cmpint(t.merged->representative.authority, ==, TRI_YES);
}

/* What words or a document say, and a day written out, beat what only seems so. */
static void test_dates(void)
{
    static const struct {
        const char *name, *first_source, *second_source, *quote;
        bool first_told, second_told;
        const char *result;
    } CASES[] = {
        {"later statement", "stated", "stated", "", true, true, "2026-06-02"},
        {"guess against statement", "stated", "stated", "yesterday", true, false, "2026-05-01"},
        {"correction", "stated", "stated", "2 June", true, false, "2026-06-02"},
        {"guess against guess", "", "", "", false, false, "2026-06-02"},
        {"statement against guess", "", "form", "", false, true, "2026-06-02"},
        {"document after statement", "stated", "attachment", "", true, false, "2026-06-02"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_auto(Two) t = two();
        if (!CASES[n].first_told)
            g_ptr_array_set_size(t.first->findings, 0);
        set(&t.first->final_response.source, CASES[n].first_source);
        t.second->final_response.status = RESPONSE_GIVEN;
        t.second->final_response.date = iso("2026-06-02");
        set(&t.second->final_response.source, CASES[n].second_source);
        facts_add(t.second, "r", "final_response.date", "v", "body", 0, 20, CASES[n].quote);
        if (CASES[n].second_told)
            tell(t.second);
        merge(&t);
        if (t.merged->final_response.date != iso(CASES[n].result))
            g_error("%s", CASES[n].name);
    }
}

/* Two days written out for one letter: it is late only where it is late on both. */
static void test_days_that_differ(void)
{
    static const struct {
        const char *name, *quote, *first, *second, *result;
    } CASES[] = {
        {"remembered too early", "12 May 2026", "2026-05-12", "2025-10-12", "2026-05-12"},
        {"a second answer", "12 May 2026", "2026-05-12", "2026-06-02", "2026-06-02"},
        {"not written out", "last month", "2026-05-31", "2026-05-12", "2026-05-12"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_auto(Two) t = two();
        t.first->final_response.date = iso(CASES[n].first);
        t.first->final_response.received = iso(CASES[n].first);
        facts_add(t.first, "r", "final_response.date", "v", "body", 0, 20, CASES[n].quote);
        t.second->final_response.status = RESPONSE_GIVEN;
        t.second->final_response.date = iso(CASES[n].second);
        t.second->final_response.received = iso(CASES[n].second);
        facts_add(t.second, "r", "final_response.date", "v", "body", 0, 20, "12 October 2025");
        tell(t.second);
        merge(&t);
        if (t.merged->final_response.date != iso(CASES[n].result) ||
            t.merged->final_response.received != iso(CASES[n].result))
            g_error("%s", CASES[n].name);
    }
}

/* A letter that says nothing of it takes back no authority that was shown. */
static void test_authority_stands(void)
{
    g_auto(Two) t = two();
    t.first->representative.type = t.second->representative.type = REPRESENTATIVE_LEGAL;
    t.first->representative.authority = TRI_YES;
    t.second->representative.authority = TRI_NO;
    merge(&t);
    g_assert_cmpint(t.merged->representative.authority, ==, TRI_YES);
}

static void test_statuses(void)
{
    static const struct {
        const char *name, *source;
        ResponseStatus first, second;
        bool second_told;
        ResponseStatus result;
    } CASES[] = {
        {"answer came", "", RESPONSE_NONE, RESPONSE_GIVEN, true, RESPONSE_GIVEN},
        {"seems to have come", "", RESPONSE_NONE, RESPONSE_GIVEN, false, RESPONSE_UNKNOWN},
        {"taken back", "stated", RESPONSE_GIVEN, RESPONSE_NONE, true, RESPONSE_NONE},
        {"seems taken back", "stated", RESPONSE_GIVEN, RESPONSE_NONE, false, RESPONSE_GIVEN},
        {"letter against words", "attachment", RESPONSE_GIVEN, RESPONSE_NONE, true,
         RESPONSE_UNKNOWN},
        {"silence", "", RESPONSE_NONE, RESPONSE_UNKNOWN, false, RESPONSE_NONE},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_auto(Two) t = two();
        t.first->final_response.status = CASES[n].first;
        set(&t.first->final_response.source, CASES[n].source);
        t.second->final_response.status = CASES[n].second;
        if (CASES[n].second_told)
            tell(t.second);
        merge(&t);
        if (t.merged->final_response.status != CASES[n].result)
            g_error("%s: %s", CASES[n].name, response_status_name(t.merged->final_response.status));
    }
}

/* Ours and not ours is neither: no rejection rests on it. */
static void test_areas(void)
{
    static const struct {
        BusinessArea first, second, result;
    } CASES[] = {
        {AREA_UKVI, AREA_UNKNOWN, AREA_UKVI},
        {AREA_UNKNOWN, AREA_OTHER_BODY, AREA_OTHER_BODY},
        {AREA_UKVI, AREA_BORDER_FORCE, AREA_BORDER_FORCE},
        {AREA_UKVI, AREA_OTHER_BODY, AREA_UNKNOWN},
        {AREA_OTHER_HOME_OFFICE, AREA_UKVI, AREA_UNKNOWN},
        {AREA_OTHER_BODY, AREA_OTHER_HOME_OFFICE, AREA_OTHER_HOME_OFFICE},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_auto(Two) t = two();
        t.first->area = CASES[n].first;
        t.second->area = CASES[n].second;
        merge(&t);
        g_assert_cmpint(t.merged->area, ==, CASES[n].result);
    }
}

/* A bar over one message bars the case only where nothing else is complained of. */
static void test_bars(void)
{
    static const struct {
        const char *name;
        BarHold first, second, other_in_second;
        uint32_t wrongs_in_second;
        BarHold result;
    } CASES[] = {
        {"answer without a grievance", BAR_WHOLE, BAR_NONE, BAR_NONE, 0, BAR_WHOLE},
        {"a new grievance", BAR_WHOLE, BAR_NONE, BAR_NONE, 1, BAR_PART},
        {"a new grievance, barred too", BAR_WHOLE, BAR_NONE, BAR_WHOLE, 1, BAR_WHOLE},
        {"hint grows certain", BAR_POSSIBLE, BAR_WHOLE, BAR_NONE, 0, BAR_PART},
        {"hint", BAR_NONE, BAR_POSSIBLE, BAR_NONE, 0, BAR_POSSIBLE},
        {"both", BAR_WHOLE, BAR_WHOLE, BAR_NONE, 1, BAR_WHOLE},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_auto(Two) t = two();
        t.first->bars[REASON_COURT] = CASES[n].first;
        t.second->bars[REASON_COURT] = CASES[n].second;
        t.second->bars[REASON_DATA_PROTECTION] = CASES[n].other_in_second;
        t.second->wrongs = CASES[n].wrongs_in_second;
        merge(&t);
        if (t.merged->bars[REASON_COURT] != CASES[n].result)
            g_error("%s: %s", CASES[n].name, bar_hold_name(t.merged->bars[REASON_COURT]));
    }
}

static void test_united(void)
{
    g_auto(Two) t = two();
    facts_add_reference(t.first, "decs", "COMP/1234567/26");
    facts_add_reference(t.second, "decs", "COMP/1234567/26");
    facts_add_reference(t.second, "gwf", "GWF012345678");
    facts_add(t.first, "r1", "f", "v", NULL, 0, 0, NULL);
    facts_add(t.second, "r2", "f", "v", "body", 0, 2, "ab");
    t.first->flags = BIT(FLAG_MEDIA);
    t.second->flags = BIT(FLAG_URGENT);
    t.second->late_reason = TRI_YES;
    t.second->refer = BIT(REFER_WITHDRAWAL) | BIT(REFER_NOT_A_COMPLAINT);
    t.second->reviewed = BIT(REVIEWED_DEATH);
    t.first->heeds = BIT(HEED_DEATH);
    t.second->heeds = BIT(HEED_NEW_ADDRESS);
    t.second->thanks_only = true;
    g_strfreev(t.second->claims);
    t.second->claims = g_strsplit("IEC/26/000001", ",", -1);
    merge(&t);
    g_assert_cmpuint(t.merged->references->len, ==, 2);
    g_assert_cmpuint(t.merged->findings->len, ==, 3);
    const Finding *last = t.merged->findings->pdata[2];
    const Evidence *words = last->evidence->pdata[0];
    g_assert_cmpstr(words->quote, ==, "ab");
    g_assert_cmpstr(words->part, ==, "message 2, body");
    g_assert_cmpuint(t.merged->flags, ==, BIT(FLAG_MEDIA) | BIT(FLAG_URGENT));
    g_assert_cmpuint(t.merged->refer, ==, BIT(REFER_WITHDRAWAL));
    g_assert_cmpuint(t.merged->reviewed, ==, BIT(REVIEWED_DEATH));
    g_assert_cmpuint(t.merged->heeds, ==, BIT(HEED_DEATH) | BIT(HEED_NEW_ADDRESS));
    g_assert_cmpint(t.merged->late_reason, ==, TRI_YES);
    g_assert_false(t.merged->thanks_only);
    g_assert_cmpstr(t.merged->claims[0], ==, "IEC/26/000001");
}

/* An out-of-office in the case changes nothing, whatever its text holds. */
static void test_machine_mail(void)
{
    g_auto(Two) t = two();
    t.second->kind = KIND_AUTO_REPLY;
    t.second->final_response.status = RESPONSE_NONE;
    t.second->reply_forbidden = true;
    t.second->bars[REASON_COURT] = BAR_WHOLE;
    merge(&t);
    g_assert_cmpint(t.merged->final_response.status, ==, RESPONSE_GIVEN);
    g_assert_false(t.merged->reply_forbidden);
    g_assert_cmpint(t.merged->bars[REASON_COURT], ==, BAR_NONE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/merge/one", test_one);
    g_test_add_func("/merge/language", test_language);
    g_test_add_func("/merge/silence", test_silence);
    g_test_add_func("/merge/answer", test_answer);
    g_test_add_func("/merge/dates", test_dates);
    g_test_add_func("/merge/dates-that-differ", test_days_that_differ);
    g_test_add_func("/merge/authority-stands", test_authority_stands);
    g_test_add_func("/merge/statuses", test_statuses);
    g_test_add_func("/merge/areas", test_areas);
    g_test_add_func("/merge/bars", test_bars);
    g_test_add_func("/merge/united", test_united);
    g_test_add_func("/merge/machine-mail", test_machine_mail);
    return g_test_run();
}
