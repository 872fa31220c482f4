#include "daemon/model/case.h"
#include <assert.h>
#include <stdint.h>

#define MOVE(s) (1u << CASE_##s)

/* The list in the header, row by row. */
static const uint32_t MOVES[CASE_STATE_COUNT] = {
    [CASE_RECEIVED] = MOVE(ASKED) | MOVE(REFERRED) | MOVE(AWAITING_RELEASE) | MOVE(ACCEPTED),
    [CASE_ASKED] =
        MOVE(ASKED) | MOVE(REFERRED) | MOVE(AWAITING_RELEASE) | MOVE(ACCEPTED) | MOVE(CLOSED),
    [CASE_REFERRED] = MOVE(ASKED) | MOVE(AWAITING_RELEASE) | MOVE(ACCEPTED) | MOVE(REJECTED) |
                      MOVE(CLOSED) | MOVE(REFERRED),
    [CASE_AWAITING_RELEASE] = MOVE(REJECTED) | MOVE(REFERRED) | MOVE(ASKED) |
                              MOVE(AWAITING_RELEASE) | MOVE(ACCEPTED) | MOVE(CLOSED),
    [CASE_REJECTED] = MOVE(REFERRED),
    [CASE_ACCEPTED] = MOVE(REFERRED) | MOVE(CLOSED),
    [CASE_CLOSED] = MOVE(REFERRED),
};

const char *case_state_name(CaseState s)
{
    static const char *const NAME[] = {
        "received", "asked", "referred", "awaiting-release", "accepted", "rejected", "closed",
    };
    static_assert(G_N_ELEMENTS(NAME) == CASE_STATE_COUNT, "one name a state");
    return (unsigned)s < CASE_STATE_COUNT ? NAME[s] : NULL;
}

bool case_may_move(CaseState from, CaseState to)
{
    if ((unsigned)from >= CASE_STATE_COUNT || (unsigned)to >= CASE_STATE_COUNT)
        return false;
    return MOVES[from] & (1u << to);
}
