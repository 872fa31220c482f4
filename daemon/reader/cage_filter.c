#include "daemon/reader/cage_filter.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Allowed with any argument. */
static const int allowed[] = {
    /* The message, the socket, and files already open. */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(dup),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    /* Memory. */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    /* Time, chance, oneself. */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo), /* glibc's qsort asks how much memory there is */
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

typedef struct Answered {
    int call;
    int code; /* errno */
} Answered;

/* Not done, but survived: libraries look for files as a matter of course, and there are none. */
static const Answered answered[] = {
    {SCMP_SYS(open), ENOENT},
    {SCMP_SYS(openat), ENOENT},
    {SCMP_SYS(openat2), ENOENT},
    {SCMP_SYS(access), ENOENT},
    {SCMP_SYS(faccessat), ENOENT},
    {SCMP_SYS(faccessat2), ENOENT},
    {SCMP_SYS(stat), ENOENT},
    {SCMP_SYS(lstat), ENOENT},
    {SCMP_SYS(statx), ENOENT},
    {SCMP_SYS(statfs), ENOENT},
    {SCMP_SYS(readlink), ENOENT},
    {SCMP_SYS(readlinkat), ENOENT},
    {SCMP_SYS(getcwd), ENOENT},
    {SCMP_SYS(ioctl), ENOTTY},
    {SCMP_SYS(prctl), EPERM},
    /* abort() goes on to a fault of its own when this is refused; allowed, it would let a child
     * signal every process of its user. */
    {SCMP_SYS(tgkill), EPERM},
};

/* One argument decides: (argument & mask) == value. */
typedef struct Decided {
    int call;
    unsigned argument;
    uint64_t mask, value;
    int code; /* 0 allowed, else errno */
} Decided;

#define WHOLE UINT64_MAX
static const Decided decided[] = {
    {SCMP_SYS(fcntl), 1, WHOLE, F_GETFL, 0},
    {SCMP_SYS(fcntl), 1, WHOLE, F_GETFD, 0},
    {SCMP_SYS(fcntl), 1, WHOLE, F_SETFD, 0},
    {SCMP_SYS(fcntl), 1, WHOLE, F_DUPFD, 0},
    {SCMP_SYS(fcntl), 1, WHOLE, F_DUPFD_CLOEXEC, 0},
    /* glibc's fstat is this call with an empty path; nothing can be opened from here, so a child
     * that lies about the flag could learn whether a file exists and no more. */
    {SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH, AT_EMPTY_PATH, 0},
    {SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH, 0, ENOENT},
    /* Memory that can be run is refused, not fatal: GRegex asks for it (PCRE2's compiler) and goes
     * on with its interpreter. */
    {SCMP_SYS(mmap), 2, PROT_EXEC, 0, 0},
    {SCMP_SYS(mmap), 2, PROT_EXEC, PROT_EXEC, EACCES},
    {SCMP_SYS(mmap2), 2, PROT_EXEC, 0, 0},
    {SCMP_SYS(mmap2), 2, PROT_EXEC, PROT_EXEC, EACCES},
    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0, 0},
    {SCMP_SYS(mprotect), 2, PROT_EXEC, PROT_EXEC, EACCES},
    /* Its own limits (0: oneself), which can only be lowered below what the parent set. */
    {SCMP_SYS(prlimit64), 0, WHOLE, 0, 0},
};

static bool fail(GError **error, const char *what, int code)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "seccomp filter: %s: %s", what,
                g_strerror(code));
    return false;
}

static bool added(int code, int call, GError **error)
{
    if (code >= 0)
        return true;
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
    fail(error, name ? name : "system call", -code);
    free(name);
    return false;
}

static bool add_rules(scmp_filter_ctx filter, GError **error)
{
    for (size_t k = 0; k < G_N_ELEMENTS(allowed); k++) {
        if (!added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[k], 0), allowed[k], error))
            return false;
    }
    for (size_t k = 0; k < G_N_ELEMENTS(answered); k++) {
        const Answered *a = &answered[k];
        uint32_t action = SCMP_ACT_ERRNO((unsigned)a->code);
        if (!added(seccomp_rule_add(filter, action, a->call, 0), a->call, error))
            return false;
    }
    for (size_t k = 0; k < G_N_ELEMENTS(decided); k++) {
        const Decided *d = &decided[k];
        uint32_t action = d->code ? SCMP_ACT_ERRNO((unsigned)d->code) : SCMP_ACT_ALLOW;
        struct scmp_arg_cmp when = {d->argument, SCMP_CMP_MASKED_EQ, d->mask, d->value};
        if (!added(seccomp_rule_add_array(filter, action, d->call, 1, &when), d->call, error))
            return false;
    }
    return true;
}

/* libseccomp 2.5 exports to a descriptor only. */
static bool export(scmp_filter_ctx filter, struct sock_fprog *program, GError **error)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return fail(error, "memfd", errno);
    int code = seccomp_export_bpf(filter, fd);
    off_t size = code == 0 ? lseek(fd, 0, SEEK_END) : -1;
    g_autofree struct sock_filter *code_words = size > 0 ? g_malloc((size_t)size) : NULL;
    bool whole = size > 0 && pread(fd, code_words, (size_t)size, 0) == size;
    close(fd);
    if (!whole)
        return fail(error, "export", code ? -code : EIO);
    program->len = (unsigned short)((size_t)size / sizeof(struct sock_filter));
    program->filter = g_steal_pointer(&code_words);
    return true;
}

bool cage_filter_build(struct sock_fprog *program, GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter) /* libseccomp tries the calls it needs */
        return fail(error, "not allowed to this process, or no memory", EPERM);
    seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree: half the cost of a list */
    bool done = add_rules(filter, error) && export(filter, program, error);
    seccomp_release(filter);
    return done;
}
