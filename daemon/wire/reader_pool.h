/* reader_pool.h: the sandboxed readers, seen from iecd and iecctl.
 *
 * Starts `iecd-reader` by posix_spawn (every descriptor CLOEXEC): a slim parent at once, a docs
 * parent on first use. Each parent forks caged children; a child serves one live message, or up
 * to 16 of a backlog, then retires. Results come as length-prefixed GVariant frames and are
 * checked (type, size, UTF-8, ranges) before anybody sees them. Where a child dies, overruns or
 * lies, a second child reads only the header with our own reader: the result then has
 * document->unreadable set, facts NULL and `why` says what happened.
 */
#pragma once

#include "daemon/model/facts.h"
#include "parsers/document.h"
#include <glib.h>

typedef struct ReaderPoolConfig {
    const char *reader_path; /* the iecd-reader binary */
    const char *config_dir;  /* rules, labels */
    unsigned children;       /* slim children at most, e.g. number of cores */
    unsigned docs_children;
    unsigned wall_s;      /* a message's limit, e.g. 10 */
    unsigned docs_wall_s; /* a document's limit, e.g. 60 */
} ReaderPoolConfig;

typedef struct ReadJob {
    int fd;              /* the original, read-only; the pool takes and closes it */
    int64_t received_at; /* 0: by the message's topmost Received field, else now */
    Channel channel;
    const char *const *own_addresses;    /* lower case, NULL-terminated */
    const char *const *trusted_authserv; /* whose Authentication-Results are believed */
    bool backlog;                        /* a child may be shared with other messages */
    bool facts;                          /* false: the Document only (iecctl parse) */
} ReadJob;

typedef struct ReadResult {
    Document *document; /* never NULL */
    Facts *facts;       /* NULL where unreadable or not asked for */
    char *why;          /* unreadable: one clause for people; "" else */
    double reader_ms;   /* time in readers */
    bool fresh;         /* read by a child that had served no other message */
} ReadResult;
void read_result_free(ReadResult *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReadResult, read_result_free)

/* The result is the callee's to free. NULL result only with an error: the pool itself is broken
 * (no reader can be started); the message stays received. */
typedef void (*ReadDoneFunc)(ReadResult *result, const GError *error, void *user);

typedef struct ReaderPool ReaderPool;
ReaderPool *reader_pool_new(const ReaderPoolConfig *config, GError **error);
/* Kills children, calls nothing. */
void reader_pool_free(ReaderPool *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderPool, reader_pool_free)
/* Queues a job; documents in it are read by docs children and the facts taken from all text. */
void reader_pool_read(ReaderPool *p, const ReadJob *job, ReadDoneFunc done, void *user);
unsigned reader_pool_queued(const ReaderPool *p);
/* A new parent with the rules as they now stand on disk; what is read meanwhile, and work under way
 * when it is ready, ends in the old one. Waits for nothing: `done` is told later, with an error
 * where the old one stays. Not while another reload is under way. */
typedef void (*ReloadDoneFunc)(const GError *error, void *user);
/* Asked before the new parent serves, with the version it loaded; false, with an error: the old one
 * stays. */
typedef bool (*ReloadAdmitFunc)(const char *rules_version, void *user, GError **error);
bool reader_pool_reload(ReaderPool *p, ReloadAdmitFunc admit, ReloadDoneFunc done, void *user,
                        GError **error);
/* Version of the rules the current slim parent loaded; "" until it said. Borrowed. */
const char *reader_pool_rules_version(const ReaderPool *p);
