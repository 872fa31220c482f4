/* The JSON file of GOV.UK Forms (https://www.forms.service.gov.uk/json-submissions/v1/schema). Keys
 * that the schema does not name are passed over. */
#include "parsers/form_reading.h"
#include <json-glib/json-glib.h>

enum { ANSWERS_MAX = 400, PIECES_MAX = 200, DEPTH_MAX = 32 };

static void add_piece(GString *all, const char *text, const char *between)
{
    if (text && *text)
        g_string_append_printf(all, "%s%s", all->len ? between : "", text);
}

static const char *node_text(JsonNode *node)
{
    bool text =
        node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
    return text ? json_node_get_string(node) : NULL;
}

static const char *member_text(JsonObject *o, const char *name)
{
    return node_text(json_object_get_member(o, name));
}

/* A string, or the strings of an array on a line each. */
static void add_member(GString *all, JsonObject *o, const char *name)
{
    JsonNode *node = json_object_get_member(o, name);
    add_piece(all, node_text(node), "\n");
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    JsonArray *array = json_node_get_array(node);
    for (unsigned i = 0; i < json_array_get_length(array) && i < PIECES_MAX; i++)
        add_piece(all, node_text(json_array_get_element(array, i)), "\n");
}

static void add_names(GString *all, JsonObject *o)
{
    static const char *const NAMES[] = {"first_name", "middle_names", "last_name", "last_names"};
    add_piece(all, member_text(o, "full_name"), " ");
    if (all->len)
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(NAMES); i++)
        add_piece(all, member_text(o, NAMES[i]), " ");
}

static void take_answer(const FormReading *r, JsonObject *o)
{
    const char *question = member_text(o, "question_text");
    g_autoptr(GString) text = g_string_new(NULL);
    add_names(text, o);
    if (text->len == 0)
        add_member(text, o, "answer_text");
    if (text->len == 0)
        add_member(text, o, "selections");
    if (text->len == 0)
        add_member(text, o, "selection");
    const char *other = member_text(o, "none_of_the_above_answer");
    if (other && !strstr(text->str, other))
        add_piece(text, other, "\n");
    if (!question)
        question = "";
    size_t length = strlen(question);
    form_take(r, form_labels_field(r->labels, question, length), (FormText){question, length},
              (FormText){text->str, text->len}, G_MAXUINT32);
}

/* What is nested deeper than a form's file would only serve to exhaust a parser's stack. */
static bool is_shallow(const char *text)
{
    int depth = 0;
    bool quoted = false;
    for (; *text && depth <= DEPTH_MAX; text++) {
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (*text == '[' || *text == '{') - (*text == ']' || *text == '}');
    }
    return depth <= DEPTH_MAX;
}

static bool bears_reference(const FormReading *r, JsonObject *o)
{
    const char *reference = member_text(o, "submission_reference");
    return reference && *r->form->reference && !strcmp(reference, r->form->reference);
}

bool form_read_json(const FormReading *r, const char *json, int64_t *submitted)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!is_shallow(json) || !json_parser_load_from_data(parser, json, (gssize)strlen(json), NULL))
        return false;
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return false;
    JsonObject *o = json_node_get_object(root);
    JsonNode *list = json_object_get_member(o, "answers");
    if (!list || !JSON_NODE_HOLDS_ARRAY(list) || !bears_reference(r, o))
        return false;
    JsonArray *answers = json_node_get_array(list);
    unsigned n = json_array_get_length(answers);
    r->form->cut |= n > ANSWERS_MAX;
    for (unsigned i = 0; i < MIN(n, ANSWERS_MAX); i++) {
        JsonNode *e = json_array_get_element(answers, i);
        if (JSON_NODE_HOLDS_OBJECT(e))
            take_answer(r, json_node_get_object(e));
    }
    const char *at = member_text(o, "submitted_at");
    *submitted = at ? form_time(at) : 0;
    r->form->welsh |= !g_strcmp0(member_text(o, "language"), "cy");
    return true;
}
