#include "daemon/wire/imap_names.h"
#include "daemon/wire/imap_work.h"

#define SET_MOST 6000u /* bytes: RFC 7162 4 asks for lines under 8,192 */

void listing_choose(ImapSession *s, uint32_t highest)
{
    s->next_uid = highest + 1; /* 0 after the last UID there can be */
    if (s->uidnext == 0)
        s->expected = UINT32_MAX;
    else
        s->expected = s->uidnext - s->next_uid;
    s->want_list = s->next_uid != 0 && s->exists > 0 && s->expected > 0;
}

void listing_free(ImapSession *s)
{
    g_array_unref(s->uids);
    g_array_unref(s->sized);
    if (s->window)
        g_array_unref(s->window);
}

/* Fewer at a time after connections were lost over sizes, down to the one message that does it. */
static unsigned window_most(const ImapSession *s)
{
    unsigned most = IMAP_SIZES_WINDOW >> MIN(3 * s->troubles->sizing_drops, 9);
    return MAX(most, 1);
}

static bool can_list(const ImapSession *s)
{
    return s->want_list && !s->searching && !s->window && s->uids_at == s->uids->len &&
           s->next_uid != 0;
}

static bool can_size(const ImapSession *s)
{
    unsigned waiting = s->sized->len - s->sized_at;
    return !s->window && s->uids_at < s->uids->len && waiting < 2 * IMAP_SIZES_WINDOW;
}

bool listing_has_work(const ImapSession *s)
{
    return can_list(s) || can_size(s);
}

static GArray *new_items(void)
{
    return g_array_new(FALSE, TRUE, sizeof(Item));
}

static void ask_list(ImapSession *s)
{
    if (s->want_noop) /* some servers notice new mail only when asked */
        imap_command(s, COMMAND_NOOP, "NOOP");
    bool few = s->expected <= window_most(s);
    s->want_list = s->want_noop = false;
    s->expected = 0;
    if (few) {
        s->window = new_items();
        s->window_is_news = true;
        imap_command(s, COMMAND_NEWS, "UID FETCH %u:* (UID RFC822.SIZE)", s->next_uid);
    } else {
        g_autofree char *set = g_strdup_printf("%u:*", s->next_uid);
        imap_search(s, COMMAND_LIST, NULL, NULL, set);
    }
}

static uint32_t next_listed(const ImapSession *s)
{
    return g_array_index(s->uids, uint32_t, s->uids_at);
}

static void ask_sizes(ImapSession *s)
{
    /* A message that gave trouble is fetched alone, whatever its size. */
    while (s->uids_at < s->uids->len && imap_tries(s, next_listed(s)) > 0) {
        Item item = {.uid = next_listed(s)};
        g_array_append_val(s->sized, item);
        s->uids_at++;
    }
    unsigned n = 0, next = 0;
    uint32_t uids[IMAP_SIZES_WINDOW];
    while (n < window_most(s) && s->uids_at + n < s->uids->len &&
           imap_tries(s, g_array_index(s->uids, uint32_t, s->uids_at + n)) == 0) {
        uids[n] = g_array_index(s->uids, uint32_t, s->uids_at + n);
        n++;
    }
    if (n == 0)
        return;
    g_autofree char *set = imap_uid_set(uids, n, 0, SET_MOST, &next);
    s->window = new_items();
    s->window_is_news = false;
    for (unsigned k = 0; k < next; k++) {
        Item item = {.uid = uids[k]};
        g_array_append_val(s->window, item);
    }
    s->uids_at += next;
    imap_command(s, COMMAND_SIZES, "UID FETCH %s (UID RFC822.SIZE)", set);
}

void listing_go(ImapSession *s)
{
    if (s->uids_at == s->uids->len && s->uids_at > 0) {
        g_array_set_size(s->uids, 0);
        s->uids_at = 0;
    }
    if (can_list(s))
        ask_list(s);
    if (can_size(s))
        ask_sizes(s);
}

