/* merge.h: the facts of a case from those of its messages. Pure.
 *
 * Later beats earlier; unknown never beats known; the complainant's own statement beats a guess; a
 * contradiction that no order settles is unknown (a letter that is there and said not to be; our
 * area and somebody else's). Flags, references and findings are united; evidence of the second
 * message and later ones names it: "message 2, body". The kind is that of the first message that
 * was a complaint.
 */
#pragma once

#include "daemon/model/facts.h"

/* `facts`: array of Facts in order of receipt, at least one. */
Facts *facts_merge(const GPtrArray *facts);
