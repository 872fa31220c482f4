/* decide.h: policy section 4's table and section 4a, as code a caseworker can check line by line.
 *
 * A pure function from facts: no I/O, no clock of its own.
 */
#pragma once

#include "daemon/casework/workdays.h"
#include "daemon/model/facts.h"
#include "daemon/model/judgement.h"

typedef struct DecideContext {
    const Calendar *calendar;
    Day received;      /* day of receipt of the message that starts the clock */
    Day first_contact; /* first contact on the matter, by any channel */
    int reply_days;    /* 5 */
    int post_days;     /* 4: second class; ten from abroad */
    int post_abroad_days;
    uint32_t reviewed_reasons; /* Reason bits whose setting is `reviewed` */
} DecideContext;

/* Fills *out, which is zero or was filled before (clear it with judgement_clear). Adds no finding
 * to facts. A reason for lateness that is only hinted at (late_reason unknown) is line 7, so that
 * facts of a message without one must say TRI_NO. reply_due is DAY_NONE for DECISION_NONE. */
void decide(const Facts *facts, const DecideContext *context, Judgement *out);

/* Last day in time on the reading kindest to the complainant; DAY_NONE where not known. */
Day time_limit(const Facts *facts, const DecideContext *context);
/* A representative who needs signed authority (section 2) and has shown none. */
bool lacks_authority(const Facts *facts);
/* Day by which an answer is owed; DAY_NONE past the calendar's horizon. */
Day reply_due(const DecideContext *context);
/* The table's words for one of its lines, as policy section 4 has them; "" for a line it has not.
 */
const char *decide_line_words(int line);
