/* iecctl sample: automatic rejections read again by people who do not know how they were decided.
 */

#include "daemon/casework/sample.h"
#include "ctl/commands/ask_daemon.h"
#include "ctl/commands/case_reading.h"
#include "ctl/commands/explain.h"
#include "daemon/store/samples.h"
#include <stdio.h>
#include <string.h>

static GPtrArray *load_samples(const Shared *shared)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    GPtrArray *all = db ? samples_all(db, &error) : NULL;
    if (db && !all)
        command_fail(error);
    return all;
}

/* Nothing here says how a case was decided. */
static int list(const Shared *shared)
{
    g_autoptr(GPtrArray) all = load_samples(shared);
    unsigned waiting = 0;
    if (!all)
        return 1;
    for (unsigned n = 0; n < all->len; n++) {
        const SampleRow *r = all->pdata[n];
        g_autofree char *week = day_to_iso(r->week);
        if (r->read_at)
            continue;
        waiting++;
        if (!shared->json) {
            printf("%s  of the week of %s\n", r->reference, week);
            continue;
        }
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "reference", r->reference);
        json_object_set_string_member(o, "week", week);
        print_json(o);
    }
    if (!shared->json)
        printf("%u wait to be read; iecctl sample read CASE, then iecctl sample judge CASE "
               "DECISION\n",
               waiting);
    return 0;
}

static void show_message(const ReadFile *f, void *user)
{
    const char *why = f->error ? f->error : f->result->why;
    if (f->error || f->result->document->unreadable) {
        g_autofree char *words = safe_text(why);
        printf("  cannot be read: %s\n", words);
        return;
    }
    const Document *d = f->result->document;
    g_autofree char *subject = safe_text(d->subject);
    printf("subject: %s\n", subject);
    explain_texts_print(d);
    for (unsigned n = 0; n < d->attachments->len; n++) {
        const Attachment *a = d->attachments->pdata[n];
        g_autofree char *name = safe_text(a->name), *type = safe_text(a->type);
        printf("  attachment: %s (%s)\n", name, type);
    }
    putchar('\n');
}

static int read_case(const Shared *shared, const char *reference)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_settings(shared);
    g_autoptr(Db) db = settings ? command_register(settings) : NULL;
    g_autoptr(CaseRow) c = db ? command_case(db, reference) : NULL;
    g_autoptr(SampleRow) r = c ? samples_of_case(db, c->id, &error) : NULL;
    if (error)
        return command_fail(error);
    if (c && (!r || r->read_at))
        fprintf(stderr,
                "iecctl: %s does not wait to be read again; iecctl sample lists what does\n",
                c->reference);
    if (!r || r->read_at)
        return 1;
    g_autofree char *dir = case_reading_rules(settings);
    g_autofree char *at = time_words(c->first_contact_at);
    g_autoptr(CaseReading) reading = case_reading_new(settings);
    if (!case_reading_add(reading, db, c, r->at, &error))
        return command_fail(error);
    printf("%s  first contact %s, by %s\n", c->reference, at, channel_name(c->channel));
    return case_reading_run(reading, dir, show_message, NULL) ? 0 : 1;
}

static void print_figure(const Shared *shared, const SampleFigure *f)
{
    unsigned rate = sample_rate(f->overturned, f->read);
    if (!shared->json) {
        printf("  %-15s %-22s %6u %11u %5u.%u%% %14u\n", f->group, f->name, f->read, f->overturned,
               rate / 10, rate % 10, f->other);
        return;
    }
    JsonObject *o = json_object_new();
    json_object_set_string_member(o, "by", f->group);
    set_text(o, "value", f->name);
    json_object_set_int_member(o, "read", f->read);
    json_object_set_int_member(o, "overturned", f->overturned);
    json_object_set_double_member(o, "rate", (double)rate / 1000);
    json_object_set_int_member(o, "other_reasons", f->other);
    print_json(o);
}

static int report(const Shared *shared, Day since)
{
    g_autoptr(GPtrArray) all = load_samples(shared);
    if (!all)
        return 1;
    g_autoptr(GArray) read = g_array_new(FALSE, TRUE, sizeof(SampleReading));
    unsigned drawn = 0;
    for (unsigned n = 0; n < all->len; n++) {
        const SampleRow *r = all->pdata[n];
        SampleReading s = {r->reasons,        r->language,      r->channel,
                           r->representative, r->read_decision, r->read_reasons};
        if (since != DAY_NONE && r->week < since)
            continue;
        drawn++;
        if (r->read_at)
            g_array_append_val(read, s);
    }
    g_autoptr(GArray) figures =
        sample_figures((const SampleReading *)(void *)read->data, read->len);
    if (!shared->json) {
        printf("drawn %u, read %u\n", drawn, read->len);
        printf("  %-15s %-22s %6s %11s %7s %14s\n", "by", "", "read", "overturned", "rate",
               "other reasons");
    }
    for (unsigned n = 0; n < figures->len; n++)
        print_figure(shared, &g_array_index(figures, SampleFigure, n));
    return 0;
}

static int usage(void)
{
    fputs("iecctl sample: usage: iecctl sample [list | read CASE | judge CASE DECISION "
          "[--reasons A,B] | report [--since DAY]]\n",
          stderr);
    return 2;
}

static int report_since(const Shared *shared, const char *text)
{
    Day since = text ? day_from_iso(text) : DAY_NONE;
    if (!text || since != DAY_NONE)
        return report(shared, since);
    fprintf(stderr, "iecctl sample: --since %s: write a day like 2026-06-01\n", text);
    return 2;
}

static int run(const Shared *shared, int argc, char **argv)
{
    g_autofree char *reasons = NULL, *as = NULL, *since = NULL;
    GOptionEntry entries[] = {
        {"reasons", 'r', 0, G_OPTION_ARG_STRING, &reasons,
         "With judge CASE reject: why you would reject it; see iecctl decide --help", "A,B"},
        {"since", 0, 0, G_OPTION_ARG_STRING, &since, "With report: weeks from this day on", "DAY"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "For root: who read it", "NAME"},
        {0},
    };
    if (!command_options(&command_sample, &argc, &argv, entries, 3))
        return 2;
    const char *word = argc > 1 ? argv[1] : "list";
    if (argc <= 2 && !strcmp(word, "list"))
        return list(shared);
    if (argc == 2 && !strcmp(word, "report"))
        return report_since(shared, since);
    if (argc == 3 && !strcmp(word, "read"))
        return read_case(shared, argv[2]);
    if (argc != 4 || strcmp(word, "judge") != 0)
        return usage();
    const char *const members[] = {"command", "sample-judge", "case", argv[2], "decision", argv[3],
                                   "reasons", reasons,        "as",   as,      NULL};
    return ask_daemon_for(shared, members);
}

const Command command_sample = {"sample", "[list | read CASE | judge CASE DECISION | report]",
                                "Automatic rejections to be read again blind, and what came of it",
                                run};
