#include "daemon/base/frames.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define FRAME_MAGIC 0x64636569u  /* "iecd" */
#define FIRST_PIECE (256u << 10) /* memory given on the peer's word alone */

typedef struct FrameHead {
    uint32_t magic;
    uint32_t length;
    uint64_t id;
} FrameHead;

struct FrameIn {
    FrameHead head;
    size_t head_got;
    uint8_t *body;
    size_t body_got, body_room;
    int passed;
    bool descriptors;
};

FrameIn *frame_in_new(bool descriptors)
{
    FrameIn *in = g_new0(FrameIn, 1);
    in->passed = -1;
    in->descriptors = descriptors;
    return in;
}

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void frame_in_free(FrameIn *in)
{
    if (!in)
        return;
    close_descriptor(&in->passed);
    g_free(in->body);
    g_free(in);
}

/* Collects the descriptors of a received message; all but the first `room` are closed. Returns how
 * many came. */
static unsigned take_descriptors(struct msghdr *m, int *into, unsigned room)
{
    unsigned n = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t k = 0; k < count; k++, n++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + k * sizeof fd, sizeof fd);
            if (n < room)
                into[n] = fd;
            else
                close(fd);
        }
    }
    return n;
}

typedef union DescriptorSpace { /* aligned as struct cmsghdr asks */
    char bytes[CMSG_SPACE(PACKET_DESCRIPTORS * sizeof(int))];
    struct cmsghdr align;
} DescriptorSpace;

/* recvmsg that takes a descriptor; a second one, or one too many in a message, is a lie. */
static ssize_t receive(FrameIn *in, int socket, void *into, size_t room)
{
    if (!in->descriptors)
        return recv(socket, into, room, 0);
    DescriptorSpace space;
    struct iovec piece = {.iov_base = into, .iov_len = room};
    struct msghdr m = {.msg_iov = &piece,
                       .msg_iovlen = 1,
                       .msg_control = space.bytes,
                       .msg_controllen = sizeof space.bytes};
    ssize_t n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
    if (n <= 0)
        return n;
    int fd = -1;
    unsigned came = take_descriptors(&m, &fd, 1);
    bool lie = came > 1 || (came == 1 && in->passed >= 0) || (m.msg_flags & MSG_CTRUNC);
    if (lie || came == 0) {
        close_descriptor(&fd);
    } else {
        in->passed = fd;
    }
    if (!lie)
        return n;
    errno = EPROTO;
    return -1;
}

/* One read of the piece now wanted. FRAME_OK: something came. */
static FrameStatus read_piece(FrameIn *in, int socket, void *into, size_t room, size_t *got)
{
    ssize_t n;
    do {
        n = receive(in, socket, into, room);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        *got += (size_t)n;
        return FRAME_OK;
    }
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return FRAME_AGAIN;
    return n == 0 && in->head_got == 0 ? FRAME_END : FRAME_BAD;
}

static void make_room(FrameIn *in)
{
    if (in->body_got < in->body_room || in->body_room == in->head.length)
        return;
    size_t room = in->body_room ? in->body_room * 2 : FIRST_PIECE;
    in->body_room = MIN(room, in->head.length);
    in->body = g_realloc(in->body, in->body_room);
}

FrameStatus frame_in_read(FrameIn *in, int socket, uint64_t *id, GBytes **body, int *passed)
{
    while (in->head_got < sizeof in->head) {
        FrameStatus s = read_piece(in, socket, (uint8_t *)&in->head + in->head_got,
                                   sizeof in->head - in->head_got, &in->head_got);
        if (s != FRAME_OK)
            return s;
    }
    if (in->head.magic != FRAME_MAGIC || in->head.length > FRAME_MAX)
        return FRAME_BAD;
    while (in->body_got < in->head.length) {
        make_room(in);
        FrameStatus s = read_piece(in, socket, in->body + in->body_got,
                                   in->body_room - in->body_got, &in->body_got);
        if (s != FRAME_OK)
            return s;
    }
    *id = in->head.id;
    *body = g_bytes_new_take(g_steal_pointer(&in->body), in->body_got);
    *passed = in->passed;
    in->passed = -1;
    in->head_got = in->body_got = in->body_room = 0;
    return FRAME_OK;
}

typedef struct FrameWaiting {
    FrameHead head;
    GBytes *body;
    size_t sent; /* of head and body together */
    int descriptor;
} FrameWaiting;

struct FrameOut {
    GQueue waiting; /* FrameWaiting */
};

