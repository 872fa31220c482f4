/* Whether, when and how the Home Office finally answered (policy sections 2 and 3). A rejection may
 * rest on these, so whatever is told in two ways stays unknown, and of two dates the later one that
 * would be in time makes the earlier one unsure. */
#include "daemon/casework/facts_dates.h"
#include "daemon/casework/facts_status.h"
#include <string.h>

enum {
    OVERDUE_DAYS = 32, /* 20 working days whatever holidays fall among them */
};

static void note_status(Reading *r, const ResponseTold *t, ResponseStatus status)
{
    static const char *const NONE[] = {"none", "not-final"};
    const char *name = "final_response.status", *as = response_status_name(status);
    if (status == RESPONSE_GIVEN) {
        reading_note_first(r, RULE_RESPONSE, "given", name, as);
        if (t->final)
            reading_note_first(r, RULE_PAPER, "final", name, as);
        reading_note_first(r, RULE_SIGNPOST, "iec", "final_response.names_iec", "yes");
    }
    for (unsigned i = 0; status == RESPONSE_NONE && i < G_N_ELEMENTS(NONE); i++)
        reading_note_first(r, RULE_RESPONSE, NONE[i], name, as);
    if (status == RESPONSE_NONE && t->interim) {
        reading_note_first(r, RULE_PAPER, "interim", name, as);
        reading_note_first(r, RULE_PAPER, "acknowledgement", name, as);
    }
}

/* ---- dates */

/* Log-odds under which no sentence tells why it is late. */
static const float LATE_TOLD = -2.5f;

typedef struct Dated { /* the best date of each sort */
    Day date, received;
    Day latest;  /* of all that might be the response's */
    Day last;    /* of all that are told and past */
    float score; /* of the day the limit runs from */
} Dated;

/* Log-odds from which a date is taken for the response's, from which it might be, and from which a
 * complaint may be late by it. Where a response is told of, one of its dates most often is too. */
static const float DATE_TAKEN = -2, DATE_POSSIBLE = -2.5f, DATE_SURE = 0.5f, DATE_SURE_OLD = -0.5f;

static bool by_email(const Reading *r, const DateCandidate *c)
{
    uint32_t sentence = g_array_index(c->passage->wording->words, Word, c->first).sentence;
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_CARRIAGE, "email"));)
        if (h->passage == c->passage && h->at->sentence == sentence)
            return true;
    return false;
}

/* The day as told. One day is the response's own and its arrival only where it came by email; else
 * it is the likelier of the two. A loose one is read at its latest sensible day, as its arrival. */
static void take_dates(const Reading *r, Dated *best, const DateCandidate *date,
                       const DateCandidate *received)
{
    const DateCandidate *one = date == received ? date : !received ? date : !date ? received : NULL;
    bool email = one && !one->found->loose && by_email(r, one);
    if (one && !email) {
        bool own = one == date && (one != received || one->date >= one->received);
        date = own ? one : NULL;
        received = own ? NULL : one;
    } else if (email) {
        date = received = one;
    }
    if (received)
        best->received = received->found->last;
    if (date && date->found->loose)
        best->received = best->received == DAY_NONE ? date->found->last : best->received;
    else if (date)
        best->date = date->found->last;
    best->score = received ? MAX(received->received, received->date) : date ? date->date : 0;
}

static Dated stated_dates(const Reading *r, const GArray *all)
{
    const DateCandidate *date = NULL, *received = NULL;
    Dated best = {DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, 0};
    for (unsigned i = 0; i < all->len; i++) {
        const DateCandidate *c = &g_array_index(all, DateCandidate, i);
        if (c->found->first > r->today)
            continue;
        best.last = best.last == DAY_NONE ? c->found->last : MAX(best.last, c->found->last);
        if (MAX(c->date, c->received) > DATE_POSSIBLE)
            best.latest =
                best.latest == DAY_NONE ? c->found->last : MAX(best.latest, c->found->last);
        if (c->date > DATE_TAKEN && (!date || c->date > date->date))
            date = c;
        if (c->received > DATE_TAKEN && (!received || c->received > received->received))
            received = c;
    }
    take_dates(r, &best, date, received);
    return best;
}

/* Days that a letter may take to arrive, abroad and over holidays too. */
enum { ARRIVAL_DAYS = 21 };

static bool is_in_time(const Reading *r, Day day)
{
    return day != DAY_NONE && is_in_limit(r, day + ARRIVAL_DAYS);
}

