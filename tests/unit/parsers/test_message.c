/* message.h: golden pairs (tests/corpus/message: x.eml and what it reads as, x.json; written anew
 * with IECD_WRITE_GOLDEN=1, to be read by a person before they are kept), the header-only reader,
 * parts for document readers, and hostile messages that must end soon, with a Document. */
#include "parsers/auth_results.h"
#include "parsers/header_gate.h"
#include "parsers/message.h"
#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CORPUS TEST_ROOT "/tests/corpus/message"

static int fd_of(const void *bytes, size_t length)
{
    int fd = memfd_create("message", MFD_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, (const char *)bytes + done, length - done);
        g_assert_cmpint(n, >, 0);
        done += (size_t)n;
    }
    return fd;
}

static Document *parse_bytes(const void *bytes, size_t length)
{
    g_autoptr(GError) error = NULL;
    int fd = fd_of(bytes, length);
    Document *d = message_parse(fd, NULL, &error);
    g_assert_no_error(error);
    close(fd);
    return d;
}

static Document *parse_text(const char *text)
{
    return parse_bytes(text, strlen(text));
}

/* Whatever a message is, what comes out is what iecd takes. */
static void check_form(const Document *d)
{
    g_autoptr(GVariant) v = g_variant_ref_sink(document_to_variant(d));
    g_autoptr(GError) error = NULL;
    g_autoptr(Document) back = document_from_variant(v, &error);
    g_assert_no_error(error);
    g_autoptr(GHashTable) parts = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned n = 0; n < d->texts->len; n++) {
        const TextPart *t = d->texts->pdata[n];
        g_assert_cmpstr(t->part, !=, "");
        g_assert_true(g_hash_table_add(parts, t->part));
    }
    g_assert_cmpuint(g_variant_get_size(v), <, 16 << 20);
}

/* ---- golden pairs */

static void put(JsonBuilder *b, const char *name, const char *value)
{
    json_builder_set_member_name(b, name);
    json_builder_add_string_value(b, value);
}

static void put_mailboxes(JsonBuilder *b, const char *name, const GPtrArray *list)
{
    json_builder_set_member_name(b, name);
    json_builder_begin_array(b);
    for (unsigned n = 0; n < list->len; n++) {
        const Mailbox *m = list->pdata[n];
        g_autofree char *text = g_strdup_printf("%s <%s>", m->name, m->address);
        json_builder_add_string_value(b, text);
    }
    json_builder_end_array(b);
}

static void put_strings(JsonBuilder *b, const char *name, char **list)
{
    json_builder_set_member_name(b, name);
    json_builder_begin_array(b);
    for (; *list; list++)
        json_builder_add_string_value(b, *list);
    json_builder_end_array(b);
}

