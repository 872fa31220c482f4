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
 *  "reasons": "a,b", "asks": "a,b", "why": "...", "note": "..."}
 * {"command": "approve", "case": ...}            lets a reviewed rejection go
 * {"command": "return", "case": ..., "why": ...} takes it back to a person
 * {"command": "close", "case": ..., "kind": "no-reply|withdrawn|outside|agree|refuse", ...}
 *                                                see closing.h
 * {"command": "outcome", "case": ..., "kind": "resolve|settle|investigate|report", ...}
 *                                                see resolution.h
 */
char *person_request(Office *o, JsonObject *request, const char *who, GError **error);

/* For the files that hold the single requests. A member of the request, "" where there is none. */
const char *person_word(JsonObject *request, const char *name);
/* The case it names; NULL with an error. */
CaseRow *person_case(Office *o, JsonObject *request, GError **error);
/* Sets the error in words for the person; false. */
bool person_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A request about a case, with what a letter to its person is written from. All borrowed. */
typedef struct PersonRequest {
    CaseRow *c;
    const Facts *facts;
    int64_t message_id; /* the last a person wrote, 0 none */
    JsonObject *words;
    const char *who;
} PersonRequest;
typedef char *(*PersonFunc)(Office *o, const PersonRequest *r, GError **error);
