#include "parsers/imap_reply.h"
#include "parsers/imap_tokens.h"
#include "parsers/imap_values.h"
#include <string.h>

/* A literal's memory is taken at once up to here, beyond that as its bytes arrive: a server that
 * announces 50 MB and sends none costs nothing. */
#define LITERAL_AT_ONCE (1u << 20)
#define SEARCH_HEAD     "* SEARCH "
#define SEARCH_HEAD_LEN (sizeof SEARCH_HEAD - 1)

typedef enum Place {
    AT_LINE,
    AT_LITERAL,
    AT_NUMBERS, /* of SEARCH */
    AT_LINE_FEED,
    AT_RUIN
} Place;

struct ImapReader {
    Place place;
    const char *at, *end; /* fed and not yet read */
    GString *text;        /* of the response so far; NUL for each literal */
    size_t segment;       /* where the present line of it begins */
    GPtrArray *literals;
    GByteArray *literal;
    uint64_t literal_left, literals_size, literal_most;
    uint64_t number; /* of SEARCH, being read */
    bool digits;
    ImapReply reply;
};

GQuark imap_reply_error_quark(void)
{
    return g_quark_from_static_string("iecd-imap-reply-error");
}

static void free_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

ImapReader *imap_reader_new(uint64_t literal_most)
{
    g_assert(literal_most < G_MAXINT32); /* GByteArray counts in 32 bits */
    ImapReader *r = g_new0(ImapReader, 1);
    r->text = g_string_sized_new(256);
    r->literals = g_ptr_array_new_with_free_func(free_bytes);
    r->literal_most = literal_most;
    return r;
}

void imap_reader_free(ImapReader *r)
{
    if (!r)
        return;
    imap_reply_clear(&r->reply);
    g_string_free(r->text, TRUE);
    g_ptr_array_unref(r->literals);
    if (r->literal)
        g_byte_array_unref(r->literal);
    g_free(r);
}

void imap_reader_feed(ImapReader *r, const void *bytes, size_t length)
{
    g_assert(r->at == r->end);
    r->at = bytes;
    r->end = r->at + length;
}

bool imap_reader_between(const ImapReader *r)
{
    return r->place == AT_LINE && r->text->len == 0 && r->literals->len == 0;
}

static ImapRead broken(ImapReader *r, const char *why, GError **error)
{
    r->place = AT_RUIN;
    r->at = r->end;
    g_set_error(error, imap_reply_error_quark(), 0, "not IMAP: %s", why);
    return IMAP_READ_BROKEN;
}

/* ---- literals */

/* "{n}", "{n+}" or "~{n}" at the end of the segment, standing alone. */
static const char *announcement(const ImapReader *r)
{
    const char *start = r->text->str + r->segment, *end = r->text->str + r->text->len;
    if (end == start || end[-1] != '}')
        return NULL;
    const char *token = end;
    while (token > start && token[-1] != ' ' && token[-1] != '(')
        token--;
    return token[0] == '{' || (token[0] == '~' && token[1] == '{') ? token : NULL;
}

static bool begin_literal(ImapReader *r, const char *token, const char **why)
{
    const char *at = strchr(token, '{') + 1, *end = r->text->str + r->text->len - 1;
    uint64_t size = 0;
    *why = "a literal's size is no number";
    if (!tok_digits(&at, end, UINT64_MAX, &size))
        return false;
    if (at < end && *at == '+')
        at++;
    if (at != end)
        return false;
    *why = "a literal is larger than asked for";
    if (size > r->literal_most || r->literals_size > r->literal_most - size)
        return false;
    *why = "too many literals";
    if (r->literals->len >= IMAP_LITERALS_MOST)
        return false;
    r->literals_size += size;
    r->literal_left = size;
    r->literal = g_byte_array_sized_new((guint)MIN(size, LITERAL_AT_ONCE));
    g_string_truncate(r->text, (gsize)(token - r->text->str));
    g_string_append_c(r->text, '\0');
    r->segment = r->text->len;
    r->place = AT_LITERAL;
    return true;
}

static void read_literal(ImapReader *r)
{
    size_t n = (size_t)MIN((uint64_t)(r->end - r->at), r->literal_left);
    g_byte_array_append(r->literal, (const uint8_t *)r->at, (guint)n);
    r->at += n;
    r->literal_left -= n;
    if (r->literal_left > 0)
        return;
    g_ptr_array_add(r->literals, g_byte_array_free_to_bytes(g_steal_pointer(&r->literal)));
    r->place = AT_LINE;
}

/* ---- lines */

static bool has_search_head(const ImapReader *r)
{
    return r->segment == 0 && r->text->len == SEARCH_HEAD_LEN &&
           g_ascii_strncasecmp(r->text->str, SEARCH_HEAD, SEARCH_HEAD_LEN) == 0;
}

