/* Dates of a day and a month, named or in figures. */
#include "parsers/dates_parts.h"
#include <glib.h>
#include <string.h>

/* ---- figures */

static bool joins_figures(const Token *t)
{
    return t->kind == TOKEN_MARK && strchr("/.-", t->mark);
}

/* More of the same sign behind is a version, an address or a reference; so is a letter, but for
 * that before a time ("2026-08-03T10:00"). */
static bool goes_on(const Finder *f, const Token *t, char mark)
{
    if (t->kind == TOKEN_WORD && !t->space)
        return f->text[t->offset] != 'T' || t->end - t->offset != 1;
    if (t->kind != TOKEN_MARK || t->space || t[1].space)
        return false;
    return t[1].kind == TOKEN_NUMBER ? t->mark == mark || strchr("/-", t->mark)
                                     : t[1].kind == TOKEN_WORD && strchr("/-", t->mark);
}

static bool is_reference(const Finder *f, const Token *t)
{
    const Token *before = t - 1;
    if (before->role == ROLE_NOT_DATE || is_mark(before, '$') || is_mark(before, '#'))
        return true;
    return before->kind == TOKEN_WORD && !t->space && before->end - before->offset < 4;
}

static int32_t british(int year, int month, int day)
{
    int32_t found = date_day(year, month, day);
    /* The other order only where the British one names no day. */
    return found == NO_DAY ? date_day(year, day, month) : found;
}

/* 2026-03-03, 03/03/26, 3.3.2026, 3-3-26, 3 / 3 / 2026 */
unsigned shape_figures(const Finder *f, const Token *t, DateFound *out)
{
    if (!joins_figures(&t[1]) || t[2].kind != TOKEN_NUMBER || t[2].digits > 2 ||
        !is_mark(&t[3], t[1].mark) || t[4].kind != TOKEN_NUMBER)
        return 0;
    bool spaced = t[1].space || t[2].space || t[3].space || t[4].space;
    if ((spaced && t[4].digits != 4) || t[1].space > 1 || t[2].space > 1 || t[3].space > 1 ||
        t[4].space > 1 || goes_on(f, &t[5], t[1].mark) || is_reference(f, t))
        return 0;
    if (t[0].digits == 4)
        return t[4].digits > 2
                   ? 0
                   : put_date(out, date_day(t[0].number, t[2].number, t[4].number), true, 5);
    if (t[0].digits > 2 || (t[4].digits != 2 && t[4].digits != 4))
        return 0;
    int year = t[4].digits == 4    ? t[4].number
               : t[4].number >= 70 ? 1900 + t[4].number
                                   : 2000 + t[4].number;
    return put_date(out, british(year, t[2].number, t[0].number), true, 5);
}

/* "by 1/3" is a share, "24/7" a way to say always. */
static bool is_share(const Token *t)
{
    return (t[0].number == 1 && t[2].number <= 4 && t[0].digits == 1 && t[2].digits == 1) ||
           (t[0].number == 24 && t[2].number == 7 && t[2].digits == 1);
}

/* on 03/08: only where a word before it says that it is a day */
unsigned shape_half_figures(const Finder *f, const Token *t, DateFound *out)
{
    if (!is_mark(&t[1], '/') || t[2].kind != TOKEN_NUMBER || t[0].digits > 2 || t[2].digits > 2 ||
        t[1].space || t[2].space || t[0].ordinal || t[2].ordinal || is_share(t))
        return 0;
    if (!is_led(t) || !ends_day(&t[3], true) || goes_on(f, &t[3], '/') || t[2].number < 1 ||
        t[2].number > 12 || is_mark(&t[3], ':'))
        return 0;
    return put_date(out, latest_in_year(t[2].number, t[0].number, f->today), false, 3);
}

/* ---- a day and the name of a month */

static bool is_abbreviated(const Token *t)
{
    return t->role == ROLE_MONTH && t->end - t->offset <= 4;
}

/* "The 3 may be", "second may", "5 March Road" */
static bool is_no_month(const Token *month, const Token *day)
{
    bool may = month->flags & WORD_NAME && month->flags & WORD_SHORT && !month->capital;
    if (may && month[-1].kind == TOKEN_MARK)
        return true;
    return month->space > 2 || month[1].role == ROLE_STREET ||
           (may && (day->kind == TOKEN_WORD || month[1].role == ROLE_MODAL));
}

static unsigned skip_to_month(const Token *t, unsigned i)
{
    if (unit_of(&t[i]) == UNIT_DAY && !is_days(&t[i]))
        i++;
    if (t[i].role == ROLE_OF)
        i++;
    if (unit_of(&t[i]) == UNIT_MONTH)
        i++;
    for (unsigned marks = 0; marks < 2 && t[i].kind == TOKEN_MARK && strchr("-,./", t[i].mark);
         marks++)
        i++;
    return i;
}

