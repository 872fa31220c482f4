/* Dates counted from today, and spans of days: what is told loosely is read at its latest sensible
 * day. */
#include "parsers/dates_parts.h"
#include <glib.h>

enum {
    ROUND_DAYS = 7, /* from here people round: "ten days ago" may be six */
    ROUNDED = 4,
    ROUNDED_MONTH = 15,
    ROUNDED_YEAR = 90,
};

/* ---- how many */

typedef struct Count {
    int low, high;
    bool fuzzy;
} Count;

static int number_of(const Token *t, bool *fuzzy)
{
    if (t->kind == TOKEN_NUMBER)
        return !t->ordinal && t->digits <= 3 && t->number <= 400 ? t->number : 0;
    if (t->role != ROLE_COUNT && t->role != ROLE_TENS)
        return 0;
    *fuzzy = *fuzzy || t->flags & WORD_FUZZY;
    return t->value;
}

static bool joins_counts(const Token *joint, const Token *first)
{
    return joint->role == ROLE_OR || joint->role == ROLE_TO || is_mark(joint, '-') ||
           is_mark(joint, '/') || (joint->role == ROLE_AND && first[-1].role == ROLE_BETWEEN);
}

/* three, a couple of, two or three, 2-3, a; none before a Welsh "wythnos" */
static unsigned count_at(const Token *t, Count *c)
{
    *c = (Count){1, 1, false};
    if (unit_of(t) != UNIT_NONE)
        return 0;
    unsigned i = t->role == ROLE_A;
    int n = number_of(&t[i], &c->fuzzy);
    if (!n)
        return i;
    c->low = c->high = n;
    i++;
    i += t[i].role == ROLE_OF;
    n = joins_counts(&t[i], t) ? number_of(&t[i + 1], &c->fuzzy) : 0;
    if (n > c->low) {
        c->high = n;
        i += 2;
    }
    unsigned half = i + 1 + (t[i + 1].role == ROLE_A);
    if (t[i].role == ROLE_AND && t[half].role == ROLE_HALF) {
        c->fuzzy = true;
        i = half + 1;
    }
    return i;
}

static int32_t back(int32_t from, int n, Unit unit)
{
    switch (unit) {
    case UNIT_MINUTE:
        return from;
    case UNIT_HOUR:
        return from - n / 24;
    case UNIT_DAY:
        return from - n;
    case UNIT_WEEK:
        return from - 7 * n;
    case UNIT_FORTNIGHT:
        return from - 14 * n;
    case UNIT_MONTH:
        return months_before(from, n);
    case UNIT_YEAR:
        return months_before(from, 12 * n);
    case UNIT_TWO_MONTHS:
    case UNIT_NONE:
        break;
    }
    return NO_DAY;
}

static int32_t later(int32_t day, int days)
{
    return day == NO_DAY ? NO_DAY : day + days;
}

/* ---- ago */

/* The span of a rounded count: from a unit more to somewhat less than is said. */
static unsigned put_ago(const Finder *f, const Count *c, Unit unit, DateFound *out, unsigned used)
{
    static const int LESS[] = {
        0, 0, ROUNDED, ROUNDED, ROUNDED, ROUNDED_MONTH, ROUNDED_MONTH, ROUNDED_YEAR};
    bool days = unit <= UNIT_DAY;
    if (days && !c->fuzzy && c->low == c->high && c->low < ROUND_DAYS)
        return put_date(out, back(f->today, c->low, unit), true, used);
    int less = days && c->low < ROUND_DAYS ? c->fuzzy : LESS[unit];
    int32_t first = unit == UNIT_FORTNIGHT ? f->today - 14 * c->high - 7
                    : days                 ? back(f->today, c->high, unit) - 2 * c->fuzzy
                                           : back(f->today, c->high + 1, unit);
    int32_t last = later(back(f->today, c->low, unit), less);
    return put_dates(out, first, MIN(last, f->today), true, used);
}

