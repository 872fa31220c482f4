/* Decoded bytes and texts of parts. GMime knows the encodings; which charsets are read is ours. */
#include "parsers/charset.h"
#include "parsers/header_text.h"
#include "parsers/html_text.h"
#include "parsers/message_reading.h"
#include <string.h>

enum {
    TEXT_BYTES_MAX = 4 * 1024 * 1024, /* of a text part that are looked at */
    NAME_MAX_BYTES = 200,
};

static void raw_bytes(const Reading *r, GMimePart *part, Content *content)
{
    GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
    GMimeStream *stream = wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;
    *content = (Content){"", 0, NULL};
    /* The parser made it a part of our own memory stream. */
    if (!stream || !GMIME_IS_STREAM_MEM(stream))
        return;
    gint64 start = CLAMP(stream->bound_start, 0, (gint64)r->raw->len);
    gint64 end = stream->bound_end < 0 ? (gint64)r->raw->len : stream->bound_end;
    end = CLAMP(end, start, (gint64)r->raw->len);
    content->bytes = r->raw->data + start;
    content->length = (size_t)(end - start);
}

static void decode_run(GByteArray *out, GMimeContentEncoding encoding, const char *in,
                       size_t length)
{
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, encoding);
    guint old = out->len;
    g_byte_array_set_size(out, old + (guint)g_mime_encoding_outlen(&state, length) + 8);
    size_t n = g_mime_encoding_flush(&state, in, length, (char *)out->data + old);
    g_byte_array_set_size(out, old + (guint)n);
}

/* GMime's decoder stops for good at the first '='; senders that glue encoded pieces together, and
 * those who would hide the second piece, make more follow. Each piece is decoded by itself. */
static void decode_base64(Reading *r, GByteArray *out, const char *in, size_t length)
{
    const char *end = in + length;
    bool pieces = false;
    while (in < end) {
        const char *pad = memchr(in, '=', (size_t)(end - in));
        const char *stop = pad ? pad : end;
        while (stop < end && (*stop == '=' || g_ascii_isspace(*stop)))
            stop++;
        decode_run(out, GMIME_CONTENT_ENCODING_BASE64, in, (size_t)(stop - in));
        in = stop;
        pieces |= in < end;
    }
    if (pieces)
        document_add_defect(r->document, "base64 in several pieces", true);
}

void content_of_part(Reading *r, GMimePart *part, Content *content)
{
    raw_bytes(r, part, content);
    GMimeContentEncoding encoding = g_mime_part_get_content_encoding(part);
    if (encoding != GMIME_CONTENT_ENCODING_BASE64 &&
        encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
        encoding != GMIME_CONTENT_ENCODING_UUENCODE)
        return;
    GByteArray *out = g_byte_array_sized_new((guint)content->length + 8);
    if (encoding == GMIME_CONTENT_ENCODING_BASE64)
        decode_base64(r, out, content->bytes, content->length);
    else
        decode_run(out, encoding, content->bytes, content->length);
    *content = (Content){out->data ? (const void *)out->data : "", out->len, out};
}

void content_clear(Content *content)
{
    g_clear_pointer(&content->owned, g_byte_array_unref);
}

static bool parameter_is(GMimeContentType *type, const char *name, const char *value)
{
    const char *given = type ? g_mime_content_type_get_parameter(type, name) : NULL;
    return given && g_ascii_strcasecmp(given, value) == 0;
}

/* NUL bytes end strings early in libxml2. */
static void blank_nuls(GString *s)
{
    for (char *p = s->str; (p = memchr(p, '\0', (size_t)(s->str + s->len - p))) != NULL;)
        *p = ' ';
}

static char *plain_text(const GString *utf8, GMimeContentType *type)
{
    char *text = document_clean_text(utf8->str, (gssize)utf8->len, utf8->len * 3 + 3);
    if (!parameter_is(type, "format", "flowed"))
        return text;
    char *flowed = body_text_unflow(text, parameter_is(type, "delsp", "yes"));
    g_free(text);
    return flowed;
}

char *content_text(Reading *r, const void *bytes, size_t length, const char *charset, bool html,
                   GMimeContentType *type)
{
    bool doubt = false, cut = length > TEXT_BYTES_MAX;
    length = MIN(length, TEXT_BYTES_MAX);
    g_autofree char *named = !charset && html ? html_charset(bytes, length) : NULL;
    g_autoptr(GString) utf8 = charset_decode(bytes, length, named ? named : charset, &doubt);
    g_autofree char *text = NULL;
    if (html) {
        blank_nuls(utf8);
        g_autofree char *plain = html_text(utf8->str, utf8->len, DOCUMENT_TEXT_MAX, &cut);
        text = document_clean_text(plain, -1, strlen(plain) * 3 + 3);
    } else
        text = plain_text(utf8, type);
    size_t most = MIN(r->text_left, DOCUMENT_TEXT_MAX);
    if (strlen(text) > most) {
        cut = true;
        char *shorter = document_clean_text(text, -1, most);
        g_free(text);
        text = shorter;
    }
    if (doubt)
        document_add_defect(r->document, "text in a charset that is unknown or does not fit",
                            false);
    if (cut)
        document_add_defect(r->document, "a text longer than 1 MiB, or too deep, was cut", true);
    r->text_left -= strlen(text);
    return g_steal_pointer(&text);
}

char *content_safe_name(const char *name)
{
    g_autofree char *decoded = header_text_decode(name ? name : "", 1000);
    const char *last = decoded;
    for (const char *p = decoded; *p; p++) {
        if ((*p == '/' || *p == '\\') && p[1])
            last = p + 1;
    }
    while (*last == '.')
        last++;
    char *safe = document_clean_value(last, -1, NAME_MAX_BYTES);
    return g_strdelimit(safe, "/\\:*?\"<>|", '_');
}
