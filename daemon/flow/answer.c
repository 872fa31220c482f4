#include "daemon/flow/answer.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/casework/compose.h"
#include "daemon/flow/heed.h"
#include "daemon/model/address.h"
#include "daemon/store/messages.h"
#include "daemon/store/outbox.h"
#include <string.h>

/* Why no automatic reply may go to this case's contact; NULL where one may. */
static const char *forbidden(Office *o, const CaseRow *c, const Answer *a)
{
    if (!c->contact_address || !c->contact_address[0])
        return "there is no usable email address";
    if (!addr_ok(c->contact_address))
        return "the address is not a plain one";
    if (office_is_own_address(o, c->contact_address))
        return "the address is our own";
    /* Where help is to be had is said to those who withdraw, too. */
    bool withdrawn_too = a->by_computer && a->kind != REPLY_URGENT;
    const char *stopped = heed_forbids(o, c, withdrawn_too);
    if (stopped || !a->by_computer)
        return stopped;
    if (addr_is_robot(c->contact_address))
        return "the address is a robot's";
    if (a->facts->reply_forbidden)
        return a->facts->reply_forbidden_why;
    return NULL;
}

/* The day our last question was put, of a case that waits for its answer; a question just being
 * written is put today. */
static Day asked_on(const CaseRow *c, const Answer *a)
{
    bool waits = c->state == CASE_ASKED && a->kind != REPLY_QUESTION;
    return day_of_instant(waits ? c->decided_at : clock_now());
}

static const char ACKNOWLEDGED[] = "this case has been acknowledged already";

/* An urgent message's reply says where help is to be had: an earlier plain acknowledgement does not
 * stand in its way. */
static bool acknowledged(Office *o, const CaseRow *c, ReplyKind kind)
{
    int most = o->settings->ceilings.acknowledgements;
    int urgent = outbox_count_kind(o->db, c->id, REPLY_URGENT);
    if (kind == REPLY_URGENT)
        return urgent >= most;
    /* Once for each rejection that they ask about. */
    if (kind == REPLY_LOOK_AGAIN)
        return outbox_count_kind(o->db, c->id, REPLY_LOOK_AGAIN) >=
               outbox_count_kind(o->db, c->id, REPLY_REJECTION) +
                   outbox_count_kind(o->db, c->id, REPLY_CLOSED_OUTSIDE);
    return kind == REPLY_ACKNOWLEDGEMENT &&
           urgent + outbox_count_kind(o->db, c->id, REPLY_ACKNOWLEDGEMENT) >= most;
}

/* Ceilings of policy 6. A question or an acceptance has no ceiling a case, only one an address. */
const char *answer_ceiling_reached(Office *o, const CaseRow *c, int64_t now)
{
    const Settings *s = o->settings;
    if (outbox_count_to(o->db, c->contact_address, now - 3600) >= s->ceilings.per_hour)
        return "the ceiling of replies an hour to this address is reached";
    if (outbox_count_to(o->db, c->contact_address, now - 86400) >= s->ceilings.per_day)
        return "the ceiling of replies a day to this address is reached";
    return NULL;
}

static const char *above_ceiling(Office *o, const CaseRow *c, const Answer *a, int64_t now)
{
    if (!a->by_computer)
        return NULL;
    if (acknowledged(o, c, a->kind))
        return ACKNOWLEDGED;
    if (a->kind == REPLY_REJECTION &&
        outbox_count_kind(o->db, c->id, REPLY_REJECTION) >= o->settings->ceilings.rejections)
        return "this case has had a rejection already";
    return answer_ceiling_reached(o, c, now);
}

/* These letters promise a day; past the last year of the calendar there is none to promise. */
static const char *undated(const Answer *a)
{
    bool promises = a->kind == REPLY_ACKNOWLEDGEMENT || a->kind == REPLY_URGENT ||
                    a->kind == REPLY_ACCEPTANCE || a->kind == REPLY_HOLDING ||
                    a->kind == REPLY_LOOK_AGAIN;
    return promises && a->answer_by == DAY_NONE
               ? "no date can be promised: the bank holiday calendar ends before it"
               : NULL;
}

static const MarkKey *mark_key(const Office *o)
{
    return &g_array_index(o->mark_keys, MarkKey, 0);
}

static char *return_path(const Office *o, const char *reference)
{
    const char *setting = o->settings->return_path;
    if (!strcmp(setting, "null"))
        return g_strdup("");
    if (!strchr(setting, '+'))
        return g_strdup(setting);
    /* VERP: the plus part gives way to the case's mark, so that a bounce names its case. */
    g_autofree char *plain = g_strdup(setting);
    char *plus = strchr(plain, '+'), *at = strchr(plain, '@');
    memmove(plus, at, strlen(at) + 1);
    return case_mark_address(mark_key(o), reference, plain);
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "localhost";
}

static Reply *compose(Office *o, const CaseRow *c, const Answer *a, GError **error)
{
    ReplyInput input = {
        .kind = a->kind,
        .reference = c->reference,
        .facts = a->facts,
        .judgement = a->judgement,
        .received = day_of_instant(a->received_at),
        .answer_by = a->answer_by,
        .to_name = c->contact_name ? c->contact_name : "",
        .by_computer = a->by_computer,
        .note = a->note ? a->note : "",
        .asked = asked_on(c, a),
        .outcome = a->outcome,
    };
    return compose_reply(o->templates, &input, error);
}

