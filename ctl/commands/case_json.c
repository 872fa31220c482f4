#include "ctl/commands/case_json.h"
#include "daemon/store/outbox.h"

int64_t case_replied_at(Db *db, const CaseRow *c)
{
    g_autoptr(GPtrArray) rows = outbox_of_case(db, c->id, NULL);
    int64_t latest = 0, acknowledged = 0;
    for (unsigned n = 0; rows && n < rows->len; n++) {
        const OutboxRow *r = rows->pdata[n];
        if (reply_is_answer(r->kind))
            latest = MAX(latest, r->sent_at);
        else if (r->kind != REPLY_NOTICE)
            acknowledged = MAX(acknowledged, r->sent_at);
    }
    /* Of a referral the acknowledgement is all that rules send. */
    return latest || c->decision != DECISION_REFER ? latest : acknowledged;
}

char *case_why(const CaseRow *c)
{
    g_autofree char *reasons = SET_TO_TEXT(c->reasons, reason_name, REASON_COUNT);
    g_autofree char *asks = SET_TO_TEXT(c->asks, ask_name, ASK_COUNT);
    if (reasons[0])
        return g_steal_pointer(&reasons);
    if (asks[0])
        return g_steal_pointer(&asks);
    return SET_TO_TEXT(c->refer, refer_name, REFER_COUNT);
}

JsonObject *case_json(Db *db, const CaseRow *c)
{
    JsonObject *o = json_object_new();
    g_autofree char *due = day_to_iso(c->reply_due);
    g_autofree char *received = time_text(c->received_at);
    g_autofree char *first = time_text(c->first_contact_at);
    g_autofree char *replied = time_text(case_replied_at(db, c));
    g_autofree char *reasons = SET_TO_TEXT(c->reasons, reason_name, REASON_COUNT);
    g_autofree char *asks = SET_TO_TEXT(c->asks, ask_name, ASK_COUNT);
    g_autofree char *refer = SET_TO_TEXT(c->refer, refer_name, REFER_COUNT);
    g_autofree char *flags = SET_TO_TEXT(c->flags, flag_name, FLAG_COUNT);
    json_object_set_string_member(o, "reference", c->reference);
    set_text(o, "from", c->contact_address);
    set_text(o, "name", c->contact_name);
    json_object_set_string_member(o, "state", case_state_name(c->state));
    json_object_set_string_member(o, "decision", decision_name(c->decision));
    json_object_set_string_member(o, "release", release_name(c->release));
    set_words(o, "reasons", reasons);
    set_words(o, "asks", asks);
    set_words(o, "refer", refer);
    set_words(o, "flags", flags);
    json_object_set_string_member(o, "business_area", area_name(c->area));
    json_object_set_string_member(o, "language", language_name(c->language));
    json_object_set_string_member(o, "channel", channel_name(c->channel));
    set_text(o, "received", received);
    set_text(o, "first_contact", first);
    set_text(o, "reply_due", due);
    set_text(o, "replied_at", replied);
    set_text(o, "decided_by", c->decided_by);
    return o;
}
