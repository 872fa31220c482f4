#include "tests/unit/daemon/casework/letters.h"
#include <glib/gstdio.h>

static Templates *templates;

static Templates *shipped(void)
{
    g_autoptr(GError) error = NULL;
    Templates *t = templates_load(TEST_ROOT "/config/templates", &error);
    g_assert_no_error(error);
    return t;
}

static Reply *composed(const LetterCase *c, Language language)
{
    g_autoptr(GError) error = NULL;
    Reply *r = letter_compose(templates, c, language, &error);
    if (!r)
        g_error("%s: %s", c->name, error->message);
    return r;
}

static const char *const SUFFIX[] = {[LANGUAGE_EN] = "en", [LANGUAGE_CY] = "cy"};

/* Every letter as it was read by a person. IECD_GOLDEN=write makes the files anew. */
static void test_golden(void)
{
    bool write = !g_strcmp0(g_getenv("IECD_GOLDEN"), "write");
    for (size_t n = 0; n < G_N_ELEMENTS(LETTER_CASES); n++)
        for (int l = LANGUAGE_EN; l <= LANGUAGE_CY; l++) {
            const char *name = LETTER_CASES[n].name;
            g_autoptr(Reply) r = composed(&LETTER_CASES[n], l);
            g_autofree char *got = g_strdup_printf("Subject: %s\n\n%s", r->subject, r->text);
            g_autofree char *path =
                g_strdup_printf("%s/tests/corpus/replies/%s-%s.txt", TEST_ROOT, name, SUFFIX[l]);
            g_autofree char *want = NULL;
            if (write)
                g_assert_true(g_file_set_contents(path, got, -1, NULL));
            if (!g_file_get_contents(path, &want, NULL, NULL) || strcmp(got, want))
                g_error("%s differs from what is composed now:\n%s", path, got);
        }
}

/* ---- what each letter says, whatever its words */

static const char *const ALWAYS_EN[] = {"IEC/26/000123", "0300 071 5679", "S2 9JD",
                                        "another format"};
static const char *const ALWAYS_CY[] = {"IEC/26/000123", "0300 071 5679", "fformat arall",
                                        "another format"};

static void assert_has(const LetterCase *c, const Reply *r, const char *words)
{
    if (!strstr(r->text, words))
        g_error("%s (%s) does not say \"%s\":\n%s", c->name, r->language, words, r->text);
}

static void test_always(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(LETTER_CASES); n++) {
        const LetterCase *c = &LETTER_CASES[n];
        g_autoptr(Reply) en = composed(c, LANGUAGE_EN);
        g_autoptr(Reply) cy = composed(c, LANGUAGE_CY);
        g_assert_cmpstr(en->subject, ==, "Our reference IEC/26/000123");
        g_assert_cmpstr(cy->subject, ==, "Ein cyfeirnod / Our reference IEC/26/000123");
        g_assert_cmpstr(en->language, ==, "en");
        g_assert_cmpstr(cy->language, ==, "cy");
        for (size_t k = 0; k < G_N_ELEMENTS(ALWAYS_EN); k++) {
            assert_has(c, en, ALWAYS_EN[k]);
            assert_has(c, cy, ALWAYS_CY[k]);
        }
        if (!c->by_person) {
            assert_has(c, en, "A computer made this message");
            assert_has(c, en, "You do not need to give a reason");
            assert_has(c, cy, "Cyfrifiadur a wnaeth y neges hon");
            assert_has(c, cy, "Nid oes angen i chi roi rheswm");
        } else if (strstr(en->text, "computer")) {
            g_error("%s: a person's letter says a computer made it", c->name);
        }
        /* Welsh first, then the whole English letter. */
        if (!g_str_has_suffix(cy->text, en->text))
            g_error("%s: the Welsh letter does not end with the English one", c->name);
    }
}

