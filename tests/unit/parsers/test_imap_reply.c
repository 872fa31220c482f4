#include "parsers/imap_reply.h"
#include <string.h>

#define LITERAL_MOST 100000u

/* One response in words, so that a table can say what is expected. */
static void describe_ranges(GString *out, const GArray *ranges)
{
    for (unsigned n = 0; n < ranges->len; n++) {
        ImapRange r = g_array_index(ranges, ImapRange, n);
        g_string_append_printf(out, r.first == r.last ? " %u" : " %u:%u", r.first, r.last);
    }
}

static void describe_fetch(GString *out, const ImapReply *reply)
{
    const ImapFetch *f = &reply->fetch;
    g_string_append_printf(out, "fetch %u uid=%u", reply->number, f->uid);
    if (f->has_size)
        g_string_append_printf(out, " size=%" G_GUINT64_FORMAT, f->size);
    if (f->has_date)
        g_string_append_printf(out, " date=%" G_GINT64_FORMAT, f->date);
    if (f->has_flags)
        g_string_append_printf(out, " flags=%s", f->flags);
    if (f->section == IMAP_SECTION_NONE)
        return;
    g_string_append(out, f->section == IMAP_SECTION_WHOLE ? " body" : " header");
    if (f->partial)
        g_string_append_printf(out, "<%u>", f->origin);
    if (!f->body) {
        g_string_append(out, "=NIL");
        return;
    }
    gsize n;
    const char *bytes = g_bytes_get_data(f->body, &n);
    g_string_append_printf(out, "=%zu:", n);
    g_string_append_len(out, bytes, (gssize)n);
}

static void describe_status(GString *out, const ImapReply *reply)
{
    static const char *const NAMES[] = {"OK", "NO", "BAD", "PREAUTH", "BYE"};
    g_string_append_printf(out, "%s %s", reply->tag ? reply->tag : "*", NAMES[reply->status]);
    if (reply->code != IMAP_CODE_NONE)
        g_string_append_printf(out, " code=%d/%u", (int)reply->code, reply->number);
    if (reply->ranges)
        describe_ranges(out, reply->ranges);
    if (reply->words) {
        g_autofree char *words = g_strjoinv(",", reply->words);
        g_string_append_printf(out, " {%s}", words);
    }
    g_string_append_printf(out, " '%s'", reply->text);
}

static void describe(GString *out, const ImapReply *reply)
{
    if (out->len)
        g_string_append(out, "|");
    switch (reply->kind) {
    case IMAP_TAGGED:
    case IMAP_STATUS:
        describe_status(out, reply);
        break;
    case IMAP_CONTINUE:
        g_string_append_printf(out, "+ '%s'", reply->text);
        break;
    case IMAP_CAPABILITY: {
        g_autofree char *words = g_strjoinv(",", reply->words);
        g_string_append_printf(out, "capability {%s}", words);
        break;
    }
    case IMAP_EXISTS:
        g_string_append_printf(out, "exists %u", reply->number);
        break;
    case IMAP_EXPUNGE:
        g_string_append_printf(out, "expunge %u", reply->number);
        break;
    case IMAP_FETCH:
        describe_fetch(out, reply);
        break;
    case IMAP_SEARCH:
    case IMAP_ESEARCH:
        g_string_append(out, reply->kind == IMAP_SEARCH ? "search" : "esearch");
        describe_ranges(out, reply->ranges);
        break;
    case IMAP_LIST:
        g_string_append_printf(out, "list %c %s", reply->delimiter ? reply->delimiter : '-',
                               reply->name);
        break;
    case IMAP_OTHER:
        g_string_append(out, "other");
        break;
    }
}

