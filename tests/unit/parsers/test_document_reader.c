/* document_reader.h: PDF, Word, OpenDocument, RTF; locked, broken and hostile ones. And sniff.h,
 * which says what they are. */
#include "parsers/document_reader.h"
#include "parsers/sniff.h"
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

static GBytes *text_bytes(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

/* A PDF of one page that shows `text`; locked where `encrypt` is given. */
static GBytes *pdf(const char *text, const char *encrypt)
{
    g_autofree char *show = g_strdup_printf("BT /F 12 Tf 20 100 Td (%s) Tj ET", text);
    g_autofree char *all = g_strdup_printf(
        "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 200]/Contents 4 0 R/Resources<</Font<<"
        "/F 5 0 R>>>>>>endobj\n"
        "4 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "%s"
        "trailer<</Root 1 0 R%s/ID[(0123456789abcdef)(0123456789abcdef)]>>\n",
        strlen(show), show, encrypt ? encrypt : "", encrypt ? "/Encrypt 6 0 R" : "");
    return text_bytes(all);
}

static GBytes *zip(const char *const *members)
{
    size_t size = 1 << 22, used = 0;
    char *buffer = g_malloc(size);
    struct archive *a = archive_write_new();
    archive_write_set_format_zip(a);
    archive_write_open_memory(a, buffer, size, &used);
    for (; members[0]; members += 2) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, members[0]);
        archive_entry_set_size(e, (la_int64_t)strlen(members[1]));
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_write_header(a, e);
        archive_write_data(a, members[1], strlen(members[1]));
        archive_entry_free(e);
    }
    archive_write_close(a);
    archive_write_free(a);
    return g_bytes_new_take(buffer, used);
}

static void expect_text(const char *what, const char *kind, GBytes *bytes, const char *text)
{
    g_autoptr(GError) error = NULL;
    TextPart *t = document_read_part(kind, bytes, &error);
    if (!t || strcmp(t->text, text) != 0)
        g_error("%s: \"%s\" %s", what, t ? t->text : "", error ? error->message : "");
    g_assert_cmpint(t->role, ==, TEXT_ATTACHMENT);
    text_part_free(t);
}

static void expect_error(const char *what, const char *kind, GBytes *bytes, int code)
{
    g_autoptr(GError) error = NULL;
    TextPart *t = document_read_part(kind, bytes, &error);
    if (t || !g_error_matches(error, DOCUMENT_READER_ERROR, code))
        g_error("%s: \"%s\", %s", what, t ? t->text : "", error ? error->message : "no error");
}

static void test_pdf(void)
{
    g_autoptr(GBytes) good = pdf("This is our final response.", NULL), empty = pdf(" ", NULL);
    expect_text("pdf", "pdf", good, "This is our final response.\n\nThis is our final response.");
    expect_error("pictures only", "pdf", empty, DOCUMENT_READER_NO_TEXT);
    g_autoptr(GBytes) locked =
        pdf("x", "6 0 obj<</Filter/Standard/V 1/R 2/P -44/O(01234567890123456789012345678901)"
                 "/U(01234567890123456789012345678901)>>endobj\n");
    expect_error("locked", "pdf", locked, DOCUMENT_READER_LOCKED);
    g_autoptr(GBytes) broken = text_bytes("%PDF-1.4\nnothing");
    expect_error("broken", "pdf", broken, DOCUMENT_READER_BROKEN);
}

#define W "<w:document xmlns:w=\"w\"><w:body>"

static void test_office(void)
{
    static const char *const docx[] = {
        "[Content_Types].xml", "<x/>", "word/document.xml",
        W "<w:p><w:r><w:t>Dear </w:t><w:t>Ann</w:t></w:r></w:p><w:p><w:t>a</w:t><w:tab/><w:t>b"
          "</w:t><w:br/><w:t>c &amp; d</w:t><w:del><w:t>gone</w:t></w:del><w:instrText>no"
          "</w:instrText></w:p></w:body></w:document>",
        NULL};
    g_autoptr(GBytes) word = zip(docx);
    expect_text("docx", "docx", word, "Dear Ann\na\tb\nc & d\n");
    static const char *const odt[] = {
        "mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
        "<o xmlns:t=\"t\"><t:h>Head</t:h><t:p>One<t:s/>two<t:line-break/><t:span>three</t:span>"
        "</t:p></o>",
        NULL};
    g_autoptr(GBytes) open = zip(odt);
    expect_text("odt", "odt", open, "Head\nOne two\nthree\n");
    static const char *const other[] = {"x.txt", "x", NULL};
    g_autoptr(GBytes) none = zip(other);
    expect_error("no document in it", "docx", none, DOCUMENT_READER_BROKEN);
    g_autoptr(GBytes) junk = text_bytes("PK\3\4junk");
    expect_error("no archive", "docx", junk, DOCUMENT_READER_BROKEN);
    g_assert_cmpstr(sniff_kind(g_bytes_get_data(word, NULL), g_bytes_get_size(word), "", ""), ==,
                    "docx");
}

/* Entities that grow, and XML that goes on for ever. */
static void test_office_hostile(void)
{
    static const char *const bomb[] = {
        "word/document.xml",
        "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><d xmlns:w=\"w\"><w:t>&c;</w:t></d>",
        NULL};
    g_autoptr(GBytes) entities = zip(bomb);
    expect_error("entities", "docx", entities, DOCUMENT_READER_BROKEN);
    g_autoptr(GString) xml = g_string_new(W);
    for (unsigned n = 0; n < 200000; n++)
        g_string_append(xml, "<w:p><w:t>words</w:t></w:p>");
    g_string_append(xml, "</w:body></w:document>");
    const char *const large[] = {"word/document.xml", xml->str, NULL};
    g_autoptr(GBytes) bytes = zip(large);
    TextPart *t = document_read_part("docx", bytes, NULL);
    g_assert_cmpuint(strlen(t->text), <=, DOCUMENT_TEXT_MAX);
    text_part_free(t);
}