/* "ago today", "ago yesterday", "ago on Monday", "last Tuesday": the day is exact. */
static unsigned anchor_at(const Finder *f, const Token *t, int32_t ago, int32_t *day)
{
    int weekday;
    if (t->role == ROLE_NEAR) {
        *day = ago + t->value;
        return 1;
    }
    bool last = t->role == ROLE_LAST;
    unsigned i = last || t->role == ROLE_ON;
    i += i && t[i].role == ROLE_LAST;
    last = last || (i == 2);
    unsigned used = weekday_at(&t[i], &weekday);
    if (!used)
        return 0;
    *day = last ? weekday_until(weekday, f->today - 1) - (f->today - ago)
                : weekday_until(weekday, ago + 3);
    return i + used;
}

/* "a week ago today", "a week last Tuesday", else what is round about it */
static unsigned ago_at(const Finder *f, const Token *t, unsigned i, const Count *c, Unit unit,
                       DateFound *out)
{
    unsigned ago = t[i].role == ROLE_AGO                              ? 1
                   : t[i].role == ROLE_YN && t[i + 1].role == ROLE_OL ? 2
                                                                      : 0;
    bool weeks = (unit == UNIT_WEEK || unit == UNIT_FORTNIGHT) && c->low == c->high && !c->fuzzy;
    int32_t day, whole = weeks ? back(f->today, c->low, unit) : NO_DAY;
    unsigned anchor = weeks && (ago || t[i].role == ROLE_LAST || t[i].role == ROLE_NEAR)
                          ? anchor_at(f, &t[i + ago], whole, &day)
                          : 0;
    if (anchor)
        return put_date(out, day, true, i + ago + anchor);
    return ago ? put_ago(f, c, unit, out, i + ago) : 0;
}

/* ---- later, counted from the date told before */

static unsigned later_at(const Finder *f, const Token *t, unsigned i, const Count *c, Unit unit,
                         DateFound *out)
{
    i += t[i].role == ROLE_YN && t[i + 1].role == ROLE_LATER;
    bool before = t[i].role == ROLE_BEFORE || t[i].role == ROLE_EARLIER;
    bool after = t[i].role == ROLE_AFTER || t[i].role == ROLE_LATER || t[i].role == ROLE_NEXT_CY;
    if (!has_before(f) || (!before && !after))
        return 0;
    /* "Two days after the interview" */
    if ((t[i].role == ROLE_BEFORE || t[i].role == ROLE_AFTER) && counts_from_other(&t[i + 1]))
        return 0;
    int way = before ? 1 : -1;
    int32_t low = back(f->before, way * c->low, unit), high = back(f->before, way * c->high, unit);
    bool round = c->fuzzy || c->low != c->high || f->before_loose || unit >= UNIT_MONTH;
    if (low == NO_DAY || high == NO_DAY || (low > f->today && f->before <= f->today))
        return 0;
    out->relative = true;
    if (!round)
        return put_date(out, low, false, i + 1);
    int32_t last = MAX(low, high) + (before ? 0 : unit >= UNIT_MONTH ? ROUNDED_MONTH : ROUNDED);
    last = MIN(last, MAX(f->today, f->before));
    return put_dates(out, MIN(MIN(low, high), last), last, false, i + 1);
}

/* Behind the unit: "a week or so", "a week or two", "a month and a half", "8 weeks and 2 days". */
static unsigned rounding_at(const Token *t, Count *c, Unit unit, int *days)
{
    if (t->role == ROLE_OR && t[1].role == ROLE_SO) {
        c->fuzzy = true;
        return 2;
    }
    bool fuzzy = false;
    int n = t->role == ROLE_OR || t->role == ROLE_AND ? number_of(&t[1], &fuzzy) : 0;
    if (t->role == ROLE_OR && n > c->low) {
        c->high = n;
        c->fuzzy = c->fuzzy || fuzzy;
        return 2;
    }
    if (t->role != ROLE_AND)
        return 0;
    if (n && unit > UNIT_DAY && unit_of(&t[2]) < unit) {
        *days = unit_of(&t[2]) == UNIT_DAY ? n : unit_of(&t[2]) == UNIT_WEEK ? 7 * n : 0;
        return 3;
    }
    unsigned half = 1 + (t[1].role == ROLE_A);
    c->fuzzy = c->fuzzy || t[half].role == ROLE_HALF;
    return t[half].role == ROLE_HALF ? half + 1 : 0;
}

