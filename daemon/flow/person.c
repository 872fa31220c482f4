#include "daemon/flow/person.h"
#include "daemon/base/clock.h"
#include "daemon/casework/decide.h"
#include "daemon/casework/merge.h"
#include "daemon/flow/closing.h"
#include "daemon/flow/contact.h"
#include "daemon/flow/deadlines.h"
#include "daemon/flow/dispatch.h"
#include "daemon/flow/heed.h"
#include "daemon/flow/look_again.h"
#include "daemon/flow/outcome.h"
#include "daemon/flow/release.h"
#include "daemon/flow/request.h"
#include "daemon/flow/resolution.h"
#include "daemon/flow/rule_sets.h"
#include "daemon/flow/sampling.h"
#include "daemon/store/messages.h"
#include "daemon/store/outbox.h"
#include <string.h>

static const char AUTHORITY_SEEN[] = "authority-seen";

static bool authority_seen(Office *o, const CaseRow *c, bool *seen, GError **error)
{
    g_autoptr(GPtrArray) events = cases_events(o->db, c->id, error);
    *seen = false;
    for (unsigned n = 0; events && n < events->len; n++)
        *seen |= !strcmp(((const EventRow *)events->pdata[n])->what, AUTHORITY_SEEN);
    return events != NULL;
}

/* What no message shows a person may have seen: a paper in the post, a call. */
static bool take_authority(Office *o, const CaseRow *c, Facts *f, JsonObject *request,
                           const char *who, GError **error)
{
    bool seen = false;
    if (!lacks_authority(f))
        return true;
    if (!authority_seen(o, c, &seen, error))
        return false;
    if (!seen && strcmp(request_text(request, "authority"), "yes") != 0)
        return true;
    f->representative.authority = TRI_YES;
    facts_add(f, "person", "representative.authority", "yes", NULL, 0, 0, NULL);
    return seen || cases_event(o->db, c->id, 0, who, AUTHORITY_SEEN, request_text(request, "why"),
                               clock_now(), error);
}

/* Who shows no authority is told nothing of the case (policy 6). */
static bool may_tell(const CaseRow *c, const Facts *f, GError **error)
{
    return !lacks_authority(f) ||
           request_refuse(error,
                          "%s: who wrote it has shown no authority, and the letter would tell them "
                          "of the case; ask for it (iecctl decide %s ask --asks authority), or "
                          "add --authority where you have seen it",
                          c->reference, c->reference);
}

/* Merged facts of the case and the last message a person wrote, which the reply answers. */
static Facts *case_facts(Office *o, const CaseRow *c, int64_t *message_id, GError **error)
{
    g_autoptr(GPtrArray) facts = messages_facts_of_case(o->db, c->id, error);
    g_autoptr(GPtrArray) rows = facts ? messages_of_case(o->db, c->id, error) : NULL;
    if (!rows)
        return NULL;
    for (unsigned n = 0; n < rows->len; n++) {
        const MessageRow *m = rows->pdata[n];
        if (!m->duplicate_of && strcmp(m->kind, kind_name(KIND_BOUNCE)) != 0 &&
            strcmp(m->kind, kind_name(KIND_AUTO_REPLY)) != 0)
            *message_id = m->id;
    }
    return facts->len ? facts_merge(facts) : facts_new();
}

static bool read_sets(JsonObject *request, Judgement *j, GError **error)
{
    typedef const char *(*NameFunc)(int);
    if (!request_reasons(request, "reasons", &j->reasons, error))
        return false;
    if (!set_from_text(request_text(request, "asks"), (NameFunc)(void *)ask_name, ASK_COUNT,
                       &j->asks))
        return request_refuse(error, "asks: %s: see iecctl decide --help for the names",
                              request_text(request, "asks"));
    if (j->decision == DECISION_REJECT && !j->reasons)
        return request_refuse(error, "a rejection names its reasons: add --reasons");
    if (j->decision == DECISION_ASK && !j->asks)
        return request_refuse(error, "a question names what is asked for: add --asks");
    return true;
}

