#include "config/paths.h"
#include <glib.h>
#include <glib/gstdio.h>

/* This test runs from build/tests/config/: the source's own config/ is above it. */
static void test_source_config(void)
{
    g_autofree char *dir = config_dir_default(), *file = config_file_default();
    g_autofree char *want_dir = g_build_filename(TEST_ROOT, "config", NULL);
    g_autofree char *want_file = g_build_filename(want_dir, "iecd.conf", NULL);
    g_assert_cmpstr(dir, ==, want_dir);
    g_assert_cmpstr(file, ==, want_file);
}

static void test_programs(void)
{
    g_autofree char *self = program_path("test_paths"), *other = program_path("iecd-no-such");
    g_assert_true(g_str_has_suffix(self, "/tests/config/test_paths"));
    g_assert_cmpstr(other, ==, IECD_LIBEXECDIR "/iecd-no-such");
}

/* A copy elsewhere has no config/ above it: the installed places. */
static void test_installed(void)
{
    g_autofree char *folder = g_dir_make_tmp("paths-XXXXXX", NULL);
    g_autofree char *copy = g_build_filename(folder, "test_paths", NULL);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *bytes = NULL, *out = NULL;
    gsize length = 0;
    int status = -1;
    char *argv[] = {copy, (char *)"--print", NULL};
    g_assert_true(g_file_get_contents(self, &bytes, &length, NULL));
    g_assert_true(g_file_set_contents_full(copy, bytes, (gssize)length,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0700, NULL));
    g_assert_true(g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, &out, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(out, ==, IECD_DATADIR "\n" IECD_SYSCONFDIR "/iecd.conf\n");
    g_unlink(copy);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    if (argc == 2 && g_str_equal(argv[1], "--print")) {
        g_autofree char *dir = config_dir_default(), *file = config_file_default();
        g_print("%s\n%s\n", dir, file);
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/paths/source-config", test_source_config);
    g_test_add_func("/paths/programs", test_programs);
    g_test_add_func("/paths/installed", test_installed);
    return g_test_run();
}
