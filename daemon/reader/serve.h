/* serve.h: what a caged child does with one order: parse, judge, answer.
 *
 * Pure but for the descriptor it is given. Runs inside the cage, and once before it is closed, as
 * part of the warm-up.
 */
#pragma once

#include "config/rules.h"
#include "daemon/model/reader_protocol.h"
#include "parsers/form_labels.h"
#include <glib.h>

typedef enum ReaderKind {
    READER_SLIM, /* messages: header, text, facts */
    READER_DOCS  /* attachments: PDF and Office */
} ReaderKind;

typedef struct ReaderKit { /* what a prepared parent holds ready */
    ReaderKind kind;
    Rules *rules; /* READER_SLIM, and the next */
    FormLabels *form_labels;
} ReaderKit;

/* Loads rules and form labels and opens all that a library would open lazily; after it nothing
 * below here needs a file. */
bool reader_kit_prepare(ReaderKit *kit, ReaderKind kind, const char *config_dir, GError **error);
/* A small message that goes through every step, as a descriptor to read (-1 with an error), and
 * the order a parent of this kind tries itself with. */
int reader_sample(GError **error);
ReaderOrder reader_sample_order(const ReaderKit *kit);

/* Never NULL: what cannot be read is READER_CANNOT with its reason. `fd` is borrowed. */
ReaderAnswer *reader_serve(const ReaderKit *kit, const ReaderOrder *order, int fd);
