/* iecctl check-config: every mistake in the settings, the same as iecd --check-config. */

#include "config/paths.h"
#include "ctl/commands/command.h"
#include <gio/gio.h>

static int run(const Shared *shared, int argc, char **argv)
{
    if (!command_options(&command_check_config, &argc, &argv, NULL, 0))
        return 2;
    g_autoptr(GError) error = NULL;
    g_autofree char *iecd = program_path("iecd");
    g_autoptr(GSubprocess) process = g_subprocess_new(
        G_SUBPROCESS_FLAGS_NONE, &error, iecd, "--check-config", "--config", shared->config, NULL);
    if (!process || !g_subprocess_wait(process, NULL, &error))
        return command_fail(error);
    return g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : 1;
}

const Command command_check_config = {"check-config", "", "Say what is wrong with the settings",
                                      run};
