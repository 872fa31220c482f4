/* imap_session.h: the talk with an IMAP server after the login, as state functions without I/O.
 *
 * One parsed reply in, commands out, next state. The owner moves bytes, keeps the time and knows
 * the register:
 *
 *   imap_session_new, imap_session_start
 *   for each reply:  imap_session_reply; false: drop the connection
 *   at IMAP_CHOOSING: imap_session_choose with what the register knows of this UIDVALIDITY
 *   imap_session_next_batch while it can take one; made durable: imap_session_tell
 *   imap_session_next_told, imap_session_next_gone
 *   imap_session_go after any of these: sends what can be sent, else IDLE
 *   what imap_session_output holds goes to the server
 *   connection lost: imap_session_blame, then imap_session_free
 *
 * New UIDs are listed, their sizes asked, and bodies fetched in batches, two of them ahead of the
 * owner. Batches come in ascending order of UID and a UID is in none before all lower ones are
 * settled (body, header only, or gone), so the highest registered UID is the whole progress.
 * A UID whose body does not come is looked for again: gone, or asked for alone; after
 * IMAP_BODY_TRIES (counted over connections in ImapTroubles) only its header is asked for, then
 * nothing, and it is offered as it is: a message may be unreadable but never lost.
 */
#pragma once

#include "daemon/wire/imap_source.h"
#include "parsers/imap_reply.h"

#define IMAP_BODY_TRIES   3u
#define IMAP_HEADER_TRIES 2u
#define IMAP_HEADER_MOST  65536u
#define IMAP_SIZES_WINDOW 500u /* messages whose size is asked for at once */
#define IMAP_BATCHES      2u   /* under way or waiting to be taken */

typedef enum ImapState {
    IMAP_ASKING,    /* CAPABILITY */
    IMAP_SELECTING, /* SELECT */
    IMAP_CHOOSING,  /* imap_session_choose is wanted */
    IMAP_WORKING,
    IMAP_IDLE_ASKED, /* IDLE sent, "+" not yet come */
    IMAP_IDLING,
    IMAP_RESTING, /* nothing to do and no IDLE: imap_session_wake polls */
    IMAP_STATE_COUNT
} ImapState;

typedef struct ImapStateInfo {
    const char *name;
    unsigned silence_s;   /* how long the server may say nothing; 0 any time */
    const char *sentence; /* for the log: "lost while ..." */
} ImapStateInfo;
extern const ImapStateInfo IMAP_STATES[IMAP_STATE_COUNT];

/* What is remembered of a mailbox over its connections. */
typedef struct ImapTroubles {
    uint32_t uidvalidity;
    GHashTable *tries;     /* UID -> times its body or header did not come */
    unsigned sizing_drops; /* connections lost while sizes were asked for */
    bool sizes_differ;     /* bodies are steadily not as long as RFC822.SIZE says (Exchange) */
} ImapTroubles;
ImapTroubles *imap_troubles_new(void);
void imap_troubles_free(ImapTroubles *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapTroubles, imap_troubles_free)

typedef struct ImapSession ImapSession;
/* Borrows `config` and `troubles`. */
ImapSession *imap_session_new(const ImapSourceConfig *config, ImapTroubles *troubles);
void imap_session_free(ImapSession *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_session_free)
void imap_session_start(ImapSession *s);
/* False with an error of WIRE_ERROR: the connection must be dropped. */
bool imap_session_reply(ImapSession *s, const ImapReply *reply, GError **error);
/* `highest` UID registered, 0 none; takes `untold` (uint32_t; may be NULL). */
bool imap_session_choose(ImapSession *s, uint32_t highest, GArray *untold, GError **error);
/* `may_rest`: no batch is about to be told of, so where nothing is to be done it may IDLE. */
void imap_session_go(ImapSession *s, bool may_rest);
/* Polls, or leaves IDLE and lists once before the next; tries again what was refused. */
void imap_session_wake(ImapSession *s);

ImapState imap_session_state(const ImapSession *s);
uint32_t imap_session_uidvalidity(const ImapSession *s);
/* Bytes for the server; the owner empties it. */
GString *imap_session_output(ImapSession *s);
/* Whole batches of SourceMessage, oldest first; NULL none. The caller's. */
bool imap_session_has_batch(const ImapSession *s);
GPtrArray *imap_session_next_batch(ImapSession *s);
/* These are durable: move or mark them, or (AFTER_LEAVE) nothing. Ascending. */
void imap_session_tell(ImapSession *s, const uint32_t *uids, unsigned n);
/* UIDs the server has been told of, or that went away before they could be (uint32_t); NULL. */
GArray *imap_session_next_told(ImapSession *s);
/* UIDs that went away before they were read. */
GArray *imap_session_next_gone(ImapSession *s);
/* Moving or marking was refused: why, once. The caller's. */
GError *imap_session_next_refusal(ImapSession *s);

/* Seconds the oldest command may take in all, however many bytes trickle in; 0 any time. *serial
 * says which command that is. */
unsigned imap_session_allowance(const ImapSession *s, uint64_t *serial);
/* The connection was lost: counts a try of the message that was being fetched. */
void imap_session_blame(ImapSession *s);
