/* document.h: values, their cleaning, and the frame form against a hostile writer. */
#include "parsers/document.h"
#include <string.h>

static Document *sample(void)
{
    Document *d = document_new();
    g_free(d->message_id);
    d->message_id = g_strdup("<a@example.org>");
    g_free(d->subject);
    d->subject = g_strdup("Fy nghwyn – ŵ");
    d->date = 1790000000;
    d->topmost_received = 1790000100;
    g_strfreev(d->references);
    d->references = g_strsplit("<b@example.org> <c@example.org>", " ", 0);
    g_ptr_array_add(d->from, mailbox_new("Ann Example", "ann@example.org"));
    g_ptr_array_add(d->to, mailbox_new("", "iec@homeoffice.gov.uk"));
    g_ptr_array_add(d->reply_to, mailbox_new("group", ""));
    g_ptr_array_add(d->headers, header_field_new("precedence", "bulk"));
    g_ptr_array_add(d->headers, header_field_new("received", "from a"));
    TextPart *t = text_part_new("body", TEXT_NEW, "line one\n\ttwo\n");
    t->date = -5;
    t->confidence = 71;
    g_ptr_array_add(d->texts, t);
    Attachment *a = attachment_new();
    g_free(a->name);
    a->name = g_strdup("letter.pdf");
    a->size = 123456789012;
    memset(a->sha256, 'a', 64);
    a->read = READ_FAILED;
    a->is_inline = true;
    g_ptr_array_add(d->attachments, a);
    g_strfreev(d->defects);
    d->defects = g_strsplit("two From fields", "|", 0);
    d->ambiguous = true;
    return d;
}

static GVariant *form(const Document *d)
{
    return g_variant_ref_sink(document_to_variant(d));
}

static void test_round_trip(void)
{
    g_autoptr(Document) d = sample();
    g_autoptr(GVariant) v = form(d);
    g_autoptr(GError) error = NULL;
    g_autoptr(Document) back = document_from_variant(v, &error);
    g_assert_no_error(error);
    g_autoptr(GVariant) again = form(back);
    g_assert_true(g_variant_equal(v, again));
    g_assert_cmpstr(back->subject, ==, d->subject);
    g_assert_cmpstr(back->references[1], ==, "<c@example.org>");
    g_assert_cmpint(((TextPart *)back->texts->pdata[0])->confidence, ==, 71);
    g_assert_cmpint(((Attachment *)back->attachments->pdata[0])->read, ==, READ_FAILED);
    g_assert_cmpuint(((Attachment *)back->attachments->pdata[0])->size, ==, 123456789012);
    g_assert_true(back->ambiguous && !back->unreadable);
    g_assert_cmpstr(document_header(back, "precedence"), ==, "bulk");
    g_assert_null(document_header(back, "list-id"));
}

static void test_empty(void)
{
    g_autoptr(Document) d = document_new();
    g_autoptr(GVariant) v = form(d);
    g_autoptr(Document) back = document_from_variant(v, NULL);
    g_assert_nonnull(back);
    g_assert_null(back->references[0]);
    document_free(NULL);
    text_part_free(NULL);
    mailbox_free(NULL);
    attachment_free(NULL);
    header_field_free(NULL);
}

/* What a careless reader leaves in is cleaned or cut on the way out, never refused on the way in.
 */
static void test_writer_keeps_limits(void)
{
    g_autoptr(Document) d = sample();
    g_free(d->subject);
    d->subject = g_strnfill(100000, 's');
    g_free(d->date_text);
    d->date_text = g_strdup("a\r\nBcc: x\xff\xe2\x80\xae");
    g_free(d->text);
    d->text = g_strdup("one\r\ntwo\rthree\001");
    for (unsigned n = 0; n < 1000; n++) {
        g_ptr_array_add(d->from, mailbox_new("x", "y@example.org"));
        g_ptr_array_add(d->headers, header_field_new("received", "x"));
        g_ptr_array_add(d->attachments, attachment_new());
    }
    g_autofree char *big = g_strnfill(900000, 'b');
    for (unsigned n = 0; n < 20; n++)
        g_ptr_array_add(d->texts, text_part_new("quoted", TEXT_QUOTED, big));
    g_autoptr(GVariant) v = form(d);
    g_assert_cmpuint(g_variant_get_size(v), <, 8 << 20);
    g_autoptr(GError) error = NULL;
    g_autoptr(Document) back = document_from_variant(v, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(strlen(back->subject), ==, DOCUMENT_VALUE_MAX);
    g_assert_cmpstr(back->date_text, ==, "a Bcc: x\xef\xbf\xbd");
    g_assert_cmpstr(back->text, ==, "one\ntwo\nthree ");
    g_assert_cmpuint(back->from->len, ==, DOCUMENT_ADDRESSES);
    g_assert_cmpuint(back->attachments->len, ==, DOCUMENT_ATTACHMENTS);
}

/* Replaces child `at` of the tuple by `with`. */
static GVariant *forge(GVariant *v, gsize at, GVariant *with)
{
    gsize n = g_variant_n_children(v);
    g_autofree GVariant **children = g_new(GVariant *, n);
    for (gsize k = 0; k < n; k++)
        children[k] = k == at ? g_variant_ref_sink(with) : g_variant_get_child_value(v, k);
    GVariant *forged = g_variant_ref_sink(g_variant_new_tuple(children, n));
    for (gsize k = 0; k < n; k++)
        g_variant_unref(children[k]);
    return forged;
}

static void test_refused(void)
{
    g_autofree char *big = g_strnfill(DOCUMENT_VALUE_MAX + 1, 'x');
    const struct {
        const char *name;
        gsize at;
        GVariant *with;
    } cases[] = {
        {"subject too long", 3, g_variant_new_string(big)},
        {"line break in subject", 3, g_variant_new_string("a\nb")},
        {"escape in subject", 3, g_variant_new_string("a\033[2J")},
        {"C1 in subject", 3, g_variant_new_string("a\xc2\x9b")},
        {"override in subject", 3, g_variant_new_string("a\xe2\x80\xae")},
        {"isolate in subject", 3, g_variant_new_string("a\xe2\x81\xa6")},
        {"text role", 13, g_variant_new_parsed("[('x', byte 9, '', int64 0, '', '', byte 1)]")},
        {"confidence", 13, g_variant_new_parsed("[('x', byte 1, '', int64 0, '', '', byte 101)]")},
        {"CR in text", 13,
         g_variant_new_parsed("[('x', byte 1, '', int64 0, '', 'a\\r', byte 1)]")},
        {"read state", 14,
         g_variant_new_parsed("[('1', '', '', '', uint64 0, '', byte 4, false, '')]")},
        {"short sha256", 14,
         g_variant_new_parsed("[('1', '', '', '', uint64 0, 'abc', byte 0, false, '')]")},
        {"size", 14,
         g_variant_new_parsed(
             "[('1', '', '', '', uint64 18446744073709551615, '', byte 0, false, '')]")},
        {"bell in quoted text", 16, g_variant_new_string("\a")},
        {"another type", 0, g_variant_new_int32(1)},
    };
    g_autoptr(Document) d = sample();
    g_autoptr(GVariant) v = form(d);
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autoptr(GVariant) forged = forge(v, cases[k].at, cases[k].with);
        g_autoptr(GError) error = NULL;
        g_autoptr(Document) back = document_from_variant(forged, &error);
        if (back || !error)
            g_error("%s: was not refused", cases[k].name);
    }
}

