/* auth_results.h: whose word is taken. */
#include "parsers/auth_results.h"

static const char *const trusted[] = {"mail.homeoffice.gov.uk", "second.example", NULL};

static const struct {
    const char *name;
    const char *values[4];
    DmarcResult result;
} cases[] = {
    {"none", {NULL}, DMARC_UNKNOWN},
    {"pass", {"mail.homeoffice.gov.uk; spf=pass; dmarc=pass header.from=a.example"}, DMARC_PASS},
    {"fail", {"mail.homeoffice.gov.uk; dmarc=fail (p=reject dis=none) header.from=a"}, DMARC_FAIL},
    {"case", {"MAIL.homeoffice.gov.uk; DMARC=Fail"}, DMARC_FAIL},
    {"version", {"mail.homeoffice.gov.uk 1; dmarc/1 = none"}, DMARC_NONE},
    {"temperror", {"second.example; dmarc=temperror"}, DMARC_ERROR},
    {"unheard of", {"second.example; dmarc=whatever"}, DMARC_ERROR},
    {"no dmarc", {"mail.homeoffice.gov.uk; spf=fail; dkim=none"}, DMARC_UNKNOWN},
    {"nothing at all", {"mail.homeoffice.gov.uk; none"}, DMARC_UNKNOWN},
    {"a stranger's", {"evil.example; dmarc=pass"}, DMARC_UNKNOWN},
    {"ours below a stranger's",
     {"evil.example; dmarc=pass", "mail.homeoffice.gov.uk; dmarc=pass"},
     DMARC_UNKNOWN},
    {"a stranger's below ours",
     {"mail.homeoffice.gov.uk; dmarc=fail", "evil.example; dmarc=pass"},
     DMARC_FAIL},
    {"two of ours", {"mail.homeoffice.gov.uk; spf=pass", "second.example; dmarc=pass"}, DMARC_PASS},
    {"pass in a comment", {"mail.homeoffice.gov.uk; spf=fail (; dmarc=pass)"}, DMARC_UNKNOWN},
    {"pass in a quoted string",
     {"mail.homeoffice.gov.uk; spf=fail smtp.mailfrom=\"a; dmarc=pass\"; dmarc=fail"},
     DMARC_FAIL},
    {"pass and fail", {"mail.homeoffice.gov.uk; dmarc=pass; dmarc=fail"}, DMARC_FAIL},
    {"id in a comment", {"(mail.homeoffice.gov.uk;) evil.example; dmarc=pass"}, DMARC_UNKNOWN},
    {"quoted id", {"\"mail.homeoffice.gov.uk\"; dmarc=pass"}, DMARC_PASS},
    {"longer id", {"mail.homeoffice.gov.uk.evil.example; dmarc=pass"}, DMARC_UNKNOWN},
    {"empty", {""}, DMARC_UNKNOWN},
    {"open comment", {"mail.homeoffice.gov.uk; dmarc(=pass"}, DMARC_UNKNOWN},
};

static void test_cases(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autoptr(Document) d = document_new();
        g_ptr_array_add(d->headers, header_field_new("received", "from x"));
        for (size_t n = 0; n < 4 && cases[k].values[n]; n++)
            g_ptr_array_add(d->headers,
                            header_field_new("authentication-results", cases[k].values[n]));
        DmarcResult result = auth_results_dmarc(d, trusted);
        if (result != cases[k].result)
            g_error("%s: %d", cases[k].name, result);
        g_assert_cmpint(auth_results_dmarc(d, NULL), ==, DMARC_UNKNOWN);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/auth-results/cases", test_cases);
    return g_test_run();
}
