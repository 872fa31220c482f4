#include "parsers/charset.h"
#include <errno.h>
#include <gio/gio.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

/* What our own code decodes; all else is iconv's. */
typedef enum Way { WAY_UTF8, WAY_LATIN, WAY_ICONV } Way;

/* Canonical name, how, and a sample that proves the handle works: its bytes and their first
 * character. */
static const struct {
    const char *name;
    Way way;
    const char *sample;
    gunichar first;
} charsets[] = {
    {"utf-8", WAY_UTF8, NULL, 0},
    {"us-ascii", WAY_UTF8, NULL, 0},
    {"iso-8859-1", WAY_LATIN, NULL, 0},
    {"windows-1252", WAY_LATIN, NULL, 0},
    {"iso-8859-2", WAY_ICONV, "\xA1", 0x104},
    {"iso-8859-3", WAY_ICONV, "\xA1", 0x126},
    {"iso-8859-4", WAY_ICONV, "\xA1", 0x104},
    {"iso-8859-5", WAY_ICONV, "\xA1", 0x401},
    {"iso-8859-6", WAY_ICONV, "\xC1", 0x621},
    {"iso-8859-7", WAY_ICONV, "\xC1", 0x391},
    {"iso-8859-8", WAY_ICONV, "\xE0", 0x5D0},
    {"iso-8859-9", WAY_ICONV, "\xD0", 0x11E},
    {"iso-8859-10", WAY_ICONV, "\xA1", 0x104},
    {"iso-8859-11", WAY_ICONV, "\xA1", 0xE01},
    {"iso-8859-13", WAY_ICONV, "\xC0", 0x104},
    {"iso-8859-14", WAY_ICONV, "\xD0", 0x174},
    {"iso-8859-15", WAY_ICONV, "\xA4", 0x20AC},
    {"iso-8859-16", WAY_ICONV, "\xA4", 0x20AC},
    {"windows-1250", WAY_ICONV, "\xA5", 0x104},
    {"windows-1251", WAY_ICONV, "\xC0", 0x410},
    {"windows-1253", WAY_ICONV, "\xC1", 0x391},
    {"windows-1254", WAY_ICONV, "\xD0", 0x11E},
    {"windows-1255", WAY_ICONV, "\xE0", 0x5D0},
    {"windows-1256", WAY_ICONV, "\xC1", 0x621},
    {"windows-1257", WAY_ICONV, "\xC0", 0x104},
    {"windows-1258", WAY_ICONV, "\xC3", 0x102},
    {"windows-874", WAY_ICONV, "\xA1", 0xE01},
    {"koi8-r", WAY_ICONV, "\xC1", 0x430},
    {"koi8-u", WAY_ICONV, "\xC1", 0x430},
    {"macintosh", WAY_ICONV, "\x80", 0xC4},
    {"iso-2022-jp", WAY_ICONV, "\x1B$B$\"\x1B(B", 0x3042},
    {"euc-jp", WAY_ICONV, "\xA4\xA2", 0x3042},
    {"shift_jis", WAY_ICONV, "\x82\xA0", 0x3042},
    {"euc-kr", WAY_ICONV, "\xB0\xA1", 0xAC00},
    {"gb18030", WAY_ICONV, "\xB0\xA1", 0x554A},
    {"big5", WAY_ICONV, "\xA4\x40", 0x4E00},
    {"utf-16le", WAY_ICONV, "A\0", 'A'},
    {"utf-16be", WAY_ICONV, "\0A", 'A'},
};

/* What iconv is asked for where its name is another, or a superset is the right choice. */
static const struct {
    const char *name, *iconv;
} iconv_names[] = {
    {"shift_jis", "CP932"},         {"euc-kr", "CP949"},
    {"big5", "BIG5-HKSCS"},         {"windows-874", "CP874"},
    {"iso-2022-jp", "ISO-2022-JP"}, {"iso-8859-11", "TIS-620"},
    {"euc-jp", "EUC-JP-MS"},
};

