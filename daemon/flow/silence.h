/* silence.h: questions of ours that have had no answer (policy 4b).
 *
 * 14 days after a question its complainant is reminded, once a question, of what is still missing.
 * Where no automatic reply may go a person is told instead. At 28 days, and one and two weeks
 * later, people are told that the case may be closed; it never closes by itself. Days are
 * Europe/London's.
 */
#pragma once

#include "daemon/flow/office.h"

/* Opens its own transactions, one a case. Does nothing while messages wait to be read: the answer
 * may be among them. */
bool silence_look(Office *o, int64_t now, GError **error);