static bool words_fit(JsonObject *request, GError **error)
{
    if (strlen(request_text(request, "why")) > REQUEST_WORDS_MOST ||
        strlen(request_text(request, "note")) > REQUEST_WORDS_MOST)
        return request_refuse(error, "keep reasons and notes under %u bytes each",
                              REQUEST_WORDS_MOST);
    return true;
}

static bool read_decision(JsonObject *request, const char *word, Judgement *j, GError **error)
{
    j->line = -1;
    j->time_limit = DAY_NONE;
    if (!strcmp(word, "close"))
        j->decision = DECISION_NONE;
    else {
        int n = NAME_INDEX(decision_name, DECISION_COUNT, word);
        if (n <= DECISION_NONE)
            return request_refuse(
                error, "%s is not a decision; write accept, reject, ask, refer or close", word);
        j->decision = (Decision)n;
    }
    return words_fit(request, error) && read_sets(request, j, error);
}

static bool allowed_from(const CaseRow *c, Decision d, GError **error)
{
    static const CaseState AFTER[DECISION_COUNT] = {
        [DECISION_NONE] = CASE_CLOSED,     [DECISION_REFER] = CASE_REFERRED,
        [DECISION_REJECT] = CASE_REJECTED, [DECISION_ASK] = CASE_ASKED,
        [DECISION_ACCEPT] = CASE_ACCEPTED,
    };
    if (case_may_move(c->state, AFTER[d]))
        return true;
    return request_refuse(error, "%s is %s; from there it cannot become %s", c->reference,
                          case_state_name(c->state), case_state_name(AFTER[d]));
}

/* A decision whose letter is stopped (heed.h) is not made as if it had been told. */
static bool may_write(Office *o, JsonObject *request, const CaseRow *c, Decision d, GError **error)
{
    bool letter = d == DECISION_NONE ? request_text(request, "note")[0] : d != DECISION_REFER;
    const char *why = letter ? heed_forbids(o, c, false) : NULL;
    return !why || request_refuse(error,
                                  "%s: %s; say first where letters go, with iecctl contact %s "
                                  "--address A, or write yourself and close the case",
                                  c->reference, why, c->reference);
}

static Day owed_after(Office *o, const CaseRow *c, Decision d)
{
    if (d == DECISION_REFER)
        return c->reply_due != DAY_NONE ? c->reply_due
                                        : calendar_add(o->calendar, day_of_instant(clock_now()),
                                                       o->settings->casework.reply_days);
    return c->reply_due;
}

/* `word`: "accept" and the like. */
static char *decide_as(Office *o, CaseRow *c, JsonObject *request, const char *word,
                       const char *who, GError **error)
{
    g_auto(Judgement) j = {0};
    if (!read_decision(request, word, &j, error) || !allowed_from(c, j.decision, error) ||
        !look_again_may_decide(o, c, j.decision, who, error) ||
        !closing_may_decide(o, c, j.decision, error) ||
        !may_write(o, request, c, j.decision, error))
        return NULL;
    int64_t message_id = 0;
    g_autoptr(Facts) facts = case_facts(o, c, &message_id, error);
    if (!facts || !take_authority(o, c, facts, request, who, error) ||
        (j.decision == DECISION_ACCEPT && !may_tell(c, facts, error)))
        return NULL;
    j.flags = c->flags;
    j.refer = j.decision == DECISION_REFER ? c->refer : 0;
    j.reply_due = owed_after(o, c, j.decision);
    const char *why = request_text(request, "why");
    Effect e = {
        .facts = facts,
        .judgement = &j,
        .message_id = message_id,
        .received_at = c->received_at,
        .by = who,
        .why = why[0] ? why : "no reason written down",
        .note = request_text(request, "note"),
    };
    if (!outcome_apply(o, c, &e, error))
        return NULL;
    return g_strdup_printf("%s is now %s", c->reference, case_state_name(c->state));
}

static char *decide_case(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    return c ? decide_as(o, c, request, request_text(request, "decision"), who, error) : NULL;
}

