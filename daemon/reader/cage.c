#include "daemon/reader/cage.h"
#include "daemon/reader/cage_filter.h"
#include <errno.h>
#include <gio/gio.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DESCRIPTORS_MOST 16
#define STACK_MOST       (8u << 20)

struct Cage {
    CageLimits limits;
    struct sock_fprog program;
    int landlock; /* ruleset without a rule, -1 none */
    uint64_t address_space;
    char *description;
};

static bool fail(GError **error, const char *what)
{
    int code = errno;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", what, g_strerror(code));
    return false;
}

/* linux/landlock.h of Debian 12 knows two of the versions there are by now; the kernel takes a
 * longer structure and these bits from that version on. */
typedef struct LandlockRuleset {
    uint64_t files;
    uint64_t network; /* from version 4 */
    uint64_t scoped;  /* from version 6: abstract sockets, signals */
} LandlockRuleset;

static uint64_t lowest_bits(unsigned n)
{
    return (UINT64_C(1) << n) - 1;
}

/* Everything that version can forbid is handled, and no rule allows any of it. */
static LandlockRuleset ruleset_of(long version, size_t *size)
{
    unsigned files = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    LandlockRuleset r = {
        .files = lowest_bits(files),
        .network = version >= 4 ? lowest_bits(2) : 0,
        .scoped = version >= 6 ? lowest_bits(2) : 0,
    };
    *size = version >= 6 ? sizeof r : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    return r;
}

static bool prepare_landlock(Cage *c, GError **error)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);
    if (version < 1) { /* not in this kernel, or switched off */
        c->description = g_strdup("seccomp, no landlock");
        return true;
    }
    size_t size;
    LandlockRuleset ruleset = ruleset_of(version, &size);
    c->landlock = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0u);
    if (c->landlock < 0)
        return fail(error, "landlock ruleset");
    c->description = g_strdup_printf("seccomp, landlock %ld", version);
    return true;
}

static bool measure(Cage *c, GError **error)
{
    g_autofree char *statm = NULL;
    if (!g_file_get_contents("/proc/self/statm", &statm, NULL, error))
        return false;
    uint64_t pages = g_ascii_strtoull(statm, NULL, 10);
    c->address_space = pages * (uint64_t)sysconf(_SC_PAGESIZE) + c->limits.memory;
    return true;
}

Cage *cage_prepare(const CageLimits *limits, GError **error)
{
    g_autoptr(Cage) c = g_new0(Cage, 1);
    c->limits = *limits;
    c->landlock = -1;
    if (!cage_filter_build(&c->program, error) || !prepare_landlock(c, error) || !measure(c, error))
        return NULL;
    return g_steal_pointer(&c);
}

void cage_free(Cage *c)
{
    if (!c)
        return;
    if (c->landlock >= 0)
        close(c->landlock);
    g_free(c->program.filter);
    g_free(c->description);
    g_free(c);
}

const char *cage_description(const Cage *c)
{
    return c->description;
}

/* The three that are open already are /dev/null (the parent's standard error is for the parent: a
 * library's warning could hold a complainant's words). */
static bool keep_only(int socket, GError **error)
{
#ifndef IECD_SANITIZED /* which reports there */
    if (dup2(0, 2) < 0)
        return fail(error, "standard error");
#endif
    if (dup2(0, 1) < 0 || (socket != CAGE_SOCKET && dup2(socket, CAGE_SOCKET) < 0))
        return fail(error, "socket");
    if (close_range(CAGE_SOCKET + 1, ~0u, 0) < 0)
        return fail(error, "closing descriptors");
    return true;
}

static uint64_t cpu_used_s(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec + 1;
}

static bool set_limits(const Cage *c, GError **error)
{
    uint64_t cpu = cpu_used_s() + (uint64_t)c->limits.cpu_s * c->limits.messages;
    const struct {
        int resource;
        uint64_t most;
    } table[] = {
#ifndef IECD_SANITIZED /* whose shadow memory is terabytes of address space */
        {RLIMIT_AS, c->address_space},
#endif
        {RLIMIT_CPU, cpu},
        {RLIMIT_STACK, STACK_MOST},
        {RLIMIT_NOFILE, DESCRIPTORS_MOST},
        {RLIMIT_FSIZE, 0},
        {RLIMIT_NPROC, 0},
        {RLIMIT_CORE, 0},
        {RLIMIT_MEMLOCK, 0},
        {RLIMIT_MSGQUEUE, 0},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(table); k++) {
        struct rlimit now;
        if (getrlimit((__rlimit_resource_t)table[k].resource, &now) < 0)
            return fail(error, "reading a limit");
        now.rlim_max = MIN(now.rlim_max, table[k].most);
        now.rlim_cur = MIN(now.rlim_cur, now.rlim_max);
        if (setrlimit((__rlimit_resource_t)table[k].resource, &now) < 0)
            return fail(error, "setting a limit");
    }
    return true;
}

/* A parent that was gone before the signal was asked for sends none. */
static bool die_with(pid_t parent, GError **error)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return fail(error, "parent death signal");
    if (getppid() != parent)
        kill(getpid(), SIGKILL);
    return true;
}

/* iecd runs without any, and its unit forbids capset; a test or a newcomer's demonstration may run
 * as root. */
static bool drop_capabilities(GError **error)
{
    struct __user_cap_header_struct who = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &who, held) < 0)
        return fail(error, "asking for capabilities");
    bool none = true;
    for (size_t k = 0; k < G_N_ELEMENTS(held); k++)
        none = none && !(held[k].effective | held[k].permitted | held[k].inheritable);
    if (none)
        return true;
    memset(held, 0, sizeof held);
    return syscall(SYS_capset, &who, held) == 0 || fail(error, "dropping capabilities");
}

bool cage_enter(const Cage *c, int socket, pid_t parent, GError **error)
{
    if (!die_with(parent, error))
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
        return fail(error, "giving up privileges");
    if (c->landlock >= 0 && syscall(SYS_landlock_restrict_self, c->landlock, 0u) < 0)
        return fail(error, "landlock");
    if (!keep_only(socket, error) || !set_limits(c, error) || !drop_capabilities(error))
        return false;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &c->program) < 0)
        return fail(error, "seccomp");
    return true;
}

bool cage_next_message(const Cage *c)
{
    struct rlimit now;
    if (getrlimit(RLIMIT_CPU, &now) < 0)
        return false;
    now.rlim_cur = MIN(now.rlim_max, cpu_used_s() + c->limits.cpu_s);
    return setrlimit(RLIMIT_CPU, &now) == 0;
}
