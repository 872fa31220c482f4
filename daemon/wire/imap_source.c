#include "daemon/wire/imap_source.h"
#include "daemon/base/backoff.h"
#include "daemon/base/clock.h"
#include "daemon/wire/imap_session.h"
#include <stdlib.h>
#include <string.h>

#define IDLE_AGAIN_S  (28u * 60u) /* RFC 2177: before 29 minutes */
#define LOGIN_PAUSE_S 300u        /* refused credentials: slowly, or the account is locked */
#define THROTTLED_S   300u        /* told to wait and not how long */
#define PAUSE_MOST_S  (15u * 60u)
#define STORE_PAUSE_S 5u /* the flow could not keep a batch */
#define WATCH_S       5u

typedef struct ImapSource {
    MailSource head;
    ImapSourceConfig config;
    const SourceCalls *calls;
    void *user;
    Stream *stream;
    ImapReader *reader;
    ImapSession *session;
    ImapTroubles *troubles;
    GByteArray *in;
    Backoff backoff;
    ImapState state;    /* the session's, when the timers were last set */
    GPtrArray *offered; /* copies of what the flow has and has not yet taken */
    guint connect_timer, wake_timer, watch_timer, store_timer;
    uint64_t oldest; /* command, by serial */
    int64_t oldest_since;
    char *health;   /* last told words */
    unsigned depth; /* calls into here under way */
    bool working, closing;
} ImapSource;

static void work(ImapSource *s);
static void connect_now(ImapSource *s);

/* ---- life */

static void drop_timer(guint *timer)
{
    if (*timer)
        g_source_remove(*timer);
    *timer = 0;
}

static void disconnect(ImapSource *s)
{
    drop_timer(&s->wake_timer);
    drop_timer(&s->watch_timer);
    g_clear_pointer(&s->stream, stream_free);
    g_clear_pointer(&s->session, imap_session_free);
    g_clear_pointer(&s->reader, imap_reader_free);
}

static void free_config(ImapSourceConfig *c)
{
    g_free((char *)c->name);
    g_free((char *)c->mailbox);
    g_free((char *)c->move_to);
    g_free((char *)c->keyword);
    g_free((char *)c->stream.protocol);
    g_free((char *)c->stream.host);
    g_free((char *)c->stream.ca_file);
    g_free((char *)c->stream.user);
    g_free((char *)c->stream.secret_file);
    g_free((char *)c->stream.auth);
}

static void copy_config(ImapSourceConfig *to, const ImapSourceConfig *from)
{
    *to = *from;
    to->name = g_strdup(from->name);
    to->mailbox = g_strdup(from->mailbox);
    to->move_to = g_strdup(from->move_to);
    to->keyword = g_strdup(from->keyword);
    to->stream.protocol = g_strdup(from->stream.protocol);
    to->stream.host = g_strdup(from->stream.host);
    to->stream.ca_file = g_strdup(from->stream.ca_file);
    to->stream.user = g_strdup(from->stream.user);
    to->stream.secret_file = g_strdup(from->stream.secret_file);
    to->stream.auth = g_strdup(from->stream.auth);
}

static void drop_offered(ImapSource *s)
{
    drop_timer(&s->store_timer);
    g_clear_pointer(&s->offered, g_ptr_array_unref);
}

static void enter(ImapSource *s)
{
    s->depth++;
}

/* The flow may close a source from within one of its calls: it lives until the last one ends. */
static void leave(ImapSource *s)
{
    if (--s->depth > 0 || !s->closing)
        return;
    imap_troubles_free(s->troubles);
    free_config(&s->config);
    g_byte_array_unref(s->in);
    g_free(s->health);
    g_free(s);
}

static void source_close(MailSource *source)
{
    ImapSource *s = (ImapSource *)source;
    enter(s);
    s->closing = true;
    drop_timer(&s->connect_timer);
    drop_offered(s);
    disconnect(s);
    leave(s);
}

/* ---- health and reconnecting */