FrameOut *frame_out_new(void)
{
    FrameOut *out = g_new0(FrameOut, 1);
    g_queue_init(&out->waiting);
    return out;
}

static void frame_waiting_free(void *data)
{
    FrameWaiting *w = data;
    close_descriptor(&w->descriptor);
    g_bytes_unref(w->body);
    g_free(w);
}

void frame_out_free(FrameOut *out)
{
    if (!out)
        return;
    g_queue_clear_full(&out->waiting, frame_waiting_free);
    g_free(out);
}

bool frame_out_put(FrameOut *out, uint64_t id, GBytes *body, int descriptor)
{
    if (g_bytes_get_size(body) > FRAME_MAX) {
        close_descriptor(&descriptor);
        return false;
    }
    FrameWaiting *w = g_new0(FrameWaiting, 1);
    w->head = (FrameHead){FRAME_MAGIC, (uint32_t)g_bytes_get_size(body), id};
    w->body = g_bytes_ref(body);
    w->descriptor = descriptor;
    g_queue_push_tail(&out->waiting, w);
    return true;
}

/* MSG_NOSIGNAL: a peer that is gone is an answer, not a SIGPIPE. */
static ssize_t send_with(int socket, struct iovec *pieces, size_t count, const int *descriptors,
                         unsigned n)
{
    DescriptorSpace space = {0};
    struct msghdr m = {.msg_iov = pieces, .msg_iovlen = count};
    if (n > 0) {
        m.msg_control = space.bytes;
        m.msg_controllen = CMSG_SPACE(n * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(n * sizeof(int));
        memcpy(CMSG_DATA(c), descriptors, n * sizeof(int));
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &m, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

static FrameStatus send_frame(FrameWaiting *w, int socket)
{
    size_t length;
    uint8_t *body = (uint8_t *)g_bytes_get_data(w->body, &length);
    size_t total = sizeof w->head + length;
    while (w->sent < total) {
        size_t head_sent = MIN(w->sent, sizeof w->head), body_sent = w->sent - head_sent;
        struct iovec pieces[] = {
            {.iov_base = (uint8_t *)&w->head + head_sent, .iov_len = sizeof w->head - head_sent},
            {.iov_base = length ? body + body_sent : body, .iov_len = length - body_sent},
        };
        ssize_t n = send_with(socket, pieces, G_N_ELEMENTS(pieces), &w->descriptor,
                              w->descriptor >= 0 ? 1 : 0);
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? FRAME_AGAIN : FRAME_BAD;
        w->sent += (size_t)n;
        close_descriptor(&w->descriptor);
    }
    return FRAME_OK;
}

FrameStatus frame_out_flush(FrameOut *out, int socket)
{
    FrameWaiting *w;
    while ((w = g_queue_peek_head(&out->waiting))) {
        FrameStatus s = send_frame(w, socket);
        if (s != FRAME_OK)
            return s;
        frame_waiting_free(g_queue_pop_head(&out->waiting));
    }
    return FRAME_OK;
}

bool frame_out_empty(const FrameOut *out)
{
    return out->waiting.length == 0;
}

bool packet_send(int socket, const void *bytes, size_t length, const int *descriptors, unsigned n)
{
    g_assert(n <= PACKET_DESCRIPTORS && length <= PACKET_MAX);
    struct iovec piece = {.iov_base = (void *)bytes, .iov_len = length};
    return send_with(socket, &piece, 1, descriptors, n) == (ssize_t)length;
}

FrameStatus packet_receive(int socket, void *bytes, size_t *length, int *descriptors)
{
    DescriptorSpace space;
    struct iovec piece = {.iov_base = bytes, .iov_len = PACKET_MAX};
    struct msghdr m = {.msg_iov = &piece,
                       .msg_iovlen = 1,
                       .msg_control = space.bytes,
                       .msg_controllen = sizeof space.bytes};
    ssize_t n;
    do {
        n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? FRAME_AGAIN : FRAME_BAD;
    for (unsigned k = 0; k < PACKET_DESCRIPTORS; k++)
        descriptors[k] = -1;
    take_descriptors(&m, descriptors, PACKET_DESCRIPTORS);
    if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (unsigned k = 0; k < PACKET_DESCRIPTORS; k++)
            close_descriptor(&descriptors[k]);
        return FRAME_BAD;
    }
    if (n == 0)
        return FRAME_END;
    *length = (size_t)n;
    return FRAME_OK;
}
