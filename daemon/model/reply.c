#include "daemon/model/reply.h"
#include <assert.h>

const char *reply_name(ReplyKind v)
{
    static const char *const NAME[] = {
        "acknowledgement", "urgent",  "receipt", "question", "rejection",
        "acceptance",      "holding", "notice",  "closed",
    };
    static_assert(G_N_ELEMENTS(NAME) == REPLY_COUNT, "one name a value");
    return (unsigned)v < REPLY_COUNT ? NAME[v] : NULL;
}

void reply_free(Reply *r)
{
    if (!r)
        return;
    g_free(r->subject);
    g_free(r->text);
    g_free(r->html);
    g_free(r->language);
    g_free(r);
}
