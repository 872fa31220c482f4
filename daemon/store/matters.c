#include "daemon/store/matters.h"
#include "daemon/store/statement.h"
#include <assert.h>

#define SUBJECT_MOST 1000u

const char *link_name(LinkWhy why)
{
    static const char *const NAME[] = {"claimed", "later", "unsure", "same-matter"};
    static_assert(G_N_ELEMENTS(NAME) == LINK_COUNT, "one name a value");
    return (unsigned)why < LINK_COUNT ? NAME[why] : NULL;
}

bool matters_link(Db *db, int64_t case_id, int64_t other, LinkWhy why, int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, LINK_INSERT);
    bind_int(s, 1, case_id);
    bind_int(s, 2, other);
    bind_text(s, 3, link_name(why));
    bind_int(s, 4, now);
    return statement_run(db, s, error);
}

void link_row_free(LinkRow *l)
{
    g_free(l->reference);
    g_free(l);
}

GPtrArray *matters_links(Db *db, int64_t case_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)link_row_free);
    g_auto(Statement) s = db_statement(db, LINKS_OF_CASE);
    StepResult step;
    bind_int(s, 1, case_id);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        int why = column_name(s, 1, NAMES_OF(link_name), LINK_COUNT, error);
        if (why < 0)
            return NULL;
        LinkRow *l = g_new0(LinkRow, 1);
        l->reference = column_text(s, 0);
        l->why = (LinkWhy)why;
        l->by_other = column_int(s, 2);
        g_ptr_array_add(list, l);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

bool matters_first_contact(Db *db, int64_t case_id, int64_t at, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASE_EARLIER);
    bind_int(s, 1, case_id);
    bind_int(s, 2, at);
    return statement_run_one(db, s, "case", case_id, error);
}

bool matters_add_key(Db *db, int64_t case_id, const char *key, GError **error)
{
    g_auto(Statement) s = db_statement(db, KEY_OF_CASE);
    bind_text(s, 1, key);
    bind_int(s, 2, case_id);
    return statement_run(db, s, error);
}

static GArray *ids_by(Db *db, Statement s, const char *text, unsigned limit, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    StepResult step;
    bind_text(s, 1, text);
    bind_int(s, 2, limit);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        int64_t case_id = column_int(s, 0);
        g_array_append_val(ids, case_id);
    }
    return step == STEP_DONE ? g_steal_pointer(&ids) : NULL;
}

GArray *matters_by_key(Db *db, const char *key, unsigned limit, GError **error)
{
    g_auto(Statement) s = db_statement(db, CASES_BY_KEY);
    return ids_by(db, s, key, limit, error);
}

GArray *matters_by_address(Db *db, const char *address, int64_t since, unsigned limit,
                           GError **error)
{
    g_auto(Statement) s = db_statement(db, CASES_BY_ADDRESS);
    bind_int(s, 3, since);
    return ids_by(db, s, address, limit, error);
}

bool matters_wrote(Db *db, int64_t case_id, const char *message_id)
{
    g_auto(Statement) s = db_statement(db, CASE_WROTE);
    bind_int(s, 1, case_id);
    bind_text(s, 2, message_id);
    return statement_step(db, s, NULL) == STEP_ROW;
}

void sketch_row_free(SketchRow *s)
{
    if (!s)
        return;
    g_free(s->sender);
    g_free(s->subject);
    g_free(s->words_sha256);
    g_free(s->papers_sha256);
    g_clear_pointer(&s->minima, g_bytes_unref);
    g_clear_pointer(&s->letter_minima, g_bytes_unref);
    g_free(s);
}

static int64_t utc_day(int64_t at)
{
    return at / 86400;
}

static bool add_band(Db *db, const SketchRow *row, int64_t band, GError **error)
{
    g_auto(Statement) s = db_statement(db, BAND_INSERT);
    bind_int(s, 1, utc_day(row->received_at));
    bind_int(s, 2, band);
    bind_int(s, 3, row->message_id);
    return statement_run(db, s, error);
}

