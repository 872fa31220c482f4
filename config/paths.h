/* paths.h: where the shipped configuration and the sister programs are. */
#pragma once

/* Directory holding rules/, templates/, forms.conf and bank-holidays.json: the source's config/ for
 * a binary run from build/ or a folder in it, else the installed one (IECD_DATADIR). g_free. */
char *config_dir_default(void);
/* File `name` of `dir`, else of config_dir_default(): a copy of the rules alone, made to try an
 * edit, goes with the rest in use. g_free. */
char *config_path(const char *dir, const char *name);
/* Default configuration file: iecd.conf of the source's config/ for a binary run from build/, else
 * /etc/iecd/iecd.conf. g_free. */
char *config_file_default(void);
/* A sister program ("iecd-reader"): beside the running binary, else IECD_LIBEXECDIR. g_free. */
char *program_path(const char *name);
