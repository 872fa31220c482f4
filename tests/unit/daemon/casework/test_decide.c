#include "daemon/casework/decide.h"
#include <string.h>

static Calendar *calendar;

static Day iso(const char *text)
{
    Day day = day_from_iso(text);
    g_assert_cmpint(day, !=, DAY_NONE);
    return day;
}

static DecideContext context_on(const char *received)
{
    return (DecideContext){
        .calendar = calendar,
        .received = iso(received),
        .first_contact = iso(received),
        .reply_days = 5,
        .post_days = 4,
        .post_abroad_days = 10,
    };
}

/* A complaint with nothing missing: line 11. */
static Facts *complete(void)
{
    Facts *f = facts_new();
    f->area = AREA_UKVI;
    f->wrongs = BIT(WRONG_DELAY);
    f->late_reason = TRI_NO;
    f->final_response.status = RESPONSE_GIVEN;
    f->final_response.date = iso("2026-05-01");
    f->final_response.received = iso("2026-05-05");
    f->final_response.names_iec = TRI_YES;
    return f;
}

static void urgent(Facts *f)
{
    f->flags |= BIT(FLAG_URGENT);
}
static void follow_up(Facts *f)
{
    f->kind = KIND_FOLLOW_UP;
}
static void urgent_follow_up(Facts *f)
{
    follow_up(f);
    urgent(f);
}
static void urgent_machine(Facts *f)
{
    f->kind = KIND_AUTO_REPLY;
    urgent(f);
}
static void mp(Facts *f)
{
    f->representative.type = REPRESENTATIVE_MP;
}
static void urgent_mp(Facts *f)
{
    urgent(f);
    mp(f);
}
static void bounce(Facts *f)
{
    f->kind = KIND_BOUNCE;
}
static void other_language(Facts *f)
{
    f->language = LANGUAGE_OTHER;
}
static void enquiry(Facts *f)
{
    f->refer = BIT(REFER_NOT_A_COMPLAINT);
    f->bars[REASON_COURT] = BAR_WHOLE;
}
static void list_headers(Facts *f)
{
    f->reply_forbidden = true;
}
static void forged_sender(Facts *f)
{
    f->reply_forbidden = true;
    f->refer = BIT(REFER_SENDER_NOT_AUTHENTICATED);
}
static void unreadable(Facts *f)
{
    f->reply_forbidden = true;
    f->refer = BIT(REFER_UNREADABLE);
}
static void court(Facts *f)
{
    f->bars[REASON_COURT] = BAR_WHOLE;
}
static void court_lacking_all(Facts *f)
{
    court(f);
    f->final_response.status = RESPONSE_UNKNOWN;
    f->area = AREA_UNKNOWN;
    f->wrongs = 0;
    f->representative.type = REPRESENTATIVE_LEGAL;
}
static void two_bars(Facts *f)
{
    f->bars[REASON_APPEALABLE_DECISION] = BAR_WHOLE;
    f->bars[REASON_COURT] = BAR_PART;
    f->bars[REASON_OMBUDSMAN] = BAR_POSSIBLE;
}
static void none_yet(Facts *f)
{
    f->final_response.status = RESPONSE_NONE;
    f->final_response.date = f->final_response.received = DAY_NONE;
}
static void psu_and_none(Facts *f)
{
    none_yet(f);
    f->bars[REASON_PSU_MISCONDUCT] = BAR_WHOLE;
}
static void possible_and_none(Facts *f)
{
    none_yet(f);
    f->bars[REASON_OMBUDSMAN] = BAR_POSSIBLE;
}
static void mixed(Facts *f)
{
    f->bars[REASON_APPEALABLE_DECISION] = BAR_PART;
    f->representative.type = REPRESENTATIVE_SPONSOR;
}
static void possible_and_part(Facts *f)
{
    f->bars[REASON_APPEALABLE_DECISION] = BAR_PART;
    f->bars[REASON_NOT_IN_REMIT] = BAR_POSSIBLE;
}
static void none_without_authority(Facts *f)
{
    none_yet(f);
    f->representative.type = REPRESENTATIVE_RELATIVE;
}
static void late(Facts *f)
{
    f->final_response.date = f->final_response.received = iso("2026-01-05");
}
static void late_with_reason(Facts *f)
{
    late(f);
    f->late_reason = TRI_YES;
}
static void late_perhaps_with_reason(Facts *f)
{
    late(f);
    f->late_reason = TRI_UNKNOWN;
}
static void late_and_barred(Facts *f)
{
    late(f);
    f->bars[REASON_POLICY_OR_LEGISLATION] = BAR_WHOLE;
}
static void late_with_reason_and_barred(Facts *f)
{
    late_with_reason(f);
    f->bars[REASON_POLICY_OR_LEGISLATION] = BAR_WHOLE;
}
static void late_elsewhere(Facts *f)
{
    late(f);
    f->area = AREA_OTHER_BODY;
}
static void late_with_reason_elsewhere(Facts *f)
{
    late_with_reason(f);
    f->area = AREA_OTHER_BODY;
}
static void other_body(Facts *f)
{
    f->area = AREA_OTHER_BODY;
    f->final_response.status = RESPONSE_UNKNOWN;
}
static void other_home_office(Facts *f)
{
    f->area = AREA_OTHER_HOME_OFFICE;
    f->final_response.names_iec = TRI_NO;
    f->final_response.names_other = TRI_YES;
}
static void windrush(Facts *f)
{
    f->area = AREA_OTHER_HOME_OFFICE;
    f->bars[REASON_WINDRUSH_COMPENSATION] = BAR_WHOLE;
}
static void nothing_known(Facts *f)
{
    f->final_response.status = RESPONSE_UNKNOWN;
    f->area = AREA_UNKNOWN;
    f->wrongs = 0;
    f->representative.type = REPRESENTATIVE_SUPPORT;
    f->representative.authority = TRI_NO;
}
static void undated(Facts *f)
{
    f->final_response.date = f->final_response.received = DAY_NONE;
}
static void only_its_date(Facts *f)
{
    f->final_response.received = DAY_NONE;
}
static void unreadable_letter(Facts *f)
{
    f->final_response.readable = TRI_NO;
}
static void no_area(Facts *f)
{
    f->area = AREA_UNKNOWN;
}
static void nothing_wrong(Facts *f)
{
    f->wrongs = 0;
}
static void no_authority(Facts *f)
{
    f->representative.type = REPRESENTATIVE_LEGAL;
    f->representative.authority = TRI_UNKNOWN;
}
static void with_authority(Facts *f)
{
    f->representative.type = REPRESENTATIVE_LEGAL;
    f->representative.authority = TRI_YES;
}
static void parent(Facts *f)
{
    f->representative.type = REPRESENTATIVE_RELATIVE;
    f->representative.parent_of_child = true;
}
static void sent_elsewhere(Facts *f)
{
    f->final_response.names_iec = TRI_NO;
    f->final_response.names_other = TRI_YES;
}
static void sent_to_both(Facts *f)
{
    f->final_response.names_other = TRI_YES;
}
static void nothing_said_of_where(Facts *f)
{
    f->final_response.names_iec = TRI_UNKNOWN;
}

