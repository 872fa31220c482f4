#include "parsers/header_text.h"
#include "parsers/charset.h"
#include "parsers/document.h"
#include <string.h>

typedef struct Word {
    const char *charset, *text;
    size_t charset_length, text_length, length;
    bool base64;
} Word;

/* An encoded word at `p`: =?charset?B|Q?text?= . Blanks within are against the RFC, but mailers
 * make them in Q text; other control characters end the attempt. */
static bool word_at(const char *p, Word *w)
{
    if (p[0] != '=' || p[1] != '?')
        return false;
    size_t at = 2;
    w->charset = p + at;
    while (p[at] && p[at] != '?' && (unsigned char)p[at] > 0x20)
        at++;
    w->charset_length = (size_t)(p + at - w->charset);
    if (p[at] != '?' || w->charset_length == 0 || w->charset_length > 60 || !p[at + 1] ||
        !strchr("bBqQ", p[at + 1]) || p[at + 2] != '?')
        return false;
    w->base64 = strchr("bB", p[at + 1]) != NULL;
    w->text = p + at + 3;
    const char *end = strstr(w->text, "?=");
    /* "=?utf-8?Q?=41?=": the first "?=" may be the start of the text itself. */
    if (end == w->text && !w->base64 && g_ascii_isxdigit(end[2]) && strstr(end + 2, "?="))
        end = strstr(end + 2, "?=");
    if (!end)
        return false;
    w->text_length = (size_t)(end - w->text);
    for (size_t n = 0; n < w->text_length; n++) {
        if (w->text[n] == '\r' || w->text[n] == '\n' || (w->base64 && w->text[n] == '?'))
            return false;
    }
    w->length = (size_t)(end + 2 - p);
    return true;
}

static void append_q(GByteArray *to, const char *text, size_t length)
{
    for (size_t n = 0; n < length; n++) {
        guint8 c = (guint8)text[n];
        if (c == '_')
            c = ' ';
        else if (c == '=' && n + 2 < length && g_ascii_isxdigit(text[n + 1]) &&
                 g_ascii_isxdigit(text[n + 2])) {
            c = (guint8)(g_ascii_xdigit_value(text[n + 1]) * 16 +
                         g_ascii_xdigit_value(text[n + 2]));
            n += 2;
        }
        g_byte_array_append(to, &c, 1);
    }
}

static void append_b(GByteArray *to, const char *text, size_t length)
{
    g_autofree guchar *out = g_malloc(length / 4 * 3 + 6);
    int state = 0;
    guint save = 0;
    gsize n = g_base64_decode_step(text, length, out, &state, &save);
    g_byte_array_append(to, out, (guint)n);
}

/* Runs of words in one charset are decoded together. */
typedef struct Decoder {
    GString *out;
    GByteArray *pending;
    char charset[64];
    bool encode; /* write words again, in UTF-8 */
} Decoder;

static void flush_words(Decoder *d)
{
    if (d->pending->len == 0)
        return;
    g_autoptr(GString) text = charset_decode(d->pending->data, d->pending->len, d->charset, NULL);
    if (d->encode) {
        g_autofree char *clean = document_clean_value(text->str, (gssize)text->len, text->len * 3);
        g_autofree char *base64 = g_base64_encode((const guchar *)clean, strlen(clean));
        g_string_append_printf(d->out, "=?utf-8?B?%s?=", base64);
    } else
        g_string_append_len(d->out, text->str, (gssize)text->len);
    g_byte_array_set_size(d->pending, 0);
}

static void take_word(Decoder *d, const Word *w)
{
    bool same = strlen(d->charset) == w->charset_length &&
                g_ascii_strncasecmp(d->charset, w->charset, w->charset_length) == 0;
    if (!same)
        flush_words(d);
    memcpy(d->charset, w->charset, w->charset_length);
    d->charset[w->charset_length] = '\0';
    if (w->base64)
        append_b(d->pending, w->text, w->text_length);
    else
        append_q(d->pending, w->text, w->text_length);
}

static void take_plain(Decoder *d, const char *text, size_t length)
{
    flush_words(d);
    g_autoptr(GString) utf8 = charset_decode(text, length, NULL, NULL);
    g_string_append_len(d->out, utf8->str, (gssize)utf8->len);
}

static GString *decode(const char *raw, bool encode)
{
    Decoder d = {g_string_sized_new(strlen(raw)), g_byte_array_new(), "", encode};
    const char *p = raw, *plain = raw;
    bool after_word = false;
    while (*p) {
        Word w;
        if (!word_at(p, &w)) {
            const char *next = strstr(p + 1, "=?");
            p = next ? next : p + strlen(p);
            continue;
        }
        size_t between = (size_t)(p - plain);
        /* White space between two words is not part of the text (RFC 2047 6.2). */
        if (between > 0 && !(after_word && strspn(plain, " \t\r\n") >= between))
            take_plain(&d, plain, between);
        take_word(&d, &w);
        p = plain = p + w.length;
        after_word = true;
    }
    if (*plain)
        take_plain(&d, plain, strlen(plain));
    flush_words(&d);
    g_byte_array_unref(d.pending);
    return d.out;
}

char *header_text_decode(const char *raw, size_t most)
{
    g_autoptr(GString) text = decode(raw ? raw : "", false);
    return document_clean_value(text->str, (gssize)text->len, most);
}

char *header_text_normalise(const char *raw)
{
    return g_string_free(decode(raw ? raw : "", true), FALSE);
}
