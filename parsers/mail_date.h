/* mail_date.h: dates as mail programs write them, in header fields and above quoted mail. */
#pragma once

#include <stdint.h>

/* UTC seconds of the first date and time in `text`: RFC 5322 with all its obsolete forms, "Monday,
 * 4 May 2026 10:22 AM", "May 4, 2026 at 10:22:05 GMT+1", "2026-05-04 10:22", "04/05/2026 10:22"
 * (day first). Without a zone, UTC. 0 where there is none, or its year is not in 1970 to 2200. */
int64_t mail_date_parse(const char *text);