/* Feeds in pieces of `step` bytes, each in memory of its own so that reading past one is seen. */
static char *read_all(const char *bytes, size_t length, size_t step)
{
    g_autoptr(ImapReader) reader = imap_reader_new(LITERAL_MOST);
    GString *out = g_string_new("");
    for (size_t at = 0; at < length; at += step) {
        size_t n = MIN(step, length - at);
        g_autofree char *piece = g_memdup2(bytes + at, n);
        imap_reader_feed(reader, piece, n);
        const ImapReply *reply;
        g_autoptr(GError) error = NULL;
        ImapRead result;
        while ((result = imap_reader_next(reader, &reply, &error)) == IMAP_READ_REPLY)
            describe(out, reply);
        if (result == IMAP_READ_BROKEN) {
            g_assert_nonnull(error);
            g_string_append(out, out->len ? "|BROKEN" : "BROKEN");
            return g_string_free(out, FALSE);
        }
    }
    if (!imap_reader_between(reader))
        g_string_append(out, out->len ? "|MORE" : "MORE");
    return g_string_free(out, FALSE);
}

typedef struct Case {
    const char *name, *bytes, *expected;
} Case;

static void check(const Case *c)
{
    size_t length = strlen(c->bytes);
    for (size_t step = 1; step <= length; step = step < 20 ? step + 1 : step * 2) {
        g_autofree char *got = read_all(c->bytes, length, step);
        if (strcmp(got, c->expected))
            g_error("%s, in pieces of %zu:\n got      %s\n expected %s", c->name, step, got,
                    c->expected);
    }
    g_autofree char *whole = read_all(c->bytes, length, length);
    g_assert_cmpstr(whole, ==, c->expected);
}

