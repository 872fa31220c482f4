#include "config/settings.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef IECD_SANITIZED
/* libconfig 1.5 leaks the text that stood before a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so\n";
}
#endif

static char *folder; /* of this run: conf and the files it names */

static char *in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void put(const char *name, const char *text, gssize length, int mode)
{
    g_autofree char *path = in_folder(name);
    g_assert_true(
        g_file_set_contents_full(path, text, length, G_FILE_SET_CONTENTS_CONSISTENT, mode, NULL));
    g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

/* The text with % for the folder, loaded from DIR/conf. */
static Settings *load(const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "%", -1);
    g_autofree char *whole = g_strjoinv(folder, parts), *path = in_folder("conf");
    put("conf", whole, -1, 0600);
    return settings_load(path, error);
}

/* What a mistake says, with the folder shown as %. */
static char *told(const GError *error)
{
    g_auto(GStrv) parts = g_strsplit(error->message, folder, -1);
    return g_strjoinv("%", parts);
}

#define REASONS_LIST                                                                               \
    "appealable-decision, policy-or-legislation, ombudsman, employment, court, "                   \
    "windrush-compensation, psu-misconduct, data-protection, not-in-remit, no-final-response, "    \
    "out-of-time"

static const struct {
    const char *name, *text, *message;
} BROKEN[] = {
    {"syntax", "log_level = \"info\";\nstate_dir = \n;\n",
     "%/conf:3: syntax error; look for a missing \";\", quote or bracket here or before"},
    {"no-end", "log_level = \"info;\n# more\nrun_dir = \n",
     "%/conf:1: the text that begins here has no end; write the closing quote"},
    {"twice", "log_level = \"info\";\nlog_level = \"debug\";\n",
     "%/conf:2: duplicate setting name; keep one of the two"},
    {"unknown", "colour = 1;\n",
     "%/conf:1: colour: is not a setting; take it out, or see iecd.conf(5)"},
    {"slip", "casework = {\n  reply_day = 5;\n};\n",
     "%/conf:2: casework.reply_day: is not a setting; write casework.reply_days"},
    {"slip-group", "outgoin = { };\n", "%/conf:1: outgoin: is not a setting; write outgoing"},
    {"case", "Log_Level = \"info\";\n", "%/conf:1: Log_Level: is not a setting; write log_level"},
    {"deep", "outgoing = {\n kind = \"maildir\";\n limits = { wall = \"1 s\"; };\n};\n",
     "%/conf:3: outgoing.limits: is not a setting; take it out, or see iecd.conf(5)"},
    {"group-for-value", "log_level = { };\n",
     "%/conf:1: log_level: is a group; write a text in quotes, \"error\", \"warning\", \"info\" or "
     "\"debug\""},
    {"value-for-group", "casework = 5;\n",
     "%/conf:1: casework: is a number; write a group like { "
     "... }"},
    {"number-for-text", "office_name = 5;\n",
     "%/conf:1: office_name: is a number; write a text in quotes"},
    {"text-for-number", "casework = { reply_days = \"5\"; };\n",
     "%/conf:1: casework.reply_days: is a text; write a whole number, from 1 to 60"},
    {"float-for-number", "casework = { reply_days = 5.5; };\n",
     "%/conf:1: casework.reply_days: is a number; write a whole number, from 1 to 60"},
    {"number-for-bool", "plus_address = 1;\n",
     "%/conf:1: plus_address: is a number; write true or false"},
    {"too-small", "casework = { reply_days = 0; };\n",
     "%/conf:1: casework.reply_days: 0 is too small; write a number from 1 to 60"},
    {"too-large", "casework = { reply_days = 61; };\n",
     "%/conf:1: casework.reply_days: 61 is too large; write a number from 1 to 60"},
    {"negative", "ceilings = { per_day = -1; };\n",
     "%/conf:1: ceilings.per_day: -1 is too small; write a number from 1 to 10000"},
    {"cut-by-libconfig",
     "# 12345678901 in a comment is nobody's business\n"
     "casework = { reply_days = 4294967301; };\n",
     "%/conf:2: 4294967301: the number is too long; write at most 9 digits, and sizes and times "
     "in quotes with their unit"},
    {"cut-hexadecimal", "/* 12345678901\n */ casework = { reply_days = 0x100000005; };\n",
     "%/conf:2: 0x100000005: the number is too long; write at most 9 digits, and sizes and times "
     "in quotes with their unit"},
    {"no-unit", "limits = { wall = 5; };\n",
     "%/conf:1: limits.wall: is a number; write a time in quotes with its unit, from 1 s to 10 "
     "min"},
    {"bad-unit", "limits = { wall = \"5 m\"; };\n",
     "%/conf:1: limits.wall: \"5 m\" is not a time; write a number and s, min, h or days, from 1 "
     "s to 10 min"},
    {"negative-time", "limits = { wall = \"-5 s\"; };\n",
     "%/conf:1: limits.wall: \"-5 s\" is not a time; write a number and s, min, h or days, from "
     "1 s to 10 min"},
    {"long-time", "limits = { wall = \"11 min\"; };\n",
     "%/conf:1: limits.wall: 11 min is too large; write a time in quotes from 1 s to 10 min"},
    {"huge-time", "limits = { wall = \"99999999999999999999 s\"; };\n",
     "%/conf:1: limits.wall: \"99999999999999999999 s\" is not a time; write a number and s, min, "
     "h or days, from 1 s to 10 min"},
    {"bad-size", "limits = { max_message = \"50 MB\"; };\n",
     "%/conf:1: limits.max_message: \"50 MB\" is not a size; write a number and B, KiB, MiB or "
     "GiB, from 64 KiB to 1 GiB"},
    {"large-size", "limits = { max_message = \"2 GiB\"; };\n",
     "%/conf:1: limits.max_message: 2 GiB is too large; write a size in quotes from 64 KiB to 1 "
     "GiB"},
    {"choice", "log_level = \"loud\";\n",
     "%/conf:1: log_level: \"loud\" is not known; write \"error\", \"warning\", \"info\" or "
     "\"debug\""},
    {"empty", "state_dir = \"\";\n",
     "%/conf:1: state_dir: is empty; write a value, or take the line out for the default"},
    {"relative", "state_dir = \"var\";\n",
     "%/conf:1: state_dir: \"var\" is not a whole path; write one that begins with /"},
    {"long-run-dir",
     "run_dir = "
     "\"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaa\";\n",
     "%/conf:1: run_dir: is 96 bytes long; write at most 90"},
    {"line-break", "office_name = \"Office\\nBcc: x@example.org\";\n",
     "%/conf:1: office_name: \"Office\\nBcc: x@example.org\" holds a control character; write "
     "plain text"},
    {"address", "office_address = \"Office <iec@example.org>\";\n",
     "%/conf:1: office_address: \"Office <iec@example.org>\" is not one plain address; write one "
     "like \"office@example.org\""},
    {"address-inject", "office_address = \"a@example.org\\r\\nRCPT TO:<b@example.org>\";\n",
     "%/conf:1: office_address: \"a@example.org\\r\\nRCPT TO:<b@example.org>\" holds a control "
     "character; write plain text"},
    {"return-path", "return_path = \"<>\";\n",
     "%/conf:1: return_path: \"<>\" is not one plain address; write \"null\" or one like "
     "\"bounces@example.org\""},
    {"list", "own_addresses = \"a@example.org\";\n",
     "%/conf:1: own_addresses: is a text; write a list of texts like [ \"a\", \"b\" ]"},
    {"list-entry", "own_addresses = [ \"a@example.org\", \"b\" ];\n",
     "%/conf:1: own_addresses: \"b\" is not one plain address; write one like "
     "\"office@example.org\""},
    {"list-number", "own_addresses = ( \"a@example.org\", 5 );\n",
     "%/conf:1: own_addresses: entry 2 is not a text; write a list of texts like [ \"a\", \"b\" ]"},
    {"reason", "casework = { reviewed = [ \"late\" ]; };\n",
     "%/conf:1: casework.reviewed: \"late\" is not a reason of policy section 5; write some "
     "of " REASONS_LIST},
    {"data-dir", "data_dir = \"%/none\";\n",
     "%/conf:1: data_dir: %/none is not a folder; write where rules/ and templates/ are"},
    {"include", "log_level = \"info\";\n@include \"/etc/passwd\"\n",
     "%/conf:2: @include is not taken; write the settings here"},
    {"hold", "casework = {\n reply_days = 2;\n hold_working_days = 2;\n};\n",
     "%/conf:3: casework.hold_working_days: 2 would hold a rejection past its deadline; write "
     "less than reply_days, 2"},
    {"hold-default", "casework = {\n reply_days = 1;\n};\n",
     "%/conf:1: casework.hold_working_days: 1 would hold a rejection past its deadline; write "
     "less than reply_days, 1"},
    {"ceilings", "ceilings = { per_hour = 6; per_day = 5; };\n",
     "%/conf:1: ceilings.per_hour: 6 is more than per_day; write at most 5"},
    {"no-mailbox", "mailboxes = ( );\n", "%/conf:1: mailboxes: has 0 entries; write from 1 to 50"},
    {"mailbox-text", "mailboxes = ( \"a\" );\n",
     "%/conf:1: mailboxes[0]: is a text; write a group like { name = \"a\"; ... }"},
    {"mailbox-group", "mailboxes = { name = \"a\"; };\n",
     "%/conf:1: mailboxes: is a group; write a list of groups like ( { name = \"a\"; ... } )"},
    {"mailbox-bare", "mailboxes = (\n  { }\n);\n",
     "%/conf:2: mailboxes[0].name: is not set; write what logs are to call this mailbox\n"
     "%/conf:2: mailboxes[0].kind: is not set; write \"maildir\" or \"imap\""},
    {"port",
     "mailboxes = (\n { name = \"a\"; kind = \"imap\"; host = \"localhost\";\n"
     "   port = 99999; }\n);\n",
     "%/conf:3: mailboxes[0].port: 99999 is too large; write a number from 1 to 65535"},
    {"port-zero",
     "mailboxes = ( { name = \"a\"; kind = \"imap\"; host = \"localhost\"; port = 0; "
     "} );\n",
     "%/conf:1: mailboxes[0].port: 0 is too small; write a number from 1 to 65535"},
    {"no-host", "mailboxes = (\n { name = \"a\";\n kind = \"imap\"; }\n);\n",
     "%/conf:2: mailboxes[0].host: is not set; write the server's name"},
    {"bad-host", "mailboxes = ( { name = \"a\"; kind = \"imap\"; host = \"a/b\"; } );\n",
     "%/conf:1: mailboxes[0].host: \"a/b\" is not the name of a host; write one like "
     "\"mail.example.org\""},
    {"bad-name", "mailboxes = ( { name = \"a b\"; kind = \"maildir\"; } );\n",
     "%/conf:1: mailboxes[0].name: \"a b\" is not a plain name; write letters, digits, \".\", "
     "\"-\" and \"_\""},
    {"two-names",
     "mailboxes = (\n { name = \"a\"; kind = \"maildir\"; path = \"/m/1\"; },\n"
     " { name = \"a\"; kind = \"maildir\"; path = \"/m/2\"; }\n);\n",
     "%/conf:3: mailboxes[1].name: \"a\" is the name of another mailbox; write a new one"},
    {"two-folders",
     "mailboxes = (\n { name = \"a\"; kind = \"maildir\"; },\n"
     " { name = \"b\"; kind = \"maildir\"; }\n);\n",
     "%/conf:3: mailboxes[1].path: this mailbox stands here already as mailboxes[0]; keep one"},
    {"two-servers",
     "mailboxes = (\n { name = \"a\"; kind = \"imap\"; host = \"h.example\"; },\n"
     " { name = \"b\"; kind = \"imap\"; host = \"H.example\"; }\n);\n",
     "%/conf:3: mailboxes[1].name: this mailbox stands here already as mailboxes[0]; keep one"},
    {"round",
     "mailboxes = ( { name = \"a\"; kind = \"maildir\"; path = \"/m\"; } );\n"
     "outgoing = { path = \"/m/\"; };\n",
     "%/conf:1: mailboxes[0].path: is where replies are written; write another folder"},
    {"one-folder",
     "mailboxes = (\n { name = \"a\"; kind = \"maildir\"; path = \"/m\"; },\n"
     " { name = \"b\"; kind = \"maildir\"; path = \"//m/\"; }\n);\n",
     "%/conf:3: mailboxes[1].path: this mailbox stands here already as mailboxes[0]; keep one"},
    {"wrong-kind",
     "mailboxes = (\n { name = \"a\"; kind = \"maildir\";\n   after = \"move\"; }\n);\n",
     "%/conf:3: mailboxes[0].after: is for kind = \"imap\"; take it out"},
    {"wrong-outgoing", "outgoing = {\n host = \"smtp.example\";\n};\n",
     "%/conf:2: outgoing.host: is for kind = \"smtp\"; take it out"},
    {"bad-kind-says-one", "outgoing = {\n kind = \"post\";\n host = \"smtp.example\";\n};\n",
     "%/conf:2: outgoing.kind: \"post\" is not known; write \"maildir\" or \"smtp\""},
    {"clear", "outgoing = {\n kind = \"smtp\"; host = \"smtp.example\";\n tls = \"none\";\n};\n",
     "%/conf:3: outgoing.tls: \"none\" would send the password in clear to smtp.example; write "
     "\"implicit\" or \"starttls\""},
    {"clear-lookalike",
     "outgoing = { kind = \"smtp\"; host = \"127.example\"; tls = \"none\"; };\n",
     "%/conf:1: outgoing.tls: \"none\" would send the password in clear to 127.example; write "
     "\"implicit\" or \"starttls\""},
    {"ca-file", "outgoing = { kind = \"smtp\"; host = \"s.example\"; ca_file = \"%/ca.pem\"; };\n",
     "%/conf:1: outgoing.ca_file: %/ca.pem is not a file; write where it is"},
    {"move-to-itself",
     "mailboxes = ( { name = \"a\"; kind = \"imap\"; host = \"localhost\"; move_to = \"INBOX\"; } "
     ");\n",
     "%/conf:1: mailboxes[0].move_to: is the mailbox itself; write another folder"},
    {"keyword",
     "mailboxes = ( { name = \"a\"; kind = \"imap\"; host = \"localhost\"; keyword = \"\\\\Seen\"; "
     "} );\n",
     "%/conf:1: mailboxes[0].keyword: \"\\\\Seen\" is not a keyword of IMAP; write one like "
     "\"$IecdTaken\""},
    {"password", "outgoing = { kind = \"smtp\"; host = \"s.example\";\n password = \"x\"; };\n",
     "%/conf:2: outgoing.password: a password may not stand in this file; put it into a file of "
     "its own that only iecd can read, and write secret_file = \"/path/of/it\""},
    {"user-alone", "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"iec\"; };\n",
     "%/conf:1: outgoing.secret_file: is not set, but user is; write where the password is"},
    {"secret-alone",
     "outgoing = { kind = \"smtp\"; host = \"s.example\"; secret_file = \"%/good\"; };\n",
     "%/conf:1: outgoing.user: is not set, but secret_file is; write the name to log in with"},
    {"secret-missing",
     "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"iec\";\n"
     " secret_file = \"%/none\"; };\n",
     "%/conf:2: outgoing.secret_file: %/none: No such file or directory; put the password there, "
     "for iecd alone to read"},
    {"secret-credential",
     "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"iec\";\n"
     " secret_file = \"none\"; };\n",
     "%/conf:2: outgoing.secret_file: %/credentials/none: No such file or directory; put the "
     "password there, for iecd alone to read"},
    {"secret-open",
     "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"iec\"; secret_file = "
     "\"%/open\"; "
     "};\n",
     "%/conf:1: outgoing.secret_file: %/open is open to every user; take that away with chmod o= "
     "%/open"},
    {"secret-empty",
     "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"iec\"; secret_file = "
     "\"%/empty\"; };\n",
     "%/conf:1: outgoing.secret_file: %/empty is empty; put the password there, in one line"},
    {"secret-fifo",
     "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"iec\"; secret_file = "
     "\"%/fifo\"; "
     "};\n",
     "%/conf:1: outgoing.secret_file: %/fifo is not an ordinary file; write where the password "
     "is"},
    {"secret-form",
     "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"iec\"; secret_file = \"a/b\"; "
     "};\n",
     "%/conf:1: outgoing.secret_file: \"a/b\" is neither a name nor a whole path; write the name "
     "of a systemd credential, or a path that begins with /"},
    {"all-at-once",
     "colour = 1;\nlog_level = \"loud\";\nlimits = {\n wall = \"0 s\";\n};\n"
     "mailboxes = (\n { name = \"a\"; kind = \"imap\"; }\n);\nceilings = { per_hour = 30; };\n",
     "%/conf:1: colour: is not a setting; take it out, or see iecd.conf(5)\n"
     "%/conf:2: log_level: \"loud\" is not known; write \"error\", \"warning\", \"info\" or "
     "\"debug\"\n"
     "%/conf:4: limits.wall: 0 s is too small; write a time in quotes from 1 s to 10 min\n"
     "%/conf:7: mailboxes[0].host: is not set; write the server's name\n"
     "%/conf:9: ceilings.per_hour: 30 is more than per_day; write at most 20"},
};

