#include "tests/unit/daemon/wire/imap_script.h"

#define ALL    "IDLE MOVE UIDPLUS"
#define BODY   "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[])"
#define HEADER "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.65536>)"
#define BODY_OF(uid, size, text)                                                                   \
    "* 1 FETCH (UID " uid DATED " RFC822.SIZE " size " BODY[] {" size "}\r\n" text ")\r\n"

/* One message, from SELECT to IDLE. */
static void test_one(void)
{
    Script *t = script_new("one");
    t->tell = true;
    script_open(t, ALL, 1, 2);
    script_expect(t, "UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t, "* 1 FETCH (UID 1 RFC822.SIZE 4)\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1 " BODY);
    script_say(t, BODY_OF("1", "4", "abcd") "$A OK\r\n");
    script_seen(t, "[1=4]");
    script_expect(t, "UID MOVE 1 \"Done\"");
    script_say(t, "* OK [COPYUID 5 1 9] moved\r\n* 1 EXPUNGE\r\n$A OK done\r\n");
    script_seen(t, "told:1");
    script_expect(t, "IDLE");
    script_say(t, "+ idling\r\n");
    g_assert_cmpint(imap_session_state(t->session), ==, IMAP_IDLING);
    script_free(t);
}

static void to_idle(Script *t, unsigned uidnext)
{
    t->highest = uidnext - 1;
    script_open(t, ALL, 3, uidnext);
    script_expect(t, "IDLE");
    script_say(t, "+\r\n");
}

static void test_news_while_idle(void)
{
    Script *t = script_new("news");
    to_idle(t, 10);
    script_say(t, "* OK Still here\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* 2 EXPUNGE\r\n");
    script_expect(t, "");
    script_say(t, "* 3 EXISTS\r\n");
    script_expect(t, "DONE|UID FETCH 10:* (UID RFC822.SIZE)");
    /* the answer to IDLE is not counted on to come first */
    script_say(t, "* 3 FETCH (UID 10 RFC822.SIZE 2)\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 10 " BODY);
    script_free(t);

    t = script_new("n:* brings the last one");
    to_idle(t, 10);
    script_say(t, "* 3 EXISTS\r\n");
    script_expect(t, "DONE|UID FETCH 10:* (UID RFC822.SIZE)");
    script_say(t, "* 3 FETCH (UID 9 RFC822.SIZE 2)\r\n$A OK\r\n");
    script_expect(t, "");
    script_free(t);
}

static void test_idle_again(void)
{
    Script *t = script_new("idle again");
    t->highest = 9;
    script_open(t, ALL, 3, 10);
    script_expect(t, "IDLE");
    g_autofree char *idle = g_strdup(t->tags->pdata[0]);
    imap_session_wake(t->session); /* before "+" has come */
    script_expect(t, "");
    script_say(t, "+\r\n");
    script_expect(t, "DONE|UID FETCH 10:* (UID RFC822.SIZE)");
    g_autofree char *end = g_strdup_printf("%s OK idle\r\n$A OK\r\n", idle);
    script_say(t, end);
    script_expect(t, "IDLE");
    script_say(t, "$A BAD no idea\r\n"); /* then this connection polls */
    g_assert_cmpint(imap_session_state(t->session), ==, IMAP_RESTING);
    imap_session_wake(t->session);
    script_expect(t, "NOOP|UID FETCH 10:* (UID RFC822.SIZE)");
    script_say(t, "$A OK\r\n$B OK\r\n");
    g_assert_cmpint(imap_session_state(t->session), ==, IMAP_RESTING);
    script_free(t);
}

/* Two batches are on their way before the first is taken; a third only after that. */
static void test_pipeline(void)
{
    Script *t = script_new("pipeline");
    t->keep = true;
    script_open(t, ALL, 6, 7);
    script_expect(t, "UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t, "* 1 FETCH (UID 1 RFC822.SIZE 1)\r\n* 2 FETCH (UID 2 RFC822.SIZE 1)\r\n"
                  "* 3 FETCH (UID 3 RFC822.SIZE 1)\r\n* 4 FETCH (UID 4 RFC822.SIZE 1)\r\n"
                  "* 5 FETCH (UID 5 RFC822.SIZE 1)\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1:2 " BODY "|UID FETCH 3:4 " BODY);
    /* the server ends the second first: nothing is offered out of order */
    script_say(t, BODY_OF("3", "1", "c") BODY_OF("4", "1", "d") "$B OK\r\n");
    g_assert_null(imap_session_next_batch(t->session));
    script_say(t, BODY_OF("1", "1", "a") BODY_OF("2", "1", "b") "$A OK\r\n");
    script_expect(t, "IDLE"); /* both wait for the owner */
    t->keep = false;
    t->tell = true;
    script_say(t, "+\r\n");
    script_seen(t, "[1=1 2=1] [3=1 4=1]");
    script_expect(t, "DONE|UID FETCH 5 " BODY "|UID MOVE 1:2 \"Done\"|UID MOVE 3:4 \"Done\"");
    script_free(t);
}

static void test_batch_bytes(void)
{
    Script *t = script_new("batch bytes");
    t->config.batch_count = 100;
    script_open(t, ALL, 3, 4);
    script_expect(t, "UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t, "* 1 FETCH (UID 1 RFC822.SIZE 30000)\r\n* 2 FETCH (UID 2 RFC822.SIZE 30000)\r\n"
                  "* 3 FETCH (UID 3 RFC822.SIZE 10000)\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1 " BODY "|UID FETCH 2:3 " BODY);
    script_free(t);
}

/* A new message whose size the server keeps back is fetched alone, not passed over for ever. */
static void test_size_kept_back(void)
{
    Script *t = script_new("size kept back");
    script_open(t, ALL, 2, 3);
    script_expect(t, "UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t, "* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 RFC822.SIZE 2)\r\n"
                  "* 2 FETCH (UID 2 FLAGS ())\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1 " BODY "|UID FETCH 2 " BODY);
    script_say(t, BODY_OF("1", "1", "a") "$A OK\r\n" BODY_OF("2", "2", "cd") "$B OK\r\n");
    script_seen(t, "[1=1] [2=2]");
    script_free(t);
}

