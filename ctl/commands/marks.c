#include "ctl/commands/marks.h"
#include "ctl/commands/command.h"
#include <string.h>

enum {
    WIDTH = 96,    /* a line is broken at the first space after so many characters */
    AROUND = 3,    /* lines kept on each side of a marked one */
    FIRST = 6,     /* lines kept of a text without a mark */
    GAP_LEAST = 3, /* fewer lines than this are not worth leaving out */
};

typedef struct Line {
    GString *text;
    bool marked;
} Line;

typedef struct Layout {
    GArray *lines; /* Line */
    unsigned column;
    MarkStyle style;
    bool marking; /* within a mark */
} Layout;

static void line_clear(void *data)
{
    g_string_free(((Line *)data)->text, TRUE);
}

static Line *last_line(Layout *l)
{
    return &g_array_index(l->lines, Line, l->lines->len - 1);
}

static void begin_line(Layout *l)
{
    Line line = {g_string_new(NULL), l->marking};
    g_array_append_val(l->lines, line);
    l->column = 0;
}

static void put_control(Layout *l, const char *sequence)
{
    if (l->style == MARK_UNDERLINE)
        g_string_append(last_line(l)->text, sequence);
}

/* An underline does not reach over the indentation of the next line. */
static void break_line(Layout *l)
{
    if (l->marking)
        put_control(l, "\033[24m");
    begin_line(l);
    if (l->marking)
        put_control(l, "\033[4m");
}

static void put_text(Layout *l, const char *text, size_t length)
{
    g_autofree char *piece = g_strndup(text, length), *safe = safe_text(piece);
    for (const char *p = safe; *p; p = g_utf8_next_char(p)) {
        if (*p == '\n' || (*p == ' ' && l->column >= WIDTH)) {
            break_line(l);
            continue;
        }
        g_string_append_len(last_line(l)->text, p, g_utf8_next_char(p) - p);
        l->column++;
    }
}

static void put_marked(Layout *l, const char *text, size_t length, const char *numbers)
{
    l->marking = true;
    last_line(l)->marked = true;
    put_control(l, "\033[4m");
    if (l->style == MARK_BRACKETS)
        g_string_append(last_line(l)->text, "[[");
    put_text(l, text, length);
    put_control(l, "\033[24m");
    if (l->style == MARK_BRACKETS)
        g_string_append(last_line(l)->text, "]]");
    g_string_append_printf(last_line(l)->text, "^%s", numbers);
    l->column += (unsigned)strlen(numbers);
    l->marking = false;
}

/* ---- where the text is cut */

typedef struct Span {
    size_t start, end;
    unsigned number;
} Span;

static int by_number(const void *a, const void *b)
{
    const Span *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static bool within_character(const char *text, size_t at)
{
    return ((unsigned char)text[at] & 0xC0) == 0x80;
}

/* The marks as spans of whole characters inside the text, by number. */
static GArray *spans_of(const char *text, size_t size, const GArray *marks)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));
    for (unsigned n = 0; n < marks->len && n < MARKS_MOST; n++) {
        const Mark *m = &g_array_index(marks, Mark, n);
        Span s = {MIN(m->offset, size), MIN((size_t)m->offset + m->length, size), m->number};
        while (s.start > 0 && within_character(text, s.start))
            s.start--;
        while (s.end < size && within_character(text, s.end))
            s.end++;
        if (s.start < s.end)
            g_array_append_val(spans, s);
    }
    g_array_sort(spans, by_number);
    return spans;
}

static GArray *cuts_of(const GArray *spans, size_t size)
{
    const size_t start = 0;
    GArray *cuts = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_array_append_val(cuts, start);
    g_array_append_val(cuts, size);
    for (unsigned n = 0; n < spans->len; n++) {
        const Span *s = &g_array_index(spans, Span, n);
        g_array_append_val(cuts, s->start);
        g_array_append_val(cuts, s->end);
    }
    g_array_sort(cuts, by_size);
    return cuts;
}

/* "3,4": the numbers of the spans that cover a piece; "" for none. */
static char *numbers_at(const GArray *spans, size_t at)
{
    GString *all = g_string_new(NULL);
    unsigned before = 0;
    for (unsigned n = 0; n < spans->len; n++) {
        const Span *s = &g_array_index(spans, Span, n);
        if (s->start > at || s->end <= at || (all->len && s->number == before))
            continue;
        g_string_append_printf(all, "%s%u", all->len ? "," : "", s->number);
        before = s->number;
    }
    return g_string_free(all, FALSE);
}

static void lay_out(Layout *l, const char *text, const GArray *marks)
{
    size_t size = strlen(text);
    g_autoptr(GArray) spans = spans_of(text, size, marks);
    g_autoptr(GArray) cuts = cuts_of(spans, size);
    for (unsigned n = 0; n + 1 < cuts->len; n++) {
        size_t from = g_array_index(cuts, size_t, n), to = g_array_index(cuts, size_t, n + 1);
        g_autofree char *numbers = from < to ? numbers_at(spans, from) : g_strdup("");
        if (numbers[0])
            put_marked(l, text + from, to - from, numbers);
        else
            put_text(l, text + from, to - from);
    }
}

/* ---- what is kept */

static bool is_blank(const Line *line)
{
    return line->text->len == 0;
}

static bool is_near_mark(const GArray *lines, unsigned n)
{
    unsigned from = n > AROUND ? n - AROUND : 0, to = MIN(n + AROUND, lines->len - 1);
    for (unsigned k = from; k <= to; k++)
        if (g_array_index(lines, Line, k).marked)
            return true;
    return false;
}

static bool has_mark(const GArray *lines)
{
    for (unsigned n = 0; n < lines->len; n++)
        if (g_array_index(lines, Line, n).marked)
            return true;
    return false;
}

static char *write_out(const GArray *lines)
{
    GString *out = g_string_new(NULL);
    bool marked = has_mark(lines);
    unsigned count = lines->len;
    while (count > 0 && is_blank(&g_array_index(lines, Line, count - 1)))
        count--;
    for (unsigned n = 0; n < count;) {
        unsigned end = n;
        while (end < count && !(marked ? is_near_mark(lines, end) : end < FIRST))
            end++;
        if (end - n >= GAP_LEAST) {
            g_string_append_printf(out, "    [... %u lines ...]\n", end - n);
            n = end;
            continue;
        }
        for (end = MAX(end, n + 1); n < end; n++) {
            const char *line = g_array_index(lines, Line, n).text->str;
            g_string_append_printf(out, "%s%s\n", line[0] ? "    " : "", line);
        }
    }
    return g_string_free(out, FALSE);
}

char *marks_text(const char *text, const GArray *marks, MarkStyle style)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(Line));
    g_array_set_clear_func(lines, line_clear);
    Layout l = {.lines = lines, .style = style};
    begin_line(&l);
    lay_out(&l, text, marks);
    return write_out(lines);
}
