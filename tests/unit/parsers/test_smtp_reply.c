#include "parsers/smtp_reply.h"
#include <glib.h>
#include <string.h>

#define NUL_CASE "250 a\0b\r\n"

/* Replies as "code:answer|", then "more" or "broken: why". Fed in pieces of `step` bytes. */
static char *read_all(const char *bytes, size_t length, size_t step)
{
    g_autoptr(SmtpReader) r = smtp_reader_new();
    GString *out = g_string_new(NULL);
    for (size_t at = 0; at < length;) {
        g_autoptr(SmtpReply) reply = NULL;
        const char *why = NULL;
        size_t used = 0;
        SmtpRead got = smtp_reader_feed(r, bytes + at, MIN(step, length - at), &used, &reply, &why);
        g_assert_cmpuint(used, <=, MIN(step, length - at));
        at += used;
        if (got == SMTP_READ_REPLY)
            g_string_append_printf(out, "%d:%s|", reply->code, reply->answer);
        if (got == SMTP_READ_BROKEN) {
            g_string_append_printf(out, "broken: %s", why);
            return g_string_free(out, FALSE);
        }
    }
    g_string_append(out, smtp_reader_is_between(r) ? "between" : "more");
    return g_string_free(out, FALSE);
}

static const struct {
    const char *name, *bytes, *wanted;
    size_t length; /* 0: strlen */
} CASES[] = {
    {"one", "250 Ok\r\n", "250:250 Ok|between", 0},
    {"bare", "250\r\n", "250:250|between", 0},
    {"space-only", "250 \r\n", "250:250|between", 0},
    {"lines", "250-mx.example\r\n250-SIZE 100\r\n250 DSN\r\n",
     "250:250 mx.example SIZE 100 DSN|between", 0},
    {"two", "250 a\r\n354 b\r\n", "250:250 a|354:354 b|between", 0},
    {"half", "250 a\r\n354 ", "250:250 a|more", 0},
    {"half-lines", "250-a\r\n", "more", 0},
    {"controls", "550 \x1b[2J\x07tab\there\xff\r\n", "550:550 ?[2J?tab here\xef\xbf\xbd|between",
     0},
    {"bidi",
     "550 a\xe2\x80\xae"
     "b\r\n",
     "550:550 a?b|between", 0},
    {"utf8", "550 Straße\r\n", "550:550 Straße|between", 0},
    {"bare-lf", "250 a\n", "broken: a line that does not end with CR LF", 0},
    {"bare-cr", "250 a\rb\r\n", "broken: a line that does not end with CR LF", 0},
    {"cr-cr", "250 a\r\r\n", "broken: a line that does not end with CR LF", 0},
    {"nul", NUL_CASE, "broken: a NUL byte", sizeof NUL_CASE - 1},
    {"empty-line", "\r\n", "broken: a line that is no reply", 0},
    {"short", "25\r\n", "broken: a line that is no reply", 0},
    {"first-digit", "150 a\r\n", "broken: a line that is no reply", 0},
    {"first-digit-6", "650 a\r\n", "broken: a line that is no reply", 0},
    {"second-digit", "290 a\r\n", "broken: a line that is no reply", 0},
    {"four-digits", "2500 a\r\n", "broken: a line that is no reply", 0},
    {"letters", "abc d\r\n", "broken: a line that is no reply", 0},
    {"leading-space", " 250 a\r\n", "broken: a line that is no reply", 0},
    {"other-code", "250-a\r\n550 b\r\n", "broken: a reply whose lines have different codes", 0},
    {"after-good", "250 a\r\n250 b\n", "250:250 a|broken: a line that does not end with CR LF", 0},
};

