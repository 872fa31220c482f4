/* features.h: the features of something a learned model ranks: summed up as the model weighs them,
 * or written out for its training. Private to facts_*.c. */
#pragma once

#include "config/linear.h"

enum { FEATURE_KEYS = 64 };

typedef struct Features {
    const Linear *model;
    GHashTable *once; /* words put once */
    GPtrArray *texts; /* not NULL: written here and not summed */
    LinearSum sum;
    unsigned waiting; /* keys, not summed yet */
    uint64_t keys[FEATURE_KEYS];
} Features;

/* Every step of certainty that a score reaches is a feature of its own. */
enum { FEATURE_STEPS = 7 };
extern const struct FeatureStep {
    float least;
    const char *name;
} FEATURE_STEP[FEATURE_STEPS];

/* For features that are summed; features_sum gives the class's score as log-odds and frees what `f`
 * holds. */
Features features_begin(const Linear *model);
float features_sum(Features *f, unsigned class);
/* The texts, g_strfreev; for features begun with {.texts = g_ptr_array_new()}. */
char **features_end(Features *f);

/* The feature "shape a b"; `a` and `b` may be NULL. */
void feature_put(Features *f, const char *shape, const char *a, size_t a_length, const char *b,
                 size_t b_length);
void feature_word(Features *f, const char *shape, const char *word);
/* The same, but only the first time for this very `word` (borrowed for the life of the features).
 */
void feature_once(Features *f, const char *shape, const char *word);
/* A number as a word: "0" to "3", "5" for 4 to 7, "9" for more. */
const char *feature_count(unsigned n);
/* The steps that `score` reaches, as words of the shape. */
void feature_score(Features *f, const char *shape, float score);
