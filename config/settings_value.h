/* settings_value.h: one value of one row, between text and its field. Private to config/.
 *
 * Values come as text (a number as it prints, a boolean as "true"), from the file and from the
 * row's default alike, so both pass the same checks. What is wrong comes as "what; what to write
 * instead", without the key.
 */
#pragma once

#include "config/settings_rows.h"
#include <glib.h>
#include <stdbool.h>

/* Sets the row's field in `base`, freeing what it held. False with *why (g_free) and the field
 * untouched. Not for ROW_TEXTS and ROW_MAILBOXES. */
bool value_set(const Row *row, void *base, const char *text, char **why);
/* The same for ROW_TEXTS; takes nothing. */
bool value_set_texts(const Row *row, void *base, const char *const *texts, char **why);
/* The row's default, unchecked by min and max (it may mean "not set"). */
void value_set_default(const Row *row, void *base);
/* Frees what the field holds. */
void value_clear(const Row *row, void *base);

/* As it stands in a file: quoted where it must be. g_free. */
char *value_written(const Row *row, const char *text);
/* "from 1 to 65535", "from 1 s to 1 h", "implicit, starttls or none"; "" where any goes. g_free. */
char *value_range(const Row *row);
bool value_is_address(const char *text);
