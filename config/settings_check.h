/* settings_check.h: the rules between settings, and the files they name. Private to config/. */
#pragma once

#include "config/settings.h"
#include "config/settings_mistakes.h"

/* Adds a mistake for each rule broken. Fills in what depends on other settings: ports, folders
 * under state_dir, and with `secrets` the path of each secret file, which must be readable. */
void settings_check(Settings *s, bool secrets, Mistakes *m);
