/* iecctl outcome: what came of an accepted complaint; the complainant is told by letter. */

#include "ctl/commands/ask_daemon.h"
#include <stdio.h>

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *redress = NULL, *on = NULL, *why = NULL, *as = NULL;
    gboolean apology = FALSE, authority = FALSE;
    GOptionEntry entries[] = {
        {"apology", 0, 0, G_OPTION_ARG_NONE, &apology, "With settle: an apology was agreed", NULL},
        {"redress", 0, 0, G_OPTION_ARG_STRING, &redress, "With settle: the sum that was agreed",
         "POUNDS"},
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, "The day it happened, where that was not today",
         "YYYY-MM-DD"},
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "Your words, for the case's history", "TEXT"},
        {"authority", 0, 0, G_OPTION_ARG_NONE, &authority,
         "You have seen a representative's signed authority", NULL},
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
    const char *const members[] = {"command",   "outcome",
                                   "case",      argv[1],
                                   "kind",      argv[2],
                                   "apology",   apology ? "yes" : NULL,
                                   "redress",   redress,
                                   "on",        on,
                                   "why",       why,
                                   "as",        as,
                                   "authority", authority ? "yes" : NULL,
                                   NULL};
    return ask_daemon_for(shared, members);
}

const Command command_outcome = {"outcome", "CASE resolve|settle|investigate|report",
                                 "Record what came of an accepted complaint and tell its person",
                                 run};
