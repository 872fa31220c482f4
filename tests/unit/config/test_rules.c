#include "config/rules.h"
#include "tests/lib/rules_folder.h"
#include <string.h>

#define HEAD                                                                                       \
    "id = \"a\"; source = \"policy 2\"; says = \"s\"; fact = \"wrong\"; value = \"delay\"; "
#define RULE(body) "rules: ( { " HEAD body " } );"

/* The rules that fire on `text`, as "first words|first words|". */
static char *fired(const Rules *r, const char *text)
{
    g_autoptr(Wording) w = wording_new(text, strlen(text));
    g_autoptr(GArray) hits = rules_scan(r, w, RULE_WRITER);
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; i < hits->len; i++) {
        const RuleHit *h = &g_array_index(hits, RuleHit, i);
        g_string_append_len(all, text + h->offset, h->length);
        g_string_append_c(all, '|');
    }
    return g_string_free(all, FALSE);
}

static void test_shipped(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Rules) r = rules_load(TEST_ROOT "/config", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rules_count(r), >, 80);
    g_assert_true(
        g_regex_match_simple("^[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9a-f]{16}$", rules_version(r), 0, 0));
}

static void test_faults(void)
{
    static const struct {
        const char *name, *text, *says;
    } CASES[] = {
        {"syntax", "rules: (", "a.conf:1: syntax error"},
        {"unknown section", "rulez: ( );", "\"rulez\" is not known here"},
        {"unknown key", RULE("phrases = [\"x\"]; match = [\"x\"]; nott = [\"y\"];"), "nott"},
        {"unknown fact",
         "rules: ( { id = \"a\"; source = \"s\"; says = \"s\"; fact = \"colour\"; value = \"x\"; "
         "phrases = [\"x\"]; match = [\"x\"]; } );",
         "no fact is named \"colour\""},
        {"unknown value",
         "rules: ( { id = \"a\"; source = \"s\"; says = \"s\"; fact = \"wrong\"; value = \"x\"; "
         "phrases = [\"x\"]; match = [\"x\"]; } );",
         "write one of delay, error"},
        {"no id", "rules: ( { source = \"s\"; } );", "id = \"...\"; is missing"},
        {"no phrase", RULE("match = [\"x\"];"), "needs phrases"},
        {"empty phrase", RULE("phrases = [\"\"]; match = [\"x\"];"), "empty one"},
        {"phrase of marks", RULE("phrases = [\"?!\"]; match = [\"x\"];"), "empty phrase or word"},
        {"phrase that ends in dots", RULE("phrases = [\"a ..\"]; match = [\"x\"];"),
         "ends in dots"},
        {"open bracket", RULE("phrases = [\"(a|b\"]; match = [\"x\"];"), "bracket"},
        {"unknown list", RULE("phrases = [\"@nope\"]; match = [\"x\"];"), "no list is named"},
        {"unknown guard", RULE("phrases = [\"a\"]; match = [\"a\"]; unless = [\"z\"];"),
         "no guard is named"},
        {"unknown scope", RULE("phrases = [\"a\"]; match = [\"a\"]; scope = [\"z\"];"), "scope"},
        {"bad strength", RULE("phrases = [\"a\"]; match = [\"a\"]; strength = \"sure\";"),
         "strength"},
        {"no example", RULE("phrases = [\"a\"];"), "match example"},
        {"any ending of nothing", RULE("phrases = [\"a*\"]; match = [\"a\"];"), "too short"},
        {"list of itself",
         "lists: ( { name = \"l\"; words = [\"@l\"]; } ); " RULE(
             "phrases = [\"@l\"]; match = [\"a\"];"),
         "names itself"},
        {"second id",
         "rules: ( { " HEAD "phrases = [\"a\"]; match = [\"a\"]; }, { " HEAD
         "phrases = [\"a\"]; match = [\"a\"]; } );",
         "second rule with id a"},
        {"guard out of range", "guards: ( { name = \"g\"; words = [\"a\"]; before = 99; } );",
         "0 to 60"},
        {"no rule", "lists: ( );", "no rule at all"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Rules) r = rules_folder_load(CASES[i].text, &error);
        if (r || !error || !strstr(error->message, CASES[i].says))
            g_error("%s: %s", CASES[i].name, error ? error->message : "no error");
        if (strchr(error->message, '\n'))
            g_error("%s: more than one line: %s", CASES[i].name, error->message);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(rules_load("/nonexistent", &error));
    g_assert_nonnull(error);
}

static void test_grammar(void)
{
    static const struct {
        const char *body, *text, *want;
    } CASES[] = {
        {"phrases = [\"final reply\"]; match = [\"final reply\"];", "The FINAL\n reply came.",
         "FINAL\n reply|"},
        {"phrases = [\"final reply\"]; match = [\"final reply\"];", "It was final. Reply to me.",
         ""},
        {"phrases = [\"refus*\"]; match = [\"refused\"];", "She was refused.", "refused|"},
        {"phrases = [\"refuse\"]; match = [\"refuse\"];", "She was refused.", ""},
        {"phrases = [\"do not know\"]; match = [\"dont know\"];", "I don\xe2\x80\x99t know.",
         "don\xe2\x80\x99t know|"},
        {"phrases = [\"(a|the) .. cat\"]; match = [\"the cat\"];", "the very small cat",
         "the very small cat|"},
        {"phrases = [\"the .. cat\"]; match = [\"the cat\"];", "the one two three four five cat",
         ""},
        {"phrases = [\"the ... cat\"]; match = [\"the cat\"];", "the one two three four five cat",
         "the one two three four five cat|"},
        {"phrases = [\"a b\", \"a\"]; match = [\"a b\"];", "a b", "a b|"},
        {"phrases = [\"cat\"]; match = [\"cat\"]; not = [\"black cat\"];", "A black cat. A cat.",
         "cat|"},
        {"phrases = [\"cwyn\"]; match = [\"cwyn\"];", "y g\xc5\xb5yn; c\xc5\xb5yn", "c\xc5\xb5yn|"},
        {"phrases = [\"seen\"]; match = [\"seen\"]; unless = [\"negated\"];",
         "I have never seen it, but it was seen.", "seen|"},
        {"phrases = [\"never seen\"]; match = [\"never seen\"]; unless = [\"negated\"];",
         "never seen", "never seen|"},
    };
    static const char GUARD[] =
        "guards: ( { name = \"negated\"; words = [ \"never\" ]; before = 4; "
        "after = 0; clause = true; } ); ";
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *text =
            g_strdup_printf("%srules: ( { " HEAD " %s } );", GUARD, CASES[i].body);
        g_autoptr(GError) error = NULL;
        g_autoptr(Rules) r = rules_folder_load(text, &error);
        g_assert_no_error(error);
        g_autofree char *got = fired(r, CASES[i].text);
        if (strcmp(got, CASES[i].want) != 0)
            g_error("%s on \"%s\": \"%s\", not \"%s\"", CASES[i].body, CASES[i].text, got,
                    CASES[i].want);
    }
}

