/* imap_tokens.h: the small words of IMAP's grammar, one cursor over one response.
 *
 * Each function reads one thing at the cursor and moves behind it; false with `why` set (but for
 * tok_ended, tok_ahead and tok_accept, which only ask). Private to imap_reply.
 */
#pragma once

#include "parsers/imap_reply.h"

typedef struct ImapCursor {
    const char *at, *end;
    GPtrArray *literals; /* GBytes, one for each NUL byte of the text */
    unsigned literal;    /* next of them */
    const char *why;     /* a constant */
} ImapCursor;

bool tok_no(ImapCursor *c, const char *why);
bool tok_ended(const ImapCursor *c);
bool tok_ahead(const ImapCursor *c, char wanted);
bool tok_accept(ImapCursor *c, char wanted);
bool tok_expect(ImapCursor *c, char wanted, const char *why);
/* Digits at *at, as a number up to `most`; moves *at behind them. */
bool tok_digits(const char **at, const char *end, uint64_t most, uint64_t *number);
bool tok_number(ImapCursor *c, bool zero, uint32_t *number);
/* A word up to a blank, parenthesis, quote, or `stop`. */
bool tok_atom(ImapCursor *c, char stop, const char **start, size_t *length);
bool tok_same(const char *start, size_t length, const char *word);
/* NIL (*value NULL), a quoted string, or a literal; *value is the caller's. */
bool tok_nstring(ImapCursor *c, GBytes **value);
/* Any value, thrown away; `depth` parentheses are open around it. */
bool tok_skip(ImapCursor *c, unsigned depth);
/* A set of numbers; *ranges is the caller's, on failure too. */
bool tok_set(ImapCursor *c, GArray **ranges);
