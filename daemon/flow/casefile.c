#include "daemon/flow/casefile.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/casework/decide_settings.h"
#include "daemon/casework/merge.h"
#include "daemon/flow/campaign.h"
#include "daemon/flow/heed.h"
#include "daemon/flow/join.h"
#include "daemon/flow/kin.h"
#include "daemon/flow/look_again.h"
#include "daemon/flow/outcome.h"
#include "daemon/model/address.h"
#include "daemon/store/matters.h"
#include <string.h>

/* One message on its way into the register. */
typedef struct Filing {
    Office *o;
    const PendingMessage *p;
    const Document *d;
    const Facts *facts; /* the message's own */
    Facts *substitute;  /* what `facts` points at where the message could not be read */
    char *sender;
    char *body_sha256;
    bool unreadable, fresh;
    Sketch sketch;
    Arrival arrival;
    Campaign campaign;
    Kin kin; /* the case it belongs to without saying so */
} Filing;

static void filing_clear(Filing *f)
{
    g_clear_pointer(&f->substitute, facts_free);
    g_clear_pointer(&f->sender, g_free);
    g_clear_pointer(&f->body_sha256, g_free);
    campaign_clear(&f->campaign);
    kin_clear(&f->kin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Filing, filing_clear)

static char *plain_sender(const Document *d)
{
    if (d->from->len != 1)
        return g_strdup("");
    const Mailbox *m = d->from->pdata[0];
    return addr_ok(m->address) ? g_ascii_strdown(m->address, -1) : g_strdup("");
}

/* Of everything a person would see: two deliveries of one message differ only in their headers. */
static char *content_hash(const Document *d)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)d->text, (gssize)strlen(d->text) + 1);
    g_checksum_update(sum, (const guchar *)d->quoted_text, (gssize)strlen(d->quoted_text) + 1);
    for (unsigned n = 0; n < d->attachments->len; n++) {
        const Attachment *a = d->attachments->pdata[n];
        g_checksum_update(sum, (const guchar *)a->sha256, (gssize)strlen(a->sha256) + 1);
    }
    return g_strdup(g_checksum_get_string(sum));
}

static DecideContext context_of(const Office *o, int64_t received_at, int64_t first_contact_at)
{
    return decide_context(o->settings, o->calendar, day_of_instant(received_at),
                          day_of_instant(first_contact_at));
}

static bool store_message(const Filing *f, const char *state, int64_t case_id, int64_t duplicate_of,
                          GError **error)
{
    const Mailbox *from = f->d->from->len ? f->d->from->pdata[0] : NULL;
    ReadMessage m = {
        .id = f->p->id,
        .state = f->unreadable && case_id && !duplicate_of ? "unreadable" : state,
        .message_id = f->d->message_id,
        .sender = f->sender,
        .from_name = from ? from->name : "",
        .subject = f->d->subject,
        .body_sha256 = f->body_sha256,
        .case_id = case_id,
        .duplicate_of = duplicate_of,
        .facts = f->facts,
    };
    return messages_read(f->o->db, &m, error);
}

/* Same Message-ID, sender and body, or what was kept of it: one case, one reply. Its place in the
 * history is kept. */
static bool file_duplicate(const Filing *f, bool *done, GError **error)
{
    int64_t earlier = 0, case_id = 0;
    *done = false;
    if (!f->d->message_id[0] || !f->sender[0])
        return true;
    if (!messages_find_same(f->o->db, f->d->message_id, f->sender, f->body_sha256, &earlier,
                            &case_id, error))
        return false;
    if (!earlier || earlier == f->p->id)
        return true;
    *done = true;
    if (!store_message(f, "duplicate", case_id, earlier, error))
        return false;
    return !case_id ||
           cases_event(f->o->db, case_id, f->p->id, "iecd", "duplicate",
                       "the same message was delivered again; nothing is sent", clock_now(), error);
}

