#include "daemon/model/casemark.h"
#include <string.h>

static const MarkKey KEYS[] = {
    {.id = 1, .bytes = {1, 2, 3}},
    {.id = 2, .bytes = {9, 8, 7}},
};
static const char OURS[] = "iec@homeoffice.gov.uk";

static void test_reference(void)
{
    static const struct {
        const char *text;
        bool ok;
        int year;
        uint32_t number;
    } CASES[] = {
        {"IEC/26/000123", true, 26, 123},
        {"iec/26/000123", true, 26, 123},
        {"26-000123", true, 26, 123},
        {"IEC/05/1234567", true, 5, 1234567},
        {"IEC/26/4294967295", true, 26, 4294967295},
        {"IEC/26/4294967296", false, 0, 0},
        {"IEC/26/99999999999", false, 0, 0},
        {"IEC/26/0000123", false, 0, 0},
        {"IEC/26/000000", false, 0, 0},
        {"IEC/26/00123", false, 0, 0},
        {"IEC/2026/000123", false, 0, 0},
        {"IEC/26/000123 ", false, 0, 0},
        {" IEC/26/000123", false, 0, 0},
        {"IEC/26-000123", false, 0, 0},
        {"IEC-26-000123", false, 0, 0},
        {"26/000123", false, 0, 0},
        {"IEC/26/+00123", false, 0, 0},
        {"", false, 0, 0},
        {NULL, false, 0, 0},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        int year = -7;
        uint32_t number = 777;
        bool ok = case_reference_parse(CASES[n].text, &year, &number);
        if (ok != CASES[n].ok || (ok && (year != CASES[n].year || number != CASES[n].number)))
            g_error("%s: %d %d %u", CASES[n].text, ok, year, number);
        if (!ok)
            g_assert_true(year == -7 && number == 777);
    }
    g_autofree char *made = case_reference(5, 42);
    g_assert_cmpstr(made, ==, "IEC/05/000042");
}

/* HMAC-SHA-256 and base32 worked out elsewhere: with Python's hmac and base64 modules. */
static void test_known_answer(void)
{
    MarkKey key = {.id = 1};
    for (int n = 0; n < 32; n++)
        key.bytes[n] = (uint8_t)n;
    g_autofree char *a = case_mark_address(&key, "IEC/26/000123", OURS);
    g_assert_cmpstr(a, ==, "iec+26-000123.k1.u7wcbr7iprqyklvozszr@homeoffice.gov.uk");
}

static void assert_names(const char *text, const char *reference)
{
    g_autofree char *got = case_mark_check(KEYS, G_N_ELEMENTS(KEYS), text);
    if (g_strcmp0(got, reference))
        g_error("%s: %s, not %s", text, got ? got : "nothing", reference ? reference : "nothing");
}

static void test_round_trip(void)
{
    for (uint32_t number = 1; number < 3000000; number = number * 3 + 1)
        for (unsigned k = 0; k < G_N_ELEMENTS(KEYS); k++) {
            g_autofree char *reference = case_reference(26, number);
            g_autofree char *address = case_mark_address(&KEYS[k], reference, OURS);
            g_autofree char *id =
                case_mark_message_id(&KEYS[k], reference, 1000 + number, "example.org");
            g_autofree char *bare = g_strndup(id + 1, strlen(id) - 2);
            g_autofree char *upper = g_ascii_strup(address, -1);
            g_autofree char *angled = g_strdup_printf("<%s>", address);
            g_assert_true(case_mark_shaped(address) && case_mark_shaped(id));
            assert_names(address, reference);
            assert_names(id, reference);
            assert_names(bare, reference);
            assert_names(upper, reference);
            assert_names(angled, reference);
        }
}

/* Any one character of the reference, key id or mark changed, dropped or added: no case. */
static void test_forged(void)
{
    g_autofree char *good = case_mark_address(&KEYS[0], "IEC/26/000123", OURS);
    const char *at = strchr(good, '@');
    for (const char *p = strchr(good, '+') + 1; p < at; p++) {
        static const char OTHER[] = "a2z7.k0";
        for (const char *c = OTHER; *c; c++) {
            g_autofree char *changed = g_strdup(good);
            changed[p - good] = *c;
            if (strcmp(changed, good))
                assert_names(changed, NULL);
            g_autofree char *longer = g_strdup_printf("%.*s%c%s", (int)(p - good), good, *c, p);
            assert_names(longer, NULL);
        }
        g_autofree char *shorter = g_strdup_printf("%.*s%s", (int)(p - good), good, p + 1);
        assert_names(shorter, NULL);
        g_autofree char *cut = g_strdup_printf("%.*s%s", (int)(p - good), good, at);
        assert_names(cut, NULL);
    }
    static const char *const NOTHING[] = {
        "",   "@",   "<>", "iec@homeoffice.gov.uk", "26-000123", "iec+26-000123@homeoffice.gov.uk",
        "+@", "k1.@"};
    for (size_t n = 0; n < G_N_ELEMENTS(NOTHING); n++) {
        assert_names(NOTHING[n], NULL);
        g_assert_false(case_mark_shaped(NOTHING[n]));
    }
    assert_names(NULL, NULL);
    g_autofree char *huge = g_strnfill(100000, '1');
    assert_names(huge, NULL);
}

/* A mark of another key with the same id, or of a key we do not hold. */
static void test_other_key(void)
{
    MarkKey other = {.id = 1, .bytes = {4}}, retired = {.id = 9, .bytes = {1, 2, 3}};
    g_autofree char *a = case_mark_address(&other, "IEC/26/000123", OURS);
    g_autofree char *b = case_mark_address(&retired, "IEC/26/000123", OURS);
    assert_names(a, NULL);
    assert_names(b, NULL);
    g_assert_true(case_mark_shaped(a));
    g_assert_null(case_mark_address(&other, "no reference", OURS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/casemark/reference", test_reference);
    g_test_add_func("/casemark/known-answer", test_known_answer);
    g_test_add_func("/casemark/round-trip", test_round_trip);
    g_test_add_func("/casemark/forged", test_forged);
    g_test_add_func("/casemark/other-key", test_other_key);
    return g_test_run();
}
