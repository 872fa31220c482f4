#include "config/templates.h"
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

enum { FILE_MAX = 16 * 1024, FILES_MAX = 500 };

static const char *const LANGUAGES[] = {"en", "cy"};

/* Whole letters: the first line is the subject. */
static const char *const LETTERS[] = {
    "acknowledgement",
    "urgent",
    "receipt",
    "question",
    "rejection",
    "rejection-general",
    "acceptance",
    "holding",
    "closed",
    "reminder",
    "look-again-receipt",
    "closed-no-reply",
    "closed-withdrawn",
    "closed-outside",
    "resolved",
    "settled",
    "investigation",
    "report",
};

/* What letters are made of: found/ says what was found in this complaint. Files under body/ are
 * names of other organisations, as many as the office likes. */
static const char *const PARTS[] = {
    "part/greeting-named",
    "part/greeting-unknown",
    "part/look-again-computer",
    "part/look-again-person",
    "part/made-by-computer",
    "part/made-by-person",
    "part/contact",
    "part/areas",
    "part/settle-apology",
    "part/settle-redress",
    "part/come-back",
    "reason/appealable-decision",
    "reason/policy-or-legislation",
    "reason/ombudsman",
    "reason/employment",
    "reason/court",
    "reason/windrush-compensation",
    "reason/psu-misconduct",
    "reason/data-protection",
    "reason/not-in-remit",
    "reason/no-final-response",
    "reason/out-of-time",
    "general/appealable-decision",
    "general/policy-or-legislation",
    "general/ombudsman",
    "general/employment",
    "general/court",
    "general/windrush-compensation",
    "general/psu-misconduct",
    "general/data-protection",
    "general/not-in-remit",
    "general/no-final-response",
    "general/out-of-time",
    "found/acceptance-one",
    "found/acceptance-several",
    "found/appealable-decision-asylum",
    "found/appealable-decision-citizenship",
    "found/appealable-decision-sponsor",
    "found/appealable-decision-stay",
    "found/appealable-decision-visa",
    "found/appealable-decision",
    "found/court-court",
    "found/court-judicial-review",
    "found/court-tribunal",
    "found/court",
    "found/data-protection-kept",
    "found/data-protection-request",
    "found/data-protection-shared",
    "found/data-protection",
    "found/employment-applicant",
    "found/employment-staff",
    "found/employment",
    "found/no-final-response-form",
    "found/no-final-response-interim",
    "found/no-final-response-never",
    "found/no-final-response-unanswered",
    "found/no-final-response",
    "found/not-in-remit-body",
    "found/not-in-remit-other-body",
    "found/not-in-remit-other-home-office",
    "found/not-in-remit",
    "found/ombudsman-done",
    "found/ombudsman-now",
    "found/ombudsman",
    "found/out-of-time-email",
    "found/out-of-time-post-abroad",
    "found/out-of-time-post",
    "found/out-of-time-received",
    "found/out-of-time-way-unknown",
    "found/out-of-time",
    "found/policy-or-legislation-fee",
    "found/policy-or-legislation-requirement",
    "found/policy-or-legislation-rule",
    "found/policy-or-legislation",
    "found/response-attachment",
    "found/response-form",
    "found/response-forwarded",
    "found/response-names-us",
    "found/response-stated",
    "found/right-appeal",
    "found/right-review",
    "found/right",
    "next/ask",
    "next/complain-or-ask",
    "next/complain",
    "next/overdue",
    "area/border-force",
    "area/detention-escorting",
    "area/hm-passport-office",
    "area/immigration-enforcement",
    "area/ukvi",
    "wrong/complaint-handling",
    "wrong/delay",
    "wrong/error",
    "wrong/lost-documents",
    "wrong/poor-information",
    "wrong/poor-service",
    "wrong/procedure",
    "wrong/staff-conduct",
    "where/unknown",
    "where/ukvi",
    "where/immigration-enforcement",
    "where/border-force",
    "where/detention-escorting",
    "where/hm-passport-office",
    "ask/final-response",
    "ask/final-response-date",
    "ask/final-response-date-letter",
    "ask/final-response-unreadable",
    "ask/business-area",
    "ask/what-happened",
    "ask/authority",
};

