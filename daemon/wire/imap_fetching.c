#include "daemon/wire/imap_names.h"
#include "daemon/wire/imap_work.h"
#include <string.h>

#define SET_MOST 6000u
/* Of a batch's missing messages, looked for at once. */
#define RECHECK_MOST 200u
/* So many bodies of another length than announced, each the same twice, and lengths are no more
 * compared on this mailbox. */
#define ODD_ENOUGH 3u

static Item *item_at(const Batch *b, unsigned n)
{
    return &g_array_index(b->items, Item, n);
}

static void item_clear(void *data)
{
    Item *item = data;
    if (item->bytes)
        g_bytes_unref(item->bytes);
    if (item->header)
        g_bytes_unref(item->header);
}

static void batch_free(void *data)
{
    Batch *b = data;
    g_array_unref(b->items);
    g_free(b->refusal);
    g_free(b);
}

void fetching_free(ImapSession *s)
{
    g_queue_clear_full(&s->batches, batch_free);
    g_array_unref(s->gone);
}

/* ---- asking */

static bool over_limit(const ImapSession *s, const Item *item)
{
    return item->sized && item->size > s->config->max_message;
}

/* Stands for a message of which the server sends nothing. It names the message, as messages of the
 * same bytes are one, and another that never comes is another. */
static GBytes *stub_header(const ImapSession *s, uint32_t uid)
{
    char *text =
        g_strdup_printf("Subject: [message %u.%u of mailbox %s could not be fetched]\r\n\r\n",
                        s->uidvalidity, uid, s->config->name);
    return g_bytes_new_take(text, strlen(text));
}

/* After enough tries the header is asked for, then nothing: a stub, for a person to look at. */
static void judge_tries(const ImapSession *s, Item *item)
{
    unsigned tries = imap_tries(s, item->uid);
    item->header_only = over_limit(s, item) || tries >= IMAP_BODY_TRIES;
    if (tries < IMAP_BODY_TRIES + IMAP_HEADER_TRIES)
        return;
    item->header = stub_header(s, item->uid);
    item->state = ITEM_HAVE;
}

static uint64_t cost(const Item *item)
{
    return item->header_only ? IMAP_HEADER_MOST : item->size;
}

/* Asks for the wanted items from `from` on, `many` of them at most, that are (not) header_only. */
static void ask(ImapSession *s, Batch *b, bool header, unsigned from, unsigned many)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint64_t bytes = 0;
    for (unsigned n = from; n < b->items->len && uids->len < many; n++) {
        Item *item = item_at(b, n);
        if (item->state != ITEM_WANTED || item->header_only != header)
            continue;
        g_array_append_val(uids, item->uid);
        item->asked_alone = many == 1 || b->items->len == 1;
        bytes += item->sized || header ? cost(item) : s->config->max_message;
    }
    for (unsigned at = 0, next = 0; at < uids->len; at = next) {
        g_autofree char *set =
            imap_uid_set((const uint32_t *)(void *)uids->data, uids->len, at, SET_MOST, &next);
        Command *c =
            imap_command(s, COMMAND_BODIES, "UID FETCH %s (UID INTERNALDATE RFC822.SIZE %s)", set,
                         header ? "BODY.PEEK[HEADER]<0.65536>" : "BODY.PEEK[]");
        c->batch = b;
        c->bytes = bytes;
        b->commands++;
    }
}

static void ask_alone(ImapSession *s, Batch *b, unsigned n)
{
    Item *item = item_at(b, n);
    item->again = false;
    judge_tries(s, item);
    if (item->state == ITEM_WANTED)
        ask(s, b, item->header_only, n, 1);
}

static bool is_troubled(const ImapSession *s, const Item *item)
{
    return imap_tries(s, item->uid) > 0 || (!item->sized && !item->header_only);
}

static void make_batch(ImapSession *s)
{
    Batch *b = g_new0(Batch, 1);
    b->items = g_array_new(FALSE, TRUE, sizeof(Item));
    g_array_set_clear_func(b->items, item_clear);
    uint64_t bytes = 0;
    while (s->sized_at < s->sized->len && b->items->len < MAX(s->config->batch_count, 1)) {
        Item item = g_array_index(s->sized, Item, s->sized_at);
        judge_tries(s, &item);
        bool alone = is_troubled(s, &item);
        bool fits = bytes + cost(&item) <= s->config->batch_bytes;
        if (b->items->len > 0 && (alone || !fits)) {
            item_clear(&item);
            break;
        }
        bytes += cost(&item);
        g_array_append_val(b->items, item);
        s->sized_at++;
        if (alone)
            break;
    }
    b->bytes = bytes;
    g_queue_push_tail(&s->batches, b);
    ask(s, b, false, 0, UINT_MAX);
    ask(s, b, true, 0, UINT_MAX);
}

