#include "config/paths.h"
#include <glib.h>
#include <limits.h>
#include <stdbool.h>
#include <unistd.h>

/* build/iecd, build/sanitized/iecd and build/tests/daemon/flow/test_x all find config/ above. */
#define LEVELS_UP 5

/* Folder of the running binary; NULL where /proc is not to be had. g_free. */
static char *binary_folder(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    return g_path_get_dirname(path);
}

/* What marks a config folder as ours: a stranger's folder of that name does not have both. */
static bool is_ours(const char *config)
{
    g_autofree char *holidays = g_build_filename(config, "bank-holidays.json", NULL);
    g_autofree char *rules = g_build_filename(config, "rules", NULL);
    return g_file_test(holidays, G_FILE_TEST_IS_REGULAR) && g_file_test(rules, G_FILE_TEST_IS_DIR);
}

static char *source_config(void)
{
    g_autofree char *folder = binary_folder();
    for (int level = 0; folder && level < LEVELS_UP; level++) {
        char *parent = g_path_get_dirname(folder);
        g_free(folder);
        folder = parent;
        g_autofree char *config = g_build_filename(folder, "config", NULL);
        if (is_ours(config))
            return g_steal_pointer(&config);
    }
    return NULL;
}

char *config_dir_default(void)
{
    char *config = source_config();
    return config ? config : g_strdup(IECD_DATADIR);
}

char *config_path(const char *dir, const char *name)
{
    g_autofree char *own = g_build_filename(dir, name, NULL), *used = config_dir_default();
    return g_file_test(own, G_FILE_TEST_EXISTS) ? g_steal_pointer(&own)
                                                : g_build_filename(used, name, NULL);
}

char *config_file_default(void)
{
    g_autofree char *config = source_config();
    return g_build_filename(config ? config : IECD_SYSCONFDIR, "iecd.conf", NULL);
}

char *program_path(const char *name)
{
    g_autofree char *folder = binary_folder();
    g_autofree char *beside = folder ? g_build_filename(folder, name, NULL) : NULL;
    if (beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    return g_build_filename(IECD_LIBEXECDIR, name, NULL);
}
