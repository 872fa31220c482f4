/* facts_nature.h: what sort of message it is as a whole, as a learned model weighs it. Private to
 * extract.c and facts_*.c, and to the training of its model.
 *
 * Which rules hit, what the sentences do and the shape of the mail are the features of
 * config/nature.model. Each figure of Reading.nature is a log-odds; who uses it says from which on.
 */
#pragma once

#include "daemon/casework/facts_reading.h"
#include "daemon/casework/features.h"

/* Fills Reading.nature. After the passages are scanned. */
void facts_nature(Reading *r);
/* True where it may only ask something or give thanks: then no bar covers it, nor does a complaint
 * go unanswered. */
bool is_perhaps_enquiry(const Reading *r);
/* In the words of the model's file. g_strfreev. */
char **nature_features(const Reading *r);
