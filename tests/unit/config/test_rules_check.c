#include "config/rules_check.h"
#include "tests/lib/rules_folder.h"
#include <string.h>

static Rules *load_text(const char *text)
{
    g_autoptr(GError) error = NULL;
    Rules *r = rules_folder_load(text, &error);
    g_assert_no_error(error);
    return r;
}

/* Every fault (not the notes) of the shipped rules is one that only asks for tidying. */
static void test_shipped(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Rules) r = rules_load(TEST_ROOT "/config", &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) faults = rules_check(r);
    for (unsigned i = 0; i < faults->len; i++) {
        const RuleFault *f = faults->pdata[i];
        if (!f->note && !g_str_has_suffix(f->text, ": take it out"))
            g_error("%s", f->text);
        g_assert_null(strchr(f->text, '\n'));
    }
}

#define ONE(id, fact, value, more)                                                                 \
    "{ id = \"" id "\"; source = \"s\"; says = \"s\"; fact = \"" fact "\"; value = \"" value       \
    "\"; no_match = [ \"nothing of it\" ]; " more " }"
#define RULES(all) "rules: (\n" all "\n);"
#define CAT        "phrases = [\"cat\"]; match = [\"cat\"];"

static const struct {
    const char *name, *text;
    const char *says; /* NULL: nothing is wrong */
} CASES[] = {
    {"all well", RULES(ONE("a", "wrong", "delay", CAT)), NULL},
    {"example missed", RULES(ONE("a", "wrong", "delay", "phrases = [\"cat\"]; match = [\"dog\"];")),
     "a.conf:2: rule a misses its example \"dog\""},
    {"example that must not match",
     RULES("{ id = \"a\"; source = \"s\"; says = \"s\"; fact = \"wrong\"; value = \"delay\"; "
           "phrases = [\"cat\"]; match = [\"cat\"]; no_match = [\"black cat\"]; }"),
     "rule a matches \"black cat\", which it must not"},
    {"cancelled by its own not",
     RULES(
         ONE("a", "wrong", "delay",
             "match = [\"dog\"]; not = [\"cat\"]; phrases = [ \"dog\",\n\"(black|white) cat\" ];")),
     "a.conf:3: rule a: \"(black|white) cat\" is always cancelled by the rule's own not or unless"},
    {"cancelled only in part",
     RULES(ONE("a", "wrong", "delay",
               "match = [\"white cat\"]; not = [\"black\"]; phrases = [ \"(black|white) cat\" ];")),
     NULL},
    {"cancelled by its own guard",
     "guards: ( { name = \"small\"; words = [ \"kitten\" ]; before = 4; after = 4; } ); " RULES(
         ONE("a", "wrong", "delay",
             "match = [\"dog\"]; unless = [\"small\"]; phrases = [ \"dog\", \"cat .. kitten\" ];")),
     NULL}, /* a phrase's own words never guard it */
    {"none can be found",
     RULES(ONE("a", "wrong", "delay",
               "match = [\"cat\"]; not = [\"cat\"]; phrases = [ \"cat\", \"black cat\" ];")),
     "a.conf:2: rule a can never fire"},
    {"twice in a rule",
     RULES(ONE("a", "wrong", "delay",
               "match = [\"x\"]; phrases = [ \"(x|y) z\", \"x\",\n\"(y|x) z\" ];")),
     "a.conf:3: rule a: \"(y|x) z\" stands twice (line 2): take one out"},
    {"found anyway",
     RULES(ONE("a", "wrong", "delay", "match = [\"x z\"]; phrases = [ \"x z\", \"(x|y) .. z\" ];")),
     "rule a: \"x z\" is found by its other phrases anyway: take it out"},
    {"longer than the other",
     RULES(ONE("a", "wrong", "delay", "match = [\"x z\"]; phrases = [ \"x z\", \"x\" ];")), NULL},
    {"with more between than the other",
     RULES(ONE("a", "wrong", "delay", "match = [\"x z\"]; phrases = [ \"x ... z\", \"x .. z\" ];")),
     "\"x .. z\" is found by its other phrases anyway"},
    {"twice to one end",
     RULES(ONE("a", "wrong", "delay", CAT) ",\n" ONE(
         "b", "wrong", "delay", "match = [\"dog\"]; phrases = [ \"dog\", \"Cat\" ];")),
     "a.conf:3: rule b: \"Cat\" stands in rule a too (a.conf:2), to the same end: take one out"},
    {"states and hints",
     RULES(ONE("a", "wrong", "delay", CAT) ",\n" ONE("b", "wrong", "delay",
                                                     "strength = \"hints\"; match = [\"dog\"]; "
                                                     "phrases = [ \"dog\", \"cat\" ];")),
     "rule b: \"cat\" only hints at wrong = delay, and rule a (a.conf:2) states it"},
    {"two values of one fact",
     RULES(ONE("a", "area", "ukvi", CAT) ",\n" ONE("b", "area", "border-force", CAT)),
     "a.conf:3: rule b: \"cat\" states area = border-force, and in rule a (a.conf:2) ukvi"},
    {"two values of a fact that has several",
     RULES(ONE("a", "wrong", "delay", CAT) ",\n" ONE("b", "wrong", "error", CAT)), NULL},
    {"in other people's words",
     RULES(ONE("a", "area", "ukvi", CAT) ",\n" ONE("b", "area", "border-force",
                                                   "scope = [\"papers\"]; " CAT)),
     NULL},
    {"a rule that adds nothing",
     RULES(ONE("a", "wrong", "delay", "match = [\"cat\"]; phrases = [ \"(cat|dog)\" ];") ",\n" ONE(
         "b", "wrong", "delay", "scope = [\"writer\"]; " CAT)),
     "a.conf:3: rule b adds nothing: every phrase of it is one of rule a's (a.conf:2)"},
    {"the same, but the other is cancelled more often",
     RULES(ONE(
         "a", "wrong", "delay",
         "match = [\"cat\"]; not = [\"pet\"]; phrases = [ \"(cat|dog)\" ];") ",\n" ONE("b", "wrong",
                                                                                       "delay",
                                                                                       "scope = "
                                                                                       "[\"writer\""
                                                                                       "]; " CAT)),
     NULL},
    {"idle guard",
     "guards: (\n{ name = \"idle\"; words = [ \"x\" ]; before = 4; after = 0; } ); " RULES(
         ONE("a", "wrong", "delay", CAT)),
     "a.conf:2: guard idle stands in no rule's unless"},
    {"idle list",
     "lists: (\n{ name = \"idle\"; words = [ \"x\" ]; } ); " RULES(ONE("a", "wrong", "delay", CAT)),
     "a.conf:2: list idle is named in no phrase"},
    {"list in a list",
     "lists: ( { name = \"in\"; words = [ \"cat\" ]; }, { name = \"out\"; words = [ \"@in\" ]; } "
     ");" RULES(ONE("a", "wrong", "delay", "match = [\"cat\"]; phrases = [ \"@out\" ];")),
     NULL},
};

