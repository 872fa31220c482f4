/* html_text.h: what a reader of the mail would see. Hostile HTML is in test_message.c. */
#include "parsers/html_text.h"
#include <string.h>

static const struct {
    const char *name, *html, *text;
} cases[] = {
    {"paragraphs", "<p>One</p><p>Two</p>", "One\n\nTwo"},
    {"lines", "One<br>Two<div>Three</div>Four", "One\nTwo\nThree\nFour"},
    {"empty line of Gmail", "<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"},
    {"white space", " One \n  two&nbsp;&nbsp;three ", "One two three"},
    {"inline elements", "a<b>b</b>c <i>d</i>", "abc d"},
    {"entities", "caf&eacute; &lt;a&gt; &#8217; &amp; &bogus;", "café <a> ’ & &bogus;"},
    {"head, style and script", "<head><title>t</title></head><style>s</style>x<script>y</script>z",
     "xz"},
    {"hidden", "a<div style='Display : NONE'>b<p>c</p></div>d", "a\nd"},
    {"quote", "<p>new</p><blockquote>old<br>older</blockquote><p>more</p>",
     "new\n\n> old\n> older\n\nmore"},
    {"quotes within", "<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n\n>> b"},
    {"list", "<ul><li>one</li><li>two</li></ul>", "- one\n- two"},
    {"numbers", "<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"},
    {"table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"},
    {"preformatted", "<pre>a  b\n  c</pre>", "a  b\n  c"},
    {"link", "<a href='https://files.example/x'>letter</a>.", "letter <https://files.example/x>."},
    {"link that says where", "<a href='https://www.files.example/x'>files.example/x</a>",
     "files.example/x"},
    {"mail link", "<a href='mailto:a@example.org'>a</a>", "a"},
    {"script link", "<a href='javascript:x'>a</a>", "a"},
    {"signature", "<p>Hi</p><div class=\"gmail_signature\">Ann</div>", "Hi\n\n-- \nAnn"},
    {"unclosed", "<p>a<div>b<b>c", "a\n\nbc"},
    {"comment", "a<!-- b -->c", "ac"},
    {"conditional comment", "a<!--[if mso]>b<![endif]-->c", "ac"},
    {"no markup", "only text", "only text"},
    {"empty", "", ""},
    {"charset named within", "<meta charset=\"iso-8859-1\"><p>é", "é"},
    {"entity declared", "<!DOCTYPE html [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><p>&x;", NULL},
};

static void test_cases(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        bool cut = false;
        g_autofree char *text = html_text(cases[k].html, strlen(cases[k].html), 1000, &cut);
        if (cases[k].text && strcmp(text, cases[k].text) != 0)
            g_error("%s: \"%s\"", cases[k].name, text);
        g_assert_null(strstr(text, "root:"));
        g_assert_false(cut);
    }
}

static void test_limits(void)
{
    g_autoptr(GString) html = g_string_new(NULL);
    for (unsigned n = 0; n < 1000; n++)
        g_string_append(html, "<p>words");
    bool cut = false;
    g_autofree char *text = html_text(html->str, html->len, 500, &cut);
    g_assert_true(cut);
    g_assert_cmpuint(strlen(text), <, 600);
}

static void test_charset(void)
{
    static const char a[] = "<html><meta http-equiv=x content=\"text/html; charset=windows-1251\">";
    g_autofree char *one = html_charset(a, strlen(a));
    g_assert_cmpstr(one, ==, "windows-1251");
    g_assert_null(html_charset("<p>charset", 10));
    g_assert_null(html_charset("", 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    html_text_init();
    g_test_add_func("/html-text/cases", test_cases);
    g_test_add_func("/html-text/limits", test_limits);
    g_test_add_func("/html-text/charset", test_charset);
    return g_test_run();
}