/* The date of a promise stands in the letter that makes it. */
static void test_promises(void)
{
    static const char *const PROMISE[] = {"acknowledgement", "urgent", "acceptance", "holding"};
    static const char *const NONE[] = {"receipt"};
    for (size_t n = 0; n < G_N_ELEMENTS(LETTER_CASES); n++) {
        g_autoptr(Reply) r = composed(&LETTER_CASES[n], LANGUAGE_EN);
        for (size_t k = 0; k < G_N_ELEMENTS(PROMISE); k++)
            if (!strcmp(LETTER_CASES[n].name, PROMISE[k]))
                assert_has(&LETTER_CASES[n], r, "on or before 1 June 2026");
        if (!strcmp(LETTER_CASES[n].name, NONE[0]) && strstr(r->text, "before"))
            g_error("a receipt promises something");
        if (LETTER_CASES[n].kind == REPLY_QUESTION)
            assert_has(&LETTER_CASES[n], r, "by 19 June 2026");
    }
}

static void test_urgent_leads_with_help(void)
{
    g_autoptr(Reply) r = composed(&LETTER_CASES[1], LANGUAGE_CY);
    const char *help = strstr(r->text, "999");
    const char *reference = strstr(r->text, "IEC/26");
    g_assert_true(help && reference && help < reference);
    g_assert_nonnull(strstr(r->text, "116 123"));
    g_assert_nonnull(strstr(r->text, "You do not need to send us any papers"));
}

/* Nothing of the case: no date but the receipt, no finding, none of the specific reasons. */
static void test_without_authority(void)
{
    static const char *const SECRET[] = {
        "2 January",    "9 April",  "Visas",   "From what you sent",
        "Yn ôl yr hyn", "2 Ionawr", "9 Ebrill"};
    for (size_t n = 0; n < G_N_ELEMENTS(LETTER_CASES); n++) {
        const LetterCase *c = &LETTER_CASES[n];
        if (c->kind != REPLY_REJECTION || c->change != letter_no_authority)
            continue;
        for (int l = LANGUAGE_EN; l <= LANGUAGE_CY; l++) {
            g_autoptr(Reply) r = composed(c, l);
            assert_has(c, r, "can complain to us themselves");
            for (size_t k = 0; k < G_N_ELEMENTS(SECRET); k++)
                if (strstr(r->text, SECRET[k]))
                    g_error("%s tells \"%s\"", c->name, SECRET[k]);
        }
    }
}

/* ---- the two forms */

static void test_links(void)
{
    for (size_t n = 0; n < G_N_ELEMENTS(LETTER_CASES); n++) {
        g_autoptr(Reply) r = composed(&LETTER_CASES[n], LANGUAGE_EN);
        g_auto(GStrv) urls = g_strsplit(r->text, "https://", -1);
        g_auto(GStrv) links = g_strsplit(r->html, "<a href=\"https://", -1);
        g_assert_cmpuint(g_strv_length(urls), ==, g_strv_length(links));
        g_assert_null(strstr(r->html, ".\""));
    }
}

/* ---- values from outside */

static Reply *compose_with(const char *to_name, const char *reference, const char *note,
                           Day answer_by, ReplyKind kind, GError **error)
{
    g_autoptr(Facts) f = facts_new();
    Judgement j = {.reasons = BIT(REASON_COURT), .time_limit = DAY_NONE, .reply_due = DAY_NONE};
    ReplyInput input = {
        .kind = kind,
        .reference = reference,
        .facts = f,
        .judgement = &j,
        .received = letter_day("2026-05-22"),
        .answer_by = answer_by,
        .to_name = to_name,
        .by_computer = true,
        .note = note,
    };
    return compose_reply(templates, &input, error);
}

