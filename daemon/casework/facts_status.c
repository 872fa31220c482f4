#include "daemon/casework/facts_status.h"
#include "daemon/casework/facts_nature.h"
#include <string.h>

static bool papers_unread(const Reading *r)
{
    for (unsigned i = 0; i < r->document->attachments->len; i++)
        if (attachment_unread(r->document->attachments->pdata[i]))
            return true;
    return false;
}

/* Of two final letters the later counts: the second stage's. */
static Passage *later_letter(Reading *r, Passage *held, Passage *p)
{
    return held && letter_date(r, held) > letter_date(r, p) ? held : p;
}

static void note_response_hit(ResponseTold *t, const Rule *rule)
{
    if (!strcmp(rule->value, "given")) {
        t->given |= rule->states;
        t->hinted |= !rule->states;
    } else if (!strcmp(rule->value, "none")) {
        t->never_complained |= rule->states;
        t->no_answer |= !rule->states;
    } else if (!strcmp(rule->value, "not-final")) {
        t->only_acknowledged |= rule->states;
    } else if (!strcmp(rule->value, "complained")) {
        t->complained = true;
    } else if (!strcmp(rule->value, "enclosed")) {
        t->enclosed = true;
    }
}

ResponseTold response_told(Reading *r)
{
    ResponseTold t = {.unread = papers_unread(r)};
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_RESPONSE, NULL));)
        if (is_writer(h->passage))
            note_response_hit(&t, h->rule);
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_SIGNPOST, "iec"));)
        t.signpost |= is_writer(h->passage);
    for (unsigned i = 0; i < r->passages->len; i++) {
        Passage *p = r->passages->pdata[i];
        if (p->paper == PAPER_FINAL)
            t.final = later_letter(r, t.final, p);
        else if (p->paper == PAPER_INTERIM)
            t.interim = p;
        else if (p->paper == PAPER_LETTER)
            t.letter = p;
    }
    return t;
}

/* ---- features */

static void put_acts(Features *f, const Reading *r)
{
    for (unsigned act = 0; act < ACT_COUNT; act++)
        feature_score(f, act_names()[act], reading_act(r, (Act)act));
}

/* Which of the answers told stands last: "they replied in May; I asked again and heard nothing". */
static void put_order(Features *f, const Reading *r)
{
    static const Act ACTS[] = {ACT_GIVEN, ACT_FINAL, ACT_SILENT, ACT_NONE, ACT_COMPLAINED};
    const char *last = "nothing", *before = "nothing";
    unsigned given = 0;
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        for (unsigned j = 0; p->spans && j < p->spans->len; j++) {
            const Span *s = &g_array_index(p->spans, Span, j);
            int best = -1;
            for (unsigned k = 0; k < G_N_ELEMENTS(ACTS); k++)
                if (s->score[ACTS[k]] > 0 && (best < 0 || s->score[ACTS[k]] > s->score[ACTS[best]]))
                    best = (int)k;
            if (best < 0)
                continue;
            before = last;
            last = act_names()[ACTS[best]];
            given += ACTS[best] == ACT_GIVEN || ACTS[best] == ACT_FINAL;
        }
    }
    static const char *const COUNTS[] = {"0", "1", "2", "3"};
    feature_word(f, "last", last);
    feature_put(f, "order", before, strlen(before), last, strlen(last));
    feature_word(f, "answers", COUNTS[MIN(given, 3)]);
}

static void put_flag(Features *f, const char *name, bool holds)
{
    if (holds)
        feature_word(f, "told", name);
}

static void put_told(Features *f, const ResponseTold *t)
{
    put_flag(f, "given", t->given);
    put_flag(f, "hinted", t->hinted);
    put_flag(f, "signpost", t->signpost);
    put_flag(f, "enclosed", t->enclosed);
    put_flag(f, "complained", t->complained);
    put_flag(f, "never", t->never_complained);
    put_flag(f, "no-answer", t->no_answer);
    put_flag(f, "acknowledged", t->only_acknowledged);
    put_flag(f, "unread", t->unread);
    put_flag(f, "final-letter", t->final);
    put_flag(f, "interim-letter", t->interim);
    put_flag(f, "letter", t->letter);
}

/* Which rules of the response hit, in the sender's words or in a letter. */
static void put_rules(Features *f, const Reading *r)
{
    for (unsigned i = 0; i < r->hits->len; i++) {
        const Hit *h = &g_array_index(r->hits, Hit, i);
        RuleFact fact = h->rule->fact;
        if (fact == RULE_RESPONSE || fact == RULE_SIGNPOST || fact == RULE_PAPER)
            feature_once(f, is_writer(h->passage) ? "rule" : "paper", h->rule->id);
    }
}

static void put_dates(Features *f, const Reading *r, const GArray *dates)
{
    float date = ACT_NOT_TOLD, received = ACT_NOT_TOLD;
    for (unsigned i = 0; i < dates->len; i++) {
        const DateCandidate *c = &g_array_index(dates, DateCandidate, i);
        if (c->found->first > r->today)
            continue;
        date = MAX(date, c->date);
        received = MAX(received, c->received);
    }
    feature_score(f, "date", date);
    feature_score(f, "received", received);
}

