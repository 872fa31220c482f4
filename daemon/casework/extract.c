#include "daemon/casework/extract.h"
#include "daemon/casework/facts_bars.h"
#include "daemon/casework/facts_nature.h"
#include "daemon/casework/facts_status.h"
#include "parsers/language.h"
#include <string.h>

/* Texts past these are told of as unread, never silently passed over. */
enum { PASSAGES_MAX = 200, READ_MAX = 2 * 1024 * 1024, LANGUAGE_BYTES = 8192 };

static void passage_free(Passage *p)
{
    wording_free(p->wording);
    g_clear_pointer(&p->spans, g_array_unref);
    g_clear_pointer(&p->hits, g_array_unref);
    g_clear_pointer(&p->dates, g_array_unref);
    g_clear_pointer(&p->references, g_ptr_array_unref);
    g_free(p);
}

static uint32_t scope_of(TextRole role)
{
    switch (role) {
    case TEXT_SUBJECT:
        return RULE_SUBJECT;
    case TEXT_NEW:
        return RULE_WRITER;
    case TEXT_SIGNATURE:
        return RULE_SIGNATURE;
    case TEXT_QUOTED:
    case TEXT_FORWARDED:
    case TEXT_ATTACHMENT:
    case TEXT_ROLE_COUNT:
        break;
    }
    return RULE_PAPERS;
}

static Passage *add_passage(Reading *r, const char *part, const char *text, TextRole role)
{
    Passage *p = g_new0(Passage, 1);
    p->index = r->passages->len;
    p->part = part;
    p->text = text;
    p->length = strlen(text);
    p->role = role;
    p->scope = scope_of(role);
    g_ptr_array_add(r->passages, p);
    return p;
}

static void add_answer(Reading *r, const FormAnswer *a)
{
    if (!a->text)
        return;
    bool in_part = a->offset != G_MAXUINT32 && *r->form->part;
    Passage *p = add_passage(r, in_part ? r->form->part : "form answer", a->text, TEXT_NEW);
    p->base = in_part ? a->offset : 0;
}

/* A form's mail speaks through its answers; its frame and its files say nothing of their own. A
 * choice that the labels do not know, or an answer to an unknown question, is the writer's words.
 */
static void add_form(Reading *r)
{
    static const FormField SPOKEN[] = {FORM_LATE, FORM_WHAT, FORM_WANTED, FORM_REFERENCES};
    static const FormField CHOSEN[] = {FORM_AREA, FORM_RESPONSE, FORM_RELATION, FORM_FOR_WHOM};
    for (unsigned i = 0; i < G_N_ELEMENTS(SPOKEN); i++)
        add_answer(r, &r->form->answers[SPOKEN[i]]);
    for (unsigned i = 0; i < G_N_ELEMENTS(CHOSEN); i++)
        if (!r->form->answers[CHOSEN[i]].means)
            add_answer(r, &r->form->answers[CHOSEN[i]]);
    for (unsigned i = 0; i < r->form->extra->len; i++)
        add_answer(r, &((const FormExtra *)r->form->extra->pdata[i])->answer);
    r->cut |= r->form->cut;
}

static bool is_form_frame(const Reading *r, const TextPart *t)
{
    return r->form && (t->role == TEXT_NEW || t->role == TEXT_SUBJECT ||
                       t->role == TEXT_SIGNATURE || form_owns_file(r->form, t->part));
}

static void add_passages(Reading *r)
{
    size_t total = 0;
    if (r->form)
        add_form(r);
    for (unsigned i = 0; i < r->document->texts->len; i++) {
        const TextPart *t = r->document->texts->pdata[i];
        if (is_form_frame(r, t))
            continue;
        total += strlen(t->text);
        if (r->passages->len >= PASSAGES_MAX || total > READ_MAX) {
            r->cut = true;
            return;
        }
        add_passage(r, t->part, t->text, t->role)->date = t->date;
    }
}

static unsigned paper_hits(const Passage *p, const char *value)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->hits->len; i++) {
        const RuleHit *h = &g_array_index(p->hits, RuleHit, i);
        n += h->rule->fact == RULE_PAPER && !strcmp(h->rule->value, value);
    }
    return n;
}

