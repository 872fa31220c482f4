#include "daemon/wire/stream.h"
#include "daemon/base/clock.h"
#include "daemon/wire/stream_login.h"
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One turn of the loop reads at most this much before the session sees it. */
#define READ_TURN (512u << 10)
/* OpenSSL wants the same bytes again after "try later" (libcurl 7.88.1 does not set
 * SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), so bytes leave in pieces that never move: a TLS record. */
#define SEND_PIECE 16384u

typedef enum State { NEW, CONNECTING, RUNNING, ENDED } State;

struct Stream {
    unsigned refs; /* the owner's, and one for each call into the owner */
    State state;
    StreamLogin *login;
    StreamFunc event;
    void *user;
    GError *error;
    CURLM *multi;
    CURL *easy;
    int fd;
    GSource *curl_timer, *readable, *writable, *soon, *silence;
    bool full;      /* reading pauses until stream_take */
    bool read_more; /* TLS may hold bytes that poll does not see */
    bool drained;   /* to be told */
    bool closed;    /* the peer's end has been read */
    GByteArray *in;
    GByteArray *queued, *leaving; /* `leaving` never grows, so it never moves */
    size_t left;                  /* of `leaving`, already gone */
    unsigned silence_s;
    int64_t heard_us;
};

static void drop_source(GSource **source)
{
    if (!*source)
        return;
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static GSource *attach(GSource *source, GSourceFunc call, Stream *s)
{
    g_source_set_callback(source, call, s, NULL);
    g_source_attach(source, NULL);
    return source;
}

/* ---- life */

static void disconnect(Stream *s)
{
    drop_source(&s->curl_timer);
    drop_source(&s->readable);
    drop_source(&s->writable);
    drop_source(&s->soon);
    drop_source(&s->silence);
    if (!s->multi)
        return;
    /* Without LOGOUT or QUIT: libcurl takes a CONNECT_ONLY connection for dead when its handle
     * leaves the multi. Should a version of it still speak, a shut socket cannot make it wait. */
    if (s->fd >= 0)
        shutdown(s->fd, SHUT_RDWR);
    s->fd = -1;
    curl_multi_remove_handle(s->multi, s->easy);
    curl_easy_cleanup(s->easy);
    curl_multi_cleanup(s->multi);
    s->easy = NULL;
    s->multi = NULL;
}

static void unref(Stream *s)
{
    if (--s->refs)
        return;
    stream_login_free(s->login);
    g_clear_error(&s->error);
    g_byte_array_unref(s->in);
    g_byte_array_unref(s->queued);
    g_byte_array_unref(s->leaving);
    g_free(s);
}

/* May free the stream's owner's hold on it; callers hold their own. */
static void tell(Stream *s, StreamEvent event)
{
    if (s->event)
        s->event(s, event, s->user);
}

static void end(Stream *s, StreamEvent event)
{
    if (s->state == ENDED)
        return;
    s->state = ENDED;
    disconnect(s);
    tell(s, event);
}

static void fail(Stream *s, GError *error)
{
    if (s->state == ENDED) {
        g_error_free(error);
        return;
    }
    s->error = error;
    end(s, STREAM_FAILED);
}

static void on_broken_pipe(void)
{
    /* libcurl with NOSIGNAL leaves SIGPIPE to us, and TLS writes with plain write(). */
    struct sigaction now;
    if (!sigaction(SIGPIPE, NULL, &now) && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

Stream *stream_new(const StreamConfig *config, StreamFunc event, void *user)
{
    on_broken_pipe();
    Stream *s = g_new0(Stream, 1);
    s->refs = 1;
    s->fd = -1;
    s->login = stream_login_new(config);
    s->event = event;
    s->user = user;
    s->in = g_byte_array_new();
    s->queued = g_byte_array_new();
    s->leaving = g_byte_array_new();
    return s;
}

void stream_free(Stream *s)
{
    if (!s)
        return;
    s->event = NULL;
    s->state = ENDED;
    disconnect(s);
    unref(s);
}

const GError *stream_error(const Stream *s)
{
    return s->error;
}

/* ---- bytes */

static gboolean on_soon(void *user);

static void come_back(Stream *s)
{
    if (s->soon)
        return;
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    s->soon = attach(source, on_soon, s);
}

/* Reads until there is nothing more, the turn's share is in, or the owner has enough waiting. */
static CURLcode read_turn(Stream *s, size_t *got)
{
    size_t start = s->in->len;
    CURLcode code = CURLE_OK;
    s->read_more = false;
    while (s->in->len < STREAM_HIGH_WATER) {
        if (s->in->len - start >= READ_TURN) {
            s->read_more = true;
            break;
        }
        size_t n = 0, at = s->in->len;
        g_byte_array_set_size(s->in, at + 65536);
        code = curl_easy_recv(s->easy, s->in->data + at, 65536, &n);
        g_byte_array_set_size(s->in, at + (code == CURLE_OK ? n : 0));
        if (code == CURLE_OK && n == 0)
            s->closed = true;
        if (code != CURLE_OK || s->closed)
            break;
    }
    s->full = s->in->len >= STREAM_HIGH_WATER;
    *got = s->in->len - start;
    return code == CURLE_AGAIN ? CURLE_OK : code;
}

static gboolean on_readable(int fd, GIOCondition condition, void *user);

static void watch_reading(Stream *s)
{
    if (s->full || s->closed) {
        drop_source(&s->readable);
    } else if (!s->readable) {
        GSource *source = g_unix_fd_source_new(s->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
        s->readable = attach(source, G_SOURCE_FUNC(on_readable), s);
    }
}

/* A server that sends a reply in two pieces waits for our acknowledgement of the first (Nagle), and
 * we would hold that back: 40 ms each time, seen with Cyrus. The option does not last. */
static void acknowledge(const Stream *s)
{
    const int on = 1;
    setsockopt(s->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static void take_in(Stream *s)
{
    size_t got = 0;
    CURLcode code = read_turn(s, &got);
    acknowledge(s);
    if (got > 0)
        s->heard_us = clock_monotonic_us();
    watch_reading(s);
    if (s->read_more)
        come_back(s);
    if (got > 0)
        tell(s, STREAM_DATA);
    if (s->state != RUNNING)
        return;
    if (code != CURLE_OK)
        fail(s, stream_login_error(s->login, code, "reading"));
    else if (s->closed && !s->full)
        end(s, STREAM_CLOSED);
}

static gboolean on_readable(int fd, GIOCondition condition, void *user)
{
    Stream *s = user;
    s->refs++;
    take_in(s);
    unref(s);
    return G_SOURCE_CONTINUE; /* of a destroyed source it means nothing */
}

static gboolean on_writable(int fd, GIOCondition condition, void *user);

static void watch_writing(Stream *s, bool wanted)
{
    if (!wanted) {
        drop_source(&s->writable);
    } else if (!s->writable) {
        GSource *source = g_unix_fd_source_new(s->fd, G_IO_OUT | G_IO_HUP | G_IO_ERR);
        s->writable = attach(source, G_SOURCE_FUNC(on_writable), s);
    }
}

static bool next_leaving(Stream *s)
{
    if (s->left < s->leaving->len)
        return true;
    if (s->queued->len == 0)
        return false;
    GByteArray *empty = s->leaving;
    g_byte_array_set_size(empty, 0);
    s->leaving = s->queued;
    s->queued = empty;
    s->left = 0;
    return true;
}

static CURLcode send_out(Stream *s)
{
    CURLcode code = CURLE_OK;
    while (code == CURLE_OK && next_leaving(s)) {
        size_t n = 0, rest = s->leaving->len - s->left;
        code = curl_easy_send(s->easy, s->leaving->data + s->left, MIN(rest, SEND_PIECE), &n);
        if (code == CURLE_OK)
            s->left += n;
    }
    watch_writing(s, code == CURLE_AGAIN);
    return code == CURLE_AGAIN ? CURLE_OK : code;
}

static void give_out(Stream *s)
{
    CURLcode code = send_out(s);
    if (code != CURLE_OK)
        fail(s, stream_login_error(s->login, code, "sending"));
    else if (stream_unsent(s) == 0 && s->drained) {
        s->drained = false;
        tell(s, STREAM_DRAINED);
    }
}

static gboolean on_writable(int fd, GIOCondition condition, void *user)
{
    Stream *s = user;
    s->refs++;
    give_out(s);
    unref(s);
    return G_SOURCE_CONTINUE;
}

/* What could not be said from within a stream_ function, and reading that poll cannot wake. */
static gboolean on_soon(void *user)
{
    Stream *s = user;
    s->refs++;
    drop_source(&s->soon);
    if (s->error && s->state != ENDED)
        end(s, STREAM_FAILED);
    if (s->state == RUNNING && s->drained && !s->writable)
        give_out(s);
    if (s->state == RUNNING && s->closed && !s->full)
        end(s, STREAM_CLOSED);
    if (s->state == RUNNING && s->read_more && !s->full)
        take_in(s);
    unref(s);
    return G_SOURCE_REMOVE;
}

void stream_send(Stream *s, const char *bytes, size_t length)
{
    if (s->state == ENDED || length == 0)
        return;
    g_byte_array_append(s->queued, (const uint8_t *)bytes, (guint)length);
    s->drained = true;
    if (s->state != RUNNING)
        return;
    /* At once where nothing waits before it; errors and "drained" are told from the loop. */
    CURLcode code = s->writable ? CURLE_OK : send_out(s);
    if (code != CURLE_OK && !s->error)
        s->error = stream_login_error(s->login, code, "sending");
    if (!s->writable)
        come_back(s);
}

size_t stream_unsent(const Stream *s)
{
    return s->queued->len + (s->leaving->len - s->left);
}

size_t stream_take(Stream *s, GByteArray *into)
{
    size_t n = s->in->len;
    g_byte_array_append(into, s->in->data, (guint)n);
    g_byte_array_set_size(s->in, 0);
    if (s->full) {
        s->full = false;
        s->heard_us = clock_monotonic_us();
        if (s->state == RUNNING) {
            s->read_more = !s->closed;
            watch_reading(s);
            come_back(s);
        }
    }
    return n;
}

/* ---- silence */

static gboolean on_silence(void *user)
{
    Stream *s = user;
    int64_t now = clock_monotonic_us(), due = s->heard_us + s->silence_s * G_USEC_PER_SEC;
    if (s->full) /* it is we who are not listening */
        due = now + s->silence_s * G_USEC_PER_SEC;
    drop_source(&s->silence);
    if (now < due) {
        int64_t wait_ms = (due - now) / 1000 + 1;
        s->silence = attach(g_timeout_source_new((guint)wait_ms), on_silence, s);
        return G_SOURCE_REMOVE;
    }
    s->refs++;
    fail(s, g_error_new(WIRE_ERROR, WIRE_ERROR_CONNECT, "%s: the server said nothing for %u s",
                        stream_login_name(s->login), s->silence_s));
    unref(s);
    return G_SOURCE_REMOVE;
}

void stream_set_timeout(Stream *s, unsigned seconds)
{
    drop_source(&s->silence);
    s->silence_s = seconds;
    s->heard_us = clock_monotonic_us();
    if (seconds > 0 && s->state == RUNNING)
        s->silence = attach(g_timeout_source_new_seconds(seconds), on_silence, s);
}

/* ---- connecting */

static void connected(Stream *s)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
        fd == CURL_SOCKET_BAD) {
        fail(s, g_error_new(WIRE_ERROR, WIRE_ERROR_CONNECT, "%s: the connection was lost at login",
                            stream_login_name(s->login)));
        return;
    }
    s->fd = fd;
    s->state = RUNNING;
    drop_source(&s->curl_timer);
    s->read_more = true; /* TLS may already hold the server's next words */
    come_back(s);
    watch_reading(s);
    stream_set_timeout(s, s->silence_s);
    tell(s, STREAM_OPEN);
}

static void check_done(Stream *s)
{
    int left = 0;
    for (CURLMsg *m; s->state == CONNECTING && (m = curl_multi_info_read(s->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        if (m->data.result == CURLE_OK)
            connected(s);
        else
            fail(s, stream_login_error(s->login, m->data.result, "connecting"));
    }
}

static void act(Stream *s, curl_socket_t fd, int events)
{
    int running = 0;
    s->refs++;
    CURLMcode code = curl_multi_socket_action(s->multi, fd, events, &running);
    /* libcurl opens its resolver's and wake-up sockets without CLOEXEC. */
    stream_close_on_exec();
    if (code != CURLM_OK)
        fail(s,
             g_error_new(WIRE_ERROR, WIRE_ERROR_FAILED, "libcurl: %s", curl_multi_strerror(code)));
    else
        check_done(s);
    unref(s);
}

static gboolean on_curl_socket(int fd, GIOCondition condition, void *user)
{
    int events = 0;
    if (condition & (G_IO_IN | G_IO_HUP))
        events |= CURL_CSELECT_IN;
    if (condition & G_IO_OUT)
        events |= CURL_CSELECT_OUT;
    if (condition & (G_IO_ERR | G_IO_NVAL))
        events |= CURL_CSELECT_ERR;
    act(user, fd, events);
    return G_SOURCE_CONTINUE;
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_user)
{
    Stream *s = user;
    GSource *source = socket_user;
    drop_source(&source);
    if (what != CURL_POLL_REMOVE && s->state == CONNECTING) {
        GIOCondition wanted = G_IO_HUP | G_IO_ERR;
        if (what & CURL_POLL_IN)
            wanted |= G_IO_IN;
        if (what & CURL_POLL_OUT)
            wanted |= G_IO_OUT;
        source = attach(g_unix_fd_source_new(fd, wanted), G_SOURCE_FUNC(on_curl_socket), s);
    }
    curl_multi_assign(s->multi, fd, source);
    return 0;
}

static gboolean on_curl_timer(void *user)
{
    Stream *s = user;
    drop_source(&s->curl_timer);
    act(s, CURL_SOCKET_TIMEOUT, 0);
    return G_SOURCE_REMOVE;
}

static int timer_wanted(CURLM *multi, long ms, void *user)
{
    Stream *s = user;
    drop_source(&s->curl_timer);
    if (ms >= 0 && s->state == CONNECTING)
        s->curl_timer = attach(g_timeout_source_new((guint)ms), on_curl_timer, s);
    return 0;
}

void stream_open(Stream *s)
{
    g_assert(s->state == NEW);
    s->state = CONNECTING;
    s->easy = stream_login_easy(s->login, &s->error);
    if (!s->easy) {
        come_back(s);
        return;
    }
    s->multi = curl_multi_init();
    stream_close_on_exec();
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
    curl_multi_add_handle(s->multi, s->easy); /* sets the timer that begins it */
}
