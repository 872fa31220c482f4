/* backoff.h: growing pauses with jitter between tries. */
#pragma once

#include <stdint.h>

typedef struct Backoff {
    unsigned tries;
    unsigned first_s, most_s;
} Backoff;
/* Seconds to wait before the next try (doubling, +-25 %), and counts the try. Never above most_s.
 */
unsigned backoff_next(Backoff *b);
void backoff_reset(Backoff *b);
