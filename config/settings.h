/* settings.h: every setting of iecd, from one libconfig file, by a table of rows.
 *
 * Each row is {path, type, offset, default, min, max, help}; the loader, --check-config, the
 * annotated iecd.conf and the manual page's table all come from the rows. Unknown keys, wrong
 * types, values out of range, missing files and unreadable secrets are errors, one line each:
 * "iecd.conf:12: mailboxes[0].port: 99999 is too large; write a port from 1 to 65535".
 * libconfig cuts large integers silently: sizes and times are strings with units ("50 MiB", "5
 * min").
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ServerSettings { /* IMAP or SMTP connection */
    char *host;
    int port;
    char *tls;         /* "implicit" "starttls" "none" (loopback only) */
    char *ca_file;     /* "" system's */
    char *user;        /* "" no login */
    char *secret_file; /* name in $CREDENTIALS_DIRECTORY or a path; "" none */
    char *auth;        /* "auto" "plain" "login" "xoauth2" "oauthbearer" */
} ServerSettings;

typedef struct MailboxSettings {
    char *name;
    char *kind;            /* "imap" "maildir" */
    ServerSettings server; /* imap */
    char *mailbox;         /* imap: "INBOX" */
    char *path;            /* maildir */
    char *after;           /* "move" "keyword" "leave" */
    char *move_to;
    char *keyword;
    int64_t poll_s;
    bool idle;
} MailboxSettings;

typedef struct Settings {
    char *file;      /* where it was read */
    char *state_dir; /* register and originals */
    char *run_dir;   /* control socket */
    char *data_dir;  /* rules, templates, bank holidays; "" default */
    char *office_name;
    char *office_address; /* mailbox replies come from */
    char **own_addresses; /* further addresses that are ours */
    char **trusted_authserv;
    bool plus_address;    /* Reply-To carries the marked plus-address */
    char *return_path;    /* "null" or an address (VERP where it has a plus part) */
    GPtrArray *mailboxes; /* MailboxSettings */
    struct {
        char *kind; /* "smtp" "maildir" */
        ServerSettings server;
        char *path; /* maildir */
        char *helo; /* "" host's name */
        int64_t idle_s;
        int per_minute; /* ceiling over all, 0 none */
    } outgoing;
    struct {
        int reply_days;        /* 5 */
        int64_t hold_s;        /* extra to or instead of working days; see hold_working_days */
        int hold_working_days; /* 1; 0 none */
        int post_days, post_abroad_days; /* 4, 10 */
        int holding_hour;                /* 12 */
        char **reviewed;                 /* reason names whose release is `reviewed` */
        int sample_percent;              /* of a week's automatic rejections, read again: 10 */
        int sample_minimum;              /* but at least so many: 20 */
        bool rules_need_approval;        /* rules change by two people only */
        char *chase_address;             /* "" none: optional mail to the office */
        char *alert_address;             /* "" none: one more of alert_addresses */
        char **alert_addresses;          /* who is alerted at once */
        int64_t alert_repeat_s;          /* 900: and again, until an alert is acknowledged */
        char *head_address;              /* "" none: told when a holding letter goes */
        int join_days;                   /* 10: mails in parts are one case */
        int campaign_messages;           /* 20: more in a day are a campaign; 0 never */
        int campaign_likeness;           /* 70 of 100 */
    } casework;
    struct {
        int per_hour, per_day;            /* replies to one address: 5, 20 */
        int acknowledgements, rejections; /* per case: 1, 1 */
    } ceilings;
    struct {
        int64_t max_message; /* bytes, 50 MiB */
        int children, docs_children;
        int64_t wall_s, docs_wall_s;
        int batch_count;
        int64_t batch_bytes;
    } limits;
    char *log_level; /* "error" "warning" "info" "debug" */
} Settings;

#define SETTINGS_ERROR (settings_error_quark())
GQuark settings_error_quark(void);

/* NULL with an error whose message has one line for each mistake found, in file order. */
Settings *settings_load(const char *file, GError **error);
/* The same, but secret files are left alone and their names as written: for iecctl, whose users
 * may not read them. */
Settings *settings_load_without_secrets(const char *file, GError **error);
void settings_free(Settings *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)
/* The annotated example, and the manual page's table (mdoc), made from the rows; g_free. */
char *settings_print_example(void);
char *settings_print_manual(void);
