/* office.h: what every move of a message shares: settings, register, readers, clock work.
 *
 * One Office a process. It owns its parts and is the only place that decides what a failure means:
 * office_fail stops the process when the register's state is not known (a failed COMMIT), so that
 * the next start looks again; office_pause waits when the disk is full.
 */
#pragma once

#include "config/settings.h"
#include "config/templates.h"
#include "daemon/casework/workdays.h"
#include "daemon/store/cases.h"
#include "daemon/store/originals.h"
#include "daemon/wire/reader_pool.h"
#include "daemon/wire/stream.h"
#include <glib.h>

typedef struct Intake Intake;
typedef struct Handle Handle;
typedef struct Dispatch Dispatch;
typedef struct Deadlines Deadlines;
typedef struct Reload Reload;

typedef struct Office {
    Settings *settings;
    Templates *templates;
    Calendar *calendar;
    Db *db;
    Originals *originals;
    ReaderPool *pool;
    GArray *mark_keys;    /* MarkKey, newest first */
    char **own_addresses; /* lower case, NULL-terminated: the office's and its aliases */
    Intake *intake;
    Handle *handle;
    Dispatch *dispatch;
    Deadlines *deadlines;
    Reload *reload;
    GMainLoop *loop;
    bool stopping;
    int exit_status;
    char *config_stale; /* why the last reload was not taken; NULL when all is well */
} Office;

/* Reads settings' templates, calendar and rules, opens the register and readers. */
Office *office_open(Settings *settings, GError **error); /* takes settings */
/* The register and texts only, for one request with no daemon running: no reader, no source. */
Office *office_open_desk(Settings *settings, GError **error);
/* Whether everything that `settings` name can be read; starts nothing that stays. */
bool office_check(const Settings *settings, GError **error);
void office_close(Office *o);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Office, office_close)

/* Starts and ends the moves: handle, dispatch, deadlines, then the sources. */
void office_start(Office *o);
/* Ends politely: no new work; quits the loop when the reply under way is answered, or in 8 s. */
void office_stop(Office *o);

/* Logs `error` once. True where the caller may try again later (disk full, busy); false where the
 * process is now stopping, to look again at its next start. */
bool office_fail(Office *o, const char *doing, const GError *error);

/* The templates and the calendar that `settings` name. */
bool office_load_texts(const Settings *settings, Templates **templates, Calendar **calendar,
                       GError **error);
char **office_own_addresses(const Settings *settings); /* for Office.own_addresses; g_strfreev */

/* Path of something beside rules/ and templates/; g_free. */
char *office_data_path(const Settings *settings, const char *name);
/* How to reach a server; borrows from `s`. protocol: "imap" or "smtp". */
StreamConfig office_stream_config(const ServerSettings *s, const char *protocol);
bool office_is_own_address(const Office *o, const char *address);