static void put_texts(JsonBuilder *b, const Document *d)
{
    static const char *const roles[] = {"subject", "new",       "signature",
                                        "quoted",  "forwarded", "attachment"};
    json_builder_set_member_name(b, "texts");
    json_builder_begin_array(b);
    for (unsigned n = 0; n < d->texts->len; n++) {
        const TextPart *t = d->texts->pdata[n];
        json_builder_begin_object(b);
        put(b, "part", t->part);
        put(b, "role", roles[t->role]);
        put(b, "origin", t->origin);
        json_builder_set_member_name(b, "date");
        json_builder_add_int_value(b, t->date);
        put(b, "path", t->path);
        put(b, "text", t->text);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

static void put_attachments(JsonBuilder *b, const Document *d)
{
    static const char *const reads[] = {"not needed", "done", "wanted", "failed"};
    json_builder_set_member_name(b, "attachments");
    json_builder_begin_array(b);
    for (unsigned n = 0; n < d->attachments->len; n++) {
        const Attachment *a = d->attachments->pdata[n];
        g_autofree char *text = g_strdup_printf(
            "%s '%s' %s %s %" G_GUINT64_FORMAT " %.16s %s%s%s%s", a->path, a->name, a->type,
            *a->kind ? a->kind : "unknown", a->size, a->sha256, reads[a->read],
            a->is_inline ? " inline" : "", *a->why ? ": " : "", a->why);
        json_builder_add_string_value(b, text);
    }
    json_builder_end_array(b);
}

static void put_headers(JsonBuilder *b, const Document *d)
{
    json_builder_set_member_name(b, "headers");
    json_builder_begin_array(b);
    for (unsigned n = 0; n < d->headers->len; n++) {
        const HeaderField *h = d->headers->pdata[n];
        g_autofree char *text = g_strdup_printf("%s: %s", h->name, h->value);
        json_builder_add_string_value(b, text);
    }
    json_builder_end_array(b);
}

static char *golden_text(const Document *d)
{
    g_autoptr(JsonBuilder) b = json_builder_new();
    json_builder_begin_object(b);
    put(b, "subject", d->subject);
    put(b, "message_id", d->message_id);
    put(b, "in_reply_to", d->in_reply_to);
    put_strings(b, "references", d->references);
    json_builder_set_member_name(b, "date");
    json_builder_add_int_value(b, d->date);
    json_builder_set_member_name(b, "received");
    json_builder_add_int_value(b, d->topmost_received);
    put_mailboxes(b, "from", d->from);
    put_mailboxes(b, "to", d->to);
    put_mailboxes(b, "cc", d->cc);
    put_mailboxes(b, "reply_to", d->reply_to);
    put_headers(b, d);
    put(b, "content_type", d->content_type);
    put_texts(b, d);
    put_attachments(b, d);
    put(b, "text", d->text);
    put(b, "quoted_text", d->quoted_text);
    put_strings(b, "defects", d->defects);
    json_builder_set_member_name(b, "ambiguous");
    json_builder_add_boolean_value(b, d->ambiguous);
    json_builder_end_object(b);
    g_autoptr(JsonNode) root = json_builder_get_root(b);
    g_autofree char *text = json_to_string(root, TRUE);
    return g_strconcat(text, "\n", NULL);
}

static void golden(gconstpointer data)
{
    const char *eml = data;
    g_autofree char *stem = g_strndup(eml, strlen(eml) - strlen(".eml"));
    g_autofree char *json = g_strconcat(stem, ".json", NULL);
    g_autofree char *bytes = NULL, *expected = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(eml, &bytes, &length, NULL));
    g_autoptr(Document) d = parse_bytes(bytes, length);
    check_form(d);
    g_autofree char *got = golden_text(d);
    if (g_getenv("IECD_WRITE_GOLDEN"))
        g_assert_true(g_file_set_contents(json, got, -1, NULL));
    g_assert_true(g_file_get_contents(json, &expected, NULL, NULL));
    if (strcmp(got, expected) != 0)
        g_error("%s reads as:\n%s", eml, got);
}

static void add_golden(void)
{
    g_autoptr(GDir) dir = g_dir_open(CORPUS, 0, NULL);
    g_assert_nonnull(dir);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, ".eml"))
            continue;
        g_autofree char *path = g_strdup_printf("/message/golden/%s", name);
        g_test_add_data_func_full(path, g_build_filename(CORPUS, name, NULL), golden, g_free);
    }
}

/* ---- limits and hostile messages */

typedef struct Hostile {
    const char *name;
    const char *defect;
    void (*make)(GString *m);
} Hostile;

static void head(GString *m, const char *more)
{
    g_string_append_printf(m, "From: a@example.org\r\nTo: b@example.org\r\n%s\r\n", more);
}

static void repeat(GString *m, const char *what, unsigned times)
{
    for (unsigned n = 0; n < times; n++)
        g_string_append(m, what);
}

static void make_deep(GString *m)
{
    g_string_append(m, "From: a@example.org\r\n");
    for (unsigned n = 0; n < 20000; n++)
        g_string_append_printf(m, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", n,
                               n);
}

/* Levels times lines that could be a boundary: quadratic in GMime. */
static void make_deep_dashes(GString *m)
{
    make_deep(m);
    repeat(m, "--bX\r\n", 1000000);
}

