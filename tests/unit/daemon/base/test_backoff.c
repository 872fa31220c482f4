#include "daemon/base/backoff.h"
#include <glib.h>

static void test_grows(void)
{
    for (int round = 0; round < 200; round++) {
        Backoff b = {.first_s = 8, .most_s = 100};
        for (unsigned n = 0; n < 10; n++) {
            unsigned base = MIN(8u << n, 100), pause = backoff_next(&b);
            if (pause < base * 3 / 4 || pause > MIN(base * 5 / 4, 100u))
                g_error("try %u: %u s", n, pause);
        }
        g_assert_cmpuint(b.tries, ==, 10);
        backoff_reset(&b);
        g_assert_cmpuint(backoff_next(&b), <=, 10);
    }
}

/* Two that fail together do not come back together. */
static void test_jitter(void)
{
    Backoff b = {.tries = 20, .first_s = 1000, .most_s = 100000};
    unsigned first = backoff_next(&b), same = 0;
    for (int n = 0; n < 50; n++)
        same += backoff_next(&b) == first && first != 100000;
    g_assert_cmpuint(same, <, 10);
}

static void test_edges(void)
{
    Backoff none = {.first_s = 0, .most_s = 10, .tries = UINT32_MAX};
    g_assert_cmpuint(backoff_next(&none), ==, 0);
    g_assert_cmpuint(none.tries, ==, UINT32_MAX);
    Backoff most = {.first_s = UINT32_MAX, .most_s = UINT32_MAX, .tries = 40};
    g_assert_cmpuint(backoff_next(&most), >=, UINT32_MAX / 4 * 3 - 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/backoff/grows", test_grows);
    g_test_add_func("/backoff/jitter", test_jitter);
    g_test_add_func("/backoff/edges", test_edges);
    return g_test_run();
}
