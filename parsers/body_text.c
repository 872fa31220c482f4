#include "parsers/body_text.h"
#include "parsers/mail_date.h"
#include "parsers/quote_marks.h"
#include <string.h>

#define LINE(lines, n) (&g_array_index((GArray *)(lines), Line, n))

enum {
    SIGNATURE_LINES = 20, /* more after "-- " is no signature */
    SIGNATURE_BYTES = 1500,
    FORWARDS_MAX = 50,
    BANNER_LINES = 8,
};

BodyText *body_text_new(void)
{
    BodyText *b = g_new0(BodyText, 1);
    b->written = g_string_new(NULL);
    b->signature = g_string_new(NULL);
    b->quoted = g_string_new(NULL);
    b->own = g_string_new(NULL);
    b->others = g_string_new(NULL);
    b->forwards = g_ptr_array_new();
    return b;
}

static void forward_free(Forward *f)
{
    g_free(f->origin);
    g_free(f->text);
    g_free(f);
}

void body_text_free(BodyText *b)
{
    if (!b)
        return;
    g_string_free(b->written, TRUE);
    g_string_free(b->signature, TRUE);
    g_string_free(b->quoted, TRUE);
    g_string_free(b->own, TRUE);
    g_string_free(b->others, TRUE);
    g_ptr_array_set_free_func(b->forwards, (GDestroyNotify)forward_free);
    g_ptr_array_unref(b->forwards);
    g_free(b);
}

/* ---- lines */

/* "> > text", ">>text". A lone ">From " is mbox's escape of the word, not a quote. */
static void read_depth(Line *line)
{
    size_t at = 0;
    if (line->length >= 6 && memcmp(line->text, ">From ", 6) == 0) {
        line->text++;
        line->length--;
        return;
    }
    for (;;) {
        size_t blank = at < line->length && line->text[at] == ' ' ? 1 : 0;
        if (at + blank >= line->length || line->text[at + blank] != '>')
            break;
        line->depth++;
        at += blank + 1;
    }
    if (line->depth > 0 && at < line->length && line->text[at] == ' ')
        at++;
    line->text += at;
    line->length -= at;
}

static GArray *split_lines(const char *text)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(Line));
    while (*text) {
        const char *end = strchrnul(text, '\n');
        Line line = {.text = text, .length = (size_t)(end - text)};
        read_depth(&line);
        g_array_append_val(lines, line);
        text = *end ? end + 1 : end;
    }
    return lines;
}

/* ---- classes */

typedef struct Splitter {
    BodyText *body;
    GArray *lines;
    const BodyHints *hints;
    unsigned first; /* line that is not blank */
    bool wrote;     /* the sender has written something above */
} Splitter;

static void mark(Splitter *s, unsigned from, unsigned to, LineClass class)
{
    for (unsigned n = from; n < to && n < s->lines->len; n++) {
        LINE(s->lines, n)->class = class;
        LINE(s->lines, n)->forward = s->body->forwards->len;
    }
}

static unsigned skip_blank(const Splitter *s, unsigned at)
{
    while (at < s->lines->len && line_is_blank(LINE(s->lines, at)))
        at++;
    return at;
}

/* To the end, to an end marker, or for a forward that is quoted with ">" to where that ends. */
static unsigned end_of_rest(const Splitter *s, unsigned at)
{
    unsigned first = skip_blank(s, at);
    bool quoted = first < s->lines->len && LINE(s->lines, first)->depth > 0;
    for (unsigned n = first; n < s->lines->len; n++) {
        const Line *line = LINE(s->lines, n);
        if (is_end_marker(line))
            return n + 1;
        if (quoted && line->depth == 0 && !line_is_blank(line))
            return n;
    }
    return s->lines->len;
}

static unsigned take_forward(Splitter *s, unsigned at, unsigned marker_lines)
{
    unsigned head = skip_blank(s, at + marker_lines), end = end_of_rest(s, at + marker_lines);
    bool sure;
    unsigned count = head < s->lines->len ? header_block_at(s->lines, head, &sure) : 0;
    g_autofree char *from = header_block_value(s->lines, head, count, false);
    g_autofree char *date = header_block_value(s->lines, head, count, true);
    if (s->body->forwards->len >= FORWARDS_MAX) {
        mark(s, at, end, LINE_QUOTED);
        return end;
    }
    Forward *f = g_new0(Forward, 1);
    f->origin = g_strdup(from ? from : "");
    f->date = date ? mail_date_parse(date) : 0;
    mark(s, at, end, LINE_FORWARDED);
    g_ptr_array_add(s->body->forwards, f);
    return end;
}

