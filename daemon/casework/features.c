#include "daemon/casework/features.h"
#include <string.h>

const struct FeatureStep FEATURE_STEP[FEATURE_STEPS] = {
    {-2, "-2"}, {-1, "-1"}, {0, "0"}, {1, "1"}, {2, "2"}, {3, "3"}, {4.5f, "4.5"}};

Features features_begin(const Linear *model)
{
    Features f;
    f.model = model;
    f.once = NULL;
    f.texts = NULL;
    f.waiting = 0;
    linear_begin(model, &f.sum);
    return f;
}

static void sum_waiting(Features *f)
{
    linear_add(f->model, f->keys, f->waiting, &f->sum);
    f->waiting = 0;
}

float features_sum(Features *f, unsigned class)
{
    sum_waiting(f);
    g_clear_pointer(&f->once, g_hash_table_unref);
    return (float)f->sum.of[class] / LINEAR_SCALE;
}

char **features_end(Features *f)
{
    g_clear_pointer(&f->once, g_hash_table_unref);
    g_ptr_array_add(f->texts, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&f->texts), FALSE);
}

static void write_out(GPtrArray *texts, const char *shape, const char *a, size_t a_length,
                      const char *b, size_t b_length)
{
    GString *text = g_string_new(shape);
    if (a)
        g_string_append_printf(text, " %.*s", (int)a_length, a);
    if (b)
        g_string_append_printf(text, " %.*s", (int)b_length, b);
    g_ptr_array_add(texts, g_string_free(text, FALSE));
}

void feature_put(Features *f, const char *shape, const char *a, size_t a_length, const char *b,
                 size_t b_length)
{
    if (f->texts) {
        write_out(f->texts, shape, a, a_length, b, b_length);
        return;
    }
    uint64_t key = linear_join(LINEAR_START, linear_token(shape, strlen(shape)));
    if (a)
        key = linear_join(key, linear_token(a, a_length));
    if (b)
        key = linear_join(key, linear_token(b, b_length));
    if (f->waiting == FEATURE_KEYS)
        sum_waiting(f);
    f->keys[f->waiting++] = key;
}

void feature_word(Features *f, const char *shape, const char *word)
{
    feature_put(f, shape, word, strlen(word), NULL, 0);
}

void feature_once(Features *f, const char *shape, const char *word)
{
    if (!f->once)
        f->once = g_hash_table_new(NULL, NULL);
    /* The same word in another shape is another thing. */
    if (g_hash_table_add(f->once, (gpointer)(word + (shape[0] == 'p'))))
        feature_word(f, shape, word);
}

const char *feature_count(unsigned n)
{
    static const char *const COUNTS[] = {"0", "1", "2", "3", "5", "9"};
    return COUNTS[n < 4 ? n : n < 8 ? 4 : 5];
}

void feature_score(Features *f, const char *name, float score)
{
    for (unsigned i = 0; i < FEATURE_STEPS && score >= FEATURE_STEP[i].least; i++)
        feature_word(f, name, FEATURE_STEP[i].name);
}
