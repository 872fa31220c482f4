#include "parsers/form_labels.h"
#include <string.h>

typedef enum Shape { SHAPE_WHOLE, SHAPE_BEGINNING, SHAPE_INSIDE } Shape;

typedef struct Label {
    char *folded; /* SHAPE_INSIDE: with a space before it */
    Shape shape;
    int of; /* FormField or FormSection */
    char *means;
} Label;

struct FormLabels {
    GArray *questions, *answers, *sections; /* Label */
    int places[FORM_FIELD_COUNT];
    int placed;
};

static const char *const FIELD_NAMES[] = {
    "for-whom",      "name",       "person",   "relation",      "permission",        "email",
    "phone",         "area",       "response", "response-date", "response-received", "late",
    "response-copy", "references", "what",     "wanted"};
G_STATIC_ASSERT(G_N_ELEMENTS(FIELD_NAMES) == FORM_FIELD_COUNT);

static const char *const SECTION_NAMES[] = {"", "complaint", "agent", "applicant", "contact"};
G_STATIC_ASSERT(G_N_ELEMENTS(SECTION_NAMES) == FORM_SECTION_COUNT);

const char *form_field_name(FormField field)
{
    return field < FORM_FIELD_COUNT ? FIELD_NAMES[field] : "";
}

const char *form_section_name(FormSection section)
{
    return section < FORM_SECTION_COUNT ? SECTION_NAMES[section] : "";
}

static void label_clear(void *data)
{
    Label *label = data;
    g_free(label->folded);
    g_free(label->means);
}

static GArray *labels(void)
{
    GArray *a = g_array_new(FALSE, FALSE, sizeof(Label));
    g_array_set_clear_func(a, label_clear);
    return a;
}

FormLabels *form_labels_new(void)
{
    FormLabels *l = g_new0(FormLabels, 1);
    l->questions = labels();
    l->answers = labels();
    l->sections = labels();
    for (int i = 0; i < FORM_FIELD_COUNT; i++)
        l->places[i] = -1;
    return l;
}

void form_labels_free(FormLabels *l)
{
    if (!l)
        return;
    g_array_unref(l->questions);
    g_array_unref(l->answers);
    g_array_unref(l->sections);
    g_free(l);
}

/* Letters and digits stay, apostrophes and invisible characters go, all else is a space. */
static void fold_character(GString *s, gunichar c)
{
    if (c == '\'' || c == 0x2019 || g_unichar_type(c) == G_UNICODE_FORMAT)
        return;
    if (g_unichar_isalnum(c) || g_unichar_ismark(c))
        g_string_append_unichar(s, g_unichar_tolower(c));
    else if (s->len && s->str[s->len - 1] != ' ')
        g_string_append_c(s, ' ');
}

static bool is_ascii(const char *text, size_t length)
{
    unsigned char all = 0;
    for (size_t i = 0; i < length; i++)
        all |= (unsigned char)text[i];
    return all < 0x80;
}

/* What fold does, for most lines of most texts. */
static char *fold_ascii(const char *text, size_t length)
{
    char *folded = g_malloc(length + 1);
    size_t n = 0;
    for (size_t i = 0; i < length && text[i]; i++) {
        if (g_ascii_isalnum(text[i]))
            folded[n++] = g_ascii_tolower(text[i]);
        else if (text[i] != '\'' && n && folded[n - 1] != ' ')
            folded[n++] = ' ';
    }
    n -= n && folded[n - 1] == ' ';
    folded[n] = '\0';
    return folded;
}

static char *fold(const char *text, size_t length)
{
    if (is_ascii(text, length))
        return fold_ascii(text, length);
    g_autofree char *composed = g_utf8_normalize(text, (gssize)length, G_NORMALIZE_ALL_COMPOSE);
    GString *s = g_string_new(NULL);
    for (const char *p = composed ? composed : ""; *p; p = g_utf8_next_char(p))
        fold_character(s, g_utf8_get_char(p));
    if (s->len && s->str[s->len - 1] == ' ')
        g_string_truncate(s, s->len - 1);
    return g_string_free(s, FALSE);
}

/* Words as the office writes them: which shape, and the folded rest. */
static char *read_words(const char *words, Shape *shape)
{
    size_t length = strlen(words);
    bool star = length && words[length - 1] == '*', inside = star && length > 1 && *words == '*';
    *shape = inside ? SHAPE_INSIDE : star ? SHAPE_BEGINNING : SHAPE_WHOLE;
    g_autofree char *folded = fold(words + inside, length - star - inside);
    return inside && *folded ? g_strconcat(" ", folded, NULL) : g_steal_pointer(&folded);
}

static const Label *same_label(const GArray *all, const Label *wanted, bool of_any)
{
    for (unsigned i = 0; i < all->len; i++) {
        const Label *l = &g_array_index(all, Label, i);
        if (l->shape == wanted->shape && (of_any || l->of == wanted->of) &&
            !strcmp(l->folded, wanted->folded))
            return l;
    }
    return NULL;
}