/* What may stand in ${}, and alone on a line after @. */
static const char *const VALUES[] = {
    "reference",         "to_name",    "received", "answer_by", "reply_wanted_by", "response_date",
    "response_received", "time_limit", "body",     "area",      "wrong",           "asked",
    "outcome_day",       "redress",
};
static const char *const SLOTS[] = {
    "greeting",
    "reasons",
    "general",
    "asks",
    "note",
    "look-again",
    "made",
    "contact",
    "areas",
    "where",
    "wrongs",
    "next",
    "why-outside",
    "settlement",
    "come-back",
    "found-acceptance",
    "found-appealable-decision",
    "found-policy-or-legislation",
    "found-ombudsman",
    "found-employment",
    "found-court",
    "found-data-protection",
    "found-not-in-remit",
    "found-no-final-response",
    "found-out-of-time",
};

struct Templates {
    GHashTable *texts; /* "en/rejection" -> text */
};

static bool listed(const char *const *list, size_t count, const char *text)
{
    for (size_t n = 0; n < count; n++)
        if (!strcmp(list[n], text))
            return true;
    return false;
}
#define LISTED(list, text) listed((list), G_N_ELEMENTS(list), (text))

/* One file as it is being checked. */
typedef struct File {
    const char *path, *name;
    unsigned line;
} File;

static bool wrong(const File *f, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool wrong(const File *f, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%u: %s", f->path, MAX(f->line, 1),
                what);
    return false;
}

static bool unknown(const File *f, GError **error, const char *what, const char *const *list,
                    size_t count)
{
    GString *known = g_string_new(NULL);
    for (size_t n = 0; n < count; n++)
        g_string_append_printf(known, "%s%s", n ? ", " : "", list[n]);
    g_autofree char *all = g_string_free(known, FALSE);
    return wrong(f, error, "%s is not known; write one of %s", what, all);
}

static bool check_characters(const File *f, const char *line, GError **error)
{
    for (const char *p = line; *p; p = g_utf8_next_char(p)) {
        GUnicodeType type = g_unichar_type(g_utf8_get_char(p));
        if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT)
            return wrong(f, error, "holds the control character U+%04X",
                         (unsigned)g_utf8_get_char(p));
    }
    return true;
}

static bool check_values(const File *f, const char *line, GError **error)
{
    for (const char *p = strstr(line, "${"); p; p = strstr(p, "${")) {
        const char *end = strchr(p, '}');
        if (!end)
            return wrong(f, error, "${ without }");
        g_autofree char *name = g_strndup(p + 2, (gsize)(end - p - 2));
        g_autofree char *shown = g_strdup_printf("${%s}", name);
        if (!LISTED(VALUES, name))
            return unknown(f, error, shown, VALUES, G_N_ELEMENTS(VALUES));
        p = end;
    }
    return true;
}

static bool check_line(const File *f, const char *line, GError **error)
{
    if (!check_characters(f, line, error))
        return false;
    if (line[0] == '@' && !LISTED(SLOTS, line + 1))
        return unknown(f, error, line, SLOTS, G_N_ELEMENTS(SLOTS));
    if (line[0] == '#' && !g_str_has_prefix(line, "## ") && !g_str_has_prefix(line, "### "))
        return wrong(f, error, "a heading begins with \"## \" or \"### \"");
    return check_values(f, line, error);
}

static bool check_letter(File *f, char **lines, GError **error)
{
    f->line = 1;
    if (!lines[0] || !g_str_has_prefix(lines[0], "Subject: ") || !lines[0][9])
        return wrong(f, error, "a letter begins with \"Subject: \" and its subject");
    f->line = 2;
    if (!lines[1] || lines[1][0])
        return wrong(f, error, "leave a line empty after the subject");
    return true;
}

static bool check_text(const char *path, const char *name, const char *text, GError **error)
{
    File f = {path, name, 0};
    if (!g_utf8_validate(text, -1, NULL))
        return wrong(&f, error, "is not UTF-8");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        f.line++;
        if (!check_line(&f, *line, error))
            return false;
    }
    if (LISTED(LETTERS, name))
        return check_letter(&f, lines, error);
    f.line = 1;
    return text[strspn(text, " \n")] || wrong(&f, error, "is empty");
}

