/* paths.h: where the shipped configuration and the sister programs are. */
#pragma once

/* Directory holding rules/, templates/ and bank-holidays.json: beside a binary run from build/
 * (../config), else the installed one (IECD_DATADIR). g_free. */
char *config_dir_default(void);
/* Default configuration file: ../config/iecd.conf beside a binary run from build/, else
 * /etc/iecd/iecd.conf. g_free. */
char *config_file_default(void);
/* A sister program ("iecd-reader"): beside the running binary, else IECD_LIBEXECDIR. g_free. */
char *program_path(const char *name);
