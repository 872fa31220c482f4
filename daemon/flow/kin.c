#include "daemon/flow/kin.h"
#include "daemon/base/clock.h"
#include "daemon/casework/merge.h"
#include "daemon/flow/campaign.h"
#include "daemon/model/address.h"
#include "daemon/store/matters.h"
#include "daemon/store/messages.h"
#include <string.h>

enum {
    CASES_MOST = 200,   /* of one sender that are looked at */
    LINKS_MOST = 20,    /* to cases of other people by one key */
    HARDLY_TOUCHED = 90 /* of 100: the same text typed or scanned again */
};

void kin_clear(Kin *k)
{
    g_clear_pointer(&k->row, case_row_free);
    g_clear_pointer(&k->others, g_ptr_array_unref);
    *k = (Kin){0};
}

bool arrival_by_form(const Facts *facts)
{
    for (unsigned n = 0; n < facts->references->len; n++)
        if (!strcmp(((const Reference *)facts->references->pdata[n])->type, "govuk-forms"))
            return true;
    return false;
}

/* Who the sender is rests on what a form or letter says, not on where mail came from. */
static bool by_form_or_letter(const Arrival *a)
{
    return a->channel != CHANNEL_EMAIL || arrival_by_form(a->facts);
}

const char *arrival_address(const Arrival *a)
{
    const char *address = by_form_or_letter(a) ? a->facts->reply_address : a->sender;
    bool forged = a->facts->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED);
    return forged || addr_is_robot(address) ? "" : address;
}

bool arrival_is_mailed(const Arrival *a)
{
    return !by_form_or_letter(a) && arrival_address(a)[0];
}

/* ---- one case to compare with */

typedef struct Held {
    CaseRow *row;
    Facts *facts;
    GPtrArray *rows;  /* SketchRow */
    Sketch *sketches; /* of the rows */
    bool recent;
} Held;

