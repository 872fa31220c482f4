#include "daemon/casework/compose_found.h"
#include "daemon/casework/decide.h"
#include <string.h>

static void add(GPtrArray *names, const char *folder, const char *name)
{
    g_ptr_array_add(names, g_strdup_printf("%s/%s", folder, name));
}

/* ---- words that a finding rests on */

/* Whole words, ASCII case ignored. */
static bool says(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = text; *p; p++) {
        bool begins = p == text || !g_ascii_isalnum(p[-1]);
        if (begins && !g_ascii_strncasecmp(p, word, length) && !g_ascii_isalnum(p[length]))
            return true;
    }
    return false;
}

static bool evidence_says(const Finding *f, const char *words)
{
    for (unsigned n = 0; n < f->evidence->len; n++)
        if (says(((const Evidence *)f->evidence->pdata[n])->quote, words))
            return true;
    return false;
}

/* Words that a finding may rest on, and the template they choose. */
typedef struct Known {
    int of; /* Reason, or BusinessArea */
    const char *words, *template;
} Known;

typedef bool (*IsAbout)(const Finding *f, int of);

/* The template that all known words choose; NULL where there is none, or more than one. */
static const char *chosen(const Facts *facts, const Known *known, size_t count, int of,
                          IsAbout about)
{
    const char *found = NULL;
    for (unsigned n = 0; n < facts->findings->len; n++) {
        const Finding *f = facts->findings->pdata[n];
        for (size_t k = 0; about(f, of) && k < count; k++) {
            if (known[k].of != of || !evidence_says(f, known[k].words))
                continue;
            if (found && strcmp(found, known[k].template) != 0)
                return NULL;
            found = known[k].template;
        }
    }
    return found;
}
#define CHOSEN(facts, known, of, about) chosen((facts), (known), G_N_ELEMENTS(known), (of), (about))

/* ---- the organisation */

static const Known BODIES[] = {
    {AREA_OTHER_BODY, "dvla", "dvla"},
    {AREA_OTHER_BODY, "driver and vehicle licensing agency", "dvla"},
    {AREA_OTHER_BODY, "dwp", "dwp"},
    {AREA_OTHER_BODY, "department for work and pensions", "dwp"},
    {AREA_OTHER_BODY, "universal credit", "dwp"},
    {AREA_OTHER_BODY, "jobcentre", "dwp"},
    {AREA_OTHER_BODY, "hmrc", "hmrc"},
    {AREA_OTHER_BODY, "hm revenue and customs", "hmrc"},
    {AREA_OTHER_BODY, "council", "council"},
    {AREA_OTHER_BODY, "cyngor", "council"},
    {AREA_OTHER_BODY, "gyngor", "council"},
    {AREA_OTHER_BODY, "police", "police"},
    {AREA_OTHER_BODY, "constabulary", "police"},
    {AREA_OTHER_BODY, "heddlu", "police"},
    {AREA_OTHER_BODY, "nhs", "nhs"},
    {AREA_OTHER_BODY, "hospital", "nhs"},
    {AREA_OTHER_BODY, "ysbyty", "nhs"},
    {AREA_OTHER_BODY, "bwrdd iechyd", "nhs"},
    {AREA_OTHER_BODY, "hmcts", "courts"},
    {AREA_OTHER_BODY, "courts and tribunals service", "courts"},
    {AREA_OTHER_BODY, "foreign office", "fcdo"},
    {AREA_OTHER_BODY, "fcdo", "fcdo"},
    {AREA_OTHER_BODY, "embassy", "embassy"},
    {AREA_OTHER_BODY, "consulate", "embassy"},
    {AREA_OTHER_BODY, "airline", "airline"},
    {AREA_OTHER_BODY, "airways", "airline"},
    {AREA_OTHER_BODY, "cwmni hedfan", "airline"},
    {AREA_OTHER_BODY, "employer", "employer"},
    {AREA_OTHER_BODY, "landlord", "landlord"},
    {AREA_OTHER_BODY, "housing association", "housing-association"},
    {AREA_OTHER_BODY, "bank", "bank"},
    {AREA_OTHER_BODY, "building society", "bank"},
    {AREA_OTHER_BODY, "university", "school"},
    {AREA_OTHER_BODY, "college", "school"},
    {AREA_OTHER_BODY, "school", "school"},
    {AREA_OTHER_BODY, "royal mail", "courier"},
    {AREA_OTHER_BODY, "courier", "courier"},
    {AREA_OTHER_BODY, "parcelforce", "courier"},
    {AREA_OTHER_BODY, "british gas", "energy"},
    {AREA_OTHER_BODY, "energy company", "energy"},
    {AREA_OTHER_BODY, "water company", "energy"},
    {AREA_OTHER_BODY, "student finance", "student-loans"},
    {AREA_OTHER_BODY, "student loans company", "student-loans"},
    {AREA_OTHER_HOME_OFFICE, "disclosure and barring service", "dbs"},
    {AREA_OTHER_HOME_OFFICE, "dbs", "dbs"},
    {AREA_OTHER_HOME_OFFICE, "security industry authority", "sia"},
    {AREA_OTHER_HOME_OFFICE, "sia", "sia"},
    {AREA_OTHER_HOME_OFFICE, "gangmasters", "glaa"},
};

