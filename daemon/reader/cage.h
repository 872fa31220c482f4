/* cage.h: what a reader's child gives up before it looks at a stranger's bytes.
 *
 * Prepared once in the parent (the seccomp filter compiled, the Landlock ruleset made), closed in
 * each child after fork: every descriptor but its socket gone, resource limits, no new privileges,
 * not dumpable, killed with its parent, Landlock without any path where the kernel offers it, then
 * seccomp. A forbidden system call kills the child, with these answers instead where libraries try
 * things as a matter of course: anything that opens a path finds nothing (ENOENT), executable
 * memory is refused (EACCES), tgkill is refused so that abort() still ends in a signal of its own.
 *
 * Landlock is used where offered; everything else is required: cage_prepare and cage_enter fail
 * rather than leave a bar out. No way out of it is offered.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct CageLimits {
    uint64_t memory;   /* bytes of address space beyond what the parent holds */
    unsigned cpu_s;    /* of processor time for one message */
    unsigned messages; /* a child's most */
} CageLimits;

typedef struct Cage Cage;
/* After the warm-up: the parent's size is measured here. */
Cage *cage_prepare(const CageLimits *limits, GError **error);
void cage_free(Cage *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cage, cage_free)
/* "seccomp, landlock 7" or "seccomp, no landlock". Borrowed. */
const char *cage_description(const Cage *c);

#define CAGE_SOCKET 3
/* In the child: closes the cage for good. `socket` becomes descriptor CAGE_SOCKET, 0 to 2 are
 * /dev/null, all others are closed (`parent` is the prepared parent's pid). */
bool cage_enter(const Cage *c, int socket, pid_t parent, GError **error);
/* A new budget of processor time. False where the child has had all it will get. */
bool cage_next_message(const Cage *c);
