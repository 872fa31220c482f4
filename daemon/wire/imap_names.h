/* imap_names.h: mailbox names and UID sets as IMAP writes them. Private to daemon/wire. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A UTF-8 mailbox name as a quoted string in modified UTF-7 (RFC 3501 5.1.3); g_free. Whatever is
 * not printable ASCII is encoded, so a name cannot end the line. */
char *imap_name_quote(const char *name);
/* `keyword` as an atom: what may not be in one is left out. */
char *imap_keyword(const char *keyword);

/* "3:9,12" of ascending UIDs from index `from`, at most about `most` bytes; *next is the index of
 * the first not in it. */
char *imap_uid_set(const uint32_t *uids, unsigned n, unsigned from, size_t most, unsigned *next);
