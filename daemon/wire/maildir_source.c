#include "daemon/base/backoff.h"
#include "daemon/base/durable.h"
#include "daemon/wire/maildir.h"
#include "daemon/wire/maildir_files.h"
#include "daemon/wire/maildir_watch.h"
#include "daemon/wire/stream.h"
#include <string.h>

#define BATCH_COUNT 256u
#define BATCH_BYTES (8u << 20)
/* Entries looked at before the loop sees to others. */
#define TURN_COUNT   512u
#define WRITING_MOST 10000u

/* With inotify a full look is a safeguard only (a folder over a network tells nothing of what
 * others do there): new/, which is all but empty, at each poll, cur/, which grows, at every 60th.
 */
#define POLLS_A_FULL_LOOK 60u

/* A file somebody is writing in place is looked at again after so long. */
#define SETTLE_MS 1000u

typedef struct MaildirSource {
    MailSource head;
    char *name, *path;
    uint64_t max_message;
    unsigned polls;
    const SourceCalls *calls;
    void *user;
    MaildirWatch *watch;
    bool prepared, trouble;
    bool look_in_new, look_in_cur; /* what is due */
    GPtrArray *waiting;            /* MaildirEntry, to be offered from `next` on */
    unsigned next;
    GPtrArray *offered;  /* MaildirEntry of the batch the flow has; NULL none */
    GHashTable *writing; /* names in new/ not known to be complete -> size when last seen */
    GHashTable *refused; /* paths told of once */
    guint turn_source, poll_source, settle_source;
    Backoff pause;
    char *health;
} MaildirSource;

static void turn_soon(MaildirSource *s);
static void turn_after_pause(MaildirSource *s);

static void say(MaildirSource *s, const char *words, const GError *error)
{
    const char *now = error ? error->message : words;
    s->trouble |= error != NULL;
    if (!g_strcmp0(now, s->health))
        return;
    char *old = s->health;
    s->health = g_strdup(now);
    g_free(old);
    s->calls->health(&s->head, error ? NULL : words, error, s->user);
}

static void say_well(MaildirSource *s)
{
    unsigned n = g_hash_table_size(s->refused);
    g_autofree char *words =
        n ? g_strdup_printf("connected; %u entries are no messages and stay where they are", n)
          : g_strdup("connected");
    say(s, words, NULL);
}

/* ---- what is there */

static void begin_writing(MaildirSource *s, const char *file)
{
    /* Names that went again before they were looked at stay behind: not for ever. */
    if (g_hash_table_size(s->writing) >= WRITING_MOST)
        g_hash_table_remove_all(s->writing);
    int64_t *size = g_new(int64_t, 1);
    *size = -1;
    g_hash_table_replace(s->writing, g_strdup(file), size);
}

static void on_news(MaildirNews news, const char *file, void *user)
{
    MaildirSource *s = user;
    switch (news) {
    case NEWS_BEGUN:
        begin_writing(s, file);
        break;
    case NEWS_ARRIVED:
        g_hash_table_remove(s->writing, file);
        break;
    case NEWS_IN_CUR:
        g_ptr_array_add(s->waiting, maildir_entry_new(true, file));
        turn_soon(s);
        return;
    case NEWS_LOST:
        s->look_in_cur = true;
        s->prepared = false; /* watch anew: a folder may have been replaced */
        break;
    }
    s->look_in_new = true;
    turn_soon(s);
}

static bool prepare(MaildirSource *s, GError **error)
{
    if (s->prepared)
        return true;
    if (!maildir_prepare(s->path, error))
        return false;
    g_clear_pointer(&s->watch, maildir_watch_free);
    s->watch = maildir_watch_new(s->path, on_news, s);
    s->look_in_new = s->look_in_cur = true;
    s->prepared = true;
    return true;
}

