/* rules_parts.h: inside the rule set: terms, phrases and guards as compiled. Private to config/.
 *
 * All words of all rules become terms, found together by a walk of one tree from each word, so that
 * a text is read once however many rules there are. A phrase is a chain of elements, each a set of
 * terms; it is only tried where a term of its rarest element was found, with what must stand before
 * and after it near by.
 */
#pragma once

#include "config/rules.h"

enum {
    RULES_MAX = 2000,        /* rules in all files */
    TERMS_MAX = 16000,       /* literals */
    ELEMENTS_MAX = 10,       /* of one phrase */
    GAP_SHORT = 4,           /* ".." */
    GAP_LONG = 12,           /* "..." */
    NOT_WINDOW = 20,         /* words around a hit in which `not` phrases cancel it */
    WORK_MAX = 4000000,      /* elements compared in one text: over it, hits end (a hostile text) */
    LOOK_MAX = WORK_MAX / 2, /* of them, to look where phrases match; the rest to judge where */
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
    GArray *terms;  /* uint32_t, as compiled */
    uint64_t mask;  /* term_bit of each */
    uint32_t words; /* of the longest */
    uint8_t *bits;  /* by term; NULL where the set is small */
} TermSet;

typedef struct Element {
    TermSet *set; /* owned by the rule set */
    uint8_t gap;  /* words that may stand before it */
} Element;

typedef struct Phrase {
    uint32_t rule;
    uint8_t n;
    Element *elements; /* owned */
} Phrase;

typedef enum Near {            /* how far off the element beside another may stand */
                    NEAR_NONE, /* there is none */
                    NEAR_NEXT,
                    NEAR_SHORT,
                    NEAR_LONG,
                    NEAR_COUNT
} Near;

typedef struct Anchor {     /* a phrase, where a term of its rarest element stands */
    uint64_t before, after; /* TermSet.mask of the elements beside it */
    uint32_t phrase;
    uint16_t rule, reach; /* reach: words from the phrase's first to it, at most */
    uint8_t scope, element, near_before, near_after;
} Anchor;

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
    GArray **by_term;    /* Anchor: phrases whose rarest element has the term; NULL none */
    uint64_t *common;    /* by term: the greater, the more texts may have it */
    TermTree *tree;
};

/* rules_phrase.c: reads a phrase, adding its terms. The error names what is wrong with it. */
bool rules_phrase_read(Rules *r, const char *text, Phrase *out, GError **error);
TermSet *rules_set_read(Rules *r, const char *const *words, GError **error);
void term_set_free(TermSet *set);

/* rules_index.c: after all phrases: bits, the index by term, the tree. */
bool rules_compile(Rules *r, GError **error);
/* rules_index.c: adds the phrase to lists of Anchor by term, as in Rules.by_term. */
void rules_anchor(const Rules *r, uint32_t phrase, GArray **by_term);

/* One of 64 bits, shared with other terms. */
static inline uint64_t term_bit(uint32_t term)
{
    return UINT64_C(1) << (term % 64);
}

static inline bool has_bit(const uint8_t *bits, uint32_t term)
{
    return bits[term / 8] & (1u << (term % 8));
}

static inline bool term_set_has(const TermSet *set, uint32_t term)
{
    if (!(set->mask & term_bit(term)))
        return false;
    if (set->bits)
        return has_bit(set->bits, term);
    const uint32_t *terms = (const uint32_t *)(const void *)set->terms->data;
    for (uint32_t i = 0; i < set->terms->len; i++)
        if (terms[i] == term)
            return true;
    return false;
}

/* rules_terms.c: borrows the terms, which must not change any more. */
TermTree *term_tree_new(const GArray *terms);
void term_tree_free(TermTree *t);
typedef struct Found {
    uint32_t term, first, last; /* words */
} Found;
/* Fills `found` with every term that stands in the text, in the order of their first words, the
 * shorter first. */
void term_tree_find(const TermTree *t, const Wording *text, GArray *found);
