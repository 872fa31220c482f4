#include "daemon/wire/reader_pool.h"
#include "daemon/base/clock.h"
#include "daemon/wire/reader_line.h"
#include "daemon/wire/reader_work.h"

#define TICK_MS 250
/* A tick this much later than asked for means that the loop stood still. */
#define STALL_US (G_USEC_PER_SEC / 2)

struct ReaderPool {
    ReaderLine *slim, *docs;
    GHashTable *works; /* ReaderWork under way */
    GQueue finished;   /* ReaderWork to be told */
    guint tell, tick;
    int64_t last_tick_us;
};

void read_result_free(ReadResult *r)
{
    if (!r)
        return;
    document_free(r->document);
    facts_free(r->facts);
    g_free(r->why);
    g_free(r);
}

static void work_free(void *data)
{
    reader_work_free(data);
}

/* Told from the loop's own turn, so that the listener may queue the next at once. */
static gboolean tell(gpointer user)
{
    ReaderPool *p = user;
    ReaderWork *w = g_queue_pop_head(&p->finished);
    if (w && w->error) {
        w->done(NULL, w->error, w->user);
    } else if (w) {
        if (!w->result->why)
            w->result->why = g_strdup("");
        w->done(g_steal_pointer(&w->result), NULL, w->user);
    }
    reader_work_free(w);
    if (p->finished.length > 0)
        return G_SOURCE_CONTINUE;
    p->tell = 0;
    return G_SOURCE_REMOVE;
}

static void finish(ReaderPool *p, ReaderWork *w)
{
    g_hash_table_steal(p->works, w);
    g_queue_push_tail(&p->finished, w);
    if (!p->tell)
        p->tell = g_idle_add_full(G_PRIORITY_DEFAULT, tell, p, NULL);
}

/* After what the sockets have to say (lower priority): an answer that is there counts. */
static gboolean tick(gpointer user)
{
    ReaderPool *p = user;
    int64_t now = clock_monotonic_us(), late = now - p->last_tick_us - TICK_MS * 1000;
    p->last_tick_us = now;
    late = late > STALL_US ? late : 0;
    reader_line_check(p->slim, now, late);
    reader_line_check(p->docs, now, late);
    if (g_hash_table_size(p->works) > 0)
        return G_SOURCE_CONTINUE;
    p->tick = 0;
    return G_SOURCE_REMOVE;
}

static void start_tick(ReaderPool *p)
{
    if (p->tick)
        return;
    p->last_tick_us = clock_monotonic_us();
    p->tick = g_timeout_add_full(G_PRIORITY_DEFAULT + 10, TICK_MS, tick, p, NULL);
}

static void read_header(ReaderPool *p, ReaderWork *w)
{
    reader_line_put(p->slim, reader_work_task(w, READER_HEADER, 0), true);
}

static void read_documents(ReaderPool *p, ReaderWork *w, unsigned count)
{
    for (unsigned k = 0; k < count; k++)
        reader_line_put(p->docs, reader_work_task(w, READER_DOCUMENT, k), false);
}

/* ---- messages */

static void on_read(ReaderTask *task, ReaderAnswer *answer, bool fresh, void *user)
{
    ReaderPool *p = user;
    g_autoptr(ReaderTask) t = task;
    g_autoptr(ReaderAnswer) a = answer;
    ReaderWork *w = t->work;
    bool good = reader_work_take(w, t, a, fresh);
    unsigned documents = good && t->op == READER_MESSAGE ? reader_work_documents(w) : 0;
    if (documents > 0) {
        read_documents(p, w, documents);
    } else if (t->op == READER_MESSAGE && !good) {
        read_header(p, w);
    } else {
        if (t->op == READER_HEADER)
            reader_work_give_up(w, NULL);
        finish(p, w);
    }
}

