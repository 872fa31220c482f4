/* header_text.h: unstructured header values as people wrote them (RFC 2047, raw 8-bit). */
#pragma once

#include <glib.h>
#include <stddef.h>

/* The decoded text of a raw value: unfolded, encoded words of every charset of the list read (a
 * character may be split over words), raw 8-bit as UTF-8 or else Windows-1252, then as
 * document_clean_value. */
char *header_text_decode(const char *raw, size_t most);

/* The same value for a parser of addresses: still structured, but each encoded word is now UTF-8
 * in base64 and raw 8-bit is UTF-8, so that no charset named by a stranger is ever looked up. */
char *header_text_normalise(const char *raw);
