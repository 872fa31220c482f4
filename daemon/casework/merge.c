#include "daemon/casework/merge.h"
#include <string.h>

static void replace(char **field, const char *text)
{
    char *copy = g_strdup(text);
    g_free(*field);
    *field = copy;
}

static void later_text(char **field, const char *text)
{
    if (text && text[0])
        replace(field, text);
}

/* Contacts: what came first stays, a change is for a person to confirm (policy 4b). */
static void first_text(char **field, const char *text)
{
    if (!(*field)[0])
        replace(field, text);
}

static void later_tri(Tri *field, Tri value)
{
    if (value != TRI_UNKNOWN)
        *field = value;
}

static bool by_person(const Facts *f)
{
    return f->kind == KIND_COMPLAINT || f->kind == KIND_FOLLOW_UP;
}

/* Machine mail in a case says nothing about the matter, unless there is nothing else. */
static GPtrArray *speaking(const GPtrArray *facts)
{
    GPtrArray *chosen = g_ptr_array_new();
    for (unsigned n = 0; n < facts->len; n++)
        if (by_person(facts->pdata[n]))
            g_ptr_array_add(chosen, facts->pdata[n]);
    for (unsigned n = 0; chosen->len == 0 && n < facts->len; n++)
        g_ptr_array_add(chosen, facts->pdata[n]);
    return chosen;
}

static const Facts *leading(const GPtrArray *facts)
{
    for (unsigned n = 0; n < facts->len; n++) {
        const Facts *f = facts->pdata[n];
        if (f->kind == KIND_COMPLAINT)
            return f;
    }
    return facts->pdata[0];
}

static bool is_document(const char *source)
{
    return !strcmp(source, "attachment") || !strcmp(source, "forwarded");
}

/* A day behind which nothing stands (no statement, no document) never beats one that has. */
static void later_day(Day *field, Day day, bool held_is_stated, bool guess)
{
    if (day != DAY_NONE && (*field == DAY_NONE || !guess || !held_is_stated))
        *field = day;
}

static void take_response_whole(Facts *out, const Facts *f)
{
    char *source = out->final_response.source;
    out->final_response = f->final_response;
    out->final_response.source = source;
    replace(&out->final_response.source, f->final_response.source);
}

/* The same status again, or none: each part that the later message knows. */
static void take_response_parts(Facts *out, const Facts *f)
{
    bool guess = !f->final_response.source[0];
    bool held_is_stated = out->final_response.source[0];
    bool dated = f->final_response.date != DAY_NONE || f->final_response.received != DAY_NONE;
    if (f->final_response.status != RESPONSE_UNKNOWN)
        out->final_response.status = f->final_response.status;
    later_day(&out->final_response.date, f->final_response.date, held_is_stated, guess);
    later_day(&out->final_response.received, f->final_response.received, held_is_stated, guess);
    if (f->final_response.carriage != CARRIAGE_UNKNOWN)
        out->final_response.carriage = f->final_response.carriage;
    later_tri(&out->final_response.names_iec, f->final_response.names_iec);
    later_tri(&out->final_response.names_other, f->final_response.names_other);
    later_tri(&out->final_response.overdue, f->final_response.overdue);
    /* Told in words what could not be read before: nobody is asked for it again. */
    if (f->final_response.readable != TRI_UNKNOWN || (dated && !guess))
        out->final_response.readable = f->final_response.readable;
    later_text(&out->final_response.source, f->final_response.source);
}

static void merge_response(Facts *out, const Facts *f)
{
    ResponseStatus held = out->final_response.status, later = f->final_response.status;
    if (held == later || held == RESPONSE_UNKNOWN || later == RESPONSE_UNKNOWN) {
        take_response_parts(out, f);
    } else if (later == RESPONSE_NONE && is_document(out->final_response.source)) {
        /* The letter is there, and yet there is none: no order settles that, and a rejection may
         * not rest on it. */
        out->final_response.status = RESPONSE_UNKNOWN;
    } else {
        take_response_whole(out, f);
    }
}

