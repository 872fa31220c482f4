/* iecctl assess: the judgement without the daemon (policy section 7). Nothing is stored or sent. */

#include "config/paths.h"
#include "ctl/commands/command.h"
#include "ctl/commands/explain.h"
#include "ctl/commands/files.h"
#include "ctl/commands/judgement_json.h"
#include "ctl/commands/rule_lines.h"
#include "daemon/base/clock.h"
#include "daemon/casework/decide.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The shipped settings' values, for a judgement that reads no configuration. */
static const char *const OWN_ADDRESSES[] = {"iec@homeoffice.gov.uk", NULL};
static const char *const TRUSTED_AUTHSERV[] = {"mail.homeoffice.gov.uk", NULL};

typedef struct Assess {
    const Shared *shared;
    Calendar *calendar;
    int64_t received_at; /* 0: from each message */
    GPtrArray *rules;    /* RuleLine: explain; NULL: do not */
} Assess;

static void show(const Assess *a, const char *file, const ReadResult *r)
{
    g_autoptr(Facts) own = r->facts ? NULL : facts_unreadable("", r->why);
    const Facts *facts = r->facts ? r->facts : own;
    int64_t received = a->received_at                  ? a->received_at
                       : r->document->topmost_received ? r->document->topmost_received
                                                       : clock_now();
    DecideContext context = {
        .calendar = a->calendar,
        .received = day_of_instant(received),
        .first_contact = day_of_instant(received),
        .reply_days = 5,
        .post_days = 4,
        .post_abroad_days = 10,
    };
    g_auto(Judgement) j = {0};
    decide(facts, &context, &j);
    if (j.decision != DECISION_NONE && j.reply_due == DAY_NONE)
        fprintf(stderr, "iecctl: %s: the reply deadline lies past the bank holiday file\n", file);
    if (a->shared->json)
        print_json(judgement_json(file, facts, &j, received));
    else if (a->rules)
        explain_print(&(Explained){file, r->document, facts, &j, received, a->rules});
    else
        judgement_print(file, facts, &j, received);
}

static void each(const ReadFile *f, void *user)
{
    const Assess *a = user;
    if (!f->error) {
        show(a, f->name, f->result);
        return;
    }
    fprintf(stderr, "iecctl: %s: %s\n", f->name, f->error);
    if (a->shared->json) {
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "file", f->name);
        json_object_set_string_member(o, "error", f->error);
        print_json(o);
    }
}

static bool read_time(const char *text, int64_t *utc_seconds)
{
    g_autoptr(GTimeZone) london = g_time_zone_new_identifier("Europe/London");
    g_autoptr(GDateTime) t = g_date_time_new_from_iso8601(text, london);
    if (t)
        *utc_seconds = g_date_time_to_unix(t);
    else
        fprintf(stderr, "iecctl assess: --received %s: write it like 2026-11-20T09:12:00Z\n", text);
    return t != NULL;
}

static int read_channel(const char *text)
{
    int n = NAME_INDEX(channel_name, CHANNEL_COUNT, text);
    if (n < 0)
        fprintf(stderr, "iecctl assess: --source %s: write email, post or form\n", text);
    return n;
}

static Calendar *shipped_calendar(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = config_dir_default();
    g_autofree char *path = g_build_filename(dir, "bank-holidays.json", NULL);
    Calendar *c = calendar_load(path, &error);
    if (!c)
        command_fail(error);
    return c;
}

typedef struct Options {
    char *received, *source, *rules;
    gboolean explain;
} Options;

static void options_clear(Options *o)
{
    g_free(o->received);
    g_free(o->source);
    g_free(o->rules);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* False: the command line is wrong, which was said. */
static bool read_options(Options *o, const Shared *shared, int *argc, char ***argv)
{
    GOptionEntry entries[] = {
        {"received", 0, 0, G_OPTION_ARG_STRING, &o->received,
         "When it was received (default: its topmost Received field, else now)", "RFC3339"},
        {"source", 0, 0, G_OPTION_ARG_STRING, &o->source, "How it came (default: email)",
         "email|post|form"},
        {"explain", 0, 0, G_OPTION_ARG_NONE, &o->explain,
         "Show the texts with the words that decided marked in them", NULL},
        {"rules", 0, 0, G_OPTION_ARG_FILENAME, &o->rules,
         "Judge by the rules in DIR/rules instead of those in use", "DIR"},
        {0},
    };
    if (!command_options(&command_assess, argc, argv, entries, UINT_MAX))
        return false;
    if (o->explain && shared->json)
        fputs("iecctl assess: --explain is for people; the JSON has the evidence too\n", stderr);
    else if (*argc < 2)
        fputs("iecctl assess: name a file, a folder of .eml files, or - for standard input\n",
              stderr);
    else
        return true;
    return false;
}

static GPtrArray *rules_of(const char *dir)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *rules = rule_lines(dir, &error);
    if (!rules)
        command_fail(error);
    return rules;
}

static int run(const Shared *shared, int argc, char **argv)
{
    Assess a = {.shared = shared};
    g_auto(Options) o = {0};
    unsigned failed = 0;
    if (!read_options(&o, shared, &argc, &argv))
        return 2;
    int channel = o.source ? read_channel(o.source) : CHANNEL_EMAIL;
    if (channel < 0 || (o.received && !read_time(o.received, &a.received_at)))
        return 2;
    g_autofree char *dir = o.rules ? g_strdup(o.rules) : config_dir_default();
    g_auto(GStrv) files = files_named(argc, argv);
    g_autoptr(Calendar) calendar = files ? shipped_calendar() : NULL;
    g_autoptr(GPtrArray) rules = calendar && o.explain ? rules_of(dir) : NULL;
    a.calendar = calendar;
    a.rules = rules;
    ReadJob job = {.fd = -1,
                   .received_at = a.received_at,
                   .channel = (Channel)channel,
                   .own_addresses = OWN_ADDRESSES,
                   .trusted_authserv = TRUSTED_AUTHSERV,
                   .facts = true};
    if (!calendar || (o.explain && !rules))
        return 1;
    const FilesReading reading = {.config_dir = dir, .job = &job, .each = each, .user = &a};
    return files_read(files, &reading, &failed) && failed == 0 ? 0 : 1;
}

const Command command_assess = {"assess", "FILE|DIR|-...",
                                "Judge messages as iecd would; nothing is stored or sent", run};
