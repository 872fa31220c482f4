#include "ctl/commands/command.h"
#include <stdio.h>
#include <string.h>

const Command *const COMMANDS[] = {&command_status,  &command_cases,        &command_show,
                                   &command_decide,  &command_close,        &command_outcome,
                                   &command_contact, &command_review,       &command_release,
                                   &command_wrong,   &command_sample,       &command_alert,
                                   &command_assess,  &command_parse,        &command_rules,
                                   &command_reload,  &command_check_config, NULL};

bool command_options(const Command *c, int *argc, char ***argv, const GOptionEntry *entries,
                     unsigned most)
{
    g_autofree char *usage = g_strdup_printf("%s - %s", c->arguments, c->summary);
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("iecctl %s", c->name);
    g_set_prgname(name);
    if (entries)
        g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        fprintf(stderr, "iecctl %s: %s; see iecctl %s --help\n", c->name, error->message, c->name);
        return false;
    }
    if ((unsigned)*argc - 1 > most) {
        fprintf(stderr, "iecctl %s: %s is one argument too many; usage: iecctl %s %s\n", c->name,
                (*argv)[most + 1], c->name, c->arguments);
        return false;
    }
    return true;
}

int command_fail(const GError *error)
{
    fprintf(stderr, "iecctl: %s\n", error ? error->message : "not done");
    return 1;
}

Settings *command_settings(const Shared *shared)
{
    g_autoptr(GError) error = NULL;
    /* Who asks may not read the passwords, and nothing here needs them. */
    Settings *settings = settings_load_without_secrets(shared->config, &error);
    if (!settings)
        command_fail(error);
    return settings;
}

Db *command_register(const Settings *settings)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(settings->state_dir, "register.sqlite", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        fprintf(stderr,
                "iecctl: %s: there is no register yet (or you may not see it); iecd makes "
                "it at its first start\n",
                path);
        return NULL;
    }
    Db *db = db_open(path, DB_READ, &error);
    if (!db)
        command_fail(error);
    return db;
}

CaseRow *command_case(Db *db, const char *text)
{
    g_autoptr(GError) error = NULL;
    int year;
    uint32_t number;
    if (!case_reference_parse(text, &year, &number)) {
        g_autofree char *safe = safe_text(text);
        fprintf(stderr, "iecctl: %s is not a case reference; write it like IEC/26/000123\n", safe);
        return NULL;
    }
    g_autofree char *reference = case_reference(year, number);
    CaseRow *c = cases_by_reference(db, reference, &error);
    if (error)
        command_fail(error);
    else if (!c)
        fprintf(stderr, "iecctl: there is no case %s\n", reference);
    return c;
}

/* C0, C1, line and paragraph separators, bidirectional and zero-width controls: what can move a
 * cursor, start an escape sequence or turn text round. */
static bool is_unsafe(gunichar c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

char *safe_text(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    GString *out = g_string_sized_new(strlen(valid));
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, is_unsafe(c) ? 0xfffd : c);
    }
    return g_string_free(out, FALSE);
}

void print_json(JsonObject *object)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    g_autofree char *line = json_to_string(node, FALSE);
    /* JSON leaves C1 and bidirectional controls as they are, and this may be a terminal. Outside
     * its strings there are none, so that each can be written as an escape. */
    g_autoptr(GString) out = g_string_sized_new(strlen(line));
    for (const char *p = line; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_unsafe(c))
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
    }
    puts(out->str);
}

static size_t width(const char *cell)
{
    size_t n = 0;
    for (const char *p = cell; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        n += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return n;
}

static void print_row(char *const *cells, const size_t *widths, unsigned n)
{
    for (unsigned k = 0; k < n; k++) {
        fputs(cells[k], stdout);
        size_t pad = k + 1 < n ? widths[k] - width(cells[k]) + 2 : 0;
        printf("%*s", (int)pad, "");
    }
    putchar('\n');
}

void print_table(const char *const *head, const GPtrArray *rows)
{
    unsigned n = g_strv_length((char **)(void *)head);
    g_autofree size_t *widths = g_new0(size_t, n);
    for (unsigned k = 0; k < n; k++) {
        widths[k] = width(head[k]);
        for (unsigned r = 0; r < rows->len; r++)
            widths[k] = MAX(widths[k], width(((char **)rows->pdata[r])[k]));
    }
    print_row((char *const *)(void *)head, widths, n);
    for (unsigned r = 0; r < rows->len; r++)
        print_row(rows->pdata[r], widths, n);
}

static char *format_time(int64_t utc_seconds, const char *format)
{
    if (utc_seconds == 0)
        return g_strdup("");
    g_autoptr(GTimeZone) london = g_time_zone_new_identifier("Europe/London");
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(utc_seconds);
    g_autoptr(GDateTime) local = utc && london ? g_date_time_to_timezone(utc, london) : NULL;
    return local ? g_date_time_format(local, format) : g_strdup("");
}

char *time_text(int64_t utc_seconds)
{
    return format_time(utc_seconds, "%Y-%m-%dT%H:%M:%S%:z");
}

char *time_words(int64_t utc_seconds)
{
    return format_time(utc_seconds, "%Y-%m-%d %H:%M");
}

void set_text(JsonObject *object, const char *name, const char *text)
{
    if (text && text[0])
        json_object_set_string_member(object, name, text);
    else
        json_object_set_null_member(object, name);
}

void set_words(JsonObject *object, const char *name, const char *text)
{
    JsonArray *array = json_array_new();
    g_auto(GStrv) words = g_strsplit(text ? text : "", ",", -1);
    for (char **w = words; *w; w++) {
        if ((*w)[0])
            json_array_add_string_element(array, *w);
    }
    json_object_set_array_member(object, name, array);
}
