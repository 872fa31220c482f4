/* letters_all.h: every letter there can be: each kind, reason, set of questions and variant, so
 * that the tests of compose can look at all of them. */
#pragma once

#include "tests/unit/daemon/casework/letters.h"

/* Words that a certain finding on a bar rests on, and what the letter then says was found. */
static const struct {
    Reason reason;
    const char *rule, *quote, *says;
} BAR_FOUND[] = {
    {REASON_APPEALABLE_DECISION, "bar.appealable.refused", "", "a Home Office decision to be"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.refused", "visa was refused", "about a visa"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.refused", "ILR refused", "to stay in the UK"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.refused", "citizenship", "British citizenship"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.refused", "asylum refused", "about asylum"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.refused", "sponsor licence revoked",
     "a sponsor licence"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.refused", "visa and asylum", "a Home Office"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.route", "right of appeal",
     "it carries a right of appeal"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.route", "an administrative review",
     "a right to an administrative review"},
    {REASON_APPEALABLE_DECISION, "bar.appealable.route", "right of appeal or administrative review",
     "a right of review or appeal"},
    {REASON_POLICY_OR_LEGISLATION, "bar.policy.objection", "", "a law, a rule, a fee"},
    {REASON_POLICY_OR_LEGISLATION, "bar.policy.objection", "these fees are", "the amount of a fee"},
    {REASON_POLICY_OR_LEGISLATION, "bar.policy.objection", "threshold is", "a limit that the"},
    {REASON_POLICY_OR_LEGISLATION, "bar.policy.objection", "a bad law", "a rule or a law"},
    {REASON_OMBUDSMAN, "bar.ombudsman.investigated", "", "is investigating this matter, or"},
    {REASON_OMBUDSMAN, "bar.ombudsman.investigated", "ombudsman is investigating",
     "Ombudsman is investigating this matter."},
    {REASON_OMBUDSMAN, "bar.ombudsman.investigated", "PHSO investigated", "has investigated this"},
    {REASON_EMPLOYMENT, "bar.employment.staff", "", "working for the Home Office, or"},
    {REASON_EMPLOYMENT, "bar.employment.staff", "a member of staff", "works for it, or used to"},
    {REASON_EMPLOYMENT, "bar.employment.staff", "my job application", "who applied for a job"},
    {REASON_COURT, "bar.court.live", "", "in judicial review or other court"},
    {REASON_COURT, "bar.court.live", "for judicial review", "the subject of a judicial review"},
    {REASON_COURT, "bar.court.live", "the tribunal heard", "before a tribunal."},
    {REASON_COURT, "bar.court.live", "county court", "before a court."},
    {REASON_WINDRUSH_COMPENSATION, "bar.windrush.scheme", "", "Windrush Compensation Scheme"},
    {REASON_PSU_MISCONDUCT, "bar.psu.reviewing", "", "Professional Standards Unit is reviewing"},
    {REASON_DATA_PROTECTION, "bar.data.complaint", "", "kept, used or shared personal data"},
    {REASON_DATA_PROTECTION, "bar.data.complaint", "my SAR is late", "answered a request for"},
    {REASON_DATA_PROTECTION, "bar.data.complaint", "to a stranger", "shared or did not keep safe"},
    {REASON_DATA_PROTECTION, "bar.data.complaint", "delete my photo", "keeps about someone"},
};

/* Words that the finding on another organisation rests on, and our own name for it. */
static const struct {
    BusinessArea area;
    const char *quote, *says;
} BODY_FOUND[] = {
    {AREA_OTHER_BODY, "", "an organisation that is not part of"},
    {AREA_OTHER_HOME_OFFICE, "", "a part of the Home Office that we do not"},
    {AREA_OTHER_BODY, "DVLA lost it", "the Driver and Vehicle Licensing Agency"},
    {AREA_OTHER_BODY, "the DWP", "the Department for Work and Pensions"},
    {AREA_OTHER_BODY, "HMRC says", "HM Revenue and Customs"},
    {AREA_OTHER_BODY, "the Council", "about a council"},
    {AREA_OTHER_BODY, "Gwent Police", "about a police force"},
    {AREA_OTHER_BODY, "the hospital", "the NHS or a health service"},
    {AREA_OTHER_BODY, "HMCTS", "HM Courts and Tribunals Service"},
    {AREA_OTHER_BODY, "FCDO", "the Foreign, Commonwealth and Development Office"},
    {AREA_OTHER_BODY, "our embassy", "an embassy or consulate"},
    {AREA_OTHER_BODY, "the airline", "about an airline"},
    {AREA_OTHER_BODY, "my employer", "about an employer"},
    {AREA_OTHER_BODY, "my landlord", "about a landlord"},
    {AREA_OTHER_BODY, "the housing association", "a housing association"},
    {AREA_OTHER_BODY, "my bank", "a bank or building society"},
    {AREA_OTHER_BODY, "the university", "a school, college or university"},
    {AREA_OTHER_BODY, "Royal Mail", "a post or courier company"},
    {AREA_OTHER_BODY, "British Gas", "an energy or water company"},
    {AREA_OTHER_BODY, "Student Finance", "the Student Loans Company"},
    {AREA_OTHER_HOME_OFFICE, "my DBS check", "the Disclosure and Barring Service"},
    {AREA_OTHER_HOME_OFFICE, "the SIA", "the Security Industry Authority"},
    {AREA_OTHER_HOME_OFFICE, "gangmasters", "the Gangmasters and Labour Abuse Authority"},
    {AREA_OTHER_HOME_OFFICE, "police funding", "a part of the Home Office that we do not"},
};