static void tell_health(ImapSource *s, const char *words, const GError *error)
{
    if (s->closing || (!error && !g_strcmp0(words, s->health)))
        return;
    g_free(s->health);
    s->health = error ? NULL : g_strdup(words);
    s->calls->health(&s->head, words, error, s->user);
}

static gboolean on_connect_timer(void *user)
{
    ImapSource *s = user;
    s->connect_timer = 0;
    connect_now(s);
    return G_SOURCE_REMOVE;
}

/* Exchange: "Suggested Backoff Time: 178755 milliseconds", or only that it is throttling. */
static unsigned pause_asked(const char *message)
{
    static const char SUGGESTED[] = "Suggested Backoff Time:";
    const char *at = strcasestr(message, SUGGESTED);
    if (at) {
        unsigned long long ms = strtoull(at + sizeof SUGGESTED - 1, NULL, 10);
        return (unsigned)MIN(ms / 1000 + 1, 24 * 3600);
    }
    bool throttled = strcasestr(message, "throttled") || strcasestr(message, "but not connected");
    return throttled ? THROTTLED_S : 0;
}

static void lost(ImapSource *s, const GError *error)
{
    if (s->session)
        imap_session_blame(s->session);
    disconnect(s);
    unsigned pause = backoff_next(&s->backoff), asked = pause_asked(error->message);
    pause = MAX(pause, asked);
    if (error->code == WIRE_ERROR_LOGIN)
        pause = MAX(pause, LOGIN_PAUSE_S);
    drop_timer(&s->connect_timer);
    s->connect_timer = g_timeout_add_seconds(pause, on_connect_timer, s);
    tell_health(s, NULL, error);
}

/* The flow wants no more: nothing is tried again. */
static void stop(ImapSource *s)
{
    disconnect(s);
    drop_timer(&s->connect_timer);
}

/* ---- timers of a connection */

static gboolean on_wake(void *user)
{
    ImapSource *s = user;
    s->wake_timer = 0;
    enter(s);
    imap_session_wake(s->session);
    work(s);
    leave(s);
    return G_SOURCE_REMOVE;
}

/* A command may not take for ever, even while bytes trickle in. */
static gboolean on_watch(void *user)
{
    ImapSource *s = user;
    uint64_t serial = 0;
    unsigned allowance = imap_session_allowance(s->session, &serial);
    int64_t now = clock_monotonic_us();
    if (serial != s->oldest || allowance == 0) {
        s->oldest = serial;
        s->oldest_since = now;
        return G_SOURCE_CONTINUE;
    }
    if (now - s->oldest_since <= (int64_t)allowance * G_USEC_PER_SEC)
        return G_SOURCE_CONTINUE;
    g_autoptr(GError) error = g_error_new(
        WIRE_ERROR, WIRE_ERROR_CONNECT, "the server took more than %u s for a command", allowance);
    s->watch_timer = 0;
    enter(s);
    lost(s, error);
    leave(s);
    return G_SOURCE_REMOVE;
}

static void follow_state(ImapSource *s)
{
    ImapState state = imap_session_state(s->session);
    if (state == s->state)
        return;
    s->state = state;
    stream_set_timeout(s->stream, IMAP_STATES[state].silence_s);
    drop_timer(&s->wake_timer);
    if (state == IMAP_IDLING)
        s->wake_timer = g_timeout_add_seconds(IDLE_AGAIN_S, on_wake, s);
    if (state == IMAP_RESTING)
        s->wake_timer = g_timeout_add_seconds(MAX(s->config.poll_s, 1), on_wake, s);
    if (state != IMAP_IDLING && state != IMAP_RESTING)
        return;
    backoff_reset(&s->backoff);
    tell_health(s, "idle", NULL);
    if (s->calls->caught_up && !s->closing && !s->offered)
        s->calls->caught_up(&s->head, s->user);
}

/* ---- batches */

