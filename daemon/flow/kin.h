/* kin.h: the earlier case that a message belongs to without saying so (policy 4b): mails in parts,
 * the same text again, the same complaint by form and by mail.
 *
 * Of one sender (an address the case knows, and mail our server did not find forged) matter.h's
 * signs decide. An address typed into a form, or a letter's name, proves little: there the name
 * must agree and the words be the same; a reference does where the case too came by form or letter,
 * and elsewhere makes a linked case of its own. Mail from an address that the case does not
 * know never joins, unless the case came by form or letter and knows none. Looks at the sender's
 * ten newest cases, and at all that had mail in the join days, were asked or have a rejection that
 * waits; of a sender with more than 200 of these a person looks.
 *
 * A message that could not be read may belong to any case of its sender whose rejection waits.
 */
#pragma once

#include "daemon/casework/matter.h"
#include "daemon/flow/office.h"
#include "daemon/store/matters.h"

/* One message on its way in. Borrowed. */
typedef struct Arrival {
    const Document *document;
    const Facts *facts;
    const char *sender; /* "" none */
    const Sketch *sketch;
    int64_t message_id; /* of the register */
    int64_t received_at;
    int64_t named; /* the case it names without proof, never one it is compared with; 0 none */
    Channel channel;
    bool unread; /* its facts could not be had */
} Arrival;

typedef struct Kin {
    MatterMatch match;
    CaseRow *row;      /* NULL where match is MATTER_OTHER */
    GPtrArray *others; /* CaseRow: more cases that match as well; NULL where row is */
    const char *why;   /* static words for the history */
    int64_t repeat_of; /* the message of the case that this one repeats word for word, 0 none */
    bool recent;       /* within casework.join_days of the case's nearest message */
    bool too_many;     /* the sender has more cases than were looked at */
} Kin;
void kin_clear(Kin *k);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Kin, kin_clear)

bool kin_find(Office *o, const Arrival *a, Kin *out, GError **error);
/* Whether it becomes part of that case; else a case of its own, linked. A rejected or closed case
 * takes nothing in: a later complaint like it is looked at by a person. */
bool kin_joins(const Kin *k);

/* What was kept of a message's sketch. False where the register's bytes are no sketch's. */
bool kin_sketch(const SketchRow *r, Sketch *out);

bool arrival_by_form(const Facts *facts);
/* Whose it is: From, or what a form states; "" where that is a robot's, or forged. Borrowed. */
const char *arrival_address(const Arrival *a);
/* Whether it came from its sender's own mailbox, for all that our server found. */
bool arrival_is_mailed(const Arrival *a);
/* Keeps what the message and its case will be found by, and links the case to those of other
 * people on the same matter. After the message's own row is written. */
bool kin_register(Office *o, const Arrival *a, int64_t case_id, GError **error);
