#include "daemon/base/clock.h"
#include <time.h>

static int64_t offset_s; /* one clock a process; see clock_set_offset */

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    return read_us(CLOCK_REALTIME) + offset_s * 1000000;
}

int64_t clock_now(void)
{
    return clock_now_us() / 1000000;
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_BOOTTIME);
}

void clock_set_offset(int64_t seconds)
{
    offset_s = seconds;
}
