/* The walk over the parts of a message: which text is the body, what is an attachment. */
#include "parsers/html_text.h"
#include "parsers/message_reading.h"
#include <string.h>

enum {
    STUB_BYTES = 300,  /* a longer plain alternative is no stub */
    MORE_SHARE = 4,    /* an HTML alternative longer by a quarter, and by so many letters, */
    MORE_LETTERS = 60, /* says more than its plain twin (links and entities differ a little) */
    STUB_TIMES = 4,    /* an HTML alternative so many times as long says what the plain does not */
};

static void walk(Reading *r, GMimeObject *object, const char *path);

static bool is_multipart(GMimeObject *object)
{
    return object && GMIME_IS_MULTIPART(object);
}

static const char *subtype_of(GMimeObject *object)
{
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *subtype = type ? g_mime_content_type_get_media_subtype(type) : NULL;
    return subtype ? subtype : "";
}

static char *type_of(GMimeObject *object)
{
    GMimeContentType *type = g_mime_object_get_content_type(object);
    g_autofree char *mime = type ? g_mime_content_type_get_mime_type(type) : NULL;
    return mime ? g_ascii_strdown(mime, -1) : g_strdup("text/plain");
}

static bool is_text_of(GMimeObject *object, const char *type)
{
    g_autofree char *own = type_of(object);
    return GMIME_IS_PART(object) && strcmp(own, type) == 0;
}

static bool is_sent_along(GMimeObject *object)
{
    const char *disposition = g_mime_object_get_disposition(object);
    return disposition && g_ascii_strcasecmp(disposition, "attachment") == 0;
}

/* ---- text */

void reading_add_text(Reading *r, const void *bytes, size_t length, const char *charset, bool html,
                      GMimeContentType *type)
{
    g_autofree char *text = content_text(r, bytes, length, charset, html, type);
    if (r->forwarded) {
        if (r->forwarded->len > 0)
            g_string_append_c(r->forwarded, '\n');
        g_string_append(r->forwarded, text);
    } else
        body_text_add(r->body, text, &r->hints);
}

static void add_body_part(Reading *r, GMimePart *part, bool html)
{
    g_auto(Content) content;
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    content_of_part(r, part, &content);
    reading_add_text(r, content.bytes, content.length,
                     g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset"), html,
                     type);
}

/* ---- leaves */

static bool is_report_type(const char *type)
{
    return strcmp(type, "message/delivery-status") == 0 ||
           strcmp(type, "message/global-delivery-status") == 0 ||
           strcmp(type, "message/disposition-notification") == 0 ||
           strcmp(type, "text/rfc822-headers") == 0;
}

/* Text for the reader's eyes rather than a file: no attachment, no file name; a root part always.
 */
static bool is_body_text(const Reading *r, GMimeObject *object, const char *type, const char *name,
                         bool root)
{
    bool text = strcmp(type, "text/plain") == 0 || strcmp(type, "text/html") == 0 ||
                strcmp(type, "text/enriched") == 0;
    if (!text)
        return r->mute && g_str_has_prefix(type, "text/") && !*name &&
               strcmp(type, "text/calendar") != 0;
    return root || (!is_sent_along(object) && !*name);
}

static void add_leaf(Reading *r, GMimePart *part, const char *path, bool root)
{
    GMimeObject *object = GMIME_OBJECT(part);
    g_autofree char *type = type_of(object);
    g_autofree char *name = content_safe_name(g_mime_part_get_filename(part));
    if (is_body_text(r, object, type, name, root)) {
        if (!r->mute)
            add_body_part(r, part, strcmp(type, "text/html") == 0);
        return;
    }
    g_auto(Content) content;
    content_of_part(r, part, &content);
    if (r->in_report && is_report_type(type)) {
        reading_add_report_part(r, type, content.bytes, content.length);
        return;
    }
    bool picture = g_str_has_prefix(type, "image/");
    const Piece piece = {
        .path = path,
        .name = name,
        .type = type,
        .charset = g_mime_object_get_content_type_parameter(object, "charset"),
        .bytes = content.bytes,
        .length = content.length,
        .is_inline =
            picture && !is_sent_along(object) &&
            (g_mime_object_get_content_id(object) || g_mime_object_get_disposition(object)),
    };
    reading_add_attachment(r, &piece);
}

