/* originals.h: every original, byte for byte, named by its SHA-256, write-once.
 *
 * Files stand in <state>/originals/YYYY-MM/<sha256>, mode 0440; the month is that of storing, kept
 * in the message's row as `shard`. A batch is durable as a whole when originals_commit returns
 * true: every file written, flushed and renamed, the folders flushed; before that nothing may be
 * told to the source. A repeat of bytes already stored in the same month does nothing.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Originals Originals;
Originals *originals_open(const char *state_dir, GError **error);
void originals_close(Originals *o);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Originals, originals_close)

/* Adds bytes to the batch under way. sha256_out: 65 bytes, shard_out: 8 bytes ("2026-11"). On
 * failure the whole batch is dropped and must be offered again. */
bool originals_add(Originals *o, GBytes *bytes, char *sha256_out, char *shard_out, GError **error);
/* Makes the batch durable. On failure the whole batch must be offered again. */
bool originals_commit(Originals *o, GError **error);
/* Read-only descriptor, CLOEXEC; -1 with error. */
int originals_read(Originals *o, const char *shard, const char *sha256, GError **error);
/* Path for people; g_free. */
char *originals_path(Originals *o, const char *shard, const char *sha256);
