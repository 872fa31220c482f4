/* What belongs to the register as a whole: keys, lasting settings, counts. The rest of cases.h is
 * in cases.c and case_history.c. */
#include "daemon/store/cases.h"
#include "daemon/store/statement.h"
#include <string.h>

GArray *cases_mark_keys(Db *db, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, TRUE, sizeof(MarkKey));
    g_auto(Statement) s = db_statement(db, MARK_KEYS);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        MarkKey key = {.id = (uint32_t)column_int(s, 0)};
        g_autoptr(GBytes) bytes = column_bytes(s, 1);
        g_assert(g_bytes_get_size(bytes) == sizeof key.bytes); /* the schema's CHECK */
        memcpy(key.bytes, g_bytes_get_data(bytes, NULL), sizeof key.bytes);
        g_array_append_val(keys, key);
    }
    if (step == STEP_FAILED)
        return NULL;
    if (keys->len == 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "register: it has no mark key");
        return NULL;
    }
    return g_steal_pointer(&keys);
}

char *meta_get(Db *db, const char *key)
{
    g_auto(Statement) s = db_statement(db, META_GET);
    bind_text(s, 1, key);
    return statement_step(db, s, NULL) == STEP_ROW ? column_text(s, 0) : NULL;
}

bool meta_set(Db *db, const char *key, const char *value, GError **error)
{
    g_auto(Statement) s = db_statement(db, value ? META_SET : META_UNSET);
    bind_text(s, 1, key);
    if (value)
        bind_text(s, 2, value);
    return statement_run(db, s, error);
}

static bool count(Db *db, StatementId id, int64_t *value, GError **error)
{
    g_auto(Statement) s = db_statement(db, id);
    return statement_number(db, s, 0, value, error);
}

static bool count_cases(Db *db, RegisterCounts *counts, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASE_COUNTS);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        int state = column_name(s, 0, NAMES_OF(case_state_name), CASE_STATE_COUNT, error);
        if (state < 0)
            return false;
        counts->by_state[state] = column_int(s, 1);
        counts->cases += column_int(s, 1);
    }
    return step == STEP_DONE;
}

/* A reply on the wire is still to be sent; one cancelled is nobody's work. */
static bool count_outbox(Db *db, RegisterCounts *counts, GError **error)
{
    const struct {
        const char *state;
        int64_t *count;
    } STATES[] = {
        {"held", &counts->outbox_held},      {"queued", &counts->outbox_queued},
        {"sending", &counts->outbox_queued}, {"sent", &counts->outbox_sent},
        {"failed", &counts->outbox_failed},  {"unknown", &counts->outbox_unknown},
    };
    g_auto(Statement) s = db_statement(db, OUTBOX_COUNTS);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        g_autofree char *state = column_text(s, 0);
        for (unsigned n = 0; n < G_N_ELEMENTS(STATES); n++) {
            if (!strcmp(state, STATES[n].state))
                *STATES[n].count += column_int(s, 1);
        }
    }
    return step == STEP_DONE;
}

bool register_counts(Db *db, RegisterCounts *counts, GError **error)
{
    RegisterCounts found = {0};
    if (!count(db, MESSAGE_COUNT, &found.messages, error) ||
        !count(db, MESSAGE_PENDING_COUNT, &found.pending, error) ||
        !count(db, CASE_BY_HAND_COUNT, &found.by_hand, error) ||
        !count(db, ALERT_OPEN_COUNT, &found.alerts, error) || !count_cases(db, &found, error) ||
        !count_outbox(db, &found, error))
        return false;
    *counts = found;
    return true;
}
