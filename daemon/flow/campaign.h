/* campaign.h: many near-identical messages in a day (policy 4a): each is registered,
 * none is decided by rule.
 *
 * A day is any 24 hours. Messages are compared by their sketches (casework/likeness.h: their words,
 * and the letter attached under them) with those that share a band and came within a day, so that
 * the cost of one does not grow with the register. A few words are compared where they open a case,
 * thanks never. What is like a campaign of the last four weeks belongs to it, however few came that
 * day. A case counts once, however often its person writes; letters from one address for twenty-one
 * clients are twenty-one.
 */
#pragma once

#include "daemon/flow/kin.h"

typedef struct Campaign {
    int64_t id;         /* the campaign there is, 0 none */
    GPtrArray *members; /* SketchRow: with this message they become one; NULL where they do not */
    Sketch face;        /* what they have in common */
} Campaign;
void campaign_clear(Campaign *c);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Campaign, campaign_clear)

enum { CAMPAIGN_BANDS = SKETCH_FACES * SKETCH_BANDS };
/* What the message will be found by; returns how many. */
unsigned campaign_bands(const Sketch *s, int64_t bands[CAMPAIGN_BANDS]);

/* Reads only. `case_id`: the case the message belongs to, 0 a new one. */
bool campaign_find(Office *o, const Arrival *a, int64_t case_id, Campaign *out, GError **error);
bool campaign_holds(const Campaign *c);
/* Enters the message; where the campaign begins with it, those before it too: rejections held for
 * them wait for a person, those let go that have not left are called back, and the duty officer is
 * alerted. After kin_register. */
bool campaign_enter(Office *o, const Campaign *c, const Arrival *a, int64_t case_id,
                    GError **error);
/* A person decides instead of the rule. */
void campaign_refer(Judgement *j);
