/* letters.h: one letter of each kind, reason and question, for the tests of compose. */
#pragma once

#include "daemon/casework/compose.h"
#include <string.h>

typedef struct LetterCase {
    const char *name; /* of its golden file, before "-en.txt" */
    ReplyKind kind;
    uint32_t reasons, asks;
    void (*change)(Facts *);
    bool by_person;
} LetterCase;

static inline Day letter_day(const char *iso)
{
    return day_from_iso(iso);
}

static const CaseOutcome LETTER_SETTLED = {
    .kind = OUTCOME_SETTLE, .day = 20606, .apology = true, .redress = 125050};

static inline void letter_received(Facts *f)
{
    f->final_response.received = letter_day("2026-01-05");
}
static inline void letter_emailed(Facts *f)
{
    f->final_response.carriage = CARRIAGE_EMAIL;
}
static inline void letter_posted(Facts *f)
{
    f->final_response.carriage = CARRIAGE_POST;
    f->final_response.names_iec = TRI_YES;
    g_free(f->final_response.source);
    f->final_response.source = g_strdup("attachment");
}
static inline void letter_posted_abroad(Facts *f)
{
    f->final_response.carriage = CARRIAGE_POST_ABROAD;
}
static inline void letter_one_wrong(Facts *f)
{
    f->wrongs = BIT(WRONG_DELAY);
}
static inline void letter_undated_here(Facts *f)
{
    f->final_response.date = DAY_NONE;
    g_free(f->final_response.source);
    f->final_response.source = g_strdup("forwarded");
}
static inline void letter_undated(Facts *f)
{
    f->final_response.date = DAY_NONE;
}
static inline void letter_unreadable(Facts *f)
{
    f->final_response.readable = TRI_NO;
}
static inline void letter_no_response(Facts *f)
{
    f->final_response.status = RESPONSE_NONE;
    f->final_response.date = DAY_NONE;
}
static inline void letter_none_by(Facts *f, const char *rule)
{
    letter_no_response(f);
    facts_add(f, rule, "final_response.status", "none", NULL, 0, 0, NULL);
}
static inline void letter_never(Facts *f)
{
    letter_none_by(f, "final-response.never-complained");
}
static inline void letter_unanswered(Facts *f)
{
    letter_none_by(f, "final-response.no-answer");
}
static inline void letter_interim(Facts *f)
{
    letter_none_by(f, "paper.interim");
}
static inline void letter_judicial_review(Facts *f)
{
    facts_add(f, "bar.court.live", "bar", "court whole", "body", 0, 19, "for judicial review");
}
static inline void letter_visa_refused(Facts *f)
{
    facts_add(f, "bar.appealable.refused", "bar", "appealable-decision whole", "body", 0, 16,
              "visa was refused");
    facts_add(f, "bar.appealable.route", "bar", "appealable-decision whole", "body", 0, 15,
              "right of appeal");
}
static inline void letter_overdue(Facts *f)
{
    letter_no_response(f);
    f->final_response.overdue = TRI_YES;
    f->area = AREA_HM_PASSPORT_OFFICE;
}
static inline void letter_unknown_response(Facts *f)
{
    f->final_response.status = RESPONSE_UNKNOWN;
    f->final_response.date = DAY_NONE;
}
static inline void letter_dvla(Facts *f)
{
    f->area = AREA_OTHER_BODY;
    facts_add(f, "area.other-body", "business_area", "other-body", "body", 0, 17,
              "the DVLA lost it.");
}
static inline void letter_other_body(Facts *f)
{
    f->area = AREA_OTHER_BODY;
}
static inline void letter_other_home_office(Facts *f)
{
    f->area = AREA_OTHER_HOME_OFFICE;
}
static inline void letter_no_authority(Facts *f)
{
    f->representative.type = REPRESENTATIVE_LEGAL;
    f->representative.authority = TRI_NO;
}
static inline void letter_border_force(Facts *f)
{
    letter_no_response(f);
    f->area = AREA_BORDER_FORCE;
}
static inline void letter_enforcement(Facts *f)
{
    letter_no_response(f);
    f->area = AREA_IMMIGRATION_ENFORCEMENT;
}
static inline void letter_detention(Facts *f)
{
    letter_no_response(f);
    f->area = AREA_DETENTION_ESCORTING;
}
static inline void letter_area_unknown(Facts *f)
{
    letter_no_response(f);
    f->area = AREA_UNKNOWN;
}

