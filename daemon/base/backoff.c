#include "daemon/base/backoff.h"
#include <glib.h>

unsigned backoff_next(Backoff *b)
{
    uint64_t pause = b->first_s;
    for (unsigned n = 0; n < b->tries && pause > 0 && pause < b->most_s; n++)
        pause *= 2;
    if (b->tries < UINT_MAX)
        b->tries++;
    /* Jitter keeps several mailboxes from knocking at a server that came back all at once. */
    double jittered = (double)MIN(pause, b->most_s) * g_random_double_range(0.75, 1.25);
    return (unsigned)MIN(jittered + 0.5, (double)b->most_s);
}

void backoff_reset(Backoff *b)
{
    b->tries = 0;
}