static void make_messages(GString *m)
{
    g_string_append(m, "From: a@example.org\r\n");
    repeat(m, "Content-Type: message/rfc822\r\n\r\n", 200000);
}

static void make_parts(GString *m)
{
    head(m, "Content-Type: multipart/mixed; boundary=b\r\n");
    repeat(m, "--b\r\n\r\n", 500000);
}

static void make_headers(GString *m)
{
    repeat(m, "X-A: b\r\n", 1000000);
    head(m, "");
}

static void make_long_header(GString *m)
{
    g_string_append(m, "Subject: ");
    repeat(m, "long ", 2000000);
    g_string_append(m, "\r\n");
    head(m, "");
}

static void make_folds(GString *m)
{
    g_string_append(m, "X-Folded: a\r\n");
    repeat(m, " b\r\n", 1000000);
    head(m, "");
}

static void make_groups(GString *m)
{
    g_string_append(m, "From: ");
    repeat(m, "g:", 100000);
    g_string_append(m, "\r\nTo: ");
    repeat(m, "g:", 15000);
    g_string_append(m, "\r\n\r\n");
}

static void make_groups_within(GString *m)
{
    head(m, "Content-Type: message/rfc822\r\n");
    make_groups(m);
}

static void make_addresses(GString *m)
{
    g_string_append(m, "To: ");
    repeat(m, "a@example.org, ", 100000);
    g_string_append(m, "\r\nFrom: a@example.org\r\n\r\n");
}

static void make_words(GString *m)
{
    g_string_append(m, "Subject: ");
    repeat(m, "=?utf-8?q?a?= ", 500000);
    g_string_append(m, "\r\nFrom: a@example.org\r\n\r\n");
}

static void make_parameters(GString *m)
{
    g_string_append(m, "Content-Type: text/plain");
    for (unsigned n = 0; n < 100000; n++)
        g_string_append_printf(m, ";\r\n name*%u=a", n);
    g_string_append(m, "\r\nFrom: a@example.org\r\n\r\ntext");
}

static void make_nested_tags(GString *m)
{
    head(m, "Content-Type: text/html\r\n");
    repeat(m, "<b>", 500000);
    g_string_append(m, "text");
    repeat(m, "</i>", 500000);
}

static void make_attributes(GString *m)
{
    head(m, "Content-Type: text/html\r\n");
    g_string_append(m, "<p>before<p ");
    for (unsigned n = 0; n < 200000; n++)
        g_string_append_printf(m, "a%u ", n);
    g_string_append(m, ">after");
}

static void make_endless_line(GString *m)
{
    head(m, "Content-Type: text/plain\r\n");
    repeat(m, "word ", 6000000);
}

static void make_signature_marks(GString *m)
{
    head(m, "Content-Type: text/plain\r\n");
    repeat(m, "--\r\n", 300000);
}

static void make_header_blocks(GString *m)
{
    head(m, "Content-Type: text/plain\r\n");
    repeat(m, "\r\n", 300000);
    repeat(m, "From: a\r\nDate: b\r\nTo: c\r\n\r\n", 10000);
}

static void make_quotes(GString *m)
{
    head(m, "Content-Type: text/plain\r\n");
    repeat(m, "> a\r\n\r\nOn 4 May\r\n", 60000);
    repeat(m, ">", 500000);
}

static void make_eml_in_eml(GString *m)
{
    g_autofree char *inner = g_strdup("From: a@example.org\r\n\r\nbottom\r\n");
    for (unsigned n = 0; n < 30; n++) {
        g_autofree char *base64 = g_base64_encode((const guchar *)inner, strlen(inner));
        g_free(inner);
        inner =
            g_strdup_printf("From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n"
                            "\r\n--b\r\nContent-Type: message/rfc822\r\n"
                            "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n",
                            base64);
    }
    g_string_append(m, inner);
}

static void make_nuls(GString *m)
{
    head(m, "Content-Type: text/html\r\n");
    for (unsigned n = 0; n < 100000; n++)
        g_string_append_len(m, "a\0<\0b>", 6);
}

