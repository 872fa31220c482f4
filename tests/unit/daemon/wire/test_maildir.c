#include "daemon/wire/maildir.h"
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Flow {
    char *dir;
    MailSource *source;
    GHashTable *known;  /* file -> subject line of its message */
    GPtrArray *order;   /* files as they came */
    GPtrArray *told;    /* files */
    GPtrArray *health;  /* words and errors */
    unsigned largest;   /* batch */
    unsigned refusals;  /* batches to refuse yet */
    int at_first_rest;  /* messages known when first caught up; -1 not yet */
    bool oversize_seen; /* bytes NULL */
    char *header;
    int64_t received_at;
} Flow;

static bool on_progress(MailSource *s, uint32_t v, uint32_t *uid, void *user)
{
    g_assert_not_reached();
}

static GArray *on_untold(MailSource *s, uint32_t v, void *user)
{
    g_assert_not_reached();
}

static bool on_has_file(MailSource *s, const char *file, void *user)
{
    Flow *f = user;
    return g_hash_table_contains(f->known, file);
}

static void take(Flow *f, const SourceMessage *m)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(m->bytes ? m->bytes : m->header, &length);
    g_assert_false(g_hash_table_contains(f->known, m->file));
    g_hash_table_insert(f->known, g_strdup(m->file), g_strndup(bytes, MIN(length, 200)));
    g_ptr_array_add(f->order, g_strdup(m->file));
    f->received_at = m->received_at;
    if (!m->bytes) {
        f->oversize_seen = true;
        g_free(f->header);
        f->header = g_strndup(bytes, length);
    }
}

static void on_batch(MailSource *s, GPtrArray *messages, void *user)
{
    Flow *f = user;
    bool ok = f->refusals == 0;
    f->largest = MAX(f->largest, messages->len);
    for (unsigned n = 0; ok && n < messages->len; n++)
        take(f, messages->pdata[n]);
    if (!ok)
        f->refusals--;
    g_ptr_array_unref(messages);
    mail_source_taken(s, ok);
}

static void on_told(MailSource *s, uint32_t v, const uint32_t *uids, unsigned n, void *user)
{
    g_assert_not_reached();
}

static void on_told_file(MailSource *s, const char *file, void *user)
{
    Flow *f = user;
    g_ptr_array_add(f->told, g_strdup(file));
}

static void on_health(MailSource *s, const char *words, const GError *error, void *user)
{
    Flow *f = user;
    g_ptr_array_add(f->health, g_strdup(error ? error->message : words));
}

static void on_caught_up(MailSource *s, void *user)
{
    Flow *f = user;
    if (f->at_first_rest < 0)
        f->at_first_rest = (int)f->order->len;
}

static const SourceCalls CALLS = {on_progress, on_untold,    on_has_file, on_batch,
                                  on_told,     on_told_file, on_health,   on_caught_up};

static void open_source(Flow *f)
{
    f->source = maildir_source_open("in", f->dir, 1000, 3600, &CALLS, f);
}

static void setup(Flow *f, gconstpointer data)
{
    g_autofree char *top = g_dir_make_tmp("maildir-XXXXXX", NULL);
    f->dir = g_build_filename(top, "box", NULL);
    f->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    f->order = g_ptr_array_new_with_free_func(g_free);
    f->told = g_ptr_array_new_with_free_func(g_free);
    f->health = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(maildir_prepare(f->dir, NULL));
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_tree(inner);
    }
    g_remove(path);
}

static void teardown(Flow *f, gconstpointer data)
{
    g_autofree char *top = g_path_get_dirname(f->dir);
    mail_source_close(f->source);
    remove_tree(top);
    g_hash_table_unref(f->known);
    g_ptr_array_unref(f->order);
    g_ptr_array_unref(f->told);
    g_ptr_array_unref(f->health);
    g_free(f->header);
    g_free(f->dir);
}

static char *in_box(const Flow *f, const char *name)
{
    return g_build_filename(f->dir, name, NULL);
}

