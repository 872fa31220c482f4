/* request.h: what the requests of people have in common (see person.h). */
#pragma once

#include "daemon/flow/office.h"
#include <json-glib/json-glib.h>

#define REQUEST_WORDS_MOST 2000u /* a person's note or reason; longer belongs in a letter */

/* A request's named string, "" where it has none. Borrowed. */
const char *request_text(JsonObject *request, const char *name);
/* An error in words for the person who asked; always false. */
bool request_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The case that "case" names; NULL with an error. */
CaseRow *request_case(Office *o, JsonObject *request, GError **error);
/* "why": the person's reason; NULL with an error where it is missing (`needed`) or too long. */
const char *request_why(JsonObject *request, bool needed, GError **error);
/* A set of the names in the request's string, as in "reasons": "a,b"; false with an error. */
bool request_reasons(JsonObject *request, const char *name, uint32_t *reasons, GError **error);

/* A request about a case, with what a letter to its person is written from. All borrowed. */
typedef struct CaseRequest {
    CaseRow *c;
    const Facts *facts;
    int64_t message_id; /* the last a person wrote, 0 none */
    JsonObject *words;
    const char *who;
} CaseRequest;
/* One line for the person (g_free), NULL with an error. */
typedef char *(*CaseRequestFunc)(Office *o, const CaseRequest *r, GError **error);
