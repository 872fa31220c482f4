#include "ctl/commands/ask_daemon.h"
#include "config/paths.h"
#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MOST   (1u << 20)
#define ANSWER_WAIT_S 30

static int connect_to(const Settings *settings)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autofree char *path = g_build_filename(settings->run_dir, "control.sock", NULL);
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval wait = {.tv_sec = ANSWER_WAIT_S};
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

bool daemon_runs(const Settings *settings)
{
    int fd = connect_to(settings);
    if (fd < 0)
        return false;
    close(fd);
    return true;
}

static char *exchange(int fd, const char *line)
{
    GString *answer = g_string_new("");
    char block[4096];
    if (send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line)) {
        for (ssize_t n; answer->len < ANSWER_MOST && (n = recv(fd, block, sizeof block, 0)) > 0;)
            g_string_append_len(answer, block, n);
    }
    close(fd);
    return g_string_free(answer, FALSE);
}

/* No daemon: its own binary does it, so that there is one code and one lock for every change. */
static char *run_request(const Shared *shared, const char *line, GError **error)
{
    g_autofree char *iecd = program_path("iecd");
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error,
                         iecd, "--config", shared->config, "--request", NULL);
    char *answer = NULL;
    if (!process || !g_subprocess_communicate_utf8(process, line, NULL, &answer, NULL, error))
        return NULL;
    return answer;
}

static int show_answer(const Shared *shared, const char *answer, char **text)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!answer || !answer[0] || !json_parser_load_from_data(parser, answer, -1, NULL) ||
        !json_parser_get_root(parser) || !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
        if (!answer || answer[0])
            fputs("iecctl: iecd gave no answer that could be read\n", stderr);
        return 1;
    }
    JsonObject *o = json_node_get_object(json_parser_get_root(parser));
    bool ok = json_object_get_boolean_member_with_default(o, "ok", FALSE);
    const char *words =
        json_object_get_string_member_with_default(o, ok ? "text" : "error", "not done");
    if (!ok)
        fprintf(stderr, "iecctl: %s\n", words);
    else if (text)
        *text = g_strdup(words);
    else if (shared->json)
        print_json(json_object_ref(o));
    else
        puts(words);
    return ok ? 0 : 1;
}

int ask_daemon(const Shared *shared, const Settings *settings, JsonObject *request, char **text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, request);
    g_autofree char *json = json_to_string(node, FALSE);
    g_autofree char *line = g_strdup_printf("%s\n", json);
    int fd = connect_to(settings);
    if (fd < 0 && errno == EACCES) {
        fprintf(stderr, "iecctl: %s: you may not ask iecd; you need to be in its staff group\n",
                settings->run_dir);
        return 1;
    }
    g_autofree char *answer = fd >= 0 ? exchange(fd, line) : run_request(shared, line, &error);
    return error ? command_fail(error) : show_answer(shared, answer, text);
}

int ask_daemon_for(const Shared *shared, const char *const *members)
{
    g_autoptr(Settings) settings = command_settings(shared);
    if (!settings)
        return 1;
    JsonObject *request = json_object_new();
    for (const char *const *m = members; *m; m += 2)
        if (m[1])
            json_object_set_string_member(request, m[0], m[1]);
    return ask_daemon(shared, settings, request, NULL);
}
