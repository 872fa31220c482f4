/* days.h: days of the parsers, since 1970-01-01, from and to YYYY-MM-DD, for their tests. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <stdio.h>

static int32_t day(const char *iso)
{
    int y, m, d;
    g_assert_cmpint(sscanf(iso, "%d-%d-%d", &y, &m, &d), ==, 3);
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)d, (GDateMonth)m, (GDateYear)y);
    return (int32_t)g_date_get_julian(&date) - 719163;
}

static char *iso(int32_t d)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(d + 719163));
    return g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&date), (int)g_date_get_month(&date),
                           g_date_get_day(&date));
}
