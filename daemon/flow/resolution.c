#include "daemon/flow/resolution.h"
#include "daemon/base/clock.h"
#include "daemon/flow/closing.h"
#include "daemon/flow/look_again.h"
#include "daemon/store/endings.h"
#include "daemon/store/outbox.h"
#include <string.h>

static const ReplyKind LETTERS[OUTCOME_COUNT] = {
    [OUTCOME_RESOLVE] = REPLY_RESOLVED,
    [OUTCOME_SETTLE] = REPLY_SETTLED,
    [OUTCOME_INVESTIGATE] = REPLY_INVESTIGATION,
    [OUTCOME_REPORT] = REPLY_REPORT,
};

static bool read_remedy(const CaseRequest *r, CaseOutcome *c, GError **error)
{
    const char *redress = request_text(r->words, "redress");
    c->apology = !strcmp(request_text(r->words, "apology"), "yes");
    if (redress[0] && !pounds_parse(redress, &c->redress))
        return request_refuse(error, "redress: %s: write pounds, like 150 or 150.00", redress);
    bool remedy = c->apology || c->redress;
    if (remedy == (c->kind == OUTCOME_SETTLE))
        return true;
    return request_refuse(error, remedy ? "an apology or redress is for settle"
                                        : "say what was settled: add --apology, --redress or both");
}

static bool read_day(const CaseRequest *r, CaseOutcome *c, GError **error)
{
    const char *on = request_text(r->words, "on");
    Day today = day_of_instant(c->at), first = day_of_instant(r->c->first_contact_at);
    c->day = on[0] ? day_from_iso(on) : today;
    if (c->day == DAY_NONE)
        return request_refuse(error, "on: %s: write a day like 2026-06-01", on);
    if (c->day > today)
        return request_refuse(error, "on: %s is still to come", on);
    if (c->day < first)
        return request_refuse(error, "on: %s is before their first message", on);
    return true;
}

static CaseOutcome *read_outcome(const CaseRequest *r, GError **error)
{
    g_autoptr(CaseOutcome) c = g_new0(CaseOutcome, 1);
    const char *kind = request_text(r->words, "kind");
    int n = NAME_INDEX(outcome_name, OUTCOME_COUNT, kind);
    if (n < 0) {
        request_refuse(error, "%s is not an outcome; write resolve, settle, investigate or report",
                       kind);
        return NULL;
    }
    c->kind = (OutcomeKind)n;
    c->case_id = r->c->id;
    c->at = clock_now();
    c->by = g_strdup(r->who);
    c->why = g_strdup(request_text(r->words, "why"));
    return read_remedy(r, c, error) && read_day(r, c, error) ? g_steal_pointer(&c) : NULL;
}

/* The investigation that has no report yet, from `earlier`; NULL none. */
static const CaseOutcome *under_investigation(const GPtrArray *earlier)
{
    const CaseOutcome *open = NULL;
    for (unsigned n = 0; n < earlier->len; n++) {
        const CaseOutcome *c = earlier->pdata[n];
        open = c->kind == OUTCOME_INVESTIGATE ? c : NULL;
    }
    return open;
}

static bool fits(Office *o, const CaseRequest *r, const CaseOutcome *c, GError **error)
{
    const CaseRow *row = r->c;
    bool open = row->state == CASE_ACCEPTED || row->state == CASE_REFERRED;
    if (!open || !closing_was_accepted(o, row))
        return request_refuse(error, "%s is %s: an outcome is for a case that was accepted",
                              row->reference, case_state_name(row->state));
    if (!look_again_may_decide(o, row, DECISION_ACCEPT, r->who, error))
        return false;
    g_autoptr(GPtrArray) earlier = outcomes_of_case(o->db, row->id, error);
    if (!earlier)
        return false;
    const CaseOutcome *investigation = under_investigation(earlier);
    if (c->kind == OUTCOME_INVESTIGATE && investigation)
        return request_refuse(error, "%s is under investigation already", row->reference);
    if (c->kind == OUTCOME_REPORT && !investigation)
        return request_refuse(error, "%s is not under investigation: iecctl outcome %s investigate",
                              row->reference, row->reference);
    if (c->kind == OUTCOME_REPORT && c->day < investigation->day)
        return request_refuse(error, "a report is not issued before its investigation opened");
    return true;
}

/* The case goes on, as accepted by this person; its complainant is told that it is being
 * investigated. */
static char *investigate(Office *o, const CaseRequest *r, const CaseOutcome *c, GError **error)
{
    CaseRow *row = r->c;
    int before = outbox_count_kind(o->db, row->id, REPLY_INVESTIGATION);
    g_autofree char *why = case_outcome_words(c);
    Judgement j = {.decision = DECISION_ACCEPT,
                   .line = -1,
                   .flags = row->flags,
                   .time_limit = DAY_NONE,
                   .reply_due = row->reply_due};
    Effect e = {.facts = r->facts,
                .judgement = &j,
                .message_id = r->message_id,
                .received_at = row->received_at,
                .by = r->who,
                .why = why,
                .letter = REPLY_INVESTIGATION,
                .outcome = c};
    if (!outcome_apply(o, row, &e, error))
        return NULL;
    bool told = outbox_count_kind(o->db, row->id, REPLY_INVESTIGATION) > before;
    return g_strdup_printf("%s is under investigation%s", row->reference,
                           told ? "" : "; no letter could go, so write to them by hand");
}

/* What was agreed before its report ends an investigation; *ended: there was one. */
static bool end_investigation(Office *o, const CaseRequest *r, const CaseOutcome *c, bool *ended,
                              GError **error)
{
    g_autoptr(GPtrArray) earlier = outcomes_of_case(o->db, r->c->id, error);
    *ended = earlier && c->kind != OUTCOME_REPORT && under_investigation(earlier);
    return earlier && (!*ended || cases_event(o->db, r->c->id, 0, r->who, "investigation-closed",
                                              "without a report", c->at, error));
}

/* The outcomes that close a case. */
static char *end(Office *o, const CaseRequest *r, const CaseOutcome *c, const char *words,
                 bool unfinished, GError **error)
{
    Effect e = {.letter = LETTERS[c->kind], .outcome = c, .why = words};
    g_autofree char *done = closing_apply(o, r, &e, 0, error);
    return !done || !unfinished
               ? g_steal_pointer(&done)
               : g_strconcat(done, "; its investigation ends without a report", NULL);
}

char *resolution_request(Office *o, const CaseRequest *r, GError **error)
{
    bool unfinished = false;
    g_autoptr(CaseOutcome) c = read_outcome(r, error);
    if (!c || !fits(o, r, c, error) || !end_investigation(o, r, c, &unfinished, error) ||
        !outcomes_add(o->db, c, error))
        return NULL;
    g_autofree char *words = case_outcome_words(c);
    g_autofree char *what = g_strdup_printf("%s%s%s", words, c->why[0] ? "; " : "", c->why);
    if (!cases_event(o->db, r->c->id, 0, r->who, "outcome", what, c->at, error))
        return NULL;
    return c->kind == OUTCOME_INVESTIGATE ? investigate(o, r, c, error)
                                          : end(o, r, c, words, unfinished, error);
}
