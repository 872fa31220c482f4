/* The pool and its readers under the system call filter of systemd/iecd.service. */
#include "tests/lib/pool_helper.h"
#include <errno.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const char message[] = "From: a@example.org\r\nTo: iec@homeoffice.gov.uk\r\n"
                              "Subject: under the filter\r\n\r\nI complain about a delay.\r\n";

/* systemd's sets by name, as `systemd-analyze syscall-filter` prints them. */
static GHashTable *read_sets(void)
{
    g_autofree char *out = NULL;
    int status;
    const char *const argv[] = {"systemd-analyze", "--no-pager", "syscall-filter", NULL};
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &out, NULL, &status, NULL))
        return NULL;
    GHashTable *sets =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    GPtrArray *set = NULL;
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    for (char **l = lines; *l; l++) {
        if (**l == '@') {
            set = g_ptr_array_new_with_free_func(g_free);
            g_hash_table_insert(sets, g_strdup(*l), set);
        } else if (set && **l == ' ' && !strchr(*l, '#')) {
            g_ptr_array_add(set, g_strdup(g_strstrip(*l)));
        }
    }
    return sets;
}

static void apply(GHashTable *sets, GHashTable *calls, const char *name, bool allow)
{
    GPtrArray *set = *name == '@' ? g_hash_table_lookup(sets, name) : NULL;
    g_assert_true(*name != '@' || set);
    for (unsigned k = 0; set && k < set->len; k++)
        apply(sets, calls, set->pdata[k], allow);
    if (*name == '@')
        return;
    if (allow)
        g_hash_table_add(calls, g_strdup(name));
    else
        g_hash_table_remove(calls, name);
}

/* What the unit allows: its lines in order, a leading ~ taking away. */
static GHashTable *allowed_calls(GHashTable *sets)
{
    GHashTable *calls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    apply(sets, calls, "@default", true);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(TEST_ROOT "/systemd/iecd.service", &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++) {
        if (!g_str_has_prefix(*l, "SystemCallFilter="))
            continue;
        const char *value = strchr(*l, '=') + 1;
        bool allow = *value != '~';
        g_auto(GStrv) names = g_strsplit(value + !allow, " ", -1);
        for (char **n = names; *n; n++)
            apply(sets, calls, *n, allow);
    }
    return calls;
}

/* MemoryDenyWriteExecute=yes, as systemd makes it. */
static void deny_write_execute(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp both = {2, SCMP_CMP_MASKED_EQ, 6, 6}, run = {2, SCMP_CMP_MASKED_EQ, 4, 4};
    struct scmp_arg_cmp not_both[] = {{2, SCMP_CMP_MASKED_EQ, 4, 0}, {2, SCMP_CMP_MASKED_EQ, 6, 4}};
    g_assert_cmpint(
        seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(mmap), 1, &both), ==, 0);
    for (size_t k = 0; k < G_N_ELEMENTS(not_both); k++)
        g_assert_cmpint(
            seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &not_both[k]), ==, 0);
    g_assert_cmpint(
        seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(mprotect), 1, &run), ==, 0);
    g_assert_cmpint(
        seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &not_both[0]), ==, 0);
}

static void enter_filter(GHashTable *calls)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    GHashTableIter i;
    void *name;
    g_hash_table_iter_init(&i, calls);
    while (g_hash_table_iter_next(&i, &name, NULL)) {
        int call = seccomp_syscall_resolve_name(name);
        bool own_rule = call == SCMP_SYS(mmap) || call == SCMP_SYS(mprotect);
        if (call != __NR_SCMP_ERROR && !own_rule)
            g_assert_cmpint(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0), ==, 0);
    }
    deny_write_execute(filter);
    g_assert_cmpint(seccomp_load(filter), ==, 0); /* and no new privileges */
    seccomp_release(filter);
}

/* In a process of its own: what is closed stays closed. */
static int read_under_filter(GHashTable *calls)
{
    /* As the unit does; no new privileges keep a root's programs from getting them back. */
    struct __user_cap_header_struct who = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capset, &who, none) < 0)
        return 2;
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* its leak check needs ptrace */
    enter_filter(calls);
    g_autofree char *program = test_program("iecd-reader");
    const ReaderPoolConfig config = {
        .reader_path = program,
        .config_dir = TEST_ROOT "/config",
        .children = 1,
        .docs_children = 1,
        .wall_s = 10,
        .docs_wall_s = 20,
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(ReaderPool) p = reader_pool_new(&config, &error);
    if (!p) {
        fprintf(stderr, "# %s\n", error->message);
        return 3;
    }
    Told t = {0};
    put_message(p, message, false, true, &t);
    wait_told(&t, 1);
    bool read = t.result && t.result->facts && !t.result->document->unreadable;
    if (!read)
        fprintf(stderr, "# %s\n", t.result ? t.result->why : t.error->message);
    told_clear(&t);
    return read ? 0 : 4;
}

static void test_unit_filter(void)
{
    g_autoptr(GHashTable) sets = read_sets();
    if (!sets || !g_hash_table_contains(sets, "@system-service")) {
        g_test_skip("systemd-analyze is not here to say what its sets hold");
        return;
    }
    g_autoptr(GHashTable) calls = allowed_calls(sets);
    g_assert_true(g_hash_table_contains(calls, "read"));
    g_assert_false(g_hash_table_contains(calls, "mount"));
    pid_t pid = fork();
    if (pid == 0)
        _exit(read_under_filter(calls));
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/unit_filter/reads", test_unit_filter);
    return g_test_run();
}
