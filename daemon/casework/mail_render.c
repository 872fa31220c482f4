/* The bytes of a reply as it is sent. Nothing of it comes from a library that writes headers of
 * its own: what is not written here is not in the mail. */
#include "daemon/casework/compose.h"
#include "daemon/model/address.h"
#include <stdbool.h>
#include <string.h>

enum {
    COLUMNS = 76,         /* RFC 2045 6.7 (5), RFC 2047 2 */
    WORD_BYTES = 39,      /* of UTF-8 in one encoded word: 52 of base64, 64 with its frame */
    MESSAGE_ID_MAX = 250, /* with <>; fits a header line */
    REFERENCES_MAX = 20,
};

/* Cannot occur in a quoted-printable body, where every '=' is written "=3D". */
static const char BOUNDARY[] = "=_iecd_alternative";

static bool unsafe(GError **error, const char *what)
{
    g_set_error(error, COMPOSE_ERROR, COMPOSE_ERROR_UNSAFE,
                "the %s may not stand in a mail's header or text", what);
    return false;
}

/* UTF-8 without control characters; `lines`: LF may part lines. */
static bool is_plain(const char *text, bool lines)
{
    if (!text || !g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)) && !(lines && *p == '\n'))
            return false;
    return true;
}

static bool is_id_text(const char *text, size_t length)
{
    for (size_t n = 0; n < length; n++)
        if (!g_ascii_isalnum(text[n]) && !strchr("!#$%&'*+-/=?^_`{|}~.:[]", text[n]))
            return false;
    return length > 0;
}

/* <id-left@id-right>, of the characters of RFC 5322 3.6.4 without its quoted forms. */
static bool is_message_id(const char *id)
{
    size_t length = id ? strnlen(id, MESSAGE_ID_MAX + 1) : 0;
    if (length < 5 || length > MESSAGE_ID_MAX || id[0] != '<' || id[length - 1] != '>')
        return false;
    const char *at = strchr(id, '@');
    return at && is_id_text(id + 1, (size_t)(at - id - 1)) &&
           is_id_text(at + 1, length - 2 - (size_t)(at - id));
}

static bool check(const Reply *r, const MailHeaders *h, GError **error)
{
    if (!is_plain(r->subject, false) || strlen(r->subject) > 500)
        return unsafe(error, "subject");
    if (!is_plain(r->text, true))
        return unsafe(error, "text");
    if (!is_plain(r->html, true))
        return unsafe(error, "HTML");
    if (!r->language || (strcmp(r->language, "en") != 0 && strcmp(r->language, "cy") != 0))
        return unsafe(error, "language");
    if (h->from_name && (!is_plain(h->from_name, false) || strlen(h->from_name) > 200))
        return unsafe(error, "sender's name");
    if (!addr_ok(h->from_address))
        return unsafe(error, "sender's address");
    if (h->reply_to && !addr_ok(h->reply_to))
        return unsafe(error, "address for answers");
    if (!addr_ok(h->to_address))
        return unsafe(error, "recipient's address");
    if (!is_message_id(h->message_id))
        return unsafe(error, "Message-ID");
    return true;
}

