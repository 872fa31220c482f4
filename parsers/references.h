/* references.h: the reference numbers that stand in a text.
 *
 * Sixteen digits or nine count only beside a label that says what they are; a number without one
 * is never returned, so it can never be shown or echoed (policy section 2).
 */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct ReferenceFound {
    const char *type; /* "decs" "gwf" "uan" "ho" "ihs" "tribunal" "iec" */
    char *value;      /* normalised: "COMP/1234567/26", "GWF012345678", "1234-5678-9123-4567" */
    uint32_t offset, length;
} ReferenceFound;

enum { REFERENCES_FOUND_MAX = 64 };

/* In order of the text, each value once, at most REFERENCES_FOUND_MAX. Array of ReferenceFound
 * pointers, owned by the caller. */
GPtrArray *references_find(const char *text, size_t length);
void reference_found_free(ReferenceFound *r);
