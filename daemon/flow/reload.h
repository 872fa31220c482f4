/* reload.h: settings, templates, calendar and rules read anew while the mail goes on.
 *
 * The rules are loaded by a new prepared reader while the old one serves, so that the loop does not
 * wait for them; settings and texts take a few milliseconds. All is taken together, between two
 * replies, or nothing: on any mistake what ran stays in force and Office.config_stale says why. A
 * request that comes while a reload is under way is served by one that begins after it.
 */
#pragma once

#include "daemon/flow/office.h"

Reload *reload_open(Office *o);
void reload_close(Reload *r); /* tells nobody */

/* Told once when a reload that began after the request has ended; `refused` is NULL where all was
 * taken. May be told before reload_request returns. */
typedef void (*ReloadedFunc)(const char *refused, void *user);
void reload_request(Reload *r, ReloadedFunc told, void *user);
/* `user` is no longer to be told. */
void reload_forget(Reload *r, const void *user);
