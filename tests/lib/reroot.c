/* reroot.c: preloaded into the unpacked test servers, which have paths and user names compiled in.
 *
 * REROOT holds pairs "from=to", parted by ':'. A path that starts with "from" (a whole component)
 * is taken as "to" plus the rest. REUSER holds pairs of user names likewise: a server that looks
 * up a user of its own, whom no test may create, is given one that every Debian system has.
 * For tests only: it is not thread-safe, and a path cut at PATH_MAX fails as it should. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

/* The next function of this name, with the type of the one here. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The value of `key` in the pairs of `variable`, and the key's length; NULL where it has none. */
static const char *pair(const char *variable, const char *key, int whole, size_t *keylen,
                        size_t *length)
{
    const char *at = getenv(variable);
    while (at != NULL && *at != '\0') {
        size_t all = strcspn(at, ":");
        size_t from = strcspn(at, "=");
        char next = from < all && strncmp(at, key, from) == 0 ? key[from] : 'x';
        if (next == '\0' || (next == '/' && !whole)) {
            *keylen = from;
            *length = all - from - 1;
            return at + from + 1;
        }
        at += all + (at[all] == ':');
    }
    return NULL;
}

static const char *reroot(const char *path, char buffer[PATH_MAX])
{
    size_t keylen, length;
    const char *to = path == NULL ? NULL : pair("REROOT", path, 0, &keylen, &length);
    if (to == NULL) {
        return path;
    }
    snprintf(buffer, PATH_MAX, "%.*s%s", (int)length, to, path + keylen);
    return buffer;
}

#define PATH_CALL(type, name, params, ...)                                                         \
    type name params;                                                                              \
    type name params                                                                               \
    {                                                                                              \
        char buffer[PATH_MAX];                                                                     \
        return NEXT(name)(__VA_ARGS__);                                                            \
    }
#define R(path) reroot(path, buffer)

PATH_CALL(DIR *, opendir, (const char *path), R(path))
PATH_CALL(int, execv, (const char *path, char *const argv[]), R(path), argv)
PATH_CALL(int, execvp, (const char *path, char *const argv[]), R(path), argv)
PATH_CALL(int, execve, (const char *path, char *const argv[], char *const env[]), R(path), argv,
          env)
PATH_CALL(FILE *, fopen, (const char *path, const char *mode), R(path), mode)
PATH_CALL(FILE *, fopen64, (const char *path, const char *mode), R(path), mode)
PATH_CALL(int, access, (const char *path, int mode), R(path), mode)
PATH_CALL(int, stat, (const char *path, struct stat *st), R(path), st)
PATH_CALL(int, stat64, (const char *path, struct stat64 *st), R(path), st)
PATH_CALL(int, lstat, (const char *path, struct stat *st), R(path), st)
PATH_CALL(int, lstat64, (const char *path, struct stat64 *st), R(path), st)
PATH_CALL(int, mkdir, (const char *path, mode_t mode), R(path), mode)
PATH_CALL(int, chmod, (const char *path, mode_t mode), R(path), mode)
PATH_CALL(int, chown, (const char *path, uid_t uid, gid_t gid), R(path), uid, gid)
PATH_CALL(int, chroot, (const char *path), R(path))
PATH_CALL(int, chdir, (const char *path), R(path))
PATH_CALL(int, unlink, (const char *path), R(path))
PATH_CALL(int, rmdir, (const char *path), R(path))
PATH_CALL(void *, dlopen, (const char *path, int flags), R(path), flags)
PATH_CALL(int, __open_2, (const char *path, int flags), R(path), flags)
PATH_CALL(int, __open64_2, (const char *path, int flags), R(path), flags)

static mode_t mode_of(int flags, va_list rest)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    char buffer[PATH_MAX];
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return NEXT(open)(R(path), flags, mode);
}

int open64(const char *path, int flags, ...)
{
    char buffer[PATH_MAX];
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return NEXT(open64)(R(path), flags, mode);
}

/* Where two paths are asked for each has its own buffer. */
int rename(const char *from, const char *to)
{
    char one[PATH_MAX], two[PATH_MAX];
    return NEXT(rename)(reroot(from, one), reroot(to, two));
}

int link(const char *from, const char *to)
{
    char one[PATH_MAX], two[PATH_MAX];
    return NEXT(link)(reroot(from, one), reroot(to, two));
}

/* A socket's path, taken elsewhere; false where it stays as it is. */
static int readdress(const struct sockaddr *given, struct sockaddr_un *un)
{
    char buffer[PATH_MAX];
    const char *from = ((const struct sockaddr_un *)given)->sun_path;
    if (given->sa_family != AF_UNIX || reroot(from, buffer) == from) {
        return 0;
    }
    un->sun_family = AF_UNIX;
    snprintf(un->sun_path, sizeof un->sun_path, "%.*s", (int)sizeof un->sun_path - 1, buffer);
    return 1;
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_un un;
    return readdress(address, &un) ? NEXT(bind)(fd, (struct sockaddr *)&un, sizeof un)
                                   : NEXT(bind)(fd, address, length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_un un;
    return readdress(address, &un) ? NEXT(connect)(fd, (struct sockaddr *)&un, sizeof un)
                                   : NEXT(connect)(fd, address, length);
}

static const char *reuser(const char *name, char buffer[64])
{
    size_t keylen, length;
    const char *to = name == NULL ? NULL : pair("REUSER", name, 1, &keylen, &length);
    if (to == NULL) {
        return name;
    }
    snprintf(buffer, 64, "%.*s", (int)length, to);
    return buffer;
}

struct passwd *getpwnam(const char *name)
{
    char buffer[64];
    return NEXT(getpwnam)(reuser(name, buffer));
}

struct group *getgrnam(const char *name)
{
    char buffer[64];
    return NEXT(getgrnam)(reuser(name, buffer));
}

/* What goes to syslog goes to the file SYSLOG_FILE instead: a test reads it, and the machine's own
 * log is left alone. */
void vsyslog(int priority, const char *format, va_list values)
{
    const char *path = getenv("SYSLOG_FILE");
    char line[2048];
    int had = errno;
    int fd = path == NULL || (priority & 7) == LOG_DEBUG
                 ? -1
                 : NEXT(open)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0) {
        int used = snprintf(line, sizeof line, "%s[%d] <%d> ", program_invocation_short_name,
                            (int)getpid(), priority & 7);
        errno = had; /* for %m */
        int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, values);
        size_t length = strnlen(line, sizeof line - 2);
        line[length] = '\n';
        if (more < 0 || write(fd, line, length + 1) < 0) {
            had = errno;
        }
        close(fd);
    }
    errno = had;
}

void syslog(int priority, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsyslog(priority, format, values);
    va_end(values);
}

/* What syslog becomes where a program was built with _FORTIFY_SOURCE. */
void __syslog_chk(int priority, int flag, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list values;
    (void)flag;
    va_start(values, format);
    vsyslog(priority, format, values);
    va_end(values);
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list values);
void __vsyslog_chk(int priority, int flag, const char *format, va_list values)
{
    (void)flag;
    vsyslog(priority, format, values);
}
