/* stops.h: what keeps replies back until a person lifts it (policy 4b).
 *
 * A death and a withdrawal stop one case, as does "do not write to this address" by form or letter;
 * by mail from there it stops the address, in every case. Writing functions run inside the
 * caller's transaction.
 */
#pragma once

#include "daemon/store/db.h"

typedef enum StopKind {
    STOP_DEATH,        /* no template goes, not even one a person chose */
    STOP_WITHDRAWAL,   /* no automatic reply goes but for urgent help; what a person decides does */
    STOP_DO_NOT_WRITE, /* nothing at all goes to the address */
    STOP_COUNT
} StopKind;
const char *stop_name(StopKind v); /* "do-not-write" */

/* `address` is "" but for a STOP_DO_NOT_WRITE that was mailed from there. Placing it twice changes
 * nothing. */
bool stops_place(Db *db, int64_t case_id, int64_t message_id, StopKind kind, const char *address,
                 int64_t now, GError **error);
/* Lifts that of the case, or what any case placed on the address; *lifted: there was one. */
bool stops_lift(Db *db, int64_t case_id, StopKind kind, const char *who, int64_t now, bool *lifted,
                GError **error);
bool stops_lift_address(Db *db, const char *address, const char *who, int64_t now, bool *lifted,
                        GError **error);
/* Whether the case ever had one, lifted or not. */
bool stops_had(Db *db, int64_t case_id, StopKind kind);
/* Bits of StopKind that bear on mail of this case to this address. A register that cannot say
 * stops everything: silence can be mended by a person. */
uint32_t stops_on(Db *db, int64_t case_id, const char *address);
/* Those of them placed at `since` or later. */
uint32_t stops_since(Db *db, int64_t case_id, const char *address, int64_t since);
