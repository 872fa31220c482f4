/* The frame and database form of Facts. Writing keeps to the limits that reading holds others to,
 * so that what a sound reader wrote is never refused. */
#include "daemon/model/facts.h"
#include <string.h>

enum {
    STRING_MAX = 2000,
    QUOTE_MAX = 240,
    REFERENCES_MAX = 256,
    CLAIMS_MAX = 64,
    FINDINGS_MAX = 2000,
    EVIDENCE_MAX = 50,
};

#define RESPONSE_TYPE       "(yiiyyyysy)"
#define REPRESENTATIVE_TYPE "(ysyb)"
#define EVIDENCE_TYPE       "(suus)"
#define FINDING_TYPE        "(sssa" EVIDENCE_TYPE ")"
#define REFERENCE_TYPE      "(ss)"

/* version kind language area wrongs response representative name email reply-address bars
 * late-reason flags refer reviewed thanks-only forbidden why references claims findings heeds */
#define FIRST_MEMBERS                                                                              \
    "syyyu" RESPONSE_TYPE REPRESENTATIVE_TYPE "sssayyuuubbsa" REFERENCE_TYPE "asa" FINDING_TYPE
const char FACTS_VARIANT_TYPE[] = "(" FIRST_MEMBERS "u)";
const char FACTS_VARIANT_TYPE_1[] = "(" FIRST_MEMBERS ")";

static GVariant *string_at_most(const char *text, size_t most)
{
    char *valid = g_utf8_make_valid(text ? text : "", -1);
    size_t size = strlen(valid);
    if (size > most) {
        size = most;
        while (size > 0 && ((unsigned char)valid[size] & 0xC0) == 0x80)
            size--;
        valid[size] = '\0';
    }
    return g_variant_new_take_string(valid);
}

static GVariant *string(const char *text)
{
    return string_at_most(text, STRING_MAX);
}

static GVariant *byte(unsigned value)
{
    return g_variant_new_byte((guchar)value);
}

static GVariant *response_to_variant(const Facts *f)
{
    return g_variant_new("(@yii@y@y@y@y@s@y)", byte(f->final_response.status),
                         f->final_response.date, f->final_response.received,
                         byte(f->final_response.carriage), byte(f->final_response.names_iec),
                         byte(f->final_response.names_other), byte(f->final_response.readable),
                         string(f->final_response.source), byte(f->final_response.overdue));
}

static GVariant *representative_to_variant(const Facts *f)
{
    return g_variant_new("(@y@s@yb)", byte(f->representative.type), string(f->representative.name),
                         byte(f->representative.authority), f->representative.parent_of_child);
}

static GVariant *bars_to_variant(const Facts *f)
{
    guchar bars[REASON_COUNT];
    for (int n = 0; n < REASON_COUNT; n++)
        bars[n] = (guchar)f->bars[n];
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, bars, REASON_COUNT, 1);
}

static GVariant *references_to_variant(const Facts *f)
{
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" REFERENCE_TYPE));
    for (unsigned n = 0; n < MIN(f->references->len, REFERENCES_MAX); n++) {
        const Reference *r = f->references->pdata[n];
        g_variant_builder_add(&list, "(@s@s)", string(r->type), string(r->value));
    }
    return g_variant_builder_end(&list);
}

static GVariant *claims_to_variant(const Facts *f)
{
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE_STRING_ARRAY);
    for (int n = 0; f->claims && f->claims[n] && n < CLAIMS_MAX; n++)
        g_variant_builder_add_value(&list, string(f->claims[n]));
    return g_variant_builder_end(&list);
}

static GVariant *finding_to_variant(const Finding *finding)
{
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" EVIDENCE_TYPE));
    for (unsigned n = 0; n < MIN(finding->evidence->len, EVIDENCE_MAX); n++) {
        const Evidence *e = finding->evidence->pdata[n];
        g_variant_builder_add(&list, "(@suu@s)", string(e->part), e->offset, e->length,
                              string_at_most(e->quote, QUOTE_MAX));
    }
    return g_variant_new("(@s@s@s@a" EVIDENCE_TYPE ")", string(finding->rule),
                         string(finding->fact), string(finding->value),
                         g_variant_builder_end(&list));
}

