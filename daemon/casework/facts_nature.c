#include "daemon/casework/facts_nature.h"
#include <string.h>

static void put_acts(Features *f, const Reading *r)
{
    unsigned spans[ACT_COUNT] = {0};
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        for (unsigned j = 0; p->spans && j < p->spans->len; j++)
            for (unsigned act = 0; act < ACT_COUNT; act++)
                spans[act] += g_array_index(p->spans, Span, j).score[act] > 0;
    }
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        feature_score(f, act_names()[act], reading_act(r, (Act)act));
        const char *count = feature_count(spans[act]);
        feature_put(f, "spans", act_names()[act], strlen(act_names()[act]), count, strlen(count));
    }
}

/* Each rule that hits, once, by whose words they are. */
static void put_rules(Features *f, const Reading *r)
{
    for (unsigned i = 0; i < r->hits->len; i++) {
        const Hit *h = &g_array_index(r->hits, Hit, i);
        feature_once(f, is_writer(h->passage) ? "rule" : "paper", h->rule->id);
    }
}

static unsigned questions(const Reading *r)
{
    unsigned n = 0;
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        for (size_t at = 0; p->role == TEXT_NEW && at < p->length; at++)
            n += p->text[at] == '?';
    }
    return n;
}

static void put_shape(Features *f, const Reading *r)
{
    static const struct {
        unsigned most;
        const char *name;
    } LENGTHS[] = {{25, "25"}, {60, "60"}, {120, "120"}, {250, "250"}, {G_MAXUINT, "long"}};
    unsigned i = 0;
    while (r->words > LENGTHS[i].most)
        i++;
    feature_word(f, "words", LENGTHS[i].name);
    feature_word(f, "questions", feature_count(questions(r)));
    feature_word(f, "attachments", feature_count(r->document->attachments->len));
    feature_word(f, "form", r->form ? "yes" : "no");
}

static void put_nature(Features *f, const Reading *r)
{
    put_acts(f, r);
    put_rules(f, r);
    put_shape(f, r);
}

char **nature_features(const Reading *r)
{
    Features f = {.texts = g_ptr_array_new()};
    put_nature(&f, r);
    return features_end(&f);
}

void facts_nature(Reading *r)
{
    Features f = features_begin(rules_model(r->rules, MODEL_NATURE));
    put_nature(&f, r);
    for (unsigned i = 0; i < NATURE_COUNT; i++)
        r->nature[i] = features_sum(&f, i);
}

/* Log-odds from which a message may complain of nothing. */
static const float ENQUIRY_PERHAPS = -1.5f;

bool is_perhaps_enquiry(const Reading *r)
{
    return r->nature[NATURE_NOT_A_COMPLAINT] > ENQUIRY_PERHAPS;
}
