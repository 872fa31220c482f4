#include "parsers/imap_tokens.h"
#include <string.h>

bool tok_no(ImapCursor *c, const char *why)
{
    c->why = why;
    return false;
}

bool tok_ended(const ImapCursor *c)
{
    return c->at == c->end;
}

bool tok_ahead(const ImapCursor *c, char wanted)
{
    return c->at < c->end && *c->at == wanted;
}

bool tok_accept(ImapCursor *c, char wanted)
{
    if (!tok_ahead(c, wanted))
        return false;
    c->at++;
    return true;
}

bool tok_expect(ImapCursor *c, char wanted, const char *why)
{
    return tok_accept(c, wanted) || tok_no(c, why);
}

bool tok_digits(const char **at, const char *end, uint64_t most, uint64_t *number)
{
    const char *p = *at;
    uint64_t n = 0;
    for (; p < end && g_ascii_isdigit(*p); p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (n > (most - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (p == *at)
        return false;
    *at = p;
    *number = n;
    return true;
}

bool tok_number(ImapCursor *c, bool zero, uint32_t *number)
{
    uint64_t n = 0;
    if (!tok_digits(&c->at, c->end, UINT32_MAX, &n) || (n == 0 && !zero))
        return tok_no(c, "a number was expected");
    *number = (uint32_t)n;
    return true;
}

static bool is_atom_char(char ch)
{
    return (unsigned char)ch > ' ' && ch != 0x7f && !strchr("(){\"", ch);
}

/* A word up to a blank, parenthesis, or `stop`. */
bool tok_atom(ImapCursor *c, char stop, const char **start, size_t *length)
{
    *start = c->at;
    while (c->at < c->end && *c->at && *c->at != stop && is_atom_char(*c->at))
        c->at++;
    *length = (size_t)(c->at - *start);
    return *length > 0 || tok_no(c, "a word was expected");
}

bool tok_same(const char *start, size_t length, const char *word)
{
    return strlen(word) == length && g_ascii_strncasecmp(start, word, length) == 0;
}

static bool quoted(ImapCursor *c, GByteArray *into)
{
    for (c->at++; c->at < c->end && *c->at && *c->at != '"'; c->at++) {
        if (*c->at == '\\') {
            c->at++;
            if (!tok_ahead(c, '"') && !tok_ahead(c, '\\'))
                return tok_no(c, "a backslash escapes what it may not");
        }
        if (into)
            g_byte_array_append(into, (const uint8_t *)c->at, 1);
    }
    return tok_expect(c, '"', "a quoted string does not end");
}

/* nstring: NIL, a quoted string, or a literal. *value NULL for NIL. */
bool tok_nstring(ImapCursor *c, GBytes **value)
{
    *value = NULL;
    if (tok_ahead(c, '"')) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (!quoted(c, bytes))
            return false;
        *value = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
        return true;
    }
    if (tok_ahead(c, '\0')) { /* parse() has seen that there are as many literals as marks */
        c->at++;
        *value = g_bytes_ref(c->literals->pdata[c->literal++]);
        return true;
    }
    const char *word;
    size_t n;
    return tok_atom(c, '\0', &word, &n) &&
           (tok_same(word, n, "NIL") || tok_no(c, "a string was expected"));
}

/* Any value, thrown away. Depth is limited, so a hostile server cannot use up the stack. */
bool tok_skip(ImapCursor *c, unsigned depth)
{
    if (!tok_accept(c, '(')) {
        const char *word;
        size_t n;
        if (tok_ahead(c, '"'))
            return quoted(c, NULL);
        if (tok_accept(c, '\0')) {
            c->literal++;
            return true;
        }
        return tok_atom(c, '\0', &word, &n);
    }
    if (depth >= IMAP_NESTING_MOST)
        return tok_no(c, "parentheses are nested too deep");
    while (!tok_accept(c, ')')) {
        if (!tok_skip(c, depth + 1))
            return false;
        tok_accept(c, ' '); /* BODYSTRUCTURE has "(...)(...)" without one */
    }
    return true;
}

bool tok_set(ImapCursor *c, GArray **ranges)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(ImapRange));
    *ranges = all;
    do {
        ImapRange range;
        if (!tok_number(c, false, &range.first))
            return false;
        range.last = range.first;
        if (tok_accept(c, ':') && !tok_number(c, false, &range.last))
            return false;
        if (range.first > range.last)
            range = (ImapRange){range.last, range.first};
        if (all->len >= IMAP_NUMBERS_MOST)
            return tok_no(c, "a set is too long");
        g_array_append_val(all, range);
    } while (tok_accept(c, ','));
    return true;
}
