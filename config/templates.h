/* templates.h: the reply texts under config/templates/en and cy. */
#pragma once

#include <glib.h>

typedef struct Templates Templates;
/* Reads and checks every template of both languages; NULL with an error naming file and line. */
Templates *templates_load(const char *dir, GError **error);
void templates_free(Templates *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Templates, templates_free)
/* Source text of a template ("rejection", "reason/out-of-time"), language "en" or "cy"; NULL none.
 */
const char *templates_text(const Templates *t, const char *language, const char *name);
