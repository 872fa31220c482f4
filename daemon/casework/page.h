/* page.h: a letter being written, as plain text and as HTML of the same words.
 *
 * Words are put into blocks; both forms are made from each call, so they cannot part. Words of a
 * template may become links (https addresses, email addresses); values never do. Everything is
 * escaped for HTML. Blocks: a paragraph's lines are joined by spaces; bullets in a row are one
 * list; kept lines in a row are one block.
 */
#pragma once

#include <glib.h>

typedef enum PageBlock {
    PAGE_NONE,
    PAGE_PARAGRAPH,
    PAGE_HEADING,
    PAGE_SUBHEADING,
    PAGE_BULLET,
    PAGE_KEPT_LINE,
    PAGE_BLOCK_COUNT
} PageBlock;

typedef struct Page {
    GString *text, *html;
    PageBlock open;
} Page;

void page_init(Page *p);
void page_clear(Page *p);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_clear)

/* A new line of words in a block of this kind; PAGE_NONE ends the block before it. */
void page_line(Page *p, PageBlock block);
void page_words(Page *p, const char *words, gsize length);
void page_value(Page *p, const char *value);
