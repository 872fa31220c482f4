#include "daemon/flow/dispatch.h"
#include "daemon/base/backoff.h"
#include "daemon/base/clock.h"
#include "daemon/base/durable.h"
#include "daemon/base/log.h"
#include "daemon/flow/deadlines.h"
#include "daemon/flow/outcome.h"
#include "daemon/flow/recall.h"
#include "daemon/wire/maildir.h"
#include "daemon/wire/smtp_sender.h"
#include <string.h>

#define DUE_PAGE     64u
#define FOLDER_BATCH 16
/* A 5xx to our own MAIL FROM or DATA is about us, not this person: everything waits. */
#define OUR_FAULT_PAUSE_S (15 * 60)

struct Dispatch {
    Office *office;
    SmtpSender *sender; /* NULL: Maildir */
    GPtrArray *page;    /* OutboxRow due, from `next` on */
    unsigned next;
    OutboxRow *current; /* on the wire, or on its way there */
    bool marked;        /* `current` is committed as sending */
    Backoff connection;
    int64_t paused_until;
    int64_t minute; /* the minute `sent_in_minute` counts */
    int sent_in_minute;
    guint wake_source;
    char *health;
    bool pumping;
};

static void pump(Dispatch *d);
static gboolean pump_soon(void *user);

/* Growing pauses after a 4xx: a grey list lets the second try pass after 5 to 15 minutes. */
static int64_t next_try(const OutboxRow *r, int64_t now)
{
    static const int PAUSES[] = {60, 300, 600, 1800, 3600};
    unsigned n = r->attempts > 0 ? (unsigned)r->attempts - 1 : 0;
    return now + PAUSES[MIN(n, G_N_ELEMENTS(PAUSES) - 1)];
}

/* Tries end with the deadline, but every reply has at least one day of them. */
static bool tries_over(const OutboxRow *r, int64_t now)
{
    int64_t end = r->created_at + 86400;
    if (r->due != DAY_NONE)
        end = MAX(end, day_instant(r->due + 1, 0, 0));
    return now >= end;
}

static void set_health(Dispatch *d, const char *words)
{
    g_free(d->health);
    d->health = g_strdup(words);
}

static void pause_until(Dispatch *d, int64_t when)
{
    d->paused_until = MAX(d->paused_until, when);
}

static gboolean wake(void *user)
{
    Dispatch *d = user;
    d->wake_source = 0;
    pump(d);
    return G_SOURCE_REMOVE;
}

static void wake_in(Dispatch *d, int64_t seconds)
{
    if (d->wake_source)
        g_source_remove(d->wake_source);
    d->wake_source = g_timeout_add_seconds((guint)CLAMP(seconds, 1, 3600), wake, d);
}

/* One of our own addresses is wrong: that is the administrator's to mend, and no word on the case.
 */
static bool notice_failed(Dispatch *d, const OutboxRow *r, const char *answer, GError **error)
{
    const char *fields[] = {"CASE", NULL, NULL};
    g_autoptr(CaseRow) c = cases_load(d->office->db, r->case_id, error);
    if (!c)
        return false;
    fields[1] = c->reference;
    log_line(LOG_LEVEL_ERROR, fields,
             "a notice of %s to the office's own people was refused; look at the addresses of "
             "casework: %s",
             c->reference, answer);
    return cases_event(d->office->db, r->case_id, 0, "iecd", "notice-undelivered", answer,
                       clock_now(), error);
}

/* What the outcome of one try writes. */
static bool record(Dispatch *d, const OutboxRow *r, SmtpOutcome outcome, const char *answer,
                   GError **error)
{
    Db *db = d->office->db;
    int64_t now = clock_now();
    bool over = tries_over(r, now);
    if (!d->marked && !outbox_sending(db, r->id, error))
        return false;
    switch (outcome) {
    case SMTP_SENT:
        return outbox_sent(db, r->id, answer, now, error) &&
               cases_event(db, r->case_id, 0, "iecd", "reply-sent", reply_name(r->kind), now,
                           error);
    case SMTP_LATER:
    case SMTP_NOT_SENT:
    case SMTP_OUR_FAULT: /* also ends with the deadline: a person must not wait for our mending */
        if (!over)
            return outbox_later(db, r->id,
                                outcome == SMTP_LATER ? next_try(r, now) : d->paused_until, answer,
                                error);
        break;
    case SMTP_UNKNOWN:
        return outbox_unknown(db, r->id, answer, error) &&
               cases_event(db, r->case_id, 0, "iecd", "reply-unknown",
                           "the connection was lost after the last byte: it may have arrived", now,
                           error) &&
               outbox_recover(db, now, error) >= 0;
    case SMTP_REFUSED:
        break;
    }
    if (!outbox_failed(db, r->id, answer, error))
        return false;
    return r->kind == REPLY_NOTICE ? notice_failed(d, r, answer, error)
                                   : outcome_undelivered(d->office, r->case_id, 0, answer, error);
}

