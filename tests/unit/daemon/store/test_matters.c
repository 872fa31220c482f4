#include "daemon/store/matters.h"
#include "tests/unit/daemon/store/fixture.h"

static void test_links(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) one = fixture_case(f, CASE_REFERRED);
    g_autoptr(CaseRow) two = fixture_case(f, CASE_REFERRED);
    g_autoptr(CaseRow) three = fixture_case(f, CASE_REFERRED);
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_assert_true(matters_link(f->db, two->id, one->id, LINK_LATER, NOW, &error));
    g_assert_true(matters_link(f->db, three->id, two->id, LINK_SAME_MATTER, NOW, &error));
    /* Said once, a link stays as it is. */
    g_assert_true(matters_link(f->db, two->id, one->id, LINK_UNSURE, NOW, &error));
    g_assert_false(matters_link(f->db, one->id, three->id, LINK_LATER, NOW, &error));
    g_clear_error(&error);
    fixture_commit(tx);
    g_autoptr(GPtrArray) links = matters_links(f->db, two->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(links->len, ==, 2);
    const LinkRow *older = links->pdata[0], *newer = links->pdata[1];
    g_assert_cmpstr(older->reference, ==, one->reference);
    g_assert_cmpint(older->why, ==, LINK_LATER);
    g_assert_false(older->by_other);
    g_assert_cmpstr(newer->reference, ==, three->reference);
    g_assert_cmpint(newer->why, ==, LINK_SAME_MATTER);
    g_assert_true(newer->by_other);
}

static void test_first_contact(Fixture *f, const void *data)
{
    static const struct {
        int64_t told, first;
    } TOLD[] = {{NOW, NOW - 100}, {NOW - 100, NOW - 100}, {NOW - 500, NOW - 500}, {NOW, NOW - 500}};
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    for (size_t n = 0; n < G_N_ELEMENTS(TOLD); n++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(matters_first_contact(f->db, c->id, TOLD[n].told, &error));
        g_autoptr(CaseRow) back = cases_load(f->db, c->id, &error);
        g_assert_cmpint(back->first_contact_at, ==, TOLD[n].first);
    }
}

static void test_keys(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaseRow) one = fixture_case(f, CASE_REFERRED);
    g_autoptr(CaseRow) two = fixture_case(f, CASE_REFERRED);
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    for (int again = 0; again < 2; again++) {
        g_assert_true(matters_add_key(f->db, one->id, "ref:decs:COMP/1234567/26", &error));
        g_assert_true(matters_add_key(f->db, two->id, "ref:decs:COMP/1234567/26", &error));
        g_assert_true(cases_add_address(f->db, one->id, "Ann@example.org", &error));
    }
    fixture_commit(tx);
    g_autoptr(GArray) both = matters_by_key(f->db, "ref:decs:COMP/1234567/26", 10, &error);
    g_assert_cmpuint(both->len, ==, 2);
    g_assert_cmpint(g_array_index(both, int64_t, 0), ==, two->id);
    g_autoptr(GArray) newest = matters_by_key(f->db, "ref:decs:COMP/1234567/26", 1, &error);
    g_assert_cmpuint(newest->len, ==, 1);
    g_autoptr(GArray) none = matters_by_key(f->db, "ref:decs:COMP/7654321/26", 10, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GArray) ann = matters_by_address(f->db, "ann@example.org", 0, 10, &error);
    g_assert_cmpuint(ann->len, ==, 1);
}

/* Of a busy sender the ten newest cases, and those that a message may still change. */
static void test_addresses(Fixture *f, const void *data)
{
    static const CaseState STATES[] = {CASE_ASKED, CASE_REFERRED, CASE_AWAITING_RELEASE,
                                       CASE_ACCEPTED};
    g_autoptr(GError) error = NULL;
    int64_t first = 0;
    for (unsigned n = 0; n < G_N_ELEMENTS(STATES) + 10; n++) {
        g_autoptr(CaseRow) c =
            fixture_case(f, n < G_N_ELEMENTS(STATES) ? STATES[n] : CASE_ACCEPTED);
        g_autoptr(Transaction) tx = NULL;
        fixture_begin(f, &tx);
        g_assert_true(cases_add_address(f->db, c->id, "ann@example.org", &error));
        fixture_commit(tx);
        first = n ? first : c->id;
    }
    int64_t message = fixture_message(f, 1);
    ReadMessage m = {.id = message, .state = "judged", .case_id = first + 3};
    g_autoptr(Facts) facts = facts_new();
    m.facts = facts;
    m.message_id = m.sender = m.from_name = m.subject = m.body_sha256 = "";
    g_autoptr(Transaction) tx = NULL;
    fixture_begin(f, &tx);
    g_assert_true(messages_read(f->db, &m, &error));
    fixture_commit(tx);
    g_autoptr(GArray) live = matters_by_address(f->db, "ann@example.org", NOW, 100, &error);
    g_assert_cmpuint(live->len, ==, 13); /* not the referred one */
    g_assert_cmpint(g_array_index(live, int64_t, 0), ==, first + 13);
    g_assert_cmpint(g_array_index(live, int64_t, 10), ==, first + 3);
    g_assert_cmpint(g_array_index(live, int64_t, 11), ==, first + 2);
    g_assert_cmpint(g_array_index(live, int64_t, 12), ==, first);
    g_autoptr(GArray) later = matters_by_address(f->db, "ann@example.org", NOW + 2, 100, &error);
    g_assert_cmpuint(later->len, ==, 12); /* nor the accepted one, with no mail since */
    g_autoptr(GArray) few = matters_by_address(f->db, "ann@example.org", NOW, 3, &error);
    g_assert_cmpuint(few->len, ==, 3);
}

