/* charset.h and what header_text.h makes with it: vectors, wrong labels, broken bytes. */
#include "parsers/charset.h"
#include "parsers/header_text.h"
#include <string.h>

typedef struct Vector {
    const char *name, *label;
    const char *bytes;
    size_t length;
    const char *text;
    bool doubt;
} Vector;

#define B(s) s, sizeof s - 1
static const Vector vectors[] = {
    {"ascii", "us-ascii", B("plain"), "plain", false},
    {"none", NULL, B("plain"), "plain", false},
    {"utf-8", "utf-8", B("caf\xc3\xa9"), "café", false},
    {"utf-8 with a language", "UTF-8*cy", B("\xc5\xb5"), "ŵ", false},
    {"latin-1", "iso-8859-1", B("caf\xe9"), "café", false},
    {"windows-1252 as latin-1", "iso-8859-1", B("\x93no\x94 \x80"), "“no” €", false},
    {"utf-8 as latin-1", "latin1", B("\xc2\xa3 40"), "£ 40", false},
    {"utf-8 as windows-1252", "cp1252", B("\xe2\x80\x99"), "’", false},
    {"latin as utf-8", "utf-8", B("caf\xe9 cr\xe8me"), "café crème", true},
    {"one broken character in utf-8", "utf-8", B("\xc3\xa9\xc3\xa9\xff"), "éé\xef\xbf\xbd", true},
    {"cut utf-8", "utf-8", B("\xc3\xa9\xe2\x82"), "é\xef\xbf\xbd\xef\xbf\xbd", true},
    {"latin unlabelled", NULL, B("\xa3 40"), "£ 40", true},
    {"latin as ascii", "us-ascii", B("\xa3 40"), "£ 40", true},
    {"undefined in windows-1252", "windows-1252", B("\x81"), "\xef\xbf\xbd", true},
    {"iso-2022-jp", "iso-2022-jp", B("\x1b$B$\"\x1b(B"), "あ", false},
    {"iso-2022-jp unlabelled", NULL, B("\x1b$B$\"\x1b(B"), "あ", false},
    {"iso-2022-jp as ascii", "us-ascii", B("\x1b$B$\"\x1b(B"), "あ", false},
    {"shift_jis", "x-sjis", B("\x82\xa0"), "あ", false},
    {"gb2312", "gb2312", B("\xb0\xa1"), "啊", false},
    {"big5", "big5", B("\xa4\x40"), "一", false},
    {"euc-kr", "ks_c_5601-1987", B("\xb0\xa1"), "가", false},
    {"koi8-r", "KOI8-R", B("\xc1"), "а", false},
    {"windows-1251", "windows-1251", B("\xc6"), "Ж", false},
    {"windows-1255 ends in a letter", "windows-1255", B("\xe0"), "א", false},
    {"iso-8859-14", "iso-8859-14", B("\xd0"), "Ŵ", false},
    {"utf-16 by its mark", "utf-8",
     B("\xff\xfe"
       "A\0"),
     "\xef\xbb\xbf"
     "A",
     false},
    {"utf-16be", "utf-16be", B("\0A"), "A", false},
    {"utf-7 is refused", "utf-7", B("+ADw-"), "+ADw-", true},
    {"unknown", "x-user-defined", B("\xa3"), "£", true},
    {"dangerous", "iso-2022-cn-ext", B("a\x1b$*H"), "a\x1b$*H", true},
    {"endless label",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", B("a"),
     "a", true},
    {"broken multibyte", "gb18030",
     B("a\xff\xff"
       "b"),
     "a\xef\xbf\xbd\xef\xbf\xbd"
     "b",
     true},
    {"cut multibyte", "euc-jp", B("a\xa4"), "a\xef\xbf\xbd", true},
};

static void test_vectors(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(vectors); k++) {
        const Vector *v = &vectors[k];
        bool doubt = false;
        g_autoptr(GString) text = charset_decode(v->bytes, v->length, v->label, &doubt);
        if (strcmp(text->str, v->text) != 0 || doubt != v->doubt)
            g_error("%s: \"%s\", doubt %d", v->name, text->str, doubt);
    }
}

