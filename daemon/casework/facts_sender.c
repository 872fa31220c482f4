/* Who sent it and where an answer may go (policy sections 1 and 6). */
#include "daemon/casework/facts_reading.h"
#include "daemon/model/address.h"
#include "parsers/auth_results.h"
#include <string.h>

void reading_forbid_reply(Reading *r, const char *rule, const char *why)
{
    if (r->facts->reply_forbidden)
        return;
    r->facts->reply_forbidden = true;
    g_free(r->facts->reply_forbidden_why);
    r->facts->reply_forbidden_why = g_strndup(why, 200);
    reading_note_shape(r, rule, "reply_forbidden", r->facts->reply_forbidden_why);
}

static bool holds(const char *value, const char *const *words)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);
    for (; *words; words++)
        if (strstr(lower, *words))
            return true;
    return false;
}

static const char SPACE[] = " \t\r\n";

/* RFC 3834 section 5: a keyword, then comments and parameters. */
bool auto_submitted(const char *value)
{
    value += strspn(value, SPACE);
    bool no = !g_ascii_strncasecmp(value, "no", 2) && (!value[2] || strchr(" \t\r\n;(", value[2]));
    return *value && !no;
}

bool is_null_path(const char *value)
{
    value += strspn(value, SPACE);
    return *value == '<' && value[1 + strspn(value + 1, SPACE)] == '>';
}

/* Policy 6: the headers that forbid any automatic reply. */
static void judge_header(Reading *r, const HeaderField *h)
{
    static const char *const SUPPRESS[] = {"all", "oof", "autoreply", NULL};
    static const char *const MASS[] = {"bulk", "list", "junk", NULL};
    g_autofree char *why = g_strdup_printf("%s: %s", h->name, h->value);
    if (!strcmp(h->name, "auto-submitted") && auto_submitted(h->value))
        reading_forbid_reply(r, "sender.auto-submitted", why);
    else if (!strcmp(h->name, "x-auto-response-suppress") && holds(h->value, SUPPRESS))
        reading_forbid_reply(r, "sender.suppressed", why);
    else if (!strcmp(h->name, "precedence") && holds(h->value, MASS))
        reading_forbid_reply(r, "sender.precedence", why);
    else if (g_str_has_prefix(h->name, "list-"))
        reading_forbid_reply(r, "sender.list", why);
    else if (!strcmp(h->name, "return-path") && is_null_path(h->value))
        reading_forbid_reply(r, "sender.null-return-path", why);
}

static const char *sole_from(const Document *d)
{
    return d->from->len == 1 ? ((const Mailbox *)d->from->pdata[0])->address : NULL;
}

/* RFC 3834: never Reply-To, never Sender. */
static void set_reply_address(Reading *r)
{
    const char *from = sole_from(r->document);
    const char *stated = r->form ? r->form->answers[FORM_EMAIL].text : NULL;
    const char *to = r->form ? stated : from;
    g_autofree char *plain = to ? g_strstrip(g_strdup(to)) : NULL;
    if (plain) {
        g_free(r->facts->complainant_email);
        r->facts->complainant_email = g_utf8_make_valid(plain, -1);
    }
    if (plain && addr_ok(plain) && !addr_is_robot(plain) && !is_own_address(r, plain)) {
        g_free(r->facts->reply_address);
        r->facts->reply_address = g_strdup(plain);
    }
    if (from && addr_is_robot(from) && !r->form)
        reading_forbid_reply(r, "sender.robot", "the sender is no person's address");
}

void facts_sender(Reading *r)
{
    for (unsigned i = 0; i < r->document->headers->len; i++)
        if (!r->form)
            judge_header(r, r->document->headers->pdata[i]);
    set_reply_address(r);
    if (auth_results_dmarc(r->document, r->context->trusted_authserv) == DMARC_FAIL) {
        r->facts->refer |= BIT(REFER_SENDER_NOT_AUTHENTICATED);
        reading_forbid_reply(r, "sender.dmarc",
                             "our receiving server says the sender failed DMARC");
    }
}
