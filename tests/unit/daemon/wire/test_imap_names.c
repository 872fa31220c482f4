#include "daemon/wire/imap_names.h"
#include <string.h>

static void test_names(void)
{
    static const char *const CASES[][2] = {
        {"INBOX", "\"INBOX\""},
        {"Done/2026", "\"Done/2026\""},
        {"a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""},
        {"R&D", "\"R&-D\""},
        {"~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""},
        {"Cwynion \u0175", "\"Cwynion &AXU-\""},
        {"\U0001f4ec", "\"&2D3c7A-\""},
        {"a\r\nb LOGOUT", "\"a&AA0ACg-b LOGOUT\""},
        {"\u0175&\u0175", "\"&AXU-&-&AXU-\""},
        {"\xff", "\"&,,0-\""},
        {"", "\"\""},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autofree char *got = imap_name_quote(CASES[n][0]);
        if (strcmp(got, CASES[n][1]))
            g_error("%s: %s, not %s", CASES[n][0], got, CASES[n][1]);
    }
}

static void test_keyword(void)
{
    g_autofree char *plain = imap_keyword("$IecdTaken");
    g_assert_cmpstr(plain, ==, "$IecdTaken");
    g_autofree char *odd = imap_keyword("a) (\\Deleted\r\n{5}");
    g_assert_cmpstr(odd, ==, "aDeleted5}");
}

static void test_sets(void)
{
    static const uint32_t UIDS[] = {1, 2, 3, 5, 7, 8, 4294967295};
    unsigned next = 0;
    g_autofree char *all = imap_uid_set(UIDS, 7, 0, 1000, &next);
    g_assert_cmpstr(all, ==, "1:3,5,7:8,4294967295");
    g_assert_cmpuint(next, ==, 7);
    g_autofree char *first = imap_uid_set(UIDS, 7, 0, 4, &next);
    g_assert_cmpstr(first, ==, "1:3,5");
    g_assert_cmpuint(next, ==, 4);
    g_autofree char *rest = imap_uid_set(UIDS, 7, next, 1000, &next);
    g_assert_cmpstr(rest, ==, "7:8,4294967295");
    g_autofree char *none = imap_uid_set(UIDS, 0, 0, 10, &next);
    g_assert_cmpstr(none, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap_names/names", test_names);
    g_test_add_func("/imap_names/keyword", test_keyword);
    g_test_add_func("/imap_names/sets", test_sets);
    return g_test_run();
}
