/* sql_outbox.h: the statements of the outbox, private to this folder (see statement.h). */
#pragma once

/* Columns of an OutboxRow, in the order of its reader in outbox_rows.c. */
#define OUTBOX_COLUMNS                                                                             \
    "id, case_id, decision_id, kind, reasons, state, recipient, message_id, return_path, "         \
    "subject, created_at, not_before, due, attempts, sent_at, last_answer, retried_unknown"

/* Each move names the state it starts from, so that one meant for another state changes nothing:
 * a late 4xx must not let a held rejection go. The schema's trigger stands behind it. */
#define SQL_OUTBOX(X)                                                                              \
    X(OUTBOX_INSERT,                                                                               \
      "INSERT INTO outbox (case_id, decision_id, kind, reasons, state, recipient, message_id, "    \
      "return_path, subject, created_at, not_before, due, bytes) "                                 \
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")                           \
    X(OUTBOX_LOAD, "SELECT " OUTBOX_COLUMNS ", bytes FROM outbox WHERE id = ?1")                   \
    X(OUTBOX_DUE,                                                                                  \
      "SELECT " OUTBOX_COLUMNS                                                                     \
      " FROM outbox WHERE state = ?1 AND not_before <= ?2 ORDER BY not_before, outbox.id LIMIT "   \
      "?3")                                                                                        \
    X(OUTBOX_NOTICE_DUE,                                                                           \
      "SELECT id FROM outbox INDEXED BY outbox_notices WHERE state = 'queued' AND "                \
      "kind = 'notice' AND not_before <= ?1 ORDER BY not_before, id LIMIT 1")                      \
    X(OUTBOX_NOTICE_WAITS,                                                                         \
      "SELECT count(*) FROM outbox WHERE case_id = ?1 AND kind = 'notice' AND "                    \
      "state IN ('queued', 'sending') AND recipient = ?2 AND subject = ?3")                        \
    X(OUTBOX_UNSENT_TO,                                                                            \
      "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE recipient = ?1 AND kind <> 'notice' AND "       \
      "state IN ('held', 'queued') ORDER BY created_at")                                           \
    X(OUTBOX_NEXT,                                                                                 \
      "SELECT min(a) FROM (SELECT min(not_before) AS a FROM outbox WHERE state = 'held' UNION "    \
      "ALL SELECT min(not_before) FROM outbox WHERE state = 'queued')")                            \
    X(OUTBOX_OF_CASE, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE case_id = ?1 ORDER BY id")      \
    X(OUTBOX_RELEASE,                                                                              \
      "UPDATE outbox SET state = 'queued', not_before = ?2 WHERE id = ?1 AND state = 'held'")      \
    X(OUTBOX_HOLD, "UPDATE outbox SET not_before = ?2 WHERE id = ?1 AND state = 'held'")           \
    X(OUTBOX_CANCEL,                                                                               \
      "UPDATE outbox SET state = 'cancelled' WHERE id = ?1 AND state IN ('held', 'queued')")       \
    X(OUTBOX_SENDING, "UPDATE outbox SET state = 'sending', attempts = attempts + 1 "              \
                      "WHERE id = ?1 AND state = 'queued'")                                        \
    X(OUTBOX_SENT, "UPDATE outbox SET state = 'sent', last_answer = ?2, sent_at = ?3 "             \
                   "WHERE id = ?1 AND state = 'sending'")                                          \
    X(OUTBOX_LATER, "UPDATE outbox SET state = 'queued', last_answer = ?2, not_before = ?3 "       \
                    "WHERE id = ?1 AND state = 'sending'")                                         \
    X(OUTBOX_FAILED,                                                                               \
      "UPDATE outbox SET state = 'failed', last_answer = ?2 WHERE id = ?1 AND state = 'sending'")  \
    X(OUTBOX_UNKNOWN,                                                                              \
      "UPDATE outbox SET state = 'unknown', last_answer = ?2 WHERE id = ?1 AND state = 'sending'") \
    X(OUTBOX_LOST, "UPDATE outbox SET state = 'unknown' WHERE state = 'sending'")                  \
    X(OUTBOX_RETRY, "UPDATE outbox SET state = 'queued', not_before = ?1, retried_unknown = 1 "    \
                    "WHERE state = 'unknown' AND retried_unknown = 0")                             \
    X(OUTBOX_BY_MESSAGE_ID, "SELECT case_id, id FROM outbox WHERE message_id = ?1")                \
    X(OUTBOX_COUNT_TO, "SELECT count(*) FROM outbox WHERE recipient = ?1 AND created_at >= ?2 "    \
                       "AND state <> 'cancelled'")                                                 \
    X(OUTBOX_COUNT_KIND,                                                                           \
      "SELECT count(*) FROM outbox WHERE case_id = ?1 AND kind = ?2 AND state <> 'cancelled'")     \
    X(OUTBOX_COUNTS, "SELECT state, count(*) FROM outbox GROUP BY state")