/* One row a line of the table at least, and the orders the page insists on. Received 3 Aug 2026. */
static const struct {
    const char *name;
    void (*change)(Facts *);
    int line;
    const char *decision, *reasons, *asks, *refer, *flags;
} CASES[] = {
    {"0 urgent", urgent, 0, "refer", "", "", "urgent", "urgent"},
    {"0 urgent follow-up", urgent_follow_up, 0, "refer", "", "", "urgent", "urgent"},
    {"0 and 2", urgent_mp, 0, "refer", "", "", "urgent,mp", "urgent,mp,representative"},
    {"1 urgent words in machine mail", urgent_machine, 1, "none", "", "", "", "urgent"},
    {"1 follow-up", follow_up, 1, "none", "", "", "", ""},
    {"1 bounce", bounce, 1, "none", "", "", "", "undelivered"},
    {"2 MP", mp, 2, "refer", "", "", "mp", "mp,representative"},
    {"2 language", other_language, 2, "refer", "", "", "language", ""},
    {"2 before 3", enquiry, 2, "refer", "", "", "not-a-complaint", ""},
    {"2 headers", list_headers, 2, "refer", "", "", "machine-headers", "acknowledge-by-hand"},
    {"2 DMARC", forged_sender, 2, "refer", "", "", "sender-not-authenticated",
     "acknowledge-by-hand"},
    {"2 unreadable", unreadable, 2, "refer", "", "", "unreadable", "acknowledge-by-hand"},
    {"3", court, 3, "reject", "court", "", "", ""},
    {"3 before 9", court_lacking_all, 3, "reject", "court", "", "", "representative"},
    {"3 every certain bar", two_bars, 3, "reject", "appealable-decision,court", "", "", ""},
    {"3 and 5", psu_and_none, 3, "reject", "psu-misconduct,no-final-response", "", "", ""},
    {"3 and 6", late_and_barred, 3, "reject", "policy-or-legislation,out-of-time", "", "", ""},
    {"3 and not 6", late_with_reason_and_barred, 3, "reject", "policy-or-legislation", "", "", ""},
    {"3 best fit", windrush, 3, "reject", "windrush-compensation", "", "", ""},
    {"4 before 5", possible_and_none, 4, "refer", "", "", "possible-bar", ""},
    {"4 before 9", mixed, 4, "refer", "", "", "mixed", "representative"},
    {"4 both", possible_and_part, 4, "refer", "", "", "possible-bar,mixed", ""},
    {"5", none_yet, 5, "reject", "no-final-response", "", "", ""},
    {"5 before 9", none_without_authority, 5, "reject", "no-final-response", "", "",
     "representative"},
    {"6", late, 6, "reject", "out-of-time", "", "", ""},
    {"6 and 8", late_elsewhere, 6, "reject", "not-in-remit,out-of-time", "", "", ""},
    {"7", late_with_reason, 7, "refer", "", "", "late-with-reason", ""},
    {"7 hinted", late_perhaps_with_reason, 7, "refer", "", "", "late-with-reason", ""},
    {"7 before 8", late_with_reason_elsewhere, 7, "refer", "", "", "late-with-reason", ""},
    {"8", other_body, 8, "reject", "not-in-remit", "", "", ""},
    {"8 before 10", other_home_office, 8, "reject", "not-in-remit", "", "", ""},
    {"9 all", nothing_known, 9, "ask", "", "final-response,business-area,what-happened,authority",
     "", "representative"},
    {"9 undated", undated, 9, "ask", "", "final-response", "", ""},
    {"9 unreadable", unreadable_letter, 9, "ask", "", "final-response", "", ""},
    {"9 area", no_area, 9, "ask", "", "business-area", "", ""},
    {"9 what happened", nothing_wrong, 9, "ask", "", "what-happened", "", ""},
    {"9 authority", no_authority, 9, "ask", "", "authority", "", "representative"},
    {"10", sent_elsewhere, 10, "refer", "", "", "no-iec-signpost", ""},
    {"11 its date is enough", only_its_date, 11, "accept", "", "", "", ""},
    {"11 authority", with_authority, 11, "accept", "", "", "", "representative"},
    {"11 parent", parent, 11, "accept", "", "", "", "representative"},
    {"11 names us too", sent_to_both, 11, "accept", "", "", "", ""},
    {"11 nothing points elsewhere", nothing_said_of_where, 11, "accept", "", "", "", ""},
};

