/* closing.h: how a person ends a case other than by an outcome, and who must agree.
 *
 * no-reply   our question has had no answer for 28 days
 * withdrawn  the complainant does not want to go on, and a person has made sure of it
 * outside    it was accepted, and has been found outside what the office can look at: one person
 *            proposes, another agrees; a message that comes in between voids the proposal
 *
 * Each tells the complainant by its own letter how to come back. Where no letter may go the case is
 * closed all the same and the answer says that it must be written by hand.
 *
 * Words of the request: "kind", "why"; for outside "reasons" (policy 5's names) and "note": what
 * the letter says is the note, the office's phrases for the reasons, or both; where there is
 * neither, the why. "agree" and "refuse" answer a proposal.
 */
#pragma once

#include "daemon/flow/outcome.h"
#include "daemon/flow/request.h"

/* See CaseRequestFunc. */
char *closing_request(Office *o, const CaseRequest *r, GError **error);

/* False with an error in words where one person alone may not reject or close the case because it
 * was accepted. */
bool closing_may_decide(Office *o, const CaseRow *c, Decision d, GError **error);

/* Whether the complainant has been told that the office looks at their complaint. True where the
 * register cannot say. */
bool closing_was_accepted(Office *o, const CaseRow *c);

/* Closes the case by what `effect` says besides its judgement; one line for the person (g_free). */
char *closing_apply(Office *o, const CaseRequest *r, const Effect *effect, uint32_t reasons,
                    GError **error);
