/* facts_status.h: whether the Home Office has finally answered the complaint (policy 2). Private to
 * extract.c and facts_*.c, and to the training of its model.
 *
 * What the phrases state, what the sentences do, which letters are here and which days are told are
 * the features of a learned model (config/status.model) that says how sure `given` and `none` are.
 * A status is taken only where something of its own stands under it: a letter, a phrase, a
 * sentence; `none`, which can reject by itself, needs a phrase or a letter as well as the model.
 */
#pragma once

#include "daemon/casework/facts_dates.h"

typedef struct ResponseTold { /* what the message says, before it is weighed */
    bool given, hinted, signpost, enclosed, complained;
    bool never_complained, no_answer, only_acknowledged;
    bool unread; /* an attachment that could not be read */
    Passage *final, *interim, *letter;
} ResponseTold;
ResponseTold response_told(Reading *r);

/* `dates`: of date_candidates(). */
ResponseStatus response_status(const Reading *r, const ResponseTold *t, const GArray *dates);

/* The features, in the words of the model's file. g_strfreev. */
char **status_features(const Reading *r, const ResponseTold *t, const GArray *dates);