static GVariant *findings_to_variant(const Facts *f)
{
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" FINDING_TYPE));
    for (unsigned n = 0; n < MIN(f->findings->len, FINDINGS_MAX); n++)
        g_variant_builder_add_value(&list, finding_to_variant(f->findings->pdata[n]));
    return g_variant_builder_end(&list);
}

GVariant *facts_to_variant(const Facts *f)
{
    GVariantBuilder b;
    g_variant_builder_init(&b, G_VARIANT_TYPE(FACTS_VARIANT_TYPE));
    g_variant_builder_add_value(&b, string(f->rules_version));
    g_variant_builder_add_value(&b, byte(f->kind));
    g_variant_builder_add_value(&b, byte(f->language));
    g_variant_builder_add_value(&b, byte(f->area));
    g_variant_builder_add(&b, "u", f->wrongs);
    g_variant_builder_add_value(&b, response_to_variant(f));
    g_variant_builder_add_value(&b, representative_to_variant(f));
    g_variant_builder_add_value(&b, string(f->complainant_name));
    g_variant_builder_add_value(&b, string(f->complainant_email));
    g_variant_builder_add_value(&b, string(f->reply_address));
    g_variant_builder_add_value(&b, bars_to_variant(f));
    g_variant_builder_add_value(&b, byte(f->late_reason));
    g_variant_builder_add(&b, "u", f->flags);
    g_variant_builder_add(&b, "u", f->refer);
    g_variant_builder_add(&b, "u", f->reviewed);
    g_variant_builder_add(&b, "b", f->thanks_only);
    g_variant_builder_add(&b, "b", f->reply_forbidden);
    g_variant_builder_add_value(&b, string(f->reply_forbidden_why));
    g_variant_builder_add_value(&b, references_to_variant(f));
    g_variant_builder_add_value(&b, claims_to_variant(f));
    g_variant_builder_add_value(&b, findings_to_variant(f));
    g_variant_builder_add(&b, "u", f->heeds);
    return g_variant_builder_end(&b);
}

/* Reads the members of one tuple in order; the first that is out of bounds spoils the whole. */
typedef struct Take {
    GVariantIter members;
    const char *wrong; /* name of the first bad one */
} Take;

static GVariant *take(Take *t)
{
    return g_variant_iter_next_value(&t->members);
}

static unsigned take_enum(Take *t, const char *name, unsigned count)
{
    g_autoptr(GVariant) v = take(t);
    unsigned value = g_variant_get_byte(v);
    if (value < count)
        return value;
    t->wrong = t->wrong ? t->wrong : name;
    return 0;
}

static uint32_t take_set(Take *t, const char *name, unsigned count)
{
    g_autoptr(GVariant) v = take(t);
    uint32_t value = g_variant_get_uint32(v);
    if (value < BIT(count))
        return value;
    t->wrong = t->wrong ? t->wrong : name;
    return 0;
}

static uint32_t take_number(Take *t)
{
    g_autoptr(GVariant) v = take(t);
    return g_variant_get_uint32(v);
}

static bool take_bool(Take *t)
{
    g_autoptr(GVariant) v = take(t);
    return g_variant_get_boolean(v);
}

static Day take_day(Take *t, const char *name)
{
    g_autoptr(GVariant) v = take(t);
    Day day = g_variant_get_int32(v);
    int year = 0;
    day_to_ymd(day, &year, NULL, NULL);
    if (day != DAY_NONE && year == 0)
        t->wrong = t->wrong ? t->wrong : name;
    return year ? day : DAY_NONE;
}

