/* What kind of message it is (policy section 1), the cases it claims to belong to, and what only a
 * person may decide because of its kind (line 2).
 *
 * Machine headers may stop an automatic reply, never the case: what reads like a person's complaint
 * stays a complaint whatever its headers say. */
#include "daemon/casework/facts_reading.h"
#include "daemon/model/address.h"
#include "daemon/model/casemark.h"
#include "parsers/references.h"
#include <string.h>

enum {
    CLAIMS_MAX = 20,
    FIRST_PERSON_PERCENT = 3, /* of a person's words */
    THANKS_WORDS = 40,        /* bare thanks are no longer than this */
    WISH_WORDS = 8,           /* nor is a greeting or good wish beside them */
    BULK_PHRASES = 2,
};

/* ---- claims */

static void claim(GPtrArray *claims, const char *value)
{
    for (unsigned i = 0; i < claims->len; i++)
        if (!strcmp(claims->pdata[i], value))
            return;
    if (claims->len < CLAIMS_MAX)
        g_ptr_array_add(claims, g_strdup(value));
}

static void claim_found(GPtrArray *claims, const GPtrArray *found)
{
    for (unsigned i = 0; i < found->len; i++) {
        const ReferenceFound *f = found->pdata[i];
        if (!strcmp(f->type, "iec"))
            claim(claims, f->value);
    }
}

/* What is a passage too has been searched already. */
static void claim_text(const Reading *r, GPtrArray *claims, const char *text)
{
    for (unsigned i = 0; i < r->passages->len; i++) {
        Passage *p = r->passages->pdata[i];
        if (p->text == text) {
            claim_found(claims, passage_references(p));
            return;
        }
    }
    g_autoptr(GPtrArray) found = references_find(text, strlen(text));
    claim_found(claims, found);
}

static void claim_marks(GPtrArray *claims, const GPtrArray *mailboxes)
{
    for (unsigned i = 0; i < mailboxes->len; i++) {
        const Mailbox *m = mailboxes->pdata[i];
        if (case_mark_shaped(m->address))
            claim(claims, m->address);
    }
}

/* Our reference in subject, body or address, or a mark of ours in what it replies to. */
static void find_claims(Reading *r)
{
    const Document *d = r->document;
    g_autoptr(GPtrArray) claims = g_ptr_array_new_with_free_func(g_free);
    claim_text(r, claims, d->subject);
    for (unsigned i = 0; i < d->texts->len; i++) {
        const TextPart *t = d->texts->pdata[i];
        if (t->role != TEXT_ATTACHMENT)
            claim_text(r, claims, t->text);
    }
    claim_marks(claims, d->to);
    claim_marks(claims, d->cc);
    for (char **id = d->references; id && *id; id++)
        if (case_mark_shaped(*id))
            claim(claims, *id);
    for (unsigned i = 0; i < d->headers->len; i++) {
        const HeaderField *h = d->headers->pdata[i];
        if (case_mark_shaped(h->value))
            claim(claims, h->value);
    }
    g_ptr_array_add(claims, NULL);
    g_strfreev(r->facts->claims);
    r->facts->claims = (char **)g_ptr_array_free(g_steal_pointer(&claims), FALSE);
}

/* ---- signs of a person and of machines */

/* A life may be: whatever machine sends it on. */
static bool is_at_stake(const Reading *r)
{
    return r->facts->flags & BIT(FLAG_URGENT) ||
           r->facts->heeds & (BIT(HEED_THREAT) | BIT(HEED_DEATH));
}

/* Somebody tells in the first person of something that went wrong. */
static bool reads_like_complaint(const Reading *r)
{
    if (is_at_stake(r))
        return true;
    bool person = r->first_person >= 2 && r->first_person * 100 >= r->words * FIRST_PERSON_PERCENT;
    bool matter = r->facts->wrongs || reading_count(r, RULE_COMPLAINT, NULL, false) ||
                  reading_count(r, RULE_RESPONSE, NULL, false);
    return person && matter;
}

static const char *header(const Reading *r, const char *name)
{
    const char *value = document_header(r->document, name);
    return value ? value : "";
}

static bool from_machine(const Reading *r)
{
    return r->document->from->len == 1 &&
           addr_is_robot(((const Mailbox *)r->document->from->pdata[0])->address);
}

static bool is_bounce(const Reading *r)
{
    const char *type = r->document->content_type;
    bool report = g_str_has_prefix(type, "multipart/report") &&
                  !strstr(header(r, "content-type"), "disposition-notification");
    bool null_path = is_null_path(header(r, "return-path"));
    bool told = reading_count(r, RULE_KIND, "bounce", false) > 0;
    if (report && (from_machine(r) || null_path || told))
        return true;
    if (*header(r, "x-failed-recipients") && (from_machine(r) || null_path))
        return true;
    return told && (null_path || from_machine(r)) && !r->facts->wrongs;
}

