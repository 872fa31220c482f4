/* The frame form of Document. Writing keeps to the limits that reading holds others to, so that
 * what a sound reader wrote is never refused. */
#include "parsers/document.h"
#include <gio/gio.h>
#include <string.h>

#define MAILBOX_TYPE    "(ss)"
#define HEADER_TYPE     "(ss)"
#define TEXT_TYPE       "(sysxssy)"
#define ATTACHMENT_TYPE "(sssstsybs)"

/* message-id in-reply-to references subject date-text date topmost-received from to cc reply-to
 * headers content-type texts attachments text quoted-text defects ambiguous unreadable */
const char DOCUMENT_VARIANT_TYPE[] =
    "(ssasssxx"
    "a" MAILBOX_TYPE "a" MAILBOX_TYPE "a" MAILBOX_TYPE "a" MAILBOX_TYPE "a" HEADER_TYPE "s"
    "a" TEXT_TYPE "a" ATTACHMENT_TYPE "ssasbb)";

enum {
    MAILBOX_MAX = 1000, /* bytes of a name or an address */
    SHORT_MAX = 1000,   /* part names, file names, types, reasons, defects */
};

/* ---- writing */

/* Control characters, or bytes of a character that document_clean_value takes out or changes.
 * False alarms cost a copy only. */
static bool is_clean_value(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if (*p < 0x20 || *p == 0x7F)
            return false;
        if (*p == 0xC2 && p[1] < 0xA0)
            return false;
        if (*p == 0xE2 && p[1] == 0x80 && p[2] >= 0xA8 && p[2] <= 0xAE)
            return false;
        if (*p == 0xE2 && p[1] == 0x81 && p[2] >= 0xA0 && p[2] <= 0xAF)
            return false;
    }
    return true;
}

static bool is_clean_text(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7F)
            return false;
    }
    return true;
}

/* g_variant_new_string would check once more what has just been checked. */
static GVariant *valid_string(const char *s, size_t length)
{
    g_autoptr(GBytes) bytes = g_bytes_new(s, length + 1);
    return g_variant_new_from_bytes(G_VARIANT_TYPE_STRING, bytes, TRUE);
}

static GVariant *value(const char *s, size_t most)
{
    if (!s)
        s = "";
    size_t length = strlen(s);
    if (length <= most && is_clean_value(s) && g_utf8_validate(s, (gssize)length, NULL))
        return valid_string(s, length);
    return g_variant_new_take_string(document_clean_value(s, -1, most));
}

static GVariant *text(const char *s, size_t most)
{
    if (!s)
        s = "";
    size_t length = strlen(s);
    if (length <= most && is_clean_text(s) && g_utf8_validate(s, (gssize)length, NULL))
        return valid_string(s, length);
    return g_variant_new_take_string(document_clean_text(s, -1, most));
}

static GVariant *strings(char **list, unsigned most)
{
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE_STRING_ARRAY);
    for (unsigned n = 0; list && list[n] && n < most; n++)
        g_variant_builder_add_value(&b, value(list[n], SHORT_MAX));
    return g_variant_builder_end(&b);
}

static GVariant *mailboxes(const GPtrArray *list)
{
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE("a" MAILBOX_TYPE));
    for (unsigned n = 0; n < MIN(list->len, DOCUMENT_ADDRESSES); n++) {
        const Mailbox *m = list->pdata[n];
        g_variant_builder_add(&b, "(@s@s)", value(m->name, MAILBOX_MAX),
                              value(m->address, MAILBOX_MAX));
    }
    return g_variant_builder_end(&b);
}

static GVariant *headers(const GPtrArray *list)
{
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE("a" HEADER_TYPE));
    for (unsigned n = 0; n < MIN(list->len, DOCUMENT_HEADERS); n++) {
        const HeaderField *h = list->pdata[n];
        g_variant_builder_add(&b, "(@s@s)", value(h->name, SHORT_MAX),
                              value(h->value, DOCUMENT_VALUE_MAX));
    }
    return g_variant_builder_end(&b);
}

