/* iecctl cases: the register's cases, filtered. */

#include "ctl/commands/case_json.h"
#include <stdio.h>
#include <string.h>

typedef struct Wanted {
    char *state, *decision, *due, *flag, *text;
    int limit;
    gboolean silent;
} Wanted;

static bool number_of(const char *what, const char *text, const char *(*name)(int), int count,
                      int *out)
{
    *out = text ? name_index(name, count, text) : -1;
    if (!text || *out >= 0)
        return true;
    fprintf(stderr, "iecctl cases: --%s %s: write one of", what, text);
    for (int n = 0; n < count; n++)
        fprintf(stderr, " %s", name(n));
    fputc('\n', stderr);
    return false;
}

static bool read_filter(const Wanted *w, CaseFilter *f)
{
    typedef const char *(*NameFunc)(int);
    int flag;
    *f = (CaseFilter){.due_by = DAY_NONE, .text = w->text, .limit = (unsigned)MAX(w->limit, 0)};
    if (!number_of("state", w->state, (NameFunc)(void *)case_state_name, CASE_STATE_COUNT,
                   &f->state) ||
        !number_of("decision", w->decision, (NameFunc)(void *)decision_name, DECISION_COUNT,
                   &f->decision) ||
        !number_of("flag", w->flag, (NameFunc)(void *)flag_name, FLAG_COUNT, &flag))
        return false;
    f->flags_any = flag >= 0 ? BIT(flag) : 0;
    f->silent = w->silent;
    if (!w->due)
        return true;
    f->due_by = day_from_iso(w->due);
    if (f->due_by == DAY_NONE)
        fprintf(stderr, "iecctl cases: --due-by %s: write a day like 2026-06-01\n", w->due);
    return f->due_by != DAY_NONE;
}

static void strv_free(void *row)
{
    g_strfreev(row);
}

static char **case_cells(Db *db, const CaseRow *c)
{
    g_autofree char *due = day_to_iso(c->reply_due);
    g_autofree char *reasons = case_why(c);
    g_autofree char *replied = time_words(case_replied_at(db, c));
    GPtrArray *cells = g_ptr_array_new();
    g_ptr_array_add(cells, g_strdup(c->reference));
    g_ptr_array_add(cells,
                    safe_text(c->contact_address && c->contact_address[0] ? c->contact_address
                                                                          : c->contact_name));
    g_ptr_array_add(cells, g_strdup(case_state_name(c->state)));
    g_ptr_array_add(cells,
                    g_strdup(c->decision == DECISION_NONE ? "-" : decision_name(c->decision)));
    g_ptr_array_add(cells, g_strdup(reasons[0] ? reasons : "-"));
    g_ptr_array_add(cells, g_strdup(due ? due : "-"));
    g_ptr_array_add(cells, g_strdup(replied[0] ? replied : "-"));
    g_ptr_array_add(cells, NULL);
    return (char **)g_ptr_array_free(cells, FALSE);
}

static int show_list(const Shared *shared, Db *db, const GPtrArray *cases)
{
    static const char *const HEAD[] = {"CASE",    "FROM",      "STATE",      "DECISION",
                                       "REASONS", "REPLY DUE", "REPLIED AT", NULL};
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(strv_free);
    for (unsigned n = 0; n < cases->len; n++) {
        if (shared->json)
            print_json(case_json(db, cases->pdata[n]));
        else
            g_ptr_array_add(rows, case_cells(db, cases->pdata[n]));
    }
    if (!shared->json)
        print_table(HEAD, rows);
    return 0;
}

static int run(const Shared *shared, int argc, char **argv)
{
    Wanted w = {0};
    GOptionEntry entries[] = {
        {"state", 's', 0, G_OPTION_ARG_STRING, &w.state, "Only cases in this state", "STATE"},
        {"decision", 'd', 0, G_OPTION_ARG_STRING, &w.decision, "Only with this decision",
         "DECISION"},
        {"flag", 'f', 0, G_OPTION_ARG_STRING, &w.flag, "Only with this flag", "FLAG"},
        {"due-by", 0, 0, G_OPTION_ARG_STRING, &w.due, "Only with an answer owed by this day",
         "YYYY-MM-DD"},
        {"silent", 0, 0, G_OPTION_ARG_NONE, &w.silent,
         "Only those whose question has had no answer for 28 days", NULL},
        {"text", 't', 0, G_OPTION_ARG_STRING, &w.text,
         "Only with this in the reference, name or address", "TEXT"},
        {"limit", 'n', 0, G_OPTION_ARG_INT, &w.limit, "At most so many", "N"},
        {0},
    };
    CaseFilter filter;
    g_autoptr(GError) error = NULL;
    if (!command_options(&command_cases, &argc, &argv, entries, 0) || !read_filter(&w, &filter))
        return 2;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    if (!db)
        return 1;
    g_autoptr(GPtrArray) cases = cases_list(db, &filter, &error);
    return cases ? show_list(shared, db, cases) : command_fail(error);
}

const Command command_cases = {"cases", "", "List cases, with filters", run};
