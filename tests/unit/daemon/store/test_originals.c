#include "daemon/base/clock.h"
#include "daemon/store/originals.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    char *dir;
    Originals *o;
} Fixture;

static void up(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("iecd-originals-XXXXXX", &error);
    f->o = originals_open(f->dir, &error);
    g_assert_no_error(error);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    return remove(path);
}

static void down(Fixture *f, const void *data)
{
    originals_close(f->o);
    nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    g_free(f->dir);
}

static unsigned count_in(const Fixture *f, const char *folder)
{
    g_autofree char *path = g_build_filename(f->dir, "originals", folder, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned n = 0;
    while (dir && g_dir_read_name(dir))
        n++;
    return n;
}

static void add(Fixture *f, const char *text, char *sha, char *shard)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    originals_add(f->o, bytes, sha, shard, &error);
    g_assert_no_error(error);
}

static void commit(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    originals_commit(f->o, &error);
    g_assert_no_error(error);
}

static char *content(Fixture *f, const char *shard, const char *sha)
{
    g_autoptr(GError) error = NULL;
    char text[100] = "";
    int fd = originals_read(f->o, shard, sha, &error);
    if (fd < 0)
        return NULL;
    g_assert_cmpint(fcntl(fd, F_GETFD), ==, FD_CLOEXEC);
    g_assert_cmpint(fcntl(fd, F_GETFL) & O_ACCMODE, ==, O_RDONLY);
    g_assert_cmpint(read(fd, text, sizeof text - 1), >=, 0);
    close(fd);
    return g_strdup(text);
}

static void test_keep(Fixture *f, const void *data)
{
    char sha[65], shard[8], other[65], again[65];
    struct stat st;
    add(f, "abc", sha, shard);
    add(f, "", other, shard);
    add(f, "abc", again, shard);
    /* FIPS 180-4's own example. */
    g_assert_cmpstr(sha, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    g_assert_cmpstr(other, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    g_assert_cmpstr(again, ==, sha);
    g_assert_cmpuint(strlen(shard), ==, 7);
    g_assert_null(content(f, shard, sha)); /* not before the commit */
    commit(f);
    g_autofree char *text = content(f, shard, sha), *empty = content(f, shard, other);
    g_assert_cmpstr(text, ==, "abc");
    g_assert_cmpstr(empty, ==, "");
    g_autofree char *path = originals_path(f->o, shard, sha);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777 & ~0440, ==, 0);
    g_assert_cmpuint(count_in(f, shard), ==, 2);
    g_assert_cmpuint(count_in(f, "tmp"), ==, 0);
    commit(f); /* nothing to do */
}

static void test_repeat(Fixture *f, const void *data)
{
    char sha[65], shard[8];
    struct stat before, after;
    add(f, "the same words", sha, shard);
    commit(f);
    g_autofree char *path = originals_path(f->o, shard, sha);
    g_assert_cmpint(stat(path, &before), ==, 0);
    add(f, "the same words", sha, shard);
    g_assert_cmpuint(count_in(f, "tmp"), ==, 0);
    commit(f);
    g_assert_cmpint(stat(path, &after), ==, 0);
    g_assert_cmpuint(before.st_ino, ==, after.st_ino);
    /* One of the wrong size is not believed. */
    g_assert_cmpint(chmod(path, 0600), ==, 0);
    g_assert_cmpint(truncate(path, 3), ==, 0);
    add(f, "the same words", sha, shard);
    commit(f);
    g_autofree char *text = content(f, shard, sha);
    g_assert_cmpstr(text, ==, "the same words");
}

static void test_month(Fixture *f, const void *data)
{
    char sha[65], first[8], second[8], third[8];
    add(f, "one", sha, first);
    clock_set_offset(40 * 86400);
    add(f, "two", sha, second);
    commit(f);
    add(f, "one", sha, third);
    commit(f);
    clock_set_offset(0);
    g_assert_cmpstr(first, ==, second); /* a batch has one month */
    g_assert_cmpstr(first, !=, third);
    g_assert_cmpuint(count_in(f, first), ==, 2);
    g_assert_cmpuint(count_in(f, third), ==, 1);
}

/* More files than descriptors are kept open for. */
static void test_many(Fixture *f, const void *data)
{
    char sha[65], shard[8];
    for (int n = 0; n < 1000; n++) {
        g_autofree char *text = g_strdup_printf("message %d", n);
        add(f, text, sha, shard);
    }
    commit(f);
    g_assert_cmpuint(count_in(f, shard), ==, 1000);
    g_assert_cmpuint(count_in(f, "tmp"), ==, 0);
}

static void test_leftovers(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    char sha[65], shard[8];
    add(f, "never committed", sha, shard);
    g_assert_cmpuint(count_in(f, "tmp"), ==, 1);
    g_autofree char *left = g_strdup_printf("%s/originals/tmp/%064x.new", f->dir, 7);
    g_autofree char *foreign = g_strdup_printf("%s/originals/tmp/notes.new", f->dir);
    g_assert_true(g_file_set_contents(left, "half", -1, &error));
    g_assert_true(g_file_set_contents(foreign, "somebody's", -1, &error));
    originals_close(f->o);
    f->o = originals_open(f->dir, &error);
    g_assert_no_error(error);
    g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(foreign, G_FILE_TEST_EXISTS));
    g_assert_cmpuint(count_in(f, "tmp"), ==, 1);
    g_assert_cmpuint(count_in(f, shard), ==, 0);
}

