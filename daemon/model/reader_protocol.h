/* reader_protocol.h: what iecd and the readers say to each other, as checked GVariants.
 *
 * An order goes to a child with the original's descriptor, an answer comes back under the same id.
 * Between iecd and a prepared parent go notes. Decoding trusts nobody: exact type, normal form,
 * then Document and Facts by their own checks, and sentences cut and cleaned for people's eyes.
 */
#pragma once

#include "daemon/model/facts.h"
#include "parsers/document.h"
#include <glib.h>

typedef enum ReaderOp {
    READER_MESSAGE,  /* Document, and Facts where wanted */
    READER_HEADER,   /* Document by our own header-only reader */
    READER_DOCUMENT, /* one attachment's text: a Document with one TextPart */
    READER_OP_COUNT
} ReaderOp;

typedef struct ReaderOrder {
    ReaderOp op;
    int64_t received_at;
    uint8_t channel; /* Channel */
    bool facts;
    const char *const *own_addresses; /* NULL for none */
    const char *const *trusted_authserv;
    const char *path; /* READER_DOCUMENT: MIME part number and kind; else NULL */
    const char *kind;
    /* READER_MESSAGE: what document readers found, or NULL. Of it only `texts` (by path) and
     * `attachments` (READ_FAILED with path and why) are looked at. */
    const Document *found;
} ReaderOrder;

GBytes *reader_order_encode(const ReaderOrder *order);

/* A decoded order; `order`'s pointers live as long as it. */
typedef struct ReceivedOrder {
    ReaderOrder order;
    GVariant *keep;
    char **own_addresses, **trusted_authserv;
    Document *found;
} ReceivedOrder;
ReceivedOrder *reader_order_decode(GBytes *bytes, GError **error);
void received_order_free(ReceivedOrder *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReceivedOrder, received_order_free)

/* Frame id of the first frame of a child, which says that its cage is closed (READER_DONE) or why
 * it is not (READER_CANNOT). Orders count from 1. */
#define READER_CAGED_ID 0u

typedef enum ReaderStatus {
    READER_DONE,
    READER_CANNOT, /* `why` says it; no document */
    READER_STATUS_COUNT
} ReaderStatus;

typedef struct ReaderAnswer {
    ReaderStatus status;
    Document *document; /* NULL where there is none */
    Facts *facts;
    char *why; /* one clause for people, at most 200 bytes, printable; "" none */
} ReaderAnswer;
void reader_answer_free(ReaderAnswer *a);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderAnswer, reader_answer_free)

GBytes *reader_answer_encode(const ReaderAnswer *answer);
/* NULL with an error for anything a reader could not honestly have said. */
ReaderAnswer *reader_answer_decode(GBytes *bytes, GError **error);

typedef enum ReaderNoteKind {
    NOTE_READY,  /* prepared; `text` is the rules' version, `more` what the cage is made of */
    NOTE_FAILED, /* cannot serve; `text` is one line; the parent ends */
    NOTE_CHILD,  /* child `number` with its pidfd and its socket as descriptors */
    NOTE_ENDED,  /* child `number` ended with wait status `status` */
    NOTE_KIND_COUNT
} ReaderNoteKind;

typedef struct ReaderNote {
    ReaderNoteKind kind;
    uint32_t number;
    int32_t status;
    char *text, *more;
} ReaderNote;
GBytes *reader_note_encode(ReaderNoteKind kind, uint32_t number, int32_t status, const char *text,
                           const char *more);
ReaderNote *reader_note_decode(const void *bytes, size_t length, GError **error);
void reader_note_free(ReaderNote *n);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderNote, reader_note_free)

/* What iecd sends a prepared parent: "fork a child". */
#define READER_ASK_CHILD 'c'
/* Where a parent finds its control socket. */
#define READER_CONTROL_FD 3
