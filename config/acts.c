#include "config/acts.h"
#include <string.h>

enum {
    SPAN_SOFT = 16, /* words after which a clause may end a span */
    SPAN_HARD = 34,
    STEM = 5,   /* letters that stand for a word and its endings */
    SHAPES = 5, /* features that may begin at one word */
};

const char *const *act_names(void)
{
    static const char *const NAMES[] = {
        "given",     "final",   "elsewhere",  "none",      "silent", "complained", "wrong",
        "refused",   "wants",   "policy",     "ombudsman", "court",  "employment", "windrush",
        "psu",       "data",    "other-body", "only",      "late",   "risk",       "behalf",
        "authority", "enquiry", "misconduct", NULL};
    G_STATIC_ASSERT(G_N_ELEMENTS(NAMES) == ACT_COUNT + 1);
    return NAMES;
}

/* ---- spans */

GArray *acts_spans(const Wording *text)
{
    GArray *spans = g_array_new(FALSE, TRUE, sizeof(Span));
    const Word *words = (const Word *)(void *)text->words->data;
    uint32_t n = text->words->len, first = 0;
    for (uint32_t i = 0; i < n && spans->len < SPANS_MAX; i++) {
        uint32_t length = i - first + 1;
        bool last = i + 1 == n;
        bool ends = last || words[i + 1].sentence != words[i].sentence || length >= SPAN_HARD ||
                    (length >= SPAN_SOFT && words[i + 1].clause != words[i].clause);
        if (!ends)
            continue;
        Span s = {.first = first, .last = i};
        g_array_append_val(spans, s);
        first = i + 1;
    }
    return spans;
}

/* ---- tokens */

typedef struct Token {
    const char *text;
    size_t length;
} Token;

enum { CLASS_WORD_MAX = 12, CLASS_MOST = 7 }; /* longest word of a class; most with one letter */

typedef struct ClassWord {
    char word[CLASS_WORD_MAX]; /* filled with zeros */
    const char *class;
} ClassWord;

/* By first letter, as every word passes here. */
static const ClassWord CLASSES[26][CLASS_MOST] = {
    ['a' - 'a'] = {{"april", "@month"}, {"august", "@month"}, {"apr", "@month"}, {"aug", "@month"}},
    ['d' - 'a'] = {{"december", "@month"}, {"dec", "@month"}},
    ['e' - 'a'] = {{"eight", "@few"}, {"examiner", "@iec"}},
    ['f' - 'a'] = {{"february", "@month"},
                   {"feb", "@month"},
                   {"friday", "@day"},
                   {"four", "@few"},
                   {"five", "@few"}},
    ['h' - 'a'] = {{"hmpo", "@office"}},
    ['i' - 'a'] = {{"iec", "@iec"}},
    ['j' - 'a'] = {{"january", "@month"},
                   {"june", "@month"},
                   {"july", "@month"},
                   {"jan", "@month"},
                   {"jun", "@month"},
                   {"jul", "@month"}},
    ['m' - 'a'] = {{"march", "@month"}, {"may", "@month"}, {"mar", "@month"}, {"monday", "@day"}},
    ['n' - 'a'] = {{"november", "@month"}, {"nov", "@month"}, {"nine", "@few"}},
    ['o' - 'a'] = {{"october", "@month"},
                   {"oct", "@month"},
                   {"ombudsman", "@ombud"},
                   {"ombudsmen", "@ombud"},
                   {"oiec", "@iec"}},
    ['p' - 'a'] = {{"phso", "@ombud"}},
    ['s' - 'a'] = {{"september", "@month"},
                   {"sept", "@month"},
                   {"sep", "@month"},
                   {"saturday", "@day"},
                   {"sunday", "@day"},
                   {"six", "@few"},
                   {"seven", "@few"}},
    ['t' - 'a'] = {{"tuesday", "@day"},
                   {"thursday", "@day"},
                   {"two", "@few"},
                   {"three", "@few"},
                   {"ten", "@few"}},
    ['u' - 'a'] = {{"ukvi", "@office"}, {"ukba", "@office"}},
    ['w' - 'a'] = {{"wednesday", "@day"}},
};

static const char *class_of_word(const char *word, size_t length)
{
    unsigned letter = (unsigned)(unsigned char)word[0] - 'a';
    if (letter >= G_N_ELEMENTS(CLASSES) || length < 2 || length >= CLASS_WORD_MAX)
        return NULL;
    const ClassWord *c = CLASSES[letter];
    for (unsigned i = 0; i < CLASS_MOST && c[i].class; i++)
        if (c[i].word[1] == word[1] && !c[i].word[length] && !memcmp(c[i].word, word, length))
            return c[i].class;
    return NULL;
}

static bool is_figure(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isdigit(word[i]))
            return false;
    return true;
}

static size_t word_size(const Wording *text, uint32_t i)
{
    const Word *words = (const Word *)(void *)text->words->data;
    uint32_t end = i + 1 < text->words->len ? words[i + 1].at : text->length;
    return end - words[i].at - 1;
}

/* A word as its class, or its first letters: "complained" and "complaint" are one, and a slip in
 * the ending does no harm. */
