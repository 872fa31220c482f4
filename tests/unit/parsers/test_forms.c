#include "parsers/forms.h"
#include <string.h>

static FormLabels *labels;
static const int64_t RECEIVED = 1663150000; /* 14 September 2022, 10:06:40 UTC */

static Document *mail(const char *from, const char *subject, const char *body)
{
    Document *d = document_new();
    g_ptr_array_add(d->from, mailbox_new("", from));
    g_free(d->subject);
    d->subject = g_strdup(subject);
    g_ptr_array_add(d->texts, text_part_new("body", TEXT_NEW, body));
    return d;
}

static Form *read_form(const Document *d)
{
    return form_read(d, labels, RECEIVED);
}

#define STEM "attachment 1: govuk_forms_complain_HK3MW8PA"
static const char GOVUK[] = "no-reply@forms.service.gov.uk";
static const char SUBJECT[] =
    "Form submission: Complain to the Independent Examiner of Complaints - "
    "reference: HK3MW8PA";
static const char BODY[] =
    "Form name: \"Complain\"\n\nSubmitted at: 9:00am on 14 September 2022\n\nAnswers submitted\n\n"
    "  A JSON file of these answers is attached\n\n"
    "Are you complaining for yourself or for someone else?\n\nSomeone else\n\n---\n\n"
    "What is your name?\n\nFirst name: Bronagh\n\nLast name: Tully-Mensah\n\n---\n\n"
    "Upload their signed permission\n\n[This question was skipped]\n\n---\n\n"
    "What is your email address?\n\nbronagh@example.org\n\n---\n\n"
    "What went wrong?\n\nThe card stopped.\n\n---\n\nWhat is your email address?\n\n"
    "attacker@example.net\n\n---\n\nShe waited.\n\n---\n\nYou cannot reply to this email\n\n"
    "---\n\nWhat would put things right?\n\nThe back payment.\n\n---\n\n"
    "You cannot reply to this email\n\nIf you need help\n";

static void assert_answer(const Form *f, FormField field, const char *want)
{
    if (g_strcmp0(f->answers[field].text, want) != 0)
        g_error("%s: \"%s\", not \"%s\"", form_field_name(field), f->answers[field].text, want);
}

static void assert_extra(const Form *f, unsigned i, const char *question, const char *want)
{
    g_assert_cmpuint(f->extra->len, >, i);
    const FormExtra *e = f->extra->pdata[i];
    g_assert_cmpstr(e->question, ==, question);
    g_assert_cmpstr(e->answer.text, ==, want);
}

static void test_text(void)
{
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, BODY);
    g_autoptr(Form) f = read_form(d);
    g_assert_nonnull(f);
    g_assert_cmpint(f->kind, ==, FORM_SUBMISSION);
    g_assert_cmpstr(f->reference, ==, "HK3MW8PA");
    g_assert_cmpint(f->submitted_at, ==, 1663142400); /* 8:00 UTC */
    assert_answer(f, FORM_FOR_WHOM, "Someone else");
    g_assert_cmpstr(f->answers[FORM_FOR_WHOM].means, ==, "someone-else");
    assert_answer(f, FORM_NAME, "Bronagh Tully-Mensah");
    assert_answer(f, FORM_PERMISSION, NULL);
    assert_answer(f, FORM_EMAIL, "bronagh@example.org");
    assert_answer(f, FORM_WANTED, "The back payment.");
    /* Neither a question inside an answer nor the mail's last words end it. */
    assert_answer(f, FORM_WHAT,
                  "The card stopped.\n\n---\n\nWhat is your email address?\n\nattacker@example.net"
                  "\n\n---\n\nShe waited.\n\n---\n\nYou cannot reply to this email");
    g_assert_true(g_str_has_prefix(BODY + f->answers[FORM_WHAT].offset, "The card stopped."));
    g_assert_cmpuint(f->extra->len, ==, 0);
}

