#include "daemon/model/address.h"
#include <glib.h>
#include <string.h>

enum { ADDRESS_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63 }; /* RFC 5321 4.5.3.1, RFC 1035 2.3.4 */

/* RFC 5322 3.2.3; everything a protocol line could trip over is outside it. */
static bool is_atext(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool local_ok(const char *local, size_t length)
{
    if (length == 0 || length > LOCAL_MAX)
        return false;
    bool dot_allowed = false;
    for (size_t n = 0; n < length; n++) {
        if (local[n] == '.' ? !dot_allowed : !is_atext(local[n]))
            return false;
        dot_allowed = local[n] != '.';
    }
    return dot_allowed;
}

static bool label_ok(const char *label, size_t length)
{
    if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t n = 0; n < length; n++)
        if (!g_ascii_isalnum(label[n]) && label[n] != '-')
            return false;
    return true;
}

/* The last label may not be digits alone: some servers take such a domain for an IP address. */
static bool domain_ok(const char *domain)
{
    for (;;) {
        size_t length = strcspn(domain, ".");
        if (!label_ok(domain, length))
            return false;
        if (!domain[length])
            return strspn(domain, "0123456789") != length;
        domain += length + 1;
    }
}

bool addr_ok(const char *address)
{
    if (!address || strnlen(address, ADDRESS_MAX + 1) > ADDRESS_MAX)
        return false;
    const char *at = strchr(address, '@');
    return at && local_ok(address, (size_t)(at - address)) && domain_ok(at + 1);
}

bool addr_equal(const char *a, const char *b)
{
    return a && b && g_ascii_strcasecmp(a, b) == 0;
}

/* The local part in lower case between hyphens, with every other sign a hyphen too:
 * "No.Reply2+x" is "-no-reply--x-". */
static char *words_of(const char *address)
{
    GString *words = g_string_new("-");
    for (const char *p = address; *p && *p != '@'; p++)
        g_string_append_c(words, g_ascii_isalpha(*p) ? g_ascii_tolower(*p) : '-');
    g_string_append_c(words, '-');
    return g_string_free(words, FALSE);
}

bool addr_is_robot(const char *address)
{
    static const char *const ANYWHERE[] = {
        "-no-reply-",     "-noreply-",       "-donotreply-",   "-do-not-reply-", "-dontreply-",
        "-do-notreply-",  "-mailer-daemon-", "-mailerdaemon-", "-postmaster-",   "-autoreply-",
        "-auto-reply-",   "-autoresponder-", "-unattended-",   "-listserv-",     "-majordomo-",
        "-no-responder-", "-noresponder-",   "-bounce-",       "-bounces-",      "-mail-daemon-",
    };
    if (!address)
        return false;
    g_autofree char *words = words_of(address);
    for (size_t n = 0; n < G_N_ELEMENTS(ANYWHERE); n++)
        if (strstr(words, ANYWHERE[n]))
            return true;
    /* RFC 3834 section 2: lists' "-request" and "owner-". */
    return (g_str_has_suffix(words, "-request-") && strlen(words) > strlen("-request-")) ||
           (g_str_has_prefix(words, "-owner-") && strlen(words) > strlen("-owner-"));
}
