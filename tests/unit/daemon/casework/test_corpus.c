/* The 60 judged messages of tests/corpus/dev, and the short ones beside them: nobody wrongly turned
 * away, nobody left unanswered, no danger missed; and most decisions right. tests/corpus/score
 * tells the rest of the figures. */
#include "daemon/casework/decide.h"
#include "daemon/casework/extract.h"
#include "daemon/casework/forms_config.h"
#include "tests/lib/judged.h"
#include <string.h>

enum { RIGHT_PERCENT = 85 };

typedef struct Corpus {
    Rules *rules;
    FormLabels *form_labels;
    Calendar *calendar;
    unsigned n, right;
} Corpus;

static Judgement judge(const Corpus *c, const Document *d, Facts **facts)
{
    static const char *const OWN[] = {"iec@homeoffice.gov.uk", NULL};
    static const char *const TRUSTED[] = {"mail.homeoffice.gov.uk", NULL};
    ExtractContext context = {d->topmost_received, CHANNEL_EMAIL, OWN, TRUSTED, c->form_labels};
    *facts = facts_extract(d, c->rules, &context);
    Day received = day_of_instant(d->topmost_received);
    DecideContext with = {c->calendar, received, received, 5, 4, 10, 0};
    Judgement j = {0};
    decide(*facts, &with, &j);
    return j;
}

static bool has_flag(JsonObject *gold, const char *flag)
{
    JsonArray *flags = json_object_get_array_member(gold, "flags");
    for (unsigned i = 0; i < json_array_get_length(flags); i++)
        if (!strcmp(json_array_get_string_element(flags, i), flag))
            return true;
    return false;
}

static void compare(Corpus *c, JsonObject *gold)
{
    const char *file = json_object_get_string_member(gold, "file");
    const char *want = json_object_get_string_member(gold, "decision");
    g_autofree char *path = g_build_filename(TEST_ROOT "/tests/corpus/dev", file, NULL);
    g_autoptr(Document) d = judged_read(path);
    g_autoptr(Facts) facts = NULL;
    g_auto(Judgement) j = judge(c, d, &facts);
    const char *got = decision_name(j.decision);
    c->n++;
    c->right += !strcmp(got, want);
    if (strcmp(got, want) != 0)
        g_test_message("%s: %s, not %s", file, got, want);
    if (j.decision == DECISION_REJECT && strcmp(want, "reject") != 0)
        g_error("%s: wrongly rejected", file);
    if (j.decision == DECISION_NONE && strcmp(want, "none") != 0)
        g_error("%s: left unanswered", file);
    if (has_flag(gold, "urgent") && !(j.flags & BIT(FLAG_URGENT)))
        g_error("%s: danger missed", file);
    for (unsigned i = 0; i < facts->findings->len; i++) {
        const Finding *f = facts->findings->pdata[i];
        for (unsigned k = 0; k < f->evidence->len; k++)
            g_assert_cmpuint(strlen(((const Evidence *)f->evidence->pdata[k])->quote), <=, 240);
    }
}

static void test_dev(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) gold = judged_gold(TEST_ROOT "/tests/corpus/dev");
    message_init();
    Corpus c = {.rules = rules_load(TEST_ROOT "/config", &error)};
    g_assert_no_error(error);
    c.form_labels = forms_config_load(TEST_ROOT "/config", &error);
    g_assert_no_error(error);
    c.calendar = calendar_load(TEST_ROOT "/config/bank-holidays.json", &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < gold->len; i++)
        compare(&c, json_node_get_object(gold->pdata[i]));
    g_test_message("%u of %u decisions right", c.right, c.n);
    g_assert_cmpuint(c.n, ==, 60);
    g_assert_cmpuint(c.right * 100, >=, c.n * RIGHT_PERCENT);
    rules_free(c.rules);
    form_labels_free(c.form_labels);
    calendar_free(c.calendar);
}

/* tests/corpus/near-misses.txt: "accept|ask: the words" a line. */
static void test_near_misses(void)
{
    g_autofree char *text = NULL;
    g_assert_true(
        g_file_get_contents(TEST_ROOT "/tests/corpus/near-misses.txt", &text, NULL, NULL));
    Corpus c = {.rules = rules_load(TEST_ROOT "/config", NULL),
                .form_labels = forms_config_load(TEST_ROOT "/config", NULL),
                .calendar = calendar_load(TEST_ROOT "/config/bank-holidays.json", NULL)};
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *body = strstr(*line, ": ");
        if ((*line)[0] == '#' || !body)
            continue;
        *body = '\0';
        g_autoptr(Document) d = document_new();
        d->topmost_received = day_instant(day_from_iso("2026-11-23"), 10, 0);
        g_ptr_array_add(d->from, mailbox_new("Pat Example", "pat@example.org"));
        g_ptr_array_add(d->texts, text_part_new("body", TEXT_NEW, body + 2));
        g_autoptr(Facts) facts = NULL;
        g_auto(Judgement) j = judge(&c, d, &facts);
        g_auto(GStrv) allowed = g_strsplit(*line, "|", -1);
        if (!g_strv_contains((const char *const *)allowed, decision_name(j.decision)))
            g_error("%s, not %s: %s", decision_name(j.decision), *line, body + 2);
        c.n++;
    }
    g_assert_cmpuint(c.n, >, 80);
    rules_free(c.rules);
    form_labels_free(c.form_labels);
    calendar_free(c.calendar);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/corpus/dev", test_dev);
    g_test_add_func("/corpus/near-misses", test_near_misses);
    return g_test_run();
}
