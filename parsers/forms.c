#include "parsers/form_reading.h"
#include <stdio.h>

static const char SKIPPED[] = "[This question was skipped]";
enum { DAY_SECONDS = 86400, REFERENCE_LENGTH = 8 };

/* ---- lines and words */

bool form_next_line(const char **at, FormText *line)
{
    if (!**at)
        return false;
    const char *end = strchrnul(*at, '\n');
    *line = (FormText){*at, (size_t)(end - *at)};
    if (line->length && line->text[line->length - 1] == '\r')
        line->length--;
    *at = *end ? end + 1 : end;
    return true;
}

FormText form_trim(FormText t)
{
    while (t.length && g_ascii_isspace(*t.text))
        t.text++, t.length--;
    while (t.length && g_ascii_isspace(t.text[t.length - 1]))
        t.length--;
    return t;
}

bool form_text_is(FormText t, const char *text)
{
    return t.length == strlen(text) && !strncmp(t.text, text, t.length);
}

/* ---- answers */

static void extra_free(void *data)
{
    FormExtra *e = data;
    g_free(e->question);
    g_free(e->answer.text);
    g_free(e->answer.means);
    g_free(e);
}

/* Takes what `answer` owns. */
static void add_extra(Form *form, FormText question, FormAnswer *answer)
{
    FormExtra *e = g_new0(FormExtra, 1);
    e->question = document_clean_value(question.text, (gssize)question.length, 1000);
    e->answer = *answer;
    *answer = (FormAnswer){0};
    g_ptr_array_add(form->extra, e);
    if (form->extra->len > FORM_EXTRA_MAX) {
        form->cut = true;
        g_ptr_array_set_size(form->extra, FORM_EXTRA_MAX);
    }
}

/* Where an answer that came from a file stands in the text, as evidence: after its question. */
static uint32_t place_in_text(const FormReading *r, FormText question, const char *answer)
{
    g_autofree char *both =
        g_strdup_printf("%.*s\n\n%s", (int)question.length, question.text, answer);
    const char *at = strstr(r->text, both);
    return at ? (uint32_t)((size_t)(at - r->text) + question.length + 2) : G_MAXUINT32;
}

void form_take(const FormReading *r, FormField field, FormText question, FormText answer,
               uint32_t offset)
{
    FormText t = form_trim(answer);
    if (!t.length || form_text_is(t, SKIPPED))
        return;
    r->form->cut |= t.length > FORM_ANSWER_MAX;
    g_autofree char *clean = document_clean_text(t.text, (gssize)t.length, FORM_ANSWER_MAX);
    if (!*clean)
        return;
    if (offset == G_MAXUINT32)
        offset = place_in_text(r, question, clean);
    else
        offset += (uint32_t)(t.text - answer.text);
    FormAnswer a = {.text = g_steal_pointer(&clean), .offset = offset};
    if (field == FORM_FIELD_COUNT || r->form->answers[field].text) {
        add_extra(r->form, question, &a);
        return;
    }
    a.means = g_strdup(form_labels_meaning(r->labels, field, a.text));
    g_free(r->form->answers[field].means);
    r->form->answers[field] = a;
}

void form_displace(const FormReading *r, FormField field, const char *question)
{
    FormAnswer *a = &r->form->answers[field];
    if (a->text)
        add_extra(r->form, (FormText){question, strlen(question)}, a);
}

/* "First name: X", blank, "Last name: Y" as one name. */
static void join_name(FormAnswer *a)
{
    if (!a->text || !strstr(a->text, "name:"))
        return;
    g_autoptr(GString) name = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(a->text, "\n", 24);
    for (char **l = lines; *l; l++) {
        const char *value = strstr(*l, "name:");
        g_autofree char *part = value ? g_strstrip(g_strdup(value + strlen("name:"))) : NULL;
        if (part && *part)
            g_string_append_printf(name, "%s%s", name->len ? " " : "", part);
    }
    g_free(a->text);
    a->text = g_string_free(g_steal_pointer(&name), FALSE);
}

/* ---- the frame around the answers */

bool form_reference_ok(const char *text)
{
    /* Positions 3 and 6 are digits, the rest letters and digits that cannot be mistaken. */
    for (unsigned i = 0; i < REFERENCE_LENGTH; i++) {
        char c = text[i];
        bool digit = c >= '2' && c <= '9';
        bool letter = c >= 'A' && c <= 'Y' && !strchr("IOQ", c);
        if (!(digit || (letter && i != 2 && i != 5)))
            return false;
    }
    return !g_ascii_isalnum(text[REFERENCE_LENGTH]);
}