/* Questions that nobody knows, in each place they can stand in. */
static void test_text_unknown(void)
{
    static const char UNKNOWN[] =
        "Answers submitted\n\nWhat day is it?\n\nMonday\n\n---\n\nWhat is your name?\n\nAna\n\n"
        "---\n\nHave you had a final response to your complaint?\n\nYes\n\n---\n\n"
        "Who sent it?\n\n[This question was skipped]\n\n---\n\nHow?\n\nBy post\n\n---\n\n"
        "WHAT WENT\xc2\xa0WRONG\n\nAll.\n\n---\n\nAnything else?\n\nNo.\n\n---\n\n"
        "A CSV file of these answers\n\ngovuk_forms_x.csv (attached to this email)\n\n---\n\n"
        "You cannot reply to this email\n";
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, UNKNOWN);
    g_autoptr(Form) f = read_form(d);
    assert_answer(f, FORM_NAME, "Ana");
    assert_answer(f, FORM_RESPONSE, "Yes");
    g_assert_cmpstr(f->answers[FORM_RESPONSE].means, ==, "yes");
    assert_answer(f, FORM_WHAT, "All.\n\n---\n\nAnything else?\n\nNo.");
    g_assert_cmpuint(f->extra->len, ==, 2);
    assert_extra(f, 0, "What day is it?", "Monday");
    assert_extra(f, 1, "How?", "By post");
    g_assert_cmpint(f->submitted_at, ==, 0);
}

/* JSON is written with ' for ", and begins as this submission's where it begins with "...". */
static Form *read_json(const char *json)
{
    g_autoptr(GString) text = g_string_new(json);
    if (g_string_replace(text, "{...", "{'submission_reference':'HK3MW8PA',", 1))
        g_string_append(text, "}");
    g_string_replace(text, "Q(", "{'question_text':", 0);
    g_string_replace(text, "'", "\"", 0);
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, BODY);
    g_ptr_array_add(d->texts, text_part_new(STEM ".json", TEXT_ATTACHMENT, text->str));
    return read_form(d);
}

static void test_json(void)
{
    static const char JSON[] =
        "{...'form_name':{},'submitted_at':'2022-09-14T07:00:00.000Z','language':'cy','answers':["
        "Q('What went wrong?','answer_text':"
        "'Lost.\\n\\n---\\n\\nWhat would put things right?\\n\\nNothing\\u0007'},"
        "Q('What is your name?','full_name':'Ana Bright','answer_text':'x'},"
        "Q('What is the name of the person you are complaining for?',"
        "'first_name':'Bo','middle_names':'','last_name':'Hall'},"
        "Q('What would put things right?','answer_text':['One','Two']},"
        "Q('Which part of the Home Office is your complaint about?','selections':['Border Force']},"
        "Q('What is your email address?','answer_text':''},"
        "Q('What went wrong?','answer_text':'Again'},"
        "Q('Cat\\u200b?','selection':'Other','none_of_the_above_answer':'Tabby'},"
        "7,Q(3},{'answer_text':'Loose'}],'unknown':[[{}]]";
    g_autoptr(Form) f = read_json(JSON);
    assert_answer(f, FORM_NAME, "Ana Bright");
    assert_answer(f, FORM_PERSON, "Bo Hall");
    assert_answer(f, FORM_WHAT, "Lost.\n\n---\n\nWhat would put things right?\n\nNothing ");
    assert_answer(f, FORM_WANTED, "One\nTwo");
    assert_answer(f, FORM_EMAIL, NULL);
    g_assert_cmpstr(f->answers[FORM_AREA].means, ==, "border-force");
    g_assert_cmpuint(f->answers[FORM_WHAT].offset, ==, G_MAXUINT32);
    g_assert_true(f->welsh);
    g_assert_cmpint(f->submitted_at, ==, 1663138800);
    g_assert_cmpuint(f->extra->len, ==, 3);
    assert_extra(f, 0, "What went wrong?", "Again");
    assert_extra(f, 1, "Cat?", "Other\nTabby");
    assert_extra(f, 2, "", "Loose");
}

