/* imap_reply.h: the words of an IMAP server, read strictly (RFC 3501, 9051, 4315, 4731, 6851).
 *
 * Bytes go in as they arrive, down to single ones; whole responses come out, each with the values
 * iecd uses. Framing is literal-exact: the bytes of a literal are never looked at, so a message
 * cannot speak for the server, and status text ("* OK ... {5}") never announces one. What does not
 * follow the grammar, or passes a limit, is BROKEN: the connection must be dropped, because nothing
 * after it can be trusted. Unknown responses and FETCH items are skipped, not errors.
 *
 * Limits: IMAP_LINE_MOST bytes of a response outside its literals, IMAP_LITERALS_MOST literals of
 * together `literal_most` bytes, IMAP_NESTING_MOST levels of parentheses, IMAP_NUMBERS_MOST
 * numbers in a set. A SEARCH answer has no line limit, it is read number by number.
 *
 * Order: imap_reader_feed, then imap_reader_next until it says MORE; then the next feed.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define IMAP_LINE_MOST     65536u
#define IMAP_LITERALS_MOST 32u
#define IMAP_NESTING_MOST  16u
#define IMAP_NUMBERS_MOST  4000000u

typedef enum ImapKind {
    IMAP_TAGGED,   /* tag, status, code, text */
    IMAP_CONTINUE, /* text */
    IMAP_STATUS,   /* untagged OK NO BAD PREAUTH BYE: status, code, text */
    IMAP_CAPABILITY,
    IMAP_EXISTS,  /* number */
    IMAP_EXPUNGE, /* number */
    IMAP_FETCH,   /* number, fetch */
    IMAP_SEARCH,  /* ranges */
    IMAP_ESEARCH, /* ranges of ALL, tag where told */
    IMAP_LIST,    /* name, delimiter */
    IMAP_OTHER
} ImapKind;

typedef enum ImapStatus { IMAP_OK, IMAP_NO, IMAP_BAD, IMAP_PREAUTH, IMAP_BYE } ImapStatus;

typedef enum ImapCode {
    IMAP_CODE_NONE,
    IMAP_CODE_OTHER,
    IMAP_CODE_CAPABILITY,  /* words */
    IMAP_CODE_UIDVALIDITY, /* number */
    IMAP_CODE_UIDNEXT,     /* number */
    IMAP_CODE_APPENDUID,   /* number: UIDVALIDITY; ranges: the UID */
    IMAP_CODE_COPYUID,     /* number: UIDVALIDITY; ranges: source UIDs */
    IMAP_CODE_CLOSED,
    IMAP_CODE_TRYCREATE,
    IMAP_CODE_ALREADYEXISTS,
    IMAP_CODE_NONEXISTENT,
    IMAP_CODE_READ_ONLY,
    IMAP_CODE_UNAVAILABLE,
    IMAP_CODE_INUSE,
    IMAP_CODE_LIMIT,
    IMAP_CODE_SERVERBUG,
    IMAP_CODE_EXPUNGEISSUED
} ImapCode;

typedef struct ImapRange { /* both ends in it; first <= last */
    uint32_t first, last;
} ImapRange;

typedef enum ImapSection {
    IMAP_SECTION_NONE,
    IMAP_SECTION_WHOLE, /* BODY[] */
    IMAP_SECTION_HEADER /* BODY[HEADER] */
} ImapSection;

typedef struct ImapFetch {
    uint32_t uid; /* 0: not told */
    bool has_size, has_date, has_flags;
    uint64_t size;       /* RFC822.SIZE */
    int64_t date;        /* INTERNALDATE, UTC seconds */
    char *flags;         /* "\\Seen $IecdTaken", as the server wrote them */
    ImapSection section; /* which body is told of, if any */
    bool partial;        /* BODY[...]<origin> */
    uint32_t origin;
    GBytes *body; /* NULL: NIL */
} ImapFetch;

typedef struct ImapReply {
    ImapKind kind;
    ImapStatus status;
    ImapCode code;
    uint32_t number;
    char *tag;
    char *text;     /* for people: valid UTF-8, no controls, cut at 300 bytes; never NULL */
    char **words;   /* capabilities, upper case; NULL where none were told */
    GArray *ranges; /* ImapRange, as they came; NULL where none were told */
    ImapFetch fetch;
    char *name;     /* as on the wire (modified UTF-7) */
    char delimiter; /* 0: none */
} ImapReply;

typedef enum ImapRead { IMAP_READ_MORE, IMAP_READ_REPLY, IMAP_READ_BROKEN } ImapRead;

GQuark imap_reply_error_quark(void);

typedef struct ImapReader ImapReader;
ImapReader *imap_reader_new(uint64_t literal_most);
void imap_reader_free(ImapReader *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapReader, imap_reader_free)
/* `bytes` are borrowed until imap_reader_next says MORE. */
void imap_reader_feed(ImapReader *r, const void *bytes, size_t length);
/* *reply is borrowed until the next call; take a reference to fetch.body to keep it. After BROKEN
 * (with an error) every call is BROKEN. */
ImapRead imap_reader_next(ImapReader *r, const ImapReply **reply, GError **error);
/* False in the middle of a response. */
bool imap_reader_between(const ImapReader *r);

/* True if `words` has `word` (upper case). */
bool imap_has_word(char *const *words, const char *word);
