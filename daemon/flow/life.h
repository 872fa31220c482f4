/* life.h: the daemon from its settings to its last line: the three ways to run it. Each returns an
 * exit status: 0; 1 settings or start refused (one clear line says why); 75 stopped to look again.
 */
#pragma once

#include <stdint.h>

/* Says every mistake of the settings, templates, calendar and rules. */
int life_check(const char *config_file);
/* Serves until SIGTERM or SIGINT; SIGHUP reads everything again. Tells systemd how it stands. */
int life_run(const char *config_file, int64_t clock_offset);
/* One request on standard input as the calling user, under the register's lock. */
int life_request(const char *config_file, int64_t clock_offset);
