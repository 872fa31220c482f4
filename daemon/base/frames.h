/* frames.h: length-prefixed frames over a stream socket, and packets with descriptors.
 *
 * What iecd and the caged readers say to each other. A frame is {magic, length, id} and a body of
 * at most FRAME_MAX bytes; a descriptor may ride on its first byte. Reading never takes a byte of
 * the next frame, so a descriptor always belongs to the frame it came with. Nothing here believes
 * the peer: a wrong magic, a length over the limit or a second descriptor is FRAME_BAD, and memory
 * grows with the bytes that came, not with the length that was announced.
 *
 * The same calls serve blocking sockets (the reader's side: never FRAME_AGAIN) and non-blocking
 * ones (iecd's side). Bodies are aligned for GVariant.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define FRAME_MAX (16u << 20)

typedef enum FrameStatus {
    FRAME_OK,    /* a whole frame was read; all was written */
    FRAME_AGAIN, /* come back when the socket is ready */
    FRAME_END,   /* the peer closed, between two frames */
    FRAME_BAD    /* the peer closed or reset inside a frame, or it is not a frame */
} FrameStatus;

typedef struct FrameIn FrameIn;
/* `descriptors`: whether the peer may send them; else they are dropped by the kernel. */
FrameIn *frame_in_new(bool descriptors);
void frame_in_free(FrameIn *in);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameIn, frame_in_free)
/* On FRAME_OK: `body` is the caller's, `passed` the descriptor (CLOEXEC) or -1, the caller's too.
 * Untouched otherwise. */
FrameStatus frame_in_read(FrameIn *in, int socket, uint64_t *id, GBytes **body, int *passed);

typedef struct FrameOut FrameOut;
FrameOut *frame_out_new(void);
void frame_out_free(FrameOut *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameOut, frame_out_free)
/* Queues a frame; takes `descriptor` (-1: none), which is closed once sent or freed. `body` is
 * referenced. False, with the descriptor closed, where the body is over FRAME_MAX. */
bool frame_out_put(FrameOut *out, uint64_t id, GBytes *body, int descriptor);
/* Writes what the socket takes: FRAME_OK all is out, FRAME_AGAIN, FRAME_BAD the peer is gone. */
FrameStatus frame_out_flush(FrameOut *out, int socket);
bool frame_out_empty(const FrameOut *out);

#define PACKET_MAX         4096u
#define PACKET_DESCRIPTORS 2u

/* One message of a SOCK_SEQPACKET socket with up to PACKET_DESCRIPTORS descriptors, which stay the
 * caller's. False with errno set. */
bool packet_send(int socket, const void *bytes, size_t length, const int *descriptors, unsigned n);
/* Into `bytes`, PACKET_MAX of them. FRAME_BAD for a packet cut short or with too many descriptors.
 * `descriptors` has room for PACKET_DESCRIPTORS; those not sent are -1. */
FrameStatus packet_receive(int socket, void *bytes, size_t *length, int *descriptors);