/* All texts share one allowance; the last are cut. */
static GVariant *texts(const GPtrArray *list)
{
    GVariantBuilder b;
    size_t left = DOCUMENT_TEXTS_MAX;
    g_variant_builder_init(&b, G_VARIANT_TYPE("a" TEXT_TYPE));
    for (unsigned n = 0; n < MIN(list->len, DOCUMENT_TEXTS); n++) {
        const TextPart *t = list->pdata[n];
        GVariant *v = text(t->text, MIN(left, DOCUMENT_TEXT_MAX));
        left -= g_variant_get_size(v) - 1;
        g_variant_builder_add(&b, "(@sy@sx@s@sy)", value(t->part, SHORT_MAX), (guchar)t->role,
                              value(t->origin, SHORT_MAX), t->date, value(t->path, SHORT_MAX), v,
                              MIN(t->confidence, 100));
    }
    return g_variant_builder_end(&b);
}

static GVariant *attachments(const GPtrArray *list)
{
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE("a" ATTACHMENT_TYPE));
    for (unsigned n = 0; n < MIN(list->len, DOCUMENT_ATTACHMENTS); n++) {
        const Attachment *a = list->pdata[n];
        g_variant_builder_add(&b, "(@s@s@s@st@syb@s)", value(a->path, SHORT_MAX),
                              value(a->name, SHORT_MAX), value(a->type, SHORT_MAX),
                              value(a->kind, SHORT_MAX), a->size, value(a->sha256, SHORT_MAX),
                              (guchar)a->read, a->is_inline, value(a->why, SHORT_MAX));
    }
    return g_variant_builder_end(&b);
}

GVariant *document_to_variant(const Document *d)
{
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE(DOCUMENT_VARIANT_TYPE));
    g_variant_builder_add_value(&b, value(d->message_id, SHORT_MAX));
    g_variant_builder_add_value(&b, value(d->in_reply_to, SHORT_MAX));
    g_variant_builder_add_value(&b, strings(d->references, DOCUMENT_REFERENCES));
    g_variant_builder_add_value(&b, value(d->subject, DOCUMENT_VALUE_MAX));
    g_variant_builder_add_value(&b, value(d->date_text, SHORT_MAX));
    g_variant_builder_add(&b, "x", d->date);
    g_variant_builder_add(&b, "x", d->topmost_received);
    g_variant_builder_add_value(&b, mailboxes(d->from));
    g_variant_builder_add_value(&b, mailboxes(d->to));
    g_variant_builder_add_value(&b, mailboxes(d->cc));
    g_variant_builder_add_value(&b, mailboxes(d->reply_to));
    g_variant_builder_add_value(&b, headers(d->headers));
    g_variant_builder_add_value(&b, value(d->content_type, SHORT_MAX));
    g_variant_builder_add_value(&b, texts(d->texts));
    g_variant_builder_add_value(&b, attachments(d->attachments));
    g_variant_builder_add_value(&b, text(d->text, DOCUMENT_TEXTS_MAX));
    g_variant_builder_add_value(&b, text(d->quoted_text, DOCUMENT_TEXTS_MAX));
    g_variant_builder_add_value(&b, strings(d->defects, DOCUMENT_DEFECTS));
    g_variant_builder_add(&b, "b", d->ambiguous);
    g_variant_builder_add(&b, "b", d->unreadable);
    return g_variant_builder_end(&b);
}

/* ---- reading: `bad` names the first thing that was off and stays */

typedef struct Check {
    const char *bad;
} Check;

static bool hold(Check *c, bool well, const char *what)
{
    if (!well && !c->bad)
        c->bad = what;
    return well;
}

static char *take_value(Check *c, GVariant *tuple, unsigned at, size_t most, const char *what)
{
    g_autoptr(GVariant) v = g_variant_get_child_value(tuple, at);
    gsize length;
    const char *s = g_variant_get_string(v, &length);
    hold(c, length <= most && is_clean_value(s), what);
    return g_strdup(c->bad ? "" : s);
}

static char *take_text(Check *c, GVariant *tuple, unsigned at, size_t most, const char *what)
{
    g_autoptr(GVariant) v = g_variant_get_child_value(tuple, at);
    gsize length;
    const char *s = g_variant_get_string(v, &length);
    hold(c, length <= most && is_clean_text(s), what);
    return g_strdup(c->bad ? "" : s);
}

