/* maildir_watch.h: being told when something lands in a Maildir (inotify). */
#pragma once

#include <stdbool.h>

typedef struct MaildirWatch MaildirWatch;

typedef enum MaildirNews {
    NEWS_ARRIVED, /* in new/: complete, moved or written and closed */
    NEWS_BEGUN,   /* in new/: made there; perhaps a link, perhaps still being written */
    NEWS_IN_CUR,
    NEWS_LOST /* too much happened, or a folder was replaced: look at everything */
} MaildirNews;
/* `file` is a name in the folder; NULL with NEWS_LOST. Called from the main loop. */
typedef void (*MaildirNewsFunc)(MaildirNews news, const char *file, void *user);

/* NULL where the system does not offer it for this folder. */
MaildirWatch *maildir_watch_new(const char *path, MaildirNewsFunc news, void *user);
void maildir_watch_free(MaildirWatch *w);
