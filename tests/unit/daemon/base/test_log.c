#include "daemon/base/log.h"
#include <string.h>

static void child(void)
{
    const char *const fields[] = {"CASE", "IEC/26/000123", "MESSAGE_SHA", "ab\ncd", NULL};
    log_setup("test", LOG_LEVEL_INFO);
    log_error("one %d", 1);
    log_debug("never");
    log_line(LOG_LEVEL_WARNING, fields, "two");
    log_info("thr\r\nerror: ee");
}

/* Hostile text cannot end a line and begin one of its own. */
static void test_stderr(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *err = NULL;
    char *argv[] = {self, (char *)"--child", NULL};
    int status = -1;
    g_assert_true(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &err, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(err, ==,
                    "error: one 1\n"
                    "warning: two [CASE=IEC/26/000123 MESSAGE_SHA=ab?cd]\n"
                    "info: thr??error: ee\n");
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--child")) {
        child();
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/log/stderr", test_stderr);
    return g_test_run();
}
