#include "daemon/wire/smtp_session.h"
#include "daemon/wire/smtp_mail.h"
#include <assert.h>
#include <string.h>

/* What the server said it can do (EHLO). */
typedef struct Offers {
    bool pipelining, dsn, eight_bit;
    uint64_t size; /* the most it takes; 0 not said */
} Offers;

struct SmtpSession {
    char *helo;
    SmtpState state; /* whose reply is due */
    Offers offers;
    bool needs_reset; /* the server may still hold part of a mail that failed */
    bool ahead;       /* the commands up to DATA have all been sent */
    /* The mail under way. */
    GBytes *bytes;
    char *from, *to; /* commands, without CRLF */
    bool mail_ok, rcpt_ok;
    bool decided; /* outcome and answer are set */
    SmtpOutcome outcome;
    char *answer;
};

typedef SmtpStep (*OnReply)(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_ehlo(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_unasked(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_rset(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_mail(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_rcpt(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_data(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_message(SmtpSession *s, const SmtpReply *reply, GByteArray *out);
static SmtpStep on_lone_dot(SmtpSession *s, const SmtpReply *reply, GByteArray *out);

/* Times: RFC 5321 4.5.3.2. `refused`: what a 5xx means. */
static const struct {
    unsigned timeout_s;
    const char *words;
    OnReply reply;
    SmtpOutcome refused;
} STATES[] = {
    [SMTP_STATE_NEW] = {0, "before the first command", on_unasked, SMTP_NOT_SENT},
    [SMTP_STATE_EHLO] = {300, "asking what the server offers", on_ehlo, SMTP_NOT_SENT},
    [SMTP_STATE_READY] = {0, "between two messages", on_unasked, SMTP_NOT_SENT},
    [SMTP_STATE_RSET] = {300, "clearing the last message", on_rset, SMTP_NOT_SENT},
    [SMTP_STATE_MAIL] = {300, "naming the sender", on_mail, SMTP_OUR_FAULT},
    [SMTP_STATE_RCPT] = {300, "naming the recipient", on_rcpt, SMTP_REFUSED},
    [SMTP_STATE_DATA] = {120, "asking to send the message", on_data, SMTP_OUR_FAULT},
    [SMTP_STATE_MESSAGE] = {600, "waiting for it to take the message", on_message, SMTP_REFUSED},
    [SMTP_STATE_LONE_DOT] = {600, "taking the message back", on_lone_dot, SMTP_NOT_SENT},
    [SMTP_STATE_GONE] = {0, "after the end", on_unasked, SMTP_NOT_SENT},
};
static_assert(G_N_ELEMENTS(STATES) == SMTP_STATE_COUNT, "one row a state");

SmtpSession *smtp_session_new(const char *helo)
{
    SmtpSession *s = g_new0(SmtpSession, 1);
    s->helo = g_strdup(helo);
    s->outcome = SMTP_NOT_SENT;
    s->answer = g_strdup("");
    return s;
}

static void forget_mail(SmtpSession *s)
{
    g_clear_pointer(&s->bytes, g_bytes_unref);
    g_clear_pointer(&s->from, g_free);
    g_clear_pointer(&s->to, g_free);
}

void smtp_session_free(SmtpSession *s)
{
    if (!s)
        return;
    forget_mail(s);
    g_free(s->helo);
    g_free(s->answer);
    g_free(s);
}

static void say(GByteArray *out, const char *command)
{
    g_byte_array_append(out, (const uint8_t *)command, (guint)strlen(command));
    g_byte_array_append(out, (const uint8_t *)"\r\n", 2);
}

/* The first word about a mail is the one that counts: what follows a refused RCPT is its echo. */
static void decide(SmtpSession *s, SmtpOutcome outcome, const char *answer)
{
    if (s->decided)
        return;
    s->decided = true;
    s->outcome = outcome;
    g_free(s->answer);
    s->answer = g_strdup(answer);
}

/* Ends a session that cannot go on. A mail not decided yet was not sent, or nobody knows. */
static SmtpStep drop(SmtpSession *s, const char *why, bool all_left)
{
    bool unknown = s->state == SMTP_STATE_MESSAGE && all_left;
    g_autofree char *answer = g_strdup_printf("%s: %s", smtp_state_words(s->state), why);
    if (!s->bytes) /* the last mail's outcome has been told: it is not this connection's end */
        s->decided = false;
    decide(s, unknown ? SMTP_UNKNOWN : SMTP_NOT_SENT, answer);
    forget_mail(s);
    s->state = SMTP_STATE_GONE;
    return SMTP_STEP_DROP;
}

static SmtpStep finish(SmtpSession *s)
{
    forget_mail(s);
    s->state = SMTP_STATE_READY;
    return SMTP_STEP_DONE;
}

/* ---- what is said */

void smtp_session_start(SmtpSession *s, GByteArray *out)
{
    g_autofree char *ehlo = g_strconcat("EHLO ", s->helo, NULL);
    g_assert(s->state == SMTP_STATE_NEW);
    say(out, ehlo);
    s->state = SMTP_STATE_EHLO;
}

bool smtp_session_is_ready(const SmtpSession *s)
{
    return s->state == SMTP_STATE_READY;
}

static void say_state(SmtpSession *s, SmtpState state, GByteArray *out)
{
    if (state == SMTP_STATE_RSET)
        say(out, "RSET");
    else if (state == SMTP_STATE_MAIL)
        say(out, s->from);
    else if (state == SMTP_STATE_RCPT)
        say(out, s->to);
    else
        say(out, "DATA");
}

/* Goes on to the next command, unless it has been sent already. */
static SmtpStep go(SmtpSession *s, SmtpState state, GByteArray *out)
{
    if (!s->ahead)
        say_state(s, state, out);
    s->state = state;
    return SMTP_STEP_WAIT;
}

/* A mail with a return path wants to hear of failures there; nobody hears of one without. */
static void write_commands(SmtpSession *s, const SmtpMail *mail, bool eight_bit)
{
    GString *from = g_string_new(NULL);
    g_string_printf(from, "MAIL FROM:<%s>", mail->return_path);
    if (s->offers.size)
        g_string_append_printf(from, " SIZE=%zu", g_bytes_get_size(mail->bytes));
    if (eight_bit)
        g_string_append(from, " BODY=8BITMIME");
    s->from = g_string_free(from, FALSE);
    const char *notify = !s->offers.dsn         ? ""
                         : mail->return_path[0] ? " NOTIFY=FAILURE"
                                                : " NOTIFY=NEVER";
    s->to = g_strdup_printf("RCPT TO:<%s>%s", mail->recipient, notify);
}

SmtpStep smtp_session_mail(SmtpSession *s, const SmtpMail *mail, GByteArray *out)
{
    bool eight_bit = smtp_mail_is_8bit(mail->bytes);
    g_assert(s->state == SMTP_STATE_READY);
    s->decided = s->mail_ok = s->rcpt_ok = false;
    if (s->offers.size && g_bytes_get_size(mail->bytes) > s->offers.size)
        decide(s, SMTP_REFUSED, "not sent: the message is larger than the server takes");
    else if (eight_bit && !s->offers.eight_bit)
        decide(s, SMTP_REFUSED, "not sent: the message is 8-bit, which the server does not take");
    if (s->decided)
        return SMTP_STEP_DONE;
    s->bytes = g_bytes_ref(mail->bytes);
    write_commands(s, mail, eight_bit);
    SmtpState first = s->needs_reset ? SMTP_STATE_RSET : SMTP_STATE_MAIL;
    s->needs_reset = true;
    s->ahead = false;
    if (s->offers.pipelining) {
        for (SmtpState state = first; state <= SMTP_STATE_DATA; state++)
            say_state(s, state, out);
        s->ahead = true;
    }
    return go(s, first, out);
}

void smtp_session_quit(SmtpSession *s, GByteArray *out)
{
    say(out, "QUIT");
    s->state = SMTP_STATE_GONE;
}

/* ---- what is answered */

static void read_offer(Offers *o, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    if (!words[0])
        return;
    if (!g_ascii_strcasecmp(words[0], "PIPELINING"))
        o->pipelining = true;
    else if (!g_ascii_strcasecmp(words[0], "DSN"))
        o->dsn = true;
    else if (!g_ascii_strcasecmp(words[0], "8BITMIME"))
        o->eight_bit = true;
    else if (!g_ascii_strcasecmp(words[0], "SIZE"))
        o->size = words[1] ? g_ascii_strtoull(words[1], NULL, 10) : 0;
}

static SmtpStep on_ehlo(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    if (reply->code != 250)
        return drop(s, reply->answer, true);
    for (unsigned n = 1; n < g_strv_length(reply->lines); n++)
        read_offer(&s->offers, reply->lines[n]);
    s->state = SMTP_STATE_READY;
    return SMTP_STEP_READY;
}

static SmtpStep on_unasked(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    return drop(s, reply->answer, true);
}

static bool is_about_us(int code)
{
    static const int CODES[] = {500, 502, 503, 504, 530, 534, 535, 538, 555};
    for (unsigned n = 0; n < G_N_ELEMENTS(CODES); n++)
        if (CODES[n] == code)
            return true;
    return false;
}

/* A 4xx or 5xx in the state that waits for it. */
static void refuse(SmtpSession *s, const SmtpReply *reply)
{
    if (reply->code < 500)
        decide(s, SMTP_LATER, reply->answer);
    else if (s->state == SMTP_STATE_RCPT && is_about_us(reply->code))
        decide(s, SMTP_OUR_FAULT, reply->answer);
    else
        decide(s, STATES[s->state].refused, reply->answer);
}

static SmtpStep on_rset(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    if (reply->code / 100 != 2)
        return drop(s, reply->answer, true);
    return go(s, SMTP_STATE_MAIL, out);
}

/* After MAIL and RCPT: on with what comes next, or, where nothing was sent ahead, no further. */
static SmtpStep after(SmtpSession *s, const SmtpReply *reply, bool *accepted, SmtpState next,
                      GByteArray *out)
{
    *accepted = reply->code / 100 == 2;
    if (reply->code / 100 == 3)
        return drop(s, reply->answer, true);
    if (!*accepted)
        refuse(s, reply);
    if (!*accepted && !s->ahead)
        return finish(s);
    return go(s, next, out);
}

static SmtpStep on_mail(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    return after(s, reply, &s->mail_ok, SMTP_STATE_RCPT, out);
}

static SmtpStep on_rcpt(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    return after(s, reply, &s->rcpt_ok, SMTP_STATE_DATA, out);
}

static SmtpStep on_data(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    if (reply->code == 354 && !s->decided) {
        smtp_mail_stuff(s->bytes, out);
        s->state = SMTP_STATE_MESSAGE;
        return SMTP_STEP_WAIT;
    }
    if (reply->code == 354 && s->rcpt_ok)
        /* The sender was refused, the recipient not: a dot could send an empty message. */
        return drop(s, reply->answer, true);
    if (reply->code == 354) {
        /* RFC 2920 3.1: DATA was accepted for nobody; a dot alone ends it. */
        say(out, ".");
        s->state = SMTP_STATE_LONE_DOT;
        return SMTP_STEP_WAIT;
    }
    if (reply->code < 400)
        return drop(s, reply->answer, true);
    refuse(s, reply);
    return finish(s);
}

static SmtpStep on_lone_dot(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    return finish(s);
}

static SmtpStep on_message(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    int class = reply->code / 100;
    if (class == 3)
        return drop(s, reply->answer, true);
    if (class == 2) {
        decide(s, SMTP_SENT, reply->answer);
        s->needs_reset = false;
    } else {
        refuse(s, reply);
    }
    return finish(s);
}

SmtpStep smtp_session_reply(SmtpSession *s, const SmtpReply *reply, GByteArray *out)
{
    if (reply->code != 421)
        return STATES[s->state].reply(s, reply, out);
    /* It closes. To the message it is an answer all the same: not taken. */
    if (s->state == SMTP_STATE_MESSAGE)
        decide(s, SMTP_LATER, reply->answer);
    return drop(s, reply->answer, true);
}

void smtp_session_lost(SmtpSession *s, const char *why, bool all_left)
{
    drop(s, why, all_left);
}

/* ---- what is asked about it */

SmtpOutcome smtp_session_outcome(const SmtpSession *s)
{
    return s->outcome;
}

const char *smtp_session_answer(const SmtpSession *s)
{
    return s->answer;
}

bool smtp_session_mail_accepted(const SmtpSession *s)
{
    return s->mail_ok;
}

unsigned smtp_session_timeout(const SmtpSession *s)
{
    return STATES[s->state].timeout_s;
}

SmtpState smtp_session_state(const SmtpSession *s)
{
    return s->state;
}

const char *smtp_state_words(SmtpState state)
{
    return STATES[state].words;
}
