#include "daemon/reader/serve.h"
#include "daemon/base/clock.h"
#include "daemon/casework/extract.h"
#include "daemon/casework/forms_config.h"
#include "parsers/document_reader.h"
#include "parsers/message.h"
#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Decoded bytes of a document; larger ones are for a person. */
#define DOCUMENT_BYTES_MOST (32u << 20)

/* Two languages, two alternatives, a PDF: a way through every step. */
static const char sample[] =
    "From: =?utf-8?Q?A=20Reader?= <reader@example.org>\r\n"
    "To: iec@homeoffice.gov.uk\r\n"
    "Subject: =?iso-8859-1?Q?Complaint=20about=20a=20delay?=\r\n"
    "Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n"
    "Message-ID: <sample@example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"m\"\r\n"
    "\r\n"
    "--m\r\n"
    "Content-Type: multipart/alternative; boundary=\"a\"\r\n"
    "\r\n"
    "--a\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "I complained to UK Visas and Immigration about a delay. The final response of=\r\n"
    " 1 October 2026 names you. COMP/1234567/26, \xC2\xA3=C2=A35.\r\n"
    "Rwy'n cwyno am yr oedi. Diolch yn fawr.\r\n"
    "\r\n"
    "> quoted\r\n"
    "--a\r\n"
    "Content-Type: text/html; charset=windows-1252\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "PGh0bWw+PGJvZHk+PHA+SSBjb21wbGFpbmVkLjwvcD48YmxvY2txdW90ZT5xPC9ibG9ja3F1b3Rl\r\n"
    "PjwvYm9keT48L2h0bWw+\r\n"
    "--a--\r\n"
    "--m\r\n"
    "Content-Type: application/pdf; name=\"letter.pdf\"\r\n"
    "Content-Disposition: attachment; filename=\"letter.pdf\"\r\n"
    "\r\n"
    "%PDF-1.4\r\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\r\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\r\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
    "/Resources<</Font<</F1 5 0 R>>>>>>endobj\r\n"
    "4 0 obj<</Length 44>>stream\r\n"
    "BT /F1 12 Tf 20 100 Td (Final response) Tj ET\r\n"
    "endstream endobj\r\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\r\n"
    "trailer<</Root 1 0 R>>\r\n"
    "%%EOF\r\n"
    "--m--\r\n";

int reader_sample(GError **error)
{
    int fd = memfd_create("sample", MFD_CLOEXEC);
    if (fd >= 0 && pwrite(fd, sample, sizeof sample - 1, 0) == (ssize_t)(sizeof sample - 1))
        return fd;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "sample message: %s",
                g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

ReaderOrder reader_sample_order(const ReaderKit *kit)
{
    if (kit->kind == READER_DOCS)
        return (ReaderOrder){.op = READER_DOCUMENT, .path = "2", .kind = "pdf"};
    return (ReaderOrder){.op = READER_MESSAGE, .facts = true};
}

static bool read_sample(const ReaderKit *kit, GError **error)
{
    int fd = reader_sample(error);
    if (fd < 0)
        return false;
    const ReaderOrder order = reader_sample_order(kit);
    g_autoptr(ReaderAnswer) answer = reader_serve(kit, &order, fd);
    close(fd);
    if (answer->status == READER_DONE)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "sample message: %s", answer->why);
    return false;
}

bool reader_kit_prepare(ReaderKit *kit, ReaderKind kind, const char *config_dir, GError **error)
{
    kit->kind = kind;
    if (kind == READER_SLIM && (!(kit->rules = rules_load(config_dir, error)) ||
                                !(kit->form_labels = forms_config_load(config_dir, error))))
        return false;
    message_init();
    if (!message_warm_up(error) || (kind == READER_DOCS && !document_reader_warm_up(error)))
        return false;
    return read_sample(kit, error);
}

static ReaderAnswer *cannot(const char *why)
{
    ReaderAnswer *a = g_new0(ReaderAnswer, 1);
    a->status = READER_CANNOT;
    a->why = g_strdup(why);
    return a;
}

static ReaderAnswer *done(Document *d)
{
    ReaderAnswer *a = g_new0(ReaderAnswer, 1);
    a->status = READER_DONE;
    a->document = d;
    return a;
}

/* After the document readers nothing is wanted any more. */
static void settle_attachments(Document *d)
{
    for (unsigned k = 0; k < d->attachments->len; k++) {
        Attachment *a = d->attachments->pdata[k];
        if (a->read != READ_WANTED)
            continue;
        a->read = READ_FAILED;
        g_free(a->why);
        a->why = g_strdup("it was not read");
    }
}

/* Where nobody says when it was received: the topmost Received field, else now (policy 7). */
static int64_t receipt(const ReaderOrder *order, const Document *d)
{
    if (order->received_at)
        return order->received_at;
    return d->topmost_received ? d->topmost_received : clock_now();
}

static ReaderAnswer *serve_message(const ReaderKit *kit, const ReaderOrder *order, int fd)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Document) d = message_parse(fd, order->found, &error);
    if (!d)
        return cannot(error->message);
    if (order->found)
        settle_attachments(d);
    ReaderAnswer *a = done(g_steal_pointer(&d));
    if (order->facts && kit->rules) {
        const ExtractContext context = {
            .received_at = receipt(order, a->document),
            .channel = (Channel)order->channel,
            .own_addresses = order->own_addresses,
            .trusted_authserv = order->trusted_authserv,
            .form_labels = kit->form_labels,
        };
        a->facts = facts_extract(a->document, kit->rules, &context);
    }
    return a;
}

static ReaderAnswer *serve_document(const ReaderOrder *order, int fd)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = message_part_bytes(fd, order->path, DOCUMENT_BYTES_MOST, &error);
    TextPart *text = bytes ? document_read_part(order->kind, bytes, &error) : NULL;
    if (!text)
        return cannot(error->message);
    g_free(text->part);
    text->part = g_strconcat("attachment ", order->path, NULL);
    g_free(text->path);
    text->path = g_strdup(order->path);
    Document *d = document_new();
    g_ptr_array_add(d->texts, text);
    return done(d);
}

ReaderAnswer *reader_serve(const ReaderKit *kit, const ReaderOrder *order, int fd)
{
    switch (order->op) {
    case READER_MESSAGE:
        return serve_message(kit, order, fd);
    case READER_HEADER:
        return done(message_parse_header_only(fd));
    case READER_DOCUMENT:
        return serve_document(order, fd);
    case READER_OP_COUNT:
        break;
    }
    return cannot("there is no such order");
}
