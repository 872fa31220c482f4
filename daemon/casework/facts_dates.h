/* facts_dates.h: which of the days a person tells is that of the final response. Private to
 * extract.c and facts_*.c, and to the training of its model.
 *
 * Every date in the sender's own words is a candidate. A learned model (config/dates.model) ranks
 * them by the words around them, by what their sentence and its neighbours do, and by their order
 * in time. Whether there is a response at all is not its question.
 */
#pragma once

#include "daemon/casework/facts_reading.h"
#include "daemon/casework/features.h"

typedef struct DateCandidate {
    Passage *passage;
    const DateFound *found;
    uint32_t first, last; /* words of the passage */
    float date, received; /* log-odds that it is the response's own date, its arrival */
} DateCandidate;

/* Candidates in order of the text, scored; array of DateCandidate, owned by the caller. */
GArray *date_candidates(Reading *r);
/* The features of one of `all`, in the words of the model's file. g_strfreev. */
char **date_features(const Reading *r, const GArray *all, unsigned i);

/* The day at the head of a letter, or of the mail it was forwarded in; DAY_NONE unknown. */
Day letter_date(const Reading *r, Passage *p);
