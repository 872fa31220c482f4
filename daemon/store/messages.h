/* messages.h: every message and letter that reached the office, and where each was found.
 *
 * A message row is an original (unique by SHA-256); a source key says where it was seen (mailbox,
 * UIDVALIDITY and UID, or a file name), and whether the source has been told (moved, marked).
 * States: received (original durable, not yet read), judged, duplicate, unreadable (registered all
 * the same, judged `refer` unreadable).
 */
#pragma once

#include "daemon/model/facts.h"
#include "daemon/store/db.h"

typedef struct ReceivedMessage {
    const char *source;   /* name of the mailbox or folder in the configuration */
    uint32_t uidvalidity; /* 0 where the source is not IMAP */
    uint32_t uid;         /* 0 where not IMAP */
    const char *file;     /* Maildir or drop folder name, "" for IMAP */
    const char *sha256, *shard;
    uint64_t size;
    int64_t received_at; /* UTC seconds: INTERNALDATE and the like (policy 3) */
    Channel channel;
    bool whole; /* false: only the header block was kept (over the size limit) */
    /* out */
    int64_t message_id;
    bool known; /* the same bytes were registered before */
} ReceivedMessage;

/* The first commit: all rows in one transaction. Offering a source key again changes nothing. */
bool messages_receive(Db *db, ReceivedMessage *rows, unsigned n, int64_t now, GError **error);

/* Highest UID registered under this UIDVALIDITY, 0 if none; *known_other is true when the source
 * was seen under a different UIDVALIDITY. */
bool messages_progress(Db *db, const char *source, uint32_t uidvalidity, uint32_t *uid,
                       bool *known_other, GError **error);
/* True if this file name of a Maildir source is registered. */
bool messages_has_file(Db *db, const char *source, const char *file);
/* UIDs registered under (source, uidvalidity) but not told; GArray of uint32_t, ascending. */
GArray *messages_untold(Db *db, const char *source, uint32_t uidvalidity, GError **error);
/* File names registered but not told (Maildir); NULL-terminated. */
char **messages_untold_files(Db *db, const char *source, GError **error);
/* The source has moved or marked these. Opens its own transaction. */
bool messages_told(Db *db, const char *source, uint32_t uidvalidity, const uint32_t *uids,
                   unsigned n, GError **error);
bool messages_told_file(Db *db, const char *source, const char *file, GError **error);

typedef struct PendingMessage {
    int64_t id;
    char sha256[65];
    char shard[8];
    uint64_t size;
    int64_t received_at;
    Channel channel;
    char *source;
    bool whole;   /* false: the original is a header block only */
    int attempts; /* readings begun before and not finished */
} PendingMessage;
void pending_message_free(PendingMessage *p);
/* The first `limit` messages in state received, in the order of their receipt, then by id. */
GPtrArray *messages_pending(Db *db, unsigned limit, GError **error);
unsigned messages_pending_count(Db *db);
/* When the oldest of them was received, INT64_MAX if none; 0 where the register cannot say. */
int64_t messages_pending_oldest(Db *db);
/* Counts a reading begun, so that a message that kills readers is noticed over restarts. */
bool messages_attempt(Db *db, int64_t id, GError **error);

/* The second commit's message part; inside the caller's transaction. */
typedef struct ReadMessage {
    int64_t id;
    const char *state;      /* "judged" "duplicate" "unreadable" */
    const char *message_id; /* header, "" none */
    const char *sender;     /* plain address, "" none */
    const char *from_name;
    const char *subject;
    const char *body_sha256; /* of the text; "" none */
    int64_t case_id;         /* 0 none */
    int64_t duplicate_of;    /* 0 none */
    const Facts *facts;      /* NULL where unreadable; unchanged until the transaction ends */
} ReadMessage;
bool messages_read(Db *db, const ReadMessage *m, GError **error);

/* An earlier message with the same Message-ID, sender and body: its id and case, or 0. */
bool messages_find_same(Db *db, const char *message_id, const char *sender, const char *body_sha256,
                        int64_t *id, int64_t *case_id, GError **error);

typedef struct MessageRow { /* for display */
    int64_t id, received_at, case_id, duplicate_of;
    char *sha256, *shard, *state, *kind, *message_id, *sender, *from_name, *subject, *source;
    uint64_t size;
} MessageRow;
void message_row_free(MessageRow *m);
GPtrArray *messages_of_case(Db *db, int64_t case_id, GError **error);
MessageRow *messages_load(Db *db, int64_t id, GError **error);
/* Facts of the case's messages in order of receipt (Facts), duplicates left out. */
GPtrArray *messages_facts_of_case(Db *db, int64_t case_id, GError **error);
