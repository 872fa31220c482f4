#include "daemon/casework/decide_settings.h"

uint32_t decide_reviewed(const Settings *s)
{
    uint32_t reviewed = 0;
    for (char **r = s->casework.reviewed; r && *r; r++) {
        int n = NAME_INDEX(reason_name, REASON_COUNT, *r);
        reviewed |= n >= 0 ? BIT(n) : 0;
    }
    return reviewed;
}

DecideContext decide_context(const Settings *s, const Calendar *calendar, Day received,
                             Day first_contact)
{
    return (DecideContext){
        .calendar = calendar,
        .received = received,
        .first_contact = first_contact,
        .reply_days = s->casework.reply_days,
        .post_days = s->casework.post_days,
        .post_abroad_days = s->casework.post_abroad_days,
        .reviewed_reasons = decide_reviewed(s),
    };
}
