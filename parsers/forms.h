/* forms.h: complaints that reached the mailbox through a web form.
 *
 * Two kinds: GOV.UK Forms mail (from no-reply@forms.service.gov.uk, with the answers in the text
 * and perhaps in an attached JSON or CSV file) and the mail of Home Office forms ("#Section",
 * "label: value", "- - -"). Which question asks for what stands in FormLabels.
 *
 * The JSON file is read first, then the CSV file, else the text. A file counts only where it bears
 * the reference that the mail itself bears: a file sent along with an answer cannot know it. In the
 * text any line of an answer can look like a separator, so a question counts there only when it is
 * known, follows a separator and stands later in the form than the one before it; anything else
 * belongs to the answer it stands in.
 *
 * No answer is lost: those to questions that nobody knows, and second answers, are `extra`.
 */
#pragma once

#include "parsers/document.h"
#include "parsers/form_labels.h"

typedef enum FormKind {
    FORM_NONE,
    FORM_SUBMISSION, /* one complaint */
    FORM_TEST,       /* "TEST FORM SUBMISSION" */
    FORM_BATCH,      /* daily or weekly mail that repeats single submissions */
} FormKind;

typedef struct FormAnswer {
    char *text;      /* NULL: not asked or skipped */
    char *means;     /* NULL: the labels do not say */
    uint32_t offset; /* of the answer in the part; G_MAXUINT32 where it does not stand in it */
} FormAnswer;

typedef struct FormExtra {
    char *question;
    FormAnswer answer;
} FormExtra;

typedef struct Form {
    FormKind kind;
    char *reference;      /* the form's own, 8 characters; "" */
    char *part;           /* the text part that offsets count in; "" none */
    int64_t submitted_at; /* UTC seconds; 0 unknown */
    bool welsh;           /* the form says that an answer is in Welsh */
    bool cut;             /* an answer was too long, or there were too many */
    FormAnswer answers[FORM_FIELD_COUNT];
    GPtrArray *extra; /* FormExtra */
} Form;

enum { FORM_ANSWER_MAX = 200 * 1024, FORM_EXTRA_MAX = 100, FORM_SUBMITTED_DAYS = 31 };

/* NULL where the document is no form's mail. Trusts the From domain only in so far as the caller
 * has judged the sender authentic. A submission after `received_at` (UTC seconds) or more than
 * FORM_SUBMITTED_DAYS before it has no time. */
Form *form_read(const Document *document, const FormLabels *labels, int64_t received_at);
void form_free(Form *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Form, form_free)

/* True where the sender's address is one that only forms (and what else machines write) send from.
 */
bool form_is_robot(const Document *document);

/* True where the part is a file of the form's own answers rather than one sent along. */
bool form_owns_file(const Form *form, const char *part);
