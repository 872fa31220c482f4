/* stream.h: one authenticated, encrypted connection to a mail server, on the GLib main loop.
 *
 * libcurl connects, does STARTTLS or implicit TLS (1.2 or newer, verified), and logs in (SASL),
 * by CURLOPT_CONNECT_ONLY through curl_multi (never curl_easy_perform); afterwards bytes move by
 * curl_easy_send and curl_easy_recv. Nothing here knows IMAP or SMTP beyond the login.
 *
 * Order: stream_new, stream_open; then `event` is called from the main loop only, never from
 * within a stream_ function. After STREAM_CLOSED or STREAM_FAILED nothing more is called.
 * stream_free at any moment, in `event` too; it never blocks (a mute peer gets no LOGOUT/QUIT).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define WIRE_ERROR (wire_error_quark())
GQuark wire_error_quark(void);
typedef enum WireError {
    WIRE_ERROR_CONNECT,  /* not reached, dropped, timed out: again with pauses */
    WIRE_ERROR_TLS,      /* certificate, protocol, STARTTLS not offered: alarm, never in clear */
    WIRE_ERROR_LOGIN,    /* refused credentials: alarm, slow retries (5 minutes or more) */
    WIRE_ERROR_BUSY,     /* server says later ([UNAVAILABLE], throttled, 421, 454) */
    WIRE_ERROR_PROTOCOL, /* the peer broke its protocol or a limit of ours */
    WIRE_ERROR_REFUSED,  /* the server said NO/5xx to a command that should work */
    WIRE_ERROR_FAILED
} WireError;

typedef enum TlsMode {
    TLS_IMPLICIT,
    TLS_STARTTLS,
    TLS_NONE_LOOPBACK /* only 127.0.0.0/8, ::1 */
} TlsMode;

typedef struct StreamConfig {
    const char *protocol; /* "imap" or "smtp" */
    const char *host;
    uint16_t port;
    TlsMode tls;
    const char *ca_file;     /* NULL: the system's */
    const char *user;        /* NULL: no login */
    const char *secret_file; /* password, or OAuth2 access token, read at each open; one line */
    const char *auth;        /* "auto" "plain" "login" "xoauth2" "oauthbearer" */
    unsigned connect_timeout_s;
} StreamConfig;

typedef enum StreamEvent {
    STREAM_OPEN,    /* connected and logged in */
    STREAM_DATA,    /* bytes have arrived: take them with stream_take */
    STREAM_DRAINED, /* everything sent has left */
    STREAM_CLOSED,  /* the peer closed */
    STREAM_FAILED   /* see stream_error */
} StreamEvent;

typedef struct Stream Stream;
typedef void (*StreamFunc)(Stream *s, StreamEvent event, void *user);

/* Copies what it keeps of config. */
Stream *stream_new(const StreamConfig *config, StreamFunc event, void *user);
void stream_free(Stream *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stream, stream_free)
/* Starts connecting. Errors come as STREAM_FAILED. */
void stream_open(Stream *s);
/* Queues bytes (copied) and sends as the peer takes them. */
void stream_send(Stream *s, const char *bytes, size_t length);
size_t stream_unsent(const Stream *s);
/* All bytes arrived and not yet taken, appended to `into`; reading pauses while more than
 * STREAM_HIGH_WATER wait, so a peer cannot fill memory. */
#define STREAM_HIGH_WATER (4u << 20)
size_t stream_take(Stream *s, GByteArray *into);
/* Seconds of silence after which STREAM_FAILED (CONNECT) comes; 0 none. Each arrival restarts it.
 */
void stream_set_timeout(Stream *s, unsigned seconds);
const GError *stream_error(const Stream *s);