static void test_too_large(void)
{
    Script *t = script_new("too large");
    script_open(t, ALL, 2, 3);
    script_expect(t, "UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t, "* 1 FETCH (UID 1 RFC822.SIZE 2)\r\n* 2 FETCH (UID 2 RFC822.SIZE 100001)\r\n"
                  "$A OK\r\n");
    script_expect(t, "UID FETCH 1 " BODY "|UID FETCH 2 " HEADER);
    script_say(t, BODY_OF("1", "2", "ab") "$A OK\r\n* 2 FETCH (UID 2" DATED
                                          " RFC822.SIZE 100001 BODY[HEADER]<0> {7}\r\nA: b\r\n\n)"
                                          "\r\n$B OK\r\n");
    script_seen(t, "[1=2] [2=head:7]");
    script_free(t);
}

/* A mailbox of 1,200 is listed by SEARCH, sizes asked in windows of 500. */
static void test_backlog(void)
{
    Script *t = script_new("backlog");
    script_open(t, ALL, 1200, 1201);
    script_expect(t, "UID SEARCH UID 1:*");
    GString *found = g_string_new("* SEARCH");
    for (unsigned uid = 1; uid <= 1200; uid++)
        g_string_append_printf(found, " %u", uid);
    g_string_append(found, "\r\n$A OK\r\n");
    script_say(t, found->str);
    g_string_free(found, TRUE);
    script_expect(t, "UID FETCH 1:500 (UID RFC822.SIZE)");
    GString *sizes = g_string_new("");
    for (unsigned uid = 1; uid <= 500; uid++)
        g_string_append_printf(sizes, "* %u FETCH (UID %u RFC822.SIZE 1)\r\n", uid, uid);
    g_string_append(sizes, "$A OK\r\n");
    script_say(t, sizes->str);
    g_string_free(sizes, TRUE);
    script_expect(t, "UID FETCH 1:2 " BODY "|UID FETCH 3:4 " BODY
                     "|UID FETCH 501:1000 (UID RFC822.SIZE)");
    script_free(t);
}

