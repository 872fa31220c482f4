#include "parsers/html_text.h"
#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>

typedef enum Effect {
    EFFECT_LINE = 1 << 0,      /* starts and ends a line */
    EFFECT_PARAGRAPH = 1 << 1, /* with an empty line around */
    EFFECT_SKIP = 1 << 2,      /* its text is not shown */
    EFFECT_QUOTE = 1 << 3,
    EFFECT_PRE = 1 << 4,
    EFFECT_ITEM = 1 << 5,
    EFFECT_CELL = 1 << 6,
    EFFECT_LINK = 1 << 7,
    EFFECT_ORDERED = 1 << 8,
    EFFECT_ROW = 1 << 9,
} Effect;

typedef struct Element {
    const char *name; /* first: compare_element */
    unsigned effects;
} Element;

/* By name, for bsearch. */
static const Element elements[] = {
    {"a", EFFECT_LINK},        {"address", EFFECT_LINE},
    {"article", EFFECT_LINE},  {"blockquote", EFFECT_PARAGRAPH | EFFECT_QUOTE},
    {"center", EFFECT_LINE},   {"dd", EFFECT_LINE},
    {"div", EFFECT_LINE},      {"dl", EFFECT_PARAGRAPH},
    {"dt", EFFECT_LINE},       {"fieldset", EFFECT_LINE},
    {"footer", EFFECT_LINE},   {"form", EFFECT_LINE},
    {"h1", EFFECT_PARAGRAPH},  {"h2", EFFECT_PARAGRAPH},
    {"h3", EFFECT_PARAGRAPH},  {"h4", EFFECT_PARAGRAPH},
    {"h5", EFFECT_PARAGRAPH},  {"h6", EFFECT_PARAGRAPH},
    {"head", EFFECT_SKIP},     {"header", EFFECT_LINE},
    {"hr", EFFECT_PARAGRAPH},  {"li", EFFECT_LINE | EFFECT_ITEM},
    {"noscript", EFFECT_LINE}, {"ol", EFFECT_PARAGRAPH | EFFECT_ORDERED},
    {"p", EFFECT_PARAGRAPH},   {"pre", EFFECT_PARAGRAPH | EFFECT_PRE},
    {"script", EFFECT_SKIP},   {"section", EFFECT_LINE},
    {"style", EFFECT_SKIP},    {"table", EFFECT_LINE},
    {"td", EFFECT_CELL},       {"th", EFFECT_CELL},
    {"title", EFFECT_SKIP},    {"tr", EFFECT_LINE | EFFECT_ROW},
    {"ul", EFFECT_PARAGRAPH},
};

typedef struct Frame {
    unsigned effects;
    unsigned count; /* items of a list, cells of a row */
    char *href;
    size_t text_start;
} Frame;

typedef struct Html {
    htmlParserCtxtPtr parser;
    GString *out;
    GArray *frames;
    size_t most;
    unsigned skip, quote, pre;
    unsigned breaks; /* line breaks due before the next text */
    bool space;      /* a space is due */
    bool line_open;  /* text stands in this line */
    bool cut;
} Html;

static void frame_clear(Frame *frame)
{
    g_free(frame->href);
}

static void stop(Html *h)
{
    h->cut = true;
    xmlStopParser(h->parser);
}

static void want_breaks(Html *h, unsigned n)
{
    h->breaks = MAX(h->breaks, n);
    h->space = false;
}

static void open_line(Html *h)
{
    if (h->line_open && h->breaks == 0)
        return;
    if (h->out->len > 0)
        g_string_append_len(h->out, "\n\n", (gssize)CLAMP(h->breaks, 1, 2));
    for (unsigned n = 0; n < MIN(h->quote, 20); n++)
        g_string_append_c(h->out, '>');
    if (h->quote > 0)
        g_string_append_c(h->out, ' ');
    h->line_open = true;
    h->breaks = 0;
    h->space = false;
}

static void put(Html *h, const char *text, size_t length)
{
    open_line(h);
    if (h->space)
        g_string_append_c(h->out, ' ');
    h->space = false;
    g_string_append_len(h->out, text, (gssize)length);
}

static void put_pre(Html *h, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop_at = newline ? newline : end;
        if (stop_at > text)
            put(h, text, (size_t)(stop_at - text));
        if (newline)
            h->breaks = MIN(h->breaks + 1, 2);
        text = stop_at + 1;
    }
}

static size_t blank_at(const char *p)
{
    if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n' || *p == '\f')
        return 1;
    return p[0] == '\xC2' && p[1] == '\xA0' ? 2 : 0;
}

