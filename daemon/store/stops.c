#include "daemon/store/stops.h"
#include "daemon/model/judgement.h"
#include "daemon/store/statement.h"
#include <assert.h>

const char *stop_name(StopKind v)
{
    static const char *const NAME[] = {"death", "withdrawal", "do-not-write"};
    static_assert(G_N_ELEMENTS(NAME) == STOP_COUNT, "one name a value");
    return (unsigned)v < STOP_COUNT ? NAME[v] : NULL;
}

bool stops_place(Db *db, int64_t case_id, int64_t message_id, StopKind kind, const char *address,
                 int64_t now, GError **error)
{
    g_auto(Statement) s = db_statement(db, STOP_PLACE);
    bind_int(s, 1, case_id);
    bind_id(s, 2, message_id);
    bind_text(s, 3, stop_name(kind));
    bind_text(s, 4, address);
    bind_int(s, 5, now);
    return statement_run(db, s, error);
}

static bool lift(Db *db, Statement s, int n, const char *who, int64_t now, bool *lifted,
                 GError **error)
{
    bind_int(s, n, now);
    bind_text(s, n + 1, who);
    bool done = statement_run(db, s, error);
    *lifted = done && sqlite3_changes(db->handle) > 0;
    return done;
}

bool stops_lift(Db *db, int64_t case_id, StopKind kind, const char *who, int64_t now, bool *lifted,
                GError **error)
{
    g_auto(Statement) s = db_statement(db, STOP_LIFT);
    bind_int(s, 1, case_id);
    bind_text(s, 2, stop_name(kind));
    return lift(db, s, 3, who, now, lifted, error);
}

bool stops_lift_address(Db *db, const char *address, const char *who, int64_t now, bool *lifted,
                        GError **error)
{
    g_auto(Statement) s = db_statement(db, STOP_LIFT_ADDRESS);
    bind_text(s, 1, address);
    return lift(db, s, 2, who, now, lifted, error);
}

bool stops_had(Db *db, int64_t case_id, StopKind kind)
{
    g_auto(Statement) s = db_statement(db, STOP_HAD);
    int64_t had = 0;
    bind_int(s, 1, case_id);
    bind_text(s, 2, stop_name(kind));
    return statement_number(db, s, 0, &had, NULL) && had;
}

uint32_t stops_on(Db *db, int64_t case_id, const char *address)
{
    return stops_since(db, case_id, address, INT64_MIN);
}

uint32_t stops_since(Db *db, int64_t case_id, const char *address, int64_t since)
{
    g_auto(Statement) s = db_statement(db, STOPS_ON);
    uint32_t stops = 0;
    StepResult step;
    bind_int(s, 1, case_id);
    bind_text(s, 2, address);
    bind_int(s, 3, since);
    while ((step = statement_step(db, s, NULL)) == STEP_ROW) {
        int kind = column_name(s, 0, NAMES_OF(stop_name), STOP_COUNT, NULL);
        stops |= kind >= 0 ? BIT(kind) : 0;
    }
    return step == STEP_DONE ? stops : BIT(STOP_COUNT) - 1;
}
