#include "daemon/model/reply.h"

static void test_names(void)
{
    for (int n = 0; n < REPLY_COUNT; n++)
        g_assert_cmpint(NAME_INDEX(reply_name, REPLY_COUNT, reply_name(n)), ==, n);
    g_assert_cmpstr(reply_name(REPLY_CLOSED), ==, "closed");
    g_assert_cmpstr(reply_name(REPLY_NOTICE), ==, "notice");
    g_assert_null(reply_name(REPLY_COUNT));
    g_assert_true(reply_is_answer(REPLY_QUESTION) && reply_is_answer(REPLY_REPORT));
    g_assert_false(reply_is_answer(REPLY_REMINDER) || reply_is_answer(REPLY_ACKNOWLEDGEMENT));
    g_assert_false(reply_is_answer(REPLY_COUNT));
}

static void test_free(void)
{
    reply_free(NULL);
    g_autoptr(Reply) half = g_new0(Reply, 1);
    half->subject = g_strdup("x");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reply/names", test_names);
    g_test_add_func("/reply/free", test_free);
    return g_test_run();
}
