#include "daemon/wire/reader_line.h"
#include "daemon/base/backoff.h"
#include <gio/gio.h>

#define READY_WAIT_S 30 /* a parent loads rules and warms up in well under a second */
#define RENEW_WAIT_S 25 /* less than iecctl waits for its answer */
#define MOVES_MOST   3u /* parents that died under a task before it is refused */

struct ReaderLine {
    ReaderCrewConfig config; /* its strings are the three below */
    char *program, *option, *config_dir;
    const ReaderLineEvents *events;
    void *user;
    ReaderCrew *crew;   /* NULL: none running */
    GPtrArray *leaving; /* ReaderCrew of before a renewal, finishing */
    ReaderCrew *fresh;  /* of a renewal under way, not yet ready */
    guint fresh_limit;
    ReaderAdmitFunc admit;
    ReaderRenewedFunc renewed;
    void *renewed_user;
    GQueue shared, alone; /* ReaderTask waiting */
    Backoff pause;
    guint restart;
    bool pumping;
};

static const ReaderCrewEvents crew_events;

static void crew_free(void *data)
{
    reader_crew_free(data);
}

static void task_free(void *data)
{
    reader_task_free(data);
}

ReaderLine *reader_line_new(const ReaderCrewConfig *config, const ReaderLineEvents *events,
                            void *user)
{
    ReaderLine *l = g_new0(ReaderLine, 1);
    l->config = *config;
    l->config.program = l->program = g_strdup(config->program);
    l->config.option = l->option = g_strdup(config->option);
    l->config.config_dir = l->config_dir = g_strdup(config->config_dir);
    l->config.children = MAX(config->children, 1);
    l->events = events;
    l->user = user;
    l->leaving = g_ptr_array_new_with_free_func(crew_free);
    g_queue_init(&l->shared);
    g_queue_init(&l->alone);
    l->pause = (Backoff){.first_s = 1, .most_s = 60};
    return l;
}

void reader_line_free(ReaderLine *l)
{
    if (!l)
        return;
    g_clear_handle_id(&l->restart, g_source_remove);
    g_clear_handle_id(&l->fresh_limit, g_source_remove);
    reader_crew_free(l->fresh);
    reader_crew_free(l->crew);
    g_ptr_array_unref(l->leaving);
    g_queue_clear_full(&l->shared, task_free);
    g_queue_clear_full(&l->alone, task_free);
    g_free(l->program);
    g_free(l->option);
    g_free(l->config_dir);
    g_free(l);
}

const char *reader_line_rules_version(const ReaderLine *l)
{
    return l->crew ? reader_crew_rules_version(l->crew) : "";
}

/* Nobody waits for a reader that cannot be started. */
static void refuse_all(ReaderLine *l, const GError *why)
{
    GQueue *queues[] = {&l->alone, &l->shared};
    for (size_t k = 0; k < G_N_ELEMENTS(queues); k++) {
        GQueue waiting = *queues[k]; /* the listener may put more */
        g_queue_init(queues[k]);
        ReaderTask *t;
        while ((t = g_queue_pop_head(&waiting)))
            l->events->refused(t, why, l->user);
    }
}

static gboolean start(gpointer user)
{
    ReaderLine *l = user;
    l->restart = 0;
    g_autoptr(GError) error = NULL;
    l->crew = reader_crew_start(&l->config, &crew_events, l, &error);
    if (!l->crew)
        refuse_all(l, error);
    return G_SOURCE_REMOVE;
}

/* The first start is at once; each later one after a pause, until an answer has come. */
static void start_if_none(ReaderLine *l)
{
    if (l->crew || l->restart)
        return;
    if (l->pause.tries == 0)
        l->restart = g_idle_add_full(G_PRIORITY_DEFAULT, start, l, NULL);
    else
        l->restart = g_timeout_add_seconds(backoff_next(&l->pause), start, l);
    l->pause.tries = MAX(l->pause.tries, 1);
}

static bool give_next(ReaderLine *l)
{
    GQueue *queues[] = {&l->alone, &l->shared};
    for (size_t k = 0; k < G_N_ELEMENTS(queues) && l->crew; k++) {
        ReaderTask *t = g_queue_peek_head(queues[k]);
        g_autoptr(GError) error = NULL;
        CrewAnswer a = t ? reader_crew_give(l->crew, t, &error) : CREW_FULL;
        if (a == CREW_FULL)
            continue;
        g_queue_pop_head(queues[k]);
        if (a == CREW_CANNOT)
            l->events->lost(t, error->message, l->user);
        return true;
    }
    return false;
}

static void pump(ReaderLine *l)
{
    if (!l->crew || l->pumping)
        return;
    l->pumping = true; /* `lost` may put a task, which this same loop then finds */
    while (give_next(l))
        ;
    reader_crew_ask(l->crew, l->alone.length, l->shared.length);
    l->pumping = false;
}

