#include "daemon/casework/page.h"
#include "daemon/model/address.h"
#include <stdbool.h>
#include <string.h>

/* What opens a block, stands before and between its lines, and ends it; in HTML and in text. */
static const struct {
    const char *html_open, *html_line, *html_between, *html_close;
    const char *text_line, *text_between;
} BLOCKS[PAGE_BLOCK_COUNT] = {
    [PAGE_NONE] = {"", "", "", "", "", ""},
    [PAGE_PARAGRAPH] = {"<p>", "", " ", "</p>\n", "", " "},
    [PAGE_HEADING] = {"<h2>", "", " ", "</h2>\n", "", " "},
    [PAGE_SUBHEADING] = {"<h3>", "", " ", "</h3>\n", "", " "},
    [PAGE_BULLET] = {"<ul>\n", "<li>", "</li>\n", "</li>\n</ul>\n", "* ", "\n"},
    [PAGE_KEPT_LINE] = {"<p>", "", "<br>\n", "</p>\n", "", "\n"},
};

void page_init(Page *p)
{
    p->text = g_string_new(NULL);
    p->html = g_string_new(NULL);
    p->open = PAGE_NONE;
}

void page_clear(Page *p)
{
    if (p->text)
        g_string_free(p->text, TRUE);
    if (p->html)
        g_string_free(p->html, TRUE);
    p->text = p->html = NULL;
}

static void close_block(Page *p)
{
    if (p->open == PAGE_NONE)
        return;
    g_string_append(p->html, BLOCKS[p->open].html_close);
    g_string_append_c(p->text, '\n');
    p->open = PAGE_NONE;
}

void page_line(Page *p, PageBlock block)
{
    if (block == p->open && block != PAGE_NONE) {
        g_string_append(p->html, BLOCKS[block].html_between);
        g_string_append(p->text, BLOCKS[block].text_between);
    } else {
        close_block(p);
        if (block == PAGE_NONE)
            return;
        if (p->text->len)
            g_string_append_c(p->text, '\n');
        g_string_append(p->html, BLOCKS[block].html_open);
        p->open = block;
    }
    g_string_append(p->html, BLOCKS[block].html_line);
    g_string_append(p->text, BLOCKS[block].text_line);
}

/* Not g_markup_escape_text: its &apos; is no entity of HTML 4, and some mail programs show it. */
static void escape(GString *html, const char *text, gsize length)
{
    for (const char *p = text; p < text + length; p++) {
        if (*p == '&')
            g_string_append(html, "&amp;");
        else if (*p == '<')
            g_string_append(html, "&lt;");
        else if (*p == '>')
            g_string_append(html, "&gt;");
        else if (*p == '"')
            g_string_append(html, "&quot;");
        else
            g_string_append_c(html, *p);
    }
}

static bool is_url(const char *text)
{
    return g_str_has_prefix(text, "https://") && text[8];
}

/* One run without spaces; a sentence's full stop after it is not part of a link. */
static void put_token(GString *html, const char *token, gsize length)
{
    gsize core = length;
    while (core > 0 && strchr(".,;:)", token[core - 1]))
        core--;
    g_autofree char *link = g_strndup(token, core);
    bool url = is_url(link);
    if (url || addr_ok(link)) {
        g_string_append_printf(html, "<a href=\"%s", url ? "" : "mailto:");
        escape(html, link, core);
        g_string_append(html, "\">");
        escape(html, link, core);
        g_string_append(html, "</a>");
    } else {
        core = 0;
    }
    escape(html, token + core, length - core);
}

void page_words(Page *p, const char *words, gsize length)
{
    g_string_append_len(p->text, words, (gssize)length);
    const char *end = words + length;
    while (words < end) {
        gsize run = 0;
        while (words + run < end && words[run] != ' ')
            run++;
        if (run)
            put_token(p->html, words, run);
        words += run;
        if (words < end) {
            g_string_append_c(p->html, ' ');
            words++;
        }
    }
}

void page_value(Page *p, const char *value)
{
    g_string_append(p->text, value);
    escape(p->html, value, strlen(value));
}