static void test_broken(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(BROKEN); n++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Settings) s = load(BROKEN[n].text, &error);
        g_autofree char *message = error ? told(error) : g_strdup("(no mistake)");
        if (s || strcmp(message, BROKEN[n].message) != 0)
            g_error("case %s: got\n%s\nwanted\n%s", BROKEN[n].name, message, BROKEN[n].message);
    }
}

static void test_files_that_are_none(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *missing = in_folder("missing"), *fifo = in_folder("fifo"),
                    *bytes = in_folder("bytes"), *nul = in_folder("nul"), *big = in_folder("big");
    put("bytes", "log_level = \"info\";\n# caf\xe9\n", -1, 0600);
    put("nul", "log_level = \"info\";\n\0", 21, 0600);
    g_autofree char *much = g_malloc(2 << 20);
    memset(much, '\n', 2 << 20);
    put("big", much, 2 << 20, 0600);
    const struct {
        const char *path, *message;
    } CASES[] = {
        {missing, "%/missing: cannot be read: No such file or directory; name the settings with "
                  "--config FILE"},
        {fifo, "%/fifo: is not an ordinary file; name one with --config FILE"},
        {folder, "%: is not an ordinary file; name one with --config FILE"},
        {bytes, "%/bytes:2: holds bytes that are not UTF-8 text; write plain text"},
        {nul, "%/nul:2: holds bytes that are not UTF-8 text; write plain text"},
        {big, "%/big: is larger than 1 MiB; write only settings there"},
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_assert_null(settings_load(CASES[n].path, &error));
        g_assert_nonnull(error);
        g_autofree char *message = told(error);
        g_assert_cmpstr(message, ==, CASES[n].message);
        g_clear_error(&error);
    }
}

