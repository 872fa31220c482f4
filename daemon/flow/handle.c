#include "daemon/flow/handle.h"
#include "daemon/base/durable.h"
#include "daemon/base/log.h"
#include "daemon/flow/casefile.h"
#include "daemon/flow/deadlines.h"
#include "daemon/flow/dispatch.h"
#include "daemon/store/messages.h"
#include "daemon/wire/reader_crew.h"

#define COMMIT_BATCH   64u /* the cost of a commit is shared by so many; their memory is bounded */
#define IN_FLIGHT_MOST 96u /* jobs with the readers: enough to keep every child busy */
#define BACKLOG_FROM   4u  /* with more than so many waiting, a child may serve several */
/* Starts that found a message in the readers' hands before it is no longer given to them. */
#define ATTEMPTS_MOST 8

typedef struct Job {
    Handle *handle;
    PendingMessage *p;
    ReadResult *result;
} Job;

struct Handle {
    Office *office;
    int64_t last_id;  /* highest id taken from the register */
    GPtrArray *queue; /* PendingMessage, from `next` on not yet given out */
    unsigned next;
    unsigned in_flight;
    GHashTable *flying; /* Job: with the readers */
    GPtrArray *ready;   /* Job */
    guint commit_source, retry_source;
    bool all_taken; /* the register held no more than what is in `queue` */
};

static void pump(Handle *h);

static void job_free(void *data)
{
    Job *j = data;
    if (!j)
        return;
    pending_message_free(j->p);
    read_result_free(j->result);
    g_free(j);
}

static gboolean retry(void *user)
{
    Handle *h = user;
    /* What is with the readers or waits for its commit must not be taken a second time. */
    if (h->in_flight || h->ready->len)
        return G_SOURCE_CONTINUE;
    h->retry_source = 0;
    h->last_id = 0;
    h->all_taken = false;
    g_ptr_array_set_size(h->queue, 0);
    h->next = 0;
    pump(h);
    return G_SOURCE_REMOVE;
}

/* The messages stay received; they are looked for again, from the first, in a little while. */
static void retry_later(Handle *h)
{
    if (!h->retry_source && !h->office->stopping)
        h->retry_source = g_timeout_add_seconds(10, retry, h);
}

/* A message not to be read: too large, or one that readers and iecd did not survive. */
static ReadResult *unread(const char *why)
{
    ReadResult *r = g_new0(ReadResult, 1);
    r->document = document_new();
    r->document->unreadable = true;
    r->why = g_strdup(why);
    r->fresh = true;
    return r;
}

static void give_back(Handle *h, Job *j);

/* First try of a batch: all in one transaction. */
static bool file_all(Handle *h, Job *const *jobs, unsigned n, GError **error)
{
    Office *o = h->office;
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    if (!tx)
        return false;
    g_autofree FiledAs *as = g_new0(FiledAs, n);
    for (unsigned k = 0; k < n; k++) {
        if (!casefile_file(o, jobs[k]->p, jobs[k]->result, &as[k], error))
            return false;
    }
    if (!transaction_commit(tx, error))
        return false;
    stop_point("judged");
    for (unsigned k = 0; k < n; k++) {
        if (as[k] == FILE_FRESH_READ)
            give_back(h, jobs[k]);
    }
    return true;
}

/* One that cannot be filed must not hold up the others, nor vanish: it stays received. */
static void file_alone(Handle *h, Job *j)
{
    g_autoptr(GError) error = NULL;
    if (file_all(h, &j, 1, &error))
        return;
    const char *fields[] = {"MESSAGE_SHA", j->p->sha256, NULL};
    log_line(LOG_LEVEL_ERROR, fields, "message %" G_GINT64_FORMAT " cannot be filed: %s", j->p->id,
             error->message);
    if (error->domain == STORE_ERROR && error->code != STORE_ERROR_MOVE)
        office_fail(h->office, "filing a message", error);
    retry_later(h);
}

static void commit_ready(Handle *h)
{
    if (h->ready->len == 0)
        return;
    g_autoptr(GPtrArray) jobs = g_steal_pointer(&h->ready);
    h->ready = g_ptr_array_new_with_free_func(job_free);
    g_autoptr(GError) error = NULL;
    if (!file_all(h, (Job *const *)jobs->pdata, jobs->len, &error)) {
        if (g_error_matches(error, STORE_ERROR, STORE_ERROR_COMMIT) ||
            g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL)) {
            if (office_fail(h->office, "filing messages", error))
                retry_later(h);
            return;
        }
        for (unsigned k = 0; k < jobs->len && !h->office->stopping; k++)
            file_alone(h, jobs->pdata[k]);
    }
    dispatch_kick(h->office->dispatch);
    deadlines_kick(h->office->deadlines);
}

static gboolean commit_when_idle(void *user)
{
    Handle *h = user;
    h->commit_source = 0;
    commit_ready(h);
    pump(h);
    return G_SOURCE_REMOVE;
}

/* At once when nobody else is being read, else when the loop has nothing better to do. */
static void ready(Handle *h, Job *j)
{
    g_ptr_array_add(h->ready, j);
    if (h->ready->len >= COMMIT_BATCH || h->in_flight == 0)
        commit_ready(h);
    else if (!h->commit_source)
        h->commit_source = g_idle_add_full(G_PRIORITY_LOW, commit_when_idle, h, NULL);
}

