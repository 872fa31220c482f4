/* alarm.h: alerts to the office's own people: risk, threats, serious misconduct, rejections found
 * wrong, campaigns, deadlines (policy 4 line 0, 4a, 4b).
 *
 * An alert is a row of the register, a log line, an event of its case and a mail to every address
 * of the settings, all in the transaction of what raised it: the mail is owed from then on and goes
 * before every other. It says our reference and the kind, none of the person's words. It is mailed
 * again (casework.alert_repeat; what is nobody's risk at 9 on each working day) until
 * somebody acknowledges it, or its cause is gone. An address whose earlier mail of the alert still
 * waits for the mail server gets no second one.
 */
#pragma once

#include "daemon/flow/office.h"
#include "daemon/store/alerts.h"

/* In the caller's transaction. `message_id` 0: no message raised it. */
bool alarm_raise(Office *o, const CaseRow *c, AlertKind kind, int64_t message_id, GError **error);

/* Mails again what is due, ends what is over; each in a transaction of its own. */
bool alarm_look(Office *o, int64_t now, GError **error);

/* What waits to be acknowledged: AlertKind bits. */
bool alarm_waits(Office *o, const CaseRow *c, uint32_t *kinds, GError **error);
/* Those that are mailed again and again until somebody has seen them. */
bool alarm_is_pressing(AlertKind kind);
/* `who` has seen the open alerts of these kinds. In the caller's transaction. */
bool alarm_acknowledge(Office *o, const CaseRow *c, uint32_t kinds, const char *who,
                       const char *why, GError **error);
/* Ends the open alert of this kind, if there is one, because of what `who` did. The same. */
bool alarm_settle(Office *o, const CaseRow *c, AlertKind kind, const char *who, GError **error);
