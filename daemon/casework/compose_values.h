/* compose_values.h: the typed values a letter may show, and what in a name may be shown at all.
 * Private to compose. */
#pragma once

#include "daemon/model/reply.h"
#include <stdbool.h>

/* Our names, in the letter's language, for what the complaint is about; each "" unknown. */
typedef struct ComposeLabels {
    char *body;  /* the other organisation */
    char *area;  /* the part of the Home Office */
    char *wrong; /* the one thing that went wrong */
} ComposeLabels;

/* Value of a template's ${name} in this language, g_free; NULL where the case does not know it. */
char *compose_value(const ReplyInput *input, const char *name, bool welsh,
                    const ComposeLabels *labels);

/* True where a name is fit to greet with: letters, marks, spaces, hyphens, apostrophes and dots
 * after initials; at most 60 characters and six words. A name is the one thing of the sender's own
 * that a letter shows, and a display name can hold anything. */
bool compose_name_ok(const char *name);
