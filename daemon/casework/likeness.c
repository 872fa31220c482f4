#include "daemon/casework/likeness.h"
#include "config/wording.h"
#include <string.h>

enum {
    SHINGLE = 3,
    BAND_ROWS = 4,
    LETTER_MOST = 64 * 1024 /* bytes: what is longer is no letter to us */
};

/* FNV-1a (Fowler, Noll, Vo). */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t fnv(uint64_t hash, const void *bytes, size_t length)
{
    const uint8_t *b = bytes;
    for (size_t n = 0; n < length; n++)
        hash = (hash ^ b[n]) * FNV_PRIME;
    return hash;
}

/* The finaliser of splitmix64 (S. Vigna): one well-mixed hash function for each `salt`. */
static uint64_t mixed(uint64_t x, uint64_t salt)
{
    x += (salt + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t word_hash(const char *word, size_t length)
{
    for (size_t n = 0; n < length; n++)
        if (g_ascii_isdigit(word[n]))
            return fnv(FNV_BASIS, "#", 1);
    return fnv(FNV_BASIS, word, length);
}

static void take_shingle(Sketch *s, const uint64_t *words)
{
    uint64_t shingle = fnv(FNV_BASIS, words, SHINGLE * sizeof *words);
    for (unsigned n = 0; n < SKETCH_MINIMA; n++) {
        uint32_t value = (uint32_t)(mixed(shingle, n) >> 32);
        s->minima[n] = MIN(s->minima[n], value);
    }
}

static void digest(char out[65], const char *text, size_t length)
{
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
    g_strlcpy(out, sum, 65);
}

void sketch_of_text(const char *text, Sketch *out)
{
    g_autoptr(Wording) w = wording_new(text, strlen(text));
    g_autofree uint64_t *hashes = g_new(uint64_t, w->words->len + 1);
    *out = (Sketch){.some = w->words->len >= SKETCH_WORDS_LEAST, .words = w->words->len};
    digest(out->words_sha256, w->folded, w->length);
    memset(out->minima, 0xff, sizeof out->minima);
    for (unsigned n = 0; n < w->words->len; n++) {
        const char *word = w->folded + g_array_index(w->words, Word, n).at;
        hashes[n] = word_hash(word, strcspn(word, " "));
        if (n + 1 >= SHINGLE)
            take_shingle(out, hashes + n + 1 - SHINGLE);
    }
}

static bool is_rule_off(const char *line)
{
    size_t dashes = strspn(line, "- ");
    return line[0] == '-' && dashes >= 3 && !line[dashes];
}

/* What a form asks is the same in each of its mails: the line under a rule, and headings. */
static char *answers_only(const char *text)
{
    g_autoptr(GString) kept = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool question = true; /* what stands above the first rule is the form's too */
    for (char **l = lines; *l; l++) {
        g_strstrip(*l);
        if (is_rule_off(*l))
            question = true;
        else if (question && (*l)[0])
            question = false;
        else if ((*l)[0] != '#')
            g_string_append_printf(kept, "%s\n", *l);
    }
    return g_string_free(g_steal_pointer(&kept), FALSE);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sketch_papers(const Document *d, Sketch *out)
{
    g_autoptr(GPtrArray) sums = g_ptr_array_new();
    g_autoptr(GString) all = g_string_new(NULL);
    for (unsigned n = 0; n < d->attachments->len; n++)
        g_ptr_array_add(sums, ((Attachment *)d->attachments->pdata[n])->sha256);
    g_ptr_array_sort(sums, by_text);
    for (unsigned n = 0; n < sums->len; n++)
        g_string_append(all, sums->pdata[n]);
    if (sums->len)
        digest(out->papers_sha256, all->str, all->len);
}

/* Letters that people were sent follow one pattern too, and are no campaign: those speak of "your
 * complaint" and the like. */
static bool is_to_complainant(const char *text)
{
    static const char *const YOURS[] = {"your complaint", "your application", "your correspondence",
                                        "your email",     "your enquiry",     "your case"};
    g_autoptr(Wording) w = wording_new(text, strlen(text));
    for (size_t n = 0; n < G_N_ELEMENTS(YOURS); n++)
        if (strstr(w->folded, YOURS[n]))
            return true;
    return false;
}

/* The longest that could be the writer's own; with as many words below a note it is the note that
 * is the letter. */
static void sketch_letter(const Document *d, Sketch *out)
{
    const char *letter = NULL;
    size_t longest = strlen(d->text);
    for (unsigned n = 0; n < d->texts->len; n++) {
        const TextPart *t = d->texts->pdata[n];
        size_t length = strlen(t->text);
        if (t->role != TEXT_ATTACHMENT || length <= longest || length > LETTER_MOST ||
            is_to_complainant(t->text))
            continue;
        letter = t->text;
        longest = length;
    }
    if (!letter)
        return;
    Sketch s;
    sketch_of_text(letter, &s);
    out->lettered = s.some;
    memcpy(out->letter, s.minima, sizeof out->letter);
}

void sketch_of_document(const Document *d, bool form, Sketch *out)
{
    g_autofree char *answers = form ? answers_only(d->text) : NULL;
    sketch_of_text(form ? answers : d->text, out);
    if (d->quoted_text[0]) { /* "See below" is no repeat where something else stands below */
        g_autofree char *all = g_strconcat(form ? answers : d->text, "\n", d->quoted_text, NULL);
        g_autoptr(Wording) w = wording_new(all, strlen(all));
        digest(out->words_sha256, w->folded, w->length);
    }
    sketch_papers(d, out);
    if (!form) /* a form's files are the form's */
        sketch_letter(d, out);
}

/* Minima that only the same words with the same papers have. */
static void sketch_whole(const Sketch *s, Sketch *out)
{
    uint64_t whole = fnv(FNV_BASIS, s->words_sha256, strlen(s->words_sha256));
    whole = fnv(whole, s->papers_sha256, strlen(s->papers_sha256));
    out->some = true;
    for (unsigned n = 0; n < SKETCH_MINIMA; n++)
        out->minima[n] = (uint32_t)(mixed(whole, n) >> 32);
}

unsigned sketch_faces(const Sketch *s, Sketch faces[SKETCH_FACES])
{
    unsigned n = 0;
    memset(faces, 0, SKETCH_FACES * sizeof *faces);
    if (s->some)
        faces[n++] = *s;
    else if (s->papers_sha256[0] || s->words >= SKETCH_SHORT_LEAST)
        sketch_whole(s, &faces[n++]);
    if (s->lettered) {
        faces[n].some = true;
        memcpy(faces[n++].minima, s->letter, sizeof s->letter);
    }
    return n;
}

unsigned sketch_likeness(const Sketch *a, const Sketch *b)
{
    unsigned equal = 0;
    if (!a->some || !b->some)
        return 0;
    for (unsigned n = 0; n < SKETCH_MINIMA; n++)
        equal += a->minima[n] == b->minima[n];
    return equal * 100 / SKETCH_MINIMA;
}

void sketch_bands(const Sketch *s, int64_t bands[SKETCH_BANDS])
{
    for (unsigned n = 0; n < SKETCH_BANDS; n++) {
        const uint32_t *rows = s->minima + n * BAND_ROWS;
        uint64_t hash = FNV_BASIS;
        for (unsigned k = 0; k < BAND_ROWS; k++)
            hash = mixed(hash ^ rows[k], n);
        bands[n] = (int64_t)hash;
    }
}

bool sketch_is_repeat(const Sketch *first, const Sketch *again)
{
    return !strcmp(first->words_sha256, again->words_sha256) &&
           (!again->papers_sha256[0] || !strcmp(first->papers_sha256, again->papers_sha256));
}

static GBytes *to_bytes(bool some, const uint32_t minima[SKETCH_MINIMA])
{
    uint32_t stored[SKETCH_MINIMA];
    for (unsigned n = 0; n < SKETCH_MINIMA; n++)
        stored[n] = GUINT32_TO_LE(minima[n]);
    return g_bytes_new(stored, some ? sizeof stored : 0);
}

static bool of_bytes(GBytes *bytes, bool *some, uint32_t minima[SKETCH_MINIMA])
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    if (size != 0 && size != SKETCH_MINIMA * sizeof *minima)
        return false;
    *some = size != 0;
    if (size)
        memcpy(minima, data, size);
    for (unsigned n = 0; size && n < SKETCH_MINIMA; n++)
        minima[n] = GUINT32_FROM_LE(minima[n]);
    return true;
}

GBytes *sketch_to_bytes(const Sketch *s)
{
    return to_bytes(s->some, s->minima);
}

GBytes *sketch_letter_to_bytes(const Sketch *s)
{
    return to_bytes(s->lettered, s->letter);
}

bool sketch_of_bytes(GBytes *bytes, Sketch *out)
{
    return of_bytes(bytes, &out->some, out->minima);
}

bool sketch_letter_of_bytes(GBytes *bytes, Sketch *out)
{
    return of_bytes(bytes, &out->lettered, out->letter);
}
