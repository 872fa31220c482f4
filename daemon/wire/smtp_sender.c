#include "daemon/wire/smtp_sender.h"
#include "daemon/wire/smtp_mail.h"
#include "daemon/wire/smtp_session.h"
#include "parsers/smtp_reply.h"

typedef struct Mail {
    int64_t id;
    char *return_path, *recipient;
    GBytes *bytes;
} Mail;

struct SmtpSender {
    char *protocol, *host, *ca_file, *user, *secret_file, *auth, *helo; /* what `config` shows */
    SmtpSenderConfig config;
    SmtpDoneFunc done;
    SmtpHealthFunc health;
    void *user_data;
    Stream *stream; /* NULL: not connected */
    SmtpSession *session;
    SmtpReader *reader;
    Mail *mail;      /* under way */
    bool kept;       /* the connection was there before this mail */
    bool reconnects; /* this mail has been given a new connection already */
    bool decided;    /* what is to be told of it is known: */
    SmtpOutcome outcome;
    char *answer;
    guint idle_source, tell_source;
};

static void on_event(Stream *stream, StreamEvent event, void *user);

static void mail_free(Mail *m)
{
    if (!m)
        return;
    g_free(m->return_path);
    g_free(m->recipient);
    g_bytes_unref(m->bytes);
    g_free(m);
}

SmtpSender *smtp_sender_new(const SmtpSenderConfig *config, SmtpDoneFunc done,
                            SmtpHealthFunc health, void *user)
{
    SmtpSender *s = g_new0(SmtpSender, 1);
    s->config = *config;
    s->config.stream.protocol = s->protocol = g_strdup(config->stream.protocol);
    s->config.stream.host = s->host = g_strdup(config->stream.host);
    s->config.stream.ca_file = s->ca_file = g_strdup(config->stream.ca_file);
    s->config.stream.user = s->user = g_strdup(config->stream.user);
    s->config.stream.secret_file = s->secret_file = g_strdup(config->stream.secret_file);
    s->config.stream.auth = s->auth = g_strdup(config->stream.auth);
    s->config.helo = s->helo = g_strdup(config->helo);
    s->done = done;
    s->health = health;
    s->user_data = user;
    return s;
}

static void disconnect(SmtpSender *s)
{
    if (s->idle_source)
        g_source_remove(s->idle_source);
    s->idle_source = 0;
    g_clear_pointer(&s->stream, stream_free);
    g_clear_pointer(&s->session, smtp_session_free);
    g_clear_pointer(&s->reader, smtp_reader_free);
}

/* With QUIT where it has been quiet, not waited for. */
static void leave(SmtpSender *s)
{
    if (s->stream && smtp_session_is_ready(s->session)) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        smtp_session_quit(s->session, out);
        stream_send(s->stream, (const char *)out->data, out->len);
    }
    disconnect(s);
}

void smtp_sender_free(SmtpSender *s)
{
    if (!s)
        return;
    leave(s);
    if (s->tell_source)
        g_source_remove(s->tell_source);
    mail_free(s->mail);
    g_free(s->answer);
    g_free(s->protocol);
    g_free(s->host);
    g_free(s->ca_file);
    g_free(s->user);
    g_free(s->secret_file);
    g_free(s->auth);
    g_free(s->helo);
    g_free(s);
}

static void connect_anew(SmtpSender *s)
{
    disconnect(s);
    s->kept = false;
    s->session = smtp_session_new(s->config.helo);
    s->reader = smtp_reader_new();
    s->stream = stream_new(&s->config.stream, on_event, s);
    stream_open(s->stream);
}

static gboolean on_idle(void *user)
{
    SmtpSender *s = user;
    s->idle_source = 0;
    leave(s);
    return G_SOURCE_REMOVE;
}

static void decide(SmtpSender *s, SmtpOutcome outcome, const char *answer)
{
    s->decided = true;
    s->outcome = outcome;
    g_free(s->answer);
    s->answer = g_strdup(answer);
}

/* The last thing a handler does: the flow may give the next mail, or free us. */
static void tell(SmtpSender *s)
{
    int64_t id = s->mail->id;
    g_autofree char *answer = g_steal_pointer(&s->answer);
    g_clear_pointer(&s->mail, mail_free);
    s->decided = false;
    if (s->stream && s->config.idle_s == 0)
        leave(s);
    else if (s->stream)
        s->idle_source = g_timeout_add_seconds(s->config.idle_s, on_idle, s);
    s->done(id, s->outcome, answer, s->user_data);
}

static void send_out(SmtpSender *s, const GByteArray *out)
{
    stream_set_timeout(s->stream, smtp_session_timeout(s->session));
    if (out->len > 0)
        stream_send(s->stream, (const char *)out->data, out->len);
}

/* Begins the mail; its outcome may be there at once. */
static SmtpStep begin(SmtpSender *s, GByteArray *out)
{
    const Mail *m = s->mail;
    const SmtpMail mail = {m->id, m->return_path, m->recipient, m->bytes};
    return smtp_session_mail(s->session, &mail, out);
}

/* ---- the connection ends */

/* Login and certificate are about us: more tries by themselves only lock the account. */
static SmtpOutcome outcome_of_connecting(const GError *error)
{
    bool ours = g_error_matches(error, WIRE_ERROR, WIRE_ERROR_LOGIN) ||
                g_error_matches(error, WIRE_ERROR, WIRE_ERROR_TLS);
    return ours ? SMTP_OUR_FAULT : SMTP_NOT_SENT;
}

/* A connection that was kept and turns out dead: the mail has not begun, so once more. */
static bool try_again(SmtpSender *s)
{
    if (!s->kept || s->reconnects || s->decided || smtp_session_mail_accepted(s->session) ||
        smtp_session_outcome(s->session) != SMTP_NOT_SENT)
        return false;
    s->reconnects = true;
    connect_anew(s);
    return true;
}

