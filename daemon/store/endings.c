#include "daemon/store/endings.h"
#include "daemon/store/statement.h"
#include <string.h>

#define WHO_MOST 200u
#define WHY_MOST 4000u

bool look_again_asked(Db *db, int64_t case_id, int64_t message_id, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, LOOK_AGAIN_INSERT);
    bind_int(s, 1, case_id);
    bind_id(s, 2, message_id);
    bind_int(s, 3, now);
    return statement_run(db, s, error);
}

bool look_again_answered(Db *db, int64_t case_id, const char *answer, const char *who, int64_t now,
                         GError **error)
{
    g_auto(Statement) s = db_statement(db, LOOK_AGAIN_ANSWER);
    bind_int(s, 1, case_id);
    bind_text(s, 2, answer);
    bind_text_cut(s, 3, who, WHO_MOST);
    bind_int(s, 4, now);
    return statement_run(db, s, error);
}

bool look_again_open(Db *db, int64_t case_id)
{
    g_auto(Statement) s = db_statement(db, LOOK_AGAIN_OPEN);
    int64_t open = 1;
    bind_int(s, 1, case_id);
    return !statement_number(db, s, 1, &open, NULL) || open;
}

bool look_again_barred(Db *db, int64_t case_id, const char *who)
{
    g_auto(Statement) s = db_statement(db, LOOK_AGAIN_BARRED);
    int64_t barred = 1;
    bind_int(s, 1, case_id);
    bind_text_cut(s, 2, who, WHO_MOST);
    return !statement_number(db, s, 1, &barred, NULL) || barred;
}

bool look_again_counts(Db *db, LookAgainCounts *counts, GError **error)
{
    LookAgainCounts found = {0};
    const struct {
        const char *answer;
        int64_t *count;
    } ANSWERS[] = {{"upheld", &found.upheld},
                   {"overturned", &found.overturned},
                   {"closed", &found.closed},
                   {"open", &found.open}};
    g_auto(Statement) rejections = db_statement(db, REJECTION_COUNT);
    if (!statement_number(db, rejections, 0, &found.rejections, error))
        return false;
    g_auto(Statement) s = db_statement(db, LOOK_AGAIN_COUNTS);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        g_autofree char *answer = column_text(s, 0);
        found.asked += column_int(s, 1);
        for (size_t n = 0; n < G_N_ELEMENTS(ANSWERS); n++) {
            if (!strcmp(answer, ANSWERS[n].answer))
                *ANSWERS[n].count = column_int(s, 1);
        }
    }
    *counts = found;
    return step == STEP_DONE;
}

void close_proposal_free(CloseProposal *p)
{
    if (!p)
        return;
    g_free(p->by);
    g_free(p->why);
    g_free(p->note);
    g_free(p);
}

bool close_propose(Db *db, int64_t case_id, const CloseProposal *p, GError **error)
{
    g_autofree char *reasons = SET_TO_TEXT(p->reasons, reason_name, REASON_COUNT);
    g_auto(Statement) s = db_statement(db, PROPOSAL_INSERT);
    bind_int(s, 1, case_id);
    bind_id(s, 2, p->message_id);
    bind_int(s, 3, p->at);
    bind_text_cut(s, 4, p->by, WHO_MOST);
    bind_text(s, 5, reasons);
    bind_text_cut(s, 6, p->why, WHY_MOST);
    bind_text_cut(s, 7, p->note, WHY_MOST);
    return statement_run(db, s, error);
}

CloseProposal *close_proposal_of(Db *db, int64_t case_id, GError **error)
{
    g_auto(Statement) s = db_statement(db, PROPOSAL_OPEN);
    bind_int(s, 1, case_id);
    if (statement_step(db, s, error) != STEP_ROW)
        return NULL;
    g_autoptr(CloseProposal) p = g_new0(CloseProposal, 1);
    p->id = column_int(s, 0);
    p->message_id = column_int(s, 1);
    p->at = column_int(s, 2);
    p->by = column_text(s, 3);
    p->why = column_text(s, 5);
    p->note = column_text(s, 6);
    return column_set(s, 4, NAMES_OF(reason_name), REASON_COUNT, &p->reasons, error)
               ? g_steal_pointer(&p)
               : NULL;
}

bool close_proposal_end(Db *db, int64_t id, const char *ended, const char *who, int64_t now,
                        GError **error)
{
    g_auto(Statement) s = db_statement(db, PROPOSAL_END);
    bind_int(s, 1, id);
    bind_text(s, 2, ended);
    bind_text_cut(s, 3, who, WHO_MOST);
    bind_int(s, 4, now);
    return statement_run_one(db, s, "proposal", id, error);
}

bool outcomes_add(Db *db, const CaseOutcome *c, GError **error)
{
    g_auto(Statement) s = db_statement(db, OUTCOME_INSERT);
    bind_int(s, 1, c->case_id);
    bind_text(s, 2, outcome_name(c->kind));
    bind_day(s, 3, c->day);
    bind_int(s, 4, c->at);
    bind_text_cut(s, 5, c->by, WHO_MOST);
    bind_text_cut(s, 6, c->why, WHY_MOST);
    bind_int(s, 7, c->apology);
    bind_int(s, 8, c->redress);
    if (statement_run(db, s, error))
        return true;
    g_prefix_error(error, "outcome of case %" G_GINT64_FORMAT ": ", c->case_id);
    return false;
}

GPtrArray *outcomes_of_case(Db *db, int64_t case_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)case_outcome_free);
    g_auto(Statement) s = db_statement(db, OUTCOMES_OF_CASE);
    StepResult step;
    bind_int(s, 1, case_id);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        int kind = column_name(s, 1, NAMES_OF(outcome_name), OUTCOME_COUNT, error);
        if (kind < 0)
            return NULL;
        CaseOutcome *c = g_new0(CaseOutcome, 1);
        c->id = column_int(s, 0);
        c->case_id = case_id;
        c->kind = (OutcomeKind)kind;
        c->day = column_day(s, 2);
        c->at = column_int(s, 3);
        c->by = column_text(s, 4);
        c->why = column_text(s, 5);
        c->apology = column_int(s, 6);
        c->redress = column_int(s, 7);
        g_ptr_array_add(list, c);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}
