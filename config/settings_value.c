#include "config/settings_value.h"
#include <string.h>

typedef struct Unit {
    const char *name;
    int64_t times;
} Unit;

/* Smallest first; of two names of one length the first is printed. */
static const Unit TIME_UNITS[] = {{"s", 1},       {"sec", 1},      {"min", 60}, {"h", 3600},
                                  {"day", 86400}, {"days", 86400}, {NULL, 0}};
static const Unit SIZE_UNITS[] = {{"B", 1},
                                  {"KiB", INT64_C(1) << 10},
                                  {"MiB", INT64_C(1) << 20},
                                  {"GiB", INT64_C(1) << 30},
                                  {NULL, 0}};

/* The bars of policy section 5. Their enum lives above this floor; a test there compares. */
static const char *const REASONS[] = {"appealable-decision",
                                      "policy-or-legislation",
                                      "ombudsman",
                                      "employment",
                                      "court",
                                      "windrush-compensation",
                                      "psu-misconduct",
                                      "data-protection",
                                      "not-in-remit",
                                      "no-final-response",
                                      "out-of-time",
                                      NULL};

static bool is_printable(const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (!g_unichar_isprint(g_utf8_get_char(p)))
            return false;
    return true;
}

static bool is_path(const char *text)
{
    return g_path_is_absolute(text) && is_printable(text);
}

bool value_is_address(const char *text)
{
    static const char PLAIN[] =
        "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        "@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
        "\\z";
    const char *at = strchr(text, '@');
    return at && at - text <= 64 && strlen(text) <= 254 && g_regex_match_simple(PLAIN, text, 0, 0);
}

static bool is_return_path(const char *text)
{
    return !strcmp(text, "null") || value_is_address(text);
}

static bool is_host(const char *text)
{
    return g_regex_match_simple("^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)"
                                "(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\z",
                                text, 0, 0) ||
           g_hostname_is_ip_address(text);
}

static bool is_name(const char *text)
{
    return g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9._-]*\\z", text, 0, 0);
}

/* RFC 3501 flag-keyword: an atom. */
static bool is_keyword(const char *text)
{
    return g_regex_match_simple("^[!#$&'+,./0-9:;<=>?@A-Z^_`a-z|}~-]+\\z", text, 0, 0);
}

static bool is_reason(const char *text)
{
    return g_strv_contains(REASONS, text);
}

static bool is_secret(const char *text)
{
    return is_path(text) || is_name(text);
}

