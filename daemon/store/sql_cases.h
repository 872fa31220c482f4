/* sql_cases.h: the statements of cases, their history and settings, private to this folder (see
 * statement.h). */
#pragma once

/* Columns of a CaseRow, in the order of its reader in cases.c. */
#define CASE_COLUMNS                                                                               \
    "id, reference, state, first_contact_at, received_at, reply_due, decided_at, decided_by, "     \
    "contact_name, contact_address, language, area, channel, decision, reasons, asks, refer, "     \
    "flags, release, asked_count, linked_case, chased"

/* ?1 the case, ?2 the state, ?3 to ?20 as bind_case binds them. */
#define CASE_SET                                                                                   \
    "received_at = ?3, reply_due = ?4, decided_at = ?5, decided_by = ?6, contact_name = ?7, "      \
    "contact_address = ?8, language = ?9, area = ?10, channel = ?11, decision = ?12, "             \
    "reasons = ?13, asks = ?14, refer = ?15, flags = ?16, release = ?17, asked_count = ?18, "      \
    "linked_case = ?19, chased = ?20"

#define SQL_CASES(X)                                                                               \
    X(SERIAL_NEXT,                                                                                 \
      "INSERT INTO serials (name, last) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET "          \
      "last = last + 1 RETURNING last")                                                            \
    X(CASE_INSERT,                                                                                 \
      "INSERT INTO cases (state, received_at, reply_due, decided_at, decided_by, contact_name, "   \
      "contact_address, language, area, channel, decision, reasons, asks, refer, flags, release, " \
      "asked_count, linked_case, chased, reference, first_contact_at, created_at) VALUES (?2, "    \
      "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, "   \
      "?22, ?23)")                                                                                 \
    X(CASE_STATE, "SELECT state FROM cases WHERE id = ?1")                                         \
    X(CASE_MOVE, "UPDATE cases SET state = ?2, " CASE_SET " WHERE id = ?1")                        \
    X(CASE_KEEP, "UPDATE cases SET " CASE_SET " WHERE id = ?1")                                    \
    X(CASE_LOAD, "SELECT " CASE_COLUMNS " FROM cases WHERE id = ?1")                               \
    X(CASE_BY_REFERENCE, "SELECT " CASE_COLUMNS " FROM cases WHERE reference = ?1")                \
    X(CASE_LIST,                                                                                   \
      "SELECT " CASE_COLUMNS                                                                       \
      " FROM cases WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR decision = ?2) AND "        \
      "(?3 IS NULL OR reply_due <= ?3) AND (?4 IS NULL OR reference LIKE ?4 ESCAPE '\\' OR "       \
      "contact_name LIKE ?4 ESCAPE '\\' OR contact_address LIKE ?4 ESCAPE '\\' OR EXISTS "         \
      "(SELECT 1 FROM case_addresses a WHERE a.case_id = cases.id AND a.address LIKE ?4 "          \
      "ESCAPE '\\')) ORDER BY id")                                                                 \
    X(CASE_OWED,                                                                                   \
      "SELECT " CASE_COLUMNS " FROM cases WHERE state IN ('referred', 'awaiting-release') AND "    \
      "(reply_due IS NULL OR reply_due <= ?1) AND "                                                \
      "(state = 'referred' OR release = 'reviewed') ORDER BY reply_due, cases.id")                 \
    X(CASE_SILENT, "SELECT " CASE_COLUMNS " FROM cases INDEXED BY cases_asked WHERE "              \
                   "state = 'asked' AND decided_at < ?1 ORDER BY decided_at, cases.id")            \
    X(CASE_COUNTS, "SELECT state, count(*) FROM cases GROUP BY state")                             \
    X(CASE_BY_HAND_COUNT, "SELECT count(*) FROM cases INDEXED BY cases_by_hand WHERE "             \
                          "instr(flags, 'acknowledge-by-hand') > 0 AND state <> 'closed'")         \
    X(ADDRESS_INSERT, "INSERT INTO case_addresses (case_id, address) VALUES (?1, ?2) "             \
                      "ON CONFLICT (case_id, address) DO NOTHING")                                 \
    X(ADDRESS_KNOWN, "SELECT 1 FROM case_addresses WHERE case_id = ?1 AND address = ?2")           \
    X(DECISION_INSERT,                                                                             \
      "INSERT INTO decisions (case_id, message_id, at, by, why, decision, line, release, "         \
      "release_why, reasons, asks, refer, flags, time_limit, reply_due, rules_version, facts) "    \
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)")       \
    X(DECISIONS_OF_CASE,                                                                           \
      "SELECT id, at, message_id, line, by, why, decision, reasons, asks, refer, flags, release, " \
      "rules_version, time_limit, reply_due, facts, release_why FROM decisions WHERE case_id = "   \
      "?1 "                                                                                        \
      "ORDER BY id")                                                                               \
    X(EVENT_INSERT, "INSERT INTO events (case_id, message_id, at, who, what, why) "                \
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)")                                             \
    X(EVENTS_OF_CASE,                                                                              \
      "SELECT at, message_id, who, what, why FROM events WHERE case_id = ?1 ORDER BY id")          \
    X(MARK_KEYS, "SELECT id, key FROM mark_keys ORDER BY id DESC")                                 \
    X(META_GET, "SELECT value FROM meta WHERE key = ?1")                                           \
    X(META_SET, "INSERT INTO meta (key, value) VALUES (?1, ?2) "                                   \
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value")                          \
    X(META_UNSET, "DELETE FROM meta WHERE key = ?1")
