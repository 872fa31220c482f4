/* alerts.h: what a person of the office must see now (policy 4 line 0, 4a, 4b), until one says that
 * they have.
 *
 * At most one alert of a kind is open a case: raised again, it is due again at once and keeps the
 * time it was first raised. Instants are UTC seconds. All writing functions run inside the caller's
 * transaction; what is mailed, and to whom, is flow/alarm's.
 */
#pragma once

#include "daemon/model/day.h"
#include "daemon/store/db.h"

typedef enum AlertKind {
    ALERT_URGENT,
    ALERT_THREAT,
    ALERT_SERIOUS_MISCONDUCT,
    ALERT_UNDELIVERED,     /* a reply of an urgent case came back */
    ALERT_NEW_ADDRESS,     /* they ask to be written to elsewhere: a person confirms it */
    ALERT_WRONG_REJECTION, /* one that has left is found wrong, or its blind reader says so */
    ALERT_CAMPAIGN,        /* one begins with this case */
    ALERT_DEADLINE_NEAR,
    ALERT_DEADLINE_PAST,
    ALERT_COUNT
} AlertKind;
const char *alert_name(AlertKind v); /* "serious-misconduct" */

typedef struct AlertRow {
    int64_t id, case_id;
    char *reference;
    AlertKind kind;
    int64_t raised_at;
    int64_t again_at; /* mailed again from then on */
    Day reply_due;    /* the case's, DAY_NONE none */
} AlertRow;
void alert_row_free(AlertRow *a);

bool alerts_raise(Db *db, int64_t case_id, int64_t message_id, AlertKind kind, int64_t now,
                  int64_t again_at, GError **error);
bool alerts_again(Db *db, int64_t id, int64_t again_at, GError **error);
bool alerts_done(Db *db, int64_t id, const char *who, int64_t now, GError **error);

/* Arrays of AlertRow, unacknowledged ones only. Due at `now`; all; and those whose cause is gone:
 * a deadline of a case that is decided, one near where it has passed. */
GPtrArray *alerts_due(Db *db, int64_t now, GError **error);
GPtrArray *alerts_open(Db *db, GError **error);
GPtrArray *alerts_over(Db *db, GError **error);
bool alerts_count(Db *db, int64_t *open, GError **error);
