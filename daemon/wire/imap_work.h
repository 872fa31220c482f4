/* imap_work.h: what the parts of an IMAP session share: commands, listing, fetching, telling.
 *
 * imap_session.c owns the states and the commands in flight; imap_listing.c finds new UIDs and
 * their sizes; imap_fetching.c makes batches of them; imap_telling.c moves and marks. Private to
 * daemon/wire. Only one SEARCH is ever in flight, because its answer does not say whose it is.
 */
#pragma once

#include "daemon/wire/imap_session.h"

typedef enum CommandKind {
    COMMAND_CAPABILITY,
    COMMAND_SELECT,
    COMMAND_NOOP,
    COMMAND_IDLE,
    COMMAND_LIST,    /* UID SEARCH: new UIDs */
    COMMAND_NEWS,    /* UID FETCH n:* sizes: the few UIDs after the last one listed */
    COMMAND_SIZES,   /* of a window of listed UIDs */
    COMMAND_BODIES,  /* of a batch */
    COMMAND_RECHECK, /* UID SEARCH: are these of a batch still there */
    COMMAND_PRESENT, /* UID SEARCH: are these untold ones still there */
    COMMAND_CREATE,
    COMMAND_MOVE,
    COMMAND_COPY,
    COMMAND_MARK, /* \Deleted after COPY, or the keyword */
    COMMAND_EXPUNGE
} CommandKind;

typedef enum ItemState { ITEM_WANTED, ITEM_HAVE, ITEM_GONE } ItemState;

typedef struct Item {
    uint32_t uid;
    uint64_t size; /* RFC822.SIZE; 0 where not sized */
    int64_t date;
    GBytes *bytes, *header;
    uint64_t odd_size; /* of a body that was not as long as announced, to compare the next with */
    ItemState state;
    bool sized, header_only, again, asked_alone;
} Item;

typedef struct Batch {
    GArray *items;     /* Item, ascending */
    unsigned commands; /* in flight */
    uint64_t bytes;    /* announced */
    bool recheck;      /* to be looked for */
    char *refusal;     /* what the server said to a fetch that brought too little */
    bool bad;          /* and that was BAD: a fault of ours, or of the server's grammar */
} Batch;

typedef struct Tell {
    GArray *uids;
    CommandKind next; /* MOVE, COPY, MARK, EXPUNGE; PRESENT for those of an earlier connection */
    bool created;     /* the folder was made for it */
} Tell;

typedef struct Command {
    char tag[32];
    CommandKind kind;
    uint64_t serial, bytes; /* expected */
    Batch *batch;           /* borrowed */
    Tell *tell;             /* owned while in flight */
} Command;

struct ImapSession {
    const ImapSourceConfig *config;
    ImapTroubles *troubles;
    ImapState state;
    GString *out;
    GQueue commands; /* Command, in flight, oldest first */
    char tag_head[20];
    uint64_t serial;
    bool can_idle, can_move, can_uidplus;
    bool done_sent;  /* of the present IDLE */
    bool leave_idle; /* as soon as "+" comes */
    uint32_t uidvalidity, uidnext, exists;
    GArray *found; /* ImapRange: what the SEARCH in flight found */
    bool searching;
    bool no_blame; /* the connection is dropped on purpose, no message caused it */

    /* listing */
    bool want_list, want_noop, listed_once;
    unsigned expected;   /* new messages, as far as told */
    uint32_t next_uid;   /* lowest not yet listed */
    GArray *uids;        /* uint32_t, listed, sizes not asked for */
    unsigned uids_at;    /* first of them */
    GArray *window;      /* Item, sizes being asked for; NULL none */
    bool window_is_news; /* the window grows with what comes */
    GArray *sized;       /* Item, ready for a batch */
    unsigned sized_at;   /* first of them */

    /* fetching */
    GQueue batches;     /* Batch, oldest first */
    GArray *gone;       /* uint32_t */
    unsigned odd_sizes; /* bodies that were steadily not as long as announced */

    /* telling */
    GQueue tells; /* Tell, to be sent */
    GQueue later; /* Tell, refused: tried again when woken */
    unsigned tells_flying;
    GArray *told; /* uint32_t */
    GError *refusal;
};

/* imap_session.c */
Command *imap_command(ImapSession *s, CommandKind kind, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
unsigned imap_tries(const ImapSession *s, uint32_t uid);
unsigned imap_tries_add(ImapSession *s, uint32_t uid);
/* BUSY, REFUSED (NO) or PROTOCOL (BAD), with the server's words. */
GError *imap_refused(const ImapReply *reply, const char *doing);
bool imap_protocol_error(GError **error, const char *what); /* false */
/* Begins the one SEARCH there may be. */
void imap_search(ImapSession *s, CommandKind kind, Batch *batch, Tell *tell, const char *set);
/* True if the last SEARCH found `uid`. */
bool imap_found(const ImapSession *s, uint32_t uid);

/* imap_listing.c */
void listing_choose(ImapSession *s, uint32_t highest);
void listing_go(ImapSession *s);
bool listing_has_work(const ImapSession *s);
void listing_fetched(ImapSession *s, const ImapFetch *f);
bool listing_answered(ImapSession *s, const Command *c, const ImapReply *reply, GError **error);
void listing_blame(ImapSession *s);
void listing_free(ImapSession *s);

/* imap_fetching.c */
void fetching_go(ImapSession *s);
bool fetching_has_work(const ImapSession *s);
bool fetching_body(ImapSession *s, const ImapFetch *f, GError **error);
bool fetching_answered(ImapSession *s, const Command *c, const ImapReply *reply, GError **error);
void fetching_blame(const Batch *b, ImapSession *s);
void fetching_free(ImapSession *s);

/* imap_telling.c */
void telling_untold(ImapSession *s, GArray *untold);
void telling_go(ImapSession *s);
bool telling_has_work(const ImapSession *s);
bool telling_answered(ImapSession *s, Command *c, const ImapReply *reply, GError **error);
void telling_retry(ImapSession *s);
void tell_free(Tell *t);
void telling_free(ImapSession *s);
