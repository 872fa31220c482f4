/* Every letter there can be, read for its words: GOV.UK's style, how hard it is to read, and
 * whether its two forms and two languages say the same. */
#include "parsers/language.h"
#include "tests/unit/daemon/casework/letters_all.h"
#include "tests/unit/daemon/casework/plain.h"

enum { WORDS_MAX = 24 /* policy 6: under 25 */, GRADE_MAX = 8 };
static const char PARTED[] = "\n* * *\n\n"; /* the Welsh from the English */

static Templates *templates;

/* What is known after all letters: the worst of them, and everything that was said. */
static struct {
    unsigned letters;
    double grade;
    char *hardest, *longest;
    unsigned words;
    GHashTable *said; /* lines of all letters, both languages */
} seen;

static Reply *composed(const char *name, const ReplyInput *input, Language language)
{
    g_autoptr(GError) error = NULL;
    ((Facts *)input->facts)->language = language;
    Reply *r = compose_reply(templates, input, &error);
    if (!r)
        g_error("%s: %s", name, error->message);
    return r;
}

/* ---- words */

static bool says_word(const char *text, const char *word)
{
    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word)) {
        bool begins = p == text || !g_ascii_isalpha(p[-1]);
        if (begins && !g_ascii_isalpha(p[strlen(word)]))
            return true;
    }
    return false;
}

/* Contractions, hard and official words, and words GOV.UK does not use. */
static void assert_plain(const char *name, const char *text)
{
    static const char *const PARTS[] = {"n't", "'ve", "'re", "'ll", "'d ", "n\xe2\x80\x99t",
                                        "e.g", "i.e", ";",   "!",   "  ",  "${",
                                        "\n@", " \n", " .",  " ,",  "..",  "\n\n\n"};
    static const char *const WORDS[] = {
        "please",    "Please",    "eg",         "ie",         "etc",          "whilst",
        "must",      "deliver",   "facilitate", "impact",     "tackle",       "utilise",
        "transform", "regarding", "commence",   "terminate",  "hereby",       "pursuant",
        "remit",     "and/or",    "premature",  "ineligible", "inadmissible",
    };
    for (size_t k = 0; k < G_N_ELEMENTS(PARTS); k++)
        if (strstr(text, PARTS[k]))
            g_error("%s: \"%s\":\n%s", name, PARTS[k], text);
    for (size_t k = 0; k < G_N_ELEMENTS(WORDS); k++)
        if (says_word(text, WORDS[k]))
            g_error("%s: \"%s\":\n%s", name, WORDS[k], text);
}

static const char *const INITIALISMS[] = {"UK",  "DU",   "EF",  "HM",   "MP",  "AS", "NHS",
                                          "GIG", "DVLA", "DWP", "HMRC", "IEC", "PO", "JD"};

/* A word of capitals only is one of the short names everybody knows. */
static void assert_no_block_capitals(const char *name, const char *text)
{
    for (const char *p = text; *p; p++) {
        size_t row = 0;
        while (g_ascii_isupper(p[row]))
            row++;
        if (row < 2 || g_ascii_islower(p[row])) {
            p += row ? row - 1 : 0;
            continue;
        }
        g_autofree char *word = g_strndup(p, row);
        bool known = false;
        for (size_t n = 0; n < G_N_ELEMENTS(INITIALISMS); n++)
            known |= !strcmp(word, INITIALISMS[n]);
        if (!known)
            g_error("%s: block capitals: %s", name, word);
        p += row - 1;
    }
}

/* Days as "1 June 2026", in the language's own months, and written in no other way. */
static void assert_dates(const char *name, const char *text, bool welsh)
{
    static const char EN[] = "January|February|March|April|May|June|July|August|September|October|"
                             "November|December";
    static const char CY[] = "Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|"
                             "Hydref|Tachwedd|Rhagfyr";
    static const char OTHER[] =
        "\\b\\d{4}-\\d\\d|\\b\\d+/\\d+/\\d+|\\b\\d+(st|nd|rd|th)\\b|\\b0\\d ";
    g_autofree char *form =
        g_strdup_printf("\\b([1-9]|[12]\\d|3[01]) (%s) 20\\d\\d\\b", welsh ? CY : EN);
    g_autoptr(GRegex) day = g_regex_new(form, 0, 0, NULL);
    g_autoptr(GRegex) year = g_regex_new("\\b20\\d\\d\\b", 0, 0, NULL);
    g_autofree char *rest = g_regex_replace_literal(day, text, -1, 0, "", 0, NULL);
    if (g_regex_match(year, rest, 0, NULL))
        g_error("%s: a year outside a date:\n%s", name, rest);
    if (g_regex_match_simple(OTHER, text, 0, 0))
        g_error("%s: a date not in GOV.UK's form:\n%s", name, text);
}

