/* compose_values.h: the typed values a letter may show, and what in a name may be shown at all.
 * Private to compose. */
#pragma once

#include "daemon/model/reply.h"
#include <stdbool.h>

/* Value of a template's ${name} in this language, g_free; NULL where the case does not know it.
 * `body` is the label of the organisation named, "" none. */
char *compose_value(const ReplyInput *input, const char *name, bool welsh, const char *body);

/* True where a name is fit to greet with: letters, marks, spaces, hyphens, apostrophes and dots
 * after initials; at most 60 characters and six words. A name is the one thing of the sender's own
 * that a letter shows, and a display name can hold anything. */
bool compose_name_ok(const char *name);

/* Name of the template under body/ for the organisation the complaint is about, by the words that
 * the finding on the business area rests on; NULL where none or more than one is known. */
const char *compose_body(const Facts *facts);
