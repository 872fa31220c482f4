/* iecctl show: one case: its journey, its evidence, its mail. */

#include "config/paths.h"
#include "ctl/commands/case_json.h"
#include "ctl/commands/judgement_json.h"
#include "daemon/store/endings.h"
#include "daemon/store/matters.h"
#include "daemon/store/messages.h"
#include "daemon/store/outbox.h"
#include <stdio.h>

typedef struct Dossier {
    CaseRow *row;
    GPtrArray *events, *decisions, *messages, *replies, *outcomes, *links;
} Dossier;

static void dossier_clear(Dossier *d)
{
    g_clear_pointer(&d->row, case_row_free);
    g_clear_pointer(&d->events, g_ptr_array_unref);
    g_clear_pointer(&d->decisions, g_ptr_array_unref);
    g_clear_pointer(&d->messages, g_ptr_array_unref);
    g_clear_pointer(&d->replies, g_ptr_array_unref);
    g_clear_pointer(&d->outcomes, g_ptr_array_unref);
    g_clear_pointer(&d->links, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Dossier, dossier_clear)

static bool load(Db *db, const char *text, Dossier *d, GError **error)
{
    int year;
    uint32_t number;
    if (!case_reference_parse(text, &year, &number)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
                    "%s is not a case reference; write it like IEC/26/000123", text);
        return false;
    }
    g_autofree char *reference = case_reference(year, number);
    g_autoptr(GError) broken = NULL;
    d->row = cases_by_reference(db, reference, &broken);
    if (!d->row && !broken)
        g_set_error(&broken, STORE_ERROR, STORE_ERROR_FAILED, "there is no case %s", reference);
    if (broken) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return false;
    }
    return (d->events = cases_events(db, d->row->id, error)) &&
           (d->decisions = cases_decisions(db, d->row->id, error)) &&
           (d->messages = messages_of_case(db, d->row->id, error)) &&
           (d->replies = outbox_of_case(db, d->row->id, error)) &&
           (d->outcomes = outcomes_of_case(db, d->row->id, error)) &&
           (d->links = matters_links(db, d->row->id, error));
}

static JsonArray *events_json(const GPtrArray *events)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < events->len; n++) {
        const EventRow *e = events->pdata[n];
        JsonObject *o = json_object_new();
        g_autofree char *at = time_text(e->at);
        json_object_set_string_member(o, "at", at);
        json_object_set_string_member(o, "who", e->who);
        json_object_set_string_member(o, "what", e->what);
        set_text(o, "why", e->why);
        json_array_add_object_element(array, o);
    }
    return array;
}

static JsonArray *decisions_json(const GPtrArray *decisions)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < decisions->len; n++) {
        const DecisionRow *d = decisions->pdata[n];
        JsonObject *o = json_object_new();
        g_autofree char *at = time_text(d->at);
        g_autofree char *limit = day_to_iso(d->time_limit);
        json_object_set_string_member(o, "at", at);
        json_object_set_string_member(o, "by", d->by);
        json_object_set_string_member(o, "decision", d->decision);
        json_object_set_int_member(o, "line", d->line);
        set_words(o, "reasons", d->reasons);
        set_words(o, "asks", d->asks);
        set_words(o, "refer", d->refer);
        set_text(o, "release", d->release);
        set_text(o, "time_limit", limit);
        set_text(o, "policy", d->rules_version);
        if (d->facts)
            json_object_set_array_member(o, "findings", findings_json(d->facts));
        json_array_add_object_element(array, o);
    }
    return array;
}

static char *original_path(const Settings *s, const MessageRow *m)
{
    return g_build_filename(s->state_dir, "originals", m->shard, m->sha256, NULL);
}

/* By which evidence names it ("message 2, body"): repeats have none. */
static unsigned number_of(const GPtrArray *messages, unsigned index)
{
    unsigned number = 0;
    for (unsigned n = 0; n <= index; n++)
        number += !((const MessageRow *)messages->pdata[n])->duplicate_of;
    return ((const MessageRow *)messages->pdata[index])->duplicate_of ? 0 : number;
}

static JsonArray *messages_json(const Settings *s, const GPtrArray *messages)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < messages->len; n++) {
        const MessageRow *m = messages->pdata[n];
        JsonObject *o = json_object_new();
        g_autofree char *at = time_text(m->received_at);
        g_autofree char *path = original_path(s, m);
        json_object_set_int_member(o, "number", number_of(messages, n));
        json_object_set_string_member(o, "received", at);
        set_text(o, "from", m->sender);
        set_text(o, "subject", m->subject);
        set_text(o, "kind", m->kind);
        json_object_set_string_member(o, "state", m->state);
        json_object_set_string_member(o, "original", path);
        json_array_add_object_element(array, o);
    }
    return array;
}

static JsonArray *replies_json(const GPtrArray *replies)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < replies->len; n++) {
        const OutboxRow *r = replies->pdata[n];
        JsonObject *o = json_object_new();
        g_autofree char *at = time_text(r->sent_at);
        json_object_set_string_member(o, "kind", reply_name(r->kind));
        json_object_set_string_member(o, "state", r->state);
        json_object_set_string_member(o, "to", r->recipient);
        json_object_set_string_member(o, "message_id", r->message_id);
        set_text(o, "sent", at);
        set_text(o, "server_said", r->last_answer);
        json_array_add_object_element(array, o);
    }
    return array;
}