/* The rules that say there is no final response, two at most, and what the letter then says. */
static const struct {
    const char *rule, *other, *says;
    bool overdue;
} NONE_FOUND[] = {
    {NULL, NULL, "has not yet given you a final response to a complaint", false},
    {"final-response.never-complained", NULL, "you have not yet complained", false},
    {"final-response.never-complained", NULL, "has not yet given you a final response", true},
    {"final-response.no-answer", NULL, "it has not answered your complaint", false},
    {"final-response.complaint-unanswered", NULL, "By that standard its answer to you", true},
    {"final-response.no-answer", "final-response.only-acknowledged", "An acknowledgement or",
     false},
    {"paper.interim", NULL, "An acknowledgement or", false},
    {"final-response.form", NULL, "You told us on a form that the Home Office has not", false},
    {"final-response.never-complained", "final-response.no-answer",
     "has not yet given you a final response", false},
};

static const char *const SOURCES[] = {"attachment", "forwarded", "form", "stated", ""};

typedef void (*LetterVisit)(const char *name, const ReplyInput *input, const char *says);

/* A letter of the given kind on these facts, to an invented person. */
static inline void letter_visit(LetterVisit visit, const char *name, ReplyKind kind, const Facts *f,
                                uint32_t reasons, uint32_t asks, const char *says)
{
    for (int person = 0; person < 2; person++) {
        Judgement j = {.reasons = reasons, .asks = asks, .reply_due = letter_day("2026-06-01")};
        bool dated = f->final_response.date != DAY_NONE || f->final_response.received != DAY_NONE;
        j.time_limit = dated ? letter_day("2026-04-09") : DAY_NONE;
        ReplyInput input = {
            .kind = kind,
            .reference = "IEC/26/000123",
            .facts = f,
            .judgement = &j,
            .received = letter_day("2026-05-22"),
            .answer_by = letter_day("2026-06-01"),
            .to_name = person ? "" : "Ffion Oyelaran-Maddox",
            .by_computer = !person,
            .note = "IEC/26/000124.",
            .asked = letter_day("2026-05-22"),
            .outcome = &LETTER_SETTLED,
        };
        visit(name, &input, says);
    }
}

static inline Facts *letter_facts(void)
{
    Facts *f = facts_new();
    f->area = AREA_UKVI;
    f->wrongs = BIT(WRONG_DELAY) | BIT(WRONG_STAFF_CONDUCT);
    f->final_response.status = RESPONSE_GIVEN;
    f->final_response.date = letter_day("2026-01-02");
    return f;
}

static inline void letters_of_bars(LetterVisit visit)
{
    for (size_t n = 0; n < G_N_ELEMENTS(BAR_FOUND); n++) {
        g_autoptr(Facts) f = letter_facts();
        const char *reason = reason_name(BAR_FOUND[n].reason), *quote = BAR_FOUND[n].quote;
        g_autofree char *value = g_strdup_printf("%s whole", reason);
        facts_add(f, BAR_FOUND[n].rule, "bar", value, "body", 0, (uint32_t)strlen(quote), quote);
        letter_visit(visit, reason, REPLY_REJECTION, f, BIT(BAR_FOUND[n].reason), 0,
                     BAR_FOUND[n].says);
    }
    for (size_t n = 0; n < G_N_ELEMENTS(BODY_FOUND); n++) {
        g_autoptr(Facts) f = letter_facts();
        const char *quote = BODY_FOUND[n].quote;
        f->area = BODY_FOUND[n].area;
        facts_add(f, "area.named", "business_area", area_name(f->area), "body", 0,
                  (uint32_t)strlen(quote), quote);
        letter_visit(visit, "not-in-remit", REPLY_REJECTION, f, BIT(REASON_NOT_IN_REMIT), 0,
                     BODY_FOUND[n].says);
    }
}

static inline void letters_of_no_response(LetterVisit visit)
{
    for (size_t n = 0; n < G_N_ELEMENTS(NONE_FOUND); n++)
        for (int area = 0; area < AREA_COUNT; area++) {
            g_autoptr(Facts) f = letter_facts();
            letter_no_response(f);
            f->area = (BusinessArea)area;
            f->final_response.overdue = NONE_FOUND[n].overdue ? TRI_YES : TRI_UNKNOWN;
            const char *rules[] = {NONE_FOUND[n].rule, NONE_FOUND[n].other};
            for (size_t k = 0; k < G_N_ELEMENTS(rules); k++)
                if (rules[k])
                    facts_add(f, rules[k], "final_response.status", "none", NULL, 0, 0, NULL);
            letter_visit(visit, "no-final-response", REPLY_REJECTION, f,
                         BIT(REASON_NO_FINAL_RESPONSE), 0, NONE_FOUND[n].says);
        }
}

