/* release.h: who stops and resumes automatic rejections, what is held back meanwhile, and which
 * rejections were found wrong (policy 4a).
 *
 * All writing functions run inside the caller's transaction. Lists are owned by the caller and own
 * their rows; NULL with an error.
 */
#pragma once

#include "daemon/model/judgement.h"
#include "daemon/store/db.h"

#define RELEASE_ALL "all" /* in the place of a reason: every automatic rejection */

typedef struct ReleaseChange {
    int64_t at;
    char *who, *what, *reason, *why; /* what: "stop" "resume"; reason: its name, or RELEASE_ALL */
} ReleaseChange;
bool release_change(Db *db, const ReleaseChange *c, GError **error);
/* ReleaseChange: the latest of each reason that ever had one, or all in their order. */
GPtrArray *release_changes(Db *db, bool latest, GError **error);
/* The reasons stopped one by one; *all: everything is stopped. */
bool release_stopped(Db *db, uint32_t *reasons, bool *all, GError **error);

typedef struct HeldRelease {
    int64_t outbox_id, case_id;
    int64_t hold_end; /* when it would have gone by itself */
    uint32_t reasons;
    char *rules_version; /* that judged it */
} HeldRelease;
/* The row of a held rejection, until it leaves that state (the schema sees to it) or is let go. */
bool release_hold(Db *db, int64_t outbox_id, int64_t hold_end, const char *rules_version,
                  GError **error);
/* Nothing where there is none. */
bool release_unhold(Db *db, int64_t outbox_id, GError **error);
GPtrArray *release_held(Db *db, GError **error); /* HeldRelease */

/* The rules by which this rejection left without a person; *version NULL where a person let it go.
 */
bool release_rules_of(Db *db, int64_t outbox_id, char **version, GError **error);

/* Whether this person decided anything in the case, or released or returned a rejection of it. */
bool release_had_hand_in(Db *db, int64_t case_id, const char *who, bool *had, GError **error);

typedef struct WrongRejection {
    int64_t decision_id, case_id, at;
    uint32_t reasons;
    char *reference; /* of the case; not needed for release_wrong */
    char *who, *why, *rules_version;
    unsigned alike; /* out: cases that the same rules rejected */
    unsigned same;  /* out: those of them for one of the same reasons */
} WrongRejection;
void wrong_rejection_free(WrongRejection *w);
/* Once a decision: *known where it was marked before and nothing was done. With `search` the cases
 * rejected alike are looked for, kept, and each told in its history `note`. */
bool release_wrong(Db *db, WrongRejection *w, bool search, const char *note, bool *known,
                   GError **error);
bool release_is_wrong(Db *db, int64_t decision_id, bool *wrong, GError **error);
GPtrArray *release_wrongs(Db *db, GError **error); /* WrongRejection, in order */
/* References of the cases alike, each with its state, and marked where one of the reasons is the
 * same, those first: "IEC/26/000123 rejected same-reason"; strings. */
GPtrArray *release_alike(Db *db, int64_t decision_id, GError **error);