/* A date that makes the complaint late is not sure where another one told would not. Where no day
 * told at all is in time, it matters less which of them it was. */
static bool is_sure(const Reading *r, const Dated *told, Day rests_on)
{
    bool other = told->latest > rests_on && is_in_time(r, told->latest);
    return told->score > (is_in_time(r, told->last) ? DATE_SURE : DATE_SURE_OLD) && !other;
}

/* With the first words that tell this day, so that a person can look at what it rests on. */
static void note_day(Reading *r, const char *rule, const char *name, Day day)
{
    g_autofree char *iso = day == DAY_NONE ? NULL : day_to_iso(day);
    for (unsigned i = 0; iso && i < r->passages->len; i++) {
        Passage *p = r->passages->pdata[i];
        const GArray *dates = passage_dates(r, p);
        for (unsigned j = 0; j < dates->len; j++) {
            const DateFound *d = &g_array_index(dates, DateFound, j);
            if (d->last == day) {
                reading_note_place(r, rule, name, iso, p, d->offset, d->length);
                return;
            }
        }
    }
    if (iso)
        reading_note_shape(r, rule, name, iso);
}

static Carriage carriage_told(const Reading *r, const Passage *final)
{
    Carriage found = final && final->role != TEXT_ATTACHMENT ? CARRIAGE_EMAIL : CARRIAGE_UNKNOWN;
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_CARRIAGE, NULL));) {
        int c = NAME_INDEX(carriage_name, CARRIAGE_COUNT, h->rule->value);
        /* The way that gives the person the longest, where two are told. */
        if (c >= 0 && (int)found < c)
            found = (Carriage)c;
    }
    return found;
}

static void find_dates(Reading *r, const ResponseTold *t, const GArray *dates)
{
    Dated told = stated_dates(r, dates);
    Day letter = t->final ? letter_date(r, (Passage *)t->final) : DAY_NONE;
    Facts *f = r->facts;
    f->final_response.carriage = carriage_told(r, t->final);
    f->final_response.date = letter != DAY_NONE ? letter : told.date;
    f->final_response.received = told.received;
    if (f->final_response.received != DAY_NONE && f->final_response.date != DAY_NONE &&
        f->final_response.received < f->final_response.date)
        f->final_response.received = DAY_NONE;
    if (letter != DAY_NONE && f->final_response.carriage == CARRIAGE_EMAIL)
        f->final_response.received = letter;
    Day rests_on = f->final_response.received != DAY_NONE ? f->final_response.received
                                                          : f->final_response.date;
    /* Late by a day that may be another's: a person looks (line 7). */
    bool late = rests_on != DAY_NONE && !is_in_limit(r, rests_on);
    bool ground = t->given || t->hinted || t->signpost;
    bool sure = letter != DAY_NONE || (ground && is_sure(r, &told, rests_on));
    if (late && !sure && f->late_reason == TRI_NO)
        f->late_reason = TRI_UNKNOWN;
}

static Day form_day(const Reading *r, FormField field)
{
    const char *text = r->form->answers[field].text;
    int32_t day;
    return text && date_read(text, r->today, &day) && day <= r->today ? day : DAY_NONE;
}

static void find_form_dates(Reading *r, const ResponseTold *t, const GArray *dates)
{
    Facts *f = r->facts;
    f->final_response.date = form_day(r, FORM_RESPONSE_DATE);
    f->final_response.received = form_day(r, FORM_RESPONSE_RECEIVED);
    if (f->final_response.date == DAY_NONE && f->final_response.received == DAY_NONE)
        find_dates(r, t, dates);
}

/* ---- the rest */

static Tri tri_of(bool yes)
{
    return yes ? TRI_YES : TRI_NO;
}

/* Log-odds from which a sentence tells that the answer sends the person elsewhere. */
static const float ELSEWHERE_TOLD = 1;

/* The letter itself, where it is here, says where it sends the person; else the writer does. */
static void find_signpost(Reading *r, const ResponseTold *t)
{
    bool iec = false, other = false, said_iec = false;
    bool said_other = reading_act(r, ACT_ELSEWHERE) > ELSEWHERE_TOLD;
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_SIGNPOST, NULL));) {
        bool names_iec = !strcmp(h->rule->value, "iec");
        iec |= h->passage == t->final && names_iec;
        other |= h->passage == t->final && !names_iec;
        said_iec |= is_writer(h->passage) && names_iec;
        said_other |= is_writer(h->passage) && !names_iec;
    }
    r->facts->final_response.names_iec = t->final ? tri_of(iec) : said_iec ? TRI_YES : TRI_UNKNOWN;
    r->facts->final_response.names_other = t->final     ? tri_of(other)
                                           : said_other ? TRI_YES
                                                        : TRI_UNKNOWN;
}

