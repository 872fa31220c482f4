#include "config/settings_rows.h"
#include "config/settings.h"

#define KIB        INT64_C(1024)
#define MIB        (1024 * KIB)
#define GIB        (1024 * MIB)
#define HOUR_S     INT64_C(3600)
#define DAY_S      (24 * HOUR_S)
#define PATH_BYTES 4095

#define AT(field)  offsetof(Settings, field)
#define BOX(field) offsetof(MailboxSettings, field)

/* A connection to a server, of a mailbox or of `outgoing`; `kind` is what it belongs to. */
#define SERVER_ROWS(prefix, type, member, kind, ports, a_host, a_port, a_secret)                   \
    {prefix "host", ROW_TEXT,     FORM_HOST,        offsetof(type, member.host),       "", 0,      \
     253,           .only = kind, .sample = a_host, .help = "The server. Must be set."},           \
        {prefix "tls",                                                                             \
         ROW_CHOICE,                                                                               \
         0,                                                                                        \
         offsetof(type, member.tls),                                                               \
         "implicit",                                                                               \
         0,                                                                                        \
         0,                                                                                        \
         .only = kind,                                                                             \
         .choices = "implicit|starttls|none",                                                      \
         .help =                                                                                   \
             "TLS 1.2 or newer from the first byte, or by STARTTLS; the certificate is verified "  \
             "in either. none is for a server on this machine (loopback) only."},                  \
        {prefix "port",                                                                            \
         ROW_INT,                                                                                  \
         0,                                                                                        \
         offsetof(type, member.port),                                                              \
         "0",                                                                                      \
         1,                                                                                        \
         65535,                                                                                    \
         .only = kind,                                                                             \
         .sample = a_port,                                                                         \
         .help = "Where not set: " ports "."},                                                     \
        {prefix "ca_file",                                                                         \
         ROW_TEXT,                                                                                 \
         FORM_PATH,                                                                                \
         offsetof(type, member.ca_file),                                                           \
         "",                                                                                       \
         0,                                                                                        \
         PATH_BYTES,                                                                               \
         .only = kind,                                                                             \
         .help = "Certificates (PEM) that vouch for the server; empty: the system's."},            \
        {prefix "user",                                                                            \
         ROW_TEXT,                                                                                 \
         0,                                                                                        \
         offsetof(type, member.user),                                                              \
         "",                                                                                       \
         0,                                                                                        \
         255,                                                                                      \
         .only = kind,                                                                             \
         .sample = "iec",                                                                          \
         .help = "Name to log in with; empty: no login."},                                         \
        {prefix "secret_file",                                                                     \
         ROW_TEXT,                                                                                 \
         FORM_SECRET,                                                                              \
         offsetof(type, member.secret_file),                                                       \
         "",                                                                                       \
         0,                                                                                        \
         PATH_BYTES,                                                                               \
         .only = kind,                                                                             \
         .sample = a_secret,                                                                       \
         .help =                                                                                   \
             "File with the password, or the OAuth2 access token, in one line. A name is a "       \
             "systemd credential (the unit calls /etc/iecd/credentials/imap iecd_imap); a path "   \
             "is used as it is. Other users must not be able to read it. The password itself "     \
             "never stands here."},                                                                \
    {                                                                                              \
        prefix "auth", ROW_CHOICE, 0, offsetof(type, member.auth), "auto", 0, 0,                   \
            .only = kind, .choices = "auto|plain|login|xoauth2|oauthbearer",                       \
            .help = "How to log in. Microsoft 365 wants xoauth2."                                  \
    }

