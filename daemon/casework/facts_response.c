/* Whether, when and how the Home Office finally answered (policy sections 2 and 3). A rejection may
 * rest on these, so whatever is told in two ways stays unknown, and of two dates the later one that
 * would be in time makes the earlier one unsure. */
#include "daemon/casework/facts_reading.h"
#include <string.h>

enum {
    LETTERHEAD_BYTES = 900, /* a letter's own date stands in its head */
    NEAR_WORDS = 14,        /* a date belongs to words this near */
    OVERDUE_DAYS = 32,      /* 20 working days whatever holidays fall among them */
};

typedef struct Told { /* what the message says, before it is weighed */
    bool given, hinted, signpost, enclosed, complained;
    bool never_complained, no_answer, only_acknowledged;
    const Passage *final, *interim, *letter;
} Told;

static bool papers_unread(const Reading *r)
{
    for (unsigned i = 0; i < r->document->attachments->len; i++)
        if (attachment_unread(r->document->attachments->pdata[i]))
            return true;
    return false;
}

static void note_response_hit(Told *t, const Rule *rule)
{
    if (!strcmp(rule->value, "given")) {
        t->given |= rule->states;
        t->hinted |= !rule->states;
    } else if (!strcmp(rule->value, "none")) {
        t->never_complained |= rule->states;
        t->no_answer |= !rule->states;
    } else if (!strcmp(rule->value, "not-final")) {
        t->only_acknowledged = true;
    } else if (!strcmp(rule->value, "complained")) {
        t->complained = true;
    } else if (!strcmp(rule->value, "enclosed")) {
        t->enclosed = true;
    }
}

static Told gather(const Reading *r)
{
    Told t = {0};
    const Hit *h;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_RESPONSE, NULL));)
        if (is_writer(h->passage))
            note_response_hit(&t, h->rule);
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_SIGNPOST, "iec"));)
        t.signpost |= is_writer(h->passage);
    for (unsigned i = 0; i < r->passages->len; i++) {
        const Passage *p = r->passages->pdata[i];
        if (p->paper == PAPER_FINAL)
            t.final = p;
        else if (p->paper == PAPER_INTERIM)
            t.interim = p;
        else if (p->paper == PAPER_LETTER)
            t.letter = p;
    }
    return t;
}

/* Given: the letter is here, or the writer says so in words that can mean nothing else. None: says
 * so, or complained and only silence or an acknowledgement came. Both, or less, is unknown. */
static ResponseStatus weigh(const Reading *r, const Told *t)
{
    bool given = t->given || (t->signpost && (t->hinted || t->enclosed || t->complained));
    bool silent = t->no_answer || t->only_acknowledged;
    if (t->final)
        return RESPONSE_GIVEN;
    if (given)
        return t->never_complained ? RESPONSE_UNKNOWN : RESPONSE_GIVEN;
    /* An answer that is told of may be the final one, unless it is here and says that it is not. */
    bool explained = t->interim && silent;
    if ((t->hinted && !explained) || t->signpost || t->letter)
        return RESPONSE_UNKNOWN;
    if (t->never_complained)
        return t->complained && !silent ? RESPONSE_UNKNOWN : RESPONSE_NONE;
    if (t->enclosed && papers_unread(r))
        return RESPONSE_UNKNOWN;
    if (t->only_acknowledged || (silent && (t->complained || t->interim)))
        return RESPONSE_NONE;
    return RESPONSE_UNKNOWN;
}

static void note_status(Reading *r, const Told *t, ResponseStatus status)
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

/* The day at the head of a letter: the first told in full before "Dear". */
static Day letter_date(const Reading *r, Passage *p)
{
    if (p->date)
        return day_of_instant(p->date);
    const GArray *dates = passage_dates(r, p);
    const char *dear = g_strstr_len(p->text, (gssize)MIN(p->length, LETTERHEAD_BYTES), "Dear");
    uint32_t head = dear ? (uint32_t)(dear - p->text) : LETTERHEAD_BYTES;
    for (unsigned i = 0; i < dates->len; i++) {
        const DateFound *d = &g_array_index(dates, DateFound, i);
        if (d->offset < head && !d->loose && d->year_told && d->last <= r->today)
            return d->last;
    }
    return DAY_NONE;
}

