/* iecctl: the operator's tool. Each command stands in a file of its own under ctl/commands/. */

#include "config/paths.h"
#include "ctl/commands/command.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>

static void print_help(FILE *to)
{
    fputs("Usage: iecctl [--config FILE] [--format text|json] COMMAND ...\n\n"
          "Looks at the register of iecd, judges messages, and tells iecd what people decide.\n\n",
          to);
    for (const Command *const *c = COMMANDS; *c; c++)
        fprintf(to, "  %-13s %s\n", (*c)->name, (*c)->summary);
    fputs("\niecctl COMMAND --help tells more. Exit status: 0 done, 1 not done, 2 wrong usage.\n",
          to);
}

/* Takes an option with a value, `--name VALUE` or `--name=VALUE`, from anywhere before "--". */
static char *take_option(int *argc, char **argv, const char *name)
{
    size_t length = strlen(name);
    for (int n = 1; n < *argc && strcmp(argv[n], "--") != 0; n++) {
        bool joined = !strncmp(argv[n], name, length) && argv[n][length] == '=';
        if (!joined && (strcmp(argv[n], name) != 0 || n + 1 >= *argc))
            continue;
        char *value = joined ? argv[n] + length + 1 : argv[n + 1];
        int gone = joined ? 1 : 2;
        memmove(argv + n, argv + n + gone, sizeof(char *) * (size_t)(*argc - n - gone + 1));
        *argc -= gone;
        return value;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const char *config = take_option(&argc, argv, "--config");
    const char *format = take_option(&argc, argv, "--format");
    g_autofree char *file = config ? g_strdup(config) : config_file_default();
    Shared shared = {file, config != NULL, format && !strcmp(format, "json")};
    if (format && strcmp(format, "json") != 0 && strcmp(format, "text") != 0) {
        fprintf(stderr, "iecctl: --format %s: write text or json\n", format);
        return 2;
    }
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
        !strcmp(argv[1], "help")) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (!strcmp(argv[1], "--version")) {
        printf("iecctl %s\n", IECD_VERSION);
        return 0;
    }
    for (const Command *const *c = COMMANDS; *c; c++) {
        if (!strcmp((*c)->name, argv[1]))
            return (*c)->run(&shared, argc - 1, argv + 1);
    }
    fprintf(stderr, "iecctl: %s is not a command; see iecctl --help\n", argv[1]);
    return 2;
}