static void test_short_list(void)
{
    Script *t = script_new("a list shorter than the mailbox");
    script_open(t, ALL, 3, 2000);
    script_expect(t, "UID SEARCH UID 1:*");
    script_say(t, "* SEARCH 700 5\r\n$A OK\r\n");
    script_expect(t, "NOOP|UID SEARCH UID 1:*");
    script_say(t, "$A OK\r\n* SEARCH 700 5 9 9\r\n$B OK\r\n");
    script_expect(t, "UID FETCH 5,9,700 (UID RFC822.SIZE)");
    script_free(t);
}

static void test_progress(void)
{
    Script *t = script_new("progress");
    t->highest = 1000;
    script_open(t, ALL, 900, 2000);
    script_expect(t, "UID SEARCH UID 1001:*");
    script_say(t, "* SEARCH 1000\r\n$A OK\r\n"); /* the last one, already known */
    script_expect(t, "IDLE");
    script_free(t);

    t = script_new("rebuilt mailbox");
    t->highest = 50;
    script_open(t, ALL, 3, 50);
    script_failed(t, WIRE_ERROR_PROTOCOL);
    script_free(t);
}

/* ---- bodies that do not come */

static void to_two_bodies(Script *t)
{
    script_open(t, ALL, 2, 3);
    script_expect(t, "UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t,
               "* 1 FETCH (UID 1 RFC822.SIZE 2)\r\n* 2 FETCH (UID 2 RFC822.SIZE 2)\r\n$A OK\r\n");
}