static void characters(void *user, const xmlChar *text, int length)
{
    Html *h = user;
    const char *p = (const char *)text, *end = p + length;
    if (h->skip > 0)
        return;
    if (h->out->len > h->most) {
        stop(h);
        return;
    }
    if (h->pre > 0) {
        put_pre(h, p, (size_t)length);
        return;
    }
    while (p < end) {
        size_t blank = blank_at(p);
        if (blank > 0) {
            h->space = h->line_open && h->breaks == 0;
            p += blank;
            continue;
        }
        const char *words = p; /* single spaces between them go along */
        while (p < end && (!blank_at(p) || (*p == ' ' && p + 1 < end && !blank_at(p + 1))))
            p++;
        put(h, words, (size_t)(p - words));
    }
}

static int compare_element(const void *name, const void *element)
{
    return strcmp(name, *(const char *const *)element);
}

static unsigned effects_of(const char *name)
{
    const Element *found =
        bsearch(name, elements, G_N_ELEMENTS(elements), sizeof elements[0], compare_element);
    return found ? found->effects : 0;
}

static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2) {
        if (strcmp((const char *)attributes[0], name) == 0)
            return attributes[1] ? (const char *)attributes[1] : "";
    }
    return NULL;
}

static bool is_hidden(const char *style)
{
    static const char *const hidden[] = {"display:none", "visibility:hidden", "mso-hide:all"};
    char folded[400];
    size_t length = 0;
    for (; *style && length + 1 < sizeof folded; style++) {
        if (!g_ascii_isspace(*style))
            folded[length++] = g_ascii_tolower(*style);
    }
    folded[length] = '\0';
    for (size_t k = 0; k < G_N_ELEMENTS(hidden); k++) {
        if (strstr(folded, hidden[k]))
            return true;
    }
    return false;
}

/* How the large mail programs mark what the sender did not type for this message. */
static bool is_signature(const xmlChar **attributes)
{
    const char *class = attribute(attributes, "class"), *id = attribute(attributes, "id");
    return (class && strstr(class, "gmail_signature")) ||
           (id && (strcmp(id, "Signature") == 0 || strstr(id, "mobile-signature") ||
                   strcmp(id, "AppleMailSignature") == 0));
}

static void begin_item(Html *h)
{
    Frame *list = NULL;
    for (unsigned n = h->frames->len; n > 0 && !list; n--) {
        Frame *f = &g_array_index(h->frames, Frame, n - 1);
        if (f->effects & EFFECT_PARAGRAPH)
            list = f;
    }
    if (list && list->effects & EFFECT_ORDERED) {
        char number[16];
        g_snprintf(number, sizeof number, "%u.", ++list->count);
        put(h, number, strlen(number));
    } else
        put(h, "-", 1);
    h->space = true;
}

static void begin_cell(Html *h)
{
    Frame *row = h->frames->len > 0 ? &g_array_index(h->frames, Frame, h->frames->len - 1) : NULL;
    if (row && row->effects & EFFECT_ROW && row->count++ > 0 && h->line_open && h->breaks == 0)
        put(h, "\t", 1);
}

static void begin_effects(Html *h, unsigned effects, const xmlChar **attributes)
{
    if (effects & EFFECT_PARAGRAPH)
        want_breaks(h, 2);
    else if (effects & EFFECT_LINE)
        want_breaks(h, 1);
    h->quote += (effects & EFFECT_QUOTE) != 0;
    h->pre += (effects & EFFECT_PRE) != 0;
    if (effects & EFFECT_ITEM)
        begin_item(h);
    if (effects & EFFECT_CELL)
        begin_cell(h);
    if (effects & EFFECT_LINE && h->quote == 0 && is_signature(attributes)) {
        put(h, "--", 2);
        g_string_append_c(h->out, ' ');
        want_breaks(h, 1);
    }
}

/* libxml2 puts loose text of the body into a paragraph of its own making: at a tag that was written
 * its position is before the tag's end. */
static bool is_implied(const Html *h, const xmlChar *name)
{
    const xmlParserInput *input = h->parser->input;
    return strcmp((const char *)name, "p") == 0 && input && input->cur && *input->cur != '>' &&
           *input->cur != '/';
}

static void start_element(void *user, const xmlChar *name, const xmlChar **attributes)
{
    Html *h = user;
    if (h->frames->len >= HTML_DEPTH_MAX) {
        stop(h);
        return;
    }
    if (strcmp((const char *)name, "br") == 0 && h->skip == 0) {
        h->breaks = MIN(h->breaks + 1, 2);
        h->space = false;
    }
    Frame frame = {.effects = is_implied(h, name) ? EFFECT_LINE : effects_of((const char *)name)};
    const char *style = attribute(attributes, "style");
    if (style && is_hidden(style))
        frame.effects |= EFFECT_SKIP;
    if (frame.effects & EFFECT_LINK) {
        frame.href = g_strdup(attribute(attributes, "href"));
        frame.text_start = h->out->len;
    }
    if (frame.effects & EFFECT_SKIP)
        h->skip++;
    if (h->skip == 0)
        begin_effects(h, frame.effects, attributes);
    else
        frame.effects &= EFFECT_SKIP;
    g_array_append_val(h->frames, frame);
}

