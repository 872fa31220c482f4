/* form_reading.h: inside the reading of web forms. Private to forms.c and form_*.c. */
#pragma once

#include "parsers/forms.h"
#include <string.h>

typedef struct FormReading {
    Form *form;
    const FormLabels *labels;
    const char *text; /* of the body */
} FormReading;

typedef struct FormText { /* not terminated */
    const char *text;
    size_t length;
} FormText;

/* The next line, without its end; false at the end of the text. */
bool form_next_line(const char **at, FormText *line);
FormText form_trim(FormText t);
bool form_text_is(FormText t, const char *text);

/* Takes one answer (offset as in FormAnswer). Blank and skipped ones are none. A field that is
 * answered keeps its answer; a second one, or FORM_FIELD_COUNT, goes to `extra`. */
void form_take(const FormReading *r, FormField field, FormText question, FormText answer,
               uint32_t offset);
/* Makes a field's answer an extra one, so that another can take its place. */
void form_displace(const FormReading *r, FormField field, const char *question);

bool form_reference_ok(const char *text); /* the first 8 characters of it */
/* UTC seconds of "2022-09-14T09:00:00+01:00"; 0 where it is no such time. */
int64_t form_time(const char *text);

/* form_json.c, form_csv.c: false, with nothing taken, where it is no file of this submission. */
bool form_read_json(const FormReading *r, const char *json, int64_t *submitted);
bool form_read_csv(const FormReading *r, const char *csv, int64_t *submitted);
/* form_text.c: GOV.UK Forms' answers in the text, from `from` on. */
void form_read_text(const FormReading *r, const char *from);
/* form_blocks.c: a Home Office form's body. */
void form_read_blocks(const FormReading *r);
bool form_has_blocks(const FormLabels *labels, const char *text);
