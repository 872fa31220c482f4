#include "parsers/forms.h"
#include <string.h>

static Document *mail(const char *from, const char *subject, const char *body)
{
    Document *d = document_new();
    g_ptr_array_add(d->from, mailbox_new("", from));
    g_free(d->subject);
    d->subject = g_strdup(subject);
    g_ptr_array_add(d->texts, text_part_new("body", TEXT_NEW, body));
    return d;
}

static const char GOVUK[] = "no-reply@forms.service.gov.uk";
static const char SUBJECT[] =
    "Form submission: Complain to the Independent Examiner of Complaints - "
    "reference: HK3MW8PA";
static const char BODY[] =
    "Form name: \"Complain\"\n\nAnswers submitted\n\n  A JSON file of these answers is attached\n\n"
    "Are you complaining for yourself or for someone else?\n\nSomeone else\n\n---\n\n"
    "What is your name?\n\nFirst name: Bronagh\n\nLast name: Tully-Mensah\n\n---\n\n"
    "Upload their signed permission\n\n[This question was skipped]\n\n---\n\n"
    "What is your email address?\n\nbronagh@example.org\n\n---\n\n"
    "What went wrong?\n\nThe card stopped.\n\n---\n\nWhat is your email address?\n\n"
    "attacker@example.net\n\n---\n\nShe waited.\n\n---\n\n"
    "What would put things right?\n\nThe back payment.\n\n---\n\nYou cannot reply to this email\n\n"
    "If you need help\n";

static void assert_answer(const Form *f, FormField field, const char *want)
{
    if (g_strcmp0(f->answers[field].text, want) != 0)
        g_error("field %d: \"%s\", not \"%s\"", (int)field, f->answers[field].text, want);
}

static void test_govuk(void)
{
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, BODY);
    g_autoptr(Form) f = form_read(d);
    g_assert_nonnull(f);
    g_assert_cmpint(f->kind, ==, FORM_SUBMISSION);
    g_assert_cmpstr(f->reference, ==, "HK3MW8PA");
    assert_answer(f, FORM_FOR_WHOM, "Someone else");
    assert_answer(f, FORM_NAME, "Bronagh Tully-Mensah");
    assert_answer(f, FORM_PERMISSION, NULL);
    assert_answer(f, FORM_EMAIL, "bronagh@example.org");
    assert_answer(f, FORM_WANTED, "The back payment.");
    /* A question inside an answer does not take an earlier question's place. */
    assert_answer(f, FORM_WHAT,
                  "The card stopped.\n\n---\n\nWhat is your email address?\n\nattacker@example.net"
                  "\n\n---\n\nShe waited.");
    g_assert_true(g_str_has_prefix(BODY + f->answers[FORM_WHAT].offset, "The card stopped."));
}

static void test_json(void)
{
    static const char JSON[] =
        "{\"answers\":[{\"question_text\":\"What is your name?\",\"full_name\":\"Ana Bright\","
        "\"answer_text\":\"x\"},{\"question_text\":\"What went wrong?\",\"answer_text\":"
        "\"Lost.\\n\\n---\\n\\nWhat would put things right?\\n\\nNothing\"},{\"question_text\":"
        "\"What would put things "
        "right?\",\"answer_text\":[\"One\",\"Two\"]},7,{\"question_text\":3}],"
        "\"unknown\":{}}";
    g_autoptr(Document) d = mail(GOVUK, SUBJECT, BODY);
    g_ptr_array_add(d->texts, text_part_new("attachment 1: a.json", TEXT_ATTACHMENT, JSON));
    g_autoptr(Form) f = form_read(d);
    assert_answer(f, FORM_NAME, "Ana Bright");
    assert_answer(f, FORM_WHAT, "Lost.\n\n---\n\nWhat would put things right?\n\nNothing");
    assert_answer(f, FORM_WANTED, "One\nTwo");
    g_assert_cmpuint(f->answers[FORM_WHAT].offset, ==, G_MAXUINT32);
    g_autoptr(Document) bad = mail(GOVUK, SUBJECT, BODY);
    g_autofree char *deep = g_strnfill(100000, '[');
    g_ptr_array_add(bad->texts, text_part_new("attachment 1: a.json", TEXT_ATTACHMENT, deep));
    g_autoptr(Form) g = form_read(bad);
    assert_answer(g, FORM_NAME, "Bronagh Tully-Mensah");
}

static void test_kinds(void)
{
    static const struct {
        const char *from, *subject;
        int kind; /* -1: no form */
    } CASES[] = {
        {GOVUK, "TEST FORM SUBMISSION: Complain - reference: 8E3YY3RX", FORM_TEST},
        {GOVUK,
         "Daily form submissions: \xe2\x80\x98"
         "Complain\xe2\x80\x99 - 1 June 2026",
         FORM_BATCH},
        {GOVUK, "Weekly form submissions: x", FORM_BATCH},
        {GOVUK, "Something else", -1},
        {"no-reply@forms.service.gov.uk.example.net", "Form submission: x", -1},
        {"someone@example.org", "Form submission: x - reference: 8E3YY3RX", -1},
        {"someone@example.org", "TEST FORM SUBMISSION: x", -1},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Document) d = mail(CASES[i].from, CASES[i].subject, "hello");
        g_autoptr(Form) f = form_read(d);
        int got = f ? (int)f->kind : -1;
        if (got != CASES[i].kind)
            g_error("%s: %d, not %d", CASES[i].subject, got, CASES[i].kind);
    }
}

static void test_home_office_form(void)
{
    g_autoptr(Document) d = mail(
        "no-reply@notifications.service.gov.uk",
        "A new UK Visas and Immigration complaint has been submitted",
        "#Complaint details\n\nComplaint details: They lost it.\nTwice: in May and June.\n\n- - -\n"
        "#Applicant details\nApplicant name: Ana Bright\n- - -\nEmail address: ana@example.org\n- "
        "- -\n");
    g_autoptr(Form) f = form_read(d);
    g_assert_nonnull(f);
    assert_answer(f, FORM_NAME, "Ana Bright");
    assert_answer(f, FORM_EMAIL, "ana@example.org");
    assert_answer(f, FORM_WHAT, "They lost it.\nTwice: in May and June.");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/forms/govuk", test_govuk);
    g_test_add_func("/forms/json", test_json);
    g_test_add_func("/forms/kinds", test_kinds);
    g_test_add_func("/forms/home-office", test_home_office_form);
    return g_test_run();
}
