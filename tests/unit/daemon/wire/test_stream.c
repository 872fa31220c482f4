#include "daemon/wire/stream.h"
#include "tests/unit/daemon/wire/fake_server.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define GREETING "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n"

typedef struct Seen {
    bool open, closed, failed, drained, stop_at_data, free_at_open;
    size_t bytes;
    unsigned events;
    GByteArray *in;
    Stream *stream;
    bool any; /* open, closed or failed */
} Seen;

static void on_event(Stream *s, StreamEvent event, void *user)
{
    Seen *seen = user;
    seen->events++;
    switch (event) {
    case STREAM_OPEN:
        seen->open = seen->any = true;
        if (seen->free_at_open)
            g_clear_pointer(&seen->stream, stream_free);
        break;
    case STREAM_DATA:
        if (!seen->stop_at_data)
            seen->bytes += stream_take(s, seen->in);
        break;
    case STREAM_DRAINED:
        seen->drained = true;
        break;
    case STREAM_CLOSED:
        seen->closed = seen->any = true;
        break;
    case STREAM_FAILED:
        seen->failed = seen->any = true;
        break;
    }
}

static char *secret_file;

static StreamConfig config_for(const FakeServer *f)
{
    return (StreamConfig){.protocol = "imap",
                          .host = "127.0.0.1",
                          .port = f ? f->port : 1,
                          .tls = TLS_NONE_LOOPBACK,
                          .user = "iec@example.org",
                          .secret_file = secret_file,
                          .auth = "auto",
                          .connect_timeout_s = 2};
}

/* Says OK to any command; a line may say more by f->user. */
static void say_ok(FakeServer *f, const char *line)
{
    g_autofree char *tag = g_strndup(line, strcspn(line, " "));
    g_autofree char *reply = NULL;
    if (strstr(line, "CAPABILITY"))
        reply = g_strdup_printf("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n%s OK\r\n", tag);
    else
        reply = g_strdup_printf("%s OK done\r\n", tag);
    fake_send(f, reply);
}

static Seen *open_stream(const StreamConfig *config)
{
    Seen *seen = g_new0(Seen, 1);
    seen->in = g_byte_array_new();
    seen->stream = stream_new(config, on_event, seen);
    stream_open(seen->stream);
    return seen;
}

static void seen_free(Seen *seen)
{
    stream_free(seen->stream);
    g_byte_array_unref(seen->in);
    g_free(seen);
}

static void test_login_and_bytes(void)
{
    FakeServer *f = fake_server_new(GREETING, say_ok);
    StreamConfig config = config_for(f);
    Seen *seen = open_stream(&config);
    g_assert_true(fake_run_until(&seen->any));
    g_assert_true(seen->open);
    stream_send(seen->stream, "x1 NO", 5);
    stream_send(seen->stream, "OP\r\n", 4);
    g_assert_true(fake_run_until(&seen->drained));
    g_assert_cmpuint(stream_unsent(seen->stream), ==, 0);
    while (seen->bytes < 12)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpmem(seen->in->data, seen->in->len, "x1 OK done\r\n", 12);
    fake_hang_up(f);
    g_assert_true(fake_run_until(&seen->closed));
    seen_free(seen);
    fake_server_free(f);
}

static void refuse(FakeServer *f, const char *line)
{
    if (strstr(line, "CAPABILITY")) {
        say_ok(f, line);
        return;
    }
    g_autofree char *tag = g_strndup(line, strcspn(line, " "));
    g_autofree char *reply = g_strdup_printf("%s %s\r\n", tag, (const char *)f->user);
    fake_send(f, reply);
}

static void test_refusals(void)
{
    static const struct {
        const char *name, *said;
        int code;
    } CASES[] = {
        {"wrong password", "NO [AUTHENTICATIONFAILED] no", WIRE_ERROR_LOGIN},
        {"expired", "NO [EXPIRED] password expired", WIRE_ERROR_LOGIN},
        {"unavailable", "NO [UNAVAILABLE] later", WIRE_ERROR_BUSY},
        {"in use", "NO [INUSE] locked", WIRE_ERROR_BUSY},
        {"throttled", "BAD Request is throttled. Suggested Backoff Time: 178755 milliseconds",
         WIRE_ERROR_BUSY},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        FakeServer *f = fake_server_new(GREETING, refuse);
        f->user = (void *)CASES[n].said;
        StreamConfig config = config_for(f);
        Seen *seen = open_stream(&config);
        if (!fake_run_until(&seen->any) || !seen->failed)
            g_error("%s: did not fail", CASES[n].name);
        const GError *error = stream_error(seen->stream);
        if (error->code != CASES[n].code)
            g_error("%s: code %d: %s", CASES[n].name, error->code, error->message);
        if (!strstr(error->message, CASES[n].said))
            g_error("%s: server's words missing: %s", CASES[n].name, error->message);
        if (strstr(error->message, "hunter2"))
            g_error("%s: the secret is told: %s", CASES[n].name, error->message);
        seen_free(seen);
        fake_server_free(f);
    }
}