static const char *add(GArray *all, int of, const char *words, const char *means)
{
    Label label = {.of = of};
    g_autofree char *folded = read_words(words, &label.shape);
    label.folded = folded;
    if (!*folded)
        return "has no letter or digit";
    if (strlen(folded) > FORM_LABEL_LENGTH_MAX)
        return "is too long (200 bytes)";
    if (!means && label.shape == SHAPE_INSIDE)
        return "may not begin with *: only answers may";
    if (!means && label.shape == SHAPE_BEGINNING && strlen(folded) < FORM_BEGINNING_MIN)
        return "is too short before its * (8 letters)";
    if (same_label(all, &label, !means))
        return "is there already";
    if (all->len == FORM_LABELS_MAX)
        return "is one too many (1000)";
    label.folded = g_steal_pointer(&folded);
    label.means = g_strdup(means);
    g_array_append_val(all, label);
    return NULL;
}

const char *form_labels_add_question(FormLabels *l, FormField field, const char *words)
{
    const char *why = add(l->questions, (int)field, words, NULL);
    if (!why && l->places[field] < 0)
        l->places[field] = l->placed++;
    return why;
}

const char *form_labels_add_answer(FormLabels *l, FormField field, const char *words,
                                   const char *means)
{
    return add(l->answers, (int)field, words, means);
}

const char *form_labels_add_section(FormLabels *l, FormSection section, const char *title)
{
    return add(l->sections, (int)section, title, NULL);
}

/* The whole text, else the longest beginning. */
static const Label *find_plain(const GArray *all, int of, const char *folded)
{
    const Label *best = NULL;
    for (unsigned i = 0; i < all->len; i++) {
        const Label *l = &g_array_index(all, Label, i);
        if (of >= 0 && l->of != of)
            continue;
        if (l->shape == SHAPE_WHOLE && !strcmp(l->folded, folded))
            return l;
        if (l->shape == SHAPE_BEGINNING && g_str_has_prefix(folded, l->folded) &&
            (!best || strlen(l->folded) > strlen(best->folded)))
            best = l;
    }
    return best;
}

/* NULL too where the words inside mean different things. */
static const char *find_inside(const GArray *all, int of, const char *folded)
{
    g_autofree char *spaced = g_strconcat(" ", folded, NULL);
    const char *means = NULL;
    for (unsigned i = 0; i < all->len; i++) {
        const Label *l = &g_array_index(all, Label, i);
        if (l->of != of || l->shape != SHAPE_INSIDE || !strstr(spaced, l->folded))
            continue;
        if (means && strcmp(means, l->means) != 0)
            return NULL;
        means = l->means;
    }
    return means;
}

/* False only where no label begins with the text's first two letters: most lines of most texts. */
static bool may_begin(const GArray *all, const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (signed char)text[i] > 0 && !g_ascii_isalnum(text[i]))
        i++;
    /* What is not ASCII may be another letter when composed, or join the one before it. */
    if (i + 2 >= length || (signed char)text[i] <= 0 || (signed char)text[i + 1] <= 0 ||
        (signed char)text[i + 2] <= 0)
        return true;
    char first = g_ascii_tolower(text[i]), second = g_ascii_tolower(text[i + 1]);
    bool two = g_ascii_isalnum(second);
    for (unsigned k = 0; k < all->len; k++) {
        const char *folded = g_array_index(all, Label, k).folded;
        if (folded[0] == first && (!two || folded[1] == second))
            return true;
    }
    return false;
}

static int find(const GArray *all, const char *text, size_t length, int none)
{
    if (length > 2 * FORM_LABEL_LENGTH_MAX || !may_begin(all, text, length))
        return none;
    g_autofree char *folded = fold(text, length);
    const Label *found =
        strlen(folded) <= FORM_LABEL_LENGTH_MAX ? find_plain(all, -1, folded) : NULL;
    return found ? found->of : none;
}

FormField form_labels_field(const FormLabels *l, const char *text, size_t length)
{
    return (FormField)find(l->questions, text, length, FORM_FIELD_COUNT);
}

int form_labels_place(const FormLabels *l, FormField field)
{
    return field < FORM_FIELD_COUNT ? l->places[field] : -1;
}

FormSection form_labels_section(const FormLabels *l, const char *text, size_t length)
{
    return (FormSection)find(l->sections, text, length, FORM_SECTION_NONE);
}

static const char *line_meaning(const FormLabels *l, FormField field, const char *line)
{
    size_t length = strlen(line);
    if (length > 2 * FORM_LABEL_LENGTH_MAX)
        return NULL;
    g_autofree char *folded = fold(line, length);
    const Label *plain = find_plain(l->answers, (int)field, folded);
    return plain ? plain->means : find_inside(l->answers, (int)field, folded);
}

const char *form_labels_meaning(const FormLabels *l, FormField field, const char *text)
{
    enum { LINES_MAX = 40 };
    g_auto(GStrv) lines = g_strsplit(text, "\n", LINES_MAX);
    const char *means = NULL;
    for (char **line = lines; *line; line++) {
        if (!*g_strchug(*line))
            continue;
        const char *one = line_meaning(l, field, *line);
        if (!one || (means && strcmp(means, one) != 0))
            return NULL;
        means = one;
    }
    return means;
}