static bool take_reference(Form *form, const char *text)
{
    if (!text || !form_reference_ok(text))
        return false;
    g_free(form->reference);
    form->reference = g_strndup(text, REFERENCE_LENGTH);
    return true;
}

static const char *reference_in_name(const char *part)
{
    const char *name = strstr(part, "govuk_forms_"), *dot = name ? strrchr(name, '.') : NULL;
    bool long_enough = dot && dot - name > REFERENCE_LENGTH + 1;
    return long_enough && dot[-REFERENCE_LENGTH - 1] == '_' ? dot - REFERENCE_LENGTH : NULL;
}

/* Of the subject, else of the lines above the answers ("GOV.UK Forms reference number: ...", with
 * a zero width space after the dot), else of the name of the file of answers. */
static void find_reference(Form *form, const Document *d, const char *frame)
{
    static const char IN_SUBJECT[] = "reference: ", IN_FRAME[] = "UK Forms reference number: ";
    const char *at = g_strrstr(d->subject, IN_SUBJECT);
    if (take_reference(form, at ? at + strlen(IN_SUBJECT) : NULL))
        return;
    at = strstr(frame, IN_FRAME);
    bool found = take_reference(form, at ? at + strlen(IN_FRAME) : NULL);
    for (unsigned i = 0; !found && i < d->texts->len; i++)
        found =
            take_reference(form, reference_in_name(((const TextPart *)d->texts->pdata[i])->part));
}

int64_t form_time(const char *text)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(text, utc);
    return at ? g_date_time_to_unix(at) : 0;
}

/* "Submitted at: 9:00am on 14 September 2022", UK time. */
static int64_t frame_time(const char *frame)
{
    static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    static const char AT[] = "Submitted at: ";
    int hour = 0, minute = 0, day = 0, year = 0;
    char half[3] = "", month[16] = "";
    const char *at = strstr(frame, AT);
    if (!at || sscanf(at + strlen(AT), "%2d:%2d%2[apm] on %2d %15[A-Za-z] %4d", &hour, &minute,
                      half, &day, month, &year) != 6)
        return 0;
    int m = 0;
    while (m < 12 && strcmp(month, MONTHS[m]) != 0)
        m++;
    if (hour < 1 || hour > 12 || m == 12 || (strcmp(half, "am") && strcmp(half, "pm")))
        return 0;
    hour = hour % 12 + (*half == 'p' ? 12 : 0);
    /* The rule in force since 1996; the reader's cage has no files to look it up in. */
    g_autoptr(GTimeZone) london = g_time_zone_new_identifier("GMT0BST,M3.5.0/1,M10.5.0");
    g_autoptr(GDateTime) local =
        london ? g_date_time_new(london, year, m + 1, day, hour, minute, 0) : NULL;
    return local ? g_date_time_to_unix(local) : 0;
}

/* ---- which mail is a form's */

static bool from_domain(const Document *d, const char *domain)
{
    if (d->from->len != 1)
        return false;
    const char *at = strrchr(((const Mailbox *)d->from->pdata[0])->address, '@');
    return at && !g_ascii_strcasecmp(at + 1, domain);
}

bool form_is_robot(const Document *document)
{
    return from_domain(document, "forms.service.gov.uk") ||
           from_domain(document, "notifications.service.gov.uk");
}

static const TextPart *body_of(const Document *d)
{
    for (unsigned i = 0; i < d->texts->len; i++) {
        const TextPart *t = d->texts->pdata[i];
        if (t->role == TEXT_NEW)
            return t;
    }
    return NULL;
}

static FormKind govuk_kind(const char *subject)
{
    if (g_str_has_prefix(subject, "TEST FORM SUBMISSION"))
        return FORM_TEST;
    if (g_str_has_prefix(subject, "Daily form submissions:") ||
        g_str_has_prefix(subject, "Weekly form submissions:"))
        return FORM_BATCH;
    return g_str_has_prefix(subject, "Form submission:") ? FORM_SUBMISSION : FORM_NONE;
}

