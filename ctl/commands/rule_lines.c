#include "ctl/commands/rule_lines.h"
#include "config/paths.h"
#include "ctl/commands/command.h"
#include <gio/gio.h>

enum { FIELDS = 6 };

static void rule_line_free(void *data)
{
    RuleLine *r = data;
    g_free(r->id);
    g_free(r->fact);
    g_free(r->value);
    g_free(r->strength);
    g_free(r->scope);
    g_free(r->says);
    g_free(r);
}

char *rule_reader_run(const char *option, const char *dir, int *status, GError **error)
{
    g_autofree char *reader = program_path("iecd-reader");
    char *said = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, reader, option, dir, NULL);
    if (!process || !g_subprocess_communicate_utf8(process, NULL, NULL, &said, NULL, error))
        return NULL;
    *status = g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : 1;
    g_autofree char *raw = said;
    return safe_text(raw);
}

GPtrArray *rule_lines(const char *dir, GError **error)
{
    int status = 1;
    g_autofree char *said = rule_reader_run("--list-rules", dir, &status, error);
    if (!said)
        return NULL;
    if (status != 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, g_strstrip(said));
        return NULL;
    }
    GPtrArray *rules = g_ptr_array_new_with_free_func(rule_line_free);
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    for (char **l = lines; *l; l++) {
        g_auto(GStrv) f = g_strsplit(*l, "\t", FIELDS);
        if (g_strv_length(f) != FIELDS)
            continue;
        RuleLine *r = g_new(RuleLine, 1);
        *r = (RuleLine){g_strdup(f[0]), g_strdup(f[1]), g_strdup(f[2]),
                        g_strdup(f[3]), g_strdup(f[4]), g_strdup(f[5])};
        g_ptr_array_add(rules, r);
    }
    return rules;
}