static void test_rtf(void)
{
    static const struct {
        const char *name, *rtf, *text;
    } cases[] = {
        {"plain", "{\\rtf1 Dear Ann\\par Two}", "Dear Ann\nTwo"},
        {"tables hidden", "{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\*\\generator x;}a}", "a"},
        {"8-bit", "{\\rtf1\\ansicpg1252 caf\\'e9 \\'80}", "café €"},
        {"unicode", "{\\rtf1\\uc1 \\u373?\\u8217'x}", "ŵ’x"},
        {"negative unicode", "{\\rtf1 \\u-3?}", "\xef\xbf\xbd"},
        {"escapes", "{\\rtf1 \\{a\\}\\~\\\\}", "{a} \\"},
        {"cyrillic", "{\\rtf1\\ansicpg1251 \\'c6}", "Ж"},
        {"unclosed", "{\\rtf1 {a", "a"},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autoptr(GBytes) bytes = text_bytes(cases[k].rtf);
        expect_text(cases[k].name, "rtf", bytes, cases[k].text);
    }
    g_autoptr(GString) deep = g_string_new("{\\rtf1 a");
    for (unsigned n = 0; n < 100000; n++)
        g_string_append(deep, "{");
    g_autoptr(GBytes) bytes = text_bytes(deep->str);
    expect_text("deep", "rtf", bytes, "a");
}

static void test_any_bytes(void)
{
    static const char *const kinds[] = {"pdf", "docx", "odt", "rtf"};
    static const char *const docx[] = {"word/document.xml", W "<w:p><w:t>a</w:t></w:p>", NULL};
    GBytes *samples[] = {pdf("text", NULL), zip(docx), zip(docx),
                         text_bytes("{\\rtf1\\u12?{\\*\\x}\\'e9}")};
    for (unsigned round = 0; round < 2000; round++) {
        gsize length;
        const void *data = g_bytes_get_data(samples[round % 4], &length);
        guint8 *copy = g_memdup2(data, length);
        for (int flips = g_test_rand_int_range(1, 6); flips > 0; flips--)
            copy[g_test_rand_int_range(0, (int)length)] = (guint8)g_test_rand_int();
        g_autoptr(GBytes) bytes = g_bytes_new_take(copy, length);
        g_autoptr(GError) error = NULL;
        TextPart *t = document_read_part(kinds[round % 4], bytes, &error);
        g_assert_true((t == NULL) == (error != NULL));
        text_part_free(t);
    }
    for (size_t k = 0; k < G_N_ELEMENTS(samples); k++)
        g_bytes_unref(samples[k]);
}

static void test_sniff(void)
{
    static const struct {
        const char *bytes, *type, *name, *kind;
    } cases[] = {
        {"%PDF-1.4", "application/octet-stream", "x.txt", "pdf"},
        {"junk\n%PDF-1.4", "image/jpeg", "", "pdf"},
        {"{\\rtf1 a}", "application/msword", "a.doc", "rtf"},
        {"\x89PNG\r\n\x1A\n", "text/plain", "", "image"},
        {"\xFF\xD8\xFF\xE0", "", "", "image"},
        {"svg", "image/svg+xml", "a.svg", "image"},
        {"<!DOCTYPE HTML><p>", "application/octet-stream", "", "html"},
        {"{\"a\":1}", "application/json", "", "json"},
        {"{\"a\":1}", "text/plain", "a.json", "json"},
        {"a,b", "text/csv", "", "csv"},
        {"BEGIN:VCALENDAR", "text/calendar", "", "calendar"},
        {"plain", "application/octet-stream", "", "text"},
        {"From: a", "application/octet-stream", "mail.eml", "message"},
        {"\x01\x02\x03\x04", "application/msword", "a.doc", ""},
        {"\x30\x82", "application/pkcs7-signature", "smime.p7s", "signature"},
        {"\x30\x82\x01", "application/pkcs7-mime", "smime.p7m", "encrypted"},
        {"PK\3\4xxxx", "application/zip", "a.zip", "zip"},
        {"", "application/pdf", "a.pdf", "pdf"},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        const char *kind =
            sniff_kind(cases[k].bytes, strlen(cases[k].bytes), cases[k].type, cases[k].name);
        if (strcmp(kind, cases[k].kind) != 0)
            g_error("%s %s: \"%s\"", cases[k].type, cases[k].name, kind);
    }
}

static void test_unknown(void)
{
    g_autoptr(GBytes) bytes = text_bytes("x");
    expect_error("unknown", "image", bytes, DOCUMENT_READER_UNKNOWN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    document_reader_warm_up(&error);
    g_assert_no_error(error);
    g_test_add_func("/document-reader/pdf", test_pdf);
    g_test_add_func("/document-reader/office", test_office);
    g_test_add_func("/document-reader/office-hostile", test_office_hostile);
    g_test_add_func("/document-reader/rtf", test_rtf);
    g_test_add_func("/document-reader/any-bytes", test_any_bytes);
    g_test_add_func("/document-reader/sniff", test_sniff);
    g_test_add_func("/document-reader/unknown", test_unknown);
    return g_test_run();
}
