#include "daemon/reader/child.h"
#include "daemon/base/frames.h"
#include <unistd.h>

/* A blocking socket: out means written. */
static bool say(int socket, uint64_t id, const ReaderAnswer *answer)
{
    g_autoptr(GBytes) body = reader_answer_encode(answer);
    g_autoptr(FrameOut) out = frame_out_new();
    return frame_out_put(out, id, body, -1) && frame_out_flush(out, socket) == FRAME_OK;
}

static bool say_caged(int socket, const GError *why)
{
    const ReaderAnswer a = {.status = why ? READER_CANNOT : READER_DONE,
                            .why = why ? why->message : NULL};
    return say(socket, READER_CAGED_ID, &a);
}

static bool serve_one(const ReaderKit *kit, int socket, uint64_t id, GBytes *body, int fd)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ReceivedOrder) received = reader_order_decode(body, &error);
    if (!received || fd < 0)
        return false;
#ifdef IECD_TEST_HOOKS
    reader_hook(received->order.op, fd, socket);
#endif
    g_autoptr(ReaderAnswer) answer = reader_serve(kit, &received->order, fd);
    return say(socket, id, answer);
}

static bool serve_all(const ReaderKit *kit, const Cage *cage, int socket)
{
    g_autoptr(FrameIn) in = frame_in_new(true);
    for (;;) {
        uint64_t id;
        g_autoptr(GBytes) body = NULL;
        int fd;
        FrameStatus s = frame_in_read(in, socket, &id, &body, &fd);
        if (s != FRAME_OK)
            return s == FRAME_END;
        bool served = cage_next_message(cage) && serve_one(kit, socket, id, body, fd);
        if (fd >= 0)
            close(fd);
        if (!served)
            return false;
    }
}

_Noreturn void child_run(const ReaderKit *kit, const Cage *cage, int socket, pid_t parent)
{
    g_autoptr(GError) error = NULL;
    if (!cage_enter(cage, socket, parent, &error)) {
        say_caged(socket, error);
        _exit(1);
    }
    /* _exit: nothing of the parent's is the child's to tidy up. */
    _exit(say_caged(CAGE_SOCKET, NULL) && serve_all(kit, cage, CAGE_SOCKET) ? 0 : 1);
}
