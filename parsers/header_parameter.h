/* header_parameter.h: the parameters of a raw structured header value, as they stand. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A parameter of a raw header value: "; name=value". `*at` starts after the value proper or at 0
 * and moves on. Quoted strings and comments are understood, RFC 2231 is not undone. False at the
 * end. Both strings are the caller's. */
bool header_parameter_next(const char *value, size_t *at, char **name, char **content);
