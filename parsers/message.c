#include "parsers/message.h"
#include "parsers/charset.h"
#include "parsers/forms.h"
#include "parsers/header_text.h"
#include "parsers/html_text.h"
#include "parsers/message_reading.h"
#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MESSAGE_BYTES_MAX = 512 * 1024 * 1024 }; /* far over the office's own limit for a message */

void message_init(void)
{
    static const char *const fallback[] = {"utf-8", "windows-1252", NULL};
    g_mime_init();
    g_mime_parser_options_set_fallback_charsets(g_mime_parser_options_get_default(),
                                                (const char **)fallback);
}

/* ---- GMime's side */

GMimeMessage *message_of_bytes(const GByteArray *raw)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), (GByteArray *)raw);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    /* By reference: parts are ranges of the bytes, which stay. */
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

/* GMime shows a domain's xn-- labels decoded; mail can be sent only to the domain as DNS has it. */
static const char *address_of(InternetAddressMailbox *mailbox)
{
    const char *shown = internet_address_mailbox_get_addr(mailbox);
    return shown && !g_str_is_ascii(shown) ? internet_address_mailbox_get_idn_addr(mailbox) : shown;
}

static void add_mailbox(InternetAddress *address, GPtrArray *to)
{
    if (to->len >= DOCUMENT_ADDRESSES)
        return;
    const char *name = internet_address_get_name(address);
    if (INTERNET_ADDRESS_IS_MAILBOX(address))
        g_ptr_array_add(
            to, mailbox_of(name ? name : "", address_of(INTERNET_ADDRESS_MAILBOX(address))));
    else
        g_ptr_array_add(to, mailbox_of(name ? name : "", ""));
}

/* Groups nest at most GATE_COLONS deep. */
static void add_mailboxes(InternetAddressList *list, GPtrArray *to)
{
    int n = list ? internet_address_list_length(list) : 0;
    for (int k = 0; k < n && to->len < DOCUMENT_ADDRESSES; k++) {
        InternetAddress *address = internet_address_list_get_address(list, k);
        add_mailbox(address, to);
        if (INTERNET_ADDRESS_IS_GROUP(address))
            add_mailboxes(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), to);
    }
}

static void parse_mailboxes(const char *raw, GPtrArray *to)
{
    g_autofree char *normal = header_text_normalise(raw);
    InternetAddressList *list = internet_address_list_parse(NULL, normal);
    add_mailboxes(list, to);
    g_clear_object(&list);
}

static void collect(GMimeObject *object, GArray *fields)
{
    GMimeHeaderList *headers = object ? g_mime_object_get_header_list(object) : NULL;
    int n = headers ? g_mime_header_list_get_count(headers) : 0;
    for (int k = 0; k < n; k++) {
        GMimeHeader *h = g_mime_header_list_get_header_at(headers, k);
        const RawField field = {g_mime_header_get_name(h), g_mime_header_get_raw_value(h)};
        if (field.name && field.value)
            g_array_append_val(fields, field);
    }
}

void message_take_fields(Document *d, GMimeMessage *message)
{
    g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(RawField));
    GMimeObject *root = g_mime_message_get_mime_part(message);
    collect(GMIME_OBJECT(message), fields);
    collect(root, fields);
    header_fields_take(d, (const RawField *)(void *)fields->data, fields->len, parse_mailboxes);
    GMimeContentType *type = root ? g_mime_object_get_content_type(root) : NULL;
    g_autofree char *mime = type ? g_mime_content_type_get_mime_type(type) : NULL;
    g_free(d->content_type);
    d->content_type = mime ? g_ascii_strdown(mime, -1) : g_strdup("text/plain");
}

/* ---- reading */

static GByteArray *read_all(int fd, GError **error)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > MESSAGE_BYTES_MAX) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                            "message: not a regular file, or too large");
        return NULL;
    }
    g_autoptr(GByteArray) raw = g_byte_array_sized_new((guint)st.st_size + 16);
    g_byte_array_set_size(raw, (guint)st.st_size);
    size_t length = 0;
    while (length < raw->len) {
        ssize_t n = pread(fd, raw->data + length, raw->len - length, (off_t)length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "message: read: %s",
                        g_strerror(errno));
            return NULL;
        }
        if (n == 0)
            break;
        length += (size_t)n;
    }
    g_byte_array_set_size(raw, (guint)length);
    return g_steal_pointer(&raw);
}

/* The gate of the bytes as GMime will see them; `raw` is made so. */
static HeaderGate *pass_gate(GByteArray *raw, Document *d)
{
    HeaderGate *gate = header_gate_scan(raw->data, raw->len);
    for (unsigned n = 0; n < gate->defects->len; n++)
        document_add_defect(d, gate->defects->pdata[n], false);
    d->ambiguous |= gate->ambiguous;
    if (gate->cuts->len == 0 && gate->end == raw->len && !gate->no_header)
        return gate;
    header_gate_apply(gate, raw);
    header_gate_free(gate);
    return header_gate_scan(raw->data, raw->len);
}

static bool subject_starts(const char *subject, const char *const *starts)
{
    for (; *starts; starts++) {
        if (g_ascii_strncasecmp(subject, *starts, strlen(*starts)) == 0)
            return true;
    }
    return false;
}

static void set_hints(Reading *r)
{
    static const char *const forwards[] = {
        "fw:", "fwd:", "fw :", "ymlaen:", "wg:", "tr:", "rv:", NULL};
    static const char *const replies[] = {"re:", "ateb:", "aw:", "sv:", "antw:", NULL};
    const Document *d = r->document;
    r->hints.is_forward = subject_starts(d->subject, forwards);
    r->hints.is_reply = subject_starts(d->subject, replies) || *d->in_reply_to;
    r->hints.is_form = form_is_robot(d);
}

