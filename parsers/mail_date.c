#include "parsers/mail_date.h"
#include <glib.h>
#include <stdbool.h>
#include <string.h>

typedef struct Parts {
    int year, month, day, hour, minute, second, offset;
    bool has_time, has_offset, afternoon, morning;
} Parts;

/* English, Welsh, then those of the mail programs most seen beside them. By their first letters. */
static const struct {
    const char *name;
    int month;
} months[] = {
    {"jan", 1},  {"feb", 2},   {"mar", 3},   {"apr", 4},  {"may", 5},  {"jun", 6}, {"jul", 7},
    {"aug", 8},  {"sep", 9},   {"oct", 10},  {"nov", 11}, {"dec", 12}, {"ion", 1}, {"chwe", 2},
    {"maw", 3},  {"ebr", 4},   {"mai", 5},   {"meh", 6},  {"gor", 7},  {"aws", 8}, {"med", 9},
    {"hyd", 10}, {"tach", 11}, {"rhag", 12}, {"okt", 10}, {"dez", 12},
};

static const struct {
    const char *name;
    int minutes;
} zones[] = {
    {"gmt", 0},    {"ut", 0},     {"utc", 0},    {"z", 0},      {"bst", 60},   {"ist", 330},
    {"cet", 60},   {"cest", 120}, {"est", -300}, {"edt", -240}, {"cst", -360}, {"cdt", -300},
    {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420},
};

static int month_of(const char *word)
{
    for (size_t k = 0; k < G_N_ELEMENTS(months); k++) {
        if (g_ascii_strncasecmp(word, months[k].name, strlen(months[k].name)) == 0)
            return months[k].month;
    }
    return 0;
}

static void take_word(Parts *d, const char *p, size_t length)
{
    char word[16];
    if (length == 0 || length >= sizeof word)
        return;
    memcpy(word, p, length);
    word[length] = '\0';
    if (g_ascii_strcasecmp(word, "pm") == 0)
        d->afternoon = true;
    if (g_ascii_strcasecmp(word, "am") == 0)
        d->morning = true;
    for (size_t k = 0; k < G_N_ELEMENTS(zones) && d->has_time && !d->has_offset; k++) {
        if (g_ascii_strcasecmp(word, zones[k].name) == 0) {
            d->offset = zones[k].minutes;
            /* "GMT+1" goes on. */
            d->has_offset = zones[k].minutes != 0;
        }
    }
    /* "Mon" is no month; "Mar", "May" are, "Maw" is one and Welsh Tuesday's "Maw" cannot be told
     * apart: the later word wins, and the weekday comes first. */
    bool whole = d->year && d->month && d->day;
    if (length >= 3 && !whole && month_of(word))
        d->month = month_of(word);
}

static int digits(const char **p)
{
    int n = 0, count = 0;
    for (; g_ascii_isdigit(**p); ++*p) {
        if (++count <= 6)
            n = n * 10 + (**p - '0');
    }
    return count <= 6 ? n : -1;
}

static void take_time(Parts *d, int hour, const char **p)
{
    ++*p;
    if (d->has_time) {
        digits(p);
        return;
    }
    d->hour = hour;
    d->minute = digits(p);
    if (**p == ':' && g_ascii_isdigit((*p)[1])) {
        ++*p;
        d->second = digits(p);
    }
    d->has_time = true;
}

/* Numeric dates: the separator says which form. */
static void take_numeric(Parts *d, int first, const char **p)
{
    char separator = **p;
    ++*p;
    int second = digits(p), third = -1;
    if (**p == separator && g_ascii_isdigit((*p)[1])) {
        ++*p;
        third = digits(p);
    }
    if (third < 0 || d->year || d->day)
        return;
    if (first > 31) {
        d->year = first;
        d->day = third;
    } else {
        d->day = first;
        d->year = third < 100 ? third + 2000 : third;
    }
    d->month = second;
}

static void take_number(Parts *d, const char **p)
{
    const char *start = *p;
    int n = digits(p);
    size_t length = (size_t)(*p - start);
    if (**p == ':' && g_ascii_isdigit((*p)[1]) && length <= 2)
        take_time(d, n, p);
    else if (strchr("/-.", **p) && **p && g_ascii_isdigit((*p)[1]) && !d->month)
        take_numeric(d, n, p);
    else if (length == 4 && !d->year)
        d->year = n;
    else if (length <= 2 && !d->day && n >= 1 && n <= 31)
        d->day = n;
    else if (length == 2 && d->day && d->month && !d->year && !d->has_time)
        d->year = n < 50 ? n + 2000 : n + 1900;
}

static bool take_offset(Parts *d, const char **p)
{
    if (!d->has_time || d->has_offset || !g_ascii_isdigit((*p)[1]))
        return false;
    int sign = **p == '-' ? -1 : 1;
    const char *start = ++*p;
    int n = digits(p);
    size_t length = (size_t)(*p - start);
    if (length == 4)
        d->offset = sign * (n / 100 * 60 + n % 100);
    else if (length <= 2) {
        int minutes = 0;
        if (**p == ':' && g_ascii_isdigit((*p)[1])) {
            ++*p;
            minutes = digits(p);
        }
        d->offset = sign * (n * 60 + minutes);
    }
    d->has_offset = true;
    return true;
}

static int64_t to_seconds(const Parts *d)
{
    int hour = d->hour;
    if (d->afternoon && hour < 12)
        hour += 12;
    if (d->morning && hour == 12)
        hour = 0;
    if (d->year < 1970 || d->year > 2200 || ABS(d->offset) > 24 * 60)
        return 0;
    g_autoptr(GDateTime) t =
        g_date_time_new_utc(d->year, d->month, d->day, hour, d->minute, MIN(d->second, 59));
    return t ? g_date_time_to_unix(t) - (int64_t)d->offset * 60 : 0;
}

int64_t mail_date_parse(const char *text)
{
    Parts d = {0};
    const char *end = text + strnlen(text, 200);
    for (const char *p = text; p < end;) {
        if (d.has_offset && d.year && d.month && d.day)
            break; /* what follows is a comment */
        if (g_ascii_isdigit(*p))
            take_number(&d, &p);
        else if ((*p == '+' || *p == '-') && take_offset(&d, &p))
            continue;
        else if (g_ascii_isalpha(*p)) {
            const char *start = p;
            while (g_ascii_isalpha(*p))
                p++;
            take_word(&d, start, (size_t)(p - start));
            /* 2026-05-04T10:22:00 */
        } else
            p++;
    }
    return to_seconds(&d);
}
