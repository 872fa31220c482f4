/* wording.h: a text as the rules see it: folded words in sentences and clauses.
 *
 * Letters are lower-cased and lose their accents, quotes, dashes and white space are folded, and
 * short forms are written out ("don't", "dont" and "do not" are one), so that a rule is written
 * once. Each word keeps the bytes of the original it came from, so that a finding can point at
 * them. The same folding reads the rules' own phrases.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Word {
    uint32_t at;             /* its first byte in `folded` */
    uint32_t offset, length; /* its bytes in the original text */
    uint32_t sentence, clause;
} Word;

typedef struct Wording {
    char *folded;    /* " word word word ": each word between single spaces */
    uint32_t length; /* bytes of `folded` */
    GArray *words;   /* Word */
    uint32_t sentences;
    bool cut; /* the text was longer than WORDING_MAX and its end was not read */
} Wording;

enum { WORDING_MAX = 512 * 1024 };

/* `text` is UTF-8 of `length` bytes; invalid bytes count as white space. Never NULL. */
Wording *wording_new(const char *text, size_t length);
void wording_free(Wording *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wording, wording_free)

/* True where folding would leave the text as it is: words of plain letters in lower case, a space
 * between them, none a short form. A text may be folded and yet not be told so. */
bool wording_is_folded(const char *text, size_t length);

/* The word that holds byte `at` of `folded` (or the space before it). Needs at least one word. */
uint32_t wording_word_at(const Wording *w, uint32_t at);