static JsonArray *outcomes_json(const GPtrArray *outcomes)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < outcomes->len; n++) {
        const CaseOutcome *c = outcomes->pdata[n];
        JsonObject *o = json_object_new();
        g_autofree char *day = day_to_iso(c->day);
        g_autofree char *at = time_text(c->at);
        g_autofree char *redress = c->redress ? pounds_plain(c->redress) : NULL;
        json_object_set_string_member(o, "outcome", outcome_name(c->kind));
        json_object_set_string_member(o, "day", day);
        json_object_set_boolean_member(o, "apology", c->apology);
        set_text(o, "redress", redress);
        json_object_set_string_member(o, "at", at);
        json_object_set_string_member(o, "by", c->by);
        set_text(o, "why", c->why);
        json_array_add_object_element(array, o);
    }
    return array;
}

static JsonArray *links_json(const GPtrArray *links)
{
    JsonArray *array = json_array_new();
    for (unsigned n = 0; n < links->len; n++) {
        const LinkRow *l = links->pdata[n];
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "case", l->reference);
        json_object_set_string_member(o, "why", link_name(l->why));
        json_object_set_boolean_member(o, "by_other", l->by_other);
        json_array_add_object_element(array, o);
    }
    return array;
}

static void show_json(const Settings *s, Db *db, const Dossier *d)
{
    JsonObject *o = case_json(db, d->row);
    json_object_set_array_member(o, "events", events_json(d->events));
    json_object_set_array_member(o, "decisions", decisions_json(d->decisions));
    json_object_set_array_member(o, "messages", messages_json(s, d->messages));
    json_object_set_array_member(o, "replies", replies_json(d->replies));
    json_object_set_array_member(o, "outcomes", outcomes_json(d->outcomes));
    json_object_set_array_member(o, "links", links_json(d->links));
    print_json(o);
}

static const char *link_words(const LinkRow *l)
{
    static const char *const WORDS[LINK_COUNT][2] = {
        [LINK_CLAIMED] = {"this names that case without proof",
                          "that names this case without proof"},
        [LINK_LATER] = {"the same sender wrote before", "the same sender wrote again"},
        [LINK_UNSURE] = {"perhaps the same matter", "perhaps the same matter"},
        [LINK_SAME_MATTER] = {"somebody else on the same matter; tell neither of the other",
                              "somebody else on the same matter; tell neither of the other"},
    };
    return WORDS[l->why][l->by_other];
}

static void show_links(const Dossier *d)
{
    for (unsigned n = 0; n < d->links->len; n++) {
        const LinkRow *l = d->links->pdata[n];
        printf("  linked     %s: %s\n", l->reference, link_words(l));
    }
}

static void show_head(const Dossier *d)
{
    const CaseRow *c = d->row;
    g_autofree char *due = day_to_words(c->reply_due, false);
    g_autofree char *name = safe_text(c->contact_name);
    g_autofree char *address = safe_text(c->contact_address);
    g_autofree char *why = case_why(c);
    g_autofree char *flags = SET_TO_TEXT(c->flags, flag_name, FLAG_COUNT);
    printf("%s  %s\n", c->reference, case_state_name(c->state));
    printf("  from       %s <%s>\n", name, address);
    printf("  decision   %s%s%s\n", decision_name(c->decision), why[0] ? ": " : "", why);
    printf("  area       %s\n", area_name(c->area));
    if (flags[0])
        printf("  flags      %s\n", flags);
    printf("  reply due  %s\n", due ? due : "-");
    show_links(d);
    for (unsigned n = 0; n < d->outcomes->len; n++) {
        g_autofree char *words = case_outcome_words(d->outcomes->pdata[n]);
        printf("  outcome    %s\n", words);
    }
}

static void show_journey(const Dossier *d)
{
    puts("\nJourney");
    for (unsigned n = 0; n < d->events->len; n++) {
        const EventRow *e = d->events->pdata[n];
        g_autofree char *at = time_words(e->at);
        g_autofree char *who = safe_text(e->who);
        g_autofree char *why = safe_text(e->why);
        printf("  %s  %-8s %-22s %s\n", at, who, e->what, why);
    }
}

static void show_mail(const Settings *s, const Dossier *d)
{
    puts("\nMail");
    for (unsigned n = 0; n < d->messages->len; n++) {
        const MessageRow *m = d->messages->pdata[n];
        g_autofree char *at = time_words(m->received_at);
        g_autofree char *subject = safe_text(m->subject);
        g_autofree char *path = original_path(s, m);
        unsigned number = number_of(d->messages, n);
        g_autofree char *kind = number > 1 ? g_strdup_printf("%s (%u)", m->kind, number)
                                : number   ? g_strdup(m->kind)
                                           : g_strdup("repeat");
        printf("  %s  in   %-14s %s\n    %s\n", at, kind, subject, path);
    }
    for (unsigned n = 0; n < d->replies->len; n++) {
        const OutboxRow *r = d->replies->pdata[n];
        g_autofree char *at = time_words(r->sent_at);
        printf("  %-16s  out  %-14s %s\n", at, reply_name(r->kind), r->state);
    }
}

static void show_evidence(const Dossier *d)
{
    if (!d->decisions->len)
        return;
    const DecisionRow *last = d->decisions->pdata[d->decisions->len - 1];
    printf("\nEvidence of the last decision (%s, rules %s)\n", last->by, last->rules_version);
    if (last->facts)
        findings_print(last->facts);
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Dossier) dossier = {0};
    if (!command_options(&command_show, &argc, &argv, NULL, 1))
        return 2;
    if (argc < 2) {
        fputs("iecctl show: name a case, like IEC/26/000123\n", stderr);
        return 2;
    }
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    if (!db)
        return 1;
    if (!load(db, argv[1], &dossier, &error))
        return command_fail(error);
    if (shared->json) {
        show_json(settings, db, &dossier);
        return 0;
    }
    show_head(&dossier);
    show_journey(&dossier);
    show_mail(settings, &dossier);
    show_evidence(&dossier);
    return 0;
}

const Command command_show = {"show", "CASE", "One case: its journey, evidence and mail", run};