/* ---- sentences */

static void assert_readable(const char *name, const char *text, const char *end, bool english)
{
    Measure whole = measure(text, end, true), prose = measure(text, end, false);
    double grade = grade_of(&prose);
    if (whole.longest > seen.words) {
        seen.words = whole.longest;
        g_free(seen.longest);
        seen.longest = g_strndup(whole.longest_at, strcspn(whole.longest_at, ".\n"));
    }
    if (whole.longest > WORDS_MAX)
        g_error("%s: %u words: %.200s", name, whole.longest, whole.longest_at);
    if (english && grade > seen.grade) {
        seen.grade = grade;
        g_free(seen.hardest);
        seen.hardest = g_strdup(name);
    }
    if (english && grade > GRADE_MAX)
        g_error("%s: Flesch-Kincaid grade %.1f:\n%s", name, grade, text);
}

/* Sentences of the English letter, or English words, left among the Welsh. The postal address is
 * English in both. */
static void assert_welsh(const char *name, const char *welsh, const char *english)
{
    static const char *const WORDS[] = {"the",  "and",  "your", "you",    "we",   "our", "this",
                                        "that", "with", "from", "please", "have", "or",  "will"};
    static const char *const SHARED[] = {"Home Office",
                                         "Office for the Independent Examiner of Complaints",
                                         "Ffion Oyelaran-Maddox",
                                         "IEC/26/000124.",
                                         "S2 9JD",
                                         "PO Box 6147",
                                         "Sheffield"};
    g_assert_cmpint(language_of(welsh, strlen(welsh)), ==, TEXT_WELSH);
    g_auto(GStrv) lines = g_strsplit(welsh, "\n", -1);
    for (char **line = lines; *line; line++) {
        bool shared = !**line;
        for (size_t n = 0; n < G_N_ELEMENTS(SHARED); n++)
            shared |= !strcmp(*line, SHARED[n]);
        if (shared)
            continue;
        g_autofree char *whole = g_strdup_printf("\n%s\n", *line);
        if (strstr(english, whole))
            g_error("%s: English in the Welsh: %s", name, *line);
        for (size_t n = 0; n < G_N_ELEMENTS(WORDS); n++)
            if (says_word(*line, WORDS[n]) && !strstr(*line, "https://"))
                g_error("%s: \"%s\" in the Welsh: %s", name, WORDS[n], *line);
    }
}

/* ---- the two forms */

/* The HTML's words: tags gone, entities resolved. */
static char *words_of_html(const char *html)
{
    GString *out = g_string_new(NULL);
    const char *body = strstr(html, "<body");
    for (const char *p = body; p && *p; p++) {
        if (*p == '<') {
            bool item = g_str_has_prefix(p, "<li>"), rule = g_str_has_prefix(p, "<hr>");
            g_string_append(out, item ? "* " : rule ? "* * *" : "");
            p = strchr(p, '>');
        } else if (*p == '&') {
            static const char *const ENTITIES[][2] = {
                {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}};
            size_t k = 0;
            while (k < G_N_ELEMENTS(ENTITIES) && !g_str_has_prefix(p, ENTITIES[k][0]))
                k++;
            g_assert_cmpuint(k, <, G_N_ELEMENTS(ENTITIES));
            g_string_append(out, ENTITIES[k][1]);
            p += strlen(ENTITIES[k][0]) - 1;
        } else {
            g_string_append_c(out, *p);
        }
    }
    return g_string_free(out, FALSE);
}

static char *folded(const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
    GString *out = g_string_new(NULL);
    for (char **w = words; *w; w++)
        if (**w)
            g_string_append_printf(out, "%s ", *w);
    return g_string_free(out, FALSE);
}

static void assert_same_words(const char *name, const Reply *r)
{
    g_autofree char *stripped = words_of_html(r->html);
    g_autofree char *html = folded(stripped);
    g_autofree char *text = folded(r->text);
    if (strcmp(html, text))
        g_error("%s: HTML says\n%s\ntext says\n%s", name, html, text);
}

/* ---- every letter */

static void keep_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *words = *line + (g_str_has_prefix(*line, "* ") ? 2 : 0);
        g_hash_table_add(seen.said, g_strdup(words));
    }
}

