/* After all phrases are read: where each is looked for in a text. */
#include "config/rules_parts.h"

enum { SMALL_SET = 16 }; /* terms that are compared one by one */

static uint8_t *bits_new(const Rules *r)
{
    return g_malloc0(r->terms->len / 8 + 1);
}

static void put_bits(uint8_t *bits, const GArray *terms)
{
    for (unsigned j = 0; j < terms->len; j++) {
        uint32_t id = g_array_index(terms, uint32_t, j);
        bits[id / 8] |= (uint8_t)(1u << (id % 8));
    }
}

static void fill_bits(Rules *r)
{
    for (unsigned i = 0; i < r->sets->len; i++) {
        TermSet *set = r->sets->pdata[i];
        for (unsigned j = 0; j < set->terms->len; j++) {
            uint32_t id = g_array_index(set->terms, uint32_t, j);
            set->mask |= term_bit(id);
            set->words = MAX(set->words, g_array_index(r->terms, Term, id).words);
        }
        if (set->terms->len > SMALL_SET) {
            set->bits = bits_new(r);
            put_bits(set->bits, set->terms);
        }
    }
    for (unsigned i = 0; i < r->bodies->len; i++) {
        RuleBody *b = r->bodies->pdata[i];
        b->refusal_first = b->refusals->len ? bits_new(r) : NULL;
        for (unsigned j = 0; j < b->refusals->len; j++)
            put_bits(b->refusal_first,
                     g_array_index(b->refusals, Phrase, j).elements[0].set->terms);
    }
}

/* No text is at hand to count words in: the short ones that many phrases use are the common ones.
 */
static void rate_terms(Rules *r)
{
    r->common = g_new0(uint64_t, r->terms->len);
    for (unsigned i = 0; i < r->sets->len; i++) {
        const GArray *terms = ((const TermSet *)r->sets->pdata[i])->terms;
        for (unsigned j = 0; j < terms->len; j++)
            r->common[g_array_index(terms, uint32_t, j)]++;
    }
    for (uint32_t i = 0; i < r->terms->len; i++) {
        r->common[i] <<= 32 - MIN(g_array_index(r->terms, Term, i).length, 32);
    }
}

static unsigned rarest_element(const Rules *r, const Phrase *p)
{
    unsigned rarest = 0;
    uint64_t least = UINT64_MAX;
    for (unsigned k = 0; k < p->n; k++) {
        const GArray *terms = p->elements[k].set->terms;
        uint64_t common = 0;
        for (unsigned j = 0; j < terms->len; j++)
            common += r->common[g_array_index(terms, uint32_t, j)];
        if (common < least) {
            least = common;
            rarest = k;
        }
    }
    return rarest;
}

static Near near_of(uint8_t gap)
{
    return gap == GAP_LONG ? NEAR_LONG : gap ? NEAR_SHORT : NEAR_NEXT;
}

void rules_anchor(const Rules *r, uint32_t phrase, GArray **by_term)
{
    const Phrase *p = &g_array_index(r->phrases, Phrase, phrase);
    const RuleBody *body = r->bodies->pdata[p->rule];
    unsigned at = rarest_element(r, p);
    const Element *e = &p->elements[at];
    Anchor a = {.before = UINT64_MAX,
                .after = UINT64_MAX,
                .phrase = phrase,
                .rule = (uint16_t)p->rule,
                .scope = (uint8_t)body->rule.scope,
                .element = (uint8_t)at};
    if (at) {
        a.before = e[-1].set->mask;
        a.near_before = near_of(e->gap);
    }
    if (at + 1 < p->n) {
        a.after = e[1].set->mask;
        a.near_after = near_of(e[1].gap);
    }
    for (unsigned k = 0; k < at; k++)
        a.reach += (uint16_t)(p->elements[k].set->words + p->elements[k + 1].gap);
    for (unsigned j = 0; j < e->set->terms->len; j++) {
        GArray **list = &by_term[g_array_index(e->set->terms, uint32_t, j)];
        if (!*list)
            *list = g_array_new(FALSE, FALSE, sizeof(Anchor));
        g_array_append_val(*list, a);
    }
}

bool rules_compile(Rules *r, GError **error)
{
    if (r->terms->len == 0) {
        g_set_error(error, g_quark_from_static_string("iecd-rules"), 0, "no rule at all");
        return false;
    }
    r->tree = term_tree_new(r->terms);
    fill_bits(r);
    rate_terms(r);
    r->by_term = g_new0(GArray *, r->terms->len);
    for (uint32_t i = 0; i < r->phrases->len; i++)
        rules_anchor(r, i, r->by_term);
    return true;
}
