/* sniff.h: what an attachment's bytes are, whatever its sender calls it. */
#pragma once

#include <stddef.h>

/* Attachment.kind: by the bytes first, by the declared type (lower case) and file name only where
 * bytes cannot tell (text kinds). Static; "" where unknown. Beyond the kinds of document.h also
 * "zip", "calendar", "contact", "signature", "encrypted". */
const char *sniff_kind(const void *bytes, size_t length, const char *type, const char *name);
