#include "parsers/auth_results.h"
#include <string.h>

/* White space and comments, which may nest. */
static const char *skip_cfws(const char *p)
{
    int depth = 0;
    for (; *p; p++) {
        if (*p == '(')
            depth++;
        else if (depth > 0) {
            if (*p == '\\' && p[1])
                p++;
            else if (*p == ')')
                depth--;
        } else if (!g_ascii_isspace(*p))
            break;
    }
    return p;
}

/* A token or the content of a quoted string; `*p` moves behind it. */
static char *take_token(const char **p)
{
    const char *at = skip_cfws(*p);
    GString *token = g_string_new(NULL);
    if (*at == '"') {
        for (at++; *at && *at != '"'; at++) {
            if (*at == '\\' && at[1])
                at++;
            g_string_append_c(token, *at);
        }
        at += *at == '"';
    } else
        for (; *at && !g_ascii_isspace(*at) && !strchr(";=()\"", *at); at++)
            g_string_append_c(token, *at);
    *p = at;
    return g_string_free(token, FALSE);
}

static bool is_trusted(const char *id, const char *const *trusted)
{
    for (; trusted && *trusted; trusted++) {
        if (**trusted && g_ascii_strcasecmp(id, *trusted) == 0)
            return true;
    }
    return false;
}

/* To behind the next ';', or to the end. */
static const char *next_statement(const char *p)
{
    for (;;) {
        p = skip_cfws(p);
        if (*p == '"')
            g_free(take_token(&p));
        else if (*p)
            p++;
        if (!*p || p[-1] == ';')
            return p;
    }
}

static DmarcResult result_of(const char *word)
{
    static const struct {
        const char *word;
        DmarcResult result;
    } words[] = {{"pass", DMARC_PASS}, {"bestguesspass", DMARC_NONE}, {"fail", DMARC_FAIL},
                 {"none", DMARC_NONE}, {"temperror", DMARC_ERROR},    {"permerror", DMARC_ERROR}};
    for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
        if (g_ascii_strcasecmp(word, words[k].word) == 0)
            return words[k].result;
    }
    return DMARC_ERROR;
}

/* Of several dmarc statements the worst counts: a fail is a fail. */
static DmarcResult dmarc_of(const char *p)
{
    DmarcResult found = DMARC_UNKNOWN;
    for (p = next_statement(p); *p; p = next_statement(p)) {
        g_autofree char *method = take_token(&p);
        /* "dmarc/1=pass" names a version. */
        char *slash = strchr(method, '/');
        if (slash)
            *slash = '\0';
        const char *equals = skip_cfws(p);
        if (*equals != '=' || g_ascii_strcasecmp(method, "dmarc") != 0)
            continue;
        p = equals + 1;
        g_autofree char *word = take_token(&p);
        DmarcResult result = result_of(word);
        if (found == DMARC_UNKNOWN || result == DMARC_FAIL)
            found = result;
    }
    return found;
}

DmarcResult auth_results_dmarc(const Document *d, const char *const *trusted)
{
    for (unsigned n = 0; n < d->headers->len; n++) {
        const HeaderField *h = d->headers->pdata[n];
        if (strcmp(h->name, "authentication-results") != 0)
            continue;
        const char *p = h->value;
        g_autofree char *id = take_token(&p);
        if (!is_trusted(id, trusted))
            return DMARC_UNKNOWN;
        DmarcResult result = dmarc_of(p);
        if (result != DMARC_UNKNOWN)
            return result;
    }
    return DMARC_UNKNOWN;
}
