/* child.h: the life of a caged child: close the cage, say so, serve orders until the socket ends.
 */
#pragma once

#include "daemon/reader/cage.h"
#include "daemon/reader/serve.h"

#define CHILD_MESSAGES_MOST 16u /* of a backlog; then iecd lets the child go */

/* In the forked child. Never returns: ends with status 0 when the socket ends, 1 where the cage
 * does not close (said in the first frame) or the peer does not speak frames. */
_Noreturn void child_run(const ReaderKit *kit, const Cage *cage, int socket, pid_t parent);

#ifdef IECD_TEST_HOOKS
/* Test builds only (tests/lib/reader_hooks.c): what a hijacked child would do, where the message
 * begins with a field "X-Iecd-Test: WORD". */
void reader_hook(ReaderOp op, int fd, int socket);
#endif