static const Case GOOD[] = {
    {"greeting", "* OK [CAPABILITY IMAP4rev1 Idle MOVE] Dovecot ready.\r\n",
     "* OK code=2/0 {IMAP4REV1,IDLE,MOVE} 'Dovecot ready.'"},
    {"capability", "* CAPABILITY IMAP4rev1  UIDPLUS\r\n", "capability {IMAP4REV1,UIDPLUS}"},
    {"counts", "* 23 EXISTS\r\n* 0 EXISTS\r\n* 5 EXPUNGE\r\n* 1 RECENT\r\n",
     "exists 23|exists 0|expunge 5|other"},
    {"select",
     "* OK [UIDVALIDITY 3857529045] UIDs valid\r\n* ok [uidnext 4392] next\r\n"
     "a1 OK [READ-WRITE] done\r\n",
     "* OK code=3/3857529045 'UIDs valid'|* OK code=4/4392 'next'|a1 OK code=1/0 'done'"},
    {"copyuid", "* OK [COPYUID 38 304,319:320 3956:3958] Moved\r\n",
     "* OK code=6/38 304 319:320 'Moved'"},
    {"appenduid", "t OK [APPENDUID 38 9] x\r\n", "t OK code=5/38 9 'x'"},
    {"trycreate", "t NO [TRYCREATE] no such mailbox\r\n", "t NO code=8/0 'no such mailbox'"},
    {"no text", "t OK\r\n* BYE\r\n", "t OK ''|* BYE ''"},
    {"text is no literal", "* OK blah {5}\r\nt NO [OTHER] blah {50}\r\n+ {7}\r\n",
     "* OK 'blah {5}'|t NO code=1/0 'blah {50}'|+ '{7}'"},
    {"bracket in text", "t OK [not closed\r\n", "t OK 'not closed'"},
    {"continuation", "+ idling\r\n+\r\n+ \r\n", "+ 'idling'|+ ''|+ ''"},
    {"search", "* SEARCH 2 84 882\r\n* SEARCH\r\n* search 5 \r\n* SEARCH \r\n",
     "search 2 84 882|search|search 5|search"},
    {"esearch", "* ESEARCH (TAG \"A2\") UID COUNT 3 ALL 2,10:11\r\n* ESEARCH (TAG \"x\") UID\r\n",
     "esearch 2 10:11|esearch"},
    {"list",
     "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST () NIL \"a \\\"b\\\"\"\r\n"
     "* LIST () \".\" {3}\r\nx y\r\n",
     "list / INBOX|list - a \"b\"|list . x y"},
    {"sizes",
     "* 12 FETCH (UID 99 RFC822.SIZE 4286 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n",
     "fetch 12 uid=99 size=4286 date=837596665"},
    {"date with a blank", "* 1 FETCH (INTERNALDATE \" 1-Jan-1970 00:00:10 +0000\" UID 3)\r\n",
     "fetch 1 uid=3 date=10"},
    {"flags", "* 3 FETCH (FLAGS (\\Seen $IecdTaken) UID 4)\r\n* 3 FETCH (FLAGS ())\r\n",
     "fetch 3 uid=4 flags=\\Seen $IecdTaken|fetch 3 uid=0 flags="},
    {"body", "* 1 FETCH (UID 7 BODY[] {12}\r\nA001 OK\r\n)\r\n)\r\na2 OK x\r\n",
     "fetch 1 uid=7 body=12:A001 OK\r\n)\r\n|a2 OK 'x'"},
    {"body before UID", "* 1 FETCH (BODY[] {2}\r\nab UID 7)\r\n", "fetch 1 uid=7 body=2:ab"},
    {"empty literal", "* 1 FETCH (UID 7 BODY[] {0}\r\n)\r\n", "fetch 1 uid=7 body=0:"},
    {"literal8", "* 1 FETCH (UID 7 BODY[] ~{2}\r\nab)\r\n", "fetch 1 uid=7 body=2:ab"},
    {"NIL", "* 3 FETCH (UID 3 RFC822.SIZE 0 BODY[] NIL)\r\n", "fetch 3 uid=3 size=0 body=NIL"},
    {"quoted body", "* 3 FETCH (UID 3 BODY[] \"a\\\\b\")\r\n", "fetch 3 uid=3 body=3:a\\b"},
    {"header", "* 3 FETCH (UID 3 BODY[HEADER]<0> {4}\r\nA:b\n)\r\n",
     "fetch 3 uid=3 header<0>=4:A:b\n"},
    {"literal in another item",
     "* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)] {3}\r\nx)\n ENVELOPE (NIL {1}\r\n) ((\"a\" NIL)))"
     " UID 9 BODY[] {1}\r\nZ MODSEQ (12))\r\n",
     "fetch 1 uid=9 body=1:Z"},
    {"bodystructure", "* 1 FETCH (BODYSTRUCTURE ((\"a\" \"b\" NIL)(\"c\" 3)) UID 2)\r\n",
     "fetch 1 uid=2"},
    {"blank before the end", "* 1 FETCH (UID 5 FLAGS (\\Seen) )\r\n", "fetch 1 uid=5 flags=\\Seen"},
    {"unknown", "* ENABLED CONDSTORE\r\n* 5 WHATEVER x\r\n* XYZ {2}\r\nhi\r\n",
     "other|other|other"},
    {"exchange", "a BAD Request is throttled. Suggested Backoff Time: 178755 milliseconds\r\n",
     "a BAD 'Request is throttled. Suggested Backoff Time: 178755 milliseconds'"},
    {"controls in text", "* OK a\x01\tb\r\n", "* OK 'a??b'"},
    {"cut in a literal", "* 1 FETCH (UID 7 BODY[] {10}\r\nabc", "MORE"},
    {"cut after a literal", "* 1 FETCH (UID 7 BODY[] {3}\r\nabc", "MORE"},
    {"cut in SEARCH", "* SEARCH 1 2", "MORE"},
};

