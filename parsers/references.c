#include "parsers/references.h"
#include <stdbool.h>
#include <string.h>

enum { LABEL_REACH = 48 };

typedef struct Cursor {
    const char *text;
    size_t length, at;
} Cursor;

static char peek(const Cursor *c, size_t ahead)
{
    return c->at + ahead < c->length ? c->text[c->at + ahead] : '\0';
}

/* n digits into `out`, with at most one space or hyphen between any two where `parted`. */
static bool digits(Cursor *c, unsigned n, bool parted, GString *out)
{
    for (unsigned got = 0; got < n; got++) {
        if (parted && got && (peek(c, 0) == ' ' || peek(c, 0) == '-') &&
            g_ascii_isdigit(peek(c, 1)))
            c->at++;
        if (!g_ascii_isdigit(peek(c, 0)))
            return false;
        g_string_append_c(out, peek(c, 0));
        c->at++;
    }
    return true;
}

static bool one_of(Cursor *c, const char *signs, GString *out, char written)
{
    if (!peek(c, 0) || !strchr(signs, peek(c, 0)))
        return false;
    c->at++;
    g_string_append_c(out, written);
    /* A reference that a mail program or a letter broke over two lines. */
    if (peek(c, 0) == ' ' || peek(c, 0) == '\n') {
        size_t n = 1;
        while (peek(c, n) == ' ' || peek(c, n) == '\n' || peek(c, n) == '\r')
            n++;
        if (n < 8 && g_ascii_isdigit(peek(c, n)))
            c->at += n;
    }
    return true;
}

static bool ended(const Cursor *c)
{
    return !g_ascii_isalnum(peek(c, 0));
}

/* COMP/1234567/26, IEC/26/000123 */
static const char *read_slashed(Cursor *c, GString *out)
{
    Cursor start = *c;
    size_t letters = 0;
    bool alpha = false;
    for (; letters < 6 && g_ascii_isalnum(peek(c, 0)); letters++, c->at++) {
        alpha |= g_ascii_isalpha(peek(c, 0));
        g_string_append_c(out, g_ascii_toupper(peek(c, 0)));
    }
    if (!alpha || letters < 2 || letters > 5)
        return NULL;
    size_t head = out->len;
    Cursor slash = *c;
    if (!g_ascii_strncasecmp(start.text + start.at, "iec", 3) && one_of(c, "/", out, '/') &&
        digits(c, 2, false, out) && one_of(c, "/", out, '/') && digits(c, 6, false, out) &&
        ended(c))
        return "iec";
    *c = slash;
    g_string_truncate(out, head);
    if (one_of(c, "/", out, '/') && digits(c, 7, false, out) && one_of(c, "/", out, '/') &&
        digits(c, 2, false, out) && ended(c))
        return "decs";
    return NULL;
}

/* GWF012345678, IHS123456789; the first also with 10 digits and with spaces */
static const char *read_prefixed(Cursor *c, GString *out)
{
    bool gwf = !g_ascii_strncasecmp(c->text + c->at, "gwf", MIN(3, c->length - c->at));
    bool ihs = !g_ascii_strncasecmp(c->text + c->at, "ihs", MIN(3, c->length - c->at));
    if (!gwf && !ihs)
        return NULL;
    c->at += 3;
    g_string_append(out, gwf ? "GWF" : "IHS");
    while (peek(c, 0) == ' ' || peek(c, 0) == ':' || peek(c, 0) == '-')
        c->at++;
    if (!digits(c, 9, true, out))
        return NULL;
    if (gwf && g_ascii_isdigit(peek(c, 0)))
        digits(c, 1, false, out);
    return ended(c) ? (gwf ? "gwf" : "ihs") : NULL;
}

static bool is_appeal_prefix(const char *text)
{
    static const char *const PREFIXES[] = {"HU", "PA", "EA", "DA", "DC", "RP",
                                           "LP", "IA", "AA", "OA", "VA", "EU"};
    for (unsigned i = 0; i < G_N_ELEMENTS(PREFIXES); i++)
        if (!g_ascii_strncasecmp(text, PREFIXES[i], 2))
            return true;
    return false;
}

/* HU/01234/2026, PA-01234-2026, UI-2026-001234, JR-2026-LON-000123 */
static const char *read_tribunal(Cursor *c, GString *out)
{
    if (c->length - c->at < 12)
        return NULL;
    const char *head = c->text + c->at;
    bool ui = !g_ascii_strncasecmp(head, "ui", 2), jr = !g_ascii_strncasecmp(head, "jr", 2);
    if (!ui && !jr && !is_appeal_prefix(head))
        return NULL;
    g_string_append_c(out, g_ascii_toupper(head[0]));
    g_string_append_c(out, g_ascii_toupper(head[1]));
    char sign = head[2];
    c->at += 2;
    if (!one_of(c, "/-", out, sign))
        return NULL;
    if (!ui && !jr)
        return digits(c, 5, false, out) && one_of(c, "/-", out, sign) && digits(c, 4, false, out) &&
                       ended(c)
                   ? "tribunal"
                   : NULL;
    if (!digits(c, 4, false, out) || !one_of(c, "/-", out, sign))
        return NULL;
    if (jr) {
        for (unsigned i = 0; i < 3; i++, c->at++) {
            if (!g_ascii_isalpha(peek(c, 0)))
                return NULL;
            g_string_append_c(out, g_ascii_toupper(peek(c, 0)));
        }
        if (!one_of(c, "/-", out, sign))
            return NULL;
    }
    return digits(c, 6, false, out) && ended(c) ? "tribunal" : NULL;
}

