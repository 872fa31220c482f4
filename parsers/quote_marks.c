#include "parsers/quote_marks.h"
#include <string.h>

#define LINE(lines, n) (&g_array_index((GArray *)(lines), Line, n))

enum {
    ATTRIBUTION_LINES = 4,
    ATTRIBUTION_MAX = 500,
    BLOCK_LINES = 16,
};

bool line_is_blank(const Line *line)
{
    for (size_t n = 0; n < line->length; n++) {
        if (!g_ascii_isspace(line->text[n]) && line->text[n] != '\xC2' && line->text[n] != '\xA0')
            return false;
    }
    return true;
}

/* The line without blanks at its ends, lower case (ASCII), in `to`. */
static size_t fold(const Line *line, char *to, size_t space)
{
    size_t length = 0, at = 0, end = line->length;
    while (at < end && g_ascii_isspace(line->text[at]))
        at++;
    while (end > at && g_ascii_isspace(line->text[end - 1]))
        end--;
    for (; at < end && length + 1 < space; at++)
        to[length++] = g_ascii_tolower(line->text[at]);
    to[length] = '\0';
    return length;
}

/* Most lines are none of these: their first character says so. */
static bool starts_with_one_of(const Line *line, const char *characters)
{
    size_t at = 0;
    while (at < line->length && g_ascii_isspace(line->text[at]))
        at++;
    return at < line->length && line->text[at] && strchr(characters, line->text[at]);
}

static bool begins(const char *text, const char *const *starts)
{
    for (; *starts; starts++) {
        if (g_str_has_prefix(text, *starts))
            return true;
    }
    return false;
}

Marker marker_at(const Line *line)
{
    static const char *const forwards[] = {"forwarded message",
                                           "forwarded by",
                                           "begin forwarded message",
                                           "forwarded message:",
                                           "neges wedi'i hanfon ymlaen",
                                           "weitergeleitete nachricht",
                                           "message transféré",
                                           "mensaje reenviado",
                                           "forwarded mail",
                                           "begin forwarded message:",
                                           "original message follows",
                                           NULL};
    static const char *const originals[] = {
        "original message",     "original mail",    "neges wreiddiol",
        "original appointment", "reply message",    "ursprüngliche nachricht",
        "message d'origine",    "mensaje original", NULL};
    char text[120];
    if (!starts_with_one_of(line, "-_=*+Bb"))
        return MARKER_NONE;
    size_t length = fold(line, text, sizeof text);
    size_t dashes = strspn(text, "-_=*+ ");
    const char *words = text + dashes;
    bool framed = dashes >= 2 && length > dashes;
    if (begins(words, forwards)) {
        bool alone = g_str_has_prefix(words, "begin forwarded message") && length < 40;
        return framed || alone ? MARKER_FORWARDED : MARKER_NONE;
    }
    if (framed && begins(words, originals))
        return MARKER_ORIGINAL;
    return MARKER_NONE;
}

bool is_end_marker(const Line *line)
{
    char text[120];
    if (!starts_with_one_of(line, "-_=*"))
        return false;
    fold(line, text, sizeof text);
    const char *words = text + strspn(text, "-_=* ");
    return words > text && (g_str_has_prefix(words, "end forwarded message") ||
                            g_str_has_prefix(words, "end of forwarded message") ||
                            g_str_has_prefix(words, "end original message"));
}

static bool opens_attribution(const char *text)
{
    static const char *const starts[] = {"on ",   "ar ",     "am ",    "le ",     "el ",
                                         "il ",   "op ",     "em ",    "w dniu ", "den ",
                                         "dnia ", "--- on ", "---on ", "at ",     NULL};
    return begins(text, starts) || g_ascii_isdigit(text[0]);
}

