#include "daemon/model/judgement.h"
#include <assert.h>
#include <string.h>

/* One table of names an enum, as long as the enum, and the function that reads it. */
#define NAMES(function, Type, count, ...)                                                          \
    const char *function(Type v)                                                                   \
    {                                                                                              \
        static const char *const NAME[] = {__VA_ARGS__};                                           \
        static_assert(G_N_ELEMENTS(NAME) == (count), "one name a value");                          \
        return (unsigned)v < (count) ? NAME[v] : NULL;                                             \
    }

NAMES(tri_name, Tri, TRI_COUNT, "unknown", "no", "yes")
NAMES(kind_name, MessageKind, KIND_COUNT, "complaint", "follow-up", "auto-reply", "bounce", "bulk",
      "own", "test")
NAMES(area_name, BusinessArea, AREA_COUNT, "unknown", "ukvi", "immigration-enforcement",
      "border-force", "detention-escorting", "hm-passport-office", "other-home-office",
      "other-body")
NAMES(wrong_name, Wrong, WRONG_COUNT, "delay", "error", "poor-service", "poor-information",
      "procedure", "staff-conduct", "lost-documents", "complaint-handling")
NAMES(response_status_name, ResponseStatus, RESPONSE_COUNT, "unknown", "none", "given")
NAMES(carriage_name, Carriage, CARRIAGE_COUNT, "unknown", "email", "post", "post-abroad")
NAMES(language_name, Language, LANGUAGE_COUNT, "en", "cy", "other")
NAMES(representative_name, RepresentativeType, REPRESENTATIVE_COUNT, "nobody", "legal", "relative",
      "sponsor", "support", "mp")
NAMES(reason_name, Reason, REASON_COUNT, "appealable-decision", "policy-or-legislation",
      "ombudsman", "employment", "court", "windrush-compensation", "psu-misconduct",
      "data-protection", "not-in-remit", "no-final-response", "out-of-time")
NAMES(bar_hold_name, BarHold, BAR_HOLD_COUNT, "none", "possible", "part", "whole")
NAMES(ask_name, Ask, ASK_COUNT, "final-response", "business-area", "what-happened", "authority")
NAMES(refer_name, ReferWhy, REFER_COUNT, "urgent", "mp", "language", "not-a-complaint",
      "machine-headers", "sender-not-authenticated", "unreadable", "possible-bar", "mixed",
      "late-with-reason", "no-iec-signpost", "about-this-office", "passed-on", "look-again",
      "after-decision", "withdrawal", "unknown-address", "asked-twice")
NAMES(flag_name, CaseFlag, FLAG_COUNT, "urgent", "serious-misconduct", "mp", "representative",
      "acknowledge-by-hand", "vulnerable", "media", "undelivered", "duplicate", "unread-part")
NAMES(decision_name, Decision, DECISION_COUNT, "none", "refer", "reject", "ask", "accept")
NAMES(release_name, Release, RELEASE_COUNT, "automatic", "reviewed")
NAMES(channel_name, Channel, CHANNEL_COUNT, "email", "post", "form", "phone")

int name_index(const char *(*name)(int), int count, const char *text)
{
    for (int n = 0; text && n < count; n++)
        if (!strcmp(name(n), text))
            return n;
    return -1;
}

char *set_to_text(uint32_t set, const char *(*name)(int), int count)
{
    GString *text = g_string_new(NULL);
    for (int n = 0; n < count; n++)
        if (set & BIT(n))
            g_string_append_printf(text, "%s%s", text->len ? "," : "", name(n));
    return g_string_free(text, FALSE);
}

bool set_from_text(const char *text, const char *(*name)(int), int count, uint32_t *set)
{
    uint32_t found = 0;
    g_auto(GStrv) parts = text[0] ? g_strsplit(text, ",", -1) : NULL;
    for (char **part = parts; part && *part; part++) {
        int n = name_index(name, count, *part);
        if (n < 0)
            return false;
        found |= BIT(n);
    }
    *set = found;
    return true;
}

void judgement_clear(Judgement *j)
{
    g_free(j->release_why);
    *j = (Judgement){.time_limit = DAY_NONE, .reply_due = DAY_NONE};
}