static void make_many_files(GString *m)
{
    head(m, "Content-Type: multipart/mixed; boundary=b\r\n");
    repeat(m, "--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n", 900);
}

static const Hostile hostiles[] = {
    {"deep multiparts", "nested deeper than 100 levels: cut there", make_deep},
    {"deep multiparts and dashes", "nested deeper than 100 levels: cut there", make_deep_dashes},
    {"messages in messages", "nested deeper than 100 levels: cut there", make_messages},
    {"parts", "more than 1,000 parts: cut there", make_parts},
    {"headers", "a header longer than 1 MiB or 1,000 fields was cut", make_headers},
    {"long header", "a header longer than 1 MiB or 1,000 fields was cut", make_long_header},
    {"folds", "a header longer than 1 MiB or 1,000 fields was cut", make_folds},
    {"groups", "an address field with too many groups was cut", make_groups},
    {"groups within", "an address field with too many groups was cut", make_groups_within},
    {"addresses", "a header longer than 1 MiB or 1,000 fields was cut", make_addresses},
    {"encoded words", "a header longer than 1 MiB or 1,000 fields was cut", make_words},
    {"parameters", "a header longer than 1 MiB or 1,000 fields was cut", make_parameters},
    {"nested tags", "a text longer than 1 MiB, or too deep, was cut", make_nested_tags},
    {"attributes", "a text longer than 1 MiB, or too deep, was cut", make_attributes},
    {"endless line", "a text longer than 1 MiB, or too deep, was cut", make_endless_line},
    {"signature marks", NULL, make_signature_marks},
    {"header blocks", NULL, make_header_blocks},
    {"quotes", NULL, make_quotes},
    {"encoded messages", "nested deeper than 20 levels, or more than 1,000 parts", make_eml_in_eml},
    {"NUL bytes", NULL, make_nuls},
    {"files", "more than 200 attachments: the rest are not listed", make_many_files},
};

static void test_hostile(gconstpointer data)
{
    const Hostile *h = data;
    g_autoptr(GString) m = g_string_new(NULL);
    h->make(m);
    gint64 start = g_get_monotonic_time();
    g_autoptr(Document) d = parse_bytes(m->str, m->len);
    double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    check_form(d);
    if (h->defect && !g_strv_contains((const char *const *)d->defects, h->defect))
        g_error("%s: the defect is not told; told: %s", h->name, d->defects[0]);
    /* The cage's 5 s of processor, with the sanitizers' share. */
    if (seconds > 15)
        g_error("%s: %.1f s", h->name, seconds);
}

static void test_addresses_capped(void)
{
    g_autoptr(GString) m = g_string_new("From: a@example.org\r\nTo: ");
    repeat(m, "b@example.org, ", 1000);
    g_string_append(m, "\r\n\r\n");
    g_autoptr(Document) d = parse_bytes(m->str, m->len);
    g_assert_cmpuint(d->to->len, ==, DOCUMENT_ADDRESSES);
    g_assert_false(d->ambiguous);
}

/* What may hold a letter and is not opened is told of: no automatic rejection rests on it. */
static void test_zip_unread(void)
{
    g_autoptr(Document) d = parse_text("From: a@example.org\r\nContent-Type: application/zip; "
                                       "name=a.zip\r\n\r\nPK\x03\x04 letter.pdf\r\n");
    g_assert_cmpuint(d->attachments->len, ==, 1);
    g_assert_cmpint(((Attachment *)d->attachments->pdata[0])->read, ==, READ_FAILED);
}

/* A domain stays as DNS has it, so that an answer can be sent there. */
static void test_address_idn(void)
{
    g_autoptr(Document) d = parse_text("From: <a@xn--exmple-cua.org>, <b@ex\u00e4mple.org>,"
                                       " <\u00fc@example.org>\r\n\r\nx\r\n");
    static const char *const WANT[] = {"a@xn--exmple-cua.org", "b@xn--exmple-cua.org",
                                       "\u00fc@example.org"};
    g_assert_cmpuint(d->from->len, ==, G_N_ELEMENTS(WANT));
    for (unsigned n = 0; n < d->from->len; n++)
        g_assert_cmpstr(((Mailbox *)d->from->pdata[n])->address, ==, WANT[n]);
}

