#include "config/settings.h"
#include "daemon/model/judgement.h"
#include <glib.h>
#include <glib/gstdio.h>

/* config/ cannot see the enum and lists the reasons again: both lists are the same. */
static void test_every_reason_may_be_reviewed(void)
{
    g_autofree char *folder = g_dir_make_tmp("reasons-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "conf", NULL);
    for (int n = 0; n < REASON_COUNT; n++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text =
            g_strdup_printf("casework = { reviewed = [ \"%s\" ]; };\n", reason_name((Reason)n));
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        g_autoptr(Settings) s = settings_load(path, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(s->casework.reviewed[0], ==, reason_name((Reason)n));
    }
    g_unlink(path);
    g_rmdir(folder);
}

/* As many entries as there are reasons fit into the list. */
static void test_all_at_once(void)
{
    g_autofree char *folder = g_dir_make_tmp("reasons-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "conf", NULL);
    g_autoptr(GString) text = g_string_new("casework = { reviewed = [ ");
    g_autoptr(GError) error = NULL;
    for (int n = 0; n < REASON_COUNT; n++)
        g_string_append_printf(text, "%s\"%s\"", n ? ", " : "", reason_name((Reason)n));
    g_string_append(text, " ]; };\n");
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
    g_autoptr(Settings) s = settings_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(s->casework.reviewed), ==, REASON_COUNT);
    g_unlink(path);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reasons_setting/every-reason", test_every_reason_may_be_reviewed);
    g_test_add_func("/reasons_setting/all-at-once", test_all_at_once);
    return g_test_run();
}
