#include "daemon/base/clock.h"
#include <glib.h>

static void test_offset(void)
{
    int64_t real = g_get_real_time() / 1000000;
    g_assert_cmpint(ABS(clock_now() - real), <=, 2);
    clock_set_offset(86400);
    g_assert_cmpint(ABS(clock_now() - real - 86400), <=, 2);
    g_assert_cmpint(ABS(clock_now_us() / 1000000 - clock_now()), <=, 1);
    clock_set_offset(0);
    g_assert_cmpint(ABS(clock_now() - real), <=, 2);
}

static void test_monotonic(void)
{
    int64_t a = clock_monotonic_us();
    clock_set_offset(-1000000);
    int64_t b = clock_monotonic_us();
    clock_set_offset(0);
    g_assert_cmpint(a, >, 0);
    g_assert_cmpint(b, >=, a);
    g_assert_cmpint(b - a, <, 5000000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/offset", test_offset);
    g_test_add_func("/clock/monotonic", test_monotonic);
    return g_test_run();
}
