#include "daemon/base/durable.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(GError **error, const char *what, const char *path)
{
    int code = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s: %s", path, what,
                g_strerror(code));
    return false;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* Closes in any case: the close of a file system over a network may be where a write fails. */
static bool fill_and_close(int fd, const void *bytes, size_t length, int mode)
{
    bool ok = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, bytes, length) && fsync(fd) == 0;
    int code = errno;
    if (close(fd) != 0 && ok)
        return false;
    errno = code;
    return ok;
}

bool durable_sync_folder(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(error, "open folder", path);
    bool ok = fsync(fd) == 0 || failed(error, "fsync folder", path);
    close(fd);
    return ok;
}

bool durable_write(const char *path, const void *bytes, size_t length, int mode, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *temp = g_strdup_printf("%s/.%s.XXXXXX", folder, name);
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0)
        return failed(error, "create temporary file", path);
    if (!fill_and_close(fd, bytes, length, mode)) {
        failed(error, "write", path);
        unlink(temp);
        return false;
    }
    if (rename(temp, path) != 0) {
        failed(error, "rename into place", path);
        unlink(temp);
        return false;
    }
    return durable_sync_folder(folder, error);
}

static void trace(const char *file, const char *name)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    g_autofree char *line = g_strdup_printf("%s %" G_GINT64_FORMAT "\n", name, g_get_real_time());
    write_all(fd, line, strlen(line));
    close(fd);
}

void stop_point(const char *name)
{
    static int64_t left = -1; /* calls until the stop; 0 never; -1 environment not read yet */
    static const char *trace_file, *only;
    if (left < 0) {
        const char *after = getenv("IECD_STOP_AFTER");
        left = after ? MAX(0, g_ascii_strtoll(after, NULL, 10)) : 0;
        trace_file = getenv("IECD_STOP_TRACE");
        only = getenv("IECD_STOP_NAME");
    }
    if (trace_file)
        trace(trace_file, name);
    if (left > 0 && (!only || !strcmp(only, name)) && --left == 0) {
        if (getenv("IECD_STOP_KILL"))
            raise(SIGKILL);
        _exit(100);
    }
}