static void fill_contact(CaseRow *c, const Filing *f)
{
    const Mailbox *from = f->d->from->len ? f->d->from->pdata[0] : NULL;
    const Facts *x = f->facts;
    const char *name = x->representative.type != REPRESENTATIVE_NOBODY && x->representative.name[0]
                           ? x->representative.name
                       : x->complainant_name[0] ? x->complainant_name
                       : from                   ? from->name
                                                : "";
    c->contact_name = g_strdup(name);
    c->contact_address = g_strdup(addr_ok(x->reply_address) ? x->reply_address : "");
}

/* Contact is the first on the matter (policy 3): of a later case too. */
static int64_t first_contact(const Filing *f, const CaseRow *earlier)
{
    return earlier ? MIN(f->p->received_at, earlier->first_contact_at) : f->p->received_at;
}

static CaseRow *new_case(const Filing *f, int64_t linked)
{
    CaseRow *c = case_row_new();
    c->state = CASE_RECEIVED;
    c->first_contact_at = first_contact(f, f->kin.row);
    c->received_at = f->p->received_at;
    c->reply_due = DAY_NONE;
    c->decided_by = g_strdup("");
    c->channel = f->p->channel;
    c->language = f->facts->language;
    c->area = f->facts->area;
    c->linked_case = linked;
    fill_contact(c, f);
    return c;
}

/* Not those of forged mail, which would let it in; nor a form's own address, which is everybody's.
 */
static bool add_addresses(const Filing *f, const CaseRow *c, GError **error)
{
    const char *contact = c->contact_address;
    if (f->facts->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED))
        return true;
    if (contact[0] && !cases_add_address(f->o->db, c->id, contact, error))
        return false;
    return !f->sender[0] || addr_is_robot(f->sender) ||
           cases_add_address(f->o->db, c->id, f->sender, error);
}

static bool create_case(const Filing *f, CaseRow *c, GError **error)
{
    int year;
    day_to_ymd(day_of_instant(clock_now()), &year, NULL, NULL);
    return cases_create(f->o->db, c, year % 100, clock_now(), error) &&
           store_message(f, "judged", c->id, 0, error) && add_addresses(f, c, error) &&
           cases_event(f->o->db, c->id, f->p->id, "iecd", "registered", f->p->source, clock_now(),
                       error);
}

/* What the message will be found by, and the campaign it may be one of. */
static bool enter_message(const Filing *f, int64_t case_id, GError **error)
{
    return kin_register(f->o, &f->arrival, case_id, error) &&
           campaign_enter(f->o, &f->campaign, &f->arrival, case_id, error);
}

static Heeding heeding_of(const Filing *f, bool proven)
{
    return (Heeding){f->facts, f->sender, proven || arrival_is_mailed(&f->arrival), f->p->id};
}

static bool heed(const Filing *f, const Join *join, CaseRow *c, GError **error)
{
    Heeding h = heeding_of(f, join->proof == JOIN_PROVEN);
    return heed_message(f->o, c, &h, error);
}

/* A claim without proof: a case of its own, linked, for a person; the stranger learns nothing. */
static void judge_claim(const Filing *f, const DecideContext *context, Judgement *j)
{
    /* Whoever mistypes their reference may name another's. */
    bool again = f->kin.row && look_again_is_asked(f->o, f->kin.row);
    j->decision = DECISION_REFER;
    j->reasons = j->asks = 0;
    j->refer |= BIT(REFER_UNKNOWN_ADDRESS) | (again ? BIT(REFER_LOOK_AGAIN) : 0);
    j->reply_due = reply_due(context);
}

/* The sender's later complaint on a matter that was decided, or perhaps on the same matter: a case
 * of its own, which a person looks at beside the earlier. Like one that was rejected it is a
 * request to look again, with its safeguards. */