static void test_values(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) s = load(
        "state_dir = \"/srv/iecd\";\n"
        "own_addresses = ( \"a@example.org\", \"b@example.org\" );\n"
        "trusted_authserv = [ \"mx.example.org\" ];\n"
        "plus_address = true;\n"
        "return_path = \"bounces@example.org\";\n"
        "mailboxes = (\n"
        " { name = \"one\"; kind = \"imap\"; host = \"::1\"; tls = \"none\"; user = \"u\";\n"
        "   secret_file = \"%/good\"; ca_file = \"%/good\"; after = \"leave\"; idle = false; poll "
        "= "
        "\"2 min\"; },\n"
        " { name = \"two\"; kind = \"maildir\"; poll = \"1 s\"; }\n"
        ");\n"
        "outgoing = { kind = \"smtp\"; host = \"smtp.example.org\"; tls = \"starttls\"; user = "
        "\"u\"; secret_file = \"named\"; idle = \"5 min\"; };\n"
        "casework = { hold = \"2 h\"; reviewed = [ \"court\", \"out-of-time\" ]; };\n"
        "limits = { max_message = \"1 MiB\"; batch_bytes = \"65536 B\"; wall = \"1min\"; };\n",
        &error);
    g_assert_no_error(error);
    const MailboxSettings *one = s->mailboxes->pdata[0], *two = s->mailboxes->pdata[1];
    g_autofree char *good = in_folder("good"), *named = in_folder("credentials/named");
    g_assert_cmpstr(s->own_addresses[1], ==, "b@example.org");
    g_assert_null(s->own_addresses[2]);
    g_assert_cmpstr(s->trusted_authserv[0], ==, "mx.example.org");
    g_assert_true(s->plus_address);
    g_assert_cmpstr(one->server.secret_file, ==, good);
    g_assert_cmpint(one->server.port, ==, 143);
    g_assert_false(one->idle);
    g_assert_cmpint(one->poll_s, ==, 120);
    g_assert_cmpstr(one->mailbox, ==, "INBOX");
    g_assert_cmpstr(two->path, ==, "/srv/iecd/incoming");
    g_assert_cmpstr(s->outgoing.server.secret_file, ==, named);
    g_assert_cmpint(s->outgoing.server.port, ==, 587);
    g_assert_cmpint(s->outgoing.idle_s, ==, 300);
    g_assert_cmpint(s->casework.hold_s, ==, 7200);
    g_assert_cmpstr(s->casework.reviewed[1], ==, "out-of-time");
    g_assert_cmpint(s->limits.max_message, ==, 1 << 20);
    g_assert_cmpint(s->limits.batch_bytes, ==, 65536);
    g_assert_cmpint(s->limits.wall_s, ==, 60);
}

