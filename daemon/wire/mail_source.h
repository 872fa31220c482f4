/* mail_source.h: where messages come from, whatever the place (IMAP mailbox, Maildir).
 *
 * A source offers batches in order. The flow makes a batch durable and answers with
 * mail_source_taken; only then does the source offer the next (one batch is being fetched while
 * one is being stored) and tell the server (MOVE, keyword, or leave). A source connects again by
 * itself with growing pauses and reports its health in words.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SourceMessage {
    uint32_t uidvalidity, uid; /* IMAP; else 0 */
    char *file;                /* Maildir file name without flags; "" for IMAP */
    int64_t received_at;       /* INTERNALDATE, or the file's modification time; UTC seconds */
    GBytes *bytes;             /* whole original; NULL where over the size limit */
    uint64_t size;             /* RFC822.SIZE */
    GBytes *header;            /* where bytes is NULL: the header block, cut at 64 KiB */
} SourceMessage;
void source_message_free(SourceMessage *m);

typedef struct MailSource MailSource;

/* What the flow does for a source. All called from the main loop. */
typedef struct SourceCalls {
    /* Highest UID registered under this UIDVALIDITY (0 none); false stops the source. */
    bool (*progress)(MailSource *s, uint32_t uidvalidity, uint32_t *uid, void *user);
    /* Registered but not told: UIDs (GArray uint32_t, taken by the source) or NULL. */
    GArray *(*untold)(MailSource *s, uint32_t uidvalidity, void *user);
    /* True if this Maildir file is registered. */
    bool (*has_file)(MailSource *s, const char *file, void *user);
    /* A batch of SourceMessage; the flow owns it and answers with mail_source_taken later. */
    void (*batch)(MailSource *s, GPtrArray *messages, void *user);
    /* The server has been told of these (moved or marked, or nothing to do). */
    void (*told)(MailSource *s, uint32_t uidvalidity, const uint32_t *uids, unsigned n, void *user);
    void (*told_file)(MailSource *s, const char *file, void *user);
    /* Health changed: "connected", "idle", or an error (domain WIRE_ERROR). */
    void (*health)(MailSource *s, const char *words, const GError *error, void *user);
    /* Everything that was there has been offered and taken. Again after each look; NULL: untold. */
    void (*caught_up)(MailSource *s, void *user);
} SourceCalls;

/* Common head of every kind; the kinds' own files make them (imap_source.h, maildir.h). */
struct MailSource {
    const char *name; /* of the configuration */
    void (*taken)(MailSource *s, bool ok);
    void (*close)(MailSource *s); /* frees it, at once, without blocking */
};

/* ok: the batch is durable. !ok: offer it again after a pause. */
static inline void mail_source_taken(MailSource *s, bool ok)
{
    s->taken(s, ok);
}
static inline void mail_source_close(MailSource *s)
{
    if (s)
        s->close(s);
}
