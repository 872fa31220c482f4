/* join.h: which case a message says it belongs to, and whether that is proven (policy 4b).
 *
 * Proof is our check-marked reference (in an address it was sent to, or a Message-ID of ours it
 * answers), or a Message-ID that stands in our outbox, or a case reference that the sender wrote
 * (in subject or text, not in what is quoted); and in every case only from an address the case
 * knows. Everything else is a claim. That a forged From could join so is why replies go only to
 * the case's confirmed contact. What belongs to a case without saying so is kin.h's.
 */
#pragma once

#include "daemon/flow/office.h"

typedef enum JoinProof {
    JOIN_NONE,    /* claims nothing */
    JOIN_CLAIMED, /* names a case, real or not, without proof or from an unknown address */
    JOIN_PROVEN
} JoinProof;

typedef struct Join {
    JoinProof proof;
    CaseRow *row;    /* the case named; NULL where it does not exist or nothing is claimed */
    const char *how; /* "reference in the address", ...; static text for the case's history */
    bool part;       /* kin.h found it: mail in parts rather than an answer */
} Join;
void join_clear(Join *j);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Join, join_clear)

/* `sender`: the one plain address of From, lower case, "" if none. */
bool join_find(Office *o, const Document *d, const Facts *facts, const char *sender, Join *out,
               GError **error);

/* The case a delivery report speaks of, by the reply it quotes or the marked address it came to;
 * false where it names none of ours. */
bool join_report(Office *o, const Document *d, int64_t *case_id);
