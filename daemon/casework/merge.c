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

/* True where words, a form or a document say whether there is a response; else it is a guess. */
static bool is_told(const Facts *f)
{
    const char *source = f->final_response.source;
    for (unsigned n = 0; n < f->findings->len; n++)
        if (!strcmp(((const Finding *)f->findings->pdata[n])->fact, "final_response.status"))
            return true;
    return is_document(source) || !strcmp(source, "form");
}

/* "2 June 2026", not "yesterday": who writes a date out means it, whatever else is said. */
static bool is_date_written(const Facts *f)
{
    for (unsigned n = 0; n < f->findings->len; n++) {
        const Finding *finding = f->findings->pdata[n];
        bool day = !strcmp(finding->fact, "final_response.date") ||
                   !strcmp(finding->fact, "final_response.received");
        for (unsigned k = 0; day && k < finding->evidence->len; k++)
            if (strpbrk(((const Evidence *)finding->evidence->pdata[k])->quote, "0123456789"))
                return true;
    }
    return false;
}

static bool is_dated(const Facts *f)
{
    return f->final_response.date != DAY_NONE || f->final_response.received != DAY_NONE;
}

static void later_day(Day *field, Day day)
{
    if (day != DAY_NONE)
        *field = day;
}

static void take_response_whole(Facts *out, const Facts *f)
{
    char *source = out->final_response.source;
    out->final_response = f->final_response;
    out->final_response.source = source;
    replace(&out->final_response.source, f->final_response.source);
}

/* Two days written out for one letter: the later is kept, as a rejection must be late on both. */
static void take_days(Facts *out, const Facts *f)
{
    Day held = out->final_response.date, day = f->final_response.date;
    if (held != DAY_NONE && day != DAY_NONE && day < held && is_date_written(out))
        return;
    later_day(&out->final_response.date, day);
    later_day(&out->final_response.received, f->final_response.received);
}

/* The same status again, or none: each part that the later message knows. A day behind which
 * nothing stands never beats one that is told, nor stands beside it. */
static void take_response_parts(Facts *out, const Facts *f)
{
    bool guess = !is_told(f) && !is_date_written(f);
    if (f->final_response.status != RESPONSE_UNKNOWN)
        out->final_response.status = f->final_response.status;
    if (!guess || !is_told(out) || !is_dated(out))
        take_days(out, f);
    if (f->final_response.carriage != CARRIAGE_UNKNOWN)
        out->final_response.carriage = f->final_response.carriage;
    later_tri(&out->final_response.names_iec, f->final_response.names_iec);
    later_tri(&out->final_response.names_other, f->final_response.names_other);
    later_tri(&out->final_response.overdue, f->final_response.overdue);
    /* Told in words what could not be read before: nobody is asked for it again. */
    if (f->final_response.readable != TRI_UNKNOWN || (is_dated(f) && !guess))
        out->final_response.readable = f->final_response.readable;
    later_text(&out->final_response.source, f->final_response.source);
}

