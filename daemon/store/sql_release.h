/* sql_release.h: the statements of releases, the sample and rule sets, private to this folder (see
 * statement.h). */
#pragma once

#define SAMPLE_COLUMNS                                                                             \
    "s.outbox_id, s.case_id, c.reference, s.at, s.week, s.reasons, s.language, s.channel, "        \
    "s.representative, s.read_at, s.reader, s.read_decision, s.read_reasons"

#define SQL_RELEASE(X)                                                                             \
    X(RELEASE_CHANGE_ADD,                                                                          \
      "INSERT INTO release_changes (at, who, what, reason, why) VALUES (?1, ?2, ?3, ?4, ?5)")      \
    X(RELEASE_LATEST,                                                                              \
      "SELECT max(id), at, who, what, reason, why FROM release_changes GROUP BY reason")           \
    X(RELEASE_CHANGES, "SELECT id, at, who, what, reason, why FROM release_changes ORDER BY id")   \
    X(RELEASE_HOLD, "INSERT INTO release_held (outbox_id, hold_end, rules_version) "               \
                    "VALUES (?1, ?2, ?3)")                                                         \
    X(RELEASE_UNHOLD, "DELETE FROM release_held WHERE outbox_id = ?1")                             \
    X(RELEASE_HELD,                                                                                \
      "SELECT h.outbox_id, h.hold_end, h.rules_version, o.case_id, o.reasons FROM release_held h " \
      "JOIN outbox o ON o.id = h.outbox_id")                                                       \
    X(RELEASE_HAND_IN,                                                                             \
      "SELECT EXISTS (SELECT 1 FROM events WHERE case_id = ?1 AND who = ?2 AND what IN "           \
      "('released', 'returned', 'found-wrong')) OR "                                               \
      "EXISTS (SELECT 1 FROM decisions WHERE case_id = ?1 AND by = ?2)")                           \
    X(WRONG_ADD,                                                                                   \
      "INSERT INTO wrong_rejections (decision_id, case_id, at, who, why, reasons, rules_version) " \
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (decision_id) DO NOTHING")                  \
    X(WRONG_IS, "SELECT EXISTS (SELECT 1 FROM wrong_rejections WHERE decision_id = ?1)")           \
    X(AUTOMATIC_RULES, "SELECT rules_version FROM automatic_rejections WHERE outbox_id = ?1")      \
    X(WRONG_ADD_ALIKE,                                                                             \
      "INSERT OR IGNORE INTO wrong_alike (wrong_id, case_id) SELECT ?1, d.case_id FROM decisions " \
      "d "                                                                                         \
      "INDEXED BY decisions_rejected WHERE d.rules_version = ?2 AND d.decision = 'reject' AND "    \
      "d.by = 'rules' AND d.case_id <> ?3 AND EXISTS (SELECT 1 FROM outbox o WHERE "               \
      "o.case_id = d.case_id AND o.decision_id = d.id AND o.kind = 'rejection' AND "               \
      "o.state <> 'cancelled')")                                                                   \
    X(WRONG_MARK_SAME,                                                                             \
      "UPDATE wrong_alike AS a SET same = 1 WHERE a.wrong_id = ?1 AND a.same = 0 AND EXISTS "      \
      "(SELECT 1 FROM decisions d JOIN outbox o ON o.decision_id = d.id WHERE "                    \
      "d.case_id = a.case_id AND o.case_id = a.case_id AND d.rules_version = ?2 AND "              \
      "d.by = 'rules' AND o.kind = 'rejection' AND o.state <> 'cancelled' AND "                    \
      "instr(',' || d.reasons || ',', ',' || ?3 || ',') > 0)")                                     \
    X(WRONG_TELL_ALIKE,                                                                            \
      "INSERT INTO events (case_id, at, who, what, why) SELECT case_id, ?2, ?3, "                  \
      "'alike-found-wrong', ?4 FROM wrong_alike WHERE wrong_id = ?1")                              \
    X(WRONG_ALIKE,                                                                                 \
      "SELECT c.reference, c.state, a.same FROM wrong_rejections w JOIN wrong_alike a ON "         \
      "a.wrong_id = w.id JOIN cases c ON c.id = a.case_id WHERE w.decision_id = ?1 ORDER BY "      \
      "a.same DESC, c.id")                                                                         \
    X(WRONG_LIST,                                                                                  \
      "SELECT w.decision_id, c.reference, w.at, w.who, w.why, w.reasons, w.rules_version, "        \
      "(SELECT count(*) FROM wrong_alike a WHERE a.wrong_id = w.id), (SELECT count(*) FROM "       \
      "wrong_alike a WHERE a.wrong_id = w.id AND a.same = 1) FROM wrong_rejections w "             \
      "JOIN cases c ON c.id = w.case_id ORDER BY w.id")                                            \
    X(AUTOMATIC_ADD,                                                                               \
      "INSERT INTO automatic_rejections (outbox_id, case_id, at, week, reasons, language, "        \
      "channel, representative, rules_version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")       \
    X(SAMPLE_NEXT_WEEK,                                                                            \
      "SELECT min(week) FROM automatic_rejections INDEXED BY automatic_rejections_undrawn "        \
      "WHERE drawn IS NULL")                                                                       \
    X(SAMPLE_UNDRAWN,                                                                              \
      "SELECT s.outbox_id, c.reference FROM automatic_rejections s INDEXED BY "                    \
      "automatic_rejections_undrawn JOIN cases c ON c.id = s.case_id WHERE s.drawn IS NULL AND "   \
      "s.week = ?1 ORDER BY s.outbox_id")                                                          \
    X(SAMPLE_LEAVE_OUT, "UPDATE automatic_rejections SET drawn = 0 "                               \
                        "WHERE outbox_id = ?1 AND drawn IS NULL")                                  \
    X(SAMPLE_DRAW, "UPDATE automatic_rejections SET drawn = ?2 WHERE outbox_id = ?1")              \
    X(SAMPLE_WEEK_ADD,                                                                             \
      "INSERT INTO sample_weeks (week, at, seed, percent, minimum, rejections, drawn) "            \
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                       \
    X(SAMPLE_ROWS, "SELECT " SAMPLE_COLUMNS                                                        \
                   " FROM automatic_rejections s INDEXED BY automatic_rejections_drawn JOIN "      \
                   "cases c ON c.id = s.case_id WHERE s.drawn = 1 ORDER BY s.outbox_id")           \
    X(SAMPLE_OF_CASE, "SELECT " SAMPLE_COLUMNS                                                     \
                      " FROM automatic_rejections s INDEXED BY automatic_rejections_case JOIN "    \
                      "cases c ON c.id = s.case_id WHERE s.case_id = ?1 AND s.drawn = 1 "          \
                      "ORDER BY s.outbox_id DESC LIMIT 1")                                         \
    X(SAMPLE_READ,                                                                                 \
      "UPDATE automatic_rejections SET read_at = ?2, reader = ?3, read_decision = ?4, "            \
      "read_reasons = ?5 WHERE outbox_id = ?1 AND read_at IS NULL")                                \
    X(RULES_IN_USE, "SELECT version FROM rule_uses ORDER BY id DESC LIMIT 1")                      \
    X(RULES_USE, "INSERT INTO rule_uses (at, version, how) VALUES (?1, ?2, ?3)")                   \
    X(RULES_APPROVED, "SELECT approved_at IS NOT NULL FROM rule_sets WHERE version = ?1")          \
    X(RULES_PROPOSE,                                                                               \
      "INSERT INTO rule_sets (version, proposed_at, proposed_by, cases, changed, figures, "        \
      "approved_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, '') ON CONFLICT (version) DO UPDATE SET "      \
      "proposed_at = ?2, proposed_by = ?3, cases = ?4, changed = ?5, figures = ?6")                \
    X(RULES_FIRST, "INSERT INTO rule_sets (version, proposed_by, cases, changed, figures, "        \
                   "approved_at, approved_by) VALUES (?1, '', 0, 0, '', ?2, ?3)")                  \
    X(RULES_APPROVE, "UPDATE rule_sets SET approved_at = ?2, approved_by = ?3 WHERE version = ?1") \
    X(RULES_SETS,                                                                                  \
      "SELECT version, proposed_at, proposed_by, cases, changed, figures, approved_at, "           \
      "approved_by FROM rule_sets ORDER BY coalesce(proposed_at, approved_at)")                    \
    X(RULES_SET, "SELECT version, proposed_at, proposed_by, cases, changed, figures, "             \
                 "approved_at, approved_by FROM rule_sets WHERE version = ?1")                     \
    X(RULES_USES, "SELECT at, version, how FROM rule_uses ORDER BY id")                            \
    X(RULES_TRIAL_CASES, "SELECT id FROM cases ORDER BY id DESC LIMIT ?1")
