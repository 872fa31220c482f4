#include "daemon/casework/compose.h"
#include "tests/unit/daemon/casework/letters.h"

static const char ID[] = "<26-000123.7.k1.abcdefghijklmnopqrst@example.org>";

static MailHeaders headers(void)
{
    return (MailHeaders){
        .from_name = "Office for the Independent Examiner of Complaints",
        .from_address = "iec@homeoffice.gov.uk",
        .to_address = "a@example.org",
        .message_id = ID,
        .date = 1779436800, /* Fri, 22 May 2026 08:00:00 */
        .automatic = true,
    };
}

static Reply reply_of(const char *subject, const char *text, const char *html)
{
    return (Reply){(char *)subject, (char *)text, (char *)html, (char *)"en"};
}

static char *rendered(const Reply *r, const MailHeaders *h)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = mail_render(r, h, &error);
    g_assert_no_error(error);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void test_whole(void)
{
    Reply r = reply_of("Our reference IEC/26/000123", "Hello\n", "<p>Hello</p>\n");
    MailHeaders h = headers();
    const char *const references[] = {"<a@example.net>", "<b@example.net>", NULL};
    h.in_reply_to = "<b@example.net>";
    h.references = references;
    h.reply_to = "iec+26-000123.k1.abcdefghijklmnopqrst@homeoffice.gov.uk";
    g_autofree char *got = rendered(&r, &h);
    g_assert_cmpstr(got, ==,
                    "Date: Fri, 22 May 2026 08:00:00 +0000\r\n"
                    "From: \"Office for the Independent Examiner of Complaints\"\r\n"
                    " <iec@homeoffice.gov.uk>\r\n"
                    "Reply-To: iec+26-000123.k1.abcdefghijklmnopqrst@homeoffice.gov.uk\r\n"
                    "To: a@example.org\r\n"
                    "Subject: Our reference IEC/26/000123\r\n"
                    "Message-ID: <26-000123.7.k1.abcdefghijklmnopqrst@example.org>\r\n"
                    "In-Reply-To: <b@example.net>\r\n"
                    "References: <a@example.net>\r\n"
                    " <b@example.net>\r\n"
                    "Auto-Submitted: auto-replied\r\n"
                    "X-Auto-Response-Suppress: All\r\n"
                    "MIME-Version: 1.0\r\n"
                    "Content-Language: en\r\n"
                    "Content-Type: multipart/alternative; boundary=\"=_iecd_alternative\"\r\n"
                    "\r\n"
                    "--=_iecd_alternative\r\n"
                    "Content-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: quoted-printable\r\n"
                    "\r\n"
                    "Hello\r\n"
                    "--=_iecd_alternative\r\n"
                    "Content-Type: text/html; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: quoted-printable\r\n"
                    "\r\n"
                    "<p>Hello</p>\r\n"
                    "--=_iecd_alternative--\r\n");
}

/* A person's letter does not call itself automatic. */
static void test_by_person(void)
{
    Reply r = reply_of("x", "x", "x");
    MailHeaders h = headers();
    h.automatic = false;
    g_autofree char *got = rendered(&r, &h);
    g_assert_null(strstr(got, "Auto-"));
}

/* ---- reading it back, by the rules of RFC 5322 and 2045 and no code of ours */

static char *unquoted(const char *part)
{
    GString *out = g_string_new(NULL);
    for (const char *p = part; *p; p++) {
        if (*p == '=' && p[1] == '\r') {
            p += 2;
        } else if (*p == '=') {
            int high = g_ascii_xdigit_value(p[1]), low = g_ascii_xdigit_value(p[2]);
            g_assert_true(high >= 0 && low >= 0);
            g_string_append_c(out, (char)(high * 16 + low));
            p += 2;
        } else if (*p != '\r') {
            g_string_append_c(out, *p);
        }
    }
    return g_string_free(out, FALSE);
}

/* The n-th part's text (0 plain, 1 HTML). */
static char *part_of(const char *mail, unsigned n)
{
    g_auto(GStrv) parts = g_strsplit(mail, "--=_iecd_alternative", -1);
    g_assert_cmpuint(g_strv_length(parts), ==, 4);
    const char *body = strstr(parts[n + 1], "\r\n\r\n") + 4;
    return unquoted(body);
}

/* CRLF ends every line, none is longer than 76 but where an address or id alone is, all is ASCII
 * that prints. */
static void assert_lines(const char *mail)
{
    g_auto(GStrv) lines = g_strsplit(mail, "\r\n", -1);
    for (char **line = lines; *line; line++) {
        bool one_word = (*line)[0] == ' ' && !strchr(*line + 1, ' ');
        if (strlen(*line) > (one_word ? 998u : 76u))
            g_error("%zu bytes: %s", strlen(*line), *line);
        for (const char *p = *line; *p; p++)
            if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
                g_error("byte %02x in: %s", (unsigned char)*p, *line);
        size_t length = strlen(*line);
        if (length && (*line)[length - 1] == ' ')
            g_error("a blank ends the line: %s", *line);
    }
}

