/* faulty_disk.h: SQLite's own file layer, with a disk that fills up or fails when told to. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

static struct {
    bool full;       /* every write: no space */
    bool sync_fails; /* every flush: input/output error, the bytes written all the same */
    sqlite3_vfs vfs, *real_vfs;
    const sqlite3_io_methods *real[4]; /* the unix layer has a table for each way of locking */
    sqlite3_io_methods methods[4];
} faulty_disk;

static inline int faulty_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
    return faulty_disk.full ? SQLITE_FULL : faulty_disk.real[0]->xWrite(file, bytes, length, at);
}

static inline int faulty_sync(sqlite3_file *file, int flags)
{
    return faulty_disk.sync_fails ? SQLITE_IOERR_FSYNC : faulty_disk.real[0]->xSync(file, flags);
}

static inline const sqlite3_io_methods *faulty_methods(const sqlite3_io_methods *real)
{
    unsigned n = 0;
    while (n < G_N_ELEMENTS(faulty_disk.real) && faulty_disk.real[n] && faulty_disk.real[n] != real)
        n++;
    g_assert(n < G_N_ELEMENTS(faulty_disk.real) && real->xWrite != faulty_write);
    g_assert(n == 0 || (real->xWrite == faulty_disk.real[0]->xWrite &&
                        real->xSync == faulty_disk.real[0]->xSync));
    faulty_disk.real[n] = real;
    faulty_disk.methods[n] = *real;
    faulty_disk.methods[n].xWrite = faulty_write;
    faulty_disk.methods[n].xSync = faulty_sync;
    return &faulty_disk.methods[n];
}

static inline int faulty_open(G_GNUC_UNUSED sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
                              int flags, int *out)
{
    int code = faulty_disk.real_vfs->xOpen(faulty_disk.real_vfs, name, file, flags, out);
    if (code == SQLITE_OK && file->pMethods)
        file->pMethods = faulty_methods(file->pMethods);
    return code;
}

static inline void faulty_disk_install(void)
{
    sqlite3_initialize();
    faulty_disk.real_vfs = sqlite3_vfs_find(NULL);
    faulty_disk.vfs = *faulty_disk.real_vfs;
    faulty_disk.vfs.zName = "faulty";
    faulty_disk.vfs.xOpen = faulty_open;
    g_assert(sqlite3_vfs_register(&faulty_disk.vfs, 1) == SQLITE_OK);
}
