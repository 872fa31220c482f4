/* dates.h: dates as people write them, in English and Welsh, in British order.
 *
 * "3rd of March 2026", "03/03/26", "Tuesday 7 April", "the 8th", "9 September last year", "early
 * August", "last Friday", "about two months ago", "14 Chwefror 2026". A date without its year is
 * the latest such day that is not after `today`; a loose one is a span of days, of which `last` is
 * its latest sensible day. Days count from 1970-01-01.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct DateFound {
    uint32_t offset, length; /* bytes of the text */
    int32_t first, last;     /* equal where a day is named */
    bool loose;              /* a span, or said to be about right */
    bool year_told;
    bool relative; /* leans on the date told before it: "the 8th", "the next day" */
} DateFound;

enum { DATES_MAX = 400 };

/* Dates in order of the text, at most DATES_MAX; array of DateFound, owned by the caller. */
GArray *dates_find(const char *text, size_t length, int32_t today);

/* The one date that `text` is as a whole ("14/11/2025", "2 June 2026"); false if it is not. */
bool date_read(const char *text, int32_t today, int32_t *day);
