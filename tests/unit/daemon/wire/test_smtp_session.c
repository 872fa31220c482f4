#include "daemon/wire/smtp_mail.h"
#include "daemon/wire/smtp_session.h"
#include <glib.h>
#include <string.h>

#define ALL     "250-mx.example hello\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-DSN\r\n250 8BITMIME\r\n"
#define PLAIN   "250 mx.example\r\n"
#define BODY    "Subject: a\r\n\r\n.dot\r\nend\r\n"
#define STUFFED "Subject: a\r\n\r\n..dot\r\nend\r\n.\r\n"

typedef struct Talk {
    SmtpSession *session;
    SmtpReader *reader;
    GByteArray *out;
    SmtpStep step;
} Talk;

static void talk_init(Talk *t)
{
    *t = (Talk){smtp_session_new("iecd.example"), smtp_reader_new(), g_byte_array_new(),
                SMTP_STEP_WAIT};
    smtp_session_start(t->session, t->out);
}

static void talk_clear(Talk *t)
{
    smtp_session_free(t->session);
    smtp_reader_free(t->reader);
    g_byte_array_unref(t->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Talk, talk_clear)

/* The server says; fed in pieces. What is left when the session drops is not read. */
static void hear(Talk *t, const char *text, size_t piece)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length && t->step != SMTP_STEP_DROP;) {
        g_autoptr(SmtpReply) reply = NULL;
        const char *why = NULL;
        size_t used = 0;
        SmtpRead got =
            smtp_reader_feed(t->reader, text + at, MIN(piece, length - at), &used, &reply, &why);
        at += used;
        if (got == SMTP_READ_REPLY)
            t->step = smtp_session_reply(t->session, reply, t->out);
        g_assert_cmpint(got, !=, SMTP_READ_BROKEN);
    }
}

/* What we said since last asked. */
static char *said(Talk *t)
{
    char *text = g_strndup((const char *)t->out->data, t->out->len);
    g_byte_array_set_size(t->out, 0);
    return text;
}

static void expect_said(Talk *t, const char *wanted)
{
    g_autofree char *got = said(t);
    g_assert_cmpstr(got, ==, wanted);
}

static SmtpStep give(Talk *t, const char *return_path, const char *body)
{
    g_autoptr(GBytes) bytes = g_bytes_new(body, strlen(body));
    const SmtpMail mail = {1, return_path, "ada@example.org", bytes};
    g_assert_null(smtp_mail_check(&mail));
    t->step = smtp_session_mail(t->session, &mail, t->out);
    return t->step;
}

static void test_one_by_one(void)
{
    static const size_t PIECES[] = {1, 3, 1000};
    for (unsigned n = 0; n < G_N_ELEMENTS(PIECES); n++) {
        g_auto(Talk) t;
        talk_init(&t);
        expect_said(&t, "EHLO iecd.example\r\n");
        hear(&t, PLAIN, PIECES[n]);
        g_assert_cmpint(t.step, ==, SMTP_STEP_READY);
        g_assert_cmpint(give(&t, "", BODY), ==, SMTP_STEP_WAIT);
        expect_said(&t, "MAIL FROM:<>\r\n");
        hear(&t, "250 ok\r\n", PIECES[n]);
        g_assert_true(smtp_session_mail_accepted(t.session));
        expect_said(&t, "RCPT TO:<ada@example.org>\r\n");
        hear(&t, "251 ok, elsewhere\r\n", PIECES[n]);
        expect_said(&t, "DATA\r\n");
        hear(&t, "354 go\r\n", PIECES[n]);
        expect_said(&t, STUFFED);
        g_assert_cmpuint(smtp_session_timeout(t.session), ==, 600);
        hear(&t, "250 2.0.0 Ok: queued as 1\r\n", PIECES[n]);
        g_assert_cmpint(t.step, ==, SMTP_STEP_DONE);
        g_assert_cmpint(smtp_session_outcome(t.session), ==, SMTP_SENT);
        g_assert_cmpstr(smtp_session_answer(t.session), ==, "250 2.0.0 Ok: queued as 1");
        g_assert_true(smtp_session_is_ready(t.session));
        g_assert_cmpuint(smtp_session_timeout(t.session), ==, 0);
        smtp_session_quit(t.session, t.out);
        expect_said(&t, "QUIT\r\n");
    }
}

