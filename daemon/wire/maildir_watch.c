#include "daemon/wire/maildir_watch.h"
#include <errno.h>
#include <glib-unix.h>
#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LOST (IN_Q_OVERFLOW | IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)

struct MaildirWatch {
    int fd, new_watch, cur_watch;
    guint source;
    MaildirNewsFunc news;
    void *user;
};

static void tell(MaildirWatch *w, const struct inotify_event *event)
{
    if (event->mask & LOST)
        w->news(NEWS_LOST, NULL, w->user);
    else if (event->len == 0 || event->name[0] == '.')
        return;
    else if (event->wd == w->cur_watch)
        w->news(NEWS_IN_CUR, event->name, w->user);
    else
        w->news(event->mask & IN_CREATE ? NEWS_BEGUN : NEWS_ARRIVED, event->name, w->user);
}

static gboolean on_events(int fd, GIOCondition condition, void *user)
{
    MaildirWatch *w = user;
    union {
        struct inotify_event event;
        char bytes[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
    } buffer;
    ssize_t got;
    while ((got = read(fd, &buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event =
                (const struct inotify_event *)(const void *)(buffer.bytes + at);
            tell(w, event);
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    return G_SOURCE_CONTINUE;
}

static int watch(int fd, const char *path, const char *part, uint32_t what)
{
    g_autofree char *folder = g_build_filename(path, part, NULL);
    return inotify_add_watch(fd, folder, what | IN_ONLYDIR | IN_DELETE_SELF | IN_MOVE_SELF);
}

MaildirWatch *maildir_watch_new(const char *path, MaildirNewsFunc news, void *user)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0)
        return NULL;
    int new_watch = watch(fd, path, "new", IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE);
    int cur_watch = watch(fd, path, "cur", IN_MOVED_TO | IN_CLOSE_WRITE);
    if (new_watch < 0 || cur_watch < 0) {
        close(fd);
        return NULL;
    }
    MaildirWatch *w = g_new0(MaildirWatch, 1);
    *w = (MaildirWatch){.fd = fd, .new_watch = new_watch, .cur_watch = cur_watch};
    w->news = news;
    w->user = user;
    w->source = g_unix_fd_add(fd, G_IO_IN, on_events, w);
    return w;
}

void maildir_watch_free(MaildirWatch *w)
{
    if (!w)
        return;
    g_source_remove(w->source);
    close(w->fd);
    g_free(w);
}