/* ---- multiparts */

/* The first text/html or text/plain leaf to be shown, without going into messages. */
static GMimePart *first_text(GMimeObject *object, const char *type, unsigned levels)
{
    if (is_text_of(object, type) && !is_sent_along(object))
        return GMIME_PART(object);
    if (!is_multipart(object) || levels == 0)
        return NULL;
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    int n = MIN(g_mime_multipart_get_count(multipart), 20);
    for (int k = 0; k < n; k++) {
        GMimePart *found = first_text(g_mime_multipart_get_part(multipart, k), type, levels - 1);
        if (found)
            return found;
    }
    return NULL;
}

/* "Your mail program does not show HTML": the plain text says next to nothing and the HTML much. */
static bool is_stub(Reading *r, GMimePart *plain, GMimePart *html)
{
    g_auto(Content) short_one;
    content_of_part(r, plain, &short_one);
    if (!html || short_one.length > STUB_BYTES)
        return false;
    g_autofree char *text = g_strstrip(g_strndup(short_one.bytes, short_one.length));
    g_auto(Content) long_one;
    content_of_part(r, html, &long_one);
    bool cut = false;
    g_autofree char *shown = html_text(long_one.bytes, MIN(long_one.length, 65536), 16384, &cut);
    bool says_so = strcasestr(text, "html") && strlen(shown) > strlen(text);
    return says_so || strlen(shown) > STUB_TIMES * strlen(text) + (*text ? 40 : 0);
}

static bool is_letter(char c)
{
    return g_ascii_isalnum(c) || (c & 0x80);
}

/* The element, if its content is not for reading, whose tag begins at `name`; NULL else. */
static const char *hidden_element(const char *name, const char *end)
{
    static const char *const HIDDEN[] = {"style", "script", "head", "title"};
    for (size_t k = 0; k < G_N_ELEMENTS(HIDDEN); k++) {
        size_t n = strlen(HIDDEN[k]);
        if ((size_t)(end - name) > n && !g_ascii_strncasecmp(name, HIDDEN[k], n) &&
            !is_letter(name[n]))
            return HIDDEN[k];
    }
    return NULL;
}

/* Letters, digits and bytes beyond ASCII that a reader would see: outside tags and outside elements
 * not for reading; a character reference is one. Near enough for a comparison, in one pass. */
static size_t shown_letters(const char *html, size_t length)
{
    const char *end = html + length, *hidden = NULL;
    size_t letters = 0;
    for (const char *p = html; p < end; p++) {
        if (*p == '&') {
            const char *close = memchr(p, ';', MIN((size_t)(end - p), 12));
            p = close ? close : p;
        }
        if (*p != '<') {
            letters += !hidden && is_letter(*p);
            continue;
        }
        bool closing = p + 1 < end && p[1] == '/';
        const char *element = hidden_element(p + 1 + closing, end);
        if (element && (!hidden || hidden == element))
            hidden = closing ? NULL : element;
        p = memchr(p, '>', (size_t)(end - p));
        if (!p)
            break;
    }
    return letters;
}

/* Two versions of one letter should say the same. Where the HTML says a good deal more, a person
 * who saw the HTML wrote or sent it so: nothing is turned away by the plain version alone. */
static bool html_says_more(Reading *r, GMimePart *plain, GMimePart *html)
{
    g_auto(Content) text;
    g_auto(Content) page;
    content_of_part(r, plain, &text);
    content_of_part(r, html, &page);
    const char *bytes = text.bytes;
    size_t said = 0;
    for (size_t k = 0; k < text.length; k++)
        said += is_letter(bytes[k]);
    return shown_letters(page.bytes, page.length) > said + said / MORE_SHARE + MORE_LETTERS;
}