/* three weeks ago, a fortnight ago today, a week last Tuesday, two days later, tua mis yn ôl */
unsigned shape_ago(const Finder *f, const Token *t, DateFound *out)
{
    Count c;
    int days = 0;
    unsigned i = count_at(t, &c);
    Unit unit = unit_of(&t[i]);
    if (t[-1].role == ROLE_HALF)
        return 0; /* "half a year ago" */
    if (unit == UNIT_NONE || (i == 0 && (!(t->flags & WORD_NAME) || t[-1].role == ROLE_COUNT ||
                                         t[-1].kind == TOKEN_NUMBER)))
        return 0;
    if (unit == UNIT_TWO_MONTHS) {
        c = (Count){2 * c.low, 2 * c.high, c.fuzzy};
        unit = UNIT_MONTH;
    }
    i++;
    i += rounding_at(&t[i], &c, unit, &days);
    unsigned used = ago_at(f, t, i, &c, unit, out);
    if (!used)
        used = later_at(f, t, i, &c, unit, out);
    out->first -= days;
    out->last -= days;
    return used;
}

/* ---- near today */

/* last week, this month: of the calendar */
static unsigned put_calendar(const Finder *f, DateFound *out, Unit unit, int ago, unsigned used)
{
    int32_t first = NO_DAY, last = NO_DAY;
    if (unit == UNIT_WEEK) {
        first = weekday_until(1, f->today) - 7 * ago;
        last = first + 6;
    } else if (unit == UNIT_MONTH) {
        first = month_first(date_year(f->today), date_month(f->today) - ago);
        last = month_last(date_year(f->today), date_month(f->today) - ago);
    }
    return put_dates(out, first, MIN(last, f->today), true, used);
}

/* last week on Monday */
static unsigned last_week_on(const Finder *f, const Token *t, DateFound *out)
{
    int weekday;
    unsigned i = 2 + (t[2].role == ROLE_ON), used = weekday_at(&t[i], &weekday);
    int32_t monday = weekday_until(1, f->today) - 7;
    return used ? put_date(out, monday + weekday - 1, true, i + used) : 0;
}

/* The last one that has begun; "the weekend of 3 May" is told by its day. */
static unsigned weekend(const Finder *f, const Token *next, DateFound *out, unsigned used)
{
    int32_t saturday = weekday_until(6, f->today);
    if (next->role == ROLE_OF || next->role == ROLE_AFTER || next->role == ROLE_BEFORE)
        return 0;
    return put_dates(out, saturday, MIN(saturday + 1, f->today), true, used);
}

static unsigned said_last(const Finder *f, const Token *t, DateFound *out)
{
    Unit unit = unit_of(&t[1]);
    if (t[1].role == ROLE_DAYPART)
        return put_date(out, f->today - 1, true, 2);
    if (t[1].role == ROLE_WEEKEND)
        return weekend(f, &t[2], out, 2);
    unsigned used = unit == UNIT_WEEK ? last_week_on(f, t, out) : 0;
    return used ? used : put_calendar(f, out, unit, 1, 2);
}

/* y mis diwethaf, y bore 'ma; the other day, the day before yesterday, the week before last */
static unsigned said_behind(const Finder *f, const Token *t, DateFound *out)
{
    unsigned the = t->role == ROLE_THE;
    const Token *w = &t[the];
    unsigned quote = is_mark(&w[1], '\'');
    if (w[1].role == ROLE_LAST_CY)
        return put_calendar(f, out, unit_of(w), 1, the + 2);
    if (w[1 + quote].role == ROLE_THIS_CY)
        return w->role == ROLE_DAYPART ? put_date(out, f->today, true, the + 2 + quote)
                                       : put_calendar(f, out, unit_of(w), 0, the + 2 + quote);
    if (!the)
        return 0;
    if (w->role == ROLE_WEEKEND)
        return weekend(f, &w[1], out, 2);
    if (w->role == ROLE_OTHER && unit_of(&w[1]) == UNIT_DAY)
        return put_dates(out, f->today - 10, f->today - 1, true, 3);
    if (w->role == ROLE_OTHER && unit_of(&w[1]) == UNIT_WEEK)
        return put_dates(out, f->today - 28, f->today - 3, true, 3);
    if (w[1].role != ROLE_BEFORE)
        return 0;
    if (unit_of(w) == UNIT_DAY && w[2].role == ROLE_NEAR)
        return put_date(out, f->today - 1 + w[2].value, true, 4);
    return w[2].role == ROLE_LAST ? put_calendar(f, out, unit_of(w), 2, 4) : 0;
}

