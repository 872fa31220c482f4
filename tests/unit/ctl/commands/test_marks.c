#include "ctl/commands/marks.h"
#include <string.h>

typedef struct Case {
    const char *name, *text;
    Mark marks[4]; /* up to the first of no length */
    const char *want;
} Case;

static GArray *marks_of(const Mark *list, unsigned most)
{
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    for (unsigned n = 0; n < most && list[n].length; n++)
        g_array_append_val(marks, list[n]);
    return marks;
}

static const Case CASES[] = {
    {"none", "a text", {{0}}, "    a text\n"},
    {"empty", "", {{0}}, ""},
    {"one", "the final reply came", {{4, 11, 3}}, "    the [[final reply]]^3 came\n"},
    {"two findings on the same words", "a b c", {{2, 1, 7}, {2, 1, 4}}, "    a [[b]]^4,7 c\n"},
    {"one finding told twice", "a b c", {{2, 1, 7}, {2, 1, 7}}, "    a [[b]]^7 c\n"},
    {"one within another", "a b c", {{0, 5, 1}, {2, 1, 2}}, "    [[a ]]^1[[b]]^1,2[[ c]]^1\n"},
    {"crossing", "abcd", {{0, 3, 1}, {1, 3, 2}}, "    [[a]]^1[[bc]]^1,2[[d]]^2\n"},
    {"side by side", "abcd", {{0, 2, 1}, {2, 2, 2}}, "    [[ab]]^1[[cd]]^2\n"},
    {"past the end",
     "abc",
     {{2, 90, 1}, {3, 1, 2}, {4000000000u, 400000000u, 3}},
     "    ab[[c]]^1\n"},
    {"half a character",
     "a\xc3\xa9"
     "b",
     {{2, 1, 1}},
     "    a[[\xc3\xa9]]^1b\n"},
    {"over a line break", "a b\nc d", {{2, 3, 1}}, "    a [[b\n    c]]^1 d\n"},
    {"escape sequences",
     "\x1b[31mred\xc2\x9b\xe2\x80\xae",
     {{5, 3, 1}},
     "    \xef\xbf\xbd[31m[[red]]^1\xef\xbf\xbd\xef\xbf\xbd\n"},
};

static void test_cases(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(CASES); n++) {
        const Case *c = &CASES[n];
        g_autoptr(GArray) marks = marks_of(c->marks, G_N_ELEMENTS(c->marks));
        g_autofree char *got = marks_text(c->text, marks, MARK_BRACKETS);
        if (strcmp(got, c->want) != 0)
            g_error("%s: \"%s\", not \"%s\"", c->name, got, c->want);
    }
}

static void test_underline(void)
{
    const Mark list[] = {{2, 3, 1}};
    g_autoptr(GArray) marks = marks_of(list, 1);
    g_autofree char *got = marks_text("a b\nc \033d", marks, MARK_UNDERLINE);
    g_assert_cmpstr(got, ==,
                    "    a \033[4mb\033[24m\n    \033[4mc\033[24m^1 \xef\xbf\xbd"
                    "d\n");
}

/* Without the marks the text is what it was: nothing lost, doubled or out of order. */
static void test_any_marks(void)
{
    static const char text[] = "W\xc5\xb7"
                               "ddfa: my \xe2\x80\x9c"
                               "final\xe2\x80\x9d reply";
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    g_autoptr(GRegex) mark = g_regex_new("\\[\\[|\\]\\]\\^[0-9,]+", 0, 0, NULL);
    for (unsigned n = 0; n < 500; n++) {
        g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(Mark));
        for (unsigned k = 0; k < 8; k++) {
            Mark m = {(uint32_t)g_rand_int_range(random, 0, 40),
                      (uint32_t)g_rand_int_range(random, 0, 12), k + 1};
            g_array_append_val(marks, m);
        }
        g_autofree char *got = marks_text(text, marks, MARK_BRACKETS);
        g_autofree char *plain = g_regex_replace_literal(mark, got, -1, 0, "", 0, NULL);
        g_assert_true(g_utf8_validate(got, -1, NULL));
        g_assert_cmpstr(g_strstrip(plain), ==, text);
    }
}

static char *lines(unsigned count, const char *word)
{
    GString *s = g_string_new(NULL);
    for (unsigned n = 0; n < count; n++)
        g_string_append_printf(s, "%s %u\n", word, n);
    return g_string_free(s, FALSE);
}

static void test_shortened(void)
{
    g_autofree char *text = lines(100, "line");
    const Mark list[] = {{(uint32_t)(strstr(text, "line 50") - text), 4, 1}};
    g_autoptr(GArray) marks = marks_of(list, 1), none = marks_of(list, 0);
    g_autofree char *got = marks_text(text, marks, MARK_BRACKETS);
    g_assert_cmpstr(got, ==,
                    "    [... 47 lines ...]\n    line 47\n    line 48\n    line 49\n"
                    "    [[line]]^1 50\n    line 51\n    line 52\n    line 53\n"
                    "    [... 46 lines ...]\n");
    g_autofree char *first = marks_text(text, none, MARK_BRACKETS);
    g_assert_true(g_str_has_suffix(first, "    line 5\n    [... 94 lines ...]\n"));
}

/* One long line is wrapped, so that it can be shortened as any other text. */
static void test_wrapped(void)
{
    g_autofree char *text = g_strdelimit(lines(400, "word"), "\n", ' ');
    const Mark list[] = {{0, 4, 1}};
    g_autoptr(GArray) marks = marks_of(list, 1);
    g_autofree char *got = marks_text(text, marks, MARK_BRACKETS);
    g_auto(GStrv) out = g_strsplit(got, "\n", -1);
    g_assert_cmpuint(g_strv_length(out), <, 8);
    for (char **l = out; *l; l++)
        g_assert_cmpuint(strlen(*l), <, 120);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/marks/cases", test_cases);
    g_test_add_func("/marks/underline", test_underline);
    g_test_add_func("/marks/any", test_any_marks);
    g_test_add_func("/marks/shortened", test_shortened);
    g_test_add_func("/marks/wrapped", test_wrapped);
    return g_test_run();
}
