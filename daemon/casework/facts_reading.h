/* facts_reading.h: one message as the fact modules read it. Private to extract.c and facts_*.c.
 *
 * Each text of the document becomes a passage: whose words it is, its folded words and the rules
 * that hit in it. Each facts_* function then fills its fields of Facts and adds the findings they
 * rest on. Nothing here fails: what cannot be told stays unknown.
 */
#pragma once

#include "config/acts.h"
#include "daemon/casework/extract.h"
#include "parsers/dates.h"
#include "parsers/forms.h"

typedef enum Paper {             /* what an attached, forwarded or quoted text is */
                     PAPER_NONE, /* the sender's own text */
                     PAPER_OTHER,
                     PAPER_FINAL,
                     PAPER_INTERIM, /* interim letter or acknowledgement */
                     PAPER_LETTER,  /* a Home Office letter whose stage is not plain */
                     PAPER_AUTHORITY,
                     PAPER_COMPLAINT, /* the complaint itself, as an attachment: the writer's words
                                       */
                     PAPER_MP,
} Paper;

typedef struct Passage {
    uint32_t index;   /* among the passages */
    const char *part; /* how evidence names it */
    const char *text;
    size_t length;
    uint32_t base; /* of `text` in the part */
    TextRole role;
    int64_t date; /* of a forwarded message, 0 unknown */
    uint32_t scope;
    Paper paper;
    Wording *wording;
    GArray *spans;         /* Span, scored; NULL where the words are not the sender's own */
    GArray *hits;          /* RuleHit, of all scopes; reading_hits has those that count */
    GArray *dates;         /* DateFound, read when first wanted */
    GPtrArray *references; /* ReferenceFound, the same */
} Passage;

typedef struct Hit {
    Passage *passage;
    const RuleHit *at;
    const Rule *rule;
} Hit;

typedef struct ActTold {    /* the span that does an act most plainly */
    const Passage *passage; /* NULL where there is none */
    const Span *span;
    float score; /* ACT_NOT_TOLD where there is none */
} ActTold;
#define ACT_NOT_TOLD (-9.0f)

typedef struct Reading {
    const Document *document;
    const Rules *rules;
    const ExtractContext *context;
    Form *form; /* NULL where the mail is no form's */
    Day today;
    GPtrArray *passages; /* Passage */
    GArray *hits;        /* Hit: those whose rule's scope fits the passage, in order */
    uint32_t first_hit[RULE_FACT_COUNT]; /* of each fact; the hits\' number where there is none */
    uint32_t *next_hit;                  /* by hit: the next of its fact */
    ActTold told[ACT_COUNT];             /* over the sender's own passages */
    float nature[NATURE_COUNT];          /* log-odds (facts_nature.h) */
    unsigned words;                      /* in the writer's passages */
    unsigned first_person;
    bool cut; /* a text was longer than the rules read */
    Facts *facts;
} Reading;

/* The next hit at or after *i of the fact (and value, where not NULL); NULL at the end. Use:
 * for (unsigned i = 0; (h = reading_next(r, &i, RULE_WRONG, NULL));) */
const Hit *reading_next(const Reading *r, unsigned *i, RuleFact fact, const char *value);
/* How many, of those that state it (or, where `hinted`, of all). */
unsigned reading_count(const Reading *r, RuleFact fact, const char *value, bool hinted);
/* What the form's answer to a question with choices means; NULL where there is none, or it is not
 * plain. */
const char *reading_chosen(const Reading *r, FormField field);
/* Adds a finding for the first hit of fact and value, under Facts' name for it. */
void reading_note_first(Reading *r, RuleFact fact, const char *value, const char *name,
                        const char *as);
void reading_note(Reading *r, const Hit *h, const char *name, const char *value);
/* The same for words at an offset of a passage. */
void reading_note_place(Reading *r, const char *rule, const char *name, const char *value,
                        const Passage *p, uint32_t offset, uint32_t length);
/* A finding without words, from a header or the shape of the mail. */
void reading_note_shape(Reading *r, const char *rule, const char *name, const char *value);
/* The best score of an act. */
float reading_act(const Reading *r, Act act);
/* A finding that points at the span which does the act. */
void reading_note_act(Reading *r, Act act, const char *name, const char *value);
/* True where the words are the sender's own: body, subject, form answer, attached complaint. */
bool is_writer(const Passage *p);
/* The word that holds byte `offset` of the text, or the last before it. Needs at least one word. */
uint32_t passage_word_at(const Passage *p, uint32_t offset);
const GArray *passage_dates(const Reading *r, Passage *p);
const GPtrArray *passage_references(Passage *p);
bool attachment_unread(const Attachment *a);
/* True where a document or picture is attached, a signature's aside. */
bool reading_has_papers(const Reading *r);
/* True where three months from `day`, DAY_NONE never, are not over when the message came. */
bool is_in_limit(const Reading *r, Day day);
/* True for the office's own address, with or without a plus part. */
bool is_own_address(const Reading *r, const char *address);

/* Sets Facts.reply_forbidden with its finding; the first reason stays. */
void reading_forbid_reply(Reading *r, const char *rule, const char *why);
/* True for any value of Auto-Submitted but "no" (RFC 3834 section 5). */
bool auto_submitted(const char *value);
bool is_null_path(const char *return_path);

void facts_kind(Reading *r);      /* facts_kind.c: kind, claims, forbidden replies, refer bits */
void facts_sender(Reading *r);    /* facts_sender.c: reply address, authentication */
void facts_people(Reading *r);    /* facts_people.c: names, representative, authority */
void facts_response(Reading *r);  /* facts_response.c: the final response and lateness */
void facts_matter(Reading *r);    /* facts_matter.c: area, what went wrong, references */
void facts_bars(Reading *r);      /* facts_bars.c */
void facts_attention(Reading *r); /* facts_attention.c: risk, flags, reviewed */
