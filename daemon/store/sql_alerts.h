/* sql_alerts.h: the statements of alerts and stops, private to this folder (see statement.h). */
#pragma once

/* Columns of an AlertRow, in the order of its reader in alerts.c. */
#define ALERT_COLUMNS "a.id, a.case_id, c.reference, a.kind, a.raised_at, a.again_at, c.reply_due"

#define SQL_ALERTS(X)                                                                              \
    X(ALERT_RAISE,                                                                                 \
      "INSERT INTO alerts (case_id, message_id, kind, raised_at, again_at) "                       \
      "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (case_id, kind) WHERE acknowledged_at IS NULL "     \
      "DO UPDATE SET message_id = excluded.message_id, again_at = excluded.again_at")              \
    X(ALERT_AGAIN, "UPDATE alerts SET again_at = ?2 WHERE id = ?1 AND acknowledged_at IS NULL")    \
    X(ALERTS_DUE, "SELECT " ALERT_COLUMNS " FROM alerts a INDEXED BY alerts_again JOIN cases c "   \
                  "ON c.id = a.case_id WHERE a.acknowledged_at IS NULL AND a.again_at <= ?1 "      \
                  "ORDER BY a.again_at, a.id")                                                     \
    X(ALERTS_OPEN, "SELECT " ALERT_COLUMNS " FROM alerts a INDEXED BY alerts_again JOIN cases c "  \
                   "ON c.id = a.case_id WHERE a.acknowledged_at IS NULL ORDER BY a.id")            \
    X(ALERTS_OVER,                                                                                 \
      "SELECT " ALERT_COLUMNS " FROM alerts a INDEXED BY alerts_again JOIN cases c "               \
      "ON c.id = a.case_id WHERE a.acknowledged_at IS NULL AND ((a.kind IN ('deadline-near', "     \
      "'deadline-past') AND NOT (c.state = 'referred' OR (c.state = 'awaiting-release' AND "       \
      "c.release = 'reviewed'))) OR (a.kind = 'deadline-near' AND EXISTS (SELECT 1 FROM alerts b " \
      "WHERE b.case_id = a.case_id AND b.kind = 'deadline-past' AND b.acknowledged_at IS NULL)))") \
    X(ALERT_DONE, "UPDATE alerts SET acknowledged_at = ?2, acknowledged_by = ?3 "                  \
                  "WHERE id = ?1 AND acknowledged_at IS NULL")                                     \
    X(ALERT_OPEN_COUNT, "SELECT count(*) FROM alerts INDEXED BY alerts_again "                     \
                        "WHERE acknowledged_at IS NULL")                                           \
    X(STOP_PLACE, "INSERT INTO stops (case_id, message_id, kind, address, at) "                    \
                  "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (case_id, kind, address) "              \
                  "WHERE lifted_at IS NULL DO NOTHING")                                            \
    X(STOP_LIFT, "UPDATE stops SET lifted_at = ?3, lifted_by = ?4 WHERE case_id = ?1 AND "         \
                 "kind = ?2 AND address = '' AND lifted_at IS NULL")                               \
    X(STOP_LIFT_ADDRESS, "UPDATE stops SET lifted_at = ?2, lifted_by = ?3 WHERE address = ?1 AND " \
                         "address <> '' AND lifted_at IS NULL")                                    \
    X(STOP_HAD, "SELECT EXISTS (SELECT 1 FROM stops WHERE case_id = ?1 AND kind = ?2)")            \
    X(STOPS_ON,                                                                                    \
      "SELECT kind FROM stops WHERE case_id = ?1 AND address = '' AND lifted_at IS NULL AND "      \
      "at >= ?3 UNION ALL SELECT kind FROM stops WHERE address = ?2 AND address <> '' AND "        \
      "lifted_at IS NULL AND at >= ?3")
