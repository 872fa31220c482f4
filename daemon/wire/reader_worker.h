/* reader_worker.h: one caged child at work, seen from iecd.
 *
 * Sends it orders, hands on its checked answers in the order asked, and watches the clock of the
 * one it is at. A worker answers for the head of its queue; the rest wait in its socket. Whatever
 * it does wrong ends it: an answer that cannot be right, one nobody asked for, silence past the
 * limit. Freeing kills the process; nothing else is waited for.
 */
#pragma once

#include "daemon/model/reader_protocol.h"
#include <glib.h>

typedef struct ReaderTask {
    ReaderOp op;
    bool shared;    /* may be read by a child that has read others */
    bool again;     /* its second and last try */
    unsigned moved; /* times it was taken from a parent that died, which is no fault of its own */
    GBytes *order;
    int fd;        /* the work's, borrowed */
    void *work;    /* whose it is */
    unsigned item; /* READER_DOCUMENT: which attachment */
    double ms;     /* time in readers, all tries */
} ReaderTask;
void reader_task_free(ReaderTask *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderTask, reader_task_free)

typedef struct ReaderWorker ReaderWorker;

/* Each is the last thing a worker does in its turn: the listener may free it. */
typedef struct ReaderWorkerEvents {
    void (*answered)(ReaderWorker *w, ReaderTask *task, ReaderAnswer *answer, bool fresh);
    void (*uncaged)(ReaderWorker *w, const char *why);
    /* It is dead or dying; its tasks are still in its queue. */
    void (*ended)(ReaderWorker *w);
} ReaderWorkerEvents;

/* Takes both descriptors. `owner` is for the listener. */
ReaderWorker *reader_worker_new(uint32_t number, int pidfd, int socket, unsigned wall_s,
                                const ReaderWorkerEvents *events, void *owner);
void reader_worker_free(ReaderWorker *w); /* frees tasks not taken too */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderWorker, reader_worker_free)
void *reader_worker_owner(const ReaderWorker *w);
uint32_t reader_worker_number(const ReaderWorker *w);

/* Takes the task, not its descriptor: the child gets one of its own, read-only. False with the
 * task untouched where that cannot be had. */
bool reader_worker_give(ReaderWorker *w, ReaderTask *task, GError **error);
unsigned reader_worker_load(const ReaderWorker *w);  /* tasks given, not answered */
unsigned reader_worker_given(const ReaderWorker *w); /* tasks ever given */
bool reader_worker_served(const ReaderWorker *w);    /* has answered one */
ReaderTask *reader_worker_take(ReaderWorker *w);     /* head of the queue; NULL none */

bool reader_worker_late(const ReaderWorker *w, int64_t now_us); /* past its limit */
void reader_worker_stop(ReaderWorker *w);                       /* for that: ends in `ended` */
/* The loop itself was held up for so long, which nobody is blamed for. */
void reader_worker_excuse(ReaderWorker *w, int64_t late_us);
/* The parent's word on how the process ended; may come before the socket's end is seen. */
void reader_worker_set_status(ReaderWorker *w, int wait_status);
bool reader_worker_status_known(const ReaderWorker *w);
int64_t reader_worker_ended_us(const ReaderWorker *w);
/* For people: "the reader was stopped after 10 seconds". g_free. */
char *reader_worker_cause(const ReaderWorker *w);
/* We had to stop it: what it was at is to blame whatever happened besides. */
bool reader_worker_stopped(const ReaderWorker *w);
/* Ended by a SIGKILL that was not ours: the machine's doing rather than the message's. */
bool reader_worker_ended_from_outside(const ReaderWorker *w);
