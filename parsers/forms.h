/* forms.h: complaints that reached the mailbox through a web form.
 *
 * Two kinds: GOV.UK Forms mail (from no-reply@forms.service.gov.uk, with the answers in the text
 * and perhaps in an attached JSON or CSV file) and the mail of Home Office forms ("label: value"
 * blocks parted by "- - -"). Any line of an answer can look like the form's own separator, so a
 * question counts only when it is one of the form's and stands later in the form than the one
 * before it; anything else belongs to the answer it stands in.
 */
#pragma once

#include "parsers/document.h"

typedef enum FormField {
    FORM_FOR_WHOM, /* "Myself" or "Someone else" */
    FORM_NAME,
    FORM_PERSON, /* name of the person complained for */
    FORM_RELATION,
    FORM_PERMISSION,
    FORM_EMAIL,
    FORM_PHONE,
    FORM_AREA,
    FORM_RESPONSE, /* "Yes", "No", "I am not sure" */
    FORM_RESPONSE_DATE,
    FORM_RESPONSE_RECEIVED,
    FORM_RESPONSE_COPY,
    FORM_REFERENCES,
    FORM_WHAT, /* free text: what went wrong */
    FORM_WANTED,
    FORM_LATE, /* free text: why it is late */
    FORM_FIELD_COUNT
} FormField;

typedef enum FormKind {
    FORM_NONE,
    FORM_SUBMISSION, /* one complaint */
    FORM_TEST,       /* "TEST FORM SUBMISSION" */
    FORM_BATCH,      /* daily or weekly mail that repeats single submissions */
} FormKind;

typedef struct FormAnswer {
    char *text;      /* NULL: not asked or skipped */
    uint32_t offset; /* of the answer in the part, where `part` is set */
} FormAnswer;

typedef struct Form {
    FormKind kind;
    char *reference; /* the form's own, 8 characters; "" */
    char *part;      /* the text part that the answers stand in; "" where they came from a file */
    bool welsh;      /* the form says that an answer is in Welsh */
    FormAnswer answers[FORM_FIELD_COUNT];
} Form;

enum { FORM_ANSWER_MAX = 200 * 1024 };

/* NULL where the document is no form's mail. Trusts the From domain only in so far as the caller
 * has judged the sender authentic. */
Form *form_read(const Document *document);
void form_free(Form *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Form, form_free)
