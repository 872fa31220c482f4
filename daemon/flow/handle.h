/* handle.h: from received to judged: reads every pending message and commits what came of it.
 *
 * What waits together is judged in the order of its receipt (received_at, then id), in whatever
 * order the sources gave it or the readers end; after a start, or a mailbox's trouble, once every
 * mailbox has been read to its end, or 5 s later. A message that is read waits at most some 20 s
 * for an older one that is not: an alert does not wait for a hostile one.
 *
 * Results are committed in batches, one transaction each: a lone message at once, a backlog up to
 * 64 at a time. A message whose batch cannot be committed is tried alone; one that fails alone
 * stays received, is logged, and does not stop the next.
 */
#pragma once

#include "daemon/flow/office.h"

Handle *handle_open(Office *o);
void handle_close(Handle *h);
/* There may be messages in state received. NULL does nothing. */
void handle_kick(Handle *h);
unsigned handle_in_flight(const Handle *h);