static const Case BAD[] = {
    {"bare LF", "* OK x\n", "BROKEN"},
    {"CR inside", "* OK x\ry\r\n", "BROKEN"},
    {"garbage", "\x16\x03\x01\r\n", "BROKEN"},
    {"empty line", "\r\n", "BROKEN"},
    {"tag without status", "a1 YES\r\n", "BROKEN"},
    {"tag alone", "a1\r\n", "BROKEN"},
    {"negative literal", "* 1 FETCH (UID 7 BODY[] {-5}\r\n", "BROKEN"},
    {"huge literal", "* 1 FETCH (UID 7 BODY[] {99999999999999999999}\r\n", "BROKEN"},
    {"2^63-1", "* 1 FETCH (UID 7 BODY[] {9223372036854775807}\r\n", "BROKEN"},
    {"2^64-1", "* 1 FETCH (UID 7 BODY[] {18446744073709551615}\r\n", "BROKEN"},
    {"over the limit", "* 1 FETCH (UID 7 BODY[] {100001}\r\n", "BROKEN"},
    {"together over 64 bits", "* 1 FETCH (X {1}\r\na BODY[] {18446744073709551615}\r\n", "BROKEN"},
    {"no size", "* 1 FETCH (UID 7 BODY[] {}\r\n", "BROKEN"},
    {"words for a size", "* 1 FETCH (UID 7 BODY[] {0x10}\r\n", "BROKEN"},
    {"literal too short", "* 1 FETCH (UID 7 BODY[] {3}\r\nabcdef)\r\n", "BROKEN"},
    {"literal too short, text a reply",
     "* 1 FETCH (UID 7 BODY[] {3}\r\nabc\r\n* 2 FETCH (UID 8 BODY[] {1}\r\nx)\r\n", "BROKEN"},
    {"no bracket after the literal", "* 1 FETCH (UID 7 BODY[] {3}\r\nabc\r\n", "BROKEN"},
    {"two bodies", "* 1 FETCH (UID 7 BODY[] {1}\r\na BODY[] {1}\r\nb)\r\n", "BROKEN"},
    {"two UIDs", "* 1 FETCH (UID 7 UID 8)\r\n", "BROKEN"},
    {"UID 0", "* 1 FETCH (UID 0)\r\n", "BROKEN"},
    {"UID of 33 bits", "* 1 FETCH (UID 4294967296)\r\n", "BROKEN"},
    {"message 0", "* 0 FETCH (UID 1)\r\n", "BROKEN"},
    {"negative size", "* 1 FETCH (RFC822.SIZE -1)\r\n", "BROKEN"},
    {"size of 64 bits", "* 1 FETCH (RFC822.SIZE 9223372036854775808)\r\n", "BROKEN"},
    {"no date", "* 1 FETCH (INTERNALDATE \"32-Jan-1970 00:00:10 +0000\")\r\n", "BROKEN"},
    {"no month", "* 1 FETCH (INTERNALDATE \"01-Foo-1970 00:00:10 +0000\")\r\n", "BROKEN"},
    {"quote does not end", "* LIST () \"/\" \"abc\r\n", "BROKEN"},
    {"list does not end", "* 1 FETCH (UID 7\r\n", "BROKEN"},
    {"after the list", "* 1 FETCH (UID 7) x\r\n", "BROKEN"},
    {"search of words", "* SEARCH 1 two\r\n", "BROKEN"},
    {"search of 0", "* SEARCH 1 0\r\n", "BROKEN"},
    {"search of 33 bits", "* SEARCH 4294967296\r\n", "BROKEN"},
    {"uidvalidity 0", "* OK [UIDVALIDITY 0] x\r\n", "BROKEN"},
    {"uidvalidity overflow", "* OK [UIDVALIDITY 4294967296] x\r\n", "BROKEN"},
    {"uidnext words", "* OK [UIDNEXT soon] x\r\n", "BROKEN"},
    {"good, then bad", "* OK x\r\n* 1 FETCH\r\n", "* OK 'x'|BROKEN"},
};

static void test_good(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(GOOD); n++)
        check(&GOOD[n]);
}

static void test_bad(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(BAD); n++)
        check(&BAD[n]);
}

static char *read_string(GString *bytes)
{
    char *got = read_all(bytes->str, bytes->len, bytes->len);
    g_autofree char *pieces = read_all(bytes->str, bytes->len, 4093);
    g_assert_cmpstr(got, ==, pieces);
    g_string_free(bytes, TRUE);
    return got;
}