static void test_vanished(void)
{
    static const char *const CASES[][2] = {
        {"NIL", "* 2 FETCH (UID 2 RFC822.SIZE 0 BODY[] NIL)\r\n$A OK [EXPUNGEISSUED] x\r\n"},
        {"empty", "* 2 FETCH (UID 2" DATED " RFC822.SIZE 0 BODY[] {0}\r\n)\r\n$A OK\r\n"},
        {"absent", "$A OK\r\n"},
        {"NO", "$A NO some are gone\r\n"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        Script *t = script_new(CASES[n][0]);
        to_two_bodies(t);
        script_expect(t, "UID FETCH 1:2 " BODY);
        g_autofree char *lines = g_strconcat(BODY_OF("1", "2", "ab"), CASES[n][1], NULL);
        script_say(t, lines);
        script_seen(t, "");
        script_expect(t, "UID SEARCH UID 2");
        script_say(t, "* SEARCH\r\n$A OK\r\n");
        script_seen(t, "[1=2] gone:2");
        script_free(t);
    }
}

static void test_alone(void)
{
    Script *t = script_new("alone");
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1:2 " BODY);
    script_say(t, BODY_OF("1", "2", "ab") "$A NO not now\r\n");
    script_expect(t, "UID SEARCH UID 2");
    script_say(t, "* SEARCH 2\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 2 " BODY);
    script_say(t, BODY_OF("2", "2", "cd") "$A OK\r\n");
    script_seen(t, "[1=2 2=2]");
    script_free(t);
}

/* The one message that never comes: alone three times, its header twice, then a stub; the other is
 * not held back beyond that, and none is lost. */
static void test_poison(void)
{
    Script *t = script_new("poison");
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1:2 " BODY);
    script_say(t, BODY_OF("2", "2", "cd") "$A NO broken\r\n");
    for (unsigned tries = 1; tries <= IMAP_BODY_TRIES + IMAP_HEADER_TRIES; tries++) {
        if (tries == 1) {
            script_expect(t, "UID SEARCH UID 1");
            script_say(t, "* SEARCH 1\r\n$A OK\r\n");
            script_expect(t, "UID FETCH 1 " BODY);
        } else {
            script_connect(t);
            to_two_bodies(t);
            const char *first = tries <= IMAP_BODY_TRIES ? BODY : HEADER;
            g_autofree char *wanted = g_strdup_printf("UID FETCH 1 %s|UID FETCH 2 " BODY, first);
            script_expect(t, wanted);
        }
        script_say(t, tries % 2 ? "$A NO broken\r\n" : "$A BAD broken\r\n");
        script_expect(t, "UID SEARCH UID 1");
        g_assert_false(script_say(t, "* SEARCH 1 2\r\n$A OK\r\n"));
        script_failed(t, tries % 2 ? WIRE_ERROR_BUSY : WIRE_ERROR_PROTOCOL);
        imap_session_blame(t->session); /* counted once, not twice */
    }
    script_connect(t);
    to_two_bodies(t);
    script_expect(t, "UID FETCH 2 " BODY);
    script_say(t, BODY_OF("2", "2", "cd") "$A OK\r\n");
    script_seen(t, "[1=head:64] [2=2]");
    script_free(t);
}

static void test_busy_is_no_fault(void)
{
    Script *t = script_new("busy");
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1:2 " BODY);
    g_assert_false(script_say(t, "$A NO [UNAVAILABLE] try later\r\n"));
    script_failed(t, WIRE_ERROR_BUSY);
    imap_session_blame(t->session);
    g_assert_cmpuint(g_hash_table_size(t->troubles->tries), ==, 0);
    script_free(t);
}

static void test_lost_connections(void)
{
    Script *t = script_new("lost in a body");
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1:2 " BODY);
    script_say(t, BODY_OF("1", "2", "ab") "* 2 FETCH (UID 2 BODY[] {2}\r\nc");
    imap_session_blame(t->session);
    script_connect(t);
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1 " BODY "|UID FETCH 2 " BODY); /* the suspect alone */
    script_free(t);

    t = script_new("lost in sizes");
    for (unsigned n = 0; n < 3; n++) {
        script_open(t, ALL, 2, 3);
        script_expect(t, n < 3 ? "UID FETCH 1:* (UID RFC822.SIZE)" : "");
        imap_session_blame(t->session);
        script_connect(t);
    }
    script_open(t, ALL, 2, 3);
    script_expect(t, "UID SEARCH UID 1:*");
    script_say(t, "* SEARCH 1 2\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1 (UID RFC822.SIZE)"); /* one at a time now */
    imap_session_blame(t->session);
    script_connect(t);
    script_open(t, ALL, 2, 3);
    script_expect(t, "UID SEARCH UID 1:*");
    script_say(t, "* SEARCH 1 2\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 2 (UID RFC822.SIZE)|UID FETCH 1 " BODY); /* found it */
    script_free(t);
}

#define ODD(uid) "* 1 FETCH (UID " uid DATED " RFC822.SIZE 9 BODY[] {2}\r\nab)\r\n"

/* A size that differs: asked once more, then believed; after three such the mailbox is known. */
static void test_sizes_differ(void)
{
    Script *t = script_new("sizes differ");
    t->tell = true;
    t->config.after = AFTER_LEAVE;
    to_idle(t, 1);
    script_say(t, "* 4 EXISTS\r\n");
    script_expect(t, "DONE|UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t,
               "* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n* 1 FETCH (UID 2 RFC822.SIZE 9)\r\n"
               "* 1 FETCH (UID 3 RFC822.SIZE 9)\r\n* 1 FETCH (UID 4 RFC822.SIZE 9)\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1:2 " BODY "|UID FETCH 3:4 " BODY);
    g_autofree char *second = g_strdup(t->tags->pdata[1]);
    script_say(t, ODD("1") ODD("2") "$A OK\r\n");
    script_seen(t, "");
    script_expect(t, "UID SEARCH UID 1:2");
    script_say(t, "* SEARCH 1 2\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1 " BODY "|UID FETCH 2 " BODY);
    script_say(t, ODD("1") ODD("2") "$A OK\r\n$B OK\r\n");
    script_seen(t, "[1=2 2=2] told:1,2");
    g_assert_false(t->troubles->sizes_differ);
    g_autofree char *end = g_strconcat(ODD("3") ODD("4"), second, " OK\r\n", NULL);
    script_say(t, end);
    script_expect(t, "UID SEARCH UID 3:4");
    script_say(t, "* SEARCH 3 4\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 3 " BODY "|UID FETCH 4 " BODY);
    script_say(t, ODD("3") ODD("4"));
    g_assert_true(t->troubles->sizes_differ);
    script_free(t);
}

/* ---- what must end the connection */

static void test_hostile_bodies(void)
{
    static const char *const CASES[][2] = {
        {"not asked for", BODY_OF("3", "2", "ab")},
        {"no UID", "* 1 FETCH (BODY[] {2}\r\nab)\r\n"},
        {"twice", BODY_OF("1", "2", "ab") BODY_OF("1", "2", "xy")},
        {"header for a body", "* 1 FETCH (UID 1" DATED " BODY[HEADER] {2}\r\nab)\r\n"},
        {"a part of it", "* 1 FETCH (UID 1" DATED " BODY[]<0> {2}\r\nab)\r\n"},
        {"another tag", "A001 OK\r\n"},
        {"a plus", "+ go on\r\n"},
        {"another UIDVALIDITY", "* OK [UIDVALIDITY 78] x\r\n"},
        {"not IMAP", "hello\r\n"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        Script *t = script_new(CASES[n][0]);
        to_two_bodies(t);
        script_expect(t, "UID FETCH 1:2 " BODY);
        g_assert_false(script_say(t, CASES[n][1]));
        if (t->error->domain == WIRE_ERROR)
            script_failed(t, WIRE_ERROR_PROTOCOL);
        script_seen(t, "");
        script_free(t);
    }
}

static void test_much_longer(void)
{
    Script *t = script_new("much longer");
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1:2 " BODY);
    g_autofree char *text = g_strnfill(70000, 'x');
    g_autofree char *lines =
        g_strdup_printf("* 1 FETCH (UID 1" DATED " BODY[] {70000}\r\n%s)\r\n", text);
    g_assert_false(script_say(t, lines));
    script_failed(t, WIRE_ERROR_PROTOCOL);
    script_free(t);
}

/* RFC822.SIZE was under the limit, the body is over it: its header is kept. */
static void test_over_limit_after_all(void)
{
    Script *t = script_new("over the limit after all");
    t->troubles->sizes_differ = true;
    script_open(t, ALL, 1, 2);
    script_expect(t, "UID FETCH 1:* (UID RFC822.SIZE)");
    script_say(t, "* 1 FETCH (UID 1 RFC822.SIZE 99999)\r\n$A OK\r\n");
    script_expect(t, "UID FETCH 1 " BODY);
    g_autofree char *text = g_strnfill(100010, 'x');
    memcpy(text, "A: b\r\n\r\n", 8);
    g_autofree char *lines =
        g_strdup_printf("* 1 FETCH (UID 1" DATED " BODY[] {100010}\r\n%s)\r\n$A OK\r\n", text);
    script_say(t, lines);
    script_seen(t, "[1=head:8]");
    script_free(t);
}

static void test_refusals_at_start(void)
{
    static const struct {
        const char *name, *said;
        int code;
    } CASES[] = {
        {"BYE", "* BYE Connection closed. 14\r\n", WIRE_ERROR_CONNECT},
        {"no mailbox", "$A NO [NONEXISTENT] no such mailbox\r\n", WIRE_ERROR_REFUSED},
        {"throttled",
         "$A BAD Request is throttled. Suggested Backoff Time: 178755 milliseconds\r\n",
         WIRE_ERROR_BUSY},
        {"not connected", "$A BAD User is authenticated but not connected.\r\n", WIRE_ERROR_BUSY},
        {"in use", "$A NO [INUSE] locked\r\n", WIRE_ERROR_BUSY},
        {"no UIDVALIDITY", "* 3 EXISTS\r\n$A OK\r\n", WIRE_ERROR_PROTOCOL},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        Script *t = script_new(CASES[n].name);
        script_expect(t, "CAPABILITY");
        script_say(t, "* CAPABILITY IMAP4rev1\r\n$A OK\r\n");
        script_expect(t, "SELECT \"INBOX\"");
        g_assert_false(script_say(t, CASES[n].said));
        script_failed(t, CASES[n].code);
        script_free(t);
    }
}

/* ---- telling */

static void tell(Script *t, const char *words)
{
    static const uint32_t UIDS[] = {1, 2, 3, 7};
    t->highest = 9;
    script_open(t, words, 9, 10);
    imap_session_tell(t->session, UIDS, 4);
}

static void test_folder_missing(void)
{
    Script *t = script_new("folder missing");
    tell(t, "MOVE UIDPLUS");
    script_expect(t, "UID MOVE 1:3,7 \"Done\"");
    script_say(t, "$A NO [TRYCREATE] no such mailbox\r\n");
    script_expect(t, "CREATE \"Done\"|UID MOVE 1:3,7 \"Done\"");
    script_say(t, "$A OK\r\n$B OK\r\n");
    script_seen(t, "told:1,2,3,7");
    script_free(t);

    t = script_new("never allowed");
    tell(t, "MOVE UIDPLUS");
    script_expect(t, "UID MOVE 1:3,7 \"Done\"");
    script_say(t, "$A NO no\r\n");
    script_expect(t, "CREATE \"Done\"|UID MOVE 1:3,7 \"Done\"");
    script_say(t, "$A NO no\r\n$B NO no\r\n");
    script_seen(t, "refused");
    g_assert_cmpint(imap_session_state(t->session), ==, IMAP_RESTING); /* not tried for ever */
    imap_session_wake(t->session);
    script_expect(t, "UID MOVE 1:3,7 \"Done\"|NOOP|UID FETCH 10:* (UID RFC822.SIZE)");
    script_say(t, "$A OK\r\n");
    script_seen(t, "told:1,2,3,7");
    script_free(t);
}

static void test_without_move(void)
{
    Script *t = script_new("UIDPLUS without MOVE");
    tell(t, "UIDPLUS");
    script_expect(t, "UID COPY 1:3,7 \"Done\"");
    script_say(t, "$A OK\r\n");
    script_expect(t, "UID STORE 1:3,7 +FLAGS.SILENT (\\Deleted)");
    script_say(t, "$A OK\r\n");
    script_seen(t, "");
    script_expect(t, "UID EXPUNGE 1:3,7");
    script_say(t, "* 1 EXPUNGE\r\n$A OK\r\n");
    script_seen(t, "told:1,2,3,7");
    script_free(t);

    t = script_new("neither"); /* never a plain EXPUNGE */
    tell(t, "");
    script_expect(t, "UID COPY 1:3,7 \"Done\"");
    script_say(t, "$A OK\r\n");
    script_expect(t, "UID STORE 1:3,7 +FLAGS.SILENT (\\Deleted)");
    script_say(t, "$A OK\r\n");
    script_seen(t, "told:1,2,3,7");
    script_expect(t, "");
    script_free(t);
}

static void test_other_ways(void)
{
    Script *t = script_new("keyword");
    t->config.after = AFTER_KEYWORD;
    tell(t, "MOVE UIDPLUS");
    script_expect(t, "UID STORE 1:3,7 +FLAGS.SILENT ($IecdTaken)");
    script_say(t, "$A OK\r\n");
    script_seen(t, "told:1,2,3,7");
    script_free(t);

    t = script_new("leave");
    t->config.after = AFTER_LEAVE;
    tell(t, "MOVE UIDPLUS");
    script_expect(t, "");
    script_seen(t, "told:1,2,3,7");
    script_free(t);
}

/* Registered before a crash: moved where they still are, the others are done with. */
static void test_untold(void)
{
    Script *t = script_new("untold");
    static const uint32_t UIDS[] = {2, 3, 5, 8};
    t->highest = 9;
    t->untold = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_vals(t->untold, UIDS, 4);
    script_open(t, ALL, 9, 10);
    script_expect(t, "UID SEARCH UID 2:3,5,8");
    script_say(t, "* SEARCH 8 3\r\n$A OK\r\n");
    script_seen(t, "told:2,5");
    script_expect(t, "UID MOVE 3,8 \"Done\"");
    script_say(t, "$A OK\r\n");
    script_seen(t, "told:3,8");
    script_free(t);
}

/* More than one command's worth: only one SEARCH at a time, its answer does not say whose it is. */
static void test_many_untold(void)
{
    Script *t = script_new("many untold");
    t->highest = 2000;
    t->untold = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t uid = 1; uid <= 600; uid++)
        g_array_append_val(t->untold, uid);
    script_open(t, ALL, 3000, 4000);
    script_expect(t, "UID SEARCH UID 1:500");
    script_say(t, "* SEARCH 7\r\n$A OK\r\n");
    script_expect(t, "UID SEARCH UID 501:600|UID MOVE 7 \"Done\"");
    script_say(t, "* SEARCH\r\n$A OK\r\n");
    script_expect(t, "UID SEARCH UID 2001:*");
    script_free(t);
}

/* ---- the rest */

static void test_allowance(void)
{
    Script *t = script_new("allowance");
    uint64_t first = 0, second = 0;
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1:2 " BODY);
    g_assert_cmpuint(imap_session_allowance(t->session, &first), ==, 60);
    script_say(t, BODY_OF("1", "2", "ab") BODY_OF("2", "2", "cd") "$A OK\r\n");
    script_expect(t, "IDLE");
    g_assert_cmpuint(imap_session_allowance(t->session, &second), ==, 0);
    g_assert_cmpuint(second, >, first);
    script_say(t, "+\r\n");
    imap_session_wake(t->session);
    script_go(t); /* DONE is sent: now the server must answer */
    g_assert_cmpuint(imap_session_allowance(t->session, &first), >, 0);
    script_free(t);
}

static void test_tags_differ(void)
{
    Script *a = script_new("a"), *b = script_new("b");
    script_expect(a, "CAPABILITY");
    script_expect(b, "CAPABILITY");
    g_assert_cmpstr(a->tags->pdata[0], !=, b->tags->pdata[0]);
    g_assert_cmpuint(strlen(a->tags->pdata[0]), >=, 17);
    script_free(a);
    script_free(b);
}

/* Servers that send what nobody asked for. */
static void test_unsolicited(void)
{
    Script *t = script_new("unsolicited");
    to_two_bodies(t);
    script_expect(t, "UID FETCH 1:2 " BODY);
    script_say(t, "* 1 FETCH (FLAGS (\\Seen))\r\n* SEARCH 5 6\r\n* 7 EXPUNGE\r\n* 5 EXISTS\r\n"
                  "* LIST () \"/\" x\r\n* ESEARCH UID ALL 1:4000000000\r\n* OK [CLOSED] x\r\n"
                  "* 9 FETCH (UID 99 RFC822.SIZE 5)\r\n* 9 FETCH (UID 98 BODY[] NIL)\r\n");
    script_say(t, BODY_OF("1", "2", "ab") BODY_OF("2", "2", "cd") "$A OK\r\n");
    script_seen(t, "[1=2 2=2]");
    script_expect(t, "UID FETCH 3:* (UID RFC822.SIZE)"); /* of the EXISTS */
    script_free(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap_session/one", test_one);
    g_test_add_func("/imap_session/news-while-idle", test_news_while_idle);
    g_test_add_func("/imap_session/idle-again", test_idle_again);
    g_test_add_func("/imap_session/pipeline", test_pipeline);
    g_test_add_func("/imap_session/batch-bytes", test_batch_bytes);
    g_test_add_func("/imap_session/size-kept-back", test_size_kept_back);
    g_test_add_func("/imap_session/too-large", test_too_large);
    g_test_add_func("/imap_session/backlog", test_backlog);
    g_test_add_func("/imap_session/short-list", test_short_list);
    g_test_add_func("/imap_session/progress", test_progress);
    g_test_add_func("/imap_session/vanished", test_vanished);
    g_test_add_func("/imap_session/alone", test_alone);
    g_test_add_func("/imap_session/poison", test_poison);
    g_test_add_func("/imap_session/busy-is-no-fault", test_busy_is_no_fault);
    g_test_add_func("/imap_session/lost-connections", test_lost_connections);
    g_test_add_func("/imap_session/sizes-differ", test_sizes_differ);
    g_test_add_func("/imap_session/hostile-bodies", test_hostile_bodies);
    g_test_add_func("/imap_session/much-longer", test_much_longer);
    g_test_add_func("/imap_session/over-limit-after-all", test_over_limit_after_all);
    g_test_add_func("/imap_session/refusals-at-start", test_refusals_at_start);
    g_test_add_func("/imap_session/folder-missing", test_folder_missing);
    g_test_add_func("/imap_session/without-move", test_without_move);
    g_test_add_func("/imap_session/other-ways", test_other_ways);
    g_test_add_func("/imap_session/untold", test_untold);
    g_test_add_func("/imap_session/many-untold", test_many_untold);
    g_test_add_func("/imap_session/allowance", test_allowance);
    g_test_add_func("/imap_session/tags-differ", test_tags_differ);
    g_test_add_func("/imap_session/unsolicited", test_unsolicited);
    return g_test_run();
}
