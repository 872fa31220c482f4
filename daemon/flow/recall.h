/* recall.h: replies that still waited for the mail server when something stopped them: a stop of
 * automatic rejections, a campaign, a rejection found wrong, a death, a withdrawal, "do not write
 * to me".
 *
 * In the caller's transaction. A reply that the server is taking at that moment is asked about
 * again should it come back with a 4xx.
 */
#pragma once

#include "daemon/flow/office.h"
#include "daemon/store/outbox.h"

/* Cancels a reply that has not left, on its way to the server too; its case is a person's. */
bool recall_reply(Office *o, const OutboxRow *r, const char *why, GError **error);
/* The same where something forbids it now; *recalled says whether. Notices always go. */
bool recall_if_forbidden(Office *o, const OutboxRow *r, bool *recalled, GError **error);
