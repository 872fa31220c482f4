/* release.h: who lets a rejection go (policy 4a).
 *
 * An automatic rejection leaves when its hold is over, unless a person has stopped such rejections
 * (all, or those for one of its reasons), the settings now have one of its reasons reviewed, or the
 * rules that judged it are not approved. Then it is held back: it waits for a person like a
 * reviewed one, is listed and chased like one, and goes by itself only when the cause has gone and
 * its hold is over. The switches are in the register and hold for what already waits; one let go
 * that has not yet left is called back (recall.h), and a person decides it. So is one whose case
 * turns out to be of a campaign (campaign.h).
 *
 * All functions run inside the caller's transaction unless they say otherwise.
 */
#pragma once

#include "daemon/flow/office.h"
#include "daemon/store/outbox.h"
#include <json-glib/json-glib.h>

/* Holds back the automatic rejection waiting in `c`, if there is one and it may not go by itself:
 * c->release is then reviewed, and the caller stores c. */
bool release_hold_back(Office *o, CaseRow *c, GError **error);
/* *why: why a rejection on its way to the mail server may not leave any more; NULL where it may,
 * and for any other letter. */
bool release_forbids(Office *o, const OutboxRow *r, const char **why, GError **error);
/* Calls back what was let go, has not left and may not leave any more. */
bool release_call_back(Office *o, unsigned *recalled, GError **error);
/* A rejection leaves without a person: it may be drawn for blind reading. */
bool release_record(Office *o, const CaseRow *c, int64_t outbox_id, GError **error);
/* Lets go what is held back for a cause that has gone. Its own transaction, if there is any. */
bool release_let_go(Office *o, GError **error);

/* {"command": "release", "what": "stop|resume", "reason": "all|court|...", "why": "..."} */
char *release_request(Office *o, JsonObject *request, const char *who, GError **error);
/* {"command": "wrong", "case": ..., "why": "..."}: a rejection that was let go was wrong. Its
 * reasons are stopped, every case that the same rules rejected is listed, the case goes to
 * a person as one to be looked at again, and the duty officer is told. */
char *release_wrong_request(Office *o, JsonObject *request, const char *who, GError **error);