/* What stands in the text too keeps its place there. */
static void test_json_place(void)
{
    g_autoptr(Form) f = read_json("{...'submitted_at':7,'answers':["
                                  "Q('What would put things right?',"
                                  "'answer_text':'The back payment.'}]");
    assert_answer(f, FORM_NAME, NULL);
    g_assert_true(g_str_has_prefix(BODY + f->answers[FORM_WANTED].offset, "The back payment."));
    g_assert_cmpint(f->submitted_at, ==, 1663142400);
}

/* A file that is not this submission's, or none, leaves the text to be read. */
static void test_json_refused(void)
{
    g_autofree char *deep = g_strnfill(100000, '[');
    const char *const refused[] = {
        deep,
        "",
        "7",
        "{",
        "{...'answers':{}",
        "{'submission_reference':'HK3MW8PA'}",
        "{'submission_reference':'AA2AA2AA','answers':[]}",
        "{'submission_reference':['HK3MW8PA'],'answers':[]}",
        "{'answers':[Q('What is your name?','answer_text':'Evil'}]}",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(Form) f = read_json(refused[i]);
        assert_answer(f, FORM_NAME, "Bronagh Tully-Mensah");
    }
    static const char EMPTY[] = "{\"submission_reference\":\"HK3MW8PA\",\"answers\":[]}";
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, BODY);
    g_ptr_array_add(d->texts, text_part_new("attachment 1: mine.json", TEXT_ATTACHMENT, EMPTY));
    g_autoptr(Form) f = read_form(d);
    assert_answer(f, FORM_NAME, "Bronagh Tully-Mensah");
    g_assert_false(form_owns_file(f, "attachment 1: mine.json"));
    g_assert_true(form_owns_file(f, STEM ".json"));
    g_assert_false(form_owns_file(f, "attachment 1: letter_HK3MW8PA.json"));
}

static Form *read_csv(const char *csv)
{
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, BODY);
    g_ptr_array_add(d->texts, text_part_new(STEM ".json", TEXT_ATTACHMENT, "{broken"));
    g_ptr_array_add(d->texts, text_part_new(STEM ".csv", TEXT_ATTACHMENT, csv));
    return read_form(d);
}

static void test_csv(void)
{
    g_autoptr(Form) f = read_csv(
        "\xef\xbb\xbfReference,Submitted at,What is your name? - First name,"
        "What is your name? - Last name,\"What went wrong?\",What reference numbers do you have?,"
        "\"Your home, please - Address line 1\",\"Your home, please - Town or city\","
        "\"Your home, please - Postcode\",Language\n"
        "HK3MW8PA,2022-09-14T09:00:00+01:00,Ana,Bright,\"She said \"\"no\"\".\n\n---\n\n"
        "What is your email address?\n\nx@example.net\",\"Answer: GWF012345678\n"
        "Answer: IHS123456789\",1 The Road,,X1 1AA,cy\n");
    assert_answer(f, FORM_NAME, "Ana Bright");
    assert_answer(f, FORM_WHAT,
                  "She said \"no\".\n\n---\n\nWhat is your email address?\n\n"
                  "x@example.net");
    assert_answer(f, FORM_REFERENCES, "GWF012345678\nIHS123456789");
    assert_answer(f, FORM_EMAIL, NULL);
    assert_extra(f, 0, "Your home, please", "1 The Road, X1 1AA");
    g_assert_cmpuint(f->extra->len, ==, 1);
    g_assert_true(f->welsh);
    g_assert_cmpint(f->submitted_at, ==, 1663142400);
}

