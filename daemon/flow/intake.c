#include "daemon/flow/intake.h"
#include "daemon/base/clock.h"
#include "daemon/base/durable.h"
#include "daemon/base/log.h"
#include "daemon/flow/deadlines.h"
#include "daemon/flow/handle.h"
#include "daemon/store/messages.h"
#include "daemon/wire/imap_source.h"
#include "daemon/wire/maildir.h"
#include <string.h>

typedef struct Feed {
    Intake *intake;
    MailSource *source;
    char *name;
    char *health;
    int64_t since;
    bool heard; /* read to its end since the last trouble */
} Feed;

struct Intake {
    Office *office;
    GPtrArray *feeds; /* Feed */
};

static Feed *feed_of(Intake *i, const MailSource *s)
{
    for (unsigned n = 0; n < i->feeds->len; n++) {
        Feed *f = i->feeds->pdata[n];
        if (f->source == s || !g_strcmp0(f->name, s->name))
            return f;
    }
    g_assert_not_reached();
}

static bool on_progress(MailSource *s, uint32_t uidvalidity, uint32_t *uid, void *user)
{
    Intake *i = user;
    g_autoptr(GError) error = NULL;
    bool other = false;
    if (!messages_progress(i->office->db, s->name, uidvalidity, uid, &other, &error)) {
        office_fail(i->office, "reading a mailbox's progress", error);
        return false;
    }
    if (other && *uid == 0)
        log_warning("mailbox %s: UIDVALIDITY is new (%u); every message is compared by content "
                    "with what is registered",
                    s->name, uidvalidity);
    return true;
}

static GArray *on_untold(MailSource *s, uint32_t uidvalidity, void *user)
{
    Intake *i = user;
    g_autoptr(GError) error = NULL;
    GArray *uids = messages_untold(i->office->db, s->name, uidvalidity, &error);
    if (!uids)
        office_fail(i->office, "reading what a mailbox was not told", error);
    return uids;
}

static bool on_has_file(MailSource *s, const char *file, void *user)
{
    Intake *i = user;
    return messages_has_file(i->office->db, s->name, file);
}

/* What is kept of a message over the size limit: its header; where even that could not be had, a
 * line of ours. Bytes are a message's identity, so the line says where it stands. */
static GBytes *stub_of(const SourceMessage *m)
{
    if (m->header && g_bytes_get_size(m->header) > 0)
        return g_bytes_ref(m->header);
    char *line = g_strdup_printf("X-Iecd-Stub: nothing of %s %u/%u could be read\r\n\r\n",
                                 m->file ? m->file : "", m->uidvalidity, m->uid);
    return g_bytes_new_take(line, strlen(line));
}

static bool keep_original(Intake *i, const SourceMessage *m, char *sha256, char *shard,
                          GError **error)
{
    g_autoptr(GBytes) kept = m->bytes ? g_bytes_ref(m->bytes) : stub_of(m);
    return originals_add(i->office->originals, kept, sha256, shard, error);
}

static bool take(Intake *i, const MailSource *s, GPtrArray *messages, GError **error)
{
    unsigned n = messages->len;
    g_autofree ReceivedMessage *rows = g_new0(ReceivedMessage, n);
    g_autofree char *names = g_malloc0((size_t)n * (65 + 8));
    for (unsigned k = 0; k < n; k++) {
        const SourceMessage *m = messages->pdata[k];
        char *sha256 = names + (size_t)k * (65 + 8), *shard = sha256 + 65;
        if (!keep_original(i, m, sha256, shard, error))
            return false;
        rows[k] = (ReceivedMessage){
            .source = s->name,
            .uidvalidity = m->uidvalidity,
            .uid = m->uid,
            .file = m->file ? m->file : "",
            .sha256 = sha256,
            .shard = shard,
            .size = m->size,
            .received_at = m->received_at,
            .channel = CHANNEL_EMAIL,
            .whole = m->bytes != NULL,
        };
    }
    return originals_commit(i->office->originals, error) &&
           messages_receive(i->office->db, rows, n, clock_now(), error);
}

static void on_batch(MailSource *s, GPtrArray *messages, void *user)
{
    Intake *i = user;
    g_autoptr(GPtrArray) owned = messages;
    g_autoptr(GError) error = NULL;
    bool ok = take(i, s, messages, &error);
    if (!ok && !office_fail(i->office, "keeping new messages", error))
        return;
    stop_point("received");
    log_debug("mailbox %s: %u messages %s", s->name, messages->len, ok ? "received" : "refused");
    mail_source_taken(s, ok);
    if (ok)
        handle_kick(i->office->handle);
}

