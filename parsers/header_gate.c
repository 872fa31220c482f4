#include "parsers/header_gate.h"
#include "parsers/header_parameter.h"
#include <stdint.h>
#include <string.h>

typedef struct Level {
    char *boundary; /* NULL: a message/rfc822, which ends with what holds it */
    size_t length;
    int message; /* index in `messages`, or -1 */
    bool digest;
} Level;

enum FieldBit {
    FIELD_CONTENT_TYPE = 1 << 0,
    FIELD_ENCODING = 1 << 1,
    FIELD_FROM = 1 << 2,
    FIELD_SUBJECT = 1 << 3,
    FIELD_MESSAGE_ID = 1 << 4,
    FIELD_DATE = 1 << 5,
    FIELD_SENDER = 1 << 6,
    FIELD_DISPOSITION = 1 << 7,
};

static const struct {
    const char *name;
    unsigned bit;
    const char *twice; /* the defect of a second one */
    bool ambiguous;
} single_fields[] = {
    {"Content-Type", FIELD_CONTENT_TYPE, "two Content-Type fields", true},
    {"Content-Transfer-Encoding", FIELD_ENCODING, "two Content-Transfer-Encoding fields", true},
    {"Content-Disposition", FIELD_DISPOSITION, "two Content-Disposition fields", true},
    {"From", FIELD_FROM, "two From fields", true},
    {"Subject", FIELD_SUBJECT, "two Subject fields", true},
    {"Sender", FIELD_SENDER, "two Sender fields", false},
    {"Date", FIELD_DATE, "two Date fields", false},
    {"Message-ID", FIELD_MESSAGE_ID, "two Message-ID fields", false},
};

static const char *const address_fields[] = {
    "From",
    "To",
    "Cc",
    "Bcc",
    "Reply-To",
    "Sender",
    "Resent-From",
    "Resent-To",
    "Resent-Cc",
    "Resent-Bcc",
    "Resent-Sender",
    "Resent-Reply-To",
    "Mail-Followup-To",
    "Disposition-Notification-To",
};

typedef struct Scan {
    HeaderGate *gate;
    const char *bytes;
    size_t length;
    GArray *levels; /* Level */
    unsigned parts;
    bool loose; /* a boundary we may read otherwise than GMime: every "--" line may be one */
    /* the header block being read */
    bool in_block, is_message_block, saw_field;
    size_t block_start, field_start; /* field_start: SIZE_MAX none */
    unsigned fields, seen;
    bool is_multipart, is_message, is_digest, encoded, has_type;
    char *boundary;
} Scan;

static void level_clear(Level *level)
{
    g_free(level->boundary);
}

static void defect(Scan *s, const char *what, bool ambiguous)
{
    HeaderGate *g = s->gate;
    g->ambiguous |= ambiguous;
    for (unsigned n = 0; n < g->defects->len; n++) {
        if (strcmp(g->defects->pdata[n], what) == 0)
            return;
    }
    if (g->defects->len < GATE_DEFECTS)
        g_ptr_array_add(g->defects, g_strdup(what));
}

static void cut(Scan *s, size_t at, size_t end)
{
    GArray *cuts = s->gate->cuts;
    if (at >= end)
        return;
    if (cuts->len > 0) {
        GateRange *last = &g_array_index(cuts, GateRange, cuts->len - 1);
        if (last->at + last->length == at) {
            last->length += end - at;
            return;
        }
    }
    const GateRange range = {at, end - at};
    g_array_append_val(cuts, range);
}

/* ---- fields */

static void read_boundaries(Scan *s, const char *value)
{
    size_t at = 0;
    unsigned count = 0;
    char *name, *content;
    while (header_parameter_next(value, &at, &name, &content)) {
        if (g_str_has_prefix(name, "boundary")) {
            bool plain = name[strlen("boundary")] == '\0';
            if (plain && ++count == 2)
                defect(s, "two boundary parameters", true);
            if ((!plain && name[strlen("boundary")] == '*') || strstr(content, "=?")) {
                defect(s, "an encoded boundary", true);
                s->loose = true;
            }
            if (plain && !s->boundary && *content)
                s->boundary = g_strdup(content);
        }
        g_free(name);
        g_free(content);
    }
}

