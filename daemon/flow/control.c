#include "daemon/flow/control.h"
#include "daemon/base/log.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/handle.h"
#include "daemon/flow/intake.h"
#include "daemon/flow/person.h"
#include "daemon/flow/reload.h"
#include <errno.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <pwd.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_MOST     65536u
#define CONNECTIONS_MOST 32u
#define SILENCE_S        10u

struct Control {
    Office *office;
    int fd;
    char *path;
    guint source;
    GPtrArray *peers; /* Peer */
};

typedef struct Peer {
    Control *control;
    int fd;
    uint32_t uid;
    GString *in;
    guint source, timer;
} Peer;

static void peer_free(void *data)
{
    Peer *p = data;
    if (p->source)
        g_source_remove(p->source);
    if (p->timer)
        g_source_remove(p->timer);
    if (p->control->office->reload)
        reload_forget(p->control->office->reload, p);
    close(p->fd);
    g_string_free(p->in, TRUE);
    g_free(p);
}

static char *user_name(uint32_t uid, const char *as)
{
    if (uid == 0 && as[0])
        return g_strdup(as);
    const struct passwd *pw = getpwuid(uid);
    return pw ? g_strdup(pw->pw_name) : g_strdup_printf("uid %u", uid);
}

static char *status_text(const Office *o)
{
    GString *s = g_string_new("");
    g_autoptr(GPtrArray) lines = intake_health(o->intake);
    for (unsigned n = 0; n < lines->len; n++)
        g_string_append_printf(s, "mailbox\t%s\n", (const char *)lines->pdata[n]);
    g_string_append_printf(s, "outgoing\t%s\n", o->dispatch ? dispatch_health(o->dispatch) : "");
    g_string_append_printf(s, "rules\t%s\n", reader_pool_rules_version(o->pool));
    g_string_append_printf(s, "reading\t%u\n", o->handle ? handle_in_flight(o->handle) : 0);
    if (o->config_stale)
        g_string_append_printf(s, "settings\tthe last reload was refused: %s\n", o->config_stale);
    return g_string_free(s, FALSE);
}

static char *run_request(Office *o, JsonObject *request, uint32_t uid, GError **error)
{
    const char *name = json_object_get_string_member_with_default(request, "command", "");
    if (!g_strcmp0(name, "status") && o->pool)
        return status_text(o);
    g_autofree char *who =
        user_name(uid, json_object_get_string_member_with_default(request, "as", ""));
    return person_request(o, request, who, error);
}

static char *answer_line(bool ok, const char *text)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_boolean_member(object, "ok", ok);
    json_object_set_string_member(object, ok ? "text" : "error", text);
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_set_object(node, object);
    g_autofree char *json = json_to_string(node, FALSE);
    return g_strdup_printf("%s\n", json);
}

/* The request on `line`, owned by `parser`; NULL where it is none. */
static JsonObject *request_of(JsonParser *parser, const char *line, size_t length)
{
    if (!g_utf8_validate(line, (gssize)length, NULL) ||
        !json_parser_load_from_data(parser, line, (gssize)length, NULL))
        return NULL;
    JsonNode *root = json_parser_get_root(parser);
    return root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
}

char *control_answer(Office *o, const char *line, size_t length, uint32_t uid)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    JsonObject *request = request_of(parser, line, length);
    if (!request)
        return answer_line(false, "a request is one JSON object on one line");
    g_autofree char *text = run_request(o, request, uid, &error);
    if (!text && error && g_error_matches(error, STORE_ERROR, STORE_ERROR_COMMIT))
        office_fail(o, "a request from iecctl", error);
    return answer_line(text != NULL, text ? text : error ? error->message : "not done");
}

static bool is_reload(const char *line, size_t length)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    JsonObject *request = request_of(parser, line, length);
    return request &&
           !g_strcmp0(json_object_get_string_member_with_default(request, "command", ""), "reload");
}

/* Answers are short; a peer that does not take one at once loses it. */
static void answer_peer(Peer *p, const char *answer)
{
    (void)!send(p->fd, answer, strlen(answer), MSG_NOSIGNAL);
    g_ptr_array_remove_fast(p->control->peers, p);
}

