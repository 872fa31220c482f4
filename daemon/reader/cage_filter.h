/* cage_filter.h: the seccomp program of the cage, from one table of system calls.
 *
 * Default: kill the process. See the table in the .c for what is allowed and what is answered.
 */
#pragma once

#include <glib.h>
#include <linux/filter.h>
#include <stdbool.h>

/* The compiled program; its `filter` is g_malloc'ed. False with an error naming the call. */
bool cage_filter_build(struct sock_fprog *program, GError **error);
