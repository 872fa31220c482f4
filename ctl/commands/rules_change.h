/* rules_change.h: the two people's part of a change of rules: `iecctl rules
 * propose|approve|history`. Each returns an exit status.
 */
#pragma once

#include "ctl/commands/command.h"

/* Dry run of the rules under `dir`, printed and recorded. `as`: for root, NULL else. */
int rules_propose(const Shared *shared, const char *dir, const char *as);
int rules_approve(const Shared *shared, const char *version, const char *as);
int rules_history(const Shared *shared);
