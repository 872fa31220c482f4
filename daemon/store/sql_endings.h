/* sql_endings.h: the statements of endings.h, private to this folder (see statement.h). */
#pragma once

/* The case, and the one of the same sender that it takes up again. */
#define LOOK_AGAIN_CASES                                                                           \
    "(SELECT ?1 UNION ALL SELECT other_id FROM case_links WHERE case_id = ?1 AND why = 'later')"

/* Who may not look at a rejection again: those who made one, let one go, or had a part in closing
 * the case as outside. */
#define SQL_ENDINGS(X)                                                                             \
    X(LOOK_AGAIN_INSERT, "INSERT INTO look_agains (case_id, message_id, asked_at) "                \
                         "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")                             \
    X(LOOK_AGAIN_ANSWER, "UPDATE look_agains SET answer = ?2, answered_by = ?3, answered_at = ?4 " \
                         "WHERE case_id = ?1 AND answer IS NULL")                                  \
    X(LOOK_AGAIN_OPEN, "SELECT EXISTS (SELECT 1 FROM look_agains WHERE case_id = ?1 AND "          \
                       "answer IS NULL)")                                                          \
    X(LOOK_AGAIN_BARRED,                                                                           \
      "SELECT EXISTS (SELECT 1 FROM decisions WHERE case_id IN " LOOK_AGAIN_CASES " AND by = ?2 "  \
      "AND decision = 'reject') OR EXISTS (SELECT 1 FROM events WHERE case_id "                    \
      "IN " LOOK_AGAIN_CASES " AND who = ?2 AND what = 'released') OR EXISTS (SELECT 1 FROM "      \
      "close_proposals WHERE case_id IN " LOOK_AGAIN_CASES " AND ended = 'agreed' AND "            \
      "(proposed_by = ?2 OR ended_by = ?2))")                                                      \
    X(LOOK_AGAIN_COUNTS, "SELECT ifnull(answer, 'open'), count(*) FROM look_agains GROUP BY 1")    \
    X(REJECTION_COUNT,                                                                             \
      "SELECT count(*) FROM outbox INDEXED BY outbox_rejections WHERE "                            \
      "kind IN ('rejection', 'closed-outside') AND state NOT IN ('held', 'cancelled')")            \
    X(PROPOSAL_INSERT,                                                                             \
      "INSERT INTO close_proposals (case_id, message_id, proposed_at, proposed_by, reasons, why, " \
      "note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                 \
    X(PROPOSAL_OPEN, "SELECT id, message_id, proposed_at, proposed_by, reasons, why, note FROM "   \
                     "close_proposals WHERE case_id = ?1 AND ended IS NULL")                       \
    X(PROPOSAL_END, "UPDATE close_proposals SET ended = ?2, ended_by = ?3, ended_at = ?4 "         \
                    "WHERE id = ?1 AND ended IS NULL")                                             \
    X(OUTCOME_INSERT, "INSERT INTO case_outcomes (case_id, kind, day, at, by, why, apology, "      \
                      "redress) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                          \
    X(OUTCOMES_OF_CASE, "SELECT id, kind, day, at, by, why, apology, redress FROM case_outcomes "  \
                        "WHERE case_id = ?1 ORDER BY id")
