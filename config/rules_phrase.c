#include "config/rules_parts.h"
#include <string.h>

static GQuark rules_quark(void)
{
    return g_quark_from_static_string("iecd-rules");
}

/* Always false, so that a caller can return it. */
G_GNUC_PRINTF(2, 3) static bool fault_say(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (error && !*error)
        *error = g_error_new_valist(rules_quark(), 0, format, args);
    va_end(args);
    return false;
}

static char *spaced(const char *text, size_t size, bool after)
{
    char *s = g_malloc(size + 3);
    s[0] = ' ';
    memcpy(s + 1, text, size);
    memcpy(s + 1 + size, after ? " " : "", 1);
    s[1 + size + after] = '\0';
    return s;
}

/* Folds a term's words as texts are folded. "refus*" gives " refus", "final reply" " final reply ".
 */
static char *term_literal(const char *text, size_t size, bool prefix, uint32_t *words)
{
    if (wording_is_folded(text, size)) {
        *words = 1;
        for (size_t i = 0; i < size; i++)
            *words += text[i] == ' ';
        return spaced(text, size, !prefix);
    }
    g_autoptr(Wording) w = wording_new(text, size);
    *words = w->words->len;
    return g_strndup(w->folded, w->length - prefix);
}

static bool term_read(Rules *r, const char *text, uint32_t *id, GError **error)
{
    size_t size = strlen(text);
    bool prefix = size > 1 && text[size - 1] == '*';
    Term term = {0};
    g_autofree char *literal = term_literal(text, size - prefix, prefix, &term.words);
    term.length = (uint32_t)strlen(literal);
    if (term.words == 0)
        return fault_say(error, "an empty phrase or word \"%s\"", text);
    if (prefix && term.length < 3)
        return fault_say(error, "\"%s\" is too short to stand with any ending", text);
    gpointer known;
    if (g_hash_table_lookup_extended(r->term_ids, literal, NULL, &known)) {
        *id = GPOINTER_TO_UINT(known);
        return true;
    }
    if (r->terms->len >= TERMS_MAX)
        return fault_say(error, "more than %d different words in all rules", TERMS_MAX);
    *id = r->terms->len;
    term.literal = g_steal_pointer(&literal);
    g_array_append_val(r->terms, term);
    g_hash_table_insert(r->term_ids, term.literal, GUINT_TO_POINTER(*id));
    return true;
}

static bool set_add(Rules *r, GArray *terms, const char *member, int depth, GError **error)
{
    if (depth > LIST_DEPTH_MAX)
        return fault_say(error, "list %s names itself", member);
    if (member[0] != '@') {
        uint32_t id;
        if (!term_read(r, member, &id, error))
            return false;
        g_array_append_val(terms, id);
        return true;
    }
    WordList *list = g_hash_table_lookup(r->lists, member + 1);
    if (!list)
        return fault_say(error, "no list is named \"%s\"", member);
    if (!list->terms) {
        g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        for (unsigned i = 0; i < list->words->len; i++)
            if (!set_add(r, own, list->words->pdata[i], depth + 1, error))
                return false;
        list->terms = g_steal_pointer(&own);
    }
    g_array_append_vals(terms, list->terms->data, list->terms->len);
    return true;
}

void term_set_free(TermSet *set)
{
    if (!set)
        return;
    g_clear_pointer(&set->terms, g_array_unref);
    g_free(set->bits);
    g_free(set);
}

TermSet *rules_set_read(Rules *r, const char *const *words, GError **error)
{
    g_autofree char *key = g_strjoinv("|", (char **)words);
    TermSet *set = g_hash_table_lookup(r->set_ids, key);
    if (set)
        return set;
    g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (; *words; words++)
        if (!set_add(r, terms, *words, 0, error))
            return NULL;
    set = g_new0(TermSet, 1);
    set->terms = g_steal_pointer(&terms);
    g_ptr_array_add(r->sets, set);
    g_hash_table_insert(r->set_ids, g_steal_pointer(&key), set);
    return set;
}

/* Cuts the text at each "|"; NULL-terminated. */
static const char **alternatives(char *text)
{
    size_t n = 1;
    for (const char *p = text; *p; p++)
        n += *p == '|';
    const char **words = g_new0(const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        char *end = strchrnul(text, '|');
        bool more = *end;
        *end = '\0';
        words[i] = g_strstrip(text);
        text = end + more;
    }
    return words;
}

/* Appends an element whose set is the alternatives in `text` ("a|b c|@list"). */
static bool phrase_add(Rules *r, Phrase *p, const char *text, uint8_t *gap, GError **error)
{
    if (p->n == ELEMENTS_MAX)
        return fault_say(error, "a phrase of more than %d parts", ELEMENTS_MAX);
    g_autofree char *copy = g_strdup(text);
    g_autofree const char **words = alternatives(copy);
    TermSet *set = rules_set_read(r, words, error);
    if (!set)
        return false;
    p->elements[p->n++] = (Element){set, *gap};
    *gap = 0;
    return true;
}

/* Plain words that follow each other are one term: "final reply". */
static bool flush_run(Rules *r, Phrase *p, GString *run, uint8_t *gap, GError **error)
{
    if (run->len == 0)
        return true;
    bool ok = phrase_add(r, p, run->str, gap, error);
    g_string_truncate(run, 0);
    return ok;
}

static bool phrase_token(Rules *r, Phrase *p, const char *token, GString *run, uint8_t *gap,
                         GError **error)
{
    if (!strcmp(token, "..") || !strcmp(token, "...")) {
        if (!flush_run(r, p, run, gap, error))
            return false;
        *gap = token[2] ? GAP_LONG : GAP_SHORT;
        return true;
    }
    if (token[0] == '@')
        return flush_run(r, p, run, gap, error) && phrase_add(r, p, token, gap, error);
    if (token[0] == '(') {
        g_autofree char *inner = g_strndup(token + 1, strlen(token) - 2);
        return flush_run(r, p, run, gap, error) && phrase_add(r, p, inner, gap, error);
    }
    g_string_append_printf(run, "%s%s", run->len ? " " : "", token);
    return g_str_has_suffix(token, "*") ? flush_run(r, p, run, gap, error) : true;
}

/* The next token from *at, parentheses kept together; NULL at the end. */
static char *next_token(const char **at, GError **error)
{
    *at += strspn(*at, " ");
    if (!**at)
        return NULL;
    size_t size = strcspn(*at, " ");
    if (**at == '(') {
        const char *close = strchr(*at, ')');
        if (!close || (close[1] && close[1] != ' ')) {
            fault_say(error, "a bracket that is not closed");
            return NULL;
        }
        size = (size_t)(close + 1 - *at);
    }
    char *token = g_strndup(*at, size);
    *at += size;
    return token;
}

bool rules_phrase_read(Rules *r, const char *text, Phrase *out, GError **error)
{
    g_autoptr(GString) run = g_string_new(NULL);
    g_autoptr(GError) fault = NULL;
    uint8_t gap = 0;
    const char *at = text;
    Element elements[ELEMENTS_MAX];
    Phrase p = {.rule = out->rule, .elements = elements};
    for (char *token; (token = next_token(&at, &fault));) {
        bool ok = phrase_token(r, &p, token, run, &gap, error);
        g_free(token);
        if (!ok)
            return false;
    }
    if (fault) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    if (!flush_run(r, &p, run, &gap, error))
        return false;
    if (p.n == 0)
        return fault_say(error, "an empty phrase");
    if (gap)
        return fault_say(error, "a phrase that ends in dots");
    *out = p;
    out->elements = g_memdup2(elements, p.n * sizeof *elements);
    return true;
}
