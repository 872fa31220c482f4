#include "daemon/base/frames.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC 0x64636569u

typedef struct Pair {
    int out, in;
} Pair;

static Pair new_pair(int type)
{
    int fds[2];
    g_assert_cmpint(socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
    return (Pair){fds[0], fds[1]};
}

static void close_pair(Pair p)
{
    if (p.out >= 0)
        close(p.out);
    close(p.in);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* Sizes around the pieces memory grows by and the socket's buffer, through a non-blocking pair. */
static void test_sizes(void)
{
    static const size_t sizes[] = {0, 1, 15, 4096, 262143, 262144, 262145, 1000000, FRAME_MAX};
    Pair p = new_pair(SOCK_STREAM);
    g_autoptr(FrameIn) in = frame_in_new(false);
    g_autoptr(FrameOut) out = frame_out_new();
    for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
        uint8_t *bytes = g_malloc(sizes[k] + 1);
        for (size_t n = 0; n < sizes[k]; n++)
            bytes[n] = (uint8_t)(n * 7 + k);
        g_autoptr(GBytes) sent = g_bytes_new_take(bytes, sizes[k]);
        g_assert_true(frame_out_put(out, k + 1, sent, -1));
        uint64_t id;
        g_autoptr(GBytes) body = NULL;
        int fd;
        FrameStatus s;
        do {
            g_assert_cmpint(frame_out_flush(out, p.out), !=, FRAME_BAD);
            s = frame_in_read(in, p.in, &id, &body, &fd);
        } while (s == FRAME_AGAIN);
        g_assert_cmpint(s, ==, FRAME_OK);
        g_assert_cmpuint(id, ==, k + 1);
        g_assert_cmpint(fd, ==, -1);
        g_assert_true(g_bytes_equal(body, sent));
        g_assert_true(frame_out_empty(out));
    }
    close(p.out);
    p.out = -1;
    uint64_t id;
    g_autoptr(GBytes) body = NULL;
    int fd;
    g_assert_cmpint(frame_in_read(in, p.in, &id, &body, &fd), ==, FRAME_END);
    close_pair(p);
}

static void test_over_the_limit(void)
{
    g_autoptr(FrameOut) out = frame_out_new();
    g_autofree char *much = g_malloc0(FRAME_MAX + 1);
    g_autoptr(GBytes) body = g_bytes_new_static(much, FRAME_MAX + 1);
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    g_assert_false(frame_out_put(out, 1, body, fd));
    g_assert_false(is_open(fd));
    g_assert_true(frame_out_empty(out));
}

/* Each descriptor arrives with its own frame, whatever is waiting in the socket. */
static void test_descriptors(void)
{
    Pair p = new_pair(SOCK_STREAM);
    g_autoptr(FrameIn) in = frame_in_new(true);
    g_autoptr(FrameOut) out = frame_out_new();
    g_autoptr(GBytes) body = g_bytes_new_static("order", 5);
    const char *files[] = {"/dev/null", NULL, "/dev/zero", "/dev/full"};
    for (size_t k = 0; k < G_N_ELEMENTS(files); k++)
        frame_out_put(out, k + 1, body, files[k] ? open(files[k], O_RDONLY | O_CLOEXEC) : -1);
    g_assert_cmpint(frame_out_flush(out, p.out), ==, FRAME_OK);
    for (size_t k = 0; k < G_N_ELEMENTS(files); k++) {
        uint64_t id;
        g_autoptr(GBytes) got = NULL;
        int fd;
        g_assert_cmpint(frame_in_read(in, p.in, &id, &got, &fd), ==, FRAME_OK);
        g_assert_cmpuint(id, ==, k + 1);
        g_assert_cmpint(fd >= 0, ==, files[k] != NULL);
        if (fd < 0)
            continue;
        g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
        g_autofree char *name = g_file_read_link(link, NULL);
        g_assert_cmpstr(name, ==, files[k]);
        g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, !=, 0);
        close(fd);
    }
    close_pair(p);
}

