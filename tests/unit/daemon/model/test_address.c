#include "daemon/model/address.h"
#include <glib.h>
#include <string.h>

static void test_good(void)
{
    static const char *const GOOD[] = {
        "a@example.org",
        "First.Last@Example.ORG",
        "o'brien+tag@mail.example.co.uk",
        "x!#$%&'*+-/=?^_`{|}~@example.net",
        "iec+26-000123.k1.abcdefghijklmnopqrst@example.org",
        "a@xn--bcher-kva.example",
        "a@1.example",
        "someone@localhost",
    };
    for (size_t n = 0; n < G_N_ELEMENTS(GOOD); n++)
        if (!addr_ok(GOOD[n]))
            g_error("refused: %s", GOOD[n]);
}

/* Each would end, split or bend an SMTP command or a header line. */
static void test_bad(void)
{
    static const char *const BAD[] = {
        "",
        "@",
        "a@",
        "@example.org",
        "a",
        "a@b@example.org",
        "\"x>\r\n RCPT TO:<victim@example.net>\r\n \"@a.example",
        "a@example.org\r\nRCPT TO:<victim@example.net>",
        "a\n@example.org",
        "a\r@example.org",
        "a@example.org\n",
        "a@example.org>",
        "<a@example.org>",
        "a@example.org> NOTIFY=SUCCESS",
        "a b@example.org",
        "a@exa mple.org",
        " a@example.org",
        "a@example.org ",
        "\"a\"@example.org",
        "\"a b\"@example.org",
        "a(comment)@example.org",
        "a@(comment)example.org",
        "a,b@example.org",
        "a;b@example.org",
        "a:b@example.org",
        "group:a@example.org;",
        "a\\@example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a@.example.org",
        "a@example.org.",
        "a@example..org",
        "a@-example.org",
        "a@example-.org",
        "a@exam_ple.org",
        "a@[192.0.2.1]",
        "a@192.0.2.1",
        "a@[IPv6:2001:db8::1]",
        "\xc3\xa9@example.org",
        "a@ex\xc3\xa4mple.org",
        "a\x7f@example.org",
        "a\x01@example.org",
        "a\t@example.org",
        "<>",
        "@relay.example:a@example.org",
        "a%b@relay.example@example.org",
    };
    for (size_t n = 0; n < G_N_ELEMENTS(BAD); n++)
        if (addr_ok(BAD[n]))
            g_error("let through: %s", g_strescape(BAD[n], NULL));
    g_assert_false(addr_ok(NULL));
}

/* "n times 'a'" @ labels. */
static char *sized(size_t local, size_t label, size_t labels)
{
    GString *s = g_string_new(NULL);
    for (size_t n = 0; n < local; n++)
        g_string_append_c(s, 'a');
    for (size_t l = 0; l < labels; l++) {
        g_string_append_c(s, l ? '.' : '@');
        for (size_t n = 0; n < label; n++)
            g_string_append_c(s, 'b');
    }
    return g_string_free(s, FALSE);
}

static void test_limits(void)
{
    static const struct {
        size_t local, label, labels;
        bool ok;
    } CASES[] = {
        {64, 10, 2, true},  {65, 10, 2, false},  {1, 63, 2, true},      {1, 64, 2, false},
        {62, 63, 3, true},  {63, 63, 3, false},  {1, 1, 126, true},     {1, 1, 127, false},
        {64, 63, 4, false}, {1, 63, 100, false}, {100000, 1, 1, false},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autofree char *a = sized(CASES[n].local, CASES[n].label, CASES[n].labels);
        if (addr_ok(a) != CASES[n].ok)
            g_error("case %zu (%zu bytes): %d", n, strlen(a), !CASES[n].ok);
    }
}

/* Only the bytes of atext, '.', '@' and LDH may stand in an address that passed. */
static void test_every_byte(void)
{
    for (int c = 1; c < 256; c++) {
        char local[] = "axb@example.org", domain[] = "a@exXmple.org";
        local[1] = domain[4] = (char)c;
        bool atext = c < 128 && (g_ascii_isalnum(c) || strchr("!#$%&'*+-/=?^_`{|}~.", c));
        bool ldh = c < 128 && (g_ascii_isalnum(c) || c == '-' || c == '.');
        if (addr_ok(local) != atext || addr_ok(domain) != ldh)
            g_error("byte 0x%02x", (unsigned)c);
    }
}

static void test_equal(void)
{
    g_assert_true(addr_equal("A@Example.org", "a@example.ORG"));
    g_assert_false(addr_equal("a@example.org", "b@example.org"));
    g_assert_false(addr_equal(NULL, "a@example.org"));
    g_assert_false(addr_equal("a@example.org", NULL));
}

static void test_robots(void)
{
    static const char *const ROBOTS[] = {
        "mailer-daemon@example.org", "MAILER-DAEMON@example.org", "postmaster@example.org",
        "no-reply@example.org",      "noreply@example.org",       "No_Reply@example.org",
        "do.not.reply@example.org",  "donotreply@example.org",    "visas-noreply@example.org",
        "noreply+123@example.org",   "noreply2@example.org",      "bounces+17-a=b@example.org",
        "list-bounces@example.org",  "list-request@example.org",  "owner-list@example.org",
    };
    static const char *const PEOPLE[] = {
        "a@example.org",       "eleanor.eply@example.org", "owner@example.org",
        "reply@example.org",   "m.post@example.org",       "noreen.reply@example.org",
        "request@example.org",
    };
    for (size_t n = 0; n < G_N_ELEMENTS(ROBOTS); n++)
        if (!addr_is_robot(ROBOTS[n]))
            g_error("not seen as a robot: %s", ROBOTS[n]);
    for (size_t n = 0; n < G_N_ELEMENTS(PEOPLE); n++)
        if (addr_is_robot(PEOPLE[n]))
            g_error("taken for a robot: %s", PEOPLE[n]);
    g_assert_false(addr_is_robot(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address/good", test_good);
    g_test_add_func("/address/bad", test_bad);
    g_test_add_func("/address/limits", test_limits);
    g_test_add_func("/address/every-byte", test_every_byte);
    g_test_add_func("/address/equal", test_equal);
    g_test_add_func("/address/robots", test_robots);
    return g_test_run();
}
