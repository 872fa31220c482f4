/* iecd: the daemon. What it does stands in daemon/flow/; here is only the order of things. */

#include "config/paths.h"
#include "daemon/flow/life.h"
#include <glib.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct Options {
    char *config;
    gboolean check, version, request;
    int64_t test_clock;
} Options;

static bool read_options(int argc, char **argv, Options *options)
{
    GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config, "Settings file", "FILE"},
        {"check-config", 0, 0, G_OPTION_ARG_NONE, &options->check,
         "Say what is wrong with the settings, and start nothing", NULL},
        {"request", 0, 0, G_OPTION_ARG_NONE, &options->request,
         "Answer one request of iecctl on standard input, with no daemon running", NULL},
        {"test-clock", 0, 0, G_OPTION_ARG_INT64, &options->test_clock,
         "Run with the clock moved by so many seconds (tests)", "SECONDS"},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL},
        {0},
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- answer the complaints that reach the Examiner's mailbox");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (g_option_context_parse(context, &argc, &argv, &error) && argc == 1)
        return true;
    fprintf(stderr, "iecd: %s; see iecd --help\n", error ? error->message : "too many arguments");
    return false;
}

int main(int argc, char **argv)
{
    Options options = {0};
    setlocale(LC_CTYPE, "C.UTF-8");
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
    if (!read_options(argc, argv, &options))
        return 2;
    if (options.version) {
        printf("iecd %s\n", IECD_VERSION);
        return 0;
    }
    g_autofree char *file = options.config ? options.config : config_file_default();
    if (options.check)
        return life_check(file);
    if (options.request)
        return life_request(file, options.test_clock);
    return life_run(file, options.test_clock);
}
