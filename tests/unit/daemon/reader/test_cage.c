/* What a hijacked child can do: nothing. The test build of iecd-reader tries each thing. */
#include "tests/lib/pool_helper.h"

#define FORBIDDEN "signal 31 (a forbidden system call)"
#define AS_HOPED  "ended with status 70"

static ReaderPool *new_pool(void)
{
    g_autofree char *program = test_program("iecd-reader-test");
    const ReaderPoolConfig config = {
        .reader_path = program,
        .config_dir = TEST_ROOT "/config",
        .children = 2,
        .docs_children = 1,
        .wall_s = 90,
        .docs_wall_s = 20,
    };
    g_autoptr(GError) error = NULL;
    ReaderPool *p = reader_pool_new(&config, &error);
    g_assert_no_error(error);
    return p;
}

static void check(ReaderPool *p, const char *word, const char *why)
{
    g_autofree char *text =
        g_strdup_printf("From: a@example.org\r\nX-Iecd-Test: %s\r\n\r\nx\r\n", word);
    Told t = {0};
    put_message(p, text, false, true, &t);
    wait_told(&t, 1);
    g_assert_no_error(t.error);
    if (!strstr(t.result->why, why))
        g_error("%s: why is \"%s\", not \"%s\"", word, t.result->why, why);
    g_assert_true(t.result->document->unreadable);
    told_clear(&t);
}

static void test_forbidden(void)
{
    static const char *const words[] = {"fork",   "exec",  "socket", "kill",
                                        "ptrace", "chmod", "memfd"};
    g_autoptr(ReaderPool) p = new_pool();
    for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
        check(p, words[k], FORBIDDEN);
}

/* Answered, so that libraries go on; but with nothing in it. */
static void test_answered(void)
{
    static const char *const words[] = {"open", "stat", "wx", "prctl", "write-message", "limits"};
    g_autoptr(ReaderPool) p = new_pool();
    for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
        check(p, words[k], AS_HOPED);
}

static void test_processor_time(void)
{
    g_autoptr(ReaderPool) p = new_pool();
    check(p, "loop", "signal 24 (too much processor time)");
}

/* Its socket and its message, and three times /dev/null. */
static void test_descriptors(void)
{
    g_autoptr(ReaderPool) p = new_pool();
    check(p, "descriptors", AS_HOPED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cage/forbidden", test_forbidden);
    g_test_add_func("/cage/answered", test_answered);
    g_test_add_func("/cage/processor-time", test_processor_time);
    g_test_add_func("/cage/descriptors", test_descriptors);
    return g_test_run();
}