static void test_lines(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(Facts) f = complete();
        DecideContext c = context_on("2026-08-03");
        g_auto(Judgement) j = {0};
        CASES[n].change(f);
        decide(f, &c, &j);
        g_autofree char *reasons = SET_TO_TEXT(j.reasons, reason_name, REASON_COUNT);
        g_autofree char *asks = SET_TO_TEXT(j.asks, ask_name, ASK_COUNT);
        g_autofree char *refer = SET_TO_TEXT(j.refer, refer_name, REFER_COUNT);
        g_autofree char *flags = SET_TO_TEXT(j.flags, flag_name, FLAG_COUNT);
        g_autofree char *got =
            g_strdup_printf("%d %s [%s] [%s] [%s] [%s]", j.line, decision_name(j.decision), reasons,
                            asks, refer, flags);
        g_autofree char *want =
            g_strdup_printf("%d %s [%s] [%s] [%s] [%s]", CASES[n].line, CASES[n].decision,
                            CASES[n].reasons, CASES[n].asks, CASES[n].refer, CASES[n].flags);
        if (strcmp(got, want))
            g_error("%s: %s, not %s", CASES[n].name, got, want);
        g_assert_cmpint(j.reply_due, ==,
                        j.decision == DECISION_NONE ? DAY_NONE : iso("2026-08-10"));
    }
}

