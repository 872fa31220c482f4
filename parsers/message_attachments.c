/* Attachments: listed with size and hash, texts read, packed ones opened. */
#include "parsers/message_reading.h"
#include "parsers/sniff.h"
#include "parsers/tnef.h"
#include <string.h>

typedef enum Handling {
    HANDLE_TEXT,
    HANDLE_DOCUMENT,
    HANDLE_NOT,
    HANDLE_TNEF,
    HANDLE_MESSAGE
} Handling;

static const struct {
    const char *kind;
    Handling handling;
} handlings[] = {
    {"text", HANDLE_TEXT},    {"html", HANDLE_TEXT},       {"json", HANDLE_TEXT},
    {"csv", HANDLE_TEXT},     {"pdf", HANDLE_DOCUMENT},    {"docx", HANDLE_DOCUMENT},
    {"odt", HANDLE_DOCUMENT}, {"rtf", HANDLE_DOCUMENT},    {"image", HANDLE_NOT},
    {"calendar", HANDLE_NOT}, {"contact", HANDLE_NOT},     {"signature", HANDLE_NOT},
    {"tnef", HANDLE_TNEF},    {"message", HANDLE_MESSAGE},
};

static void set(char **field, char *value)
{
    g_free(*field);
    *field = value;
}

static void fail(Attachment *a, char *why)
{
    a->read = READ_FAILED;
    set(&a->why, why);
}

static void hash(Attachment *a, const void *bytes, size_t length)
{
    g_autofree char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, length);
    g_strlcpy(a->sha256, hex, sizeof a->sha256);
    a->size = length;
}

static char *part_name(const Reading *r, const Attachment *a)
{
    unsigned number = r->document->attachments->len;
    return *a->name ? g_strdup_printf("attachment %u: %s", number, a->name)
                    : g_strdup_printf("attachment %u", number);
}

static void add_text(Reading *r, Attachment *a, const char *text, uint8_t confidence)
{
    g_autofree char *name = part_name(r, a);
    TextPart *t = text_part_new(name, TEXT_ATTACHMENT, text);
    set(&t->path, g_strdup(a->path));
    t->confidence = confidence;
    g_ptr_array_add(r->attached_texts, t);
    a->read = READ_DONE;
}

static const TextPart *found_text(const Document *found, const char *path)
{
    for (unsigned n = 0; found && n < found->texts->len; n++) {
        const TextPart *t = found->texts->pdata[n];
        if (strcmp(t->path, path) == 0)
            return t;
    }
    return NULL;
}

static const Attachment *found_failure(const Document *found, const char *path)
{
    for (unsigned n = 0; found && n < found->attachments->len; n++) {
        const Attachment *a = found->attachments->pdata[n];
        if (a->read == READ_FAILED && strcmp(a->path, path) == 0)
            return a;
    }
    return NULL;
}

static void take_document(Reading *r, Attachment *a)
{
    const TextPart *t = found_text(r->found, a->path);
    const Attachment *failure = found_failure(r->found, a->path);
    if (t) {
        g_autofree char *text =
            document_clean_text(t->text, -1, MIN(r->text_left, DOCUMENT_TEXT_MAX));
        if (strlen(text) < strlen(t->text))
            document_add_defect(r->document, "the text of a document was cut", true);
        r->text_left -= strlen(text);
        add_text(r, a, text, t->confidence);
    } else if (failure)
        fail(a, g_strdup(*failure->why ? failure->why : "it could not be read"));
    else
        a->read = READ_WANTED;
}

static void open_tnef(Reading *r, Attachment *a, const Piece *piece)
{
    g_autoptr(Tnef) tnef = NULL;
    if (r->levels >= READING_LEVELS || !(tnef = tnef_read(piece->bytes, piece->length, NULL))) {
        fail(a, g_strdup("the Outlook attachment (winmail.dat) is broken"));
        return;
    }
    a->read = READ_DONE;
    g_autofree char *path = g_strdup(a->path);
    r->levels++;
    gsize length;
    const void *bytes;
    /* Where the message has a plain text of its own, that is the same. */
    bool bare = r->forwarded ? r->forwarded->len == 0 : r->body->own->len == 0;
    GBytes *body = tnef->text ? tnef->text : tnef->html;
    if (bare && body && !r->mute) {
        bytes = g_bytes_get_data(body, &length);
        reading_add_text(r, bytes, length, tnef->text ? tnef->charset : NULL, !tnef->text, NULL);
    }
    unsigned number = 0;
    for (unsigned n = 0; n < tnef->files->len; n++) {
        const TnefFile *file = tnef->files->pdata[n];
        g_autofree char *child = g_strdup_printf("%s.%u", path, ++number);
        g_autofree char *name = content_safe_name(file->name);
        bytes = g_bytes_get_data(file->bytes, &length);
        const Piece inner = {child, name, "application/octet-stream", NULL, bytes, length, false};
        reading_add_attachment(r, &inner);
    }
    if (bare && !body && tnef->rtf) {
        g_autofree char *child = g_strdup_printf("%s.%u", path, ++number);
        bytes = g_bytes_get_data(tnef->rtf, &length);
        const Piece inner = {child, "message.rtf", "application/rtf", NULL, bytes, length, false};
        reading_add_attachment(r, &inner);
    }
    r->levels--;
}

