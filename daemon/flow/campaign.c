#include "daemon/flow/campaign.h"
#include "daemon/base/log.h"
#include "daemon/flow/alarm.h"
#include "daemon/flow/outcome.h"
#include "daemon/flow/release.h"
#include "daemon/store/matters.h"
#include "daemon/store/messages.h"
#include <string.h>

#define DAY_S       INT64_C(86400)
#define REMEMBERED  (28 * DAY_S) /* how long after its last message a campaign takes more in */
#define BAND_FACTOR 3u           /* rows read of a band, for one that the limit needs */

static const char WHY[] = "one of many near-identical messages in a day: no rule decides it";

void campaign_clear(Campaign *c)
{
    g_clear_pointer(&c->members, g_ptr_array_unref);
    *c = (Campaign){0};
}

bool campaign_holds(const Campaign *c)
{
    return c->id || c->members;
}

unsigned campaign_bands(const Sketch *s, int64_t bands[CAMPAIGN_BANDS])
{
    Sketch faces[SKETCH_FACES];
    unsigned n = sketch_faces(s, faces);
    for (unsigned k = 0; k < n; k++)
        sketch_bands(&faces[k], bands + k * SKETCH_BANDS);
    return n * SKETCH_BANDS;
}

static bool alike(const Office *o, const Sketch *one, const Sketch *other)
{
    return sketch_likeness(one, other) >= (unsigned)o->settings->casework.campaign_likeness;
}

/* By any face of that message. */
static bool row_alike(const Office *o, const SketchRow *r, const Sketch *face)
{
    Sketch s, faces[SKETCH_FACES];
    bool found = false;
    if (!kin_sketch(r, &s))
        return false;
    unsigned count = sketch_faces(&s, faces);
    for (unsigned n = 0; n < count; n++)
        found |= alike(o, &faces[n], face);
    return found;
}

static bool find_running(Office *o, const Arrival *a, const Sketch *face, Campaign *out,
                         GError **error)
{
    g_autoptr(GPtrArray) rows = matters_campaigns(o->db, a->received_at - REMEMBERED, error);
    for (unsigned n = 0; rows && n < rows->len && !out->id; n++) {
        const CampaignRow *c = rows->pdata[n];
        Sketch s;
        if (sketch_of_bytes(c->minima, &s) && alike(o, &s, face))
            out->id = c->id;
    }
    return rows != NULL;
}

static bool is_listed(const GPtrArray *rows, const SketchRow *row)
{
    for (unsigned n = 0; n < rows->len; n++)
        if (((const SketchRow *)rows->pdata[n])->message_id == row->message_id)
            return true;
    return false;
}

/* Adds the band's messages of that day that are like this one and less than 24 hours from it. */
static bool add_alike(Office *o, const Arrival *a, const Sketch *face, int64_t day, int64_t band,
                      GPtrArray *list, GError **error)
{
    unsigned limit = (unsigned)o->settings->casework.campaign_messages * BAND_FACTOR;
    g_autoptr(GPtrArray) rows = matters_sketches_of_band(o->db, day, band, limit, error);
    for (unsigned n = 0; rows && n < rows->len; n++) {
        SketchRow *row = rows->pdata[n];
        if (ABS(row->received_at - a->received_at) >= DAY_S || is_listed(list, row) ||
            !row_alike(o, row, face))
            continue;
        rows->pdata[n] = NULL;
        g_ptr_array_add(list, row);
    }
    return rows != NULL;
}

/* Cases written to in the 24 hours from `begin`, that of this message among them. */
static unsigned cases_from(const GPtrArray *rows, int64_t begin, int64_t own)
{
    g_autoptr(GHashTable) cases = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_hash_table_add(cases, &own);
    for (unsigned n = 0; n < rows->len; n++) {
        SketchRow *r = rows->pdata[n];
        if (r->received_at >= begin && r->received_at < begin + DAY_S)
            g_hash_table_add(cases, &r->case_id);
    }
    return g_hash_table_size(cases);
}

