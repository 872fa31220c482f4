#include "daemon/wire/stream_login.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* OAuth2 access tokens of Exchange are about 2 KB; curl refuses more than 8 MB anyway. */
#define SECRET_MOST 65536u
#define LINE_MOST   256u

G_DEFINE_QUARK(iecd - wire - error, wire_error)

struct StreamLogin {
    char *protocol, *host, *ca_file, *user, *secret_file, *auth, *name;
    uint16_t port;
    TlsMode tls;
    unsigned connect_timeout_s;
    char said[LINE_MOST]; /* the server's last line, printable */
    char why[CURL_ERROR_SIZE];
};

StreamLogin *stream_login_new(const StreamConfig *config)
{
    StreamLogin *l = g_new0(StreamLogin, 1);
    l->protocol = g_strdup(config->protocol);
    l->host = g_strdup(config->host);
    l->port = config->port;
    l->tls = config->tls;
    l->ca_file = g_strdup(config->ca_file);
    l->user = g_strdup(config->user);
    l->secret_file = g_strdup(config->secret_file);
    l->auth = g_strdup(config->auth ? config->auth : "auto");
    l->connect_timeout_s = config->connect_timeout_s ? config->connect_timeout_s : 30;
    l->name = g_strdup_printf("%s %s:%u", l->protocol, l->host, l->port);
    return l;
}

void stream_login_free(StreamLogin *l)
{
    if (!l)
        return;
    g_free(l->protocol);
    g_free(l->host);
    g_free(l->ca_file);
    g_free(l->user);
    g_free(l->secret_file);
    g_free(l->auth);
    g_free(l->name);
    g_free(l);
}

const char *stream_login_name(const StreamLogin *l)
{
    return l->name;
}

void stream_close_on_exec(void)
{
    /* One call for all (Linux 5.11); an older kernel keeps the few that libcurl opens. */
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
}

/* ---- the handle */

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)address;
        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *in6 = (const void *)address;
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

static bool names_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return !g_ascii_strcasecmp(host, "localhost");
}

/* Our own socket(): CLOEXEC, and no clear text to another machine even where a hosts file or a
 * name server says that "localhost" is one. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    const StreamLogin *l = user;
    if (l->tls == TLS_NONE_LOOPBACK && !is_loopback(&address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t keep_line(char *bytes, size_t size, size_t count, void *user)
{
    StreamLogin *l = user;
    size_t n = size * count, kept = 0;
    for (size_t at = 0; at < n && kept + 1 < sizeof l->said; at++)
        if (g_ascii_isprint(bytes[at]))
            l->said[kept++] = bytes[at];
    l->said[kept] = '\0';
    return n;
}

static size_t drop_body(char *bytes, size_t size, size_t count, void *user)
{
    return size * count;
}

static bool set_secret(StreamLogin *l, CURL *easy, bool token, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(l->secret_file, &text, &length, &problem)) {
        g_set_error(error, WIRE_ERROR, WIRE_ERROR_LOGIN, "%s: the secret cannot be read: %s",
                    l->name, problem->message);
        return false;
    }
    gsize line = strcspn(text, "\r\n");
    bool rest_blank = strspn(text + line, "\r\n") == length - line;
    bool ok = line > 0 && line <= SECRET_MOST && rest_blank;
    text[line] = '\0';
    if (ok)
        ok = curl_easy_setopt(easy, token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, text) ==
             CURLE_OK;
    explicit_bzero(text, length);
    if (!ok)
        g_set_error(error, WIRE_ERROR, WIRE_ERROR_LOGIN,
                    "%s: %s must hold one line with the secret", l->name, l->secret_file);
    return ok;
}

static const char *login_options(const char *auth)
{
    static const struct {
        const char *auth, *options;
    } KNOWN[] = {
        /* Not libcurl's own choice: it would try GSSAPI for any user name with an @, and the
         * connection is encrypted. */
        {"auto", "AUTH=PLAIN;AUTH=LOGIN"},
        {"plain", "AUTH=PLAIN"},
        {"login", "AUTH=LOGIN"},
        {"xoauth2", "AUTH=XOAUTH2"},
        {"oauthbearer", "AUTH=OAUTHBEARER"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(KNOWN); n++)
        if (!strcmp(auth, KNOWN[n].auth))
            return KNOWN[n].options;
    return NULL;
}

