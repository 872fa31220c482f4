#include "daemon/store/originals.h"
#include "daemon/base/clock.h"
#include "daemon/base/durable.h"
#include "daemon/model/day.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORIGINAL_MODE 0440
#define FOLDER_MODE   0750
#define SHA_CHARS     64u
#define SHARD_CHARS   7u
#define NEW_SUFFIX    ".new"
/* Written files wait open for their fsync; past so many the first go early (1,024 descriptors are
 * what a process may expect). */
#define OPEN_MOST 300u

typedef struct NewFile {
    int fd; /* -1: flushed and closed */
    char sha256[SHA_CHARS + 1];
} NewFile;

struct Originals {
    char *path;                  /* <state>/originals */
    int root_fd, temp_fd;        /* it, and its folder "tmp" */
    char shard[SHARD_CHARS + 1]; /* of the batch under way; "" none */
    GArray *batch;               /* NewFile, written under tmp */
    unsigned flushed;            /* of them are flushed and closed */
    GHashTable *in_batch;        /* their names */
    EVP_MD *sha256;
    EVP_MD_CTX *context;
};

static bool failed(GError **error, const char *doing)
{
    int system = errno;
    GFileError code = system == EDQUOT ? G_FILE_ERROR_NOSPC : g_file_error_from_errno(system);
    g_set_error(error, G_FILE_ERROR, (gint)code, "originals: %s: %s", doing, g_strerror(system));
    return false;
}

static bool is_sha(const char *name, size_t length)
{
    return length == SHA_CHARS && strspn(name, "0123456789abcdef") >= SHA_CHARS;
}

static bool is_shard(const char *s)
{
    return strlen(s) == SHARD_CHARS && strspn(s, "0123456789") == 4 && s[4] == '-' &&
           strspn(s + 5, "0123456789") == 2;
}

/* What a process that did not come to its commit left: only names we give are touched. */
static bool clear_temp(const Originals *o, GError **error)
{
    int fd = openat(o->root_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (!folder) {
        failed(error, "tmp");
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool ok = true;
    for (struct dirent *e; ok && (e = readdir(folder));) {
        size_t length = strlen(e->d_name);
        if (length == SHA_CHARS + strlen(NEW_SUFFIX) && is_sha(e->d_name, SHA_CHARS) &&
            !strcmp(e->d_name + SHA_CHARS, NEW_SUFFIX))
            ok = unlinkat(o->temp_fd, e->d_name, 0) == 0 || failed(error, "remove leftover");
    }
    closedir(folder);
    return ok;
}

/* Opens a folder, made first if there is none. */
static int open_folder(int at, const char *name, bool *made)
{
    if (mkdirat(at, name, FOLDER_MODE) == 0)
        *made = true;
    else if (errno != EEXIST)
        return -1;
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool open_folders(Originals *o, const char *state_dir, GError **error)
{
    bool made = false;
    o->root_fd = open_folder(AT_FDCWD, o->path, &made);
    if (o->root_fd < 0)
        return failed(error, o->path);
    if (made && !durable_sync_folder(state_dir, error))
        return false;
    o->temp_fd = open_folder(o->root_fd, "tmp", &made);
    return (o->temp_fd >= 0 || failed(error, "tmp")) && clear_temp(o, error);
}

Originals *originals_open(const char *state_dir, GError **error)
{
    g_autoptr(Originals) o = g_new0(Originals, 1);
    o->root_fd = o->temp_fd = -1;
    o->path = g_build_filename(state_dir, "originals", NULL);
    o->batch = g_array_new(FALSE, FALSE, sizeof(NewFile));
    o->in_batch = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    /* GLib's own SHA-256 takes five times as long as this one on a processor that knows SHA-2. */
    o->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    o->context = EVP_MD_CTX_new();
    if (!o->sha256 || !o->context) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "originals: libcrypto has no SHA-256");
        return NULL;
    }
    return open_folders(o, state_dir, error) ? g_steal_pointer(&o) : NULL;
}

static void forget_batch(Originals *o)
{
    g_array_set_size(o->batch, 0);
    o->flushed = 0;
    o->shard[0] = '\0';
    g_hash_table_remove_all(o->in_batch);
}

/* Nothing of the batch under way remains, but for files already in their place: those are whole,
 * and offered again they are found there. */
static void drop_batch(Originals *o)
{
    for (unsigned n = 0; n < o->batch->len; n++) {
        const NewFile *f = &g_array_index(o->batch, NewFile, n);
        g_autofree char *temp = g_strconcat(f->sha256, NEW_SUFFIX, NULL);
        if (f->fd >= 0)
            close(f->fd);
        unlinkat(o->temp_fd, temp, 0);
    }
    forget_batch(o);
}

void originals_close(Originals *o)
{
    if (!o)
        return;
    if (o->temp_fd >= 0)
        drop_batch(o);
    g_array_unref(o->batch);
    g_hash_table_unref(o->in_batch);
    if (o->root_fd >= 0)
        close(o->root_fd);
    if (o->temp_fd >= 0)
        close(o->temp_fd);
    EVP_MD_CTX_free(o->context);
    EVP_MD_free(o->sha256);
    g_free(o->path);
    g_free(o);
}

static bool hash(Originals *o, const void *bytes, size_t length, char out[SHA_CHARS + 1],
                 GError **error)
{
    static const char HEX[] = "0123456789abcdef";
    unsigned char digest[SHA_CHARS / 2];
    if (!EVP_DigestInit_ex2(o->context, o->sha256, NULL) ||
        !EVP_DigestUpdate(o->context, bytes, length) ||
        !EVP_DigestFinal_ex(o->context, digest, NULL)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "originals: SHA-256 failed");
        return false;
    }
    for (unsigned n = 0; n < sizeof digest; n++) {
        out[2 * n] = HEX[digest[n] >> 4];
        out[2 * n + 1] = HEX[digest[n] & 15];
    }
    out[SHA_CHARS] = '\0';
    return true;
}

