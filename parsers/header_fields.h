/* header_fields.h: a message's raw header fields as a Document's values.
 *
 * Used by the full reader and by the header-only one, which differ in how addresses are parsed.
 */
#pragma once

#include "parsers/document.h"

typedef struct RawField {
    const char *name;  /* as written */
    const char *value; /* raw, folded, after the colon */
} RawField;

/* Adds the mailboxes of one raw address field to `to`, at most DOCUMENT_ADDRESSES in it. */
typedef void (*MailboxesFunc)(const char *raw, GPtrArray *to);

/* Fills all that comes from header fields. Of fields that may stand once, the first counts;
 * addresses of repeated fields add up. */
void header_fields_take(Document *d, const RawField *fields, unsigned n, MailboxesFunc mailboxes);

/* A Mailbox of decoded strings: both cleaned; an address that cleaning would change into another
 * keeps U+FFFD in place of what was taken out, so that it never looks like a good one. */
Mailbox *mailbox_of(const char *name, const char *address);

/* The first msg-id of RFC 5322 3.6.4 in `value`, with <>, or NULL; g_free. `value` moves behind. */
char *message_id_next(const char **value);

void document_add_defect(Document *d, const char *what, bool ambiguous);