static void test_pipelined(void)
{
    static const size_t PIECES[] = {1, 5, 1000};
    for (unsigned n = 0; n < G_N_ELEMENTS(PIECES); n++) {
        g_auto(Talk) t;
        talk_init(&t);
        hear(&t, ALL, PIECES[n]);
        g_byte_array_set_size(t.out, 0);
        for (int mail = 0; mail < 3; mail++) {
            give(&t, "", BODY);
            expect_said(&t, "MAIL FROM:<> SIZE=25\r\nRCPT TO:<ada@example.org> NOTIFY=NEVER\r\n"
                            "DATA\r\n");
            hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n", PIECES[n]);
            expect_said(&t, STUFFED);
            hear(&t, "250 taken\r\n", PIECES[n]);
            g_assert_cmpint(t.step, ==, SMTP_STEP_DONE);
            g_assert_cmpint(smtp_session_outcome(t.session), ==, SMTP_SENT);
        }
    }
}

static void test_return_path(void)
{
    g_auto(Talk) t;
    talk_init(&t);
    hear(&t, ALL, 1000);
    g_byte_array_set_size(t.out, 0);
    give(&t, "iec+b7@example.org", BODY);
    expect_said(&t, "MAIL FROM:<iec+b7@example.org> SIZE=25\r\n"
                    "RCPT TO:<ada@example.org> NOTIFY=FAILURE\r\nDATA\r\n");
}

/* The table of smtp_session.h. Without pipelining; what was accepted before is in `before`. */
static const struct {
    const char *name, *before, *reply;
    SmtpOutcome outcome;
    SmtpStep step;
} TABLE[] = {
    {"mail-4xx", "", "451 4.3.0 later\r\n", SMTP_LATER, SMTP_STEP_DONE},
    {"mail-5xx", "", "550 5.7.1 you may not\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"mail-552", "", "552 too large\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"mail-421", "", "421 closing\r\n", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"mail-354", "", "354 what\r\n", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"rcpt-4xx", "250 ok\r\n", "450 4.2.1 grey\r\n", SMTP_LATER, SMTP_STEP_DONE},
    {"rcpt-550", "250 ok\r\n", "550 5.1.1 nobody\r\n", SMTP_REFUSED, SMTP_STEP_DONE},
    {"rcpt-501", "250 ok\r\n", "501 5.1.3 bad address\r\n", SMTP_REFUSED, SMTP_STEP_DONE},
    {"rcpt-554", "250 ok\r\n", "554 5.7.1 no\r\n", SMTP_REFUSED, SMTP_STEP_DONE},
    {"rcpt-500", "250 ok\r\n", "500 what\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-502", "250 ok\r\n", "502 no\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-503", "250 ok\r\n", "503 mail first\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-504", "250 ok\r\n", "504 no\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-530", "250 ok\r\n", "530 5.7.0 log in\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-534", "250 ok\r\n", "534 weak\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-535", "250 ok\r\n", "535 5.7.8 expired\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-538", "250 ok\r\n", "538 encrypt\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-555", "250 ok\r\n", "555 parameter\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"rcpt-421", "250 ok\r\n", "421 closing\r\n", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"rcpt-354", "250 ok\r\n", "354 what\r\n", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"data-4xx", "250 ok\r\n250 ok\r\n", "451 later\r\n", SMTP_LATER, SMTP_STEP_DONE},
    {"data-5xx", "250 ok\r\n250 ok\r\n", "554 no\r\n", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"data-421", "250 ok\r\n250 ok\r\n", "421 closing\r\n", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"data-250", "250 ok\r\n250 ok\r\n", "250 what\r\n", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"data-334", "250 ok\r\n250 ok\r\n", "334 what\r\n", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"dot-4xx", "250 ok\r\n250 ok\r\n354 go\r\n", "451 4.3.0 disk\r\n", SMTP_LATER, SMTP_STEP_DONE},
    {"dot-5xx", "250 ok\r\n250 ok\r\n354 go\r\n", "554 5.6.0 content\r\n", SMTP_REFUSED,
     SMTP_STEP_DONE},
    {"dot-500", "250 ok\r\n250 ok\r\n354 go\r\n", "500 what\r\n", SMTP_REFUSED, SMTP_STEP_DONE},
    {"dot-421", "250 ok\r\n250 ok\r\n354 go\r\n", "421 closing\r\n", SMTP_LATER, SMTP_STEP_DROP},
    {"dot-354", "250 ok\r\n250 ok\r\n354 go\r\n", "354 again\r\n", SMTP_UNKNOWN, SMTP_STEP_DROP},
    {"dot-250", "250 ok\r\n250 ok\r\n354 go\r\n", "250 ok\r\n", SMTP_SENT, SMTP_STEP_DONE},
    {"dot-252", "250 ok\r\n250 ok\r\n354 go\r\n", "252 ok\r\n", SMTP_SENT, SMTP_STEP_DONE},
};

static void check(const char *name, const Talk *t, SmtpOutcome outcome, SmtpStep step)
{
    if (t->step != step || smtp_session_outcome(t->session) != outcome)
        g_error("case %s: step %d outcome %d, wanted %d and %d", name, t->step,
                smtp_session_outcome(t->session), step, outcome);
}

/* The next mail begins with RSET, and goes through: the failure has left nothing behind. */
static void next_mail_passes(Talk *t, bool resets)
{
    g_byte_array_set_size(t->out, 0);
    give(t, "", BODY);
    if (resets) {
        expect_said(t, "RSET\r\n");
        hear(t, "250 clear\r\n", 1000);
    }
    expect_said(t, "MAIL FROM:<>\r\n");
    hear(t, "250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n", 1000);
    g_assert_cmpint(t->step, ==, SMTP_STEP_DONE);
    g_assert_cmpint(smtp_session_outcome(t->session), ==, SMTP_SENT);
}

static void test_table(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(TABLE); n++) {
        g_auto(Talk) t;
        talk_init(&t);
        hear(&t, PLAIN, 1000);
        give(&t, "", BODY);
        hear(&t, TABLE[n].before, 1000);
        hear(&t, TABLE[n].reply, 1000);
        check(TABLE[n].name, &t, TABLE[n].outcome, TABLE[n].step);
        g_autofree char *line = g_strndup(TABLE[n].reply, strcspn(TABLE[n].reply, "\r"));
        g_assert_true(g_str_has_suffix(smtp_session_answer(t.session), line));
        if (t.step == SMTP_STEP_DONE)
            next_mail_passes(&t, TABLE[n].outcome != SMTP_SENT);
    }
}