static void assert_exactly_our_headers(const char *mail)
{
    static const char *const OURS[] = {
        "Date",           "From",         "Reply-To",         "To",
        "Subject",        "Message-ID",   "In-Reply-To",      "References",
        "Auto-Submitted", "MIME-Version", "Content-Language", "X-Auto-Response-Suppress",
        "Content-Type"};
    unsigned seen = 0;
    g_autofree char *block = g_strndup(mail, (gsize)(strstr(mail, "\r\n\r\n") - mail));
    g_auto(GStrv) lines = g_strsplit(block, "\r\n", -1);
    for (char **line = lines; *line; line++) {
        if ((*line)[0] == ' ')
            continue;
        size_t n = 0;
        size_t length = strcspn(*line, ":");
        while (n < G_N_ELEMENTS(OURS) &&
               (strlen(OURS[n]) != length || strncmp(OURS[n], *line, length)))
            n++;
        if (n == G_N_ELEMENTS(OURS) || (seen & (1u << n)))
            g_error("header not ours, or twice: %s", *line);
        seen |= 1u << n;
    }
}

/* Every letter comes back whole, in both forms. */
static void test_letters(void)
{
    g_autoptr(Templates) t = templates_load(TEST_ROOT "/config/templates", NULL);
    for (size_t n = 0; n < G_N_ELEMENTS(LETTER_CASES); n++)
        for (int l = LANGUAGE_EN; l <= LANGUAGE_CY; l++) {
            g_autoptr(Reply) r = letter_compose(t, &LETTER_CASES[n], l, NULL);
            MailHeaders h = headers();
            g_autofree char *mail = rendered(r, &h);
            g_autofree char *text = part_of(mail, 0);
            g_autofree char *html = part_of(mail, 1);
            assert_lines(mail);
            assert_exactly_our_headers(mail);
            g_assert_cmpstr(text, ==, r->text);
            g_assert_cmpstr(html, ==, r->html);
            bool small = LETTER_CASES[n].kind == REPLY_ACKNOWLEDGEMENT && l == LANGUAGE_EN;
            if (small && strlen(mail) >= 4096)
                g_error("the acknowledgement is %zu bytes", strlen(mail));
        }
}

/* Texts that quoted-printable trips over. */
static void test_quoting(void)
{
    static const char *const TEXTS[] = {
        "a\n",
        "=\n",
        "a \n",
        " \n",
        "\n\n\n",
        ".\n..\n",
        "From x\n",
        "=3D=\n",
        "--=_iecd_alternative\n",
        "\xc5\xb5\xc5\xb7\xc3\xa2\n",
        "",
        "Content-Type: text/html\n\nx\n",
    };
    MailHeaders h = headers();
    for (size_t n = 0; n < G_N_ELEMENTS(TEXTS); n++) {
        Reply r = reply_of("x", TEXTS[n], TEXTS[n]);
        g_autofree char *mail = rendered(&r, &h);
        g_autofree char *text = part_of(mail, 0);
        g_assert_cmpstr(text, ==, TEXTS[n]);
        assert_lines(mail);
    }
    for (gsize length = 70; length < 240; length++) {
        g_autofree char *row = g_strnfill(length, 'x');
        g_autofree char *text = g_strconcat(row, " \xc5\xb5 ", row, ".F.\n", NULL);
        Reply r = reply_of("x", text, text);
        g_autofree char *mail = rendered(&r, &h);
        g_autofree char *back = part_of(mail, 0);
        g_assert_cmpstr(back, ==, text);
        assert_lines(mail);
    }
}

/* Encoded words: each whole characters, each line short, the whole the same again. */
static void test_encoded(void)
{
    static const char *const SUBJECTS[] = {
        "Ein cyfeirnod", "d\xc5\xb5r",
        "\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5"
        "\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5\xc5\xb5",
        "=?UTF-8?Q?x?=",
        "a very long subject that would not stand on one line of a mail header at "
        "all, so it is written in parts"};
    for (size_t n = 0; n < G_N_ELEMENTS(SUBJECTS); n++) {
        Reply r = reply_of(SUBJECTS[n], "x", "x");
        MailHeaders h = headers();
        h.from_name = SUBJECTS[n];
        g_autofree char *mail = rendered(&r, &h);
        assert_lines(mail);
        assert_exactly_our_headers(mail);
        const char *from = strstr(mail, "\r\nSubject: ") + 11;
        g_autofree char *raw = g_strndup(from, (gsize)(strstr(from, "\r\nMessage-ID") - from));
        g_auto(GStrv) words = g_strsplit(raw, "\r\n ", -1);
        g_autoptr(GString) back = g_string_new(NULL);
        for (char **w = words; *w; w++) {
            if (!g_str_has_prefix(*w, "=?UTF-8?B?")) {
                g_string_append(back, *w);
                continue;
            }
            gsize size;
            (*w)[strlen(*w) - 2] = '\0';
            g_autofree guchar *bytes = g_base64_decode(*w + 10, &size);
            g_assert_true(g_utf8_validate((char *)bytes, (gssize)size, NULL));
            g_string_append_len(back, (char *)bytes, (gssize)size);
        }
        g_assert_cmpstr(back->str, ==, SUBJECTS[n]);
    }
}

