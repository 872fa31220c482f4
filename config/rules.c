#include "config/paths.h"
#include "config/rules_parts.h"
#include <libconfig.h>
#include <string.h>

enum { FILE_MAX = 1024 * 1024, FILES_MAX = 64, GUARDS_MAX = 32 };

/* One file being read; every fault is said with its name and line. */
typedef struct RuleFile {
    Rules *rules;
    const char *name;
    GError **error;
} RuleFile;

static GQuark rules_quark(void)
{
    return g_quark_from_static_string("iecd-rules");
}

G_GNUC_PRINTF(3, 4)
static bool fault_at(RuleFile *f, const config_setting_t *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(f->error, rules_quark(), 0, "%s:%u: %s", f->name,
                at ? config_setting_source_line(at) : 1, what);
    return false;
}

static bool fault_prefixed(RuleFile *f, const config_setting_t *at, GError *inner)
{
    bool ok = fault_at(f, at, "%s", inner->message);
    g_error_free(inner);
    return ok;
}

static Place place_of(const RuleFile *f, const config_setting_t *at)
{
    return (Place){g_intern_string(f->name), config_setting_source_line(at)};
}

static void written_clear(void *data)
{
    g_free(((Written *)data)->text);
}

static void phrase_clear(void *data)
{
    g_free(((Phrase *)data)->elements);
}

static GArray *phrases_new(void)
{
    GArray *phrases = g_array_new(FALSE, FALSE, sizeof(Phrase));
    g_array_set_clear_func(phrases, phrase_clear);
    return phrases;
}

static void word_list_free(WordList *list)
{
    g_ptr_array_unref(list->words);
    g_clear_pointer(&list->terms, g_array_unref);
    g_free(list);
}

static void rule_body_free(RuleBody *b)
{
    g_free(b->rule.id);
    g_free(b->rule.source);
    g_free(b->rule.says);
    g_free(b->rule.value);
    g_strfreev(b->rule.match);
    g_strfreev(b->rule.no_match);
    g_clear_pointer(&b->refusals, g_array_unref);
    g_free(b->refusal_first);
    g_clear_pointer(&b->written, g_array_unref);
    g_free(b);
}

/* Only keys of `known` may stand in `group`; a misspelt key must not be passed over. */
static bool keys_known(RuleFile *f, const config_setting_t *group, const char *const *known)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(s);
        if (name && !g_strv_contains(known, name)) {
            g_autofree char *all = g_strjoinv(", ", (char **)known);
            return fault_at(f, s, "\"%s\" is not known here: write one of %s", name, all);
        }
    }
    return true;
}

static const char *text_of(RuleFile *f, const config_setting_t *group, const char *key)
{
    const char *text = NULL;
    if (!config_setting_lookup_string(group, key, &text) || !*text)
        fault_at(f, group, "%s = \"...\"; is missing or empty", key);
    return text && *text ? text : NULL;
}

/* The strings of list `key`, g_strfreev; NULL with error where it is no list of strings. An
 * absent list is empty. */
static char **texts_of(RuleFile *f, const config_setting_t *group, const char *key)
{
    const config_setting_t *list = config_setting_get_member(group, key);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    int n = list && !config_setting_is_scalar(list) ? config_setting_length(list) : 0;
    if (list && n == 0) {
        fault_at(f, list, "%s is empty or no list: write %s = [ \"...\" ];", key, key);
        return NULL;
    }
    for (int i = 0; i < n; i++) {
        const char *text = config_setting_get_string_elem(list, i);
        if (!text || !*text) {
            fault_at(f, list, "%s holds something that is no text, or an empty one", key);
            return NULL;
        }
        g_ptr_array_add(texts, g_strdup(text));
    }
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}