/* The same rows with everything sent ahead: the server answers what follows too. */
static const struct {
    const char *name, *replies, *then_said;
    SmtpOutcome outcome;
    SmtpStep step;
} AHEAD[] = {
    {"mail-refused", "550 no\r\n503 mail first\r\n503 rcpt first\r\n", "", SMTP_OUR_FAULT,
     SMTP_STEP_DONE},
    {"mail-later", "451 later\r\n503 mail first\r\n503 rcpt first\r\n", "", SMTP_LATER,
     SMTP_STEP_DONE},
    {"rcpt-refused", "250 ok\r\n550 nobody\r\n554 no valid recipients\r\n", "", SMTP_REFUSED,
     SMTP_STEP_DONE},
    {"rcpt-later", "250 ok\r\n450 grey\r\n554 no valid recipients\r\n", "", SMTP_LATER,
     SMTP_STEP_DONE},
    {"rcpt-refused-data-taken", "250 ok\r\n550 nobody\r\n354 go\r\n", ".\r\n", SMTP_REFUSED,
     SMTP_STEP_WAIT},
    {"rcpt-refused-lone-dot", "250 ok\r\n550 nobody\r\n354 go\r\n554 no recipients\r\n", ".\r\n",
     SMTP_REFUSED, SMTP_STEP_DONE},
    {"rcpt-refused-lone-dot-taken", "250 ok\r\n550 nobody\r\n354 go\r\n250 thanks\r\n", ".\r\n",
     SMTP_REFUSED, SMTP_STEP_DONE},
    {"rcpt-refused-lone-dot-closing", "250 ok\r\n550 nobody\r\n354 go\r\n421 bye\r\n", ".\r\n",
     SMTP_REFUSED, SMTP_STEP_DROP},
    {"all-refused-data-taken", "550 no\r\n503 no\r\n354 go\r\n554 no\r\n", ".\r\n", SMTP_OUR_FAULT,
     SMTP_STEP_DONE},
    /* A dot would send an empty message to the recipient. */
    {"mail-refused-rcpt-taken", "550 no\r\n250 ok\r\n354 go\r\n", "", SMTP_OUR_FAULT,
     SMTP_STEP_DROP},
    {"data-refused", "250 ok\r\n250 ok\r\n554 no\r\n", "", SMTP_OUR_FAULT, SMTP_STEP_DONE},
    {"data-later", "250 ok\r\n250 ok\r\n451 no\r\n", "", SMTP_LATER, SMTP_STEP_DONE},
    {"closing-at-mail", "421 bye\r\n", "", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"closing-at-rcpt", "250 ok\r\n421 bye\r\n", "", SMTP_NOT_SENT, SMTP_STEP_DROP},
    {"closing-after-refusal", "250 ok\r\n550 nobody\r\n421 bye\r\n", "", SMTP_REFUSED,
     SMTP_STEP_DROP},
};