/* clang-format off: one row a setting reads better than one field a line. */
const Row SETTINGS_ROWS[] = {
    {"state_dir", ROW_TEXT, FORM_PATH, AT(state_dir), "/var/lib/iecd", 1, PATH_BYTES,
     .help = "Register, originals, and as shipped the two mail folders. Read at start only."},
    {"run_dir", ROW_TEXT, FORM_PATH, AT(run_dir), "/run/iecd", 1, 90,
     .help = "Where iecctl finds the daemon (control.sock). Read at start only."},
    {"data_dir", ROW_TEXT, FORM_PATH, AT(data_dir), "", 0, PATH_BYTES,
     .help = "Folder with rules/, templates/, forms.conf and bank-holidays.json; empty: the "
             "shipped one. Read at start only."},
    {"log_level", ROW_CHOICE, 0, AT(log_level), "info", 0, 0, .choices = "error|warning|info|debug",
     .help = "The least that is logged. Logs name cases and hashes, never people or addresses."},
    {"office_name", ROW_TEXT, FORM_PRINTABLE, AT(office_name),
     "Office for the Independent Examiner of Complaints", 1, 200,
     .help = "The name replies come from."},
    {"office_address", ROW_TEXT, FORM_ADDRESS, AT(office_address), "iec@homeoffice.gov.uk", 1, 254,
     .help = "The mailbox replies come from, and that people write to."},
    {"own_addresses", ROW_TEXTS, FORM_ADDRESS, AT(own_addresses), "", 0, 100,
     .help = "Further addresses that are ours: mail from them is never answered."},
    {"trusted_authserv", ROW_TEXTS, FORM_HOST, AT(trusted_authserv), "", 0, 20,
     .help = "Names our own receiving servers sign Authentication-Results with. No other server's "
             "word on DMARC is believed."},
    {"plus_address", ROW_BOOL, 0, AT(plus_address), "false", 0, 0,
     .help = "Have answers sent to office+MARK@...: only where the mailbox takes plus-addresses."},
    {"return_path", ROW_TEXT, FORM_RETURN_PATH, AT(return_path), "null", 1, 254,
     .help =
         "Envelope sender of replies: \"null\" (nothing comes back), or an address whose "
         "mailbox is one of those below; a plus part, as in iec+returned@..., gives way to a mark "
         "that tells whose reply came back."},

    {"mailboxes", ROW_MAILBOXES, 0, AT(mailboxes), "", 1, 50,
     .help = "Where messages come from: one group a mailbox, all read at once."},

    {"outgoing.kind", ROW_CHOICE, 0, AT(outgoing.kind), "maildir", 0, 0, .choices = "maildir|smtp",
     .help = "maildir: replies are written to a folder; smtp: they are handed to a mail server."},
    {"outgoing.path", ROW_TEXT, FORM_PATH, AT(outgoing.path), "", 0, PATH_BYTES, .only = "maildir",
     .sample = "/var/lib/iecd/outgoing", .help = "Where not set: outgoing in state_dir."},
    SERVER_ROWS("outgoing.", Settings, outgoing.server, "smtp",
                "465 with implicit TLS, 587 with starttls, 25 with none", "smtp.example.org", "465",
                "iecd_smtp"),
    {"outgoing.helo", ROW_TEXT, FORM_HOST, AT(outgoing.helo), "", 0, 253, .only = "smtp",
     .help = "The name we greet with; empty: this machine's."},
    {"outgoing.idle", ROW_TIME, 0, AT(outgoing.idle_s), "30 s", 1, 300, .only = "smtp",
     .help = "How long a connection is kept after the last reply."},
    {"outgoing.per_minute", ROW_INT, 0, AT(outgoing.per_minute), "0", 0, 10000,
     .help = "The most replies in a minute, all together (25 for Microsoft 365, which takes 30); "
             "0: no ceiling."},

    {"casework.reply_days", ROW_INT, 0, AT(casework.reply_days), "5", 1, 60,
     .help = "Working days to answer in; the day of receipt is day 0."},
    {"casework.hold_working_days", ROW_INT, 0, AT(casework.hold_working_days), "1", 0, 59,
     .help = "Working days a rejection waits before it leaves; 0: none."},
    {"casework.hold", ROW_TIME, 0, AT(casework.hold_s), "0 s", 0, 5 * DAY_S,
     .help = "Time a rejection waits besides."},
    {"casework.post_days", ROW_INT, 0, AT(casework.post_days), "4", 0, 60,
     .help = "Working days a letter posted in the UK is given to arrive."},
    {"casework.post_abroad_days", ROW_INT, 0, AT(casework.post_abroad_days), "10", 0, 90,
     .help = "The same for one posted abroad."},
    {"casework.holding_hour", ROW_INT, 0, AT(casework.holding_hour), "12", 0, 23,
     .help = "Hour (London) of the last day at which the holding letter goes where nobody has "
             "decided."},
    {"casework.reviewed", ROW_TEXTS, FORM_REASON, AT(casework.reviewed), "", 0, 11,
     .help = "Reasons whose rejections a person approves first, such as \"out-of-time\"."},
    {"casework.sample_percent", ROW_INT, 0, AT(casework.sample_percent), "10", 0, 100,
     .help = "Of each week's automatic rejections, how many in a hundred people read again without "
             "knowing how they were decided."},
    {"casework.sample_minimum", ROW_INT, 0, AT(casework.sample_minimum), "20", 0, 10000,
     .help = "But at least so many a week, all where there are fewer."},
    {"casework.rules_need_approval", ROW_BOOL, 0, AT(casework.rules_need_approval), "true", 0, 0,
     .help = "Refuse to start with, or reload to, rules that one person has not proposed (iecctl "
             "rules propose) and another approved. The rules a new register first sees are taken."},
    {"casework.chase_address", ROW_TEXT, FORM_ADDRESS, AT(casework.chase_address), "", 0, 254,
     .help = "Who is chased by mail as deadlines near; empty: nobody (the log says it)."},
    {"casework.alert_addresses", ROW_TEXTS, FORM_ADDRESS, AT(casework.alert_addresses), "", 0, 20,
     .help =
         "Duty officers, mailed at once of risk, threats, serious misconduct, rejections found "
         "wrong, campaigns and deadlines near or past; none: nobody (the log says it). No ceiling "
         "holds these mails up."},
    {"casework.alert_address", ROW_TEXT, FORM_ADDRESS, AT(casework.alert_address), "", 0, 254,
     .help = "One such address more."},
    {"casework.alert_repeat", ROW_TIME, 0, AT(casework.alert_repeat_s), "15 min", 60, DAY_S,
     .help = "How often an alert of risk, a threat or serious misconduct is mailed again until "
             "`iecctl alert ack CASE`; any other comes again at 9 on each working day."},
    {"casework.head_address", ROW_TEXT, FORM_ADDRESS, AT(casework.head_address), "", 0, 254,
     .help = "The head of the team, told when nobody has decided by noon on deadline day; empty: "
             "nobody."},
    {"casework.join_days", ROW_INT, 0, AT(casework.join_days), "10", 1, 60,
     .help = "Working days within which the same sender on the same matter is one case."},
    {"casework.campaign_messages", ROW_INT, 0, AT(casework.campaign_messages), "20", 0, 500,
     .help = "Near-identical messages in so many cases in a day are nothing unusual; with one "
             "more they are a campaign, and no rule decides any of them. 0: never."},
    {"casework.campaign_likeness", ROW_INT, 0, AT(casework.campaign_likeness), "70", 50, 100,
     .help = "How alike (of 100, over three-word runs) near-identical messages are, in their words "
             "or in a letter attached under a note. Below 20 words, words and papers must be the "
             "same."},

    {"ceilings.per_hour", ROW_INT, 0, AT(ceilings.per_hour), "5", 1, 1000,
     .help = "Replies to one address in an hour; past it a person answers."},
    {"ceilings.per_day", ROW_INT, 0, AT(ceilings.per_day), "20", 1, 10000,
     .help = "Replies to one address in a day."},
    {"ceilings.acknowledgements", ROW_INT, 0, AT(ceilings.acknowledgements), "1", 1, 10,
     .help = "Acknowledgements in one case."},
    {"ceilings.rejections", ROW_INT, 0, AT(ceilings.rejections), "1", 1, 10,
     .help = "Rejections in one case."},

    {"limits.max_message", ROW_SIZE, 0, AT(limits.max_message), "50 MiB", 64 * KIB, GIB,
     .help = "A larger message is registered by its header alone and goes to a person."},
    {"limits.children", ROW_INT, 0, AT(limits.children), "2", 1, 64,
     .help = "Messages read at once: as many as there are processors."},
    {"limits.docs_children", ROW_INT, 0, AT(limits.docs_children), "2", 1, 64,
     .help = "Attached documents read at once."},
    {"limits.wall", ROW_TIME, 0, AT(limits.wall_s), "10 s", 1, 600,
     .help = "The longest a message may take to read."},
    {"limits.docs_wall", ROW_TIME, 0, AT(limits.docs_wall_s), "60 s", 1, 3600,
     .help = "The longest a document may take."},
    {"limits.batch_count", ROW_INT, 0, AT(limits.batch_count), "256", 1, 5000,
     .help = "Messages fetched and made durable together."},
    {"limits.batch_bytes", ROW_SIZE, 0, AT(limits.batch_bytes), "8 MiB", 64 * KIB, 256 * MIB,
     .help = "Bytes of them."},
    {0},
};

