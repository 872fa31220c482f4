#include "parsers/forms.h"
#include <json-glib/json-glib.h>
#include <string.h>

/* The questions, folded, in the order of the form. A form asks for a field in one of several ways.
 */
static const struct {
    FormField field;
    const char *question;
} QUESTIONS[] = {
    {FORM_FOR_WHOM, "are you complaining for yourself or for someone else"},
    {FORM_NAME, "what is your name"},
    {FORM_NAME, "your name"},
    {FORM_NAME, "full name"},
    {FORM_NAME, "applicant name"},
    {FORM_PERSON, "what is the name of the person you are complaining for"},
    {FORM_RELATION, "how do you know them"},
    {FORM_PERMISSION, "upload their signed permission"},
    {FORM_EMAIL, "what is your email address"},
    {FORM_EMAIL, "email address"},
    {FORM_EMAIL, "email"},
    {FORM_PHONE, "what is your phone number"},
    {FORM_PHONE, "phone number"},
    {FORM_AREA, "which part of the home office is your complaint about"},
    {FORM_RESPONSE, "have you had a final response to your complaint"},
    {FORM_RESPONSE_DATE, "what is the date on the final response"},
    {FORM_RESPONSE_RECEIVED, "when did you receive it"},
    {FORM_LATE, "why are you complaining more than 3 months after the final response"},
    {FORM_RESPONSE_COPY, "upload a copy of the final response"},
    {FORM_REFERENCES, "what reference numbers do you have"},
    {FORM_REFERENCES, "reference number"},
    {FORM_WHAT, "what went wrong"},
    {FORM_WHAT, "complaint details"},
    {FORM_WHAT, "complaint"},
    {FORM_WANTED, "what would put things right"},
};

static const char SKIPPED[] = "[This question was skipped]";
static const char END_MARK[] = "You cannot reply to this email";

/* Lower case, without a closing "?" or ":", spaces made one. */
static char *fold_question(const char *text, size_t length)
{
    g_autoptr(GString) s = g_string_new(NULL);
    for (size_t i = 0; i < length; i++) {
        bool space = g_ascii_isspace(text[i]);
        if (space && (s->len == 0 || s->str[s->len - 1] == ' '))
            continue;
        g_string_append_c(s, space ? ' ' : g_ascii_tolower(text[i]));
    }
    while (s->len && strchr("?: ", s->str[s->len - 1]))
        g_string_truncate(s, s->len - 1);
    return g_string_free(g_steal_pointer(&s), FALSE);
}

/* FORM_FIELD_COUNT where it is no question of a form. */
static FormField field_of(const char *text, size_t length)
{
    if (length > 160)
        return FORM_FIELD_COUNT;
    g_autofree char *folded = fold_question(text, length);
    for (unsigned i = 0; i < G_N_ELEMENTS(QUESTIONS); i++)
        if (!strcmp(folded, QUESTIONS[i].question))
            return QUESTIONS[i].field;
    return FORM_FIELD_COUNT;
}

static void set_answer(Form *form, FormField field, const char *text, size_t length,
                       uint32_t offset)
{
    while (length && g_ascii_isspace(*text))
        text++, length--, offset++;
    while (length && g_ascii_isspace(text[length - 1]))
        length--;
    FormAnswer *a = &form->answers[field];
    if (a->text || length == 0 || !strncmp(text, SKIPPED, MIN(length, sizeof SKIPPED - 1)))
        return;
    length = MIN(length, FORM_ANSWER_MAX);
    a->text = g_utf8_make_valid(text, (gssize)length);
    a->offset = offset;
}

/* ---- GOV.UK Forms: text */

typedef struct Line {
    const char *text;
    size_t length; /* without its end */
} Line;

static bool next_line(const char **at, Line *out)
{
    if (!**at)
        return false;
    const char *end = strchrnul(*at, '\n');
    out->text = *at;
    out->length = (size_t)(end - *at);
    if (out->length && out->text[out->length - 1] == '\r')
        out->length--;
    *at = *end ? end + 1 : end;
    return true;
}

static bool is_line(const Line *l, const char *text)
{
    return l->length == strlen(text) && !strncmp(l->text, text, l->length);
}

/* Where the answers are read: the question reached and where its answer may end. */
typedef struct Answers {
    Form *form;
    const char *text;
    FormField field; /* FORM_FIELD_COUNT before the first question */
    const char *start;
    const char *cut; /* a separator that the next line confirms or not */
} Answers;

static void close_answer(Answers *a, const char *end)
{
    if (a->field != FORM_FIELD_COUNT)
        set_answer(a->form, a->field, a->start, (size_t)(end - a->start),
                   (uint32_t)(a->start - a->text));
}

