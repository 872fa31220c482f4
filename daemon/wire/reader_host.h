/* reader_host.h: one prepared parent (`iecd-reader --slim` or `--docs`), seen from iecd.
 *
 * Started with posix_spawn: a control socket as descriptor 3, /dev/null for input and output, our
 * standard error, a small environment, nothing else. Events come from the main loop, one a turn,
 * each as the last thing done, so that the listener may free the host in any of them. After
 * `failed` nothing more comes. Freeing closes the control socket, at which the parent ends its
 * children and itself; one that does not within two seconds is killed. No zombie is left.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ReaderHost ReaderHost;

typedef struct ReaderHostEvents {
    void (*ready)(ReaderHost *h, void *user);
    /* The descriptors are the listener's. */
    void (*child)(ReaderHost *h, uint32_t number, int pidfd, int socket, void *user);
    void (*ended)(ReaderHost *h, uint32_t number, int wait_status, void *user);
    void (*failed)(ReaderHost *h, const GError *why, void *user);
} ReaderHostEvents;

/* `option` is "--slim" or "--docs". The strings are copied, `events` is borrowed. */
ReaderHost *reader_host_start(const char *program, const char *option, const char *config_dir,
                              const ReaderHostEvents *events, void *user, GError **error);
void reader_host_free(ReaderHost *h);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderHost, reader_host_free)
/* Asks it to end; `failed` says when it has, and freeing it then waits for nothing. */
void reader_host_dismiss(ReaderHost *h);
/* Blocks until it is ready; for the start, when nothing else is served. */
bool reader_host_wait(ReaderHost *h, unsigned seconds, GError **error);
bool reader_host_ready(const ReaderHost *h);
/* Asks for one child; false where the socket does not take it now (ask again later). */
bool reader_host_ask(ReaderHost *h);
const char *reader_host_rules_version(const ReaderHost *h); /* "" until ready */
const char *reader_host_cage(const ReaderHost *h); /* "seccomp, landlock 7"; "" until ready */
