#include "daemon/wire/imap_session.h"
#include "daemon/wire/imap_names.h"
#include "daemon/wire/imap_work.h"
#include <assert.h>
#include <string.h>
#include <sys/random.h>

/* A message trickled in slower than this is given up (reliability 2.2, "trickle"). */
#define SLOWEST_BYTES_S 10000u

const ImapStateInfo IMAP_STATES[] = {
    [IMAP_ASKING] = {"asking", 60, "lost while asking what the server can do"},
    [IMAP_SELECTING] = {"selecting", 300, "lost while opening the mailbox"},
    [IMAP_CHOOSING] = {"choosing", 0, "lost after opening the mailbox"},
    [IMAP_WORKING] = {"working", 300, "lost while reading the mailbox"},
    [IMAP_IDLE_ASKED] = {"idle-asked", 60, "lost while asking to be told of new mail"},
    [IMAP_IDLING] = {"idling", 0, "lost while waiting for mail"},
    [IMAP_RESTING] = {"resting", 0, "lost between two looks at the mailbox"},
};
static_assert(G_N_ELEMENTS(IMAP_STATES) == IMAP_STATE_COUNT, "each state has its row");

/* ---- life */

ImapTroubles *imap_troubles_new(void)
{
    ImapTroubles *t = g_new0(ImapTroubles, 1);
    t->tries = g_hash_table_new(NULL, NULL);
    return t;
}

void imap_troubles_free(ImapTroubles *t)
{
    if (!t)
        return;
    g_hash_table_unref(t->tries);
    g_free(t);
}

ImapSession *imap_session_new(const ImapSourceConfig *config, ImapTroubles *troubles)
{
    ImapSession *s = g_new0(ImapSession, 1);
    s->config = config;
    s->troubles = troubles;
    s->out = g_string_new("");
    s->uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    s->sized = g_array_new(FALSE, FALSE, sizeof(Item));
    s->found = g_array_new(FALSE, FALSE, sizeof(ImapRange));
    s->gone = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    s->told = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    /* Not to be guessed by who writes a message: a tag is what ends a command. */
    uint64_t noise = 0;
    if (getrandom(&noise, sizeof noise, 0) != sizeof noise)
        noise = (uint64_t)g_random_int() << 32 | g_random_int();
    g_snprintf(s->tag_head, sizeof s->tag_head, "i%016" G_GINT64_MODIFIER "x", noise);
    return s;
}

static void command_free(void *data)
{
    Command *c = data;
    tell_free(c->tell);
    g_free(c);
}

void imap_session_free(ImapSession *s)
{
    if (!s)
        return;
    g_queue_clear_full(&s->commands, command_free);
    listing_free(s);
    fetching_free(s);
    telling_free(s);
    g_array_unref(s->found);
    g_string_free(s->out, TRUE);
    g_free(s);
}

/* ---- commands */

Command *imap_command(ImapSession *s, CommandKind kind, const char *format, ...)
{
    Command *c = g_new0(Command, 1);
    c->kind = kind;
    c->serial = ++s->serial;
    g_snprintf(c->tag, sizeof c->tag, "%s%" G_GINT64_MODIFIER "x", s->tag_head, c->serial);
    g_queue_push_tail(&s->commands, c);
    g_string_append(s->out, c->tag);
    g_string_append_c(s->out, ' ');
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(s->out, format, args);
    va_end(args);
    g_string_append(s->out, "\r\n");
    return c;
}

void imap_search(ImapSession *s, CommandKind kind, Batch *batch, Tell *tell, const char *set)
{
    g_assert(!s->searching);
    s->searching = true;
    g_array_set_size(s->found, 0);
    Command *c = imap_command(s, kind, "UID SEARCH UID %s", set);
    c->batch = batch;
    c->tell = tell;
}

/* SEARCH lists single UIDs, so the first of a range is all of it. */
static int by_first(const void *a, const void *b)
{
    uint32_t x = ((const ImapRange *)a)->first, y = ((const ImapRange *)b)->first;
    return x < y ? -1 : x > y;
}

bool imap_found(const ImapSession *s, uint32_t uid)
{
    ImapRange wanted = {uid, uid};
    return g_array_binary_search(s->found, &wanted, by_first, NULL);
}

