#include "config/settings_text.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MOST (1u << 20)

/* libconfig 1.5 keeps the low 32 bits of a longer number and says nothing. */
#define DIGITS_MOST 9u

/* All of an open file, with a NUL after it; NULL with errno. */
static char *read_all(int fd, size_t *length)
{
    char *text = g_malloc(TEXT_MOST + 2);
    size_t have = 0;
    while (have <= TEXT_MOST) {
        ssize_t n = read(fd, text + have, TEXT_MOST + 1 - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_free(text);
            return NULL;
        }
        if (n == 0)
            break;
        have += (size_t)n;
    }
    text[have] = '\0';
    *length = have;
    return text;
}

static char *read_file(const char *file, size_t *length, Mistakes *m)
{
    struct stat status;
    /* O_NONBLOCK: a FIFO in the file's place must not hold us up. */
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        mistakes_add_line(m, 0, "cannot be read: %s; name the settings with --config FILE",
                          g_strerror(errno));
        return NULL;
    }
    char *text = NULL;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        mistakes_add_line(m, 0, "is not an ordinary file; name one with --config FILE");
    else if (!(text = read_all(fd, length)))
        mistakes_add_line(m, 0, "cannot be read: %s", g_strerror(errno));
    close(fd);
    return text;
}

typedef struct Scan {
    const char *p;
    unsigned line;
    bool unusable;
} Scan;

static void skip_to(Scan *s, const char *end)
{
    while (*s->p && s->p != end)
        s->line += *s->p++ == '\n';
}

static void skip_past(Scan *s, const char *close)
{
    const char *end = strstr(s->p, close);
    skip_to(s, end ? end + strlen(close) : NULL);
}

static void skip_string(Scan *s, Mistakes *m)
{
    unsigned begin = s->line;
    for (s->p++; *s->p && *s->p != '"'; s->p++) {
        if (*s->p == '\\' && s->p[1])
            s->p++;
        s->line += *s->p == '\n';
    }
    if (*s->p) {
        s->p++;
        return;
    }
    /* Said here because libconfig 1.5 names the last line, and leaks the text. */
    mistakes_add_line(m, begin, "the text that begins here has no end; write the closing quote");
    s->unusable = true;
}

static void check_number(const Scan *s, size_t length, Mistakes *m)
{
    if (length > DIGITS_MOST)
        mistakes_add_line(m, s->line,
                          "%.*s%s: the number is too long; write at most %u digits, and sizes and "
                          "times in quotes with their unit",
                          (int)MIN(length, 40), s->p, length > 40 ? "..." : "", DIGITS_MOST);
}

static void scan_word(Scan *s, Mistakes *m)
{
    size_t length = 0;
    while (g_ascii_isalnum(s->p[length]) || s->p[length] == '_' || s->p[length] == '*' ||
           s->p[length] == '-')
        length++;
    if (g_ascii_isdigit(*s->p))
        check_number(s, length, m);
    s->p += length;
}

/* One token, as libconfig's scanner would take it. */
static void scan_token(Scan *s, Mistakes *m)
{
    if (*s->p == '"') {
        skip_string(s, m);
    } else if (*s->p == '#' || (s->p[0] == '/' && s->p[1] == '/')) {
        skip_past(s, "\n");
    } else if (s->p[0] == '/' && s->p[1] == '*') {
        s->p += 2;
        skip_past(s, "*/");
    } else if (g_ascii_isalnum(*s->p)) {
        scan_word(s, m);
    } else {
        if (*s->p == '@') {
            mistakes_add_line(m, s->line, "@include is not taken; write the settings here");
            s->unusable = true;
        }
        s->line += *s->p++ == '\n';
    }
}

char *settings_text_read(const char *file, Mistakes *m)
{
    size_t length = 0;
    g_autofree char *text = read_file(file, &length, m);
    const char *bad = NULL;
    if (!text)
        return NULL;
    if (length > TEXT_MOST) {
        mistakes_add_line(m, 0, "is larger than 1 MiB; write only settings there");
        return NULL;
    }
    if (!g_utf8_validate(text, (gssize)length, &bad)) {
        unsigned line = 1;
        for (const char *p = text; p < bad; p++)
            line += *p == '\n';
        mistakes_add_line(m, line, "holds bytes that are not UTF-8 text; write plain text");
        return NULL;
    }
    Scan scan = {text, 1, false};
    while (*scan.p)
        scan_token(&scan, m);
    return scan.unusable ? NULL : g_steal_pointer(&text);
}
