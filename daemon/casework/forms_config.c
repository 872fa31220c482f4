#include "daemon/casework/forms_config.h"
#include "config/paths.h"
#include "daemon/model/judgement.h"
#include <libconfig.h>
#include <string.h>

enum { FILE_MAX = 1024 * 1024 };

/* Every fault is said with the file's name and the line. */
typedef struct FormsFile {
    FormLabels *labels;
    const char *path;
    GError **error;
} FormsFile;

typedef const config_setting_t Setting;

static GQuark forms_quark(void)
{
    return g_quark_from_static_string("iecd-forms");
}

G_GNUC_PRINTF(3, 4)
static bool fault_at(const FormsFile *f, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(f->error, forms_quark(), 0, "%s:%d: %s", f->path, line, what);
    return false;
}

static int line_of(Setting *s)
{
    return (int)config_setting_source_line(s);
}

/* Only keys of `known` may stand in `group`; a misspelt key must not be passed over. */
static bool keys_known(const FormsFile *f, Setting *group, const char *const *known)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        Setting *s = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(s);
        if (name && !g_strv_contains(known, name)) {
            g_autofree char *all = g_strjoinv(", ", (char **)known);
            return fault_at(f, line_of(s), "\"%s\" is not known here: write one of %s", name, all);
        }
    }
    return true;
}

/* Index of the text of `key` among names; -1 with error. */
static int index_of(const FormsFile *f, Setting *group, const char *key, const char *const *names)
{
    const char *text = NULL;
    config_setting_lookup_string(group, key, &text);
    for (int i = 0; text && names[i]; i++)
        if (!strcmp(names[i], text))
            return i;
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    fault_at(f, line_of(group), "%s is \"%s\": write one of %s", key, text ? text : "", all);
    return -1;
}

static int field_index(const FormsFile *f, Setting *group)
{
    const char *names[FORM_FIELD_COUNT + 1] = {NULL};
    for (int i = 0; i < FORM_FIELD_COUNT; i++)
        names[i] = form_field_name((FormField)i);
    return index_of(f, group, "field", names);
}

typedef const char *(*AddWords)(FormLabels *l, int of, const char *words, const char *means);

static const char *add_question(FormLabels *l, int of, const char *words, const char *means)
{
    return form_labels_add_question(l, (FormField)of, words);
}

static const char *add_answer(FormLabels *l, int of, const char *words, const char *means)
{
    return form_labels_add_answer(l, (FormField)of, words, means);
}

static const char *add_section(FormLabels *l, int of, const char *words, const char *means)
{
    return form_labels_add_section(l, (FormSection)of, words);
}

/* Adds each text of the list `key`. */
static bool add_all(const FormsFile *f, Setting *group, const char *key, AddWords add, int of,
                    const char *means)
{
    Setting *list = config_setting_get_member(group, key);
    int n = list && !config_setting_is_scalar(list) ? config_setting_length(list) : 0;
    if (n == 0)
        return fault_at(f, line_of(group), "%s is missing or empty: write %s = [ \"...\" ];", key,
                        key);
    for (int i = 0; i < n; i++) {
        Setting *s = config_setting_get_elem(list, (unsigned)i);
        const char *words = config_setting_get_string(s);
        if (!words || !g_utf8_validate(words, -1, NULL))
            return fault_at(f, line_of(s), "%s holds something that is no text (UTF-8)", key);
        const char *why = add(f->labels, of, words, means);
        if (why)
            return fault_at(f, line_of(s), "\"%s\" %s", words, why);
    }
    return true;
}

static bool read_question(const FormsFile *f, Setting *s)
{
    static const char *const KEYS[] = {"field", "ask", NULL};
    int field = keys_known(f, s, KEYS) ? field_index(f, s) : -1;
    if (field < 0)
        return false;
    if (form_labels_place(f->labels, (FormField)field) >= 0)
        return fault_at(f, line_of(s), "a second entry for %s: write all its wordings in one",
                        form_field_name((FormField)field));
    return add_all(f, s, "ask", add_question, field, NULL);
}

