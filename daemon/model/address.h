/* address.h: the one gate between an address a stranger wrote and a protocol line of ours.
 *
 * Nothing reaches an SMTP command, a header of ours or the outbox that addr_ok refused
 * (reliability finding: a quoted local part may carry CR LF into RCPT TO).
 */
#pragma once

#include <stdbool.h>

/* True for a plain addr-spec: one '@', atext and dots in the local part (no quotes, no comments,
 * no leading, trailing or double dot), a domain of LDH labels, at most 254 bytes (RFC 5321
 * 4.5.3.1), local part at most 64, printable ASCII only. NULL is false. */
bool addr_ok(const char *address);

/* True when both name the same mailbox for our purposes: ASCII case ignored. */
bool addr_equal(const char *a, const char *b);

/* True for mailer-daemon, postmaster, no-reply and the like (policy 6), by local part. */
bool addr_is_robot(const char *address);
