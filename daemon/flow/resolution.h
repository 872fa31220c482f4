/* resolution.h: what came of an accepted complaint (model/remedy.h), as a person writes it down.
 *
 * The complainant is told by letter. A complaint that was resolved or settled, or on which a report
 * was issued, is closed by the same step; one under investigation is accepted by who opened it,
 * whatever it was referred for. An investigation may be ended by a resolution or settlement before
 * its report; the journey says so.
 *
 * Words of the request: "kind", "apology" ("yes"), "redress" (pounds), "on" (the day it happened,
 * YYYY-MM-DD; today where it is not said) and "why".
 */
#pragma once

#include "daemon/flow/request.h"

/* See CaseRequestFunc. */
char *resolution_request(Office *o, const CaseRequest *r, GError **error);
