#include "ctl/commands/judgement_json.h"
#include <stdio.h>
#include <string.h>

typedef const char *(*NameFunc)(int);

static void set_set(JsonObject *o, const char *name, uint32_t set, NameFunc names, int count)
{
    JsonArray *array = json_array_new();
    for (int n = 0; n < count; n++) {
        if (set & BIT(n))
            json_array_add_string_element(array, names(n));
    }
    json_object_set_array_member(o, name, array);
}
#define SET_SET(o, name, set, fn, count)                                                           \
    set_set((o), (name), (set), (NameFunc)(void *)(fn), (count))

static void set_day(JsonObject *o, const char *name, Day day)
{
    g_autofree char *text = day_to_iso(day);
    set_text(o, name, text);
}

static void set_tri(JsonObject *o, const char *name, Tri v)
{
    if (v == TRI_UNKNOWN)
        json_object_set_string_member(o, name, "unknown");
    else
        json_object_set_boolean_member(o, name, v == TRI_YES);
}

static JsonArray *evidence_json(const GPtrArray *list)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < list->len; n++) {
        const Evidence *e = list->pdata[n];
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "part", e->part);
        json_object_set_int_member(o, "offset", e->offset);
        json_object_set_int_member(o, "length", e->length);
        json_object_set_string_member(o, "quote", e->quote);
        json_array_add_object_element(array, o);
    }
    return array;
}

JsonArray *findings_json(const Facts *facts)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < facts->findings->len; n++) {
        const Finding *f = facts->findings->pdata[n];
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "rule", f->rule);
        json_object_set_string_member(o, "fact", f->fact);
        json_object_set_string_member(o, "value", f->value);
        json_object_set_array_member(o, "evidence", evidence_json(f->evidence));
        json_array_add_object_element(array, o);
    }
    return array;
}

static JsonObject *response_json(const Facts *facts)
{
    JsonObject *o = json_object_new();
    json_object_set_string_member(o, "status", response_status_name(facts->final_response.status));
    set_day(o, "date", facts->final_response.date);
    set_day(o, "received", facts->final_response.received);
    set_tri(o, "names_iec", facts->final_response.names_iec);
    set_text(o, "source", facts->final_response.source);
    return o;
}

static JsonArray *references_json(const Facts *facts)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < facts->references->len; n++) {
        const Reference *r = facts->references->pdata[n];
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "type", r->type);
        json_object_set_string_member(o, "value", r->value);
        json_array_add_object_element(array, o);
    }
    return array;
}

static void set_people(JsonObject *o, const Facts *facts)
{
    JsonObject *complainant = json_object_new();
    set_text(complainant, "name", facts->complainant_name);
    set_text(complainant, "email", facts->complainant_email);
    json_object_set_object_member(o, "complainant", complainant);
    if (facts->representative.type == REPRESENTATIVE_NOBODY) {
        json_object_set_null_member(o, "representative");
        return;
    }
    JsonObject *r = json_object_new();
    json_object_set_string_member(r, "type", representative_name(facts->representative.type));
    set_text(r, "name", facts->representative.name);
    set_tri(r, "authority", facts->representative.authority);
    json_object_set_object_member(o, "representative", r);
}

JsonObject *judgement_json(const char *file, const Facts *facts, const Judgement *j,
                           int64_t received_at)
{
    JsonObject *o = json_object_new();
    g_autofree char *received = time_text(received_at);
    json_object_set_string_member(o, "file", file);
    json_object_set_string_member(o, "kind", kind_name(facts->kind));
    json_object_set_string_member(o, "decision", decision_name(j->decision));
    json_object_set_string_member(o, "release", release_name(j->release));
    json_object_set_int_member(o, "line", j->line);
    SET_SET(o, "reasons", j->reasons, reason_name, REASON_COUNT);
    SET_SET(o, "asks", j->asks, ask_name, ASK_COUNT);
    SET_SET(o, "refer", j->refer, refer_name, REFER_COUNT);
    SET_SET(o, "flags", j->flags, flag_name, FLAG_COUNT);
    json_object_set_string_member(o, "business_area", area_name(facts->area));
    SET_SET(o, "what_went_wrong", facts->wrongs, wrong_name, WRONG_COUNT);
    json_object_set_object_member(o, "final_response", response_json(facts));
    set_day(o, "time_limit", j->time_limit);
    json_object_set_string_member(o, "received", received);
    set_day(o, "reply_due", j->reply_due);
    json_object_set_string_member(o, "language", language_name(facts->language));
    json_object_set_array_member(o, "references", references_json(facts));
    set_people(o, facts);
    json_object_set_array_member(o, "findings", findings_json(facts));
    json_object_set_string_member(o, "policy", facts->rules_version);
    return o;
}

static void print_set(const char *label, uint32_t set, NameFunc names, int count)
{
    g_autofree char *text = set_to_text(set, names, count);
    if (text[0])
        printf("  %-15s %s\n", label, text);
}
#define PRINT_SET(label, set, fn, count) print_set((label), (set), (NameFunc)(void *)(fn), (count))

void findings_print(const Facts *facts)
{
    for (unsigned n = 0; n < facts->findings->len; n++) {
        const Finding *f = facts->findings->pdata[n];
        g_autofree char *value = safe_text(f->value);
        printf("  - %s: %s  [rule %s]\n", f->fact, value, f->rule);
        for (unsigned k = 0; k < f->evidence->len; k++) {
            const Evidence *e = f->evidence->pdata[k];
            g_autofree char *part = safe_text(e->part);
            g_autofree char *quote = safe_text(e->quote);
            g_strdelimit(quote, "\n", ' ');
            printf("      %s at %u: \"%s\"\n", part, e->offset, quote);
        }
    }
}

void judgement_words_print(const Facts *facts, const Judgement *j, int64_t received_at)
{
    g_autofree char *received = time_words(received_at);
    g_autofree char *due = day_to_words(j->reply_due, false);
    g_autofree char *limit = day_to_words(j->time_limit, false);
    g_autofree char *response = day_to_words(facts->final_response.date, false);
    printf("  %-15s %s (policy 4, line %d)\n", "decision", decision_name(j->decision), j->line);
    PRINT_SET("reasons", j->reasons, reason_name, REASON_COUNT);
    if (j->decision == DECISION_REJECT)
        printf("  %-15s %s%s%s\n", "release", release_name(j->release),
               j->release_why && j->release_why[0] ? ": " : "",
               j->release_why ? j->release_why : "");
    PRINT_SET("asks for", j->asks, ask_name, ASK_COUNT);
    PRINT_SET("referred for", j->refer, refer_name, REFER_COUNT);
    PRINT_SET("flags", j->flags, flag_name, FLAG_COUNT);
    printf("  %-15s %s, %s, %s\n", "message", kind_name(facts->kind),
           language_name(facts->language), area_name(facts->area));
    PRINT_SET("went wrong", facts->wrongs, wrong_name, WRONG_COUNT);
    printf("  %-15s %s%s%s\n", "final response", response_status_name(facts->final_response.status),
           response ? " of " : "", response ? response : "");
    printf("  %-15s %s\n", "received", received);
    if (limit)
        printf("  %-15s %s\n", "in time until", limit);
    printf("  %-15s %s\n", "reply due", due ? due : "past the bank holiday file");
}

void judgement_print(const char *file, const Facts *facts, const Judgement *j, int64_t received_at)
{
    g_autofree char *name = safe_text(file);
    printf("%s\n", name);
    judgement_words_print(facts, j, received_at);
    findings_print(facts);
    putchar('\n');
}
