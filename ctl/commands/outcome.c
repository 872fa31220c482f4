/* iecctl outcome: what came of an accepted complaint; the complainant is told by letter. */

#include "ctl/commands/ask_daemon.h"
#include <stdio.h>

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *redress = NULL, *on = NULL, *why = NULL, *as = NULL;
    gboolean apology = FALSE;
    GOptionEntry entries[] = {
        {"apology", 0, 0, G_OPTION_ARG_NONE, &apology, "With settle: an apology was agreed", NULL},
        {"redress", 0, 0, G_OPTION_ARG_STRING, &redress, "With settle: the sum that was agreed",
         "POUNDS"},
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, "The day it happened, where that was not today",
         "YYYY-MM-DD"},
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "Your words, for the case's history", "TEXT"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who writes it down", "NAME"},
        {0},
    };
    if (!command_options(&command_outcome, &argc, &argv, entries, 2))
        return 2;
    if (argc < 3) {
        fputs("iecctl outcome: usage: iecctl outcome CASE resolve|settle|investigate|report\n",
              stderr);
        return 2;
    }
    g_autoptr(Settings) settings = command_settings(shared);
    if (!settings)
        return 1;
    JsonObject *request = json_object_new();
    request_word(request, "command", "outcome");
    request_word(request, "case", argv[1]);
    request_word(request, "kind", argv[2]);
    request_word(request, "apology", apology ? "yes" : NULL);
    request_word(request, "redress", redress);
    request_word(request, "on", on);
    request_word(request, "why", why);
    request_word(request, "as", as);
    return ask_daemon(shared, settings, request, NULL);
}

const Command command_outcome = {"outcome", "CASE resolve|settle|investigate|report",
                                 "Record what came of an accepted complaint and tell its person",
                                 run};
