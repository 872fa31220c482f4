/* endings.h: how cases come to their end: rejections looked at again, closings that two people
 * agree on, and what came of accepted complaints.
 *
 * All writing functions run inside the caller's transaction. A row ended or answered is never
 * changed; the schema sees to it, and to proposer and agreer being two people.
 */
#pragma once

#include "daemon/model/remedy.h"
#include "daemon/store/cases.h"

/* Opens a look-again where none is open; the message is the one that asks. */
bool look_again_asked(Db *db, int64_t case_id, int64_t message_id, int64_t now, GError **error);
/* Answers the open one, if there is one. answer: "upheld" "overturned" "closed". */
bool look_again_answered(Db *db, int64_t case_id, const char *answer, const char *who, int64_t now,
                         GError **error);
/* Whether a look-again of this case waits for its answer; and whether `who` let one of its
 * rejections (or of the case it takes up again) go, made one, or closed it as outside or proposed
 * that. Both true where the register cannot say: then somebody else decides. */
bool look_again_open(Db *db, int64_t case_id);
bool look_again_barred(Db *db, int64_t case_id, const char *who);

typedef struct LookAgainCounts {
    int64_t rejections; /* that left, cases closed as outside among them */
    int64_t asked, upheld, overturned, closed, open;
} LookAgainCounts;
bool look_again_counts(Db *db, LookAgainCounts *counts, GError **error);

typedef struct CloseProposal {
    int64_t id, message_id, at;
    char *by, *why, *note;
    uint32_t reasons;
} CloseProposal;
void close_proposal_free(CloseProposal *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CloseProposal, close_proposal_free)
/* A case has one open proposal at most; `p` has no id yet. */
bool close_propose(Db *db, int64_t case_id, const CloseProposal *p, GError **error);
/* The open one; NULL with no error where there is none. */
CloseProposal *close_proposal_of(Db *db, int64_t case_id, GError **error);
/* ended: "agreed" "refused" "replaced". */
bool close_proposal_end(Db *db, int64_t id, const char *ended, const char *who, int64_t now,
                        GError **error);

bool outcomes_add(Db *db, const CaseOutcome *c, GError **error);
/* CaseOutcome, oldest first. */
GPtrArray *outcomes_of_case(Db *db, int64_t case_id, GError **error);