static void test_ahead(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(AHEAD); n++) {
        g_auto(Talk) t;
        talk_init(&t);
        hear(&t, "250-mx.example\r\n250 PIPELINING\r\n", 1000);
        give(&t, "", BODY);
        g_byte_array_set_size(t.out, 0);
        hear(&t, AHEAD[n].replies, 1);
        check(AHEAD[n].name, &t, AHEAD[n].outcome, AHEAD[n].step);
        expect_said(&t, AHEAD[n].then_said);
        if (t.step != SMTP_STEP_DONE)
            continue;
        give(&t, "", BODY);
        expect_said(&t, "RSET\r\nMAIL FROM:<>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n");
        hear(&t, "250 clear\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n", 1000);
        g_assert_cmpint(smtp_session_outcome(t.session), ==, SMTP_SENT);
    }
}

/* Where the connection goes: after so many replies, with bytes of ours left or not. */
static const struct {
    const char *name, *replies;
    bool all_left;
    SmtpOutcome outcome;
    bool accepted;
} LOST[] = {
    {"at-ehlo", NULL, true, SMTP_NOT_SENT, false},
    {"at-mail", "", true, SMTP_NOT_SENT, false},
    {"at-rcpt", "250 ok\r\n", true, SMTP_NOT_SENT, true},
    {"at-data", "250 ok\r\n250 ok\r\n", true, SMTP_NOT_SENT, true},
    {"in-the-message", "250 ok\r\n250 ok\r\n354 go\r\n", false, SMTP_NOT_SENT, true},
    {"after-the-dot", "250 ok\r\n250 ok\r\n354 go\r\n", true, SMTP_UNKNOWN, true},
};

static void test_lost(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(LOST); n++) {
        g_auto(Talk) t;
        talk_init(&t);
        if (LOST[n].replies) {
            hear(&t, PLAIN, 1000);
            give(&t, "", BODY);
            hear(&t, LOST[n].replies, 1000);
        }
        smtp_session_lost(t.session, "gone", LOST[n].all_left);
        t.step = SMTP_STEP_DROP;
        check(LOST[n].name, &t, LOST[n].outcome, SMTP_STEP_DROP);
        g_assert_cmpint(smtp_session_mail_accepted(t.session), ==, LOST[n].accepted);
        g_assert_true(g_str_has_suffix(smtp_session_answer(t.session), ": gone"));
        g_assert_cmpint(smtp_session_state(t.session), ==, SMTP_STATE_GONE);
    }
}

/* A connection lost between two mails says nothing of the first. */
static void test_lost_between(void)
{
    g_auto(Talk) t;
    talk_init(&t);
    hear(&t, PLAIN, 1000);
    give(&t, "", BODY);
    hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n", 1000);
    g_assert_cmpint(smtp_session_outcome(t.session), ==, SMTP_SENT);
    smtp_session_lost(t.session, "gone", true);
    g_assert_cmpint(smtp_session_outcome(t.session), ==, SMTP_NOT_SENT);
}

static void test_ehlo_refused(void)
{
    static const char *const REPLIES[] = {"502 no\r\n", "421 busy\r\n", "220 what\r\n"};
    for (unsigned n = 0; n < G_N_ELEMENTS(REPLIES); n++) {
        g_auto(Talk) t;
        talk_init(&t);
        hear(&t, REPLIES[n], 1000);
        check(REPLIES[n], &t, SMTP_NOT_SENT, SMTP_STEP_DROP);
    }
}

static void test_unasked(void)
{
    g_auto(Talk) t;
    talk_init(&t);
    hear(&t, PLAIN, 1000);
    hear(&t, "250 what\r\n", 1000);
    g_assert_cmpint(t.step, ==, SMTP_STEP_DROP);
}

static void test_reset_refused(void)
{
    g_auto(Talk) t;
    talk_init(&t);
    hear(&t, PLAIN, 1000);
    give(&t, "", BODY);
    hear(&t, "451 later\r\n", 1000);
    give(&t, "", BODY);
    hear(&t, "500 no\r\n", 1000);
    check("reset", &t, SMTP_NOT_SENT, SMTP_STEP_DROP);
}

