/* rule_lines.h: the rule set as iecd-reader tells it: iecctl does not link the engine. */
#pragma once

#include <glib.h>

typedef struct RuleLine {
    char *id, *fact, *value, *strength, *scope, *says;
} RuleLine;

/* What `iecd-reader OPTION DIR` prints, safe to show, with its exit status; NULL where it cannot be
 * run. g_free. */
char *rule_reader_run(const char *option, const char *dir, int *status, GError **error);
/* Every rule under `dir`: RuleLine, owned by the array. NULL with an error. */
GPtrArray *rule_lines(const char *dir, GError **error);