/* Pauses and words that the outcome asks for; before record, which uses paused_until. */
static void heed(Dispatch *d, SmtpOutcome outcome, const char *answer)
{
    int64_t now = clock_now();
    if (outcome == SMTP_OUR_FAULT) {
        log_error("the mail server refuses us, not a recipient; sending pauses: %s", answer);
        pause_until(d, now + OUR_FAULT_PAUSE_S);
        set_health(d, answer);
    } else if (outcome == SMTP_NOT_SENT || outcome == SMTP_UNKNOWN) {
        pause_until(d, now + backoff_next(&d->connection));
        log_warning("reply not sent: %s", answer);
        set_health(d, answer);
    } else {
        backoff_reset(&d->connection);
        set_health(d, "sending");
    }
}

/* Notices first; `ceiling` reached: they alone. */
static OutboxRow *next_due(Dispatch *d, bool ceiling, GError **error)
{
    g_autoptr(GError) broken = NULL;
    int64_t notice = outbox_notice_due(d->office->db, clock_now(), &broken);
    if (broken || ceiling || notice) {
        if (broken)
            g_propagate_error(error, g_steal_pointer(&broken));
        return notice ? outbox_load(d->office->db, notice, error) : NULL;
    }
    if (d->next >= d->page->len) {
        GPtrArray *more = outbox_due(d->office->db, clock_now(), DUE_PAGE, error);
        if (!more)
            return NULL;
        g_ptr_array_unref(d->page);
        d->page = more;
        d->next = 0;
    }
    if (d->next >= d->page->len)
        return NULL;
    const OutboxRow *head = d->page->pdata[d->next++];
    return outbox_load(d->office->db, head->id, error);
}

/* A row listed as due may have been cancelled since the page was read; one that came back with a
 * 4xx may have been forbidden while the server had it. */
static OutboxRow *take_next(Dispatch *d, bool ceiling, GError **error)
{
    for (;;) {
        g_autoptr(GError) broken = NULL;
        g_autoptr(OutboxRow) r = next_due(d, ceiling, &broken);
        if (broken) {
            g_propagate_error(error, g_steal_pointer(&broken));
            return NULL;
        }
        if (!r)
            return NULL;
        if (strcmp(r->state, "queued") != 0 || r->not_before > clock_now())
            continue;
        bool recalled = false;
        if (!recall_if_forbidden(d->office, r, &recalled, error))
            return NULL;
        if (!recalled)
            return g_steal_pointer(&r);
    }
}

static bool may_send(Dispatch *d)
{
    int64_t now = clock_now();
    if (d->office->stopping)
        return false;
    if (now < d->paused_until) {
        wake_in(d, d->paused_until - now);
        return false;
    }
    return true;
}

/* The ceiling of replies a minute; the office's own people are told over it. */
static bool at_ceiling(Dispatch *d)
{
    int64_t now = clock_now();
    int ceiling = d->office->settings->outgoing.per_minute;
    if (now / 60 != d->minute) {
        d->minute = now / 60;
        d->sent_in_minute = 0;
    }
    if (ceiling == 0 || d->sent_in_minute < ceiling)
        return false;
    wake_in(d, 60 - now % 60);
    return true;
}

/* Ends one try and takes the next reply. */
static bool step(Dispatch *d, const OutboxRow *ended, SmtpOutcome outcome, const char *answer,
                 GError **error)
{
    g_autoptr(Transaction) tx = transaction_begin(d->office->db, error);
    if (!tx)
        return false;
    if (ended && !record(d, ended, outcome, answer, error))
        return false;
    g_autoptr(GError) broken = NULL;
    g_autoptr(OutboxRow) r = may_send(d) ? take_next(d, at_ceiling(d), &broken) : NULL;
    if (broken) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return false;
    }
    if (!transaction_commit(tx, error))
        return false;
    if (r)
        r->attempts++;
    outbox_row_free(d->current);
    d->current = g_steal_pointer(&r);
    d->marked = false;
    return true;
}

static void deliver_to_maildir(Dispatch *d)
{
    const OutboxRow *r = d->current;
    g_autoptr(GError) error = NULL;
    bool ok = maildir_deliver(d->office->settings->outgoing.path, r->message_id, r->bytes, &error);
    SmtpOutcome outcome = ok ? SMTP_SENT : SMTP_NOT_SENT;
    const char *answer = ok ? "written to the outbox folder" : error->message;
    heed(d, outcome, answer);
    g_autoptr(GError) broken = NULL;
    if (!step(d, r, outcome, answer, &broken)) {
        g_clear_pointer(&d->current, outbox_row_free);
        office_fail(d->office, "recording a reply written", broken);
    }
}

static void send_current(Dispatch *d)
{
    const OutboxRow *r = d->current;
    d->sent_in_minute++;
    if (!d->sender) {
        deliver_to_maildir(d);
        return;
    }
    SmtpMail mail = {r->id, r->return_path, r->recipient, r->bytes};
    if (!smtp_sender_send(d->sender, &mail))
        g_assert_not_reached(); /* one at a time, and `current` says there is none */
}

/* The row is committed as sending when the server waits for the message, and not before: a stop
 * while connecting leaves it queued, and nobody has to wonder whether it arrived. */
