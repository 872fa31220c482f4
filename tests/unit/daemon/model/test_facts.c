#include "daemon/model/facts.h"
#include <string.h>

static void set(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

/* Every field different from what facts_new gives. */
static Facts *full(void)
{
    Facts *f = facts_new();
    set(&f->rules_version, "2026-11-23/1a2b3c4d");
    f->kind = KIND_FOLLOW_UP;
    f->language = LANGUAGE_CY;
    f->area = AREA_BORDER_FORCE;
    f->wrongs = BIT(WRONG_DELAY) | BIT(WRONG_COMPLAINT_HANDLING);
    f->final_response.status = RESPONSE_GIVEN;
    f->final_response.date = day_from_ymd(2026, 5, 3);
    f->final_response.received = day_from_ymd(2026, 5, 8);
    f->final_response.carriage = CARRIAGE_POST_ABROAD;
    f->final_response.names_iec = TRI_YES;
    f->final_response.names_other = TRI_NO;
    f->final_response.readable = TRI_NO;
    set(&f->final_response.source, "attachment");
    f->final_response.overdue = TRI_YES;
    f->representative.type = REPRESENTATIVE_SPONSOR;
    set(&f->representative.name, "Ffion Maddox");
    f->representative.authority = TRI_NO;
    f->representative.parent_of_child = true;
    set(&f->complainant_name, "Oluwaseun Adéyemí");
    set(&f->complainant_email, "o@example.org");
    set(&f->reply_address, "f@example.net");
    for (int n = 0; n < REASON_COUNT; n++)
        f->bars[n] = n % BAR_HOLD_COUNT;
    f->late_reason = TRI_YES;
    f->flags = BIT(FLAG_UNREAD_PART) | BIT(FLAG_URGENT);
    f->refer = BIT(REFER_WITHDRAWAL);
    f->reviewed = BIT(REVIEWED_AMBIGUOUS) | BIT(REVIEWED_OCR);
    f->heeds = BIT(HEED_THREAT) | BIT(HEED_NEW_ADDRESS);
    f->thanks_only = true;
    f->reply_forbidden = true;
    set(&f->reply_forbidden_why, "Precedence: bulk");
    facts_add_reference(f, "decs", "COMP/1234567/26");
    facts_add_reference(f, "gwf", "GWF012345678");
    g_strfreev(f->claims);
    f->claims = g_strsplit("IEC/26/000123,IEC/26/000124", ",", -1);
    facts_add(f, "final-response.stated", "final_response.status", "given", "body", 4, 5,
              "the final response");
    facts_add(f, "area.default", "business_area", "border-force", NULL, 0, 0, NULL);
    return f;
}

static char *printed(const Facts *f)
{
    g_autoptr(GVariant) v = g_variant_ref_sink(facts_to_variant(f));
    return g_variant_print(v, TRUE);
}

static void assert_round_trip(const Facts *f)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) v = g_variant_ref_sink(facts_to_variant(f));
    g_autoptr(Facts) back = facts_from_variant(v, &error);
    g_assert_no_error(error);
    g_autofree char *before = printed(f);
    g_autofree char *after = printed(back);
    g_assert_cmpstr(before, ==, after);
}

static void test_round_trip(void)
{
    g_autoptr(Facts) empty = facts_new();
    g_autoptr(Facts) f = full();
    assert_round_trip(empty);
    assert_round_trip(f);
    g_autoptr(GVariant) v = g_variant_ref_sink(facts_to_variant(f));
    g_autoptr(Facts) back = facts_from_variant(v, NULL);
    g_assert_cmpint(back->final_response.received, ==, day_from_ymd(2026, 5, 8));
    g_assert_cmpint(back->representative.authority, ==, TRI_NO);
    g_assert_cmpint(back->bars[REASON_OMBUDSMAN], ==, REASON_OMBUDSMAN % BAR_HOLD_COUNT);
    g_assert_cmpstr(back->claims[1], ==, "IEC/26/000124");
    const Finding *first = back->findings->pdata[0];
    const Evidence *e = first->evidence->pdata[0];
    g_assert_cmpstr(e->quote, ==, "final");
    g_assert_cmpuint(((Finding *)back->findings->pdata[1])->evidence->len, ==, 0);
}

