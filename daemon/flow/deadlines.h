/* deadlines.h: the office's clock: holds that end, replies that fall due, people to be chased.
 *
 * A case a person must decide is chased (log line, event, optional mail, alert) two and one working
 * days before its deadline and when it has passed; at noon on the day the holding letter goes, with
 * a new date, once for each message whose clock runs, and the head of the team is told; not to
 * those who were promised nothing. Looks after questions without an answer too (silence.h). Days
 * are Europe/London's. A deadline is never missed in silence.
 */
#pragma once

#include "daemon/flow/office.h"

Deadlines *deadlines_open(Office *o);
void deadlines_close(Deadlines *d);
/* Something new may be held or due. NULL does nothing. */
void deadlines_kick(Deadlines *d);
/* Looks at every hold and deadline now (also called once a minute). */
void deadlines_look(Deadlines *d);
/* Log line, event and optional mail to the office's people: reference and kind only. In the
 * caller's transaction. */
bool deadlines_tell(Office *o, CaseRow *c, const char *what, GError **error);