/* A line that is not blank. False at the end of the answers. A separator counts only when a later
 * question of the form or the form's end follows it; any other belongs to the answer. */
static bool read_answer_line(Answers *a, const Line *line)
{
    if (is_line(line, "---")) {
        a->cut = line->text;
        return true;
    }
    if (a->field != FORM_FIELD_COUNT && !a->cut)
        return true;
    if (a->cut && is_line(line, END_MARK)) {
        close_answer(a, a->cut);
        a->field = FORM_FIELD_COUNT;
        return false;
    }
    FormField asked = field_of(line->text, line->length);
    if (asked != FORM_FIELD_COUNT && (a->field == FORM_FIELD_COUNT || asked > a->field)) {
        close_answer(a, a->cut);
        a->field = asked;
        a->start = line->text + line->length;
    }
    a->cut = NULL;
    return true;
}

static void read_answers(Form *form, const char *text, const char *from)
{
    Answers a = {.form = form, .text = text, .field = FORM_FIELD_COUNT};
    Line line;
    while (next_line(&from, &line))
        if (line.length && !read_answer_line(&a, &line))
            return;
    close_answer(&a, a.cut ? a.cut : from);
}

/* "First name: X", blank, "Last name: Y" as one name. */
static void join_name(Form *form)
{
    FormAnswer *a = &form->answers[FORM_NAME];
    if (!a->text || !strstr(a->text, "name:"))
        return;
    g_autoptr(GString) name = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(a->text, "\n", 24);
    for (char **l = lines; *l; l++) {
        const char *value = strstr(*l, "name:");
        if (!value)
            continue;
        g_autofree char *part = g_strstrip(g_strdup(value + strlen("name:")));
        g_string_append_printf(name, "%s%s", name->len && *part ? " " : "", part);
    }
    g_free(a->text);
    a->text = g_string_free(g_steal_pointer(&name), FALSE);
}

static void take_reference(Form *form, const char *text)
{
    /* Positions 3 and 6 are digits, the rest letters and digits that cannot be mistaken. */
    if (strlen(text) < 8)
        return;
    for (unsigned i = 0; i < 8; i++) {
        char c = text[i];
        bool digit = c >= '2' && c <= '9';
        bool letter = c >= 'A' && c <= 'Y' && !strchr("IOQ", c);
        if (!(digit || (letter && i != 2 && i != 5)))
            return;
    }
    if (g_ascii_isalnum(text[8]))
        return;
    g_free(form->reference);
    form->reference = g_strndup(text, 8);
}

/* ---- GOV.UK Forms: the JSON file */

