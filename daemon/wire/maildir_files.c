#include "daemon/wire/maildir_files.h"
#include "daemon/wire/stream.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_MOST (64u << 10)

static void set_error(GError **error, const char *path, const char *what)
{
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_FAILED, "%s: %s", path, what);
}

MaildirEntry *maildir_entry_new(bool in_cur, const char *file)
{
    MaildirEntry *e = g_new0(MaildirEntry, 1);
    g_autofree char *base = g_strndup(file, strcspn(file, ":"));
    e->in_cur = in_cur;
    e->file = g_strdup(file);
    /* A file name may be any bytes; the register holds text. */
    e->key = g_uri_escape_string(base, "!$&'()*+,;=@", FALSE);
    return e;
}

void maildir_entry_free(MaildirEntry *e)
{
    if (!e)
        return;
    g_free(e->file);
    g_free(e->key);
    g_free(e);
}

static char *path_of(const char *path, const MaildirEntry *e)
{
    return g_build_filename(path, e->in_cur ? "cur" : "new", e->file, NULL);
}

static int by_name(const void *a, const void *b)
{
    const MaildirEntry *const *x = a, *const *y = b;
    return strcmp((*x)->file, (*y)->file);
}

bool maildir_list(const char *path, bool in_cur, GPtrArray *into, GError **error)
{
    g_autofree char *folder = g_build_filename(path, in_cur ? "cur" : "new", NULL);
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &why);
    if (!dir) {
        set_error(error, folder, why->message);
        return false;
    }
    for (const char *name; (name = g_dir_read_name(dir));)
        if (name[0] != '.')
            g_ptr_array_add(into, maildir_entry_new(in_cur, name));
    g_ptr_array_sort(into, by_name);
    return true;
}

/* Reads until the end or `most` bytes; -1 with errno. */
static ssize_t read_most(int fd, char *into, size_t most)
{
    size_t have = 0;
    while (have < most) {
        ssize_t n = read(fd, into + have, most - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

/* Bytes up to and with the empty line; all of them where there is none. */
static size_t header_length(const char *bytes, size_t length)
{
    for (const char *p = bytes; (p = memchr(p, '\n', length - (size_t)(p - bytes)));) {
        size_t left = length - (size_t)(++p - bytes);
        if (left >= 1 && p[0] == '\n')
            return (size_t)(p - bytes) + 1;
        if (left >= 2 && p[0] == '\r' && p[1] == '\n')
            return (size_t)(p - bytes) + 2;
    }
    return length;
}

/* One byte more than there should be is asked for, so that a file that grows is found out. */
static MaildirRead read_message(int fd, const struct stat *status, uint64_t max_message,
                                SourceMessage *m)
{
    uint64_t size = (uint64_t)status->st_size;
    bool whole = size <= max_message;
    size_t most = whole ? (size_t)size + 1 : HEADER_MOST;
    g_autofree char *bytes = g_try_malloc(most);
    if (!bytes) {
        errno = ENOMEM;
        return MAILDIR_NO_MAIL;
    }
    ssize_t got = read_most(fd, bytes, most);
    if (got < 0)
        return MAILDIR_NO_MAIL;
    if (whole && (uint64_t)got != size)
        return MAILDIR_CHANGING;
    m->received_at = status->st_mtime;
    m->size = size;
    if (whole)
        m->bytes = g_bytes_new_take(g_steal_pointer(&bytes), (gsize)got);
    else
        m->header = g_bytes_new(bytes, header_length(bytes, (size_t)got));
    return MAILDIR_READ;
}

static MaildirRead read_file(int fd, const char *file, uint64_t max_message, SourceMessage *m,
                             GError **error)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        set_error(error, file, g_strerror(errno));
        return MAILDIR_NO_MAIL;
    }
    if (!S_ISREG(status.st_mode)) {
        set_error(error, file, "not an ordinary file; it stays where it is");
        return MAILDIR_NO_MAIL;
    }
    MaildirRead result = read_message(fd, &status, max_message, m);
    if (result == MAILDIR_NO_MAIL)
        set_error(error, file, g_strerror(errno));
    return result;
}

MaildirRead maildir_read(const char *path, const MaildirEntry *e, uint64_t max_message,
                         SourceMessage **message, GError **error)
{
    g_autofree char *file = path_of(path, e);
    int fd = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return MAILDIR_GONE;
    if (fd < 0) {
        bool is_link = errno == ELOOP;
        set_error(error, file, is_link ? "a link; it stays where it is" : g_strerror(errno));
        return MAILDIR_NO_MAIL;
    }
    SourceMessage *m = g_new0(SourceMessage, 1);
    m->file = g_strdup(e->key);
    MaildirRead result = read_file(fd, file, max_message, m, error);
    close(fd);
    if (result == MAILDIR_READ)
        *message = m;
    else
        source_message_free(m);
    return result;
}

bool maildir_is_complete(const char *path, const MaildirEntry *e, int64_t *size)
{
    g_autofree char *file = path_of(path, e);
    struct stat status;
    if (lstat(file, &status) != 0)
        return true; /* reading it will tell */
    /* Writing sets both times alike; link(2), by which some agents deliver, moves ctime alone. */
    bool linked = status.st_ctim.tv_sec != status.st_mtim.tv_sec ||
                  status.st_ctim.tv_nsec != status.st_mtim.tv_nsec;
    bool same = *size == status.st_size;
    *size = status.st_size;
    return linked || same;
}

/* "1700000000.M1.host:2,RT" as "1700000000.M1.host:2,RST". */
static char *seen_name(const char *file)
{
    const char *info = strchr(file, ':');
    GString *name = g_string_new_len(file, info ? info - file : (gssize)strlen(file));
    const char *flags = info && g_str_has_prefix(info, ":2,") ? info + 3 : "";
    g_string_append(name, ":2,");
    for (; *flags && *flags < 'S'; flags++)
        g_string_append_c(name, *flags);
    g_string_append_c(name, 'S');
    g_string_append(name, *flags == 'S' ? flags + 1 : flags);
    return g_string_free(name, FALSE);
}

MaildirTold maildir_tell(const char *path, const MaildirEntry *e, GError **error)
{
    g_autofree char *from = path_of(path, e), *name = seen_name(e->file);
    g_autofree char *to = g_build_filename(path, "cur", name, NULL);
    if (!strcmp(from, to))
        return MAILDIR_TOLD;
    int failed = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    if (failed && errno == EINVAL && access(to, F_OK) != 0) /* a file system without the flag */
        failed = rename(from, to);
    if (!failed)
        return MAILDIR_TOLD;
    if (errno == ENOENT && access(from, F_OK) != 0)
        return MAILDIR_TOLD_GONE;
    if (errno == EEXIST || errno == EINVAL)
        return MAILDIR_NAME_TAKEN;
    set_error(error, to, g_strerror(errno));
    return MAILDIR_NOT_TOLD;
}

bool maildir_rename_apart(const char *path, const MaildirEntry *e, GError **error)
{
    g_autofree char *from = path_of(path, e), *unique = g_uuid_string_random();
    g_autofree char *name = g_strdup_printf("%.180s.%s", e->key, unique);
    g_autofree char *to = g_build_filename(path, "new", name, NULL);
    if (rename(from, to) == 0)
        return true;
    set_error(error, to, g_strerror(errno));
    return false;
}
