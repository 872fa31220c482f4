#include "parsers/imap_fetch.h"
#include <string.h>
#include <time.h>

static int month(const char *name)
{
    static const char NAMES[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int n = 0; n < 12; n++)
        if (!g_ascii_strncasecmp(NAMES + n * 3, name, 3))
            return n;
    return -1;
}

static bool two_digits(const char *p, int most, int *value)
{
    int tens = *p == ' ' ? 0 : g_ascii_digit_value(p[0]), ones = g_ascii_digit_value(p[1]);
    *value = tens * 10 + ones;
    return tens >= 0 && ones >= 0 && *value <= most;
}

/* "dd-Mon-yyyy hh:mm:ss +zzzz", the day with a blank for a leading zero. */
static bool read_date(const char *t, size_t length, int64_t *date)
{
    struct tm tm = {0};
    int century, year, zone_h, zone_m;
    if (length != 26 || t[2] != '-' || t[6] != '-' || t[11] != ' ' || t[14] != ':' ||
        t[17] != ':' || t[20] != ' ' || (t[21] != '+' && t[21] != '-'))
        return false;
    if (!two_digits(t, 31, &tm.tm_mday) || !two_digits(t + 7, 99, &century) ||
        !two_digits(t + 9, 99, &year) || !two_digits(t + 12, 23, &tm.tm_hour) ||
        !two_digits(t + 15, 59, &tm.tm_min) || !two_digits(t + 18, 60, &tm.tm_sec) ||
        !two_digits(t + 22, 99, &zone_h) || !two_digits(t + 24, 59, &zone_m))
        return false;
    tm.tm_mon = month(t + 3);
    tm.tm_year = century * 100 + year - 1900;
    if (tm.tm_mon < 0 || tm.tm_mday < 1)
        return false;
    int64_t zone = (zone_h * 60 + zone_m) * 60;
    *date = (int64_t)timegm(&tm) - (t[21] == '-' ? -zone : zone);
    return true;
}

static bool fetch_date(ImapCursor *c, ImapFetch *f)
{
    g_autoptr(GBytes) value = NULL;
    if (!tok_nstring(c, &value))
        return false;
    gsize n = 0;
    const char *text = value ? g_bytes_get_data(value, &n) : "";
    f->has_date = read_date(text, n, &f->date);
    return f->has_date || tok_no(c, "INTERNALDATE is no date");
}

static bool fetch_flags(ImapCursor *c, ImapFetch *f)
{
    const char *start = c->at;
    if (!tok_ahead(c, '(') || f->has_flags)
        return tok_no(c, "FLAGS is no list");
    if (!tok_skip(c, 1))
        return false;
    f->flags = g_strndup(start + 1, (gsize)(c->at - start - 2));
    f->has_flags = true;
    return true;
}

static bool fetch_size(ImapCursor *c, ImapFetch *f)
{
    f->has_size = tok_digits(&c->at, c->end, INT64_MAX, &f->size);
    return f->has_size || tok_no(c, "RFC822.SIZE is no number");
}

static bool fetch_body(ImapCursor *c, ImapSection section, bool partial, uint32_t origin,
                       ImapFetch *f)
{
    if (f->section != IMAP_SECTION_NONE)
        return tok_no(c, "one FETCH has two bodies");
    f->section = section;
    f->partial = partial;
    f->origin = origin;
    return tok_nstring(c, &f->body);
}

/* BODY[section]<origin>: after the name. */
static bool fetch_section(ImapCursor *c, bool body, ImapFetch *f)
{
    const char *start = c->at + 1;
    const char *close = memchr(start, ']', (size_t)(c->end - start));
    if (!close)
        return tok_no(c, "a section does not end");
    size_t n = (size_t)(close - start);
    uint32_t origin = 0;
    c->at = close + 1;
    bool partial = tok_accept(c, '<');
    if (partial && (!tok_number(c, true, &origin) || !tok_expect(c, '>', "an origin does not end")))
        return false;
    if (!tok_expect(c, ' ', "a section has no value"))
        return false;
    if (body && n == 0)
        return fetch_body(c, IMAP_SECTION_WHOLE, partial, origin, f);
    if (body && tok_same(start, n, "HEADER"))
        return fetch_body(c, IMAP_SECTION_HEADER, partial, origin, f);
    return tok_skip(c, 1);
}

static bool fetch_item(ImapCursor *c, ImapFetch *f)
{
    const char *name;
    size_t n;
    if (!tok_atom(c, '[', &name, &n))
        return false;
    if (tok_ahead(c, '['))
        return fetch_section(c, tok_same(name, n, "BODY"), f);
    if (!tok_expect(c, ' ', "an item has no value"))
        return false;
    if (tok_same(name, n, "UID"))
        return f->uid ? tok_no(c, "one FETCH has two UIDs") : tok_number(c, false, &f->uid);
    if (tok_same(name, n, "RFC822.SIZE"))
        return fetch_size(c, f);
    if (tok_same(name, n, "INTERNALDATE"))
        return fetch_date(c, f);
    if (tok_same(name, n, "FLAGS"))
        return fetch_flags(c, f);
    return tok_skip(c, 1);
}

bool imap_fetch_parse(ImapCursor *c, ImapReply *reply)
{
    reply->kind = IMAP_FETCH;
    if (!tok_expect(c, ' ', "FETCH has no list") || !tok_expect(c, '(', "FETCH has no list"))
        return false;
    while (!tok_accept(c, ')')) {
        if (!fetch_item(c, &reply->fetch))
            return false;
        if (!tok_ahead(c, ')') && !tok_expect(c, ' ', "items of FETCH are not apart"))
            return false;
    }
    return tok_ended(c) || tok_no(c, "something follows FETCH");
}
