/* pool_helper.h: a reader pool and its results, waited for, in unit tests. */
#pragma once

#include "daemon/wire/reader_pool.h"
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* build/ or build/sanitized/: where the running test's own tree is. g_free. */
static inline char *test_program(const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_assert_nonnull(self);
    char *end = strstr(self, "/tests/");
    g_assert_nonnull(end);
    *end = '\0';
    return g_build_filename(self, name, NULL);
}

static inline int message_fd(const char *text, size_t length)
{
    int fd = memfd_create("message", MFD_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, text, length), ==, (ssize_t)length);
    g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
    return fd;
}

typedef struct Told { /* what the pool told of one message */
    ReadResult *result;
    GError *error;
    bool done;
} Told;

static inline void on_told(ReadResult *result, const GError *error, void *user)
{
    Told *t = user;
    g_assert_false(t->done);
    t->done = true;
    t->result = result;
    t->error = error ? g_error_copy(error) : NULL;
}

static inline void told_clear(Told *t)
{
    read_result_free(t->result);
    g_clear_error(&t->error);
    t->done = false;
    t->result = NULL;
}

static inline gboolean told_too_late(G_GNUC_UNUSED gpointer user)
{
    g_error("no result within 120 seconds");
    return G_SOURCE_REMOVE;
}

static inline void wait_told(Told *told, size_t n)
{
    guint limit = g_timeout_add_seconds(120, told_too_late, NULL);
    for (size_t k = 0; k < n; k++) {
        while (!told[k].done)
            g_main_context_iteration(NULL, true);
    }
    g_source_remove(limit);
}

static inline void put_message(ReaderPool *p, const char *text, bool backlog, bool facts,
                               Told *told)
{
    static const char *const own[] = {"iec@homeoffice.gov.uk", NULL};
    ReadJob job = {
        .fd = message_fd(text, strlen(text)),
        .received_at = 1795000000,
        .own_addresses = own,
        .backlog = backlog,
        .facts = facts,
    };
    reader_pool_read(p, &job, on_told, told);
}
