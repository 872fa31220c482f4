#include "daemon/flow/join.h"
#include "daemon/store/outbox.h"

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

/* A marked reference anywhere it can stand; *how says where. g_free. */
static char *proven_reference(const Office *o, const Document *d, const char **how)
{
    char *reference = addressed_reference(o, d);
    *how = "our check-marked reference in the address";
    if (reference)
        return reference;
    *how = "an answer to a marked Message-ID of ours";
    for (char **r = d->references; r && *r && !reference; r++)
        reference = marked(o, *r);
    return reference;
}

static CaseRow *by_message_ids(Office *o, const Document *d, GError **error)
{
    for (char **r = d->references; r && *r; r++) {
        int64_t id = outbox_case_of_message_id(o->db, *r, NULL);
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

static bool subject_names(const Document *d, const char *reference)
{
    g_autofree char *subject = g_ascii_strup(d->subject ? d->subject : "", -1);
    return strstr(subject, reference) != NULL;
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
        /* In the subject, from an address the case knows, it joins; in the body it is a claim. */
        strong = j.row && subject_names(d, j.row->reference);
    }
    if (broken) {
        g_propagate_error(error, broken);
        join_clear(&j);
        return false;
    }
    /* A sender that our own server says is forged is no address the case knows. */
    bool forged = facts && facts->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED);
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
