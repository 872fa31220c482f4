#include "daemon/store/samples.h"
#include "daemon/store/statement.h"

#define SEED_BYTES 32u

void sample_row_free(SampleRow *r)
{
    if (!r)
        return;
    g_free(r->reference);
    g_free(r->reader);
    g_free(r);
}

bool samples_add(Db *db, const SampleRow *r, const char *rules_version, GError **error)
{
    g_autofree char *reasons = SET_TO_TEXT(r->reasons, reason_name, REASON_COUNT);
    g_auto(Statement) s = db_statement(db, AUTOMATIC_ADD);
    bind_int(s, 1, r->outbox_id);
    bind_int(s, 2, r->case_id);
    bind_int(s, 3, r->at);
    bind_day(s, 4, r->week);
    bind_text(s, 5, reasons);
    bind_text(s, 6, language_name(r->language));
    bind_text(s, 7, channel_name(r->channel));
    bind_text(s, 8, representative_name(r->representative));
    bind_text(s, 9, rules_version);
    return statement_run(db, s, error);
}

bool samples_next_week(Db *db, Day *week, GError **error)
{
    g_auto(Statement) s = db_statement(db, SAMPLE_NEXT_WEEK);
    if (statement_step(db, s, error) != STEP_ROW)
        return false;
    *week = column_day(s, 0);
    return true;
}

GPtrArray *samples_undrawn(Db *db, Day week, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)sample_row_free);
    g_auto(Statement) s = db_statement(db, SAMPLE_UNDRAWN);
    StepResult step;
    bind_day(s, 1, week);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        SampleRow *r = g_new0(SampleRow, 1);
        r->outbox_id = column_int(s, 0);
        r->reference = column_text(s, 1);
        g_ptr_array_add(list, r);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

bool samples_leave_out(Db *db, int64_t outbox_id, GError **error)
{
    g_auto(Statement) s = db_statement(db, SAMPLE_LEAVE_OUT);
    bind_int(s, 1, outbox_id);
    return statement_run(db, s, error);
}

bool samples_draw(Db *db, int64_t outbox_id, bool drawn, GError **error)
{
    g_auto(Statement) s = db_statement(db, SAMPLE_DRAW);
    bind_int(s, 1, outbox_id);
    bind_int(s, 2, drawn);
    return statement_run_one(db, s, "automatic rejection", outbox_id, error);
}

bool samples_add_week(Db *db, const SampleWeek *w, GError **error)
{
    g_autoptr(GBytes) seed = g_bytes_new(w->seed, SEED_BYTES);
    g_auto(Statement) s = db_statement(db, SAMPLE_WEEK_ADD);
    bind_day(s, 1, w->week);
    bind_int(s, 2, w->at);
    bind_bytes(s, 3, seed);
    bind_int(s, 4, w->percent);
    bind_int(s, 5, w->minimum);
    bind_int(s, 6, w->rejections);
    bind_int(s, 7, w->drawn);
    return statement_run(db, s, error);
}

static bool read_names(Statement s, SampleRow *r, GError **error)
{
    int language = column_name(s, 6, NAMES_OF(language_name), LANGUAGE_COUNT, error);
    if (language < 0)
        return false;
    int channel = column_name(s, 7, NAMES_OF(channel_name), CHANNEL_COUNT, error);
    if (channel < 0)
        return false;
    int type = column_name(s, 8, NAMES_OF(representative_name), REPRESENTATIVE_COUNT, error);
    if (type < 0)
        return false;
    r->language = (Language)language;
    r->channel = (Channel)channel;
    r->representative = (RepresentativeType)type;
    return column_set(s, 5, NAMES_OF(reason_name), REASON_COUNT, &r->reasons, error) &&
           column_set(s, 12, NAMES_OF(reason_name), REASON_COUNT, &r->read_reasons, error);
}

static SampleRow *row_of(Statement s, GError **error)
{
    g_autoptr(SampleRow) r = g_new0(SampleRow, 1);
    r->outbox_id = column_int(s, 0);
    r->case_id = column_int(s, 1);
    r->reference = column_text(s, 2);
    r->at = column_int(s, 3);
    r->week = column_day(s, 4);
    r->read_at = column_int(s, 9);
    r->reader = column_text(s, 10);
    if (!read_names(s, r, error))
        return NULL;
    if (!r->read_at)
        return g_steal_pointer(&r);
    int decision = column_name(s, 11, NAMES_OF(decision_name), DECISION_COUNT, error);
    if (decision < 0)
        return NULL;
    r->read_decision = (Decision)decision;
    return g_steal_pointer(&r);
}

GPtrArray *samples_all(Db *db, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)sample_row_free);
    g_auto(Statement) s = db_statement(db, SAMPLE_ROWS);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        SampleRow *r = row_of(s, error);
        if (!r)
            return NULL;
        g_ptr_array_add(list, r);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

SampleRow *samples_of_case(Db *db, int64_t case_id, GError **error)
{
    g_auto(Statement) s = db_statement(db, SAMPLE_OF_CASE);
    bind_int(s, 1, case_id);
    return statement_step(db, s, error) == STEP_ROW ? row_of(s, error) : NULL;
}

bool samples_read(Db *db, const SampleRow *r, GError **error)
{
    g_autofree char *reasons = SET_TO_TEXT(r->read_reasons, reason_name, REASON_COUNT);
    g_auto(Statement) s = db_statement(db, SAMPLE_READ);
    bind_int(s, 1, r->outbox_id);
    bind_int(s, 2, r->read_at);
    bind_text_cut(s, 3, r->reader, 200);
    bind_text(s, 4, decision_name(r->read_decision));
    bind_text(s, 5, reasons);
    return statement_run_one(db, s, "blind reading", r->outbox_id, error);
}
