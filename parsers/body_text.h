/* body_text.h: a message's text taken apart: what the sender wrote, signature, quotes, forwards.
 *
 * Works on lines of plain text (html_text makes such of HTML). Knows "> " quotes with answers
 * between them, attributions ("On ... wrote:") in several languages, the header blocks of Outlook
 * and its kin, forwarded-message markers, "-- " signatures, mailing-list footers, tails such as
 * "Sent from my iPhone", disclaimers and the banners that receiving servers put on top. Nothing is
 * dropped; where it is in doubt, text stays the sender's own.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Forward {
    char *origin; /* From value of the forwarded header, "" unknown */
    int64_t date; /* UTC seconds, 0 unknown */
    char *text;   /* header lines and all */
} Forward;

typedef struct BodyText {
    GString *written;    /* what the sender wrote, without signature */
    GString *signature;  /* signature, disclaimers, banners, footers */
    GString *quoted;     /* quoted mail without its "> " */
    GPtrArray *forwards; /* Forward */
    GString *own;        /* written and signature in their order */
    GString *others;     /* quoted and forwarded in their order */
} BodyText;

typedef struct BodyHints {
    bool is_forward; /* the subject says FW: */
    bool is_reply;   /* the subject says RE:, or there is an In-Reply-To */
    bool is_form;    /* a form's mail: mail pasted into an answer ends nothing, all is written */
} BodyHints;

BodyText *body_text_new(void);
void body_text_free(BodyText *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BodyText, body_text_free)

/* Takes `text` (UTF-8, LF) apart and adds it to `b`; several bodies of one message add up. */
void body_text_add(BodyText *b, const char *text, const BodyHints *hints);

/* format=flowed undone (RFC 3676); quoted lines keep their ">". g_free. */
char *body_text_unflow(const char *text, bool delsp);
