#include "tools/train/trainer.h"
#include "config/linear.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCHS = 24, SEEN_LEAST = 2, SEED = 20261127 };
static const float RATE = 0.15f, DECAY = 0.1f, LEAST_WEIGHT = 0.08f;

typedef struct Example {
    int fold;
    uint32_t classes, known;
    float weight;
    GArray *features; /* uint32_t */
} Example;

struct Trainer {
    char **classes;
    float l2, drop;
    bool *dropped; /* by id; NULL: none */
    unsigned n;
    GHashTable *ids;  /* feature -> id */
    GPtrArray *names; /* by id */
    GArray *seen;     /* by id: examples that hold it */
    GPtrArray *examples;
    float *weights; /* by id and class */
    float *bias;
};

static void example_free(Example *e)
{
    g_array_unref(e->features);
    g_free(e);
}

Trainer *trainer_new(const char *const *classes, float l2, float drop)
{
    Trainer *t = g_new0(Trainer, 1);
    t->l2 = l2;
    t->drop = drop;
    t->classes = g_strdupv((char **)classes);
    t->n = g_strv_length(t->classes);
    t->ids = g_hash_table_new(g_str_hash, g_str_equal);
    t->names = g_ptr_array_new_with_free_func(g_free);
    t->seen = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    t->examples = g_ptr_array_new_with_free_func((GDestroyNotify)example_free);
    return t;
}

void trainer_free(Trainer *t)
{
    if (!t)
        return;
    g_strfreev(t->classes);
    g_hash_table_unref(t->ids);
    g_ptr_array_unref(t->names);
    g_array_unref(t->seen);
    g_ptr_array_unref(t->examples);
    g_free(t->weights);
    g_free(t->bias);
    g_free(t->dropped);
    g_free(t);
}

static uint32_t id_of(Trainer *t, const char *name)
{
    gpointer known;
    if (g_hash_table_lookup_extended(t->ids, name, NULL, &known))
        return GPOINTER_TO_UINT(known);
    char *copy = g_strdup(name);
    uint32_t id = t->names->len, none = 0;
    g_ptr_array_add(t->names, copy);
    g_hash_table_insert(t->ids, copy, GUINT_TO_POINTER(id));
    g_array_append_val(t->seen, none);
    return id;
}

int trainer_fold(const char *group)
{
    g_autofree char *name = g_path_get_basename(group);
    return (int)(g_str_hash(name) % TRAINER_FOLDS);
}

void trainer_add(Trainer *t, const char *group, uint32_t classes, uint32_t known, char **features,
                 float weight)
{
    Example *e = g_new0(Example, 1);
    e->fold = trainer_fold(group);
    e->classes = classes;
    e->known = known;
    e->weight = weight;
    e->features = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (; *features; features++) {
        uint32_t id = id_of(t, *features);
        bool there = false;
        for (unsigned i = 0; i < e->features->len && !there; i++)
            there = g_array_index(e->features, uint32_t, i) == id;
        if (there)
            continue;
        g_array_append_val(e->features, id);
        g_array_index(t->seen, uint32_t, id)++;
    }
    g_ptr_array_add(t->examples, e);
}

static bool kept(const Trainer *t, uint32_t id)
{
    return g_array_index(t->seen, uint32_t, id) >= SEEN_LEAST && !(t->dropped && t->dropped[id]);
}

static float score(const Trainer *t, const Example *e, unsigned k)
{
    float sum = t->bias[k];
    for (unsigned i = 0; i < e->features->len; i++) {
        uint32_t id = g_array_index(e->features, uint32_t, i);
        if (kept(t, id))
            sum += t->weights[(size_t)id * t->n + k];
    }
    return sum;
}

static void learn(Trainer *t, const Example *e, float rate)
{
    for (unsigned k = 0; k < t->n; k++) {
        if (!(e->known & (1u << k)))
            continue;
        float truth = e->classes & (1u << k) ? 1 : 0;
        float p = 1 / (1 + expf(-score(t, e, k)));
        float gradient = (p - truth) * e->weight;
        t->bias[k] -= rate * gradient;
        for (unsigned i = 0; i < e->features->len; i++) {
            uint32_t id = g_array_index(e->features, uint32_t, i);
            if (!kept(t, id))
                continue;
            size_t at = (size_t)id * t->n + k;
            t->weights[at] -= rate * (gradient + t->l2 * t->weights[at]);
        }
    }
}

static void fit_once(Trainer *t, int without)
{
    size_t n = (size_t)t->names->len * t->n;
    g_free(t->weights);
    g_free(t->bias);
    t->weights = g_new0(float, n + 1);
    t->bias = g_new0(float, t->n);
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED);
    g_autofree uint32_t *order = g_new(uint32_t, t->examples->len + 1);
    for (uint32_t i = 0; i < t->examples->len; i++)
        order[i] = i;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        float rate = RATE / (1 + (float)epoch * DECAY);
        for (uint32_t i = t->examples->len; i > 1; i--) {
            uint32_t j = (uint32_t)g_rand_int_range(rand, 0, (gint32)i), x = order[i - 1];
            order[i - 1] = order[j];
            order[j] = x;
        }
        for (uint32_t i = 0; i < t->examples->len; i++) {
            const Example *e = t->examples->pdata[order[i]];
            if (e->fold != without)
                learn(t, e, rate);
        }
    }
}

