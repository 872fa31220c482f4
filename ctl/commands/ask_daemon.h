/* ask_daemon.h: one request to the running daemon over its control socket; where none runs, the
 * same code as `iecd --request` under the register's exclusive lock.
 */
#pragma once

#include "ctl/commands/command.h"

/* Sends `request` (freed) and prints the answer; returns the exit status. With `text` the answer
 * is stored there (g_free) instead of printed. */
int ask_daemon(const Shared *shared, const Settings *settings, JsonObject *request, char **text);
bool daemon_runs(const Settings *settings);