static void read_content_type(Scan *s, const char *value)
{
    value += strspn(value, " \t\r\n");
    s->has_type = true;
    s->is_multipart = g_ascii_strncasecmp(value, "multipart/", 10) == 0;
    s->is_digest = g_ascii_strncasecmp(value, "multipart/digest", 16) == 0;
    s->is_message = g_ascii_strncasecmp(value, "message/rfc822", 14) == 0 ||
                    g_ascii_strncasecmp(value, "message/rfc2822", 15) == 0 ||
                    g_ascii_strncasecmp(value, "message/global", 14) == 0 ||
                    g_ascii_strncasecmp(value, "message/news", 12) == 0;
    g_clear_pointer(&s->boundary, g_free);
    if (s->is_multipart)
        read_boundaries(s, value);
}

static void check_bytes(Scan *s, size_t start, size_t end)
{
    const char *p = s->bytes + start;
    size_t length = end - start;
    if (memchr(p, '\0', length))
        defect(s, "a NUL byte in a header", true);
    for (const char *cr = p; (cr = memchr(cr, '\r', length - (size_t)(cr - p))) != NULL; cr++) {
        if ((size_t)(cr - p) + 1 < length && cr[1] != '\n') {
            defect(s, "a lone carriage return in a header", true);
            return;
        }
    }
}

static bool name_is(const char *p, size_t length, const char *name)
{
    return strlen(name) == length && g_ascii_strncasecmp(p, name, length) == 0;
}

/* Nested groups recurse in GMime's address parser, one level a colon. */
static void cap_groups(Scan *s, size_t value, size_t end)
{
    unsigned colons = 0;
    for (const char *p = s->bytes + value; (p = memchr(p, ':', (size_t)(s->bytes + end - p)));
         p++) {
        if (++colons > GATE_COLONS) {
            defect(s, "an address field with too many groups was cut", true);
            cut(s, (size_t)(p - s->bytes), end);
            return;
        }
    }
}

static void note_name(Scan *s, const char *name, size_t length, const char *value)
{
    for (size_t k = 0; k < G_N_ELEMENTS(single_fields); k++) {
        if (!name_is(name, length, single_fields[k].name))
            continue;
        if (s->seen & single_fields[k].bit)
            defect(s, single_fields[k].twice, single_fields[k].ambiguous);
        s->seen |= single_fields[k].bit;
        if (single_fields[k].bit == FIELD_CONTENT_TYPE)
            read_content_type(s, value);
        if (single_fields[k].bit == FIELD_ENCODING) {
            value += strspn(value, " \t\r\n");
            s->encoded = g_ascii_strncasecmp(value, "base64", 6) == 0 ||
                         g_ascii_strncasecmp(value, "quoted", 6) == 0 ||
                         g_ascii_strncasecmp(value, "x-uu", 4) == 0 ||
                         g_ascii_strncasecmp(value, "uu", 2) == 0;
        }
    }
}

/* Bytes of a field name, as GMime takes it: no control characters, blanks only before the colon. */
static size_t name_length(const char *p, size_t length, size_t *colon)
{
    size_t at = 0;
    while (at < length && p[at] != ':' && (unsigned char)p[at] > 0x20 && p[at] != 0x7F)
        at++;
    *colon = at;
    while (*colon < length && (p[*colon] == ' ' || p[*colon] == '\t'))
        ++*colon;
    return *colon < length && p[*colon] == ':' ? at : 0;
}

/* `end` is after the field's line break. */
static void finish_field(Scan *s, size_t end)
{
    size_t start = s->field_start, colon;
    if (start == SIZE_MAX)
        return;
    s->field_start = SIZE_MAX;
    const char *p = s->bytes + start;
    size_t name = name_length(p, end - start, &colon);
    size_t last = end; /* before the line break */
    while (last > start && (s->bytes[last - 1] == '\n' || s->bytes[last - 1] == '\r'))
        last--;
    if (++s->fields > GATE_FIELDS || end - s->block_start > GATE_BLOCK_MAX) {
        defect(s, "a header longer than 1 MiB or 1,000 fields was cut", true);
        cut(s, start, end);
        return;
    }
    check_bytes(s, start, end);
    if (name == 0) {
        defect(s, "a line in a header that is no header field", true);
        return;
    }
    bool matters = name_is(p, name, "From") || name_is(p, name, "Subject") ||
                   g_ascii_strncasecmp(p, "Content-", 8) == 0;
    size_t keep = MIN(last, start + GATE_FIELD_MAX);
    g_autofree char *value = g_strndup(p + colon + 1, keep - MIN(keep, start + colon + 1));
    note_name(s, p, name, value);
    for (size_t k = 0; k < G_N_ELEMENTS(address_fields); k++) {
        if (name_is(p, name, address_fields[k]))
            cap_groups(s, start + colon + 1, keep);
    }
    if (keep < last) {
        defect(s, "a header field longer than 32 KiB was cut", matters);
        cut(s, keep, last);
    }
}

