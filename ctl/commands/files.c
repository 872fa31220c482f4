#include "ctl/commands/files.h"
#include "config/paths.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define IN_FLIGHT_MOST 32u
#define FILE_MOST      (50u << 20)

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool add_folder(GPtrArray *files, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &error);
    if (!dir) {
        command_fail(error);
        return false;
    }
    g_autoptr(GPtrArray) mail = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) any = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (name[0] != '.' && g_file_test(file, G_FILE_TEST_IS_REGULAR))
            g_ptr_array_add(g_str_has_suffix(name, ".eml") ? mail : any, g_strdup(file));
    }
    GPtrArray *chosen = mail->len ? mail : any;
    qsort(chosen->pdata, chosen->len, sizeof(void *), by_name);
    for (unsigned n = 0; n < chosen->len; n++)
        g_ptr_array_add(files, g_strdup(chosen->pdata[n]));
    return true;
}

char **files_named(int argc, char **argv)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    for (int n = 1; n < argc; n++) {
        if (strcmp(argv[n], "-") != 0 && g_file_test(argv[n], G_FILE_TEST_IS_DIR)) {
            if (!add_folder(files, argv[n]))
                return NULL;
        } else
            g_ptr_array_add(files, g_strdup(argv[n]));
    }
    g_ptr_array_add(files, NULL);
    return (char **)g_ptr_array_steal(files, NULL);
}

/* Standard input, as a descriptor that can be read twice. */
static int copy_stdin(char **error)
{
    int fd = memfd_create("message", MFD_CLOEXEC);
    char block[65536];
    size_t all = 0;
    for (ssize_t n; fd >= 0 && (n = read(STDIN_FILENO, block, sizeof block)) > 0;) {
        all += (size_t)n;
        if (all > FILE_MOST || write(fd, block, (size_t)n) != n) {
            *error = g_strdup_printf("larger than %u MiB", FILE_MOST >> 20);
            close(fd);
            return -1;
        }
    }
    if (fd < 0)
        *error = g_strdup(g_strerror(errno));
    return fd;
}

static int open_file(const char *name, char **error)
{
    struct stat st;
    if (!strcmp(name, "-"))
        return copy_stdin(error);
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        *error = g_strdup(g_strerror(errno));
        return -1;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        *error = g_strdup("not a plain file");
    else if (st.st_size > (off_t)FILE_MOST)
        *error = g_strdup_printf("larger than %u MiB", FILE_MOST >> 20);
    if (*error) {
        close(fd);
        return -1;
    }
    return fd;
}

typedef struct Reading {
    ReadFile *files;
    unsigned count, next, shown, in_flight, failed;
    const FilesReading *how;
    ReaderPool *pool;
    GMainLoop *loop;
} Reading;

typedef struct Slot {
    Reading *reading;
    unsigned index;
} Slot;

static void show_ready(Reading *r)
{
    while (r->shown < r->count && (r->files[r->shown].result || r->files[r->shown].error)) {
        ReadFile *f = &r->files[r->shown++];
        r->failed += f->error != NULL;
        r->how->each(f, r->how->user);
        g_clear_pointer(&f->result, read_result_free);
        g_clear_pointer(&f->error, g_free);
        f->error = NULL;
    }
    if (r->shown == r->count)
        g_main_loop_quit(r->loop);
}

static void give_out(Reading *r);

static void on_read(ReadResult *result, const GError *error, void *user)
{
    Slot *slot = user;
    Reading *r = slot->reading;
    ReadFile *f = &r->files[slot->index];
    f->result = result;
    if (!result)
        f->error = g_strdup(error->message);
    r->in_flight--;
    g_free(slot);
    give_out(r);
    show_ready(r);
}

static void give_out(Reading *r)
{
    while (r->next < r->count && r->in_flight < IN_FLIGHT_MOST) {
        ReadFile *f = &r->files[r->next++];
        int fd = open_file(f->name, &f->error);
        if (fd < 0)
            continue;
        ReadJob job = r->how->jobs ? r->how->jobs[f - r->files] : *r->how->job;
        job.fd = fd;
        Slot *slot = g_new(Slot, 1);
        *slot = (Slot){r, (unsigned)(f - r->files)};
        r->in_flight++;
        reader_pool_read(r->pool, &job, on_read, slot);
    }
}

bool files_read(char **files, const FilesReading *how, unsigned *failed)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *reader = program_path("iecd-reader");
    ReaderPoolConfig config = {
        reader, how->config_dir, g_get_num_processors(), g_get_num_processors(), 10, 60};
    g_autoptr(ReaderPool) pool = reader_pool_new(&config, &error);
    if (!pool) {
        command_fail(error);
        return false;
    }
    unsigned count = g_strv_length(files);
    g_autofree ReadFile *list = g_new0(ReadFile, count);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    for (unsigned n = 0; n < count; n++)
        list[n].name = files[n];
    Reading r = {.files = list, .count = count, .how = how, .pool = pool, .loop = loop};
    give_out(&r);
    show_ready(&r);
    if (r.shown < count)
        g_main_loop_run(loop);
    *failed = r.failed;
    return true;
}
