/* acts.h: what each sentence of a text does, as a learned model reads it.
 *
 * Phrases name what is certain; people tell the same thing in words no list holds. The model scores
 * spans (a sentence, or a stretch of a long one) for each act below. It is used to find what the
 * phrases miss, to confirm what they only hint at, and to doubt: a rejection always has a phrase,
 * a date or a letter under it as well (policy 4).
 *
 * The model (config/acts.model) is made by `make train` from tests/corpus/acts/.
 */
#pragma once

#include "config/linear.h"
#include "config/wording.h"

typedef enum Act {
    ACT_GIVEN,      /* the Home Office's answer to the complaint came */
    ACT_FINAL,      /* that answer was the last, or names this office as the next step */
    ACT_ELSEWHERE,  /* that answer sends the person to the Ombudsman or another body */
    ACT_NONE,       /* has not complained to the Home Office; comes to us first */
    ACT_SILENT,     /* complained, and no answer or only an acknowledgement or interim came */
    ACT_COMPLAINED, /* complained to the Home Office */
    ACT_WRONG,      /* what went wrong */
    ACT_REFUSED,    /* an application was refused */
    ACT_WANTS,      /* another decision on an application is wanted */
    ACT_POLICY,     /* objects to a rule, a law, a fee or a threshold itself */
    ACT_OMBUDSMAN,  /* the Ombudsman investigates or has investigated this matter */
    ACT_COURT,      /* court or tribunal proceedings about this matter */
    ACT_EMPLOYMENT, /* the Home Office as employer or recruiter of the writer */
    ACT_WINDRUSH,   /* the Windrush Compensation Scheme */
    ACT_PSU,        /* the Professional Standards Unit is looking at it */
    ACT_DATA,       /* data protection: access requests, breaches */
    ACT_OTHER_BODY, /* another body than the Home Office is complained of */
    ACT_ONLY,       /* nothing else is complained of */
    ACT_LATE,       /* why the person comes late */
    ACT_RISK,       /* somebody is in danger now */
    ACT_BEHALF,     /* writes for somebody else */
    ACT_AUTHORITY,  /* signed authority is sent along */
    ACT_ENQUIRY,    /* asks for information or thanks; complains of nothing */
    ACT_MISCONDUCT, /* serious staff misconduct */
    ACT_COUNT
} Act;
const char *const *act_names(void); /* NULL-terminated, as in the model's file */

typedef struct Span {
    uint32_t first, last;   /* words, both inside one sentence */
    float score[ACT_COUNT]; /* log-odds */
} Span;

enum { SPANS_MAX = 4000 }; /* of one text; the words after are not scored */

/* The spans of a text, unscored: array of Span, owned by the caller. */
GArray *acts_spans(const Wording *text);
/* Scores every span. */
void acts_score(const Linear *model, const Wording *text, GArray *spans);

/* Word `i` as the models see it: its class ("@month", "##") or its first letters. Borrowed. */
const char *acts_token(const Wording *text, uint32_t i, size_t *length);

/* The features of a span, in the words of the model's file, for training. g_strfreev. */
char **acts_features(const Wording *text, const Span *span);
