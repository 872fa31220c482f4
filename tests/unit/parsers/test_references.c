#include "parsers/references.h"
#include <string.h>

static void test_found(void)
{
    static const struct {
        const char *text, *want; /* "type value;..." */
    } CASES[] = {
        {"ref COMP/1234567/26.", "decs COMP/1234567/26;"},
        {"comp2/1234567/26 and bf/0062214/25", "decs COMP2/1234567/26;decs BF/0062214/25;"},
        {"(MPAM/\n0310448/26)", "decs MPAM/0310448/26;"},
        {"IEDET/0008833/25 IEDET/0008833/25", "decs IEDET/0008833/25;"},
        {"COMP/123456/26 and COMP/12345678/26", ""},
        {"GWF 058 112 347", "gwf GWF058112347;"},
        {"gwf0123456789 x", "gwf GWF0123456789;"},
        {"UAN 1212-7790-0031-4456.", "uan 1212-7790-0031-4456;"},
        {"my UAN is: 1212 7790 0031 4456", "uan 1212-7790-0031-4456;"},
        {"5301 7742 0098 1164", ""},
        {"my card 5301-7742-0098-1164", ""},
        {"UAN. My card is 5301-7742-0098-1164", ""},
        {"Home Office reference K4410938", "ho K4410938;"},
        {"my home office number T3350917\nthey", "ho T3350917;"},
        {"Home Office ref is 128440917 and", "ho 128440917;"},
        {"the number 128440917", ""},
        {"staff number T3350917", ""},
        {"IHS204417736)", "ihs IHS204417736;"},
        {"HU/05512/2026. PA-01234-2026", "tribunal HU/05512/2026;tribunal PA-01234-2026;"},
        {"(JR-2026-LON-002418) UI-2026-001234",
         "tribunal JR-2026-LON-002418;tribunal UI-2026-001234;"},
        {"our reference iec/26/000123", "iec IEC/26/000123;"},
        {"IEC/26/00012", ""},
        {"07700 900123", ""},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GPtrArray) found = references_find(CASES[i].text, strlen(CASES[i].text));
        g_autoptr(GString) got = g_string_new(NULL);
        for (unsigned j = 0; j < found->len; j++) {
            const ReferenceFound *r = found->pdata[j];
            g_string_append_printf(got, "%s %s;", r->type, r->value);
            g_assert_cmpuint(r->offset + r->length, <=, strlen(CASES[i].text));
        }
        if (strcmp(got->str, CASES[i].want) != 0)
            g_error("\"%s\": \"%s\", not \"%s\"", CASES[i].text, got->str, CASES[i].want);
    }
}

static void test_many(void)
{
    g_autoptr(GString) s = g_string_new(NULL);
    for (int i = 0; i < 20000; i++)
        g_string_append_printf(s, "COMP/%07d/26 ", i);
    g_autoptr(GPtrArray) found = references_find(s->str, s->len);
    g_assert_cmpuint(found->len, ==, REFERENCES_FOUND_MAX);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/references/found", test_found);
    g_test_add_func("/references/many", test_many);
    return g_test_run();
}
