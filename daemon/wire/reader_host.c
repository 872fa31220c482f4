#include "daemon/wire/reader_host.h"
#include "daemon/base/frames.h"
#include "daemon/model/reader_protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define END_WAIT_S 2

struct ReaderHost {
    const ReaderHostEvents *events;
    void *user;
    pid_t pid;
    int pidfd, control;
    guint watch;
    bool ready;
    char *rules_version, *cage;
};

static void set_errno_error(GError **error, int code, const char *what)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", what, g_strerror(code));
}

/* Secrets come to iecd by its environment's paths, so a reader gets only what it needs. OMP:
 * recognition of characters would start threads. */
static char **environment(void)
{
    char **e = g_get_environ(), **small = g_new0(char *, 1);
    static const char *const kept[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
    for (size_t k = 0; k < G_N_ELEMENTS(kept); k++) {
        const char *value = g_environ_getenv(e, kept[k]);
        if (value)
            small = g_environ_setenv(small, kept[k], value, true);
    }
    g_strfreev(e);
    small = g_environ_setenv(small, "LC_ALL", "C.UTF-8", true);
    small = g_environ_setenv(small, "TZ", "UTC0", true); /* no library's business where we are */
    return g_environ_setenv(small, "OMP_THREAD_LIMIT", "1", true);
}

static int spawn(ReaderHost *h, int control, const char *program, const char *option,
                 const char *config_dir)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    /* First the socket: opening 0 and 1 must not fall on a number it needs. */
    posix_spawn_file_actions_adddup2(&files, control, READER_CONTROL_FD);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, READER_CONTROL_FD + 1);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    g_auto(GStrv) env = environment();
    const char *const argv[] = {program, option, config_dir, NULL};
    int code = posix_spawn(&h->pid, program, &files, &attributes, (char *const *)argv, env);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

static bool start(ReaderHost *h, const char *program, const char *option, const char *config_dir,
                  GError **error)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        set_errno_error(error, errno, "socket of the readers");
        return false;
    }
    h->control = pair[0];
    int code = spawn(h, pair[1], program, option, config_dir);
    close(pair[1]);
    if (code) {
        h->pid = 0;
        set_errno_error(error, code, program);
        return false;
    }
    h->pidfd = pidfd_open(h->pid, 0); /* ours until reaped, so it cannot be another's */
    if (h->pidfd < 0 || fcntl(h->control, F_SETFL, O_NONBLOCK) < 0) {
        set_errno_error(error, errno, "watching the readers");
        return false;
    }
    return true;
}

static void close_all(int *descriptors)
{
    for (unsigned k = 0; k < PACKET_DESCRIPTORS; k++) {
        if (descriptors[k] >= 0)
            close(descriptors[k]);
        descriptors[k] = -1;
    }
}

/* NULL with an error where the parent is of no more use. FRAME_AGAIN leaves both NULL. */
static ReaderNote *next_note(ReaderHost *h, int *descriptors, GError **error)
{
    char bytes[PACKET_MAX];
    size_t length;
    FrameStatus s = packet_receive(h->control, bytes, &length, descriptors);
    if (s == FRAME_AGAIN)
        return NULL;
    if (s != FRAME_OK) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                            h->ready ? "the prepared reader ended"
                                     : "the reader ended before it was ready");
        return NULL;
    }
    g_autoptr(ReaderNote) n = reader_note_decode(bytes, length, error);
    bool both = descriptors[0] >= 0 && descriptors[1] >= 0;
    if (n && n->kind == NOTE_FAILED) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, n->text);
    } else if (n && (n->kind == NOTE_CHILD) == both) {
        if (n->kind == NOTE_READY) {
            h->ready = true;
            g_free(h->rules_version);
            g_free(h->cage);
            h->rules_version = g_steal_pointer(&n->text);
            h->cage = g_steal_pointer(&n->more);
        }
        if (n->kind != NOTE_CHILD)
            close_all(descriptors);
        return g_steal_pointer(&n);
    } else if (n) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "note without its child");
    }
    close_all(descriptors);
    return NULL;
}

static gboolean on_note(int fd, GIOCondition condition, gpointer user)
{
    ReaderHost *h = user;
    int d[PACKET_DESCRIPTORS];
    g_autoptr(GError) error = NULL;
    g_autoptr(ReaderNote) n = next_note(h, d, &error);
    if (error) {
        h->watch = 0;
        h->events->failed(h, error, h->user);
        return G_SOURCE_REMOVE;
    }
    if (!n)
        return G_SOURCE_CONTINUE;
    if (n->kind == NOTE_READY)
        h->events->ready(h, h->user);
    else if (n->kind == NOTE_CHILD)
        h->events->child(h, n->number, d[0], d[1], h->user);
    else
        h->events->ended(h, n->number, n->status, h->user);
    return G_SOURCE_CONTINUE;
}

ReaderHost *reader_host_start(const char *program, const char *option, const char *config_dir,
                              const ReaderHostEvents *events, void *user, GError **error)
{
    g_autoptr(ReaderHost) h = g_new0(ReaderHost, 1);
    h->events = events;
    h->user = user;
    h->pidfd = h->control = -1;
    h->rules_version = g_strdup("");
    h->cage = g_strdup("");
    if (!start(h, program, option, config_dir, error))
        return NULL;
    h->watch = g_unix_fd_add(h->control, G_IO_IN, on_note, h);
    return g_steal_pointer(&h);
}

/* A signal does not shorten the wait. */
static bool wait_readable(int fd, unsigned seconds)
{
    int64_t until = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
    struct pollfd watched = {fd, POLLIN, 0};
    for (;;) {
        int64_t left_ms = (until - g_get_monotonic_time()) / 1000;
        int n = poll(&watched, 1, (int)MAX(left_ms, 0));
        if (n >= 0 || errno != EINTR)
            return n == 1;
    }
}

static void reap(ReaderHost *h)
{
    if (h->pidfd < 0 || !wait_readable(h->pidfd, END_WAIT_S))
        kill(h->pid, SIGKILL);
    while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

void reader_host_free(ReaderHost *h)
{
    if (!h)
        return;
    if (h->watch)
        g_source_remove(h->watch);
    if (h->control >= 0)
        close(h->control);
    if (h->pid > 0)
        reap(h);
    if (h->pidfd >= 0)
        close(h->pidfd);
    g_free(h->rules_version);
    g_free(h->cage);
    g_free(h);
}

void reader_host_dismiss(ReaderHost *h)
{
    (void)shutdown(h->control, SHUT_WR);
}

bool reader_host_wait(ReaderHost *h, unsigned seconds, GError **error)
{
    if (!wait_readable(h->control, seconds)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                    "the reader was not ready within %u seconds", seconds);
        return false;
    }
    int d[PACKET_DESCRIPTORS];
    g_autoptr(ReaderNote) n = next_note(h, d, error);
    if (n && n->kind == NOTE_READY)
        return true;
    if (n)
        close_all(d);
    if (!error || !*error)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the reader did not say ready");
    return false;
}

bool reader_host_ready(const ReaderHost *h)
{
    return h->ready;
}

bool reader_host_ask(ReaderHost *h)
{
    const char ask = READER_ASK_CHILD;
    return packet_send(h->control, &ask, 1, NULL, 0);
}

const char *reader_host_rules_version(const ReaderHost *h)
{
    return h->rules_version;
}

const char *reader_host_cage(const ReaderHost *h)
{
    return h->cage;
}
