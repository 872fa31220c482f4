/* remedy.h: what came of an accepted complaint, as the office works.
 *
 * The office publishes three ways an accepted complaint ends: it is resolved, it is settled (an
 * apology, a sum of money or both), or it is investigated and a report is issued. An investigation
 * has two dates, its opening and its report; each is an outcome of its own. Sums are whole pence.
 */
#pragma once

#include "daemon/model/day.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum OutcomeKind {
    OUTCOME_RESOLVE,
    OUTCOME_SETTLE,
    OUTCOME_INVESTIGATE, /* opened: the case stays accepted */
    OUTCOME_REPORT,      /* issued */
    OUTCOME_COUNT
} OutcomeKind;
const char *outcome_name(OutcomeKind k);

typedef struct CaseOutcome {
    int64_t id, case_id;
    OutcomeKind kind;
    Day day;        /* on which it happened */
    int64_t at;     /* when it was written down, UTC seconds */
    char *by, *why; /* a user's name; their words for the journey, "" none */
    bool apology;
    int64_t redress; /* pence; 0 none */
} CaseOutcome;
void case_outcome_free(CaseOutcome *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseOutcome, case_outcome_free)

/* "settled on 1 June 2026: an apology and £150"; g_free. */
char *case_outcome_words(const CaseOutcome *c);

/* "150", "150.00", "1,250.50", each also after "£": pounds, more than nothing and at most a
 * million. False for anything else. */
bool pounds_parse(const char *text, int64_t *pence);
/* "£150", "£1,250.50" (GOV.UK style: pence only where there are any); g_free. */
char *pounds_words(int64_t pence);
/* "150.00"; g_free. */
char *pounds_plain(int64_t pence);