static bool load_file(Templates *t, const char *dir, const char *language, const char *name,
                      GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s/%s.txt", dir, language, name);
    g_autofree char *text = NULL;
    gsize length = 0;
    File f = {path, name, 0};
    if (!LISTED(LETTERS, name) && !LISTED(PARTS, name) && !g_str_has_prefix(name, "body/"))
        return wrong(&f, error, "is not the name of a template");
    if (!g_file_get_contents(path, &text, &length, error))
        return false;
    if (length > FILE_MAX || strlen(text) != length)
        return wrong(&f, error, "is longer than 16 KiB, or holds a NUL");
    if (!check_text(path, name, text, error))
        return false;
    if (g_hash_table_size(t->texts) >= FILES_MAX)
        return wrong(&f, error, "is one template too many; keep at most %d", FILES_MAX);
    g_hash_table_insert(t->texts, g_strdup_printf("%s/%s", language, name), g_steal_pointer(&text));
    return true;
}

/* Every "*.txt" under dir/language/under; folders one deep. */
static bool load_folder(Templates *t, const char *dir, const char *language, const char *under,
                        GError **error)
{
    g_autofree char *path = g_build_filename(dir, language, under, NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, error);
    if (!folder)
        return false;
    const char *entry;
    while ((entry = g_dir_read_name(folder))) {
        g_autofree char *inner = g_build_filename(path, entry, NULL);
        bool ok = true;
        if (!under[0] && g_file_test(inner, G_FILE_TEST_IS_DIR)) {
            ok = load_folder(t, dir, language, entry, error);
        } else if (g_str_has_suffix(entry, ".txt") && entry[0] != '.') {
            g_autofree char *stem = g_strndup(entry, strlen(entry) - 4);
            g_autofree char *name = g_strdup_printf("%s%s%s", under, under[0] ? "/" : "", stem);
            ok = load_file(t, dir, language, name, error);
        }
        if (!ok)
            return false;
    }
    return true;
}

static bool require(const Templates *t, const char *dir, const char *language, const char *name,
                    GError **error)
{
    if (templates_text(t, language, name))
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s/%s/%s.txt: is missing", dir, language,
                name);
    return false;
}

static bool check_whole(const Templates *t, const char *dir, GError **error)
{
    for (size_t l = 0; l < G_N_ELEMENTS(LANGUAGES); l++) {
        for (size_t n = 0; n < G_N_ELEMENTS(LETTERS); n++)
            if (!require(t, dir, LANGUAGES[l], LETTERS[n], error))
                return false;
        for (size_t n = 0; n < G_N_ELEMENTS(PARTS); n++)
            if (!require(t, dir, LANGUAGES[l], PARTS[n], error))
                return false;
    }
    /* The rest, body/, in each language that has it in another. */
    GHashTableIter i;
    gpointer key;
    g_hash_table_iter_init(&i, t->texts);
    while (g_hash_table_iter_next(&i, &key, NULL))
        for (size_t l = 0; l < G_N_ELEMENTS(LANGUAGES); l++)
            if (!require(t, dir, LANGUAGES[l], strchr(key, '/') + 1, error))
                return false;
    return true;
}

Templates *templates_load(const char *dir, GError **error)
{
    g_autoptr(Templates) t = g_new0(Templates, 1);
    t->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t l = 0; l < G_N_ELEMENTS(LANGUAGES); l++)
        if (!load_folder(t, dir, LANGUAGES[l], "", error))
            return NULL;
    if (!check_whole(t, dir, error))
        return NULL;
    return g_steal_pointer(&t);
}

void templates_free(Templates *t)
{
    if (!t)
        return;
    g_clear_pointer(&t->texts, g_hash_table_unref);
    g_free(t);
}

const char *templates_text(const Templates *t, const char *language, const char *name)
{
    g_autofree char *key = g_strdup_printf("%s/%s", language, name);
    return g_hash_table_lookup(t->texts, key);
}
