#include "daemon/wire/smtp_sender.h"
#include "tests/unit/daemon/wire/fake_server.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BODY "Subject: a\r\n\r\n.dot\r\n"

/* What the server does; a step that is NULL goes well. */
typedef struct Script {
    const char *name;
    const char *mail, *rcpt, *data, *dot; /* answers; "" hangs up */
    unsigned on_mail;                     /* which mail (1, 2 ...) the script is for; 0 every */
    SmtpOutcome outcome;
    const char *answer; /* its end */
    unsigned connections;
} Script;

typedef struct Run {
    FakeServer *server;
    SmtpSender *sender;
    Script script;
    bool in_data, quit, hang_up_after_dot;
    unsigned mails;  /* the server has seen */
    GString *bodies; /* it has taken */
    const char *extra;
    /* done */
    unsigned outcomes, more; /* mails to give from within done */
    SmtpOutcome outcome;
    char *answer;
    bool finished;
    unsigned healthy, unhealthy;
    int error_code;
} Run;

static void answer(FakeServer *f, const char *words, const char *otherwise)
{
    if (words && !words[0])
        fake_hang_up(f);
    else
        fake_send(f, words ? words : otherwise);
}

static void on_body_line(FakeServer *f, Run *r, const char *line, const Script *s)
{
    if (strcmp(line, ".") != 0) {
        g_string_append_printf(r->bodies, "%s\n", line);
        return;
    }
    r->in_data = false;
    g_string_append(r->bodies, "|");
    g_autofree char *taken = g_strconcat("250 taken\r\n", r->extra, NULL);
    answer(f, s->dot, taken);
    if (r->hang_up_after_dot)
        fake_hang_up(f);
}

static void on_line(FakeServer *f, const char *line)
{
    static const Script WELL = {0};
    Run *r = f->user;
    bool is_mail = g_str_has_prefix(line, "MAIL FROM:");
    r->mails += is_mail;
    const Script *s = !r->script.on_mail || r->script.on_mail == r->mails ? &r->script : &WELL;
    if (r->in_data)
        on_body_line(f, r, line, s);
    else if (g_str_has_prefix(line, "EHLO "))
        fake_send(f, "250-mx.example\r\n250-SIZE 100000\r\n250 AUTH PLAIN\r\n");
    else if (g_str_has_prefix(line, "AUTH "))
        fake_send(f, "535 5.7.8 no such user\r\n");
    else if (is_mail)
        answer(f, s->mail, "250 ok\r\n");
    else if (g_str_has_prefix(line, "RCPT TO:"))
        answer(f, s->rcpt, "250 ok\r\n");
    else if (!strcmp(line, "DATA")) {
        r->in_data = !s->data;
        answer(f, s->data, "354 go\r\n");
    } else if (!strcmp(line, "QUIT"))
        r->quit = true;
    else
        fake_send(f, "250 ok\r\n");
}

static void give(Run *r, const char *recipient);

static void on_done(int64_t id, SmtpOutcome outcome, const char *words, void *user)
{
    Run *r = user;
    g_assert_cmpint(id, ==, 7);
    g_assert_false(smtp_sender_busy(r->sender));
    g_assert_true(g_utf8_validate(words, -1, NULL));
    r->outcomes++;
    r->outcome = outcome;
    g_free(r->answer);
    r->answer = g_strdup(words);
    if (r->more > 0) {
        r->more--;
        give(r, "ada@example.org");
    } else {
        r->finished = true;
    }
}

static void on_health(const GError *error, void *user)
{
    Run *r = user;
    r->healthy += error == NULL;
    r->unhealthy += error != NULL;
    r->error_code = error ? error->code : r->error_code;
}

static void give(Run *r, const char *recipient)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(BODY, strlen(BODY));
    const SmtpMail mail = {7, "", recipient, bytes};
    g_assert_true(smtp_sender_send(r->sender, &mail));
    g_assert_true(smtp_sender_busy(r->sender));
    g_assert_false(smtp_sender_send(r->sender, &mail));
}

static void wait_done(Run *r)
{
    if (!fake_run_until(&r->finished))
        g_error("%s: nothing was told", r->script.name);
    r->finished = false;
}