static void on_reloaded(const char *refused, void *user)
{
    g_autofree char *why = g_strdup_printf("reload refused, the running settings stay in force: %s",
                                           refused ? refused : "");
    g_autofree char *answer =
        answer_line(!refused, refused ? why : "settings, templates, calendar and rules read again");
    answer_peer(user, answer);
}

static void take_request(Peer *p, size_t length)
{
    Office *o = p->control->office;
    if (o->reload && is_reload(p->in->str, length)) {
        g_clear_handle_id(&p->timer, g_source_remove); /* it is we who are silent now */
        reload_request(o->reload, on_reloaded, p);
        return;
    }
    g_autofree char *answer = control_answer(o, p->in->str, length, p->uid);
    answer_peer(p, answer);
}

static gboolean on_peer(int fd, GIOCondition condition, void *user)
{
    Peer *p = user;
    char block[4096];
    ssize_t n = recv(fd, block, sizeof block, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (n > 0)
        g_string_append_len(p->in, block, n);
    const char *end = memchr(p->in->str, '\n', p->in->len);
    if (n > 0 && !end && p->in->len <= REQUEST_MOST)
        return G_SOURCE_CONTINUE;
    p->source = 0;
    if (end)
        take_request(p, (size_t)(end - p->in->str));
    else
        g_ptr_array_remove_fast(p->control->peers, p);
    return G_SOURCE_REMOVE;
}

static gboolean on_silence(void *user)
{
    Peer *p = user;
    p->timer = 0;
    g_ptr_array_remove_fast(p->control->peers, p);
    return G_SOURCE_REMOVE;
}

static gboolean on_connection(int fd, GIOCondition condition, void *user)
{
    Control *c = user;
    struct ucred cred = {0};
    socklen_t size = sizeof cred;
    int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (peer < 0)
        return G_SOURCE_CONTINUE;
    if (c->peers->len >= CONNECTIONS_MOST ||
        getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &cred, &size) != 0) {
        close(peer);
        return G_SOURCE_CONTINUE;
    }
    Peer *p = g_new0(Peer, 1);
    p->control = c;
    p->fd = peer;
    p->uid = cred.uid;
    p->in = g_string_new("");
    p->source = g_unix_fd_add(peer, G_IO_IN | G_IO_HUP, on_peer, p);
    p->timer = g_timeout_add_seconds(SILENCE_S, on_silence, p);
    g_ptr_array_add(c->peers, p);
    return G_SOURCE_CONTINUE;
}

static bool fail(GError **error, const char *path, const char *what)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s: %s", path, what,
                g_strerror(errno));
    return false;
}

static bool listen_at(Control *c, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(c->path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(error, c->path, "control socket");
    }
    memcpy(address.sun_path, c->path, strlen(c->path) + 1);
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The register's lock says that no other daemon runs: a socket left behind is nobody's. */
    (void)unlink(c->path);
    if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(c->path, 0660) != 0 || listen(c->fd, 16) != 0)
        return fail(error, c->path, "control socket");
    c->source = g_unix_fd_add(c->fd, G_IO_IN, on_connection, c);
    return true;
}

Control *control_open(Office *o, GError **error)
{
    g_autoptr(Control) c = g_new0(Control, 1);
    c->office = o;
    c->fd = -1;
    c->peers = g_ptr_array_new_with_free_func(peer_free);
    c->path = g_build_filename(o->settings->run_dir, "control.sock", NULL);
    if (g_mkdir_with_parents(o->settings->run_dir, 0750) != 0) {
        fail(error, o->settings->run_dir, "cannot be made");
        return NULL;
    }
    return listen_at(c, error) ? g_steal_pointer(&c) : NULL;
}

void control_close(Control *c)
{
    if (!c)
        return;
    g_ptr_array_unref(c->peers);
    if (c->source)
        g_source_remove(c->source);
    if (c->fd >= 0) {
        close(c->fd);
        (void)unlink(c->path);
    }
    g_free(c->path);
    g_free(c);
}
