#include "config/settings.h"
#include "config/settings_rows.h"
#include "config/settings_value.h"
#include <string.h>

#define WIDTH 78u

static const char HEAD[] =
    "iecd.conf: the settings of iecd(8). Every setting is shown with its default; to change one, "
    "take the # away and write another value. iecd --check-config says what is wrong with a file; "
    "systemctl reload iecd takes it. Sizes and times are in quotes with their unit (\"50 MiB\", "
    "\"5 min\", \"1 h\", \"2 days\"); folders and files are whole paths.";

/* The text in comment lines of this indentation. */
static void print_comment(GString *out, const char *indent, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    size_t column = 0;
    for (char **word = words; *word; word++) {
        if (column > 0 && column + 1 + strlen(*word) > WIDTH) {
            g_string_append_c(out, '\n');
            column = 0;
        }
        if (column == 0) {
            g_string_append_printf(out, "%s# %s", indent, *word);
            column = strlen(indent) + 2 + strlen(*word);
        } else {
            g_string_append_printf(out, " %s", *word);
            column += 1 + strlen(*word);
        }
    }
    g_string_append_c(out, '\n');
}

/* What the row may be, as a sentence; "" where any. g_free. */
static char *range_sentence(const Row *row)
{
    g_autofree char *range = row->type == ROW_BOOL ? g_strdup("") : value_range(row);
    if (!range[0])
        return g_strdup("");
    return row->type == ROW_CHOICE
               ? g_strdup_printf(" One of %s.", range)
               : g_strdup_printf(" %c%s.", g_ascii_toupper(range[0]), range + 1);
}

static void print_row(GString *out, const char *indent, const Row *row, const char *mark)
{
    const char *dot = strrchr(row->path, '.');
    g_autofree char *range = range_sentence(row);
    g_autofree char *help = g_strconcat(row->help, range, NULL);
    g_autofree char *value = value_written(row, row->sample ? row->sample : row->fallback);
    print_comment(out, indent, help);
    g_string_append_printf(out, "%s%s%s = %s;\n", indent, mark, dot ? dot + 1 : row->path, value);
}

static void print_mailboxes(GString *out, const Row *row)
{
    print_comment(out, "", row->help);
    g_string_append(out, "mailboxes = (\n    {\n        name = \"incoming\";\n"
                         "        kind = \"maildir\";\n");
    for (const Row *r = MAILBOX_ROWS; r->path; r++)
        if (r->only && !strcmp(r->only, "maildir"))
            print_row(out, "        ", r, "#");
    g_string_append(out, "    }\n\n");
    print_comment(out, "    ",
                  "A mailbox on a server, in place of the folder above or beside it (then with a "
                  "comma between the two groups):");
    g_string_append(out, "    #{\n");
    for (const Row *r = MAILBOX_ROWS; r->path; r++)
        if (!r->only || !strcmp(r->only, "imap"))
            print_row(out, "        ", r, "#");
    g_string_append(out, "    #}\n);\n");
}

/* "outgoing" of "outgoing.kind"; "" of a row in no group. g_free. */
static char *group_of(const Row *row)
{
    const char *dot = row->path ? strchr(row->path, '.') : NULL;
    return dot ? g_strndup(row->path, (size_t)(dot - row->path)) : g_strdup("");
}

char *settings_print_example(void)
{
    GString *out = g_string_new(NULL);
    g_autofree char *group = g_strdup("");
    print_comment(out, "", HEAD);
    for (const Row *row = SETTINGS_ROWS; row->path; row++) {
        g_autofree char *now = group_of(row);
        bool opens = strcmp(now, group) != 0;
        if (opens && group[0])
            g_string_append(out, "};\n");
        g_string_append_c(out, '\n');
        if (opens && now[0])
            g_string_append_printf(out, "%s = {\n", now);
        if (row->type == ROW_MAILBOXES)
            print_mailboxes(out, row);
        else
            print_row(out, now[0] ? "    " : "", row, "#");
        g_free(group);
        group = g_steal_pointer(&now);
    }
    g_string_append(out, "};\n");
    return g_string_free(out, FALSE);
}

/* mdoc takes a line that begins with . or ' for a request, and \ for an escape. */
static void print_mdoc(GString *out, const char *text)
{
    if (text[0] == '.' || text[0] == '\'')
        g_string_append(out, "\\&");
    for (const char *p = text; *p; p++) {
        if (*p == '\\')
            g_string_append(out, "\\e");
        else if (*p == '"')
            g_string_append(out, "\\(dq");
        else if (p[0] == '.' && p[1] == ' ')
            g_string_append(out, ".\n"), p++;
        else
            g_string_append_c(out, *p);
    }
    g_string_append_c(out, '\n');
}

static void print_item(GString *out, const Row *row, const char *prefix)
{
    g_autofree char *value = value_written(row, row->fallback), *range = range_sentence(row);
    g_autofree char *help = g_strconcat(row->help, range, NULL);
    bool set = row->type != ROW_MAILBOXES && (row->fallback[0] || row->type == ROW_TEXTS) &&
               !(row->type == ROW_INT && row->min > 0 && !strcmp(row->fallback, "0"));
    g_string_append_printf(out, ".It Va %s%s", prefix, row->path);
    if (set) {
        g_string_append(out, " No = ");
        print_mdoc(out, value);
    } else {
        g_string_append_c(out, '\n');
    }
    if (row->only)
        g_string_append_printf(out, ".Pq kind %s\n", row->only);
    print_mdoc(out, help);
}

char *settings_print_manual(void)
{
    GString *out = g_string_new(".Bl -tag -width Ds\n");
    for (const Row *row = SETTINGS_ROWS; row->path; row++) {
        print_item(out, row, "");
        for (const Row *r = MAILBOX_ROWS; row->type == ROW_MAILBOXES && r->path; r++)
            print_item(out, r, "mailboxes[].");
    }
    g_string_append(out, ".El\n");
    return g_string_free(out, FALSE);
}
