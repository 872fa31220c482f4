/* settings_text.h: the text of a settings file, before libconfig sees it. Private to config/. */
#pragma once

#include "config/settings_mistakes.h"

/* At most 1 MiB of UTF-8 without NUL, from an ordinary file. NULL, with a mistake, where it cannot
 * be used. Numbers that libconfig would cut silently are mistakes too, but the text is returned.
 * g_free. */
char *settings_text_read(const char *file, Mistakes *m);
