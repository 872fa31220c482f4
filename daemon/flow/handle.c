#include "daemon/flow/handle.h"
#include "daemon/base/clock.h"
#include "daemon/base/durable.h"
#include "daemon/base/log.h"
#include "daemon/flow/casefile.h"
#include "daemon/flow/deadlines.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/intake.h"
#include "daemon/store/messages.h"
#include "daemon/wire/reader_crew.h"

#define COMMIT_BATCH   64u /* the cost of a commit is shared by so many; their memory is bounded */
#define IN_FLIGHT_MOST 96u /* jobs with the readers: enough to keep every child busy */
#define IN_HAND_MOST   (IN_FLIGHT_MOST + COMMIT_BATCH)
#define TAKE_MOST      256u
#define BACKLOG_FROM   4u /* with more than so many waiting, a child may serve several */
/* Starts that found a message in the readers' hands before it is no longer given to them. */
#define ATTEMPTS_MOST 8
/* What is read waits so long at most for what came before it; then it goes first. */
#define ORDER_WAIT_S 10u
/* And what is there so long at most for mailboxes that are not yet read to their end. */
#define HEAR_WAIT_S 5u

typedef struct Job {
    Handle *handle;
    PendingMessage *p;
    ReadResult *result; /* NULL: with the readers */
    int64_t read_us;
} Job;

struct Handle {
    Office *office;
    GPtrArray *queue; /* PendingMessage, from `next` on not yet given out */
    unsigned next;
    bool all_taken;  /* the register held no more than what is in `queue` */
    GPtrArray *jobs; /* Job in order of receipt: with the readers, or read and not yet filed */
    unsigned in_flight;
    GHashTable *aside; /* ids (int64_t) that could not be filed, until `retry_source` */
    guint commit_source, retry_source, order_source, hear_source;
    bool heard_enough; /* a mailbox is not read to its end, and was waited for */
    GPtrArray *found;  /* PendingMessage that the last process may have tried; NULL once counted */
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

static void take_again(Handle *h)
{
    g_ptr_array_set_size(h->queue, 0);
    h->next = 0;
    h->all_taken = false;
}

static gboolean retry(void *user)
{
    Handle *h = user;
    h->retry_source = 0;
    g_hash_table_remove_all(h->aside);
    take_again(h);
    pump(h);
    return G_SOURCE_REMOVE;
}

/* The message stays received; it is taken again in a little while. */
static void retry_later(Handle *h, Job *j)
{
    g_hash_table_add(h->aside, g_memdup2(&j->p->id, sizeof j->p->id));
    g_ptr_array_remove(h->jobs, j);
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

static void read_again(Handle *h, Job *j);

/* First try of a batch: all in one transaction, up to one that is to be read again first: what
 * came after it waits for it. *filed: how many. */
static bool file_all(Handle *h, Job *const *jobs, unsigned n, unsigned *filed, GError **error)
{
    Office *o = h->office;
    FiledAs as = FILED;
    unsigned k = 0;
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    if (!tx)
        return false;
    for (; k < n; k++) {
        if (!casefile_file(o, jobs[k]->p, jobs[k]->result, &as, error))
            return false;
        if (as == FILE_FRESH_READ)
            break;
    }
    if (!transaction_commit(tx, error))
        return false;
    stop_point("judged");
    Job *again = k < n ? jobs[k] : NULL;
    for (*filed = 0; *filed < k; ++*filed)
        g_ptr_array_remove(h->jobs, jobs[*filed]);
    if (again)
        read_again(h, again);
    return true;
}

/* One that cannot be filed must not hold up the others, nor vanish: it stays received. */
static bool file_alone(Handle *h, Job *j)
{
    g_autoptr(GError) error = NULL;
    unsigned filed = 0;
    if (file_all(h, &j, 1, &filed, &error))
        return filed == 1;
    const char *fields[] = {"MESSAGE_SHA", j->p->sha256, NULL};
    log_line(LOG_LEVEL_ERROR, fields, "message %" G_GINT64_FORMAT " cannot be filed: %s", j->p->id,
             error->message);
    if (error->domain == STORE_ERROR && error->code != STORE_ERROR_MOVE)
        office_fail(h->office, "filing a message", error);
    retry_later(h, j);
    return true;
}

/* What is read, and nothing that came before it is still with the readers, or for too long. */
static GPtrArray *jobs_due(const Handle *h)
{
    GPtrArray *due = g_ptr_array_new();
    int64_t patience = clock_monotonic_us() - ORDER_WAIT_S * G_USEC_PER_SEC;
    bool behind = false;
    for (unsigned n = 0; n < h->jobs->len && due->len < COMMIT_BATCH; n++) {
        Job *j = h->jobs->pdata[n];
        if (!j->result)
            behind = true;
        else if (!behind || j->read_us <= patience)
            g_ptr_array_add(due, j);
    }
    return due;
}

/* False where nothing more can be filed now. */
static bool file_due(Handle *h)
{
    g_autoptr(GPtrArray) due = jobs_due(h);
    g_autoptr(GError) error = NULL;
    unsigned filed = 0;
    if (due->len == 0)
        return false;
    if (file_all(h, (Job *const *)due->pdata, due->len, &filed, &error))
        return filed == due->len;
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_COMMIT) ||
        g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL)) {
        if (office_fail(h->office, "filing messages", error))
            for (unsigned k = 0; k < due->len; k++)
                retry_later(h, due->pdata[k]);
        return false;
    }
    for (unsigned k = 0; k < due->len && !h->office->stopping; k++)
        if (!file_alone(h, due->pdata[k]))
            return false;
    return true;
}

