/* pdf_text.h: the text layer of a PDF, by poppler. Only called in the docs reader. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum { PDF_PAGES_MAX = 300 };

/* Text of at most PDF_PAGES_MAX pages and `most` bytes, pages set apart by an empty line; "" where
 * no page has any. Errors are of DOCUMENT_READER_ERROR, their messages for a person. `cut` is set
 * true where a limit ended the reading. */
char *pdf_text(GBytes *bytes, size_t most, bool *cut, GError **error);