static void test_version_changes(void)
{
    g_autoptr(Rules) a = rules_folder_load(RULE("phrases = [\"a\"]; match = [\"a\"];"), NULL);
    g_autoptr(Rules) b = rules_folder_load(RULE("phrases = [\"b\"]; match = [\"b\"];"), NULL);
    g_autoptr(Rules) c = rules_folder_load(RULE("phrases = [\"a\"]; match = [\"a\"];"), NULL);
    g_assert_cmpstr(rules_version(a), !=, rules_version(b));
    g_assert_cmpstr(rules_version(a), ==, rules_version(c));
}

static char *version_beside(const char *forms)
{
    g_autofree char *dir = g_dir_make_tmp("rules-XXXXXX", NULL);
    g_autofree char *rules = g_build_filename(dir, "rules", NULL);
    g_autofree char *file = g_build_filename(dir, "forms.conf", NULL);
    g_assert_cmpint(symlink(TEST_ROOT "/config/rules", rules), ==, 0);
    g_assert_true(g_file_set_contents(file, forms, -1, NULL));
    g_autoptr(Rules) r = rules_load(dir, NULL);
    g_assert_nonnull(r);
    g_unlink(rules);
    g_unlink(file);
    g_rmdir(dir);
    return g_strdup(rules_version(r));
}

/* What an answer on a form means decides cases as a phrase does. */
static void test_version_of_forms(void)
{
    g_autofree char *a = version_beside("means = \"unsure\";");
    g_autofree char *b = version_beside("means = \"no\";");
    g_assert_cmpstr(a, !=, b);
}

/* A text of nothing but words that rules want must not take long. */
static void test_hostile(void)
{
    g_autoptr(Rules) r = rules_load(TEST_ROOT "/config", NULL);
    g_autoptr(GString) s = g_string_new(NULL);
    while (s->len < WORDING_MAX + 1000)
        g_string_append(s,
                        "not final reply never complaint officer told me my mother visa refused ");
    gint64 start = g_get_monotonic_time();
    g_autoptr(Wording) w = wording_new(s->str, s->len);
    g_autoptr(GArray) hits = rules_scan(r, w, RULE_WRITER);
    g_assert_true(w->cut);
    g_assert_cmpuint(hits->len, <=, rules_count(r) * RULE_HITS_MAX);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 8 * G_USEC_PER_SEC);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rules/shipped", test_shipped);
    g_test_add_func("/rules/faults", test_faults);
    g_test_add_func("/rules/grammar", test_grammar);
    g_test_add_func("/rules/version", test_version_changes);
    g_test_add_func("/rules/version-of-forms", test_version_of_forms);
    g_test_add_func("/rules/hostile", test_hostile);
    return g_test_run();
}
