/* compose.h: the words of a reply, from templates and facts (policy section 6), and its mail form.
 *
 * Values come from typed fields only; nothing the complainant wrote in free text is repeated, and
 * every value is escaped for where it stands. A template is rendered whole or not at all.
 */
#pragma once

#include "config/templates.h"
#include "daemon/model/reply.h"

#define COMPOSE_ERROR (compose_error_quark())
typedef enum ComposeError {
    COMPOSE_ERROR_MISSING, /* a template, or a value that it needs and the case does not have */
    COMPOSE_ERROR_UNSAFE,  /* a value holds what may not stand in a letter or a header */
} ComposeError;
GQuark compose_error_quark(void);

/* NULL with error where a template lacks a part, names an unknown value or one that is not known
 * here (a promise without answer_by), or the kind has no template. */
Reply *compose_reply(const Templates *templates, const ReplyInput *input, GError **error);

typedef struct MailHeaders {
    const char *from_name;         /* "Office for the Independent Examiner of Complaints" */
    const char *from_address;      /* our mailbox */
    const char *reply_to;          /* NULL, or the case's marked plus-address */
    const char *to_address;        /* passed addr_ok */
    const char *message_id;        /* with <> */
    const char *in_reply_to;       /* NULL none; left out where it is no strict msg-id */
    const char *const *references; /* NULL-terminated; likewise, each; NULL none */
    int64_t date;                  /* UTC seconds */
    bool automatic;                /* Auto-Submitted: auto-replied, X-Auto-Response-Suppress: All */
} MailHeaders;
/* A whole message: multipart/alternative, 7-bit (quoted-printable), CRLF, lines under 78; header
 * block holds exactly our fields. NULL with error where a value holds a control character, or an
 * address is not one. What a stranger wrote as Message-ID never stops an answer: it is left out. */
GBytes *mail_render(const Reply *reply, const MailHeaders *headers, GError **error);