static GMimeObject *choose(Reading *r, GMimeMultipart *multipart)
{
    GMimeObject *plain = NULL, *html = NULL;
    int n = g_mime_multipart_get_count(multipart);
    for (int k = 0; k < n; k++) {
        GMimeObject *child = g_mime_multipart_get_part(multipart, k);
        if (!plain && first_text(child, "text/plain", 3))
            plain = child;
        else if (!html && first_text(child, "text/html", 3))
            html = child;
    }
    if (!plain || !html)
        return plain   ? plain
               : html  ? html
               : n > 0 ? g_mime_multipart_get_part(multipart, n - 1)
                       : NULL;
    GMimePart *text = first_text(plain, "text/plain", 3), *page = first_text(html, "text/html", 3);
    if (is_stub(r, text, page))
        return html;
    if (html_says_more(r, text, page))
        document_add_defect(r->document, "the HTML version says more than the plain one", true);
    return plain;
}

static char *child_path(const char *path, int n)
{
    return *path ? g_strdup_printf("%s.%d", path, n + 1) : g_strdup_printf("%d", n + 1);
}

static void walk_children(Reading *r, GMimeMultipart *multipart, const char *path)
{
    bool alternative = g_ascii_strcasecmp(subtype_of(GMIME_OBJECT(multipart)), "alternative") == 0;
    GMimeObject *chosen = alternative ? choose(r, multipart) : NULL;
    bool mute = r->mute;
    int n = g_mime_multipart_get_count(multipart);
    for (int k = 0; k < n; k++) {
        GMimeObject *child = g_mime_multipart_get_part(multipart, k);
        g_autofree char *own = child_path(path, k);
        r->mute = mute || (alternative && child != chosen);
        walk(r, child, own);
    }
    r->mute = mute;
}

/* A multipart in which GMime found no part: its text is before the first boundary, if any. */
static void add_prologue(Reading *r, GMimeMultipart *multipart)
{
    const char *text = g_mime_multipart_get_prologue(multipart);
    document_add_defect(r->document, "a multipart without parts", true);
    if (text && *text && !r->mute)
        reading_add_text(r, text, strlen(text), NULL, false, NULL);
}

static void walk_multipart(Reading *r, GMimeMultipart *multipart, const char *path)
{
    const char *subtype = subtype_of(GMIME_OBJECT(multipart));
    bool in_report = r->in_report;
    if (g_ascii_strcasecmp(subtype, "report") == 0 && !r->forwarded)
        r->in_report = true;
    if (g_ascii_strcasecmp(subtype, "encrypted") == 0)
        document_add_defect(r->document, "an encrypted part", false);
    if (g_mime_multipart_get_count(multipart) == 0)
        add_prologue(r, multipart);
    else
        walk_children(r, multipart, path);
    r->in_report = in_report;
}

/* ---- messages within */

static void put_line(GString *to, const char *name, const char *value)
{
    if (value && *value)
        g_string_append_printf(to, "%s: %s\n", name, value);
}

/* The lines an inline forward would have above its text. */
static GString *header_lines(const Document *inner, char **origin)
{
    GString *text = g_string_new(NULL);
    const Mailbox *from = inner->from->len > 0 ? inner->from->pdata[0] : NULL;
    const Mailbox *to = inner->to->len > 0 ? inner->to->pdata[0] : NULL;
    *origin = from ? *from->name ? g_strdup_printf("%s <%s>", from->name, from->address)
                                 : g_strdup(from->address)
                   : g_strdup("");
    put_line(text, "From", *origin);
    put_line(text, "Date", inner->date_text);
    put_line(text, "To", to ? to->address : NULL);
    put_line(text, "Subject", inner->subject);
    return text;
}

