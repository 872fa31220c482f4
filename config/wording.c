#include "config/wording.h"
#include <string.h>

/* What stood between two words, in rising order of how much it parts them. */
typedef enum Gap { GAP_NONE, GAP_CLAUSE, GAP_SENTENCE } Gap;

enum {
    WORD_MAX = 64,   /* letters of a word that are kept */
    SHORT_LINE = 48, /* a line this short was ended by hand, not by wrapping */
    BRIEF_MAX = 12,  /* longest word written short, with its zero */
    LETTER_MOST = 8, /* of them that begin with one letter */
};

typedef struct FullForm {
    char brief[BRIEF_MAX]; /* filled with zeros */
    const char *full;
} FullForm;

/* By first letter, as every word passes here; without apostrophes. */
static const FullForm FULL_FORMS[26][LETTER_MOST] = {
    ['a' - 'a'] = {{"aint", "is not"}, {"arent", "are not"}},
    ['b' - 'a'] = {{"bc", "because"}},
    ['c' - 'a'] = {{"cannot", "can not"},
                   {"cant", "can not"},
                   {"cos", "because"},
                   {"couldnt", "could not"},
                   {"coz", "because"},
                   {"cuz", "because"}},
    ['d' - 'a'] = {{"didnt", "did not"}, {"doesnt", "does not"}, {"dont", "do not"}},
    ['h' - 'a'] = {{"hadnt", "had not"},
                   {"hasnt", "has not"},
                   {"havent", "have not"},
                   {"hes", "he is"}},
    ['i' - 'a'] = {{"im", "i am"}, {"isnt", "is not"}, {"ive", "i have"}},
    ['m' - 'a'] = {{"mustnt", "must not"}},
    ['n' - 'a'] = {{"n", "and"}, {"neednt", "need not"}},
    ['p' - 'a'] = {{"pls", "please"}, {"plz", "please"}},
    ['s' - 'a'] = {{"shant", "shall not"}, {"shes", "she is"}, {"shouldnt", "should not"}},
    ['t' - 'a'] = {{"thats", "that is"},
                   {"theres", "there is"},
                   {"theyll", "they will"},
                   {"theyre", "they are"},
                   {"theyve", "they have"},
                   {"thx", "thanks"}},
    ['u' - 'a'] = {{"u", "you"}, {"ur", "your"}},
    ['w' - 'a'] = {{"wasnt", "was not"},
                   {"werent", "were not"},
                   {"weve", "we have"},
                   {"whats", "what is"},
                   {"wont", "will not"},
                   {"wouldnt", "would not"}},
    ['y' - 'a'] = {{"youll", "you will"}, {"youre", "you are"}, {"youve", "you have"}},
};

static const char *full_form(const char *brief, size_t length)
{
    unsigned letter = (unsigned)(unsigned char)brief[0] - 'a';
    if (letter >= G_N_ELEMENTS(FULL_FORMS) || length >= BRIEF_MAX)
        return NULL;
    const FullForm *f = FULL_FORMS[letter];
    for (unsigned i = 0; i < LETTER_MOST && f[i].full; i++)
        if (f[i].brief[1] == brief[1] && !f[i].brief[length] && !memcmp(f[i].brief, brief, length))
            return f[i].full;
    return NULL;
}

/* The text after an apostrophe, written out; NULL where the apostrophe is simply dropped. */
static const char *tail_form(const char *head, const char *tail)
{
    static const char *const PRONOUNS[] = {"it",   "he",  "she",   "that", "there",
                                           "what", "who", "where", "here", NULL};
    if (!strcmp(tail, "ll"))
        return "will";
    if (!strcmp(tail, "ve"))
        return "have";
    if (!strcmp(tail, "re"))
        return "are";
    if (!strcmp(tail, "m") && !strcmp(head, "i"))
        return "am";
    if (!strcmp(tail, "d"))
        return "would";
    if (!strcmp(tail, "s") && g_strv_contains(PRONOUNS, head))
        return "is";
    return NULL;
}

typedef struct Reader {
    Wording *out;
    GString *folded;
    guint count; /* of words; their array is longer while it is filled */
    uint32_t sentence, clause;
    char word[WORD_MAX * 4 + 8]; /* letters so far, folded */
    size_t size;
    size_t apostrophe;    /* bytes before it, 0 none */
    uint32_t offset, end; /* bytes of the original */
    size_t last;          /* where the word before begins in `folded` */
} Reader;

