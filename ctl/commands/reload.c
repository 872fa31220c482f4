/* iecctl reload: settings, templates, calendar and rules read again by the running daemon. */

#include "ctl/commands/ask_daemon.h"
#include <stdio.h>

static int run(const Shared *shared, int argc, char **argv)
{
    if (!command_options(&command_reload, &argc, &argv, NULL, 0))
        return 2;
    g_autoptr(Settings) settings = command_settings(shared);
    if (!settings)
        return 1;
    if (!daemon_runs(settings)) {
        fputs("iecctl: iecd does not run; it reads everything when it starts\n", stderr);
        return 1;
    }
    JsonObject *request = json_object_new();
    json_object_set_string_member(request, "command", "reload");
    return ask_daemon(shared, settings, request, NULL);
}

const Command command_reload = {"reload", "",
                                "Have iecd read its settings, rules and templates again", run};