static bool read_list(RuleFile *f, const config_setting_t *s)
{
    static const char *const KEYS[] = {"name", "words", NULL};
    const char *name = text_of(f, s, "name");
    if (!name || !keys_known(f, s, KEYS))
        return false;
    g_auto(GStrv) words = texts_of(f, s, "words");
    if (!words)
        return false;
    if (!words[0])
        return fault_at(f, s, "list %s has no words", name);
    if (g_hash_table_contains(f->rules->lists, name))
        return fault_at(f, s, "a second list named %s", name);
    WordList *list = g_new0(WordList, 1);
    list->place = place_of(f, s);
    list->words = g_ptr_array_new_with_free_func(g_free);
    for (char **w = words; *w; w++)
        g_ptr_array_add(list->words, g_strdup(*w));
    g_hash_table_insert(f->rules->lists, g_strdup(name), list);
    return true;
}

static bool read_guard(RuleFile *f, const config_setting_t *s)
{
    static const char *const KEYS[] = {"name", "words", "before", "after", "clause", NULL};
    const char *name = text_of(f, s, "name");
    if (!name || !keys_known(f, s, KEYS))
        return false;
    g_auto(GStrv) words = texts_of(f, s, "words");
    int before = 0, after = 0, clause = 0;
    config_setting_lookup_int(s, "before", &before);
    config_setting_lookup_int(s, "after", &after);
    config_setting_lookup_bool(s, "clause", &clause);
    if (!words)
        return false;
    if (before < 0 || before > 60 || after < 0 || after > 60)
        return fault_at(f, s, "before and after are numbers of words, 0 to 60");
    if (f->rules->guards->len == GUARDS_MAX)
        return fault_at(f, s, "more than %d guards", GUARDS_MAX);
    g_autoptr(GError) inner = NULL;
    TermSet *set = rules_set_read(f->rules, (const char *const *)words, &inner);
    if (!set)
        return fault_prefixed(f, s, g_steal_pointer(&inner));
    Guard g = {g_strdup(name), set, (uint8_t)before, (uint8_t)after, clause, place_of(f, s)};
    g_array_append_val(f->rules->guards, g);
    return true;
}

static bool read_fact(RuleFile *f, const config_setting_t *s, Rule *rule)
{
    const char *fact = text_of(f, s, "fact"), *value = fact ? text_of(f, s, "value") : NULL;
    if (!value)
        return false;
    int i = 0;
    while (i < RULE_FACT_COUNT && strcmp(rule_fact_name((RuleFact)i), fact) != 0)
        i++;
    if (i == RULE_FACT_COUNT)
        return fault_at(f, s, "no fact is named \"%s\"", fact);
    rule->fact = (RuleFact)i;
    if (!g_strv_contains(rule_fact_values(rule->fact), value)) {
        g_autofree char *all = g_strjoinv(", ", (char **)rule_fact_values(rule->fact));
        return fault_at(f, s, "\"%s\" is no value of %s: write one of %s", value, fact, all);
    }
    rule->value = g_strdup(value);
    return true;
}

static bool read_scope(RuleFile *f, const config_setting_t *s, Rule *rule)
{
    g_auto(GStrv) names = texts_of(f, s, "scope");
    if (!names)
        return false;
    for (char **n = names; *n; n++) {
        uint32_t bit = 0;
        for (unsigned i = 0; i < RULE_SCOPE_COUNT; i++)
            bit |= !strcmp(rule_scope_name(i), *n) ? 1u << i : 0;
        if (!bit)
            return fault_at(f, s,
                            "\"%s\" is no scope: write subject, writer, signature, papers "
                            "or letter",
                            *n);
        rule->scope |= bit;
    }
    if (!rule->scope)
        rule->scope = RULE_WRITER | RULE_SUBJECT;
    return true;
}

static bool read_strength(RuleFile *f, const config_setting_t *s, Rule *rule)
{
    const char *strength = "states";
    config_setting_lookup_string(s, "strength", &strength);
    rule->states = !strcmp(strength, "states");
    if (!rule->states && strcmp(strength, "hints") != 0)
        return fault_at(f, s, "strength is \"states\" or \"hints\", not \"%s\"", strength);
    return true;
}

