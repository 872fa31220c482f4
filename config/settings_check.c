#include "config/settings_check.h"
#include "config/settings_rows.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_MOST (64 * 1024)

/* Name of a key with what stands before it: "mailboxes[0]." and "port". */
static char *key_of(const char *prefix, const char *name)
{
    return g_strconcat(prefix, name, NULL);
}

static bool is_loopback(const char *host)
{
    return !strcmp(host, "localhost") || !strcmp(host, "::1") ||
           (g_str_has_prefix(host, "127.") && g_hostname_is_ip_address(host));
}

static void check_file(const char *key, const char *path, Mistakes *m)
{
    if (path[0] && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        mistakes_add(m, key, "%s is not a file; write where it is", path);
    else if (path[0] && access(path, R_OK) != 0)
        mistakes_add(m, key, "%s: %s; let iecd read it", path, g_strerror(errno));
}

/* Where the service manager puts the credential, or, asked outside the service (--check-config),
 * where the unit takes it from. g_free. */
static char *credential_path(const char *name)
{
    const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
    if (folder)
        return g_build_filename(folder, name, NULL);
    const char *file = g_str_has_prefix(name, "iecd_") ? name + strlen("iecd_") : name;
    return g_build_filename(IECD_SYSCONFDIR, "credentials", file, NULL);
}

static void check_secret(const char *key, const char *path, Mistakes *m)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        mistakes_add(m, key, "%s: %s; put the password there, for iecd alone to read", path,
                     g_strerror(errno));
        return;
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        mistakes_add(m, key, "%s is not an ordinary file; write where the password is", path);
    else if (status.st_mode & S_IRWXO)
        mistakes_add(m, key, "%s is open to every user; take that away with chmod o= %s", path,
                     path);
    else if (status.st_size == 0)
        mistakes_add(m, key, "%s is empty; put the password there, in one line", path);
    else if (status.st_size > SECRET_MOST)
        mistakes_add(m, key, "%s is larger than 64 KiB; put only the password there", path);
    close(fd);
}

static void check_login(ServerSettings *s, const char *prefix, bool secrets, Mistakes *m)
{
    g_autofree char *user = key_of(prefix, "user"), *secret = key_of(prefix, "secret_file");
    if (!s->user[0] && s->secret_file[0])
        mistakes_add(m, user, "is not set, but secret_file is; write the name to log in with");
    if (s->user[0] && !s->secret_file[0])
        mistakes_add(m, secret, "is not set, but user is; write where the password is");
    if (!secrets || !s->secret_file[0])
        return;
    if (s->secret_file[0] != '/') {
        char *path = credential_path(s->secret_file);
        g_free(s->secret_file);
        s->secret_file = path;
    }
    check_secret(secret, s->secret_file, m);
}

static void check_server(ServerSettings *s, const char *prefix, bool secrets, Mistakes *m)
{
    g_autofree char *host = key_of(prefix, "host"), *tls = key_of(prefix, "tls"),
                    *ca_file = key_of(prefix, "ca_file");
    if (!s->host[0])
        mistakes_add(m, host, "is not set; write the server's name");
    else if (!strcmp(s->tls, "none") && !is_loopback(s->host))
        mistakes_add(m, tls,
                     "\"none\" would send the password in clear to %s; write \"implicit\" or "
                     "\"starttls\"",
                     s->host);
    check_file(ca_file, s->ca_file, m);
    check_login(s, prefix, secrets, m);
}

/* Keys that another kind of mailbox or outbox has do nothing here: someone believes they do. */
static void check_kind(const Row *rows, const char *row_prefix, const char *prefix,
                       const char *kind, Mistakes *m)
{
    g_autofree char *kind_key = key_of(prefix, "kind");
    if (mistakes_about(m, kind_key))
        return;
    for (const Row *row = rows; row->path; row++) {
        if (!row->only || !strcmp(row->only, kind) || !g_str_has_prefix(row->path, row_prefix))
            continue;
        g_autofree char *key = key_of(prefix, row->path + strlen(row_prefix));
        if (mistakes_noted(m, key))
            mistakes_add(m, key, "is for kind = \"%s\"; take it out", row->only);
    }
}

static void default_path(char **path, const char *state_dir, const char *name)
{
    if ((*path)[0])
        return;
    g_free(*path);
    *path = g_build_filename(state_dir, name, NULL);
}