static void run_init(Run *r, const char *user, const char *secret_file)
{
    r->server = fake_server_new("220 mx.example\r\n", on_line);
    r->server->user = r;
    r->bodies = g_string_new(NULL);
    const SmtpSenderConfig config = {
        .stream = {.protocol = "smtp",
                   .host = "127.0.0.1",
                   .port = r->server->port,
                   .tls = TLS_NONE_LOOPBACK,
                   .user = user,
                   .secret_file = secret_file,
                   .auth = "auto",
                   .connect_timeout_s = 5},
        .helo = "iecd.example",
        .idle_s = 30,
    };
    r->sender = smtp_sender_new(&config, on_done, on_health, r);
}

static void run_clear(Run *r)
{
    smtp_sender_free(r->sender);
    fake_server_free(r->server);
    g_string_free(r->bodies, TRUE);
    g_free(r->answer);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void test_many_on_one(void)
{
    g_auto(Run) r = {.script = {.name = "many"}};
    run_init(&r, NULL, NULL);
    r.more = 4;
    give(&r, "ada@example.org");
    wait_done(&r);
    g_assert_cmpuint(r.outcomes, ==, 5);
    g_assert_cmpint(r.outcome, ==, SMTP_SENT);
    g_assert_cmpstr(r.answer, ==, "250 taken");
    g_assert_cmpuint(r.server->connections, ==, 1);
    g_assert_cmpuint(r.healthy, ==, 1);
    g_assert_true(g_str_has_prefix(r.bodies->str, "Subject: a\n\n..dot\n|Subject: a\n"));
}

static const Script SCRIPTS[] = {
    {"mail-later", "451 later\r\n", NULL, NULL, NULL, 0, SMTP_LATER, "451 later", 1},
    {"mail-refused", "550 no\r\n", NULL, NULL, NULL, 0, SMTP_OUR_FAULT, "550 no", 1},
    {"rcpt-refused", NULL, "550 nobody\r\n", NULL, NULL, 0, SMTP_REFUSED, "550 nobody", 1},
    {"dot-refused", NULL, NULL, NULL, "554 content\r\n", 0, SMTP_REFUSED, "554 content", 1},
    {"dot-later", NULL, NULL, NULL, "451 disk\r\n", 0, SMTP_LATER, "451 disk", 1},
    {"gone-at-mail", "", NULL, NULL, NULL, 0, SMTP_NOT_SENT, NULL, 1},
    {"gone-at-rcpt", NULL, "", NULL, NULL, 0, SMTP_NOT_SENT, NULL, 1},
    {"gone-at-data", NULL, NULL, "", NULL, 0, SMTP_NOT_SENT, NULL, 1},
    {"gone-after-dot", NULL, NULL, NULL, "", 0, SMTP_UNKNOWN, NULL, 1},
    {"closing-at-rcpt", NULL, "421 bye\r\n", NULL, NULL, 0, SMTP_NOT_SENT, "421 bye", 1},
    {"closing-at-dot", NULL, NULL, NULL, "421 bye\r\n", 0, SMTP_LATER, "421 bye", 1},
    {"nonsense-at-rcpt", NULL, "what\r\n", NULL, NULL, 0, SMTP_NOT_SENT, "no reply", 1},
    {"nonsense-at-dot", NULL, NULL, NULL, "what\r\n", 0, SMTP_UNKNOWN, "no reply", 1},
};

static void test_scripts(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(SCRIPTS); n++) {
        g_auto(Run) r = {.script = SCRIPTS[n]};
        run_init(&r, NULL, NULL);
        give(&r, "ada@example.org");
        wait_done(&r);
        bool said = !SCRIPTS[n].answer || g_str_has_suffix(r.answer, SCRIPTS[n].answer);
        if (r.outcome != SCRIPTS[n].outcome || !said || r.outcomes != 1 ||
            r.server->connections != SCRIPTS[n].connections)
            g_error("case %s: outcome %d, \"%s\", %u connections", SCRIPTS[n].name, r.outcome,
                    r.answer, r.server->connections);
    }
}

