#include "daemon/wire/smtp_mail.h"
#include <glib.h>
#include <string.h>

#define NUL_BODY "a\r\n\0\r\n"

static const struct {
    const char *name, *body, *why; /* why: part of the reason, NULL none */
    size_t length;
} BODIES[] = {
    {"plain", "a: b\r\n\r\ntext\r\n", NULL, 0},
    {"no-last-end", "a: b\r\n\r\ntext", NULL, 0},
    {"bare-lf", "a\r\n\nb\r\n", "line break", 0},
    {"bare-cr", "a\rb\r\n", "line break", 0},
    {"last-cr", "a\r\nb\r", "line break", 0},
    {"lf-cr", "a\n\rb\r\n", "line break", 0},
    {"cr-cr-lf", "a\r\r\nb\r\n", "line break", 0},
    {"smuggled", "a\r\n\n.\nMAIL FROM:<x@example.org>\n", "line break", 0},
    {"smuggled-cr", "a\r\n\r.\rMAIL FROM:<x@example.org>\r", "line break", 0},
    {"nul", NUL_BODY, "NUL", sizeof NUL_BODY - 1},
    {"empty", "", "empty", 0},
};

static const char *check(const char *from, const char *to, const char *body, size_t length)
{
    g_autoptr(GBytes) bytes = g_bytes_new(body, length);
    const SmtpMail mail = {1, from, to, bytes};
    return smtp_mail_check(&mail);
}

static void test_bodies(void)
{
    for (unsigned n = 0; n < G_N_ELEMENTS(BODIES); n++) {
        const char *body = BODIES[n].body;
        size_t length = BODIES[n].length ? BODIES[n].length : strlen(body);
        const char *why = check("", "ada@example.org", body, length);
        if (!why != !BODIES[n].why || (why && !strstr(why, BODIES[n].why)))
            g_error("case %s: %s", BODIES[n].name, why ? why : "(passed)");
    }
}

static void test_line_length(void)
{
    g_autofree char *line = g_strnfill(999, 'x');
    g_autofree char *over = g_strconcat(line, "\r\n", NULL);
    g_assert_null(check("", "ada@example.org", over + 1, 1000));
    g_assert_nonnull(check("", "ada@example.org", over, 1001));
    g_assert_nonnull(check("", "ada@example.org", line, 999));
}

static void test_addresses(void)
{
    static const struct {
        const char *name, *from, *to;
        bool ok;
    } CASES[] = {
        {"null", "", "ada@example.org", true},
        {"path", "b+1@example.org", "ada@example.org", true},
        {"no-recipient", "", "", false},
        {"injected", "", "x>\r\nRCPT TO:<v@example.net>\r\n@example.org", false},
        {"quoted", "", "\"a b\"@example.org", false},
        {"parameter", "", "a@example.org> NOTIFY=SUCCESS", false},
        {"bad-path", "a b@example.org", "ada@example.org", false},
        {"injected-path", "a@example.org>\r\nDATA", "ada@example.org", false},
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(CASES); n++)
        if (!check(CASES[n].from, CASES[n].to, "a\r\n", 3) != CASES[n].ok)
            g_error("case %s", CASES[n].name);
}

static void test_stuffing(void)
{
    static const struct {
        const char *body, *wire;
    } CASES[] = {
        {"a\r\n", "a\r\n.\r\n"},
        {"a", "a\r\n.\r\n"},
        {".\r\n", "..\r\n.\r\n"},
        {".", "..\r\n.\r\n"},
        {"..\r\n.a\r\na.\r\n", "...\r\n..a\r\na.\r\n.\r\n"},
        {"a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(CASES); n++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(CASES[n].body, strlen(CASES[n].body));
        g_autoptr(GByteArray) out = g_byte_array_new();
        smtp_mail_stuff(bytes, out);
        g_autofree char *got = g_strndup((const char *)out->data, out->len);
        g_assert_cmpstr(got, ==, CASES[n].wire);
    }
}

/* What a server takes away again leaves what was given, at the sizes where buffers end too. */
static void test_round_trip(void)
{
    static const size_t SIZES[] = {16383, 16384, 16385, 65535, 65536, 65537};
    for (unsigned n = 0; n < G_N_ELEMENTS(SIZES); n++) {
        g_autoptr(GByteArray) body = g_byte_array_new(), out = g_byte_array_new();
        g_autoptr(GString) back = g_string_new(NULL);
        while (body->len + 4 <= SIZES[n] - 2)
            g_byte_array_append(body, (const uint8_t *)(body->len % 3 ? ".x\r\n" : "yz\r\n"), 4);
        while (body->len < SIZES[n] - 2)
            g_byte_array_append(body, (const uint8_t *)"w", 1);
        g_byte_array_append(body, (const uint8_t *)"\r\n", 2);
        g_autoptr(GBytes) bytes = g_bytes_new(body->data, body->len);
        smtp_mail_stuff(bytes, out);
        g_autofree char *wire = g_strndup((const char *)out->data, out->len);
        g_assert_true(g_str_has_suffix(wire, "\r\n.\r\n"));
        wire[out->len - 3] = '\0';
        for (const char *p = wire; *p;) {
            const char *end = strstr(p, "\r\n") + 2;
            p += *p == '.';
            g_string_append_len(back, p, end - p);
            p = end;
        }
        g_assert_cmpmem(back->str, back->len, body->data, body->len);
    }
}

static void test_8bit(void)
{
    g_autoptr(GBytes) seven = g_bytes_new_static("~\x7f\r\n", 4);
    g_autoptr(GBytes) eight = g_bytes_new_static("\x80\r\n", 3);
    g_assert_false(smtp_mail_is_8bit(seven));
    g_assert_true(smtp_mail_is_8bit(eight));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp_mail/bodies", test_bodies);
    g_test_add_func("/smtp_mail/line-length", test_line_length);
    g_test_add_func("/smtp_mail/addresses", test_addresses);
    g_test_add_func("/smtp_mail/stuffing", test_stuffing);
    g_test_add_func("/smtp_mail/round-trip", test_round_trip);
    g_test_add_func("/smtp_mail/8bit", test_8bit);
    return g_test_run();
}