static bool read_guards_of(RuleFile *f, const config_setting_t *s, RuleBody *body)
{
    g_auto(GStrv) names = texts_of(f, s, "unless");
    if (!names)
        return false;
    for (char **n = names; *n; n++) {
        uint32_t bit = 0;
        for (unsigned i = 0; i < f->rules->guards->len; i++)
            if (!strcmp(g_array_index(f->rules->guards, Guard, i).name, *n))
                bit |= 1u << i;
        if (!bit)
            return fault_at(f, s, "no guard is named \"%s\"", *n);
        body->guards |= bit;
    }
    return true;
}

/* Reads the phrases of `key` into `into`, as phrases of rule `id`; and as they are written. */
static bool read_phrases(RuleFile *f, const config_setting_t *s, const char *key, uint32_t id,
                         GArray *into, GArray *written)
{
    g_auto(GStrv) texts = texts_of(f, s, key);
    const config_setting_t *list = config_setting_get_member(s, key);
    if (!texts)
        return false;
    for (char **t = texts; *t; t++) {
        Phrase p = {.rule = id};
        g_autoptr(GError) inner = NULL;
        if (!rules_phrase_read(f->rules, *t, &p, &inner)) {
            g_prefix_error(&inner, "%s \"%s\": ", key, *t);
            return fault_prefixed(f, list, g_steal_pointer(&inner));
        }
        g_array_append_val(into, p);
        if (!written)
            continue;
        const config_setting_t *at = config_setting_get_elem(list, (unsigned)(t - texts));
        Written w = {g_strdup(*t), config_setting_source_line(at)};
        g_array_append_val(written, w);
    }
    return true;
}

static bool id_taken(const Rules *r, const char *id)
{
    for (unsigned i = 0; i < r->bodies->len; i++) {
        const RuleBody *b = r->bodies->pdata[i];
        if (b->rule.id && !strcmp(b->rule.id, id))
            return true;
    }
    return false;
}

static bool read_rule(RuleFile *f, const config_setting_t *s)
{
    static const char *const KEYS[] = {"id",       "source",   "says",    "fact", "value",
                                       "strength", "scope",    "phrases", "not",  "unless",
                                       "match",    "no_match", NULL};
    Rules *r = f->rules;
    if (!keys_known(f, s, KEYS))
        return false;
    const char *id = text_of(f, s, "id"), *source = id ? text_of(f, s, "source") : NULL;
    const char *says = source ? text_of(f, s, "says") : NULL;
    if (!says)
        return false;
    if (id_taken(r, id))
        return fault_at(f, s, "a second rule with id %s", id);
    if (r->bodies->len == RULES_MAX)
        return fault_at(f, s, "more than %d rules", RULES_MAX);
    uint32_t index = r->bodies->len, phrases = r->phrases->len;
    RuleBody *b = g_new0(RuleBody, 1);
    b->refusals = phrases_new();
    b->written = g_array_new(FALSE, FALSE, sizeof(Written));
    g_array_set_clear_func(b->written, written_clear);
    b->place = place_of(f, s);
    b->first = phrases;
    g_ptr_array_add(r->bodies, b);
    b->rule.id = g_strdup(id);
    b->rule.source = g_strdup(source);
    b->rule.says = g_strdup(says);
    if (!read_fact(f, s, &b->rule) || !read_strength(f, s, &b->rule) ||
        !read_scope(f, s, &b->rule) || !read_guards_of(f, s, b) ||
        !read_phrases(f, s, "phrases", index, r->phrases, b->written) ||
        !read_phrases(f, s, "not", index, b->refusals, NULL))
        return false;
    b->rule.match = texts_of(f, s, "match");
    b->rule.no_match = b->rule.match ? texts_of(f, s, "no_match") : NULL;
    if (!b->rule.no_match)
        return false;
    if (r->phrases->len == phrases || !b->rule.match[0])
        return fault_at(f, s, "rule %s needs phrases and at least one match example", id);
    return true;
}