/* The same on the second mail of a connection: what failed before MAIL was taken is done over. */
static const Script KEPT[] = {
    {"kept-gone-at-mail", "", NULL, NULL, NULL, 2, SMTP_SENT, "250 taken", 2},
    {"kept-closing-at-mail", "421 idle\r\n", NULL, NULL, NULL, 2, SMTP_SENT, "250 taken", 2},
    {"kept-gone-at-rcpt", NULL, "", NULL, NULL, 2, SMTP_NOT_SENT, NULL, 1},
    {"kept-gone-after-dot", NULL, NULL, NULL, "", 2, SMTP_UNKNOWN, NULL, 1},
    {"kept-later-at-mail", "451 later\r\n", NULL, NULL, NULL, 2, SMTP_LATER, "451 later", 1},
};

static void test_kept(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(KEPT); n++) {
        g_auto(Run) r = {.script = KEPT[n]};
        run_init(&r, NULL, NULL);
        give(&r, "ada@example.org");
        wait_done(&r);
        give(&r, "ada@example.org");
        wait_done(&r);
        bool said = !KEPT[n].answer || g_str_has_suffix(r.answer, KEPT[n].answer);
        if (r.outcome != KEPT[n].outcome || !said || r.outcomes != 2 ||
            r.server->connections != KEPT[n].connections)
            g_error("case %s: outcome %d, \"%s\", %u outcomes, %u connections", KEPT[n].name,
                    r.outcome, r.answer, r.outcomes, r.server->connections);
    }
}

/* Once only: a server that hangs up at every MAIL is not asked for ever. */
static void test_kept_gone_twice(void)
{
    g_auto(Run) r = {.script = {.name = "kept-gone-twice"}};
    run_init(&r, NULL, NULL);
    give(&r, "ada@example.org");
    wait_done(&r);
    r.script.mail = "";
    give(&r, "ada@example.org");
    wait_done(&r);
    g_assert_cmpint(r.outcome, ==, SMTP_NOT_SENT);
    g_assert_cmpuint(r.server->connections, ==, 2);
}

/* Closed while nothing was under way: no word of it, and the next mail connects. */
static void test_closed_when_idle(void)
{
    g_auto(Run) r = {.script = {.name = "closed-when-idle"}, .hang_up_after_dot = true};
    run_init(&r, NULL, NULL);
    give(&r, "ada@example.org");
    wait_done(&r);
    g_assert_cmpint(r.outcome, ==, SMTP_SENT);
    for (int n = 0; n < 20; n++)
        g_main_context_iteration(NULL, FALSE);
    give(&r, "ada@example.org");
    wait_done(&r);
    g_assert_cmpint(r.outcome, ==, SMTP_SENT);
    g_assert_cmpuint(r.outcomes, ==, 2);
    g_assert_cmpuint(r.server->connections, ==, 2);
}

/* More than was asked for, in the same breath as the answer: sent all the same, not sent twice. */
static void test_extra_reply(void)
{
    static const char *const EXTRA[] = {"250 again\r\n", "nonsense\r\n", "421 bye\r\n", "25"};
    for (unsigned n = 0; n < G_N_ELEMENTS(EXTRA); n++) {
        g_auto(Run) r = {.script = {.name = "extra"}, .extra = EXTRA[n]};
        run_init(&r, NULL, NULL);
        give(&r, "ada@example.org");
        wait_done(&r);
        g_assert_cmpint(r.outcome, ==, SMTP_SENT);
        r.extra = NULL;
        give(&r, "ada@example.org");
        wait_done(&r);
        g_assert_cmpint(r.outcome, ==, SMTP_SENT);
        g_assert_cmpuint(r.outcomes, ==, 2);
    }
}

static void test_refused_here(void)
{
    g_auto(Run) r = {.script = {.name = "refused-here"}};
    run_init(&r, NULL, NULL);
    give(&r, "x>\r\nRCPT TO:<v@example.net>\r\n@example.org");
    g_assert_cmpuint(r.outcomes, ==, 0); /* from the loop, never from within send */
    wait_done(&r);
    g_assert_cmpint(r.outcome, ==, SMTP_REFUSED);
    g_assert_cmpuint(r.server->connections, ==, 0);
}