static int code_after(const StreamConfig *config)
{
    Seen *seen = open_stream(config);
    g_assert_cmpuint(seen->events, ==, 0); /* never from within stream_open */
    g_assert_true(fake_run_until(&seen->any));
    g_assert_true(seen->failed);
    int code = stream_error(seen->stream)->code;
    seen_free(seen);
    return code;
}

static void test_not_reached(void)
{
    StreamConfig config = config_for(NULL);
    g_assert_cmpint(code_after(&config), ==, WIRE_ERROR_CONNECT);
    FakeServer *f = fake_server_new("* BYE too many\r\n", NULL);
    config = config_for(f);
    g_assert_cmpint(code_after(&config), ==, WIRE_ERROR_CONNECT);
    fake_server_free(f);
    f = fake_server_new(GREETING, say_ok);
    config = config_for(f);
    config.tls = TLS_STARTTLS; /* not offered: never in clear */
    g_assert_cmpint(code_after(&config), ==, WIRE_ERROR_TLS);
    fake_server_free(f);
}

static void test_clear_text_stays_here(void)
{
    static const char *const FAR[] = {
        "192.0.2.1", "mail.example.org",      "128.0.0.1",
        "::2",       "localhost.example.org", "127.0.0.1.example.org"};
    for (size_t n = 0; n < G_N_ELEMENTS(FAR); n++) {
        StreamConfig config = config_for(NULL);
        config.host = FAR[n];
        if (code_after(&config) != WIRE_ERROR_TLS)
            g_error("%s: spoken to in clear", FAR[n]);
    }
}

static void test_bad_secret(void)
{
    StreamConfig config = config_for(NULL);
    config.secret_file = "/nonexistent/secret";
    g_assert_cmpint(code_after(&config), ==, WIRE_ERROR_LOGIN);
    config.secret_file = TEST_ROOT "/Makefile"; /* many lines */
    g_assert_cmpint(code_after(&config), ==, WIRE_ERROR_LOGIN);
    config = config_for(NULL);
    config.auth = "magic";
    g_assert_cmpint(code_after(&config), ==, WIRE_ERROR_LOGIN);
}

static void note_login(FakeServer *f, const char *line)
{
    g_autofree char *tag = g_strndup(line, strcspn(line, " "));
    if (strstr(line, "CAPABILITY")) {
        fake_send(f,
                  "* CAPABILITY IMAP4rev1 SASL-IR AUTH=GSSAPI AUTH=CRAM-MD5 AUTH=LOGIN AUTH=PLAIN "
                  "AUTH=XOAUTH2 AUTH=OAUTHBEARER\r\n");
        g_autofree char *ok = g_strdup_printf("%s OK\r\n", tag);
        fake_send(f, ok);
        return;
    }
    g_string_append_printf(f->user, "%s", line + strlen(tag));
    fake_hang_up(f);
}

static void test_ways_to_log_in(void)
{
    static const char *const CASES[][2] = {
        {"plain", " AUTHENTICATE PLAIN "},
        {"login", " AUTHENTICATE LOGIN "},
        {"xoauth2", " AUTHENTICATE XOAUTH2 "},
        {"oauthbearer", " AUTHENTICATE OAUTHBEARER "},
        {"auto", " AUTHENTICATE "}, /* PLAIN or LOGIN; never GSSAPI for a name with an @ */
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        FakeServer *f = fake_server_new("* OK ready\r\n", note_login);
        g_autoptr(GString) seen_login = g_string_new("");
        f->user = seen_login;
        StreamConfig config = config_for(f);
        config.auth = CASES[n][0];
        code_after(&config);
        bool right = g_str_has_prefix(seen_login->str, CASES[n][1]);
        if (!right || strstr(seen_login->str, "GSSAPI") || strstr(seen_login->str, "CRAM"))
            g_error("%s: sent%s", CASES[n][0], seen_login->str);
        fake_server_free(f);
    }
}

static double ms_to_free(Seen *seen)
{
    int64_t start = g_get_monotonic_time();
    g_clear_pointer(&seen->stream, stream_free);
    return (double)(g_get_monotonic_time() - start) / 1000;
}

static void mute(FakeServer *f, const char *line)
{
    if (f->lines > GPOINTER_TO_UINT(f->user))
        return;
    say_ok(f, line);
}

