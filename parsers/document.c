#include "parsers/document.h"
#include <string.h>

/* Format characters that reorder or hide what stands beside them: bidirectional marks, embeddings,
 * overrides and isolates, the byte order mark, line and paragraph separators. Zero-width joiners
 * stay: Persian, Hindi and emoji need them. */
static bool is_deceptive(gunichar c)
{
    return c == 0x061C || c == 0x200B || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

static bool is_control(gunichar c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

static char *take_at_most(GString *s, size_t most)
{
    if (s->len > most) {
        while (most > 0 && ((unsigned char)s->str[most] & 0xC0) == 0x80)
            most--;
        g_string_truncate(s, most);
    }
    return g_string_free(s, FALSE);
}

char *document_clean_value(const char *text, gssize length, size_t most)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", text ? length : 0);
    GString *out = g_string_sized_new(strlen(valid));
    bool space = false;
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == ' ' || is_control(c) || c == 0x2028 || c == 0x2029) {
            space = out->len > 0;
            continue;
        }
        if (is_deceptive(c))
            continue;
        if (space)
            g_string_append_c(out, ' ');
        space = false;
        g_string_append_len(out, p, g_utf8_next_char(p) - p);
    }
    return take_at_most(out, most);
}

/* Bytes that document_clean_text changes. */
static bool is_plain_byte(unsigned char c)
{
    return c >= 0x20 ? c != 0x7F : c == '\n' || c == '\t';
}

char *document_clean_text(const char *text, gssize length, size_t most)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", text ? length : 0);
    const char *p = valid;
    if (g_str_has_prefix(p, "\xEF\xBB\xBF"))
        p += 3;
    GString *out = g_string_sized_new(strlen(p));
    while (*p) {
        const char *run = p;
        while (is_plain_byte((unsigned char)*p))
            p++;
        g_string_append_len(out, run, p - run);
        if (*p == '\r' || *p == '\f' || *p == '\v') {
            p += p[0] == '\r' && p[1] == '\n' ? 2 : 1;
            g_string_append_c(out, '\n');
        } else if (*p) {
            g_string_append_c(out, ' ');
            p++;
        }
    }
    return take_at_most(out, most);
}

Mailbox *mailbox_new(const char *name, const char *address)
{
    Mailbox *m = g_new0(Mailbox, 1);
    m->name = g_strdup(name ? name : "");
    m->address = g_strdup(address ? address : "");
    return m;
}

void mailbox_free(Mailbox *m)
{
    if (!m)
        return;
    g_free(m->name);
    g_free(m->address);
    g_free(m);
}

TextPart *text_part_new(const char *part, TextRole role, const char *text)
{
    TextPart *t = g_new0(TextPart, 1);
    t->part = g_strdup(part);
    t->role = role;
    t->origin = g_strdup("");
    t->path = g_strdup("");
    t->text = g_strdup(text);
    t->confidence = 100;
    return t;
}

void text_part_free(TextPart *t)
{
    if (!t)
        return;
    g_free(t->part);
    g_free(t->origin);
    g_free(t->path);
    g_free(t->text);
    g_free(t);
}

Attachment *attachment_new(void)
{
    Attachment *a = g_new0(Attachment, 1);
    a->path = g_strdup("");
    a->name = g_strdup("");
    a->type = g_strdup("");
    a->kind = g_strdup("");
    a->why = g_strdup("");
    return a;
}

void attachment_free(Attachment *a)
{
    if (!a)
        return;
    g_free(a->path);
    g_free(a->name);
    g_free(a->type);
    g_free(a->kind);
    g_free(a->why);
    g_free(a);
}

HeaderField *header_field_new(const char *name, const char *value)
{
    HeaderField *h = g_new0(HeaderField, 1);
    h->name = g_strdup(name);
    h->value = g_strdup(value);
    return h;
}

void header_field_free(HeaderField *h)
{
    if (!h)
        return;
    g_free(h->name);
    g_free(h->value);
    g_free(h);
}

Document *document_new(void)
{
    Document *d = g_new0(Document, 1);
    d->message_id = g_strdup("");
    d->in_reply_to = g_strdup("");
    d->references = g_new0(char *, 1);
    d->subject = g_strdup("");
    d->date_text = g_strdup("");
    d->from = g_ptr_array_new_with_free_func((GDestroyNotify)mailbox_free);
    d->to = g_ptr_array_new_with_free_func((GDestroyNotify)mailbox_free);
    d->cc = g_ptr_array_new_with_free_func((GDestroyNotify)mailbox_free);
    d->reply_to = g_ptr_array_new_with_free_func((GDestroyNotify)mailbox_free);
    d->headers = g_ptr_array_new_with_free_func((GDestroyNotify)header_field_free);
    d->content_type = g_strdup("");
    d->texts = g_ptr_array_new_with_free_func((GDestroyNotify)text_part_free);
    d->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    d->text = g_strdup("");
    d->quoted_text = g_strdup("");
    d->defects = g_new0(char *, 1);
    return d;
}

void document_free(Document *d)
{
    if (!d)
        return;
    g_free(d->message_id);
    g_free(d->in_reply_to);
    g_strfreev(d->references);
    g_free(d->subject);
    g_free(d->date_text);
    g_ptr_array_unref(d->from);
    g_ptr_array_unref(d->to);
    g_ptr_array_unref(d->cc);
    g_ptr_array_unref(d->reply_to);
    g_ptr_array_unref(d->headers);
    g_free(d->content_type);
    g_ptr_array_unref(d->texts);
    g_ptr_array_unref(d->attachments);
    g_free(d->text);
    g_free(d->quoted_text);
    g_strfreev(d->defects);
    g_free(d);
}

const char *document_header(const Document *d, const char *name)
{
    for (unsigned n = 0; n < d->headers->len; n++) {
        const HeaderField *h = d->headers->pdata[n];
        if (strcmp(h->name, name) == 0)
            return h->value;
    }
    return NULL;
}
