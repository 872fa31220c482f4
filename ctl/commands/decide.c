/* iecctl decide: what a person decided about a case; the reply is queued by the same code. */

#include "ctl/commands/ask_daemon.h"
#include <stdio.h>

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *reasons = NULL, *asks = NULL, *why = NULL, *note = NULL, *as = NULL;
    gboolean authority = FALSE;
    GOptionEntry entries[] = {
        {"reasons", 'r', 0, G_OPTION_ARG_STRING, &reasons,
         "With reject: appealable-decision policy-or-legislation ombudsman employment court "
         "windrush-compensation psu-misconduct data-protection not-in-remit no-final-response "
         "out-of-time",
         "A,B"},
        {"asks", 'a', 0, G_OPTION_ARG_STRING, &asks,
         "With ask: final-response business-area what-happened authority", "A,B"},
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "Your reason, for the case's history", "TEXT"},
        {"note", 'n', 0, G_OPTION_ARG_STRING, &note,
         "With close: words sent to the complainant (none: nothing is sent)", "TEXT"},
        {"authority", 0, 0, G_OPTION_ARG_NONE, &authority,
         "You have seen a representative's signed authority", NULL},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: whose decision it is", "NAME"},
        {0},
    };
    if (!command_options(&command_decide, &argc, &argv, entries, 2))
        return 2;
    if (argc < 3) {
        fputs(
            "iecctl decide: usage: iecctl decide CASE accept|reject|ask|refer|close [--why TEXT]\n",
            stderr);
        return 2;
    }
    const char *const members[] = {
        "command", "decide", "case", argv[1], "decision",  argv[2],
        "reasons", reasons,  "asks", asks,    "why",       why,
        "note",    note,     "as",   as,      "authority", authority ? "yes" : NULL,
        NULL};
    return ask_daemon_for(shared, members);
}

const Command command_decide = {"decide", "CASE accept|reject|ask|refer|close",
                                "Record a person's decision and queue its reply", run};