/* One month for a whole batch, whatever the clock does meanwhile. */
static void begin_batch(Originals *o)
{
    int year, month;
    if (o->shard[0])
        return;
    day_to_ymd(day_of_instant(clock_now()), &year, &month, NULL);
    g_autofree char *text = g_strdup_printf("%04d-%02d", year, month);
    g_strlcpy(o->shard, text, sizeof o->shard);
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

/* Writing back began for all, so each fsync finds its pages on the way. An fsync that failed is not
 * tried again: the kernel may have marked the pages clean. */
static bool flush_files(Originals *o, GError **error)
{
    for (unsigned n = o->flushed; n < o->batch->len; n++)
        sync_file_range(g_array_index(o->batch, NewFile, n).fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    for (; o->flushed < o->batch->len; o->flushed++) {
        NewFile *f = &g_array_index(o->batch, NewFile, o->flushed);
        if (fsync(f->fd) != 0)
            return failed(error, "fsync");
        int fd = f->fd;
        f->fd = -1;
        if (close(fd) != 0)
            return failed(error, "close");
    }
    return true;
}

static bool write_temp(Originals *o, NewFile *f, const void *bytes, size_t length, GError **error)
{
    g_autofree char *temp = g_strconcat(f->sha256, NEW_SUFFIX, NULL);
    f->fd = openat(o->temp_fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                   ORIGINAL_MODE);
    if (f->fd < 0)
        return failed(error, "create");
    g_array_append_vals(o->batch, f, 1);
    if (!write_all(f->fd, bytes, length))
        return failed(error, "write");
    return o->batch->len - o->flushed < OPEN_MOST || flush_files(o, error);
}

/* Its bytes were flushed before it got its name, so the size tells whether it is whole. Its name
 * may not have been flushed yet: the folder will be, with this batch. */
static bool is_there(const Originals *o, const char *name, size_t length)
{
    struct stat st;
    return fstatat(o->root_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size == length;
}

bool originals_add(Originals *o, GBytes *bytes, char *sha256_out, char *shard_out, GError **error)
{
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    NewFile f = {.fd = -1};
    if (!hash(o, data, length, f.sha256, error)) {
        drop_batch(o);
        return false;
    }
    begin_batch(o);
    g_autofree char *name = g_strconcat(o->shard, "/", f.sha256, NULL);
    if (!g_hash_table_contains(o->in_batch, f.sha256) && !is_there(o, name, length)) {
        if (!write_temp(o, &f, data, length, error)) {
            drop_batch(o);
            return false;
        }
        g_hash_table_add(o->in_batch, g_strdup(f.sha256));
    }
    memcpy(sha256_out, f.sha256, sizeof f.sha256);
    memcpy(shard_out, o->shard, sizeof o->shard);
    return true;
}

static int open_shard(Originals *o, GError **error)
{
    bool made = false;
    int fd = open_folder(o->root_fd, o->shard, &made);
    if (fd < 0 || (made && fsync(o->root_fd) != 0)) {
        failed(error, "make folder");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

static bool rename_all(Originals *o, int shard_fd, GError **error)
{
    for (unsigned n = 0; n < o->batch->len; n++) {
        const NewFile *f = &g_array_index(o->batch, NewFile, n);
        g_autofree char *temp = g_strconcat(f->sha256, NEW_SUFFIX, NULL);
        if (renameat(o->temp_fd, temp, shard_fd, f->sha256) != 0)
            return failed(error, "rename");
    }
    return fsync(shard_fd) == 0 || failed(error, "fsync folder");
}

bool originals_commit(Originals *o, GError **error)
{
    if (!o->shard[0])
        return true;
    int shard_fd = open_shard(o, error);
    bool ok = shard_fd >= 0 && flush_files(o, error) && rename_all(o, shard_fd, error);
    if (shard_fd >= 0)
        close(shard_fd);
    if (!ok) {
        drop_batch(o);
        return false;
    }
    forget_batch(o);
    stop_point("originals");
    return true;
}

int originals_read(Originals *o, const char *shard, const char *sha256, GError **error)
{
    if (!is_shard(shard) || !is_sha(sha256, strlen(sha256))) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "originals: not a name of ours");
        return -1;
    }
    g_autofree char *name = g_strconcat(shard, "/", sha256, NULL);
    int fd = openat(o->root_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        failed(error, name);
    return fd;
}

char *originals_path(Originals *o, const char *shard, const char *sha256)
{
    return g_build_filename(o->path, shard, sha256, NULL);
}
