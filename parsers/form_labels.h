/* form_labels.h: what the questions and answers of web forms mean.
 *
 * Filled from config/forms.conf (daemon/casework/forms_config.h), so that a question put in other
 * words needs no new build. Everything is compared folded: lower case, punctuation and invisible
 * characters gone, white space one space. The order in which fields are first added is the order
 * of the form.
 *
 * Words may be "the whole text", "the beginning*" or, of answers only, "*a word's beginning*"
 * anywhere in the text. The whole text is tried first, then the longest beginning, then words
 * inside. What fits two meanings has none.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum FormField {
    FORM_FOR_WHOM, /* means: myself, someone-else */
    FORM_NAME,     /* of whoever fills in the form */
    FORM_PERSON,   /* name of the person complained for */
    FORM_RELATION, /* means: values of RepresentativeType */
    FORM_PERMISSION,
    FORM_EMAIL,
    FORM_PHONE,
    FORM_AREA,     /* means: values of BusinessArea */
    FORM_RESPONSE, /* means: yes, no, unsure */
    FORM_RESPONSE_DATE,
    FORM_RESPONSE_RECEIVED,
    FORM_LATE, /* free text: why it is late */
    FORM_RESPONSE_COPY,
    FORM_REFERENCES,
    FORM_WHAT, /* free text: what went wrong */
    FORM_WANTED,
    FORM_FIELD_COUNT
} FormField;

/* "for-whom", "name", ... */
const char *form_field_name(FormField field);

typedef enum FormSection { /* of a Home Office form: whose details follow */
                           FORM_SECTION_NONE,
                           FORM_SECTION_COMPLAINT,
                           FORM_SECTION_AGENT,
                           FORM_SECTION_APPLICANT,
                           FORM_SECTION_CONTACT,
                           FORM_SECTION_COUNT
} FormSection;

/* "", "complaint", "agent", "applicant", "contact" */
const char *form_section_name(FormSection section);

enum {
    FORM_LABELS_MAX = 1000,      /* of each kind */
    FORM_LABEL_LENGTH_MAX = 200, /* bytes, folded: what is longer is no question or choice */
    FORM_BEGINNING_MIN = 8,      /* bytes of a question's beginning before "*" */
};

typedef struct FormLabels FormLabels;
FormLabels *form_labels_new(void);
void form_labels_free(FormLabels *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FormLabels, form_labels_free)

/* Each adds one wording. NULL, or why it cannot be (a static string that ends a sentence). */
const char *form_labels_add_question(FormLabels *l, FormField field, const char *words);
const char *form_labels_add_answer(FormLabels *l, FormField field, const char *words,
                                   const char *means);
const char *form_labels_add_section(FormLabels *l, FormSection section, const char *title);

/* FORM_FIELD_COUNT where it is no question known. */
FormField form_labels_field(const FormLabels *l, const char *text, size_t length);
/* Place of the field in the form; -1 where no question asks for it. */
int form_labels_place(const FormLabels *l, FormField field);
FormSection form_labels_section(const FormLabels *l, const char *text, size_t length);
/* What an answer means, borrowed; NULL where that is not plain. An answer of several lines means
 * something where each of them means the same. */
const char *form_labels_meaning(const FormLabels *l, FormField field, const char *text);
