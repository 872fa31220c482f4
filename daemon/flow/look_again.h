/* look_again.h: a rejection that its complainant asks us to look at again (policy 4b).
 *
 * Who answers a rejection, bare thanks and machine mail aside, is referred as `look-again`: no rule
 * judges it and no lateness bars it. It is answered by somebody who neither made, let go nor had a
 * part in any rejection of the case; closing an accepted case as outside counts as one. Each is a
 * row of the register, for `iecctl status` to count.
 */
#pragma once

#include "daemon/flow/outcome.h"

/* Whether a person's message to this case asks that its rejection be looked at again. */
bool look_again_is_asked(Office *o, const CaseRow *c);

/* Writes down what the effect means for a look-again: asked, answered, or nothing. In the caller's
 * transaction. */
bool look_again_follow(Office *o, const CaseRow *c, const Effect *e, GError **error);

/* False with an error in words where `who` may not answer the look-again that waits. Passing the
 * case to another person is no answer, and neither is a question. */
bool look_again_may_decide(Office *o, const CaseRow *c, Decision d, const char *who,
                           GError **error);
