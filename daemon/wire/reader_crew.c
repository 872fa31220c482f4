#include "daemon/wire/reader_crew.h"
#include "daemon/wire/reader_host.h"
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define EARLY_ENDS     8u                   /* children in a row that end without an answer */
#define STATUS_WAIT_US (2 * G_USEC_PER_SEC) /* for the parent's word on how a child ended */

struct ReaderCrew {
    const ReaderCrewConfig *config;
    const ReaderCrewEvents *events;
    void *user;
    ReaderHost *host;
    GPtrArray *spare;  /* ReaderWorker: forked ahead, oldest first */
    GPtrArray *shared; /* ReaderWorker: serving a backlog */
    GPtrArray *alone;  /* ReaderWorker: serving one task */
    GPtrArray *ending; /* ReaderWorker: dead, and how is not yet known */
    unsigned asked, early_ends;
    bool retired; /* takes no more */
};

static const ReaderHostEvents host_events;
static const ReaderWorkerEvents worker_events;

static void worker_free(void *data)
{
    reader_worker_free(data);
}

void reader_crew_free(ReaderCrew *c)
{
    if (!c)
        return;
    GPtrArray *all[] = {c->spare, c->shared, c->alone, c->ending};
    for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
        g_ptr_array_unref(all[k]);
    reader_host_free(c->host);
    g_free(c);
}

ReaderCrew *reader_crew_start(const ReaderCrewConfig *config, const ReaderCrewEvents *events,
                              void *user, GError **error)
{
    g_autoptr(ReaderCrew) c = g_new0(ReaderCrew, 1);
    c->config = config;
    c->events = events;
    c->user = user;
    GPtrArray **all[] = {&c->spare, &c->shared, &c->alone, &c->ending};
    for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
        *all[k] = g_ptr_array_new_with_free_func(worker_free);
    c->host = reader_host_start(config->program, config->option, config->config_dir, &host_events,
                                c, error);
    return c->host ? g_steal_pointer(&c) : NULL;
}

bool reader_crew_wait(ReaderCrew *c, unsigned seconds, GError **error)
{
    return reader_host_wait(c->host, seconds, error);
}

const char *reader_crew_rules_version(const ReaderCrew *c)
{
    return reader_host_rules_version(c->host);
}

/* ---- giving */

/* Children still taking shared tasks. */
static unsigned open_shared(const ReaderCrew *c)
{
    unsigned n = 0;
    for (unsigned k = 0; k < c->shared->len; k++)
        n += reader_worker_given(c->shared->pdata[k]) < READER_SHARED_MOST;
    return n;
}

static ReaderWorker *shared_with_load(const ReaderCrew *c, unsigned load)
{
    for (unsigned k = 0; k < c->shared->len; k++) {
        ReaderWorker *w = c->shared->pdata[k];
        if (reader_worker_given(w) < READER_SHARED_MOST && reader_worker_load(w) == load)
            return w;
    }
    return NULL;
}

static ReaderWorker *take_spare(ReaderCrew *c, GPtrArray *into)
{
    if (c->spare->len == 0)
        return NULL;
    ReaderWorker *w = g_ptr_array_steal_index(c->spare, 0);
    g_ptr_array_add(into, w);
    return w;
}

/* Idle hands first, then a new child, then one that has a task in hand. */
static ReaderWorker *worker_for(ReaderCrew *c, const ReaderTask *task)
{
    if (!task->shared)
        return c->alone->len < c->config->children ? take_spare(c, c->alone) : NULL;
    ReaderWorker *w = shared_with_load(c, 0);
    if (!w && open_shared(c) < c->config->children)
        w = take_spare(c, c->shared);
    for (unsigned load = 1; !w && load < READER_IN_HAND; load++)
        w = shared_with_load(c, load);
    return w;
}

CrewAnswer reader_crew_give(ReaderCrew *c, ReaderTask *task, GError **error)
{
    ReaderWorker *w = c->retired ? NULL : worker_for(c, task);
    if (!w)
        return CREW_FULL;
    if (reader_worker_give(w, task, error))
        return CREW_TOOK;
    if (!task->shared)
        g_ptr_array_remove_fast(c->alone, w);
    return CREW_CANNOT;
}

void reader_crew_ask(ReaderCrew *c, unsigned alone_waiting, unsigned shared_waiting)
{
    if (c->retired || !reader_host_ready(c->host))
        return;
    unsigned most = c->config->children;
    unsigned want = c->config->spare + MIN(alone_waiting, most - MIN(c->alone->len, most));
    if (shared_waiting > 0)
        want += most - MIN(open_shared(c), most);
    while (c->spare->len + c->asked < want && reader_host_ask(c->host))
        c->asked++;
}

void reader_crew_retire(ReaderCrew *c)
{
    c->retired = true;
    g_ptr_array_set_size(c->spare, 0);
    for (unsigned k = c->shared->len; k-- > 0;) {
        if (reader_worker_load(c->shared->pdata[k]) == 0)
            g_ptr_array_remove_index_fast(c->shared, k);
    }
    if (c->shared->len + c->alone->len + c->ending->len == 0)
        reader_host_dismiss(c->host);
}

/* ---- ends */

/* In reverse, each before the others that wait: the order stays. */
static void return_tasks(ReaderCrew *c, ReaderWorker *w, unsigned moved)
{
    GQueue back = G_QUEUE_INIT;
    ReaderTask *t;
    while ((t = reader_worker_take(w)))
        g_queue_push_head(&back, t);
    while ((t = g_queue_pop_head(&back))) {
        t->moved += moved;
        c->events->returned(t, c->user);
    }
}