/* One very large message is fetched with none beside it: memory stays near two batches. */
static bool can_make(const ImapSession *s)
{
    const Batch *b = g_queue_peek_tail((GQueue *)&s->batches);
    return s->sized_at < s->sized->len && s->batches.length < IMAP_BATCHES &&
           (!b || b->bytes <= 2 * s->config->batch_bytes);
}

static Batch *to_recheck(const ImapSession *s)
{
    for (GList *link = s->searching ? NULL : s->batches.head; link; link = link->next)
        if (((Batch *)link->data)->recheck)
            return link->data;
    return NULL;
}

bool fetching_has_work(const ImapSession *s)
{
    return can_make(s) || to_recheck(s);
}

static void ask_recheck(ImapSession *s, Batch *b)
{
    uint32_t uids[RECHECK_MOST];
    unsigned count = 0, next = 0;
    for (unsigned n = 0; n < b->items->len && count < RECHECK_MOST; n++)
        if (item_at(b, n)->state == ITEM_WANTED)
            uids[count++] = item_at(b, n)->uid;
    g_autofree char *set = imap_uid_set(uids, count, 0, SET_MOST, &next);
    g_assert(next == count); /* 200 UIDs of 10 digits are 2,200 bytes */
    b->recheck = false;
    b->commands++;
    imap_search(s, COMMAND_RECHECK, b, NULL, set);
}

void fetching_go(ImapSession *s)
{
    Batch *b = to_recheck(s);
    if (b)
        ask_recheck(s, b);
    while (can_make(s))
        make_batch(s);
    if (s->sized_at == s->sized->len && s->sized_at > 0) {
        g_array_set_size(s->sized, 0);
        s->sized_at = 0;
    } else if (s->sized_at >= 4096) {
        g_array_remove_range(s->sized, 0, s->sized_at);
        s->sized_at = 0;
    }
}

/* ---- bodies */

static Item *asked_item(const ImapSession *s, uint32_t uid)
{
    for (GList *link = s->batches.head; link; link = link->next) {
        Batch *b = link->data;
        unsigned low = 0, high = b->items->len;
        while (low < high) {
            unsigned middle = low + (high - low) / 2;
            if (item_at(b, middle)->uid < uid)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < b->items->len && item_at(b, low)->uid == uid)
            return b->commands > 0 ? item_at(b, low) : NULL;
    }
    return NULL;
}

/* RFC822.SIZE differs from the body's length on some servers (Exchange counts what it stored), and
 * the literal was framed exactly, so another length is no proof of a fault. But it is what a cut
 * message looks like too: it is fetched a second time, and believed where it is the same again. */
static bool size_believed(ImapSession *s, Item *item, uint64_t announced, uint64_t length)
{
    if (length == announced || s->troubles->sizes_differ)
        return true;
    if (item->odd_size == length) {
        s->troubles->sizes_differ = ++s->odd_sizes >= ODD_ENOUGH;
        return true;
    }
    item->again = item->odd_size == 0; /* else it changes each time: that counts as a failure */
    item->odd_size = length;
    return false;
}

/* The header block of a whole message, cut at the limit. */
static GBytes *header_of(GBytes *bytes)
{
    gsize n;
    const char *text = g_bytes_get_data(bytes, &n);
    gsize most = MIN(n, IMAP_HEADER_MOST);
    const char *blank = g_strstr_len(text, (gssize)most, "\r\n\r\n");
    return g_bytes_new(text, blank ? (gsize)(blank + 4 - text) : most);
}

static bool take_header(Item *item, const ImapFetch *f, GError **error)
{
    if (g_bytes_get_size(f->body) > IMAP_HEADER_MOST)
        return imap_protocol_error(error, "a header longer than asked for");
    item->header = g_bytes_ref(f->body);
    item->state = ITEM_HAVE;
    return true;
}

static bool take_body(ImapSession *s, Item *item, const ImapFetch *f, GError **error)
{
    uint64_t length = g_bytes_get_size(f->body);
    uint64_t announced = f->has_size && f->size > 0 ? f->size : item->size;
    /* What a batch may hold in memory was reckoned by the announced sizes. */
    if (item->sized && length > item->size + item->size / 2 + IMAP_HEADER_MOST)
        return imap_protocol_error(error, "a body much longer than announced");
    if (!size_believed(s, item, announced, length))
        return true;
    item->size = length;
    if (length > s->config->max_message)
        item->header = header_of(f->body);
    else
        item->bytes = g_bytes_ref(f->body);
    item->state = ITEM_HAVE;
    return true;
}

