#include "daemon/model/facts.h"
#include <assert.h>
#include <string.h>

enum { QUOTE_MAX = 240, REFERENCES_MAX = 256 };

const char *reviewed_name(ReviewedWhy v)
{
    static const char *const NAME[] = {
        "unread",       "ocr",      "welsh",          "serious-misconduct", "death",
        "child",        "capacity", "family-dispute", "detained",           "vulnerable",
        "no-authority", "campaign", "ambiguous",      "new-address",
    };
    static_assert(G_N_ELEMENTS(NAME) == REVIEWED_COUNT, "one name a value");
    return (unsigned)v < REVIEWED_COUNT ? NAME[v] : NULL;
}

const char *heed_name(Heed v)
{
    static const char *const NAME[] = {"threat", "death", "do-not-write", "new-address"};
    static_assert(G_N_ELEMENTS(NAME) == HEED_COUNT, "one name a value");
    return (unsigned)v < HEED_COUNT ? NAME[v] : NULL;
}

bool facts_by_person(const Facts *f)
{
    return f->kind == KIND_COMPLAINT || f->kind == KIND_FOLLOW_UP;
}

Facts *facts_new(void)
{
    Facts *f = g_new0(Facts, 1);
    f->rules_version = g_strdup("");
    f->final_response.date = f->final_response.received = DAY_NONE;
    f->final_response.source = g_strdup("");
    f->representative.name = g_strdup("");
    f->complainant_name = g_strdup("");
    f->complainant_email = g_strdup("");
    f->reply_address = g_strdup("");
    f->reply_forbidden_why = g_strdup("");
    f->references = g_ptr_array_new_with_free_func((GDestroyNotify)reference_free);
    f->claims = g_new0(char *, 1);
    f->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return f;
}

void facts_free(Facts *f)
{
    if (!f)
        return;
    g_free(f->rules_version);
    g_free(f->final_response.source);
    g_free(f->representative.name);
    g_free(f->complainant_name);
    g_free(f->complainant_email);
    g_free(f->reply_address);
    g_free(f->reply_forbidden_why);
    g_clear_pointer(&f->references, g_ptr_array_unref);
    g_strfreev(f->claims);
    g_clear_pointer(&f->findings, g_ptr_array_unref);
    g_free(f);
}

void evidence_free(Evidence *e)
{
    if (!e)
        return;
    g_free(e->part);
    g_free(e->quote);
    g_free(e);
}

void finding_free(Finding *f)
{
    if (!f)
        return;
    g_free(f->rule);
    g_free(f->fact);
    g_free(f->value);
    g_clear_pointer(&f->evidence, g_ptr_array_unref);
    g_free(f);
}

void reference_free(Reference *r)
{
    if (!r)
        return;
    g_free(r->type);
    g_free(r->value);
    g_free(r);
}

/* Never reads past the text's end, whatever offset and length say. */
static char *quote_of(const char *text, uint32_t offset, uint32_t length)
{
    if (!text || strnlen(text, offset) < offset)
        return g_strdup("");
    const char *from = text + offset;
    size_t size = strnlen(from, MIN(length, QUOTE_MAX));
    if (size == QUOTE_MAX && length > QUOTE_MAX)
        while (size > 0 && ((unsigned char)from[size] & 0xC0) == 0x80)
            size--;
    /* A mended byte becomes three: cut again rather than pass the limit. */
    char *quote = g_utf8_make_valid(from, (gssize)size);
    if (strlen(quote) > QUOTE_MAX) {
        size = QUOTE_MAX;
        while (size > 0 && ((unsigned char)quote[size] & 0xC0) == 0x80)
            size--;
        quote[size] = '\0';
    }
    return quote;
}

Finding *facts_add(Facts *f, const char *rule, const char *fact, const char *value,
                   const char *part, uint32_t offset, uint32_t length, const char *text)
{
    Finding *finding = g_new0(Finding, 1);
    finding->rule = g_strdup(rule);
    finding->fact = g_strdup(fact);
    finding->value = g_strdup(value ? value : "");
    finding->evidence = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_free);
    if (part) {
        Evidence *e = g_new0(Evidence, 1);
        e->part = g_strdup(part);
        e->offset = offset;
        e->length = length;
        e->quote = quote_of(text, offset, length);
        g_ptr_array_add(finding->evidence, e);
    }
    g_ptr_array_add(f->findings, finding);
    return finding;
}

void facts_add_reference(Facts *f, const char *type, const char *value)
{
    for (unsigned n = 0; n < f->references->len; n++) {
        const Reference *known = f->references->pdata[n];
        if (!strcmp(known->type, type) && !strcmp(known->value, value))
            return;
    }
    if (f->references->len >= REFERENCES_MAX)
        return;
    Reference *r = g_new0(Reference, 1);
    r->type = g_strdup(type);
    r->value = g_strdup(value);
    g_ptr_array_add(f->references, r);
}

Facts *facts_unreadable(const char *reply_address, const char *why)
{
    Facts *f = facts_new();
    f->kind = KIND_COMPLAINT;
    f->refer = BIT(REFER_UNREADABLE);
    f->flags = BIT(FLAG_UNREAD_PART);
    f->reply_forbidden = true;
    g_free(f->reply_forbidden_why);
    f->reply_forbidden_why = g_strdup("the message could not be read");
    g_free(f->reply_address);
    f->reply_address = g_strdup(reply_address);
    facts_add(f, "reader.unreadable", "unreadable", why, NULL, 0, 0, NULL);
    return f;
}
