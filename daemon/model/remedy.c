#include "daemon/model/remedy.h"
#include <assert.h>
#include <string.h>

#define PENCE_MOST INT64_C(100000000)

const char *outcome_name(OutcomeKind k)
{
    static const char *const NAME[] = {"resolve", "settle", "investigate", "report"};
    static_assert(G_N_ELEMENTS(NAME) == OUTCOME_COUNT, "one name a kind");
    return (unsigned)k < OUTCOME_COUNT ? NAME[k] : NULL;
}

void case_outcome_free(CaseOutcome *c)
{
    if (!c)
        return;
    g_free(c->by);
    g_free(c->why);
    g_free(c);
}

/* Digits of whole pounds, with or without commas between each three. */
static const char *read_pounds(const char *p, int64_t *pounds)
{
    unsigned digits = 0, since_comma = 0;
    bool commas = false;
    for (*pounds = 0; g_ascii_isdigit(*p) || *p == ','; p++) {
        if (*p == ',') {
            if (digits == 0 || (commas ? since_comma != 3 : digits > 3))
                return NULL;
            commas = true;
            since_comma = 0;
            continue;
        }
        if (++digits > 7)
            return NULL;
        since_comma++;
        *pounds = *pounds * 10 + (*p - '0');
    }
    return digits == 0 || (commas && since_comma != 3) ? NULL : p;
}

bool pounds_parse(const char *text, int64_t *pence)
{
    int64_t pounds, rest = 0;
    const char *p = read_pounds(text + (g_str_has_prefix(text, "£") ? strlen("£") : 0), &pounds);
    if (!p)
        return false;
    if (*p == '.') {
        if (!g_ascii_isdigit(p[1]) || !g_ascii_isdigit(p[2]))
            return false;
        rest = (p[1] - '0') * 10 + (p[2] - '0');
        p += 3;
    }
    int64_t sum = pounds * 100 + rest;
    if (*p || sum == 0 || sum > PENCE_MOST)
        return false;
    *pence = sum;
    return true;
}

char *pounds_words(int64_t pence)
{
    GString *s = g_string_new(NULL);
    g_string_printf(s, "%" G_GINT64_FORMAT, pence / 100);
    for (gssize at = (gssize)s->len - 3; at > 0; at -= 3)
        g_string_insert_c(s, at, ',');
    g_string_prepend(s, "£");
    if (pence % 100)
        g_string_append_printf(s, ".%02d", (int)(pence % 100));
    return g_string_free(s, FALSE);
}

char *pounds_plain(int64_t pence)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ".%02d", pence / 100, (int)(pence % 100));
}

char *case_outcome_words(const CaseOutcome *c)
{
    static const char *const DONE[OUTCOME_COUNT] = {"resolved", "settled", "investigation opened",
                                                    "report issued"};
    g_autofree char *day = day_to_words(c->day, false);
    g_autofree char *sum = c->redress ? pounds_words(c->redress) : g_strdup("");
    bool remedy = c->apology || c->redress;
    return g_strdup_printf("%s on %s%s%s%s%s", DONE[c->kind], day, remedy ? ": " : "",
                           c->apology ? "an apology" : "", c->apology && c->redress ? " and " : "",
                           sum);
}
