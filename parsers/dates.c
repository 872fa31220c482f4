/* A date is read from a row of tokens by the first shape that fits, of those that the first token's
 * role may open; the tokens of a text are read once, so the work is linear in its length. */
#include "parsers/dates.h"
#include "parsers/dates_parts.h"
#include <string.h>

enum {
    SHAPES_MOST = 6,
    ABOUT_DAYS = 7,   /* "around 5 May" may be a week later */
    BIRTH_YEARS = 15, /* a date so long ago is somebody's birthday: nothing leans on it */
};

static const Shape OPENED_BY[ROLE_COUNT_OF][SHAPES_MOST] = {
    [ROLE_MONTH] = {shape_month_day, shape_month},
    [ROLE_WEEKDAY] = {shape_weekday},
    [ROLE_DYDD] = {shape_weekday},
    [ROLE_COUNT] = {shape_ago},
    [ROLE_TENS] = {shape_day_month, shape_ordinal, shape_ago},
    [ROLE_NTH] = {shape_day_month, shape_month, shape_ordinal},
    [ROLE_UNIT] = {shape_near, shape_ago},
    [ROLE_MIS] = {shape_near, shape_month, shape_ago},
    [ROLE_DAYPART] = {shape_near},
    [ROLE_PART] = {shape_month},
    [ROLE_NEAR] = {shape_near},
    [ROLE_THE] = {shape_ordinal, shape_near, shape_next},
    [ROLE_A] = {shape_ago},
    [ROLE_BETWEEN] = {shape_between},
    [ROLE_LAST] = {shape_last_weekday, shape_month, shape_near},
    [ROLE_THIS] = {shape_last_weekday, shape_near},
    [ROLE_THAT] = {shape_next},
    [ROLE_SAME] = {shape_next},
    [ROLE_NEXT] = {shape_next},
    [ROLE_NEXT_DAY] = {shape_next},
    [ROLE_PREVIOUS] = {shape_next},
    [ROLE_FEAST] = {shape_feast},
    [ROLE_NEW] = {shape_feast},
};

static const Shape NUMBER_OPENS[SHAPES_MOST] = {
    shape_figures, shape_days_month, shape_day_month, shape_half_figures, shape_ordinal, shape_ago};

/* A figure with a letter or a figure before its sign is part of a reference, a price, a time. */
static bool is_part(const Token *t)
{
    const Token *before = t - 1;
    if (t->kind != TOKEN_NUMBER || t->space || before->kind != TOKEN_MARK)
        return false;
    if (strchr("$#@_+=\\", before->mark))
        return true;
    bool joined = !before->space && (before[-1].kind == TOKEN_NUMBER ||
                                     (before[-1].kind == TOKEN_WORD && before->mark != ':'));
    return joined && strchr("/-.:", before->mark);
}

static unsigned read_date(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    const Shape *shapes = t->kind == TOKEN_NUMBER ? NUMBER_OPENS : OPENED_BY[t->role];
    if (!shapes[0] || is_part(t))
        return 0;
    for (unsigned i = 0; i < SHAPES_MOST && shapes[i]; i++) {
        unsigned used = shapes[i](f, t, out);
        if (used)
            return used;
        *out = (DateFound){0};
    }
    return 0;
}

/* "around 5 May", "5 May or so" */
static bool is_about(const Token *t, const Token *next)
{
    const Token *before = t - 1;
    if (before->role == ROLE_THE)
        before--;
    return before->role == ROLE_ABOUT || (next[0].role == ROLE_OR && next[1].role == ROLE_SO);
}

static unsigned finish(const Finder *f, DateFound *date, unsigned used)
{
    const Token *t = f->row;
    int weekday;
    unsigned behind = weekday_behind(&t[used], &weekday);
    if (behind && !date->loose && weekday == date_weekday(date->last))
        used += behind;
    if (is_about(t, &t[used]) && !date->loose && date->last < f->today) {
        date->loose = true;
        date->last = MIN(date->last + ABOUT_DAYS, f->today);
    }
    date->offset = t->offset;
    date->length = t[used - 1].end - t->offset;
    return used;
}

static void remember(Finder *f, const DateFound *date)
{
    if (date_year(date->last) + BIRTH_YEARS < date_year(f->today))
        return;
    const Token *t = f->row;
    f->before = date->last;
    f->before_first = date->first;
    f->before_loose = date->loose;
    f->before_dated =
        t[-1].flags & WORD_DATED || (t[-1].kind == TOKEN_WORD && t[-2].flags & WORD_DATED);
    f->since = f->stops = 0;
}

static bool ends_sentence(const Token *t)
{
    return (is_mark(t, '.') || is_mark(t, '?') || is_mark(t, '!')) && t[1].space && t[1].capital;
}

GArray *dates_find(const char *text, size_t length, int32_t today)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(DateFound));
    Finder f = {.text = text, .length = length, .today = today, .before = NO_DAY};
    tokens_start(&f);
    while (f.row->kind != TOKEN_END && found->len < DATES_MAX) {
        DateFound date = {0};
        unsigned used = read_date(&f, &date);
        if (used) {
            used = finish(&f, &date, used);
            remember(&f, &date);
            g_array_append_val(found, date);
        } else {
            f.since++;
            f.stops += ends_sentence(f.row) || f.row->space == 3;
        }
        tokens_shift(&f, MAX(used, 1));
    }
    return found;
}

bool date_read(const char *text, int32_t today, int32_t *day)
{
    g_autofree char *only = g_strstrip(g_strdup(text));
    g_autoptr(GArray) found = dates_find(only, strlen(only), today);
    if (found->len != 1)
        return false;
    const DateFound *d = &g_array_index(found, DateFound, 0);
    if (d->offset != 0 || d->length != strlen(only) || d->loose)
        return false;
    *day = d->last;
    return true;
}