bool fetching_body(ImapSession *s, const ImapFetch *f, GError **error)
{
    Item *item = f->uid ? asked_item(s, f->uid) : NULL;
    bool empty = !f->body || g_bytes_get_size(f->body) == 0;
    if (!item && !f->body)
        return true;
    if (!item || item->state != ITEM_WANTED)
        return imap_protocol_error(error, "a body that was not asked for");
    ImapSection wanted = item->header_only ? IMAP_SECTION_HEADER : IMAP_SECTION_WHOLE;
    if (f->section != wanted || (f->partial && (f->origin != 0 || !item->header_only)))
        return imap_protocol_error(error, "another part of a message than asked for");
    if (f->has_date)
        item->date = f->date;
    if (empty || !f->has_date)
        return true; /* gone, or to be asked for again: settle() sees to it */
    return item->header_only ? take_header(item, f, error) : take_body(s, item, f, error);
}

/* ---- batches */

static unsigned wanted_count(const Batch *b)
{
    unsigned count = 0;
    for (unsigned n = 0; n < b->items->len; n++)
        count += item_at(b, n)->state == ITEM_WANTED;
    return count;
}

static bool failed_alone(ImapSession *s, const Batch *b, const Item *item, GError **error)
{
    unsigned tries = imap_tries_add(s, item->uid);
    s->no_blame = true;
    /* Dropped on purpose: the next try comes after a pause and on a new connection. */
    g_set_error(error, WIRE_ERROR, (int)(b->bad ? WIRE_ERROR_PROTOCOL : WIRE_ERROR_BUSY),
                "UID %u does not come (%u times): %s", item->uid, tries,
                b->refusal ? b->refusal : "the server sends no body");
    return false;
}

/* What is missing is gone, or wanted alone. */
static bool rechecked(ImapSession *s, Batch *b, GError **error)
{
    unsigned looked = 0;
    for (unsigned n = 0; n < b->items->len && looked < RECHECK_MOST; n++) {
        Item *item = item_at(b, n);
        if (item->state != ITEM_WANTED)
            continue;
        looked++;
        if (!imap_found(s, item->uid))
            item->state = ITEM_GONE;
        else if (item->asked_alone && !item->again)
            return failed_alone(s, b, item, error);
        else
            ask_alone(s, b, n);
    }
    if (b->commands == 0)
        b->recheck = wanted_count(b) > 0;
    return true;
}

bool fetching_answered(ImapSession *s, const Command *c, const ImapReply *reply, GError **error)
{
    Batch *b = c->batch;
    b->commands--;
    if (reply->status != IMAP_OK) {
        g_autoptr(GError) why = imap_refused(
            reply, c->kind == COMMAND_RECHECK ? "looking for a message" : "fetching messages");
        if (why->code == WIRE_ERROR_BUSY || c->kind == COMMAND_RECHECK) {
            s->no_blame = true;
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        g_free(b->refusal);
        b->refusal = g_strdup(why->message);
        b->bad = reply->status == IMAP_BAD;
    }
    if (c->kind == COMMAND_RECHECK)
        return rechecked(s, b, error);
    if (b->commands == 0)
        b->recheck = wanted_count(b) > 0;
    return true;
}

void fetching_blame(const Batch *b, ImapSession *s)
{
    for (unsigned n = 0; n < b->items->len; n++)
        if (item_at(b, n)->state == ITEM_WANTED) {
            imap_tries_add(s, item_at(b, n)->uid);
            return;
        }
}

static SourceMessage *message_of(const ImapSession *s, Item *item)
{
    SourceMessage *m = g_new0(SourceMessage, 1);
    m->uidvalidity = s->uidvalidity;
    m->uid = item->uid;
    m->file = g_strdup("");
    m->received_at = item->date;
    m->size = item->size;
    m->bytes = g_steal_pointer(&item->bytes);
    m->header = g_steal_pointer(&item->header);
    return m;
}

bool imap_session_has_batch(const ImapSession *s)
{
    const Batch *b = g_queue_peek_head((GQueue *)&s->batches);
    return b && b->commands == 0 && !b->recheck;
}

GPtrArray *imap_session_next_batch(ImapSession *s)
{
    while (imap_session_has_batch(s)) {
        Batch *b = g_queue_peek_head(&s->batches);
        GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify)source_message_free);
        for (unsigned n = 0; n < b->items->len; n++) {
            Item *item = item_at(b, n);
            if (item->state == ITEM_HAVE)
                g_ptr_array_add(messages, message_of(s, item));
            else
                g_array_append_val(s->gone, item->uid);
        }
        batch_free(g_queue_pop_head(&s->batches));
        if (messages->len > 0)
            return messages;
        g_ptr_array_unref(messages);
    }
    return NULL;
}
