/* casefile.h: one read message becomes a case, joins one, or is put aside: the second commit's
 * content. Runs inside the caller's transaction and decides nothing about files or sources.
 */
#pragma once

#include "daemon/flow/office.h"
#include "daemon/store/messages.h"

typedef enum FiledAs {
    FILED,          /* everything is in the transaction */
    FILE_FRESH_READ /* would reject: read again by a fresh child first; nothing was written */
} FiledAs;

/* True where the message by itself would be rejected and `result` is not of a fresh child. */
bool casefile_wants_fresh_read(const Office *o, const PendingMessage *p, const ReadResult *result);
/* `result` is what the readers made of the message. False: the transaction must be rolled back. */
bool casefile_file(Office *o, const PendingMessage *p, const ReadResult *result, FiledAs *as,
                   GError **error);
