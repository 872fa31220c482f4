#include "daemon/wire/maildir.h"
#include "daemon/base/durable.h"
#include "daemon/wire/stream.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Other people's mail: nobody else's to read. */
#define FOLDER_MODE 0700
#define FILE_MODE   0600

static bool failed(GError **error, const char *path, const char *what)
{
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_FAILED, "%s: %s: %s", path, what, g_strerror(errno));
    return false;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool maildir_prepare(const char *path, GError **error)
{
    static const char *const PARTS[] = {"tmp", "new", "cur"};
    if (g_mkdir_with_parents(path, FOLDER_MODE) != 0)
        return failed(error, path, "cannot be made");
    for (unsigned n = 0; n < G_N_ELEMENTS(PARTS); n++) {
        g_autofree char *part = g_build_filename(path, PARTS[n], NULL);
        if (mkdir(part, FOLDER_MODE) != 0 && (errno != EEXIST || !is_folder(part)))
            return failed(error, part, "cannot be made a folder");
    }
    return true;
}

/* The same reply has the same name; a stranger's part in the Message-ID cannot choose it. */
static char *reply_name(const char *message_id)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, message_id, -1);
    return g_strdup_printf("iecd-%.40s", hash);
}

/* A mail program has already taken it from new/ and hung its flags on the name. */
static bool is_in_cur(const char *path, const char *name)
{
    g_autofree char *cur = g_build_filename(path, "cur", NULL);
    g_autoptr(GDir) dir = g_dir_open(cur, 0, NULL);
    size_t length = strlen(name);
    for (const char *entry; dir && (entry = g_dir_read_name(dir));)
        if (!strncmp(entry, name, length) && (entry[length] == ':' || !entry[length]))
            return true;
    return false;
}

bool maildir_deliver(const char *path, const char *message_id, GBytes *bytes, GError **error)
{
    g_autofree char *name = reply_name(message_id);
    g_autofree char *tmp = g_build_filename(path, "tmp", name, NULL);
    g_autofree char *folder = g_build_filename(path, "new", NULL);
    g_autofree char *target = g_build_filename(folder, name, NULL);
    gsize length = 0;
    const void *data = g_bytes_get_data(bytes, &length);
    if (is_in_cur(path, name))
        return true;
    if (!durable_write(tmp, data, length, FILE_MODE, error))
        return false;
    if (g_rename(tmp, target) != 0)
        return failed(error, target, "cannot be written");
    if (!durable_sync_folder(folder, error))
        return false;
    stop_point("outbox-file");
    return true;
}