static void test_names(Fixture *f, const void *data)
{
    static const struct {
        const char *shard, *sha;
    } CASES[] = {
        {"2026-05", "../../register.sqlite"},
        {"..", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"2026-05", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"},
        {"2026-05", ""},
        {"", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"1999-01", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(GError) error = NULL;
        if (originals_read(f->o, CASES[n].shard, CASES[n].sha, &error) >= 0 || !error)
            g_error("%s/%s: opened", CASES[n].shard, CASES[n].sha);
    }
}

/* No room in the middle of a batch: nothing of it stays, and the next one goes well. */
static void test_no_room(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *big = g_strnfill(20000, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(big, 20000);
    char sha[65], shard[8], untouched[65] = "as it was";
    struct rlimit old, small;
    add(f, "fits", sha, shard);
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 8192;
    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    bool ok = originals_add(f->o, bytes, untouched, shard, &error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &old), ==, 0);
    g_assert_false(ok);
    g_assert_nonnull(error);
    g_assert_cmpstr(untouched, ==, "as it was");
    g_assert_cmpuint(count_in(f, "tmp"), ==, 0);
    commit(f);
    g_assert_cmpuint(count_in(f, shard), ==, 0);
    g_clear_error(&error);
    g_assert_true(originals_add(f->o, bytes, sha, shard, &error));
    add(f, "fits", sha, shard);
    commit(f);
    g_assert_cmpuint(count_in(f, shard), ==, 2);
}

static void test_rename_refused(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    char sha[65], shard[8];
    add(f, "abc", sha, shard);
    g_autofree char *folder = g_build_filename(f->dir, "originals", shard, NULL);
    g_assert_true(g_file_set_contents(folder, "a file in the folder's place", -1, NULL));
    g_assert_false(originals_commit(f->o, &error));
    g_assert_nonnull(error);
    g_assert_cmpuint(count_in(f, "tmp"), ==, 0);
    g_remove(folder);
    add(f, "abc", sha, shard);
    commit(f);
    g_assert_cmpuint(count_in(f, shard), ==, 1);
}

static void test_open_refused(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *nowhere = g_build_filename(f->dir, "nowhere", NULL);
    g_assert_null(originals_open(nowhere, &error));
    g_assert_nonnull(error);
    originals_close(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, function) g_test_add(name, Fixture, NULL, up, function, down)
    CASE("/originals/keep", test_keep);
    CASE("/originals/repeat", test_repeat);
    CASE("/originals/month", test_month);
    CASE("/originals/many", test_many);
    CASE("/originals/leftovers", test_leftovers);
    CASE("/originals/names", test_names);
    CASE("/originals/no-room", test_no_room);
    CASE("/originals/rename-refused", test_rename_refused);
    CASE("/originals/open-refused", test_open_refused);
    return g_test_run();
}