/* What a dead child was at is tried once more, alone, where something else may be to blame. */
static void settle(ReaderCrew *c, ReaderWorker *w)
{
    ReaderTask *head = reader_worker_take(w);
    return_tasks(c, w, 0);
    if (!head)
        return;
    if (!head->again && (reader_worker_served(w) || reader_worker_ended_from_outside(w))) {
        head->again = true;
        head->shared = false;
        c->events->returned(head, c->user);
        return;
    }
    g_autofree char *cause = reader_worker_cause(w);
    c->events->lost(head, cause, c->user);
}

static bool leave(GPtrArray *group, ReaderWorker *w)
{
    unsigned k;
    if (!g_ptr_array_find(group, w, &k))
        return false;
    g_ptr_array_steal_index(group, k);
    return true;
}

static void settle_ending(ReaderCrew *c, ReaderWorker *w)
{
    leave(c->ending, w);
    g_autoptr(ReaderWorker) ours = w;
    settle(c, ours);
}

static void fail(ReaderCrew *c, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, why);
    c->events->failed(c, error, true, c->user);
}

static void on_ended(ReaderWorker *w)
{
    ReaderCrew *c = reader_worker_owner(w);
    if (!leave(c->spare, w) && !leave(c->shared, w))
        leave(c->alone, w);
    g_ptr_array_add(c->ending, w);
    bool early = !reader_worker_served(w) && reader_worker_load(w) == 0;
    bool clear = reader_worker_stopped(w) || reader_worker_status_known(w);
    if (clear || reader_worker_load(w) == 0)
        settle_ending(c, w);
    if (early && ++c->early_ends > EARLY_ENDS)
        fail(c, "readers end as soon as they start");
    else
        c->events->room(c, c->user);
}

static void on_uncaged(ReaderWorker *w, const char *why)
{
    g_autofree char *line = g_strdup_printf("the reader cannot cage itself: %s", why);
    fail(reader_worker_owner(w), line);
}

static void on_answered(ReaderWorker *w, ReaderTask *task, ReaderAnswer *answer, bool fresh)
{
    ReaderCrew *c = reader_worker_owner(w);
    c->early_ends = 0;
    bool done = leave(c->alone, w);
    if (!done && reader_worker_given(w) >= READER_SHARED_MOST && reader_worker_load(w) == 0)
        done = leave(c->shared, w);
    if (done)
        reader_worker_free(w);
    c->events->answered(task, answer, fresh, c->user);
    c->events->room(c, c->user);
}

static const ReaderWorkerEvents worker_events = {
    .answered = on_answered,
    .uncaged = on_uncaged,
    .ended = on_ended,
};

static ReaderWorker *by_number(const GPtrArray *group, uint32_t number)
{
    for (unsigned k = 0; k < group->len; k++) {
        if (reader_worker_number(group->pdata[k]) == number)
            return group->pdata[k];
    }
    return NULL;
}

/* ---- the parent's word */

static void on_ready(ReaderHost *h, void *user)
{
    ReaderCrew *c = user;
    c->events->room(c, c->user);
}

static void on_child(ReaderHost *h, uint32_t number, int pidfd, int socket, void *user)
{
    ReaderCrew *c = user;
    c->asked -= c->asked > 0;
    ReaderWorker *w =
        reader_worker_new(number, pidfd, socket, c->config->wall_s, &worker_events, c);
    if (c->retired)
        reader_worker_free(w);
    else
        g_ptr_array_add(c->spare, w);
    c->events->room(c, c->user);
}

/* It may be said before the socket's last answers have been read. */
static void on_child_ended(ReaderHost *h, uint32_t number, int wait_status, void *user)
{
    ReaderCrew *c = user;
    const GPtrArray *at_work[] = {c->spare, c->shared, c->alone};
    for (size_t k = 0; k < G_N_ELEMENTS(at_work); k++) {
        ReaderWorker *w = by_number(at_work[k], number);
        if (w)
            reader_worker_set_status(w, wait_status);
    }
    ReaderWorker *w = by_number(c->ending, number);
    if (!w)
        return;
    reader_worker_set_status(w, wait_status);
    settle_ending(c, w);
    c->events->room(c, c->user);
}

static void on_host_failed(ReaderHost *h, const GError *why, void *user)
{
    ReaderCrew *c = user;
    c->events->failed(c, why, !reader_host_ready(h), c->user);
}

static const ReaderHostEvents host_events = {
    .ready = on_ready,
    .child = on_child,
    .ended = on_child_ended,
    .failed = on_host_failed,
};

void reader_crew_return_all(ReaderCrew *c)
{
    GPtrArray *all[] = {c->ending, c->alone, c->shared};
    c->retired = true;
    for (size_t k = 0; k < G_N_ELEMENTS(all); k++) {
        for (unsigned n = 0; n < all[k]->len; n++)
            return_tasks(c, all[k]->pdata[n], 1);
    }
}

/* One a turn: each may be the end of the crew. */
void reader_crew_check(ReaderCrew *c, int64_t now_us, int64_t late_us)
{
    GPtrArray *at_work[] = {c->alone, c->shared};
    ReaderWorker *late = NULL;
    for (size_t k = 0; k < G_N_ELEMENTS(at_work); k++) {
        for (unsigned n = 0; n < at_work[k]->len; n++) {
            ReaderWorker *w = at_work[k]->pdata[n];
            reader_worker_excuse(w, late_us);
            if (reader_worker_late(w, now_us))
                late = w;
        }
    }
    ReaderWorker *silent = c->ending->len > 0 ? c->ending->pdata[0] : NULL;
    if (late) {
        reader_worker_stop(late);
    } else if (silent && now_us > reader_worker_ended_us(silent) + STATUS_WAIT_US) {
        settle_ending(c, silent);
        c->events->room(c, c->user);
    }
}