static void test_csv_refused(void)
{
    static const char *const REFUSED[] = {
        "",
        "Reference,Submitted at,What is your name?\n",
        "Reference,Submitted at,What is your name?\nAA2AA2AA,x,Evil\n",
        "Reference,Submitted at\nHK3MW8PA,x\n",
        "What is your name?,Submitted at,Reference\nHK3MW8PA,x,Evil\n",
        "Reference,Submitted at,What is your name?\nHK3MW8PA,x,\"Evil\n",
        "Reference,Submitted at,What is your name?\nHK3MW8PA,x,\"Ev\"il\n",
        "Reference,Submitted at,What is your name?\nHK3MW8PA,x,Evil\nHK3MW8PA,x,Evil\n",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autoptr(Form) f = read_csv(REFUSED[i]);
        assert_answer(f, FORM_NAME, "Bronagh Tully-Mensah");
    }
    g_autofree char *wide = g_strnfill(2000, ',');
    g_autofree char *csv = g_strconcat("Reference,Submitted at", wide, "\nHK3MW8PA", wide, NULL);
    g_autoptr(Form) f = read_csv(csv);
    assert_answer(f, FORM_NAME, "Bronagh Tully-Mensah");
}

static void test_reference_and_time(void)
{
    static const struct {
        const char *subject, *frame, *want;
        int64_t at;
    } CASES[] = {
        {"Form submission: x", "GOV.\xe2\x80\x8bUK Forms reference number: 8E3YY3RX\n", "8E3YY3RX",
         0},
        {"Form submission: x - reference: 8E3YY3R", "", "", 0},
        {"Form submission: x - reference: 8E3YY3RXX", "", "", 0},
        {"Form submission: x - reference: 8EAYY3RX", "", "", 0},
        {"Form submission: x - reference: 8E3YY3RZ", "", "", 0},
        {"Form submission: x - reference: 8E3OY3RX", "", "", 0},
        {"Form submission: a - reference: 8E3YY3RX b - reference: D72YN5VC", "", "D72YN5VC", 0},
        {"Form submission: x", "Submitted at: 12:05am on 14 September 2022\n", "", 1663110300},
        {"Form submission: x", "Submitted at: 11:07am on 14 September 2022\n", "", 0},
        {"Form submission: x", "Submitted at: 11:06am on 14 September 2022\n", "", 1663149960},
        {"Form submission: x", "Submitted at: 11:07am on 14 August 2022\n", "", 1660471620},
        {"Form submission: x", "Submitted at: 11:06am on 14 July 2022\n", "", 0},
        {"Form submission: x", "Submitted at: 13:00am on 14 September 2022\n", "", 0},
        {"Form submission: x", "Submitted at: 9:00am on 31 September 2022\n", "", 0},
        {"Form submission: x", "Submitted at: soon\n", "", 0},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *body = g_strconcat(CASES[i].frame, "---\nAnswers submitted\n", NULL);
        g_autoptr(Document) d = mail(GOVUK, CASES[i].subject, body);
        g_autoptr(Form) f = read_form(d);
        if (strcmp(f->reference, CASES[i].want) != 0 || f->submitted_at != CASES[i].at)
            g_error("%s %s: \"%s\" at %" G_GINT64_FORMAT, CASES[i].subject, CASES[i].frame,
                    f->reference, f->submitted_at);
    }
}

/* Neither a huge answer nor many of them exhaust anything; what is cut is told. */
static void test_limits(void)
{
    g_autofree char *huge = g_strnfill(FORM_ANSWER_MAX + 10, 'x');
    g_autofree char *body =
        g_strconcat("Answers submitted\n\nWhat went wrong?\n\n", huge, "\n", NULL);
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, body);
    g_autoptr(Form) f = read_form(d);
    g_assert_true(f->cut);
    g_assert_cmpuint(strlen(f->answers[FORM_WHAT].text), ==, FORM_ANSWER_MAX);
    g_autoptr(GString) json = g_string_new("{...'answers':[");
    for (unsigned i = 0; i < 1000; i++)
        g_string_append_printf(json, "%sQ('q%u','answer_text':'[[['}", i ? "," : "", i);
    g_string_append(json, "]");
    g_autoptr(Form) g = read_json(json->str);
    g_assert_true(g->cut);
    g_assert_cmpuint(g->extra->len, ==, FORM_EXTRA_MAX);
}

