#include "daemon/model/reader_protocol.h"
#include <string.h>

static Document *some_document(void)
{
    Document *d = document_new();
    g_free(d->subject);
    d->subject = g_strdup("a subject");
    g_ptr_array_add(d->texts, text_part_new("attachment 1: a.pdf", TEXT_ATTACHMENT, "words"));
    return d;
}

static void test_order(void)
{
    const char *const own[] = {"a@example.org", "b@example.org", NULL};
    g_autoptr(Document) found = some_document();
    const ReaderOrder order = {
        .op = READER_DOCUMENT,
        .received_at = -5,
        .channel = 2,
        .facts = true,
        .own_addresses = own,
        .path = "1.2",
        .kind = "pdf",
        .found = found,
    };
    g_autoptr(GBytes) bytes = reader_order_encode(&order);
    g_autoptr(GError) error = NULL;
    g_autoptr(ReceivedOrder) r = reader_order_decode(bytes, &error);
    g_assert_no_error(error);
    g_assert_cmpint(r->order.op, ==, READER_DOCUMENT);
    g_assert_cmpint(r->order.received_at, ==, -5);
    g_assert_cmpint(r->order.channel, ==, 2);
    g_assert_true(r->order.facts);
    g_assert_cmpstr(r->order.own_addresses[1], ==, "b@example.org");
    g_assert_null(r->order.own_addresses[2]);
    g_assert_null(r->order.trusted_authserv[0]);
    g_assert_cmpstr(r->order.path, ==, "1.2");
    g_assert_cmpstr(r->order.kind, ==, "pdf");
    g_assert_cmpuint(r->order.found->texts->len, ==, 1);
}

static GBytes *some_answer(void)
{
    g_autoptr(Document) d = some_document();
    g_autoptr(Facts) f = facts_new();
    ReaderAnswer a = {.status = READER_DONE, .document = d, .facts = f};
    return reader_answer_encode(&a);
}

static void test_answer(void)
{
    g_autoptr(GBytes) bytes = some_answer();
    g_autoptr(GError) error = NULL;
    g_autoptr(ReaderAnswer) a = reader_answer_decode(bytes, &error);
    g_assert_no_error(error);
    g_assert_cmpint(a->status, ==, READER_DONE);
    g_assert_cmpstr(a->document->subject, ==, "a subject");
    g_assert_nonnull(a->facts);
    g_assert_cmpstr(a->why, ==, "");
}

static void test_sentences(void)
{
    static const struct {
        const char *said, *heard;
    } table[] = {
        {"the PDF is locked", "the PDF is locked"},
        {"two\nlines\x1b[2J", "two lines [2J"},
        {"turned \xE2\x80\xAE round", "turned round"},
        {"not \xFF valid", "not \xEF\xBF\xBD valid"},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(table); k++) {
        ReaderAnswer said = {.status = READER_CANNOT, .why = (char *)table[k].said};
        g_autoptr(GBytes) bytes = reader_answer_encode(&said);
        g_autoptr(ReaderAnswer) heard = reader_answer_decode(bytes, NULL);
        g_assert_nonnull(heard);
        g_assert_cmpstr(heard->why, ==, table[k].heard);
    }
    g_autofree char *endless = g_strnfill(100000, 'x');
    ReaderAnswer said = {.status = READER_CANNOT, .why = endless};
    g_autoptr(GBytes) bytes = reader_answer_encode(&said);
    g_autoptr(ReaderAnswer) heard = reader_answer_decode(bytes, NULL);
    g_assert_cmpuint(strlen(heard->why), <=, 200);
}

/* A reader may send anything: no byte changed and no cut may do more than be refused. */
static void test_hostile(void)
{
    g_autoptr(GBytes) bytes = some_answer();
    size_t length;
    const uint8_t *good = g_bytes_get_data(bytes, &length);
    unsigned refused = 0;
    for (size_t n = 0; n < length; n++) {
        g_autoptr(GBytes) cut = g_bytes_new(good, n);
        g_autoptr(ReaderAnswer) a = reader_answer_decode(cut, NULL);
        refused += a == NULL;
    }
    g_assert_cmpuint(refused, ==, length);
    g_autoptr(GRand) chance = g_rand_new_with_seed(1);
    for (unsigned k = 0; k < 20000; k++) {
        g_autofree uint8_t *bad = g_memdup2(good, length);
        for (int n = g_rand_int_range(chance, 1, 5); n > 0; n--)
            bad[g_rand_int_range(chance, 0, (int)length)] = (uint8_t)g_rand_int(chance);
        g_autoptr(GBytes) b = g_bytes_new_static(bad, length);
        g_autoptr(ReaderAnswer) a = reader_answer_decode(b, NULL);
        g_autoptr(ReceivedOrder) o = reader_order_decode(b, NULL);
        g_autoptr(ReaderNote) note = reader_note_decode(bad, length, NULL);
    }
}

static void test_note(void)
{
    g_autofree char *endless = g_strnfill(100000, '\xC3');
    g_autoptr(GBytes) bytes = reader_note_encode(NOTE_ENDED, 7, -9, endless, endless);
    size_t length;
    const void *data = g_bytes_get_data(bytes, &length);
    g_assert_cmpuint(length, <=, 4096); /* a packet */
    g_autoptr(GError) error = NULL;
    g_autoptr(ReaderNote) n = reader_note_decode(data, length, &error);
    g_assert_no_error(error);
    g_assert_cmpint(n->kind, ==, NOTE_ENDED);
    g_assert_cmpuint(n->number, ==, 7);
    g_assert_cmpint(n->status, ==, -9);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reader_protocol/order", test_order);
    g_test_add_func("/reader_protocol/answer", test_answer);
    g_test_add_func("/reader_protocol/sentences", test_sentences);
    g_test_add_func("/reader_protocol/hostile", test_hostile);
    g_test_add_func("/reader_protocol/note", test_note);
    return g_test_run();
}
