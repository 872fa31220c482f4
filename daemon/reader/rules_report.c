#include "daemon/reader/rules_report.h"
#include "config/rules_check.h"
#include <stdio.h>

int rules_report_check(const char *config_dir)
{
    g_autoptr(GError) error = NULL;
    int64_t begin = g_get_monotonic_time();
    g_autoptr(Rules) r = rules_load(config_dir, &error);
    double ms = (double)(g_get_monotonic_time() - begin) / 1000;
    if (!r) {
        printf("fault: %s\n", error->message);
        return 1;
    }
    g_autoptr(GPtrArray) faults = rules_check(r);
    unsigned notes = 0;
    for (unsigned i = 0; i < faults->len; i++) {
        const RuleFault *f = faults->pdata[i];
        printf("%s: %s\n", f->note ? "note" : "fault", f->text);
        notes += f->note;
    }
    printf("%u rules, version %s, loaded in %.0f ms: %u faults, %u notes\n", rules_count(r),
           rules_version(r), ms, faults->len - notes, notes);
    return faults->len > notes;
}

static char *scope_text(uint32_t scope)
{
    GString *text = g_string_new(NULL);
    for (unsigned n = 0; n < RULE_SCOPE_COUNT; n++)
        if (scope & (1u << n))
            g_string_append_printf(text, "%s%s", text->len ? "," : "", rule_scope_name(n));
    return g_string_free(text, FALSE);
}

static void print_rule(const Rule *rule)
{
    g_autofree char *scope = scope_text(rule->scope), *id = g_strdup(rule->id);
    g_autofree char *says = g_strdup(rule->says);
    g_strdelimit(id, "\t\n", ' ');
    g_strdelimit(says, "\t\n", ' ');
    printf("%s\t%s\t%s\t%s\t%s\t%s\n", id, rule_fact_name(rule->fact), rule->value,
           rule->states ? "states" : "hints", scope, says);
}

int rules_report_list(const char *config_dir)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Rules) r = rules_load(config_dir, &error);
    if (!r) {
        puts(error->message);
        return 1;
    }
    for (unsigned i = 0; i < rules_count(r); i++)
        print_rule(rules_get(r, i));
    return 0;
}
