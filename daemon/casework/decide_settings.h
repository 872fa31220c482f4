/* decide_settings.h: what the office's settings say to decide.h. */
#pragma once

#include "config/settings.h"
#include "daemon/casework/decide.h"

/* Reason bits of casework.reviewed. */
uint32_t decide_reviewed(const Settings *s);
/* `calendar` is borrowed; days as in DecideContext. */
DecideContext decide_context(const Settings *s, const Calendar *calendar, Day received,
                             Day first_contact);
