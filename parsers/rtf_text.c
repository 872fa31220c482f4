/* RTF, as far as its text goes: groups, control words for characters and breaks, no fonts. */
#include "parsers/charset.h"
#include "parsers/office_text.h"
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MAX = 200 };

typedef struct Rtf {
    GString *out;
    GString *bytes; /* 8-bit characters not yet decoded */
    char charset[32];
    bool skip[GROUPS_MAX];         /* destinations that are not text */
    unsigned fallback[GROUPS_MAX]; /* \ucN: characters after \u that stand for it */
    unsigned depth, pending_fallback;
    size_t most;
} Rtf;

static const char *const hidden[] = {
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "footer",
    "headerl",
    "headerr",
    "footerl",
    "footerr",
    "themedata",
    "datastore",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "xmlnstbl",
    "fldinst",
    "htmltag",
    "latentstyles",
    "colorschememapping",
};

static void flush(Rtf *r)
{
    if (r->bytes->len == 0)
        return;
    g_autoptr(GString) text = charset_decode(r->bytes->str, r->bytes->len, r->charset, NULL);
    g_string_append_len(r->out, text->str, (gssize)text->len);
    g_string_truncate(r->bytes, 0);
}

static void put(Rtf *r, char c)
{
    if (r->pending_fallback > 0)
        r->pending_fallback--;
    else if (!r->skip[r->depth])
        g_string_append_c(r->bytes, c);
}

static void put_unicode(Rtf *r, long value)
{
    gunichar c = (gunichar)(value < 0 ? value + 65536 : value);
    r->pending_fallback = 0;
    if (!r->skip[r->depth]) {
        flush(r);
        g_string_append_unichar(r->out, g_unichar_validate(c) && c > 0 ? c : 0xFFFD);
    }
    r->pending_fallback = r->fallback[r->depth];
}

static void put_break(Rtf *r, const char *text)
{
    r->pending_fallback = 0;
    if (r->skip[r->depth])
        return;
    flush(r);
    g_string_append(r->out, text);
}

static void control_word(Rtf *r, const char *word, bool has_value, long value)
{
    for (size_t k = 0; k < G_N_ELEMENTS(hidden); k++) {
        if (strcmp(word, hidden[k]) == 0)
            r->skip[r->depth] = true;
    }
    if (strcmp(word, "par") == 0 || strcmp(word, "line") == 0 || strcmp(word, "row") == 0)
        put_break(r, "\n");
    else if (strcmp(word, "tab") == 0 || strcmp(word, "cell") == 0)
        put_break(r, "\t");
    else if (strcmp(word, "u") == 0 && has_value)
        put_unicode(r, value);
    else if (strcmp(word, "uc") == 0 && value >= 0 && value < 10)
        r->fallback[r->depth] = (unsigned)value;
    else if (strcmp(word, "ansicpg") == 0 && value > 0 && value < 100000)
        g_snprintf(r->charset, sizeof r->charset, "windows-%ld", value);
    else if (strcmp(word, "emdash") == 0)
        put_break(r, "—");
    else if (strcmp(word, "endash") == 0)
        put_break(r, "–");
    else if (strcmp(word, "lquote") == 0 || strcmp(word, "rquote") == 0)
        put_break(r, "'");
    else if (strcmp(word, "ldblquote") == 0 || strcmp(word, "rdblquote") == 0)
        put_break(r, "\"");
}

/* After a backslash; how many bytes it took. */
static size_t control(Rtf *r, const char *p, const char *end)
{
    char word[32];
    size_t n = 0, at = 0;
    if (p >= end)
        return 0;
    if (*p == '\'' && end - p >= 3) {
        const char hex[3] = {p[1], p[2], '\0'};
        put(r, (char)strtol(hex, NULL, 16));
        return 3;
    }
    if (!g_ascii_isalpha(*p)) {
        if (*p == '*')
            r->skip[r->depth] = true;
        else if (*p == '~' || *p == '\\' || *p == '{' || *p == '}')
            put(r, *p == '~' ? ' ' : *p);
        return 1;
    }
    while (p + at < end && g_ascii_isalpha(p[at]) && n + 1 < sizeof word)
        word[n++] = p[at++];
    word[n] = '\0';
    char number[12] = "";
    n = 0;
    while (p + at < end && (g_ascii_isdigit(p[at]) || (n == 0 && p[at] == '-')) &&
           n + 1 < sizeof number)
        number[n++] = p[at++];
    control_word(r, word, n > 0, atol(number));
    if (p + at < end && p[at] == ' ')
        at++;
    return at;
}

static bool group(Rtf *r, char c)
{
    if (c == '{' && r->depth + 1 < GROUPS_MAX) {
        r->depth++;
        r->skip[r->depth] = r->skip[r->depth - 1];
        r->fallback[r->depth] = r->fallback[r->depth - 1];
        return true;
    }
    if (c == '}' && r->depth > 0) {
        r->depth--;
        return true;
    }
    return c == '}';
}

char *rtf_text(GBytes *bytes, size_t most, bool *cut)
{
    gsize length;
    const char *p = g_bytes_get_data(bytes, &length), *end = p + length;
    Rtf r = {.out = g_string_new(NULL), .bytes = g_string_new(NULL), .most = most};
    g_strlcpy(r.charset, "windows-1252", sizeof r.charset);
    r.fallback[0] = 1;
    while (p < end && r.out->len + r.bytes->len < most) {
        char c = *p++;
        if (c == '\\')
            p += control(&r, p, end);
        else if (c == '{' || c == '}') {
            if (!group(&r, c))
                break;
        } else if (c != '\r' && c != '\n')
            put(&r, c);
    }
    flush(&r);
    *cut |= p < end;
    g_string_free(r.bytes, TRUE);
    return g_string_free(r.out, FALSE);
}