/* A header block, or a marker before one: quoted where the message is an answer to it, else the
 * sender shows it to us, and who wrote it when matters. */
static unsigned take_earlier_mail(Splitter *s, unsigned at, unsigned marker_lines)
{
    if (s->hints->is_forward || !s->hints->is_reply)
        return take_forward(s, at, marker_lines);
    unsigned end = end_of_rest(s, at + marker_lines);
    mark(s, at, end, LINE_QUOTED);
    return end;
}

static unsigned take_attribution(Splitter *s, unsigned at)
{
    bool sure = false;
    unsigned count = attribution_at(s->lines, at, &sure);
    if (count == 0)
        return at;
    unsigned next = skip_blank(s, at + count);
    if (next < s->lines->len && LINE(s->lines, next)->depth > 0) {
        mark(s, at, next, LINE_QUOTED);
        return next;
    }
    if (!sure || next >= s->lines->len)
        return at;
    mark(s, at, s->lines->len, LINE_QUOTED);
    return s->lines->len;
}

static unsigned take_header_block(Splitter *s, unsigned at)
{
    bool sure = false;
    unsigned count = header_block_at(s->lines, at, &sure);
    bool expected = s->hints->is_forward || s->hints->is_reply || s->wrote;
    if (count == 0 || !sure || (!expected && at == s->first))
        return at;
    return take_earlier_mail(s, at, 0);
}

/* A signature reaches to quoted text or to the end; what is too long was no signature. */
static unsigned take_signature(Splitter *s, unsigned at)
{
    size_t bytes = 0;
    unsigned end = at + 1;
    for (; end < s->lines->len; end++) {
        const Line *line = LINE(s->lines, end);
        bool sure = false;
        if (end - at > SIGNATURE_LINES || bytes > SIGNATURE_BYTES)
            return at;
        if (line->depth > 0 || marker_at(line) != MARKER_NONE ||
            header_block_at(s->lines, end, &sure) > 0 || attribution_at(s->lines, end, &sure) > 0)
            break;
        bytes += line->length;
    }
    mark(s, at, end, LINE_SIGNATURE);
    return end;
}

/* "____" and a list's name and address below it. */
static unsigned take_list_footer(Splitter *s, unsigned at)
{
    unsigned end = MIN(at + 6, s->lines->len);
    bool list = false;
    for (unsigned n = at + 1; n < end; n++) {
        const Line *line = LINE(s->lines, n);
        list |= memmem(line->text, line->length, "mailing list", 12) ||
                memmem(line->text, line->length, "listinfo", 8) ||
                memmem(line->text, line->length, "nsubscribe", 10);
    }
    if (!list || s->lines->len - at > 10)
        return at;
    mark(s, at, s->lines->len, LINE_SIGNATURE);
    return s->lines->len;
}

/* The line after what begins at `at` and is not the sender's new text; `at` where it is. */
static unsigned take_special(Splitter *s, unsigned at)
{
    const Line *line = LINE(s->lines, at);
    Marker marker = marker_at(line);
    unsigned next = at;
    if (marker == MARKER_FORWARDED)
        return take_forward(s, at, 1);
    if (marker == MARKER_ORIGINAL)
        return take_earlier_mail(s, at, 1);
    if ((next = take_attribution(s, at)) > at || (next = take_header_block(s, at)) > at)
        return next;
    if (line->depth > 0) {
        /* Empty lines between quoted ones are theirs. */
        unsigned below = skip_blank(s, at + 1);
        bool goes_on = below < s->lines->len && LINE(s->lines, below)->depth > 0;
        next = goes_on ? below : at + 1;
        mark(s, at, next, LINE_QUOTED);
        return next;
    }
    if (is_signature_mark(line))
        return take_signature(s, at);
    if (is_rule_line(line)) {
        bool sure = false;
        unsigned below = skip_blank(s, at + 1);
        if (below < s->lines->len && header_block_at(s->lines, below, &sure) > 0 && sure)
            return take_earlier_mail(s, at, 1);
        return take_list_footer(s, at);
    }
    return at;
}

