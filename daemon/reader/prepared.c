#include "daemon/reader/prepared.h"
#include "daemon/base/frames.h"
#include "daemon/reader/cage.h"
#include "daemon/reader/child.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Limits by kind: reliability figures of the parsers, several times over. */
static const CageLimits limits_of[] = {
    [READER_SLIM] = {.memory = 512u << 20, .cpu_s = 5, .messages = CHILD_MESSAGES_MOST},
    [READER_DOCS] = {.memory = 1024u << 20, .cpu_s = 60, .messages = 1},
};
#define TRIAL_WAIT_S 20

typedef struct Prepared {
    ReaderKit kit;
    Cage *cage;
    int signals;
    GHashTable *numbers; /* pid to child number */
    uint32_t last_number;
} Prepared;

static void set_errno_error(GError **error, const char *what)
{
    int code = errno;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", what, g_strerror(code));
}

static bool note(ReaderNoteKind kind, uint32_t number, int status, const char *text,
                 const char *more, const int *descriptors, unsigned n)
{
    g_autoptr(GBytes) bytes = reader_note_encode(kind, number, status, text, more);
    size_t length;
    const void *data = g_bytes_get_data(bytes, &length);
    return packet_send(READER_CONTROL_FD, data, length, descriptors, n);
}

/* What libraries have to say could hold a complainant's words; GLib's own writer would also ask
 * the kernel about standard error, which the cage forbids. */
static GLogWriterOutput say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n,
                                    gpointer user)
{
    return G_LOG_WRITER_HANDLED;
}

static pid_t start_child(Prepared *p, int *socket, GError **error)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        set_errno_error(error, "socket of a reader");
        return -1;
    }
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        child_run(&p->kit, p->cage, pair[1], parent);
    if (pid < 0) {
        set_errno_error(error, "fork of a reader");
        close(pair[0]);
    }
    close(pair[1]);
    *socket = pair[0];
    return pid;
}

static bool read_answer(int socket, FrameIn *in, ReaderAnswer **answer, GError **error)
{
    uint64_t id;
    g_autoptr(GBytes) body = NULL;
    int fd;
    if (frame_in_read(in, socket, &id, &body, &fd) != FRAME_OK) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no answer came");
        return false;
    }
    *answer = reader_answer_decode(body, error);
    if (*answer && (*answer)->status != READER_DONE) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, (*answer)->why);
        return false;
    }
    return *answer;
}

static bool try_sample(const ReaderKit *kit, int socket, GError **error)
{
    int sample = reader_sample(error);
    if (sample < 0)
        return false;
    const ReaderOrder order = reader_sample_order(kit);
    g_autoptr(GBytes) body = reader_order_encode(&order);
    g_autoptr(FrameOut) out = frame_out_new();
    g_autoptr(FrameIn) in = frame_in_new(false);
    g_autoptr(ReaderAnswer) caged = NULL, read = NULL;
    if (!read_answer(socket, in, &caged, error)) {
        g_prefix_error(error, "cage: ");
        return false;
    }
    frame_out_put(out, 1, body, sample);
    if (frame_out_flush(out, socket) != FRAME_OK || !read_answer(socket, in, &read, error)) {
        g_prefix_error(error, "sample message in the cage: ");
        return false;
    }
    return true;
}

/* What the system's settings or a library's version make impossible shows here, before any mail. */
static bool trial(Prepared *p, GError **error)
{
    int socket;
    pid_t pid = start_child(p, &socket, error);
    if (pid < 0)
        return false;
    const struct timeval wait = {.tv_sec = TRIAL_WAIT_S};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    bool well = try_sample(&p->kit, socket, error);
    close(socket);
    int status = 0;
    if (!well)
        kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    if (well || !WIFSIGNALED(status) || WTERMSIG(status) == SIGKILL)
        return well;
    g_prefix_error(error, "ended by signal %d (%s): ", WTERMSIG(status),
                   strsignal(WTERMSIG(status)));
    return false;
}

