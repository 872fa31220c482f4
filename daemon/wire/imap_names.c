#include "daemon/wire/imap_names.h"
#include <string.h>

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

typedef struct Shift { /* a run of UTF-16 units in base64 */
    GString *out;
    uint32_t bits;
    unsigned waiting;
} Shift;

static void put_unit(Shift *s, uint16_t unit)
{
    s->bits = s->bits << 16 | unit;
    for (s->waiting += 16; s->waiting >= 6; s->waiting -= 6)
        g_string_append_c(s->out, BASE64[s->bits >> (s->waiting - 6) & 63]);
}

static void end_run(Shift *s)
{
    if (s->waiting > 0)
        g_string_append_c(s->out, BASE64[s->bits << (6 - s->waiting) & 63]);
    s->waiting = 0;
    s->bits = 0;
    g_string_append_c(s->out, '-');
}

static void put_encoded(Shift *s, gunichar c)
{
    if (c > 0xffff) {
        c -= 0x10000;
        put_unit(s, (uint16_t)(0xd800 + (c >> 10)));
        put_unit(s, (uint16_t)(0xdc00 + (c & 0x3ff)));
    } else {
        put_unit(s, (uint16_t)c);
    }
}

char *imap_name_quote(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    Shift s = {.out = g_string_new("\"")};
    bool encoding = false;
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        bool plain = c >= ' ' && c < 0x7f;
        if (plain && encoding)
            end_run(&s);
        if (!plain && !encoding)
            g_string_append_c(s.out, '&');
        encoding = !plain;
        if (!plain) {
            put_encoded(&s, c);
            continue;
        }
        if (c == '"' || c == '\\')
            g_string_append_c(s.out, '\\');
        g_string_append_c(s.out, (char)c);
        if (c == '&')
            g_string_append_c(s.out, '-');
    }
    if (encoding)
        end_run(&s);
    g_string_append_c(s.out, '"');
    return g_string_free(s.out, FALSE);
}

char *imap_keyword(const char *keyword)
{
    GString *out = g_string_new("");
    for (const char *p = keyword; *p; p++)
        if (g_ascii_isgraph(*p) && !strchr("(){%*\"\\]", *p))
            g_string_append_c(out, *p);
    return g_string_free(out, FALSE);
}

char *imap_uid_set(const uint32_t *uids, unsigned n, unsigned from, size_t most, unsigned *next)
{
    GString *set = g_string_new("");
    unsigned at = from;
    while (at < n && set->len < most) {
        unsigned last = at;
        while (last + 1 < n && uids[last + 1] == uids[last] + 1)
            last++;
        if (set->len)
            g_string_append_c(set, ',');
        if (last == at)
            g_string_append_printf(set, "%u", uids[at]);
        else
            g_string_append_printf(set, "%u:%u", uids[at], uids[last]);
        at = last + 1;
    }
    *next = at;
    return g_string_free(set, FALSE);
}
