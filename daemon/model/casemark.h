/* casemark.h: our case reference with a check part, so that a forged or guessed one cannot attach.
 *
 * The mark of a case is base32(HMAC-SHA-256(key, "iecd case mark" NUL reference)) cut to 20
 * characters (100 bits), lower case a-z 2-7. It stands with the key's id:
 *   address     iec+26-000123.k1.abcdefghijklmnopqrst@example   (the plus part of our own address)
 *   Message-ID  <26-000123.SERIAL.k1.abcdefghijklmnopqrst@example>; SERIAL is the reply's own
 * Keys are made with the register in its schema's transaction and backed up with it.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct MarkKey {
    uint32_t id; /* the 1 of k1 */
    uint8_t bytes[32];
} MarkKey;

/* "IEC/26/000123" <-> 26, 123. case_reference: g_free. case_reference_parse accepts that form in
 * any ASCII case and "26-000123", whole string only. */
char *case_reference(int year2, uint32_t number);
bool case_reference_parse(const char *text, int *year2, uint32_t *number);

/* g_free. `own_address` is our configured mailbox address; domain for the Message-ID is its. */
char *case_mark_address(const MarkKey *key, const char *reference, const char *own_address);
char *case_mark_message_id(const MarkKey *key, const char *reference, uint64_t serial,
                           const char *domain);

/* If `text` (an address or a Message-ID with or without <>) carries a mark that one of the
 * `n` keys made, returns the reference (g_free), else NULL. Compared in constant time. */
char *case_mark_check(const MarkKey *keys, unsigned n, const char *text);
/* True where it has a mark's shape, genuine or not. */
bool case_mark_shaped(const char *text);
