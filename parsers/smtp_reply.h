/* smtp_reply.h: the server's replies of RFC 5321 4.2, read strictly and piece by piece.
 *
 * A reply is one or more lines "250-text" ended by one "250 text", all with one code, each ended
 * by CRLF. Anything else is broken: a reader that guesses gets out of step, and an answer to one
 * message would be taken for another's. After SMTP_BROKEN the reader is of no more use.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define SMTP_LINE_MOST  2000u /* bytes; RFC 5321 4.5.3.1.5 asks for 512 */
#define SMTP_LINES_MOST 100u

typedef struct SmtpReply {
    int code;     /* 200 to 599 */
    char **lines; /* text after the code, of each line, printable UTF-8 */
    char *answer; /* "250 2.0.0 Ok: queued": the whole in one printable line, cut at 500 bytes */
} SmtpReply;
void smtp_reply_free(SmtpReply *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpReply, smtp_reply_free)

typedef struct SmtpReader SmtpReader;
SmtpReader *smtp_reader_new(void);
void smtp_reader_free(SmtpReader *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpReader, smtp_reader_free)

typedef enum SmtpRead {
    SMTP_READ_MORE,  /* all bytes used, no reply complete */
    SMTP_READ_REPLY, /* *reply is set, the caller's */
    SMTP_READ_BROKEN /* *why says in words what was wrong; static */
} SmtpRead;
/* Uses up to `length` bytes and says in *used how many: the rest belongs to the next reply. */
SmtpRead smtp_reader_feed(SmtpReader *r, const char *bytes, size_t length, size_t *used,
                          SmtpReply **reply, const char **why);
/* True between replies: no byte of one has come. */
bool smtp_reader_is_between(const SmtpReader *r);
