#include "config/templates.h"
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

static const char *const SHIPPED = TEST_ROOT "/config/templates";

static void test_shipped(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Templates) t = templates_load(SHIPPED, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(templates_text(t, "en", "rejection"), "Subject: "));
    g_assert_nonnull(templates_text(t, "cy", "reason/out-of-time"));
    g_assert_nonnull(templates_text(t, "cy", "body/dvla"));
    g_assert_null(templates_text(t, "fr", "rejection"));
    g_assert_null(templates_text(t, "en", "nothing"));
    templates_free(NULL);
}

/* ---- a copy of the shipped folder with one file spoilt */

static void copy_folder(const char *from, const char *to)
{
    g_assert_cmpint(g_mkdir_with_parents(to, 0700), ==, 0);
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    const char *entry;
    while ((entry = g_dir_read_name(dir))) {
        g_autofree char *source = g_build_filename(from, entry, NULL);
        g_autofree char *target = g_build_filename(to, entry, NULL);
        if (g_file_test(source, G_FILE_TEST_IS_DIR)) {
            copy_folder(source, target);
            continue;
        }
        g_autofree char *text = NULL;
        gsize length;
        g_assert_true(g_file_get_contents(source, &text, &length, NULL));
        g_assert_true(g_file_set_contents(target, text, (gssize)length, NULL));
    }
}

static void remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *entry;
    while (dir && (entry = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, entry, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR))
            remove_folder(inner);
        else
            g_remove(inner);
    }
    g_rmdir(path);
}

/* `text` NULL: the file is taken away. */
static const struct {
    const char *file, *text, *message; /* message NULL: taken */
} CASES[] = {
    {"en/part/made-by-person.txt", "A person did.\n", NULL},
    {"en/.part.txt.swp", "\x01", NULL},
    {"en/notes", "\x01", NULL},
    {"en/rejection.txt", NULL, "en/rejection.txt: is missing"},
    {"cy/rejection.txt", NULL, "cy/rejection.txt: is missing"},
    {"cy/ask/authority.txt", NULL, "cy/ask/authority.txt: is missing"},
    {"en/body/library.txt", "a library\n", "cy/body/library.txt: is missing"},
    {"en/surprise.txt", "x\n", "surprise.txt:1: is not the name"},
    {"en/rejection.txt", "Dear you\n", "rejection.txt:1: a letter begins"},
    {"en/rejection.txt", "Subject: \n\nx\n", "rejection.txt:1: a letter begins"},
    {"en/rejection.txt", "", "rejection.txt:1: a letter begins"},
    {"en/rejection.txt", "Subject: x\ny\n", "rejection.txt:2: leave a line empty"},
    {"en/rejection.txt", "Subject: x\n\n${nam}\n", "rejection.txt:3: ${nam} is not known"},
    {"en/rejection.txt", "Subject: ${}\n\nx\n", "rejection.txt:1: ${} is not known"},
    {"en/rejection.txt", "Subject: x\n\n${reference\n", "rejection.txt:3: ${ without }"},
    {"en/rejection.txt", "Subject: x\n\n@nothing\n", "rejection.txt:3: @nothing is not known"},
    {"en/rejection.txt", "Subject: x\n\n@note \n", "rejection.txt:3: @note  is not known"},
    {"en/rejection.txt", "Subject: x\n\n#x\n", "rejection.txt:3: a heading"},
    {"en/rejection.txt", "Subject: x\n\na\tb\n",
     "rejection.txt:3: holds the control character U+0009"},
    {"en/rejection.txt", "Subject: x\r\n\r\nx\n",
     "rejection.txt:1: holds the control character U+000D"},
    {"en/rejection.txt", "Subject: x\n\n\xe2\x80\xae\n", "U+202E"},
    {"en/rejection.txt", "Subject: x\n\n\xff\n", "is not UTF-8"},
    {"en/part/contact.txt", "\n \n", "contact.txt:1: is empty"},
};

static void test_spoilt(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autofree char *dir = g_dir_make_tmp("templates-XXXXXX", NULL);
        g_autoptr(GError) error = NULL;
        copy_folder(SHIPPED, dir);
        g_autofree char *path = g_build_filename(dir, CASES[n].file, NULL);
        if (CASES[n].text)
            g_assert_true(g_file_set_contents(path, CASES[n].text, -1, NULL));
        else
            g_assert_cmpint(g_remove(path), ==, 0);
        g_autoptr(Templates) t = templates_load(dir, &error);
        remove_folder(dir);
        bool as_said =
            CASES[n].message ? !t && strstr(error->message, CASES[n].message) : t != NULL;
        if (!as_said)
            g_error("case %zu, %s: %s", n, CASES[n].file, error ? error->message : "taken");
    }
}

static void test_large(void)
{
    g_autofree char *dir = g_dir_make_tmp("templates-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "en", "part", "contact.txt", NULL);
    g_autofree char *huge = g_strnfill(16 * 1024 + 1, 'x');
    copy_folder(SHIPPED, dir);
    g_assert_true(g_file_set_contents(path, huge, -1, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_null(templates_load(dir, &error));
    g_assert_nonnull(strstr(error->message, "16 KiB"));
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, "a\0b\n", 4, NULL));
    g_assert_null(templates_load(dir, &error));
    g_assert_nonnull(strstr(error->message, "NUL"));
    g_clear_error(&error);
    remove_folder(dir);
    g_assert_null(templates_load(dir, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/templates/shipped", test_shipped);
    g_test_add_func("/templates/spoilt", test_spoilt);
    g_test_add_func("/templates/large", test_large);
    return g_test_run();
}
