#include "daemon/flow/join.h"
#include "daemon/model/address.h"
#include "daemon/store/outbox.h"
#include "parsers/references.h"
#include <string.h>

void join_clear(Join *j)
{
    g_clear_pointer(&j->row, case_row_free);
    *j = (Join){0};
}

static char *marked(const Office *o, const char *text)
{
    return case_mark_check((const MarkKey *)(void *)o->mark_keys->data, o->mark_keys->len, text);
}

static char *mark_in_addresses(const Office *o, const GPtrArray *list)
{
    for (unsigned n = 0; n < list->len; n++) {
        const Mailbox *m = list->pdata[n];
        char *reference = marked(o, m->address);
        if (reference)
            return reference;
    }
    return NULL;
}

/* A marked reference in an address the message was sent to. g_free. */
static char *addressed_reference(const Office *o, const Document *d)
{
    char *reference = mark_in_addresses(o, d->to);
    if (!reference)
        reference = mark_in_addresses(o, d->cc);
    for (unsigned n = 0; !reference && n < d->headers->len; n++) {
        const HeaderField *h = d->headers->pdata[n];
        if (!g_strcmp0(h->name, "delivered-to") || !g_strcmp0(h->name, "x-original-to"))
            reference = marked(o, h->value);
    }
    return reference;
}

/* They are looked at newest first: what is answered stands last, and a thread that went through two
 * cases belongs to the later. */
static unsigned references_count(const Document *d)
{
    return d->references ? g_strv_length(d->references) : 0;
}

/* A marked reference anywhere it can stand; *how says where. g_free. */
static char *proven_reference(const Office *o, const Document *d, const char **how)
{
    char *reference = addressed_reference(o, d);
    *how = "our check-marked reference in the address";
    if (reference)
        return reference;
    *how = "an answer to a marked Message-ID of ours";
    for (unsigned n = references_count(d); n-- > 0 && !reference;)
        reference = marked(o, d->references[n]);
    return reference;
}

static CaseRow *by_message_ids(Office *o, const Document *d, GError **error)
{
    for (unsigned n = references_count(d); n-- > 0;) {
        int64_t id = outbox_case_of_message_id(o->db, d->references[n], NULL);
        if (id)
            return cases_load(o->db, id, error);
    }
    return NULL;
}

/* The first of our references that the facts found claimed anywhere. */
static CaseRow *by_claim(Office *o, const Facts *facts, GError **error)
{
    for (char **c = facts ? facts->claims : NULL; c && *c; c++) {
        int year;
        uint32_t number;
        if (!case_reference_parse(*c, &year, &number))
            continue;
        g_autofree char *reference = case_reference(year, number);
        return cases_by_reference(o->db, reference, error);
    }
    return NULL;
}

static bool text_names(const char *text, const char *reference)
{
    g_autoptr(GPtrArray) found = references_find(text, strlen(text));
    for (unsigned n = 0; n < found->len; n++) {
        const ReferenceFound *r = found->pdata[n];
        if (!strcmp(r->type, "iec") && !strcmp(r->value, reference))
            return true;
    }
    return false;
}

/* In the subject or in what the sender wrote; not in quoted text, which may be anybody's. */
static bool sender_names(const Document *d, const char *reference)
{
    return text_names(d->subject, reference) || text_names(d->text, reference);
}

bool join_find(Office *o, const Document *d, const Facts *facts, const char *sender, Join *out,
               GError **error)
{
    GError *broken = NULL;
    Join j = {0};
    bool strong = true;
    g_autofree char *reference = proven_reference(o, d, &j.how);
    if (reference)
        j.row = cases_by_reference(o->db, reference, &broken);
    if (!j.row && !broken) {
        j.how = "an answer to a reply of ours";
        j.row = by_message_ids(o, d, &broken);
    }
    if (!j.row && !broken) {
        j.how = "a case reference";
        j.row = by_claim(o, facts, &broken);
        strong = j.row && sender_names(d, j.row->reference);
    }
    if (broken) {
        g_propagate_error(error, broken);
        join_clear(&j);
        return false;
    }
    /* A sender that our own server says is forged is no address the case knows, nor is a robot's
     * (a web form's), which is everybody's. */
    bool forged =
        (facts && facts->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED)) || addr_is_robot(sender);
    if (j.row)
        j.proof = strong && sender[0] && !forged && cases_knows_address(o->db, j.row->id, sender)
                      ? JOIN_PROVEN
                      : JOIN_CLAIMED;
    else if (facts && facts->kind == KIND_FOLLOW_UP)
        j.proof = JOIN_CLAIMED;
    *out = j;
    return true;
}

bool join_report(Office *o, const Document *d, int64_t *case_id)
{
    const char *id = document_header(d, "x-iecd-report-message-id");
    *case_id = id ? outbox_case_of_message_id(o->db, id, NULL) : 0;
    if (*case_id)
        return true;
    /* VERP: a report that quotes nothing of ours still comes to its case's own address. */
    g_autofree char *reference = addressed_reference(o, d);
    g_autoptr(CaseRow) c = reference ? cases_by_reference(o->db, reference, NULL) : NULL;
    *case_id = c ? c->id : 0;
    return c != NULL;
}