static void test_cases(void)
{
    static const size_t STEPS[] = {1, 2, 3, 7, 1000};
    for (unsigned n = 0; n < G_N_ELEMENTS(CASES); n++)
        for (unsigned k = 0; k < G_N_ELEMENTS(STEPS); k++) {
            size_t length = CASES[n].length ? CASES[n].length : strlen(CASES[n].bytes);
            g_autofree char *got = read_all(CASES[n].bytes, length, STEPS[k]);
            if (strcmp(got, CASES[n].wanted) != 0)
                g_error("case %s by %zu: got \"%s\", wanted \"%s\"", CASES[n].name, STEPS[k], got,
                        CASES[n].wanted);
        }
}

static void test_limits(void)
{
    g_autoptr(GString) text = g_string_new("250 ");
    while (text->len < SMTP_LINE_MOST)
        g_string_append_c(text, 'x');
    g_autofree char *fits = g_strconcat(text->str, "\r\n", NULL);
    g_autofree char *over = g_strconcat(text->str, "x\r\n", NULL);
    g_autofree char *a = read_all(fits, strlen(fits), 100), *b = read_all(over, strlen(over), 100);
    g_assert_true(g_str_has_prefix(a, "250:250 xxx"));
    g_assert_cmpuint(strlen(a), <=, 4 + 500 + strlen("|between"));
    g_assert_cmpstr(b, ==, "broken: a line that is too long");
    g_string_truncate(text, 0);
    for (unsigned n = 0; n < SMTP_LINES_MOST - 1; n++)
        g_string_append(text, "250-x\r\n");
    g_autofree char *most = g_strconcat(text->str, "250 x\r\n", NULL);
    g_autofree char *more = g_strconcat(text->str, "250-x\r\n250 x\r\n", NULL);
    g_autofree char *c = read_all(most, strlen(most), 100), *d = read_all(more, strlen(more), 100);
    g_assert_true(g_str_has_suffix(c, "|between"));
    g_assert_cmpstr(d, ==, "broken: a reply of too many lines");
}

static void test_lines(void)
{
    g_autoptr(SmtpReader) r = smtp_reader_new();
    g_autoptr(SmtpReply) reply = NULL;
    static const char TEXT[] = "250-mx.example hello\r\n250-SIZE 100\r\n250 8BITMIME\r\nrest";
    const char *why = NULL;
    size_t used = 0;
    g_assert_cmpint(smtp_reader_feed(r, TEXT, strlen(TEXT), &used, &reply, &why), ==,
                    SMTP_READ_REPLY);
    g_assert_cmpstr(TEXT + used, ==, "rest");
    g_assert_cmpuint(g_strv_length(reply->lines), ==, 3);
    g_assert_cmpstr(reply->lines[1], ==, "SIZE 100");
}

/* Cutting an answer leaves whole characters. */
static void test_cut_answer(void)
{
    g_autoptr(GString) text = g_string_new("550 ");
    while (text->len < 900)
        g_string_append(text, "ß");
    g_string_append(text, "\r\n");
    g_autofree char *got = read_all(text->str, text->len, 1000);
    g_assert_true(g_utf8_validate(got, -1, NULL));
    g_assert_cmpuint(strlen(got), <=, 4 + 500 + strlen("|between"));
}

static void test_any_bytes(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    for (int n = 0; n < 2000; n++) {
        char bytes[64];
        for (unsigned k = 0; k < sizeof bytes; k++)
            bytes[k] = "25034-. \r\n\r\nab\0\xff"[g_rand_int_range(rand, 0, 16)];
        g_autofree char *whole = read_all(bytes, sizeof bytes, 64);
        g_autofree char *pieces = read_all(bytes, sizeof bytes, 1);
        g_assert_cmpstr(whole, ==, pieces);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp_reply/cases", test_cases);
    g_test_add_func("/smtp_reply/limits", test_limits);
    g_test_add_func("/smtp_reply/lines", test_lines);
    g_test_add_func("/smtp_reply/cut-answer", test_cut_answer);
    g_test_add_func("/smtp_reply/any-bytes", test_any_bytes);
    return g_test_run();
}
