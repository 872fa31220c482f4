#include "config/rules.h"
#include "tests/lib/pool_helper.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#define HEAD                                                                                       \
    "From: A Person <person@example.org>\r\n"                                                      \
    "To: iec@homeoffice.gov.uk\r\n"
#define BODY                                                                                       \
    "Message-ID: <one@example.org>\r\n"                                                            \
    "\r\n"                                                                                         \
    "I complained to UK Visas and Immigration in May and nobody has answered me.\r\n"

#define CRASHED "signal 11 (a crash)"

static const char plain[] = HEAD "Subject: nobody answers\r\n" BODY;

static ReaderPool *new_pool(unsigned children, unsigned wall_s)
{
    g_autofree char *program = test_program("iecd-reader-test");
    const ReaderPoolConfig config = {
        .reader_path = program,
        .config_dir = TEST_ROOT "/config",
        .children = children,
        .docs_children = 2,
        .wall_s = wall_s,
        .docs_wall_s = 20,
    };
    g_autoptr(GError) error = NULL;
    ReaderPool *p = reader_pool_new(&config, &error);
    g_assert_no_error(error);
    return p;
}

static char *hooked(const char *word)
{
    return g_strdup_printf(HEAD "X-Iecd-Test: %s\r\nSubject: %s it\r\n" BODY, word, word);
}

/* Pids whose parent is `parent`, of programs named iecd-reader-*. */
static GArray *children_of(pid_t parent)
{
    GArray *pids = g_array_new(false, false, sizeof(pid_t));
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(proc))) {
        g_autofree char *path = g_build_filename("/proc", name, "stat", NULL), *stat = NULL;
        if (!g_ascii_isdigit(*name) || !g_file_get_contents(path, &stat, NULL, NULL))
            continue;
        const char *after = strrchr(stat, ')');
        pid_t pid = atoi(name);
        if (after && atoi(after + 4) == parent && strstr(stat, "(iecd-reader"))
            g_array_append_val(pids, pid);
    }
    return pids;
}

static void assert_no_children(void)
{
    g_autoptr(GArray) left = children_of(getpid());
    g_assert_cmpuint(left->len, ==, 0);
}

static void test_normal(void)
{
    g_autoptr(ReaderPool) p = new_pool(2, 10);
    g_assert_cmpstr(reader_pool_rules_version(p), !=, "");
    Told t = {0};
    put_message(p, plain, false, true, &t);
    g_assert_cmpuint(reader_pool_queued(p), ==, 1);
    wait_told(&t, 1);
    g_assert_no_error(t.error);
    g_assert_nonnull(t.result->facts);
    g_assert_cmpstr(t.result->document->subject, ==, "nobody answers");
    g_assert_false(t.result->document->unreadable);
    g_assert_true(t.result->fresh);
    g_assert_cmpstr(t.result->why, ==, "");
    g_assert_cmpfloat(t.result->reader_ms, >, 0);
    g_assert_cmpuint(reader_pool_queued(p), ==, 0);
    told_clear(&t);
    put_message(p, plain, false, false, &t);
    wait_told(&t, 1);
    g_assert_null(t.result->facts);
    told_clear(&t);
}

#define PDF(words)                                                                                 \
    "--b\r\nContent-Type: application/pdf; name=letter.pdf\r\n"                                    \
    "Content-Disposition: attachment; filename=letter.pdf\r\n\r\n"                                 \
    "%PDF-1.4\r\n"                                                                                 \
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\r\n"                                               \
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\r\n"                                         \
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R"                        \
    "/Resources<</Font<</F1 5 0 R>>>>>>endobj\r\n"                                                 \
    "4 0 obj<</Length 60>>stream\r\n"                                                              \
    "BT /F1 12 Tf 20 100 Td (" words ") Tj ET\r\n"                                                 \
    "endstream endobj\r\n"                                                                         \
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\r\n"                             \
    "trailer<</Root 1 0 R>>\r\n"                                                                   \
    "%%EOF\r\n"
#define BROKEN_PDF                                                                                 \
    "--b\r\nContent-Type: application/pdf; name=broken.pdf\r\n"                                    \
    "Content-Disposition: attachment; filename=broken.pdf\r\n\r\n"                                 \
    "%PDF-1.4\r\nnothing of the kind\r\n"
#define MIXED                                                                                      \
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"                       \
    "--b\r\nContent-Type: text/plain\r\n\r\nThe letters are attached.\r\n"

static const TextPart *text_with(const Document *d, const char *words)
{
    for (unsigned k = 0; k < d->texts->len; k++) {
        const TextPart *t = d->texts->pdata[k];
        if (strstr(t->text, words))
            return t;
    }
    return NULL;
}