static void judge_later(const Filing *f, const DecideContext *context, Judgement *j)
{
    /* Who says that it belongs to a case of theirs means the one that was rejected. */
    bool meant = f->kin.match == MATTER_SAME || f->facts->kind == KIND_FOLLOW_UP;
    bool again = f->kin.row && meant && look_again_is_asked(f->o, f->kin.row);
    ReferWhy why = again                         ? REFER_LOOK_AGAIN
                   : f->kin.match == MATTER_SAME ? REFER_AFTER_DECISION
                                                 : REFER_MIXED;
    if (j->line == 0)
        j->refer |= BIT(why);
    else
        outcome_refer(j, why);
    j->reply_due = reply_due(context);
}

bool casefile_wants_fresh_read(const Office *o, const PendingMessage *p, const ReadResult *result)
{
    g_auto(Judgement) j = {0};
    if (result->fresh || !result->facts)
        return false;
    DecideContext context = context_of(o, p->received_at, p->received_at);
    decide(result->facts, &context, &j);
    return j.decision == DECISION_REJECT;
}

/* True where only facts read by a fresh child may decide, and these were not. */
static bool wants_fresh_read(const Filing *f, const Judgement *j)
{
    return j->decision == DECISION_REJECT && !f->fresh;
}

static bool judge_new(const Filing *f, bool claimed, Judgement *j)
{
    DecideContext context = context_of(f->o, f->p->received_at, first_contact(f, f->kin.row));
    decide(f->facts, &context, j);
    if (claimed)
        judge_claim(f, &context, j);
    else if ((f->kin.row || f->kin.too_many) &&
             (j->decision != DECISION_NONE || f->facts->kind == KIND_FOLLOW_UP))
        judge_later(f, &context, j);
    if (campaign_holds(&f->campaign))
        campaign_refer(j);
    return j->decision != DECISION_NONE;
}

/* The link goes one way in the register, from the newer case: a claim leaves no trace in the other.
 */
static bool link_case(const Filing *f, const CaseRow *c, const CaseRow *other, LinkWhy why,
                      const char *words, GError **error)
{
    g_autofree char *text = g_strdup_printf("to %s: %s", other->reference, words);
    return matters_link(f->o->db, c->id, other->id, why, clock_now(), error) &&
           cases_event(f->o->db, c->id, f->p->id, "iecd", "linked", text, clock_now(), error);
}

/* Half of a story may stand in the other case: neither half is rejected unread. */
static bool link_kin(const Filing *f, const CaseRow *c, CaseRow *other, GError **error)
{
    bool unsure = f->kin.match == MATTER_UNSURE;
    bool told = unsure || other->state == CASE_AWAITING_RELEASE;
    /* This one may have come late: the other's matter was brought to us with it. */
    if (!unsure && !matters_first_contact(f->o->db, other->id, f->p->received_at, error))
        return false;
    return link_case(f, c, other, unsure ? LINK_UNSURE : LINK_LATER, f->kin.why, error) &&
           (!told || outcome_review(f->o, other, "perhaps-more-came", f->kin.why, error));
}

static bool link_new(const Filing *f, const CaseRow *c, const Join *join, GError **error)
{
    static const char MANY[] = "the sender has more cases than are looked at: see whether it "
                               "belongs to one of them";
    if (join->row &&
        !link_case(f, c, join->row, LINK_CLAIMED, "it names that case, without proof", error))
        return false;
    if (f->kin.row && !link_kin(f, c, f->kin.row, error))
        return false;
    for (unsigned n = 0; f->kin.row && n < f->kin.others->len; n++)
        if (!link_kin(f, c, f->kin.others->pdata[n], error))
            return false;
    return !f->kin.too_many || cases_event(f->o->db, c->id, f->p->id, "iecd", "too-many-cases",
                                           MANY, clock_now(), error);
}

