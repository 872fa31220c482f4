#include "daemon/flow/closing.h"
#include "daemon/base/clock.h"
#include "daemon/flow/look_again.h"
#include "daemon/store/endings.h"
#include "daemon/store/outbox.h"
#include "daemon/store/stops.h"
#include <string.h>

bool closing_was_accepted(Office *o, const CaseRow *c)
{
    return c->state == CASE_ACCEPTED || outbox_count_kind(o->db, c->id, REPLY_ACCEPTANCE) > 0;
}

/* An investigation that is open ends nothing. */
static bool has_ended(Office *o, const CaseRow *c)
{
    g_autoptr(GPtrArray) outcomes = outcomes_of_case(o->db, c->id, NULL);
    for (unsigned n = 0; outcomes && n < outcomes->len; n++) {
        if (((const CaseOutcome *)outcomes->pdata[n])->kind != OUTCOME_INVESTIGATE)
            return true;
    }
    return false;
}

bool closing_may_decide(Office *o, const CaseRow *c, Decision d, GError **error)
{
    bool ends = d == DECISION_REJECT || d == DECISION_NONE;
    if (!ends || !closing_was_accepted(o, c) || (d == DECISION_NONE && has_ended(o, c)))
        return true;
    return request_refuse(error,
                          "%s was accepted: write down its outcome (iecctl outcome), or close it "
                          "as withdrawn, or as outside with a second person (iecctl close)",
                          c->reference);
}

static bool may_close(const CaseRow *c, GError **error)
{
    return case_may_move(c->state, CASE_CLOSED) ||
           request_refuse(error, "%s is %s; from there it cannot become closed", c->reference,
                          case_state_name(c->state));
}

char *closing_apply(Office *o, const CaseRequest *r, const Effect *effect, uint32_t reasons,
                    GError **error)
{
    CaseRow *c = r->c;
    int before = outbox_count_kind(o->db, c->id, effect->letter);
    Judgement j = {.decision = DECISION_NONE,
                   .line = -1,
                   .reasons = reasons,
                   .flags = c->flags,
                   .time_limit = DAY_NONE,
                   .reply_due = c->reply_due};
    Effect e = *effect;
    e.facts = r->facts;
    e.judgement = &j;
    e.message_id = r->message_id;
    e.received_at = c->received_at;
    e.by = r->who;
    if (!outcome_apply(o, c, &e, error))
        return NULL;
    bool told = outbox_count_kind(o->db, c->id, e.letter) > before;
    return g_strdup_printf("%s is now closed%s", c->reference,
                           told ? "" : "; no letter could go, so write to them by hand");
}

static char *close_no_reply(Office *o, const CaseRequest *r, GError **error)
{
    const CaseRow *c = r->c;
    if (c->state != CASE_ASKED) {
        request_refuse(error, "%s is %s: it does not wait for an answer to our question",
                       c->reference, case_state_name(c->state));
        return NULL;
    }
    if (!look_again_may_decide(o, c, DECISION_NONE, r->who, error))
        return NULL;
    Day from = day_of_instant(c->decided_at) + ASKED_CLOSE_DAYS;
    if (day_of_instant(clock_now()) < from) {
        g_autofree char *day = day_to_words(from, false);
        request_refuse(error, "%s: they have until %s to answer; close it then", c->reference, day);
        return NULL;
    }
    g_autofree char *why = g_strconcat("no-reply: ", request_text(r->words, "why"), NULL);
    return closing_apply(o, r, &(Effect){.letter = REPLY_CLOSED_NO_REPLY, .why = why}, 0, error);
}

static char *close_withdrawn(Office *o, const CaseRequest *r, GError **error)
{
    const CaseRow *c = r->c;
    if (!may_close(c, error) || !look_again_may_decide(o, c, DECISION_NONE, r->who, error))
        return NULL;
    if (closing_was_accepted(o, c) && !stops_had(o->db, c->id, STOP_WITHDRAWAL)) {
        request_refuse(error,
                       "%s was accepted, and no message in it withdraws the complaint: have them "
                       "write, or close it as outside with a second person",
                       c->reference);
        return NULL;
    }
    g_autofree char *why = g_strconcat("withdrawn: ", request_text(r->words, "why"), NULL);
    return closing_apply(o, r, &(Effect){.letter = REPLY_CLOSED_WITHDRAWN, .why = why}, 0, error);
}

/* ---- outside: two people */