static void set_source(Reading *r, const ResponseTold *t)
{
    const char *source = r->form && r->form->answers[FORM_RESPONSE].text ? "form"
                         : !t->final                                     ? "stated"
                         : t->final->role == TEXT_ATTACHMENT             ? "attachment"
                                                                         : "forwarded";
    g_free(r->facts->final_response.source);
    r->facts->final_response.source = g_strdup(source);
}

/* The Home Office's own 20 working days, by the latest day it can have had the complaint. */
static void find_overdue(Reading *r)
{
    Day latest = DAY_NONE;
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_RESPONSE, "complained"));) {
        const GArray *dates = passage_dates(r, h->passage);
        for (unsigned j = 0; is_writer(h->passage) && j < dates->len; j++) {
            const DateFound *d = &g_array_index(dates, DateFound, j);
            uint32_t word = passage_word_at(h->passage, d->offset);
            if (g_array_index(h->passage->wording->words, Word, word).sentence == h->at->sentence)
                latest = latest == DAY_NONE ? d->last : MAX(latest, d->last);
        }
    }
    if (latest != DAY_NONE && latest + OVERDUE_DAYS < r->today)
        r->facts->final_response.overdue = TRI_YES;
}

static ResponseStatus form_status(const Reading *r, const ResponseTold *t, const GArray *dates)
{
    const char *answer = reading_chosen(r, FORM_RESPONSE);
    if (answer && !strcmp(answer, "yes"))
        return t->never_complained ? RESPONSE_UNKNOWN : RESPONSE_GIVEN;
    /* "No", with the letter attached or told of, is a slip somewhere. */
    if (answer && !strcmp(answer, "no"))
        return t->final || t->given || t->signpost ? RESPONSE_UNKNOWN : RESPONSE_NONE;
    return response_status(r, t, dates);
}

/* A reason is one wherever it stands; that there is none is sure only when all was read. */
static void find_late_reason(Reading *r, const ResponseTold *t)
{
    /* Log-odds from which a reason is taken to be told, and from which there may be one: sooner
     * where a phrase for one stands there too. */
    unsigned phrases = reading_count(r, RULE_LATE_REASON, NULL, false);
    const float taken = phrases ? 0 : 0.5f, possible = phrases ? -2.2f : -1.3f;
    bool anywhere = phrases || reading_act(r, ACT_LATE) > LATE_TOLD;
    float reason = anywhere ? r->nature[NATURE_LATE_REASON] : ACT_NOT_TOLD;
    const char *as = reason > taken ? "yes" : "unknown";
    if (reason > possible) {
        reading_note_first(r, RULE_LATE_REASON, "yes", "late_reason", as);
        reading_note_act(r, ACT_LATE, "late_reason", as);
    }
    bool told = (r->form && r->form->answers[FORM_LATE].text) || reason > taken;
    bool all_read = !t->unread && !r->cut && r->facts->language != LANGUAGE_OTHER;
    bool none = all_read && reason <= possible;
    r->facts->late_reason = told ? TRI_YES : none ? TRI_NO : TRI_UNKNOWN;
}

void facts_response(Reading *r)
{
    ResponseTold t = response_told(r);
    g_autoptr(GArray) dates = date_candidates(r);
    ResponseStatus status = form_status(r, &t, dates);
    r->facts->final_response.status = status;
    note_status(r, &t, status);
    find_late_reason(r, &t);
    if (r->form && r->form->answers[FORM_RESPONSE].text)
        reading_note_shape(r, "final-response.form", "final_response.status",
                           response_status_name(status));
    if (status == RESPONSE_NONE)
        find_overdue(r);
    if (status == RESPONSE_GIVEN) {
        if (r->form)
            find_form_dates(r, &t, dates);
        else
            find_dates(r, &t, dates);
        find_signpost(r, &t);
        set_source(r, &t);
        note_day(r, "final-response.date", "final_response.date", r->facts->final_response.date);
        note_day(r, "final-response.received", "final_response.received",
                 r->facts->final_response.received);
    }
    bool dated =
        r->facts->final_response.date != DAY_NONE || r->facts->final_response.received != DAY_NONE;
    if (status != RESPONSE_NONE && !dated && t.unread)
        r->facts->final_response.readable = TRI_NO;
}