static void test_kinds(void)
{
    static const char HOF[] = "A new Border Force complaint has been submitted";
    static const char SHAPE[] = "#Complaint details\nComplaint details: x\n- - -\n";
    static const struct {
        const char *from, *subject, *body;
        int kind; /* -1: no form */
    } CASES[] = {
        {GOVUK, "TEST FORM SUBMISSION: Complain - reference: 8E3YY3RX", "", FORM_TEST},
        {GOVUK,
         "Daily form submissions: \xe2\x80\x98"
         "Complain\xe2\x80\x99 - 1 June 2026",
         "", FORM_BATCH},
        {GOVUK, "Weekly form submissions: x", "", FORM_BATCH},
        {GOVUK, "Something else", "", -1},
        {"no-reply@forms.service.gov.uk.example.net", "Form submission: x", "", -1},
        {"someone@example.org", "Form submission: x - reference: 8E3YY3RX", "", -1},
        {"someone@example.org", "TEST FORM SUBMISSION: x", "", -1},
        {"n@notifications.service.gov.uk", HOF, "", FORM_SUBMISSION},
        {"n@notifications.service.gov.uk", "x", SHAPE, FORM_SUBMISSION},
        {"n@notifications.service.gov.uk", "x", "hello", -1},
        {"form@homeoffice.gov.uk", HOF, SHAPE, FORM_SUBMISSION},
        {"form@homeoffice.gov.uk", HOF, "Please see:\n#Complaint details\nComplaint details: x",
         -1},
        {"form@homeoffice.gov.uk", "FW: A new Border Force complaint has been submitted", SHAPE,
         -1},
        {"form@homeoffice.gov.uk", HOF, "", -1},
        {"pat@example.org", HOF, SHAPE, -1},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Document) d = mail(CASES[i].from, CASES[i].subject, CASES[i].body);
        g_autoptr(Form) f = read_form(d);
        int got = f ? (int)f->kind : -1;
        if (got != CASES[i].kind)
            g_error("%u %s: %d, not %d", i, CASES[i].subject, got, CASES[i].kind);
    }
}

static const char NOTIFY[] = "uk.visas@notifications.service.gov.uk";
static const char HOF_SUBJECT[] = "A new UK Visas and Immigration complaint has been submitted";

static void test_home_office_form(void)
{
    g_autoptr(Document) d = mail(
        NOTIFY, HOF_SUBJECT,
        "#A new UK Visas and Immigration complaint has been submitted\n\n"
        "  #Complaint details\n\n    The reason for the complaint: Delay\n  - - -\n"
        "    GWF number: GWF012345678\n  - - -\n    Home Office reference number: 012345678\n"
        "  - - -\n    Complaint details: They lost it.\nTwice: in May and June.\n\n- - -\n"
        "#Applicant details\nFull name: Ana Bright\n- - -\nCountry of nationality: Chile\n- - -\n"
        "#Contact details\nEmail address: ana@example.org\n- - -\n");
    g_autoptr(Form) f = read_form(d);
    g_assert_nonnull(f);
    assert_answer(f, FORM_NAME, "Ana Bright");
    assert_answer(f, FORM_PERSON, NULL);
    g_assert_null(f->answers[FORM_FOR_WHOM].means);
    assert_answer(f, FORM_EMAIL, "ana@example.org");
    assert_answer(f, FORM_WHAT, "They lost it.\nTwice: in May and June.");
    assert_answer(f, FORM_REFERENCES, "GWF number: GWF012345678");
    g_assert_cmpstr(f->answers[FORM_AREA].means, ==, "ukvi");
    g_assert_cmpuint(f->extra->len, ==, 3);
    assert_extra(f, 0, "The reason for the complaint", "Delay");
    assert_extra(f, 1, "Home Office reference number", "Home Office reference number: 012345678");
    assert_extra(f, 2, "Country of nationality", "Chile");
}