static int64_t sketched(Fixture *f, unsigned n, int64_t band)
{
    static const uint8_t MINIMA[256] = {7};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) minima = g_bytes_new_static(MINIMA, sizeof MINIMA);
    g_autoptr(GBytes) none = g_bytes_new_static("", 0);
    const int64_t twice[] = {band, band};
    int64_t id = fixture_message(f, n);
    SketchRow row = {.message_id = id,
                     .received_at = NOW + (int64_t)n * 86400,
                     .sender = (char *)"ann@example.org",
                     .subject = (char *)"lost passport",
                     .words_sha256 = (char *)"w",
                     .papers_sha256 = (char *)"",
                     .minima = minima,
                     .letter_minima = n == 1 ? minima : none};
    g_assert_true(matters_add_sketch(f->db, &row, twice, 2, &error));
    return id;
}

static void test_bands(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Transaction) tx = NULL;
    int64_t first = sketched(f, 1, -5);
    sketched(f, 2, -5);
    sketched(f, 3, 6);
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    g_autofree char *sql = g_strdup_printf("UPDATE messages SET case_id = %d, sender = "
                                           "'ann@example.org' WHERE id = %d",
                                           (int)c->id, (int)first);
    g_assert_cmpint(fixture_sql(f, sql), ==, SQLITE_OK);
    int64_t day = (NOW + 86400) / 86400;
    g_autoptr(GPtrArray) rows = matters_sketches_of_band(f->db, day, -5, 10, &error);
    g_assert_cmpuint(rows->len, ==, 1);
    const SketchRow *row = rows->pdata[0];
    g_assert_cmpint(row->message_id, ==, first);
    g_assert_cmpint(row->case_id, ==, c->id);
    g_assert_true(row->mailed);
    g_autoptr(GPtrArray) stated = matters_sketches_of_band(f->db, day + 1, -5, 10, &error);
    g_assert_cmpuint(stated->len, ==, 1);
    g_assert_cmpint(((const SketchRow *)stated->pdata[0])->case_id, ==, 0);
    g_assert_false(((const SketchRow *)stated->pdata[0])->mailed); /* stated, not sent from */
    g_assert_cmpstr(row->sender, ==, "ann@example.org");
    g_assert_cmpstr(row->subject, ==, "lost passport");
    g_assert_cmpuint(g_bytes_get_size(row->minima), ==, 256);
    g_assert_cmpuint(g_bytes_get_size(row->letter_minima), ==, 256);
}

static void test_campaigns(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    static const uint8_t MINIMA[256] = {7};
    g_autoptr(GBytes) minima = g_bytes_new_static(MINIMA, sizeof MINIMA);
    g_autoptr(CaseRow) c = fixture_case(f, CASE_REFERRED);
    int64_t message = sketched(f, 1, 1), campaign, messages, found = -1;
    g_assert_true(matters_campaign_of_case(f->db, c->id, &found, &error));
    g_assert_cmpint(found, ==, 0);
    campaign = matters_add_campaign(f->db, NOW, NOW, minima, &error);
    g_assert_cmpint(campaign, >, 0);
    g_assert_true(matters_enter_campaign(f->db, campaign, message, NOW + 50, &error));
    g_autofree char *sql =
        g_strdup_printf("UPDATE messages SET case_id = %d WHERE id = %d", (int)c->id, (int)message);
    g_assert_cmpint(fixture_sql(f, sql), ==, SQLITE_OK);
    g_assert_true(matters_campaign_of_case(f->db, c->id, &found, &error));
    g_assert_cmpint(found, ==, campaign);
    g_autoptr(GPtrArray) running = matters_campaigns(f->db, NOW + 50, &error);
    g_autoptr(GPtrArray) over = matters_campaigns(f->db, NOW + 51, &error);
    g_assert_cmpuint(running->len, ==, 1);
    g_assert_cmpuint(over->len, ==, 0);
    g_assert_true(matters_campaign_counts(f->db, NOW, &found, &messages, &error));
    g_assert_cmpint(found, ==, 1);
    g_assert_cmpint(messages, ==, 1);
    g_assert_false(matters_enter_campaign(f->db, campaign, 999, NOW, &error));
}

#define ADD(name, function)                                                                        \
    g_test_add("/matters/" name, Fixture, NULL, fixture_up, function, fixture_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("links", test_links);
    ADD("first-contact", test_first_contact);
    ADD("keys", test_keys);
    ADD("addresses", test_addresses);
    ADD("bands", test_bands);
    ADD("campaigns", test_campaigns);
    return g_test_run();
}