static void put_word(Reader *r, const char *word, size_t size)
{
    Word w = {(uint32_t)r->folded->len, r->offset, r->end - r->offset, r->sentence, r->clause};
    GString *f = r->folded;
    GArray *words = r->out->words;
    if (r->count == words->len)
        g_array_set_size(words, words->len + words->len / 2 + 8);
    g_array_index(words, Word, r->count++) = w;
    /* Every word passes here: most fit in what was set aside at the start. */
    if (f->len + size + 2 < f->allocated_len) {
        memcpy(f->str + f->len, word, size);
        f->len += size + 1;
        f->str[f->len - 1] = ' ';
        f->str[f->len] = '\0';
        return;
    }
    g_string_append_len(f, word, (gssize)size);
    g_string_append_c(f, ' ');
}

static void put_words(Reader *r, const char *words)
{
    for (const char *end; *words; words = *end ? end + 1 : end) {
        end = strchrnul(words, ' ');
        put_word(r, words, (size_t)(end - words));
    }
}

/* Conjunctions open a new clause, so that "not" before one does not reach past it. */
static bool opens_clause(const char *word)
{
    switch (word[0]) {
    case 'a':
        return !strcmp(word, "although");
    case 'b':
        return !strcmp(word, "but") || !strcmp(word, "because");
    case 'h':
        return !strcmp(word, "however");
    case 'o':
        return !strcmp(word, "ond");
    case 't':
        return !strcmp(word, "though");
    case 'w':
        return !strcmp(word, "whereas");
    default:
        return false;
    }
}

static void end_word(Reader *r)
{
    if (r->size == 0)
        return;
    r->word[r->size] = '\0';
    r->last = r->folded->len;
    char *tail = r->apostrophe ? r->word + r->apostrophe : NULL;
    const char *written = NULL;
    if (tail && !g_str_has_suffix(r->word, "nt")) {
        g_autofree char *head = g_strndup(r->word, r->apostrophe);
        written = tail_form(head, tail);
        if (written)
            put_word(r, head, r->apostrophe);
    } else {
        written = full_form(r->word, r->size);
    }
    if (opens_clause(r->word))
        r->clause++;
    if (written)
        put_words(r, written);
    else
        put_word(r, r->word, r->size);
    r->size = r->apostrophe = 0;
}

static bool is_apostrophe(gunichar c)
{
    return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == '`';
}

static bool is_invisible(gunichar c)
{
    return c == 0x200B || c == 0x200C || c == 0x200D || c == 0x00AD || c == 0xFEFF || c == 0x2060;
}

static bool is_mark(gunichar c)
{
    return c >= 0x0300 && c <= 0x036F;
}

static void add_letter(Reader *r, gunichar c, uint32_t offset, uint32_t end)
{
    if (r->size == 0)
        r->offset = offset;
    r->end = end;
    if (r->size + 7 >= sizeof r->word || is_mark(c))
        return;
    gunichar base[4];
    c = g_unichar_tolower(c);
    if (g_unichar_fully_decompose(c, FALSE, base, G_N_ELEMENTS(base)) > 0)
        c = base[0];
    r->size += (size_t)g_unichar_to_utf8(c, r->word + r->size);
}

/* The run of ASCII letters and digits at `at`, which is most of any text; returns its end. */
static size_t add_plain_letters(Reader *r, const char *text, size_t at, size_t length)
{
    if (r->size == 0)
        r->offset = (uint32_t)at;
    size_t size = r->size;
    for (; at < length && g_ascii_isalnum(text[at]); at++)
        if (size + 7 < sizeof r->word)
            r->word[size++] = text[at] | 0x20; /* digits have that bit */
    r->size = size;
    r->end = (uint32_t)at;
    return at;
}

static bool is_abbreviation(const char *word, gunichar next)
{
    if (!strcmp(word, "no") || !strcmp(word, "nos"))
        return g_unichar_isdigit(next); /* "no. 41", but "he said no." */
    static const char *const SHORT[] = {"mr", "mrs", "ms", "dr", "prof", "st",   "ref",
                                        "e",  "g",   "i",  "eg", "ie",   "dept", NULL};
    return g_strv_contains(SHORT, word) || (word[0] && !word[1] && g_ascii_isalpha(word[0]));
}

/* What stood since the last word. */
typedef struct Between {
    unsigned newlines;
    uint32_t line_start, line_length; /* of the line that ended last */
    bool stop, full, colon, comma, bullet;
    bool space; /* white space since the stop */
    bool marks; /* anything but a space */
} Between;