typedef bool (*ReadEntry)(RuleFile *f, const config_setting_t *s);

static bool read_section(RuleFile *f, const config_t *config, const char *section, ReadEntry read)
{
    const config_setting_t *list = config_lookup(config, section);
    for (int i = 0; list && i < config_setting_length(list); i++)
        if (!read(f, config_setting_get_elem(list, (unsigned)i)))
            return false;
    return true;
}

/* Lists and guards may stand in any file, so they are all read before the first rule. */
static bool read_pass(Rules *r, char **names, config_t *configs, GError **error)
{
    static const struct {
        const char *section;
        ReadEntry read;
    } PASSES[] = {{"lists", read_list}, {"guards", read_guard}, {"rules", read_rule}};
    for (unsigned p = 0; p < G_N_ELEMENTS(PASSES); p++) {
        for (unsigned i = 0; names[i]; i++) {
            RuleFile f = {r, names[i], error};
            if (!read_section(&f, &configs[i], PASSES[p].section, PASSES[p].read))
                return false;
            if (p + 1 < G_N_ELEMENTS(PASSES))
                continue;
            config_destroy(&configs[i]); /* its memory serves for the terms of the next */
            config_init(&configs[i]);
        }
    }
    return true;
}

static bool parse_file(const char *path, const char *name, config_t *config, GChecksum *sum,
                       GError **error)
{
    g_autofree char *text = NULL;
    gsize size = 0;
    static const char *const KEYS[] = {"version", "lists", "guards", "rules", NULL};
    if (!g_file_get_contents(path, &text, &size, error))
        return false;
    if (size > FILE_MAX || strlen(text) != size) {
        g_set_error(error, rules_quark(), 0, "%s: over %d bytes, or a zero byte in it", name,
                    FILE_MAX);
        return false;
    }
    g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name) + 1);
    g_checksum_update(sum, (const guchar *)text, (gssize)size + 1);
    if (config_read_string(config, text) != CONFIG_TRUE) {
        g_set_error(error, rules_quark(), 0, "%s:%d: %s", name, config_error_line(config),
                    config_error_text(config));
        return false;
    }
    RuleFile f = {.name = name, .error = error};
    return keys_known(&f, config_root_setting(config), KEYS);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **conf_names(const char *dir, GError **error)
{
    g_autoptr(GDir) d = g_dir_open(dir, 0, error);
    if (!d)
        return NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(d)) && names->len < FILES_MAX;)
        if (g_str_has_suffix(name, ".conf") && name[0] != '.')
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static bool read_version(Rules *r, char **names, const config_t *configs, GChecksum *sum,
                         GError **error)
{
    const char *version = NULL;
    for (unsigned i = 0; names[i]; i++)
        config_lookup_string(&configs[i], "version", &version);
    if (!version || !*version || strlen(version) > 40) {
        g_set_error(error, rules_quark(), 0,
                    "version.conf: write version = \"YYYY-MM-DD\"; (at most 40 characters)");
        return false;
    }
    r->version = g_strdup_printf("%s/%.16s", version, g_checksum_get_string(sum));
    return true;
}

/* What the answers on the forms mean is a rule like any other: it is part of the version. */
static bool sum_forms(const char *dir, GChecksum *sum, GError **error)
{
    g_autofree char *path = config_path(dir, "forms.conf"), *text = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &text, &size, error))
        return false;
    g_checksum_update(sum, (const guchar *)text, (gssize)size);
    return true;
}

static bool read_files(Rules *r, const char *dir, char **names, config_t *configs, GChecksum *sum,
                       GError **error)
{
    for (unsigned i = 0; names[i]; i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        if (!parse_file(path, names[i], &configs[i], sum, error))
            return false;
    }
    g_checksum_update(sum, (const guchar *)&r->digest, sizeof r->digest);
    return read_version(r, names, configs, sum, error) && read_pass(r, names, configs, error) &&
           rules_compile(r, error);
}