/* ---- tails and banners */

static bool holds(const char *text, const char *const *phrases, unsigned least)
{
    unsigned found = 0;
    for (; *phrases && found < least; phrases++)
        found += strstr(text, *phrases) != NULL;
    return found >= least;
}

static char *paragraph_text(const Splitter *s, unsigned from, unsigned to)
{
    GString *text = g_string_new(NULL);
    for (unsigned n = from; n < to; n++) {
        const Line *line = LINE(s->lines, n);
        g_string_append_len(text, line->text, (gssize)line->length);
        g_string_append_c(text, ' ');
    }
    g_string_ascii_down(text);
    return g_string_free(text, FALSE);
}

/* Two of these phrases make a disclaimer: each alone may well be in a complaint. */
static bool is_disclaimer(const char *paragraph)
{
    static const char *const phrases[] = {"intended recipient",
                                          "intended solely",
                                          "intended only",
                                          "in error",
                                          "confidential",
                                          "privileged",
                                          "notify the sender",
                                          "contact the sender",
                                          "delete it",
                                          "delete this",
                                          "views expressed",
                                          "virus",
                                          "registered in england",
                                          "registered office",
                                          "this email and any",
                                          "this e-mail and any",
                                          "this message and any",
                                          "disclaimer",
                                          "authorised and regulated",
                                          "regulated by the",
                                          "any unauthorised",
                                          "disclosure, copying",
                                          "copying or distribution",
                                          "monitored",
                                          "think before you print",
                                          "consider the environment",
                                          "before printing",
                                          "neges hon yn gyfrinachol",
                                          "derbynnydd",
                                          "the information in this email",
                                          "the information contained in this",
                                          NULL};
    return holds(paragraph, phrases, 2);
}

static bool is_banner(const char *paragraph)
{
    static const char *const phrases[] = {"caution:",
                                          "originated from outside",
                                          "external email",
                                          "external sender",
                                          "do not click",
                                          "unless you recognise",
                                          "unless you recognize",
                                          "learn why this is important",
                                          "you don't often get email from",
                                          "[external]",
                                          "outside of the organi",
                                          "outside your organi",
                                          "links or open attachments",
                                          NULL};
    return holds(paragraph, phrases, 2);
}

/* From the end of a run of written lines upwards, paragraph by paragraph. */
static void mark_tail(Splitter *s, unsigned from, unsigned to)
{
    while (to > from) {
        while (to > from && line_is_blank(LINE(s->lines, to - 1)))
            to--;
        unsigned start = to;
        while (start > from && !line_is_blank(LINE(s->lines, start - 1)))
            start--;
        if (start == to)
            return;
        g_autofree char *paragraph = paragraph_text(s, start, to);
        if (is_device_line(LINE(s->lines, to - 1)))
            start = to - 1;
        else if (!is_disclaimer(paragraph) && !is_rule_line(LINE(s->lines, start)))
            return;
        mark(s, start, to, LINE_SIGNATURE);
        to = start;
    }
}

static void mark_banner(Splitter *s)
{
    unsigned start = s->first, end = start;
    while (end < s->lines->len && end - start < BANNER_LINES && !line_is_blank(LINE(s->lines, end)))
        end++;
    if (end == start || end >= s->lines->len || LINE(s->lines, start)->class != LINE_WRITTEN)
        return;
    g_autofree char *paragraph = paragraph_text(s, start, end);
    if (is_banner(paragraph))
        mark(s, start, end, LINE_SIGNATURE);
}

static void mark_tails(Splitter *s)
{
    unsigned from = 0;
    for (unsigned n = 0; n <= s->lines->len; n++) {
        if (n < s->lines->len && LINE(s->lines, n)->class == LINE_WRITTEN)
            continue;
        mark_tail(s, from, n);
        from = n + 1;
    }
}

