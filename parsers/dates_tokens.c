/* Tokens are read once, as the row moves on; the array is moved back only when it is used up, so
 * the work is linear in the text. */
#include "parsers/dates_parts.h"
#include <glib.h>
#include <string.h>

enum { DIGITS_MAX = 250, NUMBER_DIGITS = 8, APART = 4 };

enum { OTHER, SPACE, DIGIT, LETTER, HIGH };

/* What a byte is: beyond ASCII it is looked at more closely. */
static const uint8_t CLASS[256] = {
    ['\t' ... '\r'] = SPACE, [' '] = SPACE,          ['0' ... '9'] = DIGIT,
    ['A' ... 'Z'] = LETTER,  ['a' ... 'z'] = LETTER, [0x80 ... 0xff] = HIGH,
};

static uint8_t class_at(const Finder *f, size_t at)
{
    return at < f->length ? CLASS[(unsigned char)f->text[at]] : OTHER;
}

/* ---- beyond ASCII */

/* A sign, not a letter: its byte as a mark and its length in bytes; 0 where it is a letter. */
static char sign_at(const Finder *f, size_t at, unsigned *bytes)
{
    const unsigned char *p = (const unsigned char *)f->text + at;
    size_t left = f->length - at;
    *bytes = 2;
    if (left >= 2 && p[0] == 0xC2)
        return p[1] == 0xA0 ? ' ' : p[1] == 0xA3 ? '$' : '*';
    if (left >= 2 && p[0] == 0xD8)
        return p[1] == 0x8C ? ',' : p[1] == 0x9F ? '?' : 0;
    *bytes = 3;
    if (left < 3 || p[0] != 0xE2)
        return 0;
    if (p[1] == 0x80) {
        if (p[2] <= 0x8F || p[2] == 0xAF)
            return ' '; /* spaces of every width, and marks of direction */
        return p[2] <= 0x95 ? '-' : p[2] == 0x98 || p[2] == 0x99 ? '\'' : p[2] == 0xA6 ? '.' : '*';
    }
    return p[1] == 0x82 ? '$' : '*';
}

/* Arabic and Persian digits: two bytes, -1 where it is none. */
static int far_digit(const Finder *f, size_t at)
{
    if (f->length - at < 2)
        return -1;
    unsigned a = (unsigned char)f->text[at], b = (unsigned char)f->text[at + 1];
    if (a == 0xD9 && b >= 0xA0 && b <= 0xA9)
        return (int)(b - 0xA0);
    return a == 0xDB && b >= 0xB0 && b <= 0xB9 ? (int)(b - 0xB0) : -1;
}

/* ---- numbers */

/* Scanned and retyped figures hold letters: "2O25", "l8". */
static int like_digit(char c)
{
    return c == 'O' || c == 'o' ? 0 : c == 'l' || c == 'I' ? 1 : -1;
}

/* So does a word: "3Oct", "5 lines". They are digits only if no other letter follows. */
static bool digits_follow(const Finder *f, size_t at)
{
    while (at < f->length && like_digit(f->text[at]) >= 0)
        at++;
    uint8_t class = class_at(f, at);
    bool apostrophe = at < f->length && f->text[at] == '\'';
    return class == DIGIT || (class != LETTER && class != HIGH && !apostrophe);
}

static int next_digit(const Finder *f, size_t at, bool *alike, unsigned *bytes)
{
    *bytes = 1;
    uint8_t class = class_at(f, at);
    if (class == DIGIT)
        return f->text[at] - '0';
    if (class == LETTER && like_digit(f->text[at]) >= 0) {
        *alike = *alike || digits_follow(f, at);
        return *alike ? like_digit(f->text[at]) : -1;
    }
    *bytes = 2;
    return class == HIGH ? far_digit(f, at) : -1;
}

static bool letter_at(const Finder *f, size_t at)
{
    uint8_t class = class_at(f, at);
    unsigned bytes;
    return class == LETTER || (class == HIGH && !sign_at(f, at, &bytes));
}

/* "3rd", "3-rd", "3 rd" as a raised ending comes apart, "5ed", "1er", "1º". */
static void read_ending(Finder *f, Token *t)
{
    static const char *const ENDINGS[] = {"th",  "st",  "nd",  "rd",       "af",
                                          "il",  "ydd", "fed", "eg",       "ed",
                                          "ain", "er",  "го",  "\xC2\xBA", "\xC2\xAA"};
    bool apart = f->at < f->length && (f->text[f->at] == '-' || f->text[f->at] == ' ');
    size_t at = f->at + apart;
    uint8_t class = class_at(f, at);
    if (class != LETTER && class != HIGH)
        return;
    for (unsigned i = 0; i < (apart ? APART : G_N_ELEMENTS(ENDINGS)); i++) {
        size_t n = strlen(ENDINGS[i]);
        const char *p = f->text + at;
        if (at + n > f->length || letter_at(f, at + n) ||
            (apart ? memcmp(p, ENDINGS[i], n) : g_ascii_strncasecmp(p, ENDINGS[i], n)))
            continue;
        t->ordinal = true;
        f->at = at + n;
        return;
    }
}

