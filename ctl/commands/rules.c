/* iecctl rules: what is wrong with the rule set, what stands in it, and how it changes. */

#include "config/paths.h"
#include "ctl/commands/command.h"
#include "ctl/commands/rule_lines.h"
#include "ctl/commands/rules_change.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The folder that holds rules/: the one named, else the one that the settings name. Who may not
 * read the settings gets the rules as shipped. */
static char *folder_of(const Shared *shared, const char *named)
{
    if (named)
        return g_strdup(named);
    if (!shared->config_given && access(shared->config, R_OK) != 0)
        return config_dir_default();
    g_autoptr(Settings) settings = command_settings(shared);
    if (!settings)
        return NULL;
    return settings->data_dir[0] ? g_strdup(settings->data_dir) : config_dir_default();
}

static void add_text(JsonArray *array, const char *line, const char *head)
{
    if (g_str_has_prefix(line, head))
        json_array_add_string_element(array, line + strlen(head));
}

static void print_check_json(const char *dir, const char *said, bool ok)
{
    JsonObject *o = json_object_new();
    JsonArray *faults = json_array_new(), *notes = json_array_new();
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    for (char **l = lines; *l; l++) {
        add_text(faults, *l, "fault: ");
        add_text(notes, *l, "note: ");
    }
    json_object_set_string_member(o, "folder", dir);
    json_object_set_boolean_member(o, "ok", ok);
    json_object_set_array_member(o, "faults", faults);
    json_object_set_array_member(o, "notes", notes);
    print_json(o);
}

static int check(const Shared *shared, const char *dir)
{
    g_autoptr(GError) error = NULL;
    int status = 1;
    g_autofree char *said = rule_reader_run("--check-rules", dir, &status, &error);
    if (!said)
        return command_fail(error);
    if (shared->json)
        print_check_json(dir, said, status == 0);
    else
        fputs(said, stdout);
    return status;
}

static void print_rule_json(const RuleLine *r)
{
    JsonObject *o = json_object_new();
    json_object_set_string_member(o, "id", r->id);
    json_object_set_string_member(o, "fact", r->fact);
    json_object_set_string_member(o, "value", r->value);
    json_object_set_string_member(o, "strength", r->strength);
    set_words(o, "scope", r->scope);
    json_object_set_string_member(o, "says", r->says);
    print_json(o);
}

static int list(const Shared *shared, const char *dir)
{
    static const char *const HEAD[] = {"RULE", "FACT", "VALUE", "STRENGTH", "SCOPE", "SAYS", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rules = rule_lines(dir, &error);
    if (!rules)
        return command_fail(error);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (unsigned n = 0; n < rules->len; n++) {
        const RuleLine *r = rules->pdata[n];
        if (shared->json) {
            print_rule_json(r);
            continue;
        }
        const char *const cells[] = {r->id,    r->fact, r->value, r->strength,
                                     r->scope, r->says, NULL};
        g_ptr_array_add(rows, g_strdupv((char **)(void *)cells));
    }
    if (!shared->json)
        print_table(HEAD, rows);
    return 0;
}

static int usage(void)
{
    fputs("iecctl rules: write check or list [DIR], propose DIR, approve VERSION, or history\n",
          stderr);
    return 2;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *as = NULL;
    GOptionEntry entries[] = {
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who proposes or approves", "NAME"},
        {0},
    };
    if (!command_options(&command_rules, &argc, &argv, entries, 2))
        return 2;
    const char *word = argc > 1 ? argv[1] : "";
    if (argc == 2 && !strcmp(word, "history"))
        return rules_history(shared);
    if (argc == 3 && !strcmp(word, "propose"))
        return rules_propose(shared, argv[2], as);
    if (argc == 3 && !strcmp(word, "approve"))
        return rules_approve(shared, argv[2], as);
    bool checks = !strcmp(word, "check");
    if (!checks && strcmp(word, "list") != 0)
        return usage();
    g_autofree char *dir = folder_of(shared, argc > 2 ? argv[2] : NULL);
    if (!dir)
        return 1;
    return checks ? check(shared, dir) : list(shared, dir);
}

const Command command_rules = {
    "rules", "check|list [DIR] | propose DIR | approve VERSION | history",
    "Say what is wrong with the rules, list them, or change them by two people", run};