static bool hit_in_subject(const Reading *r, RuleFact fact, const char *value, bool subject)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, fact, value));)
        if ((h->passage->role == TEXT_SUBJECT) == subject)
            return true;
    return false;
}

/* What no robot says of itself (its subject may be the person's): a complaint, an answer to one, or
 * something wrong in an area we know. A person may well name a robot that answered them. */
static bool tells_of_matter(const Reading *r)
{
    const Facts *f = r->facts;
    return f->final_response.status != RESPONSE_UNKNOWN || (f->wrongs && f->area != AREA_UNKNOWN) ||
           hit_in_subject(r, RULE_COMPLAINT, NULL, false);
}

static bool subject_of_robot(const Reading *r)
{
    return hit_in_subject(r, RULE_KIND, "auto-reply", true);
}

static bool is_auto_reply(const Reading *r)
{
    static const char *const FIELDS[] = {"x-autoreply",     "x-autorespond",
                                         "x-autoresponse",  "x-fc-machinegenerated",
                                         "x-autogenerated", NULL};
    bool by_header = auto_submitted(header(r, "auto-submitted")) ||
                     strstr(header(r, "content-type"), "disposition-notification");
    for (const char *const *f = FIELDS; *f; f++)
        by_header |= *header(r, *f) != '\0';
    bool by_words = reading_count(r, RULE_KIND, "auto-reply", false) > 0;
    if (by_header && by_words)
        return !reads_like_complaint(r) || !tells_of_matter(r);
    return (by_header || subject_of_robot(r)) && !reads_like_complaint(r) && !tells_of_matter(r);
}

/* Advertising is told by its headers, or by more than one of its phrases and nothing of ours. */
static bool is_bulk(const Reading *r)
{
    if (is_at_stake(r))
        return false;
    bool by_header = *header(r, "list-unsubscribe") || *header(r, "list-id") ||
                     !g_ascii_strcasecmp(header(r, "precedence"), "bulk") ||
                     !g_ascii_strcasecmp(header(r, "precedence"), "junk") ||
                     !g_ascii_strcasecmp(header(r, "precedence"), "list");
    unsigned phrases = reading_count(r, RULE_KIND, "bulk", false);
    bool answered = reading_act(r, ACT_GIVEN) > 1 || reading_act(r, ACT_COMPLAINED) > 1;
    /* A newsletter may tell a reader's story, in the first person and all. */
    if (by_header && phrases >= BULK_PHRASES && !answered)
        return true;
    if (reads_like_complaint(r) || (phrases == 0 && tells_of_matter(r)))
        return false;
    if (by_header)
        return phrases > 0 || !r->facts->wrongs;
    return phrases >= BULK_PHRASES && !r->facts->wrongs && r->facts->area == AREA_UNKNOWN &&
           !reading_count(r, RULE_COMPLAINT, NULL, false);
}

static bool is_own(const Reading *r)
{
    return r->document->from->len == 1 &&
           is_own_address(r, ((const Mailbox *)r->document->from->pdata[0])->address);
}

static MessageKind kind_of(const Reading *r)
{
    if (r->form && r->form->kind != FORM_SUBMISSION)
        return KIND_TEST;
    if (r->form)
        return KIND_COMPLAINT;
    if (is_own(r))
        return KIND_OWN;
    if (is_bounce(r))
        return KIND_BOUNCE;
    if (is_auto_reply(r))
        return KIND_AUTO_REPLY;
    /* What answers us may come through a mailing list, never of a mass. */
    if (!r->facts->claims[0] && is_bulk(r))
        return KIND_BULK;
    return r->facts->claims[0] ? KIND_FOLLOW_UP : KIND_COMPLAINT;
}

/* ---- what a person decides */

static void refer_for(Reading *r, ReferWhy why)
{
    if (r->facts->refer & BIT(why))
        return;
    r->facts->refer |= BIT(why);
    unsigned i = 0;
    const Hit *h = reading_next(r, &i, RULE_REFER, refer_name(why));
    if (h)
        reading_note(r, h, "refer", refer_name(why));
    else
        reading_note_shape(r, "refer.shape", "refer", refer_name(why));
}

/* Nothing is complained of: asked for, thanked for, or a first request for data. */
static bool is_no_complaint(const Reading *r)
{
    const Facts *f = r->facts;
    if (r->nature[NATURE_NOT_A_COMPLAINT] > 1)
        return true;
    bool complains = f->final_response.status != RESPONSE_UNKNOWN ||
                     reading_count(r, RULE_COMPLAINT, NULL, false) ||
                     reading_count(r, RULE_RESPONSE, "complained", false);
    if (complains)
        return false;
    const char *name = refer_name(REFER_NOT_A_COMPLAINT);
    if (reading_count(r, RULE_REFER, name, false) || r->nature[NATURE_NOT_A_COMPLAINT] > 0)
        return true;
    return !f->wrongs && reading_count(r, RULE_REFER, name, true);
}