static bool is_there(const Flow *f, const char *name)
{
    g_autofree char *path = in_box(f, name);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void put(const Flow *f, const char *name, const char *text)
{
    g_autofree char *path = in_box(f, name);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* As a delivery agent does. */
static void deliver(const Flow *f, const char *name, const char *text)
{
    g_autofree char *tmp = in_box(f, "tmp/x"), *target = g_strconcat(f->dir, "/new/", name, NULL);
    put(f, "tmp/x", text);
    g_assert_cmpint(g_rename(tmp, target), ==, 0);
}

static gboolean on_late(gpointer user)
{
    *(bool *)user = true;
    return G_SOURCE_REMOVE;
}

/* Runs the loop until so many were registered and told; fails after ten seconds. */
static void run_until(Flow *f, unsigned registered, unsigned told)
{
    bool late = false;
    guint timer = g_timeout_add_seconds(10, on_late, &late);
    while ((f->order->len < registered || f->told->len < told) && !late)
        g_main_context_iteration(NULL, TRUE);
    if (late)
        g_error("%u of %u registered, %u of %u told", f->order->len, registered, f->told->len,
                told);
    g_source_remove(timer);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(f->order->len, ==, registered);
    g_assert_cmpuint(f->told->len, ==, told);
}

static bool was_said(const Flow *f, const char *part)
{
    for (unsigned n = 0; n < f->health->len; n++)
        if (strstr(f->health->pdata[n], part))
            return true;
    return false;
}

static void run_until_health(Flow *f, const char *part)
{
    bool late = false;
    guint timer = g_timeout_add_seconds(10, on_late, &late);
    while (!was_said(f, part) && !late)
        g_main_context_iteration(NULL, TRUE);
    if (late)
        g_error("nobody said \"%s\"", part);
    g_source_remove(timer);
}

static void test_what_is_there(Flow *f, gconstpointer data)
{
    deliver(f, "1700000002.b", "two\n");
    deliver(f, "1700000001.a", "one\n");
    put(f, "cur/1600000000.c:2,R", "zero\n");
    put(f, "new/.hidden", "no\n");
    open_source(f);
    run_until(f, 3, 3);
    g_assert_cmpstr(f->order->pdata[0], ==, "1600000000.c");
    g_assert_cmpstr(f->order->pdata[1], ==, "1700000001.a");
    g_assert_cmpstr(f->order->pdata[2], ==, "1700000002.b");
    g_assert_true(is_there(f, "cur/1600000000.c:2,RS"));
    g_assert_true(is_there(f, "cur/1700000001.a:2,S"));
    g_assert_true(is_there(f, "cur/1700000002.b:2,S"));
    g_assert_cmpstr(f->health->pdata[0], ==, "connected");
}

static void test_arrival(Flow *f, gconstpointer data)
{
    open_source(f);
    run_until_health(f, "connected");
    gint64 begin = g_get_monotonic_time();
    deliver(f, "1700000001.a", "one\n");
    run_until(f, 1, 1);
    g_assert_cmpint(g_get_monotonic_time() - begin, <, 500000); /* told of, not polled for */
}

/* link(2), then unlink(2), as some agents deliver. */
static void test_arrival_by_link(Flow *f, gconstpointer data)
{
    g_autofree char *tmp = in_box(f, "tmp/x"), *target = in_box(f, "new/1700000001.a");
    open_source(f);
    run_until_health(f, "connected");
    put(f, "tmp/x", "one\n");
    g_usleep(20000); /* the file system's clock ticks: link moves ctime on from mtime */
    g_assert_cmpint(link(tmp, target), ==, 0);
    g_assert_cmpint(unlink(tmp), ==, 0);
    run_until(f, 1, 1);
}

/* A person's cp: not read before it is all there. */
static void test_written_in_place(Flow *f, gconstpointer data)
{
    g_autofree char *path = in_box(f, "new/letter.eml");
    open_source(f);
    run_until_health(f, "connected");
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    g_assert_cmpint(write(fd, "first ", 6), ==, 6);
    for (int n = 0; n < 20; n++)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpuint(f->order->len, ==, 0);
    g_assert_cmpint(write(fd, "second", 6), ==, 6);
    close(fd);
    run_until(f, 1, 1);
    g_assert_cmpstr(g_hash_table_lookup(f->known, "letter.eml"), ==, "first second");
}

static void test_moved_by_a_mail_program(Flow *f, gconstpointer data)
{
    g_autofree char *from = in_box(f, "tmp/x"), *to = in_box(f, "cur/1700000001.a:2,");
    open_source(f);
    run_until_health(f, "connected");
    put(f, "tmp/x", "one\n");
    g_assert_cmpint(g_rename(from, to), ==, 0);
    run_until(f, 1, 1);
    g_assert_true(is_there(f, "cur/1700000001.a:2,S"));
}

/* Registered before a crash, the folder not yet told: moved, not offered. */
static void test_restart(Flow *f, gconstpointer data)
{
    deliver(f, "1700000001.a", "one\n");
    deliver(f, "1700000002.b", "two\n");
    g_hash_table_insert(f->known, g_strdup("1700000001.a"), g_strdup("one\n"));
    open_source(f);
    run_until(f, 1, 2);
    g_assert_cmpstr(f->order->pdata[0], ==, "1700000002.b");
    g_assert_true(is_there(f, "cur/1700000001.a:2,S"));
    mail_source_close(f->source);
    open_source(f);
    g_ptr_array_set_size(f->health, 0);
    run_until_health(f, "connected");
    run_until(f, 1, 2); /* nothing again */
}

static void test_refused_is_offered_again(Flow *f, gconstpointer data)
{
    deliver(f, "1700000001.a", "one\n");
    f->refusals = 1;
    f->at_first_rest = -1;
    open_source(f);
    run_until(f, 1, 1);
    while (f->at_first_rest < 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(f->at_first_rest, ==, 1);
}

static void test_not_messages(Flow *f, gconstpointer data)
{
    g_autofree char *link_path = in_box(f, "new/1.link"), *fifo = in_box(f, "new/2.fifo"),
                    *folder = in_box(f, "new/3.folder"), *secret = in_box(f, "tmp/secret");
    put(f, "tmp/secret", "secret\n");
    g_assert_cmpint(symlink(secret, link_path), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    deliver(f, "1700000001.a", "one\n");
    open_source(f);
    run_until(f, 1, 1);
    g_assert_cmpstr(f->order->pdata[0], ==, "1700000001.a");
    g_assert_true(is_there(f, "new/2.fifo"));
    run_until_health(f, "a link; it stays where it is");
    run_until_health(f, "2.fifo: not an ordinary file");
    run_until_health(f, "3.folder: not an ordinary file");
    deliver(f, "1700000002.b", "two\n");
    run_until(f, 2, 2);
    run_until_health(f, "connected; 3 entries are no messages");
}

static void test_oversize(Flow *f, gconstpointer data)
{
    static const char *const HEADERS[] = {"Subject: big\r\n\r\n", "Subject: big\n\n"};
    for (unsigned n = 0; n < G_N_ELEMENTS(HEADERS); n++) {
        g_autoptr(GString) text = g_string_new(HEADERS[n]);
        g_autofree char *name = g_strdup_printf("170000000%u.big", n);
        while (text->len < 1001)
            g_string_append_c(text, 'x');
        deliver(f, name, text->str);
        if (n == 0)
            open_source(f);
        run_until(f, n + 1, n + 1);
        g_assert_true(f->oversize_seen);
        g_assert_cmpstr(f->header, ==, HEADERS[n]);
        f->oversize_seen = false;
    }
    /* A header without end is cut. */
    g_autoptr(GString) text = g_string_new("Subject: ");
    while (text->len < 100000)
        g_string_append_c(text, 'x');
    deliver(f, "1700000005.endless", text->str);
    run_until(f, 3, 3);
    g_assert_cmpuint(strlen(f->header), ==, 65536);
    /* Exactly at the limit it is whole. */
    f->oversize_seen = false;
    g_string_truncate(text, 1000);
    deliver(f, "1700000006.fits", text->str);
    run_until(f, 4, 4);
    g_assert_false(f->oversize_seen);
}

static void test_batches_are_bounded(Flow *f, gconstpointer data)
{
    for (unsigned n = 0; n < 600; n++) {
        g_autofree char *name = g_strdup_printf("1700000%03u.m", n);
        deliver(f, name, "text\n");
    }
    open_source(f);
    run_until(f, 600, 600);
    g_assert_cmpuint(f->largest, ==, 256);
    g_assert_cmpstr(f->order->pdata[0], ==, "1700000000.m");
    g_assert_cmpstr(f->order->pdata[599], ==, "1700000599.m");
}

/* A name is given twice: the second message is neither lost nor put over the first. */
static void test_name_used_twice(Flow *f, gconstpointer data)
{
    deliver(f, "1700000001.a", "one\n");
    open_source(f);
    run_until(f, 1, 1);
    deliver(f, "1700000001.a", "another\n");
    run_until(f, 2, 2);
    g_autofree char *text = NULL, *path = in_box(f, "cur/1700000001.a:2,S");
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "one\n");
    g_assert_cmpstr(g_hash_table_lookup(f->known, f->order->pdata[1]), ==, "another\n");
}

static void test_names_of_any_bytes(Flow *f, gconstpointer data)
{
    deliver(f, "1700000001.\xff\n\x1b[2J", "one\n");
    open_source(f);
    run_until(f, 1, 1);
    g_assert_cmpstr(f->order->pdata[0], ==, "1700000001.%FF%0A%1B%5B2J");
}

static void test_time_of_receipt(Flow *f, gconstpointer data)
{
    g_autofree char *tmp = in_box(f, "tmp/y"), *target = in_box(f, "new/1700000001.a");
    const struct timespec times[2] = {{1600000000, 0}, {1600000000, 0}};
    put(f, "tmp/y", "one\n");
    g_assert_cmpint(utimensat(AT_FDCWD, tmp, times, 0), ==, 0);
    g_assert_cmpint(g_rename(tmp, target), ==, 0);
    open_source(f);
    run_until(f, 1, 1);
    g_assert_cmpint(f->received_at, ==, 1600000000);
}

static void test_folder_comes_back(Flow *f, gconstpointer data)
{
    remove_tree(f->dir);
    put(f, "", "in the way"); /* a file in the folder's place */
    open_source(f);
    run_until_health(f, "cannot be made");
    g_remove(f->dir);
    g_assert_true(maildir_prepare(f->dir, NULL));
    deliver(f, "1700000001.a", "one\n");
    run_until(f, 1, 1);
}

static void test_closed_early(Flow *f, gconstpointer data)
{
    deliver(f, "1700000001.a", "one\n");
    open_source(f);
    mail_source_close(f->source);
    f->source = NULL;
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(f->order->len, ==, 0);
}

static unsigned count(const Flow *f, const char *part)
{
    g_autofree char *path = in_box(f, part);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned n = 0;
    while (g_dir_read_name(dir))
        n++;
    return n;
}

static void test_outbox(Flow *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_static("Subject: x\r\n\r\nwords\r\n", 21);
    g_assert_true(maildir_deliver(f->dir, "<a@example.org>", bytes, &error));
    g_assert_true(maildir_deliver(f->dir, "<a@example.org>", bytes, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(count(f, "new"), ==, 1);
    g_assert_cmpuint(count(f, "tmp"), ==, 0);
    g_assert_true(maildir_deliver(f->dir, "<../../b@example.org>", bytes, &error));
    g_assert_cmpuint(count(f, "new"), ==, 2);
    /* Read by a mail program in between: still one. */
    g_autofree char *new_path = in_box(f, "new");
    g_autoptr(GDir) dir = g_dir_open(new_path, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *from = g_build_filename(new_path, name, NULL);
        g_autofree char *to = g_strconcat(f->dir, "/cur/", name, ":2,S", NULL);
        g_assert_cmpint(g_rename(from, to), ==, 0);
    }
    g_assert_true(maildir_deliver(f->dir, "<a@example.org>", bytes, &error));
    g_assert_cmpuint(count(f, "new"), ==, 0);
    g_assert_cmpuint(count(f, "cur"), ==, 2);
}

static void test_outbox_fails(Flow *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    remove_tree(f->dir);
    g_assert_false(maildir_deliver(f->dir, "<a@example.org>", bytes, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/maildir/" name, Flow, NULL, setup, function, teardown)
    ADD("what-is-there", test_what_is_there);
    ADD("arrival", test_arrival);
    ADD("arrival-by-link", test_arrival_by_link);
    ADD("written-in-place", test_written_in_place);
    ADD("moved-by-a-mail-program", test_moved_by_a_mail_program);
    ADD("restart", test_restart);
    ADD("refused-is-offered-again", test_refused_is_offered_again);
    ADD("not-messages", test_not_messages);
    ADD("oversize", test_oversize);
    ADD("batches-are-bounded", test_batches_are_bounded);
    ADD("name-used-twice", test_name_used_twice);
    ADD("names-of-any-bytes", test_names_of_any_bytes);
    ADD("time-of-receipt", test_time_of_receipt);
    ADD("folder-comes-back", test_folder_comes_back);
    ADD("closed-early", test_closed_early);
    ADD("outbox", test_outbox);
    ADD("outbox-fails", test_outbox_fails);
    return g_test_run();
}