static void check_letter(const char *name, const ReplyInput *input, const char *says)
{
    g_autoptr(Reply) en = composed(name, input, LANGUAGE_EN);
    g_autoptr(Reply) cy = composed(name, input, LANGUAGE_CY);
    if (says && !strstr(en->text, says))
        g_error("%s does not say \"%s\":\n%s", name, says, en->text);
    g_autofree char *tail = g_strconcat(PARTED, en->text, NULL);
    g_assert_true(g_str_has_suffix(cy->text, tail));
    g_autofree char *welsh = g_strndup(cy->text, strlen(cy->text) - strlen(tail));
    seen.letters++;
    keep_lines(cy->text);
    assert_same_words(name, cy);
    assert_plain(name, en->text);
    assert_plain(name, welsh);
    assert_no_block_capitals(name, cy->text);
    assert_dates(name, en->text, false);
    assert_dates(name, welsh, true);
    assert_readable(name, en->text, en->text + strlen(en->text), true);
    assert_readable(name, welsh, welsh + strlen(welsh), false);
    assert_welsh(name, welsh, en->text);
}

/* True where a letter has said this line, whatever values stood in it. */
static bool was_said(const char *line)
{
    g_auto(GStrv) parts = g_regex_split_simple("\\$\\{[a-z_]+\\}", line, 0, 0);
    GString *form = g_string_new("^");
    for (char **part = parts; *part; part++) {
        g_autofree char *plain = g_regex_escape_string(*part, -1);
        g_string_append_printf(form, "%s%s", part == parts ? "" : ".+", plain);
    }
    g_autofree char *whole = g_string_free(g_string_append_c(form, '$'), FALSE);
    g_autoptr(GRegex) regex = g_regex_new(whole, 0, 0, NULL);
    GHashTableIter i;
    gpointer said;
    g_hash_table_iter_init(&i, seen.said);
    while (g_hash_table_iter_next(&i, &said, NULL))
        if (g_regex_match(regex, said, 0, NULL))
            return true;
    return false;
}

typedef void (*TemplateVisit)(const char *name, const char *en, const char *cy);

static void each_template_in(const char *under, TemplateVisit visit)
{
    g_autofree char *path = g_build_filename(TEST_ROOT "/config/templates/en", under, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *entry;
    while ((entry = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, entry, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR)) {
            each_template_in(entry, visit);
            continue;
        }
        g_autofree char *stem = g_strndup(entry, strlen(entry) - 4);
        g_autofree char *name = g_strconcat(under, *under ? "/" : "", stem, NULL);
        const char *en = templates_text(templates, "en", name);
        const char *cy = templates_text(templates, "cy", name);
        g_assert_true(en && cy);
        visit(name, en, cy);
    }
}

/* Names of organisations, areas and wrongs stand in other lines. */
static bool is_label(const char *name)
{
    return g_str_has_prefix(name, "body/") || g_str_has_prefix(name, "area/") ||
           g_str_has_prefix(name, "wrong/");
}

static bool stands_in_some(const char *label)
{
    GHashTableIter i;
    gpointer said;
    g_hash_table_iter_init(&i, seen.said);
    while (g_hash_table_iter_next(&i, &said, NULL))
        if (strstr(said, label))
            return true;
    return false;
}

static void assert_said(const char *name, const char *en, const char *cy)
{
    const char *texts[] = {en, cy};
    for (size_t n = 0; n < G_N_ELEMENTS(texts); n++) {
        g_auto(GStrv) lines = g_strsplit(texts[n], "\n", -1);
        for (char **line = lines; *line; line++) {
            if (!**line || **line == '@' || g_str_has_prefix(*line, "Subject: "))
                continue;
            const char *words = *line + strspn(*line, "#*| ");
            if (is_label(name) ? !stands_in_some(words) : !was_said(words))
                g_error("%s: no letter says \"%s\"", name, *line);
        }
    }
}

static void test_every_letter(void)
{
    seen.said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    letters_all(check_letter);
    each_template_in("", assert_said);
    g_test_message("%u letters in each language", seen.letters);
    g_test_message("worst Flesch-Kincaid grade %.1f: %s", seen.grade, seen.hardest);
    g_test_message("longest sentence %u words: %s", seen.words, seen.longest);
    g_hash_table_unref(seen.said);
    g_free(seen.hardest);
    g_free(seen.longest);
}

/* ---- the templates */

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What a template asks for, sorted: values, slots, links and marks of blocks. */
static char *asked_for(const char *text)
{
    static const char FORM[] = "\\$\\{[a-z_]+\\}|(?m)^@.*$|^#+ |^\\* |^\\| |https://[^ \\n]+";
    g_autoptr(GRegex) regex = g_regex_new(FORM, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL))
        g_ptr_array_add(found, g_match_info_fetch(match, 0));
    g_ptr_array_sort(found, by_text);
    GString *out = g_string_new(NULL);
    for (unsigned n = 0; n < found->len; n++)
        g_string_append_printf(out, "%s\n", (char *)found->pdata[n]);
    return g_string_free(out, FALSE);
}

