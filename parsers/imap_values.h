/* imap_values.h: one framed IMAP response into its values. Private to imap_reply.
 *
 * The text is a whole response without its last CRLF; where a literal stood there is one NUL byte,
 * and the literals follow in `literals` (GBytes) in their order.
 */
#pragma once

#include "parsers/imap_reply.h"

void imap_reply_clear(ImapReply *reply);
/* `reply` is cleared before. False: not IMAP; `why` is a constant. */
bool imap_values_parse(const char *text, size_t length, GPtrArray *literals, ImapReply *reply,
                       const char **why);
/* A response whose rest is text for people, where a literal cannot be announced. */
bool imap_values_is_text(const char *text, size_t length);