static const struct {
    const char *alias, *name;
} aliases[] = {
    {"ascii", "us-ascii"},
    {"ansi_x3.4-1968", "us-ascii"},
    {"iso646-us", "us-ascii"},
    {"ansi_x3.4-1986", "us-ascii"},
    {"646", "us-ascii"},
    {"us", "us-ascii"},
    {"utf8", "utf-8"},
    {"unicode", "utf-8"},
    {"cp65001", "utf-8"},
    {"utf-8mb4", "utf-8"},
    {"utf8mb4", "utf-8"},
    {"x-utf-8", "utf-8"},
    {"latin1", "iso-8859-1"},
    {"l1", "iso-8859-1"},
    {"8859-1", "iso-8859-1"},
    {"iso8859-1", "iso-8859-1"},
    {"iso_8859-1", "iso-8859-1"},
    {"cp819", "iso-8859-1"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"latin2", "iso-8859-2"},
    {"latin-1", "iso-8859-1"},
    {"latin-9", "iso-8859-15"},
    {"latin9", "iso-8859-15"},
    {"iso8859-15", "iso-8859-15"},
    {"ansi", "windows-1252"},
    {"x-ansi", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"cp-1252", "windows-1252"},
    {"win-1252", "windows-1252"},
    {"x-cp1252", "windows-1252"},
    {"cp1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"cp1253", "windows-1253"},
    {"cp1254", "windows-1254"},
    {"cp1255", "windows-1255"},
    {"cp1256", "windows-1256"},
    {"cp1257", "windows-1257"},
    {"cp1258", "windows-1258"},
    {"cp874", "windows-874"},
    {"tis-620", "windows-874"},
    {"macroman", "macintosh"},
    {"x-mac-roman", "macintosh"},
    {"mac", "macintosh"},
    {"sjis", "shift_jis"},
    {"shift-jis", "shift_jis"},
    {"x-sjis", "shift_jis"},
    {"ms_kanji", "shift_jis"},
    {"cp932", "shift_jis"},
    {"windows-31j", "shift_jis"},
    {"eucjp", "euc-jp"},
    {"x-euc-jp", "euc-jp"},
    {"euckr", "euc-kr"},
    {"ks_c_5601-1987", "euc-kr"},
    {"ksc5601", "euc-kr"},
    {"cp949", "euc-kr"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"cp936", "gb18030"},
    {"euc-cn", "gb18030"},
    {"x-gbk", "gb18030"},
    {"big5-hkscs", "big5"},
    {"cp950", "big5"},
    {"koi8r", "koi8-r"},
    {"koi8", "koi8-r"},
    {"koi8u", "koi8-u"},
    {"utf-16", "utf-16le"},
    {"utf16", "utf-16le"},
    {"ucs-2", "utf-16le"},
    {"csiso2022jp", "iso-2022-jp"},
    {"iso-2022-jp-1", "iso-2022-jp"},
    {"iso-2022-jp-2", "iso-2022-jp"},
    {"iso-2022-jp-ms", "iso-2022-jp"},
};

/* Process-wide because glibc's modules are: opened once, never closed. */
static iconv_t handles[G_N_ELEMENTS(charsets)];

/* Windows-1252 from 0x80; 0xFFFD where it has nothing. */
static const uint16_t high_latin[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
};

static int index_of(const char *canonical)
{
    for (size_t k = 0; canonical && k < G_N_ELEMENTS(charsets); k++) {
        if (strcmp(charsets[k].name, canonical) == 0)
            return (int)k;
    }
    return -1;
}

const char *charset_canonical(const char *label)
{
    char name[32];
    size_t length = 0;
    if (!label)
        return NULL;
    label += strspn(label, " \t\"'");
    /* A language may follow (RFC 2231: "utf-8*cy"). */
    for (; label[length] && !strchr(" \t\"'*;", label[length]); length++) {
        if (length + 1 >= sizeof name)
            return NULL;
        name[length] = g_ascii_tolower(label[length]);
    }
    name[length] = '\0';
    int k = index_of(name);
    if (k >= 0)
        return charsets[k].name;
    for (size_t a = 0; a < G_N_ELEMENTS(aliases); a++) {
        if (strcmp(aliases[a].alias, name) == 0)
            return aliases[a].name;
    }
    return NULL;
}

static const char *iconv_name(const char *canonical)
{
    for (size_t k = 0; k < G_N_ELEMENTS(iconv_names); k++) {
        if (strcmp(iconv_names[k].name, canonical) == 0)
            return iconv_names[k].iconv;
    }
    return canonical;
}

static void append_iconv(GString *out, iconv_t cd, const char *bytes, size_t length, bool *doubt)
{
    char *in = (char *)bytes, buffer[4096];
    size_t left = length;
    iconv(cd, NULL, NULL, NULL, NULL);
    while (left > 0) {
        char *to = buffer;
        size_t space = sizeof buffer;
        size_t rc = iconv(cd, &in, &left, &to, &space);
        int error = errno;
        g_string_append_len(out, buffer, to - buffer);
        if (rc != (size_t)-1 || error == E2BIG)
            continue;
        g_string_append(out, "\xEF\xBF\xBD");
        *doubt = true;
        if (error == EINVAL) /* ends within a character */
            break;
        in++;
        left--;
    }
    /* Some hold a letter back until they know what combines with it. */
    char *to = buffer;
    size_t space = sizeof buffer;
    iconv(cd, NULL, NULL, &to, &space);
    g_string_append_len(out, buffer, to - buffer);
}

bool charset_init(GError **error)
{
    for (size_t k = 0; k < G_N_ELEMENTS(charsets); k++) {
        if (charsets[k].way != WAY_ICONV || handles[k])
            continue;
        iconv_t cd = iconv_open("UTF-8", iconv_name(charsets[k].name));
        if (cd == (iconv_t)-1) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "charset %s is not there",
                        charsets[k].name);
            return false;
        }
        handles[k] = cd;
        g_autoptr(GString) out = g_string_new(NULL);
        bool doubt = false;
        size_t length =
            g_str_has_prefix(charsets[k].name, "utf-16") ? 2 : strlen(charsets[k].sample);
        append_iconv(out, cd, charsets[k].sample, length, &doubt);
        if (doubt || g_utf8_get_char(out->str) != charsets[k].first) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "charset %s does not work",
                        charsets[k].name);
            return false;
        }
    }
    return true;
}

