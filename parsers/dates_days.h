/* dates_days.h: days counted from 1970-01-01, and their months and weekdays. Private to the files
 * parsers/dates*.c.
 *
 * Everything takes G_MININT32 as "no day" and gives it where there is none.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { NO_DAY = INT32_MIN, YEAR_MIN = 1950, YEAR_MAX = 2150 };

/* Of the proleptic calendar, YEAR_MIN to YEAR_MAX; NO_DAY where there is no such day. */
int32_t date_day(int year, int month, int day);
int date_year(int32_t day);
int date_month(int32_t day);
int date_mday(int32_t day);
int date_weekday(int32_t day); /* 1 Monday to 7 Sunday */

/* The last day of a month; `month` may be beyond 1 to 12 and then means the years beside. */
int32_t month_first(int year, int month);
int32_t month_last(int year, int month);
/* The same day of the month, or its last one, `months` before; after where negative. */
int32_t months_before(int32_t day, int months);

/* The latest day with this day and month that is not after `limit`. */
int32_t latest_in_year(int month, int day, int32_t limit);
/* The latest day with this number in its month that is not after `limit`. */
int32_t latest_in_month(int day, int32_t limit);
/* The nearest such weekday at or before `day`; at or after it. */
int32_t weekday_until(int weekday, int32_t day);
int32_t weekday_from(int weekday, int32_t day);
/* The latest day not after `limit` with this weekday and this number; back to a year before. */
int32_t latest_agreeing(int weekday, int day, int32_t limit);