/* Texts of documents come back in the message, with its facts; what fails says why. */
static void test_documents(void)
{
    static const struct {
        const char *name, *text;
        const char *words[2];
        ReadState read[2];
        const char *why;
    } table[] = {
        {"two letters",
         HEAD MIXED PDF("first letter") PDF("second letter") "--b--\r\n",
         {"first letter", "second letter"},
         {READ_DONE, READ_DONE},
         ""},
        {"one broken",
         HEAD MIXED PDF("first letter") BROKEN_PDF "--b--\r\n",
         {"first letter", NULL},
         {READ_DONE, READ_FAILED},
         ""},
        {"its reader dies",
         HEAD "X-Iecd-Test: doc-segv\r\n" MIXED PDF("a") PDF("b") "--b--\r\n",
         {NULL, NULL},
         {READ_FAILED, READ_FAILED},
         CRASHED},
        {"its reader lies",
         HEAD "X-Iecd-Test: doc-lies\r\n" MIXED PDF("a") PDF("b") "--b--\r\n",
         {NULL, NULL},
         {READ_FAILED, READ_FAILED},
         "an answer that cannot be right"},
    };
    g_autoptr(ReaderPool) p = new_pool(2, 10);
    for (size_t k = 0; k < G_N_ELEMENTS(table); k++) {
        g_test_message("%s", table[k].name);
        Told t = {0};
        put_message(p, table[k].text, k % 2, true, &t);
        wait_told(&t, 1);
        g_assert_no_error(t.error);
        const Document *d = t.result->document;
        g_assert_cmpstr(t.result->why, ==, "");
        g_assert_nonnull(t.result->facts);
        g_assert_cmpuint(d->attachments->len, ==, 2);
        for (size_t n = 0; n < 2; n++) {
            const Attachment *a = d->attachments->pdata[n];
            g_assert_cmpint(a->read, ==, table[k].read[n]);
            if (table[k].words[n])
                g_assert_nonnull(text_with(d, table[k].words[n]));
            else
                g_assert_cmpstr(a->why, !=, "");
            if (a->read == READ_FAILED && !strstr(a->why, table[k].why))
                g_error("%s: why is \"%s\"", table[k].name, a->why);
        }
        told_clear(&t);
    }
}

/* What went wrong with one message: that is said, its header is known, the next is read. */
static void test_deaths(void)
{
    static const struct {
        const char *word, *why;
        bool known; /* the header-only reader is not hooked into failing too */
    } table[] = {
        {"segv", CRASHED, true},
        {"abort", CRASHED, true},
#ifndef IECD_SANITIZED /* with which address space cannot be limited */
        {"memory", "the reader ended with", true},
#endif
        {"hang", "the reader was stopped after 2 seconds", true},
        {"huge", "an answer that cannot be right", true},
        {"flood", "an answer that cannot be right", true},
        {"garbage", "an answer that cannot be right", true},
        {"early", "an answer that cannot be right", true},
        {"lies", "an answer that cannot be right", true},
        {"quit", "the reader ended with status 0", true},
        {"cut", "the reader ended with status 0", true},
        {"always", CRASHED, false},
    };
    g_autoptr(ReaderPool) p = new_pool(2, 2);
    for (size_t k = 0; k < G_N_ELEMENTS(table); k++) {
        Told t[2] = {0};
        g_autofree char *bad = hooked(table[k].word);
        g_test_message("%s", table[k].word);
        put_message(p, bad, false, true, &t[0]);
        put_message(p, plain, false, true, &t[1]);
        wait_told(t, 2);
        g_assert_no_error(t[0].error);
        if (!strstr(t[0].result->why, table[k].why))
            g_error("%s: why is \"%s\"", table[k].word, t[0].result->why);
        g_assert_true(t[0].result->document->unreadable);
        g_assert_null(t[0].result->facts);
        g_autofree char *subject = g_strdup_printf("%s it", table[k].word);
        g_assert_cmpstr(t[0].result->document->subject, ==, table[k].known ? subject : "");
        g_assert_no_error(t[1].error);
        g_assert_cmpstr(t[1].result->why, ==, "");
        told_clear(&t[0]);
        told_clear(&t[1]);
    }
}

/* A backlog shares children: all are read, the bad ones are the only ones that suffer. */
static void test_backlog(void)
{
    enum { N = 200 };
    g_autoptr(ReaderPool) p = new_pool(2, 10);
    g_autofree Told *t = g_new0(Told, N);
    g_autofree char *bad = hooked("segv");
    for (size_t k = 0; k < N; k++)
        put_message(p, k % 23 == 7 ? bad : plain, true, true, &t[k]);
    wait_told(t, N);
    unsigned fresh = 0;
    for (size_t k = 0; k < N; k++) {
        g_assert_no_error(t[k].error);
        const char *why = t[k].result->why;
        if (k % 23 == 7)
            g_assert_nonnull(strstr(why, CRASHED));
        else
            g_assert_cmpstr(why, ==, "");
        g_assert_cmpint(t[k].result->facts == NULL, ==, k % 23 == 7);
        fresh += t[k].result->fresh;
        told_clear(&t[k]);
    }
    g_assert_cmpuint(fresh, >, 0);
    g_assert_cmpuint(fresh, <, N / 2); /* they are shared indeed */
}

