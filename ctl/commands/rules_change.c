#include "ctl/commands/rules_change.h"
#include "ctl/commands/ask_daemon.h"
#include "ctl/commands/dry_run.h"
#include "ctl/commands/rule_lines.h"
#include "daemon/store/rule_sets.h"
#include <stdio.h>

static void print_changes(const Shared *shared, const DryRun *run)
{
    for (unsigned n = 0; n < run->changes->len; n++) {
        const DryChange *c = run->changes->pdata[n];
        if (!shared->json) {
            printf("%s  %s -> %s\n", c->reference, c->before, c->after);
            continue;
        }
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "reference", c->reference);
        json_object_set_string_member(o, "before", c->before);
        json_object_set_string_member(o, "after", c->after);
        print_json(o);
    }
    if (!shared->json)
        printf("%s: of the last %u cases %u would be judged otherwise%s%s\n", run->version,
               run->cases, run->changed, run->figures[0] ? ": " : "", run->figures);
}

static bool without_faults(const char *dir)
{
    g_autoptr(GError) error = NULL;
    int status = 1;
    g_autofree char *said = rule_reader_run("--check-rules", dir, &status, &error);
    if (!said)
        command_fail(error);
    else if (status != 0)
        fprintf(stderr, "%siecctl: rules with faults are not proposed\n", said);
    return said && status == 0;
}

int rules_propose(const Shared *shared, const char *dir, const char *as)
{
    g_autoptr(Settings) settings = without_faults(dir) ? command_settings(shared) : NULL;
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(DryRun) run = db ? dry_run(settings, db, dir, RULE_SETS_TRIAL_MOST) : NULL;
    if (!run)
        return 1;
    print_changes(shared, run);
    g_autofree char *cases = g_strdup_printf("%u", run->cases);
    g_autofree char *changed = g_strdup_printf("%u", run->changed);
    const char *const members[] = {
        "command", "rules-propose", "version",    run->version, "cases", cases, "changed",
        changed,   "figures",       run->figures, "as",         as,      NULL};
    return ask_daemon_for(shared, members);
}

int rules_approve(const Shared *shared, const char *version, const char *as)
{
    const char *const members[] = {"command", "rules-approve", "version", version, "as", as, NULL};
    return ask_daemon_for(shared, members);
}

static void print_set(const Shared *shared, const RuleSet *r)
{
    g_autofree char *proposer = safe_text(r->proposed_by), *approver = safe_text(r->approved_by);
    if (shared->json) {
        g_autofree char *proposed = time_text(r->proposed_at);
        g_autofree char *approved = time_text(r->approved_at);
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "version", r->version);
        set_text(o, "proposed", proposed);
        set_text(o, "proposed_by", proposer);
        json_object_set_int_member(o, "cases", r->cases);
        json_object_set_int_member(o, "changed", r->changed);
        set_text(o, "figures", r->figures);
        set_text(o, "approved", approved);
        set_text(o, "approved_by", approver);
        print_json(o);
        return;
    }
    g_autofree char *proposed = time_words(r->proposed_at);
    g_autofree char *approved = time_words(r->approved_at);
    printf("%s\n", r->version);
    if (proposer[0])
        printf("  proposed %s by %s: %u of %u cases judged otherwise%s%s\n", proposed, proposer,
               r->changed, r->cases, r->figures[0] ? ": " : "", r->figures);
    if (approver[0])
        printf("  approved %s by %s\n", approved, approver);
    else
        puts("  not approved");
}

static void print_use(const Shared *shared, const RuleUse *u)
{
    g_autofree char *at = shared->json ? time_text(u->at) : time_words(u->at);
    if (!shared->json) {
        printf("%s  in force: %s (%s)\n", at, u->version, u->how);
        return;
    }
    JsonObject *o = json_object_new();
    json_object_set_string_member(o, "in_force", u->version);
    json_object_set_string_member(o, "since", at);
    json_object_set_string_member(o, "how", u->how);
    print_json(o);
}

int rules_history(const Shared *shared)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(GPtrArray) sets = db ? rule_sets_all(db, &error) : NULL;
    g_autoptr(GPtrArray) uses = sets ? rule_sets_uses(db, &error) : NULL;
    if (!uses)
        return db ? command_fail(error) : 1;
    for (unsigned n = 0; n < sets->len; n++)
        print_set(shared, sets->pdata[n]);
    for (unsigned n = 0; n < uses->len; n++)
        print_use(shared, uses->pdata[n]);
    return 0;
}