unsigned imap_tries(const ImapSession *s, uint32_t uid)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(s->troubles->tries, GUINT_TO_POINTER(uid)));
}

unsigned imap_tries_add(ImapSession *s, uint32_t uid)
{
    unsigned tries = imap_tries(s, uid) + 1;
    g_hash_table_insert(s->troubles->tries, GUINT_TO_POINTER(uid), GUINT_TO_POINTER(tries));
    return tries;
}

GError *imap_refused(const ImapReply *reply, const char *doing)
{
    static const char *const NAMES[] = {"OK", "NO", "BAD", "PREAUTH", "BYE"};
    static const char *const LATER[] = {"throttled", "Suggested Backoff", "not connected"};
    WireError code = reply->status == IMAP_BAD   ? WIRE_ERROR_PROTOCOL
                     : reply->status == IMAP_BYE ? WIRE_ERROR_CONNECT
                                                 : WIRE_ERROR_REFUSED;
    if (reply->code == IMAP_CODE_UNAVAILABLE || reply->code == IMAP_CODE_INUSE ||
        reply->code == IMAP_CODE_LIMIT || reply->code == IMAP_CODE_SERVERBUG)
        code = WIRE_ERROR_BUSY;
    for (size_t n = 0; n < G_N_ELEMENTS(LATER); n++)
        if (strcasestr(reply->text, LATER[n]))
            code = WIRE_ERROR_BUSY;
    return g_error_new(WIRE_ERROR, (int)code, "%s: the server said %s %s", doing,
                       NAMES[reply->status], reply->text);
}

bool imap_protocol_error(GError **error, const char *what)
{
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_PROTOCOL, "the server broke the protocol: %s", what);
    return false;
}

/* ---- states */

void imap_session_start(ImapSession *s)
{
    s->state = IMAP_ASKING;
    imap_command(s, COMMAND_CAPABILITY, "CAPABILITY");
}

static void know_words(ImapSession *s, char *const *words)
{
    s->can_idle = s->config->use_idle && imap_has_word(words, "IDLE");
    s->can_move = imap_has_word(words, "MOVE");
    s->can_uidplus = imap_has_word(words, "UIDPLUS");
}

static void select_mailbox(ImapSession *s)
{
    g_autofree char *name = imap_name_quote(s->config->mailbox);
    s->state = IMAP_SELECTING;
    imap_command(s, COMMAND_SELECT, "SELECT %s", name);
}

static bool selected(ImapSession *s, const ImapReply *reply, GError **error)
{
    if (reply->status != IMAP_OK) {
        g_autofree char *doing = g_strdup_printf("opening mailbox %s", s->config->mailbox);
        g_propagate_error(error, imap_refused(reply, doing));
        return false;
    }
    if (s->uidvalidity == 0)
        return imap_protocol_error(error, "no UIDVALIDITY, so no message could be told apart");
    s->state = IMAP_CHOOSING;
    return true;
}

bool imap_session_choose(ImapSession *s, uint32_t highest, GArray *untold, GError **error)
{
    g_assert(s->state == IMAP_CHOOSING);
    g_autoptr(GArray) owned = untold;
    if (s->uidnext != 0 && highest >= s->uidnext) {
        /* UIDs are given out a second time under the same UIDVALIDITY: new mail would be taken
         * for mail already registered. A person must look, nothing may be guessed. */
        g_set_error(error, WIRE_ERROR, WIRE_ERROR_PROTOCOL,
                    "mailbox %s was rebuilt: UID %u is registered, but the next will be %u under "
                    "the same UIDVALIDITY %u",
                    s->config->mailbox, highest, s->uidnext, s->uidvalidity);
        s->no_blame = true;
        return false;
    }
    if (s->troubles->uidvalidity != s->uidvalidity) {
        g_hash_table_remove_all(s->troubles->tries);
        s->troubles->uidvalidity = s->uidvalidity;
    }
    s->state = IMAP_WORKING;
    if (untold && untold->len > 0)
        telling_untold(s, g_steal_pointer(&owned));
    listing_choose(s, highest);
    return true;
}

static bool work_is_waiting(const ImapSession *s)
{
    return listing_has_work(s) || fetching_has_work(s) || telling_has_work(s);
}

