/* matter.h: whether two messages from one sender are about the same matter (policy 4b). Pure.
 *
 * The same matter, whichever of these is found first:
 *   the same words as a message of the case (a repeat, or nearly the same words);
 *   an answer to a message of the case that the sender wrote;
 *   a shared reference (DECS, GWF, UAN, Home Office, IHS, tribunal) and none that disagrees;
 *   words that go on from before ("further to my email", "I forgot to attach"), or the same
 *   subject, where it says more than "Complaint", and nothing that disagrees;
 *   a message that tells of no matter of its own (a letter sent after, say); where the sender has
 *   several cases these last tell which is meant only with the name of a representative's client.
 * What disagrees: another person named as the one it happened to, two references of one sort (two
 * complaints have two DECS numbers), two business areas. A sign for with a sign against is
 * `unsure`, as is the same business area and thing gone wrong with nothing else to tell by: then
 * the cases stay two, linked, and a person looks at both before a rejection leaves. That costs a
 * person minutes; joined wrongly, one person's matter would be judged on another's facts, and kept
 * apart in silence, half a story would be rejected for want of the other half.
 */
#pragma once

#include "daemon/casework/likeness.h"
#include "daemon/model/facts.h"

typedef enum MatterMatch { MATTER_OTHER, MATTER_UNSURE, MATTER_SAME, MATTER_COUNT } MatterMatch;

/* One side: a message, or a case with all its messages. Borrowed. */
typedef struct MatterSide {
    const Facts *facts;          /* of a case: merged */
    const char *const *subjects; /* of matter_subject, NULL-terminated */
    const Sketch *sketches;
    unsigned sketch_count;
} MatterSide;

typedef struct MatterSigns { /* what neither side's facts can show */
    bool answers; /* the message is an answer to one of the case's that its sender wrote */
    bool only;    /* the sender has no other case of late */
} MatterSigns;

/* *why: static words for the case's history. */
MatterMatch matter_compare(const MatterSide *held, const MatterSide *now, MatterSigns signs,
                           const char **why);

/* A subject without "Re:" and the like, folded; "" where it tells of no particular matter. g_free.
 */
char *matter_subject(const char *subject);
/* TRI_UNKNOWN where one is empty or too little to tell by. Titles, initials, order and case of the
 * parts do not matter. */
Tri names_agree(const char *a, const char *b);
/* A name as a key to look up: folded parts, sorted, titles left out; "" where it has one part or
 * none. g_free. */
char *name_key(const char *name);
bool references_shared(const Facts *a, const Facts *b);