static void merge_representative(Facts *out, const Facts *f)
{
    if (f->representative.type != REPRESENTATIVE_NOBODY)
        out->representative.type = f->representative.type;
    later_text(&out->representative.name, f->representative.name);
    later_tri(&out->representative.authority, f->representative.authority);
    out->representative.parent_of_child |= f->representative.parent_of_child;
}

static bool wholly_barred(const Facts *f)
{
    for (int n = 0; n < REASON_COUNT; n++)
        if (f->bars[n] == BAR_WHOLE)
            return true;
    return false;
}

/* A bar over the whole of one message covers only a part of the case where another message
 * complains of something and is not itself barred. */
static void merge_bars(Facts *out, const GPtrArray *facts)
{
    bool open = false;
    for (unsigned m = 0; m < facts->len; m++) {
        const Facts *f = facts->pdata[m];
        open |= f->wrongs != 0 && !wholly_barred(f);
        for (int n = 0; n < REASON_COUNT; n++)
            out->bars[n] = MAX(out->bars[n], f->bars[n]);
    }
    for (int n = 0; open && n < REASON_COUNT; n++)
        if (out->bars[n] == BAR_WHOLE)
            out->bars[n] = BAR_PART;
}

static void merge_claims(Facts *out, const Facts *f)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    g_strv_builder_addv(all, (const char **)out->claims);
    for (char **claim = f->claims; claim && *claim; claim++)
        if (!g_strv_contains((const char *const *)out->claims, *claim))
            g_strv_builder_add(all, *claim);
    g_strfreev(out->claims);
    out->claims = g_strv_builder_end(all);
}

static void copy_finding(Facts *out, const Finding *finding)
{
    Finding *copy = facts_add(out, finding->rule, finding->fact, finding->value, NULL, 0, 0, NULL);
    for (unsigned n = 0; n < finding->evidence->len; n++) {
        const Evidence *from = finding->evidence->pdata[n];
        Evidence *e = g_new0(Evidence, 1);
        e->part = g_strdup(from->part);
        e->offset = from->offset;
        e->length = from->length;
        e->quote = g_strdup(from->quote);
        g_ptr_array_add(copy->evidence, e);
    }
}

/* What is kept of every message, whatever the others say. */
static void unite(Facts *out, const Facts *f)
{
    out->wrongs |= f->wrongs;
    out->flags |= f->flags;
    out->refer |= f->refer;
    out->reviewed |= f->reviewed;
    out->thanks_only &= f->thanks_only;
    out->reply_forbidden |= f->reply_forbidden;
    first_text(&out->reply_forbidden_why, f->reply_forbidden_why);
    for (unsigned n = 0; n < f->references->len; n++) {
        const Reference *r = f->references->pdata[n];
        facts_add_reference(out, r->type, r->value);
    }
    merge_claims(out, f);
    for (unsigned n = 0; n < f->findings->len; n++)
        copy_finding(out, f->findings->pdata[n]);
}

static void merge_late_reason(Facts *out, const Facts *f)
{
    if (out->late_reason != TRI_YES)
        later_tri(&out->late_reason, f->late_reason);
}

static void merge_one(Facts *out, const Facts *f)
{
    later_text(&out->rules_version, f->rules_version);
    if (f->area != AREA_UNKNOWN)
        out->area = f->area;
    merge_response(out, f);
    merge_representative(out, f);
    later_text(&out->complainant_name, f->complainant_name);
    first_text(&out->complainant_email, f->complainant_email);
    first_text(&out->reply_address, f->reply_address);
    merge_late_reason(out, f);
    unite(out, f);
}

Facts *facts_merge(const GPtrArray *facts)
{
    g_assert(facts->len > 0);
    g_autoptr(GPtrArray) chosen = speaking(facts);
    const Facts *lead = leading(chosen);
    Facts *out = facts_new();
    out->kind = lead->kind;
    out->language = lead->language;
    out->thanks_only = true;
    for (unsigned n = 0; n < chosen->len; n++)
        merge_one(out, chosen->pdata[n]);
    merge_bars(out, chosen);
    /* Thanks for our letter does not turn the complaint before it into none. */
    if (!(lead->refer & BIT(REFER_NOT_A_COMPLAINT)))
        out->refer &= ~BIT(REFER_NOT_A_COMPLAINT);
    return out;
}