/* The rejection held for this case; NULL with an error where there is none. */
static OutboxRow *held_rejection(Office *o, const CaseRow *c, GError **error)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(o->db, c->id, error);
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (r->kind == REPLY_REJECTION && !strcmp(r->state, "held"))
            return outbox_load(o->db, r->id, error);
    }
    if (rows)
        request_refuse(error, "%s holds no rejection to approve (it is %s)", c->reference,
                       case_state_name(c->state));
    return NULL;
}

static char *approve_case(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    g_autoptr(OutboxRow) r = c ? held_rejection(o, c, error) : NULL;
    if (!r || !look_again_may_decide(o, c, DECISION_REJECT, who, error) ||
        !outcome_release(o, c, r->id, who, "approved", error))
        return NULL;
    return g_strdup_printf("%s: the rejection goes out now", c->reference);
}

static char *return_case(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    g_autoptr(OutboxRow) r = c ? held_rejection(o, c, error) : NULL;
    if (!r)
        return NULL;
    c->state = CASE_REFERRED;
    c->chased = 0;
    if (!outbox_cancel(o->db, r->id, error) || !cases_update(o->db, c, error) ||
        !cases_event(o->db, c->id, 0, who, "returned", request_text(request, "why"), clock_now(),
                     error))
        return NULL;
    return g_strdup_printf("%s: the rejection is cancelled; a person decides", c->reference);
}

/* What ends a case: closing.h and resolution.h know how. */
static char *end_case(Office *o, JsonObject *request, const char *who, CaseRequestFunc run,
                      GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    CaseRequest r = {.c = c, .words = request, .who = who};
    if (!c || !words_fit(request, error))
        return NULL;
    g_autoptr(Facts) facts = case_facts(o, c, &r.message_id, error);
    if (!facts || !take_authority(o, c, facts, request, who, error))
        return NULL;
    r.facts = facts;
    return run(o, &r, error);
}

static char *close_case(Office *o, JsonObject *request, const char *who, GError **error)
{
    return end_case(o, request, who, closing_request, error);
}

static char *tell_outcome(Office *o, const CaseRequest *r, GError **error)
{
    return may_tell(r->c, r->facts, error) ? resolution_request(o, r, error) : NULL;
}

static char *set_outcome(Office *o, JsonObject *request, const char *who, GError **error)
{
    return end_case(o, request, who, tell_outcome, error);
}

/* Decided otherwise before it goes: for other reasons, where no decision is named. */
static char *change_case(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    g_autoptr(OutboxRow) r = c ? held_rejection(o, c, error) : NULL;
    const char *word = request_text(request, "decision");
    if (!r)
        return NULL;
    return decide_as(o, c, request, word[0] ? word : decision_name(DECISION_REJECT), who, error);
}

char *person_request(Office *o, JsonObject *request, const char *who, GError **error)
{
    static const struct {
        const char *name;
        char *(*run)(Office *, JsonObject *, const char *, GError **);
    } COMMANDS[] = {
        {"decide", decide_case},
        {"approve", approve_case},
        {"return", return_case},
        {"change", change_case},
        {"close", close_case},
        {"outcome", set_outcome},
        {"contact", contact_set},
        {"alert-ack", contact_alert_seen},
        {"release", release_request},
        {"wrong", release_wrong_request},
        {"sample-judge", sampling_judge_request},
        {"rules-propose", rule_sets_propose_request},
        {"rules-approve", rule_sets_approve_request},
    };
    const char *name = request_text(request, "command");
    for (unsigned n = 0; n < G_N_ELEMENTS(COMMANDS); n++) {
        if (strcmp(COMMANDS[n].name, name) != 0)
            continue;
        g_autoptr(Transaction) tx = transaction_begin(o->db, error);
        if (!tx)
            return NULL;
        g_autofree char *done = COMMANDS[n].run(o, request, who, error);
        if (!done || !transaction_commit(tx, error))
            return NULL;
        dispatch_kick(o->dispatch);
        deadlines_kick(o->deadlines);
        return g_steal_pointer(&done);
    }
    request_refuse(error, "%s is not a request that iecd knows", name);
    return NULL;
}
