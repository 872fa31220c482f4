/* log.h: structured log lines, to the journal under systemd, else to stderr.
 *
 * Called by daemon/flow and the mains only. No complainant's words or address ever.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum LogLevel {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
} LogLevel;
void log_setup(const char *program, LogLevel level);
/* `fields`: "CASE", "IEC/26/000123", "MESSAGE_SHA", "...", NULL-terminated pairs before NULL. */
void log_line(LogLevel level, const char *const *fields, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
#define log_error(...)   log_line(LOG_LEVEL_ERROR, NULL, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, NULL, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, NULL, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, NULL, __VA_ARGS__)