static void assert_twins(const char *name, const char *en, const char *cy)
{
    g_autofree char *english = asked_for(en);
    g_autofree char *welsh = asked_for(cy);
    if (strcmp(english, welsh) != 0)
        g_error("%s: English asks for\n%sWelsh for\n%s", name, english, welsh);
}

static void test_twins(void)
{
    each_template_in("", assert_twins);
}

/* Addresses on the web that a letter may name: each is a page of GOV.UK or the body's own, looked
 * up by a person. A new one is put here when somebody has looked at it. */
static const char *const LINKS[] = {
    "https://ico.org.uk/make-a-complaint/",
    "https://members.parliament.uk/FindYourMP",
    "https://www.acas.org.uk",
    "https://www.gov.uk/ask-for-a-visa-administrative-review",
    "https://www.gov.uk/employment-tribunals",
    "https://www.gov.uk/find-legal-advice",
    "https://www.gov.uk/government/organisations/border-force/about/complaints-procedure",
    "https://www.gov.uk/government/organisations/hm-passport-office/about/complaints-procedure",
    "https://www.gov.uk/government/organisations/home-office/about/complaints-procedure",
    "https://www.gov.uk/government/organisations/home-office/about/personal-information-charter",
    "https://www.gov.uk/government/organisations/immigration-enforcement/about/"
    "complaints-procedure",
    "https://www.gov.uk/government/organisations/the-adjudicator-s-office",
    "https://www.gov.uk/government/organisations/uk-visas-and-immigration/about/"
    "complaints-procedure",
    "https://www.gov.uk/government/publications/handling-complaints-in-immigration-removal-centres",
    "https://www.gov.uk/immigration-asylum-tribunal",
    "https://www.gov.uk/visa-and-immigration-reconsideration-requests",
    "https://www.ombudsman.org.uk",
    "https://www.ppo.gov.uk",
};

static void assert_links(const char *name, const char *en, const char *cy)
{
    for (const char *p = strstr(en, "https://"); p; p = strstr(p + 1, "https://")) {
        g_autofree char *link = g_strndup(p, strcspn(p, " \n"));
        bool known = false;
        for (size_t n = 0; n < G_N_ELEMENTS(LINKS); n++)
            known |= !strcmp(link, LINKS[n]);
        if (!known)
            g_error("%s: %s is not among the addresses looked up", name, link);
    }
}

static void test_links(void)
{
    each_template_in("", assert_links);
}

/* ---- the measure */

static void test_measure(void)
{
    static const struct {
        const char *word;
        unsigned syllables;
    } WORDS[] = {
        {"the", 1},      {"complaint", 2}, {"examiner", 4},    {"office", 2},  {"received", 2},
        {"decided", 3},  {"people", 2},    {"immigration", 4}, {"asked", 1},   {"we", 1},
        {"official", 3}, {"bias", 2},      {"independent", 4}, {"999", 3},     {"computer", 3},
        {"phone", 1},    {"reply", 2},     {"someone", 2},     {"message", 2}, {"2026", 4},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(WORDS); n++)
        if (syllables_in(WORDS[n].word, strlen(WORDS[n].word)) != WORDS[n].syllables)
            g_error("%s: %u syllables", WORDS[n].word,
                    syllables_in(WORDS[n].word, strlen(WORDS[n].word)));
    static const char TEXT[] = "Dear Ada\n\nThe cat sat. It is so.\nA heading\n"
                               "We go to https://www.gov.uk\n* a list\nYou can use:\n";
    Measure m = measure(TEXT, TEXT + strlen(TEXT), false);
    g_assert_cmpuint(m.sentences, ==, 4);
    g_assert_cmpuint(m.words, ==, 12);
    g_assert_cmpuint(m.syllables, ==, 12);
    g_assert_cmpuint(m.longest, ==, 3);
    g_assert_cmpfloat_with_epsilon(grade_of(&m), 0.39 * 12 / 4 + 11.8 - 15.59, 1e-9);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    templates = templates_load(TEST_ROOT "/config/templates", &error);
    g_assert_no_error(error);
    g_test_add_func("/compose-plain/measure", test_measure);
    g_test_add_func("/compose-plain/twins", test_twins);
    g_test_add_func("/compose-plain/links", test_links);
    g_test_add_func("/compose-plain/every-letter", test_every_letter);
    int status = g_test_run();
    templates_free(templates);
    return status;
}
