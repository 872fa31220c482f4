/* A date is read from a row of tokens by the first shape that fits; the tokens of a text are read
 * once, so the work is linear in its length. */
#include "parsers/dates.h"
#include <string.h>

enum {
    EPOCH_JULIAN = 719163,
    TOKEN_MAX = 15,
    OPENING_MAX = 12,
    LETTER_MOST = 12,
    ROW = 9,
    TOKENS = 96,
    YEAR_MIN = 1950,
    YEAR_MAX = 2150
};

typedef enum TokenKind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_MARK } TokenKind;

typedef struct Token {
    TokenKind kind;
    uint32_t offset, end;
    char text[TOKEN_MAX + 1]; /* lower-case; a mark's own byte */
    int number;
    int digits;
    bool ordinal; /* 3rd */
    bool capital;
    int8_t month; /* 1 to 12 where the word names one */
    bool starts;  /* a date may begin with it */
    bool space;   /* white space stands before it */
} Token;

typedef struct Finder {
    const char *text;
    size_t length, at;
    int32_t today;
    int32_t before;   /* the date found last, G_MININT32 none: "the 8th" leans on it */
    const Token *row; /* tokens from the one looked at, ROW of them */
    Token tokens[TOKENS];
} Finder;

/* ---- days */

static int32_t day_of(int year, int month, int day)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return G_MININT32;
    GDate date;
    g_date_set_dmy((g_date_clear(&date, 1), &date), (GDateDay)day, (GDateMonth)month,
                   (GDateYear)year);
    return (int32_t)g_date_get_julian(&date) - EPOCH_JULIAN;
}

static GDate date_of(int32_t day)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(day + EPOCH_JULIAN));
    return date;
}

static int year_of(int32_t day)
{
    GDate date = date_of(day);
    return g_date_get_year(&date);
}

static int32_t month_end(int year, int month)
{
    return day_of(year, month, g_date_get_days_in_month((GDateMonth)month, (GDateYear)year));
}

static int32_t months_before(int32_t day, int months)
{
    GDate date = date_of(day);
    g_date_subtract_months(&date, (guint)months);
    return (int32_t)g_date_get_julian(&date) - EPOCH_JULIAN;
}

/* Latest day with this day and month that is not after `limit`. */
static int32_t latest_not_after(int month, int day, int32_t limit)
{
    int year = year_of(limit);
    for (int back = 0; back < 8; back++) {
        int32_t found = day_of(year - back, month, day);
        if (found != G_MININT32 && found <= limit)
            return found;
    }
    return G_MININT32;
}

static int full_year(const Token *t)
{
    if (t->kind != TOKEN_NUMBER || t->ordinal)
        return 0;
    if (t->digits == 4 && t->number >= YEAR_MIN && t->number <= YEAR_MAX)
        return t->number;
    return t->digits == 2 ? (t->number >= 70 ? 1900 : 2000) + t->number : 0;
}

/* ---- tokens */

/* Scanned and retyped figures hold letters: "2O25", "l8". */
static int digit_of(char c)
{
    if (g_ascii_isdigit(c))
        return c - '0';
    return c == 'O' || c == 'o' ? 0 : c == 'l' || c == 'I' ? 1 : -1;
}