static bool names_us(const Reading *r, const GPtrArray *mailboxes)
{
    for (unsigned i = 0; i < mailboxes->len; i++)
        if (is_own_address(r, ((const Mailbox *)mailboxes->pdata[i])->address))
            return true;
    return false;
}

/* From a government address for somebody else, or only copied to us. */
static bool is_passed_on(const Reading *r)
{
    const Document *d = r->document;
    if (d->to->len && !names_us(r, d->to) && names_us(r, d->cc))
        return true;
    if (r->form || d->from->len != 1)
        return false;
    g_autofree char *from = g_ascii_strdown(((const Mailbox *)d->from->pdata[0])->address, -1);
    bool government = g_str_has_suffix(from, ".gov.uk") || g_str_has_suffix(from, "@gov.uk") ||
                      g_str_has_suffix(from, ".gov.scot") || g_str_has_suffix(from, ".gov.wales");
    if (!government)
        return false;
    for (unsigned i = 0; i < r->passages->len; i++)
        if (((const Passage *)r->passages->pdata[i])->role == TEXT_FORWARDED)
            return true;
    return reading_count(r, RULE_REFER, refer_name(REFER_PASSED_ON), false) > 0;
}

/* A sentence without thanks in it that is more than a greeting or a wish. */
static bool has_other_sentence(const Passage *p)
{
    g_autofree unsigned *words = g_new0(unsigned, p->wording->sentences + 1);
    const GArray *all = p->wording->words;
    for (unsigned i = 0; i < all->len; i++)
        words[g_array_index(all, Word, i).sentence]++;
    for (unsigned i = 0; i < p->hits->len; i++) {
        const RuleHit *h = &g_array_index(p->hits, RuleHit, i);
        if (h->rule->fact == RULE_THANKS)
            words[g_array_index(all, Word, h->first).sentence] = 0;
    }
    bool other = false;
    for (unsigned n = 0; n <= p->wording->sentences; n++)
        other |= words[n] > WISH_WORDS;
    return other;
}

/* Whoever answers us may disagree in words that no phrase knows: what is not plainly thanks is read
 * by a person. */
static bool says_more(const Reading *r)
{
    bool more = reading_count(r, RULE_MORE, NULL, false) > 0 || reading_has_papers(r);
    for (unsigned i = 0; !more && r->facts->claims[0] && i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        more = is_writer(p) && p->role != TEXT_SUBJECT && has_other_sentence(p);
    }
    return more;
}

static bool is_bare_thanks(const Reading *r)
{
    return r->words <= THANKS_WORDS && !r->facts->wrongs &&
           reading_count(r, RULE_THANKS, NULL, false) && !says_more(r) &&
           !reading_count(r, RULE_COMPLAINT, NULL, false) &&
           !reading_count(r, RULE_RESPONSE, NULL, false) &&
           !reading_count(r, RULE_BAR, NULL, true) && !reading_count(r, RULE_REFER, NULL, true) &&
           !(r->facts->flags & BIT(FLAG_URGENT)) && !r->facts->heeds;
}

void facts_kind(Reading *r)
{
    Facts *f = r->facts;
    find_claims(r);
    f->kind = kind_of(r);
    reading_note_shape(r, "kind.shape", "kind", kind_name(f->kind));
    /* Perhaps a robot's after all: a case, but a person answers it. */
    if (!r->form && subject_of_robot(r) && !reads_like_complaint(r))
        reading_forbid_reply(r, "kind.subject", "the subject is an automatic reply's");
    if (f->kind == KIND_COMPLAINT && f->reply_forbidden &&
        !(f->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED)))
        refer_for(r, REFER_MACHINE_HEADERS);
    if (f->kind == KIND_COMPLAINT && is_no_complaint(r))
        refer_for(r, REFER_NOT_A_COMPLAINT);
    if (is_passed_on(r))
        refer_for(r, REFER_PASSED_ON);
    if (reading_count(r, RULE_REFER, refer_name(REFER_ABOUT_THIS_OFFICE), false) ||
        r->nature[NATURE_ABOUT_US] > 0)
        refer_for(r, REFER_ABOUT_THIS_OFFICE);
    if (reading_count(r, RULE_REFER, refer_name(REFER_WITHDRAWAL), false))
        refer_for(r, REFER_WITHDRAWAL);
    reading_note_first(r, RULE_CONTINUES, "yes", "continues", "yes");
    f->thanks_only = is_bare_thanks(r);
    if (f->thanks_only && f->kind == KIND_COMPLAINT)
        refer_for(r, REFER_NOT_A_COMPLAINT);
}
