#include "parsers/smtp_reply.h"
#include <string.h>

#define ANSWER_MOST 500u

struct SmtpReader {
    GString *line;    /* bytes of the line being read, without its end */
    bool cr;          /* a CR has come that must be followed by LF */
    int code;         /* of the lines so far; 0 none */
    GPtrArray *lines; /* texts */
    const char *why;  /* broken */
};

void smtp_reply_free(SmtpReply *r)
{
    if (!r)
        return;
    g_strfreev(r->lines);
    g_free(r->answer);
    g_free(r);
}

SmtpReader *smtp_reader_new(void)
{
    SmtpReader *r = g_new0(SmtpReader, 1);
    r->line = g_string_new(NULL);
    r->lines = g_ptr_array_new_with_free_func(g_free);
    return r;
}

void smtp_reader_free(SmtpReader *r)
{
    if (!r)
        return;
    g_string_free(r->line, TRUE);
    g_ptr_array_unref(r->lines);
    g_free(r);
}

/* A server's words reach the log and a terminal. */
static char *printable(const char *text, size_t length)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    GString *out = g_string_sized_new(length);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, c == '\t' ? ' ' : g_unichar_isprint(c) ? c : '?');
    }
    return g_string_free(out, FALSE);
}

static char *make_answer(int code, char **lines)
{
    GString *out = g_string_new(NULL);
    g_string_printf(out, "%d", code);
    for (char **line = lines; *line && out->len < ANSWER_MOST; line++)
        if (**line)
            g_string_append_printf(out, " %s", *line);
    if (out->len > ANSWER_MOST) {
        const char *end = g_utf8_find_prev_char(out->str, out->str + ANSWER_MOST);
        g_string_truncate(out, (gsize)(end - out->str));
    }
    return g_string_free(out, FALSE);
}

static SmtpReply *take_reply(SmtpReader *r)
{
    SmtpReply *reply = g_new0(SmtpReply, 1);
    g_ptr_array_add(r->lines, NULL);
    reply->code = r->code;
    reply->lines = (char **)g_ptr_array_free(r->lines, FALSE);
    reply->answer = make_answer(reply->code, reply->lines);
    r->lines = g_ptr_array_new_with_free_func(g_free);
    r->code = 0;
    return reply;
}

/* RFC 5321 4.2.1: the first digit 2 to 5, the second 0 to 5. 0 where it is none. */
static int code_of(const GString *line)
{
    const char *p = line->str;
    if (line->len < 3 || p[0] < '2' || p[0] > '5' || p[1] < '0' || p[1] > '5' ||
        !g_ascii_isdigit(p[2]))
        return 0;
    return (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

/* What is wrong with the line, or NULL with the reply's line added and *last set. */
static const char *add_line(SmtpReader *r, bool *last)
{
    int code = code_of(r->line);
    char after = r->line->len > 3 ? r->line->str[3] : ' ';
    size_t skip = MIN(r->line->len, 4);
    if (!code || (after != ' ' && after != '-'))
        return "a line that is no reply";
    if (r->code && code != r->code)
        return "a reply whose lines have different codes";
    if (r->lines->len >= SMTP_LINES_MOST)
        return "a reply of too many lines";
    r->code = code;
    g_ptr_array_add(r->lines, printable(r->line->str + skip, r->line->len - skip));
    g_string_truncate(r->line, 0);
    *last = after == ' ';
    return NULL;
}

/* One byte; true where it completes a line. */
static bool take_byte(SmtpReader *r, char c)
{
    if (r->cr || c == '\n') {
        if (!r->cr || c != '\n')
            r->why = "a line that does not end with CR LF";
        r->cr = false;
        return !r->why;
    }
    if (c == '\r')
        r->cr = true;
    else if (c == '\0')
        r->why = "a NUL byte";
    else if (r->line->len >= SMTP_LINE_MOST)
        r->why = "a line that is too long";
    else
        g_string_append_c(r->line, c);
    return false;
}

SmtpRead smtp_reader_feed(SmtpReader *r, const char *bytes, size_t length, size_t *used,
                          SmtpReply **reply, const char **why)
{
    bool last = false;
    for (size_t n = 0; n < length && !r->why; n++) {
        if (!take_byte(r, bytes[n]) || (r->why = add_line(r, &last)) || !last)
            continue;
        *used = n + 1;
        *reply = take_reply(r);
        return SMTP_READ_REPLY;
    }
    *used = length;
    if (!r->why)
        return SMTP_READ_MORE;
    *why = r->why;
    return SMTP_READ_BROKEN;
}

bool smtp_reader_is_between(const SmtpReader *r)
{
    return !r->code && r->line->len == 0 && !r->cr && !r->why;
}
