/* rule_sets.h: the rule sets that were proposed, approved and in force (policy 4a), by the version
 * that the readers state: the office's own word and the head of a SHA-256 ("2026-11-23/1a2b...").
 *
 * All writing functions run inside the caller's transaction.
 */
#pragma once

#include "daemon/store/db.h"

typedef struct RuleSet {
    char *version;
    int64_t proposed_at; /* 0: it is the one this register first saw */
    char *proposed_by;
    unsigned cases, changed; /* of the dry run: cases judged, cases judged otherwise */
    char *figures;           /* what became of them, in words */
    int64_t approved_at;     /* 0 not yet */
    char *approved_by;
} RuleSet;
void rule_set_free(RuleSet *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleSet, rule_set_free)

/* Proposes again, with new figures, one not yet approved. */
bool rule_sets_propose(Db *db, const RuleSet *r, GError **error);
bool rule_sets_approve(Db *db, const char *version, const char *who, int64_t now, GError **error);
/* The set that a register first sees counts as approved; `who` says so. */
bool rule_sets_first(Db *db, const char *version, const char *who, int64_t now, GError **error);
bool rule_sets_approved(Db *db, const char *version, bool *approved, GError **error);
/* NULL with no error where it was never proposed. */
RuleSet *rule_sets_load(Db *db, const char *version, GError **error);
GPtrArray *rule_sets_all(Db *db, GError **error); /* RuleSet, in order of proposal */

/* The version in force last; NULL with no error before the first. g_free. */
char *rule_sets_in_use(Db *db, GError **error);
bool rule_sets_use(Db *db, const char *version, const char *how, int64_t now, GError **error);
typedef struct RuleUse {
    int64_t at;
    char *version, *how; /* "first" "start" "reload" */
} RuleUse;
GPtrArray *rule_sets_uses(Db *db, GError **error); /* RuleUse: each change of what is in force */

/* What a dry run judges: ids of the last cases registered, newest first; GArray of int64_t. */
#define RULE_SETS_TRIAL_MOST 500u
GArray *rule_sets_trial_cases(Db *db, unsigned most, GError **error);