/* The bytes that will go, whenever and however often they are sent. */
static GBytes *render(Office *o, const CaseRow *c, const Answer *a, const Reply *reply,
                      const char *message_id, GError **error)
{
    g_autofree char *reply_to =
        o->settings->plus_address
            ? case_mark_address(mark_key(o), c->reference, o->settings->office_address)
            : NULL;
    MessageRow *m = a->message_id ? messages_load(o->db, a->message_id, NULL) : NULL;
    const char *answered = m && m->message_id && m->message_id[0] ? m->message_id : NULL;
    const char *references[] = {answered, NULL};
    MailHeaders headers = {
        .from_name = o->settings->office_name,
        .from_address = o->settings->office_address,
        .reply_to = reply_to,
        .to_address = c->contact_address,
        .message_id = message_id,
        .in_reply_to = answered,
        .references = answered ? references : NULL,
        .date = clock_now(),
        .automatic = a->by_computer,
    };
    GBytes *bytes = mail_render(reply, &headers, error);
    message_row_free(m);
    return bytes;
}

static bool add_row(Office *o, const CaseRow *c, const Answer *a, const Reply *reply,
                    GError **error)
{
    g_autoptr(OutboxRow) row = g_new0(OutboxRow, 1);
    int64_t now = clock_now();
    row->message_id = case_mark_message_id(mark_key(o), c->reference, outbox_serial(o->db, error),
                                           domain_of(o->settings->office_address));
    row->bytes = render(o, c, a, reply, row->message_id, error);
    if (!row->bytes)
        return false;
    row->case_id = c->id;
    row->decision_id = a->decision_id;
    row->kind = a->kind;
    row->reasons = a->kind == REPLY_REJECTION ? a->judgement->reasons : 0;
    row->state = g_strdup(a->hold_until ? "held" : "queued");
    row->recipient = g_strdup(c->contact_address);
    /* A notice that comes back says nothing of the case's own mail. */
    row->return_path = a->kind == REPLY_NOTICE ? g_strdup("") : return_path(o, c->reference);
    row->subject = g_strdup(reply->subject);
    row->created_at = now;
    row->not_before = a->hold_until ? a->hold_until : now;
    row->due = c->reply_due;
    row->last_answer = g_strdup("");
    return outbox_add(o->db, row, error);
}

static bool by_hand(Office *o, CaseRow *c, const Answer *a, const char *why, GError **error)
{
    c->flags |= BIT(FLAG_ACKNOWLEDGE_BY_HAND);
    g_autofree char *text = g_strdup_printf("%s not sent: %s", reply_name(a->kind), why);
    return cases_event(o->db, c->id, a->message_id, a->who, "answer-by-hand", text, clock_now(),
                       error);
}

bool answer_queue(Office *o, CaseRow *c, const Answer *a, bool *queued, GError **error)
{
    *queued = false;
    const char *why = forbidden(o, c, a);
    if (!why)
        why = above_ceiling(o, c, a, clock_now());
    /* An acknowledgement already sent is no reason for a person to send one more by hand. */
    if (why == ACKNOWLEDGED)
        return true;
    if (!why)
        why = undated(a);
    if (why)
        return by_hand(o, c, a, why, error);
    g_autoptr(GError) broken = NULL;
    g_autoptr(Reply) reply = compose(o, c, a, &broken);
    if (!reply) {
        log_error("%s of %s cannot be composed: %s", reply_name(a->kind), c->reference,
                  broken->message);
        return by_hand(o, c, a, broken->message, error);
    }
    if (!add_row(o, c, a, reply, error))
        return false;
    *queued = true;
    return cases_event(o->db, c->id, a->message_id, a->who, a->hold_until ? "held" : "reply-queued",
                       reply_name(a->kind), clock_now(), error);
}

bool answer_notice(Office *o, const CaseRow *c, const char *address, const char *what,
                   const char *ask, GError **error)
{
    if (!address || !address[0])
        return true;
    g_autofree char *subject = g_strdup_printf("%s: %s", c->reference, what);
    if (outbox_notice_waits(o->db, c->id, address, subject))
        return true;
    g_autofree char *day =
        c->state == CASE_ASKED ? g_strdup("the complainant") : day_to_words(c->reply_due, false);
    g_autofree char *last =
        ask ? g_strdup(ask)
            : g_strdup_printf("Answer owed by: %s", day ? day : "no date could be worked out");
    g_autofree char *text = g_strdup_printf("%s\n\n%s\n\n%s\n", c->reference, what, last);
    g_autofree char *html =
        g_markup_printf_escaped("<p>%s</p><p>%s</p><p>%s</p>", c->reference, what, last);
    Reply notice = {.subject = subject, .text = text, .html = html, .language = (char *)"en"};
    CaseRow to = *c;
    to.contact_address = (char *)address;
    Answer a = {.kind = REPLY_NOTICE, .by_computer = true, .who = "iecd"};
    return add_row(o, &to, &a, &notice, error);
}