static bool is_ascii(const char *text)
{
    return text[strspn(text, " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                             "abcdefghijklmnopqrstuvwxyz{|}~")] == '\0';
}

/* RFC 2047 B words, each of whole characters and all but the first on a line of its own. */
static void put_encoded(GString *out, const char *text)
{
    for (const char *lead = " "; *text; lead = "\r\n ") {
        size_t size = MIN(strlen(text), WORD_BYTES);
        while (((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
        g_autofree char *word = g_base64_encode((const guchar *)text, size);
        g_string_append_printf(out, "%s=?UTF-8?B?%s?=", lead, word);
        text += size;
    }
}

/* A subject of ours is short and has spaces; a long or odd one goes encoded. */
static void put_subject(GString *out, const char *subject)
{
    size_t length = strlen(subject);
    bool blank_ends = subject[0] == ' ' || (length && subject[length - 1] == ' ');
    g_string_append(out, "Subject:");
    if (length && !blank_ends && is_ascii(subject) && length <= COLUMNS - 9 &&
        !strstr(subject, "=?"))
        g_string_append_printf(out, " %s", subject);
    else
        put_encoded(out, subject);
    g_string_append(out, "\r\n");
}

static void put_from(GString *out, const char *name, const char *address)
{
    g_string_append(out, "From:");
    if (name && name[0] && is_ascii(name) && strlen(name) < COLUMNS - 10 &&
        !strpbrk(name, "\"\\") && !strstr(name, "=?"))
        g_string_append_printf(out, " \"%s\"\r\n", name);
    else if (name && name[0]) {
        put_encoded(out, name);
        g_string_append(out, "\r\n");
    }
    g_string_append_printf(out, " <%s>\r\n", address);
}

/* An address or id may be long: it has a line of its own where it would pass the limit. */
static void put_header(GString *out, const char *name, const char *value)
{
    bool fits = strlen(name) + 2 + strlen(value) <= COLUMNS;
    g_string_append_printf(out, "%s:%s %s\r\n", name, fits ? "" : "\r\n", value);
}

static void put_references(GString *out, const char *const *references)
{
    unsigned count = 0;
    for (; references && *references && count < REFERENCES_MAX; references++) {
        if (!is_message_id(*references))
            continue;
        bool fits = count == 0 && strlen(*references) + 12 <= COLUMNS;
        g_string_append_printf(out, "%s%s %s", count ? "" : "References:", fits ? "" : "\r\n",
                               *references);
        count++;
    }
    if (count)
        g_string_append(out, "\r\n");
}

/* RFC 5322 3.3; the names of days and months are English whatever the locale. */
static void put_date(GString *out, int64_t date)
{
    static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(date);
    if (!t)
        return;
    g_string_append_printf(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
                           DAYS[g_date_time_get_day_of_week(t) - 1],
                           g_date_time_get_day_of_month(t), MONTHS[g_date_time_get_month(t) - 1],
                           g_date_time_get_year(t), g_date_time_get_hour(t),
                           g_date_time_get_minute(t), g_date_time_get_second(t));
}

static void put_headers(GString *out, const Reply *r, const MailHeaders *h)
{
    put_date(out, h->date);
    put_from(out, h->from_name, h->from_address);
    if (h->reply_to)
        put_header(out, "Reply-To", h->reply_to);
    put_header(out, "To", h->to_address);
    put_subject(out, r->subject);
    put_header(out, "Message-ID", h->message_id);
    if (is_message_id(h->in_reply_to))
        put_header(out, "In-Reply-To", h->in_reply_to);
    put_references(out, h->references);
    if (h->automatic) {
        put_header(out, "Auto-Submitted", "auto-replied");
        put_header(out, "X-Auto-Response-Suppress", "All");
    }
    put_header(out, "MIME-Version", "1.0");
    put_header(out, "Content-Language", strcmp(r->language, "cy") ? "en" : "cy, en");
    g_string_append_printf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n",
                           BOUNDARY);
}

/* One byte of a line, as 1 or 3; `last`: the line ends after it, where a blank would be lost. */
static gsize quote_byte(char written[3], unsigned char c, bool last, bool first)
{
    bool as_it_is = (c > 0x20 && c < 0x7f && c != '=') || (c == ' ' && !last);
    /* "From " and "." at a line's beginning are for mbox files and SMTP to trip over. */
    if (first && (c == 'F' || c == '.'))
        as_it_is = false;
    if (as_it_is) {
        written[0] = (char)c;
        return 1;
    }
    static const char HEX[] = "0123456789ABCDEF";
    written[0] = '=';
    written[1] = HEX[c >> 4];
    written[2] = HEX[c & 15];
    return 3;
}

/* RFC 2045 6.7. */
static void put_quoted_printable(GString *out, const char *text)
{
    gsize column = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '\n') {
            g_string_append(out, "\r\n");
            column = 0;
            continue;
        }
        char written[3];
        bool last = p[1] == '\n' || p[1] == '\0';
        gsize size = quote_byte(written, (unsigned char)*p, last, column == 0);
        if (column + size > COLUMNS - 1) {
            g_string_append(out, "=\r\n");
            column = 0;
            size = quote_byte(written, (unsigned char)*p, last, true);
        }
        for (gsize n = 0; n < size; n++)
            g_string_append_c(out, written[n]);
        column += size;
    }
    if (column)
        g_string_append(out, "\r\n");
}

static void put_part(GString *out, const char *subtype, const char *text)
{
    g_string_append_printf(out,
                           "--%s\r\nContent-Type: text/%s; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                           BOUNDARY, subtype);
    put_quoted_printable(out, text);
}

GBytes *mail_render(const Reply *reply, const MailHeaders *headers, GError **error)
{
    if (!check(reply, headers, error))
        return NULL;
    GString *out = g_string_new(NULL);
    put_headers(out, reply, headers);
    put_part(out, "plain", reply->text);
    put_part(out, "html", reply->html);
    g_string_append_printf(out, "--%s--\r\n", BOUNDARY);
    return g_string_free_to_bytes(out);
}
