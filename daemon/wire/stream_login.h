/* stream_login.h: what a Stream asks of libcurl before bytes may move, and what went wrong.
 *
 * Turns a StreamConfig into an easy handle (address, TLS, credentials), and libcurl's codes with
 * the server's last line into a GError of WIRE_ERROR. Secrets are read at each open, never kept
 * and never named in an error. Private to daemon/wire.
 */
#pragma once

#include "daemon/wire/stream.h"
#include <curl/curl.h>

typedef struct StreamLogin StreamLogin;
StreamLogin *stream_login_new(const StreamConfig *config);
void stream_login_free(StreamLogin *l);
/* "imap mail.example.org:993"; borrowed. */
const char *stream_login_name(const StreamLogin *l);
/* A handle for curl_multi, the caller's. It writes into `l`, so it may not outlive it. NULL with
 * LOGIN (secret), TLS (clear text to a host that is not this one) or FAILED. */
CURL *stream_login_easy(StreamLogin *l, GError **error);
/* What `code` means; `doing`: "connecting", "reading", "sending". */
GError *stream_login_error(const StreamLogin *l, CURLcode code, const char *doing);
/* Sets CLOEXEC on every descriptor above 2. */
void stream_close_on_exec(void);