/* A letter to the complainant speaks of "your complaint"; the complainant's own does not. */
static Paper paper_of(const Passage *p)
{
    bool letter = paper_hits(p, "letter"), interim = paper_hits(p, "interim");
    bool final = paper_hits(p, "final"), acknowledged = paper_hits(p, "acknowledgement");
    if (paper_hits(p, "mp"))
        return PAPER_MP;
    if (paper_hits(p, "authority") && !letter && !final)
        return PAPER_AUTHORITY;
    if (paper_hits(p, "complaint") && p->role == TEXT_ATTACHMENT && !letter)
        return PAPER_COMPLAINT;
    if (final && !interim)
        return letter || !acknowledged ? PAPER_FINAL : PAPER_LETTER;
    if (interim || acknowledged)
        return final ? PAPER_LETTER : PAPER_INTERIM;
    return letter ? PAPER_LETTER : PAPER_OTHER;
}

/* Once known, a paper is read as what it is: the rules of its own scope count in it. */
static void know_paper(Passage *p)
{
    p->paper = paper_of(p);
    switch (p->paper) {
    case PAPER_FINAL:
    case PAPER_INTERIM:
    case PAPER_LETTER:
        p->scope = RULE_PAPERS | RULE_LETTER;
        break;
    case PAPER_COMPLAINT:
    case PAPER_MP:
        p->scope = p->role == TEXT_ATTACHMENT ? RULE_PAPERS | RULE_WRITER : RULE_PAPERS;
        break;
    case PAPER_NONE:
    case PAPER_OTHER:
    case PAPER_AUTHORITY:
        break;
    }
}

static bool begins(const char *text, const char *word)
{
    return !strncmp(text, word, strlen(word));
}

/* Every word passes here. */
static bool is_first_person(const char *word)
{
    switch (word[0]) {
    case 'i':
        return word[1] == ' ';
    case 'm':
        return begins(word, "my ") || begins(word, "me ") || begins(word, "mi ") ||
               begins(word, "mine ");
    case 'w':
        return begins(word, "we ");
    case 'o':
        return begins(word, "our ");
    case 'u':
        return begins(word, "us ");
    case 'f':
        return begins(word, "fy ");
    default:
        return false;
    }
}

static void count_words(Reading *r, const Passage *p)
{
    if (!(p->scope & RULE_WRITER))
        return;
    const Word *words = (const Word *)(void *)p->wording->words->data;
    r->words += p->wording->words->len;
    for (unsigned i = 0; i < p->wording->words->len; i++) {
        const char *word = p->wording->folded + words[i].at;
        r->first_person += is_first_person(word);
    }
}

/* What the sender's own sentences do, and which does each thing most plainly. */
static void read_acts(Reading *r, Passage *p)
{
    p->spans = acts_spans(p->wording);
    acts_score(rules_model(r->rules, MODEL_ACTS), p->wording, p->spans);
    for (unsigned i = 0; i < p->spans->len; i++) {
        const Span *s = &g_array_index(p->spans, Span, i);
        for (unsigned act = 0; act < ACT_COUNT; act++) {
            ActTold *t = &r->told[act];
            if (!t->passage || s->score[act] > t->score)
                *t = (ActTold){p, s, s->score[act]};
        }
    }
}

/* Each hit to the next of its fact, as each fact asks for its own many times. */
static void chain_hits(Reading *r)
{
    uint32_t n = r->hits->len;
    r->next_hit = g_new(uint32_t, n + 1);
    for (int k = 0; k < RULE_FACT_COUNT; k++)
        r->first_hit[k] = n;
    for (uint32_t i = n; i-- > 0;) {
        uint32_t *first = &r->first_hit[g_array_index(r->hits, Hit, i).rule->fact];
        r->next_hit[i] = *first;
        *first = i;
    }
}