/* The mark and the year behind a month: "-2026", "/آب 2026", ". 2026" */
static unsigned end_month(const Finder *f, const Token *t, unsigned i, int *year)
{
    const Token *month = &t[i - 1];
    int other;
    if (is_mark(&t[i], '/') && month_at(&t[i + 1], &other))
        i += 1 + month_at(&t[i + 1], &other);
    unsigned mark = t[i].kind == TOKEN_MARK && strchr("-./", t[i].mark) &&
                            t[i + 1].kind == TOKEN_NUMBER && !t[i + 1].space
                        ? 1
                        : 0;
    unsigned extra = year_at(f, &t[i + mark], is_abbreviated(month), year);
    return extra ? i + mark + extra : i;
}

static int32_t named(const Finder *f, int year, int month, int day)
{
    return year ? date_day(year, month, day) : latest_in_year(month, day, f->today);
}

/* 3 March, 3rd of March 2026, 28-Nov-25, third of March last year, 3 de agosto de 2026 */
unsigned shape_day_month(const Finder *f, const Token *t, DateFound *out)
{
    int day, month, year;
    unsigned i = day_at(t, &day);
    if (!i)
        return 0;
    i = skip_to_month(t, i);
    unsigned named_by = month_at(&t[i], &month);
    if (!named_by || is_no_month(&t[i], t))
        return 0;
    unsigned used = end_month(f, t, i + named_by, &year);
    return put_date(out, named(f, year, month, day), year != 0, used);
}

/* March 3, March 3rd 2026, July the fourth */
unsigned shape_month_day(const Finder *f, const Token *t, DateFound *out)
{
    int day, month = t->value, year;
    unsigned i = t->flags & WORD_SHORT && is_mark(&t[1], '.') ? 2 : 1;
    bool the = t[i].role == ROLE_THE;
    i += the;
    unsigned used = day_at(&t[i], &day);
    bool word = used && t[i].kind == TOKEN_WORD;
    if (!used || t[-1].role == ROLE_DYDD || is_mark(&t[i + used], ':') ||
        (word && t->flags & WORD_SHORT && !the))
        return 0;
    unsigned extra = year_at(f, &t[i + used], false, &year);
    bool plain = t->flags & WORD_NAME && !(t->flags & WORD_SHORT);
    if (!t->capital && !(plain && (extra || t[i].ordinal || word)))
        return 0;
    return put_date(out, named(f, year, month, day), year != 0, i + used + extra);
}

/* ---- two days of one month */

static bool joins_days(const Token *t)
{
    return t->role == ROLE_AND || t->role == ROLE_OR || t->role == ROLE_TO || is_mark(t, '-') ||
           is_mark(t, '/') || is_mark(t, ',') || is_mark(t, '&');
}

static bool is_between(const Token *t)
{
    return t[-1].role == ROLE_BETWEEN || (t[-1].role == ROLE_THE && t[-2].role == ROLE_BETWEEN);
}

/* 3 or 4 August, 3-10 August: either. 3 and 10 August: the first of two. */
unsigned shape_days_month(const Finder *f, const Token *t, DateFound *out)
{
    int day, other = 0;
    unsigned i = day_at(t, &day);
    if (!i || t->kind != TOKEN_NUMBER || !joins_days(&t[i]))
        return 0;
    const Token *joint = &t[i];
    bool both = joint->role == ROLE_AND || is_mark(joint, ',') || is_mark(joint, '&');
    for (unsigned more = 0; more < 3 && joins_days(&t[i]); more++) {
        i += 1 + (t[i + 1].role == ROLE_THE);
        if (t[i].kind != TOKEN_NUMBER || !day_at(&t[i], &other))
            return 0;
        if (shape_day_month(f, &t[i], out))
            break;
        i++;
    }
    DateFound last = *out;
    unsigned used = shape_day_month(f, &t[i], &last);
    if (!used)
        return 0;
    int32_t first = date_day(date_year(last.last), date_month(last.last), day);
    if (both && !is_between(t))
        return put_date(out, first, last.year_told, joint - t);
    return put_dates(out, first, last.last, last.year_told, i + used);
}

/* between 28 July and 3 August */
unsigned shape_between(const Finder *f, const Token *t, DateFound *out)
{
    DateFound from = {0}, to = {0};
    unsigned i = 1 + (t[1].role == ROLE_THE);
    unsigned used = shape_day_month(f, &t[i], &from);
    if (!used || t[i + used].role != ROLE_AND)
        return 0;
    i += used + 1;
    i += t[i].role == ROLE_THE;
    used = shape_day_month(f, &t[i], &to);
    if (!used)
        return 0;
    int32_t first = from.year_told
                        ? from.last
                        : latest_in_year(date_month(from.last), date_mday(from.last), to.last);
    return put_dates(out, first, to.last, to.year_told, i + used);
}