#define REASON(r)   BIT(REASON_##r)
#define ALL_REASONS (BIT(REASON_COUNT) - 1)
#define ALL_ASKS    (BIT(ASK_COUNT) - 1)
static const LetterCase LETTER_CASES[] = {
    {"acknowledgement", REPLY_ACKNOWLEDGEMENT, 0, 0, NULL, false},
    {"urgent", REPLY_URGENT, 0, 0, NULL, false},
    {"receipt", REPLY_RECEIPT, 0, 0, NULL, false},
    {"acceptance", REPLY_ACCEPTANCE, 0, 0, NULL, false},
    {"acceptance-one", REPLY_ACCEPTANCE, 0, 0, letter_one_wrong, false},
    {"acceptance-by-person", REPLY_ACCEPTANCE, 0, 0, NULL, true},
    {"holding", REPLY_HOLDING, 0, 0, NULL, false},
    {"closed", REPLY_CLOSED, 0, 0, NULL, true},
    {"reminder", REPLY_REMINDER, 0, ALL_ASKS, letter_unknown_response, false},
    {"look-again-receipt", REPLY_LOOK_AGAIN, 0, 0, NULL, false},
    {"closed-no-reply", REPLY_CLOSED_NO_REPLY, 0, 0, NULL, true},
    {"closed-withdrawn", REPLY_CLOSED_WITHDRAWN, 0, 0, NULL, true},
    {"closed-outside", REPLY_CLOSED_OUTSIDE, REASON(COURT), 0, letter_judicial_review, true},
    {"closed-outside-general", REPLY_CLOSED_OUTSIDE, REASON(COURT), 0, letter_no_authority, true},
    {"resolved", REPLY_RESOLVED, 0, 0, NULL, true},
    {"settled", REPLY_SETTLED, 0, 0, NULL, true},
    {"investigation", REPLY_INVESTIGATION, 0, 0, NULL, true},
    {"report", REPLY_REPORT, 0, 0, NULL, true},
    {"question-final-response", REPLY_QUESTION, 0, BIT(ASK_FINAL_RESPONSE), letter_unknown_response,
     false},
    {"question-date", REPLY_QUESTION, 0, BIT(ASK_FINAL_RESPONSE), letter_undated, false},
    {"question-date-letter", REPLY_QUESTION, 0, BIT(ASK_FINAL_RESPONSE), letter_undated_here,
     false},
    {"question-unreadable", REPLY_QUESTION, 0, BIT(ASK_FINAL_RESPONSE), letter_unreadable, false},
    {"question-business-area", REPLY_QUESTION, 0, BIT(ASK_BUSINESS_AREA), NULL, false},
    {"question-what-happened", REPLY_QUESTION, 0, BIT(ASK_WHAT_HAPPENED), NULL, false},
    {"question-authority", REPLY_QUESTION, 0, BIT(ASK_AUTHORITY), letter_no_authority, false},
    {"question-all", REPLY_QUESTION, 0, ALL_ASKS, letter_no_authority, false},
    {"rejection-appealable-decision", REPLY_REJECTION, REASON(APPEALABLE_DECISION), 0, NULL, false},
    {"rejection-appealable-visa", REPLY_REJECTION, REASON(APPEALABLE_DECISION), 0,
     letter_visa_refused, false},
    {"rejection-policy-or-legislation", REPLY_REJECTION, REASON(POLICY_OR_LEGISLATION), 0, NULL,
     false},
    {"rejection-ombudsman", REPLY_REJECTION, REASON(OMBUDSMAN), 0, NULL, false},
    {"rejection-employment", REPLY_REJECTION, REASON(EMPLOYMENT), 0, NULL, false},
    {"rejection-court", REPLY_REJECTION, REASON(COURT), 0, NULL, false},
    {"rejection-court-judicial-review", REPLY_REJECTION, REASON(COURT), 0, letter_judicial_review,
     false},
    {"rejection-windrush-compensation", REPLY_REJECTION, REASON(WINDRUSH_COMPENSATION), 0, NULL,
     false},
    {"rejection-psu-misconduct", REPLY_REJECTION, REASON(PSU_MISCONDUCT), 0, NULL, false},
    {"rejection-data-protection", REPLY_REJECTION, REASON(DATA_PROTECTION), 0, NULL, false},
    {"rejection-not-in-remit-named", REPLY_REJECTION, REASON(NOT_IN_REMIT), 0, letter_dvla, false},
    {"rejection-not-in-remit-other-body", REPLY_REJECTION, REASON(NOT_IN_REMIT), 0,
     letter_other_body, false},
    {"rejection-not-in-remit-home-office", REPLY_REJECTION, REASON(NOT_IN_REMIT), 0,
     letter_other_home_office, false},
    {"rejection-not-in-remit-by-person", REPLY_REJECTION, REASON(NOT_IN_REMIT), 0, NULL, true},
    {"rejection-no-final-response", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_no_response, false},
    {"rejection-no-final-response-never", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_never, false},
    {"rejection-no-final-response-unanswered", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_unanswered, false},
    {"rejection-no-final-response-interim", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_interim, false},
    {"rejection-no-final-response-overdue", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_overdue, false},
    {"rejection-no-final-response-border-force", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_border_force, false},
    {"rejection-no-final-response-enforcement", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_enforcement, false},
    {"rejection-no-final-response-detention", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_detention, false},
    {"rejection-no-final-response-unknown", REPLY_REJECTION, REASON(NO_FINAL_RESPONSE), 0,
     letter_area_unknown, false},
    {"rejection-out-of-time", REPLY_REJECTION, REASON(OUT_OF_TIME), 0, NULL, false},
    {"rejection-out-of-time-posted", REPLY_REJECTION, REASON(OUT_OF_TIME), 0, letter_posted, false},
    {"rejection-out-of-time-posted-abroad", REPLY_REJECTION, REASON(OUT_OF_TIME), 0,
     letter_posted_abroad, false},
    {"rejection-out-of-time-emailed", REPLY_REJECTION, REASON(OUT_OF_TIME), 0, letter_emailed,
     false},
    {"rejection-out-of-time-received", REPLY_REJECTION, REASON(OUT_OF_TIME), 0, letter_received,
     false},
    {"rejection-two-reasons", REPLY_REJECTION, REASON(DATA_PROTECTION) | REASON(OUT_OF_TIME), 0,
     NULL, false},
    {"rejection-general", REPLY_REJECTION, ALL_REASONS, 0, letter_no_authority, false},
};

