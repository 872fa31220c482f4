/* What a hijacked child would do; linked into build/iecd-reader-test only, never shipped. */
#include "daemon/reader/child.h"
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reaches the answer as an exit status: 70 as hoped, 71 not. */
static void expect(bool as_hoped)
{
    _exit(as_hoped ? 70 : 71);
}

static void open_file(int socket)
{
    int fd = open("/etc/hostname", O_RDONLY);
    expect(fd < 0 && errno == ENOENT);
}

/* Without a sanitizer's say: what counts is what the other side sees. */
__attribute__((no_sanitize("undefined", "address"))) static void crash(int socket)
{
    signal(SIGSEGV, SIG_DFL);
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

static void loop(int socket)
{
    for (volatile unsigned n = 0;; n++)
        ;
}

static void hang(int socket)
{
    for (;;)
        sleep(100);
}

static void fork_one(int socket)
{
    expect(fork() >= 0);
}

static void open_socket(int socket_)
{
    expect(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static void exec(int socket)
{
    execl("/bin/true", "true", NULL);
    expect(false);
}

static void kill_parent(int socket)
{
    expect(kill(getppid(), SIGKILL) == 0);
}

static void trace(int socket)
{
    expect(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
}

static void run_memory(int socket)
{
    void *m =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(m == MAP_FAILED && errno == EACCES);
}

static void leave(int socket)
{
    expect(prctl(PR_SET_DUMPABLE, 1) < 0);
}

static void memory(int socket)
{
    for (;;)
        g_malloc(16 << 20); /* untouched: address space is what is limited */
}

static void change_file(int socket)
{
    expect(chmod("/tmp", 0777) == 0);
}

static void make_file(int socket)
{
    expect(memfd_create("x", 0) >= 0);
}

static void look(int socket)
{
    struct stat st;
    expect(stat("/etc/hostname", &st) < 0 && errno == ENOENT);
}

/* The message is the next descriptor after the socket. */
static void write_message(int socket)
{
    expect(write(socket + 1, "x", 1) < 0 && errno == EBADF);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void descriptors(int socket)
{
    bool right = is_open(0) && is_open(1) && is_open(2) && is_open(socket) && is_open(socket + 1);
    for (int fd = socket + 2; fd < 1024; fd++)
        right = right && !is_open(fd);
    expect(right && socket == 3);
}

/* What the parent set cannot be had back. */
static void limits(int socket)
{
    static const __rlimit_resource_t all[] = {RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_CORE,
                                              RLIMIT_NOFILE, RLIMIT_CPU};
    bool right = true;
    for (size_t k = 0; k < G_N_ELEMENTS(all); k++) {
        struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};
        right = right && setrlimit(all[k], &r) < 0;
        right = right && getrlimit(all[k], &r) == 0 && r.rlim_max <= 200;
    }
    expect(right);
}

static void aborts(int socket)
{
    signal(SIGSEGV, SIG_DFL);
    abort();
}

static void huge(int socket)
{
    const unsigned head[4] = {0x64636569u, 64u << 20, 1, 0};
    static char filler[1 << 16];
    (void)!write(socket, head, sizeof head);
    for (;;) {
        if (write(socket, filler, sizeof filler) < 0)
            _exit(71);
    }
}

/* A frame as large as allowed, of nothing. */
static void flood(int socket)
{
    const unsigned head[4] = {0x64636569u, 16u << 20, 1, 0};
    static char filler[1 << 20];
    (void)!write(socket, head, sizeof head);
    for (int k = 0; k < 16; k++) {
        for (size_t at = 0; at < sizeof filler;) {
            ssize_t n = write(socket, filler + at, sizeof filler - at);
            if (n < 0)
                _exit(71);
            at += (size_t)n;
        }
    }
    hang(socket);
}

/* Frames, but not the answer that is waited for. */
static void lies(int socket)
{
    const unsigned head[4] = {0x64636569u, 16, 1, 0};
    (void)!write(socket, head, sizeof head);
    (void)!write(socket, "sixteen bytes it", 16);
    hang(socket);
}

static void early(int socket)
{
    const unsigned head[4] = {0x64636569u, 0, 99, 0};
    (void)!write(socket, head, sizeof head);
    hang(socket);
}

static void garbage(int socket)
{
    (void)!write(socket, "it is not a frame at all", 24);
    hang(socket);
}

static void quit(int socket)
{
    _exit(0);
}

/* Inside a frame. */
static void cut(int socket)
{
    const unsigned head[4] = {0x64636569u, 1000, 1, 0};
    (void)!write(socket, head, sizeof head);
    _exit(0);
}

static const struct {
    const char *word;
    void (*act)(int socket);
} acts[] = {
    {"open", open_file},
    {"segv", crash},
    {"loop", loop},
    {"hang", hang},
    {"fork", fork_one},
    {"exec", exec},
    {"socket", open_socket},
    {"kill", kill_parent},
    {"ptrace", trace},
    {"wx", run_memory},
    {"prctl", leave},
    {"memory", memory},
    {"abort", aborts},
    {"huge", huge},
    {"flood", flood},
    {"garbage", garbage},
    {"quit", quit},
    {"cut", cut},
    {"lies", lies},
    {"early", early},
    {"always", crash},
    {"chmod", change_file},
    {"memfd", make_file},
    {"stat", look},
    {"write-message", write_message},
    {"descriptors", descriptors},
    {"limits", limits},
};

static bool meant_for(ReaderOp op, const char *word)
{
    if (g_str_has_prefix(word, "always"))
        return op != READER_DOCUMENT;
    return op == (g_str_has_prefix(word, "doc-") ? READER_DOCUMENT : READER_MESSAGE);
}

void reader_hook(ReaderOp op, int fd, int socket)
{
    char start[512] = "";
    if (pread(fd, start, sizeof start - 1, 0) <= 0)
        return;
    const char *word = strstr(start, "X-Iecd-Test: ");
    if (!word)
        return;
    word += strlen("X-Iecd-Test: ");
    if (!meant_for(op, word))
        return;
    word += g_str_has_prefix(word, "doc-") ? strlen("doc-") : 0;
    for (size_t k = 0; k < G_N_ELEMENTS(acts); k++) {
        size_t n = strlen(acts[k].word);
        if (strncmp(word, acts[k].word, n) == 0 && strchr("\r\n", word[n]))
            acts[k].act(socket);
    }
}
