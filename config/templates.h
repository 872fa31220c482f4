/* templates.h: the reply texts under config/templates/en and cy.
 *
 * A letter ("rejection.txt") begins with a line "Subject: " and an empty line. Blocks are parted by
 * empty lines: paragraphs, "## " and "### " headings, "* " bullets, "| " lines kept as lines. A
 * line "@reasons" stands for other templates that the case chooses; ${received} for a value. The
 * names allowed are fixed; there is no logic in a template, and values are never read for either.
 *
 * found/ holds what a letter says was found in the complaint; body/, area/ and wrong/ the names we
 * give to organisations, to parts of the Home Office and to what went wrong: in Welsh in the form
 * they take after "am" ("Lu'r Ffiniau").
 */
#pragma once

#include <glib.h>

typedef struct Templates Templates;
/* `dir` is the folder templates/ with en/ and cy/. Reads and checks every template of both
 * languages; NULL with an error naming file and line. */
Templates *templates_load(const char *dir, GError **error);
void templates_free(Templates *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Templates, templates_free)
/* Source text of a template ("rejection", "reason/out-of-time"), language "en" or "cy"; NULL none.
 */
const char *templates_text(const Templates *t, const char *language, const char *name);
