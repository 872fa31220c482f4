/* How many messages a second the reader pool reads, and what a lone one waits.
 *
 * Usage: bench_pool [MESSAGES [FILE]]: 24 KB of plain and HTML text where no file is given.
 */
#include "daemon/wire/reader_pool.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define IN_FLIGHT 96u
#define LONE      200u

typedef struct Bench {
    ReaderPool *pool;
    int message;
    bool backlog;
    unsigned left, flying, unreadable;
    GMainLoop *loop;
} Bench;

static void feed(Bench *b);

static void on_read(ReadResult *result, const GError *error, void *user)
{
    Bench *b = user;
    g_autoptr(ReadResult) r = result;
    if (!r) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    b->unreadable += r->document->unreadable;
    b->flying--;
    feed(b);
    if (b->flying == 0)
        g_main_loop_quit(b->loop);
}

static void feed(Bench *b)
{
    static const char *const own[] = {"iec@homeoffice.gov.uk", NULL};
    while (b->left > 0 && b->flying < (b->backlog ? IN_FLIGHT : 1)) {
        ReadJob job = {
            .fd = dup(b->message),
            .received_at = 1795000000,
            .own_addresses = own,
            .backlog = b->backlog,
            .facts = true,
        };
        b->left--;
        b->flying++;
        reader_pool_read(b->pool, &job, on_read, b);
    }
}

static double run(Bench *b, unsigned messages, bool backlog)
{
    b->backlog = backlog;
    b->left = messages;
    int64_t start = g_get_monotonic_time();
    feed(b);
    g_main_loop_run(b->loop);
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static gboolean breathed(gpointer user)
{
    *(bool *)user = true;
    return G_SOURCE_REMOVE;
}

/* One at a time, with a breath between, as live mail comes. */
static void lone(Bench *b)
{
    double ms[LONE];
    for (unsigned k = 0; k < LONE; k++) {
        ms[k] = run(b, 1, false) * 1000;
        bool done = false;
        g_timeout_add(5, breathed, &done);
        while (!done)
            g_main_context_iteration(NULL, true);
    }
    qsort(ms, LONE, sizeof *ms, compare);
    printf("BENCH pool-live median_ms=%.2f p95_ms=%.2f worst_ms=%.2f\n", ms[LONE / 2],
           ms[LONE * 95 / 100], ms[LONE - 1]);
}

static char *sample(void)
{
    GString *s = g_string_new("From: A Person <person@example.org>\r\n"
                              "To: iec@homeoffice.gov.uk\r\n"
                              "Subject: my complaint\r\n"
                              "Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n"
                              "Message-ID: <bench@example.org>\r\n"
                              "MIME-Version: 1.0\r\n"
                              "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
                              "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
    for (unsigned k = 0; k < 100; k++)
        g_string_append_printf(
            s, "On day %u I rang the visa office again and was told to wait.\r\n", k);
    g_string_append(s, "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>\r\n");
    for (unsigned k = 0; s->len < 24000; k++)
        g_string_append_printf(s,
                               "<p class=\"MsoNormal\">On day <b>%u</b> I rang again and was "
                               "told to wait.<span>&nbsp;</span></p>\r\n",
                               k);
    g_string_append(s, "</body></html>\r\n--b--\r\n");
    return g_string_free(s, false);
}

static int open_message(const char *file)
{
    if (file)
        return open(file, O_RDONLY | O_CLOEXEC);
    g_autofree char *text = sample();
    int fd = memfd_create("sample", MFD_CLOEXEC);
    return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? fd : -1;
}

int main(int argc, char **argv)
{
    unsigned messages = argc > 1 ? (unsigned)atoi(argv[1]) : 10000;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self), *build = g_path_get_dirname(folder);
    g_autofree char *program = g_build_filename(build, "iecd-reader", NULL);
    const ReaderPoolConfig config = {
        .reader_path = program,
        .config_dir = TEST_ROOT "/config",
        .children = g_get_num_processors(),
        .docs_children = 2,
        .wall_s = 10,
        .docs_wall_s = 60,
    };
    g_autoptr(GError) error = NULL;
    Bench b = {.message = open_message(argc > 2 ? argv[2] : NULL),
               .loop = g_main_loop_new(NULL, false),
               .pool = reader_pool_new(&config, &error)};
    if (!b.pool || b.message < 0) {
        fprintf(stderr, "%s\n", error ? error->message : "no message");
        return 1;
    }
    run(&b, 200, true);
    lone(&b);
    double s = run(&b, messages, true);
    printf("BENCH pool-backlog messages=%u s=%.2f per_s=%.0f unreadable=%u\n", messages, s,
           messages / s, b.unreadable);
    reader_pool_free(b.pool);
    g_main_loop_unref(b.loop);
    return b.unreadable > 0;
}
