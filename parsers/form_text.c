/* The text of GOV.UK Forms' mail: question, blank line, answer, parted by "---" lines. */
#include "parsers/form_reading.h"

static const char END_MARK[] = "\nYou cannot reply to this email";

/* Where the answers are read: the question reached and where its answer may end. */
typedef struct Answers {
    const FormReading *r;
    int place;       /* of the last question known; -1 none yet */
    bool framed;     /* the first line is a question, whichever it is */
    bool open;       /* in an answer */
    FormField field; /* FORM_FIELD_COUNT: of a question that nobody knows */
    FormText question;
    const char *start;
    const char *cut; /* a separator that the next line confirms or not */
} Answers;

static void close_answer(Answers *a, const char *end)
{
    if (!a->open)
        return;
    FormText answer = {a->start, (size_t)(end - a->start)};
    form_take(a->r, a->field, a->question, answer, (uint32_t)(a->start - a->r->text));
    a->open = false;
}

static void open_answer(Answers *a, FormField field, FormText question)
{
    a->field = field;
    a->question = question;
    a->start = question.text + question.length;
    a->open = true;
}

/* Only free text can hold a line that looks like a separator. */
static bool ends_at_separator(const Answers *a)
{
    FormText so_far = {a->start, (size_t)(a->cut - a->start)};
    if (form_text_is(form_trim(so_far), "[This question was skipped]"))
        return true;
    return a->field != FORM_WHAT && a->field != FORM_WANTED && a->field != FORM_LATE &&
           a->field != FORM_REFERENCES && a->field != FORM_FIELD_COUNT;
}

/* "A JSON file of these answers is attached ...", before the first question or after the last. */
static bool is_file_line(FormText line)
{
    static const char *const BEGINS[] = {"A CSV file of", "A JSON file of", "govuk_forms_"};
    for (unsigned i = 0; i < G_N_ELEMENTS(BEGINS); i++)
        if (line.length > strlen(BEGINS[i]) && !strncmp(line.text, BEGINS[i], strlen(BEGINS[i])))
            return true;
    return false;
}

/* A line that is not blank. */
static void read_line(Answers *a, FormText line)
{
    FormText trimmed = form_trim(line);
    if (form_text_is(line, "---")) {
        a->cut = a->cut ? a->cut : line.text;
        return;
    }
    if ((a->open && !a->cut) || is_file_line(trimmed))
        return;
    FormField asked = form_labels_field(a->r->labels, trimmed.text, trimmed.length);
    int place = form_labels_place(a->r->labels, asked);
    if (place > a->place) {
        close_answer(a, a->cut);
        open_answer(a, asked, trimmed);
        a->place = place;
    } else if (a->open ? ends_at_separator(a) : a->framed) {
        close_answer(a, a->cut);
        open_answer(a, FORM_FIELD_COUNT, trimmed);
    }
    a->cut = NULL;
}

void form_read_text(const FormReading *r, const char *from)
{
    static const char HEAD[] = "Answers submitted";
    const char *at = from, *head = strstr(from, HEAD), *mark = g_strrstr(from, END_MARK);
    if (head)
        at = head + strlen(HEAD);
    /* The last one: an answer may hold the same words. */
    const char *end = mark && mark >= at ? mark : at + strlen(at);
    Answers a = {.r = r, .place = -1, .framed = head};
    FormText line;
    while (at < end && form_next_line(&at, &line))
        if (form_trim(line).length)
            read_line(&a, line);
    close_answer(&a, a.cut ? a.cut : end);
}