/* Where descriptors are not expected, none comes to stay. */
static void test_descriptor_not_wanted(void)
{
    Pair p = new_pair(SOCK_STREAM);
    g_autoptr(FrameIn) in = frame_in_new(false);
    g_autoptr(FrameOut) out = frame_out_new();
    g_autoptr(GBytes) body = g_bytes_new_static("answer", 6);
    int next = dup(p.in);
    close(next);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    g_assert_cmpint(null, ==, next);
    frame_out_put(out, 1, body, null);
    g_assert_cmpint(frame_out_flush(out, p.out), ==, FRAME_OK);
    uint64_t id;
    g_autoptr(GBytes) got = NULL;
    int fd;
    g_assert_cmpint(frame_in_read(in, p.in, &id, &got, &fd), ==, FRAME_OK);
    g_assert_cmpint(fd, ==, -1);
    g_assert_false(is_open(next));
    close_pair(p);
}

static void test_lies(void)
{
    static const struct {
        const char *name;
        uint32_t head[4];
        size_t length;
        FrameStatus status;
    } table[] = {
        {"wrong magic", {0x12345678, 4, 1, 0}, 16, FRAME_BAD},
        {"over the limit", {MAGIC, FRAME_MAX + 1, 1, 0}, 16, FRAME_BAD},
        {"largest number", {MAGIC, UINT32_MAX, 1, 0}, 16, FRAME_BAD},
        {"cut in the head", {MAGIC, 4, 1, 0}, 7, FRAME_BAD},
        {"cut in the body", {MAGIC, 4, 1, 0}, 16, FRAME_BAD},
        {"nothing", {0, 0, 0, 0}, 0, FRAME_END},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(table); k++) {
        Pair p = new_pair(SOCK_STREAM);
        g_autoptr(FrameIn) in = frame_in_new(true);
        g_assert_cmpint(write(p.out, table[k].head, table[k].length), ==, (ssize_t)table[k].length);
        close(p.out);
        p.out = -1;
        uint64_t id = 77;
        GBytes *body = NULL;
        int fd = 77;
        FrameStatus s = frame_in_read(in, p.in, &id, &body, &fd);
        if (s != table[k].status)
            g_error("%s: status %d", table[k].name, s);
        g_assert_null(body);
        g_assert_true(id == 77 && fd == 77);
        close_pair(p);
    }
}

static void test_gone(void)
{
    Pair p = new_pair(SOCK_STREAM);
    g_autoptr(FrameOut) out = frame_out_new();
    g_autoptr(GBytes) body = g_bytes_new_static("x", 1);
    close(p.in);
    frame_out_put(out, 1, body, -1);
    g_assert_cmpint(frame_out_flush(out, p.out), ==, FRAME_BAD); /* and no SIGPIPE */
    close(p.out);
}

static void test_packets(void)
{
    Pair p = new_pair(SOCK_SEQPACKET);
    char bytes[PACKET_MAX];
    size_t length;
    int d[PACKET_DESCRIPTORS], two[] = {0, 1};
    g_assert_cmpint(packet_receive(p.in, bytes, &length, d), ==, FRAME_AGAIN);
    g_assert_true(packet_send(p.out, "both", 4, two, 2));
    g_assert_true(packet_send(p.out, "none", 4, NULL, 0));
    g_assert_cmpint(packet_receive(p.in, bytes, &length, d), ==, FRAME_OK);
    g_assert_cmpmem(bytes, length, "both", 4);
    g_assert_true(d[0] >= 0 && d[1] >= 0);
    close(d[0]);
    close(d[1]);
    g_assert_cmpint(packet_receive(p.in, bytes, &length, d), ==, FRAME_OK);
    g_assert_cmpmem(bytes, length, "none", 4);
    g_assert_true(d[0] == -1 && d[1] == -1);
    char large[PACKET_MAX + 1] = "";
    g_assert_cmpint(send(p.out, large, sizeof large, 0), ==, sizeof large);
    g_assert_cmpint(packet_receive(p.in, bytes, &length, d), ==, FRAME_BAD);
    close(p.out);
    p.out = -1;
    g_assert_cmpint(packet_receive(p.in, bytes, &length, d), ==, FRAME_END);
    close_pair(p);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/frames/sizes", test_sizes);
    g_test_add_func("/frames/over-the-limit", test_over_the_limit);
    g_test_add_func("/frames/descriptors", test_descriptors);
    g_test_add_func("/frames/descriptor-not-wanted", test_descriptor_not_wanted);
    g_test_add_func("/frames/lies", test_lies);
    g_test_add_func("/frames/gone", test_gone);
    g_test_add_func("/frames/packets", test_packets);
    return g_test_run();
}