/* The values that the answers to a field may mean; NULL where they are not told apart. */
static const char *const *meanings_of(FormField field)
{
    static const char *const WHOM[] = {"myself", "someone-else", NULL};
    static const char *const RESPONSE[] = {"yes", "no", "unsure", NULL};
    static const char *areas[AREA_HM_PASSPORT_OFFICE + 1];
    static const char *relations[REPRESENTATIVE_COUNT];
    if (field == FORM_FOR_WHOM)
        return WHOM;
    if (field == FORM_RESPONSE)
        return RESPONSE;
    /* A choice outside the five is too little to turn somebody away on. */
    for (int i = AREA_UKVI; i <= AREA_HM_PASSPORT_OFFICE; i++)
        areas[i - AREA_UKVI] = area_name((BusinessArea)i);
    if (field == FORM_AREA)
        return areas;
    for (int i = REPRESENTATIVE_LEGAL; i < REPRESENTATIVE_COUNT; i++)
        relations[i - REPRESENTATIVE_LEGAL] = representative_name((RepresentativeType)i);
    return field == FORM_RELATION ? relations : NULL;
}

static bool read_answer(const FormsFile *f, Setting *s)
{
    static const char *const KEYS[] = {"field", "means", "says", NULL};
    int field = keys_known(f, s, KEYS) ? field_index(f, s) : -1;
    if (field < 0)
        return false;
    const char *const *meanings = meanings_of((FormField)field);
    if (!meanings)
        return fault_at(f, line_of(s),
                        "answers to %s have no set meanings: write one of for-whom, "
                        "relation, area, response",
                        form_field_name((FormField)field));
    int means = index_of(f, s, "means", meanings);
    return means >= 0 && add_all(f, s, "says", add_answer, field, meanings[means]);
}

static bool read_section(const FormsFile *f, Setting *s)
{
    static const char *const KEYS[] = {"of", "titles", NULL};
    const char *names[FORM_SECTION_COUNT] = {NULL};
    for (int i = 1; i < FORM_SECTION_COUNT; i++)
        names[i - 1] = form_section_name((FormSection)i);
    int of = keys_known(f, s, KEYS) ? index_of(f, s, "of", names) : -1;
    return of >= 0 && add_all(f, s, "titles", add_section, of + 1, NULL);
}

static bool read_lists(const FormsFile *f, const config_t *config)
{
    static const char *const KEYS[] = {"questions", "answers", "sections", NULL};
    static bool (*const READ[])(const FormsFile *, Setting *) = {read_question, read_answer,
                                                                 read_section};
    if (!keys_known(f, config_root_setting(config), KEYS))
        return false;
    for (int k = 0; KEYS[k]; k++) {
        Setting *list = config_lookup(config, KEYS[k]);
        if (!list || !config_setting_is_list(list))
            return fault_at(f, list ? line_of(list) : 1, "write %s: ( { ... } );", KEYS[k]);
        for (int i = 0; i < config_setting_length(list); i++) {
            Setting *s = config_setting_get_elem(list, (unsigned)i);
            if (!config_setting_is_group(s))
                return fault_at(f, line_of(s), "write { ... } here");
            if (!READ[k](f, s))
                return false;
        }
    }
    return true;
}

FormLabels *forms_config_load(const char *dir, GError **error)
{
    g_autofree char *path = config_path(dir, "forms.conf"), *text = NULL;
    g_autoptr(FormLabels) labels = form_labels_new();
    const FormsFile f = {labels, path, error};
    gsize size = 0;
    if (!g_file_get_contents(path, &text, &size, error)) {
        g_prefix_error(error, "forms: ");
        return NULL;
    }
    if (size > FILE_MAX || strlen(text) != size) {
        fault_at(&f, 1, "over %d bytes, or a zero byte in it", FILE_MAX);
        return NULL;
    }
    config_t config;
    config_init(&config);
    bool ok = config_read_string(&config, text) == CONFIG_TRUE
                  ? read_lists(&f, &config)
                  : fault_at(&f, config_error_line(&config), "%s", config_error_text(&config));
    config_destroy(&config);
    return ok ? g_steal_pointer(&labels) : NULL;
}
