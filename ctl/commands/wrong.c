/* iecctl wrong: rejections found wrong, and what the same rules rejected. */

#include "ctl/commands/ask_daemon.h"
#include "daemon/store/release.h"
#include <stdio.h>
#include <string.h>

static void print_alike(const GPtrArray *alike)
{
    for (unsigned n = 0; n < alike->len; n++)
        printf("  %s\n", (const char *)alike->pdata[n]);
}

static void print_wrong(const Shared *shared, const WrongRejection *w, const GPtrArray *alike)
{
    g_autofree char *reasons = SET_TO_TEXT(w->reasons, reason_name, REASON_COUNT);
    g_autofree char *who = safe_text(w->who), *why = safe_text(w->why);
    g_autofree char *at = shared->json ? time_text(w->at) : time_words(w->at);
    if (!shared->json) {
        printf("%s  %s  reject %s, rules %s\n  found by %s: %s\n  rejected by "
               "the same rules: %u, for one of the same reasons: %u\n",
               w->reference, at, reasons, w->rules_version, who, why, alike->len, w->same);
        print_alike(alike);
        return;
    }
    JsonObject *o = json_object_new();
    JsonArray *cases = json_array_new(), *same = json_array_new();
    for (unsigned n = 0; n < alike->len; n++) {
        g_auto(GStrv) words = g_strsplit(alike->pdata[n], " ", 3);
        json_array_add_string_element(cases, words[0]);
        if (n < w->same)
            json_array_add_string_element(same, words[0]);
    }
    json_object_set_string_member(o, "reference", w->reference);
    json_object_set_string_member(o, "at", at);
    json_object_set_string_member(o, "who", who);
    json_object_set_string_member(o, "why", why);
    set_words(o, "reasons", reasons);
    set_text(o, "policy", w->rules_version);
    json_object_set_array_member(o, "alike", cases);
    json_object_set_array_member(o, "same_reason", same);
    print_json(o);
}

/* All, or those of one case. */
static int list(const Shared *shared, const char *reference)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(GPtrArray) all = db ? release_wrongs(db, &error) : NULL;
    if (!all)
        return db ? command_fail(error) : 1;
    for (unsigned n = 0; n < all->len; n++) {
        const WrongRejection *w = all->pdata[n];
        if (reference && strcmp(w->reference, reference) != 0)
            continue;
        g_autoptr(GPtrArray) alike = release_alike(db, w->decision_id, &error);
        if (!alike)
            return command_fail(error);
        print_wrong(shared, w, alike);
    }
    return 0;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *why = NULL, *as = NULL;
    GOptionEntry entries[] = {
        {"why", 'w', 0, G_OPTION_ARG_STRING, &why, "What was wrong with it, for the history",
         "TEXT"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who found it", "NAME"},
        {0},
    };
    if (!command_options(&command_wrong, &argc, &argv, entries, 1))
        return 2;
    if (argc == 1)
        return list(shared, NULL);
    const char *const members[] = {"command", "wrong", "case", argv[1], "why", why, "as", as, NULL};
    int status = ask_daemon_for(shared, members);
    return status == 0 && !shared->json ? list(shared, argv[1]) : status;
}

const Command command_wrong = {"wrong", "[CASE --why TEXT]",
                               "Mark a rejection as wrong; list what was rejected alike", run};