static void add_part(GPtrArray *texts, const char *part, TextRole role, const char *text)
{
    if (*text && texts->len < DOCUMENT_TEXTS)
        g_ptr_array_add(texts, text_part_new(part, role, text));
}

static void add_inline_forward(GPtrArray *texts, const Forward *f, unsigned number)
{
    g_autofree char *part = g_strdup_printf("forwarded %u", number);
    TextPart *t = text_part_new(part, TEXT_FORWARDED, f->text);
    g_free(t->origin);
    t->origin = document_clean_value(f->origin, -1, 900);
    t->date = f->date;
    g_ptr_array_add(texts, t);
}

static void move_texts(GPtrArray *from, GPtrArray *to)
{
    for (unsigned n = 0; n < from->len; n++) {
        if (to->len < DOCUMENT_TEXTS)
            g_ptr_array_add(to, g_steal_pointer(&from->pdata[n]));
        else
            text_part_free(from->pdata[n]);
    }
    g_ptr_array_set_free_func(from, NULL);
}

/* A delivery report by its sender: many are no multipart/report. */
static bool is_from_mailer(const Document *d)
{
    const Mailbox *from = d->from->len > 0 ? d->from->pdata[0] : NULL;
    return document_header(d, "x-failed-recipients") ||
           (from && g_ascii_strncasecmp(from->address, "mailer-daemon@", 14) == 0);
}

/* Exim and qmail return the message in the text of the report. */
static void find_returned_id(Reading *r)
{
    const char *const texts[] = {r->body->own->str, r->body->others->str};
    for (size_t k = 0; k < G_N_ELEMENTS(texts) && r->in_report; k++) {
        const char *at = strcasestr(texts[k], "\nMessage-ID:");
        if (!at)
            continue;
        g_autofree char *line = g_strndup(at + 1, strcspn(at + 1, "\n"));
        const char *value = line;
        g_autofree char *id = message_id_next(&value);
        if (id)
            reading_note_returned(r, id);
    }
}

static void put_together(Reading *r)
{
    Document *d = r->document;
    BodyText *b = r->body;
    GString *others = g_string_new(b->others->str);
    add_part(d->texts, "subject", TEXT_SUBJECT, d->subject);
    add_part(d->texts, "body", TEXT_NEW, b->written->str);
    add_part(d->texts, "signature", TEXT_SIGNATURE, b->signature->str);
    add_part(d->texts, "quoted", TEXT_QUOTED, b->quoted->str);
    unsigned number = 0;
    for (unsigned n = 0; n < b->forwards->len; n++)
        add_inline_forward(d->texts, b->forwards->pdata[n], ++number);
    for (unsigned n = 0; n < r->forwarded_texts->len; n++) {
        TextPart *t = r->forwarded_texts->pdata[n];
        g_free(t->part);
        t->part = g_strdup_printf("forwarded %u", ++number);
        g_string_append_printf(others, "%s%s", others->len > 0 ? "\n" : "", t->text);
    }
    move_texts(r->forwarded_texts, d->texts);
    move_texts(r->attached_texts, d->texts);
    g_free(d->text);
    d->text = g_strdup(b->own->str);
    g_free(d->quoted_text);
    d->quoted_text = g_string_free(others, FALSE);
}

static void reading_init(Reading *r, const Document *found)
{
    *r = (Reading){.document = document_new(), .found = found, .text_left = DOCUMENT_TEXTS_MAX};
    r->body = body_text_new();
    r->forwarded_texts = g_ptr_array_new_with_free_func((GDestroyNotify)text_part_free);
    r->attached_texts = g_ptr_array_new_with_free_func((GDestroyNotify)text_part_free);
}

static void reading_clear(Reading *r)
{
    document_free(r->document);
    body_text_free(r->body);
    g_ptr_array_unref(r->forwarded_texts);
    g_ptr_array_unref(r->attached_texts);
    g_clear_pointer(&r->wanted_bytes, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static void read_message(Reading *r, GByteArray *raw)
{
    g_autoptr(HeaderGate) gate = pass_gate(raw, r->document);
    GMimeMessage *message = message_of_bytes(raw);
    r->raw = raw;
    r->gate = gate;
    if (message) {
        message_take_fields(r->document, message);
        set_hints(r);
        r->in_report = is_from_mailer(r->document);
        reading_walk(r, message, "");
        find_returned_id(r);
        g_object_unref(message);
    } else
        document_add_defect(r->document, "nothing that could be read as a message", true);
    put_together(r);
}

Document *message_parse(int fd, const Document *found, GError **error)
{
    g_autoptr(GByteArray) raw = read_all(fd, error);
    if (!raw)
        return NULL;
    g_auto(Reading) r;
    reading_init(&r, found);
    read_message(&r, raw);
    return g_steal_pointer(&r.document);
}

GBytes *message_part_bytes(int fd, const char *path, uint64_t max, GError **error)
{
    g_autoptr(GByteArray) raw = read_all(fd, error);
    if (!raw)
        return NULL;
    g_auto(Reading) r;
    reading_init(&r, NULL);
    r.wanted = path;
    r.wanted_max = max;
    read_message(&r, raw);
    if (!r.wanted_bytes)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "message: no part %s, or one larger than allowed", path);
    return g_steal_pointer(&r.wanted_bytes);
}
