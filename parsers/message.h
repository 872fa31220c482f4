/* message.h: one message (RFC 5322, MIME) in, a Document out. The only user of GMime.
 *
 * Reads what senders really send: wrong or missing charsets, raw 8-bit headers, HTML-only mail,
 * quoted and forwarded text in twenty styles, winmail.dat, chunked base64. Everything has a limit
 * (header_gate.h for what GMime may see, DocumentLimit for what is kept); what was cut, and what
 * other mail programs might read differently, is told in `defects` and `ambiguous`.
 *
 * Kept header fields are those of header_fields.c, in order, as written (not decoded). A delivery
 * report or read receipt adds what it says as fields that no sender can set: x-iecd-report-
 * message-id (of the message reported on), -status, -action, -recipient.
 *
 * Order of calls: message_init once, message_warm_up before the cage closes (it makes the charset
 * modules and libraries load what they load lazily), then any of the others, none of which opens
 * a file. Meant for a process that may die: GLib aborts without memory. Never calls the network or
 * a cryptographic function.
 */
#pragma once

#include "parsers/document.h"

void message_init(void);
/* False with an error where a sample of every kind does not come out as it should. */
bool message_warm_up(GError **error);

/* `fd` is borrowed, regular and read from its start with pread; `found` (may be NULL) is what
 * document readers made of attachments: of it the texts (by path) become the attachments' texts,
 * and attachments that are READ_FAILED (by path) give the reason. An error only where fd cannot be
 * read: any bytes make a Document. */
Document *message_parse(int fd, const Document *found, GError **error);

/* Sender, subject, dates and kept headers by a reader of our own, without GMime or MIME: for a
 * message whose reader died. `unreadable` is set. Never NULL; at most 1 MiB is read. */
Document *message_parse_header_only(int fd);

/* The decoded bytes of the part that an Attachment's path names, for a document reader. */
GBytes *message_part_bytes(int fd, const char *path, uint64_t max, GError **error);