bool matters_add_sketch(Db *db, const SketchRow *row, const int64_t *bands, unsigned n,
                        GError **error)
{
    g_auto(Statement) s = db_statement(db, SKETCH_INSERT);
    bind_int(s, 1, row->message_id);
    bind_int(s, 2, row->received_at);
    bind_text(s, 3, row->sender);
    bind_text_cut(s, 4, row->subject, SUBJECT_MOST);
    bind_text(s, 5, row->words_sha256);
    bind_text(s, 6, row->papers_sha256);
    bind_bytes(s, 7, row->minima);
    bind_bytes(s, 8, row->letter_minima);
    bool ok = statement_run(db, s, error);
    for (unsigned k = 0; ok && k < n; k++)
        ok = add_band(db, row, bands[k], error);
    return ok;
}

static GPtrArray *sketch_rows(Db *db, Statement s, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)sketch_row_free);
    StepResult step;
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        SketchRow *row = g_new0(SketchRow, 1);
        row->message_id = column_int(s, 0);
        row->received_at = column_int(s, 1);
        row->sender = column_text(s, 2);
        row->subject = column_text(s, 3);
        row->words_sha256 = column_text(s, 4);
        row->papers_sha256 = column_text(s, 5);
        row->minima = column_bytes(s, 6);
        row->case_id = column_int(s, 7);
        row->mailed = column_int(s, 8) != 0;
        row->letter_minima = column_bytes(s, 9);
        g_ptr_array_add(list, row);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

GPtrArray *matters_sketches_of_case(Db *db, int64_t case_id, GError **error)
{
    g_auto(Statement) s = db_statement(db, SKETCHES_OF_CASE);
    bind_int(s, 1, case_id);
    return sketch_rows(db, s, error);
}

GPtrArray *matters_sketches_of_band(Db *db, int64_t day, int64_t band, unsigned limit,
                                    GError **error)
{
    g_auto(Statement) s = db_statement(db, SKETCHES_OF_BAND);
    bind_int(s, 1, day);
    bind_int(s, 2, band);
    bind_int(s, 3, limit);
    return sketch_rows(db, s, error);
}

void campaign_row_free(CampaignRow *c)
{
    g_bytes_unref(c->minima);
    g_free(c);
}

int64_t matters_add_campaign(Db *db, int64_t began_at, int64_t last_at, GBytes *minima,
                             GError **error)
{
    g_auto(Statement) s = db_statement(db, CAMPAIGN_INSERT);
    bind_int(s, 1, began_at);
    bind_int(s, 2, last_at);
    bind_bytes(s, 3, minima);
    return statement_run(db, s, error) ? sqlite3_last_insert_rowid(db->handle) : 0;
}

bool matters_enter_campaign(Db *db, int64_t campaign, int64_t message_id, int64_t received_at,
                            GError **error)
{
    g_auto(Statement) seen = db_statement(db, CAMPAIGN_SEEN);
    bind_int(seen, 1, campaign);
    bind_int(seen, 2, received_at);
    g_auto(Statement) enter = db_statement(db, CAMPAIGN_ENTER);
    bind_int(enter, 1, message_id);
    bind_int(enter, 2, campaign);
    return statement_run_one(db, seen, "campaign", campaign, error) &&
           statement_run_one(db, enter, "sketch", message_id, error);
}

GPtrArray *matters_campaigns(Db *db, int64_t since, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)campaign_row_free);
    g_auto(Statement) s = db_statement(db, CAMPAIGNS_SINCE);
    StepResult step;
    bind_int(s, 1, since);
    while ((step = statement_step(db, s, error)) == STEP_ROW) {
        CampaignRow *c = g_new0(CampaignRow, 1);
        c->id = column_int(s, 0);
        c->minima = column_bytes(s, 1);
        g_ptr_array_add(list, c);
    }
    return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

bool matters_campaign_of_case(Db *db, int64_t case_id, int64_t *campaign, GError **error)
{
    g_auto(Statement) s = db_statement(db, CAMPAIGN_OF_CASE);
    bind_int(s, 1, case_id);
    return statement_number(db, s, 0, campaign, error);
}

bool matters_campaign_counts(Db *db, int64_t since, int64_t *campaigns, int64_t *messages,
                             GError **error)
{
    g_auto(Statement) s = db_statement(db, CAMPAIGN_COUNTS);
    bind_int(s, 1, since);
    if (statement_step(db, s, error) != STEP_ROW)
        return false;
    *campaigns = column_int(s, 0);
    *messages = column_int(s, 1);
    return true;
}