/* A stranger's Message-ID that is none never stops the answer; it is left out. */
static void test_strange_ids(void)
{
    static const char *const STRANGE[] = {"",
                                          "x",
                                          "<>",
                                          "<@>",
                                          "<a@>",
                                          "<@b>",
                                          "<a b@example.org>",
                                          "<a@example.org",
                                          "<a@example.org>\r\nBcc: x@example.org",
                                          "<a@example.org> <b@example.org>",
                                          "<\"a\"@example.org>",
                                          "<a@b@c>",
                                          "<a\x80@example.org>"};
    g_autofree char *row = g_strnfill(300, 'a');
    g_autofree char *large = g_strdup_printf("<%s@example.org>", row);
    for (size_t n = 0; n <= G_N_ELEMENTS(STRANGE); n++) {
        const char *id = n < G_N_ELEMENTS(STRANGE) ? STRANGE[n] : large;
        const char *const references[] = {id, "<good@example.org>", id, NULL};
        Reply r = reply_of("x", "x", "x");
        MailHeaders h = headers();
        h.in_reply_to = id;
        h.references = references;
        g_autofree char *mail = rendered(&r, &h);
        g_assert_null(strstr(mail, "In-Reply-To"));
        g_assert_nonnull(strstr(mail, "References: <good@example.org>\r\nAuto"));
        assert_exactly_our_headers(mail);
    }
}

/* Any bytes in any value: an error, or a mail with exactly our headers and parts. */
static void test_any_bytes(void)
{
    static const char HOSTILE[] = "\r\n\0 :<>@\"\\=?ab.\xc5\xb5\xff\x80\x01\x7f\t,;";
    unsigned sent = 0;
    for (int round = 0; round < 30000; round++) {
        char value[16] = {0};
        int length = g_test_rand_int_range(0, 15);
        for (int k = 0; k < length; k++)
            value[k] = HOSTILE[g_test_rand_int_range(0, sizeof HOSTILE - 1)];
        g_autofree char *address = g_strconcat(value, "@example.org", NULL);
        g_autofree char *id = g_strdup_printf("<%s@example.org>", value);
        const char *const references[] = {value, id, NULL};
        Reply r = reply_of("x", "x", "x");
        MailHeaders h = headers();
        switch (round % 10) {
        case 0:
            r.subject = value;
            break;
        case 1:
            r.text = value;
            break;
        case 2:
            r.html = value;
            break;
        case 3:
            r.language = value;
            break;
        case 4:
            h.from_name = value;
            break;
        case 5:
            h.from_address = address;
            break;
        case 6:
            h.reply_to = address;
            break;
        case 7:
            h.to_address = address;
            break;
        case 8:
            h.message_id = id;
            break;
        default:
            h.in_reply_to = id;
            h.references = references;
            break;
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = mail_render(&r, &h, &error);
        g_assert_true(!bytes == !!error);
        if (!bytes)
            continue;
        sent++;
        g_autofree char *mail = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        assert_exactly_our_headers(mail);
        assert_lines(mail);
        g_autofree char *text = part_of(mail, 0);
        /* A last line without its end is given one. */
        g_autofree char *ended = g_strconcat(r.text, "\n", NULL);
        g_assert_true(!strcmp(text, r.text) || !strcmp(text, ended));
    }
    g_assert_cmpuint(sent, >, 1000);
    g_assert_cmpuint(sent, <, 29000);
}

static void test_refused(void)
{
    Reply r = reply_of("x", "x", "x");
    MailHeaders h = headers();
    h.to_address = "\"x>\r\n RCPT TO:<victim@example.net>\r\n \"@a.example";
    g_autoptr(GError) error = NULL;
    g_assert_null(mail_render(&r, &h, &error));
    g_assert_error(error, COMPOSE_ERROR, COMPOSE_ERROR_UNSAFE);
    h.to_address = NULL;
    g_assert_null(mail_render(&r, &h, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mail_render/whole", test_whole);
    g_test_add_func("/mail_render/by-person", test_by_person);
    g_test_add_func("/mail_render/letters", test_letters);
    g_test_add_func("/mail_render/quoting", test_quoting);
    g_test_add_func("/mail_render/encoded", test_encoded);
    g_test_add_func("/mail_render/strange-ids", test_strange_ids);
    g_test_add_func("/mail_render/any-bytes", test_any_bytes);
    g_test_add_func("/mail_render/refused", test_refused);
    return g_test_run();
}
