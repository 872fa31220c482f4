/* Days told by their number, their weekday or their place beside another: "the 8th", "last Friday",
 * "the next day". */
#include "parsers/dates_parts.h"
#include <glib.h>

enum { WORDED_LEAST = 4 }; /* "on the second, third" are seldom days; "on the fourth" may be */

/* ---- a number alone */

/* "of this month", "last month", "ult.": the month, counted from that of `*base`. */
static unsigned month_told(const Finder *f, const Token *t, int32_t *base, int *months)
{
    unsigned i = t->role == ROLE_OF;
    i += i && t[i].role == ROLE_THE;
    const Token *w = &t[i];
    *base = f->today;
    *months = 0;
    if (w->role == ROLE_LATIN) {
        *months = w->value;
        return i + 1 + is_mark(&w[1], '.');
    }
    bool leans = f->before != NO_DAY && (w->role == ROLE_SAME || w->role == ROLE_THAT ||
                                         w->role == ROLE_PREVIOUS || w->role == ROLE_NEXT);
    if (leans)
        *base = f->before;
    else if (w->role != ROLE_LAST && w->role != ROLE_THIS)
        return 0;
    *months = w->role == ROLE_LAST || w->role == ROLE_PREVIOUS ? -1 : w->role == ROLE_NEXT;
    unsigned unit = w->role == ROLE_THAT && w[1].role == ROLE_SAME ? 2 : 1;
    return unit_of(&w[unit]) == UNIT_MONTH ? i + unit + 1 : 0;
}

static unsigned ordinal_of_month(const Finder *f, const Token *t, unsigned i, int day,
                                 DateFound *out)
{
    int32_t base;
    int months;
    unsigned told = month_told(f, &t[i], &base, &months);
    if (!told)
        return 0;
    int32_t first = month_first(date_year(base), date_month(base) + months);
    if (first == NO_DAY)
        return 0;
    out->relative = base != f->today;
    return put_date(out, date_day(date_year(first), date_month(first), day), false, i + told);
}

/* "of the month" says nothing of which one. */
static unsigned some_month(const Token *t)
{
    return t[0].role == ROLE_OF && t[1].role == ROLE_THE && unit_of(&t[2]) == UNIT_MONTH ? 3 : 0;
}

/* "the 8th and 9th": the second goes by the first. */
static bool follows_other(const Finder *f, const Token *t)
{
    return f->since == 1 && (t[-1].role == ROLE_AND || t[-1].role == ROLE_OR) && t[-2].ordinal;
}

static bool stands_alone(const Finder *f, const Token *t, unsigned the, unsigned used, int day)
{
    const Token *number = &t[the], *next = &t[used];
    bool led = is_led(t) || follows_other(f, t);
    if (number->kind == TOKEN_NUMBER && number->ordinal)
        return (the || led) && (some_month(next) || ends_day(next, led));
    /* "it arrived the 12", "on the fourteenth" */
    if (!the || !led || t[-1].role == ROLE_OF)
        return false;
    return (number->kind == TOKEN_NUMBER || day >= WORDED_LEAST) && ends_day(next, false);
}

/* the 8th, on 8th, the 7th of this month, 14th ult., the 5th, a Friday */
unsigned shape_ordinal(const Finder *f, const Token *t, DateFound *out)
{
    int day, weekday = 0;
    unsigned the = t->role == ROLE_THE;
    unsigned used = day_at(&t[the], &day);
    if (!used || (!the && t[-1].role == ROLE_THE))
        return 0;
    used += the;
    bool ordinal = t[the].kind == TOKEN_WORD || t[the].ordinal;
    unsigned month = the || ordinal || is_led(t) ? ordinal_of_month(f, t, used, day, out) : 0;
    if (month)
        return month;
    unsigned behind = ordinal ? weekday_behind(&t[used], &weekday) : 0;
    if (!behind && !stands_alone(f, t, the, used, day))
        return 0;
    if (!behind)
        behind = some_month(&t[used]);
    int32_t found = lean_day(f, t, day, weekday, &out->relative);
    return put_date(out, found, false, used + behind);
}

/* ---- a weekday and a number */

typedef enum Numbered { NUMBERED_NOT, NUMBERED_YES, NUMBERED_MONTH } Numbered;

static bool is_clock(const Token *t)
{
    return t->role == ROLE_CLOCK || is_mark(t, ':') ||
           (is_mark(t, '.') && !t->space && t[1].kind == TOKEN_NUMBER && !t[1].space);
}

