/* maildir.h: a Maildir as a source of messages, and as an outbox (the embedded default).
 *
 * Source: files of new/ and cur/ not yet registered are offered in order of their names (inotify
 * where it works, else polling), 256 or 8 MiB at a time; told means moved to cur/ with flag S.
 * Links, devices and FIFOs are left where they are, and said. A name used for a second message is
 * changed, so that neither is lost. A file written in place is taken when it no longer grows.
 * Outbox: a reply is written to tmp/, flushed, renamed into new/ under a name made from its
 * Message-ID, the folder flushed, so that delivering twice is one file.
 */
#pragma once

#include "daemon/wire/mail_source.h"

MailSource *maildir_source_open(const char *name, const char *path, uint64_t max_message,
                                unsigned poll_s, const SourceCalls *calls, void *user);

/* Makes cur, new and tmp where missing. */
bool maildir_prepare(const char *path, GError **error);
/* Durable when true. `message_id` names the file. */
bool maildir_deliver(const char *path, const char *message_id, GBytes *bytes, GError **error);