/* yesterday, this morning, last night, last week, this month, the other day */
unsigned shape_near(const Finder *f, const Token *t, DateFound *out)
{
    if (t->role == ROLE_NEAR)
        return put_date(out, f->today + t->value, true, 1);
    if (t->role == ROLE_LAST)
        return said_last(f, t, out);
    if (t->role == ROLE_THIS)
        return t[1].role == ROLE_DAYPART ? put_date(out, f->today, true, 2)
                                         : put_calendar(f, out, unit_of(&t[1]), 0, 2);
    return said_behind(f, t, out);
}

/* ---- parts of a month */

typedef struct Part {
    int from, to; /* days of the month; below 1: from its end */
} Part;

/* early, first week, last week, second half, first days */
static unsigned part_at(const Token *t, Part *p)
{
    static const Part PARTS[] = {{1, 10}, {10, 20}, {20, 31}};
    if (t->role == ROLE_PART) {
        *p = PARTS[t->value];
        return 1;
    }
    bool week = unit_of(&t[1]) == UNIT_WEEK, half = t[1].role == ROLE_HALF;
    bool days = is_days(&t[1]);
    if ((!week && !half && !days) || t[2].role != ROLE_OF)
        return 0;
    if (days && t->role == ROLE_NTH && t->value == 1)
        *p = (Part){1, 10};
    else if (t->role == ROLE_LAST && !half)
        *p = (Part){-6, 31};
    else if (t->role == ROLE_NTH && week && t->value <= 4)
        *p = (Part){7 * t->value - 6, 7 * t->value};
    else if (t->role == ROLE_NTH && half && t->value <= 2)
        *p = t->value == 1 ? (Part){1, 15} : (Part){16, 31};
    else
        return 0;
    return 2;
}

static unsigned put_part(const Finder *f, DateFound *out, const Part *p, int year, int month,
                         bool told, unsigned used)
{
    int32_t begin = month_first(year, month), end = month_last(year, month);
    if (begin == NO_DAY || end == NO_DAY)
        return 0;
    int32_t first = p->from < 1 ? end + p->from : begin + p->from - 1;
    int32_t last = MIN(begin + p->to - 1, end);
    return put_dates(out, first, MIN(last, MAX(f->today, first)), told, used);
}

/* The latest year in which the part had begun by today. */
static int year_begun(const Finder *f, const Part *p, int month)
{
    int32_t start = latest_in_year(month, MAX(p->from, 1), f->today);
    return start == NO_DAY ? 0 : date_year(start);
}

/* "early last month", "the end of this month" */
static unsigned part_of_near_month(const Finder *f, const Token *t, unsigned i, const Part *p,
                                   DateFound *out)
{
    bool last = t[i].role == ROLE_LAST;
    if ((!last && t[i].role != ROLE_THIS) || unit_of(&t[i + 1]) != UNIT_MONTH)
        return 0;
    int32_t first = month_first(date_year(f->today), date_month(f->today) - last);
    return first == NO_DAY ? 0
                           : put_part(f, out, p, date_year(first), date_month(first), true, i + 2);
}

static bool is_led_month(const Token *t)
{
    Role role = t[-1].role;
    return role == ROLE_IN || role == ROLE_ABOUT || t[-1].flags & WORD_LEADS;
}

/* "last year in March", "two years ago in May": years before this one, -1 where none is told. */
static int years_before(const Token *t)
{
    bool fuzzy = false;
    if (t[-1].role != ROLE_IN)
        return -1;
    if (t[-2].role == ROLE_AGO && unit_of(&t[-3]) == UNIT_YEAR)
        return t[-4].role == ROLE_A ? 1 : number_of(&t[-4], &fuzzy);
    return unit_of(&t[-2]) == UNIT_YEAR && t[-3].role == ROLE_LAST ? 1 : -1;
}