static char *json_text(JsonObject *o, const char *name)
{
    JsonNode *node = json_object_get_member(o, name);
    if (!node)
        return NULL;
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
        return g_strdup(json_node_get_string(node));
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return NULL;
    g_autoptr(GString) all = g_string_new(NULL);
    JsonArray *array = json_node_get_array(node);
    for (unsigned i = 0; i < json_array_get_length(array) && i < 200; i++) {
        JsonNode *e = json_array_get_element(array, i);
        if (JSON_NODE_HOLDS_VALUE(e) && json_node_get_value_type(e) == G_TYPE_STRING)
            g_string_append_printf(all, "%s%s", all->len ? "\n" : "", json_node_get_string(e));
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void read_json_answer(Form *form, JsonObject *answer)
{
    g_autofree char *question = json_text(answer, "question_text");
    g_autofree char *full = json_text(answer, "full_name");
    g_autofree char *text = full ? g_steal_pointer(&full) : json_text(answer, "answer_text");
    FormField field = question ? field_of(question, strlen(question)) : FORM_FIELD_COUNT;
    if (field != FORM_FIELD_COUNT && text)
        set_answer(form, field, text, strlen(text), 0);
}

/* The answers as the file gives them; false where it is no such file. */
static bool read_json(Form *form, const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!json_parser_load_from_data(parser, text, (gssize)strlen(text), NULL))
        return false;
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return false;
    JsonNode *list = json_object_get_member(json_node_get_object(root), "answers");
    if (!list || !JSON_NODE_HOLDS_ARRAY(list))
        return false;
    JsonArray *answers = json_node_get_array(list);
    for (unsigned i = 0; i < json_array_get_length(answers) && i < 400; i++) {
        JsonNode *e = json_array_get_element(answers, i);
        if (JSON_NODE_HOLDS_OBJECT(e))
            read_json_answer(form, json_node_get_object(e));
    }
    return true;
}

/* JSON nested deeper than a form's would only serve to exhaust a parser's stack. */
static bool is_shallow(const char *text)
{
    int depth = 0, deepest = 0;
    for (; *text; text++) {
        depth += (*text == '[' || *text == '{') - (*text == ']' || *text == '}');
        deepest = MAX(deepest, depth);
    }
    return deepest <= 32;
}

/* The file's answers stand in for the text's; where each also stands in the text it keeps its
 * place there, as evidence. */
static void prefer_json(Form *form, const char *body, const char *json)
{
    Form filed = {.kind = form->kind};
    if (!is_shallow(json) || !read_json(&filed, json))
        return;
    for (int i = 0; i < FORM_FIELD_COUNT; i++) {
        if (!filed.answers[i].text)
            continue;
        const char *at = strstr(body, filed.answers[i].text);
        g_free(form->answers[i].text);
        form->answers[i].text = filed.answers[i].text;
        form->answers[i].offset = at ? (uint32_t)(at - body) : G_MAXUINT32;
    }
}

/* ---- Home Office forms: "label: value", parted by "- - -" */

static void read_labels(Form *form, const char *text)
{
    const char *at = text, *answer = NULL, *end = NULL;
    FormField field = FORM_FIELD_COUNT;
    Line line;
    while (next_line(&at, &line)) {
        const char *colon = memchr(line.text, ':', line.length);
        size_t label = colon ? (size_t)(colon - line.text) : 0;
        bool parted = is_line(&line, "- - -") || (line.length && line.text[0] == '#');
        FormField asked = label ? field_of(line.text, label) : FORM_FIELD_COUNT;
        if (!parted && (asked == FORM_FIELD_COUNT || answer)) {
            end = line.text + line.length;
            continue;
        }
        if (answer && end > answer)
            set_answer(form, field, answer, (size_t)(end - answer), (uint32_t)(answer - text));
        answer = parted ? NULL : colon + 1;
        end = parted ? NULL : line.text + line.length;
        field = asked;
    }
    if (answer && end > answer)
        set_answer(form, field, answer, (size_t)(end - answer), (uint32_t)(answer - text));
}

/* ---- which mail is a form's */

static bool from_domain(const Document *d, const char *domain)
{
    if (d->from->len != 1)
        return false;
    const char *at = strrchr(((const Mailbox *)d->from->pdata[0])->address, '@');
    return at && !g_ascii_strcasecmp(at + 1, domain);
}

static FormKind kind_of(const Document *d)
{
    const char *s = d->subject;
    if (from_domain(d, "forms.service.gov.uk")) {
        if (!g_ascii_strncasecmp(s, "TEST FORM SUBMISSION", 20))
            return FORM_TEST;
        if (g_str_has_prefix(s, "Daily form submissions:") ||
            g_str_has_prefix(s, "Weekly form submissions:"))
            return FORM_BATCH;
        return g_str_has_prefix(s, "Form submission:") ? FORM_SUBMISSION : FORM_NONE;
    }
    bool home_office =
        from_domain(d, "notifications.service.gov.uk") || from_domain(d, "homeoffice.gov.uk");
    return home_office && strstr(s, "complaint has been submitted") ? FORM_SUBMISSION : FORM_NONE;
}

static const TextPart *part_of_role(const Document *d, TextRole role, const char *ending)
{
    for (unsigned i = 0; i < d->texts->len; i++) {
        const TextPart *t = d->texts->pdata[i];
        if (t->role == role && (!ending || g_str_has_suffix(t->part, ending)))
            return t;
    }
    return NULL;
}

static void read_govuk(Form *form, const Document *d, const TextPart *body)
{
    const char *reference = strstr(d->subject, "reference: ");
    if (reference)
        take_reference(form, reference + strlen("reference: "));
    form->welsh = strstr(body->text, "At least one of the questions was answered in Welsh") != NULL;
    const char *start = strstr(body->text, "Answers submitted");
    read_answers(form, body->text, start ? start : body->text);
    const TextPart *json = part_of_role(d, TEXT_ATTACHMENT, ".json");
    if (json)
        prefer_json(form, body->text, json->text);
    join_name(form);
}

Form *form_read(const Document *document)
{
    FormKind kind = kind_of(document);
    if (kind == FORM_NONE)
        return NULL;
    Form *form = g_new0(Form, 1);
    form->kind = kind;
    form->reference = g_strdup("");
    const TextPart *body = part_of_role(document, TEXT_NEW, NULL);
    form->part = g_strdup(body ? body->part : "");
    if (!body || kind != FORM_SUBMISSION)
        return form;
    if (from_domain(document, "forms.service.gov.uk"))
        read_govuk(form, document, body);
    else
        read_labels(form, body->text);
    return form;
}

void form_free(Form *form)
{
    if (!form)
        return;
    for (int i = 0; i < FORM_FIELD_COUNT; i++)
        g_free(form->answers[i].text);
    g_free(form->reference);
    g_free(form->part);
    g_free(form);
}
