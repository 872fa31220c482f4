/* iecctl contact: whom a case writes to, and a person's word on where that is from now on. */

#include "ctl/commands/ask_daemon.h"
#include "daemon/store/stops.h"
#include <stdio.h>

static int show(const Shared *shared, const char *reference)
{
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(CaseRow) c = db ? command_case(db, reference) : NULL;
    if (!c)
        return 1;
    uint32_t stops = stops_on(db, c->id, c->contact_address);
    g_autofree char *words = SET_TO_TEXT(stops, stop_name, STOP_COUNT);
    if (shared->json) {
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "reference", c->reference);
        set_text(o, "name", c->contact_name);
        set_text(o, "address", c->contact_address);
        set_words(o, "stops", words);
        print_json(o);
        return 0;
    }
    g_autofree char *name = safe_text(c->contact_name);
    g_autofree char *address = safe_text(c->contact_address);
    printf("%s  %s <%s>\n", c->reference, name, address);
    if (stops)
        printf("  no letter goes: %s\n", words);
    return 0;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *address = NULL, *name = NULL, *why = NULL, *as = NULL;
    GOptionEntry entries[] = {
        {"address", 'a', 0, G_OPTION_ARG_STRING, &address,
         "Letters go there from now on; you have made sure that it is theirs", "ADDRESS"},
        {"name", 'n', 0, G_OPTION_ARG_STRING, &name, "How letters address them", "NAME"},
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "How you know, for the case's history", "TEXT"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who confirms it", "NAME"},
        {0},
    };
    if (!command_options(&command_contact, &argc, &argv, entries, 1))
        return 2;
    if (argc < 2 || (!address && (name || why || as))) {
        fputs("iecctl contact: usage: iecctl contact CASE [--address ADDRESS [--name NAME]]\n",
              stderr);
        return 2;
    }
    if (!address)
        return show(shared, argv[1]);
    const char *const members[] = {"command", "contact", "case", argv[1], "address",
                                   address,   "name",    name,   "why",   why,
                                   "as",      as,        NULL};
    return ask_daemon_for(shared, members);
}

const Command command_contact = {"contact", "CASE [--address ADDRESS [--name NAME]]",
                                 "Whom a case writes to; confirm another address", run};