static bool about_area(const Finding *f, int area)
{
    return !strcmp(f->fact, "business_area") && !strcmp(f->value, area_name((BusinessArea)area));
}

const char *compose_body(const Facts *facts)
{
    return CHOSEN(facts, BODIES, facts->area, about_area);
}

/* ---- the bars */

static const Known BARS[] = {
    {REASON_APPEALABLE_DECISION, "visa", "appealable-decision-visa"},
    {REASON_APPEALABLE_DECISION, "visas", "appealable-decision-visa"},
    {REASON_APPEALABLE_DECISION, "entry clearance", "appealable-decision-visa"},
    {REASON_APPEALABLE_DECISION, "fisa", "appealable-decision-visa"},
    {REASON_APPEALABLE_DECISION, "settlement", "appealable-decision-stay"},
    {REASON_APPEALABLE_DECISION, "settled status", "appealable-decision-stay"},
    {REASON_APPEALABLE_DECISION, "indefinite leave", "appealable-decision-stay"},
    {REASON_APPEALABLE_DECISION, "ilr", "appealable-decision-stay"},
    {REASON_APPEALABLE_DECISION, "leave to remain", "appealable-decision-stay"},
    {REASON_APPEALABLE_DECISION, "citizenship", "appealable-decision-citizenship"},
    {REASON_APPEALABLE_DECISION, "naturalisation", "appealable-decision-citizenship"},
    {REASON_APPEALABLE_DECISION, "dinasyddiaeth", "appealable-decision-citizenship"},
    {REASON_APPEALABLE_DECISION, "asylum", "appealable-decision-asylum"},
    {REASON_APPEALABLE_DECISION, "lloches", "appealable-decision-asylum"},
    {REASON_APPEALABLE_DECISION, "sponsor licence", "appealable-decision-sponsor"},
    {REASON_APPEALABLE_DECISION, "sponsorship licence", "appealable-decision-sponsor"},
    {REASON_POLICY_OR_LEGISLATION, "fee", "policy-or-legislation-fee"},
    {REASON_POLICY_OR_LEGISLATION, "fees", "policy-or-legislation-fee"},
    {REASON_POLICY_OR_LEGISLATION, "surcharge", "policy-or-legislation-fee"},
    {REASON_POLICY_OR_LEGISLATION, "price", "policy-or-legislation-fee"},
    {REASON_POLICY_OR_LEGISLATION, "threshold", "policy-or-legislation-requirement"},
    {REASON_POLICY_OR_LEGISLATION, "requirement", "policy-or-legislation-requirement"},
    {REASON_POLICY_OR_LEGISLATION, "minimum income", "policy-or-legislation-requirement"},
    {REASON_POLICY_OR_LEGISLATION, "rule", "policy-or-legislation-rule"},
    {REASON_POLICY_OR_LEGISLATION, "rules", "policy-or-legislation-rule"},
    {REASON_POLICY_OR_LEGISLATION, "law", "policy-or-legislation-rule"},
    {REASON_POLICY_OR_LEGISLATION, "rheol", "policy-or-legislation-rule"},
    {REASON_OMBUDSMAN, "is investigating", "ombudsman-now"},
    {REASON_OMBUDSMAN, "are investigating", "ombudsman-now"},
    {REASON_OMBUDSMAN, "is looking into", "ombudsman-now"},
    {REASON_OMBUDSMAN, "opened", "ombudsman-now"},
    {REASON_OMBUDSMAN, "investigated", "ombudsman-done"},
    {REASON_OMBUDSMAN, "upheld", "ombudsman-done"},
    {REASON_OMBUDSMAN, "partly upheld", "ombudsman-done"},
    {REASON_OMBUDSMAN, "final report", "ombudsman-done"},
    {REASON_EMPLOYMENT, "applied for", "employment-applicant"},
    {REASON_EMPLOYMENT, "recruitment", "employment-applicant"},
    {REASON_EMPLOYMENT, "job offer", "employment-applicant"},
    {REASON_EMPLOYMENT, "vetting", "employment-applicant"},
    {REASON_EMPLOYMENT, "job application", "employment-applicant"},
    {REASON_EMPLOYMENT, "member of staff", "employment-staff"},
    {REASON_EMPLOYMENT, "my line manager", "employment-staff"},
    {REASON_EMPLOYMENT, "my grievance", "employment-staff"},
    {REASON_EMPLOYMENT, "i work for", "employment-staff"},
    {REASON_EMPLOYMENT, "sacked", "employment-staff"},
    {REASON_EMPLOYMENT, "dismissed", "employment-staff"},
    {REASON_COURT, "judicial review", "court-judicial-review"},
    {REASON_COURT, "adolygiad barnwrol", "court-judicial-review"},
    {REASON_COURT, "tribunal", "court-tribunal"},
    {REASON_COURT, "immigration judge", "court-tribunal"},
    {REASON_COURT, "tribiwnlys", "court-tribunal"},
    {REASON_COURT, "court", "court-court"},
    {REASON_COURT, "small claim", "court-court"},
    {REASON_COURT, "small claims", "court-court"},
    {REASON_COURT, "magistrates", "court-court"},
    {REASON_COURT, "llys", "court-court"},
    {REASON_DATA_PROTECTION, "subject access", "data-protection-request"},
    {REASON_DATA_PROTECTION, "sar", "data-protection-request"},
    {REASON_DATA_PROTECTION, "dsar", "data-protection-request"},
    {REASON_DATA_PROTECTION, "data request", "data-protection-request"},
    {REASON_DATA_PROTECTION, "access request", "data-protection-request"},
    {REASON_DATA_PROTECTION, "redacted", "data-protection-request"},
    {REASON_DATA_PROTECTION, "stranger", "data-protection-shared"},
    {REASON_DATA_PROTECTION, "someone else", "data-protection-shared"},
    {REASON_DATA_PROTECTION, "somebody else", "data-protection-shared"},
    {REASON_DATA_PROTECTION, "leaked", "data-protection-shared"},
    {REASON_DATA_PROTECTION, "disclosed", "data-protection-shared"},
    {REASON_DATA_PROTECTION, "shared", "data-protection-shared"},
    {REASON_DATA_PROTECTION, "data breach", "data-protection-shared"},
    {REASON_DATA_PROTECTION, "delete", "data-protection-kept"},
    {REASON_DATA_PROTECTION, "erase", "data-protection-kept"},
    {REASON_DATA_PROTECTION, "fingerprints", "data-protection-kept"},
};