static void read_number(Finder *f, Token *t)
{
    t->kind = TOKEN_NUMBER;
    t->flags = 0;
    bool alike = false;
    unsigned bytes, digits = 0;
    for (int d; (d = next_digit(f, f->at, &alike, &bytes)) >= 0; f->at += bytes, digits++)
        t->number = digits < NUMBER_DIGITS ? t->number * 10 + d : t->number;
    t->digits = (uint8_t)MIN(digits, DIGITS_MAX);
    if (digits <= 2)
        read_ending(f, t);
}

/* ---- words */

/* The letters of ASCII at the front of eight bytes: how many, found without a loop. A byte beyond
 * ASCII ends them. */
static unsigned letters_ahead(uint64_t eight)
{
    const uint64_t ONES = 0x0101010101010101, HIGHS = 0x8080808080808080;
    uint64_t low = (eight | ONES * 0x20) & ~HIGHS;
    uint64_t from_a = low + ONES * (0x80 - 'a'), past_z = low + ONES * (0x80 - 'z' - 1);
    uint64_t letters = from_a & ~past_z & ~eight & HIGHS;
    return letters == HIGHS ? 8 : (unsigned)__builtin_ctzll(~letters & HIGHS) / 8;
}

static size_t word_end(const Finder *f, size_t at)
{
    uint64_t eight;
    while (at + 8 <= f->length) {
        memcpy(&eight, f->text + at, 8);
        unsigned n = letters_ahead(GUINT64_FROM_LE(eight));
        at += n;
        if (n < 8)
            break;
    }
    while (letter_at(f, at) && far_digit(f, at) < 0)
        at++;
    return at;
}

/* An unknown word beside a number may be a month with a slip in it. */
static void mend_month(const Finder *f, Token *t)
{
    int month = misspelt_month(f->text + t->offset, t->end - t->offset);
    if (!month)
        return;
    t->role = ROLE_MONTH;
    t->value = (int8_t)month;
    t->flags = WORD_NAME;
}

static bool may_be_month(const Token *t)
{
    return t->kind == TOKEN_WORD && t->role == ROLE_NONE && t->flags == 0;
}

static bool is_day_or_year(const Token *t)
{
    return t->kind == TOKEN_NUMBER && (t->digits <= 2 || t->digits == 4);
}

static void mend(const Finder *f, Token *t)
{
    const Token *of = t - 1;
    if (may_be_month(t)) {
        if (is_day_or_year(of) || (of->role == ROLE_OF && is_day_or_year(of - 1)))
            mend_month(f, t);
    } else if (is_day_or_year(t) && may_be_month(t - 1))
        mend_month(f, t - 1);
}

static void read_word(Finder *f, Token *t)
{
    size_t end = word_end(f, f->at);
    size_t length = end - f->at;
    t->kind = TOKEN_WORD;
    t->capital = f->text[f->at] >= 'A' && f->text[f->at] <= 'Z';
    const WordMeaning *m = word_meaning(f->text + f->at, length, f->length - f->at);
    if (m) {
        t->role = m->role;
        t->value = m->value;
        t->flags = m->flags;
    }
    f->at = end;
}

/* ---- the row */

static bool skip_space(Finder *f, Token *t)
{
    unsigned lines = 0, bytes;
    size_t from = f->at;
    for (;; f->at++) {
        uint8_t class = class_at(f, f->at);
        if (class == HIGH && sign_at(f, f->at, &bytes) == ' ')
            f->at += bytes - 1;
        else if (class != SPACE)
            break;
        else
            lines += f->text[f->at] == '\n';
    }
    t->space = f->at == from ? 0 : (uint8_t)MIN(1 + lines, 3);
    return f->at < f->length;
}

/* A figure starts with a digit, or with an l, I or O that a digit follows. */
static bool number_starts(const Finder *f, uint8_t class)
{
    if (class == LETTER)
        return like_digit(f->text[f->at]) >= 0 && class_at(f, f->at + 1) == DIGIT;
    return class == DIGIT || (class == HIGH && far_digit(f, f->at) >= 0);
}

static void next_token(Finder *f)
{
    Token *t = f->end++;
    *t = (Token){0};
    bool more = skip_space(f, t);
    t->offset = t->end = (uint32_t)f->at;
    if (!more)
        return;
    uint8_t class = CLASS[(unsigned char)f->text[f->at]];
    unsigned bytes = 1;
    if (number_starts(f, class))
        read_number(f, t);
    else if (letter_at(f, f->at))
        read_word(f, t);
    else {
        t->kind = TOKEN_MARK;
        t->mark = class == HIGH ? sign_at(f, f->at, &bytes) : f->text[f->at];
        f->at += bytes;
    }
    t->end = (uint32_t)f->at;
    if (t->kind != TOKEN_MARK)
        mend(f, t);
}

void tokens_start(Finder *f)
{
    memset(f->tokens, 0, sizeof(Token) * BACK);
    f->row = f->tokens + BACK;
    f->end = f->tokens + BACK;
    for (unsigned i = 0; i < ROW; i++)
        next_token(f);
}

void tokens_shift(Finder *f, unsigned n)
{
    f->row += n;
    if (f->row + ROW > f->tokens + BACK + TOKENS) {
        size_t kept = (size_t)(f->end - (f->row - BACK));
        memmove(f->tokens, f->row - BACK, sizeof(Token) * kept);
        f->row = f->tokens + BACK;
        f->end = f->tokens + kept;
    }
    while (f->end < f->row + ROW)
        next_token(f);
}
