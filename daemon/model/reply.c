#include "daemon/model/reply.h"
#include <assert.h>

const char *reply_name(ReplyKind v)
{
    static const char *const NAME[] = {
        "acknowledgement",
        "urgent",
        "receipt",
        "question",
        "rejection",
        "acceptance",
        "holding",
        "notice",
        "closed",
        "reminder",
        "look-again-receipt",
        "closed-no-reply",
        "closed-withdrawn",
        "closed-outside",
        "resolved",
        "settled",
        "investigation",
        "report",
    };
    static_assert(G_N_ELEMENTS(NAME) == REPLY_COUNT, "one name a value");
    return (unsigned)v < REPLY_COUNT ? NAME[v] : NULL;
}

bool reply_is_answer(ReplyKind v)
{
    static const uint32_t NONE = 1u << REPLY_ACKNOWLEDGEMENT | 1u << REPLY_URGENT |
                                 1u << REPLY_RECEIPT | 1u << REPLY_HOLDING | 1u << REPLY_NOTICE |
                                 1u << REPLY_REMINDER | 1u << REPLY_LOOK_AGAIN;
    return (unsigned)v < REPLY_COUNT && !(NONE & 1u << v);
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
