/* rules.h: the rule set, as read from config/rules/ and compiled.
 *
 * Read once in the readers' prepared parent and shared by its children. The files are the office's
 * to edit; a mistake is one line with file, line and what to write instead.
 *
 * A rule says which words state (or hint at) a value of a fact. What the facts of a message are is
 * put together from such hits in daemon/casework/; no rule decides anything alone.
 *
 * A file holds any of these, in libconfig's grammar:
 *   version = "2026-11-23";                       (version.conf only)
 *   lists:  ( { name = "reply"; words = [ "response", "answer*" ]; } );
 *   guards: ( { name = "negated"; words = [ "not", "@nobody" ]; before = 4; after = 0;
 *               clause = true; } );
 *   rules:  ( { id = "final-response.stated"; source = "policy 2"; says = "one plain sentence";
 *               fact = "response"; value = "given"; strength = "states";
 *               scope = [ "writer" ]; phrases = [ "(final|last) @reply" ];
 *               not = [ "..." ]; unless = [ "negated" ];
 *               match = [ "must match" ]; no_match = [ "must not" ]; } );
 * A phrase is words in order; "word*" any ending, "(a|b c)" one of, "@list" one of a list,
 * ".." up to 4 words between, "..." up to 12. It holds within one sentence. `not` phrases near it
 * (20 words, same sentence) and guard words around it cancel the hit.
 */
#pragma once

#include "config/linear.h"
#include "config/wording.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum RuleFact {
    RULE_KIND,           /* values of MessageKind: reads like one */
    RULE_AREA,           /* values of BusinessArea */
    RULE_WRONG,          /* values of Wrong */
    RULE_RESPONSE,       /* given, none, not-final, complained, earlier, enclosed */
    RULE_CARRIAGE,       /* email, post, post-abroad */
    RULE_SIGNPOST,       /* iec, other */
    RULE_DATED,          /* date: the response's own date stands near; received: the day it came */
    RULE_LATE_REASON,    /* yes */
    RULE_FLAG,           /* urgent serious-misconduct vulnerable media mp */
    RULE_REVIEWED,       /* values of ReviewedWhy that words can raise */
    RULE_HEED,           /* values of Heed */
    RULE_REFER,          /* values of ReferWhy that words can raise */
    RULE_BAR,            /* reasons of policy 5: the bar's matter is told */
    RULE_BAR_CLEAR,      /* reasons: the near miss is told */
    RULE_BAR_PERHAPS,    /* reasons: the bar may hold, the writer does not know */
    RULE_BAR_NAMED,      /* reasons: what the bar is about is named, in whatever way */
    RULE_UNSURE,         /* yes: the writer does not know something */
    RULE_SEVERAL,        /* yes: more than one matter is complained of */
    RULE_NEGATIVE,       /* yes: something did not happen, or is waited for */
    RULE_WHOLE,          /* reasons, or any: nothing else is complained of */
    RULE_WANTS,          /* another-decision */
    RULE_REPRESENTATIVE, /* values of RepresentativeType */
    RULE_AUTHORITY,      /* yes, no */
    RULE_CHILD,          /* yes: the person concerned is a child of the writer */
    RULE_NAME,           /* complainant, representative: a name follows */
    RULE_PAPER,          /* what an attached or forwarded text is: final acknowledgement interim
                            authority letter complaint mp */
    RULE_THANKS,         /* yes */
    RULE_MORE,           /* yes: beside thanks something is said, asked or sent */
    RULE_COMPLAINT,      /* yes: says of itself that it is a complaint */
    RULE_CONTINUES,      /* yes: says that it goes on from an earlier message to us */
    RULE_FACT_COUNT
} RuleFact;

typedef enum RuleScope { /* whose words they are, as bits */
                         RULE_SUBJECT = 1,
                         RULE_WRITER = 2,    /* the sender's own text and form answers */
                         RULE_SIGNATURE = 4, /* sender's signature block */
                         RULE_PAPERS = 8,    /* attached, forwarded, quoted: by whomever */
                         RULE_LETTER = 16,   /* such a text once known as a Home Office letter */
} RuleScope;

typedef struct Rule {
    char *id, *source, *says;
    RuleFact fact;
    char *value; /* one of rule_fact_values(fact) */
    bool states; /* false: only hints */
    uint32_t scope;
    char **match, **no_match; /* the rule's own examples */
} Rule;

typedef struct RuleHit {
    const Rule *rule;
    uint32_t first, last; /* words */
    uint32_t sentence;
    uint32_t offset, length; /* bytes of the original text */
} RuleHit;

typedef struct Rules Rules;
/* `dir` holds the folder rules/ with files named *.conf, and the models beside it. */
Rules *rules_load(const char *dir, GError **error);
void rules_free(Rules *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)
/* The version the files state, with the first 16 hex digits of their SHA-256, too
 * many to make another set that has them: "2026-11-23/1a2b3c4d5e6f7a8b".
 */
const char *rules_version(const Rules *r);

/* Every hit of the rules whose scope has a bit of `scope`, in order of the text; at most
 * RULE_HITS_MAX a rule, and a bounded amount of work a text. Array of RuleHit, owned by caller. */
enum { RULE_HITS_MAX = 12 };
GArray *rules_scan(const Rules *r, const Wording *text, uint32_t scope);

/* The learned models beside the folder of rules, by what they weigh. Their classes are those of the
 * enumerations named. */
typedef enum RuleModel {
    MODEL_ACTS,   /* acts.model: what sentences do (config/acts.h, Act) */
    MODEL_DATES,  /* dates.model: which day is the response's own, which its arrival */
    MODEL_STATUS, /* status.model: whether there is a final response, whether there is none */
    MODEL_BARS,   /* bars.model: whether a bar covers the whole matter, whether it may apply */
    MODEL_NATURE, /* nature.model: what sort of message it is (RuleNature) */
    MODEL_COUNT
} RuleModel;
const Linear *rules_model(const Rules *r, RuleModel model);

typedef enum RuleNature {
    NATURE_URGENT,          /* somebody is at risk */
    NATURE_NOT_A_COMPLAINT, /* an enquiry, thanks, a data request */
    NATURE_ABOUT_US,        /* about this office */
    NATURE_LATE_REASON,     /* of a late complaint: it says why */
    NATURE_BEHALF,          /* somebody writes for somebody else */
    NATURE_AUTHORISED,      /* of such a one: the authority is shown */
    NATURE_COUNT
} RuleNature;
/* The classes of a model, in the words of its file; NULL-terminated. */
const char *const *rule_model_classes(RuleModel model);
const char *rule_model_file(RuleModel model);

unsigned rules_count(const Rules *r);
const Rule *rules_get(const Rules *r, unsigned i);

const char *rule_fact_name(RuleFact fact);
const char *const *rule_fact_values(RuleFact fact); /* NULL-terminated */
enum { RULE_SCOPE_COUNT = 5 };
const char *rule_scope_name(unsigned n); /* of the bit 1 << n */
