#include "daemon/casework/forms_config.h"
#include <glib/gstdio.h>
#include <string.h>

static FormLabels *load_text(const char *text, gssize length, GError **error)
{
    g_autofree char *dir = g_dir_make_tmp("forms-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "forms.conf", NULL);
    g_assert_true(g_file_set_contents(file, text, length, NULL));
    FormLabels *l = forms_config_load(dir, error);
    g_unlink(file);
    g_rmdir(dir);
    return l;
}

static void test_shipped(void)
{
    static const struct {
        FormField field;
        const char *text, *means;
    } CASES[] = {
        {FORM_AREA, "UK Visas and Immigration (UKVI)", "ukvi"},
        {FORM_AREA, "Detention and Escorting Services", "detention-escorting"},
        {FORM_AREA, "Swyddfa Basbort EF", "hm-passport-office"},
        {FORM_AREA, "Another part of the Home Office", NULL},
        {FORM_RESPONSE, "Ydw", "yes"},
        {FORM_RESPONSE, "Naddo", "no"},
        {FORM_RESPONSE, "Dydw i ddim yn si\xc5\xb5r", "unsure"},
        {FORM_FOR_WHOM, "Fi fy hun", "myself"},
        {FORM_RELATION, "I work for a charity or support organisation", "support"},
        {FORM_RELATION, "I provide expert support or technical assistance", "support"},
        {FORM_RELATION, "I am a relative or friend", "relative"},
        {FORM_RELATION, "I am their Member of Parliament", "mp"},
        {FORM_RELATION, "Immigration adviser", "legal"},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(FormLabels) l = forms_config_load(TEST_ROOT "/config", &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const char *got = form_labels_meaning(l, CASES[i].field, CASES[i].text);
        if (g_strcmp0(got, CASES[i].means) != 0)
            g_error("%s: %s, not %s", CASES[i].text, got, CASES[i].means);
    }
    for (int i = 0; i < FORM_FIELD_COUNT; i++)
        g_assert_cmpint(form_labels_place(l, (FormField)i), ==, i);
    g_assert_cmpint(form_labels_field(l, "Beth aeth o\xe2\x80\x99i le?", 19), ==, FORM_WHAT);
    g_assert_cmpint(form_labels_section(l, "AGENT DETAILS", 13), ==, FORM_SECTION_AGENT);
}

#define QUESTIONS "questions: ( { field = \"name\"; ask = [ \"Name\" ]; } );\n"
#define ANSWERS   "answers: ( { field = \"response\"; means = \"yes\"; says = [ \"Yes\" ]; } );\n"
#define SECTIONS  "sections: ( { of = \"agent\"; titles = [ \"Agent\" ]; } );\n"

static void test_faults(void)
{
    static const struct {
        const char *name, *text, *says;
    } CASES[] = {
        {"syntax", "questions: (", "forms.conf:1: syntax error"},
        {"unknown list", QUESTIONS "anwsers: ( );", "forms.conf:2: \"anwsers\" is not known here"},
        {"no list", QUESTIONS ANSWERS, "write sections: ( { ... } );"},
        {"list of texts", "questions: ( \"x\" );", "forms.conf:1: write { ... } here"},
        {"unknown key", "questions: ( { field = \"name\"; aks = [ \"x\" ]; } );",
         "\"aks\" is not known here: write one of field, ask"},
        {"unknown field", "questions: ( { field = \"nmae\"; ask = [ \"x\" ]; } );",
         "field is \"nmae\": write one of for-whom, name"},
        {"no field", "questions: ( { ask = [ \"x\" ]; } );", "field is \"\""},
        {"nothing asked", "questions: ( { field = \"name\"; ask = [ ]; } );", "write ask = ["},
        {"no text", "questions: ( { field = \"name\"; ask = [ 7 ]; } );", "no text"},
        {"no UTF-8", "questions: ( { field = \"name\"; ask = [ \"\xff\" ]; } );", "UTF-8"},
        {"field twice",
         "questions: ( { field = \"name\"; ask = [ \"x\" ]; },\n"
         "{ field = \"name\"; ask = [ \"y\" ]; } );",
         "forms.conf:2: a second entry for name"},
        {"question twice",
         "questions: ( { field = \"name\"; ask = [ \"x\" ]; },\n"
         "{ field = \"email\"; ask = [ \"X?\" ]; } );",
         "forms.conf:2: \"X?\" is there already"},
        {"question inside", "questions: ( { field = \"name\"; ask = [ \"*name*\" ]; } );",
         "only answers may"},
        {"short beginning", "questions: ( { field = \"name\"; ask = [ \"What*\" ]; } );",
         "too short"},
        {"unknown meaning",
         QUESTIONS "answers: ( { field = \"area\"; means = \"dvla\"; says = [ \"x\" ]; } );",
         "forms.conf:2: means is \"dvla\": write one of ukvi"},
        {"meaning of free text",
         QUESTIONS "answers: ( { field = \"what\"; means = \"x\"; says = [ \"x\" ]; } );",
         "no set meanings"},
        {"unknown section", QUESTIONS ANSWERS "sections: ( { of = \"x\"; titles = [ \"x\" ]; } );",
         "forms.conf:3: of is \"x\": write one of complaint, agent"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(FormLabels) l = load_text(CASES[i].text, -1, &error);
        if (l || !error || !strstr(error->message, CASES[i].says))
            g_error("%s: %s", CASES[i].name, error ? error->message : "no error");
        if (strchr(error->message, '\n'))
            g_error("%s: more than one line: %s", CASES[i].name, error->message);
    }
}

static void test_whole(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FormLabels) l = load_text(QUESTIONS ANSWERS SECTIONS, -1, &error);
    g_assert_no_error(error);
    g_assert_cmpint(form_labels_place(l, FORM_NAME), ==, 0);
    g_assert_cmpint(form_labels_place(l, FORM_WHAT), ==, -1);
    g_autofree char *huge = g_strnfill(2 * 1024 * 1024, '#');
    g_assert_null(load_text(huge, -1, &error));
    g_assert_nonnull(strstr(error->message, "over 1048576 bytes"));
    g_clear_error(&error);
    g_assert_null(load_text("a\0b", 3, &error));
    g_assert_nonnull(strstr(error->message, "zero byte"));
    g_clear_error(&error);
    /* A folder without the file goes with the one in use. */
    g_autoptr(FormLabels) used = forms_config_load("/nonexistent", &error);
    g_assert_no_error(error);
    g_assert_nonnull(used);
    form_labels_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/forms-config/shipped", test_shipped);
    g_test_add_func("/forms-config/faults", test_faults);
    g_test_add_func("/forms-config/whole", test_whole);
    return g_test_run();
}
