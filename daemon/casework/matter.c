#include "daemon/casework/matter.h"
#include "config/wording.h"
#include <string.h>

/* Of 100: the same letter with some sentences changed. Letters by one person about two matters
 * stay under 30. */
enum { NEARLY_THE_SAME = 50 };

/* ---- names */

static bool is_title(const char *word)
{
    static const char *const TITLES[] = {"mr",  "mrs", "ms",   "miss", "mx",  "dr",
                                         "sir", "the", "lady", "prof", "rev", NULL};
    return g_strv_contains(TITLES, word);
}

/* Folded parts of a name, titles left out; NULL-terminated. */
static char **name_parts(const char *name)
{
    g_autoptr(Wording) w = wording_new(name, strlen(name));
    g_auto(GStrv) words = g_strsplit(w->folded, " ", -1);
    g_autoptr(GStrvBuilder) parts = g_strv_builder_new();
    for (char **p = words; *p; p++)
        if ((*p)[0] && !is_title(*p))
            g_strv_builder_add(parts, *p);
    return g_strv_builder_end(parts);
}

static bool part_fits(const char *a, const char *b)
{
    if (!a[1] || !b[1]) /* an initial */
        return a[0] == b[0];
    return !strcmp(a, b);
}

static bool has_part(char *const *parts, const char *part)
{
    for (; *parts; parts++)
        if (part_fits(*parts, part))
            return true;
    return false;
}