static void drop_light(Trainer *t)
{
    t->dropped = g_new0(bool, t->names->len + 1);
    for (uint32_t id = 0; id < t->names->len; id++) {
        float most = 0;
        for (unsigned k = 0; k < t->n; k++)
            most = MAX(most, fabsf(t->weights[(size_t)id * t->n + k]));
        t->dropped[id] = most < t->drop;
    }
}

void trainer_fit(Trainer *t, int without)
{
    g_clear_pointer(&t->dropped, g_free);
    fit_once(t, without);
    if (t->drop <= 0)
        return;
    drop_light(t);
    fit_once(t, without);
}

typedef struct Told {
    float score;
    bool truth;
} Told;

static int by_score(const void *a, const void *b)
{
    float x = ((const Told *)a)->score, y = ((const Told *)b)->score;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Found and right at log-odds 0, and how many are found where 95 in 100 are right. */
static void report(const char *name, GArray *told, FILE *out)
{
    unsigned truths = 0, found = 0, right = 0, sure = 0, hits = 0;
    float sure_score = 0, best = 0;
    g_array_sort(told, by_score);
    for (unsigned i = 0; i < told->len; i++)
        truths += g_array_index(told, Told, i).truth;
    for (unsigned i = 0; i < told->len; i++) {
        const Told *x = &g_array_index(told, Told, i);
        hits += x->truth;
        found += x->score > 0;
        right += x->score > 0 && x->truth;
        best = MAX(best, 200.0f * (float)hits / (float)(truths + i + 1));
        if (hits * 100 >= (i + 1) * 95) {
            sure = hits;
            sure_score = x->score;
        }
    }
    fprintf(out,
            "%-12s n=%4u  found %5.1f%%  right %5.1f%%  at 95%% right found %5.1f%% (%.1f)  best "
            "F1 %4.1f\n",
            name, truths, truths ? 100.0 * right / truths : 0, found ? 100.0 * right / found : 0,
            truths ? 100.0 * sure / truths : 0, sure_score, best);
}

void trainer_check(Trainer *t, FILE *out)
{
    g_autofree GArray **told = g_new0(GArray *, t->n);
    for (unsigned k = 0; k < t->n; k++)
        told[k] = g_array_new(FALSE, FALSE, sizeof(Told));
    for (int fold = 0; fold < TRAINER_FOLDS; fold++) {
        trainer_fit(t, fold);
        for (unsigned i = 0; i < t->examples->len; i++) {
            const Example *e = t->examples->pdata[i];
            for (unsigned k = 0; e->fold == fold && k < t->n; k++) {
                if (!(e->known & (1u << k)))
                    continue;
                Told x = {score(t, e, k), e->classes & (1u << k)};
                g_array_append_val(told[k], x);
            }
        }
    }
    for (unsigned k = 0; k < t->n; k++) {
        report(t->classes[k], told[k], out);
        g_array_unref(told[k]);
    }
}

static int hundredths(float w)
{
    return (int)lrintf(w * LINEAR_SCALE);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int trainer_write(const Trainer *t, const char *path, const char *comment)
{
    g_autoptr(GString) s = g_string_new(comment);
    g_autofree char *classes = g_strjoinv(" ", t->classes);
    g_string_append_printf(s, "classes %s\nbias", classes);
    for (unsigned k = 0; k < t->n; k++)
        g_string_append_printf(s, " %d", hundredths(t->bias[k]));
    g_string_append_c(s, '\n');
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (uint32_t id = 0; id < t->names->len; id++)
        g_ptr_array_add(names, t->names->pdata[id]);
    g_ptr_array_sort(names, compare_names);
    for (uint32_t i = 0; i < names->len; i++) {
        uint32_t id = GPOINTER_TO_UINT(g_hash_table_lookup(t->ids, names->pdata[i]));
        if (!kept(t, id))
            continue;
        bool any = false;
        for (unsigned k = 0; k < t->n; k++) {
            float w = t->weights[(size_t)id * t->n + k];
            if (fabsf(w) < LEAST_WEIGHT)
                continue;
            g_string_append_printf(s, "%s%s%s:%d", any ? "" : (char *)names->pdata[i],
                                   any ? " " : "\t", t->classes[k], hundredths(w));
            any = true;
        }
        g_string_append(s, any ? "\n" : "");
    }
    g_autoptr(GError) error = NULL;
    if (g_file_set_contents(path, s->str, (gssize)s->len, &error))
        return 0;
    fprintf(stderr, "%s\n", error->message);
    return 1;
}
