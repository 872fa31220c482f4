/* outcome.h: what a judgement does to a case: its new state, its clock, its replies.
 *
 * One way for rules and people. All functions run inside the caller's transaction.
 */
#pragma once

#include "daemon/flow/office.h"
#include "daemon/model/reply.h"

typedef struct Effect {
    const Facts *facts; /* merged facts of the case */
    const Judgement *judgement;
    int64_t message_id;  /* the message answered */
    int64_t received_at; /* its receipt */
    const char *by;      /* "rules" or a person's name */
    const char *why;     /* for the history */
    const char *note;    /* a person's own words for REPLY_CLOSED, NULL else */
    /* A person's step with a letter of its own: of a case closed (0: REPLY_CLOSED, where there is
     * a note), or of one that goes on. Where it cannot go its author writes by hand. */
    ReplyKind letter;
    const CaseOutcome *outcome; /* what that letter tells; NULL else */
    bool receipt_only;          /* claims not proven, thanks: neutral receipt, no promise */
} Effect;

/* Records the decision, moves the case, cancels a rejection still held, queues what is due. */
bool outcome_apply(Office *o, CaseRow *c, const Effect *e, GError **error);

/* Turns a judgement into a referral for this reason. */
void outcome_refer(Judgement *j, ReferWhy why);

/* A reply came back or was refused for good: the case is flagged and goes to a person. */
bool outcome_undelivered(Office *o, int64_t case_id, int64_t message_id, const char *why,
                         GError **error);

/* A rejection held to go by itself waits for a person's approval instead; of any other case the
 * history only is told. `what` and `why` as of cases_event. */
bool outcome_review(Office *o, CaseRow *c, const char *what, const char *why, GError **error);

/* Lets a held rejection go: the row is queued and the case is rejected. `who` released it. */
bool outcome_release(Office *o, CaseRow *c, int64_t outbox_id, const char *who, const char *why,
                     GError **error);
