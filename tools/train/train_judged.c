/* train_judged OUT FOLDER...: fits the models that read a message as a whole to judged messages:
 * which of the days told is the final response's own and which its arrival (facts_dates.h), whether
 * there is one (facts_status.h), how sure a bar is (facts_bars.c), what sort of message it is
 * (facts_nature.h). OUT is a folder like config/, with acts.model and the folds that train_acts
 * left there; each message is read with the models of the fold that does not know it. Writes
 * OUT/{dates,status,bars,nature}.model, and those of the folds. Prints how well unseen messages are
 * told. */
#include "daemon/casework/extract.h"
#include "daemon/casework/forms_config.h"
#include "tests/lib/judged.h"
#include "tools/train/trainer.h"

enum {
    CLASS_DATE = 1,
    CLASS_RECEIVED = 2,
    CLASS_GIVEN = 1,
    CLASS_NONE = 2,
    CLASS_WHOLE = 1,
    CLASS_POSSIBLE = 2
};

typedef struct Corpus {
    GPtrArray *paths, *documents, *gold; /* char *, Document, JsonObject */
    FormLabels *form_labels;
} Corpus;

typedef struct Message {
    Trainer *trainer;
    const char *path;
    JsonObject *gold;
    JsonObject *response; /* gold's final_response */
} Message;

static Day day_in(JsonObject *o, const char *key)
{
    JsonNode *n = json_object_get_member(o, key);
    const char *text = n && JSON_NODE_HOLDS_VALUE(n) ? json_node_get_string(n) : NULL;
    return text ? day_from_iso(text) : DAY_NONE;
}

/* Gold holds exact days only, so of a loose one nothing is known. */
static void each_day(Day day, bool loose, char **features, void *user)
{
    const Message *m = user;
    uint32_t classes = (day == day_in(m->response, "date") ? CLASS_DATE : 0) |
                       (day == day_in(m->response, "received") ? CLASS_RECEIVED : 0);
    if (!loose)
        trainer_add(m->trainer, m->path, classes, CLASS_DATE | CLASS_RECEIVED, features, 1);
}

static void each_status(char **features, void *user)
{
    const Message *m = user;
    const char *status = json_object_get_string_member(m->response, "status");
    uint32_t classes = !g_strcmp0(status, "given")  ? CLASS_GIVEN
                       : !g_strcmp0(status, "none") ? CLASS_NONE
                                                    : 0;
    trainer_add(m->trainer, m->path, classes, CLASS_GIVEN | CLASS_NONE, features, 1);
}

static bool holds(JsonObject *o, const char *list, const char *word)
{
    JsonArray *a = json_object_get_array_member(o, list);
    for (unsigned i = 0; i < json_array_get_length(a); i++)
        if (!strcmp(json_array_get_string_element(a, i), word))
            return true;
    return false;
}

static bool has_sign(char **features, const char *sign)
{
    return g_strv_contains((const char *const *)features, sign);
}

/* Of a message that line 2 sends to a person nothing is known of the bars; of one sent for a
 * possible bar, not which it is: those that show signs learn it. */
static void each_bar(Reason reason, char **features, void *user)
{
    const Message *m = user;
    const char *name = reason_name(reason);
    const char *decision = json_object_get_string_member(m->gold, "decision");
    bool perhaps = holds(m->gold, "refer", "possible-bar") || holds(m->gold, "refer", "mixed");
    bool told = has_sign(features, "told 0") || !has_sign(features, "stated 0") ||
                !has_sign(features, "perhaps 0") || !has_sign(features, "unsure 0");
    uint32_t classes = 0, known = CLASS_WHOLE | CLASS_POSSIBLE;
    const char *area = json_object_get_string_member(m->gold, "business_area");
    if (reason == REASON_NOT_IN_REMIT && !strcmp(area, area_name(AREA_OTHER_HOME_OFFICE)))
        known = 0;
    else if (holds(m->gold, "reasons", name))
        classes = CLASS_WHOLE;
    else if (holds(m->gold, "reasons_optional", name))
        known = 0;
    else if (perhaps && told)
        classes = CLASS_POSSIBLE;
    else if (perhaps)
        known = CLASS_WHOLE;
    else if (!strcmp(decision, "refer"))
        known = 0;
    trainer_add(m->trainer, m->path, classes, known, features, 1);
}

static bool is_text(JsonObject *o, const char *key)
{
    JsonNode *n = json_object_get_member(o, key);
    return n && !JSON_NODE_HOLDS_NULL(n);
}

