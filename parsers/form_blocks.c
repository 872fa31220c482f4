/* The mail of Home Office forms: sections of "label: value" blocks parted by "- - -"
 * (UKHomeOffice/ukvi-complaints, apps/ukvi-complaints/emails). Notify may have drawn the marks as
 * lines of dashes or equals signs, and the headings without their "#". */
#include "parsers/form_reading.h"

enum { LABEL_MAX = 100 };

typedef struct Blocks {
    const FormReading *r;
    FormSection section;
    bool agent;                     /* an agent is named */
    bool begun;                     /* a heading or a label was seen */
    bool parted;                    /* a separator or a heading was the last line */
    bool open;                      /* in a value */
    bool told;                      /* free text went before: what follows may be forged in it */
    bool settled[FORM_FIELD_COUNT]; /* answered before any free text */
    FormField field;
    FormText label;
    const char *start, *end; /* of the value */
} Blocks;

static bool is_free(FormField field)
{
    return field == FORM_WHAT || field == FORM_WANTED || field == FORM_LATE;
}

static bool is_separator(FormText line)
{
    size_t dashes = 0, equals = 0;
    for (size_t i = 0; i < line.length; i++) {
        dashes += line.text[i] == '-';
        equals += line.text[i] == '=';
        if (!strchr("-= ", line.text[i]) || !line.text[i])
            return false;
    }
    return dashes >= 3 || equals >= 10;
}

/* The label of a "label: value" line; empty where it is none. */
static FormText label_of(FormText line)
{
    const char *colon = memchr(line.text, ':', line.length);
    size_t length = colon ? (size_t)(colon - line.text) : 0;
    return (FormText){line.text, length <= LABEL_MAX ? length : 0};
}

/* In the applicant's details a name is the applicant's, who may not be the writer. */
static FormField field_here(const Blocks *b)
{
    const FormAnswer *answers = b->r->form->answers;
    if (b->section != FORM_SECTION_APPLICANT)
        return b->field;
    if (b->field == FORM_NAME)
        return FORM_PERSON;
    bool taken = (b->field == FORM_EMAIL || b->field == FORM_PHONE) && answers[b->field].text;
    return taken ? FORM_FIELD_COUNT : b->field;
}

static void close_value(Blocks *b)
{
    if (!b->open)
        return;
    b->open = false;
    FormField field = field_here(b);
    /* A number is known by the label beside it. */
    if (field == FORM_REFERENCES)
        b->start = b->label.text;
    FormText value = form_trim((FormText){b->start, (size_t)(b->end - b->start)});
    if (!value.length)
        return;
    if (field != FORM_FIELD_COUNT && field != FORM_REFERENCES && !is_free(field)) {
        /* The form's own details follow its free text: of two, the later cannot be forged there. */
        if (!b->settled[field])
            form_displace(b->r, field, form_field_name(field));
        b->settled[field] |= !b->told;
    }
    form_take(b->r, field, b->label, value, (uint32_t)(value.text - b->r->text));
    b->told |= is_free(field);
    b->agent |= b->section == FORM_SECTION_AGENT && field == FORM_NAME;
}

static void open_value(Blocks *b, FormField field, FormText label, const char *start)
{
    b->field = field;
    b->label = label;
    b->start = start;
    b->open = b->begun = true;
}

static bool read_heading(Blocks *b, FormText line)
{
    bool marked = *line.text == '#';
    size_t skip = marked + strspn(line.text + marked, "# ");
    if (!b->parted || skip >= line.length)
        return false;
    FormSection section = form_labels_section(b->r->labels, line.text + skip, line.length - skip);
    if (section == FORM_SECTION_NONE && !marked)
        return false;
    close_value(b);
    b->begun |= section != FORM_SECTION_NONE;
    b->section = section;
    return true;
}

/* A line that is not blank. */
static void read_line(Blocks *b, FormText line)
{
    if (is_separator(line)) {
        b->parted = true;
        return;
    }
    if (read_heading(b, line))
        return;
    FormText label = label_of(line);
    if (b->parted && label.length) {
        close_value(b);
        open_value(b, form_labels_field(b->r->labels, label.text, label.length), label,
                   label.text + label.length + 1);
    } else if (b->begun && !b->open)
        open_value(b, FORM_FIELD_COUNT, (FormText){line.text, 0}, line.text);
    b->parted = false;
    b->end = line.text + line.length;
}

/* Whoever fills in a form for somebody else gives both names, or their relation. */
static void settle_people(const Blocks *b)
{
    FormAnswer *a = b->r->form->answers;
    bool other = b->agent || a[FORM_RELATION].text || (a[FORM_NAME].text && a[FORM_PERSON].text);
    if (other && !a[FORM_FOR_WHOM].means)
        a[FORM_FOR_WHOM].means = g_strdup("someone-else");
    if (!other && !a[FORM_NAME].text) {
        a[FORM_NAME] = a[FORM_PERSON];
        a[FORM_PERSON] = (FormAnswer){0};
    }
}

void form_read_blocks(const FormReading *r)
{
    Blocks b = {.r = r, .parted = true};
    const char *at = r->text;
    FormText line;
    while (form_next_line(&at, &line)) {
        FormText trimmed = form_trim(line);
        if (trimmed.length)
            read_line(&b, trimmed);
    }
    close_value(&b);
    settle_people(&b);
}

bool form_has_blocks(const FormLabels *labels, const char *text)
{
    bool heading = false, label = false;
    FormText line;
    while (!(heading && label) && form_next_line(&text, &line)) {
        FormText t = form_trim(line), l = label_of(t);
        size_t skip = t.length ? strspn(t.text, "# ") : 0;
        heading |= skip < t.length && form_labels_section(labels, t.text + skip, t.length - skip);
        label |= l.length && form_labels_field(labels, l.text, l.length) != FORM_FIELD_COUNT;
    }
    return heading && label;
}
