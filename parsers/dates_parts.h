/* dates_parts.h: the tokens of a text and the shapes that read a date from them. Private to the
 * files parsers/dates*.c.
 *
 * A shape is given the row of tokens from one that may open a date, fills `out` and gives how many
 * tokens the date is, 0 where the row is no such date. It may look at ROW tokens onward and BACK
 * tokens behind; those beyond the text are of kind TOKEN_END.
 */
#pragma once

#include "parsers/dates.h"
#include "parsers/dates_days.h"

enum {
    ROW = 20, /* tokens a shape may look at: "in the first week of the month of August last year" */
    BACK = 4,
    TOKENS = 160,
};

typedef enum TokenKind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_MARK } TokenKind;

/* What a word is to a date; `value` beside it says which. */
typedef enum Role {
    ROLE_NONE,
    ROLE_MONTH,      /* 1 to 12 */
    ROLE_LEVANT,     /* first word of an Arabic month of two: the month with "first" after it */
    ROLE_WEEKDAY,    /* 1 to 7 */
    ROLE_WEEKDAY_CY, /* needs "dydd" before it */
    ROLE_DYDD,
    ROLE_COUNT,
    ROLE_TENS, /* twenty, thirty */
    ROLE_NTH,  /* first to twentieth, thirtieth */
    ROLE_UNIT, /* Unit */
    ROLE_MIS,  /* Welsh for month, and before the name of one */
    ROLE_DAYPART,
    ROLE_PART, /* early, mid, late: MonthPart */
    ROLE_HALF,
    ROLE_NEAR, /* yesterday: days from today */
    ROLE_THE,
    ROLE_A,
    ROLE_OF,
    ROLE_ON,
    ROLE_IN,
    ROLE_BY, /* by Friday: a day to come */
    ROLE_AND,
    ROLE_OR,
    ROLE_TO,
    ROLE_SO,
    ROLE_BETWEEN,
    ROLE_LAST,
    ROLE_LAST_CY, /* stands behind: "dydd Gwener diwethaf" */
    ROLE_THIS,
    ROLE_THIS_CY,
    ROLE_PAST, /* Friday gone */
    ROLE_THAT,
    ROLE_SAME,
    ROLE_VERY,
    ROLE_NEXT,
    ROLE_NEXT_CY,  /* canlynol, wedyn */
    ROLE_NEXT_DAY, /* drannoeth */
    ROLE_PREVIOUS,
    ROLE_PREVIOUS_CY,
    ROLE_OTHER,
    ROLE_WEEKEND,
    ROLE_AGO,
    ROLE_YN,
    ROLE_OL,
    ROLE_AFTER,
    ROLE_LATER,
    ROLE_BEFORE,
    ROLE_EARLIER,
    ROLE_ABOUT,
    ROLE_LATIN,     /* ult. -1, inst. 0: months from this one */
    ROLE_LAST_YEAR, /* llynedd -1, eleni 0 */
    ROLE_FEAST,
    ROLE_OVER, /* at, over */
    ROLE_NEW,
    ROLE_EVE,
    ROLE_EVERY,
    ROLE_NOT_DATE, /* version 1.2.26, section 3.4.12 */
    ROLE_STREET,   /* 5 March Road */
    ROLE_MODAL,    /* the 3 may be */
    ROLE_CLOCK,    /* pm */
    ROLE_COUNT_OF,
} Role;

typedef enum Unit {
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_FORTNIGHT,
    UNIT_MONTH,
    UNIT_TWO_MONTHS,
    UNIT_YEAR,
    UNIT_NONE,
} Unit;

enum {
    WORD_AFTER_DAY = 1, /* no noun: "on the 8th from" is a day, "on the 8th floor" none */
    WORD_BARE = 2,      /* and so without a word like "on" before "the" */
    WORD_CLAUSE = 4,    /* a clause or noun begins: "the day after I" */
    WORD_LEADS = 8,     /* a day may stand behind it: "on Friday" */
    WORD_NAME = 16,     /* a month written out, a Welsh unit: may stand without a number */
    WORD_SHORT = 32,    /* an abbreviation that is another word too */
    WORD_FUZZY = 64,    /* a few */
    WORD_DATED = 128,   /* the day of a letter itself: "dated the 14th" */
};