/* The letter of a case of the year 2026 to an invented person; NULL with error. */
static inline Reply *letter_compose(const Templates *t, const LetterCase *c, Language language,
                                    GError **error)
{
    g_autoptr(Facts) f = facts_new();
    Judgement j = {.reasons = c->reasons, .asks = c->asks, .reply_due = letter_day("2026-06-01")};
    j.time_limit = letter_day("2026-04-09");
    f->language = language;
    f->area = AREA_UKVI;
    f->wrongs = BIT(WRONG_DELAY) | BIT(WRONG_STAFF_CONDUCT);
    f->final_response.status = RESPONSE_GIVEN;
    f->final_response.date = letter_day("2026-01-02");
    if (c->change)
        c->change(f);
    ReplyInput input = {
        .kind = c->kind,
        .reference = "IEC/26/000123",
        .facts = f,
        .judgement = &j,
        .received = letter_day("2026-05-22"),
        .answer_by = letter_day("2026-06-01"),
        .to_name = "Ffion Oyelaran-Maddox",
        .by_computer = !c->by_person,
        .note = "You told us that HM Passport Office has now sent the passport.\n"
                "You asked us to stop, so we have.",
        .asked = letter_day("2026-05-22"),
        .outcome = &LETTER_SETTLED,
    };
    return compose_reply(t, &input, error);
}