/* ---- blocks and levels */

static void begin_block(Scan *s, size_t at, bool is_message_block)
{
    s->in_block = true;
    s->is_message_block = is_message_block;
    s->saw_field = false;
    s->block_start = at;
    s->field_start = SIZE_MAX;
    s->fields = s->seen = 0;
    s->is_multipart = s->is_message = s->is_digest = s->encoded = s->has_type = false;
    g_clear_pointer(&s->boundary, g_free);
}

/* Where the text before a boundary line ends: its line break belongs to the boundary. */
static size_t before_break(const Scan *s, size_t at)
{
    if (at > 0 && s->bytes[at - 1] == '\n')
        at--;
    if (at > 0 && s->bytes[at - 1] == '\r')
        at--;
    return at;
}

static void close_levels(Scan *s, unsigned keep, size_t at)
{
    for (unsigned n = keep; n < s->levels->len; n++) {
        const Level *level = &g_array_index(s->levels, Level, n);
        if (level->message < 0)
            continue;
        GateRange *m = &g_array_index(s->gate->messages, GateRange, level->message);
        size_t end = MAX(m->at, at == s->gate->end ? at : before_break(s, at));
        m->length = end - m->at;
    }
    if (keep < s->levels->len)
        g_array_set_size(s->levels, keep);
}

/* False: nested too deep; nothing after `at` is for GMime. */
static bool push_level(Scan *s, size_t at)
{
    if (s->levels->len >= GATE_LEVELS) {
        defect(s, "nested deeper than 100 levels: cut there", true);
        s->gate->end = at;
        return false;
    }
    Level level = {.message = -1, .digest = s->is_digest};
    if (s->is_multipart) {
        level.boundary = g_steal_pointer(&s->boundary);
        level.length = strlen(level.boundary);
    } else {
        const GateRange range = {at, 0};
        level.message = (int)s->gate->messages->len;
        g_array_append_val(s->gate->messages, range);
    }
    g_array_append_val(s->levels, level);
    return true;
}

static bool holds_digest(const Scan *s)
{
    return s->levels->len > 0 && g_array_index(s->levels, Level, s->levels->len - 1).digest;
}

/* What was taken for lines before a header is the text of a message that has none. */
static void check_top(Scan *s)
{
    if (s->block_start > 0 || s->saw_field)
        return;
    s->gate->no_header = true;
    g_array_set_size(s->gate->cuts, 0);
    defect(s, "no header", true);
}

/* At the empty line; `at` is the byte after it. */
static bool end_block(Scan *s, size_t line, size_t at)
{
    finish_field(s, line);
    check_top(s);
    s->in_block = false;
    if (!s->has_type && !s->is_message_block && holds_digest(s))
        s->is_message = true;
    if (s->is_multipart && !s->boundary)
        defect(s, "a multipart without a boundary", true);
    if (s->is_multipart && s->boundary)
        return push_level(s, at);
    if (s->is_message && !s->encoded) {
        if (!push_level(s, at))
            return false;
        begin_block(s, at, true);
    }
    return true;
}

/* The level whose boundary the line is, or -1; `closing` for its end. */
static int match_boundary(const Scan *s, const char *line, size_t length, bool *closing)
{
    while (length > 2 && strchr(" \t\r\n", line[length - 1]) && line[length - 1])
        length--;
    for (int n = (int)s->levels->len - 1; n >= 0; n--) {
        const Level *level = &g_array_index(s->levels, Level, n);
        size_t plain = level->length + 2;
        if (!level->boundary || length < plain ||
            memcmp(line + 2, level->boundary, level->length) != 0)
            continue;
        *closing = length == plain + 2 && memcmp(line + plain, "--", 2) == 0;
        if (length == plain || *closing)
            return n;
    }
    return -1;
}