/* Any bytes make a Document that iecd takes: flipped, cut, and joined from two messages. */
static void test_mutated(void)
{
    g_autoptr(GDir) dir = g_dir_open(CORPUS, 0, NULL);
    g_autoptr(GPtrArray) corpus = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(CORPUS, name, NULL);
        char *bytes;
        gsize length;
        if (g_str_has_suffix(name, ".eml") && g_file_get_contents(path, &bytes, &length, NULL))
            g_ptr_array_add(corpus, g_bytes_new_take(bytes, length));
    }
    for (unsigned round = 0; round < 3000; round++) {
        gsize one, two;
        const char *a =
            g_bytes_get_data(corpus->pdata[g_test_rand_int_range(0, (int)corpus->len)], &one);
        const char *b =
            g_bytes_get_data(corpus->pdata[g_test_rand_int_range(0, (int)corpus->len)], &two);
        g_autoptr(GString) m = g_string_new_len(a, g_test_rand_int_range(0, (int)one + 1));
        gsize from = (gsize)g_test_rand_int_range(0, (int)two + 1);
        g_string_append_len(m, b + from, (gssize)(two - from));
        for (int flips = g_test_rand_int_range(0, 8); flips > 0 && m->len > 0; flips--)
            m->str[g_test_rand_int_range(0, (int)m->len)] = (char)g_test_rand_int();
        g_autoptr(Document) d = parse_bytes(m->str, m->len);
        check_form(d);
        int fd = fd_of(m->str, m->len);
        g_autoptr(Document) header = message_parse_header_only(fd);
        close(fd);
        check_form(header);
    }
}

/* ---- the rest of the interface */

static void test_header_only(void)
{
    static const char text[] =
        "From mbox line\r\n"
        "Received: from a by b; Mon, 4 May 2026 10:22:00 +0100\r\n"
        "From: =?utf-8?q?Jos=C3=A9?= \"the, real\" <jose@example.org>, b@example.org (Bea)\r\n"
        "To: iec@homeoffice.gov.uk\r\n"
        "Subject: =?iso-8859-1?q?caf=E9?=\r\n on two lines\r\n"
        "Message-ID: <a@example.org>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n"
        "\r\nFrom: not a header\r\n";
    int fd = fd_of(text, strlen(text));
    g_autoptr(Document) d = message_parse_header_only(fd);
    close(fd);
    check_form(d);
    g_assert_true(d->unreadable);
    g_assert_cmpstr(d->subject, ==, "café on two lines");
    g_assert_cmpstr(d->message_id, ==, "<a@example.org>");
    g_assert_cmpuint(d->from->len, ==, 2);
    g_assert_cmpstr(((Mailbox *)d->from->pdata[0])->address, ==, "jose@example.org");
    g_assert_cmpstr(((Mailbox *)d->from->pdata[0])->name, ==, "José the, real");
    g_assert_cmpstr(((Mailbox *)d->from->pdata[1])->name, ==, "Bea");
    g_assert_cmpstr(document_header(d, "auto-submitted"), ==, "auto-replied");
    g_assert_cmpstr(d->content_type, ==, "multipart/mixed");
    g_assert_cmpint(d->topmost_received, ==, 1777886520);
}

static const char with_documents[] =
    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n"
    "--b\r\nContent-Type: application/pdf; name=one.pdf\r\nContent-Transfer-Encoding: "
    "base64\r\n\r\n"
    "JVBERi0xLjQ=\r\n"
    "--b\r\nContent-Type: application/pdf; name=two.pdf\r\n\r\n%PDF-1.5 two\r\n"
    "--b--\r\n";