static Linear *read_model(const char *dir, const char *name, const char *const *classes,
                          GError **error)
{
    g_autofree char *path = config_path(dir, name);
    g_autoptr(Linear) m = linear_load(path, error);
    if (m && linear_expect(m, classes, error))
        return g_steal_pointer(&m);
    g_prefix_error(error, "%s: ", name);
    return NULL;
}

static bool read_models(Rules *r, const char *dir, GError **error)
{
    for (int i = 0; i < MODEL_COUNT; i++) {
        RuleModel model = (RuleModel)i;
        r->models[i] = read_model(dir, rule_model_file(model), rule_model_classes(model), error);
        if (!r->models[i])
            return false;
        r->digest = linear_join(r->digest, linear_digest(r->models[i]));
    }
    return true;
}

static void free_text(void *data)
{
    g_free(*(char **)data);
}

static Rules *rules_new(void)
{
    Rules *r = g_new0(Rules, 1);
    r->bodies = g_ptr_array_new_with_free_func((GDestroyNotify)rule_body_free);
    r->phrases = phrases_new();
    r->guards = g_array_new(FALSE, FALSE, sizeof(Guard));
    g_array_set_clear_func(r->guards, free_text); /* name and literal stand first */
    r->terms = g_array_new(FALSE, FALSE, sizeof(Term));
    g_array_set_clear_func(r->terms, free_text);
    r->term_ids = g_hash_table_new(g_str_hash, g_str_equal);
    r->sets = g_ptr_array_new_with_free_func((GDestroyNotify)term_set_free);
    r->set_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->lists =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)word_list_free);
    return r;
}

Rules *rules_load(const char *dir, GError **error)
{
    g_autofree char *folder = g_build_filename(dir, "rules", NULL);
    g_auto(GStrv) names = conf_names(folder, error);
    if (!names) {
        g_prefix_error(error, "rules: ");
        return NULL;
    }
    unsigned n = g_strv_length(names);
    g_autofree config_t *configs = g_new0(config_t, n + 1);
    for (unsigned i = 0; i < n; i++)
        config_init(&configs[i]);
    g_autoptr(Rules) r = rules_new();
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    bool ok = read_models(r, dir, error) && sum_forms(dir, sum, error) &&
              read_files(r, folder, names, configs, sum, error);
    for (unsigned i = 0; i < n; i++)
        config_destroy(&configs[i]);
    if (!ok) {
        g_prefix_error(error, "%s/", folder);
        return NULL;
    }
    return g_steal_pointer(&r);
}

void rules_free(Rules *r)
{
    if (!r)
        return;
    for (unsigned i = 0; r->by_term && i < r->terms->len; i++)
        g_clear_pointer(&r->by_term[i], g_array_unref);
    g_free(r->by_term);
    g_free(r->common);
    term_tree_free(r->tree);
    g_free(r->version);
    for (int i = 0; i < MODEL_COUNT; i++)
        linear_free(r->models[i]);
    g_clear_pointer(&r->bodies, g_ptr_array_unref);
    g_clear_pointer(&r->phrases, g_array_unref);
    g_clear_pointer(&r->guards, g_array_unref);
    g_clear_pointer(&r->set_ids, g_hash_table_unref);
    g_clear_pointer(&r->sets, g_ptr_array_unref);
    g_clear_pointer(&r->term_ids, g_hash_table_unref);
    g_clear_pointer(&r->terms, g_array_unref);
    g_clear_pointer(&r->lists, g_hash_table_unref);
    g_free(r);
}

const char *rules_version(const Rules *r)
{
    return r->version;
}

const Linear *rules_model(const Rules *r, RuleModel model)
{
    return r->models[model];
}

unsigned rules_count(const Rules *r)
{
    return r->bodies->len;
}

const Rule *rules_get(const Rules *r, unsigned i)
{
    return i < r->bodies->len ? &((const RuleBody *)r->bodies->pdata[i])->rule : NULL;
}
