/* likeness.h: how alike two texts are, for campaigns and for the same text sent again. Pure.
 *
 * A text becomes the set of its shingles (three words in a row, a word with a digit in it counting
 * as "#": dates and reference numbers are what a campaign's letters differ in). Of that set a
 * sketch keeps the least value under each of 64 hash functions (MinHash: A. Broder, "On the
 * resemblance and containment of documents", 1997): the share of equal minima estimates the sets'
 * Jaccard resemblance, with a standard error of at most 6 in 100. Four minima make a band, of
 * which eight are looked up instead of every sketch there is (locality-sensitive hashing: J.
 * Leskovec, A. Rajaraman, J. Ullman, "Mining of Massive Datasets", 3.4): two texts that are 80 in
 * 100 alike share a band in 98 cases of 100. Sketches are stored: these functions never change.
 *
 * Of a short text shingles tell too little: it is like another only where the words and the papers
 * are the same. A letter may come attached under a note of a few words: it has a sketch too.
 */
#pragma once

#include "parsers/document.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    SKETCH_MINIMA = 64,
    SKETCH_BANDS = 8,
    SKETCH_WORDS_LEAST = 20,
    SKETCH_FACES = 2,
    SKETCH_SHORT_LEAST = 5 /* words of a short text without papers: "Yes please" is like nothing */
};

typedef struct Sketch {
    bool some;      /* false: fewer than SKETCH_WORDS_LEAST words; no minima */
    unsigned words; /* not stored */
    uint32_t minima[SKETCH_MINIMA];
    bool lettered; /* a letter of so many words is attached */
    uint32_t letter[SKETCH_MINIMA];
    char words_sha256[65];  /* of the exact words, quoted ones too, case and punctuation left out */
    char papers_sha256[65]; /* of the attachments' digests, sorted; "" none */
} Sketch;

/* Of what the sender wrote. `form`: questions of a web form are left out, its answers count. */
void sketch_of_document(const Document *d, bool form, Sketch *out);
void sketch_of_text(const char *text, Sketch *out);
/* What a campaign's messages are told by, each with `some`: the words, as they are or where they
 * are few with the papers as one whole; and the letter attached. Returns how many, at most
 * SKETCH_FACES. */
unsigned sketch_faces(const Sketch *s, Sketch faces[SKETCH_FACES]);
/* 0 to 100. */
unsigned sketch_likeness(const Sketch *a, const Sketch *b);
void sketch_bands(const Sketch *s, int64_t bands[SKETCH_BANDS]);
/* The same words, and no paper that was not there before: `again` brings nothing new. */
bool sketch_is_repeat(const Sketch *first, const Sketch *again);

/* Stored form: empty where there is no sketch, else the minima, little-endian. */
GBytes *sketch_to_bytes(const Sketch *s);
GBytes *sketch_letter_to_bytes(const Sketch *s);
/* False where the bytes are of another length. */
bool sketch_of_bytes(GBytes *bytes, Sketch *out);
bool sketch_letter_of_bytes(GBytes *bytes, Sketch *out);