static bool file_new(Filing *f, const Join *join, FiledAs *as, GError **error)
{
    g_auto(Judgement) j = {0};
    /* A mistyped reference makes nobody a stranger whose address and matter a case knows. */
    bool lost = f->facts->kind == KIND_FOLLOW_UP && !f->kin.row;
    bool claimed = join->proof == JOIN_CLAIMED && (join->row || lost);
    if (!judge_new(f, claimed, &j))
        return store_message(f, "judged", 0, 0, error);
    if (wants_fresh_read(f, &j)) {
        *as = FILE_FRESH_READ;
        return true;
    }
    g_autoptr(CaseRow) c = new_case(f, join->row ? join->row->id : 0);
    if (!create_case(f, c, error) || !link_new(f, c, join, error) || !heed(f, join, c, error))
        return false;
    Effect e = {
        .facts = f->facts,
        .judgement = &j,
        .message_id = f->p->id,
        .received_at = f->p->received_at,
        .by = "rules",
        .why = "first judgement",
        .receipt_only = claimed || f->facts->thanks_only,
    };
    return outcome_apply(f->o, c, &e, error) && enter_message(f, c->id, error);
}

/* The clock of an answer to our question, or of a request to look again, begins anew. What comes
 * while an answer is promised is answered with it, by the day already promised. */
static int64_t clock_from(const Filing *f, const CaseRow *c)
{
    int64_t at = f->p->received_at;
    if (c->state == CASE_AWAITING_RELEASE || c->state == CASE_REFERRED)
        return MIN(c->received_at, at);
    /* What was sent before the question was read is no answer to it. */
    return c->state == CASE_ASKED ? MAX(c->received_at, at) : at;
}

/* Sent before our question was read, and nothing of what it asks for: it is not asked again. */
static bool asks_the_same(const CaseRow *c, const Join *join, const Judgement *j)
{
    return join->part && c->state == CASE_ASKED && j->decision == DECISION_ASK &&
           j->asks == c->asks;
}

static bool is_in_campaign(const Filing *f, const CaseRow *c)
{
    int64_t campaign = f->campaign.id;
    return campaign_holds(&f->campaign) ||
           (matters_campaign_of_case(f->o->db, c->id, &campaign, NULL) && campaign);
}

/* A person has the case already: what they promised stands, and they learn of this too. */
static void stay_referred(const CaseRow *c, Judgement *j)
{
    j->decision = DECISION_REFER;
    j->line = j->line == 0 ? 0 : 1;
    j->reasons = j->asks = 0;
    j->refer |= c->refer;
    if (c->reply_due != DAY_NONE)
        j->reply_due = c->reply_due;
}

/* What happens to a case when its person writes again (policy 4b). */
static bool judge_again(Filing *f, const Join *join, const Facts *merged, Judgement *j)
{
    const CaseRow *c = join->row;
    DecideContext context = context_of(f->o, clock_from(f, c), first_contact(f, c));
    bool by_person = c->decided_by[0] && strcmp(c->decided_by, "rules") != 0;
    bool look_again = look_again_is_asked(f->o, c);
    decide(merged, &context, j);
    if (c->state == CASE_REFERRED && heed_refers(f->facts)) {
        stay_referred(c, j);
        return true;
    }
    if (j->line == 0 && (f->facts->flags & BIT(FLAG_URGENT))) {
        j->refer |= look_again ? BIT(REFER_LOOK_AGAIN) : 0;
        return true;
    }
    /* Thanks that bring nothing are no answer: the question still waits for one. */
    if (f->facts->thanks_only && (c->state != CASE_ASKED || j->decision == DECISION_ASK))
        return false;
    if (c->state == CASE_REFERRED)
        return false;
    if ((c->state == CASE_ASKED || c->state == CASE_AWAITING_RELEASE) && !by_person) {
        if (asks_the_same(c, join, j))
            return false;
        if (j->decision == DECISION_ASK && c->asked_count >= 2)
            outcome_refer(j, REFER_ASKED_TWICE);
        if (is_in_campaign(f, c))
            campaign_refer(j);
        return true;
    }
    outcome_refer(j, look_again ? REFER_LOOK_AGAIN : REFER_AFTER_DECISION);
    return true;
}

