/* What the shapes of dates share: the pieces a date is made of, and what stands beside it. */
#include "parsers/dates_parts.h"
#include <glib.h>
#include <string.h>

enum {
    REACH_TOKENS = 25, /* "the next day" is counted from a date this near */
    REACH_STOPS = 1,   /* in the same sentence or the one before */
    LEAN_TOKENS = 80,  /* "the 8th" from one as near as this */
    SHORT_YEARS = 6,   /* "3 March 24": a year of two figures is not long ago */
};

unsigned put_date(DateFound *out, int32_t day, bool year_told, unsigned used)
{
    if (day == NO_DAY)
        return 0;
    out->first = out->last = day;
    out->loose = false;
    out->year_told = year_told;
    return used;
}

unsigned put_dates(DateFound *out, int32_t first, int32_t last, bool year_told, unsigned used)
{
    if (first == NO_DAY || last == NO_DAY || first > last)
        return 0;
    out->first = first;
    out->last = last;
    out->loose = true;
    out->year_told = year_told;
    return used;
}

unsigned day_at(const Token *t, int *day)
{
    if (t->kind == TOKEN_NUMBER) {
        *day = t->number;
        return t->digits <= 2 && t->number >= 1 && t->number <= 31 ? 1 : 0;
    }
    if (t->role == ROLE_NTH) {
        *day = t->value;
        return 1;
    }
    unsigned i = t->role == ROLE_TENS ? is_mark(&t[1], '-') ? 2 : 1 : 0;
    if (!i || t[i].role != ROLE_NTH || t[i].value > 9)
        return 0;
    *day = t->value + t[i].value;
    return *day <= 31 ? i + 1 : 0;
}

unsigned month_at(const Token *t, int *month)
{
    *month = t->value;
    if (t->role == ROLE_MONTH)
        return 1;
    if (t->role != ROLE_LEVANT || t[1].role != ROLE_NTH || t[1].value > 2)
        return 0;
    *month = (t->value + t[1].value - 2) % 12 + 1;
    return 2;
}

unsigned weekday_at(const Token *t, int *weekday)
{
    *weekday = t->value;
    if (t->role == ROLE_WEEKDAY && (t->capital || !(t->flags & WORD_SHORT)))
        return t->flags & WORD_SHORT && is_mark(&t[1], '.') && !t[1].space ? 2 : 1;
    if (t->role != ROLE_DYDD)
        return 0;
    bool tuesday = t[1].role == ROLE_MONTH && t[1].value == 3;
    *weekday = tuesday ? 2 : t[1].value;
    return tuesday || t[1].role == ROLE_WEEKDAY_CY ? 2 : 0;
}

Unit unit_of(const Token *t)
{
    if (t->role == ROLE_UNIT)
        return (Unit)t->value;
    return t->role == ROLE_MIS ? UNIT_MONTH : t->role == ROLE_DYDD ? UNIT_DAY : UNIT_NONE;
}

/* "days", which no day of a month is called. */
bool is_days(const Token *t)
{
    return unit_of(t) == UNIT_DAY && t->end - t->offset == strlen("days");
}

/* ---- years */

static int year_of(const Token *t)
{
    if (t->kind != TOKEN_NUMBER || t->ordinal || t->digits != 4)
        return 0;
    return t->number >= YEAR_MIN && t->number <= YEAR_MAX ? t->number : 0;
}

static bool is_time(const Token *t)
{
    return t[1].role == ROLE_CLOCK || ((is_mark(&t[1], ':') || is_mark(&t[1], '.')) &&
                                       t[2].kind == TOKEN_NUMBER && !t[2].space);
}

/* 24, '24 */
static unsigned short_year_at(const Finder *f, const Token *t, int *year)
{
    bool quoted = is_mark(t, '\'') && !t[1].space;
    const Token *n = t + quoted;
    if (n->kind != TOKEN_NUMBER || n->digits != 2 || n->ordinal || is_time(n))
        return 0;
    *year = (n->number >= 70 ? 1900 : 2000) + n->number;
    int now = date_year(f->today);
    if (!quoted && (*year < now - SHORT_YEARS || *year > now))
        return 0;
    return 1 + quoted;
}

static unsigned year_word_at(const Finder *f, const Token *t, int *year)
{
    unsigned the = t->role == ROLE_THE;
    if (t[the].role == ROLE_LAST_YEAR) {
        *year = date_year(f->today) + t[the].value;
        return the + 1;
    }
    if ((t->role != ROLE_LAST && t->role != ROLE_THIS) || unit_of(&t[1]) != UNIT_YEAR)
        return 0;
    *year = date_year(f->today) - (t->role == ROLE_LAST);
    return 2;
}

