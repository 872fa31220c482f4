#include "config/settings.h"
#include "config/settings_check.h"
#include "config/settings_mistakes.h"
#include "config/settings_rows.h"
#include "config/settings_text.h"
#include "config/settings_value.h"
#include <libconfig.h>
#include <string.h>

G_DEFINE_QUARK(settings - error - quark, settings_error)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(config_t, config_destroy)

/* A group being read: its rows, what their paths and the keys people see begin with. */
typedef struct Group {
    const Row *rows;
    const char *row_prefix; /* "outgoing." */
    const char *key_prefix; /* "outgoing."; of a mailbox "mailboxes[0]." with row_prefix "" */
    void *base;
    Settings *settings;
    Mistakes *mistakes;
} Group;

static void set_defaults(const Row *rows, void *base)
{
    for (const Row *row = rows; row->path; row++)
        value_set_default(row, base);
}

static void clear(const Row *rows, void *base)
{
    for (const Row *row = rows; row->path; row++)
        value_clear(row, base);
}

static void mailbox_free(void *p)
{
    clear(MAILBOX_ROWS, p);
    g_free(p);
}

static MailboxSettings *mailbox_add(Settings *s)
{
    MailboxSettings *box = g_new0(MailboxSettings, 1);
    set_defaults(MAILBOX_ROWS, box);
    g_ptr_array_add(s->mailboxes, box);
    return box;
}

void settings_free(Settings *s)
{
    if (!s)
        return;
    clear(SETTINGS_ROWS, s);
    g_clear_pointer(&s->mailboxes, g_ptr_array_unref);
    g_free(s->file);
    g_free(s);
}

static const char *type_name(int type)
{
    switch (type) {
    case CONFIG_TYPE_GROUP:
        return "a group";
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
    case CONFIG_TYPE_FLOAT:
        return "a number";
    case CONFIG_TYPE_STRING:
        return "a text";
    case CONFIG_TYPE_BOOL:
        return "true or false";
    default:
        return "a list";
    }
}

static const char *wanted(RowType type)
{
    switch (type) {
    case ROW_TEXT:
    case ROW_CHOICE:
        return "a text in quotes";
    case ROW_TEXTS:
        return "a list of texts like [ \"a\", \"b\" ]";
    case ROW_INT:
        return "a whole number";
    case ROW_BOOL:
        return "true or false";
    case ROW_SIZE:
        return "a size in quotes with its unit";
    case ROW_TIME:
        return "a time in quotes with its unit";
    case ROW_MAILBOXES:
        return "a list of groups like ( { name = \"a\"; ... } )";
    }
    g_assert_not_reached();
}

static bool is_wanted(RowType row, const config_setting_t *setting)
{
    int type = config_setting_type(setting);
    switch (row) {
    case ROW_TEXT:
    case ROW_CHOICE:
    case ROW_SIZE:
    case ROW_TIME:
        return type == CONFIG_TYPE_STRING;
    case ROW_INT:
        return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
    case ROW_BOOL:
        return type == CONFIG_TYPE_BOOL;
    case ROW_TEXTS:
        return type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST;
    case ROW_MAILBOXES:
        return type == CONFIG_TYPE_LIST;
    }
    g_assert_not_reached();
}

/* A single value as text. g_free. */
static char *setting_text(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        return g_strdup(config_setting_get_string(setting));
    case CONFIG_TYPE_BOOL:
        return g_strdup(config_setting_get_bool(setting) ? "true" : "false");
    default:
        return g_strdup_printf("%lld", config_setting_get_int64(setting));
    }
}

static void read_texts(const Group *g, const Row *row, const config_setting_t *setting,
                       const char *key)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    g_autofree char *why = NULL;
    for (int n = 0; n < config_setting_length(setting); n++) {
        const char *text = config_setting_get_string_elem(setting, n);
        if (!text) {
            mistakes_add(g->mistakes, key, "entry %d is not a text; write %s", n + 1,
                         wanted(ROW_TEXTS));
            return;
        }
        g_ptr_array_add(texts, (char *)text);
    }
    g_ptr_array_add(texts, NULL);
    if (!value_set_texts(row, g->base, (const char *const *)texts->pdata, &why))
        mistakes_add(g->mistakes, key, "%s", why);
}

static void read_group(const Group *g, const config_setting_t *setting);

static void read_mailboxes(const Group *g, const config_setting_t *list)
{
    int count = config_setting_length(list);
    if (count == 0 || count > 50)
        mistakes_add(g->mistakes, "mailboxes", "has %d entries; write from 1 to 50", count);
    for (int n = 0; n < count && n < 50; n++) {
        const config_setting_t *entry = config_setting_get_elem(list, (unsigned)n);
        g_autofree char *key = g_strdup_printf("mailboxes[%d]", n);
        g_autofree char *prefix = g_strconcat(key, ".", NULL);
        mistakes_note(g->mistakes, key, config_setting_source_line(entry));
        if (config_setting_type(entry) != CONFIG_TYPE_GROUP) {
            mistakes_add(g->mistakes, key, "is %s; write a group like { name = \"a\"; ... }",
                         type_name(config_setting_type(entry)));
            continue;
        }
        Group inner = {MAILBOX_ROWS, "",         prefix, mailbox_add(g->settings),
                       g->settings,  g->mistakes};
        read_group(&inner, entry);
    }
}

