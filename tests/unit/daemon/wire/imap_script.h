/* imap_script.h: an IMAP session played from lines, without a socket.
 *
 * expect() compares what the session sends (tags left out, commands joined by '|'); say() gives
 * it the server's lines, where $A, $B ... are the tags of the commands last expected. Batches,
 * told and gone UIDs are written down in `seen`, batches taken at once unless `keep` is set.
 */
#pragma once

#include "daemon/wire/imap_session.h"
#include <string.h>

typedef struct Script {
    const char *name;
    ImapSourceConfig config;
    ImapTroubles *troubles;
    ImapSession *session;
    ImapReader *reader;
    GPtrArray *tags;
    GString *seen;
    GArray *untold;
    uint32_t highest;
    bool keep, tell;
    GError *error;
} Script;

static inline void script_connect(Script *t)
{
    g_clear_pointer(&t->session, imap_session_free);
    g_clear_pointer(&t->reader, imap_reader_free);
    g_clear_error(&t->error);
    g_ptr_array_set_size(t->tags, 0);
    g_string_truncate(t->seen, 0);
    t->session = imap_session_new(&t->config, t->troubles);
    t->reader = imap_reader_new(10000000);
    imap_session_start(t->session);
}

static inline Script *script_new(const char *name)
{
    Script *t = g_new0(Script, 1);
    t->name = name;
    t->config = (ImapSourceConfig){.name = "mail",
                                   .mailbox = "INBOX",
                                   .after = AFTER_MOVE,
                                   .move_to = "Done",
                                   .keyword = "$IecdTaken",
                                   .use_idle = true,
                                   .max_message = 100000,
                                   .batch_count = 2,
                                   .batch_bytes = 50000};
    t->troubles = imap_troubles_new();
    t->tags = g_ptr_array_new_with_free_func(g_free);
    t->seen = g_string_new("");
    script_connect(t);
    return t;
}

static inline void script_free(Script *t)
{
    imap_session_free(t->session);
    imap_reader_free(t->reader);
    imap_troubles_free(t->troubles);
    g_ptr_array_unref(t->tags);
    g_string_free(t->seen, TRUE);
    g_clear_error(&t->error);
    g_free(t);
}

static inline void script_note(Script *t, const char *what, const GArray *uids)
{
    g_string_append_printf(t->seen, "%s%s", t->seen->len ? " " : "", what);
    for (unsigned n = 0; n < uids->len; n++)
        g_string_append_printf(t->seen, "%c%u", n ? ',' : ':', g_array_index(uids, uint32_t, n));
}

/* "[1=4 2=head:9]" for a whole message of 4 bytes and a header of 9. */
static inline void script_batch(Script *t, GPtrArray *batch)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_string_append(t->seen, t->seen->len ? " [" : "[");
    for (unsigned n = 0; n < batch->len; n++) {
        const SourceMessage *m = batch->pdata[n];
        g_array_append_val(uids, m->uid);
        g_string_append_printf(t->seen, "%s%u=", n ? " " : "", m->uid);
        if (m->bytes)
            g_string_append_printf(t->seen, "%zu", g_bytes_get_size(m->bytes));
        else
            g_string_append_printf(t->seen, "head:%zu", g_bytes_get_size(m->header));
        g_assert_true(!m->bytes != !m->header);
        g_assert_cmpuint(m->uidvalidity, ==, imap_session_uidvalidity(t->session));
    }
    g_string_append(t->seen, "]");
    if (t->tell)
        imap_session_tell(t->session, (const uint32_t *)(void *)uids->data, uids->len);
    g_ptr_array_unref(batch);
}

static inline void script_report(Script *t)
{
    g_autoptr(GArray) told = imap_session_next_told(t->session);
    g_autoptr(GArray) gone = imap_session_next_gone(t->session);
    g_autoptr(GError) refusal = imap_session_next_refusal(t->session);
    if (told)
        script_note(t, "told", told);
    if (gone)
        script_note(t, "gone", gone);
    if (refusal)
        g_string_append_printf(t->seen, "%srefused", t->seen->len ? " " : "");
}

static inline void script_go(Script *t)
{
    for (bool more = true; more && !t->error;) {
        GPtrArray *batch = t->keep ? NULL : imap_session_next_batch(t->session);
        imap_session_go(t->session, !batch);
        if (batch)
            script_batch(t, batch);
        script_report(t);
        more = batch || (!t->keep && imap_session_has_batch(t->session));
    }
}

static inline void script_expect(Script *t, const char *wanted)
{
    script_go(t);
    g_autoptr(GString) got = g_string_new("");
    GString *out = imap_session_output(t->session);
    g_auto(GStrv) lines = g_strsplit(out->str, "\r\n", -1);
    g_ptr_array_set_size(t->tags, 0);
    for (char **line = lines; *line && **line; line++) {
        const char *blank = strchr(*line, ' ');
        g_string_append_printf(got, "%s%s", got->len ? "|" : "", blank ? blank + 1 : *line);
        if (blank)
            g_ptr_array_add(t->tags, g_strndup(*line, (gsize)(blank - *line)));
    }
    g_string_truncate(out, 0);
    if (strcmp(got->str, wanted))
        g_error("%s:\n sent     %s\n expected %s", t->name, got->str, wanted);
}

/* False once the session has failed; see t->error. */
static inline bool script_say(Script *t, const char *lines)
{
    g_autoptr(GString) bytes = g_string_new("");
    for (const char *p = lines; *p; p++) {
        if (*p == '$' && p[1] >= 'A' && p[1] <= 'I') {
            g_assert_cmpuint((guint)(p[1] - 'A'), <, t->tags->len);
            g_string_append(bytes, t->tags->pdata[p[1] - 'A']);
            p++;
        } else {
            g_string_append_c(bytes, *p);
        }
    }
    imap_reader_feed(t->reader, bytes->str, bytes->len);
    const ImapReply *reply;
    while (!t->error && imap_reader_next(t->reader, &reply, &t->error) == IMAP_READ_REPLY) {
        if (!imap_session_reply(t->session, reply, &t->error))
            return false;
        if (imap_session_state(t->session) == IMAP_CHOOSING)
            imap_session_choose(t->session, t->highest, g_steal_pointer(&t->untold), &t->error);
    }
    if (!t->error)
        script_go(t);
    return !t->error;
}

static inline void script_seen(Script *t, const char *wanted)
{
    if (strcmp(t->seen->str, wanted))
        g_error("%s:\n seen     %s\n expected %s", t->name, t->seen->str, wanted);
    g_string_truncate(t->seen, 0);
}

static inline void script_failed(Script *t, int code)
{
    if (!t->error)
        g_error("%s: went on", t->name);
    if (t->error->code != code)
        g_error("%s: code %d: %s", t->name, t->error->code, t->error->message);
}

/* Up to the end of SELECT. */
static inline void script_open(Script *t, const char *words, unsigned exists, unsigned uidnext)
{
    script_expect(t, "CAPABILITY");
    g_autofree char *can = g_strdup_printf("* CAPABILITY IMAP4rev1 %s\r\n$A OK\r\n", words);
    script_say(t, can);
    script_expect(t, "SELECT \"INBOX\"");
    g_autofree char *box = g_strdup_printf("* FLAGS (\\Seen)\r\n* %u EXISTS\r\n* 0 RECENT\r\n"
                                           "* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT %u] x\r\n"
                                           "$A OK [READ-WRITE] done\r\n",
                                           exists, uidnext);
    script_say(t, box);
}

#define DATED " INTERNALDATE \"17-Jul-2026 02:44:25 +0000\""