/* What a register of schema 1 holds: the same without its last member. */
static void test_before_heeds(void)
{
    g_autoptr(Facts) f = full();
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) v = g_variant_ref_sink(facts_to_variant(f));
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE(FACTS_VARIANT_TYPE_1));
    for (unsigned n = 0; n + 1 < g_variant_n_children(v); n++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(v, n);
        g_variant_builder_add_value(&b, child);
    }
    g_autoptr(GVariant) old = g_variant_ref_sink(g_variant_builder_end(&b));
    g_autoptr(Facts) back = facts_from_variant(old, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(back->heeds, ==, 0);
    g_assert_cmpuint(back->reviewed, ==, f->reviewed);
    g_assert_cmpuint(back->findings->len, ==, f->findings->len);
}

static void test_quotes(void)
{
    g_autofree char *a = g_strnfill(239, 'a');
    g_autofree char *text = g_strconcat(a, "\xc3\xa9", a, NULL);
    static const struct {
        uint32_t offset, length;
        size_t quoted;
    } CASES[] = {
        {0, 10, 10},          {0, 239, 239},  {0, 240, 240}, {0, 300, 239},
        {0, UINT32_MAX, 239}, {238, 3, 3},    {480, 5, 0},   {481, 5, 0},
        {UINT32_MAX, 1, 0},   {470, 500, 10}, {1, 0, 0},
    };
    for (size_t n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(Facts) f = facts_new();
        Finding *added =
            facts_add(f, "r", "f", "v", "body", CASES[n].offset, CASES[n].length, text);
        const Evidence *e = added->evidence->pdata[0];
        /* 240 bytes end inside the character: it comes back mended, as U+FFFD. */
        size_t expected = CASES[n].length == 240 ? 239 : CASES[n].quoted;
        bool ok = g_utf8_validate(e->quote, -1, NULL) && strlen(e->quote) <= 240 &&
                  strlen(e->quote) == expected;
        if (!ok)
            g_error("case %zu: %zu bytes", n, strlen(e->quote));
        assert_round_trip(f);
    }
}

/* What a hostile message may make the extractor write is cut, never refused on reading. */
static void test_excess(void)
{
    g_autoptr(Facts) f = facts_new();
    g_autofree char *huge = g_strnfill(1000000, 'x');
    set(&f->complainant_name, huge);
    set(&f->reply_forbidden_why, "bad \xff bytes");
    for (int n = 0; n < 5000; n++) {
        g_autofree char *value = g_strdup_printf("COMP/%07d/26", n);
        facts_add_reference(f, "decs", value);
        facts_add_reference(f, "decs", value);
        facts_add(f, "rule", "fact", value, "body", 0, 1000, huge);
    }
    g_assert_cmpuint(f->references->len, ==, 256);
    g_strfreev(f->claims);
    f->claims = g_new0(char *, 1001);
    for (int n = 0; n < 1000; n++)
        f->claims[n] = g_strdup("IEC/26/000001");
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) v = g_variant_ref_sink(facts_to_variant(f));
    g_autoptr(Facts) back = facts_from_variant(v, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(strlen(back->complainant_name), ==, 2000);
    g_assert_cmpuint(back->findings->len, ==, 2000);
    g_assert_cmpuint(g_strv_length(back->claims), ==, 64);
}

static void assert_refused(GVariant *v, const char *what)
{
    g_autoptr(GVariant) sunk = g_variant_ref_sink(v);
    g_autoptr(GError) error = NULL;
    g_autoptr(Facts) f = facts_from_variant(sunk, &error);
    if (f || !error)
        g_error("taken: %s", what);
}

/* The full facts with one member of the outer tuple replaced. */
static GVariant *with(unsigned member, GVariant *other)
{
    g_autoptr(Facts) f = full();
    g_autoptr(GVariant) v = g_variant_ref_sink(facts_to_variant(f));
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE_TUPLE);
    for (unsigned n = 0; n < g_variant_n_children(v); n++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(v, n);
        g_variant_builder_add_value(&b, n == member ? other : child);
    }
    return g_variant_builder_end(&b);
}

