#include "daemon/model/case.h"
#include <string.h>

/* The header's list, said a second time. */
static const char MOVES[] =
    "received>asked received>referred received>awaiting-release received>accepted "
    "asked>asked asked>referred asked>awaiting-release asked>accepted asked>closed "
    "referred>asked referred>awaiting-release referred>accepted referred>rejected "
    "referred>closed referred>referred "
    "awaiting-release>rejected awaiting-release>referred awaiting-release>asked "
    "awaiting-release>awaiting-release awaiting-release>accepted awaiting-release>closed "
    "rejected>referred accepted>referred accepted>closed closed>referred ";

static void test_moves(void)
{
    unsigned allowed = 0;
    for (int from = 0; from < CASE_STATE_COUNT; from++)
        for (int to = 0; to < CASE_STATE_COUNT; to++) {
            g_autofree char *move =
                g_strdup_printf(" %s>%s ", case_state_name(from), case_state_name(to));
            g_autofree char *all = g_strconcat(" ", MOVES, NULL);
            bool listed = strstr(all, move) != NULL;
            if (case_may_move(from, to) != listed)
                g_error("%s: %s", move, listed ? "refused" : "allowed");
            allowed += listed;
        }
    g_assert_cmpuint(allowed, ==, 25);
    g_assert_false(case_may_move(CASE_STATE_COUNT, CASE_ASKED));
    g_assert_false(case_may_move(CASE_RECEIVED, CASE_STATE_COUNT));
    g_assert_null(case_state_name(CASE_STATE_COUNT));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/case/moves", test_moves);
    return g_test_run();
}
