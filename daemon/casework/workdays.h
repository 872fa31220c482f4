/* workdays.h: working days of England and Wales, from GOV.UK's bank-holidays.json.
 *
 * Day of receipt is day 0; Saturdays, Sundays and bank holidays are not counted (policy section
 * 3). The calendar never guesses before the first or past the last year it holds: functions return
 * DAY_NONE there. A year with fewer than eight bank holidays is an error, not a whole year.
 */
#pragma once

#include "daemon/model/day.h"
#include <glib.h>

typedef struct Calendar Calendar;
/* Reads "england-and-wales" of the file; an error names file and what is wrong. */
Calendar *calendar_load(const char *path, GError **error);
void calendar_free(Calendar *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calendar, calendar_free)
/* 31 December of the last year that the file covers. */
Day calendar_horizon(const Calendar *c);
bool calendar_is_working(const Calendar *c, Day day); /* false where not covered */
/* n working days after `from` (n >= 1), or before it (n <= -1). */
Day calendar_add(const Calendar *c, Day from, int n);
