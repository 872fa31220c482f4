/* reply.h: the kinds of letter the office sends, and a composed one (policy section 6). */
#pragma once

#include "daemon/model/facts.h"
#include "daemon/model/judgement.h"
#include "daemon/model/remedy.h"
#include <glib.h>

typedef enum ReplyKind {
    REPLY_ACKNOWLEDGEMENT, /* goes with refer and reject: promises an answer by the deadline */
    REPLY_URGENT,          /* acknowledgement of an urgent message: where to get help now first */
    REPLY_RECEIPT,  /* thanks and the like, claims not proven: no promise, nothing of a case */
    REPLY_QUESTION, /* decision ask */
    REPLY_REJECTION,
    REPLY_ACCEPTANCE,
    REPLY_HOLDING,    /* noon on deadline day, nobody has decided */
    REPLY_NOTICE,     /* to the office's own people: reference and kind only; no template */
    REPLY_CLOSED,     /* closed by a person, in the person's own few words */
    REPLY_REMINDER,   /* 14 days after our question: what is still missing */
    REPLY_LOOK_AGAIN, /* acknowledgement of one who asks that a rejection be looked at again */
    REPLY_CLOSED_NO_REPLY,
    REPLY_CLOSED_WITHDRAWN,
    REPLY_CLOSED_OUTSIDE, /* accepted, and found outside later: two people agreed */
    REPLY_RESOLVED,
    REPLY_SETTLED,
    REPLY_INVESTIGATION, /* opened */
    REPLY_REPORT,        /* issued */
    REPLY_COUNT
} ReplyKind;
const char *reply_name(ReplyKind v);
/* It says what was decided or done, or asks for what that needs: not a receipt, reminder, holding
 * letter or notice. */
bool reply_is_answer(ReplyKind v);

/* What a reply is made from. Borrowed pointers, valid during the call. */
typedef struct ReplyInput {
    ReplyKind kind;
    const char *reference;      /* IEC/26/000123 */
    const Facts *facts;         /* merged facts of the case; never NULL */
    const Judgement *judgement; /* reasons, asks, deadline; never NULL */
    Day received;               /* day of receipt of the message answered */
    Day answer_by;       /* date promised (reply deadline or the holding letter's new date) */
    const char *to_name; /* person addressed, "" unknown */
    bool by_computer;    /* says that a computer made it; false when a person decided */
    const char *note;    /* REPLY_CLOSED, REPLY_CLOSED_OUTSIDE: caseworker's own words, "" else */
    Day asked;           /* day of our last question; DAY_NONE: none was asked */
    const CaseOutcome *outcome; /* REPLY_RESOLVED to REPLY_REPORT; NULL else */
} ReplyInput;

/* The same words twice; UTF-8; LF line ends; subject without the complaint's words. */
typedef struct Reply {
    char *subject;
    char *text;
    char *html;
    char *language; /* "en", or "cy" for Welsh followed by English */
} Reply;
void reply_free(Reply *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)
