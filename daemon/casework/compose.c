#include "daemon/casework/compose.h"
#include "daemon/casework/compose_found.h"
#include "daemon/casework/compose_values.h"
#include "daemon/casework/decide.h"
#include "daemon/casework/page.h"
#include <string.h>

G_DEFINE_QUARK(compose - error - quark, compose_error)

enum { DEPTH_MAX = 5, NOTE_MAX = 10000 };

/* A letter on its way, in one language. */
typedef struct Letter {
    const Templates *templates;
    const ReplyInput *input;
    const char *language;
    bool welsh;
    ComposeLabels labels;
    Page page;
} Letter;

static void letter_clear(Letter *l)
{
    g_clear_pointer(&l->labels.body, g_free);
    g_clear_pointer(&l->labels.area, g_free);
    g_clear_pointer(&l->labels.wrong, g_free);
    page_clear(&l->page);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Letter, letter_clear)

static bool missing(GError **error, const char *what, const char *name)
{
    g_set_error(error, COMPOSE_ERROR, COMPOSE_ERROR_MISSING, "%s %s is not known here", what, name);
    return false;
}

/* ---- what a line "@slot" stands for: names of templates, in order */

static void add(GPtrArray *names, const char *folder, const char *name)
{
    g_ptr_array_add(names, g_strdup_printf("%s/%s", folder, name));
}

static void choose_greeting(const Letter *l, GPtrArray *names)
{
    bool named = compose_name_ok(l->input->to_name);
    add(names, "part", named ? "greeting-named" : "greeting-unknown");
}

static void choose_made(const Letter *l, GPtrArray *names)
{
    add(names, "part", l->input->by_computer ? "made-by-computer" : "made-by-person");
}

static void choose_look_again(const Letter *l, GPtrArray *names)
{
    add(names, "part", l->input->by_computer ? "look-again-computer" : "look-again-person");
}

static void choose_contact(const Letter *l, GPtrArray *names)
{
    add(names, "part", "contact");
}

static void choose_areas(const Letter *l, GPtrArray *names)
{
    add(names, "part", "areas");
}

static void choose_by_reason(const Letter *l, GPtrArray *names, const char *folder)
{
    for (int n = 0; n < REASON_COUNT; n++)
        if (l->input->judgement->reasons & BIT(n))
            add(names, folder, reason_name(n));
}

static void choose_reasons(const Letter *l, GPtrArray *names)
{
    choose_by_reason(l, names, "reason");
}

static void choose_general(const Letter *l, GPtrArray *names)
{
    choose_by_reason(l, names, "general");
}

/* Somebody without authority is not told what was found in the papers either. */
static const char *final_response_question(const Letter *l)
{
    const Facts *f = l->input->facts;
    if (lacks_authority(f) || f->final_response.status != RESPONSE_GIVEN)
        return "final-response";
    if (f->final_response.readable == TRI_NO)
        return "final-response-unreadable";
    if (f->final_response.date != DAY_NONE || f->final_response.received != DAY_NONE)
        return "final-response";
    bool here = !g_strcmp0(f->final_response.source, "attachment") ||
                !g_strcmp0(f->final_response.source, "forwarded");
    return here ? "final-response-date-letter" : "final-response-date";
}

static void choose_asks(const Letter *l, GPtrArray *names)
{
    for (int n = 0; n < ASK_COUNT; n++)
        if (l->input->judgement->asks & BIT(n))
            add(names, "ask", n == ASK_FINAL_RESPONSE ? final_response_question(l) : ask_name(n));
}

/* Somebody without authority is told general reasons only (policy 6). */
static void choose_why_outside(const Letter *l, GPtrArray *names)
{
    choose_by_reason(l, names, lacks_authority(l->input->facts) ? "general" : "reason");
}

static void choose_settlement(const Letter *l, GPtrArray *names)
{
    const CaseOutcome *outcome = l->input->outcome;
    if (outcome && outcome->apology)
        add(names, "part", "settle-apology");
    if (outcome && outcome->redress)
        add(names, "part", "settle-redress");
}

static void choose_come_back(const Letter *l, GPtrArray *names)
{
    add(names, "part", "come-back");
}

static void choose_where(const Letter *l, GPtrArray *names)
{
    BusinessArea area = l->input->facts->area;
    bool ours = area != AREA_OTHER_BODY && area != AREA_OTHER_HOME_OFFICE;
    add(names, "where", area_name(ours ? area : AREA_UNKNOWN));
}

static void choose_next(const Letter *l, GPtrArray *names)
{
    compose_next(l->input, names);
}

static void choose_found_acceptance(const Letter *l, GPtrArray *names)
{
    compose_found_acceptance(l->input, names);
}

