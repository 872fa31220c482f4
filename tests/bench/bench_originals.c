/* bench_originals DIR: how fast messages become durable, in batches of 256 of 24 KB each: originals
 * alone, and with their rows in the register (the first commit whole). Prints one BENCH line. */
#include "daemon/store/messages.h"
#include "daemon/store/originals.h"
#include <stdio.h>

enum { BATCH = 256, BATCHES = 16, SIZE = 24 * 1024 };

typedef struct Names {
    char sha256[65], shard[8];
} Names;

static void fail(const GError *error)
{
    g_printerr("bench_originals: %s\n", error->message);
    exit(1);
}

/* No two alike, and none that a file system could shrink. */
static GBytes *message(GRand *rand)
{
    uint32_t *words = g_malloc(SIZE);
    for (unsigned n = 0; n < SIZE / sizeof *words; n++)
        words[n] = g_rand_int(rand);
    return g_bytes_new_take(words, SIZE);
}

static void keep(Originals *o, GPtrArray *batch, Names *names)
{
    g_autoptr(GError) error = NULL;
    for (unsigned n = 0; n < batch->len; n++) {
        if (!originals_add(o, batch->pdata[n], names[n].sha256, names[n].shard, &error))
            fail(error);
    }
    if (!originals_commit(o, &error))
        fail(error);
}

static void enter(Db *db, const Names *names, uint32_t first_uid)
{
    g_autoptr(GError) error = NULL;
    ReceivedMessage rows[BATCH];
    for (unsigned n = 0; n < BATCH; n++)
        rows[n] = (ReceivedMessage){.source = "bench",
                                    .uidvalidity = 1,
                                    .uid = first_uid + n,
                                    .file = "",
                                    .sha256 = names[n].sha256,
                                    .shard = names[n].shard,
                                    .size = SIZE,
                                    .whole = true};
    if (!messages_receive(db, rows, BATCH, 0, &error))
        fail(error);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 2) {
        g_printerr("usage: bench_originals DIR (an empty folder on the disk to measure)\n");
        return 2;
    }
    g_autofree char *path = g_build_filename(argv[1], "register.sqlite", NULL);
    g_autoptr(Originals) o = originals_open(argv[1], &error);
    g_autoptr(Db) db = o ? db_open(path, DB_WRITE, &error) : NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    if (!db)
        fail(error);
    gint64 files_us = 0, rows_us = 0;
    for (uint32_t round = 0; round < BATCHES; round++) {
        g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        Names names[BATCH];
        while (batch->len < BATCH)
            g_ptr_array_add(batch, message(rand));
        gint64 began = g_get_monotonic_time();
        keep(o, batch, names);
        gint64 kept = g_get_monotonic_time();
        enter(db, names, round * BATCH + 1);
        files_us += kept - began;
        rows_us += g_get_monotonic_time() - kept;
    }
    double total = BATCH * BATCHES;
    printf("BENCH originals files_per_s=%.0f rows_per_s=%.0f first_commit_per_s=%.0f\n",
           total * 1e6 / (double)files_us, total * 1e6 / (double)rows_us,
           total * 1e6 / (double)(files_us + rows_us));
    return 0;
}