const Row MAILBOX_ROWS[] = {
    {"name", ROW_TEXT, FORM_NAME, BOX(name), "", 0, 64, .sample = "office",
     .help = "What logs and the register call it. Must be set, and not changed later."},
    {"kind", ROW_CHOICE, 0, BOX(kind), "", 0, 0, .choices = "maildir|imap", .sample = "imap",
     .help = "maildir: a folder; imap: a mailbox on a server. Must be set."},
    {"path", ROW_TEXT, FORM_PATH, BOX(path), "", 0, PATH_BYTES, .only = "maildir",
     .sample = "/var/lib/iecd/incoming", .help = "Where not set: incoming in state_dir."},
    SERVER_ROWS("", MailboxSettings, server, "imap", "993 with implicit TLS, else 143",
                "imap.example.org", "993", "iecd_imap"),
    {"mailbox", ROW_TEXT, FORM_PRINTABLE, BOX(mailbox), "INBOX", 1, 255, .only = "imap",
     .help = "Its name on the server."},
    {"after", ROW_CHOICE, 0, BOX(after), "move", 0, 0, .choices = "move|keyword|leave",
     .only = "imap", .help = "What happens there to a message that is registered here."},
    {"move_to", ROW_TEXT, FORM_PRINTABLE, BOX(move_to), "Registered", 1, 255, .only = "imap",
     .help = "after = \"move\": the folder; made where it is missing."},
    {"keyword", ROW_TEXT, FORM_KEYWORD, BOX(keyword), "$IecdTaken", 1, 64, .only = "imap",
     .help = "after = \"keyword\": the mark."},
    {"idle", ROW_BOOL, 0, BOX(idle), "true", 0, 0, .only = "imap",
     .help = "Let the server say when mail arrives (IDLE) where it can."},
    {"poll", ROW_TIME, 0, BOX(poll_s), "1 min", 1, HOUR_S,
     .help = "How often to look where nobody says so."},
    {0},
};
/* clang-format on */