static void on_read(ReadResult *result, const GError *error, void *user)
{
    Job *j = user;
    Handle *h = j->handle;
    h->in_flight--;
    g_hash_table_remove(h->flying, j);
    if (!result) {
        log_error("no reader can be started: %s", error->message);
        job_free(j);
        retry_later(h);
        return;
    }
    j->result = result;
    if (!j->p->whole) {
        g_free(result->why);
        result->why = g_strdup("it is larger than the limit for one message; only its header "
                               "is kept here, the message itself is on the mail server");
    }
    ready(h, j);
    pump(h);
}

static void read_message(Handle *h, Job *j, bool backlog)
{
    Office *o = h->office;
    g_autoptr(GError) error = NULL;
    int fd = originals_read(o->originals, j->p->shard, j->p->sha256, &error);
    if (fd < 0) {
        log_error("original of message %" G_GINT64_FORMAT ": %s", j->p->id, error->message);
        j->result = unread("its stored original cannot be opened");
        ready(h, j);
        return;
    }
    ReadJob job = {
        .fd = fd,
        .received_at = j->p->received_at,
        .channel = j->p->channel,
        .own_addresses = (const char *const *)o->own_addresses,
        .trusted_authserv = (const char *const *)o->settings->trusted_authserv,
        .backlog = backlog,
        .facts = j->p->whole,
    };
    h->in_flight++;
    g_hash_table_add(h->flying, j);
    reader_pool_read(o->pool, &job, on_read, j);
}

static void give_out(Handle *h, PendingMessage *p)
{
    Job *j = g_new0(Job, 1);
    j->handle = h;
    j->p = p;
    if (p->attempts >= ATTEMPTS_MOST) {
        j->result = unread("the readers did not survive it");
        ready(h, j);
        return;
    }
    bool backlog = h->queue->len - h->next + h->in_flight > BACKLOG_FROM;
    read_message(h, j, backlog);
}

/* A rejection leaves only on facts read by a fresh child: the message is read once more. */
static void give_back(Handle *h, Job *j)
{
    Job *again = g_new0(Job, 1);
    again->handle = h;
    again->p = g_steal_pointer(&j->p);
    read_message(h, again, false);
}

static bool refill(Handle *h)
{
    if (h->next < h->queue->len)
        return true;
    if (h->all_taken)
        return false;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) more = messages_pending(h->office->db, h->last_id, 256, &error);
    if (!more) {
        office_fail(h->office, "reading what is to be judged", error);
        return false;
    }
    h->all_taken = more->len < 256;
    g_ptr_array_unref(h->queue);
    h->queue = g_steal_pointer(&more);
    h->next = 0;
    if (h->queue->len)
        h->last_id = ((PendingMessage *)h->queue->pdata[h->queue->len - 1])->id;
    return h->queue->len > 0;
}

static void pump(Handle *h)
{
    while (!h->office->stopping && h->in_flight < IN_FLIGHT_MOST && refill(h)) {
        PendingMessage *p = h->queue->pdata[h->next];
        h->queue->pdata[h->next++] = NULL; /* the job's now */
        give_out(h, p);
    }
}

void handle_kick(Handle *h)
{
    if (!h)
        return;
    h->all_taken = false;
    pump(h);
}

unsigned handle_in_flight(const Handle *h)
{
    return h->in_flight;
}

/* Of what the last process left received, only what its readers can have held counts a try. */
static void count_attempts(Office *o)
{
    g_autoptr(GError) error = NULL;
    unsigned held = (unsigned)o->settings->limits.children * READER_IN_HAND;
    g_autoptr(GPtrArray) first = messages_pending(o->db, 0, held, &error);
    for (unsigned n = 0; first && n < first->len; n++) {
        const PendingMessage *p = first->pdata[n];
        if (!messages_attempt(o->db, p->id, &error))
            break;
    }
    if (error)
        office_fail(o, "counting tries", error);
}

static void pending_free(void *p)
{
    if (p)
        pending_message_free(p);
}

Handle *handle_open(Office *o)
{
    Handle *h = g_new0(Handle, 1);
    h->office = o;
    h->queue = g_ptr_array_new_with_free_func(pending_free);
    h->ready = g_ptr_array_new_with_free_func(job_free);
    h->flying = g_hash_table_new_full(NULL, NULL, NULL, NULL);
    count_attempts(o);
    return h;
}

void handle_close(Handle *h)
{
    if (!h)
        return;
    if (h->commit_source)
        g_source_remove(h->commit_source);
    if (h->retry_source)
        g_source_remove(h->retry_source);
    /* The pool is gone by now and calls nobody: its jobs are ours to free. */
    GHashTableIter it;
    void *job;
    g_hash_table_iter_init(&it, h->flying);
    while (g_hash_table_iter_next(&it, &job, NULL))
        job_free(job);
    g_hash_table_unref(h->flying);
    g_ptr_array_unref(h->queue);
    g_ptr_array_unref(h->ready);
    g_free(h);
}
