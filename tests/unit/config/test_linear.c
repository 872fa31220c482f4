#include "config/linear.h"
#include <glib/gstdio.h>
#include <string.h>

static Linear *load(const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "linear-XXXXXX", NULL);
    int fd = g_mkstemp(path);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    Linear *m = linear_load(path, error);
    g_unlink(path);
    return m;
}

static uint64_t key_of(const char *a, const char *b)
{
    uint64_t key = linear_join(LINEAR_START, linear_token(a, strlen(a)));
    return b ? linear_join(key, linear_token(b, strlen(b))) : key;
}

static const char MODEL[] = "# a comment\nclasses good bad\nbias -100 50\n"
                            "b final reply\tgood:250 bad:-120\nu nothing\tbad:300\n";

static void test_sum(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Linear) m = load(MODEL, &error);
    g_assert_no_error(error);
    LinearSum sum;
    linear_begin(m, &sum);
    g_assert_cmpint(sum.of[0], ==, -100);
    g_assert_cmpint(sum.of[1], ==, 50);
    uint64_t triple = linear_join(key_of("b", "final"), linear_token("reply", 5));
    const uint64_t keys[] = {triple, key_of("u", "nothing"), key_of("u", "unknown"),
                             key_of("b", "reply")};
    linear_add(m, keys, G_N_ELEMENTS(keys), &sum);
    g_assert_cmpint(sum.of[0], ==, 150);
    g_assert_cmpint(sum.of[1], ==, 230);
}

static void test_expect(void)
{
    static const char *const RIGHT[] = {"good", "bad", NULL}, *const OTHER[] = {"bad", "good",
                                                                                NULL};
    g_autoptr(Linear) m = load(MODEL, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(linear_expect(m, RIGHT, NULL));
    g_assert_false(linear_expect(m, OTHER, &error));
    g_assert_nonnull(strstr(error->message, "make train"));
}

/* The digest is part of the rules' version: any byte changes it. */
static void test_digest(void)
{
    g_autoptr(Linear) a = load(MODEL, NULL), b = load(MODEL, NULL);
    g_autofree char *other = g_strconcat(MODEL, "# more\n", NULL);
    g_autoptr(Linear) c = load(other, NULL);
    g_assert_cmpuint(linear_digest(a), ==, linear_digest(b));
    g_assert_cmpuint(linear_digest(a), !=, linear_digest(c));
}

static void test_faults(void)
{
    static const char *const FAULTS[] = {
        "u word\tgood:1\n",                                             /* before the classes */
        "classes good bad\nbias 1 2\nu word good:1\n",                  /* no tab */
        "classes good bad\nbias 1 2\nu word\tother:1\n",                /* no such class */
        "classes good bad\nbias 1 2\nu word\tgood:x\n",                 /* no number */
        "classes good bad\nbias 1 2\nu word\tgood:40000\n",             /* too heavy */
        "classes good bad\nbias 1 2\nu word\tgood:1\nu word\tgood:1\n", /* twice */
        "classes good bad\nbias 1\n",                                   /* a bias too few */
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(FAULTS); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Linear) m = load(FAULTS[i], &error);
        if (m)
            g_error("loaded: %s", FAULTS[i]);
        g_assert_nonnull(error);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(linear_load("/nonexistent", &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/linear/sum", test_sum);
    g_test_add_func("/linear/expect", test_expect);
    g_test_add_func("/linear/digest", test_digest);
    g_test_add_func("/linear/faults", test_faults);
    return g_test_run();
}