static const Known RIGHTS[] = {
    {REASON_APPEALABLE_DECISION, "right of appeal", "right-appeal"},
    {REASON_APPEALABLE_DECISION, "right to appeal", "right-appeal"},
    {REASON_APPEALABLE_DECISION, "appeal rights", "right-appeal"},
    {REASON_APPEALABLE_DECISION, "lodge an appeal", "right-appeal"},
    {REASON_APPEALABLE_DECISION, "rights of appeal", "right-appeal"},
    {REASON_APPEALABLE_DECISION, "hawl i apelio", "right-appeal"},
    {REASON_APPEALABLE_DECISION, "administrative review", "right-review"},
    {REASON_APPEALABLE_DECISION, "admin review", "right-review"},
};

/* A certain finding on this bar, by a phrase of the bar's own; not one that only hints at it, nor a
 * near miss. */
static bool about_bar(const Finding *f, int reason)
{
    if (strcmp(f->fact, "bar") != 0 || !g_str_has_prefix(f->rule, "bar."))
        return false;
    g_auto(GStrv) words = g_strsplit(f->value, " ", -1);
    return g_strv_length(words) == 2 && !strcmp(words[0], reason_name((Reason)reason)) &&
           (!strcmp(words[1], bar_hold_name(BAR_WHOLE)) ||
            !strcmp(words[1], bar_hold_name(BAR_PART)));
}

static void found_bar(const Facts *f, Reason reason, GPtrArray *names)
{
    const char *known = CHOSEN(f, BARS, reason, about_bar);
    add(names, "found", known ? known : reason_name(reason));
    if (reason != REASON_APPEALABLE_DECISION)
        return;
    const char *right = CHOSEN(f, RIGHTS, reason, about_bar);
    add(names, "found", right ? right : "right");
}