static SourceMessage *copy_message(const SourceMessage *m)
{
    SourceMessage *copy = g_new(SourceMessage, 1);
    *copy = *m;
    copy->file = g_strdup(m->file);
    copy->bytes = m->bytes ? g_bytes_ref(m->bytes) : NULL;
    copy->header = m->header ? g_bytes_ref(m->header) : NULL;
    return copy;
}

static GPtrArray *copy_messages(const GPtrArray *messages)
{
    GPtrArray *copies = g_ptr_array_new_full(messages->len, (GDestroyNotify)source_message_free);
    for (unsigned n = 0; n < messages->len; n++)
        g_ptr_array_add(copies, copy_message(messages->pdata[n]));
    return copies;
}

static void offer(ImapSource *s, GPtrArray *messages)
{
    for (unsigned n = 0; n < messages->len; n++) {
        SourceMessage *m = messages->pdata[n];
        if (m->received_at == 0) /* nothing came of it but its UID */
            m->received_at = clock_now();
    }
    s->offered = copy_messages(messages);
    s->calls->batch(&s->head, messages, s->user);
}

static gboolean on_store_timer(void *user)
{
    ImapSource *s = user;
    s->store_timer = 0;
    enter(s);
    s->calls->batch(&s->head, copy_messages(s->offered), s->user);
    leave(s);
    return G_SOURCE_REMOVE;
}

static void source_taken(MailSource *source, bool ok)
{
    ImapSource *s = (ImapSource *)source;
    if (!s->offered || s->closing)
        return;
    if (!ok) {
        drop_timer(&s->store_timer);
        s->store_timer = g_timeout_add_seconds(STORE_PAUSE_S, on_store_timer, s);
        return;
    }
    enter(s);
    g_autoptr(GPtrArray) taken = g_steal_pointer(&s->offered);
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t uidvalidity = 0;
    for (unsigned n = 0; n < taken->len; n++) {
        const SourceMessage *m = taken->pdata[n];
        uidvalidity = m->uidvalidity;
        g_array_append_val(uids, m->uid);
    }
    backoff_reset(&s->backoff);
    /* Where the connection they came by is gone, the next one finds them among the untold. */
    if (s->session && imap_session_state(s->session) >= IMAP_WORKING &&
        imap_session_uidvalidity(s->session) == uidvalidity)
        imap_session_tell(s->session, (const uint32_t *)(void *)uids->data, uids->len);
    work(s);
    leave(s);
}

/* ---- the session */

static void report(ImapSource *s)
{
    g_autoptr(GArray) told = imap_session_next_told(s->session);
    g_autoptr(GArray) gone = imap_session_next_gone(s->session);
    g_autoptr(GError) refusal = imap_session_next_refusal(s->session);
    uint32_t uidvalidity = imap_session_uidvalidity(s->session);
    if (told)
        s->calls->told(&s->head, uidvalidity, (const uint32_t *)(void *)told->data, told->len,
                       s->user);
    for (unsigned n = 0; gone && n < gone->len && !s->closing; n++) {
        g_autofree char *words = g_strdup_printf("UID %u went away before it could be read",
                                                 g_array_index(gone, uint32_t, n));
        tell_health(s, words, NULL);
    }
    if (refusal)
        tell_health(s, NULL, refusal);
}

static void send_output(ImapSource *s, bool may_rest)
{
    imap_session_go(s->session, may_rest);
    GString *out = imap_session_output(s->session);
    stream_send(s->stream, out->str, out->len);
    g_string_truncate(out, 0);
}

/* Sends, reports and offers until nothing more can be done without the server or the flow. Calls
 * into the flow may come back here: the outermost goes on then. */
static void work(ImapSource *s)
{
    if (s->working)
        return;
    s->working = true;
    for (bool more = true; more && s->session && !s->closing;) {
        /* Taking a batch frees its place: the next is asked for before this one is stored. */
        g_autoptr(GPtrArray) batch = s->offered ? NULL : imap_session_next_batch(s->session);
        send_output(s, !batch);
        report(s);
        if (!s->session || s->closing)
            break;
        more = batch || (!s->offered && imap_session_has_batch(s->session));
        if (batch)
            offer(s, g_steal_pointer(&batch));
        else if (!more)
            follow_state(s);
    }
    s->working = false;
}