void reader_line_put(ReaderLine *l, ReaderTask *task, bool first)
{
    GQueue *queue = task->shared ? &l->shared : &l->alone;
    if (first)
        g_queue_push_head(queue, task);
    else
        g_queue_push_tail(queue, task);
    start_if_none(l);
    pump(l);
}

/* Takes `fresh` in the place of the crew that was. */
static void take_over(ReaderLine *l, ReaderCrew *fresh)
{
    g_clear_handle_id(&l->restart, g_source_remove);
    l->pause.tries = 1;
    ReaderCrew *old = l->crew;
    l->crew = fresh;
    if (old) {
        g_ptr_array_add(l->leaving, old);
        reader_crew_retire(old);
    }
    pump(l);
}

bool reader_line_renew(ReaderLine *l, GError **error)
{
    g_autoptr(ReaderCrew) fresh = reader_crew_start(&l->config, &crew_events, l, error);
    if (!fresh || !reader_crew_wait(fresh, READY_WAIT_S, error))
        return false;
    take_over(l, g_steal_pointer(&fresh));
    return true;
}

/* The last thing done: the listener may begin the next. */
static void end_renewal(ReaderLine *l, const GError *error)
{
    ReaderCrew *fresh = g_steal_pointer(&l->fresh);
    g_clear_handle_id(&l->fresh_limit, g_source_remove);
    if (error)
        reader_crew_free(fresh);
    else
        take_over(l, fresh);
    l->renewed(error, l->renewed_user);
}

static gboolean on_fresh_late(gpointer user)
{
    ReaderLine *l = user;
    l->fresh_limit = 0;
    g_autoptr(GError) error =
        g_error_new(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the reader was not ready within %u seconds",
                    RENEW_WAIT_S);
    end_renewal(l, error);
    return G_SOURCE_REMOVE;
}

bool reader_line_renew_begin(ReaderLine *l, ReaderAdmitFunc admit, ReaderRenewedFunc done,
                             void *user, GError **error)
{
    g_assert(!l->fresh);
    l->fresh = reader_crew_start(&l->config, &crew_events, l, error);
    if (!l->fresh)
        return false;
    l->fresh_limit = g_timeout_add_seconds(RENEW_WAIT_S, on_fresh_late, l);
    l->admit = admit;
    l->renewed = done;
    l->renewed_user = user;
    return true;
}

/* ---- what a crew says */

static void on_fresh_ready(ReaderLine *l)
{
    g_autoptr(GError) error = NULL;
    if (l->admit)
        (void)l->admit(reader_crew_rules_version(l->fresh), l->renewed_user, &error);
    end_renewal(l, error);
}

static void on_room(ReaderCrew *c, void *user)
{
    ReaderLine *l = user;
    if (c == l->crew)
        pump(l);
    else if (c == l->fresh) /* its first word: it is ready */
        on_fresh_ready(l);
    else
        reader_crew_retire(c);
}

static void on_answered(ReaderTask *t, ReaderAnswer *answer, bool fresh, void *user)
{
    ReaderLine *l = user;
    l->pause.tries = 1;
    l->events->answered(t, answer, fresh, l->user);
}

static void on_returned(ReaderTask *t, void *user)
{
    ReaderLine *l = user;
    if (t->moved > MOVES_MOST) {
        g_autoptr(GError) error =
            g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "the prepared reader keeps ending");
        l->events->refused(t, error, l->user);
        return;
    }
    g_queue_push_head(t->shared ? &l->shared : &l->alone, t);
}

static void on_lost(ReaderTask *t, const char *cause, void *user)
{
    ReaderLine *l = user;
    l->events->lost(t, cause, l->user);
}

static void on_failed(ReaderCrew *c, const GError *why, bool hopeless, void *user)
{
    ReaderLine *l = user;
    unsigned k;
    if (c == l->fresh) {
        end_renewal(l, why);
        return;
    }
    if (c == l->crew)
        l->crew = NULL;
    else if (g_ptr_array_find(l->leaving, c, &k))
        g_ptr_array_steal_index_fast(l->leaving, k);
    reader_crew_return_all(c);
    reader_crew_free(c);
    if (hopeless && !l->crew)
        refuse_all(l, why);
    else
        start_if_none(l);
    pump(l);
}

static const ReaderCrewEvents crew_events = {
    .room = on_room,
    .answered = on_answered,
    .returned = on_returned,
    .lost = on_lost,
    .failed = on_failed,
};

void reader_line_check(ReaderLine *l, int64_t now_us, int64_t late_us)
{
    for (unsigned k = l->leaving->len; k-- > 0;)
        reader_crew_check(l->leaving->pdata[k], now_us, late_us);
    if (l->crew)
        reader_crew_check(l->crew, now_us, late_us);
}
