/* control.h: the socket by which iecctl asks the running daemon.
 *
 * <run_dir>/control.sock; the folder is 0750 and of group iecd-staff, so the file system says who
 * may ask. One JSON object on a line in, one out: {"ok": true, "text": ...} or {"ok": false,
 * "error": ...}. The person's name comes from SO_PEERCRED; "as" is heeded from root only.
 * Requests: those of person.h, {"command": "status"}, {"command": "reload"}.
 */
#pragma once

#include "daemon/flow/office.h"

typedef struct Control Control;
Control *control_open(Office *o, GError **error);
void control_close(Control *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Control, control_close)

/* One request as the given user, without a socket (`iecd --request`, when no daemon runs): the
 * answer line, never NULL; g_free. */
char *control_answer(Office *o, const char *line, size_t length, uint32_t uid);