static void test_live_among_backlog(void)
{
    enum { N = 100 };
    g_autoptr(ReaderPool) p = new_pool(1, 10);
    g_autofree Told *t = g_new0(Told, N);
    Told live = {0};
    for (size_t k = 0; k < N; k++)
        put_message(p, plain, true, true, &t[k]);
    put_message(p, plain, false, true, &live);
    wait_told(&live, 1);
    g_assert_true(live.result->fresh);
    g_assert_false(t[N - 1].done);
    wait_told(t, N);
    for (size_t k = 0; k < N; k++)
        told_clear(&t[k]);
    told_clear(&live);
}

/* The prepared parent is killed: nobody is blamed, a new one is started, all are read. */
static void test_parent_dies(void)
{
    enum { N = 60 };
    ReaderPool *p = new_pool(2, 10);
    g_autofree Told *t = g_new0(Told, N);
    g_autoptr(GArray) parents = children_of(getpid());
    g_assert_cmpuint(parents->len, ==, 1);
    for (size_t k = 0; k < N; k++)
        put_message(p, plain, k % 2, true, &t[k]);
    wait_told(t, 4);
    kill(g_array_index(parents, pid_t, 0), SIGKILL);
    wait_told(t, N);
    for (size_t k = 0; k < N; k++) {
        g_assert_no_error(t[k].error);
        g_assert_cmpstr(t[k].result->why, ==, "");
        told_clear(&t[k]);
    }
    reader_pool_free(p);
    assert_no_children();
}

typedef struct Reloaded {
    bool done;
    char *error;
} Reloaded;

static void on_reloaded(const GError *error, void *user)
{
    Reloaded *r = user;
    g_assert_false(r->done);
    r->done = true;
    r->error = error ? g_strdup(error->message) : NULL;
}

/* How often the loop turned until `*done`. */
static unsigned turn_until(const bool *done)
{
    int64_t worst = 0;
    unsigned turns = 0;
    guint limit = g_timeout_add_seconds(60, told_too_late, NULL);
    for (; !*done; turns++) {
        g_usleep(200); /* not to count what we wait for ourselves */
        int64_t begin = g_get_monotonic_time();
        g_main_context_iteration(NULL, false);
        worst = MAX(worst, g_get_monotonic_time() - begin);
    }
    g_source_remove(limit);
    g_test_message("longest turn of the loop during a reload: %.1f ms", (double)worst / 1000);
    return turns;
}

static void test_reload(void)
{
    enum { N = 40 };
    ReaderPool *p = new_pool(2, 10);
    g_autofree Told *t = g_new0(Told, N);
    for (size_t k = 0; k < N; k++)
        put_message(p, plain, k % 2, true, &t[k]);
    wait_told(t, 2);
    g_autoptr(GError) error = NULL;
    Reloaded r = {0};
    g_assert_true(reader_pool_reload(p, NULL, on_reloaded, &r, &error));
    g_assert_no_error(error);
    g_assert_false(r.done);
    g_assert_cmpuint(turn_until(&r.done), >, 20); /* it does not stand still meanwhile */
    g_assert_null(r.error);
    wait_told(t, N);
    for (size_t k = 0; k < N; k++) {
        g_assert_no_error(t[k].error);
        g_assert_cmpstr(t[k].result->why, ==, "");
        told_clear(&t[k]);
    }
    g_autoptr(GArray) parents = children_of(getpid());
    for (; parents->len > 1; parents = children_of(getpid())) { /* until the old one is gone */
        g_array_unref(parents);
        g_main_context_iteration(NULL, true);
    }
    reader_pool_free(p);
    assert_no_children();
}

static void link_config(const char *dir, const char *file)
{
    g_autofree char *from = g_build_filename(TEST_ROOT "/config", file, NULL);
    g_autofree char *to = g_build_filename(dir, file, NULL);
    g_assert_cmpint(symlink(from, to), ==, 0);
}

static void unlink_config(const char *dir, const char *file)
{
    g_autofree char *path = g_build_filename(dir, file, NULL);
    g_assert_cmpint(unlink(path), ==, 0);
}

/* What rules need beside them. */
static void each_beside_rules(const char *dir, void (*act)(const char *dir, const char *file))
{
    act(dir, "forms.conf");
    for (int i = 0; i < MODEL_COUNT; i++)
        act(dir, rule_model_file((RuleModel)i));
}