/* Any bytes: a document or an error, and a document is one that can be written again. */
static void test_corrupted(void)
{
    g_autoptr(Document) d = sample();
    g_autoptr(GVariant) v = form(d);
    gsize size = g_variant_get_size(v);
    unsigned refused = 0, taken = 0;
    for (unsigned round = 0; round < 20000; round++) {
        guint8 *bytes = g_memdup2(g_variant_get_data(v), size);
        for (int flips = g_test_rand_int_range(1, 4); flips > 0; flips--)
            bytes[g_test_rand_int_range(0, (int)size)] = (guint8)g_test_rand_int();
        gsize length = round % 5 ? size : (gsize)g_test_rand_int_range(0, (int)size);
        g_autoptr(GBytes) frame = g_bytes_new_take(bytes, length);
        g_autoptr(GVariant) bad = g_variant_ref_sink(
            g_variant_new_from_bytes(G_VARIANT_TYPE(DOCUMENT_VARIANT_TYPE), frame, FALSE));
        g_autoptr(GError) error = NULL;
        g_autoptr(Document) back = document_from_variant(bad, &error);
        g_assert_true((back == NULL) == (error != NULL));
        if (back) {
            g_autoptr(GVariant) again = form(back);
            g_assert_true(g_variant_is_normal_form(again));
            taken++;
        } else
            refused++;
    }
    g_assert_cmpuint(refused, >, 1000);
    g_assert_cmpuint(taken, >, 100);
}

static void test_clean(void)
{
    const struct {
        const char *name, *in, *value, *text;
    } cases[] = {
        {"plain", "a b", "a b", "a b"},
        {"folded", "a\r\n\t b", "a b", "a\n\t b"},
        {"ends", "  a  ", "a", "  a  "},
        {"lone CR", "a\rb", "a b", "a\nb"},
        {"byte order mark",
         "\xef\xbb\xbf"
         "a",
         "a", "a"},
        {"invalid", "a\xff", "a\xef\xbf\xbd", "a\xef\xbf\xbd"},
        {"override",
         "a\xe2\x80\xae"
         "b",
         "ab",
         "a\xe2\x80\xae"
         "b"},
        {"line separator",
         "a\xe2\x80\xa8"
         "b",
         "a b",
         "a\xe2\x80\xa8"
         "b"},
        {"escape", "a\033b", "a b", "a b"},
        {"joiner stays",
         "a\xe2\x80\x8d"
         "b",
         "a\xe2\x80\x8d"
         "b",
         "a\xe2\x80\x8d"
         "b"},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autofree char *value = document_clean_value(cases[k].in, -1, 100);
        g_autofree char *text = document_clean_text(cases[k].in, -1, 100);
        if (strcmp(value, cases[k].value) != 0 || strcmp(text, cases[k].text) != 0)
            g_error("%s: value \"%s\", text \"%s\"", cases[k].name, value, text);
    }
    g_autofree char *cut = document_clean_value("aé", -1, 2);
    g_assert_cmpstr(cut, ==, "a");
    g_autofree char *nul = document_clean_text("a\0b", 3, 100);
    g_assert_cmpstr(nul, ==,
                    "a\xef\xbf\xbd"
                    "b");
    g_autofree char *none = document_clean_value(NULL, -1, 100);
    g_assert_cmpstr(none, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/document/round-trip", test_round_trip);
    g_test_add_func("/document/empty", test_empty);
    g_test_add_func("/document/writer-keeps-limits", test_writer_keeps_limits);
    g_test_add_func("/document/refused", test_refused);
    g_test_add_func("/document/corrupted", test_corrupted);
    g_test_add_func("/document/clean", test_clean);
    return g_test_run();
}