static void test_faults(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Rules) r = load_text(CASES[i].text);
        g_autoptr(GPtrArray) faults = rules_check(r);
        g_autoptr(GString) all = g_string_new(NULL);
        for (unsigned k = 0; k < faults->len; k++) {
            const RuleFault *f = faults->pdata[k];
            g_assert_false(f->note);
            g_string_append_printf(all, "%s\n", f->text);
        }
        if (CASES[i].says ? !strstr(all->str, CASES[i].says) : all->len > 0)
            g_error("%s: %s", CASES[i].name, all->len ? all->str : "nothing is said");
    }
}

static void test_note(void)
{
    g_autoptr(Rules) r = load_text(
        "rules: ( { id = \"a\"; source = \"s\"; says = \"s\"; fact = \"wrong\"; value = \"delay\"; "
        "phrases = [\"cat\"]; match = [\"cat\"]; } );");
    g_autoptr(GPtrArray) faults = rules_check(r);
    g_assert_cmpuint(faults->len, ==, 1);
    const RuleFault *f = faults->pdata[0];
    g_assert_true(f->note);
    g_assert_nonnull(strstr(f->text, "a.conf:1: rule a has no no_match example"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rules_check/shipped", test_shipped);
    g_test_add_func("/rules_check/faults", test_faults);
    g_test_add_func("/rules_check/note", test_note);
    return g_test_run();
}