/* As Notify draws it, for somebody else, with details forged in the free text. */
static void test_home_office_agent(void)
{
    g_autoptr(Document) d = mail(
        NOTIFY, HOF_SUBJECT,
        "A new UK Visas and Immigration complaint has been submitted\n-----------\n\n"
        "Complaint details\n-----------------\n\nComplaint details: Lost.\n\n- - -\n\n"
        "Email address: forged@example.net\n\n=================\n\n"
        "Agent details\n-------------\n\nAgent\xe2\x80\x99s Full name: Jo Reed\n\n"
        "=================\n\nAgent\xe2\x80\x99s relation to the applicant: "
        "I am a legal representative\n\n=================\n\nApplicant details\n---------\n\n"
        "Full name: Ana Bright\n\n=================\n\nEmail address: ana@example.org\n\n"
        "=================\n\nContact details\n-------\n\nAgent Email address: jo@example.com\n"
        "\n=================\n\n# Something new\n\nNot a label\n");
    g_autoptr(Form) f = read_form(d);
    assert_answer(f, FORM_NAME, "Jo Reed");
    assert_answer(f, FORM_PERSON, "Ana Bright");
    g_assert_cmpstr(f->answers[FORM_FOR_WHOM].means, ==, "someone-else");
    g_assert_cmpstr(f->answers[FORM_RELATION].means, ==, "legal");
    assert_answer(f, FORM_EMAIL, "jo@example.com");
    assert_answer(f, FORM_WHAT, "Lost.");
    g_assert_cmpuint(f->extra->len, ==, 3);
    assert_extra(f, 0, "Email address", "ana@example.org");
    assert_extra(f, 1, "email", "forged@example.net");
    assert_extra(f, 2, "", "Not a label");
}

static void test_meaning(void)
{
    static const struct {
        FormField field;
        const char *text, *means;
    } CASES[] = {
        {FORM_RESPONSE, "Yes", "yes"},
        {FORM_RESPONSE, " YES. ", "yes"},
        {FORM_RESPONSE, "Ydw", "yes"},
        {FORM_RESPONSE, "I\xe2\x80\x99m n\xe2\x80\x8bot sure", "unsure"},
        {FORM_RESPONSE, "Yes\nYdw", "yes"},
        {FORM_RESPONSE, "Yes\n\nbut only an email", NULL},
        {FORM_RESPONSE, "Yes they did", NULL},
        {FORM_AREA, "Border Force (ports)", "border-force"},
        {FORM_AREA, "The Border Force", NULL},
        {FORM_RELATION, "I work for a charity", "support"},
        {FORM_RELATION, "A charity's solicitor", NULL},
        {FORM_RELATION, "uncharitable", NULL},
        {FORM_RELATION, "", NULL},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const char *got = form_labels_meaning(labels, CASES[i].field, CASES[i].text);
        if (g_strcmp0(got, CASES[i].means) != 0)
            g_error("%s: %s, not %s", CASES[i].text, got, CASES[i].means);
    }
    g_autofree char *huge = g_strnfill(100000, 'y');
    g_assert_null(form_labels_meaning(labels, FORM_RESPONSE, huge));
    g_assert_cmpint(form_labels_field(labels, huge, 100000), ==, FORM_FIELD_COUNT);
    g_assert_cmpint(form_labels_field(labels, "What happened next, then?", 25), ==, FORM_WHAT);
}

