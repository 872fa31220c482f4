/* answer.h: puts replies and notices into the outbox, within policy section 6.
 *
 * The only writer of outbox rows. It asks, for every automatic reply: may one go at all (headers,
 * robots, our own addresses, no usable address, a stop of heed.h), and do the ceilings allow it.
 * Where not, nothing is queued, the case is flagged acknowledge-by-hand and its history says why.
 */
#pragma once

#include "daemon/flow/office.h"
#include "daemon/model/reply.h"

typedef struct Answer {
    ReplyKind kind;
    const Facts *facts; /* merged facts of the case */
    const Judgement *judgement;
    int64_t received_at; /* receipt of the message answered */
    Day answer_by;
    int64_t message_id; /* message row answered; its Message-ID goes into In-Reply-To */
    int64_t decision_id;
    bool by_computer;           /* false: a person decided; headers and ceilings do not bind */
    int64_t hold_until;         /* 0: queued at once; else held, INT64_MAX until approved */
    const char *note;           /* REPLY_CLOSED, REPLY_CLOSED_OUTSIDE */
    const CaseOutcome *outcome; /* REPLY_RESOLVED to REPLY_REPORT; NULL else */
    const char *who;            /* for the history */
} Answer;

/* In the caller's transaction. *queued false means policy 6 forbade it (flag set on c, not yet
 * stored: the caller updates the case). */
bool answer_queue(Office *o, CaseRow *c, const Answer *a, bool *queued, GError **error);

/* The ceiling of policy 6 that the case's address has reached, in words; NULL none. */
const char *answer_ceiling_reached(Office *o, const CaseRow *c, int64_t now);

/* Mail to the office's own people: reference and kind only, none of the person's words. `ask`: what
 * they are asked to do, NULL: the day an answer is owed by. `address` "" does nothing, nor does a
 * notice that waits for its way already. No ceiling or stop holds it. In the caller's transaction.
 */
bool answer_notice(Office *o, const CaseRow *c, const char *address, const char *what,
                   const char *ask, GError **error);
