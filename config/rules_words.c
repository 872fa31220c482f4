/* The vocabulary of the rule files. A unit test of daemon/casework holds these values against the
 * enumerations of daemon/model/judgement.h, which this floor may not see. */
#include "config/acts.h"
#include "config/rules_parts.h"
#include <assert.h>

#define REASONS                                                                                    \
    "appealable-decision", "policy-or-legislation", "ombudsman", "employment", "court",            \
        "windrush-compensation", "psu-misconduct", "data-protection", "not-in-remit"

typedef const char *const Values[];

static const struct {
    const char *name;
    const char *const *values;
} FACTS[] = {
    [RULE_KIND] = {"kind", (Values){"auto-reply", "bounce", "bulk", NULL}},
    [RULE_AREA] = {"area", (Values){"ukvi", "immigration-enforcement", "border-force",
                                    "detention-escorting", "hm-passport-office",
                                    "other-home-office", "other-body", NULL}},
    [RULE_WRONG] = {"wrong",
                    (Values){"delay", "error", "poor-service", "poor-information", "procedure",
                             "staff-conduct", "lost-documents", "complaint-handling", NULL}},
    [RULE_RESPONSE] = {"response", (Values){"given", "none", "not-final", "complained", "earlier",
                                            "enclosed", NULL}},
    [RULE_CARRIAGE] = {"carriage", (Values){"email", "post", "post-abroad", NULL}},
    [RULE_SIGNPOST] = {"signpost", (Values){"iec", "other", NULL}},
    [RULE_DATED] = {"dated", (Values){"date", "received", NULL}},
    [RULE_LATE_REASON] = {"late-reason", (Values){"yes", NULL}},
    [RULE_FLAG] = {"flag",
                   (Values){"urgent", "serious-misconduct", "vulnerable", "media", "mp", NULL}},
    [RULE_REVIEWED] = {"reviewed", (Values){"unread", "death", "child", "capacity",
                                            "family-dispute", "detained", NULL}},
    [RULE_HEED] = {"heed", (Values){"threat", "death", "do-not-write", "new-address", NULL}},
    [RULE_REFER] = {"refer", (Values){"not-a-complaint", "about-this-office", "passed-on",
                                      "withdrawal", NULL}},
    [RULE_BAR] = {"bar", (Values){REASONS, NULL}},
    [RULE_BAR_CLEAR] = {"bar-clear", (Values){REASONS, NULL}},
    [RULE_BAR_PERHAPS] = {"bar-perhaps", (Values){REASONS, NULL}},
    [RULE_BAR_NAMED] = {"bar-named", (Values){REASONS, NULL}},
    [RULE_UNSURE] = {"unsure", (Values){"yes", NULL}},
    [RULE_SEVERAL] = {"several", (Values){"yes", NULL}},
    [RULE_NEGATIVE] = {"negative", (Values){"yes", NULL}},
    [RULE_WHOLE] = {"whole", (Values){REASONS, "any", NULL}},
    [RULE_WANTS] = {"wants", (Values){"another-decision", NULL}},
    [RULE_REPRESENTATIVE] = {"representative",
                             (Values){"legal", "relative", "sponsor", "support", "mp", NULL}},
    [RULE_AUTHORITY] = {"authority", (Values){"yes", "no", NULL}},
    [RULE_CHILD] = {"child", (Values){"yes", NULL}},
    [RULE_NAME] = {"name", (Values){"complainant", "representative", NULL}},
    [RULE_PAPER] = {"paper", (Values){"final", "acknowledgement", "interim", "authority", "letter",
                                      "complaint", "mp", NULL}},
    [RULE_THANKS] = {"thanks", (Values){"yes", NULL}},
    [RULE_MORE] = {"more", (Values){"yes", NULL}},
    [RULE_COMPLAINT] = {"complaint", (Values){"yes", NULL}},
    [RULE_CONTINUES] = {"continues", (Values){"yes", NULL}},
};
static_assert(G_N_ELEMENTS(FACTS) == RULE_FACT_COUNT, "one entry a fact");

const char *rule_fact_name(RuleFact fact)
{
    return (unsigned)fact < RULE_FACT_COUNT ? FACTS[fact].name : NULL;
}

const char *const *rule_fact_values(RuleFact fact)
{
    return (unsigned)fact < RULE_FACT_COUNT ? FACTS[fact].values : NULL;
}

const char *rule_model_file(RuleModel model)
{
    static const char *const FILES[] = {
        [MODEL_ACTS] = "acts.model",     [MODEL_DATES] = "dates.model",
        [MODEL_STATUS] = "status.model", [MODEL_BARS] = "bars.model",
        [MODEL_NATURE] = "nature.model",
    };
    static_assert(G_N_ELEMENTS(FILES) == MODEL_COUNT, "one entry a model");
    return FILES[model];
}

const char *const *rule_model_classes(RuleModel model)
{
    static const char *const DATES[] = {"date", "received", NULL};
    static const char *const STATUS[] = {"given", "none", NULL};
    static const char *const BARS[] = {"whole", "possible", NULL};
    static const char *const NATURE[] = {"urgent",      "not-a-complaint", "about-this-office",
                                         "late-reason", "behalf",          "authorised",
                                         NULL};
    static_assert(G_N_ELEMENTS(NATURE) == NATURE_COUNT + 1, "one entry a class");
    switch (model) {
    case MODEL_ACTS:
        return act_names();
    case MODEL_DATES:
        return DATES;
    case MODEL_STATUS:
        return STATUS;
    case MODEL_BARS:
        return BARS;
    case MODEL_NATURE:
        return NATURE;
    case MODEL_COUNT:
        break;
    }
    return NULL;
}

const char *rule_scope_name(unsigned n)
{
    static const char *const NAMES[RULE_SCOPE_COUNT] = {"subject", "writer", "signature", "papers",
                                                        "letter"};
    return n < RULE_SCOPE_COUNT ? NAMES[n] : NULL;
}
