#include "daemon/wire/reader_worker.h"
#include "daemon/base/clock.h"
#include "daemon/base/frames.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum Ending {
    AT_WORK,
    ENDED,   /* by itself */
    BROKE,   /* inside a frame, or what it sent is none; stopped by us if it had not ended */
    OVERRAN, /* stopped by us */
    LIED     /* stopped by us */
} Ending;

struct ReaderWorker {
    uint32_t number;
    int pidfd, socket;
    unsigned wall_s;
    const ReaderWorkerEvents *events;
    void *owner;
    FrameIn *in;
    FrameOut *out;
    guint watch_in, watch_out;
    GQueue tasks; /* ReaderTask */
    uint64_t given, answered;
    int64_t head_since_us;
    int64_t deadline_us;
    int64_t ended_us;
    int wait_status; /* -1 not known */
    Ending ending;
};

void reader_task_free(ReaderTask *t)
{
    if (!t)
        return;
    g_clear_pointer(&t->order, g_bytes_unref);
    g_free(t);
}

static void task_free(void *data)
{
    reader_task_free(data);
}

static void stop_watching(ReaderWorker *w)
{
    g_clear_handle_id(&w->watch_in, g_source_remove);
    g_clear_handle_id(&w->watch_out, g_source_remove);
}

static void kill_process(ReaderWorker *w)
{
    pidfd_send_signal(w->pidfd, SIGKILL, NULL, 0); /* ESRCH: it is gone already */
}

static void end(ReaderWorker *w, Ending how)
{
    stop_watching(w);
    ReaderTask *head = g_queue_peek_head(&w->tasks);
    w->ended_us = clock_monotonic_us();
    if (head)
        head->ms += (double)(w->ended_us - w->head_since_us) / 1000;
    w->ending = how;
    if (how != ENDED)
        kill_process(w);
    w->events->ended(w);
}

static void new_head(ReaderWorker *w)
{
    w->head_since_us = clock_monotonic_us();
    w->deadline_us = w->head_since_us + w->wall_s * G_USEC_PER_SEC;
}

static void take_answer(ReaderWorker *w, uint64_t id, GBytes *body)
{
    g_autoptr(ReaderAnswer) answer = reader_answer_decode(body, NULL);
    if (answer && id == READER_CAGED_ID && w->answered == 0) {
        if (answer->status != READER_DONE)
            w->events->uncaged(w, answer->why);
        return;
    }
    if (!answer || id != w->answered + 1 || w->tasks.length == 0) {
        end(w, LIED);
        return;
    }
    ReaderTask *task = g_queue_pop_head(&w->tasks);
    task->ms += (double)(clock_monotonic_us() - w->head_since_us) / 1000;
    bool fresh = w->answered++ == 0;
    new_head(w);
    w->events->answered(w, task, g_steal_pointer(&answer), fresh);
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer user)
{
    ReaderWorker *w = user;
    uint64_t id;
    g_autoptr(GBytes) body = NULL;
    int none;
    switch (frame_in_read(w->in, w->socket, &id, &body, &none)) {
    case FRAME_OK:
        take_answer(w, id, body);
        break;
    case FRAME_AGAIN:
        break;
    case FRAME_END:
        end(w, ENDED);
        break;
    case FRAME_BAD:
        end(w, BROKE);
        break;
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_writable(int fd, GIOCondition condition, gpointer user);

/* A peer that is gone shows on the reading side, after what it still had to say. */
static void flush(ReaderWorker *w)
{
    bool more = frame_out_flush(w->out, w->socket) == FRAME_AGAIN;
    if (more && !w->watch_out)
        w->watch_out = g_unix_fd_add(w->socket, G_IO_OUT, on_writable, w);
    else if (!more)
        g_clear_handle_id(&w->watch_out, g_source_remove);
}

static gboolean on_writable(int fd, GIOCondition condition, gpointer user)
{
    flush(user);
    return G_SOURCE_CONTINUE;
}

ReaderWorker *reader_worker_new(uint32_t number, int pidfd, int socket, unsigned wall_s,
                                const ReaderWorkerEvents *events, void *owner)
{
    ReaderWorker *w = g_new0(ReaderWorker, 1);
    w->number = number;
    w->pidfd = pidfd;
    w->socket = socket;
    w->wall_s = wall_s;
    w->events = events;
    w->owner = owner;
    w->wait_status = -1;
    w->in = frame_in_new(false);
    w->out = frame_out_new();
    g_queue_init(&w->tasks);
    fcntl(socket, F_SETFL, O_NONBLOCK);
    w->watch_in = g_unix_fd_add(socket, G_IO_IN, on_readable, w);
    return w;
}

void reader_worker_free(ReaderWorker *w)
{
    if (!w)
        return;
    stop_watching(w);
    kill_process(w);
    close(w->pidfd);
    close(w->socket);
    g_queue_clear_full(&w->tasks, task_free);
    frame_in_free(w->in);
    frame_out_free(w->out);
    g_free(w);
}

void *reader_worker_owner(const ReaderWorker *w)
{
    return w->owner;
}

uint32_t reader_worker_number(const ReaderWorker *w)
{
    return w->number;
}

/* A position of its own, for children read at the same time; and never a way to write. */
static int open_again(int fd, GError **error)
{
    char path[40];
    g_snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDONLY | O_CLOEXEC);
    if (again < 0)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "its original cannot be opened again: %s", g_strerror(errno));
    return again;
}

