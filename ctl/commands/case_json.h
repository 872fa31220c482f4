/* case_json.h: a case row for people and programs, in the words of policy section 7. */
#pragma once

#include "ctl/commands/command.h"
#include "daemon/store/cases.h"

JsonObject *case_json(Db *db, const CaseRow *c);
/* When the case's latest answer (not an acknowledgement) left, 0 not yet. */
int64_t case_replied_at(Db *db, const CaseRow *c);
/* Its reasons, asks or grounds of referral, whichever its decision has; g_free. */
char *case_why(const CaseRow *c);