static void test_labels_refused(void)
{
    static const struct {
        const char *words, *why;
    } CASES[] = {
        {"?!", "letter"},
        {"What went wrong?", "there already"},
        {"WHAT went  wrong", "already"},
        {"*wrong*", "begin with *"},
        {"What*", "too short"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const char *why = form_labels_add_question(labels, FORM_NAME, CASES[i].words);
        if (!why || !strstr(why, CASES[i].why))
            g_error("%s: %s", CASES[i].words, why);
    }
    g_autofree char *huge = g_strnfill(FORM_LABEL_LENGTH_MAX + 1, 'y');
    g_assert_nonnull(form_labels_add_question(labels, FORM_NAME, huge));
}

static void add_labels(void)
{
    static const struct {
        FormField field;
        const char *question;
    } QUESTIONS[] = {
        {FORM_FOR_WHOM, "Are you complaining for yourself or for someone else?"},
        {FORM_NAME, "What is your name?"},
        {FORM_NAME, "Full name"},
        {FORM_NAME, "Agent's full name"},
        {FORM_PERSON, "What is the name of the person you are complaining for?"},
        {FORM_RELATION, "Agent's relation to the applicant"},
        {FORM_PERMISSION, "Upload their signed permission"},
        {FORM_EMAIL, "What is your email address?"},
        {FORM_EMAIL, "Email address"},
        {FORM_EMAIL, "Agent email address"},
        {FORM_AREA, "Which part of the Home Office is your complaint about?"},
        {FORM_RESPONSE, "Have you had a final response to your complaint?"},
        {FORM_REFERENCES, "What reference numbers do you have?"},
        {FORM_REFERENCES, "GWF number"},
        {FORM_REFERENCES, "Home Office reference number"},
        {FORM_WHAT, "What went wrong?"},
        {FORM_WHAT, "Complaint details"},
        {FORM_WHAT, "What happened*"},
        {FORM_WANTED, "What would put things right?"},
    };
    static const struct {
        FormField field;
        const char *words, *means;
    } ANSWERS[] = {
        {FORM_FOR_WHOM, "Someone else", "someone-else"},
        {FORM_RESPONSE, "Yes", "yes"},
        {FORM_RESPONSE, "Ydw", "yes"},
        {FORM_RESPONSE, "I'm not sure", "unsure"},
        {FORM_RELATION, "*legal*", "legal"},
        {FORM_RELATION, "*solicitor*", "legal"},
        {FORM_RELATION, "*charit*", "support"},
        {FORM_AREA, "UK Visas and Immigration", "ukvi"},
        {FORM_AREA, "Border Force*", "border-force"},
    };
    labels = form_labels_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(QUESTIONS); i++)
        g_assert_null(form_labels_add_question(labels, QUESTIONS[i].field, QUESTIONS[i].question));
    for (unsigned i = 0; i < G_N_ELEMENTS(ANSWERS); i++)
        g_assert_null(
            form_labels_add_answer(labels, ANSWERS[i].field, ANSWERS[i].words, ANSWERS[i].means));
    g_assert_null(form_labels_add_section(labels, FORM_SECTION_COMPLAINT, "Complaint details"));
    g_assert_null(form_labels_add_section(labels, FORM_SECTION_AGENT, "Agent details"));
    g_assert_null(form_labels_add_section(labels, FORM_SECTION_APPLICANT, "Applicant details"));
    g_assert_null(form_labels_add_section(labels, FORM_SECTION_CONTACT, "Contact details"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_labels();
    g_test_add_func("/forms/text", test_text);
    g_test_add_func("/forms/text-unknown", test_text_unknown);
    g_test_add_func("/forms/json", test_json);
    g_test_add_func("/forms/json-place", test_json_place);
    g_test_add_func("/forms/json-refused", test_json_refused);
    g_test_add_func("/forms/csv", test_csv);
    g_test_add_func("/forms/csv-refused", test_csv_refused);
    g_test_add_func("/forms/reference-and-time", test_reference_and_time);
    g_test_add_func("/forms/limits", test_limits);
    g_test_add_func("/forms/kinds", test_kinds);
    g_test_add_func("/forms/home-office", test_home_office_form);
    g_test_add_func("/forms/home-office-agent", test_home_office_agent);
    g_test_add_func("/forms/meaning", test_meaning);
    g_test_add_func("/forms/labels-refused", test_labels_refused);
    int result = g_test_run();
    form_labels_free(labels);
    return result;
}