/* True where one of `labels` stands within reach before `at`, on its line or the line before. */
static bool labelled(const Cursor *c, size_t at, const char *const *labels)
{
    size_t from = at > LABEL_REACH ? at - LABEL_REACH : 0;
    g_autofree char *before = g_ascii_strdown(c->text + from, (gssize)(at - from));
    for (; *labels; labels++) {
        const char *label = g_strrstr(before, *labels);
        size_t n = strlen(*labels);
        if (label && (label == before || !g_ascii_isalnum(label[-1])) &&
            !g_ascii_isalpha(label[n]) && !strchr(label, '.') && !strstr(label, "\n\n"))
            return true;
    }
    return false;
}

/* 1234-5678-9123-4567 beside its label */
static const char *read_uan(Cursor *c, GString *out)
{
    static const char *const LABELS[] = {"uan",
                                         "unique application number",
                                         "application number",
                                         "application ref",
                                         "application reference",
                                         "unique application reference",
                                         NULL};
    size_t at = c->at;
    for (unsigned group = 0; group < 4; group++) {
        if (group) {
            if (peek(c, 0) == '-' || peek(c, 0) == ' ')
                c->at++;
            g_string_append_c(out, '-');
        }
        if (!digits(c, 4, false, out))
            return NULL;
    }
    return ended(c) && peek(c, 0) != '-' && labelled(c, at, LABELS) ? "uan" : NULL;
}

/* Nine digits, or a letter and seven, beside a label that names the Home Office's reference */
static const char *read_home_office(Cursor *c, GString *out)
{
    static const char *const LABELS[] = {"home office",
                                         "home office ref",
                                         "home office reference",
                                         "home office number",
                                         "home office no",
                                         "ho ref",
                                         "ho reference",
                                         "ho number",
                                         "h.o. ref",
                                         "port ref",
                                         "port reference",
                                         "swyddfa gartref",
                                         NULL};
    size_t at = c->at;
    bool letter = g_ascii_isalpha(peek(c, 0));
    if (letter) {
        g_string_append_c(out, g_ascii_toupper(peek(c, 0)));
        c->at++;
    }
    if (!digits(c, letter ? 7 : 9, false, out) || !ended(c) || peek(c, 0) == '/')
        return NULL;
    return labelled(c, at, LABELS) ? "ho" : NULL;
}

typedef const char *(*ReadReference)(Cursor *c, GString *out);

static bool known(const GPtrArray *found, const char *value)
{
    for (unsigned i = 0; i < found->len; i++)
        if (!strcmp(((const ReferenceFound *)found->pdata[i])->value, value))
            return true;
    return false;
}

/* Reads a reference at c->at and moves past it; false leaves the cursor. */
static bool read_reference(Cursor *c, GString *value, GPtrArray *found)
{
    static const ReadReference READERS[] = {read_prefixed, read_tribunal, read_slashed, read_uan,
                                            read_home_office};
    for (unsigned i = 0; i < G_N_ELEMENTS(READERS); i++) {
        g_string_truncate(value, 0);
        Cursor try = *c;
        const char *type = READERS[i](&try, value);
        if (!type)
            continue;
        if (!known(found, value->str)) {
            ReferenceFound *r = g_new0(ReferenceFound, 1);
            r->type = type;
            r->offset = (uint32_t)c->at;
            r->length = (uint32_t)(try.at - c->at);
            r->value = g_strdup(value->str);
            g_ptr_array_add(found, r);
        }
        *c = try;
        return true;
    }
    return false;
}

/* Most words are plain: a reference begins with figures in the word, a sign after it, or a prefix
 * that stands apart from its figures. */
static bool may_begin(const Cursor *c, size_t end, bool figures)
{
    char sign = end < c->length ? c->text[end] : '\0';
    return figures || sign == '/' || sign == '-' ||
           (end - c->at == 3 && (!g_ascii_strncasecmp(c->text + c->at, "gwf", 3) ||
                                 !g_ascii_strncasecmp(c->text + c->at, "ihs", 3)));
}

GPtrArray *references_find(const char *text, size_t length)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)reference_found_free);
    g_autoptr(GString) value = g_string_new(NULL);
    Cursor c = {text, length, 0};
    while (c.at < length && found->len < REFERENCES_FOUND_MAX) {
        if (!g_ascii_isalnum(text[c.at])) {
            c.at++;
            continue;
        }
        size_t end = c.at;
        bool figures = false;
        for (; end < length && g_ascii_isalnum(text[end]); end++)
            figures |= g_ascii_isdigit(text[end]);
        if (!may_begin(&c, end, figures) || !read_reference(&c, value, found))
            c.at = end;
    }
    return found;
}

void reference_found_free(ReferenceFound *r)
{
    if (!r)
        return;
    g_free(r->value);
    g_free(r);
}
