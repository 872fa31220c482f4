#include "config/acts.h"
#include <string.h>

static void test_spans(void)
{
    static const char TEXT[] =
        "They answered on 4 May. Nothing since then, and I have waited and "
        "waited for the second stage to end, which they said it would, but it "
        "has not ended for anybody that I know of in this whole wide world.";
    g_autoptr(Wording) w = wording_new(TEXT, strlen(TEXT));
    g_autoptr(GArray) spans = acts_spans(w);
    uint32_t next = 0;
    g_assert_cmpuint(spans->len, >=, 3);
    for (unsigned i = 0; i < spans->len; i++) {
        const Span *s = &g_array_index(spans, Span, i);
        const Word *a = &g_array_index(w->words, Word, s->first);
        const Word *b = &g_array_index(w->words, Word, s->last);
        g_assert_cmpuint(s->first, ==, next); /* no word twice, none left out */
        g_assert_cmpuint(a->sentence, ==, b->sentence);
        next = s->last + 1;
    }
    g_assert_cmpuint(next, ==, w->words->len);
}

static bool has(char **features, const char *feature)
{
    return g_strv_contains((const char *const *)features, feature);
}

/* Endings, months, figures and names of the office do not tell sentences apart. */
static void test_features(void)
{
    static const char TEXT[] = "UKVI answered 14 March";
    g_autoptr(Wording) w = wording_new(TEXT, strlen(TEXT));
    g_autoptr(GArray) spans = acts_spans(w);
    g_auto(GStrv) f = acts_features(w, &g_array_index(spans, Span, 0));
    static const char *const WANTED[] = {"b ^ @office", "u @office",         "b @office answe",
                                         "w answered",  "t answe ## @month", "u ##",
                                         "b @month $",  "s @office ##"};
    for (unsigned i = 0; i < G_N_ELEMENTS(WANTED); i++)
        if (!has(f, WANTED[i]))
            g_error("no feature \"%s\"", WANTED[i]);
}

static float score(const Linear *m, const char *text, Act act)
{
    g_autoptr(Wording) w = wording_new(text, strlen(text));
    g_autoptr(GArray) spans = acts_spans(w);
    acts_score(m, w, spans);
    float best = -99;
    for (unsigned i = 0; i < spans->len; i++)
        best = MAX(best, g_array_index(spans, Span, i).score[act]);
    return best;
}

/* The shipped model tells these apart, in words that none of its training sentences has. */
static void test_shipped(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Linear) m = linear_load(TEST_ROOT "/config/acts.model", &error);
    g_assert_no_error(error);
    g_assert_true(linear_expect(m, act_names(), NULL));
    static const struct {
        Act act;
        const char *does, *does_not;
    } PAIRS[] = {
        {ACT_GIVEN, "They replied to my complaint in March and turned it down.",
         "We live near the sea with two dogs."},
        {ACT_FINAL, "The letter says it is their final response and gives your address.",
         "The bus was late again that morning."},
        {ACT_SILENT, "I complained in May and have heard nothing since.",
         "They replied to my complaint in March and turned it down."},
        {ACT_NONE, "I have not complained to the Home Office about it, I came straight to you.",
         "I complained twice and had their final answer."},
        {ACT_RISK, "I am going to end my life tonight, I have the tablets.",
         "The queue at the counter was long."},
        {ACT_BEHALF, "I am writing on behalf of my mother, who does not speak English.",
         "I applied for my passport in June."},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(PAIRS); i++) {
        float yes = score(m, PAIRS[i].does, PAIRS[i].act);
        float no = score(m, PAIRS[i].does_not, PAIRS[i].act);
        if (yes < 0 || no > -1)
            g_error("%s: %.2f for \"%s\", %.2f for \"%s\"", act_names()[PAIRS[i].act], yes,
                    PAIRS[i].does, no, PAIRS[i].does_not);
    }
}

/* A hostile text ends: spans and words have limits. */
static void test_hostile(void)
{
    g_autoptr(GString) s = g_string_new(NULL);
    for (int i = 0; i < 200000; i++)
        g_string_append(s, "a. ");
    g_autoptr(Wording) w = wording_new(s->str, s->len);
    g_autoptr(GArray) spans = acts_spans(w);
    g_assert_cmpuint(spans->len, ==, SPANS_MAX);
    g_autoptr(Wording) none = wording_new("", 0);
    g_autoptr(GArray) empty = acts_spans(none);
    g_assert_cmpuint(empty->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/acts/spans", test_spans);
    g_test_add_func("/acts/features", test_features);
    g_test_add_func("/acts/shipped", test_shipped);
    g_test_add_func("/acts/hostile", test_hostile);
    return g_test_run();
}
