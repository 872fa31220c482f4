/* clock.h: the only source of time. UTC; tests move it. */
#pragma once

#include <stdint.h>

int64_t clock_now(void);          /* UTC seconds */
int64_t clock_now_us(void);       /* UTC microseconds */
int64_t clock_monotonic_us(void); /* for durations; counts suspended time (CLOCK_BOOTTIME) */
/* Adds to every later clock_now; for tests and `iecd --test-clock`. */
void clock_set_offset(int64_t seconds);
