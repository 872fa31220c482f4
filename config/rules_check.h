/* rules_check.h: what is wrong with a rule set that compiles, for who edits it.
 *
 * Runs the examples that each rule carries, and looks for what cannot have been meant: phrases that
 * no text can match or that stand twice, rules that another makes idle or contradicts, guards and
 * lists that nothing names. Changes nothing; the rules as loaded keep all that is needed for it.
 */
#pragma once

#include "config/rules.h"

typedef struct RuleFault {
    bool note;  /* worth knowing, nothing wrong: a rule that says nowhere what it must not match */
    char *text; /* one line: "bars.conf:12: rule x: what is wrong: what to do" */
} RuleFault;

GPtrArray *rules_check(const Rules *r); /* RuleFault, owned by the array; empty where all is well */
