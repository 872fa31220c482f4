/* What the complaint is about: business area, what went wrong, references (policy section 2). */
#include "daemon/casework/facts_reading.h"
#include "parsers/references.h"
#include <string.h>

/* ---- business area */

/* How much a mention weighs: a name of the part over a thing it deals with, the letterhead of the
 * Home Office's own answer over both, the sender's choice on the form over everything. */
enum {
    WEIGHT_FORM = 1000,
    WEIGHT_LETTERHEAD = 12,
    WEIGHT_NAMED = 5,
    WEIGHT_MATTER = 2,
    WEIGHT_REFERENCE = 3,
    MENTIONS_MAX = 3, /* of one rule that still add weight */
    LETTERHEAD_WORDS = 12,
};

typedef struct Weights {
    int of[AREA_COUNT];
    bool home_office; /* the Home Office is named at all */
    bool blamed;      /* a sentence complains of another body */
} Weights;

static void weigh_form(const Reading *r, Weights *w)
{
    const char *chosen = reading_chosen(r, FORM_AREA);
    int area = chosen ? NAME_INDEX(area_name, AREA_COUNT, chosen) : -1;
    if (area > AREA_UNKNOWN)
        w->of[area] += WEIGHT_FORM;
}

static int weight_of(const Hit *h)
{
    if (!is_writer(h->passage))
        return h->rule->states && h->at->first < LETTERHEAD_WORDS ? WEIGHT_LETTERHEAD : 0;
    return h->rule->states ? WEIGHT_NAMED : WEIGHT_MATTER;
}

static void weigh_hits(const Reading *r, Weights *w)
{
    g_autoptr(GHashTable) mentions = g_hash_table_new(NULL, NULL);
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_AREA, NULL));) {
        int area = NAME_INDEX(area_name, AREA_COUNT, h->rule->value);
        gpointer key = (gpointer)h->rule;
        unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(mentions, key));
        g_hash_table_insert(mentions, key, GUINT_TO_POINTER(n + 1));
        if (area >= 0 && n < MENTIONS_MAX)
            w->of[area] += weight_of(h);
    }
}

/* DECS prefixes say which business opened the case; COMP is opened by several. */
static void weigh_references(const Reading *r, Weights *w)
{
    static const struct {
        const char *prefix;
        BusinessArea area;
    } PREFIXES[] = {{"POGR", AREA_HM_PASSPORT_OFFICE},
                    {"BF", AREA_BORDER_FORCE},
                    {"IEDET", AREA_IMMIGRATION_ENFORCEMENT},
                    {"GWF", AREA_UKVI},
                    {"IHS", AREA_UKVI},
                    {"COMP", AREA_UKVI},
                    {"WCS", AREA_OTHER_HOME_OFFICE}};
    for (unsigned i = 0; i < r->facts->references->len; i++) {
        const Reference *ref = r->facts->references->pdata[i];
        for (unsigned j = 0; j < G_N_ELEMENTS(PREFIXES); j++)
            if (g_str_has_prefix(ref->value, PREFIXES[j].prefix))
                w->of[PREFIXES[j].area] += WEIGHT_REFERENCE - (j >= 5);
        if (!strcmp(ref->type, "uan"))
            w->of[AREA_UKVI] += WEIGHT_MATTER;
    }
}

static bool names_home_office(const Reading *r)
{
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        if (is_writer(p) && (strstr(p->wording->folded, " home office ") ||
                             strstr(p->wording->folded, " swyddfa gartref ")))
            return true;
    }
    return false;
}

/* Outside the remit only for certain: another body where no part of the Home Office is spoken of;
 * another part of it where it outweighs the five. */
static BusinessArea heaviest(const Weights *w)
{
    BusinessArea best = AREA_UNKNOWN;
    for (int a = AREA_UKVI; a <= AREA_HM_PASSPORT_OFFICE; a++)
        if (w->of[a] > 0 && (best == AREA_UNKNOWN || w->of[a] > w->of[best]))
            best = (BusinessArea)a;
    int five = best == AREA_UNKNOWN ? 0 : w->of[best];
    if (w->of[AREA_OTHER_HOME_OFFICE] > five)
        return AREA_OTHER_HOME_OFFICE;
    if (best == AREA_UNKNOWN && w->of[AREA_OTHER_BODY] > 0 && (!w->home_office || w->blamed))
        return AREA_OTHER_BODY;
    return best;
}