static void held_clear(Held *h)
{
    g_clear_pointer(&h->row, case_row_free);
    g_clear_pointer(&h->facts, facts_free);
    g_clear_pointer(&h->rows, g_ptr_array_unref);
    g_clear_pointer(&h->sketches, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Held, held_clear)

bool kin_sketch(const SketchRow *r, Sketch *out)
{
    *out = (Sketch){.words = SKETCH_SHORT_LEAST};
    g_strlcpy(out->words_sha256, r->words_sha256, sizeof out->words_sha256);
    g_strlcpy(out->papers_sha256, r->papers_sha256, sizeof out->papers_sha256);
    return sketch_of_bytes(r->minima, out) && sketch_letter_of_bytes(r->letter_minima, out);
}

static bool within(const Office *o, int64_t one, int64_t other)
{
    Day first = day_of_instant(MIN(one, other)), last = day_of_instant(MAX(one, other));
    int days = o->settings->casework.join_days;
    Day end = calendar_add(o->calendar, first, days);
    return last <= (end != DAY_NONE ? end : first + days); /* past the calendar: plain days */
}

/* Whatever is_recent was received at this instant or later. */
static int64_t recent_since(const Office *o, int64_t at)
{
    int64_t since = at;
    while (within(o, since, at))
        since -= 86400;
    return since;
}

static bool is_recent(const Office *o, const Held *h, const Arrival *a)
{
    bool recent = within(o, h->row->received_at, a->received_at);
    for (unsigned n = 0; !recent && n < h->rows->len; n++)
        recent = within(o, ((const SketchRow *)h->rows->pdata[n])->received_at, a->received_at);
    return recent;
}

static bool held_load(Office *o, int64_t id, const Arrival *a, Held *h, GError **error)
{
    g_autoptr(GPtrArray) facts = NULL;
    if (!(h->row = cases_load(o->db, id, error)) ||
        !(h->rows = matters_sketches_of_case(o->db, id, error)) ||
        !(facts = messages_facts_of_case(o->db, id, error)))
        return false;
    h->facts = facts->len ? facts_merge(facts) : facts_new();
    h->sketches = g_new0(Sketch, h->rows->len + 1);
    for (unsigned n = 0; n < h->rows->len; n++)
        (void)kin_sketch(h->rows->pdata[n], &h->sketches[n]);
    h->recent = is_recent(o, h, a);
    return true;
}

static int64_t repeat_of(const Held *h, const Arrival *a)
{
    for (unsigned n = 0; n < h->rows->len; n++)
        if (sketch_is_repeat(&h->sketches[n], a->sketch))
            return ((const SketchRow *)h->rows->pdata[n])->message_id;
    return 0;
}

static bool answers_own(Office *o, const Held *h, const Arrival *a)
{
    for (char **r = a->document->references; r && *r; r++)
        if (matters_wrote(o->db, h->row->id, *r))
            return true;
    return false;
}

static MatterMatch compare(Office *o, const Held *h, const Arrival *a, bool only, const char **why)
{
    g_autoptr(GPtrArray) subjects = g_ptr_array_new();
    g_autofree char *subject = matter_subject(a->document->subject);
    for (unsigned n = 0; n < h->rows->len; n++)
        g_ptr_array_add(subjects, ((SketchRow *)h->rows->pdata[n])->subject);
    g_ptr_array_add(subjects, NULL);
    const char *const own[] = {subject, NULL};
    MatterSide held = {h->facts, (const char *const *)(void *)subjects->pdata, h->sketches,
                       h->rows->len};
    MatterSide now = {a->facts, own, a->sketch, 1};
    return matter_compare(&held, &now, (MatterSigns){answers_own(o, h, a), only}, why);
}

static bool is_mailed(const Held *h)
{
    for (unsigned n = 0; n < h->rows->len; n++)
        if (((const SketchRow *)h->rows->pdata[n])->mailed)
            return true;
    return false;
}

/* A form, a letter, or mail to a case without an address: nothing but its content says whose. A
 * name and a reference are known to others than the person: between what came from an address of
 * the person's own and what did not they are no more than a hint. */
static MatterMatch compare_by_content(const Held *h, const Arrival *a, const char **why)
{
    bool words = repeat_of(h, a) != 0;
    for (unsigned n = 0; !words && n < h->rows->len; n++)
        words = sketch_likeness(&h->sketches[n], a->sketch) >= HARDLY_TOUCHED;
    *why = words ? "the same words and name, another way" : "the same reference and name";
    if (names_agree(h->facts->complainant_name, a->facts->complainant_name) != TRI_YES)
        return MATTER_OTHER;
    if (words)
        return MATTER_SAME;
    bool hint = by_form_or_letter(a) == is_mailed(h);
    return !references_shared(h->facts, a->facts) ? MATTER_OTHER
           : hint                                 ? MATTER_UNSURE
                                                  : MATTER_SAME;
}

/* ---- the search */

static void take(Kin *k, Held *h, const Arrival *a, MatterMatch match, const char *why)
{
    bool too_many = k->too_many;
    kin_clear(k);
    *k = (Kin){
        .match = match,
        .row = g_steal_pointer(&h->row),
        .others = g_ptr_array_new_with_free_func((GDestroyNotify)case_row_free),
        .why = why,
        .repeat_of = match == MATTER_SAME ? repeat_of(h, a) : 0,
        .recent = h->recent,
        .too_many = too_many,
    };
}

static bool is_found(const Kin *k, int64_t id)
{
    bool found = k->row->id == id;
    for (unsigned n = 0; !found && n < k->others->len; n++)
        found = ((const CaseRow *)k->others->pdata[n])->id == id;
    return found;
}

static bool waits(const Held *h)
{
    return h->row->state == CASE_AWAITING_RELEASE;
}

/* Of those that match equally well the newest is the case, the rest may be meant as well. After the
 * join days what is only perhaps the same is another matter, but for a rejection that waits. */
static void weigh(Kin *k, Held *h, const Arrival *a, MatterMatch match, const char *why)
{
    bool counts = match == MATTER_SAME || (match == MATTER_UNSURE && (h->recent || waits(h)));
    if (counts && match > k->match)
        take(k, h, a, match, why);
    else if (counts && match == k->match && !is_found(k, h->row->id))
        g_ptr_array_add(k->others, g_steal_pointer(&h->row));
}

static unsigned recent_count(const Held *held, unsigned n)
{
    unsigned recent = 0;
    for (unsigned k = 0; k < n; k++)
        recent += held[k].recent;
    return recent;
}

/* It may be the half of any story that is about to be rejected for want of it. */
static MatterMatch compare_unread(const Held *h, const char **why)
{
    *why = "a message of the same sender that could not be read";
    return waits(h) ? MATTER_UNSURE : MATTER_OTHER;
}

static bool search_sender(Office *o, const Arrival *a, const GArray *ids, Kin *out, GError **error)
{
    Held held[CASES_MOST] = {0};
    unsigned n = 0, most = MIN(ids->len, CASES_MOST);
    bool ok = true;
    out->too_many = ids->len > CASES_MOST;
    for (; ok && n < most; n++)
        ok = held_load(o, g_array_index(ids, int64_t, n), a, &held[n], error);
    unsigned recent = recent_count(held, n);
    for (unsigned k = 0; ok && k < n; k++) {
        const char *why = NULL;
        MatterMatch match = a->unread              ? compare_unread(&held[k], &why)
                            : by_form_or_letter(a) ? compare_by_content(&held[k], a, &why)
                                                   : compare(o, &held[k], a, recent <= 1, &why);
        if (held[k].row->id != a->named)
            weigh(out, &held[k], a, match, why);
    }
    for (unsigned k = 0; k < n; k++)
        held_clear(&held[k]);
    return ok;
}

static char *reference_key(const Reference *r)
{
    return g_strdup_printf("ref:%s:%s", r->type, r->value);
}

/* "name:", "words:" and "ref:" keys of a message; g_strfreev. */
static char **keys_of(const Arrival *a)
{
    g_autoptr(GStrvBuilder) keys = g_strv_builder_new();
    g_autofree char *name = name_key(a->facts->complainant_name);
    g_autofree char *by_name = name[0] ? g_strconcat("name:", name, NULL) : NULL;
    g_autofree char *by_words = g_strconcat("words:", a->sketch->words_sha256, NULL);
    if (by_name)
        g_strv_builder_add(keys, by_name);
    if (a->sketch->some)
        g_strv_builder_add(keys, by_words);
    for (unsigned n = 0; n < a->facts->references->len; n++) {
        const Reference *r = a->facts->references->pdata[n];
        g_autofree char *key = reference_key(r);
        if (strcmp(r->type, "govuk-forms") != 0)
            g_strv_builder_add(keys, key);
    }
    return g_strv_builder_end(keys);
}

/* A form or letter that gives no address. */
static bool says_only(const Arrival *a)
{
    return by_form_or_letter(a) && !arrival_address(a)[0];
}

static bool held_says_only(const Held *h)
{
    bool said = h->row->channel != CHANNEL_EMAIL || arrival_by_form(h->facts);
    return said && !h->row->contact_address[0];
}

/* Where one of the two came with no address that could be known. */
static bool search_content(Office *o, const Arrival *a, Kin *out, GError **error)
{
    g_auto(GStrv) keys = keys_of(a);
    for (char **key = keys; *key; key++) {
        if (g_str_has_prefix(*key, "name:"))
            continue;
        g_autoptr(GArray) ids = matters_by_key(o->db, *key, LINKS_MOST, error);
        if (!ids)
            return false;
        for (unsigned n = 0; n < ids->len; n++) {
            g_auto(Held) h = {0};
            const char *why = NULL;
            if (!held_load(o, g_array_index(ids, int64_t, n), a, &h, error))
                return false;
            if (!h.recent || h.row->id == a->named || (!says_only(a) && !held_says_only(&h)))
                continue;
            MatterMatch match = compare_by_content(&h, a, &why);
            weigh(out, &h, a, match, why);
        }
    }
    return true;
}

bool kin_find(Office *o, const Arrival *a, Kin *out, GError **error)
{
    const char *address = arrival_address(a);
    if (a->facts->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED))
        return true;
    if (address[0]) {
        g_autofree char *lower = g_ascii_strdown(address, -1);
        int64_t since = recent_since(o, a->received_at);
        g_autoptr(GArray) ids = matters_by_address(o->db, lower, since, CASES_MOST + 1, error);
        if (!ids || !search_sender(o, a, ids, out, error))
            return false;
    }
    return out->match == MATTER_SAME || search_content(o, a, out, error);
}