static void put_status(Features *f, const Reading *r, const ResponseTold *t, const GArray *dates)
{
    put_acts(f, r);
    put_order(f, r);
    put_told(f, t);
    put_rules(f, r);
    put_dates(f, r, dates);
}

char **status_features(const Reading *r, const ResponseTold *t, const GArray *dates)
{
    Features f = {.texts = g_ptr_array_new()};
    put_status(&f, r, t, dates);
    return features_end(&f);
}

/* ---- status */

/* Log-odds from which each is taken. What is said outright needs less than silence told by the way.
 */
static const float GIVEN_TAKEN = 0, GIVEN_DENIED = -1, NONE_TAKEN = 1.3f, NONE_SAID_TAKEN = 0.3f,
                   ANSWER_TOLD = 0.5f, NONE_DOUBTED_TAKEN = 2, NONE_PLAIN = 2.5f,
                   GIVEN_PLAINLY_DENIED = -2.5f, GIVEN_PLAIN = 4, COMPLAINT_TOLD = 1,
                   NOBODY_TOLD = 1;

/* True where the sentence that does the act most plainly has a word of denial or waiting in it. */
static bool denies(const Reading *r, Act act)
{
    const ActTold *t = &r->told[act];
    const Hit *h;
    for (unsigned i = 0; reading_act(r, act) > 0 && (h = reading_next(r, &i, RULE_NEGATIVE, NULL));)
        if (h->passage == t->passage && h->at->first >= t->span->first &&
            h->at->last <= t->span->last)
            return true;
    return false;
}

/* True where a day told reads like the day of an answer. */
static bool is_dated(const Reading *r, const GArray *dates)
{
    for (unsigned i = 0; i < dates->len; i++) {
        const DateCandidate *c = &g_array_index(dates, DateCandidate, i);
        if (c->found->first <= r->today && MAX(c->date, c->received) > ANSWER_TOLD)
            return true;
    }
    return false;
}

/* Silence is about a complaint only where one is told of: an application, an enquiry or an error
 * reported may be what nobody answered. */
static bool complaint_told(const Reading *r, const ResponseTold *t)
{
    bool referenced = false;
    for (unsigned i = 0; i < r->facts->references->len; i++)
        referenced |= !strcmp(((Reference *)r->facts->references->pdata[i])->type, "decs");
    return t->complained || t->never_complained || t->interim || referenced ||
           reading_act(r, ACT_COMPLAINED) > COMPLAINT_TOLD ||
           reading_act(r, ACT_NONE) > NOBODY_TOLD;
}

ResponseStatus response_status(const Reading *r, const ResponseTold *t, const GArray *dates)
{
    if (t->final)
        return RESPONSE_GIVEN;
    Features f = features_begin(rules_model(r->rules, MODEL_STATUS));
    put_status(&f, r, t, dates);
    float given = features_sum(&f, 0), none = features_sum(&f, 1);
    bool told = denies(r, ACT_SILENT) || denies(r, ACT_NONE);
    bool said = t->never_complained || t->only_acknowledged || t->interim;
    float enough =
        t->hinted || (t->never_complained && t->complained) ? NONE_DOUBTED_TAKEN : NONE_SAID_TAKEN;
    /* Said outright both ways, only what the rest of the message leaves no doubt of settles it. */
    if (t->given && t->never_complained && given < GIVEN_PLAIN)
        return RESPONSE_UNKNOWN;
    if (given > GIVEN_TAKEN && given > none)
        return RESPONSE_GIVEN;
    /* A letter that could not be read is never taken for silence. */
    if (t->unread && !t->never_complained)
        return RESPONSE_UNKNOWN;
    /* Where the whole message speaks of waiting, one phrase that could be an answer is none. */
    bool ground = said || told || t->no_answer;
    /* Whoever complains of nothing has no complaint unanswered. */
    if (is_perhaps_enquiry(r) || !complaint_told(r, t))
        return RESPONSE_UNKNOWN;
    if (ground && !r->cut && none > NONE_PLAIN && given < GIVEN_PLAINLY_DENIED)
        return RESPONSE_NONE;
    /* Nor is silence before the answer, or a holding letter before it, for there being none. */
    bool perhaps = reading_act(r, ACT_FINAL) > ANSWER_TOLD || is_dated(r, dates) ||
                   (t->hinted && reading_act(r, ACT_GIVEN) > ANSWER_TOLD);
    /* Unless it may be the interim letter that is here, or nobody was complained to. */
    bool plainly = t->interim || (t->never_complained && !t->complained && !t->hinted);
    if (r->cut || t->given || t->signpost || (perhaps && !plainly))
        return RESPONSE_UNKNOWN;
    if (given < GIVEN_DENIED &&
        ((said && none > enough) || ((t->no_answer || told) && none > NONE_TAKEN)))
        return RESPONSE_NONE;
    return RESPONSE_UNKNOWN;
}