static void on_lost(ReaderTask *task, const char *cause, void *user)
{
    ReaderPool *p = user;
    g_autoptr(ReaderTask) t = task;
    ReaderWork *w = t->work;
    w->result->reader_ms += t->ms;
    if (t->op == READER_MESSAGE) {
        g_free(w->result->why);
        w->result->why = g_strdup(cause);
        read_header(p, w);
        return;
    }
    reader_work_give_up(w, w->result->why ? NULL : cause);
    finish(p, w);
}

static void on_refused(ReaderTask *task, const GError *why, void *user)
{
    g_autoptr(ReaderTask) t = task;
    ReaderWork *w = t->work;
    w->error = g_error_copy(why);
    finish(user, w);
}

/* ---- documents */

static void found(ReaderPool *p, ReaderTask *task, ReaderAnswer *answer, const char *why)
{
    g_autoptr(ReaderTask) t = task;
    g_autoptr(ReaderAnswer) a = answer;
    ReaderWork *w = t->work;
    reader_work_found(w, t, a, why);
    if (w->documents_left == 0)
        reader_line_put(p->slim, reader_work_task(w, READER_MESSAGE, 0), true);
}

static void on_document(ReaderTask *t, ReaderAnswer *answer, bool fresh, void *user)
{
    found(user, t, answer, NULL);
}

static void on_document_lost(ReaderTask *t, const char *cause, void *user)
{
    found(user, t, NULL, cause);
}

/* The message is registered all the same, for a person to read: waiting could miss its day. */
static void on_document_refused(ReaderTask *t, const GError *why, void *user)
{
    found(user, t, NULL, "the reader for documents cannot be started");
}

static const ReaderLineEvents slim_events = {on_read, on_lost, on_refused};
static const ReaderLineEvents docs_events = {on_document, on_document_lost, on_document_refused};

/* ---- the pool */

ReaderPool *reader_pool_new(const ReaderPoolConfig *config, GError **error)
{
    ReaderCrewConfig slim = {
        .program = config->reader_path,
        .option = "--slim",
        .config_dir = config->config_dir,
        .children = config->children,
        .spare = 2,
        .wall_s = config->wall_s,
    };
    ReaderCrewConfig docs = slim;
    docs.option = "--docs";
    docs.children = config->docs_children;
    docs.spare = 1;
    docs.wall_s = config->docs_wall_s;
    g_autoptr(ReaderPool) p = g_new0(ReaderPool, 1);
    g_queue_init(&p->finished);
    p->works = g_hash_table_new_full(NULL, NULL, work_free, NULL);
    p->slim = reader_line_new(&slim, &slim_events, p);
    p->docs = reader_line_new(&docs, &docs_events, p);
    if (!reader_line_renew(p->slim, error)) {
        g_prefix_error(error, "%s: ", config->reader_path);
        return NULL;
    }
    return g_steal_pointer(&p);
}

void reader_pool_free(ReaderPool *p)
{
    if (!p)
        return;
    g_clear_handle_id(&p->tick, g_source_remove);
    g_clear_handle_id(&p->tell, g_source_remove);
    reader_line_free(p->slim);
    reader_line_free(p->docs);
    g_hash_table_unref(p->works);
    g_queue_clear_full(&p->finished, work_free);
    g_free(p);
}

void reader_pool_read(ReaderPool *p, const ReadJob *job, ReadDoneFunc done, void *user)
{
    ReaderWork *w = reader_work_new(job, done, user);
    g_hash_table_add(p->works, w);
    start_tick(p);
    reader_line_put(p->slim, reader_work_task(w, READER_MESSAGE, 0), false);
}

unsigned reader_pool_queued(const ReaderPool *p)
{
    return g_hash_table_size(p->works) + p->finished.length;
}

bool reader_pool_reload(ReaderPool *p, ReloadAdmitFunc admit, ReloadDoneFunc done, void *user,
                        GError **error)
{
    return reader_line_renew_begin(p->slim, admit, done, user, error);
}

const char *reader_pool_rules_version(const ReaderPool *p)
{
    return reader_line_rules_version(p->slim);
}
