#include "parsers/header_parameter.h"
#include <string.h>

static size_t skip_comment(const char *p, size_t at)
{
    int depth = 0;
    for (; p[at]; at++) {
        if (p[at] == '\\' && p[at + 1])
            at++;
        else if (p[at] == '(')
            depth++;
        else if (p[at] == ')' && --depth == 0)
            return at + 1;
    }
    return at;
}

static size_t read_quoted(const char *p, size_t at, GString *to)
{
    for (at++; p[at] && p[at] != '"'; at++) {
        if (p[at] == '\\' && p[at + 1])
            at++;
        if (p[at] != '\r' && p[at] != '\n')
            g_string_append_c(to, p[at]);
    }
    return p[at] ? at + 1 : at;
}

static size_t skip_blank(const char *p, size_t at)
{
    while (p[at]) {
        if (p[at] == '(')
            at = skip_comment(p, at);
        else if (strchr(" \t\r\n", p[at]))
            at++;
        else
            break;
    }
    return at;
}

/* To just after the next ';' that is not in a quoted string or comment. */
static size_t next_semicolon(const char *p, size_t at)
{
    g_autoptr(GString) dropped = g_string_new(NULL);
    while (p[at] && p[at] != ';') {
        if (p[at] == '"')
            at = read_quoted(p, at, dropped);
        else if (p[at] == '(')
            at = skip_comment(p, at);
        else
            at++;
    }
    return p[at] ? at + 1 : at;
}

bool header_parameter_next(const char *p, size_t *position, char **name, char **content)
{
    size_t at = *position;
    for (;;) {
        at = next_semicolon(p, at);
        if (!p[at] && (at == 0 || p[at - 1] != ';'))
            return false;
        at = skip_blank(p, at);
        size_t start = at;
        while (p[at] && !strchr("=; \t\r\n", p[at]))
            at++;
        size_t end = at;
        at = skip_blank(p, at);
        if (p[at] != '=' || end == start) {
            if (!p[at])
                return false;
            continue;
        }
        at = skip_blank(p, at + 1);
        g_autoptr(GString) value = g_string_new(NULL);
        if (p[at] == '"')
            at = read_quoted(p, at, value);
        else {
            size_t from = at;
            while (p[at] && !strchr("; \t\r\n", p[at]))
                at++;
            g_string_append_len(value, p + from, (gssize)(at - from));
        }
        *position = at;
        *name = g_ascii_strdown(p + start, (gssize)(end - start));
        *content = g_string_free(g_steal_pointer(&value), FALSE);
        return true;
    }
}
