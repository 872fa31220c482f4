#include "parsers/pdf_text.h"
#include "parsers/document_reader.h"
#include <poppler.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopplerDocument, g_object_unref) /* newer popplers have it */

static void say_why(const GError *cause, GError **error)
{
    if (g_error_matches(cause, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
        g_set_error_literal(error, DOCUMENT_READER_ERROR, DOCUMENT_READER_LOCKED,
                            "the PDF is locked with a password");
    else
        g_set_error_literal(error, DOCUMENT_READER_ERROR, DOCUMENT_READER_BROKEN,
                            "the PDF is broken");
}

static void add_page(GString *out, PopplerDocument *document, int number)
{
    PopplerPage *page = poppler_document_get_page(document, number);
    g_autofree char *text = page ? poppler_page_get_text(page) : NULL;
    g_clear_object(&page);
    if (!text || !*g_strstrip(text))
        return;
    if (out->len > 0)
        g_string_append(out, "\n\n");
    g_string_append(out, text);
}

char *pdf_text(GBytes *bytes, size_t most, bool *cut, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(PopplerDocument) document = poppler_document_new_from_bytes(bytes, NULL, &cause);
    if (!document) {
        say_why(cause, error);
        return NULL;
    }
    int pages = poppler_document_get_n_pages(document), number = 0;
    if (pages <= 0) {
        say_why(NULL, error);
        return NULL;
    }
    GString *out = g_string_new(NULL);
    for (; number < MIN(pages, PDF_PAGES_MAX) && out->len < most; number++)
        add_page(out, document, number);
    *cut |= number < pages;
    return g_string_free(out, FALSE);
}