/* "A new UK Visas and Immigration complaint has been submitted": which part of the Home Office. */
static FormText titled_area(const char *subject)
{
    static const char BEFORE[] = "A new ", AFTER[] = " complaint has been submitted";
    size_t length = strlen(subject), around = strlen(BEFORE) + strlen(AFTER);
    bool titled = length >= around - 1 && g_str_has_prefix(subject, BEFORE) &&
                  g_str_has_suffix(subject, AFTER);
    if (!titled || length <= around)
        return (FormText){subject, 0};
    return (FormText){subject + strlen(BEFORE), length - around};
}

/* Notify sends only what machines write. Of the Home Office's own people one may pass such a mail
 * on, or quote it: only a body that begins as a form's is taken for one. */
static bool is_home_office_form(const Document *d, const FormLabels *labels)
{
    const TextPart *body = body_of(d);
    bool titled = titled_area(d->subject).length > 0;
    bool blocks = body && form_has_blocks(labels, body->text);
    if (from_domain(d, "notifications.service.gov.uk"))
        return titled || blocks;
    if (!from_domain(d, "homeoffice.gov.uk") || !titled || !blocks)
        return false;
    return body->text[strspn(body->text, " \t\r\n")] == '#';
}

static FormKind kind_of(const Document *d, const FormLabels *labels)
{
    if (from_domain(d, "forms.service.gov.uk"))
        return govuk_kind(d->subject);
    return is_home_office_form(d, labels) ? FORM_SUBMISSION : FORM_NONE;
}

/* ---- reading one */

bool form_owns_file(const Form *form, const char *part)
{
    const char *reference = reference_in_name(part);
    bool data = g_str_has_suffix(part, ".json") || g_str_has_suffix(part, ".csv");
    return data && reference && *form->reference &&
           !strncmp(reference, form->reference, REFERENCE_LENGTH);
}

typedef bool (*ReadFile)(const FormReading *r, const char *text, int64_t *submitted);

static bool read_files(const FormReading *r, const Document *d, const char *ending, ReadFile read,
                       int64_t *submitted)
{
    for (unsigned i = 0; i < d->texts->len; i++) {
        const TextPart *t = d->texts->pdata[i];
        if (t->role == TEXT_ATTACHMENT && g_str_has_suffix(t->part, ending) &&
            form_owns_file(r->form, t->part) && read(r, t->text, submitted))
            return true;
    }
    return false;
}

static void read_govuk(const FormReading *r, const Document *d, int64_t received_at)
{
    Form *form = r->form;
    const char *start = strstr(r->text, "Answers submitted");
    g_autofree char *frame = g_strndup(r->text, start ? (size_t)(start - r->text) : 0);
    find_reference(form, d, frame);
    form->welsh = strstr(frame, "At least one of the questions was answered in Welsh") != NULL;
    int64_t at = 0;
    if (!read_files(r, d, ".json", form_read_json, &at) &&
        !read_files(r, d, ".csv", form_read_csv, &at))
        form_read_text(r, r->text);
    if (!at)
        at = frame_time(frame);
    if (at <= received_at && at >= received_at - FORM_SUBMITTED_DAYS * DAY_SECONDS)
        form->submitted_at = at;
    join_name(&form->answers[FORM_NAME]);
    join_name(&form->answers[FORM_PERSON]);
}

static void read_home_office(const FormReading *r, const Document *d)
{
    form_read_blocks(r);
    FormText area = titled_area(d->subject);
    if (!r->form->answers[FORM_AREA].text && area.length)
        form_take(r, FORM_AREA, (FormText){"", 0}, area, G_MAXUINT32);
}

Form *form_read(const Document *document, const FormLabels *labels, int64_t received_at)
{
    FormKind kind = kind_of(document, labels);
    if (kind == FORM_NONE)
        return NULL;
    const TextPart *body = body_of(document);
    Form *form = g_new0(Form, 1);
    form->kind = kind;
    form->reference = g_strdup("");
    form->part = g_strdup(body ? body->part : "");
    form->extra = g_ptr_array_new_with_free_func(extra_free);
    const FormReading r = {form, labels, body ? body->text : ""};
    if (kind != FORM_SUBMISSION)
        return form;
    if (from_domain(document, "forms.service.gov.uk"))
        read_govuk(&r, document, received_at);
    else
        read_home_office(&r, document);
    return form;
}

void form_free(Form *form)
{
    if (!form)
        return;
    for (int i = 0; i < FORM_FIELD_COUNT; i++) {
        g_free(form->answers[i].text);
        g_free(form->answers[i].means);
    }
    g_ptr_array_unref(form->extra);
    g_free(form->reference);
    g_free(form->part);
    g_free(form);
}
