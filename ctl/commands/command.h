/* command.h: what every command of iecctl looks like, and what they share.
 *
 * Exit statuses: 0 done; 1 it could not be done, one line on standard error says why; 2 the command
 * line is wrong. Whatever strangers wrote is printed with control and bidirectional characters
 * replaced, on a terminal and in files alike; JSON is strict UTF-8, one object a line.
 */
#pragma once

#include "config/settings.h"
#include "daemon/store/cases.h"
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct Shared {
    char *config; /* --config FILE, or the default */
    bool config_given;
    bool json; /* --format json */
} Shared;

typedef struct Command {
    const char *name;
    const char *arguments; /* "CASE [--why TEXT]" */
    const char *summary;
    /* argv[0] is the command's name; common options are taken out already. */
    int (*run)(const Shared *shared, int argc, char **argv);
} Command;

extern const Command command_status, command_cases, command_show, command_decide, command_close,
    command_outcome, command_contact, command_review, command_release, command_wrong,
    command_sample, command_alert, command_assess, command_parse, command_rules, command_reload,
    command_check_config;
/* NULL-terminated, in the order of the help. */
extern const Command *const COMMANDS[];

/* Takes `entries` out of argv; on a mistake prints it and returns false. At most `most` further
 * arguments may stand (UINT_MAX: any number). */
bool command_options(const Command *c, int *argc, char ***argv, const GOptionEntry *entries,
                     unsigned most);
int command_fail(const GError *error); /* prints it; returns 1 */

/* Settings of shared->config; prints the mistake and returns NULL. */
Settings *command_settings(const Shared *shared);
/* The register, read-only; prints why not and returns NULL. */
Db *command_register(const Settings *settings);

/* The case of that reference; prints why not and returns NULL. */
CaseRow *command_case(Db *db, const char *reference);

/* Text of strangers made safe to print; g_free. */
char *safe_text(const char *text);
/* Prints `object` on one line and frees it. */
void print_json(JsonObject *object);
/* Rows of cells (char ***, each NULL-terminated) under `head`, columns aligned. */
void print_table(const char *const *head, const GPtrArray *rows);
/* "2026-11-20T09:12:00+00:00" (Europe/London), "" for 0; g_free. And a time for people. */
char *time_text(int64_t utc_seconds);
char *time_words(int64_t utc_seconds);
/* Adds a string member, or null where text is NULL or "". */
void set_text(JsonObject *object, const char *name, const char *text);
/* Adds an array of the comma-separated words in text. */
void set_words(JsonObject *object, const char *name, const char *text);