/* Friday the 5th, Friday 5th; with the month, or figures, behind it is another's to read. */
static Numbered number_behind(const Token *t, unsigned *used, int *day)
{
    unsigned i = *used + (is_mark(&t[*used], ',') ? 1 : 0);
    int month;
    if (month_at(&t[i], &month) || (t[i].kind == TOKEN_NUMBER && t[i].digits == 4))
        return NUMBERED_MONTH;
    bool the = t[i].role == ROLE_THE;
    i += the;
    unsigned number = day_at(&t[i], day);
    if (!number || (t[i].kind == TOKEN_WORD && !the))
        return NUMBERED_NOT;
    const Token *next = &t[i + number];
    if (is_clock(next))
        return NUMBERED_NOT;
    bool plain = t[i].kind == TOKEN_NUMBER && !t[i].ordinal;
    if (next->role == ROLE_OF || month_at(next, &month) || (plain && !ends_day(next, true)))
        return NUMBERED_MONTH;
    *used = i + number;
    return NUMBERED_YES;
}

/* ---- a weekday */

static int32_t before_today(const Finder *f, int weekday)
{
    return weekday_until(weekday, f->today - 1);
}

/* "of last week", "this week" behind a weekday. */
static unsigned week_told(const Token *t, int *weeks)
{
    unsigned i = t->role == ROLE_OF;
    if ((t[i].role != ROLE_LAST && t[i].role != ROLE_THIS) || unit_of(&t[i + 1]) != UNIT_WEEK)
        return 0;
    *weeks = t[i].role == ROLE_LAST;
    return i + 2;
}

/* "Friday last", "Friday just gone", "dydd Gwener diwethaf". */
static unsigned said_last(const Token *t)
{
    if (t->role == ROLE_LAST || t->role == ROLE_PAST || t->role == ROLE_LAST_CY)
        return unit_of(&t[1]) == UNIT_NONE ? 1 : 0;
    return t->kind == TOKEN_WORD && t->role == ROLE_NONE && t[1].role == ROLE_PAST ? 2 : 0;
}

static bool is_row_of_days(const Token *t)
{
    int any;
    return (t->role == ROLE_TO || is_mark(t, '-') || is_mark(t, '/')) && weekday_at(&t[1], &any);
}

/* What is told behind a weekday: which week, or that it is past. */
static unsigned weekday_told(const Finder *f, const Token *t, unsigned used, int weekday,
                             DateFound *out)
{
    int weeks;
    unsigned told = week_told(&t[used], &weeks);
    if (told) {
        int32_t monday = weekday_until(1, f->today) - 7 * weeks;
        return put_date(out, monday + weekday - 1, false, used + told);
    }
    told = said_last(&t[used]);
    if (told)
        return put_date(out, before_today(f, weekday), false, used + told);
    bool after = t[used].role == ROLE_NEXT_CY, before = t[used].role == ROLE_PREVIOUS_CY;
    if (!has_before(f) || (!after && !before))
        return 0;
    out->relative = true;
    return put_date(
        out, after ? weekday_from(weekday, f->before + 1) : weekday_until(weekday, f->before - 1),
        false, used + 1);
}

/* "on the Friday": of the days just told. */
static int32_t weekday_alone(const Finder *f, const Token *t, int weekday, DateFound *out)
{
    if (t[-1].role == ROLE_THE && has_before(f)) {
        int32_t found = weekday_from(weekday, f->before);
        if (found <= f->today) {
            out->relative = true;
            return found;
        }
    }
    return weekday_until(weekday, f->today);
}

static bool may_stand(const Token *t, const Token *next)
{
    if (t[-1].role == ROLE_EVERY || t[-1].role == ROLE_BY || t[-1].role == ROLE_BEFORE ||
        t[-1].role == ROLE_A || t[-1].role == ROLE_NEXT || unit_of(next) == UNIT_WEEK ||
        is_row_of_days(next))
        return false;
    /* "It will be two weeks on Friday" */
    if (t[-1].role == ROLE_ON && unit_of(&t[-2]) == UNIT_WEEK && t[-3].kind != TOKEN_END &&
        (t[-3].role == ROLE_COUNT || t[-3].role == ROLE_A || t[-3].kind == TOKEN_NUMBER))
        return false;
    return is_led(t) || (next->role == ROLE_DAYPART && t[-1].role != ROLE_THE);
}

/* on Friday, Friday the 5th, Thursday last, Monday of last week, it came Friday morning */
unsigned shape_weekday(const Finder *f, const Token *t, DateFound *out)
{
    int weekday, day;
    unsigned used = weekday_at(t, &weekday);
    Numbered numbered = used ? number_behind(t, &used, &day) : NUMBERED_MONTH;
    if (numbered == NUMBERED_MONTH)
        return 0;
    if (numbered == NUMBERED_YES)
        return put_date(out, lean_day(f, t, day, weekday, &out->relative), false, used);
    unsigned told = weekday_told(f, t, used, weekday, out);
    if (told)
        return told;
    return may_stand(t, &t[used]) ? put_date(out, weekday_alone(f, t, weekday, out), false, used)
                                  : 0;
}