static gboolean on_order_wait(void *user);

static void commit_ready(Handle *h)
{
    while (!h->office->stopping && file_due(h))
        ;
    if (h->jobs->len > h->in_flight && !h->order_source)
        h->order_source = g_timeout_add_seconds(ORDER_WAIT_S + 1, on_order_wait, h);
    dispatch_kick(h->office->dispatch);
    deadlines_kick(h->office->deadlines);
}

static gboolean on_order_wait(void *user)
{
    Handle *h = user;
    h->order_source = 0;
    commit_ready(h);
    pump(h);
    return G_SOURCE_REMOVE;
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
static void ready(Handle *h, Job *j, ReadResult *result)
{
    j->result = result;
    j->read_us = clock_monotonic_us();
    if (h->jobs->len - h->in_flight >= COMMIT_BATCH || h->in_flight == 0)
        commit_ready(h);
    else if (!h->commit_source)
        h->commit_source = g_idle_add_full(G_PRIORITY_LOW, commit_when_idle, h, NULL);
}

static void on_read(ReadResult *result, const GError *error, void *user)
{
    Job *j = user;
    Handle *h = j->handle;
    h->in_flight--;
    if (!result) {
        log_error("no reader can be started: %s", error->message);
        retry_later(h, j);
        return;
    }
    if (!j->p->whole) {
        g_free(result->why);
        result->why = g_strdup("it is larger than the limit for one message; only its header "
                               "is kept here, the message itself is on the mail server");
    }
    if (casefile_wants_fresh_read(h->office, j->p, result)) {
        j->result = result;
        read_again(h, j);
    } else {
        ready(h, j, result);
    }
    pump(h);
}

static void read_message(Handle *h, Job *j, bool backlog)
{
    Office *o = h->office;
    g_autoptr(GError) error = NULL;
    int fd = originals_read(o->originals, j->p->shard, j->p->sha256, &error);
    if (fd < 0) {
        log_error("original of message %" G_GINT64_FORMAT ": %s", j->p->id, error->message);
        ready(h, j, unread("its stored original cannot be opened"));
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
    reader_pool_read(o->pool, &job, on_read, j);
}

static bool is_before(const PendingMessage *one, const PendingMessage *other)
{
    return one->received_at < other->received_at ||
           (one->received_at == other->received_at && one->id < other->id);
}

static void give_out(Handle *h, PendingMessage *p)
{
    Job *j = g_new0(Job, 1);
    unsigned place = h->jobs->len;
    j->handle = h;
    j->p = p;
    while (place > 0 && is_before(p, ((const Job *)h->jobs->pdata[place - 1])->p))
        place--;
    g_ptr_array_insert(h->jobs, (int)place, j);
    if (p->attempts >= ATTEMPTS_MOST) {
        ready(h, j, unread("the readers did not survive it"));
        return;
    }
    bool backlog = h->queue->len - h->next + h->in_flight > BACKLOG_FROM;
    read_message(h, j, backlog);
}

/* A rejection leaves only on facts read by a fresh child: the message is read once more. */
static void read_again(Handle *h, Job *j)
{
    g_clear_pointer(&j->result, read_result_free);
    read_message(h, j, false);
}

static bool is_in_hand(const Handle *h, int64_t id)
{
    for (unsigned n = 0; n < h->jobs->len; n++)
        if (((const Job *)h->jobs->pdata[n])->p->id == id)
            return true;
    return g_hash_table_contains(h->aside, &id);
}

static bool refill(Handle *h)
{
    if (h->next < h->queue->len)
        return true;
    if (h->all_taken)
        return false;
    g_autoptr(GError) error = NULL;
    unsigned most = TAKE_MOST + h->jobs->len + g_hash_table_size(h->aside);
    g_autoptr(GPtrArray) rows = messages_pending(h->office->db, most, &error);
    if (!rows) {
        office_fail(h->office, "reading what is to be judged", error);
        return false;
    }
    take_again(h);
    h->all_taken = rows->len < most;
    for (unsigned n = 0; n < rows->len; n++) {
        PendingMessage *p = rows->pdata[n];
        if (is_in_hand(h, p->id))
            continue;
        rows->pdata[n] = NULL; /* the queue's now */
        g_ptr_array_add(h->queue, p);
    }
    return h->queue->len > 0;
}

static gboolean on_hear_wait(void *user)
{
    Handle *h = user;
    h->hear_source = 0;
    h->heard_enough = !intake_heard_all(h->office->intake);
    pump(h);
    return G_SOURCE_REMOVE;
}

/* After a start or a trouble an older message may stand in a mailbox that is not yet read. */
static bool must_hear(Handle *h)
{
    if (intake_heard_all(h->office->intake)) {
        h->heard_enough = false;
        return false;
    }
    if (!h->heard_enough && !h->hear_source)
        h->hear_source = g_timeout_add_seconds(HEAR_WAIT_S, on_hear_wait, h);
    return !h->heard_enough;
}

static bool has_room(const Handle *h)
{
    return h->in_flight < IN_FLIGHT_MOST && h->jobs->len < IN_HAND_MOST;
}

/* Of what the last process left received, only what its readers can have held counts a try; and
 * only where this one comes to reading, so that one which ends before that counts none. */
static void count_attempts(Handle *h)
{
    g_autoptr(GPtrArray) found = g_steal_pointer(&h->found);
    g_autoptr(GError) error = NULL;
    for (unsigned n = 0; n < found->len; n++) {
        if (!messages_attempt(h->office->db, ((const PendingMessage *)found->pdata[n])->id, &error))
            break;
    }
    if (error)
        office_fail(h->office, "counting tries", error);
    take_again(h);
}

static void pump(Handle *h)
{
    if (h->office->stopping || !refill(h) || must_hear(h))
        return;
    if (h->found)
        count_attempts(h);
    while (!h->office->stopping && has_room(h) && refill(h)) {
        PendingMessage *p = h->queue->pdata[h->next];
        h->queue->pdata[h->next++] = NULL; /* the job's now */
        give_out(h, p);
    }
}

void handle_kick(Handle *h)
{
    if (!h)
        return;
    take_again(h); /* what is new may be older */
    pump(h);
}

unsigned handle_in_flight(const Handle *h)
{
    return h->in_flight;
}

static void pending_free(void *p)
{
    if (p)
        pending_message_free(p);
}

static GPtrArray *what_was_tried(Office *o)
{
    g_autoptr(GError) error = NULL;
    unsigned held = (unsigned)o->settings->limits.children * READER_IN_HAND;
    GPtrArray *found = messages_pending(o->db, held, &error);
    if (!found)
        office_fail(o, "counting tries", error);
    return found;
}

Handle *handle_open(Office *o)
{
    Handle *h = g_new0(Handle, 1);
    h->office = o;
    h->queue = g_ptr_array_new_with_free_func(pending_free);
    h->jobs = g_ptr_array_new_with_free_func(job_free);
    h->aside = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    h->found = what_was_tried(o);
    return h;
}

void handle_close(Handle *h)
{
    if (!h)
        return;
    const guint sources[] = {h->commit_source, h->retry_source, h->order_source, h->hear_source};
    for (unsigned n = 0; n < G_N_ELEMENTS(sources); n++)
        if (sources[n])
            g_source_remove(sources[n]);
    /* The pool is gone by now and calls nobody: its jobs are ours to free. */
    g_ptr_array_unref(h->jobs);
    g_ptr_array_unref(h->queue);
    g_clear_pointer(&h->found, g_ptr_array_unref);
    g_hash_table_unref(h->aside);
    g_free(h);
}