static void read_text(Reading *r, Attachment *a, const Piece *piece)
{
    bool html = strcmp(a->kind, "html") == 0;
    g_autofree char *text =
        content_text(r, piece->bytes, piece->length, piece->charset, html, NULL);
    if (r->in_report)
        reading_note_report(r, text);
    add_text(r, a, text, 100);
}

static char *why_unread(const Piece *piece, const char *kind)
{
    if (strcmp(kind, "encrypted") == 0)
        return g_strdup("it is encrypted or sealed");
    if (piece->length == 0)
        return g_strdup("the file is empty");
    return g_strdup_printf("files of this kind are not read (%s)", piece->type);
}

static void handle(Reading *r, Attachment *a, const Piece *piece)
{
    for (size_t k = 0; k < G_N_ELEMENTS(handlings); k++) {
        if (strcmp(handlings[k].kind, a->kind) != 0)
            continue;
        switch (handlings[k].handling) {
        case HANDLE_TEXT:
            read_text(r, a, piece);
            return;
        case HANDLE_DOCUMENT:
            take_document(r, a);
            return;
        case HANDLE_NOT:
            a->read = READ_NOT_NEEDED;
            return;
        case HANDLE_TNEF:
            open_tnef(r, a, piece);
            return;
        case HANDLE_MESSAGE: {
            g_autofree char *path = g_strdup(a->path);
            a->read = READ_DONE;
            reading_message_bytes(r, piece->bytes, piece->length, path);
            return;
        }
        }
    }
    fail(a, why_unread(piece, a->kind));
}

static Attachment *list(Reading *r, const char *path, const char *name, const char *type)
{
    if (r->document->attachments->len >= DOCUMENT_ATTACHMENTS) {
        document_add_defect(r->document, "more than 200 attachments: the rest are not listed",
                            true);
        return NULL;
    }
    Attachment *a = attachment_new();
    set(&a->path, g_strdup(path));
    set(&a->name, g_strdup(name));
    set(&a->type, document_clean_value(type, -1, 200));
    g_ptr_array_add(r->document->attachments, a);
    return a;
}

void reading_add_attachment(Reading *r, const Piece *piece)
{
    if (r->wanted && strcmp(r->wanted, piece->path) == 0 && !r->wanted_bytes &&
        piece->length <= r->wanted_max)
        r->wanted_bytes = g_bytes_new(piece->bytes, piece->length);
    Attachment *a = list(r, piece->path, piece->name, piece->type);
    if (!a)
        return;
    a->is_inline = piece->is_inline;
    set(&a->kind, g_strdup(sniff_kind(piece->bytes, piece->length, piece->type, piece->name)));
    if (!r->wanted)
        hash(a, piece->bytes, piece->length);
    handle(r, a, piece);
}

void reading_list_message(Reading *r, GMimeMessage *message, const char *path, const char *name)
{
    Attachment *a = list(r, path, name, "message/rfc822");
    if (!a)
        return;
    set(&a->kind, g_strdup("message"));
    a->read = READ_DONE;
    GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
    GMimeHeader *first = g_mime_header_list_get_count(headers) > 0
                             ? g_mime_header_list_get_header_at(headers, 0)
                             : NULL;
    for (unsigned n = 0; first && n < r->gate->messages->len; n++) {
        const GateRange *m = &g_array_index(r->gate->messages, GateRange, n);
        if ((gint64)m->at == g_mime_header_get_offset(first) && m->at + m->length <= r->raw->len)
            hash(a, r->raw->data + m->at, m->length);
    }
}
