#include "daemon/model/casemark.h"
#include <string.h>

enum { MARK_CHARS = 20, TEXT_MAX = 998 };

/* What a text says it is, before any key has been asked. */
typedef struct Claim {
    int year2;
    uint32_t number, key_id;
    char mark[MARK_CHARS + 1];
} Claim;

static void base32(const uint8_t *bytes, char *out, int chars)
{
    static const char ALPHABET[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648 section 6 */
    uint32_t bits = 0;
    int held = 0;
    for (int n = 0; n < chars; n++) {
        if (held < 5) {
            bits = bits << 8 | *bytes++;
            held += 8;
        }
        held -= 5;
        out[n] = ALPHABET[bits >> held & 31];
    }
    out[chars] = '\0';
}

static void make_mark(const MarkKey *key, const char *reference, char mark[MARK_CHARS + 1])
{
    static const char LABEL[] = "iecd case mark"; /* its NUL is hashed too */
    uint8_t digest[32];
    gsize length = sizeof digest;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key->bytes, sizeof key->bytes);
    g_hmac_update(hmac, (const guchar *)LABEL, sizeof LABEL);
    g_hmac_update(hmac, (const guchar *)reference, (gssize)strlen(reference));
    g_hmac_get_digest(hmac, digest, &length);
    g_hmac_unref(hmac);
    base32(digest, mark, MARK_CHARS);
}

char *case_reference(int year2, uint32_t number)
{
    return g_strdup_printf("IEC/%02d/%06u", year2, number);
}

/* Reads 1 to `most` digits and moves past them; false without one, or past 32 bits. */
static bool take_number(const char **text, size_t least, size_t most, uint32_t *number)
{
    size_t digits = strspn(*text, "0123456789");
    if (digits < least || digits > most)
        return false;
    guint64 value = g_ascii_strtoull(*text, NULL, 10);
    if (value > UINT32_MAX)
        return false;
    *number = (uint32_t)value;
    *text += digits;
    return true;
}

/* "26-000123" or "26/000123" as `separator` says; only as case_reference would print it. */
static bool take_reference(const char **text, char separator, int *year2, uint32_t *number)
{
    uint32_t year, serial;
    const char *p = *text;
    if (!take_number(&p, 2, 2, &year) || *p++ != separator)
        return false;
    const char *digits = p;
    if (!take_number(&p, 6, 10, &serial) || serial == 0 || (p - digits > 6 && *digits == '0'))
        return false;
    *year2 = (int)year;
    *number = serial;
    *text = p;
    return true;
}

bool case_reference_parse(const char *text, int *year2, uint32_t *number)
{
    int year;
    uint32_t serial;
    bool whole = text && g_ascii_strncasecmp(text, "IEC/", 4) == 0;
    const char *p = whole ? text + 4 : text;
    if (!p || !take_reference(&p, whole ? '/' : '-', &year, &serial) || *p)
        return false;
    *year2 = year;
    *number = serial;
    return true;
}

static char *mark_text(const MarkKey *key, const char *reference, const char *middle)
{
    int year;
    uint32_t number;
    char mark[MARK_CHARS + 1];
    if (!case_reference_parse(reference, &year, &number))
        return NULL;
    g_autofree char *canonical = case_reference(year, number);
    make_mark(key, canonical, mark);
    return g_strdup_printf("%02d-%06u.%sk%u.%s", year, number, middle, key->id, mark);
}

char *case_mark_address(const MarkKey *key, const char *reference, const char *own_address)
{
    const char *at = strrchr(own_address, '@');
    g_autofree char *mark = at ? mark_text(key, reference, "") : NULL;
    if (!mark)
        return NULL;
    return g_strdup_printf("%.*s+%s%s", (int)(at - own_address), own_address, mark, at);
}

char *case_mark_message_id(const MarkKey *key, const char *reference, uint64_t serial,
                           const char *domain)
{
    g_autofree char *middle = g_strdup_printf("%" G_GUINT64_FORMAT ".", serial);
    g_autofree char *mark = mark_text(key, reference, middle);
    return mark ? g_strdup_printf("<%s@%s>", mark, domain) : NULL;
}

/* "k1.abcdefghijklmnopqrst", to the end. */
static bool take_mark(const char *p, Claim *claim)
{
    if (*p++ != 'k' || *p == '0' || !take_number(&p, 1, 10, &claim->key_id) || *p++ != '.')
        return false;
    if (strlen(p) != MARK_CHARS || strspn(p, "abcdefghijklmnopqrstuvwxyz234567") != MARK_CHARS)
        return false;
    memcpy(claim->mark, p, MARK_CHARS + 1);
    return true;
}

/* A Message-ID's serial stands between reference and mark; an address has none. */
static bool read_claim(const char *text, Claim *claim)
{
    if (!text || strnlen(text, TEXT_MAX + 1) > TEXT_MAX)
        return false;
    g_autofree char *low = g_ascii_strdown(text[0] == '<' ? text + 1 : text, -1);
    char *at = strrchr(low, '@');
    if (!at)
        return false;
    *at = '\0';
    const char *plus = strrchr(low, '+');
    const char *p = plus ? plus + 1 : low;
    if (!take_reference(&p, '-', &claim->year2, &claim->number) || *p++ != '.')
        return false;
    if (!plus) {
        size_t digits = strspn(p, "0123456789");
        if (digits == 0 || digits > 20 || p[digits] != '.')
            return false;
        p += digits + 1;
    }
    return take_mark(p, claim);
}

/* No early end: the time taken tells a guesser nothing about how much was right. */
static bool same_mark(const char *a, const char *b)
{
    unsigned char differs = 0;
    for (int n = 0; n < MARK_CHARS; n++)
        differs |= (unsigned char)(a[n] ^ b[n]);
    return differs == 0;
}

char *case_mark_check(const MarkKey *keys, unsigned n, const char *text)
{
    Claim claim;
    if (!read_claim(text, &claim))
        return NULL;
    g_autofree char *reference = case_reference(claim.year2, claim.number);
    for (unsigned k = 0; k < n; k++) {
        char mark[MARK_CHARS + 1];
        if (keys[k].id != claim.key_id)
            continue;
        make_mark(&keys[k], reference, mark);
        if (same_mark(mark, claim.mark))
            return g_steal_pointer(&reference);
    }
    return NULL;
}

bool case_mark_shaped(const char *text)
{
    Claim claim;
    return read_claim(text, &claim);
}
