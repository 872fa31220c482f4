/* iecctl close: a person ends a case; where it had been accepted and is found outside, two do. */

#include "ctl/commands/ask_daemon.h"
#include <stdio.h>
#include <string.h>

static const char *const KINDS[] = {"no-reply", "withdrawn", "outside"};

typedef struct Wanted {
    const char *kind; /* one of KINDS, "agree", "refuse"; NULL none, or more than one */
    const char *name; /* NULL none */
} Wanted;

static bool is_kind(const char *word)
{
    for (size_t n = 0; n < G_N_ELEMENTS(KINDS); n++) {
        if (!strcmp(KINDS[n], word))
            return true;
    }
    return false;
}

/* `--as` says how the case is closed, and for root, as in the other commands, who does it. */
static bool read_wanted(char **as, gboolean agree, gboolean refuse, Wanted *w)
{
    unsigned kinds = agree + refuse;
    w->kind = agree ? "agree" : refuse ? "refuse" : NULL;
    for (char **word = as; word && *word; word++) {
        if (is_kind(*word)) {
            w->kind = *word;
            kinds++;
        } else if (w->name)
            return false;
        else
            w->name = *word;
    }
    return kinds == 1;
}

static int usage(void)
{
    fputs("iecctl close: usage: iecctl close CASE --as no-reply|withdrawn|outside [--why TEXT], or "
          "--agree or --refuse\n",
          stderr);
    return 2;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_auto(GStrv) as = NULL;
    g_autofree char *reasons = NULL, *why = NULL, *note = NULL;
    gboolean agree = FALSE, refuse = FALSE;
    GOptionEntry entries[] = {
        {"as", 0, 0, G_OPTION_ARG_STRING_ARRAY, &as,
         "no-reply, withdrawn or outside; for root a second one says whose decision it is", "KIND"},
        {"agree", 0, 0, G_OPTION_ARG_NONE, &agree,
         "Close as outside what another person proposed to", NULL},
        {"refuse", 0, 0, G_OPTION_ARG_NONE, &refuse, "Refuse that", NULL},
        {"reasons", 'r', 0, G_OPTION_ARG_STRING, &reasons,
         "With outside: the reasons the letter explains, named as in iecctl decide --help", "A,B"},
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why,
         "Your reason, for the case's history; with outside the letter says it too where there "
         "are neither --reasons nor --note",
         "TEXT"},
        {"note", 'n', 0, G_OPTION_ARG_STRING, &note, "With outside: words for the letter", "TEXT"},
        {0},
    };
    Wanted w = {0};
    if (!command_options(&command_close, &argc, &argv, entries, 1))
        return 2;
    if (argc < 2 || !read_wanted(as, agree, refuse, &w))
        return usage();
    const char *const members[] = {"command", "close",   "case",  argv[1], "kind",
                                   w.kind,    "reasons", reasons, "why",   why,
                                   "note",    note,      "as",    w.name,  NULL};
    return ask_daemon_for(shared, members);
}

const Command command_close = {"close", "CASE --as no-reply|withdrawn|outside | --agree | --refuse",
                               "End a case that nobody answers, withdrawn or found outside", run};