static void merge_response(Facts *out, const Facts *f)
{
    ResponseStatus held = out->final_response.status, later = f->final_response.status;
    if (held == later || held == RESPONSE_UNKNOWN || later == RESPONSE_UNKNOWN) {
        take_response_parts(out, f);
    } else if (!is_told(f) && is_told(out)) {
        /* What the person said stands against a guess; but a rejection may not rest on its being
         * silent about an answer that seems to have come since. */
        if (later == RESPONSE_GIVEN)
            out->final_response.status = RESPONSE_UNKNOWN;
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
    /* What was shown once need not be shown with every letter. */
    if (out->representative.authority != TRI_YES)
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

/* "message 2, body": which of the case's messages the words stand in; the first needs no number. */
static char *part_in_case(const char *part, unsigned message)
{
    return message > 1 ? g_strdup_printf("message %u, %s", message, part) : g_strdup(part);
}

static void copy_finding(Facts *out, const Finding *finding, unsigned message)
{
    Finding *copy = facts_add(out, finding->rule, finding->fact, finding->value, NULL, 0, 0, NULL);
    for (unsigned n = 0; n < finding->evidence->len; n++) {
        const Evidence *from = finding->evidence->pdata[n];
        Evidence *e = g_new0(Evidence, 1);
        e->part = part_in_case(from->part, message);
        e->offset = from->offset;
        e->length = from->length;
        e->quote = g_strdup(from->quote);
        g_ptr_array_add(copy->evidence, e);
    }
}

/* What is kept of every message, whatever the others say. */
static void unite(Facts *out, const Facts *f, unsigned message)
{
    out->wrongs |= f->wrongs;
    out->flags |= f->flags;
    out->refer |= f->refer;
    out->reviewed |= f->reviewed;
    out->heeds |= f->heeds;
    out->thanks_only &= f->thanks_only;
    out->reply_forbidden |= f->reply_forbidden;
    first_text(&out->reply_forbidden_why, f->reply_forbidden_why);
    for (unsigned n = 0; n < f->references->len; n++) {
        const Reference *r = f->references->pdata[n];
        facts_add_reference(out, r->type, r->value);
    }
    merge_claims(out, f);
    for (unsigned n = 0; n < f->findings->len; n++)
        copy_finding(out, f->findings->pdata[n], message);
}

static void merge_late_reason(Facts *out, const Facts *f)
{
    if (out->late_reason != TRI_YES)
        later_tri(&out->late_reason, f->late_reason);
}

static bool in_remit(BusinessArea area)
{
    return area != AREA_OTHER_BODY && area != AREA_OTHER_HOME_OFFICE;
}

/* Ours by one message and not ours by another: a rejection may rest on neither. */
static void merge_area(Facts *out, BusinessArea later)
{
    if (later == AREA_UNKNOWN)
        return;
    bool contradicts = out->area != AREA_UNKNOWN && in_remit(out->area) != in_remit(later);
    out->area = contradicts ? AREA_UNKNOWN : later;
}

/* `message`: its number in the case, from 1. */
static void merge_one(Facts *out, const Facts *f, unsigned message)
{
    later_text(&out->rules_version, f->rules_version);
    merge_area(out, f->area);
    merge_response(out, f);
    merge_representative(out, f);
    later_text(&out->complainant_name, f->complainant_name);
    first_text(&out->complainant_email, f->complainant_email);
    first_text(&out->reply_address, f->reply_address);
    merge_late_reason(out, f);
    unite(out, f, message);
}

/* One message that its rules could not read whole is enough for a person to read them all; Welsh is
 * answered in Welsh. Thanks are no matter to be read. */
static Language language_of_all(const GPtrArray *facts, Language lead)
{
    Language all = lead;
    for (unsigned n = 0; n < facts->len; n++) {
        const Facts *f = facts->pdata[n];
        bool other = f->language == LANGUAGE_OTHER;
        if (!f->thanks_only && (other || (f->language == LANGUAGE_CY && all == LANGUAGE_EN)))
            all = f->language;
    }
    return all;
}

static unsigned number_of(const GPtrArray *facts, const Facts *f)
{
    unsigned index = 0;
    g_ptr_array_find((GPtrArray *)facts, f, &index);
    return index + 1;
}

Facts *facts_merge(const GPtrArray *facts)
{
    g_assert(facts->len > 0);
    g_autoptr(GPtrArray) chosen = speaking(facts);
    const Facts *lead = leading(chosen);
    Facts *out = facts_new();
    out->kind = lead->kind;
    out->language = language_of_all(chosen, lead->language);
    out->thanks_only = true;
    for (unsigned n = 0; n < chosen->len; n++)
        merge_one(out, chosen->pdata[n], number_of(facts, chosen->pdata[n]));
    merge_bars(out, chosen);
    /* Thanks for our letter does not turn the complaint before it into none. */
    if (!(lead->refer & BIT(REFER_NOT_A_COMPLAINT)))
        out->refer &= ~BIT(REFER_NOT_A_COMPLAINT);
    return out;
}