typedef struct Token {
    uint32_t offset, end;
    int32_t number;
    uint8_t kind, digits, role, flags;
    int8_t value;
    uint8_t space; /* white space before it: 1 some, 2 a line's end, 3 an empty line */
    char mark;     /* its own byte; '-' for any dash, '$' for any currency, '\'' for any quote */
    bool ordinal, capital;
} Token;

typedef struct Finder {
    const char *text;
    size_t length, at;
    int32_t today;
    const Token *row; /* tokens from the one looked at */
    Token *end;       /* behind the last token read */
    /* The date found last, which "the 8th" and "the next day" lean on. */
    int32_t before, before_first;
    bool before_loose, before_dated;
    unsigned since, stops; /* tokens and sentences' ends from it */
    Token tokens[BACK + TOKENS + ROW];
} Finder;

typedef unsigned (*Shape)(const Finder *f, const Token *t, DateFound *out);

/* ---- words and tokens */

typedef struct WordMeaning {
    uint64_t hash;
    uint8_t role, flags;
    int8_t value;
} WordMeaning;

/* What a word means, by its letters whatever their case; NULL for the most. The bytes behind the
 * word up to `room` may be looked at. */
const WordMeaning *word_meaning(const char *word, size_t length, size_t room);
/* 1 to 12 where the word is an English month's name but for one slip, else 0. */
int misspelt_month(const char *word, size_t length);

/* Moves the row on by n tokens, and reads as many as then are in reach. */
void tokens_start(Finder *f);
void tokens_shift(Finder *f, unsigned n);

static inline bool is_mark(const Token *t, char mark)
{
    return t->kind == TOKEN_MARK && t->mark == mark;
}

/* ---- pieces of shapes: tokens used, 0 none */

/* 3, 3rd, third, twenty-first: a day of a month. */
unsigned day_at(const Token *t, int *day);
unsigned month_at(const Token *t, int *month);
unsigned weekday_at(const Token *t, int *weekday);
/* The year after a day and month: "2026", ", 2026", "'26", "last year"; *year 0 where none. */
unsigned year_at(const Finder *f, const Token *t, bool abbreviated, int *year);
/* ", a Friday", "(Friday", ", on Friday" behind a day. */
unsigned weekday_behind(const Token *t, int *weekday);
Unit unit_of(const Token *t);
bool is_days(const Token *t);
/* What stands there leaves an ordinal before it a day; `led` where "on" or the like stood before.
 */
bool ends_day(const Token *t, bool led);
/* A word like "on", "dated", "came" stands before t, or before "the" before it. */
bool is_led(const Token *t);
/* "The day after I came" is counted from what stands there. */
bool counts_from_other(const Token *t);
/* A date was told not far before, which may be leaned on. */
bool has_before(const Finder *f);
/* The day that a bare number means: by the date told before, else the latest not after today.
 * `weekday` is 0 where none was told. */
int32_t lean_day(const Finder *f, const Token *t, int day, int weekday, bool *relative);

unsigned put_date(DateFound *out, int32_t day, bool year_told, unsigned used);
unsigned put_dates(DateFound *out, int32_t first, int32_t last, bool year_told, unsigned used);

/* ---- shapes, by the file they are in */

/* dates_named.c: a day and a month, or figures */
unsigned shape_figures(const Finder *f, const Token *t, DateFound *out);
unsigned shape_day_month(const Finder *f, const Token *t, DateFound *out);
unsigned shape_month_day(const Finder *f, const Token *t, DateFound *out);
unsigned shape_days_month(const Finder *f, const Token *t, DateFound *out);
unsigned shape_between(const Finder *f, const Token *t, DateFound *out);
unsigned shape_half_figures(const Finder *f, const Token *t, DateFound *out);

/* dates_leaning.c: leaning on today or on the date told before */
unsigned shape_ordinal(const Finder *f, const Token *t, DateFound *out);
unsigned shape_weekday(const Finder *f, const Token *t, DateFound *out);
unsigned shape_last_weekday(const Finder *f, const Token *t, DateFound *out);
unsigned shape_next(const Finder *f, const Token *t, DateFound *out);

/* dates_loose.c: counted from today or a date, and spans */
unsigned shape_ago(const Finder *f, const Token *t, DateFound *out);
unsigned shape_near(const Finder *f, const Token *t, DateFound *out);
unsigned shape_month(const Finder *f, const Token *t, DateFound *out);
unsigned shape_feast(const Finder *f, const Token *t, DateFound *out);
