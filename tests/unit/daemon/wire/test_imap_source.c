#include "daemon/wire/imap_source.h"
#include "tests/unit/daemon/wire/fake_server.h"
#include <glib/gstdio.h>
#include <unistd.h>

/* A mailbox of `count` messages "message N" that speaks enough IMAP; it can misbehave. */
typedef struct Mailbox {
    FakeServer *server;
    unsigned count;
    uint32_t uidvalidity;
    const char *login;   /* answer to the login instead of OK */
    unsigned cut_bodies; /* connections to drop in the middle of a body */
    GString *commands;   /* names, without tags */
    char *idle_tag;
    bool idle, moved;
} Mailbox;

static void send_line(Mailbox *m, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void send_line(Mailbox *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    fake_send(m->server, line);
    fake_send(m->server, "\r\n");
}

static bool in_set(const char *set, unsigned uid, unsigned count)
{
    g_auto(GStrv) parts = g_strsplit(set, ",", -1);
    for (char **part = parts; *part; part++) {
        char *end;
        unsigned long first = strtoul(*part, &end, 10), last = first;
        if (*end == ':')
            last = end[1] == '*' ? count : strtoul(end + 1, NULL, 10);
        if (uid >= MIN(first, last) && uid <= MAX(first, last))
            return true;
    }
    return false;
}

static void fetch(Mailbox *m, const char *set, bool bodies)
{
    for (unsigned uid = 1; uid <= m->count; uid++) {
        g_autofree char *text = g_strdup_printf("Subject: %u\r\n\r\nmessage\r\n", uid);
        if (!in_set(set, uid, m->count))
            continue;
        if (!bodies) {
            send_line(m, "* %u FETCH (UID %u RFC822.SIZE %zu)", uid, uid, strlen(text));
        } else if (m->cut_bodies) {
            m->cut_bodies--;
            send_line(m, "* %u FETCH (UID %u BODY[] {%zu}\r\nSubj", uid, uid, strlen(text));
            fake_hang_up(m->server);
            return;
        } else {
            send_line(m,
                      "* %u FETCH (UID %u INTERNALDATE \"17-Jul-2026 02:44:25 +0000\" RFC822.SIZE "
                      "%zu BODY[] {%zu}\r\n%s)",
                      uid, uid, strlen(text), strlen(text), text);
        }
    }
}

static void select_answer(Mailbox *m)
{
    send_line(m, "* %u EXISTS", m->count);
    send_line(m, "* OK [UIDVALIDITY %u] x", m->uidvalidity);
    send_line(m, "* OK [UIDNEXT %u] x", m->count + 1);
}

static void answer(FakeServer *f, const char *line)
{
    Mailbox *m = f->user;
    if (!strcmp(line, "DONE")) {
        send_line(m, "%s OK", m->idle_tag);
        m->idle = false;
        return;
    }
    g_auto(GStrv) words = g_strsplit(line, " ", 6);
    const char *tag = words[0], *said = "OK done";
    bool uid = !strcmp(words[1], "UID");
    const char *verb = words[uid ? 2 : 1];
    g_string_append_printf(m->commands, "%s%s", m->commands->len ? " " : "", verb);
    if (!strcmp(verb, "CAPABILITY")) {
        send_line(m, "* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN SASL-IR");
    } else if (!strcmp(verb, "AUTHENTICATE")) {
        said = m->login ? m->login : said;
    } else if (!strcmp(verb, "SELECT")) {
        select_answer(m);
    } else if (!strcmp(verb, "FETCH")) {
        fetch(m, words[3], strstr(line, "BODY.PEEK[]") != NULL);
    } else if (!strcmp(verb, "MOVE")) {
        m->moved = true;
    } else if (!strcmp(verb, "IDLE")) {
        g_free(m->idle_tag);
        m->idle_tag = g_strdup(tag);
        m->idle = true;
        send_line(m, "+ idling");
        return;
    }
    if (!g_io_stream_is_closed(G_IO_STREAM(f->client)))
        send_line(m, "%s %s", tag, said);
}

/* ---- the flow's part */

typedef struct Flow {
    Mailbox mailbox;
    MailSource *source;
    GString *taken; /* "uid=length" */
    GString *told;
    GString *errors; /* codes of health */
    uint32_t highest;
    bool close_in_batch, stop, late; /* late: answers are not given from within the call */
    bool idle, closed, failed, waiting;
} Flow;

static bool on_progress(MailSource *s, uint32_t uidvalidity, uint32_t *uid, void *user)
{
    Flow *f = user;
    *uid = f->highest;
    g_assert_cmpuint(uidvalidity, ==, f->mailbox.uidvalidity);
    if (f->stop)
        f->closed = true;
    return !f->stop;
}

static GArray *on_untold(MailSource *s, uint32_t uidvalidity, void *user)
{
    return NULL;
}

static void on_batch(MailSource *s, GPtrArray *messages, void *user)
{
    Flow *f = user;
    g_autoptr(GPtrArray) owned = messages;
    for (unsigned n = 0; n < messages->len; n++) {
        const SourceMessage *m = messages->pdata[n];
        g_assert_cmpint(m->received_at, ==, 1784256265);
        g_string_append_printf(f->taken, "%s%u=%zu", f->taken->len ? " " : "", m->uid,
                               g_bytes_get_size(m->bytes));
        f->highest = m->uid;
    }
    if (f->close_in_batch) {
        g_clear_pointer(&f->source, mail_source_close);
        f->closed = true;
        return;
    }
    f->waiting = f->late;
    if (!f->late)
        mail_source_taken(s, true);
}

static void on_told(MailSource *s, uint32_t uidvalidity, const uint32_t *uids, unsigned n,
                    void *user)
{
    Flow *f = user;
    for (unsigned k = 0; k < n; k++)
        g_string_append_printf(f->told, "%s%u", f->told->len ? " " : "", uids[k]);
}

static void on_health(MailSource *s, const char *words, const GError *error, void *user)
{
    Flow *f = user;
    f->idle = !error && !strcmp(words, "idle");
    f->failed = f->failed || error;
    if (error)
        g_string_append_printf(f->errors, "%s%d", f->errors->len ? " " : "", error->code);
}

static const SourceCalls CALLS = {.progress = on_progress,
                                  .untold = on_untold,
                                  .batch = on_batch,
                                  .told = on_told,
                                  .health = on_health};

static char *secret_file;

static Flow *flow_new(unsigned count)
{
    Flow *f = g_new0(Flow, 1);
    f->taken = g_string_new("");
    f->told = g_string_new("");
    f->errors = g_string_new("");
    f->mailbox.count = count;
    f->mailbox.uidvalidity = 5;
    f->mailbox.commands = g_string_new("");
    f->mailbox.server = fake_server_new("* OK ready\r\n", answer);
    f->mailbox.server->user = &f->mailbox;
    return f;
}

static void flow_open(Flow *f)
{
    ImapSourceConfig config = {
        .name = "mail",
        .stream = {.protocol = "imap",
                   .host = "127.0.0.1",
                   .port = f->mailbox.server->port,
                   .tls = TLS_NONE_LOOPBACK,
                   .user = "iec",
                   .secret_file = secret_file,
                   .auth = "plain",
                   .connect_timeout_s = 5},
        .mailbox = "INBOX",
        .after = AFTER_MOVE,
        .move_to = "Done",
        .poll_s = 1,
        .use_idle = true,
        .max_message = 1 << 20,
        .batch_count = 2,
        .batch_bytes = 1 << 20,
    };
    f->source = imap_source_open(&config, &CALLS, f);
}

static void flow_free(Flow *f)
{
    mail_source_close(f->source);
    fake_server_free(f->mailbox.server);
    g_string_free(f->taken, TRUE);
    g_string_free(f->told, TRUE);
    g_string_free(f->errors, TRUE);
    g_string_free(f->mailbox.commands, TRUE);
    g_free(f->mailbox.idle_tag);
    g_free(f);
}

static void test_reads_and_moves(void)
{
    Flow *f = flow_new(3);
    flow_open(f);
    g_assert_true(fake_run_until(&f->idle));
    g_assert_cmpstr(f->taken->str, ==, "1=23 2=23 3=23");
    g_assert_cmpstr(f->told->str, ==, "1 2 3");
    g_assert_cmpstr(f->errors->str, ==, "");
    flow_free(f);
}

/* From the server's EXISTS to the flow. */
static void test_new_mail(void)
{
    Flow *f = flow_new(0);
    flow_open(f);
    g_assert_true(fake_run_until(&f->mailbox.idle));
    f->mailbox.count = 1;
    int64_t start = g_get_monotonic_time();
    fake_send(f->mailbox.server, "* 1 EXISTS\r\n");
    while (f->taken->len == 0)
        g_main_context_iteration(NULL, TRUE);
    double ms = (double)(g_get_monotonic_time() - start) / 1000;
    g_test_message("EXISTS to batch: %.2f ms", ms);
    g_assert_cmpfloat(ms, <, 1000);
    g_assert_true(fake_run_until(&f->mailbox.moved));
    g_assert_cmpstr(f->taken->str, ==, "1=23");
    flow_free(f);
}

/* Dropped in the middle of a body: connected again, and each message comes whole and once. */
static void test_dropped_in_a_body(void)
{
    Flow *f = flow_new(3);
    f->mailbox.cut_bodies = 1;
    flow_open(f);
    g_assert_true(fake_run_until(&f->idle));
    g_assert_cmpuint(f->mailbox.server->connections, ==, 2);
    g_assert_cmpstr(f->taken->str, ==, "1=23 2=23 3=23");
    g_autofree char *expected = g_strdup_printf("%d", WIRE_ERROR_CONNECT);
    g_assert_cmpstr(f->errors->str, ==, expected);
    flow_free(f);
}

/* Refused credentials and a server that asks for time: not again after the usual second. */
static void test_told_to_wait(void)
{
    static const char *const SAID[] = {
        "NO [AUTHENTICATIONFAILED] no",
        "BAD Request is throttled. Suggested Backoff Time: 178755 milliseconds",
        "BAD User is authenticated but not connected.",
    };
    Flow *flows[G_N_ELEMENTS(SAID)];
    for (size_t n = 0; n < G_N_ELEMENTS(SAID); n++) {
        flows[n] = flow_new(1);
        flows[n]->mailbox.login = SAID[n];
        flow_open(flows[n]);
        g_assert_true(fake_run_until(&flows[n]->failed));
    }
    int64_t until = g_get_monotonic_time() + 2300000; /* others' first pause is 1 s, 2 at most */
    while (g_get_monotonic_time() < until)
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(1000);
    for (size_t n = 0; n < G_N_ELEMENTS(SAID); n++) {
        if (flows[n]->mailbox.server->connections != 1)
            g_error("%s: connected again at once", SAID[n]);
        flow_free(flows[n]);
    }
}

static void test_close_in_batch(void)
{
    Flow *f = flow_new(5);
    f->close_in_batch = true;
    flow_open(f);
    g_assert_true(fake_run_until(&f->closed));
    g_assert_cmpstr(f->taken->str, ==, "1=23 2=23");
    for (int n = 0; n < 50; n++)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpstr(f->taken->str, ==, "1=23 2=23");
    flow_free(f);
}

static void test_flow_stops_it(void)
{
    Flow *f = flow_new(5);
    f->stop = true;
    flow_open(f);
    g_assert_true(fake_run_until(&f->closed));
    for (int n = 0; n < 50; n++)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpstr(f->taken->str, ==, "");
    g_assert_null(strstr(f->mailbox.commands->str, "FETCH"));
    flow_free(f);
}

/* The flow answers later: the next batch waits, and nothing is moved before. */
static void test_late_answer(void)
{
    Flow *f = flow_new(4);
    f->late = true;
    flow_open(f);
    g_assert_true(fake_run_until(&f->waiting));
    g_assert_true(fake_run_until(&f->mailbox.idle));
    g_assert_cmpstr(f->taken->str, ==, "1=23 2=23");
    g_assert_false(f->mailbox.moved);
    f->late = false;
    mail_source_taken(f->source, true);
    g_assert_cmpstr(f->taken->str, ==, "1=23 2=23 3=23 4=23");
    while (strcmp(f->told->str, "1 2 3 4"))
        g_main_context_iteration(NULL, TRUE);
    flow_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    int fd = g_file_open_tmp("iecd-secret-XXXXXX", &secret_file, NULL);
    g_assert_true(fd >= 0 && write(fd, "hunter2\n", 8) == 8);
    close(fd);
    g_test_add_func("/imap_source/reads-and-moves", test_reads_and_moves);
    g_test_add_func("/imap_source/new-mail", test_new_mail);
    g_test_add_func("/imap_source/dropped-in-a-body", test_dropped_in_a_body);
    g_test_add_func("/imap_source/told-to-wait", test_told_to_wait);
    g_test_add_func("/imap_source/close-in-batch", test_close_in_batch);
    g_test_add_func("/imap_source/flow-stops-it", test_flow_stops_it);
    g_test_add_func("/imap_source/late-answer", test_late_answer);
    int status = g_test_run();
    g_unlink(secret_file);
    g_free(secret_file);
    return status;
}
