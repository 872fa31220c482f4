/* rules_folder.h: a folder like config/ of one rule file, a.conf, with the shipped models. */
#pragma once

#include "config/rules.h"
#include <glib/gstdio.h>
#include <unistd.h>

/* Loads it, and leaves nothing behind. */
static inline Rules *rules_folder_load(const char *text, GError **error)
{
    g_autofree char *dir = g_dir_make_tmp("rules-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(dir, "rules", NULL);
    g_autofree char *version = g_build_filename(folder, "version.conf", NULL);
    g_autofree char *file = g_build_filename(folder, "a.conf", NULL);
    char *models[MODEL_COUNT];
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(version, "version = \"2026-01-01\";\n", -1, NULL));
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    for (int i = 0; i < MODEL_COUNT; i++) {
        g_autofree char *shipped =
            g_build_filename(TEST_ROOT "/config", rule_model_file((RuleModel)i), NULL);
        models[i] = g_build_filename(dir, rule_model_file((RuleModel)i), NULL);
        g_assert_cmpint(symlink(shipped, models[i]), ==, 0);
    }
    Rules *r = rules_load(dir, error);
    for (int i = 0; i < MODEL_COUNT; i++) {
        g_unlink(models[i]);
        g_free(models[i]);
    }
    g_unlink(version);
    g_unlink(file);
    g_rmdir(folder);
    g_rmdir(dir);
    return r;
}