static const struct {
    const char *slot;
    void (*choose)(const Letter *, GPtrArray *names);
} SLOTS[] = {
    {"greeting", choose_greeting},
    {"made", choose_made},
    {"look-again", choose_look_again},
    {"contact", choose_contact},
    {"found-acceptance", choose_found_acceptance},
    {"areas", choose_areas},
    {"reasons", choose_reasons},
    {"general", choose_general},
    {"asks", choose_asks},
    {"why-outside", choose_why_outside},
    {"settlement", choose_settlement},
    {"come-back", choose_come_back},
    {"where", choose_where},
    {"next", choose_next},
};

/* ---- putting it on the page */

static bool put_template(Letter *l, const char *name, int depth, GError **error);

/* The caseworker's own few words: each line a paragraph, no markup of any kind. */
static bool put_note(Letter *l, GError **error)
{
    const char *note = l->input->note;
    if (!note || !note[strspn(note, " \n")])
        return missing(error, "the text", "of the note");
    if (strlen(note) > NOTE_MAX) {
        g_set_error(error, COMPOSE_ERROR, COMPOSE_ERROR_UNSAFE, "the note is longer than %d bytes",
                    NOTE_MAX);
        return false;
    }
    g_auto(GStrv) lines = g_strsplit(note, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        page_line(&l->page, PAGE_NONE);
        if (!(*line)[0])
            continue;
        page_line(&l->page, PAGE_PARAGRAPH);
        page_value(&l->page, *line);
    }
    page_line(&l->page, PAGE_NONE);
    return true;
}

static char *label(const Letter *l, const char *folder, const char *name)
{
    g_autofree char *key = g_strdup_printf("%s/%s", folder, name);
    const char *text = templates_text(l->templates, l->language, key);
    return g_strstrip(g_strdup(text ? text : ""));
}

static void put_wrongs(Letter *l)
{
    for (int n = 0; n < WRONG_COUNT; n++) {
        if (!(l->input->facts->wrongs & BIT(n)))
            continue;
        g_autofree char *words = label(l, "wrong", wrong_name((Wrong)n));
        page_line(&l->page, PAGE_BULLET);
        page_words(&l->page, words, strlen(words));
    }
    page_line(&l->page, PAGE_NONE);
}

/* Names of the templates that stand for a slot, in order. */
static void choose(const Letter *l, const char *slot, GPtrArray *names)
{
    const char found[] = "found-";
    for (size_t n = 0; n < G_N_ELEMENTS(SLOTS); n++)
        if (!strcmp(SLOTS[n].slot, slot))
            SLOTS[n].choose(l, names);
    for (int n = 0; g_str_has_prefix(slot, found) && n < REASON_COUNT; n++)
        if (!strcmp(slot + strlen(found), reason_name((Reason)n)))
            compose_found(l->input, (Reason)n, names);
}

static bool put_slot(Letter *l, const char *slot, int depth, GError **error)
{
    if (!strcmp(slot, "note"))
        return put_note(l, error);
    /* Why in a person's words, in the office's own phrases, or both. */
    bool noted = !strcmp(slot, "why-outside") && l->input->note[0];
    if (noted && !put_note(l, error))
        return false;
    if (!strcmp(slot, "wrongs")) {
        put_wrongs(l);
        return true;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    choose(l, slot, names);
    if (names->len == 0 && !noted && strcmp(slot, "found-acceptance") != 0)
        return missing(error, "what stands for", slot);
    for (unsigned n = 0; n < names->len; n++)
        if (!put_template(l, names->pdata[n], depth + 1, error))
            return false;
    return true;
}

/* Each ${name} gives way to its value once; values are not looked into. */
static bool put_words(Letter *l, const char *line, GError **error)
{
    const char *open;
    while ((open = strstr(line, "${"))) {
        const char *close = strchr(open, '}');
        if (!close)
            return missing(error, "the value", open);
        page_words(&l->page, line, (gsize)(open - line));
        g_autofree char *name = g_strndup(open + 2, (gsize)(close - open - 2));
        g_autofree char *value = compose_value(l->input, name, l->welsh, &l->labels);
        if (!value)
            return missing(error, "the value", name);
        page_value(&l->page, value);
        line = close + 1;
    }
    page_words(&l->page, line, strlen(line));
    return true;
}

static bool put_line(Letter *l, const char *line, int depth, GError **error)
{
    static const struct {
        const char *prefix;
        PageBlock block;
    } MARKS[] = {
        {"### ", PAGE_SUBHEADING},
        {"## ", PAGE_HEADING},
        {"* ", PAGE_BULLET},
        {"| ", PAGE_KEPT_LINE},
    };
    if (line[0] == '@') {
        page_line(&l->page, PAGE_NONE);
        return put_slot(l, line + 1, depth, error);
    }
    for (size_t n = 0; n < G_N_ELEMENTS(MARKS); n++)
        if (g_str_has_prefix(line, MARKS[n].prefix)) {
            page_line(&l->page, MARKS[n].block);
            return put_words(l, line + strlen(MARKS[n].prefix), error);
        }
    page_line(&l->page, line[0] ? PAGE_PARAGRAPH : PAGE_NONE);
    return put_words(l, line, error);
}

/* Bullets at the end of one template and the beginning of the next are one list. */
static bool put_template(Letter *l, const char *name, int depth, GError **error)
{
    const char *text = templates_text(l->templates, l->language, name);
    if (!text || depth > DEPTH_MAX)
        return missing(error, "the template", name);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        bool subject = depth == 0 && line == lines;
        bool last = !line[0][0] && !line[1];
        if (!subject && !last && !put_line(l, *line, depth, error)) {
            g_prefix_error(error, "template %s/%s: ", l->language, name);
            return false;
        }
    }
    if (l->page.open != PAGE_BULLET)
        page_line(&l->page, PAGE_NONE);
    return true;
}