static bool read_proposal(const CaseRequest *r, CloseProposal *p, GError **error)
{
    const char *why = request_why(r->words, true, error);
    if (!why || !request_reasons(r->words, "reasons", &p->reasons, error))
        return false;
    const char *note = request_text(r->words, "note");
    p->by = g_strdup(r->who);
    p->at = clock_now();
    p->message_id = r->message_id;
    p->why = g_strdup(why);
    p->note = g_strdup(note[0] || p->reasons ? note : why);
    return true;
}

/* *p: the proposal that waits, NULL none. */
static bool load_proposal(Office *o, const CaseRow *c, CloseProposal **p, GError **error)
{
    g_autoptr(GError) broken = NULL;
    *p = close_proposal_of(o->db, c->id, &broken);
    if (broken)
        g_propagate_error(error, g_steal_pointer(&broken));
    return !broken;
}

static char *propose_outside(Office *o, const CaseRequest *r, GError **error)
{
    const CaseRow *c = r->c;
    g_autoptr(CloseProposal) p = g_new0(CloseProposal, 1);
    if (!may_close(c, error) || !look_again_may_decide(o, c, DECISION_NONE, r->who, error) ||
        !read_proposal(r, p, error))
        return NULL;
    if (!closing_was_accepted(o, c)) {
        request_refuse(error, "%s was not accepted: iecctl decide %s reject is for one person",
                       c->reference, c->reference);
        return NULL;
    }
    g_autoptr(CloseProposal) open = NULL;
    if (!load_proposal(o, c, &open, error))
        return NULL;
    if (open && !close_proposal_end(o->db, open->id, "replaced", r->who, p->at, error))
        return NULL;
    if (!close_propose(o->db, c->id, p, error) ||
        !cases_event(o->db, c->id, 0, r->who, "close-proposed", p->why, p->at, error))
        return NULL;
    return g_strdup_printf("%s: another person must agree: iecctl close %s --agree", c->reference,
                           c->reference);
}

/* The proposal that waits; NULL with an error where there is none. */
static CloseProposal *open_proposal(Office *o, const CaseRow *c, GError **error)
{
    CloseProposal *p = NULL;
    if (load_proposal(o, c, &p, error) && !p)
        request_refuse(error, "nobody has proposed to close %s as outside", c->reference);
    return p;
}

static char *agree_outside(Office *o, const CaseRequest *r, GError **error)
{
    const CaseRow *c = r->c;
    g_autoptr(CloseProposal) p = open_proposal(o, c, error);
    if (!p || !look_again_may_decide(o, c, DECISION_NONE, r->who, error))
        return NULL;
    if (!strcmp(p->by, r->who)) {
        request_refuse(error, "%s: you proposed it yourself; another person must agree",
                       c->reference);
        return NULL;
    }
    if (p->message_id != r->message_id) {
        request_refuse(error,
                       "%s: the complainant has written since it was proposed; read that, and "
                       "propose it again if it still holds",
                       c->reference);
        return NULL;
    }
    if (!may_close(c, error) ||
        !close_proposal_end(o->db, p->id, "agreed", r->who, clock_now(), error))
        return NULL;
    g_autofree char *why = g_strdup_printf("outside, proposed by %s: %s", p->by, p->why);
    return closing_apply(o, r,
                         &(Effect){.letter = REPLY_CLOSED_OUTSIDE, .why = why, .note = p->note},
                         p->reasons, error);
}

static char *refuse_outside(Office *o, const CaseRequest *r, GError **error)
{
    const CaseRow *c = r->c;
    int64_t now = clock_now();
    g_autoptr(CloseProposal) p = open_proposal(o, c, error);
    if (!p || !close_proposal_end(o->db, p->id, "refused", r->who, now, error) ||
        !cases_event(o->db, c->id, 0, r->who, "close-refused", request_text(r->words, "why"), now,
                     error))
        return NULL;
    return g_strdup_printf("%s stays open", c->reference);
}

char *closing_request(Office *o, const CaseRequest *r, GError **error)
{
    static const struct {
        const char *kind;
        CaseRequestFunc run;
    } KINDS[] = {{"no-reply", close_no_reply},
                 {"withdrawn", close_withdrawn},
                 {"outside", propose_outside},
                 {"agree", agree_outside},
                 {"refuse", refuse_outside}};
    const char *kind = request_text(r->words, "kind");
    for (size_t n = 0; n < G_N_ELEMENTS(KINDS); n++) {
        if (!strcmp(KINDS[n].kind, kind))
            return KINDS[n].run(o, r, error);
    }
    request_refuse(error, "%s is not a way to close a case; write no-reply, withdrawn or outside",
                   kind);
    return NULL;
}
