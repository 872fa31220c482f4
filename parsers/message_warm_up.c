/* One message that goes through every library on the way, before the cage closes: iconv's modules,
 * libxml2, GMime's types, GLib's time zone and checksum code. */
#include "parsers/charset.h"
#include "parsers/html_text.h"
#include "parsers/message.h"
#include "parsers/tnef.h"
#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char sample[] =
    "Received: from a.example by b.example; Mon, 4 May 2026 10:22:00 +0100\r\n"
    "From: =?iso-2022-jp?B?GyRCJCIbKEI=?= <ann@example.org>, g: b@example.org;\r\n"
    "To: =?windows-1251?Q?=C0?= <iec@homeoffice.gov.uk>\r\n"
    "Subject: =?utf-8?B?w6k=?= =?iso-8859-1?Q?=E9?=\r\n"
    "Date: Mon, 4 May 2026 10:20:00 +0100\r\n"
    "Message-ID: <warm@example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    "--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n"
    "warm \r\nup\r\n> quoted\r\n"
    "--b\r\nContent-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: "
    "quoted-printable\r\n\r\n"
    "<p>=B0=A1<blockquote>b</blockquote>\r\n--b--\r\n"
    "--a\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@example.org\r\nSubject: in\r\n\r\nin\r\n"
    "--a\r\nContent-Type: text/csv; name*=iso-8859-1''%E9.csv\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nYSxi\r\n"
    "--a\r\nContent-Type: image/png; name=\"=?windows-1252?Q?=E9?=.png\"\r\n"
    "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n"
    "--a\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: "
    "base64\r\n\r\neJ8+IgAA\r\n"
    "--a--\r\n";

static int sample_fd(GError **error)
{
    int fd = memfd_create("sample", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, sample, strlen(sample)) == (ssize_t)strlen(sample))
        return fd;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "sample message: %s",
                g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool is_right(const Document *d)
{
    return strcmp(d->subject, "éé") == 0 && strcmp(d->text, "warm up\n") == 0 &&
           strcmp(d->message_id, "<warm@example.org>") == 0 && d->from->len == 3 &&
           d->attachments->len == 4 && d->date == 1777886400;
}

bool message_warm_up(GError **error)
{
    if (!charset_init(error))
        return false;
    html_text_init();
    int fd = sample_fd(error);
    if (fd < 0)
        return false;
    g_autoptr(Document) d = message_parse(fd, NULL, error);
    g_autoptr(Document) header = message_parse_header_only(fd);
    close(fd);
    if (!d)
        return false;
    g_autoptr(GVariant) form = g_variant_ref_sink(document_to_variant(d));
    g_autoptr(Document) back = document_from_variant(form, error);
    if (back && (!is_right(back) || strcmp(header->subject, "éé") != 0)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                            "the sample message is not read as it should be");
        return false;
    }
    return back != NULL;
}
