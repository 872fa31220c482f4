#include "parsers/language.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 8 * 1024, /* enough of any text to tell */
    WORDS_FEW = 6,       /* with fewer words there is nothing to count */
    WORD_MAX = 12,       /* longer than any word counted */
    LETTER_MOST = 16,    /* words counted that begin with one letter */
};

/* By first letter, each filled with zeros: a word is compared whole, at once. */
typedef char Words[26][LETTER_MOST][WORD_MAX];

/* Words that other large languages of the mailbox's writers share ("me", "in", "or", "so", "is";
 * in Welsh "y", "o", "i", "mi", "os", "pan") are left out. */
static const Words ENGLISH = {
    ['a' - 'a'] = {"about", "after", "all", "also", "and", "answer", "any", "application", "are",
                   "at"},
    ['b' - 'a'] = {"because", "been", "before", "but", "by"},
    ['c' - 'a'] = {"can", "complain", "complaint", "could"},
    ['d' - 'a'] = {"dear", "did", "does"},
    ['f' - 'a'] = {"for", "from"},
    ['g' - 'a'] = {"get", "got"},
    ['h' - 'a'] = {"had", "has", "have", "help", "her", "his", "home", "how"},
    ['i' - 'a'] = {"if", "it", "its"},
    ['l' - 'a'] = {"last", "letter", "like", "lost"},
    ['m' - 'a'] = {"made", "make", "months", "my"},
    ['n' - 'a'] = {"not", "now"},
    ['o' - 'a'] = {"of", "office", "our", "out"},
    ['p' - 'a'] = {"passport", "please"},
    ['r' - 'a'] = {"reply"},
    ['s' - 'a'] = {"said", "say", "sent", "she", "sir", "still"},
    ['t' - 'a'] = {"than", "thank", "that", "the", "their", "them", "then", "there", "they", "this",
                   "to", "told"},
    ['u' - 'a'] = {"until", "up"},
    ['w' - 'a'] = {"waited", "waiting", "want", "was", "we", "weeks", "were", "what", "when",
                   "which", "who", "why", "will", "with", "would", "wrote"},
    ['y' - 'a'] = {"years", "you", "your"},
};
static const Words WELSH = {
    ['a' - 'a'] = {"annwyl", "arall", "arnaf", "ataf", "ateb", "atoch"},
    ['b' - 'a'] = {"bod", "byddaf"},
    ['c' - 'a'] = {"cael", "cais", "chi", "chwi", "cwyn"},
    ['d' - 'a'] = {"ddim", "dim", "diolch", "dros", "dw", "dych"},
    ['e' - 'a'] = {"eich", "ein", "eto"},
    ['f' - 'a'] = {"fod", "fy", "fyddai"},
    ['g' - 'a'] = {"gael", "gan", "gen", "gwneud", "gyda"},
    ['h' - 'a'] = {"heb", "hefyd", "hon", "hwn", "hwnnw", "hyd", "hyn", "hynny"},
    ['i' - 'a'] = {"iawn", "ichi"},
    ['m' - 'a'] = {"mae", "maen", "mewn"},
    ['n' - 'a'] = {"nac", "nad", "neu", "nghais", "nghwyn", "nhw", "nid"},
    ['o' - 'a'] = {"oedd", "oeddwn", "ond"},
    ['r' - 'a'] = {"roedd", "roeddwn", "rwy", "rwyf"},
    ['s' - 'a'] = {"swyddfa", "sy", "sydd"},
    ['t' - 'a'] = {"trwy"},
    ['w' - 'a'] = {"wedi", "wnewch", "wrth", "wrthyf", "wyf"},
    ['y' - 'a'] = {"ydw", "ydym", "yma", "yn", "yr", "ysgrifennaf", "yw"},
};

typedef struct Counts {
    unsigned words, english, welsh, foreign;
} Counts;

static bool is_in(const char *word, const Words words)
{
    unsigned letter = (unsigned char)word[0] - (unsigned)'a';
    if (letter >= G_N_ELEMENTS(ENGLISH))
        return false;
    for (unsigned i = 0; i < LETTER_MOST && words[letter][i][0]; i++)
        if (!memcmp(words[letter][i], word, WORD_MAX))
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
    c->english += is_in(word, ENGLISH);
    c->welsh += is_in(word, WELSH);
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
    char word[WORD_MAX] = ""; /* filled with zeros */
    size_t size = 0;
    bool latin = true, in_word = false;
    const char *end = text + MIN(length, TEXT_MAX);
    for (const char *p = text; p < end;) {
        if (g_ascii_isalpha(*p)) { /* most of any text */
            if (size < WORD_MAX)
                word[size++] = (char)(*p | 0x20);
            in_word = true;
            p++;
            continue;
        }
        bool plain = (unsigned char)*p < 0x80;
        gunichar u = plain ? (gunichar)' ' : g_utf8_get_char_validated(p, end - p);
        bool bad = u == (gunichar)-1 || u == (gunichar)-2;
        p += plain || bad ? 1 : (size_t)g_unichar_to_utf8(u, NULL);
        if (!plain && !bad && g_unichar_isalpha(u)) {
            char letter = plain_letter(u);
            latin &= letter != 0;
            if (size < WORD_MAX)
                word[size++] = letter ? letter : '?';
            in_word = true;
            continue;
        }
        if (in_word) {
            count_word(&c, word, latin);
            memset(word, 0, sizeof word);
        }
        size = 0;
        latin = true;
        in_word = false;
    }
    if (in_word)
        count_word(&c, word, latin);
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