bool reader_worker_give(ReaderWorker *w, ReaderTask *task, GError **error)
{
    int fd = open_again(task->fd, error);
    if (fd < 0)
        return false;
    if (!frame_out_put(w->out, w->given + 1, task->order, fd)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                            "its documents hold too much text");
        return false;
    }
    w->given++;
    g_queue_push_tail(&w->tasks, task);
    if (w->tasks.length == 1)
        new_head(w);
    flush(w);
    return true;
}

unsigned reader_worker_load(const ReaderWorker *w)
{
    return w->tasks.length;
}

unsigned reader_worker_given(const ReaderWorker *w)
{
    return (unsigned)w->given;
}

bool reader_worker_served(const ReaderWorker *w)
{
    return w->answered > 0;
}

ReaderTask *reader_worker_take(ReaderWorker *w)
{
    return g_queue_pop_head(&w->tasks);
}

bool reader_worker_late(const ReaderWorker *w, int64_t now_us)
{
    return w->ending == AT_WORK && w->tasks.length > 0 && now_us >= w->deadline_us;
}

void reader_worker_stop(ReaderWorker *w)
{
    end(w, OVERRAN);
}

void reader_worker_excuse(ReaderWorker *w, int64_t late_us)
{
    w->deadline_us += late_us;
}

static const char *meaning(int number)
{
    switch (number) {
    case SIGSYS:
        return "a forbidden system call";
    case SIGXCPU:
        return "too much processor time";
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGABRT:
    case SIGTRAP:
        return "a crash";
    case SIGKILL:
        return "stopped from outside";
    default:
        return "unexpected";
    }
}

void reader_worker_set_status(ReaderWorker *w, int wait_status)
{
    w->wait_status = wait_status;
}

bool reader_worker_status_known(const ReaderWorker *w)
{
    return w->wait_status >= 0;
}

int64_t reader_worker_ended_us(const ReaderWorker *w)
{
    return w->ended_us;
}

static bool was_killed(const ReaderWorker *w)
{
    return WIFSIGNALED(w->wait_status) && WTERMSIG(w->wait_status) == SIGKILL;
}

char *reader_worker_cause(const ReaderWorker *w)
{
    bool known = w->wait_status >= 0;
    if (w->ending == OVERRAN)
        return g_strdup_printf("the reader was stopped after %u seconds", w->wall_s);
    if (w->ending == LIED || (w->ending == BROKE && (!known || was_killed(w))))
        return g_strdup("the reader gave an answer that cannot be right");
    if (known && WIFSIGNALED(w->wait_status))
        return g_strdup_printf("the reader ended with signal %d (%s)", WTERMSIG(w->wait_status),
                               meaning(WTERMSIG(w->wait_status)));
    if (known && WIFEXITED(w->wait_status))
        return g_strdup_printf("the reader ended with status %d", WEXITSTATUS(w->wait_status));
    return g_strdup("the reader ended");
}

bool reader_worker_stopped(const ReaderWorker *w)
{
    return w->ending == OVERRAN || w->ending == LIED;
}

bool reader_worker_ended_from_outside(const ReaderWorker *w)
{
    return w->ending == ENDED && w->wait_status >= 0 && was_killed(w);
}
