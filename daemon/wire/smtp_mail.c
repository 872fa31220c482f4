#include "daemon/wire/smtp_mail.h"
#include "daemon/model/address.h"
#include <string.h>

#define LINE_MOST 998u /* RFC 5322 2.1.1, without CRLF */

static const char *check_bytes(const char *bytes, size_t length)
{
    size_t line = 0;
    for (size_t n = 0; n < length; n++) {
        bool ends = bytes[n] == '\r' && n + 1 < length && bytes[n + 1] == '\n';
        if (ends) {
            line = 0;
            n++;
            continue;
        }
        if (bytes[n] == '\r' || bytes[n] == '\n')
            return "not sent: the message holds a line break that is not CR LF";
        if (bytes[n] == '\0')
            return "not sent: the message holds a NUL byte";
        if (++line > LINE_MOST)
            return "not sent: the message holds a line of more than 998 bytes";
    }
    return NULL;
}

const char *smtp_mail_check(const SmtpMail *mail)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(mail->bytes, &length);
    if (!addr_ok(mail->recipient))
        return "not sent: the recipient is not one plain address";
    if (mail->return_path[0] && !addr_ok(mail->return_path))
        return "not sent: the return path is not one plain address";
    if (length == 0)
        return "not sent: the message is empty";
    return check_bytes(bytes, length);
}

bool smtp_mail_is_8bit(GBytes *bytes)
{
    gsize length = 0;
    const uint8_t *p = g_bytes_get_data(bytes, &length);
    for (gsize n = 0; n < length; n++)
        if (p[n] >= 0x80)
            return true;
    return false;
}

void smtp_mail_stuff(GBytes *bytes, GByteArray *out)
{
    gsize length = 0;
    const uint8_t *p = g_bytes_get_data(bytes, &length), *end = p + length;
    while (p < end) {
        const uint8_t *lf = memchr(p, '\n', (size_t)(end - p));
        const uint8_t *next = lf ? lf + 1 : end;
        if (*p == '.')
            g_byte_array_append(out, (const uint8_t *)".", 1);
        g_byte_array_append(out, p, (guint)(next - p));
        p = next;
    }
    if (length == 0 || end[-1] != '\n')
        g_byte_array_append(out, (const uint8_t *)"\r\n", 2);
    g_byte_array_append(out, (const uint8_t *)".\r\n", 3);
}
