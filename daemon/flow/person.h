/* person.h: what people do to cases through iecctl: decide, approve, return.
 *
 * A request and its answer are flat sets of named strings. Every change leaves an event with the
 * person's name. Each request is one transaction.
 */
#pragma once

#include "daemon/flow/office.h"
#include <json-glib/json-glib.h>

/* `who`: the user's name from the socket's credentials. NULL with an error in words for the
 * person; else one line saying what was done (g_free).
 *
 * {"command": "decide", "case": "IEC/26/000123", "decision": "accept|reject|ask|refer|close",
 *  "reasons": "a,b", "asks": "a,b", "why": "...", "note": "...", "authority": "yes"}
 * {"command": "approve", "case": ...}            lets a reviewed rejection go
 * {"command": "return", "case": ..., "why": ...} takes it back to a person
 * {"command": "contact", "case": ..., "address": ..., "name": ..., "why": ...}  see contact.h
 * {"command": "alert-ack", "case": ..., "kind": ..., "why": ...}  has seen its alerts
 * {"command": "change", "case": ..., "decision": ..., "reasons": ...} decides it otherwise
 * {"command": "close", "case": ..., "kind": "no-reply|withdrawn|outside|agree|refuse", ...}
 *                                                see closing.h
 * {"command": "outcome", "case": ..., "kind": "resolve|settle|investigate|report", ...}
 *                                                see resolution.h
 *   "authority": "yes" in these and decide: their author has seen that a representative has it;
 *   without it no acceptance and no outcome is told to one who showed none
 * and those of release.h, sampling.h and rule_sets.h
 */
char *person_request(Office *o, JsonObject *request, const char *who, GError **error);
