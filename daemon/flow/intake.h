/* intake.h: the first commit. Original durable, row received, only then is the source told. */
#pragma once

#include "daemon/flow/office.h"

/* Opens every source of the settings. */
Intake *intake_open(Office *o);
void intake_close(Intake *i);
/* Whether every source has been read to its end since its last trouble and since the start. */
bool intake_heard_all(const Intake *i);
/* One line a source for `iecctl status`: GPtrArray of char*, "name<TAB>words". */
GPtrArray *intake_health(const Intake *i);
