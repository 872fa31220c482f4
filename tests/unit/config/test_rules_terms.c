#include "config/rules_parts.h"
#include "tests/lib/rules_folder.h"
#include <string.h>

static int by_place(const void *a, const void *b, void *user)
{
    const Found *x = a, *y = b;
    const GArray *terms = user;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    uint32_t p = g_array_index(terms, Term, x->term).length;
    uint32_t q = g_array_index(terms, Term, y->term).length;
    return p < q ? -1 : p > q;
}

/* What the tree must find, by looking for each term by itself. */
static GArray *found_plainly(const Rules *r, const Wording *w)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Found));
    for (uint32_t i = 0; i < r->terms->len; i++) {
        const Term *t = &g_array_index(r->terms, Term, i);
        for (const char *p = w->folded; (p = strstr(p, t->literal)); p++) {
            bool ends = t->literal[t->length - 1] == ' ';
            uint32_t at = (uint32_t)(p - w->folded);
            Found f = {i, wording_word_at(w, at + 1),
                       wording_word_at(w, at + t->length - 1 - (ends ? 1 : 0))};
            if (g_array_index(w->words, Word, f.first).sentence ==
                g_array_index(w->words, Word, f.last).sentence)
                g_array_append_val(found, f);
        }
    }
    g_array_sort_with_data(found, by_place, r->terms);
    return found;
}

static unsigned compare(const Rules *r, const char *name, const char *text, size_t length)
{
    g_autoptr(Wording) w = wording_new(text, length);
    if (w->words->len == 0)
        return 0;
    g_autoptr(GArray) want = found_plainly(r, w);
    g_autoptr(GArray) got = g_array_new(FALSE, FALSE, sizeof(Found));
    term_tree_find(r->tree, w, got);
    if (got->len != want->len || memcmp(got->data, want->data, got->len * sizeof(Found)) != 0)
        g_error("%s: %u found, not %u, or others", name, got->len, want->len);
    return got->len;
}

/* Over whole messages as they are stored: their headers and encoded parts are hard cases too. */
static void test_corpus(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Rules) r = rules_load(TEST_ROOT "/config", &error);
    g_assert_no_error(error);
    g_autoptr(GDir) dir = g_dir_open(TEST_ROOT "/tests/corpus/dev", 0, &error);
    g_assert_no_error(error);
    unsigned found = 0;
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(TEST_ROOT "/tests/corpus/dev", name, NULL);
        g_autofree char *text = NULL;
        gsize size = 0;
        if (g_str_has_suffix(name, ".eml") && g_file_get_contents(path, &text, &size, NULL))
            found += compare(r, name, text, size);
    }
    g_assert_cmpuint(found, >, 10000);
}

static void test_small_sets(void)
{
    static const char *const PHRASES[] = {
        "cat",
        "\xc5\xb5yn* cat\", \"cat",
        "ca*\", \"cat\", \"cat*\", \"cats",
        "a b c d\", \"a b*\", \"a b c e\", \"b c",
        "\xd8\xa7\xd9\x84\", \"\xd8\xa7*\", \"\xd8\xa7\xd9\x84 cat",
    };
    static const char TEXT[] = "Cat cats ca c a b c d. A b c. E a bee b c e cat\n\n"
                               "\xd8\xa7\xd9\x84 cat \xd8\xa7 \xc5\xb5yn cats \xc5\xb5yn ca";
    for (unsigned i = 0; i < G_N_ELEMENTS(PHRASES); i++) {
        g_autofree char *rule = g_strdup_printf(
            "rules: ( { id = \"a\"; source = \"s\"; says = \"s\"; fact = \"wrong\"; value = "
            "\"delay\"; phrases = [\"%s\"]; match = [\"cat\"]; } );",
            PHRASES[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(Rules) r = rules_folder_load(rule, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(compare(r, PHRASES[i], TEXT, strlen(TEXT)), >, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rules_terms/corpus", test_corpus);
    g_test_add_func("/rules_terms/small-sets", test_small_sets);
    return g_test_run();
}