static void test_defaults(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) s = load("", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(s->mailboxes->len, ==, 1);
    const MailboxSettings *box = s->mailboxes->pdata[0];
    g_assert_cmpstr(box->kind, ==, "maildir");
    g_assert_cmpstr(box->path, ==, "/var/lib/iecd/incoming");
    g_assert_cmpstr(s->outgoing.kind, ==, "maildir");
    g_assert_cmpstr(s->outgoing.path, ==, "/var/lib/iecd/outgoing");
    g_assert_cmpint(s->casework.reply_days, ==, 5);
    g_assert_cmpint(s->casework.hold_working_days, ==, 1);
    g_assert_cmpint(s->limits.max_message, ==, 50 << 20);
    g_assert_null(s->casework.reviewed[0]);
}

static void test_without_secrets(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = in_folder("conf");
    put("conf",
        "outgoing = { kind = \"smtp\"; host = \"s.example\"; user = \"u\"; secret_file = "
        "\"none\"; };\n",
        -1, 0600);
    g_assert_null(settings_load(path, &error));
    g_clear_error(&error);
    g_autoptr(Settings) s = settings_load_without_secrets(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(s->outgoing.server.secret_file, ==, "none");
}

/* Any cut and any changed byte of a good file ends in settings or in a message, never worse. */
static void test_mangled(void)
{
    g_autofree char *file = g_build_filename(TEST_ROOT, "config/iecd.conf", NULL), *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(file, &text, &length, NULL));
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    g_autofree char *path = in_folder("mangled");
    for (int n = 0; n < 300; n++) {
        g_autofree char *copy = g_memdup2(text, length);
        g_autoptr(GError) error = NULL;
        gsize cut = (gsize)g_rand_int_range(rand, 0, (gint32)length);
        for (int k = 0; k < 4; k++)
            copy[g_rand_int_range(rand, 0, (gint32)length)] = "{}();=\"#@\\\n0"[n % 12];
        for (gsize k = 0; k < length; k++)
            if (copy[k] == '#' && n % 2 && g_rand_boolean(rand))
                copy[k] = ' ';
        put("mangled", copy, (gssize)(n % 3 ? length : cut), 0600);
        g_autoptr(Settings) s = settings_load(path, &error);
        g_assert_true((s == NULL) == (error != NULL));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("settings-XXXXXX", NULL);
    g_autofree char *credentials = in_folder("credentials"), *fifo = in_folder("fifo");
    g_mkdir(credentials, 0700);
    g_setenv("CREDENTIALS_DIRECTORY", credentials, TRUE);
    put("credentials/named", "secret\n", -1, 0400);
    put("good", "secret\n", -1, 0600);
    put("open", "secret\n", -1, 0604);
    put("empty", "", -1, 0600);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_test_add_func("/settings/broken", test_broken);
    g_test_add_func("/settings/files-that-are-none", test_files_that_are_none);
    g_test_add_func("/settings/values", test_values);
    g_test_add_func("/settings/defaults", test_defaults);
    g_test_add_func("/settings/without-secrets", test_without_secrets);
    g_test_add_func("/settings/mangled", test_mangled);
    int status = g_test_run();
    static const char *const FILES[] = {"credentials/named",
                                        "credentials",
                                        "good",
                                        "open",
                                        "empty",
                                        "fifo",
                                        "conf",
                                        "bytes",
                                        "nul",
                                        "big",
                                        "mangled",
                                        ""};
    for (unsigned n = 0; n < G_N_ELEMENTS(FILES); n++) {
        g_autofree char *path = in_folder(FILES[n]);
        g_remove(path);
    }
    g_free(folder);
    return status;
}