static void note_between(Between *b, gunichar c, uint32_t offset)
{
    b->marks |= c != ' ';
    switch (c) {
    case '\n':
        if (b->newlines++ == 0)
            b->line_length = offset - b->line_start;
        b->line_start = offset + 1;
        b->space = true;
        break;
    case '.':
    case 0x2026:
        b->stop = true;
        b->space = false;
        break;
    case '!':
    case '?':
        b->full = true;
        break;
    case ':':
        b->colon = true;
        break;
    case ',':
    case ';':
    case '(':
    case ')':
    case 0x2013:
    case 0x2014:
        b->comma = true;
        break;
    case '*':
    case '-':
    case 0x2022:
        b->bullet |= b->newlines > 0;
        b->comma |= b->space;
        break;
    default:
        b->space |= c == ' ' || c == '\t' || c == '\r' || c == 0xA0;
        break;
    }
}

static Gap gap_of(const Between *b, const Reader *r, gunichar next)
{
    char last[8] = "";
    if (b->stop) {
        g_strlcpy(last, r->folded->str + r->last, sizeof last);
        last[strcspn(last, " ")] = '\0';
    }
    if (b->newlines > 1 || b->full || (b->newlines && (b->colon || b->bullet)))
        return GAP_SENTENCE;
    if (b->stop && (b->space || b->newlines) && !is_abbreviation(last, next))
        return GAP_SENTENCE;
    if (b->newlines && b->line_length < SHORT_LINE &&
        (g_unichar_isupper(next) || g_unichar_isdigit(next)))
        return GAP_SENTENCE;
    return b->comma || b->colon ? GAP_CLAUSE : GAP_NONE;
}

static void begin_word(Reader *r, Between *b, gunichar c)
{
    if (!b->marks) {
        b->space = false;
        return;
    }
    Gap gap = r->count ? gap_of(b, r, c) : GAP_NONE;
    r->sentence += gap == GAP_SENTENCE;
    r->clause += gap != GAP_NONE;
    *b = (Between){.line_start = b->line_start};
}

static void read_words(Reader *r, const char *text, size_t length)
{
    Between between = {0};
    for (size_t i = 0; i < length;) {
        gunichar c = (unsigned char)text[i];
        size_t size = 1;
        if (c >= 0x80) {
            c = g_utf8_get_char_validated(text + i, (gssize)(length - i));
            size = c == (gunichar)-1 || c == (gunichar)-2 ? 1 : (size_t)g_unichar_to_utf8(c, NULL);
            c = c == (gunichar)-1 || c == (gunichar)-2 ? ' ' : c;
        }
        uint32_t at = (uint32_t)i;
        i += size;
        if (c >= 0x80 && is_invisible(c))
            continue;
        if (is_apostrophe(c) && r->size && i < length &&
            (g_ascii_isalpha(text[i]) || (unsigned char)text[i] >= 0x80)) {
            r->apostrophe = r->size;
            continue;
        }
        if (c < 0x80 && g_ascii_isalnum((char)c)) {
            if (r->size == 0)
                begin_word(r, &between, c);
            i = add_plain_letters(r, text, at, length);
            continue;
        }
        if (c >= 0x80 && (g_unichar_isalnum(c) || is_mark(c))) {
            if (r->size == 0)
                begin_word(r, &between, c);
            add_letter(r, c, at, (uint32_t)i);
            continue;
        }
        end_word(r);
        note_between(&between, c, at);
    }
    end_word(r);
}

Wording *wording_new(const char *text, size_t length)
{
    Wording *w = g_new0(Wording, 1);
    w->cut = length > WORDING_MAX;
    length = MIN(length, WORDING_MAX);
    w->words = g_array_new(FALSE, FALSE, sizeof(Word));
    g_array_set_size(w->words, (guint)(length / 6 + 8));
    Reader r = {.out = w, .folded = g_string_sized_new(length + length / 8 + 16)};
    g_string_append_c(r.folded, ' ');
    read_words(&r, text, length);
    g_array_set_size(w->words, r.count);
    w->sentences = w->words->len ? r.sentence + 1 : 0;
    w->length = (uint32_t)r.folded->len;
    w->folded = g_string_free(r.folded, FALSE);
    return w;
}

void wording_free(Wording *w)
{
    if (!w)
        return;
    g_free(w->folded);
    g_clear_pointer(&w->words, g_array_unref);
    g_free(w);
}

bool wording_is_folded(const char *text, size_t length)
{
    size_t begin = 0;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && g_ascii_islower(text[i]))
            continue;
        char brief[WORD_MAX] = "";
        size_t size = i - begin;
        if ((i < length && text[i] != ' ') || size == 0 || size >= sizeof brief)
            return false;
        memcpy(brief, text + begin, size);
        if (full_form(brief, size))
            return false;
        begin = i + 1;
    }
    return true;
}

uint32_t wording_word_at(const Wording *w, uint32_t at)
{
    uint32_t low = 0, high = w->words->len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (g_array_index(w->words, Word, middle).at <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}