static void on_told(MailSource *s, uint32_t uidvalidity, const uint32_t *uids, unsigned n,
                    void *user)
{
    Intake *i = user;
    g_autoptr(GError) error = NULL;
    stop_point("moved"); /* the server has moved them, the register does not know yet */
    if (!messages_told(i->office->db, s->name, uidvalidity, uids, n, &error))
        office_fail(i->office, "recording what a mailbox was told", error);
}

static void on_told_file(MailSource *s, const char *file, void *user)
{
    Intake *i = user;
    g_autoptr(GError) error = NULL;
    if (!messages_told_file(i->office->db, s->name, file, &error))
        office_fail(i->office, "recording what a folder was told", error);
}

static void on_health(MailSource *s, const char *words, const GError *problem, void *user)
{
    Intake *i = user;
    Feed *f = feed_of(i, s);
    g_free(f->health);
    f->health = problem ? g_strdup(problem->message) : g_strdup(words);
    f->since = clock_now();
    f->heard = f->heard && !problem;
    if (problem)
        log_warning("mailbox %s: %s", s->name, problem->message);
    else
        log_info("mailbox %s: %s", s->name, words);
}

/* Letters, and the order of judging, wait for what people wrote before them. */
static void on_caught_up(MailSource *s, void *user)
{
    Intake *i = user;
    Feed *f = feed_of(i, s);
    if (f->heard)
        return;
    f->heard = true;
    if (!intake_heard_all(i))
        return;
    handle_kick(i->office->handle);
    deadlines_kick(i->office->deadlines);
}

static const SourceCalls CALLS = {on_progress, on_untold,    on_has_file, on_batch,
                                  on_told,     on_told_file, on_health,   on_caught_up};

static MailSource *open_imap(Intake *i, const MailboxSettings *m)
{
    const Settings *s = i->office->settings;
    ImapSourceConfig config = {
        .name = m->name,
        .stream = office_stream_config(&m->server, "imap"),
        .mailbox = m->mailbox,
        .after = !strcmp(m->after, "move")      ? AFTER_MOVE
                 : !strcmp(m->after, "keyword") ? AFTER_KEYWORD
                                                : AFTER_LEAVE,
        .move_to = m->move_to,
        .keyword = m->keyword,
        .poll_s = (unsigned)m->poll_s,
        .use_idle = m->idle,
        .max_message = (uint64_t)s->limits.max_message,
        .batch_count = (unsigned)s->limits.batch_count,
        .batch_bytes = (uint64_t)s->limits.batch_bytes,
    };
    return imap_source_open(&config, &CALLS, i);
}

static void open_feed(Intake *i, const MailboxSettings *m)
{
    Feed *f = g_new0(Feed, 1);
    f->intake = i;
    f->name = g_strdup(m->name);
    f->health = g_strdup("starting");
    f->since = clock_now();
    g_ptr_array_add(i->feeds, f);
    if (!strcmp(m->kind, "imap"))
        f->source = open_imap(i, m);
    else
        f->source =
            maildir_source_open(m->name, m->path, (uint64_t)i->office->settings->limits.max_message,
                                (unsigned)m->poll_s, &CALLS, i);
}

Intake *intake_open(Office *o)
{
    Intake *i = g_new0(Intake, 1);
    i->office = o;
    i->feeds = g_ptr_array_new();
    for (unsigned n = 0; n < o->settings->mailboxes->len; n++)
        open_feed(i, o->settings->mailboxes->pdata[n]);
    return i;
}

void intake_close(Intake *i)
{
    if (!i)
        return;
    for (unsigned n = 0; n < i->feeds->len; n++) {
        Feed *f = i->feeds->pdata[n];
        mail_source_close(f->source);
        g_free(f->name);
        g_free(f->health);
        g_free(f);
    }
    g_ptr_array_unref(i->feeds);
    g_free(i);
}

bool intake_heard_all(const Intake *i)
{
    bool all = i != NULL;
    for (unsigned n = 0; i && n < i->feeds->len; n++)
        all &= ((const Feed *)i->feeds->pdata[n])->heard;
    return all;
}

GPtrArray *intake_health(const Intake *i)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (unsigned n = 0; i && n < i->feeds->len; n++) {
        const Feed *f = i->feeds->pdata[n];
        g_ptr_array_add(lines, g_strdup_printf("%s\t%s", f->name, f->health));
    }
    return lines;
}
