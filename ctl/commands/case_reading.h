/* case_reading.h: the stored originals of cases, read again by the sandboxed readers. */
#pragma once

#include "ctl/commands/command.h"
#include "ctl/commands/files.h"

typedef struct CaseReading {
    const Settings *settings;
    GPtrArray *files; /* paths of the originals */
    GArray *jobs;     /* ReadJob, one a file */
    char **own_addresses;
} CaseReading;

CaseReading *case_reading_new(const Settings *settings); /* borrows settings */
void case_reading_free(CaseReading *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseReading, case_reading_free)

/* Adds the case's messages that people wrote, in order of receipt, duplicates left out; `until` not
 * 0: only those received by then. */
bool case_reading_add(CaseReading *r, Db *db, const CaseRow *c, int64_t until, GError **error);
/* Reads them all with the rules under `dir`, in order. False where readers cannot be started or a
 * file cannot be read. */
bool case_reading_run(const CaseReading *r, const char *dir, ReadFileFunc each, void *user);
/* The folder that holds the rules in force; g_free. */
char *case_reading_rules(const Settings *settings);
