/* document.h: what a message or letter says, as plain values.
 *
 * A Document is what the readers make of one original: its header fields decoded to UTF-8, every
 * text in it with its role, and a list of its attachments. It holds no MIME object and no pointer
 * into the original, so it can cross from the sandboxed reader to iecd in a GVariant.
 *
 * Everything in it was chosen by a stranger. All strings are valid UTF-8 without NUL, CR stands
 * only before LF never alone, header values hold no line breaks or control characters; sizes are
 * limited as DocumentLimit below says, and what was cut is told in `defects`.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a Document may hold; a frame that holds more is refused. Bytes, unless named as counts. */
enum DocumentLimit {
    DOCUMENT_VALUE_MAX = 32 * 1024,       /* a header value, a name, a subject */
    DOCUMENT_TEXT_MAX = 1024 * 1024,      /* one text */
    DOCUMENT_TEXTS_MAX = 4 * 1024 * 1024, /* all texts together */
    DOCUMENT_ADDRESSES = 50,              /* count in one header */
    DOCUMENT_HEADERS = 200,               /* count of kept header fields */
    DOCUMENT_REFERENCES = 100,            /* count */
    DOCUMENT_TEXTS = 400,                 /* count */
    DOCUMENT_ATTACHMENTS = 200,           /* count */
    DOCUMENT_DEFECTS = 50                 /* count */
};

/* One address of a header. `address` is the plain addr-spec as written (not checked: use
 * addr_ok() of daemon/model/address.h before anything is sent to it), "" where it was a group. */
typedef struct Mailbox {
    char *name;
    char *address;
} Mailbox;

typedef enum TextRole {
    TEXT_SUBJECT,    /* the decoded Subject */
    TEXT_NEW,        /* what the sender wrote in this message */
    TEXT_SIGNATURE,  /* sender's signature and disclaimers: still the sender's, rarely evidence */
    TEXT_QUOTED,     /* earlier mail quoted below or between */
    TEXT_FORWARDED,  /* mail forwarded inline or as message/rfc822 */
    TEXT_ATTACHMENT, /* text of an attachment: letter, form data, ... */
    TEXT_ROLE_COUNT
} TextRole;

/* A run of text. `part` is how evidence names it: "subject", "body" (the whole of what the sender
 * wrote), "quoted", "attachment 1: letter.pdf", "forwarded 1". Parts are unique in a document.
 * Offsets in evidence count bytes of `text`. */
typedef struct TextPart {
    char *part;
    TextRole role;
    char *origin; /* who wrote it where the document shows it (forwarded From), else "" */
    int64_t date; /* UTC seconds: Date of a forwarded message, 0 if unknown */
    char *path;   /* MIME part number it came from, "1.2" */
    char *text;
    uint8_t confidence; /* 0..100; 100 for text that was text, less for OCR */
} TextPart;

typedef enum ReadState {
    READ_NOT_NEEDED, /* pictures, archives, calendar entries: listed, not read */
    READ_DONE,       /* its text is among `texts` */
    READ_WANTED,     /* a document reader should read it; not yet done */
    READ_FAILED,     /* locked, broken, over a limit: flag unread-part */
    READ_STATE_COUNT
} ReadState;

typedef struct Attachment {
    char *path;      /* MIME part number */
    char *name;      /* decoded file name, made safe to show; "" if none */
    char *type;      /* declared content type, lower case */
    char *kind;      /* what the bytes look like: "pdf", "docx", "odt", "rtf", "html", "text",
                        "json", "csv", "image", "tnef", "message", "zip", "calendar", "contact",
                        "signature", "encrypted", "" unknown */
    uint64_t size;   /* decoded bytes */
    char sha256[65]; /* of the decoded bytes, lower-case hex */
    ReadState read;
    bool is_inline; /* picture of the body rather than something sent along */
    char *why;      /* READ_FAILED: one clause for a person ("the PDF is locked") else "" */
} Attachment;

typedef struct HeaderField {
    char *name; /* lower case */
    char *value;
} HeaderField;

typedef struct Document {
    char *message_id; /* with <>; "" if none or not a msg-id by RFC 5322 3.6.4 */
    char *in_reply_to;
    char **references; /* msg-ids of References and In-Reply-To, oldest first, NULL-terminated */
    char *subject;
    char *date_text;          /* Date header as written */
    int64_t date;             /* UTC seconds, 0 if none or unreadable */
    int64_t topmost_received; /* date of the topmost Received, UTC seconds, 0 if none */
    GPtrArray *from;          /* Mailbox */
    GPtrArray *to;            /* Mailbox: To */
    GPtrArray *cc;            /* Mailbox: Cc */
    GPtrArray *reply_to;      /* Mailbox */
    GPtrArray *headers; /* HeaderField: every field that mail kinds and suppression are judged by
                           (see message.c's list), in order, repeated fields repeated */
    char *content_type; /* of the whole message, lower case, e.g. "multipart/report" */
    GPtrArray *texts;   /* TextPart */
    GPtrArray *attachments; /* Attachment */
    char *text;             /* `parse` output: the new text including signature */
    char *quoted_text;      /* `parse` output: quoted and forwarded text */
    char **defects;         /* ambiguities and cuts, one clause each, NULL-terminated */
    bool ambiguous;  /* read differently by different mail programs: no automatic rejection */
    bool unreadable; /* only the header-only reader could read it */
} Document;

Document *document_new(void);
void document_free(Document *d);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_free)

Mailbox *mailbox_new(const char *name, const char *address);
void mailbox_free(Mailbox *m);
TextPart *text_part_new(const char *part, TextRole role, const char *text);
void text_part_free(TextPart *t);
Attachment *attachment_new(void);
void attachment_free(Attachment *a);
HeaderField *header_field_new(const char *name, const char *value);
void header_field_free(HeaderField *h);

/* A copy of `text` (`length` bytes, -1 for a C string) as values must be: valid UTF-8, at most
 * `most` bytes, each control character, line break, bidirectional override and other invisible
 * format character a space or gone, runs of white space one space, none at the ends. */
char *document_clean_value(const char *text, gssize length, size_t most);
/* The same for texts: line breaks are LF and stay, as do tabs; nothing is folded. */
char *document_clean_text(const char *text, gssize length, size_t most);

/* First value of header `name` (lower case), or NULL. Borrowed. */
const char *document_header(const Document *d, const char *name);

/* The frame form. document_to_variant returns a floating GVariant of DOCUMENT_VARIANT_TYPE.
 * document_from_variant takes a variant from an untrusted process: it checks type, counts, sizes,
 * UTF-8 and enum ranges and returns NULL with an error when any is off. */
extern const char DOCUMENT_VARIANT_TYPE[];
GVariant *document_to_variant(const Document *d);
Document *document_from_variant(GVariant *v, GError **error);
