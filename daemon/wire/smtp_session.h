/* smtp_session.h: what we say to a mail server after login, without I/O (RFC 5321, 2920, 3461).
 *
 * Replies go in one at a time, commands come out appended to a buffer; who owns the stream moves
 * the bytes. Order: smtp_session_start; then, each time smtp_session_is_ready, one
 * smtp_session_mail, whose outcome is there when smtp_session_reply says SMTP_STEP_DONE, or when
 * smtp_session_lost was told that the connection has gone.
 *
 * Outcomes (reliability: a reply about us is not one about the recipient):
 *
 *   reply to      4xx        421             5xx              no reply, or none that can be
 *   MAIL          LATER      NOT_SENT, drop  OUR_FAULT        NOT_SENT, drop
 *   RCPT          LATER      NOT_SENT, drop  REFUSED (1)      NOT_SENT, drop
 *   DATA          LATER      NOT_SENT, drop  OUR_FAULT        NOT_SENT, drop
 *   the message   LATER      LATER, drop     REFUSED          UNKNOWN once the last byte has left,
 *                                                             else NOT_SENT; drop
 *   (1) OUR_FAULT for codes that cannot be about a recipient: 500, 502 to 504, 530, 534, 535, 538,
 *       555.
 */
#pragma once

#include "daemon/wire/smtp_sender.h"
#include "parsers/smtp_reply.h"

typedef enum SmtpState {
    SMTP_STATE_NEW,
    SMTP_STATE_EHLO,
    SMTP_STATE_READY,
    SMTP_STATE_RSET,
    SMTP_STATE_MAIL,
    SMTP_STATE_RCPT,
    SMTP_STATE_DATA,
    SMTP_STATE_MESSAGE,
    SMTP_STATE_LONE_DOT, /* ends a DATA accepted for nobody */
    SMTP_STATE_GONE,
    SMTP_STATE_COUNT
} SmtpState;

typedef enum SmtpStep {
    SMTP_STEP_WAIT,  /* for more replies */
    SMTP_STEP_READY, /* EHLO is answered */
    SMTP_STEP_DONE,  /* the mail's outcome is known; ready for another */
    SMTP_STEP_DROP   /* drop the connection; a mail under way has its outcome */
} SmtpStep;

typedef struct SmtpSession SmtpSession;
SmtpSession *smtp_session_new(const char *helo);
void smtp_session_free(SmtpSession *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpSession, smtp_session_free)

/* Libcurl has greeted, secured and logged in; what the server offers is asked again. */
void smtp_session_start(SmtpSession *s, GByteArray *out);
bool smtp_session_is_ready(const SmtpSession *s);
/* A mail that smtp_mail_check passed. SMTP_STEP_DONE at once where the server said it would not
 * take it (too large, or 8-bit). */
SmtpStep smtp_session_mail(SmtpSession *s, const SmtpMail *mail, GByteArray *out);
SmtpStep smtp_session_reply(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
/* The connection is gone, or is to be dropped, `why` in words. `all_left`: no byte of ours waits.
 */
void smtp_session_lost(SmtpSession *s, const char *why, bool all_left);
/* Ends the session politely; no reply is waited for. */
void smtp_session_quit(SmtpSession *s, GByteArray *out);

/* Of the last mail. `answer`: the server's line, or our reason; printable, borrowed. */
SmtpOutcome smtp_session_outcome(const SmtpSession *s);
const char *smtp_session_answer(const SmtpSession *s);
/* The server has taken MAIL FROM of the mail under way: it may not be begun again unasked. */
bool smtp_session_mail_accepted(const SmtpSession *s);
/* Seconds to wait for the reply due; 0 where none is. */
unsigned smtp_session_timeout(const SmtpSession *s);
SmtpState smtp_session_state(const SmtpSession *s);
/* "asking it to take the message": what the state is about, for people. */
const char *smtp_state_words(SmtpState state);