static void test_offers(void)
{
    static const struct {
        const char *name, *ehlo, *body, *wanted;
        SmtpStep step;
    } CASES[] = {
        {"case", "250-mx\r\n250-pipelining\r\n250-Dsn\r\n250 size 30\r\n", BODY,
         "MAIL FROM:<> SIZE=25\r\nRCPT TO:<ada@example.org> NOTIFY=NEVER\r\nDATA\r\n",
         SMTP_STEP_WAIT},
        {"size-zero", "250-mx\r\n250 SIZE 0\r\n", BODY, "MAIL FROM:<>\r\n", SMTP_STEP_WAIT},
        {"size-bare", "250-mx\r\n250 SIZE\r\n", BODY, "MAIL FROM:<>\r\n", SMTP_STEP_WAIT},
        {"size-equal", "250-mx\r\n250 SIZE 25\r\n", BODY, "MAIL FROM:<> SIZE=25\r\n",
         SMTP_STEP_WAIT},
        {"too-large", "250-mx\r\n250 SIZE 24\r\n", BODY, "", SMTP_STEP_DONE},
        {"greeting-is-no-offer", "250 PIPELINING\r\n", BODY, "MAIL FROM:<>\r\n", SMTP_STEP_WAIT},
        {"8bit", "250-mx\r\n250 8BITMIME\r\n", "a: b\r\n\r\n\xc3\xa9\r\n",
         "MAIL FROM:<> BODY=8BITMIME\r\n", SMTP_STEP_WAIT},
        {"8bit-not-taken", PLAIN, "a: b\r\n\r\n\xc3\xa9\r\n", "", SMTP_STEP_DONE},
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_auto(Talk) t;
        talk_init(&t);
        hear(&t, CASES[n].ehlo, 1000);
        g_byte_array_set_size(t.out, 0);
        give(&t, "", CASES[n].body);
        g_autofree char *got = said(&t);
        if (t.step != CASES[n].step || strcmp(got, CASES[n].wanted) != 0)
            g_error("case %s: step %d, said \"%s\"", CASES[n].name, t.step, got);
        if (t.step == SMTP_STEP_DONE)
            g_assert_cmpint(smtp_session_outcome(t.session), ==, SMTP_REFUSED);
    }
}

static void test_timeouts(void)
{
    static const unsigned WANTED[SMTP_STATE_COUNT] = {
        [SMTP_STATE_EHLO] = 300, [SMTP_STATE_RSET] = 300, [SMTP_STATE_MAIL] = 300,
        [SMTP_STATE_RCPT] = 300, [SMTP_STATE_DATA] = 120, [SMTP_STATE_MESSAGE] = 600};
    g_auto(Talk) t;
    talk_init(&t);
    static const char *const REPLIES[] = {PLAIN,        NULL,         "250 ok\r\n",
                                          "250 ok\r\n", "354 go\r\n", "451 no\r\n"};
    for (unsigned n = 0; n < G_N_ELEMENTS(REPLIES); n++) {
        g_assert_cmpuint(smtp_session_timeout(t.session), ==,
                         WANTED[smtp_session_state(t.session)]);
        if (REPLIES[n])
            hear(&t, REPLIES[n], 1000);
        else
            give(&t, "", BODY);
    }
    for (int state = 0; state < SMTP_STATE_COUNT; state++)
        g_assert_nonnull(smtp_state_words((SmtpState)state));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp_session/one-by-one", test_one_by_one);
    g_test_add_func("/smtp_session/pipelined", test_pipelined);
    g_test_add_func("/smtp_session/return-path", test_return_path);
    g_test_add_func("/smtp_session/table", test_table);
    g_test_add_func("/smtp_session/ahead", test_ahead);
    g_test_add_func("/smtp_session/lost", test_lost);
    g_test_add_func("/smtp_session/lost-between", test_lost_between);
    g_test_add_func("/smtp_session/ehlo-refused", test_ehlo_refused);
    g_test_add_func("/smtp_session/unasked", test_unasked);
    g_test_add_func("/smtp_session/reset-refused", test_reset_refused);
    g_test_add_func("/smtp_session/offers", test_offers);
    g_test_add_func("/smtp_session/timeouts", test_timeouts);
    return g_test_run();
}
