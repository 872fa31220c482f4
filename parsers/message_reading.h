/* message_reading.h: what the files of the message reader share while they read one message. */
#pragma once

#include "parsers/body_text.h"
#include "parsers/document.h"
#include "parsers/header_fields.h"
#include "parsers/header_gate.h"
#include <gmime/gmime.h>

enum {
    READING_LEVELS = 20,  /* of nesting that is followed */
    READING_PARTS = 1000, /* over all messages within the message */
};

typedef struct Reading {
    Document *document;
    const Document *found; /* what document readers made of attachments, or NULL */
    BodyText *body;
    BodyHints hints;
    GString *forwarded;         /* text of the message within that is being read, or NULL */
    GPtrArray *forwarded_texts; /* TextPart: messages within */
    GPtrArray *attached_texts;  /* TextPart */
    size_t text_left;           /* of DOCUMENT_TEXTS_MAX */
    unsigned parts, levels, reports;
    bool mute;              /* in an alternative that was not chosen: attachments only */
    bool in_report;         /* multipart/report */
    const GByteArray *raw;  /* the message being walked */
    const HeaderGate *gate; /* and its gate */
    const char *wanted;     /* path of the one part asked for, or NULL */
    uint64_t wanted_max;
    GBytes *wanted_bytes;
} Reading;

/* ---- message.c */

/* GMime's message of bytes that went through the gate; NULL where it makes nothing of them. The
 * bytes must stay. */
GMimeMessage *message_of_bytes(const GByteArray *raw);
/* Its header fields, as `header_fields_take` puts them. */
void message_take_fields(Document *d, GMimeMessage *message);

/* ---- message_parts.c */

/* The parts of a message, its children numbered under `path`. */
void reading_walk(Reading *r, GMimeMessage *message, const char *path);
/* A message within: its header lines and text become a forwarded text, its attachments ours. */
void reading_walk_within(Reading *r, GMimeMessage *message, const char *path);
/* The same for bytes that were an encoded attachment. */
void reading_message_bytes(Reading *r, const void *bytes, size_t length, const char *path);
/* A text of the message (not of an attachment): "text/html" or plain. */
void reading_add_text(Reading *r, const void *bytes, size_t length, const char *charset, bool html,
                      GMimeContentType *type);

/* ---- message_attachments.c */

typedef struct Piece { /* one attachment's bytes and what was said of them */
    const char *path, *name, *type, *charset;
    const void *bytes;
    size_t length;
    bool is_inline;
} Piece;
void reading_add_attachment(Reading *r, const Piece *piece);
/* message/rfc822 that GMime opened: listed only. */
void reading_list_message(Reading *r, GMimeMessage *message, const char *path, const char *name);

/* ---- message_content.c */

typedef struct Content { /* decoded bytes of a part: within the raw message, or owned */
    const void *bytes;
    size_t length;
    GByteArray *owned;
} Content;
void content_of_part(Reading *r, GMimePart *part, Content *content);
void content_clear(Content *content);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Content, content_clear)
/* UTF-8 text of bytes, cleaned and cut to DOCUMENT_TEXT_MAX and the text allowance; g_free. */
char *content_text(Reading *r, const void *bytes, size_t length, const char *charset, bool html,
                   GMimeContentType *type);
/* A file name made safe to show: its last path component, no control characters. */
char *content_safe_name(const char *name);

/* ---- message_report.c */

/* message/delivery-status, disposition-notification and returned headers within a report. */
void reading_add_report_part(Reading *r, const char *type, const void *bytes, size_t length);
/* Notes what lines such as "Status: 5.2.2" in a report's text say. */
void reading_note_report(Reading *r, const char *text);
/* The message that a report returns. */
void reading_note_returned(Reading *r, const char *message_id);
