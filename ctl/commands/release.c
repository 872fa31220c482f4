/* iecctl release: whether rejections leave without a person, and the switch that stops them. */

#include "daemon/store/release.h"
#include "ctl/commands/ask_daemon.h"
#include <stdio.h>
#include <string.h>

static bool set_reviewed(const Settings *s, const char *reason)
{
    return s->casework.reviewed &&
           g_strv_contains((const char *const *)s->casework.reviewed, reason);
}

static const ReleaseChange *latest_of(const GPtrArray *latest, const char *reason)
{
    for (unsigned n = 0; n < latest->len; n++) {
        const ReleaseChange *c = latest->pdata[n];
        if (!strcmp(c->reason, reason))
            return c;
    }
    return NULL;
}

static void show_reason(const Shared *shared, const Settings *s, const char *reason,
                        const ReleaseChange *c, bool all)
{
    bool stopped = c && !strcmp(c->what, "stop"), reviewed = set_reviewed(s, reason);
    const char *is = stopped || all ? "stopped" : reviewed ? "reviewed" : "automatic";
    g_autofree char *who = safe_text(c ? c->who : ""), *why = safe_text(c ? c->why : "");
    if (shared->json) {
        g_autofree char *at = time_text(c ? c->at : 0);
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "reason", reason);
        json_object_set_string_member(o, "release", is);
        json_object_set_boolean_member(o, "reviewed_by_settings", reviewed);
        set_text(o, "last_change", c ? c->what : NULL);
        set_text(o, "at", at);
        set_text(o, "who", who);
        set_text(o, "why", why);
        print_json(o);
        return;
    }
    g_autofree char *at = time_words(c ? c->at : 0);
    printf("  %-22s %-10s", reason, is);
    if (c)
        printf(" %s %s by %s%s%s", at, c->what, who, why[0] ? ": " : "", why);
    putchar('\n');
}

static int show(const Shared *shared)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(GPtrArray) latest = db ? release_changes(db, true, &error) : NULL;
    g_autoptr(GPtrArray) held = latest ? release_held(db, &error) : NULL;
    if (!held)
        return db ? command_fail(error) : 1;
    const ReleaseChange *all = latest_of(latest, RELEASE_ALL);
    bool stopped = all && !strcmp(all->what, "stop");
    show_reason(shared, settings, RELEASE_ALL, all, false);
    for (int n = 0; n < REASON_COUNT; n++) {
        const char *reason = reason_name((Reason)n);
        show_reason(shared, settings, reason, latest_of(latest, reason), stopped);
    }
    if (!shared->json)
        printf("%u rejections are held back\n", held->len);
    return 0;
}

static int history(const Shared *shared)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(GPtrArray) changes = db ? release_changes(db, false, &error) : NULL;
    if (!changes)
        return db ? command_fail(error) : 1;
    for (unsigned n = 0; n < changes->len; n++) {
        const ReleaseChange *c = changes->pdata[n];
        g_autofree char *at = shared->json ? time_text(c->at) : time_words(c->at);
        g_autofree char *who = safe_text(c->who), *why = safe_text(c->why);
        if (!shared->json) {
            printf("%s  %-8s %-6s %-22s %s\n", at, who, c->what, c->reason, why);
            continue;
        }
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "at", at);
        json_object_set_string_member(o, "who", who);
        json_object_set_string_member(o, "what", c->what);
        json_object_set_string_member(o, "reason", c->reason);
        set_text(o, "why", why);
        print_json(o);
    }
    return 0;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *why = NULL, *as = NULL;
    GOptionEntry entries[] = {
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "Your reason, for the history", "TEXT"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who stops or resumes", "NAME"},
        {0},
    };
    if (!command_options(&command_release, &argc, &argv, entries, 2))
        return 2;
    if (argc == 1)
        return show(shared);
    if (argc == 2 && !strcmp(argv[1], "history"))
        return history(shared);
    if (strcmp(argv[1], "stop") != 0 && strcmp(argv[1], "resume") != 0) {
        fputs("iecctl release: usage: iecctl release [history | stop [REASON] | resume [REASON]]\n",
              stderr);
        return 2;
    }
    const char *const members[] = {
        "command", "release", "what", argv[1], "reason", argc > 2 ? argv[2] : NULL,
        "why",     why,       "as",   as,      NULL};
    return ask_daemon_for(shared, members);
}

const Command command_release = {"release", "[history | stop [REASON] | resume [REASON]]",
                                 "Whether rejections leave without a person; stop them at once",
                                 run};