static void check_mailbox(const Settings *s, MailboxSettings *box, const char *prefix, bool secrets,
                          Mistakes *m)
{
    g_autofree char *name = key_of(prefix, "name"), *kind = key_of(prefix, "kind"),
                    *move_to = key_of(prefix, "move_to");
    if (!box->name[0])
        mistakes_add(m, name, "is not set; write what logs are to call this mailbox");
    if (!box->kind[0]) {
        mistakes_add(m, kind, "is not set; write \"maildir\" or \"imap\"");
        return;
    }
    check_kind(MAILBOX_ROWS, "", prefix, box->kind, m);
    if (!strcmp(box->kind, "maildir")) {
        default_path(&box->path, s->state_dir, "incoming");
        return;
    }
    if (!box->server.port)
        box->server.port = !strcmp(box->server.tls, "implicit") ? 993 : 143;
    check_server(&box->server, prefix, secrets, m);
    if (!strcmp(box->after, "move") && !strcmp(box->move_to, box->mailbox))
        mistakes_add(m, move_to, "is the mailbox itself; write another folder");
}

/* However it is written: a/b, a//b and a/b/ are one folder. */
static bool same_folder(const char *a, const char *b)
{
    g_autofree char *first = g_canonicalize_filename(a + strspn(a, "/"), "/");
    g_autofree char *second = g_canonicalize_filename(b + strspn(b, "/"), "/");
    return !strcmp(first, second);
}

static bool same_place(const MailboxSettings *a, const MailboxSettings *b)
{
    if (!a->kind[0] || strcmp(a->kind, b->kind) != 0)
        return false;
    if (!strcmp(a->kind, "maildir"))
        return same_folder(a->path, b->path);
    return !strcmp(a->mailbox, b->mailbox) && !strcmp(a->server.user, b->server.user) &&
           a->server.port == b->server.port && !g_ascii_strcasecmp(a->server.host, b->server.host);
}

static void check_against_earlier(const Settings *s, unsigned index, const char *prefix,
                                  Mistakes *m)
{
    const MailboxSettings *box = s->mailboxes->pdata[index];
    g_autofree char *name = key_of(prefix, "name"), *path = key_of(prefix, "path");
    for (unsigned n = 0; n < index; n++) {
        const MailboxSettings *other = s->mailboxes->pdata[n];
        if (box->name[0] && !strcmp(box->name, other->name))
            mistakes_add(m, name, "\"%s\" is the name of another mailbox; write a new one",
                         box->name);
        if (same_place(box, other))
            mistakes_add(m, !strcmp(box->kind, "maildir") ? path : name,
                         "this mailbox stands here already as mailboxes[%u]; keep one", n);
    }
    if (!strcmp(box->kind, "maildir") && !strcmp(s->outgoing.kind, "maildir") &&
        same_folder(box->path, s->outgoing.path))
        mistakes_add(m, path, "is where replies are written; write another folder");
}

static void check_outgoing(Settings *s, bool secrets, Mistakes *m)
{
    ServerSettings *server = &s->outgoing.server;
    check_kind(SETTINGS_ROWS, "outgoing.", "outgoing.", s->outgoing.kind, m);
    if (!strcmp(s->outgoing.kind, "maildir")) {
        default_path(&s->outgoing.path, s->state_dir, "outgoing");
        return;
    }
    if (!server->port)
        server->port = !strcmp(server->tls, "implicit")   ? 465
                       : !strcmp(server->tls, "starttls") ? 587
                                                          : 25;
    check_server(server, "outgoing.", secrets, m);
}

void settings_check(Settings *s, bool secrets, Mistakes *m)
{
    if (s->data_dir[0] && !g_file_test(s->data_dir, G_FILE_TEST_IS_DIR))
        mistakes_add(m, "data_dir", "%s is not a folder; write where rules/ and templates/ are",
                     s->data_dir);
    check_outgoing(s, secrets, m);
    for (unsigned n = 0; n < s->mailboxes->len; n++) {
        g_autofree char *prefix = g_strdup_printf("mailboxes[%u].", n);
        check_mailbox(s, s->mailboxes->pdata[n], prefix, secrets, m);
        check_against_earlier(s, n, prefix, m);
    }
    if (s->casework.hold_working_days >= s->casework.reply_days)
        mistakes_add(m, "casework.hold_working_days",
                     "%d would hold a rejection past its deadline; write less than reply_days, %d",
                     s->casework.hold_working_days, s->casework.reply_days);
    if (s->ceilings.per_hour > s->ceilings.per_day)
        mistakes_add(m, "ceilings.per_hour", "%d is more than per_day; write at most %d",
                     s->ceilings.per_hour, s->ceilings.per_day);
}