static void append_latin(GString *out, const unsigned char *bytes, size_t length, bool *doubt)
{
    for (size_t n = 0; n < length; n++) {
        unsigned char c = bytes[n];
        if (c < 0x80) {
            g_string_append_c(out, (char)c);
            continue;
        }
        gunichar wide = c < 0xA0 ? high_latin[c - 0x80] : c;
        *doubt |= wide == 0xFFFD;
        g_string_append_unichar(out, wide);
    }
}

/* Counts well-formed characters of more than one byte, and runs of bytes that are none. */
static void count_utf8(const char *bytes, size_t length, size_t *good, size_t *bad)
{
    const char *p = bytes, *end = bytes + length;
    bool in_run = false;
    *good = *bad = 0;
    while (p < end) {
        if ((signed char)*p >= 0) {
            in_run = false;
            p++;
            continue;
        }
        gunichar c = g_utf8_get_char_validated(p, end - p);
        bool broken = c == (gunichar)-1 || c == (gunichar)-2;
        *bad += broken && !in_run;
        *good += !broken;
        in_run = broken;
        p = broken ? p + 1 : g_utf8_next_char(p);
    }
}

static void append_repaired_utf8(GString *out, const char *bytes, size_t length)
{
    while (length > 0) {
        const char *end;
        if (g_utf8_validate_len(bytes, length, &end)) {
            g_string_append_len(out, bytes, (gssize)length);
            return;
        }
        g_string_append_len(out, bytes, end - bytes);
        /* A NUL is not an error here: texts say what they do with it. */
        if (*end == '\0')
            g_string_append_c(out, '\0');
        else
            g_string_append(out, "\xEF\xBF\xBD");
        length -= (size_t)(end - bytes) + 1;
        bytes = end + 1;
    }
}

/* Seven-bit text that switches into Japanese and back. */
static bool is_iso2022jp(const char *bytes, size_t length)
{
    return memmem(bytes, length, "\x1B$B", 3) || memmem(bytes, length, "\x1B$@", 3);
}

static int detect(const char *bytes, size_t length, int k, bool *doubt)
{
    size_t good, bad;
    bool latin = k >= 0 && charsets[k].way == WAY_LATIN;
    if (k >= 0 && charsets[k].way == WAY_ICONV)
        return k;
    count_utf8(bytes, length, &good, &bad);
    if (good + bad == 0)
        return is_iso2022jp(bytes, length) ? index_of("iso-2022-jp") : 0;
    if (latin)
        return good > 0 && bad == 0 ? 0 : k;
    /* Labelled UTF-8, ASCII, refused or not at all: a few broken characters are broken UTF-8. */
    bool utf8 = bad == 0 || (good > 0 && good >= bad && k == 0);
    *doubt |= bad > 0;
    return utf8 ? 0 : index_of("windows-1252");
}

GString *charset_decode(const void *bytes, size_t length, const char *label, bool *doubt)
{
    const char *canonical = charset_canonical(label);
    bool ignored = false, *odd = doubt ? doubt : &ignored;
    const unsigned char *p = bytes;
    if (label && *label && !canonical)
        *odd = true;
    if (length >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF)))
        canonical = p[0] == 0xFF ? "utf-16le" : "utf-16be";
    int k = detect(bytes, length, index_of(canonical), odd);
    GString *out = g_string_sized_new(length + 16);
    if (charsets[k].way == WAY_LATIN)
        append_latin(out, p, length, odd);
    else if (charsets[k].way == WAY_ICONV && handles[k])
        append_iconv(out, handles[k], bytes, length, odd);
    else
        append_repaired_utf8(out, bytes, length);
    return out;
}