static int64_t take_int(GVariant *tuple, unsigned at)
{
    g_autoptr(GVariant) v = g_variant_get_child_value(tuple, at);
    return g_variant_get_int64(v);
}

static unsigned take_byte(Check *c, GVariant *tuple, unsigned at, unsigned below, const char *what)
{
    g_autoptr(GVariant) v = g_variant_get_child_value(tuple, at);
    unsigned byte = g_variant_get_byte(v);
    return hold(c, byte < below, what) ? byte : 0;
}

static bool take_bool(GVariant *tuple, unsigned at)
{
    g_autoptr(GVariant) v = g_variant_get_child_value(tuple, at);
    return g_variant_get_boolean(v);
}

/* The array at `at`, its length in `n`; 0 where it is longer than `most`. */
static GVariant *take_list(Check *c, GVariant *tuple, unsigned at, unsigned most, gsize *n,
                           const char *what)
{
    GVariant *list = g_variant_get_child_value(tuple, at);
    *n = g_variant_n_children(list);
    if (!hold(c, *n <= most, what))
        *n = 0;
    return list;
}

static char **take_strings(Check *c, GVariant *tuple, unsigned at, unsigned most, const char *what)
{
    gsize n;
    g_autoptr(GVariant) list = take_list(c, tuple, at, most, &n, what);
    char **strings = g_new0(char *, n + 1);
    for (gsize k = 0; k < n; k++)
        strings[k] = take_value(c, list, (unsigned)k, SHORT_MAX, what);
    return strings;
}

static void take_mailboxes(Check *c, GVariant *tuple, unsigned at, GPtrArray *to, const char *what)
{
    gsize n;
    g_autoptr(GVariant) list = take_list(c, tuple, at, DOCUMENT_ADDRESSES, &n, what);
    for (gsize k = 0; k < n && !c->bad; k++) {
        g_autoptr(GVariant) v = g_variant_get_child_value(list, k);
        Mailbox *m = g_new0(Mailbox, 1);
        m->name = take_value(c, v, 0, MAILBOX_MAX, what);
        m->address = take_value(c, v, 1, MAILBOX_MAX, what);
        g_ptr_array_add(to, m);
    }
}

static void take_headers(Check *c, GVariant *tuple, unsigned at, GPtrArray *to)
{
    gsize n;
    g_autoptr(GVariant) list = take_list(c, tuple, at, DOCUMENT_HEADERS, &n, "headers");
    for (gsize k = 0; k < n && !c->bad; k++) {
        g_autoptr(GVariant) v = g_variant_get_child_value(list, k);
        HeaderField *h = g_new0(HeaderField, 1);
        h->name = take_value(c, v, 0, SHORT_MAX, "header name");
        h->value = take_value(c, v, 1, DOCUMENT_VALUE_MAX, "header value");
        g_ptr_array_add(to, h);
    }
}

static void take_texts(Check *c, GVariant *tuple, unsigned at, GPtrArray *to)
{
    gsize n;
    size_t all = 0;
    g_autoptr(GVariant) list = take_list(c, tuple, at, DOCUMENT_TEXTS, &n, "texts");
    for (gsize k = 0; k < n && !c->bad; k++) {
        g_autoptr(GVariant) v = g_variant_get_child_value(list, k);
        TextPart *t = g_new0(TextPart, 1);
        t->part = take_value(c, v, 0, SHORT_MAX, "part name");
        t->role = take_byte(c, v, 1, TEXT_ROLE_COUNT, "text role");
        t->origin = take_value(c, v, 2, SHORT_MAX, "text origin");
        t->date = take_int(v, 3);
        t->path = take_value(c, v, 4, SHORT_MAX, "text path");
        t->text = take_text(c, v, 5, DOCUMENT_TEXT_MAX, "text");
        t->confidence = (uint8_t)take_byte(c, v, 6, 101, "confidence");
        all += strlen(t->text);
        hold(c, all <= DOCUMENT_TEXTS_MAX, "size of all texts");
        g_ptr_array_add(to, t);
    }
}