/* False: the message ends here for GMime. */
static bool boundary_line(Scan *s, int level, bool closing, size_t line, size_t after)
{
    if (s->in_block) {
        finish_field(s, line);
        s->in_block = false;
    }
    if (level >= 0)
        close_levels(s, (unsigned)level + (closing ? 0 : 1), line);
    if (closing)
        return true;
    if (++s->parts > GATE_PARTS) {
        defect(s, "more than 1,000 parts: cut there", true);
        s->gate->end = line;
        return false;
    }
    begin_block(s, after, false);
    return true;
}

static bool block_line(Scan *s, size_t line, size_t after)
{
    const char *p = s->bytes + line;
    size_t length = after - line, colon;
    if (*p == '\n' || (*p == '\r' && length > 1 && p[1] == '\n'))
        return end_block(s, line, after);
    if ((*p == ' ' || *p == '\t') && s->field_start != SIZE_MAX)
        return true;
    finish_field(s, line);
    bool is_field = name_length(p, length, &colon) > 0;
    if (!is_field && !s->saw_field) {
        /* GMime gives up on these: a stray mbox line, or there is no header at all. */
        if (s->block_start == 0) {
            cut(s, line, after);
            if (length < 5 || memcmp(p, "From ", 5) != 0)
                defect(s, "lines before the header", true);
        }
        return true;
    }
    s->saw_field = true;
    s->field_start = line;
    return true;
}

static void walk(Scan *s)
{
    bool more = true;
    for (size_t line = 0; more && line < s->length;) {
        const char *p = s->bytes + line;
        const char *newline = memchr(p, '\n', s->length - line);
        size_t after = newline ? (size_t)(newline - s->bytes) + 1 : s->length;
        bool closing = false;
        int level = -1;
        bool dashes = after - line > 2 && p[0] == '-' && p[1] == '-';
        if (dashes && s->levels->len > 0)
            level = match_boundary(s, p, after - line, &closing);
        if (level >= 0 || (dashes && s->loose))
            more = boundary_line(s, level, closing, line, after);
        else if (s->in_block)
            more = block_line(s, line, after);
        line = after;
    }
    if (more && s->in_block) {
        finish_field(s, s->length);
        check_top(s);
    }
}

HeaderGate *header_gate_scan(const void *bytes, size_t length)
{
    HeaderGate *g = g_new0(HeaderGate, 1);
    g->end = length;
    g->cuts = g_array_new(FALSE, FALSE, sizeof(GateRange));
    g->messages = g_array_new(FALSE, FALSE, sizeof(GateRange));
    g->defects = g_ptr_array_new_with_free_func(g_free);
    Scan s = {.gate = g, .bytes = bytes, .length = length};
    s.levels = g_array_new(FALSE, FALSE, sizeof(Level));
    g_array_set_clear_func(s.levels, (GDestroyNotify)level_clear);
    begin_block(&s, 0, true);
    walk(&s);
    close_levels(&s, 0, g->end);
    g_array_unref(s.levels);
    g_free(s.boundary);
    return g;
}

void header_gate_free(HeaderGate *g)
{
    if (!g)
        return;
    g_array_unref(g->cuts);
    g_array_unref(g->messages);
    g_ptr_array_unref(g->defects);
    g_free(g);
}

void header_gate_apply(const HeaderGate *g, GByteArray *raw)
{
    size_t to = 0, from = 0;
    g_byte_array_set_size(raw, (guint)MIN(g->end, raw->len));
    for (unsigned n = 0; n < g->cuts->len; n++) {
        const GateRange *c = &g_array_index(g->cuts, GateRange, n);
        if (c->at >= raw->len)
            break;
        memmove(raw->data + to, raw->data + from, c->at - from);
        to += c->at - from;
        from = MIN(c->at + c->length, raw->len);
    }
    if (from > 0) {
        memmove(raw->data + to, raw->data + from, raw->len - from);
        g_byte_array_set_size(raw, (guint)(to + raw->len - from));
    }
    if (g->no_header)
        g_byte_array_prepend(raw, (const guint8 *)"\n", 1);
}