static void scan_passages(Reading *r)
{
    const uint32_t paper_scopes = RULE_PAPERS | RULE_LETTER | RULE_WRITER;
    for (unsigned i = 0; i < r->passages->len; i++) {
        Passage *p = r->passages->pdata[i];
        p->wording = wording_new(p->text, p->length);
        r->cut |= p->wording->cut;
        p->hits =
            rules_scan(r->rules, p->wording, p->scope == RULE_PAPERS ? paper_scopes : p->scope);
        if (p->scope == RULE_PAPERS)
            know_paper(p);
        count_words(r, p);
        if (is_writer(p))
            read_acts(r, p);
        for (unsigned j = 0; j < p->hits->len; j++) {
            const RuleHit *at = &g_array_index(p->hits, RuleHit, j);
            Hit h = {p, at, at->rule};
            if (at->rule->scope & p->scope)
                g_array_append_val(r->hits, h);
        }
    }
    chain_hits(r);
}

/* The language of the writer's own text; a form says itself when an answer is in Welsh. */
static void facts_language(Reading *r)
{
    g_autoptr(GString) own = g_string_new(NULL);
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        if (p->scope & RULE_WRITER)
            g_string_append_printf(own, "%.*s\n", (int)MIN(p->length, LANGUAGE_BYTES), p->text);
    }
    TextLanguage language = language_of(own->str, own->len);
    Language said = language == TEXT_WELSH   ? LANGUAGE_CY
                    : language == TEXT_OTHER ? LANGUAGE_OTHER
                                             : LANGUAGE_EN;
    if (said == LANGUAGE_EN && r->form && r->form->welsh)
        said = LANGUAGE_CY;
    r->facts->language = said;
    reading_note_shape(r, "language.words", "language", language_name(said));
}

static void reading_clear(Reading *r)
{
    g_clear_pointer(&r->passages, g_ptr_array_unref);
    g_clear_pointer(&r->hits, g_array_unref);
    g_free(r->next_hit);
    g_clear_pointer(&r->form, form_free);
}

static Reading reading_new(const Document *document, const Rules *rules,
                           const ExtractContext *context)
{
    Reading r = {.document = document,
                 .rules = rules,
                 .context = context,
                 .form = form_read(document, context->form_labels, context->received_at),
                 .today = day_of_instant(context->received_at),
                 .passages = g_ptr_array_new_with_free_func((GDestroyNotify)passage_free),
                 .hits = g_array_new(FALSE, FALSE, sizeof(Hit)),
                 .facts = facts_new()};
    /* "Yesterday" is the day before the form was filled in. */
    if (r.form && r.form->submitted_at)
        r.today = day_of_instant(r.form->submitted_at);
    g_free(r.facts->rules_version);
    r.facts->rules_version = g_strdup(rules_version(rules));
    add_passages(&r);
    scan_passages(&r);
    return r;
}

Facts *facts_extract(const Document *document, const Rules *rules, const ExtractContext *context)
{
    Reading r = reading_new(document, rules, context);
    facts_language(&r);
    facts_nature(&r);
    facts_sender(&r);
    facts_matter(&r);
    facts_response(&r);
    facts_people(&r);
    facts_attention(&r);
    facts_bars(&r);
    facts_kind(&r);
    reading_clear(&r);
    return r.facts;
}

static void train_days(Reading *r, const ExtractTraining *t)
{
    g_autoptr(GArray) all = date_candidates(r);
    for (unsigned i = 0; t->day && i < all->len; i++) {
        const DateFound *d = g_array_index(all, DateCandidate, i).found;
        g_auto(GStrv) features = date_features(r, all, i);
        t->day(d->last, d->loose, features, t->user);
    }
    ResponseTold told = response_told(r);
    g_auto(GStrv) features = t->status ? status_features(r, &told, all) : NULL;
    if (t->status)
        t->status(features, t->user);
}

void facts_train(const Document *document, const Rules *rules, const ExtractContext *context,
                 const ExtractTraining *t)
{
    Reading r = reading_new(document, rules, context);
    g_autoptr(Facts) facts = r.facts;
    if (t->day || t->status)
        train_days(&r, t);
    g_auto(GStrv) nature = t->nature ? nature_features(&r) : NULL;
    if (t->nature)
        t->nature(nature, t->user);
    facts_matter(&r);
    for (unsigned bar = 0; t->bar && bar < bars_count(); bar++) {
        g_auto(GStrv) features = bar_features(&r, bar);
        t->bar(bar_reason(bar), features, t->user);
    }
    reading_clear(&r);
}
