/* reader_work.h: one message on its way through the readers.
 *
 * First reading, then its documents side by side, then a second reading with their texts, whose
 * facts count; or, where a reading failed, the header alone. Holds what is known so far and makes
 * the orders; sends nothing itself.
 */
#pragma once

#include "daemon/model/reader_protocol.h"
#include "daemon/wire/reader_pool.h"
#include "daemon/wire/reader_worker.h"

#define READER_DOCUMENTS_MOST 20u

typedef struct ReaderWork {
    int fd;
    int64_t received_at;
    Channel channel;
    char **own_addresses, **trusted_authserv;
    bool backlog, facts_wanted;
    ReadDoneFunc done;
    void *user;
    ReadResult *result; /* filled as it goes */
    GError *error;      /* no reader can be started */
    /* What document readers found: texts by path, and attachments with READ_FAILED. */
    Document *found;
    GPtrArray *documents; /* Attachment of the first reading to be read, borrowed from result */
    unsigned documents_left;
    size_t found_bytes;
} ReaderWork;

/* Takes the job's descriptor, copies the rest. */
ReaderWork *reader_work_new(const ReadJob *job, ReadDoneFunc done, void *user);
void reader_work_free(ReaderWork *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderWork, reader_work_free)
/* An order for the message itself (with what was found) or for its `item`-th document. */
ReaderTask *reader_work_task(ReaderWork *w, ReaderOp op, unsigned item);

/* Takes the answer's document and facts. False where they are not what was ordered: `why` of the
 * result is then set. */
bool reader_work_take(ReaderWork *w, const ReaderTask *t, ReaderAnswer *answer, bool fresh);
/* How many documents the first reading leaves to be read; 0 where none or where it is not wanted.
 * Those over the limit are noted as not read. */
unsigned reader_work_documents(ReaderWork *w);
/* The outcome of one document: `answer` may be NULL, `why` then says it. */
void reader_work_found(ReaderWork *w, const ReaderTask *t, ReaderAnswer *answer, const char *why);
/* Unreadable, because of `why`; the document is what is known, an empty one at worst. */
void reader_work_give_up(ReaderWork *w, const char *why);
