#include "config/settings.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* With --print-example or --print-manual it prints instead: that is how the files are made. */

static char *read_source(const char *name)
{
    g_autofree char *path = g_build_filename(TEST_ROOT, name, NULL);
    char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, &error));
    return text;
}

static Settings *load_text(const char *text, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("settings-XXXXXX.conf", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    Settings *s = settings_load(path, error);
    g_unlink(path);
    return s;
}

static void test_example_is_checked_in(void)
{
    g_autofree char *example = settings_print_example(), *file = read_source("config/iecd.conf");
    if (strcmp(example, file) != 0)
        g_error("config/iecd.conf is old; make it anew with "
                "build/tests/config/test_settings_print --print-example");
}

static void test_manual_is_checked_in(void)
{
    g_autofree char *table = settings_print_manual(), *page = read_source("man/iecd.conf.5");
    if (!strstr(page, table))
        g_error("man/iecd.conf.5 holds an old table; make it anew with "
                "build/tests/config/test_settings_print --print-manual");
}

/* Compares by printing what matters: every field that the tests below could see differ. */
static char *digest(const Settings *s)
{
    GString *out = g_string_new(NULL);
    const MailboxSettings *box = s->mailboxes->pdata[0];
    g_string_append_printf(out, "%s %s [%s] %s %s %s %d %s\n", s->state_dir, s->run_dir,
                           s->data_dir, s->log_level, s->office_name, s->office_address,
                           s->plus_address, s->return_path);
    g_string_append_printf(out, "%u %s %s %s %s %d\n", s->mailboxes->len, box->name, box->kind,
                           box->path, box->after, (int)box->poll_s);
    g_string_append_printf(out, "%s %s %d %d\n", s->outgoing.kind, s->outgoing.path,
                           (int)s->outgoing.idle_s, s->outgoing.per_minute);
    g_string_append_printf(out, "%d %d %d %d %d %d\n", s->casework.reply_days,
                           (int)s->casework.hold_s, s->casework.hold_working_days,
                           s->casework.post_days, s->casework.post_abroad_days,
                           s->casework.holding_hour);
    g_string_append_printf(out, "%d %d %d %d\n", s->ceilings.per_hour, s->ceilings.per_day,
                           s->ceilings.acknowledgements, s->ceilings.rejections);
    g_string_append_printf(out, "%" G_GINT64_FORMAT " %d %d %d %d %d %" G_GINT64_FORMAT "\n",
                           s->limits.max_message, s->limits.children, s->limits.docs_children,
                           (int)s->limits.wall_s, (int)s->limits.docs_wall_s, s->limits.batch_count,
                           s->limits.batch_bytes);
    return g_string_free(out, FALSE);
}

static void test_example_is_the_default(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *example = settings_print_example();
    g_autoptr(Settings) shown = load_text(example, &error);
    g_assert_no_error(error);
    g_autoptr(Settings) nothing = load_text("", &error);
    g_assert_no_error(error);
    g_autofree char *a = digest(shown), *b = digest(nothing);
    g_assert_cmpstr(a, ==, b);
}

/* Every "#key = value;" outside the server's keys, with its # taken away, is the default. */
static void test_example_uncommented(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *example = settings_print_example();
    g_autoptr(GRegex) server = g_regex_new("^ *#(host|tls|port|ca_file|user|secret_file|auth|helo|"
                                           "idle) = .*\n",
                                           G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GRegex) imap =
        g_regex_new("^    #\\{\n(.*\n)*?    #\\}\n", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GRegex) mark = g_regex_new("^( *)#(?=[a-z_]+ = )", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *one = g_regex_replace_literal(imap, example, -1, 0, "", 0, NULL);
    g_autofree char *two = g_regex_replace_literal(server, one, -1, 0, "", 0, NULL);
    g_autofree char *bare = g_regex_replace(mark, two, -1, 0, "\\1", 0, NULL);
    g_autoptr(Settings) shown = load_text(bare, &error);
    g_assert_no_error(error);
    g_autoptr(Settings) nothing = load_text("", &error);
    g_autofree char *a = digest(shown), *b = digest(nothing);
    g_assert_cmpstr(a, ==, b);
    g_assert_nonnull(strstr(bare, "\nstate_dir = \"/var/lib/iecd\";\n"));
}

/* The commented IMAP and SMTP forms load once their # and the secret's path are seen to. */
static void test_server_forms(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *example = settings_print_example();
    g_autoptr(GRegex) maildir =
        g_regex_new("^    \\{\n(.*\n)*?    \\}\n", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GRegex) path = g_regex_new("^ *#path = .*\n", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GRegex) mark = g_regex_new("^( *)#(?=[a-z_]+ = |[{}]\n)", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *one = g_regex_replace_literal(maildir, example, -1, 0, "", 0, NULL);
    g_autofree char *two = g_regex_replace_literal(path, one, -1, 0, "", 0, NULL);
    g_autofree char *three = g_regex_replace(mark, two, -1, 0, "\\1", 0, NULL);
    char **parts = g_strsplit(three, "kind = \"maildir\"", -1);
    g_autofree char *bare = g_strjoinv("kind = \"smtp\"", parts);
    g_strfreev(parts);
    g_autofree char *folder = g_dir_make_tmp("settings-XXXXXX", NULL);
    g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
    g_autofree char *in = g_build_filename(folder, "iecd_imap", NULL),
                    *out = g_build_filename(folder, "iecd_smtp", NULL);
    g_file_set_contents_full(in, "x\n", -1, 0, 0400, NULL);
    g_file_set_contents_full(out, "x\n", -1, 0, 0400, NULL);
    g_autoptr(Settings) s = load_text(bare, &error);
    g_assert_no_error(error);
    const MailboxSettings *box = s->mailboxes->pdata[0];
    g_assert_cmpstr(box->kind, ==, "imap");
    g_assert_cmpint(box->server.port, ==, 993);
    g_assert_cmpstr(box->server.secret_file, ==, in);
    g_assert_cmpstr(s->outgoing.kind, ==, "smtp");
    g_assert_cmpstr(s->outgoing.server.host, ==, "smtp.example.org");
    g_assert_cmpint(s->outgoing.server.port, ==, 465);
    g_unlink(in);
    g_unlink(out);
    g_rmdir(folder);
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

int main(int argc, char **argv)
{
    if (argc > 1 && g_str_has_prefix(argv[1], "--print-")) {
        g_autofree char *text =
            !strcmp(argv[1], "--print-manual") ? settings_print_manual() : settings_print_example();
        fputs(text, stdout);
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/settings_print/example-is-checked-in", test_example_is_checked_in);
    g_test_add_func("/settings_print/manual-is-checked-in", test_manual_is_checked_in);
    g_test_add_func("/settings_print/example-is-the-default", test_example_is_the_default);
    g_test_add_func("/settings_print/example-uncommented", test_example_uncommented);
    g_test_add_func("/settings_print/server-forms", test_server_forms);
    return g_test_run();
}
