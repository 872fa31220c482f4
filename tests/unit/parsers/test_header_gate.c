/* header_gate.h: what GMime sees of a message, and what is told of the rest. */
#include "parsers/header_gate.h"
#include "parsers/header_parameter.h"
#include <string.h>

static const struct {
    const char *name, *message;
    const char *defect; /* NULL: none */
    bool ambiguous;
    const char *seen; /* NULL: all of it */
} cases[] = {
    {"plain", "From: a\n\nbody\n", NULL, false, NULL},
    {"CRLF", "From: a\r\nTo: b\r\n c\r\n\r\nbody\r\n", NULL, false, NULL},
    {"mbox line", "From a Mon\nFrom: a\n\nbody\n", NULL, false, "From: a\n\nbody\n"},
    {"junk before the header", ">From a\nFrom: a\n\nbody\n", "lines before the header", true,
     "From: a\n\nbody\n"},
    {"no header", "just text\n\nmore\n", "no header", true, "\njust text\n\nmore\n"},
    {"empty", "", "no header", true, "\n"},
    {"header without end", "From: a\nTo: b", NULL, false, NULL},
    {"blank before the colon", "From : a\n\nb\n", NULL, false, NULL},
    {"line that is no field", "From: a\nno field here\nTo: b\n\nc\n",
     "a line in a header that is no header field", true, NULL},
    {"two From", "From: a\nFROM: b\n\nc\n", "two From fields", true, NULL},
    {"two Subject", "Subject: a\nSubject: b\n\nc\n", "two Subject fields", true, NULL},
    {"two Message-ID", "Message-ID: a\nMessage-ID: b\n\nc\n", "two Message-ID fields", false, NULL},
    {"two Content-Type", "Content-Type: text/plain\nContent-type: text/html\n\nc\n",
     "two Content-Type fields", true, NULL},
    {"Received often", "Received: a\nReceived: b\n\nc\n", NULL, false, NULL},
    {"From in the body", "From: a\n\nFrom: b\nFrom: c\n", NULL, false, NULL},
    {"lone carriage return", "From: a@b\rSubject: c\n\nd\n", "a lone carriage return in a header",
     true, NULL},
    {"two boundaries", "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\nx\n--a--\n",
     "two boundary parameters", true, NULL},
    {"boundary in segments",
     "Content-Type: multipart/mixed; boundary*0=a; boundary=b\n\n--b\n\nx\n", "an encoded boundary",
     true, NULL},
    {"boundary in a quoted string",
     "Content-Type: multipart/mixed; x=\"; boundary=no\"; boundary=\"a b\"\n\n--a b\n\nx\n", NULL,
     false, NULL},
    {"boundary in a comment", "Content-Type: multipart/mixed (; boundary=no); boundary=a\n\n--a\n",
     NULL, false, NULL},
    {"no boundary", "Content-Type: multipart/mixed\n\n--a\n", "a multipart without a boundary",
     true, NULL},
    {"twice in a part",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain\n"
     "Content-Type: text/html\n\nx\n--a--\n",
     "two Content-Type fields", true, NULL},
    {"twice after a line that is no boundary",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--b\nFrom: a\nFrom: b\n\n--a--\n",
     NULL, false, NULL},
    {"twice in a message within", "Content-Type: message/rfc822\n\nFrom: a\nFrom: b\n\nx\n",
     "two From fields", true, NULL},
    {"encoded message within",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nFrom: a\nFrom: b\n\nx\n",
     NULL, false, NULL},
    {"groups", "From: g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:\nTo: b\n\nx\n",
     "an address field with too many groups was cut", true,
     "From: g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g:g\nTo: b\n\nx\n"},
};

static void test_cases(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        const char *m = cases[k].message;
        g_autoptr(HeaderGate) g = header_gate_scan(m, strlen(m));
        const char *defect = NULL;
        for (unsigned n = 0; n < g->defects->len; n++) {
            if (!cases[k].defect || strcmp(g->defects->pdata[n], cases[k].defect) == 0)
                defect = g->defects->pdata[n];
        }
        if (g_strcmp0(defect, cases[k].defect) != 0 || g->ambiguous != cases[k].ambiguous)
            g_error("%s: defect \"%s\", ambiguous %d", cases[k].name, defect ? defect : "",
                    g->ambiguous);
        g_autoptr(GByteArray) raw = g_byte_array_new();
        g_byte_array_append(raw, (const guint8 *)m, (guint)strlen(m));
        header_gate_apply(g, raw);
        const char *seen = cases[k].seen ? cases[k].seen : m;
        if (raw->len != strlen(seen) || (raw->len && memcmp(raw->data, seen, raw->len) != 0))
            g_error("%s: GMime sees \"%.*s\"", cases[k].name, (int)raw->len, raw->data);
    }
    header_gate_free(NULL);
}

