/* maildir_files.h: the files of one Maildir source: what is there, one file's bytes, telling.
 *
 * Whoever may write into the folder is a stranger: only ordinary files are opened, never through
 * a link, and nothing that waits (a FIFO, a device) is waited for.
 */
#pragma once

#include "daemon/wire/mail_source.h"

typedef struct MaildirEntry {
    bool in_cur;
    char *file; /* the name as it stands in the folder */
    char *key;  /* without flags and printable: what the register knows it by */
} MaildirEntry;
MaildirEntry *maildir_entry_new(bool in_cur, const char *file);
void maildir_entry_free(MaildirEntry *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MaildirEntry, maildir_entry_free)

/* Appends the entries of new/ (and of cur/), in order of their names, which begin with the time of
 * delivery. */
bool maildir_list(const char *path, bool in_cur, GPtrArray *into, GError **error);

typedef enum MaildirRead {
    MAILDIR_READ,     /* *message is set */
    MAILDIR_GONE,     /* moved or deleted since */
    MAILDIR_CHANGING, /* somebody is still writing it */
    MAILDIR_NO_MAIL   /* not an ordinary file, or not to be read; see the error */
} MaildirRead;
/* Over max_message bytes: the header block alone, cut at 64 KiB. */
MaildirRead maildir_read(const char *path, const MaildirEntry *e, uint64_t max_message,
                         SourceMessage **message, GError **error);

/* For a file that appeared in new/ under its own name, as a person's cp does and no delivery
 * agent: whether it is all there. *size is what it was at the last look (-1: none), and is set. */
bool maildir_is_complete(const char *path, const MaildirEntry *e, int64_t *size);

typedef enum MaildirTold {
    MAILDIR_TOLD,
    MAILDIR_TOLD_GONE,
    MAILDIR_NAME_TAKEN, /* another file of that name is there: this one is not what was told */
    MAILDIR_NOT_TOLD    /* see the error */
} MaildirTold;
/* Moves it to cur/ with the flag S, over nothing. */
MaildirTold maildir_tell(const char *path, const MaildirEntry *e, GError **error);
/* Gives a file of new/ a name nobody else has. */
bool maildir_rename_apart(const char *path, const MaildirEntry *e, GError **error);