static void test_nul_stays(void)
{
    g_autoptr(GString) text = charset_decode("a\0b\xff", 4, "utf-8", NULL);
    g_assert_cmpuint(text->len, >=, 4);
    g_assert_cmpmem(text->str, 3, "a\0b", 3);
}

/* Any bytes under any label come out as UTF-8. */
static void test_any_bytes(void)
{
    static const char *const labels[] = {"utf-8",        "us-ascii",  "iso-8859-1", "windows-1252",
                                         "iso-2022-jp",  "shift_jis", "gb18030",    "big5",
                                         "euc-kr",       "euc-jp",    "koi8-r",     "windows-1255",
                                         "windows-1258", "utf-16",    "utf-7",      "nonsense"};
    for (unsigned round = 0; round < 4000; round++) {
        char bytes[64];
        size_t length = (size_t)g_test_rand_int_range(0, sizeof bytes);
        for (size_t n = 0; n < length; n++)
            bytes[n] = (char)g_test_rand_int();
        g_autoptr(GString) text =
            charset_decode(bytes, length, labels[round % G_N_ELEMENTS(labels)], NULL);
        for (const char *p = text->str, *end = p + text->len; p < end; p++) {
            const char *bad;
            if (g_utf8_validate(p, end - p, &bad))
                break;
            g_assert_cmpint(*bad, ==, '\0');
            p = bad;
        }
    }
}

static void test_header(void)
{
    static const struct {
        const char *name, *raw, *text;
    } cases[] = {
        {"plain", " My passport", "My passport"},
        {"folded", " one\r\n two", "one two"},
        {"Q", " =?utf-8?Q?caf=C3=A9_au_lait?=", "café au lait"},
        {"B", " =?UTF-8?b?w6k=?=", "é"},
        {"two words joined", " =?utf-8?q?a?= \r\n =?utf-8?q?b?=", "ab"},
        {"two charsets joined", " =?utf-8?q?a=C3=A9?= =?iso-8859-1?q?=E9?=", "aéé"},
        {"character over two words", " =?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€"},
        {"word in text", "a =?utf-8?q?b?= c", "a b c"},
        {"words without blanks", "=?utf-8?q?a?==?utf-8?q?b?=", "ab"},
        {"blank in Q", "=?utf-8?q?a b?=", "a b"},
        {"question mark in Q", "=?utf-8?q?why=3F?=", "why?"},
        {"Q starts with an escape", "=?utf-8?Q?=41b?=", "Ab"},
        {"line break in a word", "=?utf-8?q?a=0D=0ABcc:_b?=", "a Bcc: b"},
        {"not ended", "=?utf-8?q?abc", "=?utf-8?q?abc"},
        {"another encoding", "=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
        {"unknown charset", "=?nonsense?q?a=E9?=", "aé"},
        {"utf-7", "=?utf-7?q?+ADw-?=", "+ADw-"},
        {"raw utf-8", "caf\xc3\xa9", "café"},
        {"raw latin", "caf\xe9", "café"},
        {"override",
         "a\xe2\x80\xae"
         "b",
         "ab"},
        {"empty word",
         "a =?utf-8?q?"
         "?= b",
         "a b"},
        {"empty", "", ""},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autofree char *text = header_text_decode(cases[k].raw, 1000);
        if (strcmp(text, cases[k].text) != 0)
            g_error("%s: \"%s\"", cases[k].name, text);
    }
    g_autofree char *cut = header_text_decode("=?utf-8?q?a=C3=A9?=", 2);
    g_assert_cmpstr(cut, ==, "a");
    g_autofree char *normal = header_text_normalise("=?koi8-r?Q?=C1?= <a@b>, \"x\xe9\" <c@d>");
    g_assert_cmpstr(normal, ==, "=?utf-8?B?0LA=?= <a@b>, \"xé\" <c@d>");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    charset_init(&error);
    g_assert_no_error(error);
    g_assert_true(charset_init(&error));
    g_test_add_func("/charset/vectors", test_vectors);
    g_test_add_func("/charset/nul-stays", test_nul_stays);
    g_test_add_func("/charset/any-bytes", test_any_bytes);
    g_test_add_func("/charset/header", test_header);
    return g_test_run();
}