static void find_area(Reading *r)
{
    Weights w = {.home_office = names_home_office(r), .blamed = reading_act(r, ACT_OTHER_BODY) > 1};
    weigh_form(r, &w);
    weigh_hits(r, &w);
    weigh_references(r, &w);
    BusinessArea area = heaviest(&w);
    r->facts->area = area;
    if (area == AREA_UNKNOWN)
        return;
    const Hit *h;
    unsigned noted = 0;
    for (unsigned i = 0; noted < 2 && (h = reading_next(r, &i, RULE_AREA, area_name(area)));) {
        reading_note(r, h, "business_area", area_name(area));
        noted++;
    }
    if (!noted)
        reading_note_shape(r, w.of[area] >= WEIGHT_FORM ? "area.form" : "area.reference",
                           "business_area", area_name(area));
    /* Another part of the Home Office beside one of the five may be either. */
    if (area == AREA_OTHER_HOME_OFFICE)
        for (int a = AREA_UKVI; a <= AREA_HM_PASSPORT_OFFICE; a++)
            if (w.of[a] * 2 > w.of[area] || w.of[a] >= WEIGHT_NAMED)
                r->facts->bars[REASON_NOT_IN_REMIT] = BAR_POSSIBLE;
}

/* ---- what went wrong */

/* Words of a story that no rule knows: past this many, something did happen; fewer
 * where one of them hints at what. */
enum { STORY_WORDS = 60, STORY_WORDS_HINTED = 25 };

/* Words in sentences that tell neither of the complaint's course nor of a reference. */
static unsigned story_words(const Reading *r)
{
    unsigned words = 0;
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        if (!(p->scope & RULE_WRITER))
            continue;
        g_autoptr(GHashTable) procedural = g_hash_table_new(NULL, NULL);
        for (unsigned j = 0; j < p->hits->len; j++) {
            const RuleHit *h = &g_array_index(p->hits, RuleHit, j);
            RuleFact f = h->rule->fact;
            if (f == RULE_RESPONSE || f == RULE_SIGNPOST || f == RULE_COMPLAINT || f == RULE_THANKS)
                g_hash_table_add(procedural, GUINT_TO_POINTER(h->sentence + 1));
        }
        for (unsigned j = 0; j < p->wording->words->len; j++) {
            const Word *w = &g_array_index(p->wording->words, Word, j);
            words += !g_hash_table_contains(procedural, GUINT_TO_POINTER(w->sentence + 1));
        }
    }
    return words;
}

static void find_wrongs(Reading *r)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_WRONG, NULL));) {
        int wrong = NAME_INDEX(wrong_name, WRONG_COUNT, h->rule->value);
        if (wrong < 0 || !h->rule->states || !is_writer(h->passage) ||
            (r->facts->wrongs & BIT(wrong)))
            continue;
        r->facts->wrongs |= BIT(wrong);
        reading_note(r, h, "what_went_wrong", h->rule->value);
    }
    if (!r->facts->wrongs && reading_act(r, ACT_WRONG) > 0) {
        r->facts->wrongs |= BIT(WRONG_POOR_SERVICE);
        reading_note_act(r, ACT_WRONG, "what_went_wrong", wrong_name(WRONG_POOR_SERVICE));
    }
    bool hinted = reading_count(r, RULE_WRONG, NULL, true) || reading_act(r, ACT_WRONG) > -1;
    unsigned enough = hinted ? STORY_WORDS_HINTED : STORY_WORDS;
    /* Whoever tells a long story has said what happened, even in words no rule knows: asking what
     * went wrong would be an affront. An enquiry is no such story. */
    if (!r->facts->wrongs && !reading_count(r, RULE_REFER, NULL, false) &&
        story_words(r) >= enough) {
        r->facts->wrongs |= BIT(WRONG_POOR_SERVICE);
        reading_note_shape(r, "wrong.told-at-length", "what_went_wrong",
                           wrong_name(WRONG_POOR_SERVICE));
    }
}

/* ---- references */

static void find_references(Reading *r)
{
    for (unsigned i = 0; i < r->passages->len; i++) {
        const GPtrArray *found = passage_references(r->passages->pdata[i]);
        for (unsigned j = 0; j < found->len; j++) {
            const ReferenceFound *f = found->pdata[j];
            if (strcmp(f->type, "iec") != 0)
                facts_add_reference(r->facts, f->type, f->value);
        }
    }
    if (r->form && *r->form->reference)
        facts_add_reference(r->facts, "govuk-forms", r->form->reference);
}

void facts_matter(Reading *r)
{
    find_references(r);
    find_area(r);
    find_wrongs(r);
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_BAR, "not-in-remit"));) {
        if (!is_writer(h->passage))
            continue;
        r->facts->bars[REASON_NOT_IN_REMIT] = BAR_POSSIBLE;
        reading_note(r, h, "bar", "not-in-remit");
        break;
    }
}