static const struct {
    bool (*ok)(const char *text);
    const char *what, *write;
} FORMS[] = {
    [FORM_PRINTABLE] = {is_printable, "holds a control character", "write plain text"},
    [FORM_PATH] = {is_path, "is not a whole path", "write one that begins with /"},
    [FORM_ADDRESS] = {value_is_address, "is not one plain address",
                      "write one like \"office@example.org\""},
    [FORM_RETURN_PATH] = {is_return_path, "is not one plain address",
                          "write \"null\" or one like \"bounces@example.org\""},
    [FORM_HOST] = {is_host, "is not the name of a host", "write one like \"mail.example.org\""},
    [FORM_NAME] = {is_name, "is not a plain name", "write letters, digits, \".\", \"-\" and \"_\""},
    [FORM_KEYWORD] = {is_keyword, "is not a keyword of IMAP", "write one like \"$IecdTaken\""},
    [FORM_REASON] = {is_reason, "is not a reason of policy section 5",
                     "write some of appealable-decision, policy-or-legislation, ombudsman, "
                     "employment, court, windrush-compensation, psu-misconduct, data-protection, "
                     "not-in-remit, no-final-response, out-of-time"},
    [FORM_SECRET] = {is_secret, "is neither a name nor a whole path",
                     "write the name of a systemd credential, or a path that begins with /"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(FORMS) == FORM_COUNT);

static const Unit *units_of(const Row *row)
{
    return row->type == ROW_TIME ? TIME_UNITS : SIZE_UNITS;
}

/* "50 MiB" as bytes; -1 where it is none, or too large to hold. */
static int64_t parse_units(const Unit *units, const char *text)
{
    uint64_t number = 0;
    const char *p = text;
    if (!g_ascii_isdigit(*p))
        return -1;
    for (; g_ascii_isdigit(*p); p++) {
        number = number * 10 + (uint64_t)(*p - '0');
        if (number > INT32_MAX)
            return -1;
    }
    while (*p == ' ')
        p++;
    for (const Unit *u = units; u->name; u++)
        if (!strcmp(p, u->name))
            return (int64_t)number * u->times;
    return -1;
}

static char *print_units(const Row *row, int64_t value)
{
    const Unit *best = units_of(row);
    for (const Unit *u = best; u->name; u++)
        if (u->times > best->times && value >= u->times && value % u->times == 0)
            best = u;
    const char *name = best->times == 86400 && value != 86400 ? "days" : best->name;
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", value / best->times, name);
}

static char *print_number(const Row *row, int64_t value)
{
    return row->type == ROW_INT ? g_strdup_printf("%" G_GINT64_FORMAT, value)
                                : print_units(row, value);
}

/* "a, b or c" of "a|b|c". */
static char *print_choices(const Row *row)
{
    g_auto(GStrv) names = g_strsplit(row->choices, "|", -1);
    GString *out = g_string_new(NULL);
    for (unsigned n = 0; names[n]; n++)
        g_string_append_printf(out, "%s\"%s\"",
                               n == 0         ? ""
                               : names[n + 1] ? ", "
                                              : " or ",
                               names[n]);
    return g_string_free(out, FALSE);
}

char *value_range(const Row *row)
{
    if (row->type == ROW_CHOICE)
        return print_choices(row);
    if (row->type == ROW_BOOL)
        return g_strdup("true or false");
    if (row->type != ROW_INT && row->type != ROW_SIZE && row->type != ROW_TIME)
        return g_strdup("");
    g_autofree char *min = print_number(row, row->min), *max = print_number(row, row->max);
    return g_strdup_printf("from %s to %s", min, max);
}

static bool set_number(const Row *row, void *base, int64_t value, const char *text, char **why)
{
    if (value < row->min || value > row->max) {
        g_autofree char *range = value_range(row);
        const char *noun = row->type == ROW_INT    ? "a number"
                           : row->type == ROW_TIME ? "a time in quotes"
                                                   : "a size in quotes";
        *why = g_strdup_printf("%s is too %s; write %s %s", text,
                               value < row->min ? "small" : "large", noun, range);
        return false;
    }
    if (row->type == ROW_INT)
        G_STRUCT_MEMBER(int, base, row->offset) = (int)value;
    else
        G_STRUCT_MEMBER(int64_t, base, row->offset) = value;
    return true;
}

static bool set_units(const Row *row, void *base, const char *text, char **why)
{
    int64_t value = parse_units(units_of(row), text);
    if (value >= 0)
        return set_number(row, base, value, text, why);
    g_autofree char *range = value_range(row);
    *why = row->type == ROW_TIME
               ? g_strdup_printf("\"%s\" is not a time; write a number and s, min, h or days, %s",
                                 text, range)
               : g_strdup_printf("\"%s\" is not a size; write a number and B, KiB, MiB or GiB, %s",
                                 text, range);
    return false;
}

static bool text_ok(const Row *row, const char *text, char **why)
{
    if (!is_printable(text) || (text[0] && !FORMS[row->form].ok(text))) {
        RowForm form = is_printable(text) ? row->form : FORM_PRINTABLE;
        g_autofree char *shown = g_strescape(text, NULL);
        *why = g_strdup_printf("\"%s\" %s; %s", shown, FORMS[form].what, FORMS[form].write);
        return false;
    }
    return true;
}

static bool set_text(const Row *row, void *base, const char *text, char **why)
{
    int64_t length = (int64_t)strlen(text);
    if (length < row->min) {
        *why = g_strdup("is empty; write a value, or take the line out for the default");
        return false;
    }
    if (length > row->max) {
        *why =
            g_strdup_printf("is %" G_GINT64_FORMAT " bytes long; write at most %" G_GINT64_FORMAT,
                            length, row->max);
        return false;
    }
    if (!text_ok(row, text, why))
        return false;
    char **field = &G_STRUCT_MEMBER(char *, base, row->offset);
    g_free(*field);
    *field = g_strdup(text);
    return true;
}

static bool set_choice(const Row *row, void *base, const char *text, char **why)
{
    g_auto(GStrv) names = g_strsplit(row->choices, "|", -1);
    if (!g_strv_contains((const char *const *)names, text)) {
        g_autofree char *range = value_range(row), *shown = g_strescape(text, NULL);
        *why = g_strdup_printf("\"%s\" is not known; write %s", shown, range);
        return false;
    }
    char **field = &G_STRUCT_MEMBER(char *, base, row->offset);
    g_free(*field);
    *field = g_strdup(text);
    return true;
}

bool value_set(const Row *row, void *base, const char *text, char **why)
{
    switch (row->type) {
    case ROW_TEXT:
        return set_text(row, base, text, why);
    case ROW_CHOICE:
        return set_choice(row, base, text, why);
    case ROW_INT:
        return set_number(row, base, g_ascii_strtoll(text, NULL, 10), text, why);
    case ROW_BOOL:
        G_STRUCT_MEMBER(bool, base, row->offset) = !strcmp(text, "true");
        return true;
    case ROW_SIZE:
    case ROW_TIME:
        return set_units(row, base, text, why);
    case ROW_TEXTS:
    case ROW_MAILBOXES:
        break;
    }
    g_assert_not_reached();
}

bool value_set_texts(const Row *row, void *base, const char *const *texts, char **why)
{
    unsigned count = g_strv_length((char **)texts);
    if (count > row->max) {
        *why = g_strdup_printf("has %u entries; write at most %" G_GINT64_FORMAT, count, row->max);
        return false;
    }
    for (unsigned n = 0; n < count; n++) {
        if (!texts[n][0] || strlen(texts[n]) > 254) {
            *why = g_strdup("has an entry that is empty or too long; write 1 to 254 bytes in each");
            return false;
        }
        if (!text_ok(row, texts[n], why))
            return false;
    }
    char ***field = &G_STRUCT_MEMBER(char **, base, row->offset);
    g_strfreev(*field);
    *field = g_strdupv((char **)texts);
    return true;
}

void value_set_default(const Row *row, void *base)
{
    static const char *const NONE[] = {NULL};
    g_autofree char *why = NULL;
    bool ok = true;
    if (row->type == ROW_TEXTS)
        ok = value_set_texts(row, base, NONE, &why);
    else if (row->type == ROW_INT)
        G_STRUCT_MEMBER(int, base, row->offset) = (int)g_ascii_strtoll(row->fallback, NULL, 10);
    else if (row->type == ROW_TEXT || row->type == ROW_CHOICE)
        G_STRUCT_MEMBER(char *, base, row->offset) = g_strdup(row->fallback);
    else if (row->type != ROW_MAILBOXES)
        ok = value_set(row, base, row->fallback, &why);
    g_assert(ok); /* the table is ours, and a test reads every default back */
}

void value_clear(const Row *row, void *base)
{
    if (row->type == ROW_TEXTS)
        g_clear_pointer(&G_STRUCT_MEMBER(char **, base, row->offset), g_strfreev);
    else if (row->type == ROW_TEXT || row->type == ROW_CHOICE)
        g_clear_pointer(&G_STRUCT_MEMBER(char *, base, row->offset), g_free);
}

char *value_written(const Row *row, const char *text)
{
    if (row->type == ROW_INT || row->type == ROW_BOOL)
        return g_strdup(text);
    if (row->type == ROW_TEXTS)
        return g_strdup("[ ]");
    return g_strdup_printf("\"%s\"", text);
}
