/* plain.h: how hard a letter is to read, for the tests of compose.
 *
 * The measure is the Flesch-Kincaid grade, 0.39 words a sentence + 11.8 syllables a word - 15.59.
 * What is measured is the prose of the plain text: lines that end a sentence, lead into a list, or
 * give a link. Left out, as they would flatter or distort: the greeting and headings (short), the
 * telephone and postal lines, list items (names and routes). In a line of prose, links and our
 * reference are no words.
 *
 * Syllables: each run of vowels (y among them) is one; "ia" and "io" are two, save in -cial, -tial,
 * -tion, -sion and -cion; a final silent e is none, nor the e of -ed after any letter but d and t;
 * at least one a word. A number has a syllable a digit.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <string.h>

typedef struct Measure {
    unsigned sentences, words, syllables;
    unsigned longest;       /* words in the longest sentence */
    const char *longest_at; /* where it begins; borrowed */
} Measure;

static inline bool is_vowel(char c)
{
    return c && strchr("aeiouy", c) != NULL;
}

/* The vowels at `at` are parted: "ia", "io", but not as in "special", "nation". */
static inline bool is_parted(const char *word, size_t at)
{
    if (word[at] != 'i' || (word[at + 1] != 'a' && word[at + 1] != 'o'))
        return false;
    return at == 0 || !strchr("cts", word[at - 1]);
}

static inline bool has_silent_end(const char *word, size_t length)
{
    if (length > 2 && g_str_has_suffix(word, "e"))
        return !is_vowel(word[length - 2]) && !g_str_has_suffix(word, "le");
    return length > 3 && g_str_has_suffix(word, "ed") && !strchr("dt", word[length - 3]) &&
           !is_vowel(word[length - 3]);
}

static inline unsigned syllables_in(const char *token, size_t size)
{
    g_autoptr(GString) word = g_string_new(NULL);
    unsigned count = 0;
    for (size_t n = 0; n < size; n++) {
        count += g_ascii_isdigit(token[n]) ? 1 : 0;
        if (g_ascii_isalpha(token[n]))
            g_string_append_c(word, g_ascii_tolower(token[n]));
    }
    const char *w = word->str;
    for (size_t n = 0; n < word->len; n++)
        if (is_vowel(w[n]))
            count += n == 0 || !is_vowel(w[n - 1]) || is_parted(w, n - 1);
    if (count > 1 && has_silent_end(w, word->len))
        count--;
    return MAX(count, 1);
}

/* A link, our reference or a mark alone is no word. */
static inline bool is_word(const char *token, size_t size)
{
    if (g_str_has_prefix(token, "https://") || g_str_has_prefix(token, "IEC/"))
        return false;
    for (size_t n = 0; n < size; n++)
        if (g_ascii_isalnum(token[n]) || (token[n] & 0x80))
            return true;
    return false;
}

static inline void measure_sentence(Measure *m, const char *from, const char *to)
{
    unsigned words = 0;
    for (const char *p = from; p < to;) {
        size_t size = 0;
        while (p + size < to && p[size] != ' ')
            size++;
        if (is_word(p, size)) {
            words++;
            m->syllables += syllables_in(p, size);
        }
        p += size + 1;
    }
    m->words += words;
    m->sentences += words > 0;
    if (words > m->longest) {
        m->longest = words;
        m->longest_at = from;
    }
}

static inline void measure_line(Measure *m, const char *line, const char *end)
{
    const char *from = line;
    for (const char *p = line; p < end; p++)
        if (strchr(".?!", *p) && (p + 1 == end || p[1] == ' ')) {
            measure_sentence(m, from, p + 1);
            from = p + 1;
        }
    measure_sentence(m, from, end);
}

static inline bool is_prose(const char *line, const char *end)
{
    const char *link = g_strstr_len(line, end - line, "https://");
    return end > line && !g_str_has_prefix(line, "* ") && (strchr(".?!:", end[-1]) || link);
}

/* Of a text without what follows `end`; `all`: headings, list items and the like too. */
static inline Measure measure(const char *text, const char *end, bool all)
{
    Measure m = {0};
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        if (all || is_prose(line, stop))
            measure_line(&m, line, stop);
        line = stop + 1;
    }
    return m;
}

static inline double grade_of(const Measure *m)
{
    return 0.39 * m->words / m->sentences + 11.8 * m->syllables / m->words - 15.59;
}
