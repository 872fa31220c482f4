#include "daemon/flow/look_again.h"
#include "daemon/base/clock.h"
#include "daemon/flow/request.h"
#include "daemon/store/endings.h"
#include "daemon/store/outbox.h"
#include <string.h>

/* The last answer they had from us: of a closed case, how it was closed. */
static bool closed_as_outside(Office *o, const CaseRow *c)
{
    ReplyKind last;
    return outbox_last_answer(o->db, c->id, &last, NULL) && last == REPLY_CLOSED_OUTSIDE;
}

bool look_again_is_asked(Office *o, const CaseRow *c)
{
    return c->state == CASE_REJECTED || (c->state == CASE_CLOSED && closed_as_outside(o, c));
}

static const char *answer_by(const Effect *e)
{
    switch (e->judgement->decision) {
    case DECISION_ACCEPT:
        return "overturned";
    case DECISION_REJECT:
        return "upheld";
    case DECISION_NONE:
        return e->letter == REPLY_CLOSED_OUTSIDE ? "upheld" : "closed";
    case DECISION_ASK: /* it waits on, for what they answer */
    case DECISION_REFER:
    case DECISION_COUNT:
        break;
    }
    return NULL;
}

bool look_again_follow(Office *o, const CaseRow *c, const Effect *e, GError **error)
{
    if (!strcmp(e->by, "rules"))
        return !(e->judgement->refer & BIT(REFER_LOOK_AGAIN)) ||
               look_again_asked(o->db, c->id, e->message_id, clock_now(), error);
    const char *answer = answer_by(e);
    return !answer || look_again_answered(o->db, c->id, answer, e->by, clock_now(), error);
}

bool look_again_may_decide(Office *o, const CaseRow *c, Decision d, const char *who, GError **error)
{
    if (d == DECISION_REFER || !look_again_open(o->db, c->id) ||
        !look_again_barred(o->db, c->id, who))
        return true;
    return request_refuse(error,
                          "%s: %s had a part in its rejection; the complainant was promised that "
                          "somebody else looks at it again",
                          c->reference, who);
}
