#include "parsers/sniff.h"
#include <glib.h>
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *magic;
    size_t length;
    const char *kind;
} magics[] = {
    {"%PDF-", 5, "pdf"},          {"{\\rtf", 5, "rtf"}, {"\x89PNG\r\n\x1A\n", 8, "image"},
    {"\xFF\xD8\xFF", 3, "image"}, {"GIF8", 4, "image"}, {"II*\0", 4, "image"},
    {"MM\0*", 4, "image"},        {"BM", 2, "image"},   {"\x78\x9F\x3E\x22", 4, "tnef"},
};

static const struct {
    const char *type, *kind;
} types[] = {
    {"application/pdf", "pdf"},
    {"application/json", "json"},
    {"text/json", "json"},
    {"text/csv", "csv"},
    {"text/html", "html"},
    {"application/xhtml+xml", "html"},
    {"text/calendar", "calendar"},
    {"application/ics", "calendar"},
    {"text/vcard", "contact"},
    {"text/x-vcard", "contact"},
    {"text/directory", "contact"},
    {"application/rtf", "rtf"},
    {"text/rtf", "rtf"},
    {"application/pkcs7-signature", "signature"},
    {"application/x-pkcs7-signature", "signature"},
    {"application/pgp-signature", "signature"},
    {"application/pgp-keys", "signature"},
    {"application/pkcs7-mime", "encrypted"},
    {"application/x-pkcs7-mime", "encrypted"},
    {"application/pgp-encrypted", "encrypted"},
    {"application/ms-tnef", "tnef"},
    {"application/vnd.ms-tnef", "tnef"},
    {"message/rfc822", "message"},
    {"text/plain", "text"},
};

static const struct {
    const char *ending, *kind;
} endings[] = {
    {".json", "json"},     {".csv", "csv"},     {".html", "html"},     {".htm", "html"},
    {".txt", "text"},      {".log", "text"},    {".md", "text"},       {".ics", "calendar"},
    {".vcf", "contact"},   {".eml", "message"}, {".p7s", "signature"}, {".asc", "signature"},
    {".p7m", "encrypted"},
};

static bool contains(const char *p, size_t length, const char *what)
{
    return memmem(p, length, what, strlen(what)) != NULL;
}

/* Office documents name their first members near the front; OpenDocument says so outright. */
static const char *zip_kind(const char *p, size_t length, const char *name)
{
    size_t head = MIN(length, 4096);
    const char *tail = p + length - MIN(length, 65536);
    if (contains(p, MIN(length, 200), "mimetypeapplication/vnd.oasis.opendocument.text"))
        return "odt";
    if (contains(p, head, "word/") || contains(tail, MIN(length, 65536), "word/document.xml"))
        return "docx";
    if (name && g_str_has_suffix(name, ".docx"))
        return "docx";
    return "zip";
}

static bool is_text(const char *p, size_t length)
{
    size_t n = MIN(length, 4096), odd = 0;
    for (size_t k = 0; k < n; k++) {
        unsigned char c = (unsigned char)p[k];
        if (c == 0)
            return false;
        odd += c < 0x20 && !strchr("\t\n\r\f\x1B", c);
    }
    return odd * 50 <= n;
}

static bool is_json(const char *p, size_t length)
{
    size_t at = 0;
    while (at < length && g_ascii_isspace(p[at]))
        at++;
    return at < length && (p[at] == '{' || p[at] == '[');
}

static bool is_html(const char *p, size_t length)
{
    size_t at = 0;
    if (length >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < length && g_ascii_isspace(p[at]))
        at++;
    g_autofree char *head = g_ascii_strdown(p + at, (gssize)MIN(length - at, 16));
    return g_str_has_prefix(head, "<!doctype html") || g_str_has_prefix(head, "<html");
}

static const char *by_name(const char *name, const char *type)
{
    for (size_t k = 0; name && k < G_N_ELEMENTS(endings); k++) {
        if (g_str_has_suffix(name, endings[k].ending))
            return endings[k].kind;
    }
    for (size_t k = 0; k < G_N_ELEMENTS(types); k++) {
        if (type && strcmp(types[k].type, type) == 0)
            return types[k].kind;
    }
    return NULL;
}

const char *sniff_kind(const void *bytes, size_t length, const char *type, const char *name)
{
    const char *p = bytes;
    g_autofree char *lower = name ? g_ascii_strdown(name, -1) : NULL;
    for (size_t k = 0; k < G_N_ELEMENTS(magics); k++) {
        if (length >= magics[k].length && memcmp(p, magics[k].magic, magics[k].length) == 0)
            return magics[k].kind;
    }
    if (length >= 12 && memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0)
        return "image";
    if (length >= 12 && memcmp(p + 4, "ftyphei", 7) == 0)
        return "image";
    if (length >= 4 && memcmp(p, "PK\3\4", 4) == 0)
        return zip_kind(p, length, lower);
    /* A PDF may have up to a KiB before it; readers take it, so do we. */
    if (contains(p, MIN(length, 1024), "%PDF-"))
        return "pdf";
    if (type && g_str_has_prefix(type, "image/"))
        return "image";
    const char *named = by_name(lower, type);
    bool text = is_text(p, length);
    if (named && (text || !strcmp(named, "signature") || !strcmp(named, "encrypted")))
        return named;
    if (!text || length == 0)
        return "";
    if (is_html(p, length))
        return "html";
    return is_json(p, length) && type && strstr(type, "octet") ? "json" : "text";
}
