/* iecctl alert: what people must see now, and that they have seen it. */

#include "ctl/commands/ask_daemon.h"
#include "daemon/store/alerts.h"
#include <stdio.h>
#include <string.h>

static void print_alert(const AlertRow *a)
{
    g_autofree char *raised = time_words(a->raised_at);
    g_autofree char *again = time_words(a->again_at);
    g_autofree char *due = day_to_words(a->reply_due, false);
    printf("%s  %-19s raised %s, mailed again %s, answer owed by %s\n", a->reference,
           alert_name(a->kind), raised, again, due ? due : "-");
}

static void print_alert_json(const AlertRow *a)
{
    JsonObject *o = json_object_new();
    g_autofree char *raised = time_text(a->raised_at);
    g_autofree char *again = time_text(a->again_at);
    g_autofree char *due = day_to_iso(a->reply_due);
    json_object_set_string_member(o, "reference", a->reference);
    json_object_set_string_member(o, "kind", alert_name(a->kind));
    json_object_set_string_member(o, "raised", raised);
    json_object_set_string_member(o, "mailed_again", again);
    set_text(o, "reply_due", due);
    print_json(o);
}

static int list(const Shared *shared)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    if (!db)
        return 1;
    g_autoptr(GPtrArray) open = alerts_open(db, &error);
    if (!open)
        return command_fail(error);
    for (unsigned n = 0; n < open->len; n++) {
        if (shared->json)
            print_alert_json(open->pdata[n]);
        else
            print_alert(open->pdata[n]);
    }
    if (!shared->json)
        printf("%u wait; `iecctl alert ack CASE [KIND]` says that you have seen it\n", open->len);
    return 0;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *why = NULL, *as = NULL;
    GOptionEntry entries[] = {
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "What you did, for the case's history", "TEXT"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who has seen it", "NAME"},
        {0},
    };
    if (!command_options(&command_alert, &argc, &argv, entries, 3))
        return 2;
    bool listing = argc == 1 || (argc == 2 && !strcmp(argv[1], "list"));
    if (!listing && (argc < 3 || argc > 4 || strcmp(argv[1], "ack") != 0)) {
        fputs("iecctl alert: usage: iecctl alert [list | ack CASE [KIND]]\n", stderr);
        return 2;
    }
    if (listing)
        return list(shared);
    const char *kind = argc == 4 ? argv[3] : NULL;
    const char *const members[] = {"command", "alert-ack", "case", argv[2], "kind", kind,
                                   "why",     why,         "as",   as,      NULL};
    return ask_daemon_for(shared, members);
}

const Command command_alert = {"alert", "[list | ack CASE [KIND]]",
                               "Alerts nobody has acknowledged; acknowledge those of a case", run};
