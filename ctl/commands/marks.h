/* marks.h: a stranger's text with some of its words marked, laid out for people.
 *
 * Marks may overlap: the text is cut where one begins or ends, and each piece names all that cover
 * it, so every byte stands once and in its order. Lines are wrapped; far from any mark they are
 * left out, and how many is said. What could move a cursor is replaced (see safe_text).
 */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct Mark {
    uint32_t offset, length; /* bytes of the text; may point anywhere, also past its end */
    unsigned number;
} Mark;

typedef enum MarkStyle {
    MARK_BRACKETS, /* [[final reply]]^3,4 */
    MARK_UNDERLINE /* underlined by escape sequences, for a terminal, with ^3,4 after it */
} MarkStyle;

enum { MARKS_MOST = 1000 }; /* in one text; the rest are not shown in it */

/* Lines each indented by four spaces and ended by a line break; "" for an empty text. `marks` holds
 * Mark, in any order. g_free. */
char *marks_text(const char *text, const GArray *marks, MarkStyle style);
