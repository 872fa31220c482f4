/* rules_parts.h: inside the rule set: terms, phrases and guards as compiled. Private to config/.
 *
 * All words of all rules become terms, found together by a walk of one tree from each word, so that
 * a text is read once however many rules there are. A phrase is a chain of elements, each a set of
 * terms; phrases are only tried where a term of their first element was found.
 */
#pragma once

#include "config/rules.h"

enum {
    RULES_MAX = 2000,   /* rules in all files */
    TERMS_MAX = 16000,  /* literals */
    ELEMENTS_MAX = 10,  /* of one phrase */
    GAP_SHORT = 4,      /* ".." */
    GAP_LONG = 12,      /* "..." */
    NOT_WINDOW = 20,    /* words around a hit in which `not` phrases cancel it */
    WORK_MAX = 4000000, /* elements compared in one text: over it, hits end (a hostile text) */
    LIST_DEPTH_MAX = 8,
    FOUND_MAX = 400000, /* terms found in one text, and at most one word's more */
};

typedef struct Place { /* where something is written, for who edits it */
    const char *file;  /* interned */
    uint32_t line;
} Place;

typedef struct Term {
    char *literal; /* " two words " or " begin" (any ending) */
    uint32_t length;
    uint32_t words; /* in it, the begun one too */
} Term;

typedef struct TermTree TermTree;

typedef struct TermSet {
    GArray *terms; /* uint32_t, as compiled */
    uint8_t *bits; /* by term */
    uint64_t bit;  /* where phrases have it second: one of 64, shared with other such sets */
} TermSet;

typedef struct Element {
    TermSet *set; /* owned by the rule set */
    uint8_t gap;  /* words that may stand before it */
} Element;

typedef struct Phrase {
    uint32_t rule;
    uint8_t n;
    Element elements[ELEMENTS_MAX];
} Phrase;

typedef enum Near { /* how far off a phrase's second element may stand */
                    NEAR_NEXT,
                    NEAR_SHORT,
                    NEAR_LONG,
                    NEAR_NONE, /* there is none */
} Near;

typedef struct Start { /* a phrase that a term can begin */
    uint64_t second;   /* TermSet.bit of what must follow */
    uint32_t phrase;
    uint16_t rule;
    uint8_t scope, near;
} Start;

typedef struct Guard {
    char *name;
    TermSet *set;
    uint8_t before, after; /* words on each side of a hit that are searched */
    bool clause;           /* only in the clauses the hit stands in */
    Place place;
} Guard;

typedef struct WordList {
    GPtrArray *words;
    GArray *terms; /* uint32_t, once used by a phrase or a guard; NULL before */
    Place place;
} WordList;

typedef struct Written { /* a phrase as it stands in its file */
    char *text;
    uint32_t line;
} Written;

typedef struct RuleBody {
    Rule rule;
    GArray *refusals;       /* Phrase: `not` */
    uint8_t *refusal_first; /* bits of the terms that begin one; NULL without */
    uint32_t guards;        /* bits of Rules.guards */
    Place place;
    uint32_t first;  /* of its phrases in Rules.phrases, as many as `written` */
    GArray *written; /* Written: its phrases, for rules_check */
} RuleBody;

struct Rules {
    char *version;
    Linear *models[MODEL_COUNT];
    uint64_t digest;   /* of the models */
    GPtrArray *bodies; /* RuleBody */
    GArray *phrases;   /* Phrase: every rule's */
    GArray *guards;    /* Guard, at most 32 */
    GArray *terms;     /* Term */
    GHashTable *term_ids;
    GPtrArray *sets;
    GHashTable *set_ids; /* element text -> TermSet */
    GHashTable *lists;   /* name -> WordList */
    GArray **by_term;    /* Start: phrases whose first element has the term; NULL none */
    uint64_t *follows;   /* by term: the bits of the second sets it is in */
    uint8_t *furthest;   /* by term: the furthest of its starts, as Near; NEAR_NEXT without */
    TermTree *tree;
};

/* rules_phrase.c: reads a phrase, adding its terms. The error names what is wrong with it. */
bool rules_phrase_read(Rules *r, const char *text, Phrase *out, GError **error);
TermSet *rules_set_read(Rules *r, const char *const *words, GError **error);
void term_set_free(TermSet *set);
/* rules_phrase.c: after all phrases: bits, the index by term, the tree. */
bool rules_compile(Rules *r, GError **error);
Start rules_start_of(const Rules *r, uint32_t phrase);

/* rules_terms.c: borrows the terms, which must not change any more. */
TermTree *term_tree_new(const GArray *terms);
void term_tree_free(TermTree *t);
typedef struct Found {
    uint32_t term, first, last; /* words */
} Found;
/* Fills `found` with every term that stands in the text, in the order of their first words, the
 * shorter first. */
void term_tree_find(const TermTree *t, const Wording *text, GArray *found);
