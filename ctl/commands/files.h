/* files.h: the messages named on a command line, and their reading, in order. */
#pragma once

#include "ctl/commands/command.h"
#include "daemon/wire/reader_pool.h"

/* Each FILE; for each directory its *.eml files in name order (all its plain files where none is
 * named so); "-" is standard input. NULL-terminated, g_strfreev. NULL after a printed mistake. */
char **files_named(int argc, char **argv);

typedef struct ReadFile {
    const char *name;
    ReadResult *result; /* NULL: `error` says why */
    char *error;
} ReadFile;
typedef void (*ReadFileFunc)(const ReadFile *f, void *user);

typedef struct FilesReading {
    const char *config_dir; /* holds rules/ */
    const ReadJob *job;  /* what is the same for all; received_at 0: from each message, else now */
    const ReadJob *jobs; /* instead of `job`, where not NULL: one a file */
    ReadFileFunc each;
    void *user;
} FilesReading;

/* Reads every file with the sandboxed readers, many at a time, and hands them over in order. False:
 * the readers cannot be started (printed). *failed counts files that could not be read. */
bool files_read(char **files, const FilesReading *how, unsigned *failed);
