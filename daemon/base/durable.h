/* durable.h: the one writer of files, and the numbered stop points of crash tests.
 *
 * durable_write: temp file in the same folder, write, fsync, checked close, rename, fsync folder;
 * true means the bytes survive a power cut. Outcome on failure: the old file, or none.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

bool durable_write(const char *path, const void *bytes, size_t length, int mode, GError **error);
bool durable_sync_folder(const char *path, GError **error);

/* Called after each durable act. With IECD_STOP_AFTER=n in the environment the n-th call ends the
 * process with status 100 (test builds and releases alike: it costs a compare). With
 * IECD_STOP_TRACE=FILE each point's name and time (UTC microseconds) are appended there; with
 * IECD_STOP_NAME only that point is counted; with IECD_STOP_KILL the end is a SIGKILL. */
void stop_point(const char *name);
