#include "daemon/model/day.h"
#include <string.h>

/* GDate counts days from 1 January of the year 1, which is day 1. */
enum { JULIAN_OF_1970 = 719163, YEAR_FIRST = 1900, YEAR_LAST = 2199 };

static GTimeZone *london(void)
{
    static GTimeZone *zone;
    if (!zone)
        zone = g_time_zone_new_identifier("Europe/London");
    if (!zone) /* no tzdata here: the rule in force since 1996 */
        zone = g_time_zone_new_identifier("GMT0BST,M3.5.0/1,M10.5.0");
    return zone;
}

Day day_from_ymd(int year, int month, int day)
{
    if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 || day > 31)
        return DAY_NONE;
    if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return DAY_NONE;
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return (Day)g_date_get_julian(&date) - JULIAN_OF_1970;
}

/* False for a Day outside the years we work with, DAY_NONE among them. */
static bool to_date(Day day, GDate *date)
{
    if (day < day_from_ymd(YEAR_FIRST, 1, 1) || day > day_from_ymd(YEAR_LAST, 12, 31))
        return false;
    g_date_clear(date, 1);
    g_date_set_julian(date, (guint32)(day + JULIAN_OF_1970));
    return true;
}

void day_to_ymd(Day day, int *year, int *month, int *mday)
{
    GDate date;
    bool known = to_date(day, &date);
    if (year)
        *year = known ? g_date_get_year(&date) : 0;
    if (month)
        *month = known ? (int)g_date_get_month(&date) : 0;
    if (mday)
        *mday = known ? g_date_get_day(&date) : 0;
}

int day_weekday(Day day)
{
    /* 1 January 1970 was a Thursday. */
    int since_monday = (int)(((int64_t)day + 3) % 7);
    return (since_monday + 7) % 7 + 1;
}

Day day_of_instant(int64_t utc_seconds)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(utc_seconds);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, london()) : NULL;
    if (!local)
        return DAY_NONE;
    return day_from_ymd(g_date_time_get_year(local), g_date_time_get_month(local),
                        g_date_time_get_day_of_month(local));
}

int64_t day_instant(Day day, int hour, int minute)
{
    int year, month, mday;
    day_to_ymd(day, &year, &month, &mday);
    g_autoptr(GDateTime) at = g_date_time_new(london(), year, month, mday, hour, minute, 0);
    return at ? g_date_time_to_unix(at) : INT64_MIN;
}

Day day_add_months(Day day, int months)
{
    GDate date;
    if (!to_date(day, &date) || ABS((int64_t)months) > 12 * (YEAR_LAST - YEAR_FIRST))
        return DAY_NONE;
    /* GDate cuts to the last day of a shorter month, which is the corresponding date rule. */
    if (months >= 0)
        g_date_add_months(&date, (guint)months);
    else
        g_date_subtract_months(&date, (guint)-months);
    return day_from_ymd(g_date_get_year(&date), (int)g_date_get_month(&date),
                        g_date_get_day(&date));
}

char *day_to_iso(Day day)
{
    int year, month, mday;
    day_to_ymd(day, &year, &month, &mday);
    return year ? g_strdup_printf("%04d-%02d-%02d", year, month, mday) : NULL;
}

Day day_from_iso(const char *text)
{
    if (!text || strlen(text) != 10)
        return DAY_NONE;
    for (int n = 0; n < 10; n++)
        if ((n == 4 || n == 7) ? text[n] != '-' : !g_ascii_isdigit(text[n]))
            return DAY_NONE;
    int year = (int)g_ascii_strtoll(text, NULL, 10);
    int month = (int)g_ascii_strtoll(text + 5, NULL, 10);
    int mday = (int)g_ascii_strtoll(text + 8, NULL, 10);
    return day_from_ymd(year, month, mday);
}

char *day_to_words(Day day, bool welsh)
{
    static const char *const MONTHS[2][12] = {
        {"January", "February", "March", "April", "May", "June", "July", "August", "September",
         "October", "November", "December"},
        {"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi",
         "Hydref", "Tachwedd", "Rhagfyr"},
    };
    int year, month, mday;
    day_to_ymd(day, &year, &month, &mday);
    if (!year)
        return NULL;
    return g_strdup_printf("%d %s %d", mday, MONTHS[welsh][month - 1], year);
}