static bool is_letter(char c)
{
    return g_ascii_isalpha(c) || (unsigned char)c >= 0x80;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static void read_number(Finder *f, Token *t)
{
    t->kind = TOKEN_NUMBER;
    t->starts = true;
    for (int d; f->at < f->length && (d = digit_of(f->text[f->at])) >= 0; f->at++, t->digits++)
        t->number = t->digits < 6 ? t->number * 10 + d : t->number;
    static const char *const ENDINGS[] = {"st", "nd", "rd", "th", "af", "il", "ydd", "fed", "eg"};
    for (unsigned i = 0; i < G_N_ELEMENTS(ENDINGS); i++) {
        size_t n = strlen(ENDINGS[i]);
        if (f->at + n <= f->length && !g_ascii_strncasecmp(f->text + f->at, ENDINGS[i], n) &&
            (f->at + n == f->length || !is_letter(f->text[f->at + n]))) {
            t->ordinal = true;
            f->at += n;
            return;
        }
    }
}

/* A word that a date may begin with, and its month, 0 none. */
typedef struct Opening {
    char word[OPENING_MAX]; /* filled with zeros */
    int8_t month;
} Opening;

/* By first letter: every word passes here. */
static const Opening OPENINGS[26][LETTER_MOST] = {
    ['a' - 'a'] = {{"a", 0},
                   {"about", 0},
                   {"agust", 8},
                   {"an", 0},
                   {"apr", 4},
                   {"april", 4},
                   {"around", 0},
                   {"aug", 8},
                   {"august", 8},
                   {"awst", 8}},
    ['b' - 'a'] = {{"beginning", 0}},
    ['c' - 'a'] = {{"chwefror", 2}, {"couple", 0}},
    ['d' - 'a'] = {{"ddoe", 0}, {"dec", 12}, {"december", 12}, {"during", 0}},
    ['e' - 'a'] = {{"early", 0}, {"ebrill", 4}, {"eight", 0}, {"eleven", 0}, {"end", 0}},
    ['f' - 'a'] = {{"feb", 2},
                   {"february", 2},
                   {"febuary", 2},
                   {"feburary", 2},
                   {"few", 0},
                   {"five", 0},
                   {"four", 0}},
    ['g' - 'a'] = {{"gorffennaf", 7}},
    ['h' - 'a'] = {{"heddiw", 0}, {"hydref", 10}},
    ['i' - 'a'] = {{"in", 0}, {"ionawr", 1}},
    ['j' - 'a'] = {{"jan", 1}, {"january", 1}, {"jul", 7}, {"july", 7}, {"jun", 6}, {"june", 6}},
    ['l' - 'a'] = {{"last", 0}, {"late", 0}},
    ['m' - 'a'] = {{"mai", 5},
                   {"mar", 3},
                   {"march", 3},
                   {"mawrth", 3},
                   {"may", 5},
                   {"medi", 9},
                   {"mehefin", 6},
                   {"mid", 0},
                   {"middle", 0}},
    ['n' - 'a'] = {{"nine", 0}, {"nov", 11}, {"november", 11}},
    ['o' - 'a'] = {{"oct", 10}, {"october", 10}, {"on", 0}, {"one", 0}},
    ['r' - 'a'] = {{"rhagfyr", 12}},
    ['s' - 'a'] = {{"sep", 9},
                   {"sept", 9},
                   {"september", 9},
                   {"septembre", 9},
                   {"seven", 0},
                   {"several", 0},
                   {"since", 0},
                   {"six", 0},
                   {"start", 0}},
    ['t' - 'a'] = {{"tachwedd", 11},
                   {"ten", 0},
                   {"the", 0},
                   {"this", 0},
                   {"three", 0},
                   {"today", 0},
                   {"twelve", 0},
                   {"two", 0}},
    ['y' - 'a'] = {{"yesterday", 0}},
};

static const Opening *opening_of(const char *word)
{
    unsigned letter = (unsigned)(unsigned char)word[0] - 'a';
    if (letter >= G_N_ELEMENTS(OPENINGS))
        return NULL;
    const Opening *o = OPENINGS[letter];
    for (unsigned i = 0; i < LETTER_MOST && o[i].word[0]; i++)
        if (!memcmp(o[i].word, word, OPENING_MAX))
            return &o[i];
    return NULL;
}

static void read_word(Finder *f, Token *t)
{
    t->kind = TOKEN_WORD;
    t->capital = g_ascii_isupper(f->text[f->at]);
    size_t size = 0;
    for (; f->at < f->length && (is_letter(f->text[f->at]) || f->text[f->at] == '\''); f->at++)
        if (size < TOKEN_MAX)
            t->text[size++] = lower(f->text[f->at]);
    const Opening *opening = opening_of(t->text);
    t->starts = opening;
    t->month = opening ? opening->month : 0;
}

/* A figure starts with a digit, or with an l, I or O that a digit follows. */
static bool number_starts(const Finder *f)
{
    const char *p = f->text + f->at;
    if (g_ascii_isdigit(*p))
        return true;
    return digit_of(*p) >= 0 && f->at + 1 < f->length && g_ascii_isdigit(p[1]);
}

static void next_token(Finder *f, Token *t)
{
    *t = (Token){0};
    while (f->at < f->length && g_ascii_isspace(f->text[f->at])) {
        f->at++;
        t->space = true;
    }
    t->offset = (uint32_t)f->at;
    if (f->at == f->length)
        return;
    if (number_starts(f))
        read_number(f, t);
    else if (is_letter(f->text[f->at]))
        read_word(f, t);
    else {
        t->kind = TOKEN_MARK;
        t->text[0] = f->text[f->at++];
    }
    t->end = (uint32_t)f->at;
}

/* Moves the row on by n tokens; the tokens are moved back only when their array is used up. */
static void shift(Finder *f, unsigned n)
{
    size_t at = f->row ? (size_t)(f->row - f->tokens) : 0;
    if (f->row && at + n + ROW > TOKENS) {
        memmove(f->tokens, f->row, sizeof(Token) * ROW);
        at = 0;
    }
    unsigned read = f->row ? ROW - n : 0;
    f->row = f->tokens + at + (f->row ? n : 0);
    for (; read < ROW; read++)
        next_token(f, &f->tokens[(size_t)(f->row - f->tokens) + read]);
}

/* ---- words of dates */

static int month_of(const Token *t)
{
    return t->month;
}

/* "may" and "mar", "dec" and the like are months alone only when written as names. */
static bool is_plain_month(const Token *t)
{
    int m = month_of(t);
    return m && strlen(t->text) > 3 ? true : m && t->capital && !strcmp(t->text, "may");
}

static int weekday_of(const Token *t)
{
    static const char *const DAYS[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};
    for (int i = 0; t->kind == TOKEN_WORD && i < 7; i++)
        if (!strcmp(t->text, DAYS[i]) ||
            (t->capital && strlen(t->text) == 3 && !strncmp(t->text, DAYS[i], 3)))
            return i + 1;
    return 0;
}

static bool is_word(const Token *t, const char *word)
{
    return t->kind == TOKEN_WORD && t->text[0] == word[0] && !strcmp(t->text, word);
}

static int count_of(const Token *t)
{
    static const char *const COUNTS[] = {"zero", "one",    "two",   "three", "four",
                                         "five", "six",    "seven", "eight", "nine",
                                         "ten",  "eleven", "twelve"};
    if (t->kind == TOKEN_NUMBER && !t->ordinal && t->number <= 400)
        return t->number;
    for (int i = 1; t->kind == TOKEN_WORD && i < (int)G_N_ELEMENTS(COUNTS); i++)
        if (t->text[0] == COUNTS[i][0] && !strcmp(t->text, COUNTS[i]))
            return i;
    if (is_word(t, "a") || is_word(t, "an"))
        return 1;
    return is_word(t, "couple") ? 2 : is_word(t, "few") ? 3 : is_word(t, "several") ? 3 : 0;
}

/* ---- shapes: tokens used, 0 where the row is no such date */

static unsigned put(DateFound *out, int32_t first, int32_t last, bool loose, bool year_told,
                    unsigned used)
{
    if (first == G_MININT32 || last == G_MININT32)
        return 0;
    out->first = first;
    out->last = last;
    out->loose = loose;
    out->year_told = year_told;
    return used;
}

/* 2026-03-03, 03/03/26, 3.3.2026, 3-3-26 */
static unsigned shape_figures(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    if (t[0].kind != TOKEN_NUMBER || t[1].kind != TOKEN_MARK || !strchr("/.-", t[1].text[0]) ||
        t[2].kind != TOKEN_NUMBER || t[3].kind != TOKEN_MARK || t[3].text[0] != t[1].text[0] ||
        t[4].kind != TOKEN_NUMBER || t[1].space || t[2].space || t[3].space || t[4].space)
        return 0;
    /* Figures with more of the same sign after them are a version, an address or a reference. */
    if (t[5].kind == TOKEN_MARK && t[5].text[0] == t[1].text[0] && !t[5].space &&
        t[6].kind == TOKEN_NUMBER && !t[6].space)
        return 0;
    if (t[0].digits == 4)
        return put(out, day_of(t[0].number, t[2].number, t[4].number),
                   day_of(t[0].number, t[2].number, t[4].number), false, true, 5);
    int year = full_year(&t[4]);
    if (t[0].digits > 2 || t[2].digits > 2 || !year)
        return 0;
    int32_t day = day_of(year, t[2].number, t[0].number);
    /* The other order only where the British one names no day. */
    if (day == G_MININT32)
        day = day_of(year, t[0].number, t[2].number);
    return put(out, day, day, false, true, 5);
}

/* The year after a day and month: "2026", ", 2026", "last year", "this year", or none. */
static unsigned year_after(const Finder *f, unsigned i, int *year)
{
    const Token *t = f->row + i;
    unsigned skip = t->kind == TOKEN_MARK && t->text[0] == ',' ? 1 : 0;
    if (full_year(&t[skip]) && t[skip].digits == 4) {
        *year = full_year(&t[skip]);
        return skip + 1;
    }
    if (!skip && t->kind == TOKEN_NUMBER && t->digits == 2 && !t->ordinal && t->space &&
        t[1].text[0] != ':' && full_year(t) >= year_of(f->today) - 6 &&
        full_year(t) <= year_of(f->today)) {
        *year = full_year(t);
        return 1;
    }
    if ((is_word(t, "last") || is_word(t, "this")) && is_word(t + 1, "year")) {
        *year = year_of(f->today) - (t->text[0] == 'l');
        return 2;
    }
    *year = 0;
    return 0;
}

static unsigned put_day(const Finder *f, DateFound *out, int month, int day, int year,
                        unsigned used)
{
    int32_t found = year ? day_of(year, month, day) : latest_not_after(month, day, f->today);
    return put(out, found, found, false, year != 0, used);
}

/* 3 March, 3rd of March 2026, 28 Nov 2025, 3 March last year */
static unsigned shape_day_month(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    if (t[0].kind != TOKEN_NUMBER || t[0].digits > 2)
        return 0;
    unsigned i = 1;
    if (is_word(&t[i], "of") || is_word(&t[i], "o"))
        i++;
    while (i < 3 && t[i].kind == TOKEN_MARK && strchr("-,./", t[i].text[0]))
        i++;
    int month = month_of(&t[i]), year;
    if (!month)
        return 0;
    unsigned mark = i + 1;
    if (t[mark].kind == TOKEN_MARK && strchr("-./", t[mark].text[0]) &&
        t[mark + 1].kind == TOKEN_NUMBER && !t[mark + 1].space)
        mark++;
    unsigned extra = year_after(f, mark, &year);
    if (!extra && mark > i + 1)
        mark = i + 1;
    return put_day(f, out, month, t[0].number, year, mark + extra);
}

/* March 3, March 3rd 2026 */
static unsigned shape_month_day(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    int month = month_of(&t[0]), year;
    if (!month || !t[0].capital)
        return 0;
    unsigned i = is_word(&t[1], "the") ? 2 : 1;
    if (t[i].kind != TOKEN_NUMBER || t[i].digits > 2 || t[i].number > 31 || t[i].number == 0 ||
        t[i + 1].text[0] == ':')
        return 0;
    unsigned extra = year_after(f, i + 1, &year);
    return put_day(f, out, month, t[i].number, year, i + 1 + extra);
}

/* the 8th: of the month of the date before it, or the next month; else the latest such day. */
static unsigned shape_ordinal(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    if (!is_word(&t[0], "the") || t[1].kind != TOKEN_NUMBER || !t[1].ordinal || t[1].number > 31)
        return 0;
    if (t[2].kind == TOKEN_WORD && !is_word(&t[2], "and") && !is_word(&t[2], "it") &&
        !is_word(&t[2], "they") && !is_word(&t[2], "i") && !is_word(&t[2], "we") &&
        !is_word(&t[2], "but") && !is_word(&t[2], "which") && !is_word(&t[2], "by"))
        return 0;
    GDate base = date_of(f->before != G_MININT32 ? f->before : f->today);
    int32_t day = day_of(g_date_get_year(&base), (int)g_date_get_month(&base), t[1].number);
    if (f->before == G_MININT32 && (day == G_MININT32 || day > f->today))
        g_date_subtract_months(&base, 1);
    else if (f->before != G_MININT32 && (day == G_MININT32 || day < f->before))
        g_date_add_months(&base, 1);
    day = day_of(g_date_get_year(&base), (int)g_date_get_month(&base), t[1].number);
    return put(out, day, day, false, false, 2);
}

/* The part of a month that stands before its name: first and last day. */
static bool month_part(const Token *t, int *first, int *last)
{
    static const struct {
        const char *word;
        int first, last;
    } PARTS[] = {{"early", 1, 10},   {"beginning", 1, 10}, {"start", 1, 10}, {"mid", 10, 20},
                 {"middle", 10, 20}, {"late", 20, 31},     {"end", 20, 31}};
    for (unsigned i = 0; t->kind == TOKEN_WORD && i < G_N_ELEMENTS(PARTS); i++) {
        if (!is_word(t, PARTS[i].word))
            continue;
        *first = PARTS[i].first;
        *last = PARTS[i].last;
        return true;
    }
    return false;
}

/* early August, the end of March last year, in March 2026, last June */
static unsigned shape_month(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    int from = 1, to = 31, year;
    unsigned i = month_part(&t[0], &from, &to) ? 1 : 0;
    bool lead = i || is_word(&t[0], "in") || is_word(&t[0], "since") || is_word(&t[0], "last") ||
                is_word(&t[0], "during") || is_word(&t[0], "about") || is_word(&t[0], "around");
    if (lead && !i)
        i = 1;
    while (i && i < 4 &&
           (is_word(&t[i], "of") || is_word(&t[i], "last") || is_word(&t[i], "the") ||
            (t[i].kind == TOKEN_MARK && t[i].text[0] == '-')))
        i++;
    int month = month_of(&t[i]);
    if (!month || !is_plain_month(&t[i]))
        return 0;
    unsigned extra = year_after(f, i + 1, &year);
    if (!lead && !(extra && t[i + extra].digits == 4))
        return 0;
    if (!year) {
        int32_t start = latest_not_after(month, from, f->today);
        if (start == G_MININT32)
            return 0;
        year = year_of(start);
    }
    int32_t last = MIN(day_of(year, month, 1) + to - 1, month_end(year, month));
    return put(out, day_of(year, month, from), MIN(last, MAX(f->today, day_of(year, month, from))),
               true, extra != 0, i + 1 + extra);
}

/* last Friday, on Monday */
static unsigned shape_weekday(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    unsigned i = is_word(&t[0], "last") || is_word(&t[0], "on") || is_word(&t[0], "this") ? 1 : 0;
    int wanted = i ? weekday_of(&t[i]) : 0;
    if (!wanted || t[i + 1].kind == TOKEN_NUMBER)
        return 0;
    GDate today = date_of(f->today);
    int back = ((int)g_date_get_weekday(&today) - wanted + 7) % 7;
    if (back == 0 && is_word(&t[0], "last"))
        back = 7;
    return put(out, f->today - back, f->today - back, true, false, i + 1);
}

/* yesterday, today */
static unsigned shape_near(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    if (is_word(&t[0], "yesterday") || is_word(&t[0], "ddoe"))
        return put(out, f->today - 1, f->today - 1, false, true, 1);
    if (is_word(&t[0], "today") || is_word(&t[0], "heddiw"))
        return put(out, f->today, f->today, false, true, 1);
    bool last = is_word(&t[0], "last");
    if (last && is_word(&t[1], "week"))
        return put(out, f->today - 13, f->today - 1, true, true, 2);
    if (last && is_word(&t[1], "month"))
        return put(out, months_before(f->today, 2), f->today - 1, true, true, 2);
    return 0;
}

/* three weeks ago, about two months ago, a couple of months back, a fortnight ago */
static unsigned shape_ago(const Finder *f, DateFound *out)
{
    const Token *t = f->row;
    int n = count_of(&t[0]);
    unsigned i = 1;
    if (n == 1 && count_of(&t[1]) > 1)
        n = count_of(&t[i++]);
    if (is_word(&t[i], "of") || is_word(&t[i], "or"))
        i++;
    if (n && i == 2 && count_of(&t[2]) && is_word(&t[1], "or"))
        i = 3; /* "two or three weeks ago": the later reading */
    const Token *unit = &t[i];
    if (!n || unit->kind != TOKEN_WORD ||
        !(is_word(unit + 1, "ago") || is_word(unit + 1, "back") || is_word(unit + 1, "before")))
        return 0;
    if (g_str_has_prefix(unit->text, "day"))
        return put(out, f->today - n, f->today - n, true, true, i + 2);
    /* "Three weeks ago" may be four days later than it says, "two months ago" a fortnight. */
    if (g_str_has_prefix(unit->text, "week"))
        return put(out, f->today - 7 * n - 7, f->today - 7 * n + 4, true, true, i + 2);
    if (is_word(unit, "fortnight"))
        return put(out, f->today - 21, f->today - 10, true, true, i + 2);
    if (g_str_has_prefix(unit->text, "month"))
        return put(out, months_before(f->today, n + 1), months_before(f->today, n) + 15, true, true,
                   i + 2);
    if (g_str_has_prefix(unit->text, "year"))
        return put(out, months_before(f->today, 12 * n + 12), months_before(f->today, 12 * n) + 90,
                   true, true, i + 2);
    return 0;
}

static bool is_about(const Token *t)
{
    return is_word(t, "about") || is_word(t, "around") || is_word(t, "approximately") ||
           is_word(t, "roughly") || is_word(t, "circa");
}

typedef unsigned (*Shape)(const Finder *f, DateFound *out);

static unsigned read_date(const Finder *f, DateFound *out)
{
    static const Shape SHAPES[] = {shape_figures, shape_day_month, shape_month_day, shape_ordinal,
                                   shape_ago,     shape_month,     shape_weekday,   shape_near};
    /* A figure with a letter or a slash before it is part of a reference. */
    uint32_t at = f->row[0].offset;
    if (!f->row[0].starts)
        return 0;
    if (f->row[0].kind == TOKEN_NUMBER && at > 0 && !g_ascii_isspace(f->text[at - 1]) &&
        strchr("/-._", f->text[at - 1]) && at > 1 && g_ascii_isalnum(f->text[at - 2]))
        return 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(SHAPES); i++) {
        unsigned used = SHAPES[i](f, out);
        if (used)
            return used;
    }
    return 0;
}

GArray *dates_find(const char *text, size_t length, int32_t today)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(DateFound));
    Finder f = {.text = text, .length = length, .today = today, .before = G_MININT32};
    bool about = false;
    shift(&f, 0);
    while (f.row[0].kind != TOKEN_END && found->len < DATES_MAX) {
        DateFound date = {0};
        unsigned used = read_date(&f, &date);
        if (used) {
            date.offset = f.row[0].offset;
            date.length = f.row[used - 1].end - date.offset;
            if (about && !date.loose && date.last < today) {
                date.loose = true;
                date.last = MIN(date.last + 7, today);
            }
            f.before = date.last;
            g_array_append_val(found, date);
        }
        about = !used && (is_about(&f.row[0]) || (about && is_word(&f.row[0], "the")));
        shift(&f, MAX(used, 1));
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