bool kin_joins(const Kin *k)
{
    if (k->match != MATTER_SAME)
        return false;
    switch (k->row->state) {
    case CASE_ASKED: /* an answer to our question, however late */
        return true;
    case CASE_RECEIVED:
    case CASE_REFERRED:
    case CASE_AWAITING_RELEASE:
    case CASE_ACCEPTED:
        return k->recent;
    case CASE_REJECTED:
    case CASE_CLOSED:
    case CASE_STATE_COUNT:
        break;
    }
    return false;
}

/* ---- what it will be found by */

static bool add_sketch(Office *o, const Arrival *a, GError **error)
{
    int64_t bands[CAMPAIGN_BANDS];
    g_autofree char *subject = matter_subject(a->document->subject);
    g_autoptr(GBytes) minima = sketch_to_bytes(a->sketch);
    g_autoptr(GBytes) letter = sketch_letter_to_bytes(a->sketch);
    SketchRow row = {
        .message_id = a->message_id,
        .received_at = a->received_at,
        .sender = (char *)arrival_address(a),
        .subject = subject,
        .words_sha256 = (char *)a->sketch->words_sha256,
        .papers_sha256 = (char *)a->sketch->papers_sha256,
        .minima = minima,
        .letter_minima = letter,
    };
    return matters_add_sketch(o->db, &row, bands, campaign_bands(a->sketch, bands), error);
}