static void take_sha256(Check *c, GVariant *tuple, unsigned at, char to[static 65])
{
    g_autofree char *hex = take_value(c, tuple, at, 64, "sha256");
    size_t length = strspn(hex, "0123456789abcdef");
    if (hold(c, hex[length] == '\0' && (length == 64 || length == 0), "sha256"))
        memcpy(to, hex, length + 1);
}

static void take_attachments(Check *c, GVariant *tuple, unsigned at, GPtrArray *to)
{
    gsize n;
    g_autoptr(GVariant) list = take_list(c, tuple, at, DOCUMENT_ATTACHMENTS, &n, "attachments");
    for (gsize k = 0; k < n && !c->bad; k++) {
        g_autoptr(GVariant) v = g_variant_get_child_value(list, k);
        g_autoptr(GVariant) size = g_variant_get_child_value(v, 4);
        Attachment *a = g_new0(Attachment, 1);
        a->path = take_value(c, v, 0, SHORT_MAX, "attachment path");
        a->name = take_value(c, v, 1, SHORT_MAX, "attachment name");
        a->type = take_value(c, v, 2, SHORT_MAX, "attachment type");
        a->kind = take_value(c, v, 3, SHORT_MAX, "attachment kind");
        a->size = g_variant_get_uint64(size);
        hold(c, a->size <= G_MAXINT64, "attachment size");
        take_sha256(c, v, 5, a->sha256);
        a->read = take_byte(c, v, 6, READ_STATE_COUNT, "read state");
        a->is_inline = take_bool(v, 7);
        a->why = take_value(c, v, 8, SHORT_MAX, "attachment reason");
        g_ptr_array_add(to, a);
    }
}

static void take_all(Check *c, GVariant *v, Document *d)
{
    d->message_id = take_value(c, v, 0, SHORT_MAX, "message-id");
    d->in_reply_to = take_value(c, v, 1, SHORT_MAX, "in-reply-to");
    d->references = take_strings(c, v, 2, DOCUMENT_REFERENCES, "references");
    d->subject = take_value(c, v, 3, DOCUMENT_VALUE_MAX, "subject");
    d->date_text = take_value(c, v, 4, SHORT_MAX, "date");
    d->date = take_int(v, 5);
    d->topmost_received = take_int(v, 6);
    take_mailboxes(c, v, 7, d->from, "from");
    take_mailboxes(c, v, 8, d->to, "to");
    take_mailboxes(c, v, 9, d->cc, "cc");
    take_mailboxes(c, v, 10, d->reply_to, "reply-to");
    take_headers(c, v, 11, d->headers);
    d->content_type = take_value(c, v, 12, SHORT_MAX, "content type");
    take_texts(c, v, 13, d->texts);
    take_attachments(c, v, 14, d->attachments);
    d->text = take_text(c, v, 15, DOCUMENT_TEXTS_MAX, "text");
    d->quoted_text = take_text(c, v, 16, DOCUMENT_TEXTS_MAX, "quoted text");
    d->defects = take_strings(c, v, 17, DOCUMENT_DEFECTS, "defects");
    d->ambiguous = take_bool(v, 18);
    d->unreadable = take_bool(v, 19);
}

static Document *document_new_bare(void)
{
    Document *d = document_new();
    char **const fields[] = {&d->message_id,   &d->in_reply_to, &d->subject,    &d->date_text,
                             &d->content_type, &d->text,        &d->quoted_text};
    for (size_t k = 0; k < G_N_ELEMENTS(fields); k++)
        g_clear_pointer(fields[k], g_free);
    g_clear_pointer(&d->references, g_strfreev);
    g_clear_pointer(&d->defects, g_strfreev);
    return d;
}

Document *document_from_variant(GVariant *v, GError **error)
{
    if (!g_variant_is_of_type(v, G_VARIANT_TYPE(DOCUMENT_VARIANT_TYPE)) ||
        !g_variant_is_normal_form(v)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "document: not a document");
        return NULL;
    }
    Check c = {NULL};
    g_autoptr(Document) d = document_new_bare();
    take_all(&c, v, d);
    if (c.bad) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "document: %s is off", c.bad);
        return NULL;
    }
    return g_steal_pointer(&d);
}
