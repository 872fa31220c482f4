/* handle.h: from received to judged: reads every pending message and commits what came of it.
 *
 * Messages are given to the readers in order of receipt; results are committed in batches, one
 * transaction each: a lone message at once, a backlog up to 64 at a time. A message whose batch
 * cannot be committed is tried alone; one that fails alone stays received, is logged, and does not
 * stop the next.
 */
#pragma once

#include "daemon/flow/office.h"

Handle *handle_open(Office *o);
void handle_close(Handle *h);
/* There may be messages in state received. NULL does nothing. */
void handle_kick(Handle *h);
unsigned handle_in_flight(const Handle *h);
