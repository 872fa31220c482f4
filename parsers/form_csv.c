/* The CSV file of GOV.UK Forms: a row of questions and a row of answers (RFC 4180). Names and
 * addresses stand in several columns, "{question} - First name". */
#include "parsers/form_reading.h"

enum { COLUMNS_MAX = 500 };

/* One field, with its quotes undone; false where a quote is left open. */
static bool read_field(const char **at, GString *out)
{
    const char *p = *at;
    if (*p != '"') {
        size_t length = strcspn(p, ",\r\n");
        g_string_append_len(out, p, (gssize)length);
        *at = p + length;
        return true;
    }
    for (p++; *p; p++) {
        if (*p == '"' && *++p != '"') {
            *at = p;
            return true;
        }
        g_string_append_c(out, *p);
    }
    return false;
}

/* A record and its end. NULL at the end of the text, or where it is no CSV. */
static GPtrArray *read_record(const char **at)
{
    if (!**at)
        return NULL;
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        g_autoptr(GString) field = g_string_new(NULL);
        if (fields->len == COLUMNS_MAX || !read_field(at, field))
            return NULL;
        g_ptr_array_add(fields, g_string_free(g_steal_pointer(&field), FALSE));
        if (**at != ',')
            break;
        ++*at;
    }
    if (**at && **at != '\r' && **at != '\n')
        return NULL;
    *at += strspn(*at, "\r\n");
    return g_steal_pointer(&fields);
}

/* Several answers to one question stand on a line each, "Answer: a". */
static char *without_marks(const char *text)
{
    static const char MARK[] = "Answer: ";
    g_autoptr(GString) s = g_string_new(text);
    if (g_str_has_prefix(text, MARK)) {
        g_string_erase(s, 0, sizeof MARK - 1);
        g_string_replace(s, "\nAnswer: ", "\n", 0);
    }
    return g_string_free(g_steal_pointer(&s), FALSE);
}

/* Length of the question in the head of a column of which there are several; 0 else. `between` is
 * what joins them. */
static size_t stem_of(const char *head, const char **between)
{
    static const struct {
        const char *ending, *between;
    } PIECES[] = {
        {" - Title", " "},           {" - First name", " "},      {" - Middle names", " "},
        {" - Last name", " "},       {" - Full name", " "},       {" - Address line 1", ", "},
        {" - Address line 2", ", "}, {" - Town or city", ", "},   {" - County", ", "},
        {" - Postcode", ", "},       {" - Street address", ", "}, {" - Country", ", "},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(PIECES); i++) {
        if (!g_str_has_suffix(head, PIECES[i].ending))
            continue;
        *between = PIECES[i].between;
        return strlen(head) - strlen(PIECES[i].ending);
    }
    return 0;
}

/* The answer that begins in column i, from as many columns as it takes; the column after it. */
static unsigned take_columns(const FormReading *r, const GPtrArray *heads, const GPtrArray *row,
                             unsigned i)
{
    const char *head = heads->pdata[i], *between = "";
    size_t stem = stem_of(head, &between);
    g_autofree char *first = without_marks(row->pdata[i++]);
    g_autoptr(GString) text = g_string_new(first);
    for (; stem && i < heads->len && i < row->len; i++) {
        const char *next = heads->pdata[i], *value = row->pdata[i];
        if (stem_of(next, &between) != stem || strncmp(next, head, stem) != 0)
            break;
        if (*value)
            g_string_append_printf(text, "%s%s", text->len ? between : "", value);
    }
    FormText question = {head, stem ? stem : strlen(head)};
    form_take(r, form_labels_field(r->labels, question.text, question.length), question,
              (FormText){text->str, text->len}, G_MAXUINT32);
    return i;
}

static bool is_ours(const FormReading *r, const GPtrArray *heads, const GPtrArray *row)
{
    return heads && row && heads->len > 2 && row->len > 2 && *r->form->reference &&
           !strcmp(heads->pdata[0], "Reference") && !strcmp(heads->pdata[1], "Submitted at") &&
           !strcmp(row->pdata[0], r->form->reference);
}

bool form_read_csv(const FormReading *r, const char *csv, int64_t *submitted)
{
    if (g_str_has_prefix(csv, "\xef\xbb\xbf"))
        csv += 3;
    g_autoptr(GPtrArray) heads = read_record(&csv), row = heads ? read_record(&csv) : NULL;
    if (!is_ours(r, heads, row) || *csv)
        return false;
    *submitted = form_time(row->pdata[1]);
    unsigned columns = MIN(heads->len, row->len);
    if (columns == heads->len && !strcmp(heads->pdata[columns - 1], "Language")) {
        columns--;
        r->form->welsh |= !strcmp(row->pdata[columns], "cy");
    }
    g_ptr_array_set_size(heads, (int)columns);
    for (unsigned i = 2; i < columns;)
        i = take_columns(r, heads, row, i);
    return true;
}
