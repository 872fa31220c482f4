/* day.h: calendar days of the United Kingdom.
 *
 * A Day is a number of days since 1970-01-01 (proleptic Gregorian), without time or zone. Stored
 * instants are UTC seconds; every day in a rule or reply is the Europe/London day of an instant.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef int32_t Day;
#define DAY_NONE INT32_MIN

/* DAY_NONE where year (1900..2199), month and day name no day. */
Day day_from_ymd(int year, int month, int day);
void day_to_ymd(Day day, int *year, int *month, int *mday);
/* Monday 1 ... Sunday 7. */
int day_weekday(Day day);
/* Europe/London day of a UTC instant in seconds, and the instant at which hour:minute:00 of that
 * day falls there (in the gap of a spring change, the first instant after it). */
Day day_of_instant(int64_t utc_seconds);
int64_t day_instant(Day day, int hour, int minute);
/* Same-numbered day `months` later, or the last day of that month (corresponding date rule,
 * Dodds v Walker [1981] UKHL). */
Day day_add_months(Day day, int months);
/* "2026-06-01"; g_free. NULL for DAY_NONE. */
char *day_to_iso(Day day);
/* Reads exactly YYYY-MM-DD; DAY_NONE otherwise. */
Day day_from_iso(const char *text);
/* "1 June 2026" or "1 Mehefin 2026" (GOV.UK style); g_free. */
char *day_to_words(Day day, bool welsh);
