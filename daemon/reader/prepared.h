/* prepared.h: the prepared parent: all loaded and warmed up, forking caged children on request.
 *
 * Talks with iecd over READER_CONTROL_FD: says READY once a trial child has closed its cage and
 * read a sample message, or FAILED with one line; then a child for every READER_ASK_CHILD, and an
 * ENDED note for each that is gone. It never reads a stranger's bytes itself. Ends, with its
 * children, when the control socket does; other signals than SIGKILL are iecd's to answer and are
 * ignored here.
 */
#pragma once

#include "daemon/reader/serve.h"

/* Exit status. */
int prepared_run(ReaderKind kind, const char *config_dir);