static inline void letters_of_lateness(LetterVisit visit)
{
    static const char *const WAYS[CARRIAGE_COUNT] = {"We do not know how it came",
                                                     "and came by email", "and came by post",
                                                     "posted to you abroad"};
    enum { DATED, RECEIVED, NEITHER, KINDS };
    for (int kind = 0; kind < KINDS; kind++)
        for (int way = 0; way < CARRIAGE_COUNT; way++)
            for (size_t n = 0; n < G_N_ELEMENTS(SOURCES); n++)
                for (int names = 0; names < TRI_COUNT; names++) {
                    g_autoptr(Facts) f = letter_facts();
                    f->final_response.carriage = (Carriage)way;
                    f->final_response.names_iec = (Tri)names;
                    g_free(f->final_response.source);
                    f->final_response.source = g_strdup(SOURCES[n]);
                    if (kind == RECEIVED)
                        letter_received(f);
                    if (kind == NEITHER)
                        letter_undated(f);
                    letter_visit(visit, "out-of-time", REPLY_REJECTION, f, BIT(REASON_OUT_OF_TIME),
                                 0,
                                 kind == RECEIVED  ? "you received it on 5 January 2026"
                                 : kind == NEITHER ? "more than 3 months after you received it"
                                                   : WAYS[way]);
                }
}

/* Reasons by one, two and all; to somebody with authority or none, and without it. */
static inline void letters_of_reasons(LetterVisit visit)
{
    for (int authority = 0; authority < 2; authority++) {
        g_autoptr(Facts) f = letter_facts();
        if (authority)
            letter_no_authority(f);
        letter_visit(visit, "all-reasons", REPLY_REJECTION, f, ALL_REASONS, 0, NULL);
        letter_visit(visit, "all-outside", REPLY_CLOSED_OUTSIDE, f, ALL_REASONS, 0, NULL);
        for (int a = 0; a < REASON_COUNT; a++)
            for (int b = a; b < REASON_COUNT; b++)
                letter_visit(visit, reason_name((Reason)b), REPLY_REJECTION, f, BIT(a) | BIT(b), 0,
                             NULL);
    }
}

static inline void letters_of_questions(LetterVisit visit)
{
    static void (*const CHANGES[])(Facts *) = {letter_unknown_response, letter_undated,
                                               letter_unreadable, letter_no_authority, NULL};
    for (uint32_t asks = 1; asks <= ALL_ASKS; asks++)
        for (size_t n = 0; n < G_N_ELEMENTS(CHANGES); n++)
            for (size_t k = 0; k < G_N_ELEMENTS(SOURCES); k++) {
                g_autoptr(Facts) f = letter_facts();
                if (CHANGES[n])
                    CHANGES[n](f);
                g_free(f->final_response.source);
                f->final_response.source = g_strdup(SOURCES[k]);
                letter_visit(visit, "question", REPLY_QUESTION, f, 0, asks, NULL);
                letter_visit(visit, "reminder", REPLY_REMINDER, f, 0, asks, "We wrote to you on");
            }
}

static inline void letters_of_kinds(LetterVisit visit)
{
    for (int area = 0; area < AREA_COUNT; area++)
        for (int n = 0; n <= WRONG_COUNT; n++) {
            g_autoptr(Facts) f = letter_facts();
            f->area = (BusinessArea)area;
            f->wrongs = n == WRONG_COUNT ? BIT(WRONG_COUNT) - 1 : BIT(n);
            letter_visit(visit, "acceptance", REPLY_ACCEPTANCE, f, 0, 0, NULL);
        }
    static const ReplyKind KINDS[] = {
        REPLY_ACKNOWLEDGEMENT, REPLY_URGENT,     REPLY_RECEIPT,         REPLY_HOLDING,
        REPLY_CLOSED,          REPLY_LOOK_AGAIN, REPLY_CLOSED_NO_REPLY, REPLY_CLOSED_WITHDRAWN,
        REPLY_CLOSED_OUTSIDE,  REPLY_RESOLVED,   REPLY_SETTLED,         REPLY_INVESTIGATION,
        REPLY_REPORT};
    g_autoptr(Facts) f = letter_facts();
    for (size_t n = 0; n < G_N_ELEMENTS(KINDS); n++)
        letter_visit(visit, reply_name(KINDS[n]), KINDS[n], f, 0, 0, NULL);
}

static inline void letters_all(LetterVisit visit)
{
    letters_of_kinds(visit);
    letters_of_questions(visit);
    letters_of_reasons(visit);
    letters_of_bars(visit);
    letters_of_no_response(visit);
    letters_of_lateness(visit);
}
