#include "parsers/imap_values.h"
#include "parsers/imap_fetch.h"
#include <string.h>

#define TEXT_MOST 300u

void imap_reply_clear(ImapReply *reply)
{
    g_free(reply->tag);
    g_free(reply->text);
    g_strfreev(reply->words);
    if (reply->ranges)
        g_array_unref(reply->ranges);
    g_free(reply->fetch.flags);
    if (reply->fetch.body)
        g_bytes_unref(reply->fetch.body);
    g_free(reply->name);
    *reply = (ImapReply){0};
}

static char *printable(const char *start, size_t length)
{
    char *text = g_utf8_make_valid(start, (gssize)MIN(length, TEXT_MOST));
    for (char *p = text; *p; p = g_utf8_next_char(p))
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    return text;
}

/* ---- other data */

static char **words_of(const char *start, size_t length)
{
    g_autofree char *upper = g_ascii_strup(start, (gssize)length);
    g_auto(GStrv) split = g_strsplit(upper, " ", -1);
    GPtrArray *words = g_ptr_array_new();
    for (char **word = split; *word; word++)
        if (**word)
            g_ptr_array_add(words, g_strdup(*word));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

static bool list(ImapCursor *c, ImapReply *reply)
{
    g_autoptr(GBytes) delimiter = NULL;
    g_autoptr(GBytes) name = NULL;
    reply->kind = IMAP_LIST;
    if (!tok_expect(c, ' ', "LIST has no attributes") || !tok_ahead(c, '(') || !tok_skip(c, 1) ||
        !tok_expect(c, ' ', "LIST has no delimiter") || !tok_nstring(c, &delimiter) ||
        !tok_expect(c, ' ', "LIST has no name"))
        return c->why ? false : tok_no(c, "LIST has no attributes");
    if (delimiter && g_bytes_get_size(delimiter) == 1)
        reply->delimiter = *(const char *)g_bytes_get_data(delimiter, NULL);
    const char *word;
    size_t n;
    if (tok_ahead(c, '"') || tok_ahead(c, '\0')) {
        if (!tok_nstring(c, &name))
            return false;
        word = g_bytes_get_data(name, &n);
    } else if (!tok_atom(c, '\0', &word, &n)) {
        return false;
    }
    reply->name = g_strndup(n ? word : "", n);
    return true;
}

static bool esearch_item(ImapCursor *c, ImapReply *reply)
{
    const char *word;
    size_t n;
    if (!tok_atom(c, '\0', &word, &n))
        return false;
    if (tok_same(word, n, "UID"))
        return true;
    if (!tok_expect(c, ' ', "an item has no value"))
        return false;
    if (!tok_same(word, n, "ALL"))
        return tok_skip(c, 1);
    return reply->ranges ? tok_no(c, "ESEARCH has two sets") : tok_set(c, &reply->ranges);
}

static bool esearch(ImapCursor *c, ImapReply *reply)
{
    reply->kind = IMAP_ESEARCH;
    while (!tok_ended(c)) {
        if (!tok_expect(c, ' ', "items of ESEARCH are not apart"))
            return false;
        if (tok_ahead(c, '(')) {
            if (!tok_skip(c, 1)) /* (TAG "...") */
                return false;
        } else if (!esearch_item(c, reply)) {
            return false;
        }
    }
    if (!reply->ranges)
        reply->ranges = g_array_new(FALSE, FALSE, sizeof(ImapRange));
    return true;
}

static bool numbered(ImapCursor *c, ImapReply *reply)
{
    const char *word;
    size_t n;
    if (!tok_number(c, true, &reply->number) || !tok_expect(c, ' ', "a word was expected") ||
        !tok_atom(c, '\0', &word, &n))
        return false;
    bool fetched = tok_same(word, n, "FETCH"), expunged = tok_same(word, n, "EXPUNGE");
    if ((fetched || expunged) && reply->number == 0)
        return tok_no(c, "a message has number 0");
    if (fetched)
        return imap_fetch_parse(c, reply);
    if (expunged)
        reply->kind = IMAP_EXPUNGE;
    else if (tok_same(word, n, "EXISTS"))
        reply->kind = IMAP_EXISTS;
    return tok_ended(c) || reply->kind == IMAP_OTHER || tok_no(c, "something follows a count");
}

/* ---- status */

static const struct {
    const char *name;
    ImapCode code;
} CODES[] = {{"CAPABILITY", IMAP_CODE_CAPABILITY},
             {"UIDVALIDITY", IMAP_CODE_UIDVALIDITY},
             {"UIDNEXT", IMAP_CODE_UIDNEXT},
             {"APPENDUID", IMAP_CODE_APPENDUID},
             {"COPYUID", IMAP_CODE_COPYUID},
             {"CLOSED", IMAP_CODE_CLOSED},
             {"TRYCREATE", IMAP_CODE_TRYCREATE},
             {"ALREADYEXISTS", IMAP_CODE_ALREADYEXISTS},
             {"NONEXISTENT", IMAP_CODE_NONEXISTENT},
             {"READ-ONLY", IMAP_CODE_READ_ONLY},
             {"UNAVAILABLE", IMAP_CODE_UNAVAILABLE},
             {"INUSE", IMAP_CODE_INUSE},
             {"LIMIT", IMAP_CODE_LIMIT},
             {"SERVERBUG", IMAP_CODE_SERVERBUG},
             {"EXPUNGEISSUED", IMAP_CODE_EXPUNGEISSUED}};

static ImapCode code_of(const char *name, size_t length)
{
    for (size_t n = 0; n < G_N_ELEMENTS(CODES); n++)
        if (tok_same(name, length, CODES[n].name))
            return CODES[n].code;
    return IMAP_CODE_OTHER;
}

/* The numbers a code must have; `c` is at the blank behind its name. */
static bool code_numbers(ImapCursor *c, ImapReply *reply)
{
    if (!tok_expect(c, ' ', "a response code has no number") ||
        !tok_number(c, false, &reply->number))
        return false;
    if (reply->code != IMAP_CODE_APPENDUID && reply->code != IMAP_CODE_COPYUID)
        return tok_ended(c) || tok_no(c, "something follows a response code's number");
    if (!tok_expect(c, ' ', "a response code has no UIDs"))
        return false;
    if (reply->code == IMAP_CODE_COPYUID &&
        tok_ahead(c, ' ')) { /* Dovecot for "none": two blanks */
        reply->ranges = g_array_new(FALSE, FALSE, sizeof(ImapRange));
        return true;
    }
    return tok_set(c, &reply->ranges);
}

/* "[CODE ...] text". A bracket that does not close is text. */
static bool status_text(ImapCursor *c, ImapReply *reply)
{
    const char *close = memchr(c->at, ']', (size_t)(c->end - c->at));
    if (tok_accept(c, '[') && close) {
        ImapCursor inside = {.at = c->at, .end = close};
        const char *name;
        size_t n;
        if (!tok_atom(&inside, '\0', &name, &n))
            return tok_no(c, "a response code has no name");
        reply->code = code_of(name, n);
        if (reply->code == IMAP_CODE_CAPABILITY)
            reply->words = words_of(inside.at, (size_t)(close - inside.at));
        bool numbers = reply->code == IMAP_CODE_UIDVALIDITY || reply->code == IMAP_CODE_UIDNEXT ||
                       reply->code == IMAP_CODE_APPENDUID || reply->code == IMAP_CODE_COPYUID;
        if (numbers && !code_numbers(&inside, reply))
            return tok_no(c, inside.why);
        c->at = close + 1;
        tok_accept(c, ' ');
    }
    reply->text = printable(c->at, (size_t)(c->end - c->at));
    return true;
}

static bool status_of(const char *word, size_t n, ImapStatus *status)
{
    static const char *const NAMES[] = {"OK", "NO", "BAD", "PREAUTH", "BYE"};
    for (size_t k = 0; k < G_N_ELEMENTS(NAMES); k++)
        if (tok_same(word, n, NAMES[k])) {
            *status = (ImapStatus)k;
            return true;
        }
    return false;
}

static bool status(ImapCursor *c, ImapReply *reply)
{
    /* The blank and the text are asked for by RFC 3501 and missing in the wild. */
    if (!tok_accept(c, ' ') && !tok_ended(c))
        return tok_no(c, "a status has no text");
    return status_text(c, reply);
}

/* ---- the response */

static bool untagged(ImapCursor *c, ImapReply *reply)
{
    const char *word;
    size_t n;
    if (c->at < c->end && g_ascii_isdigit(*c->at))
        return numbered(c, reply);
    if (!tok_atom(c, '\0', &word, &n))
        return false;
    if (status_of(word, n, &reply->status)) {
        reply->kind = IMAP_STATUS;
        return status(c, reply);
    }
    if (tok_same(word, n, "CAPABILITY")) {
        reply->kind = IMAP_CAPABILITY;
        reply->words = words_of(c->at, (size_t)(c->end - c->at));
    } else if (tok_same(word, n, "SEARCH")) { /* with numbers it is read by the reader */
        reply->kind = IMAP_SEARCH;
        reply->ranges = g_array_new(FALSE, FALSE, sizeof(ImapRange));
        return tok_ended(c) || tok_no(c, "SEARCH does not list numbers");
    } else if (tok_same(word, n, "ESEARCH")) {
        return esearch(c, reply);
    } else if (tok_same(word, n, "LIST")) {
        return list(c, reply);
    }
    return true;
}

static bool tagged(ImapCursor *c, ImapReply *reply)
{
    const char *word, *name;
    size_t n, length;
    reply->kind = IMAP_TAGGED;
    if (!tok_atom(c, '\0', &word, &n) || !tok_expect(c, ' ', "a tag stands alone") ||
        !tok_atom(c, '\0', &name, &length))
        return false;
    if (!status_of(name, length, &reply->status) || reply->status > IMAP_BAD)
        return tok_no(c, "a tag has no status");
    reply->tag = g_strndup(word, n);
    return status(c, reply);
}

bool imap_values_is_text(const char *text, size_t length)
{
    ImapCursor c = {.at = text, .end = text + length};
    const char *word;
    size_t n;
    ImapStatus ignored;
    if (!tok_accept(&c, '*') || !tok_accept(&c, ' '))
        return true; /* tagged or a continuation */
    return tok_atom(&c, '\0', &word, &n) && status_of(word, n, &ignored);
}

static bool marks_fit(const char *text, size_t length, const GPtrArray *literals)
{
    unsigned marks = 0;
    for (const char *p = text; (p = memchr(p, '\0', length - (size_t)(p - text))); p++)
        marks++;
    return marks == literals->len;
}

static bool parse(ImapCursor *c, ImapReply *reply)
{
    reply->kind = IMAP_OTHER;
    if (tok_accept(c, '+')) {
        reply->kind = IMAP_CONTINUE;
        tok_accept(c, ' ');
        return status_text(c, reply);
    }
    if (!tok_accept(c, '*'))
        return tagged(c, reply);
    return tok_expect(c, ' ', "a star stands alone") && untagged(c, reply);
}

bool imap_values_parse(const char *text, size_t length, GPtrArray *literals, ImapReply *reply,
                       const char **why)
{
    ImapCursor c = {.at = text, .end = text + length, .literals = literals};
    g_assert(marks_fit(text, length, literals));
    bool ok = parse(&c, reply);
    if (!reply->text)
        reply->text = g_strdup("");
    *why = c.why ? c.why : "";
    return ok;
}
