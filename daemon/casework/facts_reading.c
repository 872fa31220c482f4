#include "daemon/casework/facts_reading.h"
#include "daemon/model/address.h"
#include "parsers/references.h"
#include <string.h>

/* Goes on from the hit returned last, whose fact is the same. */
const Hit *reading_next(const Reading *r, unsigned *i, RuleFact fact, const char *value)
{
    uint32_t at = *i && *i <= r->hits->len ? r->next_hit[*i - 1] : r->first_hit[fact];
    for (; at < r->hits->len; at = r->next_hit[at]) {
        const Hit *h = &g_array_index(r->hits, Hit, at);
        if (!value || !strcmp(h->rule->value, value)) {
            *i = at + 1;
            return h;
        }
    }
    *i = r->hits->len;
    return NULL;
}

unsigned reading_count(const Reading *r, RuleFact fact, const char *value, bool hinted)
{
    unsigned n = 0;
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, fact, value));)
        n += hinted || h->rule->states;
    return n;
}

const char *reading_chosen(const Reading *r, FormField field)
{
    return r->form ? r->form->answers[field].means : NULL;
}

void reading_note_place(Reading *r, const char *rule, const char *name, const char *value,
                        const Passage *p, uint32_t offset, uint32_t length)
{
    const Finding *f = facts_add(r->facts, rule, name, value, p->part, offset, length, p->text);
    if (f->evidence->len)
        ((Evidence *)f->evidence->pdata[0])->offset += p->base;
}

void reading_note(Reading *r, const Hit *h, const char *name, const char *value)
{
    /* A form answer that came from a file has no place in a text: its words alone are kept. */
    reading_note_place(r, h->rule->id, name, value, h->passage, h->at->offset, h->at->length);
}

void reading_note_first(Reading *r, RuleFact fact, const char *value, const char *name,
                        const char *as)
{
    unsigned i = 0;
    const Hit *h = reading_next(r, &i, fact, value);
    if (h)
        reading_note(r, h, name, as);
}

float reading_act(const Reading *r, Act act)
{
    return r->told[act].passage ? r->told[act].score : ACT_NOT_TOLD;
}

void reading_note_act(Reading *r, Act act, const char *name, const char *value)
{
    const ActTold *t = &r->told[act];
    if (!t->passage)
        return;
    g_autofree char *rule = g_strdup_printf("act.%s", act_names()[act]);
    const Word *a = &g_array_index(t->passage->wording->words, Word, t->span->first);
    const Word *z = &g_array_index(t->passage->wording->words, Word, t->span->last);
    reading_note_place(r, rule, name, value, t->passage, a->offset,
                       z->offset + z->length - a->offset);
}

void reading_note_shape(Reading *r, const char *rule, const char *name, const char *value)
{
    facts_add(r->facts, rule, name, value, NULL, 0, 0, NULL);
}

bool is_writer(const Passage *p)
{
    return p->scope & (RULE_WRITER | RULE_SUBJECT);
}

uint32_t passage_word_at(const Passage *p, uint32_t offset)
{
    const GArray *words = p->wording->words;
    uint32_t low = 0, high = words->len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (g_array_index(words, Word, middle).offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

const GArray *passage_dates(const Reading *r, Passage *p)
{
    if (!p->dates)
        p->dates = dates_find(p->text, p->length, r->today);
    return p->dates;
}

const GPtrArray *passage_references(Passage *p)
{
    if (!p->references)
        p->references = references_find(p->text, p->length);
    return p->references;
}

bool attachment_unread(const Attachment *a)
{
    return a->read == READ_FAILED || a->read == READ_WANTED;
}

bool is_own_address(const Reading *r, const char *address)
{
    const char *const *own = r->context->own_addresses;
    const char *at = address ? strrchr(address, '@') : NULL;
    if (!at)
        return false;
    size_t local = strcspn(address, "+@");
    g_autofree char *plain = g_strdup_printf("%.*s%s", (int)local, address, at);
    for (; own && *own; own++)
        if (addr_equal(plain, *own))
            return true;
    return false;
}

bool is_in_limit(const Reading *r, Day day)
{
    return day != DAY_NONE && day_add_months(day, 3) >= r->today;
}

/* Not the logo of a signature, nor the signature's own certificate or card. */
static bool is_paper(const Attachment *a)
{
    return !strcmp(a->kind, "image") ? !a->is_inline : a->read != READ_NOT_NEEDED;
}

bool reading_has_papers(const Reading *r)
{
    bool papers = false;
    for (unsigned i = 0; i < r->document->attachments->len; i++)
        papers |= is_paper(r->document->attachments->pdata[i]);
    return papers;
}
