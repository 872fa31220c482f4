#include "daemon/wire/imap_names.h"
#include "daemon/wire/imap_work.h"

#define SET_MOST    6000u
#define TELLS_MOST  2u
#define CHUNK_BYTES 5000u /* of a set, so that it fits in one command */
#define CHUNK_MOST  500u  /* messages, so that a command does not take minutes */

void tell_free(Tell *t)
{
    if (!t)
        return;
    g_array_unref(t->uids);
    g_free(t);
}

static void tell_free_data(void *data)
{
    tell_free(data);
}

void telling_free(ImapSession *s)
{
    g_queue_clear_full(&s->tells, tell_free_data);
    g_queue_clear_full(&s->later, tell_free_data);
    g_array_unref(s->told);
    g_clear_error(&s->refusal);
}

static CommandKind first_step(const ImapSession *s)
{
    if (s->config->after == AFTER_KEYWORD)
        return COMMAND_MARK;
    return s->can_move ? COMMAND_MOVE : COMMAND_COPY;
}

static void queue_tells(ImapSession *s, const uint32_t *uids, unsigned n, CommandKind step)
{
    for (unsigned at = 0, next = 0; at < n; at = next) {
        g_free(imap_uid_set(uids, MIN(n, at + CHUNK_MOST), at, CHUNK_BYTES, &next));
        Tell *t = g_new0(Tell, 1);
        t->uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_array_append_vals(t->uids, uids + at, next - at);
        t->next = step;
        g_queue_push_tail(&s->tells, t);
    }
}

void imap_session_tell(ImapSession *s, const uint32_t *uids, unsigned n)
{
    for (unsigned k = 0; k < n && g_hash_table_size(s->troubles->tries) > 0; k++)
        g_hash_table_remove(s->troubles->tries, GUINT_TO_POINTER(uids[k]));
    if (s->config->after == AFTER_LEAVE)
        g_array_append_vals(s->told, uids, n);
    else
        queue_tells(s, uids, n, first_step(s));
}

void telling_untold(ImapSession *s, GArray *untold)
{
    g_autoptr(GArray) owned = untold;
    const uint32_t *uids = (const uint32_t *)(void *)untold->data;
    if (s->config->after == AFTER_LEAVE)
        g_array_append_vals(s->told, uids, untold->len);
    else
        queue_tells(s, uids, untold->len, COMMAND_PRESENT);
}

void telling_retry(ImapSession *s)
{
    while (!g_queue_is_empty(&s->later)) {
        Tell *t = g_queue_pop_head(&s->later);
        t->created = false;
        g_queue_push_tail(&s->tells, t);
    }
}

/* ---- asking */

bool telling_has_work(const ImapSession *s)
{
    const Tell *t = g_queue_peek_head((GQueue *)&s->tells);
    return t && s->tells_flying < TELLS_MOST && !(t->next == COMMAND_PRESENT && s->searching);
}

static Command *ask_step(ImapSession *s, const Tell *t, const char *set)
{
    g_autofree char *folder = imap_name_quote(s->config->move_to ? s->config->move_to : "");
    g_autofree char *keyword = imap_keyword(s->config->keyword ? s->config->keyword : "");
    switch ((int)t->next) {
    case COMMAND_MOVE:
        return imap_command(s, COMMAND_MOVE, "UID MOVE %s %s", set, folder);
    case COMMAND_COPY:
        return imap_command(s, COMMAND_COPY, "UID COPY %s %s", set, folder);
    case COMMAND_MARK:
        return imap_command(s, COMMAND_MARK, "UID STORE %s +FLAGS.SILENT (%s)", set,
                            s->config->after == AFTER_KEYWORD ? keyword : "\\Deleted");
    case COMMAND_EXPUNGE:
        return imap_command(s, COMMAND_EXPUNGE, "UID EXPUNGE %s", set);
    default:
        g_assert_not_reached();
    }
}

static void send_tell(ImapSession *s, Tell *t)
{
    unsigned next = 0;
    g_autofree char *set =
        imap_uid_set((const uint32_t *)(void *)t->uids->data, t->uids->len, 0, SET_MOST, &next);
    g_assert(next == t->uids->len);
    s->tells_flying++;
    if (t->next == COMMAND_PRESENT)
        imap_search(s, COMMAND_PRESENT, NULL, t, set);
    else
        ask_step(s, t, set)->tell = t;
}

void telling_go(ImapSession *s)
{
    while (telling_has_work(s))
        send_tell(s, g_queue_pop_head(&s->tells));
}

/* ---- answers */

static void tell_done(ImapSession *s, Tell *t)
{
    g_array_append_vals(s->told, t->uids->data, t->uids->len);
    tell_free(t);
}

/* Those that are no more there were moved before the crash: nothing is left to do for them. */
static void present_known(ImapSession *s, Tell *t)
{
    g_autoptr(GArray) here = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (unsigned n = 0; n < t->uids->len; n++) {
        uint32_t uid = g_array_index(t->uids, uint32_t, n);
        g_array_append_val(*(imap_found(s, uid) ? &here : &s->told), uid);
    }
    tell_free(t);
    queue_tells(s, (const uint32_t *)(void *)here->data, here->len, first_step(s));
}

static void next_step(ImapSession *s, Tell *t)
{
    bool moving = s->config->after == AFTER_MOVE;
    if (t->next == COMMAND_COPY) {
        t->next = COMMAND_MARK;
    } else if (t->next == COMMAND_MARK && moving && s->can_uidplus) {
        t->next = COMMAND_EXPUNGE;
    } else {
        /* Without UIDPLUS the copied message stays with its \Deleted mark: a plain EXPUNGE would
         * take along whatever others have marked. */
        tell_done(s, t);
        return;
    }
    g_queue_push_head(&s->tells, t);
}

static void refused(ImapSession *s, Tell *t, const ImapReply *reply)
{
    bool folder = t->next == COMMAND_MOVE || t->next == COMMAND_COPY;
    if (folder && reply->status == IMAP_NO && !t->created) {
        /* TRYCREATE, or a server that does not say so: made, whether it was there or not. */
        g_autofree char *name = imap_name_quote(s->config->move_to ? s->config->move_to : "");
        t->created = true;
        imap_command(s, COMMAND_CREATE, "CREATE %s", name);
        g_queue_push_head(&s->tells, t);
        return;
    }
    if (!s->refusal)
        s->refusal = imap_refused(reply, folder ? "moving registered messages"
                                                : "marking registered messages");
    g_queue_push_tail(&s->later, t);
}

bool telling_answered(ImapSession *s, Command *c, const ImapReply *reply, GError **error)
{
    if (c->kind == COMMAND_CREATE)
        return true; /* the next MOVE or COPY says whether it helped */
    Tell *t = g_steal_pointer(&c->tell);
    s->tells_flying--;
    if (reply->status != IMAP_OK)
        refused(s, t, reply);
    else if (c->kind == COMMAND_PRESENT)
        present_known(s, t);
    else
        next_step(s, t);
    return true;
}
