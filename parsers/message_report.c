/* Delivery reports and read receipts (RFC 3464, 8098): what they say about which message, so that
 * they can be joined to what we sent. Kept as header fields "x-iecd-report-...", which no sender
 * can set: header_fields.c does not keep them. */
#include "parsers/charset.h"
#include "parsers/message_reading.h"
#include <string.h>

static const struct {
    const char *field, *kept;
} fields[] = {
    {"Status", "x-iecd-report-status"},
    {"Action", "x-iecd-report-action"},
    {"Disposition", "x-iecd-report-action"},
    {"Final-Recipient", "x-iecd-report-recipient"},
    {"Original-Message-ID", "x-iecd-report-message-id"},
    {"Message-ID", "x-iecd-report-message-id"},
};

static void note(Document *d, const char *name, const char *value)
{
    if (document_header(d, name))
        return;
    HeaderField *h = g_new0(HeaderField, 1);
    h->name = g_strdup(name);
    h->value = document_clean_value(value, -1, 1000);
    g_ptr_array_add(d->headers, h);
}

void reading_note_returned(Reading *r, const char *message_id)
{
    if (*message_id)
        note(r->document, "x-iecd-report-message-id", message_id);
}

static void note_line(Document *d, const char *line, size_t length)
{
    for (size_t k = 0; k < G_N_ELEMENTS(fields); k++) {
        size_t n = strlen(fields[k].field);
        if (length <= n || line[n] != ':' || g_ascii_strncasecmp(line, fields[k].field, n) != 0)
            continue;
        g_autofree char *value = g_strndup(line + n + 1, length - n - 1);
        note(d, fields[k].kept, value);
    }
}

void reading_note_report(Reading *r, const char *text)
{
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        note_line(r->document, line, n);
        line += n + (line[n] == '\n');
    }
}

void reading_add_report_part(Reading *r, const char *type, const void *bytes, size_t length)
{
    g_autofree char *text = content_text(r, bytes, length, NULL, false, NULL);
    reading_note_report(r, text);
    const char *what = g_str_has_suffix(type, "-headers") ? "returned header" : "delivery status";
    g_autofree char *part =
        r->reports++ == 0 ? g_strdup(what) : g_strdup_printf("%s %u", what, r->reports);
    g_ptr_array_add(r->attached_texts, text_part_new(part, TEXT_QUOTED, text));
}