static void test_nobody_there(void)
{
    g_auto(Run) r = {.script = {.name = "nobody-there"}};
    run_init(&r, NULL, NULL);
    g_socket_listener_close(r.server->listener);
    give(&r, "ada@example.org");
    wait_done(&r);
    g_assert_cmpint(r.outcome, ==, SMTP_NOT_SENT);
    g_assert_cmpuint(r.unhealthy, ==, 1);
    g_assert_cmpint(r.error_code, ==, WIRE_ERROR_CONNECT);
}

static void test_login_refused(void)
{
    g_autofree char *secret = NULL;
    int fd = g_file_open_tmp("secret-XXXXXX", &secret, NULL);
    g_assert_true(g_file_set_contents(secret, "word\n", -1, NULL));
    close(fd);
    {
        g_auto(Run) r = {.script = {.name = "login-refused"}};
        run_init(&r, "iec", secret);
        give(&r, "ada@example.org");
        wait_done(&r);
        g_assert_cmpint(r.outcome, ==, SMTP_OUR_FAULT);
        g_assert_cmpint(r.error_code, ==, WIRE_ERROR_LOGIN);
        g_assert_null(strstr(r.answer, "word"));
    }
    g_unlink(secret);
}

static gboolean on_look(gpointer user)
{
    Run *r = user;
    r->finished = r->quit;
    return r->quit ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void test_quits_when_idle(void)
{
    g_auto(Run) r = {.script = {.name = "idle"}};
    run_init(&r, NULL, NULL);
    smtp_sender_free(r.sender);
    const SmtpSenderConfig config = {.stream = {.protocol = "smtp",
                                                .host = "127.0.0.1",
                                                .port = r.server->port,
                                                .tls = TLS_NONE_LOOPBACK,
                                                .auth = "auto",
                                                .connect_timeout_s = 5},
                                     .helo = "iecd.example",
                                     .idle_s = 1};
    r.sender = smtp_sender_new(&config, on_done, on_health, &r);
    give(&r, "ada@example.org");
    wait_done(&r);
    g_assert_false(r.quit);
    g_timeout_add(10, on_look, &r);
    wait_done(&r); /* two seconds at most */
    g_assert_true(r.quit);
    g_assert_cmpuint(r.unhealthy, ==, 0);
}

static void test_freed_under_way(void)
{
    g_auto(Run) r = {.script = {.name = "freed"}};
    run_init(&r, NULL, NULL);
    give(&r, "ada@example.org");
    while (r.mails == 0)
        g_main_context_iteration(NULL, TRUE);
    gint64 begin = g_get_monotonic_time();
    g_clear_pointer(&r.sender, smtp_sender_free);
    g_assert_cmpint(g_get_monotonic_time() - begin, <, 100000);
    g_assert_cmpuint(r.outcomes, ==, 0);
}

static void test_freed_before_refusal(void)
{
    g_auto(Run) r = {.script = {.name = "freed-before-refusal"}};
    run_init(&r, NULL, NULL);
    give(&r, "nobody");
    g_clear_pointer(&r.sender, smtp_sender_free);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(r.outcomes, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp_sender/many-on-one", test_many_on_one);
    g_test_add_func("/smtp_sender/scripts", test_scripts);
    g_test_add_func("/smtp_sender/kept", test_kept);
    g_test_add_func("/smtp_sender/kept-gone-twice", test_kept_gone_twice);
    g_test_add_func("/smtp_sender/closed-when-idle", test_closed_when_idle);
    g_test_add_func("/smtp_sender/extra-reply", test_extra_reply);
    g_test_add_func("/smtp_sender/refused-here", test_refused_here);
    g_test_add_func("/smtp_sender/nobody-there", test_nobody_there);
    g_test_add_func("/smtp_sender/login-refused", test_login_refused);
    g_test_add_func("/smtp_sender/quits-when-idle", test_quits_when_idle);
    g_test_add_func("/smtp_sender/freed-under-way", test_freed_under_way);
    g_test_add_func("/smtp_sender/freed-before-refusal", test_freed_before_refusal);
    return g_test_run();
}