static void classify(Splitter *s)
{
    for (unsigned n = 0; n < s->lines->len;) {
        unsigned next = take_special(s, n);
        if (next == n) {
            s->wrote |= !line_is_blank(LINE(s->lines, n));
            next++;
        }
        n = next;
    }
    mark_banner(s);
    mark_tails(s);
}

/* ---- putting together */

static void append_line(GString *to, const Line *line)
{
    size_t length = line->length;
    while (length > 0 && (line->text[length - 1] == ' ' || line->text[length - 1] == '\t'))
        length--;
    if (length == 0 && to->len == 0)
        return;
    g_string_append_len(to, line->text, (gssize)length);
    g_string_append_c(to, '\n');
}

static void append_lines(BodyText *b, const GArray *lines, unsigned old_forwards)
{
    GPtrArray *texts = g_ptr_array_new();
    for (unsigned n = old_forwards; n < b->forwards->len; n++)
        g_ptr_array_add(texts, g_string_new(NULL));
    for (unsigned n = 0; n < lines->len; n++) {
        const Line *line = LINE(lines, n);
        bool own = line->class == LINE_WRITTEN || line->class == LINE_SIGNATURE;
        append_line(own ? b->own : b->others, line);
        if (line->class == LINE_WRITTEN)
            append_line(b->written, line);
        else if (line->class == LINE_SIGNATURE)
            append_line(b->signature, line);
        else if (line->class == LINE_QUOTED)
            append_line(b->quoted, line);
        else
            append_line(texts->pdata[line->forward - old_forwards], line);
    }
    for (unsigned n = 0; n < texts->len; n++) {
        Forward *f = b->forwards->pdata[old_forwards + n];
        f->text = g_string_free(texts->pdata[n], FALSE);
    }
    g_ptr_array_unref(texts);
}

static void end_paragraph(GString *s)
{
    while (s->len > 0 && s->str[s->len - 1] == '\n')
        g_string_truncate(s, s->len - 1);
    if (s->len > 0)
        g_string_append(s, "\n\n");
}

void body_text_add(BodyText *b, const char *text, const BodyHints *hints)
{
    GString *const outputs[] = {b->written, b->signature, b->quoted, b->own, b->others};
    for (size_t k = 0; k < G_N_ELEMENTS(outputs); k++)
        end_paragraph(outputs[k]);
    unsigned old_forwards = b->forwards->len;
    g_autoptr(GArray) lines = split_lines(text);
    Splitter s = {b, lines, hints, 0, b->written->len > 0};
    s.first = skip_blank(&s, 0);
    if (!hints->is_form)
        classify(&s);
    append_lines(b, lines, old_forwards);
    for (size_t k = 0; k < G_N_ELEMENTS(outputs); k++) {
        end_paragraph(outputs[k]);
        if (outputs[k]->len > 0)
            g_string_truncate(outputs[k], outputs[k]->len - 1);
    }
}

/* ---- flowed */

static unsigned flowed_depth(const char **line, const char *end)
{
    unsigned depth = 0;
    while (*line < end && **line == '>') {
        depth++;
        ++*line;
    }
    if (*line < end && **line == ' ') /* space-stuffing */
        ++*line;
    return depth;
}

char *body_text_unflow(const char *text, bool delsp)
{
    GString *out = g_string_sized_new(strlen(text));
    bool open = false;
    unsigned open_depth = 0;
    while (*text) {
        const char *end = strchrnul(text, '\n'), *line = text;
        unsigned depth = flowed_depth(&line, end);
        size_t length = (size_t)(end - line);
        bool mark = length == 3 && memcmp(line, "-- ", 3) == 0;
        if (open && (depth != open_depth || mark)) {
            g_string_append_c(out, '\n');
            open = false;
        }
        for (unsigned n = 0; !open && n < depth; n++)
            g_string_append_c(out, '>');
        if (!open && depth > 0)
            g_string_append_c(out, ' ');
        bool flows = length > 0 && line[length - 1] == ' ' && !mark;
        g_string_append_len(out, line, (gssize)(length - (flows && delsp ? 1 : 0)));
        if (!flows)
            g_string_append_c(out, '\n');
        open = flows;
        open_depth = depth;
        text = *end ? end + 1 : end;
    }
    return g_string_free(out, FALSE);
}