static bool closes_attribution(const char *text, size_t length)
{
    static const char *const ends[] = {
        "wrote:",    "writes:",   "wrote :",     "schrieb:", "a écrit :",    "a écrit :",
        "a écrit:",  "escribió:", "ha scritto:", "schreef:", "napisał:",     "napisał(a):",
        "napisała:", "escreveu:", "skrev:",      "said:",    "ysgrifennodd:"};
    for (size_t k = 0; k < G_N_ELEMENTS(ends); k++) {
        size_t n = strlen(ends[k]);
        if (length >= n && memcmp(text + length - n, ends[k], n) == 0)
            return true;
    }
    if (length > 2 && memcmp(text + length - 2, ">:", 2) == 0 && strchr(text, '@'))
        return true;
    /* Welsh and German put the verb before the name. */
    return length > 0 && text[length - 1] == ':' &&
           (strstr(text, "ysgrifennodd ") || strstr(text, " schrieb "));
}

static bool has_time(const char *text)
{
    for (const char *p = text; (p = strchr(p, ':')) != NULL; p++) {
        if (p > text && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2]))
            return true;
    }
    return false;
}

/* "Ann Example <ann@example.org> wrote:" without a date. */
static bool is_short_attribution(const char *text)
{
    const char *at = strchr(text, '@');
    return at && strchr(at, '>');
}

/* All that closes_attribution knows ends so. */
static bool colon_ends(const GArray *lines, unsigned at)
{
    for (unsigned n = at; n < at + ATTRIBUTION_LINES && n < lines->len; n++) {
        const Line *line = LINE(lines, n);
        size_t length = line->length;
        while (length > 0 && g_ascii_isspace(line->text[length - 1]))
            length--;
        if (length == 0)
            return false;
        if (line->text[length - 1] == ':')
            return true;
    }
    return false;
}

unsigned attribution_at(const GArray *lines, unsigned at, bool *sure)
{
    char text[ATTRIBUTION_MAX];
    size_t length = 0;
    unsigned depth = LINE(lines, at)->depth;
    if (!colon_ends(lines, at))
        return 0;
    for (unsigned n = 0; n < ATTRIBUTION_LINES && at + n < lines->len; n++) {
        const Line *line = LINE(lines, at + n);
        if (line_is_blank(line) || line->depth != depth || length + line->length + 2 > sizeof text)
            return 0;
        if (n > 0)
            text[length++] = ' ';
        length += fold(line, text + length, sizeof text - length);
        if (n == 0 && !opens_attribution(text) && !closes_attribution(text, length))
            return 0;
        if (!closes_attribution(text, length))
            continue;
        bool address = strchr(text, '@') != NULL;
        *sure =
            address && (has_time(text) || opens_attribution(text)) && strpbrk(text, "0123456789");
        if (opens_attribution(text) || is_short_attribution(text))
            return n + 1;
        return 0;
    }
    return 0;
}

/* ---- header blocks */

enum Key { KEY_FROM = 1, KEY_SENT = 2, KEY_DATE = 4, KEY_TO = 8, KEY_SUBJECT = 16, KEY_CC = 32 };

static const struct {
    const char *name;
    unsigned key;
} keys[] = {
    {"from", KEY_FROM},
    {"sent", KEY_SENT},
    {"date", KEY_DATE},
    {"to", KEY_TO},
    {"subject", KEY_SUBJECT},
    {"cc", KEY_CC},
    {"reply-to", KEY_CC},
    {"bcc", KEY_CC},
    {"importance", KEY_CC},
    {"attachments", KEY_CC},
    {"sent by", KEY_CC},
    {"oddi wrth", KEY_FROM},
    {"anfonwyd", KEY_SENT},
    {"dyddiad", KEY_DATE},
    {"at", KEY_TO},
    {"pwnc", KEY_SUBJECT},
    {"testun", KEY_SUBJECT},
    {"von", KEY_FROM},
    {"gesendet", KEY_SENT},
    {"an", KEY_TO},
    {"betreff", KEY_SUBJECT},
    {"de", KEY_FROM},
    {"envoyé", KEY_SENT},
    {"à", KEY_TO},
    {"objet", KEY_SUBJECT},
    {"enviado", KEY_SENT},
    {"para", KEY_TO},
    {"asunto", KEY_SUBJECT},
    {"od", KEY_FROM},
    {"wysłano", KEY_SENT},
    {"do", KEY_TO},
    {"temat", KEY_SUBJECT},
    {"da", KEY_FROM},
    {"inviato", KEY_SENT},
    {"a", KEY_TO},
    {"oggetto", KEY_SUBJECT},
    {"assunto", KEY_SUBJECT},
    {"date sent", KEY_SENT},
    {"sent date", KEY_SENT},
};

