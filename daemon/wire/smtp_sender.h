/* smtp_sender.h: hands replies to the mail server, one connection for many (RFC 5321).
 *
 * The session is ours over a Stream after libcurl's login: EHLO facts are asked again, PIPELINING
 * and SIZE used where offered, where DSN is NOTIFY=NEVER (FAILURE for a mail with a return path,
 * which wants to hear), 600 seconds at the dot. One recipient a message. An idle connection is kept
 * `idle_s` and then left with QUIT, without waiting.
 */
#pragma once

#include "daemon/wire/stream.h"

typedef enum SmtpOutcome {
    SMTP_SENT,      /* 250 after the dot */
    SMTP_LATER,     /* 4xx to this message: again after a pause */
    SMTP_REFUSED,   /* 5xx to the recipient or the content: a person */
    SMTP_OUR_FAULT, /* 5xx to MAIL FROM or DATA, login or TLS refused: pause all sending, alarm */
    SMTP_NOT_SENT,  /* the connection failed before the last byte left: again */
    SMTP_UNKNOWN    /* lost after the dot: may have been accepted */
} SmtpOutcome;

typedef struct SmtpSenderConfig {
    StreamConfig stream;
    const char *helo; /* our name */
    unsigned idle_s;  /* keep the connection this long after the last message */
    /* The server has asked for the message (354): its first byte leaves when this returns true.
     * false: nothing more is sent or told; the caller is about to stop. NULL: always. */
    bool (*about_to_send)(int64_t id, void *user);
} SmtpSenderConfig;

typedef struct SmtpMail {
    int64_t id;              /* the outbox row's */
    const char *return_path; /* "" for <> */
    const char *recipient;
    GBytes *bytes; /* CRLF lines; refused (SMTP_REFUSED) where it holds a bare CR or LF */
} SmtpMail;

typedef struct SmtpSender SmtpSender;
/* `answer` is the server's line or our reason, made printable. Called from the main loop. */
typedef void (*SmtpDoneFunc)(int64_t id, SmtpOutcome outcome, const char *answer, void *user);
/* Health: NULL error when connected. */
typedef void (*SmtpHealthFunc)(const GError *error, void *user);

SmtpSender *smtp_sender_new(const SmtpSenderConfig *config, SmtpDoneFunc done,
                            SmtpHealthFunc health, void *user);
void smtp_sender_free(SmtpSender *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpSender, smtp_sender_free)
/* Takes copies. One at a time: false while one is under way. Connects where needed; where a kept
 * connection turns out dead before MAIL is accepted it connects once more by itself. */
bool smtp_sender_send(SmtpSender *s, const SmtpMail *mail);
bool smtp_sender_busy(const SmtpSender *s);