static char *take_string(Take *t, const char *name, size_t most)
{
    gsize length;
    g_autoptr(GVariant) v = take(t);
    const char *text = g_variant_get_string(v, &length);
    if (length <= most)
        return g_strdup(text);
    t->wrong = t->wrong ? t->wrong : name;
    return g_strdup("");
}

static void take_into(Take *t, char **field, const char *name)
{
    g_free(*field);
    *field = take_string(t, name, STRING_MAX);
}

static bool open_list(GVariant *list, Take *outer, Take *inner, const char *name, size_t most)
{
    if (g_variant_n_children(list) > most) {
        outer->wrong = outer->wrong ? outer->wrong : name;
        return false;
    }
    g_variant_iter_init(&inner->members, list);
    inner->wrong = NULL;
    return true;
}

static void take_response(Take *t, Facts *f)
{
    g_autoptr(GVariant) tuple = take(t);
    Take in = {.wrong = t->wrong};
    g_variant_iter_init(&in.members, tuple);
    f->final_response.status = take_enum(&in, "final_response.status", RESPONSE_COUNT);
    f->final_response.date = take_day(&in, "final_response.date");
    f->final_response.received = take_day(&in, "final_response.received");
    f->final_response.carriage = take_enum(&in, "final_response.carriage", CARRIAGE_COUNT);
    f->final_response.names_iec = take_enum(&in, "final_response.names_iec", TRI_COUNT);
    f->final_response.names_other = take_enum(&in, "final_response.names_other", TRI_COUNT);
    f->final_response.readable = take_enum(&in, "final_response.readable", TRI_COUNT);
    take_into(&in, &f->final_response.source, "final_response.source");
    f->final_response.overdue = take_enum(&in, "final_response.overdue", TRI_COUNT);
    t->wrong = in.wrong;
}

static void take_representative(Take *t, Facts *f)
{
    g_autoptr(GVariant) tuple = take(t);
    Take in = {.wrong = t->wrong};
    g_variant_iter_init(&in.members, tuple);
    f->representative.type = take_enum(&in, "representative.type", REPRESENTATIVE_COUNT);
    take_into(&in, &f->representative.name, "representative.name");
    f->representative.authority = take_enum(&in, "representative.authority", TRI_COUNT);
    f->representative.parent_of_child = take_bool(&in);
    t->wrong = in.wrong;
}

static void take_bars(Take *t, Facts *f)
{
    gsize count;
    g_autoptr(GVariant) list = take(t);
    const guchar *bars = g_variant_get_fixed_array(list, &count, 1);
    if (count != REASON_COUNT)
        t->wrong = t->wrong ? t->wrong : "bars";
    for (gsize n = 0; n < count && !t->wrong; n++)
        if (bars[n] < BAR_HOLD_COUNT)
            f->bars[n] = bars[n];
        else
            t->wrong = "bars";
}

static void take_references(Take *t, Facts *f)
{
    Take list;
    g_autoptr(GVariant) all = take(t);
    if (!open_list(all, t, &list, "references", REFERENCES_MAX))
        return;
    GVariant *v;
    while ((v = take(&list))) {
        Take in = {.wrong = t->wrong};
        g_variant_iter_init(&in.members, v);
        g_autofree char *type = take_string(&in, "references", STRING_MAX);
        g_autofree char *value = take_string(&in, "references", STRING_MAX);
        facts_add_reference(f, type, value);
        t->wrong = in.wrong;
        g_variant_unref(v);
    }
}

static void take_claims(Take *t, Facts *f)
{
    g_autoptr(GVariant) all = take(t);
    if (g_variant_n_children(all) > CLAIMS_MAX) {
        t->wrong = t->wrong ? t->wrong : "claims";
        return;
    }
    g_strfreev(f->claims);
    f->claims = g_variant_dup_strv(all, NULL);
    for (char **claim = f->claims; *claim; claim++)
        if (strlen(*claim) > STRING_MAX)
            t->wrong = t->wrong ? t->wrong : "claims";
}

