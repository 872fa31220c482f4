/* linear.h: a small linear model: named features in, one score a class out.
 *
 * What it was trained on and how well it does is told in its file's first lines; tools/train makes
 * the files from labelled messages (`make train`). A score is a log-odds: 0 is even, 2 about seven
 * to one. A model ranks, doubts and points at words; no rejection rests on one alone.
 *
 * File, UTF-8 text:
 *   # comment
 *   classes given final ...
 *   bias -3.10 -2.95 ...
 *   FEATURE<TAB>class:weight class:weight ...
 * A feature is its tokens with single spaces between ("b final reply"); weights count hundredths.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    LINEAR_CLASSES_MAX = 32,
    LINEAR_FEATURES_MAX = 200000,
    LINEAR_SCALE = 100, /* file and memory hold weights in hundredths */
};

typedef struct Linear Linear;
/* One line of error with file and line. */
Linear *linear_load(const char *path, GError **error);
void linear_free(Linear *m);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Linear, linear_free)

/* Checks that the model's classes are `names` in this order (NULL-terminated). */
bool linear_expect(const Linear *m, const char *const *names, GError **error);

/* Changes with any byte of the file. */
uint64_t linear_digest(const Linear *m);

/* A feature's key: the tokens' hashes joined in order, from LINEAR_START. */
enum { LINEAR_START = 0 };
uint64_t linear_token(const char *token, size_t length);

static inline uint64_t linear_join(uint64_t key, uint64_t token)
{
    key = (key ^ token) * 0x9E3779B97F4A7C15u;
    return key ^ (key >> 29);
}

/* Sums of weights in hundredths, the bias first. */
typedef struct LinearSum {
    int32_t of[LINEAR_CLASSES_MAX];
} LinearSum;
void linear_begin(const Linear *m, LinearSum *sum);
/* Adds the weights of the features with these keys; of one the model does not know, none. */
void linear_add(const Linear *m, const uint64_t *keys, unsigned n, LinearSum *sum);