/* The key of "Key: value" (stars as some programs show bold), and where the value starts. */
static unsigned key_of(const Line *line, size_t *value)
{
    size_t at = 0;
    while (at < line->length && strchr("* \t|", line->text[at]) && line->text[at])
        at++;
    const char *colon = memchr(line->text + at, ':', MIN(line->length - at, 24));
    if (!colon)
        return 0;
    size_t length = (size_t)(colon - line->text) - at;
    while (length > 0 && strchr("* \t", line->text[at + length - 1]))
        length--;
    for (size_t k = 0; k < G_N_ELEMENTS(keys); k++) {
        if (strlen(keys[k].name) == length &&
            g_ascii_strncasecmp(line->text + at, keys[k].name, length) == 0) {
            *value = (size_t)(colon - line->text) + 1;
            while (*value < line->length && strchr("* \t", line->text[*value]) &&
                   line->text[*value])
                ++*value;
            return keys[k].key;
        }
    }
    return 0;
}

unsigned header_block_at(const GArray *lines, unsigned at, bool *sure)
{
    unsigned seen = 0, count = 0, last = 0;
    unsigned depth = LINE(lines, at)->depth;
    bool address = false;
    size_t value;
    if (!(key_of(LINE(lines, at), &value) &
          (KEY_FROM | KEY_DATE | KEY_SUBJECT | KEY_SENT | KEY_TO)))
        return 0;
    for (; count < BLOCK_LINES && at + count < lines->len; count++) {
        const Line *line = LINE(lines, at + count);
        if (line->depth != depth)
            break;
        unsigned key = key_of(line, &value);
        /* HTML mail has an empty line between its paragraphs. */
        if (line_is_blank(line)) {
            size_t ignored;
            bool more = at + count + 1 < lines->len &&
                        key_of(LINE(lines, at + count + 1), &ignored) & ~seen;
            if (!more)
                break;
            continue;
        }
        if (!key && !(seen & (KEY_TO | KEY_CC)))
            break; /* only lists of addresses go on over lines */
        seen |= key;
        address |= memchr(line->text, '@', line->length) != NULL;
        if (key)
            last = count + 1;
        else if (count - last > 6)
            break;
    }
    unsigned others = (seen & (KEY_SENT | KEY_DATE) ? 1u : 0u) + (seen & KEY_TO ? 1u : 0u) +
                      (seen & KEY_SUBJECT ? 1u : 0u);
    if (!(seen & KEY_FROM) || others < 2)
        return 0;
    *sure = address || seen & KEY_SENT;
    return last;
}

char *header_block_value(const GArray *lines, unsigned at, unsigned count, bool date)
{
    unsigned wanted = date ? KEY_DATE | KEY_SENT : KEY_FROM;
    for (unsigned n = at; n < at + count && n < lines->len; n++) {
        const Line *line = LINE(lines, n);
        size_t value;
        if (key_of(line, &value) & wanted)
            return g_strstrip(g_strndup(line->text + value, line->length - value));
    }
    return NULL;
}

/* ---- signatures */

bool is_signature_mark(const Line *line)
{
    char text[16];
    return line->length < 8 && fold(line, text, sizeof text) == 2 && strcmp(text, "--") == 0;
}

bool is_device_line(const Line *line)
{
    static const char *const starts[] = {
        "sent from my ",   "sent from outlook", "sent from mail for",   "get outlook for ",
        "sent from yahoo", "sent from samsung", "sent using ",          "sent via ",
        "anfonwyd o fy ",  "sent from proton",  "sent from aol",        "sent with proton",
        "sent from gmail", "sent on the move",  "sent from blackberry", NULL};
    char text[100];
    return line->length < 150 && fold(line, text, sizeof text) > 0 &&
           begins(text + strspn(text, "-_*<( "), starts);
}

bool is_rule_line(const Line *line)
{
    char text[100];
    if (!starts_with_one_of(line, "_*="))
        return false;
    size_t length = fold(line, text, sizeof text);
    return length >= 10 && (strspn(text, "_") == length || strspn(text, "*") == length ||
                            strspn(text, "=") == length);
}
