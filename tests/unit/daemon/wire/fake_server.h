/* fake_server.h: a server on loopback inside the test's own main loop, which answers lines.
 *
 * For each line of the client (without CRLF) `answer` is called and may send, close, or stay mute.
 * "{tag}" is not known to it: it parses what it needs itself.
 */
#pragma once

#include <gio/gio.h>
#include <string.h>

typedef struct FakeServer FakeServer;
typedef void (*FakeAnswer)(FakeServer *f, const char *line);

struct FakeServer {
    GSocketListener *listener;
    GSocketConnection *client;
    GCancellable *cancel;
    const char *greeting;
    FakeAnswer answer;
    guint16 port;
    unsigned connections, lines;
    bool reading;
    GString *got;
    char buffer[4096];
    void *user;
};

static inline void fake_send_bytes(FakeServer *f, const void *bytes, size_t n)
{
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(f->client));
    g_output_stream_write_all(out, bytes, n, NULL, NULL, NULL);
}

static inline void fake_send(FakeServer *f, const char *text)
{
    fake_send_bytes(f, text, strlen(text));
}

static inline void fake_hang_up(FakeServer *f)
{
    if (f->client)
        g_io_stream_close(G_IO_STREAM(f->client), NULL, NULL);
}

static void fake_read(FakeServer *f);

static void fake_on_read(GObject *source, GAsyncResult *result, gpointer user)
{
    gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);
    FakeServer *f = user;
    f->reading = false;
    if (n <= 0)
        return;
    g_string_append_len(f->got, f->buffer, n);
    for (char *end; (end = strstr(f->got->str, "\r\n"));) {
        g_autofree char *line = g_strndup(f->got->str, (size_t)(end - f->got->str));
        g_string_erase(f->got, 0, end + 2 - f->got->str);
        f->lines++;
        if (f->answer)
            f->answer(f, line);
    }
    fake_read(f);
}

static void fake_read(FakeServer *f)
{
    if (g_io_stream_is_closed(G_IO_STREAM(f->client)))
        return;
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(f->client));
    f->reading = true;
    g_input_stream_read_async(in, f->buffer, sizeof f->buffer, G_PRIORITY_DEFAULT, f->cancel,
                              fake_on_read, f);
}

static void fake_on_client(GObject *source, GAsyncResult *result, gpointer user)
{
    GSocketConnection *client =
        g_socket_listener_accept_finish(G_SOCKET_LISTENER(source), result, NULL, NULL);
    if (!client)
        return;
    FakeServer *f = user;
    g_clear_object(&f->client);
    f->client = client;
    f->connections++;
    g_string_truncate(f->got, 0);
    if (f->greeting)
        fake_send(f, f->greeting);
    fake_read(f);
    g_socket_listener_accept_async(f->listener, f->cancel, fake_on_client, f);
}

static inline FakeServer *fake_server_new(const char *greeting, FakeAnswer answer)
{
    FakeServer *f = g_new0(FakeServer, 1);
    f->listener = g_socket_listener_new();
    f->cancel = g_cancellable_new();
    f->greeting = greeting;
    f->answer = answer;
    f->got = g_string_new("");
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) bound = NULL;
    g_assert_true(g_socket_listener_add_address(f->listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
    f->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_socket_listener_accept_async(f->listener, f->cancel, fake_on_client, f);
    return f;
}

static inline void fake_server_free(FakeServer *f)
{
    g_cancellable_cancel(f->cancel);
    while (g_main_context_iteration(NULL, FALSE) || f->reading)
        ;
    g_clear_object(&f->client);
    g_socket_listener_close(f->listener);
    g_clear_object(&f->listener);
    g_clear_object(&f->cancel);
    g_string_free(f->got, TRUE);
    g_free(f);
}

/* Runs the loop until *done or five seconds have passed; false then. */
static inline gboolean fake_give_up(gpointer user)
{
    *(bool *)user = true;
    return G_SOURCE_REMOVE;
}
static inline bool fake_run_until(const bool *done)
{
    bool late = false;
    guint timer = g_timeout_add_seconds(5, fake_give_up, &late);
    while (!*done && !late)
        g_main_context_iteration(NULL, TRUE);
    if (!late)
        g_source_remove(timer);
    return *done;
}
