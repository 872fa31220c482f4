#include "ctl/commands/dry_run.h"
#include "config/paths.h"
#include "ctl/commands/case_reading.h"
#include "daemon/casework/decide_settings.h"
#include "daemon/casework/merge.h"
#include "daemon/store/rule_sets.h"
#include <stdio.h>
#include <string.h>

/* One case, where its files stand among all, and how each rule set judges it. */
typedef struct Trial {
    CaseRow *row;
    unsigned first, count;
    Judgement before, after;
} Trial;

typedef struct Trials {
    GArray *list; /* Trial */
    CaseReading *reading;
    Calendar *calendar;
} Trials;

static void trial_clear(void *data)
{
    Trial *t = data;
    case_row_free(t->row);
    judgement_clear(&t->before);
    judgement_clear(&t->after);
}

static void trials_clear(Trials *t)
{
    g_clear_pointer(&t->list, g_array_unref);
    g_clear_pointer(&t->reading, case_reading_free);
    g_clear_pointer(&t->calendar, calendar_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trials, trials_clear)

static void change_free(void *data)
{
    DryChange *c = data;
    g_free(c->reference);
    g_free(c->before);
    g_free(c->after);
    g_free(c);
}

void dry_run_free(DryRun *r)
{
    if (!r)
        return;
    g_free(r->version);
    g_free(r->figures);
    g_ptr_array_unref(r->changes);
    g_free(r);
}

static bool take_cases(Trials *t, const Settings *settings, Db *db, unsigned most, GError **error)
{
    g_autoptr(GArray) ids = rule_sets_trial_cases(db, most, error);
    t->list = g_array_new(FALSE, TRUE, sizeof(Trial));
    g_array_set_clear_func(t->list, trial_clear);
    t->reading = case_reading_new(settings);
    for (unsigned n = 0; ids && n < ids->len; n++) {
        Trial trial = {.row = cases_load(db, g_array_index(ids, int64_t, n), error),
                       .first = t->reading->files->len};
        if (!trial.row)
            return false;
        if (!case_reading_add(t->reading, db, trial.row, 0, error)) {
            case_row_free(trial.row);
            return false;
        }
        trial.count = t->reading->files->len - trial.first;
        g_array_append_val(t->list, trial);
    }
    return ids != NULL;
}

/* Facts of every file, in order; a message that cannot be read is one for a person. */
static void keep_facts(const ReadFile *f, void *user)
{
    GPtrArray *facts = user;
    bool read = f->result && f->result->facts;
    g_ptr_array_add(facts, read ? g_steal_pointer(&f->result->facts)
                                : facts_unreadable("", "it cannot be read"));
}

static bool judge_all(Trials *t, const Settings *settings, const char *dir, bool after)
{
    g_autoptr(GPtrArray) facts = g_ptr_array_new_with_free_func((GDestroyNotify)facts_free);
    (void)case_reading_run(t->reading, dir, keep_facts, facts);
    if (facts->len != t->reading->files->len) /* no reader could be started, which was said */
        return false;
    for (unsigned n = 0; n < t->list->len; n++) {
        Trial *trial = &g_array_index(t->list, Trial, n);
        g_autoptr(GPtrArray) own = g_ptr_array_new();
        for (unsigned k = 0; k < trial->count; k++)
            g_ptr_array_add(own, facts->pdata[trial->first + k]);
        g_autoptr(Facts) merged = own->len ? facts_merge(own) : facts_new();
        DecideContext c =
            decide_context(settings, t->calendar, day_of_instant(trial->row->received_at),
                           day_of_instant(trial->row->first_contact_at));
        decide(merged, &c, after ? &trial->after : &trial->before);
    }
    return true;
}

static char *words_of(const Judgement *j)
{
    g_autofree char *reasons = SET_TO_TEXT(j->reasons, reason_name, REASON_COUNT);
    g_autofree char *asks = SET_TO_TEXT(j->asks, ask_name, ASK_COUNT);
    g_autofree char *refer = SET_TO_TEXT(j->refer, refer_name, REFER_COUNT);
    const char *detail = reasons[0] ? reasons : asks[0] ? asks : refer;
    bool reviewed = j->decision == DECISION_REJECT && j->release == RELEASE_REVIEWED;
    return g_strdup_printf("%s%s%s%s", decision_name(j->decision), detail[0] ? " " : "", detail,
                           reviewed ? " (reviewed)" : "");
}

static void compare(const Trials *t, DryRun *run, unsigned moves[DECISION_COUNT][DECISION_COUNT])
{
    for (unsigned n = 0; n < t->list->len; n++) {
        const Trial *trial = &g_array_index(t->list, Trial, n);
        DryChange c = {g_strdup(trial->row->reference), words_of(&trial->before),
                       words_of(&trial->after)};
        DryChange *kept = g_memdup2(&c, sizeof c);
        run->cases++;
        if (!strcmp(c.before, c.after)) {
            change_free(kept);
            continue;
        }
        run->changed++;
        moves[trial->before.decision][trial->after.decision]++;
        g_ptr_array_add(run->changes, kept);
    }
}

static char *figures_of(unsigned moves[DECISION_COUNT][DECISION_COUNT])
{
    GString *text = g_string_new(NULL);
    for (int from = 0; from < DECISION_COUNT; from++)
        for (int to = 0; to < DECISION_COUNT; to++) {
            if (!moves[from][to])
                continue;
            g_string_append_printf(text, "%s%s to %s %u", text->len ? ", " : "",
                                   decision_name((Decision)from), decision_name((Decision)to),
                                   moves[from][to]);
        }
    return g_string_free(text, FALSE);
}

/* The version that the readers state of these rules; NULL with an error. g_free. */
static char *version_of(const char *dir, GError **error)
{
    g_autofree char *reader = program_path("iecd-reader");
    ReaderPoolConfig config = {.reader_path = reader,
                               .config_dir = dir,
                               .children = 1,
                               .docs_children = 1,
                               .wall_s = 10,
                               .docs_wall_s = 60};
    g_autoptr(ReaderPool) pool = reader_pool_new(&config, error);
    return pool ? g_strdup(reader_pool_rules_version(pool)) : NULL;
}

static bool prepare(Trials *t, const Settings *settings, Db *db, unsigned most, GError **error)
{
    g_autofree char *data = case_reading_rules(settings);
    g_autofree char *holidays = g_build_filename(data, "bank-holidays.json", NULL);
    t->calendar = calendar_load(holidays, error);
    return t->calendar && take_cases(t, settings, db, most, error);
}

DryRun *dry_run(const Settings *settings, Db *db, const char *dir, unsigned most)
{
    g_autoptr(GError) error = NULL;
    g_auto(Trials) t = {0};
    g_autofree char *version = version_of(dir, &error);
    g_autofree char *in_force = case_reading_rules(settings);
    if (!version || !prepare(&t, settings, db, most, &error)) {
        command_fail(error);
        return NULL;
    }
    if (!judge_all(&t, settings, in_force, false) || !judge_all(&t, settings, dir, true))
        return NULL;
    unsigned moves[DECISION_COUNT][DECISION_COUNT] = {0};
    DryRun *run = g_new0(DryRun, 1);
    run->version = g_steal_pointer(&version);
    run->changes = g_ptr_array_new_with_free_func(change_free);
    compare(&t, run, moves);
    run->figures = figures_of(moves);
    return run;
}
