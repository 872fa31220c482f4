/* imap_source.h: one IMAP mailbox kept read (RFC 3501, 9051; IDLE 2177, UIDPLUS 4315, MOVE 6851).
 *
 * Identity is mailbox + UIDVALIDITY + UID. New UIDs are listed in windows, sizes asked first,
 * bodies fetched in pipelined batches bounded by count and bytes with BODY.PEEK[] and INTERNALDATE;
 * random tags; a body that was not asked for ends the connection, one that is not as long as
 * announced is fetched a second time before it is believed (Exchange announces other sizes). IDLE
 * is issued again before 29 minutes; polling only where the server lacks it. MOVE, else COPY +
 * STORE \Deleted + UID EXPUNGE, never a plain EXPUNGE. NIL or missing bodies are vanished messages,
 * never empty cases.
 */
#pragma once

#include "daemon/wire/mail_source.h"
#include "daemon/wire/stream.h"

typedef enum AfterTaken { AFTER_LEAVE, AFTER_MOVE, AFTER_KEYWORD } AfterTaken;

typedef struct ImapSourceConfig {
    const char *name;
    StreamConfig stream;
    const char *mailbox; /* UTF-8 name, "INBOX" */
    AfterTaken after;
    const char *move_to; /* folder, made if missing */
    const char *keyword; /* "$IecdTaken" */
    unsigned poll_s;     /* where IDLE is not offered */
    bool use_idle;
    uint64_t max_message; /* bytes; above it only the header is taken */
    unsigned batch_count; /* messages, e.g. 256 */
    uint64_t batch_bytes; /* e.g. 8 MiB */
} ImapSourceConfig;

MailSource *imap_source_open(const ImapSourceConfig *config, const SourceCalls *calls, void *user);
