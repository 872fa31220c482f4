/* heed.h: what holds for a person's message whatever becomes of its case (policy 4 line 0, 4a, 4b):
 * risk, threats and serious misconduct are alerted; a death, a withdrawal and "do not write to this
 * address" stop letters; a new address waits for a person.
 *
 * Read from the message's own facts, so that a later one without them alerts nobody again.
 */
#pragma once

#include "daemon/flow/office.h"
#include "daemon/store/outbox.h"

typedef struct Heeding {
    const Facts *facts; /* the message's own */
    const char *sender; /* its plain From, "" none */
    bool mailed;        /* it came from the sender's own mailbox, as far as can be told */
    int64_t message_id;
} Heeding;

/* In the caller's transaction, once the message is in the case and before any reply to it is
 * queued. Cancels what of the case (for an address: of every case) has not left. May change
 * `c->flags` and `c->refer`: the caller stores the case. */
bool heed_message(Office *o, CaseRow *c, const Heeding *h, GError **error);

/* Its alerts alone, for words that were sent before: they are no less urgent. */
bool heed_alert(Office *o, const CaseRow *c, const Heeding *h, GError **error);

/* A person has seen to the case: what a withdrawal stopped goes again, should they write again. In
 * the caller's transaction. */
bool heed_settle(Office *o, const CaseRow *c, const char *who, GError **error);

/* Why no letter may go to the case's contact, in one clause; NULL where one may. withdrawn_too: one
 * that a withdrawal stops. */
const char *heed_forbids(Office *o, const CaseRow *c, bool withdrawn_too);

/* Why this letter, written down before, may not leave any more; NULL where it may. */
const char *heed_stops(Office *o, const OutboxRow *r);

/* True where the message asks for something that a person must act on in whatever state. */
bool heed_refers(const Facts *facts);
