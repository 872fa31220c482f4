/* train_acts OUT FILE.tsv...: fits the model of config/acts.h to sentences labelled with what
 * they do. A line is "acts<TAB>text", acts parted by spaces or "-" for none of them; a line of
 * "@ group" opens the sentences of one message. Writes OUT/acts.model, and OUT/fold0/acts.model to
 * OUT/fold4/acts.model, each fitted without a fifth of the messages, so that what is trained on top
 * of it sees it as it is on messages it does not know. Prints how well those are told. */
#include "config/acts.h"
#include "tools/train/trainer.h"
#include <string.h>

static uint32_t acts_of(const char *text, const char *where)
{
    uint32_t bits = 0;
    g_auto(GStrv) names = g_strsplit(text, " ", -1);
    for (char **name = names; *name; name++) {
        int k = -1;
        for (int i = 0; i < ACT_COUNT; i++)
            k = !strcmp(act_names()[i], *name) ? i : k;
        if (k >= 0)
            bits |= 1u << k;
        else if (**name && strcmp(*name, "-") != 0)
            fprintf(stderr, "%s: no act is named \"%s\"\n", where, *name);
    }
    return bits;
}

/* A sentence longer than a span teaches by each of its spans only where it does nothing. */
static void add_text(Trainer *t, const char *group, uint32_t acts, const char *text)
{
    g_autoptr(Wording) w = wording_new(text, strlen(text));
    g_autoptr(GArray) spans = acts_spans(w);
    if (spans->len == 0)
        return;
    if (acts) {
        Span whole = {.first = 0, .last = w->words->len - 1};
        g_auto(GStrv) features = acts_features(w, &whole);
        trainer_add(t, group, acts, ~0u, features, 1);
        return;
    }
    for (unsigned i = 0; i < spans->len; i++) {
        g_auto(GStrv) features = acts_features(w, &g_array_index(spans, Span, i));
        trainer_add(t, group, 0, ~0u, features, 1);
    }
}

static bool read_file(Trainer *t, const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, NULL, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return false;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *group = g_strdup("");
    for (unsigned i = 0; lines[i]; i++) {
        g_autofree char *where = g_strdup_printf("%s:%u", path, i + 1);
        char *tab = strchr(lines[i], '\t');
        if (g_str_has_prefix(lines[i], "@ ")) {
            g_free(group);
            group = g_strdup(lines[i] + 2);
        } else if (tab) {
            *tab = '\0';
            g_autofree char *own = *group ? g_strdup(group) : g_strdup(where);
            add_text(t, own, acts_of(lines[i], where), tab + 1);
        }
    }
    return true;
}

static const char COMMENT[] =
    "# What sentences do (config/acts.h). Made by make train from tests/corpus/acts/.\n";

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: train_acts OUT FILE.tsv...\n", stderr);
        return 2;
    }
    g_autoptr(Trainer) t = trainer_new(act_names(), 2e-3f, 0.4f);
    for (int i = 2; i < argc; i++)
        if (!read_file(t, argv[i]))
            return 1;
    if (!g_getenv("IECD_TRAIN_QUIETLY"))
        trainer_check(t, stdout);
    for (int fold = -1; fold < TRAINER_FOLDS; fold++) {
        g_autofree char *dir =
            fold < 0 ? g_strdup(argv[1]) : g_strdup_printf("%s/fold%d", argv[1], fold);
        g_autofree char *path = g_build_filename(dir, "acts.model", NULL);
        g_mkdir_with_parents(dir, 0755);
        trainer_fit(t, fold);
        if (trainer_write(t, path, COMMENT))
            return 1;
    }
    return 0;
}
