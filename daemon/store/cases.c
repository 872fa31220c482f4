#include "daemon/store/cases.h"
#include "daemon/store/statement.h"
#include <string.h>

#define NAME_MOST 500u /* bytes of a person's name */
#define WHO_MOST  200u

CaseRow *case_row_new(void)
{
    CaseRow *c = g_new0(CaseRow, 1);
    c->reply_due = DAY_NONE;
    return c;
}

void case_row_free(CaseRow *c)
{
    if (!c)
        return;
    g_free(c->reference);
    g_free(c->decided_by);
    g_free(c->contact_name);
    g_free(c->contact_address);
    g_free(c);
}

/* The texts of a row's sets, which live as long as its statement needs them. */
typedef struct Sets {
    char *reasons, *asks, *refer, *flags;
} Sets;

static void sets_clear(Sets *s)
{
    g_free(s->reasons);
    g_free(s->asks);
    g_free(s->refer);
    g_free(s->flags);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sets, sets_clear)

static Sets sets_of(uint32_t reasons, uint32_t asks, uint32_t refer, uint32_t flags)
{
    return (Sets){
        SET_TO_TEXT(reasons, reason_name, REASON_COUNT), SET_TO_TEXT(asks, ask_name, ASK_COUNT),
        SET_TO_TEXT(refer, refer_name, REFER_COUNT), SET_TO_TEXT(flags, flag_name, FLAG_COUNT)};
}

/* ?3 to ?20 of CASE_SET. */
static void bind_case(Statement s, const CaseRow *c, const Sets *sets)
{
    bind_int(s, 3, c->received_at);
    bind_day(s, 4, c->reply_due);
    bind_id(s, 5, c->decided_at);
    bind_text_cut(s, 6, c->decided_by, WHO_MOST);
    bind_text_cut(s, 7, c->contact_name, NAME_MOST);
    bind_text(s, 8, c->contact_address);
    bind_text(s, 9, language_name(c->language));
    bind_text(s, 10, area_name(c->area));
    bind_text(s, 11, channel_name(c->channel));
    bind_text(s, 12, decision_name(c->decision));
    bind_text(s, 13, sets->reasons);
    bind_text(s, 14, sets->asks);
    bind_text(s, 15, sets->refer);
    bind_text(s, 16, sets->flags);
    bind_text(s, 17, release_name(c->release));
    bind_int(s, 18, c->asked_count);
    bind_id(s, 19, c->linked_case);
    bind_int(s, 20, c->chased);
}

static bool next_number(Db *db, int year2, uint32_t *number, GError **error)
{
    g_autofree char *name = g_strdup_printf("case-%02d", year2);
    g_auto(Statement) s = db_statement(db, SERIAL_NEXT);
    int64_t last;
    bind_text(s, 1, name);
    if (!statement_number(db, s, 0, &last, error))
        return false;
    *number = (uint32_t)last;
    return true;
}

bool cases_create(Db *db, CaseRow *c, int year2, int64_t now, GError **error)
{
    uint32_t number = 0;
    g_assert(db->in_transaction && year2 >= 0 && year2 <= 99);
    if (!next_number(db, year2, &number, error))
        return false;
    g_autofree char *reference = case_reference(year2, number);
    g_auto(Sets) sets = sets_of(c->reasons, c->asks, c->refer, c->flags);
    g_auto(Statement) s = db_statement(db, CASE_INSERT);
    bind_text(s, 2, case_state_name(c->state));
    bind_case(s, c, &sets);
    bind_text(s, 21, reference);
    bind_int(s, 22, c->first_contact_at);
    bind_int(s, 23, now);
    if (!statement_run_one(db, s, "case number", number, error))
        return false;
    c->id = sqlite3_last_insert_rowid(db->handle);
    g_free(c->reference);
    c->reference = g_steal_pointer(&reference);
    return true;
}

static bool state_of(Db *db, int64_t id, CaseState *state, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASE_STATE);
    bind_int(s, 1, id);
    StepResult step = statement_step(db, s, error);
    if (step == STEP_DONE)
        g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
                    "register: there is no case with id %" G_GINT64_FORMAT, id);
    int n = step == STEP_ROW ? column_name(s, 0, NAMES_OF(case_state_name), CASE_STATE_COUNT, error)
                             : -1;
    if (n < 0)
        return false;
    *state = (CaseState)n;
    return true;
}

bool cases_update(Db *db, const CaseRow *c, GError **error)
{
    CaseState from;
    if (!state_of(db, c->id, &from, error))
        return false;
    bool listed = case_may_move(from, c->state);
    if (!listed && from != c->state) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_MOVE, "register: %s is %s and cannot become %s",
                    c->reference, case_state_name(from), case_state_name(c->state));
        return false;
    }
    g_auto(Sets) sets = sets_of(c->reasons, c->asks, c->refer, c->flags);
    g_auto(Statement) s = db_statement(db, listed ? CASE_MOVE : CASE_KEEP);
    bind_int(s, 1, c->id);
    if (listed)
        bind_text(s, 2, case_state_name(c->state));
    bind_case(s, c, &sets);
    return statement_run_one(db, s, "case", c->id, error);
}

