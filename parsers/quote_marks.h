/* quote_marks.h: the lines by which mail programs mark what is not the sender's own text.
 *
 * Each looks at one place in an array of lines and says how many lines, from there, are the mark.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum LineClass { LINE_WRITTEN, LINE_SIGNATURE, LINE_QUOTED, LINE_FORWARDED } LineClass;

typedef struct Line {
    const char *text; /* without quote marks; not terminated */
    size_t length;
    unsigned depth; /* of "> " */
    LineClass class;
    unsigned forward; /* LINE_FORWARDED: which */
} Line;

bool line_is_blank(const Line *line);

/* "-----Original Message-----", "---------- Forwarded message", "Begin forwarded message:" … */
typedef enum Marker { MARKER_NONE, MARKER_ORIGINAL, MARKER_FORWARDED } Marker;
Marker marker_at(const Line *line);
/* "----- End forwarded message -----" */
bool is_end_marker(const Line *line);

/* "On 4 May 2026, Ann <ann@example.org> wrote:" over up to four lines; 0 if none. `sure` is set
 * where it has an address and a time, so that it can stand without "> " lines after it. */
unsigned attribution_at(const GArray *lines, unsigned at, bool *sure);

/* A block of header lines of an earlier mail ("From: Sent: To: Subject:"), 0 if none. `sure` is set
 * where it cannot be a memo that the sender typed: it holds an address or says when it was sent. */
unsigned header_block_at(const GArray *lines, unsigned at, bool *sure);
/* Value of a From or Date line in the block, g_free; NULL if none. */
char *header_block_value(const GArray *lines, unsigned at, unsigned count, bool date);

/* "-- " */
bool is_signature_mark(const Line *line);
/* "Sent from my iPhone", "Get Outlook for Android" */
bool is_device_line(const Line *line);
/* A line of underscores or stars that footers and disclaimers begin with. */
bool is_rule_line(const Line *line);
