/* iecctl check-config: every mistake in the settings, the same as iecd --check-config. */

#include "config/paths.h"
#include "ctl/commands/command.h"
#include <gio/gio.h>

static void print_result(const Shared *shared, bool ok, const char *said)
{
    JsonObject *o = json_object_new();
    JsonArray *mistakes = json_array_new();
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    for (char **l = lines; *l; l++) {
        if ((*l)[0])
            json_array_add_string_element(mistakes, *l);
    }
    json_object_set_string_member(o, "file", shared->config);
    json_object_set_boolean_member(o, "ok", ok);
    json_object_set_array_member(o, "mistakes", mistakes);
    print_json(o);
}

static int run(const Shared *shared, int argc, char **argv)
{
    if (!command_options(&command_check_config, &argc, &argv, NULL, 0))
        return 2;
    g_autoptr(GError) error = NULL;
    g_autofree char *iecd = program_path("iecd"), *said = NULL;
    GSubprocessFlags flags =
        shared->json ? G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE
                     : G_SUBPROCESS_FLAGS_NONE;
    g_autoptr(GSubprocess) process =
        g_subprocess_new(flags, &error, iecd, "--check-config", "--config", shared->config, NULL);
    if (!process || !g_subprocess_communicate_utf8(process, NULL, NULL, NULL, &said, &error))
        return command_fail(error);
    int status = g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : 1;
    if (shared->json)
        print_result(shared, status == 0, said ? said : "");
    return status;
}

const Command command_check_config = {"check-config", "", "Say what is wrong with the settings",
                                      run};