static Token token_at(const Wording *text, uint32_t i)
{
    static const char *const FIGURES[] = {"#", "##", "###", "####", "#####"};
    const char *word = text->folded + g_array_index(text->words, Word, i).at;
    size_t length = word_size(text, i);
    if (is_figure(word, length)) {
        size_t n = MIN(length, G_N_ELEMENTS(FIGURES));
        return (Token){FIGURES[n - 1], n};
    }
    const char *class = class_of_word(word, length);
    if (class)
        return (Token){class, strlen(class)};
    size_t stem = MIN(length, (size_t)STEM);
    while (stem < length && ((unsigned char)word[stem] & 0xC0) == 0x80)
        stem++;
    return (Token){word, stem};
}

const char *acts_token(const Wording *text, uint32_t i, size_t *length)
{
    Token t = token_at(text, i);
    *length = t.length;
    return t.text;
}

/* ---- features */

typedef struct Feature {
    const char *shape;
    Token tokens[3];
    unsigned n;
} Feature;

static const Token OPENS = {"^", 1}, CLOSES = {"$", 1};

static Token token_or_end(const Wording *text, const Span *span, uint32_t i)
{
    return i <= span->last ? token_at(text, i) : CLOSES;
}

/* The features that begin at word `i` of the span. */
static unsigned features_at(const Wording *text, const Span *span, uint32_t i, Feature *out)
{
    unsigned n = 0;
    Token a = token_at(text, i), b = token_or_end(text, span, i + 1);
    const char *word = text->folded + g_array_index(text->words, Word, i).at;
    size_t length = word_size(text, i);
    out[n++] = (Feature){"u", {a}, 1};
    out[n++] = (Feature){"b", {a, b}, 2};
    if (a.text == word && length > a.length)
        out[n++] = (Feature){"w", {{word, length}}, 1};
    if (i + 2 <= span->last + 1) {
        Token c = token_or_end(text, span, i + 2);
        out[n++] = (Feature){"t", {a, b, c}, 3};
        out[n++] = (Feature){"s", {a, c}, 2};
    }
    return n;
}

static Feature opening_of(const Wording *text, const Span *span)
{
    return (Feature){"b", {OPENS, token_at(text, span->first)}, 2};
}

static char *feature_text(const Feature *f)
{
    GString *s = g_string_new(f->shape);
    for (unsigned i = 0; i < f->n; i++)
        g_string_append_printf(s, " %.*s", (int)f->tokens[i].length, f->tokens[i].text);
    return g_string_free(s, FALSE);
}

char **acts_features(const Wording *text, const Span *span)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    Feature f[SHAPES], opening = opening_of(text, span);
    g_ptr_array_add(all, feature_text(&opening));
    for (uint32_t i = span->first; i <= span->last; i++)
        for (unsigned n = features_at(text, span, i, f), k = 0; k < n; k++)
            g_ptr_array_add(all, feature_text(&f[k]));
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

/* ---- scores: the same features, by their keys */

static uint64_t token_key(Token t)
{
    return linear_token(t.text, t.length);
}

static void score_span(const Linear *model, const uint64_t *stems, const uint64_t *wholes,
                       Span *span)
{
    const uint64_t unit = linear_join(LINEAR_START, linear_token("u", 1)),
                   pair = linear_join(LINEAR_START, linear_token("b", 1)),
                   word = linear_join(LINEAR_START, linear_token("w", 1)),
                   triple = linear_join(LINEAR_START, linear_token("t", 1)),
                   skip = linear_join(LINEAR_START, linear_token("s", 1));
    const uint64_t opens = token_key(OPENS), closes = token_key(CLOSES);
    uint64_t keys[SPAN_HARD * SHAPES + 1];
    unsigned n = 0;
    LinearSum sum;
    linear_begin(model, &sum);
    keys[n++] = linear_join(linear_join(pair, opens), stems[span->first]);
    for (uint32_t i = span->first; i <= span->last; i++) {
        if (n + SHAPES > G_N_ELEMENTS(keys)) {
            linear_add(model, keys, n, &sum);
            n = 0;
        }
        uint64_t a = stems[i], b = i < span->last ? stems[i + 1] : closes;
        keys[n++] = linear_join(unit, a);
        keys[n++] = linear_join(linear_join(pair, a), b);
        if (wholes[i])
            keys[n++] = linear_join(word, wholes[i]);
        if (i == span->last)
            continue;
        uint64_t c = i + 1 < span->last ? stems[i + 2] : closes;
        keys[n++] = linear_join(linear_join(linear_join(triple, a), b), c);
        keys[n++] = linear_join(linear_join(skip, a), c);
    }
    linear_add(model, keys, n, &sum);
    for (unsigned k = 0; k < ACT_COUNT; k++)
        span->score[k] = (float)sum.of[k] / LINEAR_SCALE;
}

void acts_score(const Linear *model, const Wording *text, GArray *spans)
{
    uint32_t n = text->words->len;
    g_autofree uint64_t *stems = g_new(uint64_t, n + 1), *wholes = g_new0(uint64_t, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        const char *word = text->folded + g_array_index(text->words, Word, i).at;
        size_t length = word_size(text, i);
        Token t = token_at(text, i);
        stems[i] = token_key(t);
        if (t.text == word && length > t.length)
            wholes[i] = linear_token(word, length);
    }
    for (unsigned i = 0; i < spans->len; i++)
        score_span(model, stems, wholes, &g_array_index(spans, Span, i));
}