/* Every line of the page is reached by a row above. */
static void test_every_line(void)
{
    unsigned reached = 0;
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++)
        reached |= 1u << CASES[n].line;
    g_assert_cmpuint(reached, ==, (1u << 12) - 1);
}

/* Section 3: the last day in time, and lateness on every reading only. */
static void test_time_limit(void)
{
    static const struct {
        const char *date, *received;
        Carriage carriage;
        const char *limit;
    } LIMITS[] = {
        {NULL, "2025-11-28", CARRIAGE_UNKNOWN, "2026-02-28"},
        {NULL, "2025-11-30", CARRIAGE_UNKNOWN, "2026-02-28"},
        {NULL, "2023-11-30", CARRIAGE_UNKNOWN, "2024-02-29"},
        {NULL, "2026-01-31", CARRIAGE_UNKNOWN, "2026-04-30"},
        {"2026-06-01", NULL, CARRIAGE_EMAIL, "2026-09-01"},
        {"2025-11-14", NULL, CARRIAGE_POST, "2026-02-20"},
        {"2025-11-14", NULL, CARRIAGE_UNKNOWN, "2026-02-20"},
        {"2026-02-05", NULL, CARRIAGE_UNKNOWN, "2026-05-11"},
        {"2026-03-27", NULL, CARRIAGE_POST, "2026-07-02"},
        {"2025-09-09", NULL, CARRIAGE_POST, "2025-12-15"},
        {"2026-05-01", NULL, CARRIAGE_POST_ABROAD, "2026-08-18"},
        {"2026-05-01", "2026-05-11", CARRIAGE_POST, "2026-08-11"},
        {"2026-05-11", "2026-05-01", CARRIAGE_EMAIL, "2026-08-11"},
        {NULL, NULL, CARRIAGE_EMAIL, NULL},
        /* Before the calendar's first year, and past its last. */
        {"2012-03-01", NULL, CARRIAGE_POST, "2012-07-01"},
        {"2031-03-01", NULL, CARRIAGE_POST, NULL},
    };
    DecideContext c = context_on("2026-08-03");
    for (size_t n = 0; n < G_N_ELEMENTS(LIMITS); n++) {
        g_autoptr(Facts) f = complete();
        f->final_response.date = LIMITS[n].date ? iso(LIMITS[n].date) : DAY_NONE;
        f->final_response.received = LIMITS[n].received ? iso(LIMITS[n].received) : DAY_NONE;
        f->final_response.carriage = LIMITS[n].carriage;
        g_autofree char *got = day_to_iso(time_limit(f, &c));
        if (g_strcmp0(got, LIMITS[n].limit))
            g_error("limit %zu: %s, not %s", n, got, LIMITS[n].limit);
        f->final_response.status = RESPONSE_UNKNOWN;
        g_assert_cmpint(time_limit(f, &c), ==, DAY_NONE);
    }
}

/* In time until the end of the last day; a weekend does not extend it; first contact counts. */
static void test_last_day(void)
{
    static const struct {
        const char *contact, *received;
        bool rejected;
    } DAYS[] = {
        {"2026-02-27", "2026-02-27", false}, {"2026-02-28", "2026-02-28", false},
        {"2026-03-01", "2026-03-01", true},  {"2026-03-02", "2026-03-02", true},
        {"2026-02-28", "2026-04-01", false},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(DAYS); n++) {
        g_autoptr(Facts) f = complete();
        g_auto(Judgement) j = {0};
        DecideContext c = context_on(DAYS[n].received);
        c.first_contact = iso(DAYS[n].contact);
        f->final_response.date = f->final_response.received = iso("2025-11-28");
        decide(f, &c, &j);
        if ((j.decision == DECISION_REJECT) != DAYS[n].rejected)
            g_error("%s: %s", DAYS[n].contact, decision_name(j.decision));
        g_assert_cmpint(j.time_limit, ==, iso("2026-02-28"));
    }
}

