/* What a person has to see: risk, flags, and what keeps a rejection from leaving unread (policy
 * sections 2 and 4a). */
#include "daemon/casework/facts_reading.h"
#include <string.h>

/* Log-odds from which danger is taken to be told, and from which a phrase for it is believed. A
 * false alarm costs a person minutes. */
static const float URGENT_TAKEN = -1.5f, URGENT_PHRASE = -4.5f;

/* Danger may be told in words no phrase holds, and phrases for it stand in idioms. */
static void raise_urgent(Reading *r)
{
    bool phrase = reading_count(r, RULE_FLAG, "urgent", false) > 0;
    if (r->nature[NATURE_URGENT] < (phrase ? URGENT_PHRASE : URGENT_TAKEN))
        return;
    r->facts->flags |= BIT(FLAG_URGENT);
    reading_note_first(r, RULE_FLAG, "urgent", "flag", "urgent");
    if (!phrase)
        reading_note_act(r, ACT_RISK, "flag", "urgent");
}

static void raise_flags(Reading *r)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_FLAG, NULL));) {
        int flag = NAME_INDEX(flag_name, FLAG_COUNT, h->rule->value);
        /* Flags are their writer's; an MP's quoted signature is not the sender's. */
        if (flag < 0 || flag == FLAG_URGENT || (r->facts->flags & BIT(flag)))
            continue;
        r->facts->flags |= BIT(flag);
        reading_note(r, h, "flag", h->rule->value);
    }
}

/* A hint alone (papers said to be here) is look_for_unread's. */
static void raise_reviewed(Reading *r)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_REVIEWED, NULL));) {
        int why = NAME_INDEX(reviewed_name, REVIEWED_COUNT, h->rule->value);
        if (why < 0 || !h->rule->states || (r->facts->reviewed & BIT(why)))
            continue;
        r->facts->reviewed |= BIT(why);
        reading_note(r, h, "reviewed", h->rule->value);
    }
}

/* Letters after a death are read by a person before they go, whatever they rest on. */
static void raise_heeds(Reading *r)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_HEED, NULL));) {
        int heed = NAME_INDEX(heed_name, HEED_COUNT, h->rule->value);
        if (heed < 0 || !h->rule->states || (r->facts->heeds & BIT(heed)))
            continue;
        r->facts->heeds |= BIT(heed);
        reading_note(r, h, "heed", h->rule->value);
    }
    if (r->facts->heeds & BIT(HEED_DEATH))
        r->facts->reviewed |= BIT(REVIEWED_DEATH);
    if (r->facts->heeds & BIT(HEED_NEW_ADDRESS))
        r->facts->reviewed |= BIT(REVIEWED_NEW_ADDRESS);
}

/* Attached, or a letter in the mail itself: forwarded, quoted or copied. */
static bool has_papers(const Reading *r)
{
    bool papers = reading_has_papers(r);
    for (unsigned i = 0; i < r->passages->len; i++)
        papers |=
            (((const Passage *)r->passages->pdata[i])->scope & (RULE_PAPERS | RULE_LETTER)) != 0;
    return papers;
}

static const Hit *papers_named(const Reading *r)
{
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_REVIEWED, reviewed_name(REVIEWED_UNREAD)));)
        if (!h->rule->states)
            return h;
    return NULL;
}

/* "I attach their letter", and nothing is: what was promised is missing (policy 4a). */
static void look_for_missing(Reading *r)
{
    const char *unread = reviewed_name(REVIEWED_UNREAD);
    bool letter = reading_count(r, RULE_RESPONSE, "enclosed", false) > 0;
    const Hit *other = papers_named(r);
    if ((!letter && !other) || has_papers(r))
        return;
    r->facts->reviewed |= BIT(REVIEWED_UNREAD);
    if (letter)
        reading_note_first(r, RULE_RESPONSE, "enclosed", "reviewed", unread);
    else
        reading_note(r, other, "reviewed", unread);
}

static void look_for_unread(Reading *r)
{
    const GPtrArray *attachments = r->document->attachments;
    bool unread = r->cut;
    for (unsigned i = 0; i < attachments->len; i++)
        unread |= attachment_unread(attachments->pdata[i]);
    /* Of a text whose end nobody read, a person reads it. */
    if (r->cut)
        r->facts->refer |= BIT(REFER_UNREADABLE);
    if (unread) {
        r->facts->flags |= BIT(FLAG_UNREAD_PART);
        r->facts->reviewed |= BIT(REVIEWED_UNREAD);
        reading_note_shape(r, "unread.part", "flag", flag_name(FLAG_UNREAD_PART));
    } else {
        look_for_missing(r);
    }
}

/* Text that was read off a picture may be misread; the setting for how sure is enough is 80. */
enum { CONFIDENCE_ENOUGH = 80 };

static void look_for_doubtful_text(Reading *r)
{
    for (unsigned i = 0; i < r->document->texts->len; i++) {
        const TextPart *t = r->document->texts->pdata[i];
        if (t->confidence < CONFIDENCE_ENOUGH)
            r->facts->reviewed |= BIT(REVIEWED_OCR);
    }
}

void facts_attention(Reading *r)
{
    raise_urgent(r);
    raise_flags(r);
    raise_reviewed(r);
    raise_heeds(r);
    look_for_unread(r);
    look_for_doubtful_text(r);
    if (r->document->ambiguous)
        r->facts->reviewed |= BIT(REVIEWED_AMBIGUOUS);
    if (r->document->unreadable)
        r->facts->refer |= BIT(REFER_UNREADABLE);
    if (r->facts->flags & BIT(FLAG_MP) && r->facts->representative.type == REPRESENTATIVE_NOBODY)
        r->facts->representative.type = REPRESENTATIVE_MP;
}
