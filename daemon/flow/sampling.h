/* sampling.h: automatic rejections read again by people who do not know how they were decided
 * (policy 4a; which ones: daemon/casework/sample.h).
 */
#pragma once

#include "daemon/flow/office.h"
#include <json-glib/json-glib.h>

/* Draws every week that is over and not drawn; a transaction a week. Called at each look at the
 * clock. */
bool sampling_draw(Office *o, GError **error);

/* {"command": "sample-judge", "case": ..., "decision": "accept|reject|ask|refer",
 *  "reasons": "a,b"}: what the reader would have decided. Tells then, and only then, how it was
 * decided. Refuses who had a hand in the case. In the caller's transaction. */
char *sampling_judge_request(Office *o, JsonObject *request, const char *who, GError **error);
