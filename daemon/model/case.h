/* case.h: the life of a case, drawn once.
 *
 *                +--> asked -------------------------+
 *                +--> awaiting-release ---+----------+
 *   received ----+                        +--> rejected
 *                +--> referred -----------+----------+---> closed
 *                +--> accepted ----------------------+
 *
 * That is the way of most. All the moves there are, each an o:
 *
 *   from \ to            asked   referred   awaiting-release   accepted   rejected   closed
 *   received --------------o---------o--------------o--------------o
 *   asked -----------------o---------o--------------o--------------o--------------------o
 *   referred --------------o---------o--------------o--------------o----------o---------o
 *   awaiting-release ------o---------o--------------o--------------o----------o---------o
 *   accepted ------------------------o--------------------------------------------------o
 *   rejected ------------------------o
 *   closed --------------------------o
 *
 * received          registered, not yet judged (between the two commits; never left so)
 * asked             our question is in the outbox; clock of five working days runs from the answer
 * referred          a person must decide by reply_due; acknowledged at once
 * awaiting-release  judged reject; rejection held in the outbox until its hold ends (automatic)
 *                   or a person approves (reviewed)
 * accepted          the acceptance is in the outbox; casework begins outside the rules
 * rejected          the rejection has been released to the outbox's queue
 * closed            a person ended it
 *
 * Moves and who makes them (case_may_move mirrors the drawing and this list; the schema's trigger
 * and iecd(8) repeat them and a test compares the five):
 *   received -> asked | referred | awaiting-release | accepted        flow/handle (rules)
 *   asked -> asked | referred | awaiting-release | accepted           flow/handle (an answer came)
 *   asked -> closed                                                   a person (no reply came)
 *   referred -> asked | awaiting-release | accepted | rejected | closed   a person (iecctl decide)
 *   referred -> referred                                              flow/handle (another message)
 *   awaiting-release -> rejected                 flow/release (hold over, or approved)
 *   awaiting-release -> closed                   a person (withdrawn)
 *   awaiting-release -> referred | asked | awaiting-release | accepted
 *                                                flow/handle (more came), or a person
 *   rejected -> referred                         flow/handle (look-again)
 *   accepted -> referred | closed                flow/handle; a person (an outcome, or outside)
 *   closed -> referred                           flow/handle (a late answer)
 * Every other move is refused.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum CaseState {
    CASE_RECEIVED,
    CASE_ASKED,
    CASE_REFERRED,
    CASE_AWAITING_RELEASE,
    CASE_ACCEPTED,
    CASE_REJECTED,
    CASE_CLOSED,
    CASE_STATE_COUNT
} CaseState;
const char *case_state_name(CaseState s);

/* Days without an answer to our question, from the day it was asked (policy 4b): then a reminder
 * goes; then a person may close the case. */
enum { ASKED_REMIND_DAYS = 14, ASKED_CLOSE_DAYS = 28 };

bool case_may_move(CaseState from, CaseState to);