static void test_line_limit(void)
{
    for (int over = 0; over < 2; over++) {
        GString *line = g_string_new("* OK ");
        while (line->len < IMAP_LINE_MOST + (unsigned)over)
            g_string_append_c(line, 'x');
        g_string_append(line, "\r\n");
        g_autofree char *got = read_string(line);
        g_assert_true(g_str_has_prefix(got, over ? "BROKEN" : "* OK 'xxx"));
    }
    GString *endless = g_string_new("");
    while (endless->len < 4 * IMAP_LINE_MOST)
        g_string_append_c(endless, 'x');
    g_autofree char *got = read_string(endless);
    g_assert_cmpstr(got, ==, "BROKEN");
}

static void test_nesting(void)
{
    for (unsigned depth = IMAP_NESTING_MOST - 1; depth <= IMAP_NESTING_MOST; depth++) {
        GString *line = g_string_new("* 1 FETCH (X ");
        for (unsigned n = 0; n < depth; n++)
            g_string_append_c(line, '(');
        for (unsigned n = 0; n < depth; n++)
            g_string_append_c(line, ')');
        g_string_append(line, ")\r\n");
        g_autofree char *got = read_string(line);
        g_assert_cmpstr(got, ==, depth < IMAP_NESTING_MOST ? "fetch 1 uid=0" : "BROKEN");
    }
    GString *deep = g_string_new("* 1 FETCH ");
    for (unsigned n = 0; n < 60000; n++)
        g_string_append_c(deep, '(');
    g_string_append(deep, "\r\n");
    g_autofree char *got = read_string(deep);
    g_assert_cmpstr(got, ==, "BROKEN");
}

static void test_many_literals(void)
{
    for (unsigned count = IMAP_LITERALS_MOST; count <= IMAP_LITERALS_MOST + 1; count++) {
        GString *line = g_string_new("* 1 FETCH (X (");
        for (unsigned n = 0; n < count; n++)
            g_string_append(line, n ? " {1}\r\n)" : "{1}\r\n(");
        g_string_append(line, "))\r\n");
        g_autofree char *got = read_string(line);
        g_assert_cmpstr(got, ==, count > IMAP_LITERALS_MOST ? "BROKEN" : "fetch 1 uid=0");
    }
}

static void test_literals_together(void)
{
    for (unsigned second = LITERAL_MOST / 2; second <= LITERAL_MOST / 2 + 1; second++) {
        GString *line = g_string_new("* 1 FETCH (X {50000}\r\n");
        g_autofree char *filling = g_strnfill(second, 'x');
        g_string_append_len(line, filling, 50000);
        g_string_append_printf(line, " Y {%u}\r\n%s)\r\n", second, filling);
        g_autofree char *got = read_string(line);
        g_assert_cmpstr(got, ==, second == LITERAL_MOST / 2 ? "fetch 1 uid=0" : "BROKEN");
    }
}

/* libcurl lost UIDs of a SEARCH answer of 20 KB; here 300,000 of them come through. */
static void test_long_search(void)
{
    g_autoptr(GString) line = g_string_new("* SEARCH");
    for (unsigned uid = 1000001; uid <= 1300000; uid++)
        g_string_append_printf(line, " %u", uid);
    g_string_append(line, "\r\na OK done\r\n");
    for (size_t step = 1000; step < line->len * 2; step *= 2000) {
        g_autoptr(ImapReader) reader = imap_reader_new(LITERAL_MOST);
        unsigned found = 0, replies = 0;
        for (size_t at = 0; at < line->len; at += step) {
            imap_reader_feed(reader, line->str + at, MIN(step, line->len - at));
            const ImapReply *reply;
            while (imap_reader_next(reader, &reply, NULL) == IMAP_READ_REPLY) {
                replies++;
                if (reply->kind != IMAP_SEARCH)
                    continue;
                found = reply->ranges->len;
                for (unsigned n = 0; n < found; n++)
                    g_assert_cmpuint(g_array_index(reply->ranges, ImapRange, n).first, ==,
                                     1000001 + n);
            }
        }
        g_assert_cmpuint(replies, ==, 2);
        g_assert_cmpuint(found, ==, 300000);
    }
}

