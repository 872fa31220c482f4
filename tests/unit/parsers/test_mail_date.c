/* mail_date.h */
#include "parsers/mail_date.h"
#include <glib.h>

static void test_dates(void)
{
    static const struct {
        const char *text, *utc;
    } cases[] = {
        {"Mon, 4 May 2026 10:22:05 +0100", "2026-05-04T09:22:05Z"},
        {"4 May 2026 10:22 GMT", "2026-05-04T10:22:00Z"},
        {"Mon, 4 May 26 10:22:00 BST", "2026-05-04T09:22:00Z"},
        {"Mon, 04 May 2026 10:22:00 -0500 (EST)", "2026-05-04T15:22:00Z"},
        {"Mon, 4 May 2026 10:22:00 +0100 (May 5)", "2026-05-04T09:22:00Z"},
        {"Monday, May 4, 2026 10:22 PM", "2026-05-04T22:22:00Z"},
        {"4 May 2026 at 12:05:00 am GMT+1", "2026-05-03T23:05:00Z"},
        {"28 November 2025 at 16:41:07 GMT", "2025-11-28T16:41:07Z"},
        {"On Mon, 16 Feb 2026 at 15:02, Marcus wrote:", "2026-02-16T15:02:00Z"},
        {"2026-05-04 10:22", "2026-05-04T10:22:00Z"},
        {"2026-05-04T10:22:00Z", "2026-05-04T10:22:00Z"},
        {"04/05/2026 10:22", "2026-05-04T10:22:00Z"},
        {"4.5.2026 10:22", "2026-05-04T10:22:00Z"},
        {"04 Mai 2026 10:22", "2026-05-04T10:22:00Z"},
        {"20 August 2026 11:02", "2026-08-20T11:02:00Z"},
        {"Wed, 31 Dec 2025 23:59:60 +0000", "2025-12-31T23:59:59Z"},
        {"1 Jan 2026", "2026-01-01T00:00:00Z"},
        {"", NULL},
        {"yesterday", NULL},
        {"31 Feb 2026 10:00", NULL},
        {"Mon, 4 May 99999 10:22:00 +0100", NULL},
        {"4 May 1901 10:00", NULL},
        {"4 May 2026 25:00", NULL},
        {"99999999999999999999", NULL},
        {"4 May 2026 10:22:00 +9999", NULL},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        int64_t got = mail_date_parse(cases[k].text), want = 0;
        if (cases[k].utc) {
            g_autoptr(GDateTime) t = g_date_time_new_from_iso8601(cases[k].utc, NULL);
            want = g_date_time_to_unix(t);
        }
        if (got != want)
            g_error("%s: %" G_GINT64_FORMAT " is not %" G_GINT64_FORMAT, cases[k].text, got, want);
    }
}

static void test_any_text(void)
{
    static const char alphabet[] = "0123456789:/.-+ ,MayGTpm";
    for (unsigned round = 0; round < 20000; round++) {
        char text[40] = "";
        for (size_t n = 0; n + 1 < sizeof text; n++)
            text[n] = alphabet[g_test_rand_int_range(0, sizeof alphabet - 1)];
        mail_date_parse(text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mail-date/dates", test_dates);
    g_test_add_func("/mail-date/any-text", test_any_text);
    return g_test_run();
}