static void rest(ImapSession *s)
{
    s->troubles->sizing_drops = 0;
    if (!s->can_idle) {
        s->state = IMAP_RESTING;
        return;
    }
    imap_command(s, COMMAND_IDLE, "IDLE");
    s->done_sent = s->leave_idle = false;
    s->state = IMAP_IDLE_ASKED;
}

static void leave_idle(ImapSession *s)
{
    /* What follows is sent behind DONE without waiting for the answer to IDLE. */
    g_string_append(s->out, "DONE\r\n");
    s->done_sent = true;
    s->leave_idle = false;
    s->state = IMAP_WORKING;
}

void imap_session_go(ImapSession *s, bool may_rest)
{
    if (s->state < IMAP_WORKING)
        return;
    bool waiting = work_is_waiting(s);
    if (s->state == IMAP_IDLE_ASKED) {
        s->leave_idle = s->leave_idle || waiting;
        return;
    }
    if (s->state == IMAP_IDLING && (waiting || s->leave_idle))
        leave_idle(s);
    if (s->state == IMAP_RESTING && waiting)
        s->state = IMAP_WORKING;
    if (s->state != IMAP_WORKING)
        return;
    telling_go(s); /* what an earlier connection left comes first; else its queue is short */
    fetching_go(s);
    listing_go(s);
    if (may_rest && g_queue_is_empty(&s->commands) && !work_is_waiting(s))
        rest(s);
}

void imap_session_wake(ImapSession *s)
{
    if (s->state < IMAP_WORKING)
        return;
    telling_retry(s);
    s->want_list = true;
    s->want_noop = s->state == IMAP_RESTING;
    if (s->state == IMAP_IDLE_ASKED || s->state == IMAP_IDLING)
        s->leave_idle = true;
}

/* ---- replies */

static Command *take_command(ImapSession *s, const char *tag)
{
    for (GList *link = s->commands.head; link; link = link->next) {
        Command *c = link->data;
        if (strcmp(c->tag, tag))
            continue;
        g_queue_delete_link(&s->commands, link);
        return c;
    }
    return NULL;
}

static bool idle_ended(ImapSession *s)
{
    if (s->done_sent)
        return true;
    /* Offered, and yet refused or ended by the server: this connection polls. */
    s->can_idle = false;
    s->state = IMAP_WORKING;
    return true;
}

static bool answered(ImapSession *s, Command *c, const ImapReply *reply, GError **error)
{
    switch (c->kind) {
    case COMMAND_CAPABILITY:
        if (reply->status == IMAP_OK) {
            select_mailbox(s);
            return true;
        }
        g_propagate_error(error, imap_refused(reply, "asking what the server can do"));
        return false;
    case COMMAND_SELECT:
        return selected(s, reply, error);
    case COMMAND_NOOP:
        return true;
    case COMMAND_IDLE:
        return idle_ended(s);
    case COMMAND_LIST:
    case COMMAND_NEWS:
    case COMMAND_SIZES:
        return listing_answered(s, c, reply, error);
    case COMMAND_BODIES:
    case COMMAND_RECHECK:
        return fetching_answered(s, c, reply, error);
    case COMMAND_PRESENT:
    case COMMAND_CREATE:
    case COMMAND_MOVE:
    case COMMAND_COPY:
    case COMMAND_MARK:
    case COMMAND_EXPUNGE:
        return telling_answered(s, c, reply, error);
    }
    g_assert_not_reached();
}

static bool on_tagged(ImapSession *s, const ImapReply *reply, GError **error)
{
    Command *c = take_command(s, reply->tag);
    if (!c)
        return imap_protocol_error(error, "an answer to nothing that was asked");
    if (reply->words && c->kind == COMMAND_CAPABILITY)
        know_words(s, reply->words);
    if (c->kind == COMMAND_LIST || c->kind == COMMAND_RECHECK || c->kind == COMMAND_PRESENT) {
        s->searching = false;
        g_array_sort(s->found, by_first);
    }
    bool ok = answered(s, c, reply, error);
    command_free(c);
    return ok;
}

