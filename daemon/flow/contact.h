/* contact.h: what a person confirms about whom a case writes to, and that its alerts were seen
 * (policy 4b: a new address is for a person to confirm; until then replies go to the confirmed
 * contact only).
 *
 * Requests of iecctl, run by person.h inside its transaction: NULL with an error in words, else one
 * line saying what was done (g_free).
 */
#pragma once

#include "daemon/flow/request.h"

/* The case's letters go to "address" from now on ("name": how they are addressed; "" keeps it). The
 * case knows the address, what asked for silence there or told of a death is lifted, and a letter
 * still held for the old address is cancelled: it goes back to a person. */
char *contact_set(Office *o, JsonObject *request, const char *who, GError **error);

char *contact_alert_seen(Office *o, JsonObject *request, const char *who, GError **error);
