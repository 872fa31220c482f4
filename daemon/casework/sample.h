/* sample.h: which automatic rejections are read again blind, and what the readings say (policy 4a).
 * Pure.
 *
 * The draw of a week: the office's `percent` of its N automatic rejections, rounded up, but at
 * least `minimum` of them (all where there are fewer). Each rejection has a rank: the SHA-256 of
 * the week's seed, 32 random bytes, followed by its case reference. Those of the lowest ranks are
 * drawn. The seed is made when the week is over and kept with it: before that nobody can know what
 * will be read, whatever they can see of the register, and after it anybody can draw again.
 */
#pragma once

#include "daemon/model/judgement.h"

enum { SAMPLE_SEED_BYTES = 32 };

/* The Monday of the week that a day is in. */
Day sample_week(Day day);
/* How many of `rejections` are drawn. */
unsigned sample_size(unsigned rejections, unsigned percent, unsigned minimum);
/* drawn[i] is true for the `size` of `n` names with the lowest ranks; equal names share theirs, and
 * the earlier goes first. */
void sample_draw(const uint8_t seed[SAMPLE_SEED_BYTES], const char *const *names, unsigned n,
                 unsigned size, bool *drawn);

typedef enum SampleResult {
    SAMPLE_SAME,
    SAMPLE_OTHER_REASONS, /* rejected, but not for the same reasons: a letter that said it wrong */
    SAMPLE_OVERTURNED     /* its reader would not have rejected it: somebody wrongly turned away */
} SampleResult;
SampleResult sample_compare(uint32_t reasons, Decision read, uint32_t read_reasons);

typedef struct SampleReading {
    uint32_t reasons; /* of the automatic rejection */
    Language language;
    Channel channel;
    RepresentativeType representative;
    Decision read; /* the blind reader's */
    uint32_t read_reasons;
} SampleReading;

/* One line of the report. Under a reason a reading counts as `other` where its reader rejects, but
 * not for that reason. */
typedef struct SampleFigure {
    const char *group, *name; /* "reason", "court"; "all", "" */
    unsigned read, overturned, other;
} SampleFigure;
/* Lines for all, and by reason, language, channel and representation, of what was read; GArray of
 * SampleFigure. */
GArray *sample_figures(const SampleReading *readings, unsigned n);
/* Thousandths, rounded to nearest; 0 of nothing. */
unsigned sample_rate(unsigned part, unsigned whole);
