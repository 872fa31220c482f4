/* compose_found.h: which of our own phrases say what was found in this complaint (policy section
 * 6).
 *
 * A phrase is chosen by the typed facts, by the rule that a finding rests on, or by known words in
 * its evidence; those words themselves are never shown. Where two phrases would fit, the one that
 * says less stands. Private to compose.
 */
#pragma once

#include "daemon/model/reply.h"
#include <stdbool.h>

/* Each adds names of templates in the order they stand in the letter. */
void compose_found(const ReplyInput *input, Reason reason, GPtrArray *names);
/* What a person without a final response can do now. */
void compose_next(const ReplyInput *input, GPtrArray *names);
/* What we understand the complaint to be about; nothing where that is not known, or where a person
 * decided, who may have understood something else. */
void compose_found_acceptance(const ReplyInput *input, GPtrArray *names);

/* Name under body/ of the organisation the complaint is about, by the words that
 * the finding on the business area rests on; NULL where none or more than one is known. */
const char *compose_body(const Facts *facts);