unsigned year_at(const Finder *f, const Token *t, bool abbreviated, int *year)
{
    unsigned used = short_year_at(f, t, year);
    if (used)
        return used;
    bool bracket = is_mark(t, '(') && year_of(&t[1]) && is_mark(&t[2], ')');
    unsigned skip = is_mark(t, ',') || (abbreviated && is_mark(t, '.')) || bracket ||
                            t->role == ROLE_OF || t->role == ROLE_IN
                        ? 1
                        : 0;
    if ((*year = year_of(&t[skip])))
        return skip + 1 + bracket;
    used = year_word_at(f, &t[skip], year);
    if (used)
        return skip + used;
    used = skip && is_mark(&t[skip], '\'') ? short_year_at(f, &t[skip], year) : 0;
    if (!used)
        *year = 0;
    return used ? skip + used : 0;
}

/* ---- what stands beside a date */

unsigned weekday_behind(const Token *t, int *weekday)
{
    unsigned i = is_mark(t, ',') || is_mark(t, '(') || is_mark(t, '-') ? 1 : 0;
    bool bracket = is_mark(t, '(');
    if (t[i].role == ROLE_ON || t[i].role == ROLE_A)
        i++;
    unsigned used = i ? weekday_at(&t[i], weekday) : 0;
    if (!used)
        return 0;
    const Token *next = &t[i + used];
    int any;
    if (day_at(next, &any) || (next->role == ROLE_THE && day_at(&next[1], &any)) ||
        month_at(next, &any))
        return 0;
    return i + used + (bracket && is_mark(next, ')'));
}

static bool ends_by_word(const Token *t, bool led)
{
    /* "The 2nd and 3rd letters": what ends the one must end the other. */
    for (int more = 0; more < 3 && (t->role == ROLE_AND || t->role == ROLE_OR); more++) {
        const Token *other = t + 1 + (t[1].role == ROLE_THE);
        if (other->kind != TOKEN_NUMBER || !other->ordinal)
            break;
        t = other + 1;
        if (t->kind != TOKEN_WORD)
            return t->kind != TOKEN_NUMBER;
        /* "the 8th or 9th of July" is read with its month. */
        if (t->role == ROLE_OF || t->role == ROLE_MONTH)
            return t->role == ROLE_OF && t[1].role != ROLE_MONTH;
    }
    return t->flags & (led ? WORD_AFTER_DAY : WORD_BARE);
}

bool ends_day(const Token *t, bool led)
{
    if (t->kind == TOKEN_WORD)
        return ends_by_word(t, led);
    if (t->kind == TOKEN_NUMBER)
        return false;
    if (t->kind == TOKEN_END || t->space)
        return led || !is_mark(t, '(');
    return !strchr("-/%$'@&_+", t->mark) && (t[1].space || t[1].kind != TOKEN_NUMBER);
}

bool is_led(const Token *t)
{
    const Token *before = t - 1;
    if (before->role == ROLE_THE)
        before--;
    if (before->role == ROLE_NONE && before->flags & WORD_CLAUSE)
        before--; /* got it on */
    return before->flags & WORD_LEADS;
}

/* "dated the 14th", where the date told before was not a letter's own too. */
static bool is_dated(const Finder *f, const Token *t)
{
    return !f->before_dated &&
           (t[-1].flags & WORD_DATED || (t[-1].role != ROLE_NONE && t[-2].flags & WORD_DATED));
}

/* ---- the date told before */

bool has_before(const Finder *f)
{
    return f->before != NO_DAY && f->since <= REACH_TOKENS && f->stops <= REACH_STOPS;
}

bool counts_from_other(const Token *t)
{
    return t->kind == TOKEN_NUMBER || t->role == ROLE_NEAR ||
           (t->kind == TOKEN_WORD && (!(t->flags & WORD_AFTER_DAY) || t->flags & WORD_CLAUSE));
}

static int32_t lean_on_before(const Finder *f, bool back, int day)
{
    int32_t base = f->before_loose ? f->before_first : f->before;
    if (back)
        return latest_in_month(day, base);
    int year = date_year(base), month = date_month(base);
    int32_t found = date_day(year, month, day);
    if (found == NO_DAY || found < base)
        found = month == 12 ? date_day(year + 1, 1, day) : date_day(year, month + 1, day);
    if (found != NO_DAY && (found <= f->today || base > f->today))
        return found;
    return latest_in_month(day, f->today);
}

int32_t lean_day(const Finder *f, const Token *t, int day, int weekday, bool *relative)
{
    int32_t found = NO_DAY;
    *relative = f->before != NO_DAY && f->since <= LEAN_TOKENS;
    if (*relative)
        found = lean_on_before(f, is_dated(f, t), day);
    if (weekday && (found == NO_DAY || date_weekday(found) != weekday)) {
        int32_t agreeing = latest_agreeing(weekday, day, f->today);
        if (agreeing != NO_DAY) {
            *relative = false;
            return agreeing;
        }
    }
    return found == NO_DAY ? latest_in_month(day, f->today) : found;
}