/* " <address>" where the shown text does not say where the link leads. */
static void end_link(Html *h, const Frame *frame)
{
    const char *url = frame->href;
    if (!url || h->out->len <= frame->text_start ||
        (!g_str_has_prefix(url, "http://") && !g_str_has_prefix(url, "https://")))
        return;
    const char *host = strstr(url, "//") + 2;
    if (g_str_has_prefix(host, "www."))
        host += 4;
    size_t length = strcspn(host, "/?#"), all = strlen(url);
    const char *shown = h->out->str + frame->text_start;
    if (length == 0 || memmem(shown, h->out->len - frame->text_start, host, length))
        return;
    /* Trackers' endless addresses say no more than their host. */
    if (all > 200)
        all = (size_t)(host - url) + length;
    g_string_append(h->out, " <");
    for (size_t n = 0; n < all; n++)
        g_string_append_c(h->out, (guchar)url[n] > 0x20 ? url[n] : '_');
    g_string_append_c(h->out, '>');
}

static void end_element(void *user, const xmlChar *name)
{
    Html *h = user;
    if (h->frames->len == 0)
        return;
    const Frame *frame = &g_array_index(h->frames, Frame, h->frames->len - 1);
    unsigned effects = frame->effects;
    if (effects & EFFECT_SKIP)
        h->skip--;
    else if (effects & EFFECT_LINK)
        end_link(h, frame);
    h->quote -= (effects & EFFECT_QUOTE) != 0;
    h->pre -= (effects & EFFECT_PRE) != 0;
    if (effects & EFFECT_PARAGRAPH)
        want_breaks(h, 2);
    else if (effects & EFFECT_LINE)
        want_breaks(h, 1);
    g_array_set_size(h->frames, h->frames->len - 1);
}

/* Bytes up to a tag with more attributes than any mail has: libxml2 compares each with all before
 * it. */
static size_t sane_length(const char *html, size_t length)
{
    unsigned blanks = 0;
    char quote = '\0';
    bool in_tag = false;
    for (size_t n = 0; n < length; n++) {
        char c = html[n];
        if (!in_tag) {
            in_tag = c == '<' && n + 1 < length && g_ascii_isalpha(html[n + 1]);
            blanks = 0;
            quote = '\0';
        } else if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'') {
            quote = html[n - 1] == '=' ? c : '\0';
            blanks++;
        } else if (c == '>')
            in_tag = false;
        else if ((g_ascii_isspace(c) || c == '/' || c == '=') && ++blanks > 2 * HTML_ATTRIBUTES_MAX)
            return n;
    }
    return length;
}

char *html_text(const char *html, size_t length, size_t most, bool *cut)
{
    Html h = {.out = g_string_sized_new(length / 2 + 16), .most = most};
    h.frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    g_array_set_clear_func(h.frames, (GDestroyNotify)frame_clear);
    xmlSAXHandler sax = {.startElement = start_element,
                         .endElement = end_element,
                         .characters = characters,
                         .ignorableWhitespace = characters};
    size_t sane = sane_length(html, MIN(length, G_MAXINT));
    h.cut = sane < length;
    h.parser = htmlNewParserCtxt();
    *h.parser->sax = sax;
    h.parser->userData = &h;
    htmlDocPtr none =
        htmlCtxtReadMemory(h.parser, html, (int)sane, NULL, "UTF-8",
                           HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                               HTML_PARSE_IGNORE_ENC | HTML_PARSE_RECOVER);
    if (none)
        xmlFreeDoc(none);
    htmlFreeParserCtxt(h.parser);
    g_array_unref(h.frames);
    *cut |= h.cut;
    return g_string_free(h.out, FALSE);
}

char *html_charset(const void *html, size_t length)
{
    const char *head = html, *end = head + MIN(length, 1024);
    for (const char *p = head; p + 8 < end; p++) {
        if (g_ascii_strncasecmp(p, "charset", 7) != 0)
            continue;
        p += 7;
        while (p < end && strchr(" \t=\"'", *p) && *p)
            p++;
        const char *start = p;
        while (p < end && (g_ascii_isalnum(*p) || strchr("-_:.", *p)) && *p)
            p++;
        return p > start ? g_strndup(start, (gsize)(p - start)) : NULL;
    }
    return NULL;
}

void html_text_init(void)
{
    static const char sample[] = "<html><head><meta charset=\"x\"></head><p>a&eacute;&#8217;"
                                 "<blockquote>b<a href=\"http://c.example/\">d</a>";
    bool cut = false;
    xmlInitParser();
    g_free(html_text(sample, strlen(sample), sizeof sample, &cut));
}