/* ---- answers */

static int by_uid(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Of two of one message the sized comes first. */
static int item_by_uid_and_size(const void *a, const void *b)
{
    const Item *x = a, *y = b;
    return x->uid != y->uid ? (x->uid < y->uid ? -1 : 1) : y->sized - x->sized;
}

static int item_by_uid(const void *a, const void *b)
{
    uint32_t x = ((const Item *)a)->uid, y = ((const Item *)b)->uid;
    return x < y ? -1 : x > y;
}

void listing_fetched(ImapSession *s, const ImapFetch *f)
{
    if (!s->window || f->uid == 0)
        return; /* flags of another client, and the like */
    Item item = {.uid = f->uid, .size = f->has_size ? f->size : 0, .sized = f->has_size};
    if (s->window_is_news) {
        /* n:* brings the last message where there is none from n on */
        if (f->uid >= s->next_uid && s->window->len < IMAP_NUMBERS_MOST)
            g_array_append_val(s->window, item);
        return;
    }
    unsigned at;
    if (item.sized && g_array_binary_search(s->window, &item, item_by_uid, &at))
        g_array_index(s->window, Item, at) = item;
}

static void take_window(ImapSession *s)
{
    g_array_sort(s->window, item_by_uid_and_size);
    uint32_t last = 0;
    for (unsigned n = 0; n < s->window->len; n++) {
        Item *item = &g_array_index(s->window, Item, n);
        if (item->uid != last)
            g_array_append_val(s->sized, *item);
        last = item->uid;
    }
    if (s->window_is_news && last >= s->next_uid)
        s->next_uid = last + 1;
    g_clear_pointer(&s->window, g_array_unref);
}

static unsigned found_count(const ImapSession *s)
{
    uint64_t count = 0;
    for (unsigned n = 0; n < s->found->len; n++) {
        ImapRange r = g_array_index(s->found, ImapRange, n);
        count += (uint64_t)r.last - r.first + 1;
    }
    return (unsigned)MIN(count, UINT32_MAX);
}

static void take_found(ImapSession *s)
{
    /* A list of all must have as many as the server counts. Asked once more where it has fewer:
     * messages may have gone meanwhile. */
    if (s->next_uid == 1 && !s->listed_once && found_count(s) < s->exists) {
        s->listed_once = s->want_list = s->want_noop = true;
        s->expected = UINT32_MAX;
        return;
    }
    g_array_set_size(s->uids, 0);
    s->uids_at = 0;
    for (unsigned n = 0; n < s->found->len; n++) {
        uint32_t uid = g_array_index(s->found, ImapRange, n).first;
        if (uid >= s->next_uid)
            g_array_append_val(s->uids, uid);
    }
    g_array_sort(s->uids, by_uid);
    unsigned kept = 0;
    uint32_t *uids = (uint32_t *)(void *)s->uids->data;
    for (unsigned n = 0; n < s->uids->len; n++)
        if (kept == 0 || uids[n] != uids[kept - 1])
            uids[kept++] = uids[n];
    g_array_set_size(s->uids, kept);
    if (kept > 0)
        s->next_uid = uids[kept - 1] + 1;
    g_array_set_size(s->found, 0);
}

bool listing_answered(ImapSession *s, const Command *c, const ImapReply *reply, GError **error)
{
    if (reply->status != IMAP_OK) {
        g_propagate_error(error,
                          imap_refused(reply, c->kind == COMMAND_LIST ? "listing new messages"
                                                                      : "asking for sizes"));
        return false;
    }
    if (c->kind == COMMAND_LIST)
        take_found(s);
    else
        take_window(s);
    return true;
}

void listing_blame(ImapSession *s)
{
    s->troubles->sizing_drops++;
    if (s->window->len == 1)
        imap_tries_add(s, g_array_index(s->window, Item, 0).uid);
}
