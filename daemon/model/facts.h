/* facts.h: what one message states, with the words that state it (policy section 2).
 *
 * Facts are extracted once, in the sandboxed reader, from a Document; stored per message with the
 * version of the rules that read them; merged over the messages of a case. Every field that a
 * decision can rest on has at least one Finding with the same `fact` name and its evidence.
 */
#pragma once

#include "daemon/model/judgement.h"
#include <glib.h>

/* Where some words stand: offset and length in bytes of the named part's UTF-8 text. */
typedef struct Evidence {
    char *part;
    uint32_t offset, length;
    char *quote; /* those bytes, at most 240 of them, cut at a character */
} Evidence;

/* One thing read: by which rule, which fact, its value, from which words. */
typedef struct Finding {
    char *rule;          /* "final-response.stated" */
    char *fact;          /* "final_response.status" */
    char *value;         /* "given" */
    GPtrArray *evidence; /* Evidence */
} Finding;

typedef struct Reference {
    char *type;  /* decs gwf uan ho ihs tribunal govuk-forms */
    char *value; /* normalised: "COMP/1234567/26" */
} Reference;

typedef struct Facts {
    char *rules_version;
    MessageKind kind;
    Language language;
    BusinessArea area;
    uint32_t wrongs; /* Wrong bits */
    struct {
        ResponseStatus status;
        Day date;     /* the response's own date */
        Day received; /* the day it was received, if told */
        Carriage carriage;
        Tri names_iec;   /* it names the IEC as the next step */
        Tri names_other; /* it sends the person to another body */
        Tri readable;    /* TRI_NO: something promised as the response could not be read */
        char *source;    /* "stated" "attachment" "forwarded" "form" "" */
        Tri overdue;     /* none yet, and the Home Office's 20 working days have passed */
    } final_response;
    struct {
        RepresentativeType type; /* NOBODY: the person writes for themself */
        char *name;              /* the representative's; "" unknown */
        Tri authority;           /* signed authority attached or complainant co-signed */
        bool parent_of_child;    /* needs none */
    } representative;
    char *complainant_name;     /* "" unknown */
    char *complainant_email;    /* as stated in a form or as the sender's; "" unknown */
    char *reply_address;        /* the one plain address a reply may go to (policy 6: From, or the
                                   address a recognised form states), "" if there is none */
    BarHold bars[REASON_COUNT]; /* policy 5 (no-final-response and out-of-time stay BAR_NONE) */
    Tri late_reason;            /* a reason for lateness is given */
    uint32_t flags;             /* CaseFlag bits: urgent serious-misconduct mp representative
                                   vulnerable media unread-part */
    uint32_t refer;             /* ReferWhy bits that the text itself raises: not-a-complaint,
                                   about-this-office, passed-on, language, withdrawal, machine-headers,
                                   sender-not-authenticated, unreadable */
    uint32_t reviewed;          /* ReviewedWhy bits: what forces release `reviewed` (policy 4a) */
    uint32_t heeds;             /* Heed bits: what stops or moves our letters, or warns of harm */
    bool thanks_only;           /* gets no promise of an answer */
    bool reply_forbidden;       /* a header of policy 6 forbids any automatic reply */
    char *reply_forbidden_why;  /* the header and value, "" else */
    GPtrArray *references;      /* Reference */
    char **claims;              /* our own references claimed anywhere ("IEC/26/000123"), and marked
                                   addresses or Message-IDs of ours found, unchecked; NULL-terminated */
    GPtrArray *findings;        /* Finding */
} Facts;

typedef enum ReviewedWhy { /* policy 4a */
                           REVIEWED_UNREAD,
                           REVIEWED_OCR,
                           REVIEWED_WELSH,
                           REVIEWED_SERIOUS_MISCONDUCT,
                           REVIEWED_DEATH,
                           REVIEWED_CHILD,
                           REVIEWED_CAPACITY,
                           REVIEWED_FAMILY_DISPUTE,
                           REVIEWED_DETAINED,
                           REVIEWED_VULNERABLE,
                           REVIEWED_NO_AUTHORITY,
                           REVIEWED_CAMPAIGN,
                           REVIEWED_AMBIGUOUS, /* the mail may be read differently by other programs
                                                */
                           REVIEWED_NEW_ADDRESS, /* answers may be wanted elsewhere (4b) */
                           REVIEWED_COUNT
} ReviewedWhy;
const char *reviewed_name(ReviewedWhy v);

typedef enum Heed {                    /* policy 4b, last line; withdrawal is a ReferWhy */
                    HEED_THREAT,       /* somebody is threatened with harm by the writer */
                    HEED_DEATH,        /* of the complainant, or of the person whose matter it is */
                    HEED_DO_NOT_WRITE, /* to the address the message came from */
                    HEED_NEW_ADDRESS,  /* write to me elsewhere */
                    HEED_COUNT
} Heed;
const char *heed_name(Heed v);

/* True for what a person wrote to us: a complaint or a follow-up. */
bool facts_by_person(const Facts *f);

Facts *facts_new(void); /* everything unknown, strings "", arrays empty */
void facts_free(Facts *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Facts, facts_free)

/* What is known of a message that no reader could read: it is somebody's, and a person looks. An
 * extremely malformed request is not answered by a machine (RFC 3834 section 2). `reply_address` as
 * in Facts, "" none; `why` in one clause. */
Facts *facts_unreadable(const char *reply_address, const char *why);

/* Adds a finding with one piece of evidence (part NULL: none) and returns it, owned by `f`. */
Finding *facts_add(Facts *f, const char *rule, const char *fact, const char *value,
                   const char *part, uint32_t offset, uint32_t length, const char *text);
void finding_free(Finding *f);
void evidence_free(Evidence *e);
void facts_add_reference(Facts *f, const char *type, const char *value); /* once per value */
void reference_free(Reference *r);

/* The frame and database form; facts_from_variant trusts nothing (type, counts, ranges, UTF-8).
 * facts_to_variant keeps to the same limits: it cuts strings at 2,000 bytes and lists at 256
 * references, 64 claims, 2,000 findings and 50 pieces of evidence each. */
extern const char FACTS_VARIANT_TYPE[];
extern const char
    FACTS_VARIANT_TYPE_1[]; /* as registers hold it that began before step 5: no heeds */
GVariant *facts_to_variant(const Facts *f);
Facts *facts_from_variant(GVariant *v, GError **error);