/* The same name is much less than the same reference: it links what a person wrote with what
 * somebody wrote for them. */
static bool same_matter(const CaseRow *one, const CaseRow *other, bool by_name)
{
    uint32_t differ = (one->flags ^ other->flags) & BIT(FLAG_REPRESENTATIVE);
    bool area = one->area == other->area && one->area != AREA_UNKNOWN;
    return !by_name || (differ && area);
}

static bool link_by(Office *o, const CaseRow *c, const char *key, GError **error)
{
    bool by_name = g_str_has_prefix(key, "name:");
    g_autoptr(GArray) ids = matters_by_key(o->db, key, LINKS_MOST, error);
    for (unsigned n = 0; ids && n < ids->len; n++) {
        int64_t id = g_array_index(ids, int64_t, n);
        if (id == c->id)
            continue;
        g_autoptr(CaseRow) other = cases_load(o->db, id, error);
        if (!other)
            return false;
        if (same_matter(c, other, by_name) && !matters_link(o->db, MAX(c->id, id), MIN(c->id, id),
                                                            LINK_SAME_MATTER, clock_now(), error))
            return false;
    }
    return ids != NULL;
}

bool kin_register(Office *o, const Arrival *a, int64_t case_id, GError **error)
{
    g_auto(GStrv) keys = keys_of(a);
    g_autoptr(CaseRow) c = cases_load(o->db, case_id, error);
    if (!c || !add_sketch(o, a, error))
        return false;
    for (char **key = keys; *key; key++) {
        bool link = !g_str_has_prefix(*key, "words:");
        if (!matters_add_key(o->db, case_id, *key, error) || (link && !link_by(o, c, *key, error)))
            return false;
    }
    return true;
}
