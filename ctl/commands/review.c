/* iecctl review: rejections that wait for a person: listed and shown with their evidence, let go,
 * changed, returned. */

#include "ctl/commands/ask_daemon.h"
#include "ctl/commands/case_json.h"
#include "ctl/commands/case_reading.h"
#include "ctl/commands/explain.h"
#include "ctl/commands/judgement_json.h"
#include "ctl/commands/rule_lines.h"
#include <stdio.h>
#include <string.h>

/* The condition of policy 4a, or what held it back since; g_free. */
static char *waits_because(Db *db, const CaseRow *c, const DecisionRow *last)
{
    static const char *const HELD[] = {"held-back", "campaign", "perhaps-more-came", NULL};
    if (last && last->release_why[0])
        return g_strdup(last->release_why);
    g_autoptr(GPtrArray) events = cases_events(db, c->id, NULL);
    for (unsigned n = events ? events->len : 0; n > 0; n--) {
        const EventRow *e = events->pdata[n - 1];
        if (g_strv_contains(HELD, e->what))
            return g_strdup(e->why);
    }
    return g_strdup("no day could be found for its hold to end");
}

static const DecisionRow *last_of(const GPtrArray *decisions)
{
    return decisions && decisions->len ? decisions->pdata[decisions->len - 1] : NULL;
}

static void print_waiting(Db *db, const CaseRow *c)
{
    g_autofree char *due = day_to_words(c->reply_due, false);
    g_autofree char *why = case_why(c);
    g_autoptr(GPtrArray) decisions = cases_decisions(db, c->id, NULL);
    printf("%s  reject %s, answer owed by %s\n", c->reference, why, due ? due : "-");
    const DecisionRow *last = last_of(decisions);
    g_autofree char *because = waits_because(db, c, last);
    printf("  because %s\n", because);
    if (last && last->facts)
        findings_print(last->facts);
    putchar('\n');
}

static void print_waiting_json(Db *db, const CaseRow *c)
{
    JsonObject *o = case_json(db, c);
    g_autoptr(GPtrArray) decisions = cases_decisions(db, c->id, NULL);
    const DecisionRow *last = last_of(decisions);
    g_autofree char *because = waits_because(db, c, last);
    json_object_set_string_member(o, "because", because);
    if (last && last->facts)
        json_object_set_array_member(o, "findings", findings_json(last->facts));
    print_json(o);
}

static int list(const Shared *shared)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    if (!db)
        return 1;
    CaseFilter filter = {.state = CASE_AWAITING_RELEASE, .decision = -1, .due_by = DAY_NONE};
    g_autoptr(GPtrArray) cases = cases_list(db, &filter, &error);
    if (!cases)
        return command_fail(error);
    unsigned shown = 0;
    for (unsigned n = 0; n < cases->len; n++) {
        const CaseRow *c = cases->pdata[n];
        if (c->release != RELEASE_REVIEWED)
            continue;
        shown++;
        if (shared->json)
            print_waiting_json(db, c);
        else
            print_waiting(db, c);
    }
    if (!shared->json)
        printf("%u wait; iecctl review show, approve, change or return CASE\n", shown);
    return 0;
}

static void show_message(const ReadFile *f, void *user)
{
    const GPtrArray *rules = user;
    g_autofree char *name = safe_text(f->name);
    printf("%s\n", name);
    if (f->error || !f->result->facts) {
        const char *why = f->error ? f->error : f->result->why;
        g_autofree char *words = safe_text(why);
        printf("  cannot be read: %s\n", words);
        return;
    }
    Explained e = {.file = f->name,
                   .document = f->result->document,
                   .facts = f->result->facts,
                   .rules = rules};
    explain_words_print(&e);
}

/* The case's messages, each with the evidence marked in its own words. */
static int show(const Shared *shared, const char *reference)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(CaseRow) c = db ? command_case(db, reference) : NULL;
    if (!c)
        return 1;
    g_autofree char *dir = case_reading_rules(settings);
    g_autoptr(GPtrArray) rules = rule_lines(dir, &error);
    g_autoptr(CaseReading) reading = case_reading_new(settings);
    if (!rules || !case_reading_add(reading, db, c, 0, &error))
        return command_fail(error);
    print_waiting(db, c);
    return case_reading_run(reading, dir, show_message, rules) ? 0 : 1;
}

typedef struct Options {
    char *why, *as, *reasons, *asks, *decision;
} Options;

static void options_clear(Options *o)
{
    g_free(o->why);
    g_free(o->as);
    g_free(o->reasons);
    g_free(o->asks);
    g_free(o->decision);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool read_options(Options *o, int *argc, char ***argv)
{
    GOptionEntry entries[] = {
        {"why", 'w', 0, G_OPTION_ARG_STRING, &o->why, "Your reason, for the case's history",
         "TEXT"},
        {"reasons", 'r', 0, G_OPTION_ARG_STRING, &o->reasons,
         "With change: the reasons to reject for instead; see iecctl decide --help", "A,B"},
        {"decision", 'd', 0, G_OPTION_ARG_STRING, &o->decision,
         "With change: decide otherwise instead", "accept|ask|refer"},
        {"asks", 'a', 0, G_OPTION_ARG_STRING, &o->asks, "With --decision ask: what for", "A,B"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &o->as, "For root: whose approval it is", "NAME"},
        {0},
    };
    return command_options(&command_review, argc, argv, entries, 2);
}

static int run(const Shared *shared, int argc, char **argv)
{
    static const char *const WORDS[] = {"approve", "return", "change", NULL};
    g_auto(Options) o = {0};
    if (!read_options(&o, &argc, &argv))
        return 2;
    if (argc == 1 || (argc == 2 && !strcmp(argv[1], "list")))
        return list(shared);
    if (argc == 3 && !strcmp(argv[1], "show"))
        return show(shared, argv[2]);
    if (argc < 3 || !g_strv_contains(WORDS, argv[1])) {
        fputs("iecctl review: usage: iecctl review [list | show CASE | approve CASE | "
              "change CASE --reasons A,B | return CASE]\n",
              stderr);
        return 2;
    }
    const char *const members[] = {"command", argv[1], "case",     argv[2],    "why",
                                   o.why,     "as",    o.as,       "reasons",  o.reasons,
                                   "asks",    o.asks,  "decision", o.decision, NULL};
    return ask_daemon_for(shared, members);
}

const Command command_review = {"review",
                                "[list | show CASE | approve CASE | change CASE | return CASE]",
                                "Rejections that wait for a person's approval", run};
