/* The terms as a tree of bytes, walked from the beginning of each word of a text: at most as many
 * steps a word as the longest term has bytes, each one look at one cell (a double-array trie).
 * Where a beginning belongs to one term only, the rest of that term is compared as it stands. */
#include "config/rules_parts.h"
#include <string.h>

enum { ROOT = 1, BYTES = 256 };

/* A node. The one that follows it by byte b is the cell at `base` + b, if that names it `from`. */
typedef struct Cell {
    uint32_t from; /* 0: free */
    uint32_t base;
    uint32_t term; /* that ends here, plus 1; 0 none */
    uint32_t rest; /* of its bytes, to be compared; such a node leads on to none */
} Cell;

struct TermTree {
    const Term *terms;
    Cell *cells;
    uint32_t room;
    uint32_t free, wide; /* where a place is looked for: for one follower, for several */
};

static int by_literal(const void *a, const void *b)
{
    return strcmp((*(const Term *const *)a)->literal, (*(const Term *const *)b)->literal);
}

static unsigned char byte_at(const Term *t, uint32_t depth)
{
    return (unsigned char)t->literal[depth];
}

static void make_room(TermTree *t, uint32_t end)
{
    if (end <= t->room)
        return;
    t->cells = g_renew(Cell, t->cells, end * 2);
    memset(t->cells + t->room, 0, (end * 2 - t->room) * sizeof *t->cells);
    t->room = end * 2;
}

/* Where a node's followers fit: for terms that part at `depth`, every cell they want is free. Nodes
 * of several only move on, so that no search is long; those of one fill what they leave. */
static uint32_t place_for(TermTree *t, const Term **terms, uint32_t n, uint32_t depth)
{
    unsigned char first = byte_at(terms[0], depth);
    uint32_t *cursor = first == byte_at(terms[n - 1], depth) ? &t->free : &t->wide;
    for (;; ++*cursor) {
        make_room(t, *cursor + BYTES);
        uint32_t i = 0;
        while (i < n && !t->cells[*cursor + byte_at(terms[i], depth) - first].from)
            i++;
        if (i == n && *cursor > first)
            return *cursor - first;
    }
}

/* Puts `n` terms, sorted and alike in their first `depth` bytes, under the node they lead to. */
static void put_terms(TermTree *t, const Term **terms, uint32_t n, uint32_t depth, uint32_t node)
{
    if ((n == 1 && node != ROOT) || terms[0]->length == depth) {
        t->cells[node].term = (uint32_t)(terms[0] - t->terms) + 1;
        t->cells[node].rest = terms[0]->length - depth;
        terms++;
        n--;
    }
    if (n == 0)
        return;
    uint32_t base = place_for(t, terms, n, depth);
    t->cells[node].base = base;
    for (uint32_t i = 0; i < n; i++)
        t->cells[base + byte_at(terms[i], depth)].from = node;
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && byte_at(terms[end], depth) == byte_at(terms[i], depth);)
            end++;
        put_terms(t, terms + i, end - i, depth + 1, base + byte_at(terms[i], depth));
    }
}

TermTree *term_tree_new(const GArray *terms)
{
    g_autofree const Term **sorted = g_new(const Term *, terms->len + 1);
    for (uint32_t i = 0; i < terms->len; i++)
        sorted[i] = &g_array_index(terms, Term, i);
    qsort(sorted, terms->len, sizeof(Term *), by_literal);
    TermTree *t = g_new0(TermTree, 1);
    t->terms = (const Term *)(void *)terms->data;
    t->free = t->wide = ROOT + 1;
    make_room(t, BYTES * 2);
    t->cells[ROOT].from = ROOT;
    put_terms(t, sorted, terms->len, 1, ROOT); /* each begins with a space */
    return t;
}

void term_tree_free(TermTree *t)
{
    if (!t)
        return;
    g_free(t->cells);
    g_free(t);
}

/* Puts the terms that stand at word `i` behind the first `n`, the shorter first; none reaches out
 * of its sentence. How many there are then: the array is longer while it is filled. */
static uint32_t find_at(const TermTree *t, const Wording *text, uint32_t i, GArray *found,
                        uint32_t n)
{
    const Word *words = (const Word *)(void *)text->words->data;
    const char *at = text->folded + words[i].at, *end = text->folded + text->length;
    for (uint32_t node = ROOT, next; at < end; node = next) {
        next = t->cells[node].base + (unsigned char)*at;
        const Cell *cell = &t->cells[next];
        if (cell->from != node)
            break;
        at++;
        if (!cell->term)
            continue;
        const Term *term = &t->terms[cell->term - 1];
        if (cell->rest && (cell->rest > (size_t)(end - at) ||
                           memcmp(at, term->literal + term->length - cell->rest, cell->rest) != 0))
            break;
        uint32_t last = i + term->words - 1;
        if (words[last].sentence != words[i].sentence)
            break;
        if (n == found->len)
            g_array_set_size(found, n + n / 2 + 8);
        g_array_index(found, Found, n++) = (Found){cell->term - 1, i, last};
        if (cell->rest)
            break;
    }
    return n;
}

void term_tree_find(const TermTree *t, const Wording *text, GArray *found)
{
    uint32_t n = 0;
    g_array_set_size(found, text->words->len + 8);
    for (uint32_t i = 0; i < text->words->len && n < FOUND_MAX; i++)
        n = find_at(t, text, i, found, n);
    g_array_set_size(found, n);
}
