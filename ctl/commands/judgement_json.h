/* judgement_json.h: a judgement as policy section 7 prints it, and for people. */
#pragma once

#include "ctl/commands/command.h"
#include "daemon/model/facts.h"

JsonObject *judgement_json(const char *file, const Facts *facts, const Judgement *j,
                           int64_t received_at);
void judgement_print(const char *file, const Facts *facts, const Judgement *j, int64_t received_at);
/* The same without the file's name and the findings. */
void judgement_words_print(const Facts *facts, const Judgement *j, int64_t received_at);
/* The findings alone: rule, fact, value and the words. */
JsonArray *findings_json(const Facts *facts);
void findings_print(const Facts *facts);
