#include "daemon/casework/sample.h"
#include <stdlib.h>
#include <string.h>

enum { RANK_BYTES = 32 };

Day sample_week(Day day)
{
    return day - (day_weekday(day) - 1);
}

unsigned sample_size(unsigned rejections, unsigned percent, unsigned minimum)
{
    uint64_t share = ((uint64_t)rejections * percent + 99) / 100;
    return MIN(rejections, MAX((unsigned)share, minimum));
}

typedef struct Rank {
    uint8_t bytes[RANK_BYTES];
    unsigned place;
} Rank;

static int by_rank(const void *a, const void *b)
{
    const Rank *x = a, *y = b;
    int order = memcmp(x->bytes, y->bytes, RANK_BYTES);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static void take_rank(const uint8_t *seed, const char *name, Rank *rank)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize size = RANK_BYTES;
    g_checksum_update(sum, seed, SAMPLE_SEED_BYTES);
    g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name));
    g_checksum_get_digest(sum, rank->bytes, &size);
}

void sample_draw(const uint8_t seed[SAMPLE_SEED_BYTES], const char *const *names, unsigned n,
                 unsigned size, bool *drawn)
{
    g_autofree Rank *ranks = g_new0(Rank, n);
    for (unsigned k = 0; k < n; k++) {
        ranks[k].place = k;
        take_rank(seed, names[k], &ranks[k]);
        drawn[k] = false;
    }
    if (n > 1)
        qsort(ranks, n, sizeof *ranks, by_rank);
    for (unsigned k = 0; k < MIN(size, n); k++)
        drawn[ranks[k].place] = true;
}

SampleResult sample_compare(uint32_t reasons, Decision read, uint32_t read_reasons)
{
    if (read != DECISION_REJECT)
        return SAMPLE_OVERTURNED;
    return read_reasons == reasons ? SAMPLE_SAME : SAMPLE_OTHER_REASONS;
}

static void count(SampleFigure *f, SampleResult result)
{
    f->read++;
    f->overturned += result == SAMPLE_OVERTURNED;
    f->other += result == SAMPLE_OTHER_REASONS;
}

static int value_of(const SampleReading *r, const char *group)
{
    return !strcmp(group, "language")  ? (int)r->language
           : !strcmp(group, "channel") ? (int)r->channel
                                       : (int)r->representative;
}

static void add_reasons(GArray *figures, const SampleReading *readings, unsigned n)
{
    for (int reason = 0; reason < REASON_COUNT; reason++) {
        SampleFigure f = {.group = "reason", .name = reason_name((Reason)reason)};
        for (unsigned k = 0; k < n; k++) {
            const SampleReading *r = &readings[k];
            if (r->reasons & BIT(reason))
                count(&f, sample_compare(BIT(reason), r->read, r->read_reasons & BIT(reason)));
        }
        if (f.read)
            g_array_append_val(figures, f);
    }
}

typedef const char *(*NameFunc)(int);

static void add_group(GArray *figures, const SampleReading *readings, unsigned n, const char *group,
                      NameFunc name, int values)
{
    for (int value = 0; value < values; value++) {
        SampleFigure f = {.group = group, .name = name(value)};
        for (unsigned k = 0; k < n; k++) {
            const SampleReading *r = &readings[k];
            if (value_of(r, group) == value)
                count(&f, sample_compare(r->reasons, r->read, r->read_reasons));
        }
        if (f.read)
            g_array_append_val(figures, f);
    }
}

GArray *sample_figures(const SampleReading *readings, unsigned n)
{
    GArray *figures = g_array_new(FALSE, TRUE, sizeof(SampleFigure));
    SampleFigure all = {.group = "all", .name = ""};
    for (unsigned k = 0; k < n; k++)
        count(&all,
              sample_compare(readings[k].reasons, readings[k].read, readings[k].read_reasons));
    g_array_append_val(figures, all);
    add_reasons(figures, readings, n);
    add_group(figures, readings, n, "language", (NameFunc)(void *)language_name, LANGUAGE_COUNT);
    add_group(figures, readings, n, "channel", (NameFunc)(void *)channel_name, CHANNEL_COUNT);
    add_group(figures, readings, n, "representation", (NameFunc)(void *)representative_name,
              REPRESENTATIVE_COUNT);
    return figures;
}

unsigned sample_rate(unsigned part, unsigned whole)
{
    return whole ? (unsigned)(((uint64_t)part * 1000 + whole / 2) / whole) : 0;
}
