/* ask_daemon.h: one request to the running daemon over its control socket; where none runs, the
 * same code as `iecd --request` under the register's exclusive lock.
 */
#pragma once

#include "ctl/commands/command.h"

/* Sends `request` (freed) and prints the answer; returns the exit status. With `text` the answer
 * is stored there (g_free) instead of printed. */
int ask_daemon(const Shared *shared, const Settings *settings, JsonObject *request, char **text);
/* The same for a request of named strings, pairs of name and text ended by a NULL name; those whose
 * text is NULL are left out. */
int ask_daemon_for(const Shared *shared, const char *const *members);
bool daemon_runs(const Settings *settings);