/* The session is in state GONE, or, where connecting failed, NEW. */
static void end_connection(SmtpSender *s, const GError *error)
{
    bool began = smtp_session_state(s->session) != SMTP_STATE_NEW;
    g_autoptr(GError) why = g_error_copy(error); /* the stream's own goes with it */
    if (!s->mail || s->tell_source) {
        disconnect(s); /* closed between two mails, or one is refused for its own sake */
        return;
    }
    if (try_again(s))
        return;
    if (!s->decided && began)
        decide(s, smtp_session_outcome(s->session), smtp_session_answer(s->session));
    else if (!s->decided)
        decide(s, outcome_of_connecting(why), why->message);
    disconnect(s);
    s->health(why, s->user_data);
    tell(s);
}

static void on_lost(SmtpSender *s, const GError *error)
{
    if (smtp_session_state(s->session) != SMTP_STATE_NEW)
        smtp_session_lost(s->session, error->message, stream_unsent(s->stream) == 0);
    end_connection(s, error);
}

/* ---- the connection works */

static void on_open(SmtpSender *s)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    smtp_session_start(s->session, out);
    send_out(s, out);
}

/* One reply; WAIT where more are due. */
static SmtpStep take_reply(SmtpSender *s, const SmtpReply *reply)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    bool asked = smtp_session_state(s->session) == SMTP_STATE_MESSAGE;
    SmtpStep step = smtp_session_reply(s->session, reply, out);
    if (!asked && smtp_session_state(s->session) == SMTP_STATE_MESSAGE && s->config.about_to_send &&
        !s->config.about_to_send(s->mail->id, s->user_data))
        return SMTP_STEP_WAIT;
    if (step == SMTP_STEP_READY) {
        s->health(NULL, s->user_data);
        step = s->mail ? begin(s, out) : SMTP_STEP_WAIT;
    }
    if (step != SMTP_STEP_DROP)
        send_out(s, out);
    return step;
}

/* All replies in the bytes. One after the outcome ends the connection, and changes no outcome. */
static SmtpStep take_bytes(SmtpSender *s, const GByteArray *in, const char **broken)
{
    SmtpStep step = SMTP_STEP_WAIT;
    for (size_t at = 0; at < in->len && step != SMTP_STEP_DROP;) {
        g_autoptr(SmtpReply) reply = NULL;
        size_t used = 0;
        SmtpRead got = smtp_reader_feed(s->reader, (const char *)in->data + at, in->len - at, &used,
                                        &reply, broken);
        at += used;
        if (got == SMTP_READ_MORE)
            break;
        step = got == SMTP_READ_BROKEN ? SMTP_STEP_DROP : take_reply(s, reply);
        if (step == SMTP_STEP_DONE)
            decide(s, smtp_session_outcome(s->session), smtp_session_answer(s->session));
    }
    return step;
}

static void on_data(SmtpSender *s)
{
    g_autoptr(GByteArray) in = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    const char *broken = NULL;
    stream_take(s->stream, in);
    SmtpStep step = take_bytes(s, in, &broken);
    if (broken) {
        error = g_error_new(WIRE_ERROR, WIRE_ERROR_PROTOCOL, "the server sent %s", broken);
        on_lost(s, error);
    } else if (step == SMTP_STEP_DROP) {
        error = g_error_new_literal(WIRE_ERROR, WIRE_ERROR_BUSY, smtp_session_answer(s->session));
        end_connection(s, error);
    } else if (s->decided && !s->tell_source) {
        tell(s);
    }
}

static void on_event(Stream *stream, StreamEvent event, void *user)
{
    SmtpSender *s = user;
    g_autoptr(GError) closed = NULL;
    switch (event) {
    case STREAM_OPEN:
        on_open(s);
        break;
    case STREAM_DATA:
        on_data(s);
        break;
    case STREAM_DRAINED:
        break;
    case STREAM_CLOSED:
        closed =
            g_error_new_literal(WIRE_ERROR, WIRE_ERROR_CONNECT, "the server closed the connection");
        on_lost(s, closed);
        break;
    case STREAM_FAILED:
        on_lost(s, stream_error(stream));
        break;
    }
}

/* ---- sending */

/* From the loop, as every outcome: the flow gives the next mail from within `done`. */
static gboolean on_tell(void *user)
{
    SmtpSender *s = user;
    s->tell_source = 0;
    tell(s);
    return G_SOURCE_REMOVE;
}

static void refuse(SmtpSender *s, const char *why)
{
    decide(s, SMTP_REFUSED, why);
    s->tell_source = g_idle_add_full(G_PRIORITY_DEFAULT, on_tell, s, NULL);
}

static void begin_on_kept(SmtpSender *s)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    s->kept = true;
    if (begin(s, out) == SMTP_STEP_DONE)
        refuse(s, smtp_session_answer(s->session));
    else
        send_out(s, out);
}

bool smtp_sender_send(SmtpSender *s, const SmtpMail *mail)
{
    if (s->mail)
        return false;
    Mail *m = g_new0(Mail, 1);
    *m = (Mail){mail->id, g_strdup(mail->return_path), g_strdup(mail->recipient),
                g_bytes_ref(mail->bytes)};
    s->mail = m;
    s->reconnects = false;
    if (s->idle_source)
        g_source_remove(s->idle_source);
    s->idle_source = 0;
    const char *wrong = smtp_mail_check(mail);
    if (wrong)
        refuse(s, wrong);
    else if (s->stream && smtp_session_is_ready(s->session))
        begin_on_kept(s);
    else
        connect_anew(s);
    return true;
}

bool smtp_sender_busy(const SmtpSender *s)
{
    return s->mail != NULL;
}
