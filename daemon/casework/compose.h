/* compose.h: the words of a reply, from templates and facts (policy section 6), and its mail form.
 *
 * Values come from typed fields only; nothing the complainant wrote in free text is repeated, and
 * every value is escaped for where it stands. A template is rendered whole or not at all.
 */
#pragma once

#include "config/templates.h"
#include "daemon/model/reply.h"

/* NULL with error where a template lacks a part or names an unknown value. */
Reply *compose_reply(const Templates *templates, const ReplyInput *input, GError **error);

typedef struct MailHeaders {
    const char *from_name;         /* "Office for the Independent Examiner of Complaints" */
    const char *from_address;      /* our mailbox */
    const char *reply_to;          /* NULL, or the case's marked plus-address */
    const char *to_address;        /* passed addr_ok */
    const char *message_id;        /* with <> */
    const char *in_reply_to;       /* strict msg-id or NULL */
    const char *const *references; /* NULL-terminated, strict msg-ids; NULL none */
    int64_t date;                  /* UTC seconds */
    bool automatic;                /* Auto-Submitted: auto-replied, X-Auto-Response-Suppress: All */
} MailHeaders;
/* A whole message: multipart/alternative, 7-bit (quoted-printable), CRLF, lines under 78; header
 * block holds exactly our fields. NULL with error where a value holds a control character. */
GBytes *mail_render(const Reply *reply, const MailHeaders *headers, GError **error);