static uint32_t word_at_byte(const Passage *p, uint32_t offset)
{
    const GArray *words = p->wording->words;
    uint32_t low = 0, high = words->len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (g_array_index(words, Word, middle).offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t distance(uint32_t word, const RuleHit *h)
{
    return word < h->first ? h->first - word : word > h->last ? word - h->last : 0;
}

/* How a date stands to the response: how far, and whether it is the letter's or its arrival's. */
typedef struct DatePlace {
    uint32_t away; /* words to the nearest words about the response; G_MAXUINT32 none */
    bool sure;     /* those words state it */
    bool received;
    bool dated;
    bool by_email;
} DatePlace;

/* A cue before a date is nearer to it than one after ("dated 4 May, received on the 8th"). */
static uint32_t cue_distance(uint32_t word, const RuleHit *h)
{
    return distance(word, h) * 2 + (h->first > word ? 3 : 0);
}

static DatePlace place_date(const Reading *r, const Passage *p, const DateFound *d)
{
    uint32_t word = word_at_byte(p, d->offset), cue = NEAR_WORDS * 2;
    uint32_t sentence = g_array_index(p->wording->words, Word, word).sentence;
    DatePlace place = {.away = G_MAXUINT32};
    for (unsigned i = 0; i < r->hits->len; i++) {
        const Hit *h = &g_array_index(r->hits, Hit, i);
        uint32_t gap =
            h->at->sentence > sentence ? h->at->sentence - sentence : sentence - h->at->sentence;
        if (h->passage != p || gap > 1)
            continue;
        bool about = (h->rule->fact == RULE_RESPONSE &&
                      (!strcmp(h->rule->value, "given") || !strcmp(h->rule->value, "enclosed"))) ||
                     h->rule->fact == RULE_SIGNPOST;
        uint32_t away = distance(word, h->at) + gap * NEAR_WORDS;
        if (about && away < place.away) {
            place.away = away;
            place.sure = h->rule->states;
        }
        if (h->rule->fact == RULE_DATED && gap == 0 && cue_distance(word, h->at) < cue) {
            cue = cue_distance(word, h->at);
            place.received = !strcmp(h->rule->value, "received");
            place.dated = !place.received;
        }
        if (h->rule->fact == RULE_CARRIAGE && gap == 0)
            place.by_email |= !strcmp(h->rule->value, "email");
    }
    /* A date in the sentence beside counts only where it is told to be a letter's. */
    bool beside = place.away >= NEAR_WORDS && place.away < G_MAXUINT32;
    if (beside && !place.dated && !place.received && place.away > 2 * NEAR_WORDS)
        place.away = G_MAXUINT32;
    return place;
}

typedef struct Dated { /* the best date so far, of each sort */
    Day date, received;
    uint32_t date_away, received_away;
    Day latest; /* of all that might be the response's */
} Dated;

static void take_date(Dated *best, const DateFound *d, const DatePlace *place)
{
    best->latest = best->latest == DAY_NONE ? d->last : MAX(best->latest, d->last);
    uint32_t away = place->away + (place->sure ? 0 : NEAR_WORDS);
    if ((place->received || d->loose || place->by_email) && away < best->received_away) {
        best->received = d->last;
        best->received_away = away;
    }
    if ((!place->received || place->by_email) && !d->loose && away < best->date_away) {
        best->date = d->last;
        best->date_away = away;
    }
}

static Dated stated_dates(Reading *r)
{
    Dated best = {DAY_NONE, DAY_NONE, G_MAXUINT32, G_MAXUINT32, DAY_NONE};
    for (unsigned i = 0; i < r->passages->len; i++) {
        Passage *p = r->passages->pdata[i];
        if (!(p->scope & RULE_WRITER) || p->wording->words->len == 0)
            continue;
        const GArray *dates = passage_dates(r, p);
        for (unsigned j = 0; j < dates->len; j++) {
            const DateFound *d = &g_array_index(dates, DateFound, j);
            DatePlace place = place_date(r, p, d);
            if (place.away != G_MAXUINT32 && d->first <= r->today)
                take_date(&best, d, &place);
        }
    }
    return best;
}

/* A date that makes the complaint late while another one told beside it would not is not sure. */
static bool is_unsure(const Reading *r, Day told, Day latest)
{
    return latest != DAY_NONE && latest > told && day_add_months(told, 3) < r->today &&
           day_add_months(latest, 3) >= r->today;
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

static void find_dates(Reading *r, const Told *t)
{
    Dated told = stated_dates(r);
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
    if (letter == DAY_NONE && rests_on != DAY_NONE && is_unsure(r, rests_on, told.latest))
        f->final_response.date = f->final_response.received = DAY_NONE;
}

static Day form_day(const Reading *r, FormField field)
{
    const char *text = r->form->answers[field].text;
    int32_t day;
    return text && date_read(text, r->today, &day) && day <= r->today ? day : DAY_NONE;
}

static void find_form_dates(Reading *r, const Told *t)
{
    Facts *f = r->facts;
    f->final_response.date = form_day(r, FORM_RESPONSE_DATE);
    f->final_response.received = form_day(r, FORM_RESPONSE_RECEIVED);
    if (f->final_response.date == DAY_NONE && f->final_response.received == DAY_NONE)
        find_dates(r, t);
}

/* ---- the rest */

static Tri tri_of(bool yes)
{
    return yes ? TRI_YES : TRI_NO;
}

/* The letter itself, where it is here, says where it sends the person; else the writer does. */
static void find_signpost(Reading *r, const Told *t)
{
    bool iec = false, other = false, said_iec = false, said_other = false;
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

static void set_source(Reading *r, const Told *t)
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
            uint32_t word = word_at_byte(h->passage, d->offset);
            if (g_array_index(h->passage->wording->words, Word, word).sentence == h->at->sentence)
                latest = latest == DAY_NONE ? d->last : MAX(latest, d->last);
        }
    }
    if (latest != DAY_NONE && latest + OVERDUE_DAYS < r->today)
        r->facts->final_response.overdue = TRI_YES;
}

static ResponseStatus form_status(const Reading *r, const Told *t)
{
    const char *answer = reading_chosen(r, FORM_RESPONSE);
    if (answer && !strcmp(answer, "yes"))
        return t->never_complained ? RESPONSE_UNKNOWN : RESPONSE_GIVEN;
    /* "No", with the letter attached or told of, is a slip somewhere. */
    if (answer && !strcmp(answer, "no"))
        return t->final || t->given || t->signpost ? RESPONSE_UNKNOWN : RESPONSE_NONE;
    return weigh(r, t);
}

/* A reason is one wherever it stands; that there is none is sure only when all was read. */
static void find_late_reason(Reading *r)
{
    const Hit *h = NULL;
    for (unsigned i = 0; (h = reading_next(r, &i, RULE_LATE_REASON, NULL));) {
        if (!is_writer(h->passage))
            continue;
        r->facts->late_reason = TRI_YES;
        reading_note(r, h, "late_reason", "yes");
        return;
    }
    bool told = r->form && r->form->answers[FORM_LATE].text;
    bool all_read = !papers_unread(r) && !r->cut && r->facts->language != LANGUAGE_OTHER;
    r->facts->late_reason = told ? TRI_YES : all_read ? TRI_NO : TRI_UNKNOWN;
}

void facts_response(Reading *r)
{
    Told t = gather(r);
    ResponseStatus status = form_status(r, &t);
    r->facts->final_response.status = status;
    note_status(r, &t, status);
    find_late_reason(r);
    if (r->form && r->form->answers[FORM_RESPONSE].text)
        reading_note_shape(r, "final-response.form", "final_response.status",
                           response_status_name(status));
    if (status == RESPONSE_NONE)
        find_overdue(r);
    if (status == RESPONSE_GIVEN) {
        if (r->form)
            find_form_dates(r, &t);
        else
            find_dates(r, &t);
        find_signpost(r, &t);
        set_source(r, &t);
        note_day(r, "final-response.date", "final_response.date", r->facts->final_response.date);
        note_day(r, "final-response.received", "final_response.received",
                 r->facts->final_response.received);
    }
    bool dated =
        r->facts->final_response.date != DAY_NONE || r->facts->final_response.received != DAY_NONE;
    if (status != RESPONSE_NONE && !dated && papers_unread(r))
        r->facts->final_response.readable = TRI_NO;
}
