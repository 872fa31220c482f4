#include "parsers/dates_days.h"
#include <glib.h>

enum { EPOCH_JULIAN = 719163, YEARS_BACK = 8, AGREEING_MONTHS = 13 };

static int32_t days_in(int year, int month)
{
    return g_date_get_days_in_month((GDateMonth)month, (GDateYear)year);
}

int32_t date_day(int year, int month, int day)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > days_in(year, month))
        return NO_DAY;
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return (int32_t)g_date_get_julian(&date) - EPOCH_JULIAN;
}

static GDate gdate_of(int32_t day)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(day + EPOCH_JULIAN));
    return date;
}

int date_year(int32_t day)
{
    GDate date = gdate_of(day);
    return g_date_get_year(&date);
}

int date_month(int32_t day)
{
    GDate date = gdate_of(day);
    return (int)g_date_get_month(&date);
}

int date_mday(int32_t day)
{
    GDate date = gdate_of(day);
    return g_date_get_day(&date);
}

int date_weekday(int32_t day)
{
    /* 1970-01-01 was a Thursday. */
    return ((day + 3) % 7 + 7) % 7 + 1;
}

int32_t month_first(int year, int month)
{
    int months = year * 12 + month - 1;
    return date_day(months / 12, months % 12 + 1, 1);
}

int32_t month_last(int year, int month)
{
    int32_t first = month_first(year, month + 1);
    return first == NO_DAY ? NO_DAY : first - 1;
}

int32_t months_before(int32_t day, int months)
{
    int total = date_year(day) * 12 + date_month(day) - 1 - months;
    int year = total / 12, month = total % 12 + 1;
    if (year < YEAR_MIN || year > YEAR_MAX)
        return NO_DAY;
    return date_day(year, month, MIN(date_mday(day), days_in(year, month)));
}

int32_t latest_in_year(int month, int day, int32_t limit)
{
    int year = date_year(limit);
    for (int back = 0; back < YEARS_BACK; back++) {
        int32_t found = date_day(year - back, month, day);
        if (found != NO_DAY && found <= limit)
            return found;
    }
    return NO_DAY;
}

int32_t latest_in_month(int day, int32_t limit)
{
    int months = date_year(limit) * 12 + date_month(limit) - 1;
    for (int back = 0; back < 3; back++) {
        int32_t found = date_day((months - back) / 12, (months - back) % 12 + 1, day);
        if (found != NO_DAY && found <= limit)
            return found;
    }
    return NO_DAY;
}

int32_t weekday_until(int weekday, int32_t day)
{
    return day - (date_weekday(day) - weekday + 7) % 7;
}

int32_t weekday_from(int weekday, int32_t day)
{
    return day + (weekday - date_weekday(day) + 7) % 7;
}

int32_t latest_agreeing(int weekday, int day, int32_t limit)
{
    int32_t found = latest_in_month(day, limit);
    for (int back = 0; back < AGREEING_MONTHS && found != NO_DAY; back++) {
        if (date_weekday(found) == weekday)
            return found;
        found = latest_in_month(day, found - 1);
    }
    return NO_DAY;
}