static const char *template_of(const ReplyInput *input)
{
    if (input->kind == REPLY_NOTICE || (unsigned)input->kind >= REPLY_COUNT)
        return NULL;
    if (input->kind == REPLY_REJECTION && lacks_authority(input->facts))
        return "rejection-general";
    return reply_name(input->kind);
}

/* Subjects hold our reference and nothing of the complaint (policy 4b). */
static char *subject_of(const Letter *l, const char *name, GError **error)
{
    const char *text = templates_text(l->templates, l->language, name);
    if (!text) {
        missing(error, "the template", name);
        return NULL;
    }
    g_autofree char *line = g_strndup(text + 9, strcspn(text + 9, "\n"));
    g_auto(Letter) subject = *l;
    subject.labels = (ComposeLabels){0};
    page_init(&subject.page);
    page_line(&subject.page, PAGE_KEPT_LINE);
    if (!put_words(&subject, line, error))
        return NULL;
    return g_strdup(subject.page.text->str);
}

static bool is_safe(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        GUnicodeType type = g_unichar_type(g_utf8_get_char(p));
        if ((type == G_UNICODE_CONTROL && *p != '\n') || type == G_UNICODE_FORMAT)
            return false;
    }
    return true;
}

static bool check_safe(const char *text, const char *what, GError **error)
{
    if (!text || is_safe(text))
        return true;
    g_set_error(error, COMPOSE_ERROR, COMPOSE_ERROR_UNSAFE, "the %s holds a control character",
                what);
    return false;
}

static void set_labels(Letter *l)
{
    const Facts *f = l->input->facts;
    const char *body = compose_body(f);
    l->labels.body = body ? label(l, "body", body) : g_strdup("");
    l->labels.area = label(l, "area", area_name(f->area));
    for (int n = 0; n < WRONG_COUNT; n++)
        if (f->wrongs == BIT(n))
            l->labels.wrong = label(l, "wrong", wrong_name((Wrong)n));
}

static bool write_language(const Templates *templates, const ReplyInput *input,
                           const char *language, Reply *reply, GError **error)
{
    const char *name = template_of(input);
    g_auto(Letter) l = {
        .templates = templates,
        .input = input,
        .language = language,
        .welsh = !strcmp(language, "cy"),
    };
    page_init(&l.page);
    set_labels(&l);
    if (!reply->subject && !(reply->subject = subject_of(&l, name, error)))
        return false;
    if (!put_template(&l, name, 0, error))
        return false;
    page_line(&l.page, PAGE_NONE);
    char *text = g_strconcat(reply->text ? reply->text : "", reply->text ? "\n* * *\n\n" : "",
                             l.page.text->str, NULL);
    char *html =
        g_strdup_printf("%s%s<div lang=\"%s\">\n%s</div>\n", reply->html ? reply->html : "",
                        reply->html ? "<hr>\n" : "", language, l.page.html->str);
    g_free(reply->text);
    g_free(reply->html);
    reply->text = text;
    reply->html = html;
    return true;
}

static void wrap_html(Reply *reply)
{
    g_autofree char *inner = reply->html;
    g_autofree char *title = g_markup_escape_text(reply->subject, -1);
    reply->html = g_strdup_printf("<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
                                  "<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n"
                                  "<body style=\"font:16px/1.5 Arial,sans-serif;max-width:40em\">\n"
                                  "%s</body>\n</html>\n",
                                  reply->language, title, inner);
}

Reply *compose_reply(const Templates *templates, const ReplyInput *input, GError **error)
{
    if (!template_of(input)) {
        missing(error, "a template for", "this kind of reply");
        return NULL;
    }
    if (!check_safe(input->reference, "reference", error) ||
        !check_safe(input->note, "note", error))
        return NULL;
    bool welsh = input->facts->language == LANGUAGE_CY;
    g_autoptr(Reply) reply = g_new0(Reply, 1);
    reply->language = g_strdup(welsh ? "cy" : "en");
    if (welsh && !write_language(templates, input, "cy", reply, error))
        return NULL;
    if (!write_language(templates, input, "en", reply, error))
        return NULL;
    wrap_html(reply);
    return g_steal_pointer(&reply);
}
