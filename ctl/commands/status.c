/* iecctl status: how the office stands, from the register and, where it runs, the daemon. */

#include "ctl/commands/ask_daemon.h"
#include "daemon/base/clock.h"
#include "daemon/store/endings.h"
#include "daemon/store/matters.h"
#include "daemon/store/release.h"
#include <stdio.h>
#include <string.h>

/* Answers people owe: all, those due today or before, and those whose day has passed. */
typedef struct Owed {
    int64_t all, today, passed;
} Owed;

/* Near-identical messages of many people, of the last four weeks. */
typedef struct Campaigns {
    int64_t all, messages;
} Campaigns;
#define CAMPAIGN_DAYS 28

typedef struct Standing {
    RegisterCounts counts;
    Owed owed;
    LookAgainCounts again;
    Campaigns campaigns;
    char *stopped; /* what automatic rejections people have stopped: "all", reasons, both or "" */
} Standing;

static void standing_clear(Standing *s)
{
    g_clear_pointer(&s->stopped, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Standing, standing_clear)

static bool count_owed(Db *db, Owed *owed, GError **error)
{
    Day today = day_of_instant(clock_now());
    g_autoptr(GPtrArray) cases = cases_owed(db, INT32_MAX, error);
    for (unsigned n = 0; cases && n < cases->len; n++) {
        const CaseRow *c = cases->pdata[n];
        owed->all++;
        if (c->reply_due == DAY_NONE)
            continue;
        owed->today += c->reply_due <= today;
        owed->passed += c->reply_due < today;
    }
    return cases != NULL;
}

static bool read_stopped(Db *db, char **words, GError **error)
{
    uint32_t reasons;
    bool all;
    if (!release_stopped(db, &reasons, &all, error))
        return false;
    g_autofree char *names = SET_TO_TEXT(reasons, reason_name, REASON_COUNT);
    *words = g_strdup_printf("%s%s%s", all ? RELEASE_ALL : "", all && names[0] ? "," : "", names);
    return true;
}

/* Rejections, and what became of those that people asked us to look at again. */
static JsonObject *look_agains_json(const LookAgainCounts *n)
{
    JsonObject *o = json_object_new();
    json_object_set_int_member(o, "rejections", n->rejections);
    json_object_set_int_member(o, "asked", n->asked);
    json_object_set_int_member(o, "overturned", n->overturned);
    json_object_set_int_member(o, "upheld", n->upheld);
    json_object_set_int_member(o, "closed", n->closed);
    json_object_set_int_member(o, "open", n->open);
    return o;
}

static void print_json_status(const Standing *s, const char *words)
{
    const RegisterCounts *n = &s->counts;
    JsonObject *o = json_object_new(), *states = json_object_new(), *daemon = json_object_new();
    g_auto(GStrv) lines = g_strsplit(words ? words : "", "\n", -1);
    for (int k = 0; k < CASE_STATE_COUNT; k++)
        json_object_set_int_member(states, case_state_name((CaseState)k), n->by_state[k]);
    for (char **l = lines; *l; l++) {
        g_auto(GStrv) cells = g_strsplit(*l, "\t", 3);
        if (cells[0] && cells[1] && cells[2]) {
            g_autofree char *key = g_strdup_printf("%s %s", cells[0], cells[1]);
            json_object_set_string_member(daemon, key, cells[2]);
        } else if (cells[0] && cells[1])
            json_object_set_string_member(daemon, cells[0], cells[1]);
    }
    json_object_set_boolean_member(o, "running", words != NULL);
    json_object_set_object_member(o, "daemon", daemon);
    json_object_set_int_member(o, "messages", n->messages);
    json_object_set_int_member(o, "pending", n->pending);
    json_object_set_int_member(o, "cases", n->cases);
    json_object_set_object_member(o, "by_state", states);
    json_object_set_int_member(o, "outbox_held", n->outbox_held);
    json_object_set_int_member(o, "outbox_queued", n->outbox_queued);
    json_object_set_int_member(o, "outbox_sent", n->outbox_sent);
    json_object_set_int_member(o, "outbox_failed", n->outbox_failed);
    json_object_set_int_member(o, "outbox_unknown", n->outbox_unknown);
    json_object_set_int_member(o, "answer_by_hand", n->by_hand);
    json_object_set_int_member(o, "alerts", n->alerts);
    json_object_set_int_member(o, "owed", s->owed.all);
    json_object_set_int_member(o, "owed_today", s->owed.today);
    json_object_set_int_member(o, "overdue", s->owed.passed);
    json_object_set_object_member(o, "look_agains", look_agains_json(&s->again));
    json_object_set_int_member(o, "campaigns", s->campaigns.all);
    json_object_set_int_member(o, "campaign_messages", s->campaigns.messages);
    set_words(o, "automatic_rejections_stopped", s->stopped);
    print_json(o);
}

static void line(const char *label, int64_t n)
{
    printf("  %-34s %" G_GINT64_FORMAT "\n", label, n);
}

static void print_look_agains(const LookAgainCounts *n)
{
    puts("rejections looked at again");
    line("rejections sent", n->rejections);
    line("asked to look again", n->asked);
    line("overturned", n->overturned);
    line("upheld", n->upheld);
    line("closed without a new decision", n->closed);
    line("not yet answered", n->open);
}

static void print_status(const Standing *s, const char *words)
{
    const RegisterCounts *n = &s->counts;
    puts(words ? "iecd runs" : "iecd does not run (or you may not ask it)");
    g_auto(GStrv) lines = g_strsplit(words ? words : "", "\n", -1);
    for (char **l = lines; *l; l++) {
        g_strdelimit(*l, "\t", ' ');
        if ((*l)[0])
            printf("  %s\n", *l);
    }
    puts("register");
    line("messages", n->messages);
    line("messages not yet judged", n->pending);
    line("cases", n->cases);
    for (int k = 1; k < CASE_STATE_COUNT; k++)
        line(case_state_name((CaseState)k), n->by_state[k]);
    line("to be answered by hand", n->by_hand);
    line("alerts nobody has acknowledged", n->alerts);
    if (s->campaigns.all)
        printf("  %-34s %" G_GINT64_FORMAT " in %" G_GINT64_FORMAT
               ", four weeks; no rule decides them\n",
               "messages of campaigns", s->campaigns.messages, s->campaigns.all);
    puts("answers owed by people");
    line("in all", s->owed.all);
    line("due today or before", s->owed.today);
    line("past their deadline", s->owed.passed);
    print_look_agains(&s->again);
    puts("replies");
    line("held", n->outbox_held);
    line("to be sent", n->outbox_queued);
    line("sent", n->outbox_sent);
    line("refused, a person is told", n->outbox_failed);
    line("may have arrived (unknown)", n->outbox_unknown);
    if (s->stopped[0])
        printf("automatic rejections are stopped: %s\n", s->stopped);
}

static bool read_standing(Db *db, Standing *s, GError **error)
{
    int64_t since = clock_now() - CAMPAIGN_DAYS * INT64_C(86400);
    return register_counts(db, &s->counts, error) && count_owed(db, &s->owed, error) &&
           look_again_counts(db, &s->again, error) && read_stopped(db, &s->stopped, error) &&
           matters_campaign_counts(db, since, &s->campaigns.all, &s->campaigns.messages, error);
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (!command_options(&command_status, &argc, &argv, NULL, 0))
        return 2;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_auto(Standing) standing = {0};
    if (!db)
        return 1;
    if (!read_standing(db, &standing, &error))
        return command_fail(error);
    g_autofree char *words = NULL;
    if (daemon_runs(settings)) {
        JsonObject *request = json_object_new();
        json_object_set_string_member(request, "command", "status");
        (void)ask_daemon(shared, settings, request, &words);
    }
    if (shared->json)
        print_json_status(&standing, words);
    else
        print_status(&standing, words);
    return 0;
}

const Command command_status = {"status", "", "How the daemon, the register and the replies stand",
                                run};