static bool set_credentials(StreamLogin *l, CURL *easy, GError **error)
{
    const char *options = login_options(l->auth);
    if (!options) {
        g_set_error(error, WIRE_ERROR, WIRE_ERROR_LOGIN, "%s: no login is called %s", l->name,
                    l->auth);
        return false;
    }
    curl_easy_setopt(easy, CURLOPT_USERNAME, l->user);
    curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, options);
    bool token = strstr(options, "OAUTH") != NULL;
    return !l->secret_file || set_secret(l, easy, token, error);
}

static void set_transport(StreamLogin *l, CURL *easy)
{
    bool bare_v6 = strchr(l->host, ':') && l->host[0] != '[';
    g_autofree char *url =
        g_strdup_printf(bare_v6 ? "%s%s://[%s]:%u/" : "%s%s://%s:%u/", l->protocol,
                        l->tls == TLS_IMPLICIT ? "s" : "", l->host, l->port);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "imap,imaps,smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(l->tls == TLS_NONE_LOOPBACK ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (l->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, l->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)l->connect_timeout_s);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)l->connect_timeout_s);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 60L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 30L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
}

CURL *stream_login_easy(StreamLogin *l, GError **error)
{
    if (l->tls == TLS_NONE_LOOPBACK && !names_loopback(l->host)) {
        g_set_error(error, WIRE_ERROR, WIRE_ERROR_TLS,
                    "%s: without TLS only this machine may be spoken to", l->name);
        return NULL;
    }
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* the environment decides nothing */
    /* Without it clean-up waits for a resolver that hangs (asyn-thread.c, Curl_resolver_kill). */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, l);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, keep_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, l);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_body);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, l->why);
    l->said[0] = l->why[0] = '\0';
    set_transport(l, easy);
    if (l->user && !set_credentials(l, easy, error)) {
        curl_easy_cleanup(easy);
        return NULL;
    }
    return easy;
}

/* ---- what went wrong */

/* "Later" in the server's words: RFC 5530 codes, SMTP 4xx, and Exchange's throttling. */
static bool says_later(const char *said)
{
    static const char *const WORDS[] = {"[UNAVAILABLE]", "[INUSE]",           "[LIMIT]",
                                        "throttled",     "Suggested Backoff", "not connected"};
    if (said[0] == '4' && g_ascii_isdigit(said[1]) && g_ascii_isdigit(said[2]))
        return true;
    for (size_t n = 0; n < G_N_ELEMENTS(WORDS); n++)
        if (strcasestr(said, WORDS[n]))
            return true;
    return false;
}

static WireError meaning(CURLcode code, const char *said)
{
    /* libcurl has one code for refused credentials, a busy server and a broken one
     * (reliability 0.6): the text decides. */
    switch ((int)code) {
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
        return says_later(said) ? WIRE_ERROR_BUSY : WIRE_ERROR_LOGIN;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ENGINE_INITFAILED:
        return WIRE_ERROR_TLS;
    case CURLE_WEIRD_SERVER_REPLY:
        if (g_ascii_strncasecmp(said, "* BYE", 5) == 0)
            return WIRE_ERROR_CONNECT;
        return says_later(said) ? WIRE_ERROR_BUSY : WIRE_ERROR_PROTOCOL;
    case CURLE_REMOTE_ACCESS_DENIED:
        return says_later(said) ? WIRE_ERROR_BUSY : WIRE_ERROR_REFUSED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
        return WIRE_ERROR_CONNECT;
    default:
        return WIRE_ERROR_FAILED;
    }
}

GError *stream_login_error(const StreamLogin *l, CURLcode code, const char *doing)
{
    const char *why = l->why[0] ? l->why : curl_easy_strerror(code);
    /* After the login what libcurl heard last is old, and an OK explains nothing. */
    bool telling = !strcmp(doing, "connecting") && !strstr(l->said, " OK");
    const char *said = telling ? l->said : "";
    return g_error_new(WIRE_ERROR, (int)meaning(code, said), "%s: %s: %s%s%s", l->name, doing, why,
                       said[0] ? "; the server said: " : "", said);
}