static void test_due(void)
{
    static const char *const DUE[][2] = {
        {"2025-12-22", "2025-12-31"}, {"2025-12-24", "2026-01-05"}, {"2026-04-02", "2026-04-13"},
        {"2026-05-22", "2026-06-01"}, {"2026-05-23", "2026-06-01"}, {"2026-12-24", "2027-01-05"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(DUE); n++) {
        DecideContext c = context_on(DUE[n][0]);
        g_autofree char *got = day_to_iso(reply_due(&c));
        if (g_strcmp0(got, DUE[n][1]))
            g_error("%s: %s, not %s", DUE[n][0], got, DUE[n][1]);
    }
    DecideContext past = context_on("2190-01-01");
    g_assert_cmpint(reply_due(&past), ==, DAY_NONE);
}

static void welsh(Facts *f)
{
    none_yet(f);
    f->language = LANGUAGE_CY;
}
static void vulnerable(Facts *f)
{
    none_yet(f);
    f->flags = BIT(FLAG_VULNERABLE);
}
static void misconduct(Facts *f)
{
    none_yet(f);
    f->flags = BIT(FLAG_SERIOUS_MISCONDUCT);
}
static void unread_part(Facts *f)
{
    none_yet(f);
    f->flags = BIT(FLAG_UNREAD_PART);
}
static void ocr_and_death(Facts *f)
{
    none_yet(f);
    f->reviewed = BIT(REVIEWED_OCR) | BIT(REVIEWED_DEATH);
}
static void media(Facts *f)
{
    none_yet(f);
    f->flags = BIT(FLAG_MEDIA);
}
static void accepted_welsh(Facts *f)
{
    f->language = LANGUAGE_CY;
}

/* Section 4b: a threat is a person's, whatever else holds; a death changes who writes, not what is
 * decided. */
static void test_heeds(void)
{
    DecideContext c = context_on("2026-08-03");
    for (int n = 0; n < HEED_COUNT; n++) {
        g_autoptr(Facts) f = complete();
        g_auto(Judgement) j = {0};
        f->heeds = BIT(n);
        decide(f, &c, &j);
        g_assert_cmpint(j.decision, ==, n == HEED_THREAT ? DECISION_REFER : DECISION_ACCEPT);
        g_assert_cmpuint(j.refer, ==, n == HEED_THREAT ? BIT(REFER_URGENT) : 0);
    }
}

/* Section 4a. */
static void test_release(void)
{
    static const struct {
        const char *name;
        void (*change)(Facts *);
        uint32_t setting;
        const char *why; /* "" automatic */
    } RELEASES[] = {
        {"plain", none_yet, 0, ""},
        {"press", media, 0, ""},
        {"Welsh", welsh, 0, "welsh"},
        {"vulnerable", vulnerable, 0, "vulnerable"},
        {"misconduct", misconduct, 0, "serious-misconduct"},
        {"unread", unread_part, 0, "unread"},
        {"authority", none_without_authority, 0, "no-authority"},
        {"OCR, death", ocr_and_death, 0, "ocr,death"},
        {"setting", none_yet, BIT(REASON_NO_FINAL_RESPONSE), "setting"},
        {"another's setting", none_yet, BIT(REASON_COURT), ""},
        {"both", welsh, BIT(REASON_NO_FINAL_RESPONSE), "welsh,setting"},
        {"no rejection", accepted_welsh, 0, ""},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(RELEASES); n++) {
        g_autoptr(Facts) f = complete();
        g_auto(Judgement) j = {0};
        DecideContext c = context_on("2026-08-03");
        c.reviewed_reasons = RELEASES[n].setting;
        RELEASES[n].change(f);
        decide(f, &c, &j);
        bool reviewed = j.release == RELEASE_REVIEWED;
        if (strcmp(j.release_why, RELEASES[n].why) || reviewed != (RELEASES[n].why[0] != '\0'))
            g_error("%s: \"%s\"", RELEASES[n].name, j.release_why);
    }
}

/* Each condition that a message can raise is enough by itself. */
static void test_each_condition(void)
{
    for (int n = 0; n < REVIEWED_COUNT; n++) {
        g_autoptr(Facts) f = complete();
        g_auto(Judgement) j = {0};
        DecideContext c = context_on("2026-08-03");
        none_yet(f);
        f->reviewed = BIT(n);
        decide(f, &c, &j);
        g_assert_cmpint(j.release, ==, RELEASE_REVIEWED);
        g_assert_cmpstr(j.release_why, ==, reviewed_name((ReviewedWhy)n));
    }
}

/* Whatever the facts, a rejection has a certain reason, and only a rejection has reasons; an ask
 * asks for something; a refer says why. */
static void test_any_facts(void)
{
    DecideContext c = context_on("2026-08-03");
    for (int round = 0; round < 20000; round++) {
        g_autoptr(Facts) f = complete();
        f->kind = g_test_rand_int_range(0, KIND_COUNT * 3) % KIND_COUNT;
        f->area = g_test_rand_int_range(0, AREA_COUNT);
        f->wrongs = (uint32_t)g_test_rand_int_range(0, 4);
        f->final_response.status = g_test_rand_int_range(0, RESPONSE_COUNT);
        f->final_response.date += g_test_rand_int_range(-200, 200);
        if (g_test_rand_bit())
            f->final_response.received = DAY_NONE;
        f->final_response.names_other = g_test_rand_int_range(0, TRI_COUNT);
        f->final_response.names_iec = g_test_rand_int_range(0, TRI_COUNT);
        f->late_reason = g_test_rand_int_range(0, TRI_COUNT);
        f->bars[g_test_rand_int_range(0, REASON_COUNT)] = g_test_rand_int_range(0, BAR_HOLD_COUNT);
        f->representative.type = g_test_rand_int_range(0, REPRESENTATIVE_COUNT);
        g_auto(Judgement) j = {0};
        decide(f, &c, &j);
        g_assert_true((j.decision == DECISION_REJECT) == (j.reasons != 0));
        g_assert_true((j.decision == DECISION_ASK) == (j.asks != 0));
        g_assert_true((j.decision == DECISION_REFER) == (j.refer != 0));
        if (j.reasons & BIT(REASON_NO_FINAL_RESPONSE))
            g_assert_cmpint(f->final_response.status, ==, RESPONSE_NONE);
        if (j.reasons & BIT(REASON_OUT_OF_TIME)) {
            g_assert_cmpint(j.time_limit, <, c.first_contact);
            g_assert_cmpint(f->late_reason, ==, TRI_NO);
        }
    }
}

static void test_line_words(void)
{
    for (int line = 0; line <= 11; line++)
        g_assert_cmpstr(decide_line_words(line), !=, "");
    g_assert_cmpstr(decide_line_words(-1), ==, "");
    g_assert_cmpstr(decide_line_words(12), ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    calendar = calendar_load(TEST_ROOT "/config/bank-holidays.json", NULL);
    g_assert_nonnull(calendar);
    g_test_add_func("/decide/lines", test_lines);
    g_test_add_func("/decide/every-line", test_every_line);
    g_test_add_func("/decide/time-limit", test_time_limit);
    g_test_add_func("/decide/last-day", test_last_day);
    g_test_add_func("/decide/due", test_due);
    g_test_add_func("/decide/heeds", test_heeds);
    g_test_add_func("/decide/release", test_release);
    g_test_add_func("/decide/each-condition", test_each_condition);
    g_test_add_func("/decide/any-facts", test_any_facts);
    g_test_add_func("/decide/line-words", test_line_words);
    int status = g_test_run();
    calendar_free(calendar);
    return status;
}