static bool choose(ImapSource *s, GError **error)
{
    uint32_t highest = 0, uidvalidity = imap_session_uidvalidity(s->session);
    if (!s->calls->progress(&s->head, uidvalidity, &highest, s->user)) {
        if (!s->closing)
            stop(s);
        return true;
    }
    if (s->closing || !s->session)
        return true;
    GArray *untold = s->calls->untold(&s->head, uidvalidity, s->user);
    if (s->closing || !s->session) {
        if (untold)
            g_array_unref(untold);
        return true;
    }
    return imap_session_choose(s->session, highest, untold, error);
}

static bool read_replies(ImapSource *s, GError **error)
{
    const ImapReply *reply = NULL;
    for (ImapRead result; s->session;) {
        g_autoptr(GError) problem = NULL;
        result = imap_reader_next(s->reader, &reply, &problem);
        if (result == IMAP_READ_BROKEN) {
            g_set_error(error, WIRE_ERROR, WIRE_ERROR_PROTOCOL, "%s: %s",
                        IMAP_STATES[imap_session_state(s->session)].sentence, problem->message);
            return false;
        }
        if (result == IMAP_READ_MORE)
            return true;
        if (!imap_session_reply(s->session, reply, error))
            return false;
        if (imap_session_state(s->session) == IMAP_CHOOSING && !choose(s, error))
            return false;
    }
    return true;
}

static void on_data(ImapSource *s)
{
    g_autoptr(GError) error = NULL;
    g_byte_array_set_size(s->in, 0);
    stream_take(s->stream, s->in);
    imap_reader_feed(s->reader, s->in->data, s->in->len);
    if (read_replies(s, &error))
        work(s);
    else
        lost(s, error);
}

static void on_event(Stream *stream, StreamEvent event, void *user)
{
    ImapSource *s = user;
    enter(s);
    switch (event) {
    case STREAM_OPEN:
        tell_health(s, "connected", NULL);
        if (s->closing)
            break;
        imap_session_start(s->session);
        s->watch_timer = g_timeout_add_seconds(WATCH_S, on_watch, s);
        work(s);
        break;
    case STREAM_DATA:
        on_data(s);
        break;
    case STREAM_DRAINED:
        break;
    case STREAM_CLOSED: {
        g_autoptr(GError) error =
            g_error_new(WIRE_ERROR, WIRE_ERROR_CONNECT, "%s: the server closed the connection",
                        IMAP_STATES[imap_session_state(s->session)].sentence);
        lost(s, error);
        break;
    }
    case STREAM_FAILED: {
        g_autoptr(GError) error = g_error_copy(stream_error(stream));
        lost(s, error);
        break;
    }
    }
    leave(s);
}

static void connect_now(ImapSource *s)
{
    /* A body may be half as long again as announced (imap_fetching.c, take_body). */
    uint64_t literal = s->config.max_message + s->config.max_message / 2 + 2 * IMAP_HEADER_MOST;
    s->reader = imap_reader_new(MIN(literal, G_MAXINT32 - 1));
    s->session = imap_session_new(&s->config, s->troubles);
    s->state = IMAP_STATE_COUNT;
    s->oldest = 0;
    s->stream = stream_new(&s->config.stream, on_event, s);
    stream_open(s->stream);
}

MailSource *imap_source_open(const ImapSourceConfig *config, const SourceCalls *calls, void *user)
{
    ImapSource *s = g_new0(ImapSource, 1);
    copy_config(&s->config, config);
    s->head = (MailSource){s->config.name, source_taken, source_close};
    s->calls = calls;
    s->user = user;
    s->troubles = imap_troubles_new();
    s->in = g_byte_array_new();
    s->backoff = (Backoff){.first_s = 1, .most_s = PAUSE_MOST_S};
    connect_now(s);
    return &s->head;
}
