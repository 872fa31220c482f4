/* settings_mistakes.h: everything wrong with a settings file, collected. Private to config/.
 *
 * Remembers on which line each key stands, so that rules between keys can name it, and makes one
 * message of one line a mistake, in file order.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Mistakes Mistakes;

Mistakes *mistakes_new(const char *file);
void mistakes_free(Mistakes *m);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mistakes, mistakes_free)

/* "mailboxes[0].port" stands on this line. */
void mistakes_note(Mistakes *m, const char *key, unsigned line);
bool mistakes_noted(const Mistakes *m, const char *key);
/* About a key, at its line or that of the nearest group around it. A second one about the same key
 * is not kept: what was refused is not there, and rules between keys would say so again. */
void mistakes_add(Mistakes *m, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* About a line; 0: the file as a whole. */
void mistakes_add_line(Mistakes *m, unsigned line, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool mistakes_about(const Mistakes *m, const char *key);
unsigned mistakes_count(const Mistakes *m);
/* Their lines, joined. g_free. */
char *mistakes_text(const Mistakes *m);