static bool on_about_to_send(int64_t id, void *user)
{
    Dispatch *d = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(Transaction) tx = transaction_begin(d->office->db, &error);
    if (!tx || !outbox_sending(d->office->db, id, &error) || !transaction_commit(tx, &error)) {
        office_fail(d->office, "marking a reply as sending", error);
        return false;
    }
    d->marked = true;
    stop_point("smtp-send");
    return true;
}

static void on_sent(int64_t id, SmtpOutcome outcome, const char *answer, void *user)
{
    Dispatch *d = user;
    g_autoptr(GError) error = NULL;
    g_assert(d->current && d->current->id == id);
    stop_point("smtp-answered");
    heed(d, outcome, answer);
    if (!step(d, d->current, outcome, answer, &error)) {
        g_clear_pointer(&d->current, outbox_row_free);
        office_fail(d->office, "recording a reply sent", error);
        return;
    }
    stop_point("recorded");
    if (d->current)
        send_current(d);
    else if (d->office->stopping)
        g_main_loop_quit(d->office->loop);
    else
        deadlines_kick(d->office->deadlines);
}

static void on_health(const GError *error, void *user)
{
    Dispatch *d = user;
    set_health(d, error ? error->message : "connected");
    if (error)
        log_warning("mail server: %s", error->message);
}

/* With a server one reply is on the wire at a time and on_sent goes on; a folder takes a handful in
 * a row, then lets the loop turn. */
static void pump(Dispatch *d)
{
    if (d->pumping || (d->current && d->sender))
        return;
    d->pumping = true;
    for (int n = 0; n < FOLDER_BATCH && !d->office->stopping; n++) {
        g_autoptr(GError) error = NULL;
        if (!d->current && !step(d, NULL, SMTP_SENT, "", &error))
            office_fail(d->office, "taking a reply from the outbox", error);
        if (!d->current)
            break;
        send_current(d);
        if (d->sender)
            break;
    }
    d->pumping = false;
    if (d->current && !d->sender && !d->wake_source)
        d->wake_source = g_idle_add(pump_soon, d);
}

static gboolean pump_soon(void *user)
{
    Dispatch *d = user;
    d->wake_source = 0;
    pump(d);
    return G_SOURCE_REMOVE;
}

void dispatch_kick(Dispatch *d)
{
    if (!d || d->current)
        return;
    if (d->wake_source)
        g_source_remove(d->wake_source);
    d->wake_source = g_idle_add_full(G_PRIORITY_DEFAULT, pump_soon, d, NULL);
}

static void open_sender(Dispatch *d)
{
    const Settings *s = d->office->settings;
    if (strcmp(s->outgoing.kind, "smtp") != 0) {
        g_autoptr(GError) error = NULL;
        if (!maildir_prepare(s->outgoing.path, &error))
            log_error("outbox folder: %s", error->message);
        set_health(d, "writing to a folder");
        return;
    }
    SmtpSenderConfig config = {
        .stream = office_stream_config(&s->outgoing.server, "smtp"),
        .helo = s->outgoing.helo[0] ? s->outgoing.helo : g_get_host_name(),
        .idle_s = (unsigned)s->outgoing.idle_s,
        .about_to_send = on_about_to_send,
    };
    d->sender = smtp_sender_new(&config, on_sent, on_health, d);
    set_health(d, "not yet connected");
}

Dispatch *dispatch_open(Office *o)
{
    Dispatch *d = g_new0(Dispatch, 1);
    g_autoptr(GError) error = NULL;
    d->office = o;
    d->page = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_row_free);
    d->connection = (Backoff){.first_s = 5, .most_s = 900};
    open_sender(d);
    int found = outbox_recover(o->db, clock_now(), &error);
    if (found < 0)
        office_fail(o, "recovering the outbox", error);
    else if (found > 0)
        log_warning("%d replies were on the wire when iecd last stopped; each is sent once more "
                    "with the same Message-ID, or listed as unknown",
                    found);
    return d;
}

void dispatch_close(Dispatch *d)
{
    if (!d)
        return;
    if (d->wake_source)
        g_source_remove(d->wake_source);
    smtp_sender_free(d->sender);
    outbox_row_free(d->current);
    g_ptr_array_unref(d->page);
    g_free(d->health);
    g_free(d);
}

bool dispatch_busy(const Dispatch *d)
{
    return d->current && d->sender;
}

void dispatch_settings_changing(Dispatch *d)
{
    g_assert(!dispatch_busy(d)); /* a reload waits for the reply on the wire */
    g_clear_pointer(&d->sender, smtp_sender_free);
    g_clear_pointer(&d->current, outbox_row_free); /* still queued */
}

void dispatch_settings_changed(Dispatch *d)
{
    open_sender(d);
    d->paused_until = 0;
    dispatch_kick(d);
}

void dispatch_recall(Dispatch *d, int64_t id)
{
    if (!d || d->marked || !d->current || d->current->id != id)
        return;
    g_clear_pointer(&d->sender, smtp_sender_free); /* it was on its way there, not begun */
    g_clear_pointer(&d->current, outbox_row_free);
    open_sender(d);
    dispatch_kick(d);
}

const char *dispatch_health(const Dispatch *d)
{
    return d->health;
}