/* Moves bytes up to and with the next LF into the text. True when there was one. */
static bool read_line(ImapReader *r, const char **why)
{
    size_t have = (size_t)(r->end - r->at);
    if (r->segment == 0 && r->text->len < SEARCH_HEAD_LEN)
        have = MIN(have, SEARCH_HEAD_LEN - r->text->len); /* stop where SEARCH would begin */
    const char *lf = memchr(r->at, '\n', have);
    size_t n = lf ? (size_t)(lf + 1 - r->at) : have;
    if (n > IMAP_LINE_MOST + 2 - r->text->len) {
        *why = "a line is too long";
        return false;
    }
    g_string_append_len(r->text, r->at, (gssize)n);
    r->at += n;
    return lf != NULL;
}

/* Takes the CRLF off; no other CR and no NUL may be in a line. */
static bool trim_line(ImapReader *r)
{
    const char *start = r->text->str + r->segment;
    size_t n = r->text->len - r->segment;
    if (n < 2 || start[n - 2] != '\r' || memchr(start, '\r', n - 2) || memchr(start, '\0', n))
        return false;
    g_string_truncate(r->text, r->text->len - 2);
    return true;
}

static void begin_response(ImapReader *r)
{
    r->place = AT_LINE;
    g_string_truncate(r->text, 0);
    r->segment = 0;
    g_ptr_array_set_size(r->literals, 0);
    r->literals_size = 0;
}

static ImapRead give(ImapReader *r, const ImapReply **reply, GError **error)
{
    const char *why = "";
    imap_reply_clear(&r->reply);
    if (!imap_values_parse(r->text->str, r->text->len, r->literals, &r->reply, &why))
        return broken(r, why, error);
    begin_response(r);
    *reply = &r->reply;
    return IMAP_READ_REPLY;
}

/* ---- SEARCH */

static bool end_number(ImapReader *r)
{
    if (!r->digits)
        return true;
    if (r->number == 0 || r->reply.ranges->len >= IMAP_NUMBERS_MOST)
        return false;
    ImapRange one = {(uint32_t)r->number, (uint32_t)r->number};
    g_array_append_val(r->reply.ranges, one);
    r->number = 0;
    r->digits = false;
    return true;
}

static void begin_numbers(ImapReader *r)
{
    imap_reply_clear(&r->reply);
    r->reply.kind = IMAP_SEARCH;
    r->reply.ranges = g_array_new(FALSE, FALSE, sizeof(ImapRange));
    r->number = 0;
    r->digits = false;
    r->place = AT_NUMBERS;
}

/* False where it is no list of numbers; done when the place has moved on. */
static bool read_numbers(ImapReader *r)
{
    for (; r->at < r->end && r->place == AT_NUMBERS; r->at++) {
        char c = *r->at;
        if (g_ascii_isdigit(c)) {
            r->number = r->number * 10 + (uint64_t)(c - '0');
            r->digits = true;
            if (r->number > UINT32_MAX)
                return false;
        } else if (c != ' ' && c != '\r') {
            return false;
        } else if (!end_number(r)) {
            return false;
        } else if (c == '\r') {
            r->place = AT_LINE_FEED;
        }
    }
    return true;
}

/* ---- all together */

static ImapRead next_line(ImapReader *r, const ImapReply **reply, GError **error)
{
    const char *why = NULL;
    bool whole = read_line(r, &why);
    if (why)
        return broken(r, why, error);
    if (!whole) {
        if (has_search_head(r))
            begin_numbers(r);
        return IMAP_READ_MORE;
    }
    if (!trim_line(r))
        return broken(r, "a line does not end with CR LF, or holds a NUL", error);
    const char *token = imap_values_is_text(r->text->str, r->text->len) ? NULL : announcement(r);
    if (!token)
        return give(r, reply, error);
    return begin_literal(r, token, &why) ? IMAP_READ_MORE : broken(r, why, error);
}

ImapRead imap_reader_next(ImapReader *r, const ImapReply **reply, GError **error)
{
    /* An empty literal is complete before any byte of it. */
    while (r->at < r->end || (r->place == AT_LITERAL && r->literal_left == 0)) {
        ImapRead result = IMAP_READ_MORE;
        switch (r->place) {
        case AT_LINE:
            result = next_line(r, reply, error);
            break;
        case AT_LITERAL:
            read_literal(r);
            break;
        case AT_NUMBERS:
            if (!read_numbers(r))
                result = broken(r, "SEARCH does not list numbers", error);
            break;
        case AT_LINE_FEED:
            if (*r->at++ != '\n')
                return broken(r, "SEARCH does not end with CR LF", error);
            begin_response(r);
            *reply = &r->reply;
            return IMAP_READ_REPLY;
        case AT_RUIN:
            return broken(r, "it was broken before", error);
        }
        if (result != IMAP_READ_MORE)
            return result;
    }
    return r->place == AT_RUIN ? broken(r, "it was broken before", error) : IMAP_READ_MORE;
}

bool imap_has_word(char *const *words, const char *word)
{
    for (; words && *words; words++)
        if (!strcmp(*words, word))
            return true;
    return false;
}