/* The case stays where it is; who decides it sees everything that came. */
static bool add_to_case(Filing *f, CaseRow *c, const Facts *merged, Judgement *j, GError **error)
{
    static const char WHY[] = "more came; what is decided, and by when, stays";
    if (c->state != CASE_REFERRED || f->facts->thanks_only)
        return true;
    stay_referred(c, j);
    c->refer = j->refer;
    c->flags |= j->flags;
    return cases_add_decision(f->o->db, c->id, f->p->id, j, merged, "rules", WHY, clock_now(),
                              error) &&
           cases_update(f->o->db, c, error);
}

/* Messages of the case that were received before this one: what is read last may be older. */
static unsigned place_in_case(const Filing *f, const GPtrArray *rows)
{
    unsigned before = 0;
    for (unsigned n = 0; n < rows->len; n++) {
        const MessageRow *m = rows->pdata[n];
        bool earlier = m->received_at < f->p->received_at ||
                       (m->received_at == f->p->received_at && m->id < f->p->id);
        before += !m->duplicate_of && earlier;
    }
    return before;
}

static Facts *merged_facts(const Filing *f, const CaseRow *c, GError **error)
{
    g_autoptr(GPtrArray) all = messages_facts_of_case(f->o->db, c->id, error);
    g_autoptr(GPtrArray) rows = all ? messages_of_case(f->o->db, c->id, error) : NULL;
    if (!rows)
        return NULL;
    g_autoptr(GPtrArray) view = g_ptr_array_new();
    for (unsigned n = 0; n < all->len; n++)
        g_ptr_array_add(view, all->pdata[n]);
    unsigned place = MIN(place_in_case(f, rows), view->len);
    g_ptr_array_insert(view, (int)place, (void *)f->facts);
    return facts_merge(view);
}

static bool store_joined(const Filing *f, CaseRow *c, const char *how, GError **error)
{
    return store_message(f, "judged", c->id, 0, error) &&
           cases_event(f->o->db, c->id, f->p->id, "iecd", "joined", how, clock_now(), error) &&
           matters_first_contact(f->o->db, c->id, f->p->received_at, error);
}

static bool file_joined(Filing *f, Join *join, FiledAs *as, GError **error)
{
    CaseRow *c = join->row;
    g_autoptr(Facts) merged = merged_facts(f, c, error);
    g_auto(Judgement) j = {0};
    if (!merged)
        return false;
    bool moves = judge_again(f, join, merged, &j);
    if (moves && wants_fresh_read(f, &j)) {
        *as = FILE_FRESH_READ;
        return true;
    }
    if (!store_joined(f, c, join->how, error) || !heed(f, join, c, error))
        return false;
    if (!moves)
        return add_to_case(f, c, merged, &j, error) && enter_message(f, c->id, error);
    c->received_at = clock_from(f, c);
    Effect e = {
        .facts = merged,
        .judgement = &j,
        .message_id = f->p->id,
        .received_at = f->p->received_at,
        .by = "rules",
        .why = "judged again on everything the person has sent",
    };
    return outcome_apply(f->o, c, &e, error) && enter_message(f, c->id, error);
}

/* The same text again, as another mail: noted, nothing is sent and nothing moves; what is alerted
 * is alerted again. */
static bool file_repeat(const Filing *f, GError **error)
{
    CaseRow *c = f->kin.row;
    Heeding h = heeding_of(f, false);
    c->flags |= BIT(FLAG_DUPLICATE);
    return store_message(f, "duplicate", c->id, f->kin.repeat_of, error) &&
           cases_event(f->o->db, c->id, f->p->id, "iecd", "duplicate",
                       "the same text was sent again; nothing is sent", clock_now(), error) &&
           heed_alert(f->o, c, &h, error) && cases_update(f->o->db, c, error) &&
           matters_first_contact(f->o->db, c->id, f->p->received_at, error) &&
           enter_message(f, c->id, error);
}

