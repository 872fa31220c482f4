/* dispatch.h: hands queued replies to the mail server or the Maildir outbox, and records how it
 * went. At least once, at most once but for one window: after the server's 250 and before our
 * commit (RFC 1047); such a row is found `sending` at the next start and sent once more with the
 * same Message-ID.
 */
#pragma once

#include "daemon/flow/office.h"

/* Recovers rows found sending. */
Dispatch *dispatch_open(Office *o);
void dispatch_close(Dispatch *d);
/* There may be rows to send. NULL does nothing. */
void dispatch_kick(Dispatch *d);
/* The row is about to be cancelled: it is not begun, and another goes before it. */
void dispatch_recall(Dispatch *d, int64_t id);
/* True while a reply is on the wire. */
bool dispatch_busy(const Dispatch *d);
/* Around a change of settings: the sender holds names of the old ones. */
void dispatch_settings_changing(Dispatch *d);
void dispatch_settings_changed(Dispatch *d);
/* Words for `iecctl status`. Borrowed. */
const char *dispatch_health(const Dispatch *d);