/* What gold says only of some messages is known only of those: lateness needs no reason in time. */
static void each_nature(char **features, void *user)
{
    const Message *m = user;
    bool accepted = !strcmp(json_object_get_string_member(m->gold, "decision"), "accept");
    bool behalf = is_text(m->gold, "representative") || holds(m->gold, "flags", "representative");
    bool excused = holds(m->gold, "refer", "late-with-reason");
    bool unauthorised = holds(m->gold, "asks", "authority");
    const struct {
        bool known, holds;
    } CLASSES[NATURE_COUNT] = {
        [NATURE_URGENT] = {true, holds(m->gold, "flags", "urgent")},
        [NATURE_NOT_A_COMPLAINT] = {true, holds(m->gold, "refer", "not-a-complaint")},
        [NATURE_ABOUT_US] = {true, holds(m->gold, "refer", "about-this-office")},
        [NATURE_LATE_REASON] = {excused || holds(m->gold, "reasons", "out-of-time"), excused},
        [NATURE_BEHALF] = {true, behalf},
        [NATURE_AUTHORISED] = {behalf && (accepted || unauthorised), !unauthorised},
    };
    uint32_t classes = 0, known = 0;
    for (unsigned i = 0; i < NATURE_COUNT; i++) {
        classes |= CLASSES[i].holds ? 1u << i : 0;
        known |= CLASSES[i].known ? 1u << i : 0;
    }
    trainer_add(m->trainer, m->path, classes, known, features, 1);
}

static void read_message(const Corpus *c, unsigned i, const Rules *rules, Trainer *t,
                         const ExtractTraining *what)
{
    static const char *const OWN[] = {"iec@homeoffice.gov.uk", NULL};
    const Document *d = c->documents->pdata[i];
    JsonObject *gold = c->gold->pdata[i];
    const char *kind = json_object_get_string_member(gold, "kind");
    Message m = {t, c->paths->pdata[i], gold,
                 json_object_get_object_member(gold, "final_response")};
    ExtractContext context = {d->topmost_received, CHANNEL_EMAIL, OWN, OWN, c->form_labels};
    ExtractTraining training = *what;
    training.user = &m;
    bool person = !strcmp(kind, "complaint") || (!strcmp(kind, "follow-up") && what->nature);
    if (person)
        facts_train(d, rules, &context, &training);
}

static Corpus read_corpus(int n, char **folders)
{
    Corpus c = {g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new(), NULL};
    for (int i = 0; i < n; i++) {
        GPtrArray *gold = judged_gold(folders[i]);
        for (unsigned k = 0; k < gold->len; k++) {
            JsonObject *o = json_node_get_object(gold->pdata[k]);
            char *path =
                g_build_filename(folders[i], json_object_get_string_member(o, "file"), NULL);
            g_ptr_array_add(c.paths, path);
            g_ptr_array_add(c.documents, judged_read(path));
            g_ptr_array_add(c.gold, o);
        }
    }
    return c;
}

static char *fold_dir(const char *out, int fold)
{
    return fold < 0 ? g_strdup(out) : g_strdup_printf("%s/fold%d", out, fold);
}

/* The examples, each message read with the models that do not know it. */
static bool read_all(const Corpus *c, const char *out, Trainer *t, const ExtractTraining *what)
{
    for (int fold = 0; fold < TRAINER_FOLDS; fold++) {
        g_autofree char *dir = fold_dir(out, fold);
        g_autoptr(GError) error = NULL;
        g_autoptr(Rules) rules = rules_load(dir, &error);
        if (!rules) {
            fprintf(stderr, "%s\n", error->message);
            return false;
        }
        for (unsigned i = 0; i < c->paths->len; i++)
            if (trainer_fold(c->paths->pdata[i]) == fold)
                read_message(c, i, rules, t, what);
    }
    return true;
}

typedef struct Weighed {
    RuleModel model;
    const char *about;
    ExtractTraining training;
} Weighed;

static bool fit(const Corpus *c, const char *out, const Weighed *w)
{
    g_autoptr(Trainer) t = trainer_new(rule_model_classes(w->model), 2e-2f, 0);
    g_autofree char *comment =
        g_strdup_printf("# %s. Made by make train from the judged messages of "
                        "tests/corpus.\n",
                        w->about);
    if (!read_all(c, out, t, &w->training))
        return false;
    if (!g_getenv("IECD_TRAIN_QUIETLY"))
        trainer_check(t, stdout);
    for (int fold = -1; fold < TRAINER_FOLDS; fold++) {
        g_autofree char *dir = fold_dir(out, fold);
        g_autofree char *path = g_build_filename(dir, rule_model_file(w->model), NULL);
        trainer_fit(t, fold);
        if (trainer_write(t, path, comment))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static const Weighed ALL[] = {
        {MODEL_DATES, "Which day is the final response's", {.day = each_day}},
        {MODEL_STATUS, "Whether there is a final response", {.status = each_status}},
        {MODEL_BARS, "How sure a bar of policy 5 is", {.bar = each_bar}},
        {MODEL_NATURE, "What sort of message it is", {.nature = each_nature}},
    };
    if (argc < 3) {
        fputs("usage: train_judged OUT FOLDER...\n", stderr);
        return 2;
    }
    message_init();
    Corpus c = read_corpus(argc - 2, argv + 2);
    c.form_labels = forms_config_load(argv[1], NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(ALL); i++)
        if (!fit(&c, argv[1], &ALL[i]))
            return 1;
    return 0;
}