/* The columns that are names; false with an error for one unknown here. */
static bool read_names(Statement s, CaseRow *c, GError **error)
{
    int state = column_name(s, 2, NAMES_OF(case_state_name), CASE_STATE_COUNT, error);
    if (state < 0)
        return false;
    int language = column_name(s, 10, NAMES_OF(language_name), LANGUAGE_COUNT, error);
    if (language < 0)
        return false;
    int area = column_name(s, 11, NAMES_OF(area_name), AREA_COUNT, error);
    if (area < 0)
        return false;
    int channel = column_name(s, 12, NAMES_OF(channel_name), CHANNEL_COUNT, error);
    if (channel < 0)
        return false;
    int decision = column_name(s, 13, NAMES_OF(decision_name), DECISION_COUNT, error);
    if (decision < 0)
        return false;
    int release = column_name(s, 18, NAMES_OF(release_name), RELEASE_COUNT, error);
    if (release < 0)
        return false;
    c->state = (CaseState)state;
    c->language = (Language)language;
    c->area = (BusinessArea)area;
    c->channel = (Channel)channel;
    c->decision = (Decision)decision;
    c->release = (Release)release;
    return true;
}

static bool read_sets(Statement s, CaseRow *c, GError **error)
{
    return column_set(s, 14, NAMES_OF(reason_name), REASON_COUNT, &c->reasons, error) &&
           column_set(s, 15, NAMES_OF(ask_name), ASK_COUNT, &c->asks, error) &&
           column_set(s, 16, NAMES_OF(refer_name), REFER_COUNT, &c->refer, error) &&
           column_set(s, 17, NAMES_OF(flag_name), FLAG_COUNT, &c->flags, error);
}

static CaseRow *row_of(Statement s, GError **error)
{
    g_autoptr(CaseRow) c = case_row_new();
    c->id = column_int(s, 0);
    c->reference = column_text(s, 1);
    c->first_contact_at = column_int(s, 3);
    c->received_at = column_int(s, 4);
    c->reply_due = column_day(s, 5);
    c->decided_at = column_int(s, 6);
    c->decided_by = column_text(s, 7);
    c->contact_name = column_text(s, 8);
    c->contact_address = column_text(s, 9);
    c->asked_count = (int)column_int(s, 19);
    c->linked_case = column_int(s, 20);
    c->chased = (int)column_int(s, 21);
    if (!read_names(s, c, error) || !read_sets(s, c, error)) {
        g_prefix_error(error, "%s: ", c->reference);
        return NULL;
    }
    return g_steal_pointer(&c);
}

CaseRow *cases_load(Db *db, int64_t id, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASE_LOAD);
    bind_int(s, 1, id);
    return statement_step(db, s, error) == STEP_ROW ? row_of(s, error) : NULL;
}

CaseRow *cases_by_reference(Db *db, const char *reference, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASE_BY_REFERENCE);
    bind_text(s, 1, reference);
    return statement_step(db, s, error) == STEP_ROW ? row_of(s, error) : NULL;
}

static bool wanted(const CaseRow *c, const CaseFilter *f)
{
    bool silent = c->state == CASE_ASKED && c->chased >= CHASED_SILENT;
    return (f->flags_any == 0 || (c->flags & f->flags_any)) && (!f->silent || silent);
}

/* Rows of the statement that pass what of the filter is not SQL, `limit` of them (0: all). */
static GPtrArray *collect(Db *db, Statement s, const CaseFilter *f, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)case_row_free);
    StepResult step = STEP_DONE;
    while ((f->limit == 0 || list->len < f->limit) &&
           (step = statement_step(db, s, error)) == STEP_ROW) {
        g_autoptr(CaseRow) c = row_of(s, error);
        if (!c)
            return NULL;
        if (wanted(c, f))
            g_ptr_array_add(list, g_steal_pointer(&c));
    }
    return step == STEP_FAILED ? NULL : g_steal_pointer(&list);
}

/* A LIKE pattern for "has this in it"; what the user writes has no wildcards. */
static char *pattern_of(const char *text)
{
    GString *p = g_string_new("%");
    for (; *text; text++) {
        if (strchr("%_\\", *text))
            g_string_append_c(p, '\\');
        g_string_append_c(p, *text);
    }
    g_string_append_c(p, '%');
    return g_string_free(p, FALSE);
}

GPtrArray *cases_list(Db *db, const CaseFilter *filter, GError **error)
{
    g_autofree char *pattern = filter->text ? pattern_of(filter->text) : NULL;
    g_auto(Statement) s = db_statement(db, CASE_LIST);
    if (filter->state >= 0)
        bind_text(s, 1, case_state_name((CaseState)filter->state));
    if (filter->decision >= 0)
        bind_text(s, 2, decision_name((Decision)filter->decision));
    bind_day(s, 3, filter->due_by);
    if (pattern)
        bind_text(s, 4, pattern);
    return collect(db, s, filter, error);
}

GPtrArray *cases_owed(Db *db, Day due, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASE_OWED);
    bind_day(s, 1, due);
    return collect(db, s, &(CaseFilter){0}, error);
}

GPtrArray *cases_silent(Db *db, int64_t asked_before, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASE_SILENT);
    bind_int(s, 1, asked_before);
    return collect(db, s, &(CaseFilter){0}, error);
}

int64_t cases_asked_before(Day today, int days)
{
    return day_instant(today - days + 1, 0, 0);
}
