/* dry_run.h: what another rule set would have made of the last cases (policy 4a).
 *
 * The stored originals of each case are read twice, by the rules in force and by the others; the
 * facts are merged and judged as a first decision on the whole case. So what shows is the change of
 * rules alone: what people decided, and what section 4b does to later messages, plays no part.
 */
#pragma once

#include "ctl/commands/command.h"

typedef struct DryChange {
    char *reference;
    char *before, *after; /* "reject out-of-time", "accept", ... with the release of a rejection */
} DryChange;

typedef struct DryRun {
    char *version; /* of the other rules */
    unsigned cases, changed;
    GPtrArray *changes; /* DryChange */
    char *figures;      /* "reject to accept 3, accept to reject 1"; "" nothing changes */
} DryRun;
void dry_run_free(DryRun *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DryRun, dry_run_free)

/* The last `most` cases judged by the rules under `dir`; NULL after a printed mistake. */
DryRun *dry_run(const Settings *settings, Db *db, const char *dir, unsigned most);