/* At each step the server falls silent; leaving must not wait for it. */
static void test_mute_server(void)
{
    for (unsigned answers = 0; answers < 4; answers++) {
        FakeServer *f = fake_server_new(answers ? GREETING : NULL, mute);
        f->user = GUINT_TO_POINTER(answers ? answers - 1 : 0);
        StreamConfig config = config_for(f);
        Seen *seen = open_stream(&config);
        int64_t until = g_get_monotonic_time() + 200000;
        while (g_get_monotonic_time() < until && !seen->open)
            g_main_context_iteration(NULL, FALSE);
        if (answers == 3) { /* logged in, a command under way */
            g_assert_true(seen->open);
            stream_send(seen->stream, "z NOOP\r\n", 8);
        }
        double ms = ms_to_free(seen);
        if (ms > 100)
            g_error("mute after %u answers: freeing took %.0f ms", answers, ms);
        seen_free(seen);
        fake_server_free(f);
    }
    FakeServer *f = fake_server_new(NULL, NULL); /* mute in the TLS handshake */
    StreamConfig config = config_for(f);
    config.tls = TLS_IMPLICIT;
    config.host = "localhost";
    Seen *seen = open_stream(&config);
    while (f->connections == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpfloat(ms_to_free(seen), <, 100);
    seen_free(seen);
    fake_server_free(f);
}

static void test_silence(void)
{
    FakeServer *f = fake_server_new(GREETING, say_ok);
    StreamConfig config = config_for(f);
    Seen *seen = open_stream(&config);
    g_assert_true(fake_run_until(&seen->open));
    stream_set_timeout(seen->stream, 1);
    g_assert_true(fake_run_until(&seen->failed));
    g_assert_error(stream_error(seen->stream), WIRE_ERROR, WIRE_ERROR_CONNECT);
    seen_free(seen);
    fake_server_free(f);
}

static void test_login_times_out(void)
{
    FakeServer *f = fake_server_new(NULL, NULL);
    StreamConfig config = config_for(f);
    config.connect_timeout_s = 1;
    g_assert_cmpint(code_after(&config), ==, WIRE_ERROR_CONNECT);
    fake_server_free(f);
}

static void test_free_in_event(void)
{
    FakeServer *f = fake_server_new(GREETING, say_ok);
    StreamConfig config = config_for(f);
    Seen *seen = open_stream(&config);
    seen->free_at_open = true;
    g_assert_true(fake_run_until(&seen->open));
    g_assert_null(seen->stream);
    for (int n = 0; n < 50; n++)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpuint(seen->events, ==, 1);
    seen_free(seen);
    fake_server_free(f);
}

static gpointer flood(gpointer user)
{
    FakeServer *f = user;
    char block[65536];
    memset(block, 'x', sizeof block);
    for (int n = 0; n < 400; n++) /* 25 MiB */
        fake_send_bytes(f, block, sizeof block);
    return NULL;
}

/* A peer that never stops fills no memory: reading waits at the high-water mark, then goes on. */
static void test_high_water(void)
{
    FakeServer *f = fake_server_new(GREETING, say_ok);
    StreamConfig config = config_for(f);
    Seen *seen = open_stream(&config);
    g_assert_true(fake_run_until(&seen->open));
    seen->stop_at_data = true;
    GThread *thread = g_thread_new("flood", flood, f);
    int64_t until = g_get_monotonic_time() + 300000;
    while (g_get_monotonic_time() < until)
        g_main_context_iteration(NULL, FALSE);
    g_autoptr(GByteArray) held = g_byte_array_new();
    size_t waiting = stream_take(seen->stream, held);
    g_assert_cmpuint(waiting, >=, STREAM_HIGH_WATER);
    g_assert_cmpuint(waiting, <=, STREAM_HIGH_WATER + 65536);
    seen->stop_at_data = false;
    size_t all = (size_t)400 * 65536;
    while (seen->bytes + waiting < all)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(seen->bytes + waiting, ==, all);
    g_thread_join(thread);
    seen_free(seen);
    fake_server_free(f);
}

/* Nothing may be inherited by a reader started meanwhile. */
static void test_close_on_exec(void)
{
    FakeServer *f = fake_server_new(GREETING, say_ok);
    StreamConfig config = config_for(f);
    Seen *seen = open_stream(&config);
    g_assert_true(fake_run_until(&seen->open));
    g_autoptr(GDir) folder = g_dir_open("/proc/self/fd", 0, NULL);
    for (const char *name; (name = g_dir_read_name(folder));) {
        int fd = atoi(name), flags = fcntl(fd, F_GETFD);
        if (fd > 2 && flags >= 0 && !(flags & FD_CLOEXEC))
            g_error("descriptor %d outlives exec", fd);
    }
    seen_free(seen);
    fake_server_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    int fd = g_file_open_tmp("iecd-secret-XXXXXX", &secret_file, NULL);
    g_assert_true(fd >= 0 && write(fd, "hunter2\n", 8) == 8);
    close(fd);
    g_test_add_func("/stream/login-and-bytes", test_login_and_bytes);
    g_test_add_func("/stream/refusals", test_refusals);
    g_test_add_func("/stream/not-reached", test_not_reached);
    g_test_add_func("/stream/clear-text-stays-here", test_clear_text_stays_here);
    g_test_add_func("/stream/bad-secret", test_bad_secret);
    g_test_add_func("/stream/ways-to-log-in", test_ways_to_log_in);
    g_test_add_func("/stream/mute-server", test_mute_server);
    g_test_add_func("/stream/silence", test_silence);
    g_test_add_func("/stream/login-times-out", test_login_times_out);
    g_test_add_func("/stream/free-in-event", test_free_in_event);
    g_test_add_func("/stream/high-water", test_high_water);
    g_test_add_func("/stream/close-on-exec", test_close_on_exec);
    int status = g_test_run();
    g_unlink(secret_file);
    return status;
}