/* Each part of the shorter name stands in the longer, and one of them in full. */
Tri names_agree(const char *a, const char *b)
{
    g_auto(GStrv) first = name_parts(a), second = name_parts(b);
    unsigned n = g_strv_length(first), m = g_strv_length(second);
    if (n == 0 || m == 0)
        return TRI_UNKNOWN;
    char **few = n <= m ? first : second, **many = n <= m ? second : first;
    bool whole = false;
    for (char **p = few; *p; p++) {
        if (!has_part(many, *p))
            return TRI_NO;
        whole |= (*p)[1] && g_strv_contains((const char *const *)many, *p);
    }
    return !whole || MIN(n, m) < 2 ? TRI_UNKNOWN : TRI_YES;
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *name_key(const char *name)
{
    g_auto(GStrv) parts = name_parts(name);
    unsigned n = g_strv_length(parts);
    if (n < 2)
        return g_strdup("");
    qsort(parts, n, sizeof *parts, by_text);
    return g_strjoinv(" ", parts);
}

/* ---- subjects */

static bool is_prefix_word(const char *word)
{
    static const char *const PREFIXES[] = {"re", "fw", "fwd", "aw", "wg", "ateb", "ymlaen", NULL};
    return g_strv_contains(PREFIXES, word);
}

/* A word that any complaint's subject may have. */
static bool says_nothing(const char *word)
{
    static const char *const WORDS[] = {
        "complaint", "complaints", "formal",   "official", "urgent", "my",       "a",
        "the",       "about",      "of",       "to",       "for",    "home",     "office",
        "iec",       "oiec",       "examiner", "help",     "please", "enquiry",  "query",
        "hello",     "hi",         "case",     "letter",   "email",  "message",  "independent",
        "complain",  "attached",   "new",      "follow",   "up",     "further",  "information",
        "cwyn",      "fy",         "nghwyn",   "against",  "final",  "response", NULL};
    return g_strv_contains(WORDS, word);
}

char *matter_subject(const char *subject)
{
    g_autoptr(Wording) w = wording_new(subject, strlen(subject));
    g_auto(GStrv) words = g_strsplit(w->folded, " ", -1);
    g_autoptr(GString) kept = g_string_new(NULL);
    unsigned telling = 0;
    bool begun = false;
    for (char **p = words; *p; p++) {
        if (!(*p)[0] || (!begun && is_prefix_word(*p)))
            continue;
        begun = true;
        telling += !says_nothing(*p);
        g_string_append_printf(kept, "%s%s", kept->len ? " " : "", *p);
    }
    return telling >= 2 ? g_string_free(g_steal_pointer(&kept), FALSE) : g_strdup("");
}

static bool subject_shared(const MatterSide *held, const MatterSide *now)
{
    for (const char *const *s = now->subjects; *s; s++)
        if ((*s)[0] && g_strv_contains(held->subjects, *s))
            return true;
    return false;
}

/* ---- references */

static bool has_reference(const Facts *f, const char *type, const char *value)
{
    for (unsigned n = 0; n < f->references->len; n++) {
        const Reference *r = f->references->pdata[n];
        if (!strcmp(r->type, type) && (!value || !strcmp(r->value, value)))
            return true;
    }
    return false;
}

static bool of_a_matter(const Reference *r)
{
    return strcmp(r->type, "govuk-forms") != 0; /* each mail of a form has its own */
}

bool references_shared(const Facts *a, const Facts *b)
{
    for (unsigned n = 0; n < a->references->len; n++) {
        const Reference *r = a->references->pdata[n];
        if (of_a_matter(r) && has_reference(b, r->type, r->value))
            return true;
    }
    return false;
}

/* Both name one of this sort, and none is the same. */
static bool sort_disagrees(const Facts *a, const Facts *b, const char *type)
{
    if (!has_reference(a, type, NULL) || !has_reference(b, type, NULL))
        return false;
    for (unsigned n = 0; n < a->references->len; n++) {
        const Reference *r = a->references->pdata[n];
        if (!strcmp(r->type, type) && has_reference(b, type, r->value))
            return false;
    }
    return true;
}

static bool references_disagree(const Facts *a, const Facts *b)
{
    for (unsigned n = 0; n < a->references->len; n++) {
        const Reference *r = a->references->pdata[n];
        if (of_a_matter(r) && sort_disagrees(a, b, r->type))
            return true;
    }
    return false;
}

/* ---- the rest of what is told */

static bool goes_on(const Facts *f)
{
    for (unsigned n = 0; n < f->findings->len; n++)
        if (!strcmp(((const Finding *)f->findings->pdata[n])->fact, "continues"))
            return true;
    return false;
}

static bool represented(const Facts *f)
{
    return f->representative.type != REPRESENTATIVE_NOBODY;
}

static bool areas_disagree(const Facts *a, const Facts *b)
{
    return a->area != AREA_UNKNOWN && b->area != AREA_UNKNOWN && a->area != b->area;
}

/* A letter sent after, a line of thanks: nothing in it could be a case of its own. */
static bool tells_no_matter(const Facts *f)
{
    return !f->wrongs && f->references->len == 0 && f->area == AREA_UNKNOWN;
}

static unsigned likest(const MatterSide *held, const MatterSide *now)
{
    unsigned best = 0;
    for (unsigned n = 0; n < held->sketch_count; n++)
        for (unsigned m = 0; m < now->sketch_count; m++)
            best = MAX(best, sketch_likeness(&held->sketches[n], &now->sketches[m]));
    return best;
}

/* Of a representative's several cases the client's name tells which is meant. */
static bool same_client(const Facts *a, const Facts *b)
{
    return represented(a) && represented(b) &&
           names_agree(a->complainant_name, b->complainant_name) == TRI_YES;
}

/* A sign that the two are one matter; NULL where there is none. */
static const char *sign_for(const MatterSide *held, const MatterSide *now, bool answers)
{
    if (answers)
        return "an answer to the sender's own message";
    if (references_shared(held->facts, now->facts))
        return "the same reference number";
    if (likest(held, now) >= NEARLY_THE_SAME)
        return "nearly the same words";
    if (subject_shared(held, now))
        return "the same subject";
    if (same_client(held->facts, now->facts) && !now->facts->wrongs)
        return "the same client, and no other grievance";
    return NULL;
}

/* Signs that do not say which of the sender's cases is meant. */
static const char *sign_that_fits_any(const Facts *now)
{
    if (goes_on(now))
        return "it goes on from an earlier message";
    return tells_no_matter(now) ? "it tells of no other matter" : NULL;
}

/* Whom the one side names as the person concerned: a representative's message that does not say
 * for whom it speaks seems to be the representative's own. */
static const char *person_of(const Facts *f, const Facts *other)
{
    bool own = names_agree(f->complainant_name, other->representative.name) == TRI_YES;
    return own && represented(other) && !represented(f) ? "" : f->complainant_name;
}

static Tri persons_agree(const Facts *a, const Facts *b)
{
    return names_agree(person_of(a, b), person_of(b, a));
}

/* A sign that they are two; NULL where there is none. *strong: letters written to one pattern,
 * under one subject, are still two. */
static const char *sign_against(const Facts *held, const Facts *now, bool *strong)
{
    *strong = true;
    if (persons_agree(held, now) == TRI_NO)
        return "another person is named";
    if (references_disagree(held, now))
        return "another reference number of the same sort";
    *strong = false;
    return areas_disagree(held, now) ? "another business area" : NULL;
}

/* Somebody writes for others, and it is not told that this is the same one. With one case only,
 * what tells nothing new of a grievance can belong to no other. */
static bool client_unknown(const Facts *held, const Facts *now, bool only)
{
    if (!represented(held) && !represented(now))
        return false;
    if (persons_agree(held, now) == TRI_YES || references_shared(held, now))
        return false;
    return !only || !represented(held) || (now->wrongs && !represented(now));
}

/* Nothing speaks for it or against it but that sender, area and grievance are the same. */
static MatterMatch without_sign(const Facts *held, const Facts *now, const char **why)
{
    bool area = held->area == now->area || held->area == AREA_UNKNOWN || now->area == AREA_UNKNOWN;
    *why = "the same kind of grievance, and nothing to tell them apart by";
    return area && (held->wrongs & now->wrongs) ? MATTER_UNSURE : MATTER_OTHER;
}

MatterMatch matter_compare(const MatterSide *held, const MatterSide *now, MatterSigns signs,
                           const char **why)
{
    const char *same = sign_for(held, now, signs.answers);
    /* Of any case of the sender it could be said. */
    bool weak = !same && !same_client(held->facts, now->facts);
    if (!same)
        same = sign_that_fits_any(now->facts);
    /* The second part may be read, or sent, before the first. */
    if (!same && held->sketch_count == 1)
        same = sign_that_fits_any(held->facts);
    bool strong;
    *why = sign_against(held->facts, now->facts, &strong);
    if (*why) {
        bool meant = signs.answers || goes_on(now->facts) ||
                     references_shared(held->facts, now->facts) || (same && !strong);
        return meant ? MATTER_UNSURE : MATTER_OTHER;
    }
    if (!same)
        return without_sign(held->facts, now->facts, why);
    if (weak && !signs.only) {
        *why = "it goes on from one of several";
        return MATTER_UNSURE;
    }
    if (!signs.answers && client_unknown(held->facts, now->facts, signs.only)) {
        *why = "it is not told for whom";
        return MATTER_UNSURE;
    }
    *why = same;
    return MATTER_SAME;
}