/* A delivery report about a reply of ours: the person must be reached another way. */
static bool file_bounce(Filing *f, GError **error)
{
    int64_t case_id = 0;
    if (!join_report(f->o, f->d, &case_id))
        return store_message(f, "judged", 0, 0, error);
    if (!store_message(f, "judged", case_id, 0, error))
        return false;
    const char *action = document_header(f->d, "x-iecd-report-action");
    const char *status = document_header(f->d, "x-iecd-report-status");
    if (action && g_ascii_strcasecmp(action, "failed") != 0)
        return cases_event(f->o->db, case_id, f->p->id, "iecd", "delivery-report", action,
                           clock_now(), error);
    return outcome_undelivered(f->o, case_id, f->p->id, status ? status : "returned", error);
}

static bool file_other(Filing *f, GError **error)
{
    g_auto(Join) join = {0};
    if (f->facts->kind == KIND_BOUNCE)
        return file_bounce(f, error);
    if (f->facts->kind != KIND_AUTO_REPLY)
        return store_message(f, "judged", 0, 0, error);
    if (!join_find(f->o, f->d, f->facts, f->sender, &join, error))
        return false;
    if (join.proof != JOIN_PROVEN)
        return store_message(f, "judged", 0, 0, error);
    return store_message(f, "judged", join.row->id, 0, error) &&
           cases_event(f->o->db, join.row->id, f->p->id, "iecd", "auto-reply",
                       "an automatic reply came; nothing is sent", clock_now(), error);
}

static void set_arrival(Filing *f)
{
    sketch_of_document(f->d, arrival_by_form(f->facts), &f->sketch);
    f->arrival = (Arrival){
        .document = f->d,
        .facts = f->facts,
        .sender = f->sender,
        .sketch = &f->sketch,
        .message_id = f->p->id,
        .received_at = f->p->received_at,
        .channel = f->p->channel,
        .unread = f->unreadable,
    };
}

/* `c`: the case it belongs to, NULL a new one. */
static bool find_campaign(Filing *f, const CaseRow *c, GError **error)
{
    return campaign_find(f->o, &f->arrival, c ? c->id : 0, &f->campaign, error);
}

/* What a person wrote: to the case it belongs to, or a new one. */
static bool file_written(Filing *f, FiledAs *as, GError **error)
{
    g_auto(Join) join = {0};
    set_arrival(f);
    if (!join_find(f->o, f->d, f->facts, f->sender, &join, error))
        return false;
    if (join.proof == JOIN_PROVEN)
        return find_campaign(f, join.row, error) && file_joined(f, &join, as, error);
    f->arrival.named = join.row ? join.row->id : 0;
    if (!kin_find(f->o, &f->arrival, &f->kin, error))
        return false;
    /* Bare thanks ask for nothing, whatever became of the case. */
    bool thanks = f->kin.match == MATTER_SAME && f->facts->thanks_only;
    /* Who names a case and cannot prove it is not let into another by likeness. */
    bool joins = !join.row && (kin_joins(&f->kin) || thanks);
    if (!find_campaign(f, joins ? f->kin.row : NULL, error))
        return false;
    if (!joins)
        return file_new(f, &join, as, error);
    if (f->kin.repeat_of)
        return file_repeat(f, error);
    join.row = g_steal_pointer(&f->kin.row);
    join.how = f->kin.why;
    join.part = true;
    return file_joined(f, &join, as, error);
}

bool casefile_file(Office *o, const PendingMessage *p, const ReadResult *result, FiledAs *as,
                   GError **error)
{
    g_auto(Filing) f = {.o = o, .p = p, .d = result->document, .fresh = result->fresh};
    bool duplicate = false;
    *as = FILED;
    f.unreadable = !result->facts;
    f.sender = plain_sender(f.d);
    f.body_sha256 = content_hash(f.d);
    if (f.unreadable)
        f.substitute = facts_unreadable(f.sender, result->why);
    f.facts = f.unreadable ? f.substitute : result->facts;
    if (!file_duplicate(&f, &duplicate, error))
        return false;
    if (duplicate)
        return true;
    if (!facts_by_person(f.facts))
        return file_other(&f, error);
    return file_written(&f, as, error);
}