static bool on_status(ImapSession *s, const ImapReply *reply, GError **error)
{
    if (reply->status == IMAP_BYE) {
        g_propagate_error(error, imap_refused(reply, IMAP_STATES[s->state].sentence));
        return false;
    }
    if (reply->code == IMAP_CODE_UIDNEXT && s->state == IMAP_SELECTING)
        s->uidnext = reply->number;
    if (reply->code != IMAP_CODE_UIDVALIDITY)
        return true;
    if (s->state == IMAP_SELECTING)
        s->uidvalidity = reply->number;
    else if (reply->number != s->uidvalidity)
        return imap_protocol_error(error, "UIDVALIDITY changed in an open mailbox");
    return true;
}

static void on_exists(ImapSession *s, uint32_t number)
{
    /* While idling any count is news: no server says it without reason. Elsewhere only growth,
     * or one that repeats its count after each command would have us list for ever. */
    bool idle = s->state == IMAP_IDLE_ASKED || s->state == IMAP_IDLING;
    if (s->state >= IMAP_WORKING && (idle || number > s->exists)) {
        s->want_list = true;
        uint32_t more = number > s->exists ? number - s->exists : 0;
        s->expected += MIN(more, UINT32_MAX - s->expected);
    }
    s->exists = number;
}

static bool on_continue(ImapSession *s, GError **error)
{
    if (s->state != IMAP_IDLE_ASKED)
        return imap_protocol_error(error, "\"+\" without reason");
    s->state = IMAP_IDLING;
    return true;
}

bool imap_session_reply(ImapSession *s, const ImapReply *reply, GError **error)
{
    switch (reply->kind) {
    case IMAP_TAGGED:
        return on_tagged(s, reply, error);
    case IMAP_CONTINUE:
        return on_continue(s, error);
    case IMAP_STATUS:
        return on_status(s, reply, error);
    case IMAP_CAPABILITY:
        know_words(s, reply->words);
        return true;
    case IMAP_EXISTS:
        on_exists(s, reply->number);
        return true;
    case IMAP_EXPUNGE:
        s->exists -= s->exists > 0;
        return true;
    case IMAP_FETCH:
        if (reply->fetch.section != IMAP_SECTION_NONE)
            return fetching_body(s, &reply->fetch, error);
        listing_fetched(s, &reply->fetch);
        return true;
    case IMAP_SEARCH:
        if (s->searching)
            g_array_append_vals(s->found, reply->ranges->data, reply->ranges->len);
        return true;
    case IMAP_ESEARCH: /* not asked for */
    case IMAP_LIST:
    case IMAP_OTHER:
        return true;
    }
    g_assert_not_reached();
}

/* ---- what the owner asks */

ImapState imap_session_state(const ImapSession *s)
{
    return s->state;
}

uint32_t imap_session_uidvalidity(const ImapSession *s)
{
    return s->uidvalidity;
}

GString *imap_session_output(ImapSession *s)
{
    return s->out;
}

GError *imap_session_next_refusal(ImapSession *s)
{
    return g_steal_pointer(&s->refusal);
}

static GArray *take_uids(GArray **uids)
{
    if ((*uids)->len == 0)
        return NULL;
    GArray *taken = *uids;
    *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return taken;
}

GArray *imap_session_next_told(ImapSession *s)
{
    return take_uids(&s->told);
}

GArray *imap_session_next_gone(ImapSession *s)
{
    return take_uids(&s->gone);
}

unsigned imap_session_allowance(const ImapSession *s, uint64_t *serial)
{
    const Command *c = g_queue_peek_head((GQueue *)&s->commands);
    *serial = c ? c->serial : 0;
    if (!c || (c->kind == COMMAND_IDLE && !s->done_sent))
        return 0;
    if (c->kind == COMMAND_BODIES)
        return 60 + (unsigned)(c->bytes / SLOWEST_BYTES_S);
    return 300;
}

void imap_session_blame(ImapSession *s)
{
    const Command *c = g_queue_peek_head(&s->commands);
    if (!c || s->no_blame)
        return;
    if (c->kind == COMMAND_SIZES || c->kind == COMMAND_NEWS)
        listing_blame(s);
    else if (c->kind == COMMAND_BODIES)
        fetching_blame(c->batch, s);
}
