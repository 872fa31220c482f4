/* explain.h: one judgement for a person who wants to see why: the line of policy 4 that decided,
 * each text with the words that a finding rests on marked in it, and the findings by number.
 */
#pragma once

#include "daemon/model/facts.h"
#include "parsers/document.h"

typedef struct Explained {
    const char *file;
    const Document *document;
    const Facts *facts;
    const Judgement *judgement;
    int64_t received_at;
    const GPtrArray *rules; /* RuleLine: for what a rule says of itself */
} Explained;

void explain_print(const Explained *e);
/* The texts with their marks and the findings alone; `judgement` is not needed. */
void explain_words_print(const Explained *e);
/* The texts alone, whole, nothing marked. */
void explain_texts_print(const Document *d);
