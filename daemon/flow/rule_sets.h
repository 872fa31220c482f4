/* rule_sets.h: rules change only by two people, after a dry run (policy 4a).
 *
 * The set of rules that a register first sees is taken as approved. Any other must have been
 * proposed (iecctl rules propose, which judges the last cases with it) and approved by somebody
 * else. Where casework.rules_need_approval is set, iecd does not start with, nor reload to, rules
 * that are not; and a rejection judged by such rules (a reader started anew finds changed files) is
 * held back.
 */
#pragma once

#include "daemon/flow/office.h"
#include <json-glib/json-glib.h>

/* Whether the readers' rules may be taken; records that they are. `how` is "start" or "reload". Its
 * own transaction. False with one line for the operator. */
bool rule_sets_admit(Office *o, const char *version, bool need_approval, const char *how,
                     GError **error);
/* Whether a rejection judged by these rules may leave without a person. */
bool rule_sets_trusted(Office *o, const char *version, bool *trusted, GError **error);

/* {"command": "rules-propose", "version": ..., "cases": "500", "changed": "3", "figures": ...} */
char *rule_sets_propose_request(Office *o, JsonObject *request, const char *who, GError **error);
/* {"command": "rules-approve", "version": ...}: its whole version, or the digest after the "/" */
char *rule_sets_approve_request(Office *o, JsonObject *request, const char *who, GError **error);
