#include "daemon/flow/silence.h"
#include "daemon/flow/answer.h"
#include "daemon/flow/deadlines.h"
#include "daemon/store/messages.h"

#define TELL_AGAIN_DAYS 7

/* What was done about a question without an answer (CaseRow.chased). */
typedef enum Silence {
    SILENCE_NONE,
    SILENCE_REMINDED,
    SILENCE_TOLD = CHASED_SILENT,
    SILENCE_LAST = 4
} Silence;

static bool remind(Office *o, CaseRow *c, GError **error)
{
    int64_t message_id = 0;
    bool queued = false;
    g_autoptr(Facts) facts = cases_last_facts(o->db, c->id, &message_id, error);
    if (!facts)
        return false;
    Judgement j = {.decision = DECISION_ASK,
                   .asks = c->asks,
                   .reply_due = c->reply_due,
                   .time_limit = DAY_NONE};
    Answer a = {.kind = REPLY_REMINDER,
                .facts = facts,
                .judgement = &j,
                .received_at = c->received_at,
                .answer_by = DAY_NONE,
                .message_id = message_id,
                .by_computer = true,
                .who = "iecd"};
    if (!answer_queue(o, c, &a, &queued, error))
        return false;
    return queued ||
           deadlines_tell(o, c, "our question has had no answer; no reminder could go", error);
}

static int step_due(const CaseRow *c, Day today)
{
    int days = today - day_of_instant(c->decided_at);
    if (days < ASKED_CLOSE_DAYS)
        return SILENCE_REMINDED;
    return MIN(SILENCE_TOLD + (days - ASKED_CLOSE_DAYS) / TELL_AGAIN_DAYS, SILENCE_LAST);
}

/* A question that was not seen to for four weeks is reminded of no more: its date would be past. */
static bool take_step(Office *o, CaseRow *c, int step, GError **error)
{
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    if (!tx)
        return false;
    c->chased = step;
    bool ok = step == SILENCE_REMINDED
                  ? remind(o, c, error)
                  : deadlines_tell(o, c,
                                   "our question has had no answer for 28 days or more; the case "
                                   "may be closed as no-reply",
                                   error);
    return ok && cases_update(o->db, c, error) && transaction_commit(tx, error);
}

bool silence_look(Office *o, int64_t now, GError **error)
{
    Day today = day_of_instant(now);
    if (messages_pending_count(o->db) > 0)
        return true;
    g_autoptr(GPtrArray) silent =
        cases_silent(o->db, cases_asked_before(today, ASKED_REMIND_DAYS), error);
    for (unsigned n = 0; silent && n < silent->len; n++) {
        CaseRow *c = silent->pdata[n];
        int step = step_due(c, today);
        /* A reminder has time: where one address has many questions open it waits for its turn,
         * and at 28 days a person is told in any case. */
        if (step <= c->chased || (step == SILENCE_REMINDED && answer_ceiling_reached(o, c, now)))
            continue;
        if (!take_step(o, c, step, error))
            return false;
    }
    return silent != NULL;
}