static bool look(MaildirSource *s, GError **error)
{
    s->trouble = false;
    if (!prepare(s, error))
        return false;
    if (s->look_in_cur)
        g_hash_table_remove_all(s->refused);
    /* cur/ first: where a name stands in both, what is in new/ came later. */
    if (s->look_in_cur && !maildir_list(s->path, true, s->waiting, error))
        return false;
    if (s->look_in_new && !maildir_list(s->path, false, s->waiting, error))
        return false;
    s->look_in_new = s->look_in_cur = false;
    return true;
}

static gboolean on_settle(void *user)
{
    MaildirSource *s = user;
    s->settle_source = 0;
    s->look_in_new = true;
    turn_soon(s);
    return G_SOURCE_REMOVE;
}

static void look_later(MaildirSource *s)
{
    if (!s->settle_source)
        s->settle_source = g_timeout_add(SETTLE_MS, on_settle, s);
}

/* ---- offering and telling */

/* The file is registered, so nothing is lost whatever becomes of the move. */
static void tell(MaildirSource *s, const MaildirEntry *e)
{
    g_autoptr(GError) error = NULL;
    MaildirTold told = maildir_tell(s->path, e, &error);
    if (told == MAILDIR_NAME_TAKEN) {
        /* A name used twice: another message, as far as one can tell. Under a name of its own it
         * is offered; should it be the same after all, its content says so. */
        s->look_in_new = maildir_rename_apart(s->path, e, &error);
    } else if (told != MAILDIR_NOT_TOLD) {
        stop_point("told-file");
        s->calls->told_file(&s->head, e->key, s->user);
    }
    if (error)
        say(s, NULL, error);
}

static bool is_settled(MaildirSource *s, const MaildirEntry *e)
{
    int64_t *size = e->in_cur ? NULL : g_hash_table_lookup(s->writing, e->file);
    if (!size)
        return true;
    if (!maildir_is_complete(s->path, e, size)) {
        look_later(s);
        return false;
    }
    g_hash_table_remove(s->writing, e->file);
    return true;
}

static SourceMessage *read_entry(MaildirSource *s, const MaildirEntry *e)
{
    g_autoptr(GError) error = NULL;
    SourceMessage *m = NULL;
    switch (maildir_read(s->path, e, s->max_message, &m, &error)) {
    case MAILDIR_READ:
    case MAILDIR_GONE:
        break;
    case MAILDIR_CHANGING:
        begin_writing(s, e->file);
        look_later(s);
        break;
    case MAILDIR_NO_MAIL:
        if (g_hash_table_add(s->refused, g_strconcat(e->in_cur ? "cur/" : "new/", e->file, NULL)))
            say(s, NULL, error);
        break;
    }
    return m;
}

/* The next messages not yet registered. `offered` gets their entries. */
static GPtrArray *gather(MaildirSource *s, GPtrArray *offered)
{
    GPtrArray *batch = g_ptr_array_new_with_free_func((GDestroyNotify)source_message_free);
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    uint64_t bytes = 0;
    for (unsigned seen = 0; seen < TURN_COUNT && s->next < s->waiting->len; seen++) {
        if (batch->len >= BATCH_COUNT || bytes >= BATCH_BYTES)
            break;
        MaildirEntry *e = s->waiting->pdata[s->next++];
        /* Events and a full look may name one file twice. */
        if (g_hash_table_contains(keys, e->key) || !is_settled(s, e))
            continue;
        if (s->calls->has_file(&s->head, e->key, s->user)) {
            if (!e->in_cur)
                tell(s, e);
            continue;
        }
        SourceMessage *m = read_entry(s, e);
        if (!m)
            continue;
        bytes += m->size;
        g_ptr_array_add(batch, m);
        g_ptr_array_add(offered, maildir_entry_new(e->in_cur, e->file));
        g_hash_table_add(keys, e->key);
    }
    return batch;
}

