#include "daemon/store/release.h"
#include "daemon/store/statement.h"
#include <string.h>

#define WHO_MOST 200u
#define WHY_MOST 4000u

bool release_change(Db *db, const ReleaseChange *c, GError **error)
{
    g_auto(Statement) s = db_statement(db, RELEASE_CHANGE_ADD);
    bind_int(s, 1, c->at);
    bind_text_cut(s, 2, c->who, WHO_MOST);
    bind_text(s, 3, c->what);
    bind_text(s, 4, c->reason);
    bind_text_cut(s, 5, c->why, WHY_MOST);
    return statement_run(db, s, error);
}

static void change_free(void *data)
{
    ReleaseChange *c = data;
    g_free(c->who);
    g_free(c->what);
    g_free(c->reason);
    g_free(c->why);
    g_free(c);
}

GPtrArray *release_changes(Db *db, bool latest, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(change_free);
    g_auto(Statement) s = db_statement(db, latest ? RELEASE_LATEST : RELEASE_CHANGES);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        ReleaseChange *c = g_new0(ReleaseChange, 1);
        c->at = column_int(s, 1);
        c->who = column_text(s, 2);
        c->what = column_text(s, 3);
        c->reason = column_text(s, 4);
        c->why = column_text(s, 5);
        g_ptr_array_add(list, c);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

bool release_stopped(Db *db, uint32_t *reasons, bool *all, GError **error)
{
    g_autoptr(GPtrArray) latest = release_changes(db, true, error);
    *reasons = 0;
    *all = false;
    for (unsigned n = 0; latest && n < latest->len; n++) {
        const ReleaseChange *c = latest->pdata[n];
        int reason = NAME_INDEX(reason_name, REASON_COUNT, c->reason);
        if (strcmp(c->what, "stop") != 0)
            continue;
        *all |= reason < 0;
        *reasons |= reason >= 0 ? BIT(reason) : 0;
    }
    return latest != NULL;
}

bool release_hold(Db *db, int64_t outbox_id, int64_t hold_end, const char *rules_version,
                  GError **error)
{
    g_auto(Statement) s = db_statement(db, RELEASE_HOLD);
    bind_int(s, 1, outbox_id);
    bind_int(s, 2, hold_end);
    bind_text(s, 3, rules_version);
    return statement_run(db, s, error);
}

bool release_unhold(Db *db, int64_t outbox_id, GError **error)
{
    g_auto(Statement) s = db_statement(db, RELEASE_UNHOLD);
    bind_int(s, 1, outbox_id);
    return statement_run(db, s, error);
}

static void held_free(void *data)
{
    HeldRelease *h = data;
    g_free(h->rules_version);
    g_free(h);
}

GPtrArray *release_held(Db *db, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(held_free);
    g_auto(Statement) s = db_statement(db, RELEASE_HELD);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        HeldRelease *h = g_new0(HeldRelease, 1);
        g_ptr_array_add(list, h);
        h->outbox_id = column_int(s, 0);
        h->hold_end = column_int(s, 1);
        h->rules_version = column_text(s, 2);
        h->case_id = column_int(s, 3);
        if (!column_set(s, 4, NAMES_OF(reason_name), REASON_COUNT, &h->reasons, error))
            return NULL;
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

bool release_rules_of(Db *db, int64_t outbox_id, char **version, GError **error)
{
    g_auto(Statement) s = db_statement(db, AUTOMATIC_RULES);
    bind_int(s, 1, outbox_id);
    StepResult step = statement_step(db, s, error);
    *version = step == STEP_ROW ? column_text(s, 0) : NULL;
    return step == STEP_ROW || step == STEP_DONE;
}

bool release_had_hand_in(Db *db, int64_t case_id, const char *who, bool *had, GError **error)
{
    g_auto(Statement) s = db_statement(db, RELEASE_HAND_IN);
    int64_t value = 0;
    bind_int(s, 1, case_id);
    bind_text(s, 2, who);
    if (!statement_number(db, s, 0, &value, error))
        return false;
    *had = value != 0;
    return true;
}

void wrong_rejection_free(WrongRejection *w)
{
    if (!w)
        return;
    g_free(w->reference);
    g_free(w->who);
    g_free(w->why);
    g_free(w->rules_version);
    g_free(w);
}

static bool mark_same(Db *db, WrongRejection *w, int64_t id, GError **error)
{
    for (int n = 0; n < REASON_COUNT; n++) {
        if (!(w->reasons & BIT(n)))
            continue;
        g_auto(Statement) s = db_statement(db, WRONG_MARK_SAME);
        bind_int(s, 1, id);
        bind_text(s, 2, w->rules_version);
        bind_text(s, 3, reason_name((Reason)n));
        if (!statement_run(db, s, error))
            return false;
        w->same += (unsigned)sqlite3_changes(db->handle);
    }
    return true;
}

static bool find_alike(Db *db, WrongRejection *w, int64_t id, GError **error)
{
    g_auto(Statement) s = db_statement(db, WRONG_ADD_ALIKE);
    bind_int(s, 1, id);
    bind_text(s, 2, w->rules_version);
    bind_int(s, 3, w->case_id);
    if (!statement_run(db, s, error))
        return false;
    w->alike = (unsigned)sqlite3_changes(db->handle);
    return mark_same(db, w, id, error);
}

static bool tell_alike(Db *db, const WrongRejection *w, int64_t id, const char *note,
                       GError **error)
{
    g_auto(Statement) s = db_statement(db, WRONG_TELL_ALIKE);
    bind_int(s, 1, id);
    bind_int(s, 2, w->at);
    bind_text_cut(s, 3, w->who, WHO_MOST);
    bind_text_cut(s, 4, note, WHY_MOST);
    return statement_run(db, s, error);
}

bool release_wrong(Db *db, WrongRejection *w, bool search, const char *note, bool *known,
                   GError **error)
{
    g_autofree char *reasons = SET_TO_TEXT(w->reasons, reason_name, REASON_COUNT);
    g_auto(Statement) s = db_statement(db, WRONG_ADD);
    bind_int(s, 1, w->decision_id);
    bind_int(s, 2, w->case_id);
    bind_int(s, 3, w->at);
    bind_text_cut(s, 4, w->who, WHO_MOST);
    bind_text_cut(s, 5, w->why, WHY_MOST);
    bind_text(s, 6, reasons);
    bind_text(s, 7, w->rules_version);
    if (!statement_run(db, s, error))
        return false;
    *known = sqlite3_changes(db->handle) == 0;
    if (*known || !search)
        return true;
    int64_t id = sqlite3_last_insert_rowid(db->handle);
    return find_alike(db, w, id, error) && tell_alike(db, w, id, note, error);
}

bool release_is_wrong(Db *db, int64_t decision_id, bool *wrong, GError **error)
{
    g_auto(Statement) s = db_statement(db, WRONG_IS);
    int64_t value = 0;
    bind_int(s, 1, decision_id);
    if (!statement_number(db, s, 0, &value, error))
        return false;
    *wrong = value != 0;
    return true;
}

GPtrArray *release_wrongs(Db *db, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)wrong_rejection_free);
    g_auto(Statement) s = db_statement(db, WRONG_LIST);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        WrongRejection *w = g_new0(WrongRejection, 1);
        g_ptr_array_add(list, w);
        w->decision_id = column_int(s, 0);
        w->reference = column_text(s, 1);
        w->at = column_int(s, 2);
        w->who = column_text(s, 3);
        w->why = column_text(s, 4);
        w->rules_version = column_text(s, 6);
        w->alike = (unsigned)column_int(s, 7);
        w->same = (unsigned)column_int(s, 8);
        if (!column_set(s, 5, NAMES_OF(reason_name), REASON_COUNT, &w->reasons, error))
            return NULL;
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

GPtrArray *release_alike(Db *db, int64_t decision_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    g_auto(Statement) s = db_statement(db, WRONG_ALIKE);
    StepResult step;
    bind_int(s, 1, decision_id);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        g_autofree char *reference = column_text(s, 0), *state = column_text(s, 1);
        g_ptr_array_add(list, g_strdup_printf("%s %s%s", reference, state,
                                              column_int(s, 2) ? " same-reason" : ""));
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}