static void test_out_of_range(void)
{
    g_autofree char *huge = g_strnfill(2001, 'x');
    g_autofree char *quote = g_strnfill(241, 'x');
    assert_refused(with(1, g_variant_new_byte(KIND_COUNT)), "kind");
    assert_refused(with(2, g_variant_new_byte(255)), "language");
    assert_refused(with(3, g_variant_new_byte(AREA_COUNT)), "area");
    assert_refused(with(4, g_variant_new_uint32(BIT(WRONG_COUNT))), "wrongs");
    assert_refused(with(5, g_variant_new_parsed("(byte 3, 0, 0, byte 0, byte 0, byte 0, byte 0, "
                                                "'', byte 0)")),
                   "status");
    assert_refused(with(5, g_variant_new_parsed("(byte 1, 2147483647, 0, byte 0, byte 0, byte 0, "
                                                "byte 0, '', byte 0)")),
                   "date");
    assert_refused(with(6, g_variant_new_parsed("(byte 6, '', byte 0, false)")), "representative");
    assert_refused(with(7, g_variant_new_string(huge)), "name too long");
    assert_refused(with(10, g_variant_new_parsed("[byte 0, 1]")), "two bars");
    assert_refused(with(10, g_variant_new_parsed("[byte 0,0,0,0,0,0,0,0,0,0,4]")), "bar of 4");
    assert_refused(with(11, g_variant_new_byte(3)), "late reason");
    assert_refused(with(12, g_variant_new_uint32(BIT(FLAG_COUNT))), "flags");
    assert_refused(with(13, g_variant_new_uint32(UINT32_MAX)), "refer");
    assert_refused(with(14, g_variant_new_uint32(BIT(REVIEWED_COUNT))), "reviewed");
    assert_refused(with(20, g_variant_new_parsed("[('r', 'f', 'v', [('body', uint32 0, uint32 1, "
                                                 "%s)])]",
                                                 quote)),
                   "quote");
    assert_refused(with(21, g_variant_new_uint32(BIT(HEED_COUNT))), "heeds");
    assert_refused(g_variant_new_string("facts"), "another type");
    assert_refused(g_variant_new_tuple(NULL, 0), "nothing");
}

static void test_many(void)
{
    GVariantBuilder claims, references;
    g_variant_builder_init(&claims, G_VARIANT_TYPE_STRING_ARRAY);
    g_variant_builder_init(&references, G_VARIANT_TYPE("a(ss)"));
    for (int n = 0; n < 257; n++) {
        g_variant_builder_add(&claims, "s", "x");
        g_variant_builder_add(&references, "(ss)", "decs", "x");
    }
    assert_refused(with(19, g_variant_builder_end(&claims)), "claims");
    assert_refused(with(18, g_variant_builder_end(&references)), "references");
}

/* Bytes of a child that has been taken over: any of them changed, or cut short anywhere, is either
 * refused or gives facts that are sound. */
static void test_hostile_bytes(void)
{
    g_autoptr(Facts) f = full();
    g_autoptr(GVariant) v = g_variant_ref_sink(facts_to_variant(f));
    gsize size = g_variant_get_size(v), taken = 0;
    for (gsize at = 0; at < size * 2; at++) {
        g_autofree guchar *bytes = g_memdup2(g_variant_get_data(v), size);
        gsize length = at < size ? size : at - size;
        if (at < size)
            bytes[at] ^= (guchar)g_test_rand_int_range(1, 256);
        g_autoptr(GVariant) hostile = g_variant_ref_sink(g_variant_new_from_data(
            G_VARIANT_TYPE(FACTS_VARIANT_TYPE), bytes, length, FALSE, NULL, NULL));
        g_autoptr(Facts) got = facts_from_variant(hostile, NULL);
        if (got)
            assert_round_trip(got);
        taken += got != NULL;
    }
    g_assert_cmpuint(taken, >, 0);
    g_assert_cmpuint(taken, <, size);
}

static void test_reviewed_names(void)
{
    for (int n = 0; n < REVIEWED_COUNT; n++)
        g_assert_cmpint(NAME_INDEX(reviewed_name, REVIEWED_COUNT, reviewed_name(n)), ==, n);
    g_assert_cmpstr(reviewed_name(REVIEWED_NO_AUTHORITY), ==, "no-authority");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/round-trip", test_round_trip);
    g_test_add_func("/facts/before_heeds", test_before_heeds);
    g_test_add_func("/facts/quotes", test_quotes);
    g_test_add_func("/facts/excess", test_excess);
    g_test_add_func("/facts/out-of-range", test_out_of_range);
    g_test_add_func("/facts/many", test_many);
    g_test_add_func("/facts/hostile-bytes", test_hostile_bytes);
    g_test_add_func("/facts/reviewed-names", test_reviewed_names);
    return g_test_run();
}
