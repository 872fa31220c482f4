#include "daemon/store/rule_sets.h"
#include "daemon/store/statement.h"

#define WHO_MOST     200u
#define FIGURES_MOST 4000u

void rule_set_free(RuleSet *r)
{
    if (!r)
        return;
    g_free(r->version);
    g_free(r->proposed_by);
    g_free(r->figures);
    g_free(r->approved_by);
    g_free(r);
}

bool rule_sets_propose(Db *db, const RuleSet *r, GError **error)
{
    g_auto(Statement) s = db_statement(db, RULES_PROPOSE);
    bind_text(s, 1, r->version);
    bind_int(s, 2, r->proposed_at);
    bind_text_cut(s, 3, r->proposed_by, WHO_MOST);
    bind_int(s, 4, r->cases);
    bind_int(s, 5, r->changed);
    bind_text_cut(s, 6, r->figures, FIGURES_MOST);
    return statement_run(db, s, error);
}

/* Both statements say who answers for a version from now on. */
static bool answer_for(Db *db, StatementId id, const char *version, const char *who, int64_t now,
                       GError **error)
{
    g_auto(Statement) s = db_statement(db, id);
    bind_text(s, 1, version);
    bind_int(s, 2, now);
    bind_text_cut(s, 3, who, WHO_MOST);
    return statement_run(db, s, error);
}

bool rule_sets_approve(Db *db, const char *version, const char *who, int64_t now, GError **error)
{
    return answer_for(db, RULES_APPROVE, version, who, now, error);
}

bool rule_sets_first(Db *db, const char *version, const char *who, int64_t now, GError **error)
{
    return answer_for(db, RULES_FIRST, version, who, now, error);
}

bool rule_sets_approved(Db *db, const char *version, bool *approved, GError **error)
{
    g_auto(Statement) s = db_statement(db, RULES_APPROVED);
    int64_t value = 0;
    bind_text(s, 1, version);
    if (!statement_number(db, s, 0, &value, error))
        return false;
    *approved = value != 0;
    return true;
}

static RuleSet *set_of(Statement s)
{
    RuleSet *r = g_new0(RuleSet, 1);
    r->version = column_text(s, 0);
    r->proposed_at = column_int(s, 1);
    r->proposed_by = column_text(s, 2);
    r->cases = (unsigned)column_int(s, 3);
    r->changed = (unsigned)column_int(s, 4);
    r->figures = column_text(s, 5);
    r->approved_at = column_int(s, 6);
    r->approved_by = column_text(s, 7);
    return r;
}

RuleSet *rule_sets_load(Db *db, const char *version, GError **error)
{
    g_auto(Statement) s = db_statement(db, RULES_SET);
    bind_text(s, 1, version);
    return statement_step(db, s, error) == STEP_ROW ? set_of(s) : NULL;
}

GPtrArray *rule_sets_all(Db *db, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)rule_set_free);
    g_auto(Statement) s = db_statement(db, RULES_SETS);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW)
        g_ptr_array_add(list, set_of(s));
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

char *rule_sets_in_use(Db *db, GError **error)
{
    g_auto(Statement) s = db_statement(db, RULES_IN_USE);
    return statement_step(db, s, error) == STEP_ROW ? column_text(s, 0) : NULL;
}

bool rule_sets_use(Db *db, const char *version, const char *how, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, RULES_USE);
    bind_int(s, 1, now);
    bind_text(s, 2, version);
    bind_text(s, 3, how);
    return statement_run(db, s, error);
}

static void use_free(void *data)
{
    RuleUse *u = data;
    g_free(u->version);
    g_free(u->how);
    g_free(u);
}

GPtrArray *rule_sets_uses(Db *db, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(use_free);
    g_auto(Statement) s = db_statement(db, RULES_USES);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        RuleUse *u = g_new0(RuleUse, 1);
        u->at = column_int(s, 0);
        u->version = column_text(s, 1);
        u->how = column_text(s, 2);
        g_ptr_array_add(list, u);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

GArray *rule_sets_trial_cases(Db *db, unsigned most, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_auto(Statement) s = db_statement(db, RULES_TRIAL_CASES);
    StepResult step;
    bind_int(s, 1, most);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        int64_t id = column_int(s, 0);
        g_array_append_val(ids, id);
    }
    return step == STEP_DONE ? g_steal_pointer(&ids) : NULL;
}
