/* reader_line.h: the tasks of one kind (messages, or documents) waiting for children.
 *
 * Keeps one crew running from the first task on, started again after growing pauses when its
 * parent dies; on renewal the old crew finishes what it has in hand. Tasks wait in order, those
 * for a child of their own before shared ones.
 */
#pragma once

#include "daemon/wire/reader_crew.h"

typedef struct ReaderLine ReaderLine;

/* The task is the listener's again. They may put tasks, not free the line. */
typedef struct ReaderLineEvents {
    void (*answered)(ReaderTask *t, ReaderAnswer *answer, bool fresh, void *user); /* both */
    void (*lost)(ReaderTask *t, const char *cause, void *user);
    /* No reader can be started; the task was not read. */
    void (*refused)(ReaderTask *t, const GError *why, void *user);
} ReaderLineEvents;

/* The strings are copied, `events` is borrowed. Starts nothing. */
ReaderLine *reader_line_new(const ReaderCrewConfig *config, const ReaderLineEvents *events,
                            void *user);
void reader_line_free(ReaderLine *l); /* kills; frees tasks not done */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderLine, reader_line_free)
/* A new parent, waited for (for the start, when nothing else is served); the old one ends when its
 * children have. On failure all stays as it was. */
bool reader_line_renew(ReaderLine *l, GError **error);
/* The same without waiting: `done` is told once, later, unless the line is freed before; error NULL
 * where the new parent serves. `admit` (NULL: all are) says before that whether the rules it loaded
 * may be taken. Not while another renewal is under way. */
typedef void (*ReaderRenewedFunc)(const GError *error, void *user);
typedef bool (*ReaderAdmitFunc)(const char *rules_version, void *user, GError **error);
bool reader_line_renew_begin(ReaderLine *l, ReaderAdmitFunc admit, ReaderRenewedFunc done,
                             void *user, GError **error);
/* Takes the task; `first`: before those that wait. */
void reader_line_put(ReaderLine *l, ReaderTask *task, bool first);
const char *reader_line_rules_version(const ReaderLine *l); /* "" while none is ready */
/* Every now and then while tasks are about; see reader_crew_check. */
void reader_line_check(ReaderLine *l, int64_t now_us, int64_t late_us);