static unsigned skip_to_name(const Token *t, unsigned i)
{
    for (unsigned n = 0;
         n < 4 && (t[i].role == ROLE_OF || t[i].role == ROLE_LAST || t[i].role == ROLE_THE ||
                   t[i].role == ROLE_MIS || unit_of(&t[i]) == UNIT_MONTH || is_mark(&t[i], '-'));
         n++)
        i++;
    return i;
}

/* Written out as a name: "in may" and "the mar" are none, "mis Mai" is. */
static bool is_name(const Token *t)
{
    if (t[-1].role == ROLE_MIS)
        return t->role == ROLE_MONTH;
    if (t->role != ROLE_MONTH || !(t->flags & WORD_NAME))
        return t->role == ROLE_MONTH && t->value == 5 && t->capital && t[-1].role == ROLE_PART;
    return t->capital || !(t->flags & WORD_SHORT);
}

/* early August, the end of March last year, in March 2026, last June, ym mis Mai */
unsigned shape_month(const Finder *f, const Token *t, DateFound *out)
{
    Part part = {1, 31};
    unsigned i = part_at(t, &part);
    bool lead = i || t->role == ROLE_LAST || t->role == ROLE_MIS;
    unsigned near = i ? i + (t[i].role == ROLE_OF) : 0;
    unsigned used = near ? part_of_near_month(f, t, near, &part, out) : 0;
    if (used)
        return used;
    if (lead)
        i = skip_to_name(t, MAX(i, 1));
    if (!is_name(&t[i]) || t[-1].role == ROLE_DYDD)
        return 0;
    int year, month = t[i].value;
    unsigned extra = year_at(f, &t[i + 1], false, &year);
    if (!lead && !is_led_month(t) && !extra)
        return 0;
    int ago = year || lead ? -1 : years_before(t);
    if (!year)
        year = ago < 0 ? year_begun(f, &part, month) : date_year(f->today) - ago;
    unsigned behind = t[i + 1].role == ROLE_LAST_CY;
    return year ? put_part(f, out, &part, year, month, extra != 0, i + 1 + extra + behind) : 0;
}

/* ---- feasts */

static unsigned put_feast(const Finder *f, DateFound *out, int month, int day, int days,
                          unsigned used)
{
    int32_t first = latest_in_year(month, day, f->today);
    if (first == NO_DAY)
        return 0;
    return days == 1 ? put_date(out, first, false, used)
                     : put_dates(out, first, MIN(first + days - 1, f->today), false, used);
}

/* before Christmas, just after New Year, Christmas Day */
unsigned shape_feast(const Finder *f, const Token *t, DateFound *out)
{
    bool new_year = t->role == ROLE_NEW;
    if (new_year && unit_of(&t[1]) != UNIT_YEAR)
        return 0;
    unsigned used = new_year ? 2 : 1;
    const Token *next = &t[used + (is_mark(&t[used], '\'') ? 2 : 0)];
    if (next->role == ROLE_EVE || unit_of(next) == UNIT_DAY) {
        int back_one = next->role == ROLE_EVE;
        used = (unsigned)(next - t) + 1;
        return new_year && !back_one
                   ? put_feast(f, out, 1, 1, 1, used)
                   : put_feast(f, out, 12, new_year ? 31 : 25 - back_one, 1, used);
    }
    const Token *before = t - 1 - (t[-1].role == ROLE_THE);
    if (before->role == ROLE_BEFORE)
        return put_feast(f, out, 12, 1, new_year ? 31 : 24, used);
    if (before->role == ROLE_AFTER)
        return new_year ? put_feast(f, out, 1, 1, 14, used) : put_feast(f, out, 12, 26, 14, used);
    if (before->role != ROLE_ABOUT && before->role != ROLE_OVER)
        return 0;
    return put_feast(f, out, 12, new_year ? 28 : 20, 12, used);
}