static void test_names(void)
{
    static const struct {
        const char *name;
        bool shown;
    } NAMES[] = {
        {"Ada Li", true},
        {"Md Rafiqul Islam Talukder", true},
        {"Siân O'Brien", true},
        {"Siân O\xe2\x80\x99"
         "Brien",
         true},
        {"Cuthbert E. Beaumont", true},
        {"Nguyễn Thị Bảo Anh", true},
        {"Олена Коваль", true},
        {"Jean-Luc", true},
        {"", false},
        {"X", false},
        {" Ada", false},
        {"${reference}", false},
        {"@reasons", false},
        {"<b>Ada</b>", false},
        {"Ada & Co", false},
        {"evil.example", false},
        {"go to https://evil.example", false},
        {"call 0900 123456", false},
        {"a@example.org", false},
        {"Ada\r\nBcc: x@example.org", false},
        {"Ada\nLi", false},
        {"Ada\tLi", false},
        {"\xe2\x80\xae"
         "adA",
         false},
        {"Ada\xe2\x80\x8b", false},
        {"\xff\xfe", false},
        {"you have won a prize call now for it", false},
        {"a\xcc\x81\xcc\x81\xcc\x81\xcc\x81", false},
        {"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(NAMES); n++) {
        g_autoptr(Reply) r =
            compose_with(NAMES[n].name, "IEC/26/000001", "", 20000, REPLY_ACKNOWLEDGEMENT, NULL);
        g_assert_nonnull(r);
        g_autofree char *dear = g_strdup_printf("Dear %s\n", NAMES[n].name);
        bool shown = g_str_has_prefix(r->text, dear);
        if (shown != NAMES[n].shown || (!shown && !g_str_has_prefix(r->text, "Hello\n")))
            g_error("name %zu \"%s\": %.40s", n, NAMES[n].name, r->text);
    }
}

static void test_note(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) r =
        compose_with("", "IEC/26/000001", "We <b>agree</b> & ${answer_by}\n@reasons\n\n## x", 20000,
                     REPLY_CLOSED, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(r->text, "We <b>agree</b> & ${answer_by}\n\n@reasons\n\n## x\n"));
    g_assert_nonnull(strstr(r->html, "<p>We &lt;b&gt;agree&lt;/b&gt; &amp; ${answer_by}</p>"));
    static const char *const BAD[] = {"", " \n ", "a\x1b[2J", "a\rb", "\xff", "a\xe2\x80\xae"};
    for (size_t n = 0; n < G_N_ELEMENTS(BAD); n++) {
        g_autoptr(GError) e = NULL;
        if (compose_with("", "IEC/26/000001", BAD[n], 20000, REPLY_CLOSED, &e) || !e)
            g_error("note %zu taken", n);
    }
    g_autofree char *huge = g_strnfill(10001, 'x');
    g_assert_null(compose_with("", "IEC/26/000001", huge, 20000, REPLY_CLOSED, NULL));
}

/* A promise without a date, a letter without a reference, a kind without a template: no letter. */
static void test_missing(void)
{
    static const struct {
        const char *reference;
        Day answer_by;
        ReplyKind kind;
        const char *message;
    } CASES[] = {
        {"IEC/26/000001", DAY_NONE, REPLY_ACKNOWLEDGEMENT, "answer_by"},
        {"IEC/26/000001", DAY_NONE, REPLY_HOLDING, "answer_by"},
        {"", 20000, REPLY_ACKNOWLEDGEMENT, "reference"},
        {"x\r\nBcc: y", 20000, REPLY_ACKNOWLEDGEMENT, "reference"},
        {"IEC/26/000001", 20000, REPLY_NOTICE, "kind"},
        {"IEC/26/000001", 20000, REPLY_COUNT, "kind"},
        {"IEC/26/000001", 20000, REPLY_QUESTION, "asks"},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Reply) r =
            compose_with("", CASES[n].reference, "", CASES[n].answer_by, CASES[n].kind, &error);
        if (r || !error || !strstr(error->message, CASES[n].message))
            g_error("case %zu: %s", n, error ? error->message : "composed");
        g_assert_cmpint(error->domain, ==, COMPOSE_ERROR);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    templates = shipped();
    g_test_add_func("/compose/golden", test_golden);
    g_test_add_func("/compose/always", test_always);
    g_test_add_func("/compose/promises", test_promises);
    g_test_add_func("/compose/urgent", test_urgent_leads_with_help);
    g_test_add_func("/compose/without-authority", test_without_authority);
    g_test_add_func("/compose/links", test_links);
    g_test_add_func("/compose/names", test_names);
    g_test_add_func("/compose/note", test_note);
    g_test_add_func("/compose/missing", test_missing);
    int status = g_test_run();
    templates_free(templates);
    return status;
}
