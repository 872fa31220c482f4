/* document_reader.h: the text of an attached document, for the docs reader.
 *
 * Formats whose libraries are large and old (PDF) or packed (Office) are read in a process of
 * their own, one document each; this is what that process calls. Limits: pages, text, members and
 * unpacked bytes, told in pdf_text.h and office_text.h; time and memory are the cage's.
 */
#pragma once

#include "parsers/document.h"

#define DOCUMENT_READER_ERROR (document_reader_error_quark())
GQuark document_reader_error_quark(void);
typedef enum DocumentReaderError {
    DOCUMENT_READER_LOCKED, /* needs a password */
    DOCUMENT_READER_BROKEN,
    DOCUMENT_READER_NO_TEXT, /* pictures of pages only */
    DOCUMENT_READER_UNKNOWN  /* not a kind that is read */
} DocumentReaderError;

/* Reads a small document of every kind, so that all that is loaded lazily is there. */
bool document_reader_warm_up(GError **error);
/* `kind` as Attachment.kind. The error's message is one clause for a person ("the PDF is locked").
 * The text part is TEXT_ATTACHMENT with empty part and path; the caller fills them. */
TextPart *document_read_part(const char *kind, GBytes *bytes, GError **error);
