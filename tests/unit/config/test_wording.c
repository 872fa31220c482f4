#include "config/wording.h"
#include <string.h>

/* The words, "|" between sentences and "," between clauses. */
static char *folded(const char *text)
{
    g_autoptr(Wording) w = wording_new(text, strlen(text));
    GString *s = g_string_new(NULL);
    for (unsigned i = 0; i < w->words->len; i++) {
        const Word *x = &g_array_index(w->words, Word, i);
        const Word *before = i ? x - 1 : x;
        g_assert_cmpuint(x->offset + x->length, <=, strlen(text));
        g_assert_cmpuint(wording_word_at(w, x->at), ==, i);
        const char *sign = x->sentence != before->sentence ? " | "
                           : x->clause != before->clause   ? " , "
                                                           : " ";
        g_string_append(s, i ? sign : "");
        const char *from = w->folded + x->at;
        g_string_append_len(s, from, (gssize)(strchr(from, ' ') - from));
    }
    return g_string_free(s, FALSE);
}

static void test_folded(void)
{
    static const struct {
        const char *text, *want;
    } CASES[] = {
        {"", ""},
        {" \n\t ", ""},
        {"Hello, World. Again!", "hello , world | again"},
        {"Mr. Smith said no. I left", "mr smith said no | i left"},
        {"I don't, dont and do not", "i do not , do not and do not"},
        {"I\xe2\x80\x99ve they\xe2\x80\x99re it's can't", "i have they are it is can not"},
        {"my mother's and the boys' bags", "my mothers and the boys bags"},
        {"d\xc5\xb5r caf\xc3\xa9 NA\xc3\x8fVE", "dwr cafe naive"},
        {"one\ntwo three", "one two three"},
        {"Dear Sir\nI write", "dear sir | i write"},
        {"a line that is long enough to have been wrapped by a program\nAnd goes on",
         "a line that is "
         "long enough to have been wrapped by a program and goes on"},
        {"one\n\ntwo", "one | two"},
        {"first:\n- second", "first | second"},
        {"yes but no", "yes , but no"},
        {"on 11.03.2026 at", "on 11 03 2026 at"},
        {"GOV.\xe2\x80\x8bUK zero\xe2\x80\x8bwidth", "gov uk zerowidth"},
        {"bad \xff\xfe bytes", "bad bytes"},
        {"u lost ur case", "you lost your case"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = folded(CASES[i].text);
        if (strcmp(got, CASES[i].want) != 0)
            g_error("\"%s\": \"%s\", not \"%s\"", CASES[i].text, got, CASES[i].want);
    }
}

static void test_limits(void)
{
    g_autofree char *longest = g_strnfill(WORDING_MAX + 10, 'a');
    g_autoptr(Wording) w = wording_new(longest, strlen(longest));
    g_assert_true(w->cut);
    g_assert_cmpuint(w->words->len, ==, 1);
    g_assert_cmpuint(w->length, <, 400);
    GRand *rand = g_rand_new_with_seed(3);
    for (int round = 0; round < 2000; round++) {
        char bytes[300];
        for (unsigned i = 0; i < sizeof bytes; i++)
            bytes[i] = (char)g_rand_int_range(rand, round % 2 ? 0 : 32, 256);
        g_autoptr(Wording) any = wording_new(bytes, sizeof bytes);
        g_assert_cmpuint(any->length, ==, strlen(any->folded));
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wording/folded", test_folded);
    g_test_add_func("/wording/limits", test_limits);
    return g_test_run();
}