/* More than the limit within any 24 hours that hold this message. */
static bool too_many(const Office *o, const Arrival *a, int64_t own, const GPtrArray *rows)
{
    unsigned limit = (unsigned)o->settings->casework.campaign_messages;
    if (rows->len < limit)
        return false;
    bool found = cases_from(rows, a->received_at, own) > limit;
    for (unsigned n = 0; n < rows->len && !found; n++) {
        int64_t begin = ((const SketchRow *)rows->pdata[n])->received_at;
        found = begin <= a->received_at && cases_from(rows, begin, own) > limit;
    }
    return found;
}

static bool find_new(Office *o, const Arrival *a, const Sketch *face, int64_t own, Campaign *out,
                     GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)sketch_row_free);
    int64_t bands[SKETCH_BANDS], day = a->received_at / DAY_S;
    sketch_bands(face, bands);
    for (int64_t d = day - 1; d <= day + 1; d++)
        for (unsigned n = 0; n < SKETCH_BANDS; n++)
            if (!add_alike(o, a, face, d, bands[n], list, error))
                return false;
    if (too_many(o, a, own, list)) {
        out->members = g_steal_pointer(&list);
        out->face = *face;
    }
    return true;
}

bool campaign_find(Office *o, const Arrival *a, int64_t case_id, Campaign *out, GError **error)
{
    Sketch own = *a->sketch, faces[SKETCH_FACES];
    if (!o->settings->casework.campaign_messages || a->facts->thanks_only)
        return true;
    if (case_id) { /* a few words, or papers, in a case there is answer something */
        own.words = 0;
        own.papers_sha256[0] = '\0';
    }
    unsigned count = sketch_faces(&own, faces);
    for (unsigned n = 0; n < count && !campaign_holds(out); n++) {
        if (!find_running(o, a, &faces[n], out, error) ||
            (!out->id && !find_new(o, a, &faces[n], case_id, out, error)))
            return false;
    }
    return true;
}

/* One that came before: what is held for it waits for a person. */
static bool enter_earlier(Office *o, int64_t campaign, const SketchRow *r, GError **error)
{
    MessageRow *m = messages_load(o->db, r->message_id, error);
    g_autoptr(CaseRow) c = m && m->case_id ? cases_load(o->db, m->case_id, error) : NULL;
    bool ok = m && matters_enter_campaign(o->db, campaign, m->id, m->received_at, error) &&
              (!m->case_id || (c && outcome_review(o, c, "campaign", WHY, error)));
    message_row_free(m);
    return ok;
}

static int64_t begin_campaign(Office *o, const Campaign *c, const Arrival *a, GError **error)
{
    g_autoptr(GBytes) minima = sketch_to_bytes(&c->face);
    int64_t began = a->received_at;
    for (unsigned n = 0; n < c->members->len; n++)
        began = MIN(began, ((const SketchRow *)c->members->pdata[n])->received_at);
    int64_t id = matters_add_campaign(o->db, began, a->received_at, minima, error);
    for (unsigned n = 0; id && n < c->members->len; n++)
        if (!enter_earlier(o, id, c->members->pdata[n], error))
            return 0;
    unsigned recalled = 0; /* rejected before anybody could know: what has not left comes back */
    if (!id || !release_call_back(o, &recalled, error))
        return 0;
    log_warning("a campaign: %u near-identical messages in a day; people decide them",
                c->members->len + 1);
    return id;
}

bool campaign_enter(Office *o, const Campaign *c, const Arrival *a, int64_t case_id, GError **error)
{
    if (!campaign_holds(c))
        return true;
    int64_t id = c->id ? c->id : begin_campaign(o, c, a, error);
    g_autoptr(CaseRow) row = id ? cases_load(o->db, case_id, error) : NULL;
    return row && (c->id || alarm_raise(o, row, ALERT_CAMPAIGN, a->message_id, error)) &&
           matters_enter_campaign(o->db, id, a->message_id, a->received_at, error) &&
           outcome_review(o, row, "campaign", WHY, error);
}

void campaign_refer(Judgement *j)
{
    if (j->decision == DECISION_REFER || j->decision == DECISION_NONE)
        return;
    j->decision = DECISION_REFER;
    j->line = 2; /* for a person, whatever else holds */
    j->reasons = j->asks = 0;
    j->release = RELEASE_REVIEWED;
    g_free(j->release_why);
    j->release_why = g_strdup(reviewed_name(REVIEWED_CAMPAIGN));
}