static void found_not_in_remit(const Facts *f, GPtrArray *names)
{
    add(names, "found",
        compose_body(f)                     ? "not-in-remit-body"
        : f->area == AREA_OTHER_BODY        ? "not-in-remit-other-body"
        : f->area == AREA_OTHER_HOME_OFFICE ? "not-in-remit-other-home-office"
                                            : "not-in-remit");
}

/* ---- no final response */

static bool status_rests_on(const Facts *facts, const char *rule)
{
    for (unsigned n = 0; n < facts->findings->len; n++) {
        const Finding *f = facts->findings->pdata[n];
        if (!strcmp(f->fact, "final_response.status") && !strcmp(f->rule, rule) &&
            !strcmp(f->value, response_status_name(RESPONSE_NONE)))
            return true;
    }
    return false;
}

/* How it was told that there is none: the words after "no-final-response". */
static const char *told_none(const Facts *f)
{
    bool never = status_rests_on(f, "final-response.never-complained");
    bool unanswered = status_rests_on(f, "final-response.complaint-unanswered") ||
                      status_rests_on(f, "final-response.no-answer");
    bool interim = status_rests_on(f, "final-response.only-acknowledged") ||
                   status_rests_on(f, "paper.interim") ||
                   status_rests_on(f, "paper.acknowledgement");
    bool complained = unanswered || interim || f->final_response.overdue == TRI_YES;
    if (never)
        return complained ? "" : "-never";
    return interim                                     ? "-interim"
           : unanswered                                ? "-unanswered"
           : status_rests_on(f, "final-response.form") ? "-form"
                                                       : "";
}

static void found_no_final_response(const Facts *f, GPtrArray *names)
{
    g_autofree char *name = g_strconcat("no-final-response", told_none(f), NULL);
    add(names, "found", name);
}

void compose_next(const ReplyInput *input, GPtrArray *names)
{
    const Facts *f = input->facts;
    const char *told = told_none(f);
    bool complained = !strcmp(told, "-interim") || !strcmp(told, "-unanswered");
    add(names, "next",
        f->final_response.overdue == TRI_YES ? "overdue"
        : !strcmp(told, "-never")            ? "complain"
        : complained                         ? "ask"
                                             : "complain-or-ask");
}

/* ---- out of time */

static const char *source_of(const Facts *f)
{
    static const char *const SOURCES[] = {"attachment", "forwarded", "form"};
    for (size_t n = 0; n < G_N_ELEMENTS(SOURCES); n++)
        if (!g_strcmp0(f->final_response.source, SOURCES[n]))
            return SOURCES[n];
    return "stated";
}

/* The day the limit was counted from, as time_limit() counted it. */
static const char *counted_from(const ReplyInput *input)
{
    static const char *const BY_CARRIAGE[CARRIAGE_COUNT] = {
        [CARRIAGE_UNKNOWN] = "out-of-time-way-unknown",
        [CARRIAGE_EMAIL] = "out-of-time-email",
        [CARRIAGE_POST] = "out-of-time-post",
        [CARRIAGE_POST_ABROAD] = "out-of-time-post-abroad",
    };
    const Facts *f = input->facts;
    Day date = f->final_response.date, received = f->final_response.received;
    if (input->judgement->time_limit == DAY_NONE)
        return "out-of-time";
    if (received != DAY_NONE && received >= date)
        return "out-of-time-received";
    return date == DAY_NONE ? "out-of-time" : BY_CARRIAGE[f->final_response.carriage];
}

static void found_out_of_time(const ReplyInput *input, GPtrArray *names)
{
    g_autofree char *source = g_strconcat("response-", source_of(input->facts), NULL);
    add(names, "found", source);
    if (input->facts->final_response.names_iec == TRI_YES)
        add(names, "found", "response-names-us");
    add(names, "found", counted_from(input));
}

void compose_found(const ReplyInput *input, Reason reason, GPtrArray *names)
{
    if (reason == REASON_NOT_IN_REMIT)
        found_not_in_remit(input->facts, names);
    else if (reason == REASON_NO_FINAL_RESPONSE)
        found_no_final_response(input->facts, names);
    else if (reason == REASON_OUT_OF_TIME)
        found_out_of_time(input, names);
    else
        found_bar(input->facts, reason, names);
}

/* ---- acceptance */

void compose_found_acceptance(const ReplyInput *input, GPtrArray *names)
{
    const Facts *f = input->facts;
    bool ours = f->area > AREA_UNKNOWN && f->area < AREA_OTHER_HOME_OFFICE;
    if (!input->by_computer || !ours || !f->wrongs || lacks_authority(f))
        return;
    bool one = (f->wrongs & (f->wrongs - 1)) == 0;
    add(names, "found", one ? "acceptance-one" : "acceptance-several");
}