static void take_evidence(Take *t, Finding *finding)
{
    Take list;
    g_autoptr(GVariant) all = take(t);
    if (!open_list(all, t, &list, "evidence", EVIDENCE_MAX))
        return;
    GVariant *v;
    while ((v = take(&list))) {
        Take in = {.wrong = t->wrong};
        g_variant_iter_init(&in.members, v);
        Evidence *e = g_new0(Evidence, 1);
        e->part = take_string(&in, "evidence", STRING_MAX);
        e->offset = take_number(&in);
        e->length = take_number(&in);
        e->quote = take_string(&in, "evidence", QUOTE_MAX);
        g_ptr_array_add(finding->evidence, e);
        t->wrong = in.wrong;
        g_variant_unref(v);
    }
}

static void take_findings(Take *t, Facts *f)
{
    Take list;
    g_autoptr(GVariant) all = take(t);
    if (!open_list(all, t, &list, "findings", FINDINGS_MAX))
        return;
    GVariant *v;
    while ((v = take(&list))) {
        Take in = {.wrong = t->wrong};
        g_variant_iter_init(&in.members, v);
        g_autofree char *rule = take_string(&in, "findings", STRING_MAX);
        g_autofree char *fact = take_string(&in, "findings", STRING_MAX);
        g_autofree char *value = take_string(&in, "findings", STRING_MAX);
        take_evidence(&in, facts_add(f, rule, fact, value, NULL, 0, 0, NULL));
        t->wrong = in.wrong;
        g_variant_unref(v);
    }
}

static void take_facts(Take *t, Facts *f, bool heeds)
{
    take_into(t, &f->rules_version, "rules_version");
    f->kind = take_enum(t, "kind", KIND_COUNT);
    f->language = take_enum(t, "language", LANGUAGE_COUNT);
    f->area = take_enum(t, "area", AREA_COUNT);
    f->wrongs = take_set(t, "wrongs", WRONG_COUNT);
    take_response(t, f);
    take_representative(t, f);
    take_into(t, &f->complainant_name, "complainant_name");
    take_into(t, &f->complainant_email, "complainant_email");
    take_into(t, &f->reply_address, "reply_address");
    take_bars(t, f);
    f->late_reason = take_enum(t, "late_reason", TRI_COUNT);
    f->flags = take_set(t, "flags", FLAG_COUNT);
    f->refer = take_set(t, "refer", REFER_COUNT);
    f->reviewed = take_set(t, "reviewed", REVIEWED_COUNT);
    f->thanks_only = take_bool(t);
    f->reply_forbidden = take_bool(t);
    take_into(t, &f->reply_forbidden_why, "reply_forbidden_why");
    take_references(t, f);
    take_claims(t, f);
    take_findings(t, f);
    if (heeds)
        f->heeds = take_set(t, "heeds", HEED_COUNT);
}

Facts *facts_from_variant(GVariant *v, GError **error)
{
    bool heeds = v && g_variant_is_of_type(v, G_VARIANT_TYPE(FACTS_VARIANT_TYPE));
    bool first = v && g_variant_is_of_type(v, G_VARIANT_TYPE(FACTS_VARIANT_TYPE_1));
    if ((!heeds && !first) || !g_variant_is_normal_form(v)) {
        g_set_error(error, G_VARIANT_PARSE_ERROR, G_VARIANT_PARSE_ERROR_FAILED,
                    "facts: not of the form %s", FACTS_VARIANT_TYPE);
        return NULL;
    }
    g_autoptr(Facts) f = facts_new();
    Take t = {.wrong = NULL};
    g_variant_iter_init(&t.members, v);
    take_facts(&t, f, heeds);
    if (t.wrong) {
        g_set_error(error, G_VARIANT_PARSE_ERROR, G_VARIANT_PARSE_ERROR_FAILED,
                    "facts: %s is out of bounds", t.wrong);
        return NULL;
    }
    return g_steal_pointer(&f);
}
