#include "config/settings_mistakes.h"
#include <string.h>

typedef struct Mistake {
    unsigned line;
    char *text;
} Mistake;

struct Mistakes {
    char *file;
    GHashTable *lines;   /* key -> line */
    GHashTable *refused; /* keys with a mistake */
    GPtrArray *list;     /* Mistake, sorted by line; those of one line as they were found */
};

static void mistake_free(void *p)
{
    Mistake *mistake = p;
    g_free(mistake->text);
    g_free(mistake);
}

Mistakes *mistakes_new(const char *file)
{
    Mistakes *m = g_new0(Mistakes, 1);
    m->file = g_strdup(file);
    m->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    m->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    m->list = g_ptr_array_new_with_free_func(mistake_free);
    return m;
}

void mistakes_free(Mistakes *m)
{
    if (!m)
        return;
    g_free(m->file);
    g_hash_table_unref(m->lines);
    g_hash_table_unref(m->refused);
    g_ptr_array_unref(m->list);
    g_free(m);
}

void mistakes_note(Mistakes *m, const char *key, unsigned line)
{
    g_hash_table_insert(m->lines, g_strdup(key), GUINT_TO_POINTER(line));
}

bool mistakes_noted(const Mistakes *m, const char *key)
{
    return g_hash_table_contains(m->lines, key);
}

/* Takes the text. */
static void insert(Mistakes *m, unsigned line, char *text)
{
    Mistake *mistake = g_new0(Mistake, 1);
    *mistake = (Mistake){line, text};
    unsigned at = m->list->len;
    while (at > 0 && ((const Mistake *)m->list->pdata[at - 1])->line > line)
        at--;
    g_ptr_array_insert(m->list, (int)at, mistake);
}

static unsigned line_of(const Mistakes *m, const char *key)
{
    g_autofree char *around = g_strdup(key);
    while (!g_hash_table_contains(m->lines, around)) {
        char *dot = strrchr(around, '.'), *index = strrchr(around, '[');
        char *cut = dot > index ? dot : index;
        if (!cut)
            return 1;
        *cut = '\0';
    }
    return GPOINTER_TO_UINT(g_hash_table_lookup(m->lines, around));
}

void mistakes_add(Mistakes *m, const char *key, const char *format, ...)
{
    if (!g_hash_table_add(m->refused, g_strdup(key)))
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    unsigned line = line_of(m, key);
    insert(m, line, g_strdup_printf("%s:%u: %s: %s", m->file, line, key, what));
}

void mistakes_add_line(Mistakes *m, unsigned line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    insert(m, line,
           line ? g_strdup_printf("%s:%u: %s", m->file, line, what)
                : g_strdup_printf("%s: %s", m->file, what));
}

bool mistakes_about(const Mistakes *m, const char *key)
{
    return g_hash_table_contains(m->refused, key);
}

unsigned mistakes_count(const Mistakes *m)
{
    return m->list->len;
}

char *mistakes_text(const Mistakes *m)
{
    GString *text = g_string_new(NULL);
    for (unsigned n = 0; n < m->list->len; n++) {
        const Mistake *mistake = m->list->pdata[n];
        g_string_append_printf(text, "%s%s", n ? "\n" : "", mistake->text);
    }
    return g_string_free(text, FALSE);
}