static void test_body_bytes(void)
{
    g_autoptr(ImapReader) reader = imap_reader_new(LITERAL_MOST);
    g_autoptr(GByteArray) all = g_byte_array_new();
    char body[70000];
    for (size_t n = 0; n < sizeof body; n++)
        body[n] = (char)(n * 7 >> 3);
    g_byte_array_append(all, (const guint8 *)"* 1 FETCH (UID 1 BODY[] {70000}\r\n", 33);
    g_byte_array_append(all, (const guint8 *)body, sizeof body);
    g_byte_array_append(all, (const guint8 *)")\r\n", 3);
    imap_reader_feed(reader, all->data, all->len);
    const ImapReply *reply = NULL;
    g_assert_cmpint(imap_reader_next(reader, &reply, NULL), ==, IMAP_READ_REPLY);
    gsize n;
    const char *got = g_bytes_get_data(reply->fetch.body, &n);
    g_assert_cmpmem(got, n, body, sizeof body);
    g_assert_cmpint(imap_reader_next(reader, &reply, NULL), ==, IMAP_READ_MORE);
    g_assert_true(imap_reader_between(reader));
}

static void test_nul(void)
{
    static const char BYTES[] = "* OK a\0b\r\n";
    g_autofree char *got = read_all(BYTES, sizeof BYTES - 1, 3);
    g_assert_cmpstr(got, ==, "BROKEN");
    static const char MARK[] = "* 1 FETCH (UID 1 BODY[] \0)\r\n"; /* our own mark from outside */
    g_autofree char *again = read_all(MARK, sizeof MARK - 1, 100);
    g_assert_cmpstr(again, ==, "BROKEN");
}

static void test_stays_broken(void)
{
    g_autoptr(ImapReader) reader = imap_reader_new(LITERAL_MOST);
    const ImapReply *reply = NULL;
    imap_reader_feed(reader, "\r\n* OK x\r\n", 10);
    g_assert_cmpint(imap_reader_next(reader, &reply, NULL), ==, IMAP_READ_BROKEN);
    imap_reader_feed(reader, "* OK x\r\n", 8);
    g_assert_cmpint(imap_reader_next(reader, &reply, NULL), ==, IMAP_READ_BROKEN);
}

/* Whatever single byte is changed, nothing crashes and nothing is read past the end. */
static void test_flipped_bytes(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(GOOD); n++) {
        size_t length = strlen(GOOD[n].bytes);
        for (size_t at = 0; at < length; at++)
            for (unsigned bit = 0; bit < 8; bit++) {
                g_autofree char *bytes = g_memdup2(GOOD[n].bytes, length);
                bytes[at] ^= (char)(1 << bit);
                g_autofree char *got = read_all(bytes, length, 7);
                g_assert_nonnull(got);
            }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap_reply/good", test_good);
    g_test_add_func("/imap_reply/bad", test_bad);
    g_test_add_func("/imap_reply/line-limit", test_line_limit);
    g_test_add_func("/imap_reply/nesting", test_nesting);
    g_test_add_func("/imap_reply/many-literals", test_many_literals);
    g_test_add_func("/imap_reply/literals-together", test_literals_together);
    g_test_add_func("/imap_reply/long-search", test_long_search);
    g_test_add_func("/imap_reply/body-bytes", test_body_bytes);
    g_test_add_func("/imap_reply/nul", test_nul);
    g_test_add_func("/imap_reply/stays-broken", test_stays_broken);
    g_test_add_func("/imap_reply/flipped-bytes", test_flipped_bytes);
    return g_test_run();
}