static void test_nul(void)
{
    g_autoptr(HeaderGate) g = header_gate_scan("From: a\0b\n\nc", 12);
    g_assert_true(g->ambiguous);
    g_autoptr(HeaderGate) body = header_gate_scan("From: a\n\n\0c", 11);
    g_assert_false(body->ambiguous);
}

/* A field is cut at 32 KiB exactly and keeps its line break. */
static void test_field_limit(void)
{
    for (int over = -1; over <= 1; over++) {
        g_autoptr(GString) m = g_string_new("To: ");
        while (m->len < (size_t)(GATE_FIELD_MAX + over))
            g_string_append_c(m, 'x');
        size_t field = m->len;
        g_string_append(m, "\r\nFrom: a\r\n\r\n");
        g_autoptr(HeaderGate) g = header_gate_scan(m->str, m->len);
        g_assert_cmpuint(g->cuts->len, ==, over > 0 ? 1 : 0);
        g_assert_false(g->ambiguous); /* a To tells nothing that is judged */
        g_autoptr(GByteArray) raw = g_byte_array_new();
        g_byte_array_append(raw, (const guint8 *)m->str, (guint)m->len);
        header_gate_apply(g, raw);
        g_assert_cmpuint(raw->len, ==, m->len - (field - MIN(field, GATE_FIELD_MAX)));
        g_assert_nonnull(memmem(raw->data, raw->len, "\r\nFrom: a\r\n\r\n", 13));
    }
}

static void test_messages_found(void)
{
    static const char m[] =
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
        "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ntext\r\n--a--\r\n";
    g_autoptr(HeaderGate) g = header_gate_scan(m, strlen(m));
    g_assert_cmpuint(g->messages->len, ==, 1);
    const GateRange *range = &g_array_index(g->messages, GateRange, 0);
    g_assert_cmpmem(m + range->at, range->length, "Subject: x\r\n\r\ntext", 18);
}

/* Ranges stay within the message whatever it is. */
static void test_any_bytes(void)
{
    static const char *const pieces[] = {"From: a\n",
                                         "\n",
                                         "--a\n",
                                         "--a--\n",
                                         "Content-Type: multipart/mixed; boundary=a\n",
                                         "Content-Type: message/rfc822\n",
                                         " fold\n",
                                         "junk",
                                         "--b\n",
                                         ":\n",
                                         "\r",
                                         "From: ",
                                         "g:g:g:",
                                         "Content-Type: multipart/digest; boundary=b\n",
                                         "\"",
                                         "(",
                                         "\\"};
    for (unsigned round = 0; round < 20000; round++) {
        g_autoptr(GByteArray) m = g_byte_array_new();
        for (int n = g_test_rand_int_range(0, 30); n > 0; n--) {
            const char *piece = pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))];
            g_byte_array_append(m, (const guint8 *)piece, (guint)strlen(piece));
        }
        guint length = m->len;
        g_autoptr(HeaderGate) g = header_gate_scan(m->data ? (void *)m->data : "", length);
        g_assert_cmpuint(g->end, <=, length);
        size_t last = 0;
        for (unsigned n = 0; n < g->cuts->len; n++) {
            const GateRange *c = &g_array_index(g->cuts, GateRange, n);
            g_assert_cmpuint(c->at, >=, last);
            last = c->at + c->length;
        }
        g_assert_cmpuint(last, <=, length);
        for (unsigned n = 0; n < g->messages->len; n++) {
            const GateRange *r = &g_array_index(g->messages, GateRange, n);
            g_assert_cmpuint(r->at + r->length, <=, length);
        }
        header_gate_apply(g, m);
        g_assert_cmpuint(m->len, <=, length + 1);
    }
}

static void test_parameters(void)
{
    static const struct {
        const char *value, *list;
    } values[] = {
        {"text/plain; charset=utf-8; format=flowed", "charset=utf-8|format=flowed|"},
        {"text/plain;charset = \"a;\\\"b\" ;x=y", "charset=a;\"b|x=y|"},
        {"a (comment; n=v) ; n (c) = (d) w", "n=w|"},
        {"a;;b;c=", "c=|"},
        {"", ""},
        {"a; b=\"open", "b=open|"},
        {"a; (open", ""},
        {"a; NAME*0*=utf-8''x", "name*0*=utf-8''x|"},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(values); k++) {
        g_autoptr(GString) list = g_string_new(NULL);
        size_t at = 0;
        char *name, *content;
        while (header_parameter_next(values[k].value, &at, &name, &content)) {
            g_string_append_printf(list, "%s=%s|", name, content);
            g_free(name);
            g_free(content);
        }
        if (strcmp(list->str, values[k].list) != 0)
            g_error("%s: %s", values[k].value, list->str);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/header-gate/cases", test_cases);
    g_test_add_func("/header-gate/nul", test_nul);
    g_test_add_func("/header-gate/field-limit", test_field_limit);
    g_test_add_func("/header-gate/messages-found", test_messages_found);
    g_test_add_func("/header-gate/any-bytes", test_any_bytes);
    g_test_add_func("/header-gate/parameters", test_parameters);
    return g_test_run();
}
