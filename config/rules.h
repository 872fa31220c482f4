/* rules.h: the rule set, as read from config/rules/ and compiled.
 *
 * Read once in the readers' prepared parent and shared by its children. The files are the office's
 * to edit; a mistake is one line with file, line and what to write instead.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Rules Rules;
/* `dir` holds the folder rules/ with files named *.conf. */
Rules *rules_load(const char *dir, GError **error);
void rules_free(Rules *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)
/* The version the files state, with the first 8 hex digits of their SHA-256: "2026-11-23/1a2b3c4d".
 */
const char *rules_version(const Rules *r);
