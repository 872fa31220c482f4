/* outbox.h: replies owed, each with fixed bytes and a fixed Message-ID.
 *
 *   held --(hold over, approved)--> queued --> sending --> sent
 *     |                               ^          |-> queued   4xx: again at not_before
 *     +-> cancelled <-----------------+          |-> failed   5xx or deadline: a person
 *                                     +----------+-> unknown  found `sending` at start, or lost
 *                                                             after the dot: one retry, listed
 * `sending` is committed before DATA. A row is written in the transaction that decides its case.
 */
#pragma once

#include "daemon/model/reply.h"
#include "daemon/store/db.h"

typedef struct OutboxRow {
    int64_t id, case_id, decision_id;
    ReplyKind kind;
    uint32_t reasons;  /* Reason bits of a rejection */
    char *state;       /* "held" "queued" "sending" "sent" "failed" "unknown" "cancelled" */
    char *recipient;   /* passed addr_ok */
    char *message_id;  /* with <> */
    char *return_path; /* envelope sender, "" is <> */
    char *subject;
    GBytes *bytes; /* whole RFC 5322 message, CRLF, 7-bit */
    int64_t created_at;
    int64_t not_before; /* UTC seconds: hold end or next try; INT64_MAX: until approved */
    Day due;            /* day it must have left by, DAY_NONE none */
    int attempts;
    int64_t sent_at;   /* 0 not yet */
    char *last_answer; /* server's last words, made printable, at most 200 bytes */
    bool retried_unknown;
} OutboxRow;
void outbox_row_free(OutboxRow *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxRow, outbox_row_free)

/* In the caller's transaction; id is filled in. `state` must be held or queued. */
bool outbox_add(Db *db, OutboxRow *row, GError **error);
/* A serial for a Message-ID, never given twice, from the register; in the caller's transaction. */
uint64_t outbox_serial(Db *db, GError **error);

/* Queued rows due at `now`, oldest first; without `bytes` unless asked. */
GPtrArray *outbox_due(Db *db, int64_t now, unsigned limit, GError **error);
/* Earliest not_before over held and queued rows, INT64_MAX if none. */
int64_t outbox_next(Db *db);
/* Held rows whose hold is over at `now` (flow/release lets them go or not). */
GPtrArray *outbox_held_over(Db *db, int64_t now, GError **error);
/* The oldest notice due, 0 none: the office's own people are told before anybody is answered. */
int64_t outbox_notice_due(Db *db, int64_t now, GError **error);
/* True while an earlier notice of the case with this subject waits for its way to `address`. */
bool outbox_notice_waits(Db *db, int64_t case_id, const char *address, const char *subject);
/* Replies (no notices) held or queued to this address, of whatever case. */
GPtrArray *outbox_unsent_to(Db *db, const char *address, GError **error);
GPtrArray *outbox_of_case(Db *db, int64_t case_id, GError **error);
OutboxRow *outbox_load(Db *db, int64_t id, GError **error);
/* Held or queued: it can still be cancelled. */
bool outbox_is_unsent(const OutboxRow *r);
/* The last of the case's replies that answers them (reply_is_answer) and was not cancelled;
 * REPLY_COUNT none. */
bool outbox_last_answer(Db *db, int64_t case_id, ReplyKind *last, GError **error);

/* Moves; each is its own statement: wrap several in one transaction. */
bool outbox_release(Db *db, int64_t id, int64_t now, GError **error);
bool outbox_hold_until(Db *db, int64_t id, int64_t not_before, GError **error);
bool outbox_cancel(Db *db, int64_t id, GError **error);
bool outbox_sending(Db *db, int64_t id, GError **error); /* counts the attempt */
bool outbox_sent(Db *db, int64_t id, const char *answer, int64_t now, GError **error);
bool outbox_later(Db *db, int64_t id, int64_t not_before, const char *answer, GError **error);
bool outbox_failed(Db *db, int64_t id, const char *answer, GError **error);
bool outbox_unknown(Db *db, int64_t id, const char *answer, GError **error);
/* At start: rows found sending become unknown; those not retried before are queued once more
 * with retried_unknown set. Returns how many were found, -1 on error. */
int outbox_recover(Db *db, int64_t now, GError **error);

/* Case and row of a reply of ours with this Message-ID; 0 if none. */
int64_t outbox_case_of_message_id(Db *db, const char *message_id, int64_t *row_id);
/* For the ceilings of policy 6, cancelled rows left out: rows to `address` created since; and rows
 * of this kind for the case. OUTBOX_COUNT_UNKNOWN, above any ceiling, where the register
 * cannot say. */
#define OUTBOX_COUNT_UNKNOWN 1000000
int outbox_count_to(Db *db, const char *address, int64_t since);
int outbox_count_kind(Db *db, int64_t case_id, ReplyKind kind);
