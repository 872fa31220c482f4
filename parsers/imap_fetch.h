/* imap_fetch.h: the items of one FETCH response. Private to imap_reply.
 *
 * The cursor stands behind the word FETCH; the whole rest of the response must be its list.
 */
#pragma once

#include "parsers/imap_tokens.h"

bool imap_fetch_parse(ImapCursor *c, ImapReply *reply);