static void test_part_bytes(void)
{
    int fd = fd_of(with_documents, strlen(with_documents));
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) one = message_part_bytes(fd, "2", 1000, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(one, NULL), g_bytes_get_size(one), "%PDF-1.4", 8);
    g_assert_null(message_part_bytes(fd, "2", 7, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(message_part_bytes(fd, "9", 1000, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    close(fd);
}

static void test_found_documents(void)
{
    g_autoptr(Document) found = document_new();
    TextPart *t = text_part_new("", TEXT_ATTACHMENT, "Our final response\r\n");
    g_free(t->path);
    t->path = g_strdup("2");
    t->confidence = 60;
    g_ptr_array_add(found->texts, t);
    Attachment *locked = attachment_new();
    g_free(locked->path);
    locked->path = g_strdup("3");
    locked->read = READ_FAILED;
    g_free(locked->why);
    locked->why = g_strdup("the PDF is locked");
    g_ptr_array_add(found->attachments, locked);
    int fd = fd_of(with_documents, strlen(with_documents));
    g_autoptr(Document) d = message_parse(fd, found, NULL);
    close(fd);
    check_form(d);
    const TextPart *text = d->texts->pdata[1];
    g_assert_cmpstr(text->part, ==, "attachment 1: one.pdf");
    g_assert_cmpstr(text->text, ==, "Our final response\n");
    g_assert_cmpuint(text->confidence, ==, 60);
    const Attachment *one = d->attachments->pdata[0], *two = d->attachments->pdata[1];
    g_assert_cmpint(one->read, ==, READ_DONE);
    g_assert_cmpint(two->read, ==, READ_FAILED);
    g_assert_cmpstr(two->why, ==, "the PDF is locked");
}

static void test_cannot_read(void)
{
    g_autoptr(GError) error = NULL;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    g_assert_null(message_parse(fd, NULL, &error));
    g_assert_nonnull(error);
    close(fd);
    g_autoptr(Document) empty = parse_bytes("", 0);
    check_form(empty);
    g_assert_true(empty->ambiguous);
}

/* The handled forms of what RFC 3834 and RFC 8601 are judged by. */
static void test_kept_headers(void)
{
    g_autoptr(GString) m = g_string_new(NULL);
    repeat(m, "List-Id: <x.example.org>\r\nReceived: x\r\n", 400);
    g_string_append(m, "Auto-Submitted: auto-replied\r\nSubject: =?utf-8?q?a?=\r\n\r\n");
    g_autoptr(Document) d = parse_bytes(m->str, m->len);
    g_assert_cmpstr(document_header(d, "auto-submitted"), ==, "auto-replied");
    g_autoptr(Document) forged = parse_text(
        "Authentication-Results: =?utf-8?q?mail=2Ehomeoffice=2Egov=2Euk=3B?= dmarc=pass\r\n\r\n");
    static const char *const trusted[] = {"mail.homeoffice.gov.uk", NULL};
    g_assert_cmpint(auth_results_dmarc(forged, trusted), ==, DMARC_UNKNOWN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    message_init();
    g_autoptr(GError) error = NULL;
    message_warm_up(&error);
    g_assert_no_error(error);
    add_golden();
    for (size_t k = 0; k < G_N_ELEMENTS(hostiles); k++) {
        g_autofree char *path = g_strdup_printf("/message/hostile/%s", hostiles[k].name);
        g_test_add_data_func(path, &hostiles[k], test_hostile);
    }
    g_test_add_func("/message/zip-unread", test_zip_unread);
    g_test_add_func("/message/address-idn", test_address_idn);
    g_test_add_func("/message/addresses-capped", test_addresses_capped);
    g_test_add_func("/message/mutated", test_mutated);
    g_test_add_func("/message/header-only", test_header_only);
    g_test_add_func("/message/part-bytes", test_part_bytes);
    g_test_add_func("/message/found-documents", test_found_documents);
    g_test_add_func("/message/cannot-read", test_cannot_read);
    g_test_add_func("/message/kept-headers", test_kept_headers);
    return g_test_run();
}