/* last Friday, this Monday, this past Friday */
unsigned shape_last_weekday(const Finder *f, const Token *t, DateFound *out)
{
    int weekday, day;
    unsigned i = t[1].role == ROLE_PAST ? 2 : 1, used = weekday_at(&t[i], &weekday);
    Numbered numbered = used ? number_behind(&t[i], &used, &day) : NUMBERED_MONTH;
    if (numbered == NUMBERED_MONTH || unit_of(&t[i + used]) == UNIT_WEEK)
        return 0;
    if (numbered == NUMBERED_YES)
        return put_date(out, lean_day(f, t, day, weekday, &out->relative), false, i + used);
    int32_t found = t->role == ROLE_LAST || i == 2 ? before_today(f, weekday)
                                                   : weekday_until(weekday, f->today);
    return put_date(out, found, false, i + used);
}

/* ---- beside the date told before */

typedef enum Side { SIDE_BEFORE = -1, SIDE_SAME, SIDE_AFTER } Side;

static bool is_day(const Token *t)
{
    return unit_of(t) == UNIT_DAY || t->role == ROLE_DAYPART;
}

static unsigned beside(const Finder *f, DateFound *out, int weekday, Side side, unsigned used)
{
    int32_t day = f->before + side;
    if (weekday)
        day = side == SIDE_BEFORE ? weekday_until(weekday, day) : weekday_from(weekday, day);
    if (day > f->today && f->before <= f->today)
        return 0;
    out->relative = true;
    used = put_date(out, day, false, used);
    out->loose = f->before_loose;
    return used;
}

/* the next week: some day of the two that follow */
static unsigned week_after(const Finder *f, DateFound *out, unsigned used)
{
    int32_t last = MIN(f->before + 13, MAX(f->today, f->before));
    out->relative = true;
    return put_dates(out, f->before + 1, last, false, used);
}

/* the next day, the following Tuesday, that same evening, the previous day */
static unsigned leading_word(const Finder *f, const Token *t, unsigned i, DateFound *out)
{
    const Token *w = &t[i];
    int weekday = 0;
    bool the = i > 0;
    Side side = w->role == ROLE_NEXT ? SIDE_AFTER : SIDE_SAME;
    if (w->role == ROLE_PREVIOUS)
        side = SIDE_BEFORE;
    i += 1 + (w->role == ROLE_THAT && w[1].role == ROLE_SAME);
    if (is_day(&t[i]) && t[i + 1].role != ROLE_OR && !weekday_at(&t[i], &weekday))
        return beside(f, out, 0, side, i + 1);
    if (!the && w->role == ROLE_NEXT && w->value == 0)
        return 0; /* "next Friday" is to come */
    unsigned used = weekday_at(&t[i], &weekday);
    if (used)
        return beside(f, out, weekday, side, i + used);
    return side == SIDE_AFTER && unit_of(&t[i]) == UNIT_WEEK ? week_after(f, out, i + 1) : 0;
}

/* the day after, the Saturday before, y diwrnod canlynol */
static unsigned trailing_word(const Finder *f, const Token *t, DateFound *out)
{
    int weekday = 0;
    unsigned used = weekday_at(&t[1], &weekday);
    const Token *w = &t[1 + MAX(used, 1)];
    bool after = w->role == ROLE_AFTER || w->role == ROLE_LATER || w->role == ROLE_NEXT_CY;
    bool before = w->role == ROLE_BEFORE || w->role == ROLE_EARLIER || w->role == ROLE_PREVIOUS_CY;
    if ((!after && !before) || counts_from_other(&w[1]))
        return 0;
    unsigned all = (unsigned)(w - t) + 1;
    if (used || is_day(&t[1]))
        return beside(f, out, used ? weekday : 0, after ? SIDE_AFTER : SIDE_BEFORE, all);
    return after && unit_of(&t[1]) == UNIT_WEEK ? week_after(f, out, all) : 0;
}

unsigned shape_next(const Finder *f, const Token *t, DateFound *out)
{
    if (!has_before(f) || t[-1].role == ROLE_IN)
        return 0;
    if (t->role == ROLE_NEXT_DAY)
        return beside(f, out, 0, SIDE_AFTER, 1);
    unsigned i = t->role == ROLE_THE;
    i += t[i].role == ROLE_VERY;
    Role role = t[i].role;
    if (role == ROLE_NEXT || role == ROLE_THAT || role == ROLE_SAME || role == ROLE_PREVIOUS)
        return leading_word(f, t, i, out);
    return i ? trailing_word(f, t, out) : 0;
}
