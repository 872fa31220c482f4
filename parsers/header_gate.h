/* header_gate.h: what GMime may see of a message, decided on the raw bytes.
 *
 * GMime 3.2 has no limit on headers, parts or nested address groups (a 180 KB From crashes it, a
 * 10 MB message of empty parts takes 1.4 GB), and settles ambiguities silently. This scan walks
 * header blocks and boundary lines once, in linear time, and says up to where GMime may read, which
 * bytes it must not see, and what different mail programs would read differently.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    GATE_FIELD_MAX = 32 * 1024,   /* bytes of one header field; the rest is cut */
    GATE_BLOCK_MAX = 1024 * 1024, /* bytes of one header block; further fields are cut */
    GATE_FIELDS = 1000,           /* of one block; further fields are cut */
    GATE_COLONS = 20,             /* in an address field (group nesting); the rest is cut */
    GATE_LEVELS = 100,            /* of nesting; the message ends there */
    GATE_PARTS = 1000,            /* the message ends there */
    GATE_DEFECTS = 50             /* told; further ones are not */
};

typedef struct GateRange {
    size_t at, length;
} GateRange;

typedef struct HeaderGate {
    size_t end;         /* GMime reads up to here */
    GArray *cuts;       /* GateRange, ascending: bytes taken out */
    GArray *messages;   /* GateRange: the contents of message/rfc822 parts */
    GPtrArray *defects; /* char *, one clause each */
    bool ambiguous;     /* a defect that can change what the content is */
    bool no_header;     /* the first lines are no header: all of it is body */
} HeaderGate;

HeaderGate *header_gate_scan(const void *bytes, size_t length);
void header_gate_free(HeaderGate *g);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeaderGate, header_gate_free)

/* Makes `raw` what the gate found fit, in place; ranges of `messages` then still hold only where
 * nothing was cut (scan again). */
void header_gate_apply(const HeaderGate *g, GByteArray *raw);
