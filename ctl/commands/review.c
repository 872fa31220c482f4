/* iecctl review: rejections that wait for a person: listed with their evidence, let go, returned.
 */

#include "ctl/commands/ask_daemon.h"
#include "ctl/commands/case_json.h"
#include "ctl/commands/judgement_json.h"
#include <stdio.h>
#include <string.h>

static void print_waiting(Db *db, const CaseRow *c)
{
    g_autofree char *due = day_to_words(c->reply_due, false);
    g_autofree char *why = case_why(c);
    g_autoptr(GPtrArray) decisions = cases_decisions(db, c->id, NULL);
    printf("%s  reject %s, answer owed by %s\n", c->reference, why, due ? due : "-");
    const DecisionRow *last =
        decisions && decisions->len ? decisions->pdata[decisions->len - 1] : NULL;
    if (last && last->facts)
        findings_print(last->facts);
    putchar('\n');
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
            print_json(case_json(db, c));
        else
            print_waiting(db, c);
    }
    if (!shared->json)
        printf("%u wait; `iecctl review approve CASE` or `iecctl review return CASE --why TEXT`\n",
               shown);
    return 0;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *why = NULL, *as = NULL;
    GOptionEntry entries[] = {
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "Your reason, for the case's history", "TEXT"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who approves", "NAME"},
        {0},
    };
    if (!command_options(&command_review, &argc, &argv, entries, 2))
        return 2;
    if (argc == 1 || (argc == 2 && !strcmp(argv[1], "list")))
        return list(shared);
    bool known = !strcmp(argv[1], "approve") || !strcmp(argv[1], "return");
    if (argc < 3 || !known) {
        fputs("iecctl review: usage: iecctl review [list | approve CASE | return CASE]\n", stderr);
        return 2;
    }
    g_autoptr(Settings) settings = command_settings(shared);
    if (!settings)
        return 1;
    JsonObject *request = json_object_new();
    json_object_set_string_member(request, "command", argv[1]);
    json_object_set_string_member(request, "case", argv[2]);
    json_object_set_string_member(request, "why", why ? why : "");
    json_object_set_string_member(request, "as", as ? as : "");
    return ask_daemon(shared, settings, request, NULL);
}

const Command command_review = {"review", "[list | approve CASE | return CASE]",
                                "Rejections that wait for a person's approval", run};