static bool hand_over_child(Prepared *p, GError **error)
{
    int ends[2];
    pid_t pid = start_child(p, &ends[1], error);
    if (pid < 0)
        return false;
    ends[0] = pidfd_open(pid, 0); /* cannot be another's: it is reaped by us, later */
    bool sent = false;
    if (ends[0] < 0) {
        set_errno_error(error, "pidfd");
        kill(pid, SIGKILL);
    } else {
        g_hash_table_insert(p->numbers, GINT_TO_POINTER(pid), GUINT_TO_POINTER(++p->last_number));
        sent = note(NOTE_CHILD, p->last_number, 0, NULL, NULL, ends, 2);
        if (!sent)
            set_errno_error(error, "handing over a reader");
        close(ends[0]);
    }
    close(ends[1]);
    return sent;
}

static void reap(Prepared *p)
{
    struct signalfd_siginfo info;
    while (read(p->signals, &info, sizeof info) > 0)
        ;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        void *number;
        if (g_hash_table_steal_extended(p->numbers, GINT_TO_POINTER(pid), NULL, &number))
            note(NOTE_ENDED, GPOINTER_TO_UINT(number), status, NULL, NULL, NULL, 0);
    }
}

/* False: iecd is gone, or no child can be made. */
static bool answer_request(Prepared *p, GError **error)
{
    char bytes[PACKET_MAX];
    size_t length;
    int descriptors[PACKET_DESCRIPTORS];
    if (packet_receive(READER_CONTROL_FD, bytes, &length, descriptors) != FRAME_OK)
        return false;
    for (unsigned k = 0; k < PACKET_DESCRIPTORS; k++) {
        if (descriptors[k] >= 0)
            close(descriptors[k]);
    }
    return bytes[0] != READER_ASK_CHILD || hand_over_child(p, error);
}

static bool serve_requests(Prepared *p, GError **error)
{
    struct pollfd watched[] = {{READER_CONTROL_FD, POLLIN, 0}, {p->signals, POLLIN, 0}};
    for (;;) {
        if (poll(watched, G_N_ELEMENTS(watched), -1) < 0 && errno != EINTR) {
            set_errno_error(error, "poll");
            return false;
        }
        if (watched[1].revents)
            reap(p);
        if (watched[0].revents && !answer_request(p, error))
            return !error || !*error;
    }
}

/* Children end by SIGKILL with us too, but nobody might be there to reap them. */
static void end_children(Prepared *p)
{
    GHashTableIter i;
    void *pid;
    g_hash_table_iter_init(&i, p->numbers);
    while (g_hash_table_iter_next(&i, &pid, NULL))
        kill(GPOINTER_TO_INT(pid), SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

static bool prepare_signals(Prepared *p, GError **error)
{
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
    for (size_t k = 0; k < G_N_ELEMENTS(ignored); k++)
        signal(ignored[k], SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    p->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (p->signals < 0)
        set_errno_error(error, "signalfd");
    return p->signals >= 0;
}

static bool prepare(Prepared *p, ReaderKind kind, const char *config_dir, GError **error)
{
    if (fcntl(READER_CONTROL_FD, F_SETFD, FD_CLOEXEC) < 0) {
        set_errno_error(error, "control socket");
        return false;
    }
    p->numbers = g_hash_table_new(NULL, NULL);
    if (!prepare_signals(p, error) || !reader_kit_prepare(&p->kit, kind, config_dir, error))
        return false;
    if (!(p->cage = cage_prepare(&limits_of[kind], error)) || !trial(p, error)) {
        g_prefix_error(error, "the reader cannot cage itself and does not serve: ");
        return false;
    }
    return true;
}

int prepared_run(ReaderKind kind, const char *config_dir)
{
    g_log_set_writer_func(say_nothing, NULL, NULL);
    Prepared p = {0};
    g_autoptr(GError) error = NULL;
    bool well = prepare(&p, kind, config_dir, &error);
    if (well) {
        const char *version = p.kit.rules ? rules_version(p.kit.rules) : "";
        well = note(NOTE_READY, 0, 0, version, cage_description(p.cage), NULL, 0) &&
               serve_requests(&p, &error);
        end_children(&p);
    }
    if (error)
        note(NOTE_FAILED, 0, 0, error->message, NULL, NULL, 0);
    cage_free(p.cage);
    rules_free(p.kit.rules);
    form_labels_free(p.kit.form_labels);
    g_clear_pointer(&p.numbers, g_hash_table_unref);
    if (p.signals > 0)
        close(p.signals);
    return well ? 0 : 1;
}