static void read_value(const Group *g, const Row *row, const config_setting_t *setting,
                       const char *key)
{
    if (!is_wanted(row->type, setting)) {
        g_autofree char *range = value_range(row);
        mistakes_add(g->mistakes, key, "is %s; write %s%s%s",
                     type_name(config_setting_type(setting)), wanted(row->type),
                     range[0] && row->type != ROW_BOOL ? ", " : "",
                     row->type != ROW_BOOL ? range : "");
        return;
    }
    if (row->type == ROW_MAILBOXES) {
        read_mailboxes(g, setting);
        return;
    }
    if (row->type == ROW_TEXTS) {
        read_texts(g, row, setting, key);
        return;
    }
    g_autofree char *text = setting_text(setting), *why = NULL;
    if (!value_set(row, g->base, text, &why))
        mistakes_add(g->mistakes, key, "%s", why);
}

static const Row *find_row(const Group *g, const char *name)
{
    size_t prefix = strlen(g->row_prefix);
    for (const Row *row = g->rows; row->path; row++)
        if (!strncmp(row->path, g->row_prefix, prefix) && !strcmp(row->path + prefix, name))
            return row;
    return NULL;
}

/* Whether rows stand under this name ("outgoing"). Groups do not nest deeper. */
static bool is_group_name(const Group *g, const char *name)
{
    g_autofree char *prefix = g_strconcat(name, ".", NULL);
    for (const Row *row = g->rows; !g->row_prefix[0] && row->path; row++)
        if (g_str_has_prefix(row->path, prefix))
            return true;
    return false;
}

/* Nothing, one or two letters apart: one typing slip. */
static bool is_near(const char *a, const char *b)
{
    size_t first = 0, last = 0, la = strlen(a), lb = strlen(b);
    while (a[first] && a[first] == b[first])
        first++;
    while (last < la - first && last < lb - first && a[la - 1 - last] == b[lb - 1 - last])
        last++;
    return MAX(la, lb) > 3 && la - first - last <= 2 && lb - first - last <= 2;
}

static void refuse_unknown(const Group *g, const char *name, const char *key)
{
    static const char *const SECRETS[] = {"password", "passwd",     "pass",         "secret",
                                          "token",    "passphrase", "access_token", NULL};
    size_t prefix = strlen(g->row_prefix);
    g_autofree char *small = g_ascii_strdown(name, -1);
    if (g_strv_contains(SECRETS, small)) {
        mistakes_add(g->mistakes, key,
                     "a password may not stand in this file; put it into a file of its own that "
                     "only iecd can read, and write secret_file = \"/path/of/it\"");
        return;
    }
    for (const Row *row = g->rows; row->path; row++) {
        if (strncmp(row->path, g->row_prefix, prefix) != 0)
            continue;
        g_autofree char *known = g_strndup(row->path + prefix, strcspn(row->path + prefix, "."));
        if (is_near(small, known)) {
            mistakes_add(g->mistakes, key, "is not a setting; write %s%s", g->key_prefix, known);
            return;
        }
    }
    mistakes_add(g->mistakes, key, "is not a setting; take it out, or see iecd.conf(5)");
}

static void read_setting(const Group *g, const config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    g_autofree char *key = g_strconcat(g->key_prefix, name, NULL);
    mistakes_note(g->mistakes, key, config_setting_source_line(setting));
    const Row *row = find_row(g, name);
    if (row) {
        read_value(g, row, setting, key);
    } else if (!is_group_name(g, name)) {
        refuse_unknown(g, name, key);
    } else if (config_setting_type(setting) != CONFIG_TYPE_GROUP) {
        mistakes_add(g->mistakes, key, "is %s; write a group like { ... }",
                     type_name(config_setting_type(setting)));
    } else {
        g_autofree char *prefix = g_strconcat(name, ".", NULL);
        Group inner = {g->rows, prefix, prefix, g->base, g->settings, g->mistakes};
        read_group(&inner, setting);
    }
}

static void read_group(const Group *g, const config_setting_t *setting)
{
    for (int n = 0; n < config_setting_length(setting); n++)
        read_setting(g, config_setting_get_elem(setting, (unsigned)n));
}

static void read_text(Settings *s, const char *text, Mistakes *m)
{
    g_auto(config_t) config;
    config_init(&config);
    if (!config_read_string(&config, text)) {
        bool twice = !strcmp(config_error_text(&config), "duplicate setting name");
        mistakes_add_line(m, (unsigned)config_error_line(&config), "%s; %s",
                          config_error_text(&config),
                          twice ? "keep one of the two"
                                : "look for a missing \";\", quote or bracket here or before");
        return;
    }
    Group top = {SETTINGS_ROWS, "", "", s, s, m};
    read_group(&top, config_root_setting(&config));
}

/* As shipped: a folder in, a folder out, no server needed. */
static void default_mailbox(Settings *s)
{
    MailboxSettings *box = mailbox_add(s);
    g_free(box->name);
    g_free(box->kind);
    box->name = g_strdup("incoming");
    box->kind = g_strdup("maildir");
}

static Settings *load(const char *file, bool secrets, GError **error)
{
    g_autoptr(Mistakes) m = mistakes_new(file);
    g_autoptr(Settings) s = g_new0(Settings, 1);
    g_autofree char *text = settings_text_read(file, m);
    s->file = g_strdup(file);
    s->mailboxes = g_ptr_array_new_with_free_func(mailbox_free);
    set_defaults(SETTINGS_ROWS, s);
    if (text)
        read_text(s, text, m);
    if (text && !mistakes_noted(m, "mailboxes"))
        default_mailbox(s);
    settings_check(s, secrets, m);
    if (mistakes_count(m) == 0)
        return g_steal_pointer(&s);
    g_autofree char *all = mistakes_text(m);
    g_set_error_literal(error, SETTINGS_ERROR, 0, all);
    return NULL;
}

Settings *settings_load(const char *file, GError **error)
{
    return load(file, true, error);
}

Settings *settings_load_without_secrets(const char *file, GError **error)
{
    return load(file, false, error);
}
