/* The header-only reader: for a message whose reader died, so it shares as little as it can with
 * what may have killed it: no GMime, no MIME, no HTML; only the top header block. */
#include "parsers/header_fields.h"
#include "parsers/header_text.h"
#include "parsers/message.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { READ_MAX = 1024 * 1024, FIELDS_MAX = 1000, VALUE_MAX = 32 * 1024 };

/* Up to READ_MAX bytes, NUL bytes as blanks, NUL-terminated. */
static char *read_head(int fd)
{
    char *head = g_malloc(READ_MAX + 1);
    size_t length = 0;
    while (length < READ_MAX) {
        ssize_t n = pread(fd, head + length, READ_MAX - length, (off_t)length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        length += (size_t)n;
    }
    for (size_t k = 0; k < length; k++)
        head[k] = head[k] ? head[k] : ' ';
    head[length] = '\0';
    return head;
}

/* Length of the field that starts at `p`, its folded lines too, without the last line break. */
static size_t field_length(const char *p)
{
    size_t at = 0;
    for (;;) {
        at += strcspn(p + at, "\n");
        if (p[at] != '\n' || (p[at + 1] != ' ' && p[at + 1] != '\t'))
            return at;
        at++;
    }
}

/* Splits in place; names and values point into `head`. */
static unsigned split(char *head, RawField *fields)
{
    unsigned n = 0;
    char *p = head;
    while (*p && *p != '\n' && !(p[0] == '\r' && p[1] == '\n') && n < FIELDS_MAX) {
        size_t length = field_length(p);
        char *next = p[length] ? p + length + 1 : p + length;
        char *colon = memchr(p, ':', length);
        p[length] = '\0';
        if (colon && colon > p && strcspn(p, " \t\r\n") >= (size_t)(colon - p)) {
            *colon = '\0';
            if (strlen(colon + 1) > VALUE_MAX)
                colon[1 + VALUE_MAX] = '\0';
            fields[n++] = (RawField){p, colon + 1};
        }
        p = next;
    }
    return n;
}

/* One mailbox: "Name <address>", "address (Name)" or "address". */
static void take_mailbox(char *text, GPtrArray *to)
{
    char *open = strrchr(text, '<'), *comment = strchr(text, '(');
    g_autofree char *name = NULL;
    const char *address = text;
    if (open) {
        *open = '\0';
        address = open + 1;
        open[1 + strcspn(open + 1, ">")] = '\0';
        name = header_text_decode(g_strdelimit(text, "\"\\", ' '), 900);
    } else if (comment) {
        *comment = '\0';
        comment[1 + strcspn(comment + 1, ")")] = '\0';
        name = header_text_decode(comment + 1, 900);
    }
    if (strchr(address, '@') || (name && *name))
        g_ptr_array_add(to, mailbox_of(name ? name : "", address));
}

/* Commas divide, but not in quoted names, comments or angle brackets. */
static void simple_mailboxes(const char *raw, GPtrArray *to)
{
    g_autofree char *copy = g_strdup(raw);
    char *start = copy, closing = '\0';
    for (char *p = copy;; p++) {
        if (*p == '\\' && p[1]) {
            p++;
            continue;
        }
        if (closing)
            closing = *p == closing ? '\0' : closing;
        else if (*p == '"' || *p == '(' || *p == '<')
            closing = *p == '"' ? '"' : *p == '(' ? ')' : '>';
        bool end = *p == '\0';
        if ((*p != ',' && !end) || (closing && !end))
            continue;
        *p = '\0';
        if (to->len < DOCUMENT_ADDRESSES)
            take_mailbox(start, to);
        start = p + 1;
        if (end)
            return;
    }
}

Document *message_parse_header_only(int fd)
{
    Document *d = document_new();
    g_autofree char *head = read_head(fd);
    g_autofree RawField *fields = g_new(RawField, FIELDS_MAX);
    char *start = head;
    if (g_str_has_prefix(head, "From "))
        start += field_length(head) + (head[field_length(head)] == '\n');
    header_fields_take(d, fields, split(start, fields), simple_mailboxes);
    if (*d->subject)
        g_ptr_array_add(d->texts, text_part_new("subject", TEXT_SUBJECT, d->subject));
    const char *type = document_header(d, "content-type");
    g_free(d->content_type);
    d->content_type = type ? g_ascii_strdown(type, (gssize)strcspn(type, "; \t")) : g_strdup("");
    document_add_defect(d, "only the header could be read", true);
    d->unreadable = true;
    return d;
}
