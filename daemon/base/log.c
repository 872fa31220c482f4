#include "daemon/base/log.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIELDS_MAX = 8 };

static const struct {
    const char *name;
    const char *priority; /* syslog(3) */
    GLogLevelFlags glib;
} LEVELS[] = {
    [LOG_LEVEL_ERROR] = {"error", "3", G_LOG_LEVEL_CRITICAL},
    [LOG_LEVEL_WARNING] = {"warning", "4", G_LOG_LEVEL_WARNING},
    [LOG_LEVEL_INFO] = {"info", "6", G_LOG_LEVEL_INFO},
    [LOG_LEVEL_DEBUG] = {"debug", "7", G_LOG_LEVEL_DEBUG},
};

static struct {
    const char *program;
    LogLevel level;
    bool journal;
} target = {"iecd", LOG_LEVEL_INFO, false};

void log_setup(const char *program, LogLevel level)
{
    target.program = program;
    target.level = level;
    target.journal = g_log_writer_is_journald(STDERR_FILENO);
}

/* A line stays one line: a server's answer quoted in an error may hold anything. */
static void flatten(char *text)
{
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
}

static void to_journal(LogLevel level, const char *const *fields, const char *text)
{
    GLogField out[3 + FIELDS_MAX] = {
        {"MESSAGE", text, -1},
        {"PRIORITY", LEVELS[level].priority, -1},
        {"SYSLOG_IDENTIFIER", target.program, -1},
    };
    gsize n = 3;
    for (; fields && fields[0] && fields[1] && n < G_N_ELEMENTS(out); fields += 2)
        out[n++] = (GLogField){fields[0], fields[1], -1};
    g_log_writer_journald(LEVELS[level].glib, out, n, NULL);
}

static void to_stderr(LogLevel level, const char *const *fields, const char *text)
{
    g_autoptr(GString) line = g_string_new(LEVELS[level].name);
    g_string_append_printf(line, ": %s", text);
    if (fields && fields[0]) {
        const char *lead = " [";
        for (; fields[0] && fields[1]; fields += 2, lead = " ")
            g_string_append_printf(line, "%s%s=%s", lead, fields[0], fields[1]);
        g_string_append_c(line, ']');
    }
    flatten(line->str);
    g_string_append_c(line, '\n');
    fputs(line->str, stderr);
}

void log_line(LogLevel level, const char *const *fields, const char *format, ...)
{
    if (level > target.level)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (target.journal)
        to_journal(level, fields, text);
    else
        to_stderr(level, fields, text);
}
