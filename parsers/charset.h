/* charset.h: bytes under any label to UTF-8.
 *
 * Only charsets of a fixed list are ever asked of iconv, and their handles stay open from
 * charset_init on: glibc loads a module for each on first use, and inside the readers' cage nothing
 * can be loaded. What a label claims is believed where the bytes allow it; UTF-8 under a Latin
 * label, Windows-1252 under an ISO-8859-1 label and ISO-2022-JP under none are read as what they
 * are. UTF-7 and unknown labels are refused: read as UTF-8, else as Windows-1252.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Opens and tries all handles; false with an error where the system lacks one. Once. */
bool charset_init(GError **error);

/* Canonical name of `label` ("cp1252" is "windows-1252"), or NULL where it is not on the list. */
const char *charset_canonical(const char *label);

/* UTF-8 text of `bytes`, always valid, bytes that mean nothing as U+FFFD; NUL bytes stay (the
 * length is in the result). `label` may be NULL; `doubt` (may be NULL) is set true where the label
 * was refused or the bytes do not fit it. */
GString *charset_decode(const void *bytes, size_t length, const char *label, bool *doubt);
