#include "daemon/base/durable.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Place {
    char *folder, *file;
} Place;

static void set_up(Place *p, gconstpointer data)
{
    p->folder = g_dir_make_tmp("durable-XXXXXX", NULL);
    p->file = g_build_filename(p->folder, "file", NULL);
}

static void tear_down(Place *p, gconstpointer data)
{
    g_autoptr(GDir) dir = g_dir_open(p->folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(p->folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(p->folder);
    g_free(p->folder);
    g_free(p->file);
}

static unsigned count(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;
    while (g_dir_read_name(dir))
        n++;
    return n;
}

static void assert_holds(const char *path, const char *bytes, size_t length)
{
    g_autofree char *got = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &got, &size, NULL));
    g_assert_cmpmem(got, size, bytes, length);
}

static void test_write(Place *p, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(durable_write(p->file, "a\0b", 3, 0600, &error));
    g_assert_no_error(error);
    assert_holds(p->file, "a\0b", 3);
    g_assert_true(durable_write(p->file, "second", 6, 0640, &error));
    assert_holds(p->file, "second", 6);
    g_assert_true(durable_write(p->file, "", 0, 0640, &error));
    assert_holds(p->file, "", 0);
    struct stat st;
    g_assert_cmpint(stat(p->file, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0640);
    g_assert_cmpuint(count(p->folder), ==, 1);
}

/* A folder in the file's place: the rename fails, and no temporary file stays behind. */
static void test_failure(Place *p, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(g_mkdir(p->file, 0700), ==, 0);
    g_assert_false(durable_write(p->file, "x", 1, 0600, &error));
    g_assert_nonnull(strstr(error->message, p->file));
    g_assert_cmpuint(count(p->folder), ==, 1);
    g_clear_error(&error);
    g_autofree char *nowhere = g_build_filename(p->folder, "no", "where", NULL);
    g_assert_false(durable_write(nowhere, "x", 1, 0600, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_clear_error(&error);
    g_assert_false(durable_sync_folder(nowhere, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* Lines "name microseconds", in order. */
static void assert_trace(const char *file, const char *names)
{
    g_autofree char *text = NULL;
    g_autoptr(GString) got = g_string_new("");
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l && **l; l++) {
        g_assert_cmpint(g_ascii_strtoll(*l + 1, NULL, 10), >, 1600000000000000);
        g_string_append_c(got, **l);
    }
    g_assert_cmpstr(got->str, ==, names);
}

static void test_stop_child(void)
{
    for (const char *p = "abcde"; *p; p++)
        stop_point((char[]){*p, '\0'});
}

/* The n-th point ends the process with 100; 0, none and rubbish never do. */
static void test_stop(Place *p, gconstpointer data)
{
    static const struct {
        const char *after, *only, *kill;
        int status;
        const char *trace;
    } CASES[] = {
        {"1", NULL, NULL, 100 << 8, "a"},     {"3", NULL, NULL, 100 << 8, "abc"},
        {"5", NULL, NULL, 100 << 8, "abcde"}, {"6", NULL, NULL, 0, "abcde"},
        {"0", NULL, NULL, 0, "abcde"},        {"rubbish", NULL, NULL, 0, "abcde"},
        {"1", "c", NULL, 100 << 8, "abc"},    {"2", "c", NULL, 0, "abcde"},
        {"1", "d", "1", SIGKILL, "abcd"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_auto(GStrv) env = g_get_environ();
        env = g_environ_setenv(env, "IECD_STOP_AFTER", CASES[n].after, TRUE);
        env = g_environ_setenv(env, "IECD_STOP_TRACE", p->file, TRUE);
        if (CASES[n].only)
            env = g_environ_setenv(env, "IECD_STOP_NAME", CASES[n].only, TRUE);
        if (CASES[n].kill)
            env = g_environ_setenv(env, "IECD_STOP_KILL", CASES[n].kill, TRUE);
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        char *argv[] = {self, (char *)"--stop-child", NULL};
        int status = -1;
        g_remove(p->file);
        g_assert_true(
            g_spawn_sync(NULL, argv, env, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL));
        if (status != CASES[n].status)
            g_error("stop after %s: status %x", CASES[n].after, (unsigned)status);
        assert_trace(p->file, CASES[n].trace);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--stop-child")) {
        test_stop_child();
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add("/durable/write", Place, NULL, set_up, test_write, tear_down);
    g_test_add("/durable/failure", Place, NULL, set_up, test_failure, tear_down);
    g_test_add("/durable/stop", Place, NULL, set_up, test_stop, tear_down);
    return g_test_run();
}