static void add_forwarded(Reading *r, const Document *inner, const char *path, const char *origin,
                          const char *text)
{
    TextPart *t = text_part_new("", TEXT_FORWARDED, text);
    g_free(t->origin);
    t->origin = g_strdup(origin);
    t->date = inner->date;
    g_free(t->path);
    t->path = g_strdup(path);
    g_ptr_array_add(r->forwarded_texts, t);
}

void reading_walk_within(Reading *r, GMimeMessage *message, const char *path)
{
    g_autoptr(Document) inner = document_new();
    g_autofree char *origin = NULL;
    message_take_fields(inner, message);
    if (r->in_report)
        reading_note_returned(r, inner->message_id);
    GString *outer = r->forwarded;
    bool in_report = r->in_report;
    r->forwarded = header_lines(inner, &origin);
    r->in_report = false;
    reading_walk(r, message, path);
    if (!r->mute && r->forwarded_texts->len < DOCUMENT_TEXTS / 4)
        add_forwarded(r, inner, path, origin, r->forwarded->str);
    g_string_free(r->forwarded, TRUE);
    r->forwarded = outer;
    r->in_report = in_report;
}

static void walk_message_part(Reading *r, GMimeMessagePart *part, const char *path)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    if (!message)
        return;
    const char *given =
        g_mime_object_get_disposition(GMIME_OBJECT(part))
            ? g_mime_object_get_content_disposition_parameter(GMIME_OBJECT(part), "filename")
            : NULL;
    if (!given)
        given = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "name");
    g_autofree char *name = content_safe_name(given);
    reading_list_message(r, message, path, name);
    reading_walk_within(r, message, path);
}

void reading_message_bytes(Reading *r, const void *bytes, size_t length, const char *path)
{
    g_autoptr(GByteArray) copy = g_byte_array_sized_new((guint)length + 1);
    g_byte_array_append(copy, bytes, (guint)length);
    g_autoptr(HeaderGate) first = header_gate_scan(copy->data, copy->len);
    for (unsigned n = 0; n < first->defects->len; n++)
        document_add_defect(r->document, first->defects->pdata[n], first->ambiguous);
    header_gate_apply(first, copy);
    g_autoptr(HeaderGate) gate = header_gate_scan(copy->data, copy->len);
    GMimeMessage *message = message_of_bytes(copy);
    if (!message)
        return;
    const GByteArray *outer_raw = r->raw;
    const HeaderGate *outer_gate = r->gate;
    r->raw = copy;
    r->gate = gate;
    reading_walk_within(r, message, path);
    g_object_unref(message);
    r->raw = outer_raw;
    r->gate = outer_gate;
}

/* ---- the walk */

static void walk(Reading *r, GMimeObject *object, const char *path)
{
    if (!object)
        return;
    if (r->levels >= READING_LEVELS || r->parts >= READING_PARTS) {
        document_add_defect(r->document, "nested deeper than 20 levels, or more than 1,000 parts",
                            true);
        return;
    }
    r->levels++;
    r->parts++;
    if (is_multipart(object))
        walk_multipart(r, GMIME_MULTIPART(object), path);
    else if (GMIME_IS_MESSAGE_PART(object))
        walk_message_part(r, GMIME_MESSAGE_PART(object), path);
    else if (GMIME_IS_PART(object))
        add_leaf(r, GMIME_PART(object), path, false);
    r->levels--;
}

void reading_walk(Reading *r, GMimeMessage *message, const char *path)
{
    GMimeObject *root = g_mime_message_get_mime_part(message);
    if (is_multipart(root)) {
        walk(r, root, path);
        return;
    }
    g_autofree char *own = child_path(path, 0);
    if (root && GMIME_IS_PART(root) && r->parts < READING_PARTS)
        add_leaf(r, GMIME_PART(root), own, true);
    else
        walk(r, root, own);
}