static bool admit_none(const char *rules_version, void *user, GError **error)
{
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, rules_version);
    return false;
}

/* Rules that do not load are said, and what ran goes on; freed half-way, nothing is told. */
static void test_reload_refused(void)
{
    g_autofree char *dir = g_dir_make_tmp("pool-XXXXXX", NULL);
    g_autofree char *rules = g_build_filename(dir, "rules", NULL);
    g_autofree char *program = test_program("iecd-reader-test");
    g_assert_cmpint(symlink(TEST_ROOT "/config/rules", rules), ==, 0);
    each_beside_rules(dir, link_config);
    const ReaderPoolConfig config = {program, dir, 1, 1, 10, 20};
    ReaderPool *p = reader_pool_new(&config, NULL);
    g_assert_nonnull(p);
    g_assert_cmpint(unlink(rules), ==, 0);
    Reloaded r = {0}, never = {0};
    g_assert_true(reader_pool_reload(p, NULL, on_reloaded, &r, NULL));
    turn_until(&r.done);
    g_assert_nonnull(strstr(r.error, "rules"));
    g_free(r.error);
    Told t = {0};
    put_message(p, plain, false, true, &t);
    wait_told(&t, 1);
    g_assert_nonnull(t.result->facts);
    told_clear(&t);
    /* Rules that load but may not be taken are said, too. */
    g_assert_cmpint(symlink(TEST_ROOT "/config/rules", rules), ==, 0);
    g_autofree char *version = g_strdup(reader_pool_rules_version(p));
    r = (Reloaded){0};
    g_assert_true(reader_pool_reload(p, admit_none, on_reloaded, &r, NULL));
    turn_until(&r.done);
    g_assert_cmpstr(r.error, ==, version);
    g_free(r.error);
    g_assert_cmpint(unlink(rules), ==, 0);
    g_assert_true(reader_pool_reload(p, NULL, on_reloaded, &never, NULL));
    reader_pool_free(p);
    while (g_main_context_iteration(NULL, false))
        ;
    g_assert_false(never.done);
    assert_no_children();
    each_beside_rules(dir, unlink_config);
    g_assert_cmpint(rmdir(dir), ==, 0);
}

static unsigned open_descriptors(void)
{
    unsigned n = 0;
    g_autoptr(GDir) d = g_dir_open("/proc/self/fd", 0, NULL);
    while (g_dir_read_name(d))
        n++;
    return n;
}

/* Freed in the middle of everything: no process, no descriptor stays, no callback comes. */
static void test_free_at_work(void)
{
    g_main_context_iteration(NULL, false); /* which opens a descriptor of its own once */
    unsigned before = open_descriptors();
    Told t[20] = {0};
    g_autofree char *hang = hooked("hang");
    ReaderPool *p = new_pool(2, 10);
    for (size_t k = 0; k < G_N_ELEMENTS(t); k++)
        put_message(p, hang, k % 2, true, &t[k]);
    for (unsigned k = 0; k < 30; k++)
        g_main_context_iteration(NULL, false);
    reader_pool_free(p);
    assert_no_children();
    g_assert_cmpuint(open_descriptors(), ==, before);
    while (g_main_context_iteration(NULL, false))
        ;
    for (size_t k = 0; k < G_N_ELEMENTS(t); k++)
        g_assert_false(t[k].done);
}

static void test_no_reader(void)
{
    g_autofree char *program = test_program("no-such-reader");
    g_autofree char *reader = test_program("iecd-reader-test");
    const ReaderPoolConfig configs[] = {
        {.reader_path = program, .config_dir = TEST_ROOT "/config", .children = 1, .wall_s = 1},
        {.reader_path = "/bin/false", .config_dir = TEST_ROOT "/config", .children = 1},
        {.reader_path = reader, .config_dir = TEST_ROOT "/no-such-folder", .children = 1},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(configs); k++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(reader_pool_new(&configs[k], &error));
        g_assert_nonnull(error);
        g_assert_null(strchr(error->message, '\n'));
    }
    assert_no_children();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reader_pool/normal", test_normal);
    g_test_add_func("/reader_pool/documents", test_documents);
    g_test_add_func("/reader_pool/deaths", test_deaths);
    g_test_add_func("/reader_pool/backlog", test_backlog);
    g_test_add_func("/reader_pool/live-among-backlog", test_live_among_backlog);
    g_test_add_func("/reader_pool/parent-dies", test_parent_dies);
    g_test_add_func("/reader_pool/reload", test_reload);
    g_test_add_func("/reader_pool/reload_refused", test_reload_refused);
    g_test_add_func("/reader_pool/free-at-work", test_free_at_work);
    g_test_add_func("/reader_pool/no-reader", test_no_reader);
    return g_test_run();
}
