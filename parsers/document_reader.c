#include "parsers/document_reader.h"
#include "parsers/charset.h"
#include "parsers/office_text.h"
#include "parsers/pdf_text.h"
#include <string.h>

G_DEFINE_QUARK(iecd_document_reader_error, document_reader_error)

/* The smallest files of each kind that have a text: "warm". */
static const char pdf_sample[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<<"
    "/F 5 0 R/G 6 0 R>>>>>>endobj\n"
    "4 0 obj<</Length 71>>stream\nBT /F 12 Tf 20 100 Td (warm) Tj /G 12 Tf 0 -20 Td <0041> Tj ET"
    "          \nendstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "6 0 obj<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement "
    "2>>>>]>>endobj\n"
    "trailer<</Root 1 0 R>>\n";
static const char rtf_sample[] = "{\\rtf1\\ansi{\\fonttbl{\\f0 x;}}warm\\par}";

typedef char *(*TextFunc)(GBytes *bytes, bool *cut, GError **error);

static char *read_pdf(GBytes *bytes, bool *cut, GError **error)
{
    return pdf_text(bytes, DOCUMENT_TEXT_MAX, cut, error);
}

static char *read_docx(GBytes *bytes, bool *cut, GError **error)
{
    return office_text(bytes, "word/document.xml", DOCUMENT_TEXT_MAX, cut, error);
}

static char *read_odt(GBytes *bytes, bool *cut, GError **error)
{
    return office_text(bytes, "content.xml", DOCUMENT_TEXT_MAX, cut, error);
}

static char *read_rtf(GBytes *bytes, bool *cut, GError **error)
{
    return rtf_text(bytes, DOCUMENT_TEXT_MAX, cut);
}

static const struct {
    const char *kind;
    TextFunc read;
} kinds[] = {{"pdf", read_pdf}, {"docx", read_docx}, {"odt", read_odt}, {"rtf", read_rtf}};

static bool has_words(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text > 0x20)
            return true;
    }
    return false;
}

TextPart *document_read_part(const char *kind, GBytes *bytes, GError **error)
{
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        if (strcmp(kinds[k].kind, kind) != 0)
            continue;
        bool cut = false;
        g_autofree char *raw = kinds[k].read(bytes, &cut, error);
        if (!raw)
            return NULL;
        g_autofree char *text = document_clean_text(raw, -1, DOCUMENT_TEXT_MAX);
        if (has_words(text))
            return text_part_new("", TEXT_ATTACHMENT, text);
        g_set_error(error, DOCUMENT_READER_ERROR, DOCUMENT_READER_NO_TEXT,
                    "it holds no text, only pictures of pages");
        return NULL;
    }
    g_set_error(error, DOCUMENT_READER_ERROR, DOCUMENT_READER_UNKNOWN,
                "files of this kind are not read (%s)", kind);
    return NULL;
}

static bool try_sample(const char *kind, const void *sample, size_t length, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(sample, length);
    g_autoptr(GError) cause = NULL;
    TextPart *t = document_read_part(kind, bytes, &cause);
    bool well = t && strncmp(t->text, "warm", 4) == 0;
    text_part_free(t);
    if (!well)
        g_set_error(error, DOCUMENT_READER_ERROR, DOCUMENT_READER_BROKEN, "sample %s: %s", kind,
                    cause ? cause->message : "another text came out");
    return well;
}

/* A stored, unpacked member "word/document.xml" and no directory: libarchive reads it as it comes.
 */
static GByteArray *docx_sample(void)
{
    static const char name[] = "word/document.xml";
    static const char xml[] = "<w:document xmlns:w=\"w\"><w:p><w:t>warm</w:t></w:p></w:document>";
    guint8 header[30] = {'P', 'K', 3, 4, 20, 0, 0, 0, 0, 0};
    GByteArray *zip = g_byte_array_new();
    header[18] = header[22] = sizeof xml - 1;
    header[26] = sizeof name - 1;
    static const guint8 crc[4] = {0x6B, 0x42, 0x0B, 0x48};
    memcpy(header + 14, crc, sizeof crc);
    g_byte_array_append(zip, header, sizeof header);
    g_byte_array_append(zip, (const guint8 *)name, sizeof name - 1);
    g_byte_array_append(zip, (const guint8 *)xml, sizeof xml - 1);
    return zip;
}

bool document_reader_warm_up(GError **error)
{
    g_autoptr(GByteArray) docx = docx_sample();
    return charset_init(error) && try_sample("pdf", pdf_sample, sizeof pdf_sample - 1, error) &&
           try_sample("rtf", rtf_sample, sizeof rtf_sample - 1, error) &&
           try_sample("docx", docx->data, docx->len, error);
}
