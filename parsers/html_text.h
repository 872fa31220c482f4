/* html_text.h: HTML mail as the plain text its reader would see.
 *
 * Blocks are lines, block quotes lines with "> " before them, links followed by their address where
 * the text hides it, a marked signature starts with the line "-- ". Hidden elements, scripts and
 * styles are left out; nothing is fetched. Work is linear in the input: libxml2's HTML parser is
 * run without a tree, and stops at HTML_DEPTH_MAX levels, HTML_ATTRIBUTES_MAX attributes in a tag
 * or `most` bytes of text.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    HTML_DEPTH_MAX = 500,
    HTML_ATTRIBUTES_MAX = 1000,
};

/* Text of UTF-8 `html`; g_free. `cut` is set true where a limit ended the reading. */
char *html_text(const char *html, size_t length, size_t most, bool *cut);

/* The charset that an HTML text of unknown charset names in its first KiB, or NULL; g_free. */
char *html_charset(const void *html, size_t length);

/* Loads what libxml2 loads lazily. */
void html_text_init(void);