static gboolean turn(void *user)
{
    MaildirSource *s = user;
    s->turn_source = 0;
    if (s->offered)
        return G_SOURCE_REMOVE;
    bool done = s->next >= s->waiting->len;
    if (done) {
        g_ptr_array_set_size(s->waiting, 0);
        s->next = 0;
    }
    if (done && !s->look_in_new && !s->look_in_cur && s->prepared) {
        if (s->calls->caught_up && !s->trouble)
            s->calls->caught_up(&s->head, s->user);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(GError) error = NULL;
    if (done && !look(s, &error)) {
        s->prepared = false;
        g_ptr_array_set_size(s->waiting, 0);
        say(s, NULL, error);
        turn_after_pause(s);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(GPtrArray) offered =
        g_ptr_array_new_with_free_func((GDestroyNotify)maildir_entry_free);
    GPtrArray *batch = gather(s, offered);
    if (s->next >= s->waiting->len && !s->trouble)
        say_well(s);
    if (batch->len > 0) {
        s->offered = g_steal_pointer(&offered);
        s->calls->batch(&s->head, batch, s->user); /* may free us */
        return G_SOURCE_REMOVE;
    }
    g_ptr_array_unref(batch);
    turn_soon(s);
    return G_SOURCE_REMOVE;
}

static void turn_soon(MaildirSource *s)
{
    if (!s->turn_source)
        s->turn_source = g_idle_add_full(G_PRIORITY_DEFAULT, turn, s, NULL);
}

static void turn_after_pause(MaildirSource *s)
{
    if (s->turn_source)
        g_source_remove(s->turn_source);
    s->turn_source = g_timeout_add_seconds(MAX(1, backoff_next(&s->pause)), turn, s);
}

static void on_taken(MailSource *head, bool ok)
{
    MaildirSource *s = (MaildirSource *)head;
    g_autoptr(GPtrArray) offered = g_steal_pointer(&s->offered);
    if (!offered)
        return;
    if (!ok) {
        g_ptr_array_set_size(s->waiting, 0);
        s->next = 0;
        s->look_in_new = s->look_in_cur = true;
        turn_after_pause(s);
        return;
    }
    backoff_reset(&s->pause);
    for (unsigned n = 0; n < offered->len; n++)
        tell(s, offered->pdata[n]);
    turn_soon(s);
}

static gboolean on_poll(void *user)
{
    MaildirSource *s = user;
    bool full = ++s->polls % POLLS_A_FULL_LOOK == 0;
    s->look_in_new = true;
    if (!s->watch || full)
        s->look_in_cur = true;
    turn_soon(s);
    return G_SOURCE_CONTINUE;
}

static void on_close(MailSource *head)
{
    MaildirSource *s = (MaildirSource *)head;
    const guint sources[] = {s->turn_source, s->poll_source, s->settle_source};
    for (unsigned n = 0; n < G_N_ELEMENTS(sources); n++)
        if (sources[n])
            g_source_remove(sources[n]);
    maildir_watch_free(s->watch);
    g_ptr_array_unref(s->waiting);
    if (s->offered)
        g_ptr_array_unref(s->offered);
    g_hash_table_unref(s->writing);
    g_hash_table_unref(s->refused);
    g_free(s->health);
    g_free(s->path);
    g_free(s->name);
    g_free(s);
}

MailSource *maildir_source_open(const char *name, const char *path, uint64_t max_message,
                                unsigned poll_s, const SourceCalls *calls, void *user)
{
    MaildirSource *s = g_new0(MaildirSource, 1);
    s->name = g_strdup(name);
    s->path = g_strdup(path);
    s->head = (MailSource){.name = s->name, .taken = on_taken, .close = on_close};
    s->max_message = max_message;
    s->calls = calls;
    s->user = user;
    s->waiting = g_ptr_array_new_with_free_func((GDestroyNotify)maildir_entry_free);
    s->writing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    s->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->pause = (Backoff){.first_s = 1, .most_s = 300};
    s->poll_source = g_timeout_add_seconds(MAX(1, poll_s), on_poll, s);
    turn_soon(s);
    return &s->head;
}
