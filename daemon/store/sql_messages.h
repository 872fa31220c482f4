/* sql_messages.h: the statements of messages, private to this folder (see statement.h). */
#pragma once

/* Columns of a MessageRow, in the order of its reader in messages_show.c. */
#define MESSAGE_COLUMNS                                                                            \
    "id, received_at, case_id, duplicate_of, sha256, shard, state, kind, message_id, sender, "     \
    "from_name, subject, source, size"

/* A source's other UIDVALIDITYs are looked for on both sides of this one: two steps into the key,
 * where `<>` would walk every message of the source. */
#define SQL_MESSAGES(X)                                                                            \
    X(MESSAGE_INSERT,                                                                              \
      "INSERT INTO messages (sha256, shard, size, received_at, registered_at, channel, source, "   \
      "whole) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (sha256) DO NOTHING")            \
    X(MESSAGE_BY_SHA, "SELECT id FROM messages WHERE sha256 = ?1")                                 \
    X(KEY_INSERT,                                                                                  \
      "INSERT INTO source_keys (source, uidvalidity, uid, file, message_id, seen_at) "             \
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (source, uidvalidity, uid, file) DO NOTHING")   \
    X(KEY_EVENT,                                                                                   \
      "INSERT INTO events (case_id, message_id, at, who, what, why) SELECT case_id, id, ?2, "      \
      "'iecd', 'duplicate', 'the same bytes were delivered again; nothing is sent' FROM messages " \
      "WHERE id = ?1 AND case_id IS NOT NULL")                                                     \
    X(KEY_HIGHEST, "SELECT max(uid) FROM source_keys WHERE source = ?1 AND uidvalidity = ?2")      \
    X(KEY_OTHER,                                                                                   \
      "SELECT EXISTS (SELECT 1 FROM source_keys WHERE source = ?1 AND uidvalidity < ?2) OR "       \
      "EXISTS (SELECT 1 FROM source_keys WHERE source = ?1 AND uidvalidity > ?2)")                 \
    X(KEY_FILE,                                                                                    \
      "SELECT 1 FROM source_keys WHERE source = ?1 AND uidvalidity = 0 AND uid = 0 AND file = ?2") \
    X(KEY_UNTOLD,                                                                                  \
      "SELECT uid FROM source_keys INDEXED BY source_keys_untold WHERE source = ?1 AND "           \
      "uidvalidity = ?2 AND uid > 0 AND told_at IS NULL ORDER BY uid")                             \
    X(KEY_UNTOLD_FILES,                                                                            \
      "SELECT file FROM source_keys INDEXED BY source_keys_untold WHERE source = ?1 AND "          \
      "uidvalidity = 0 AND uid = 0 AND told_at IS NULL ORDER BY file")                             \
    X(KEY_TOLD,                                                                                    \
      "UPDATE source_keys SET told_at = ?5 WHERE source = ?1 AND uidvalidity = ?2 AND uid = ?3 "   \
      "AND file = ?4 AND told_at IS NULL")                                                         \
    X(MESSAGE_PENDING,                                                                             \
      "SELECT id, sha256, shard, size, received_at, channel, source, whole, attempts FROM "        \
      "messages INDEXED BY messages_pending WHERE state = 'received' ORDER BY received_at, id "    \
      "LIMIT ?1")                                                                                  \
    X(MESSAGE_PENDING_COUNT,                                                                       \
      "SELECT count(*) FROM messages INDEXED BY messages_pending WHERE state = 'received'")        \
    X(MESSAGE_PENDING_OLDEST, "SELECT min(received_at) FROM messages INDEXED BY messages_pending " \
                              "WHERE state = 'received'")                                          \
    X(MESSAGE_ATTEMPT, "UPDATE messages SET attempts = attempts + 1 WHERE id = ?1")                \
    X(MESSAGE_READ,                                                                                \
      "UPDATE messages SET state = ?2, kind = ?3, message_id = ?4, sender = ?5, from_name = ?6, "  \
      "subject = ?7, body_sha256 = ?8, case_id = ?9, duplicate_of = ?10 WHERE id = ?1")            \
    X(FACTS_INSERT,                                                                                \
      "INSERT INTO message_facts (message_id, rules_version, facts) VALUES (?1, ?2, ?3)")          \
    X(MESSAGE_SAME,                                                                                \
      "SELECT id, case_id FROM messages INDEXED BY messages_same WHERE message_id = ?1 AND "       \
      "message_id <> '' AND sender = ?2 AND body_sha256 = ?3 AND duplicate_of IS NULL "            \
      "ORDER BY id LIMIT 1")                                                                       \
    X(MESSAGE_LOAD, "SELECT " MESSAGE_COLUMNS " FROM messages WHERE id = ?1")                      \
    X(MESSAGES_OF_CASE, "SELECT " MESSAGE_COLUMNS                                                  \
                        " FROM messages WHERE case_id = ?1 ORDER BY received_at, messages.id")     \
    X(FACTS_OF_CASE,                                                                               \
      "SELECT f.facts FROM messages m JOIN message_facts f ON f.message_id = m.id "                \
      "WHERE m.case_id = ?1 AND m.duplicate_of IS NULL ORDER BY m.received_at, m.id")              \
    X(MESSAGE_COUNT, "SELECT count(*) FROM messages")
