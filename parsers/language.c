#include "parsers/language.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 8 * 1024, /* enough of any text to tell */
    WORDS_FEW = 6,       /* with fewer words there is nothing to count */
    WORD_MAX = 12,
};

/* Words that other large languages of the mailbox's writers share ("me", "in", "or", "so", "is";
 * in Welsh "y", "o", "i", "mi", "os", "pan") are left out. */
static const char *const ENGLISH[] = {
    "about",    "after",     "all",     "also",     "and",    "answer", "any",    "application",
    "are",      "at",        "because", "been",     "before", "but",    "by",     "can",
    "complain", "complaint", "could",   "dear",     "did",    "does",   "for",    "from",
    "get",      "got",       "had",     "has",      "have",   "help",   "her",    "his",
    "home",     "how",       "if",      "it",       "its",    "last",   "letter", "like",
    "lost",     "made",      "make",    "months",   "my",     "not",    "now",    "of",
    "office",   "our",       "out",     "passport", "please", "reply",  "said",   "say",
    "sent",     "she",       "sir",     "still",    "than",   "thank",  "that",   "the",
    "their",    "them",      "then",    "there",    "they",   "this",   "to",     "told",
    "until",    "up",        "waited",  "waiting",  "want",   "was",    "we",     "weeks",
    "were",     "what",      "when",    "which",    "who",    "why",    "will",   "with",
    "would",    "wrote",     "years",   "you",      "your",
};
static const char *const WELSH[] = {
    "annwyl",  "arall",  "arnaf",  "ataf",    "ateb",  "atoch", "bod",    "byddaf", "cael",
    "cais",    "chi",    "chwi",   "cwyn",    "ddim",  "dim",   "diolch", "dros",   "dw",
    "dych",    "eich",   "ein",    "eto",     "fod",   "fy",    "fyddai", "gael",   "gan",
    "gen",     "gwneud", "gyda",   "heb",     "hefyd", "hon",   "hwn",    "hwnnw",  "hyd",
    "hyn",     "hynny",  "iawn",   "ichi",    "mae",   "maen",  "mewn",   "nac",    "nad",
    "neu",     "nghais", "nghwyn", "nhw",     "nid",   "oedd",  "oeddwn", "ond",    "roedd",
    "roeddwn", "rwy",    "rwyf",   "swyddfa", "sy",    "sydd",  "trwy",   "wedi",   "wnewch",
    "wrth",    "wrthyf", "wyf",    "ydw",     "ydym",  "yma",   "yn",     "yr",     "ysgrifennaf",
    "yw",
};

typedef struct Counts {
    unsigned words, english, welsh, foreign;
} Counts;

/* The lists are sorted. */
static bool is_in(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n && list[i][0] <= word[0]; i++)
        if (list[i][0] == word[0] && list[i][1] == word[1] && !strcmp(list[i], word))
            return true;
    return false;
}

static void count_word(Counts *c, const char *word, bool latin)
{
    c->words++;
    if (!latin) {
        c->foreign++;
        return;
    }
    c->english += is_in(word, ENGLISH, G_N_ELEMENTS(ENGLISH));
    c->welsh += is_in(word, WELSH, G_N_ELEMENTS(WELSH));
}

/* The plain letter of an accented one; 0 where it is no Latin letter at all. */
static char plain_letter(gunichar c)
{
    gunichar base[4];
    c = g_unichar_tolower(c);
    if (c >= 0x80 && g_unichar_fully_decompose(c, FALSE, base, G_N_ELEMENTS(base)) > 0)
        c = base[0];
    if (c < 0x80)
        return (char)c;
    return g_unichar_get_script(c) == G_UNICODE_SCRIPT_LATIN ? '?' : 0;
}

static Counts count_words(const char *text, size_t length)
{
    Counts c = {0};
    char word[WORD_MAX + 1];
    size_t size = 0;
    bool latin = true, in_word = false;
    const char *end = text + MIN(length, TEXT_MAX);
    for (const char *p = text; p < end;) {
        if (g_ascii_isalpha(*p)) { /* most of any text */
            if (size < WORD_MAX)
                word[size++] = g_ascii_tolower(*p);
            in_word = true;
            p++;
            continue;
        }
        gunichar u = g_utf8_get_char_validated(p, end - p);
        bool bad = u == (gunichar)-1 || u == (gunichar)-2;
        p += bad ? 1 : (size_t)g_unichar_to_utf8(u, NULL);
        if (!bad && g_unichar_isalpha(u)) {
            char letter = plain_letter(u);
            latin &= letter != 0;
            if (size < WORD_MAX)
                word[size++] = letter ? letter : '?';
            in_word = true;
            continue;
        }
        if (in_word) {
            word[size] = '\0';
            count_word(&c, word, latin);
        }
        size = 0;
        latin = true;
        in_word = false;
    }
    if (in_word) {
        word[size] = '\0';
        count_word(&c, word, latin);
    }
    return c;
}

TextLanguage language_of(const char *text, size_t length)
{
    Counts c = count_words(text, length);
    if (c.foreign * 2 > c.words)
        return TEXT_OTHER;
    if (c.words < WORDS_FEW)
        return c.welsh > c.english ? TEXT_WELSH : TEXT_ENGLISH;
    /* English running text is a third such words, Welsh a fifth; names, figures and
     * quoted words of the other language dilute both. */
    bool english = c.english * 100 >= c.words * 16, welsh = c.welsh * 100 >= c.words * 14;
    if (english && c.english >= c.welsh)
        return TEXT_ENGLISH;
    if (welsh && c.welsh > c.english)
        return TEXT_WELSH;
    return c.words < 3 * WORDS_FEW && c.english > 0 ? TEXT_ENGLISH : TEXT_OTHER;
}
