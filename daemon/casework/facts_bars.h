/* facts_bars.h: the features of the bars' model, for its training. Private to extract.c. */
#pragma once

#include "daemon/casework/facts_reading.h"
#include "daemon/casework/features.h"

unsigned bars_count(void);
Reason bar_reason(unsigned bar);
/* In the words of the model's file. g_strfreev. */
char **bar_features(const Reading *r, unsigned bar);
