/* features.h: the features of something a learned model ranks: summed up as the model weighs them,
 * or written out for its training. Private to facts_*.c. */
#pragma once

#include "config/linear.h"

typedef struct Features {
    const Linear *model;
    GHashTable *once; /* words put once */
    LinearSum sum;
    GPtrArray *texts; /* not NULL: written here and not summed */
} Features;

/* Every step of certainty that a score reaches is a feature of its own. */
enum { FEATURE_STEPS = 7 };
extern const struct FeatureStep {
    float least;
    const char *name;
} FEATURE_STEP[FEATURE_STEPS];

Features features_begin(const Linear *model);
/* The texts, g_strfreev; for features begun with {.texts = g_ptr_array_new()}. */
char **features_end(Features *f);

/* The feature "shape a b"; `a` and `b` may be NULL. */
void feature_put(Features *f, const char *shape, const char *a, size_t a_length, const char *b,
                 size_t b_length);
void feature_word(Features *f, const char *shape, const char *word);
/* The same, but only the first time for this very `word` (borrowed for the life of the features).
 */
void feature_once(Features *f, const char *shape, const char *word);
/* Frees what `f` holds; features_end does so too. */
void features_clear(Features *f);
/* A number as a word: "0" to "3", "5" for 4 to 7, "9" for more. */
const char *feature_count(unsigned n);
/* The steps that `score` reaches, as words of the shape. */
void feature_score(Features *f, const char *shape, float score);
