/* Texts and the dates in them, a row each, in groups of one sort. */
#include "parsers/dates.h"
#include "tests/unit/parsers/days.h"
#include <string.h>

/* A date is "first" or "first..last", loose ones with "~" behind. */
static void append(GString *s, const DateFound *d)
{
    g_autofree char *first = iso(d->first), *last = iso(d->last);
    g_string_append_printf(s, "%s%s", s->len ? " " : "", first);
    if (d->first != d->last)
        g_string_append_printf(s, "..%s", last);
    if (d->loose)
        g_string_append_c(s, '~');
}

/* All dates of the text, with a space between, or "none". */
static char *dates_in(const char *text, const char *today)
{
    g_autoptr(GArray) found = dates_find(text, strlen(text), day(today));
    GString *all = g_string_new(NULL);
    for (unsigned i = 0; i < found->len; i++)
        append(all, &g_array_index(found, DateFound, i));
    if (found->len == 0)
        g_string_append(all, "none");
    return g_string_free(all, FALSE);
}

/* Told on Wednesday 23 September 2026. */
typedef struct Row {
    const char *text, *want;
} Row;

static const char TODAY[] = "2026-09-23";

static const Row MONTH_TOLD[] = {
    {"on the 7th of this month", "2026-09-07"},
    {"on 2nd of this month they", "2026-09-02"},
    {"the 3rd of last month", "2026-08-03"},
    {"the 3rd last month", "2026-08-03"},
    {"your letter of the 14th ult.", "2026-08-14"},
    {"yours of 14th inst. received", "2026-09-14"},
    {"on 4 May, and the 9th of the same month", "2026-05-04 2026-05-09"},
    {"on 14 May, and the 9th of the previous month", "2026-05-14 2026-04-09"},
    {"on the 31st of last month", "2026-08-31"},
    {"the 9th of that month", "none"},
    {"the fifth of last month", "2026-08-05"},
    {"on the 3rd of the month", "2026-09-03"},
};

static const Row AGO[] = {
    {"two weeks ago today", "2026-09-09"},
    {"three weeks ago yesterday", "2026-09-01"},
    {"a week ago today", "2026-09-16"},
    {"a week ago on Monday", "2026-09-14"},
    {"a week ago yesterday", "2026-09-15"},
    {"a week last Tuesday", "2026-09-15"},
    {"a week ago last Tuesday", "2026-09-15"},
    {"a fortnight ago today", "2026-09-09"},
    {"two days ago", "2026-09-21"},
    {"the day before yesterday", "2026-09-21"},
    {"a day ago", "2026-09-22"},
    {"5 days ago", "2026-09-18"},
    {"ten days ago", "2026-09-13..2026-09-17~"},
    {"a few days ago", "2026-09-18..2026-09-21~"},
    {"two or three days ago", "2026-09-20..2026-09-21~"},
    {"three weeks ago", "2026-08-26..2026-09-06~"},
    {"2-3 weeks ago", "2026-08-26..2026-09-13~"},
    {"a fortnight ago", "2026-09-02..2026-09-13~"},
    {"a couple of weeks back", "2026-09-02..2026-09-13~"},
    {"some weeks ago", "2026-08-26..2026-09-06~"},
    {"about two months ago", "2026-06-23..2026-08-07~"},
    {"a month or so ago", "2026-07-23..2026-09-07~"},
    {"over a year ago", "2024-09-23..2025-12-22~"},
    {"18 months ago", "2025-02-23..2025-04-07~"},
    {"two hours ago", "2026-09-23"},
    {"within three weeks", "none"},
    {"for two months", "none"},
    {"I waited 28 days", "none"},
    {"two weeks on Friday", "none"},
    {"weeks ago", "none"},
    {"a week or two ago", "2026-09-02..2026-09-20~"},
    {"a month and a half ago", "2026-07-23..2026-09-07~"},
    {"six and a half weeks ago", "2026-08-05..2026-08-16~"},
    {"8 weeks and 2 days ago", "2026-07-20..2026-07-31~"},
    {"between 10 and 12 weeks ago", "2026-06-24..2026-07-19~"},
    {"half a year ago", "none"},
    {"two years ago in May", "2023-09-23..2024-12-22~ 2024-05-01..2024-05-31~"},
    {"a week yesterday", "2026-09-15"},
    {"on 22 September it was late, 3 weeks later", "2026-09-22"},
};

static const Row NEAR[] = {
    {"yesterday", "2026-09-22"},
    {"yesterday's email", "2026-09-22"},
    {"this morning", "2026-09-23"},
    {"last night", "2026-09-22"},
    {"tonight", "2026-09-23"},
    {"last week", "2026-09-14..2026-09-20~"},
    {"this week", "2026-09-21..2026-09-23~"},
    {"last month", "2026-08-01..2026-08-31~"},
    {"this month", "2026-09-01..2026-09-23~"},
    {"the other day", "2026-09-13..2026-09-22~"},
    {"the other week", "2026-08-26..2026-09-20~"},
    {"the week before last", "2026-09-07..2026-09-13~"},
    {"earlier this month", "2026-09-01..2026-09-23~"},
    {"late last month", "2026-08-20..2026-08-31~"},
    {"at the end of last month", "2026-08-20..2026-08-31~"},
    {"last week on Monday", "2026-09-14"},
    {"tomorrow", "none"},
    {"the day after tomorrow", "none"},
    {"the last time", "none"},
    {"this matter", "none"},
    {"over the weekend", "2026-09-19..2026-09-20~"},
    {"last weekend", "2026-09-19..2026-09-20~"},
    {"the weekend of 3 May", "2026-05-03"},
};

static const Row WEEKDAYS[] = {
    {"last Thursday", "2026-09-17"},
    {"on Friday", "2026-09-18"},
    {"on Wednesday", "2026-09-23"},
    {"last Wednesday", "2026-09-16"},
    {"this Monday", "2026-09-21"},
    {"this past Monday", "2026-09-21"},
    {"Thursday last", "2026-09-17"},
    {"Friday just gone", "2026-09-18"},
    {"on Tues", "2026-09-22"},
    {"on Weds I", "2026-09-23"},
    {"on Fri.", "2026-09-18"},
    {"on sat", "none"},
    {"it came Friday", "2026-09-18"},
    {"I got it Friday morning", "2026-09-18"},
    {"Monday of last week", "2026-09-14"},
    {"Tuesday last week", "2026-09-15"},
    {"on Monday this week", "2026-09-21"},
    {"since last Friday", "2026-09-18"},
    {"dydd Gwener diwethaf", "2026-09-18"},
    {"ddydd Llun diwethaf", "2026-09-21"},
    {"ar ddydd Mercher", "2026-09-23"},
    {"ar ddydd Mawrth", "2026-09-22"},
    {"Dydd Mawrth diwethaf", "2026-09-22"},
    {"next Friday", "none"},
    {"by Friday", "none"},
    {"until Friday", "none"},
    {"before Friday", "none"},
    {"every Friday morning", "none"},
    {"open on Monday to Friday", "none"},
    {"Monday - Friday", "none"},
    {"on Mondays", "none"},
    {"on Friday week", "none"},
};

static const Row WEEKDAY_NUMBER[] = {
    {"Friday the 4th", "2026-09-04"},
    {"on Friday 4th", "2026-09-04"},
    {"on Friday 5th", "2026-06-05"},
    {"on Friday 4th, I", "2026-09-04"},
    {"Friday the 13th", "2026-03-13"},
    {"on Friday 5 June", "2026-06-05"},
    {"on Friday June 5th", "2026-06-05"},
    {"on Friday the 5th of June", "2026-06-05"},
    {"Friday, 5 June 2026", "2026-06-05"},
    {"on Friday 05/06/2026", "2026-06-05"},
    {"the 4th, a Friday", "2026-09-04"},
    {"it came on the 4th (a Friday)", "2026-09-04"},
    {"14-th, on Monday", "2026-09-14"},
    {"the 14th, on Monday", "2026-09-14"},
    {"5 June 2026 (Friday)", "2026-06-05"},
    {"it arrived the 12", "2026-09-12"},
    {"I received it on the 12.", "2026-09-12"},
    {"last Friday the 18th", "2026-09-18"},
    {"last Friday 18th", "2026-09-18"},
    {"dated 1 July, came on Friday 3rd", "2026-07-01 2026-07-03"},
    {"dated 1 July, came on Monday 2nd", "2026-07-01 2026-03-02"},
    {"on Tuesday 3pm", "2026-09-22"},
    {"on Tuesday 10:30", "2026-09-22"},
    {"the 12 of us", "none"},
    {"on the 12 occasions", "none"},
};

static const Row BESIDE[] = {
    {"dated 4 May 2026. The next day I", "2026-05-04 2026-05-05"},
    {"dated 4 May 2026 and I got it the following day", "2026-05-04 2026-05-05"},
    {"sent on 4 May, arriving the day after.", "2026-05-04 2026-05-05"},
    {"on 4 May I wrote; two days later they", "2026-05-04 2026-05-06"},
    {"dated 4 May; it came three days after.", "2026-05-04 2026-05-07"},
    {"on 4 May. A week later I", "2026-05-04 2026-05-11"},
    {"dated Monday 4 May, it came the following Tuesday", "2026-05-04 2026-05-05"},
    {"dated 4 May, it came the Saturday after", "2026-05-04 2026-05-09"},
    {"dated 4 May and came that Friday", "2026-05-04 2026-05-08"},
    {"dated 4 May, came the same day", "2026-05-04 2026-05-04"},
    {"on 4 May. I opened it that same afternoon", "2026-05-04 2026-05-04"},
    {"on 4 May, and that evening I", "2026-05-04 2026-05-04"},
    {"on 4 May, same day by email", "2026-05-04 2026-05-04"},
    {"on 4 May. I had rung the day before.", "2026-05-04 2026-05-03"},
    {"on 4 May. I had rung two days earlier.", "2026-05-04 2026-05-02"},
    {"on 4 May. The previous Friday I", "2026-05-04 2026-05-01"},
    {"on 4 May. I rang on the Friday.", "2026-05-04 2026-05-08"},
    {"on 4 May. A few days later I", "2026-05-04 2026-05-07..2026-05-11~"},
    {"ar 4 Mai 2026. Drannoeth", "2026-05-04 2026-05-05"},
    {"ar 4 Mai 2026. Y diwrnod canlynol", "2026-05-04 2026-05-05"},
    {"ar 4 Mai 2026, yr un diwrnod", "2026-05-04 2026-05-04"},
    {"ar 4 Mai 2026, wythnos yn ddiweddarach", "2026-05-04 2026-05-11"},
    {"ar 4 Mai 2026, dydd Mawrth canlynol", "2026-05-04 2026-05-05"},
    {"The next day I", "none"},
    {"two days later they", "none"},
    {"the following Tuesday", "none"},
    {"on 4 May. I rang. They did not answer. The next day I", "2026-05-04"},
    {"on 4 May. Two days after the interview", "2026-05-04"},
    {"on 4 May the day after I came", "2026-05-04"},
    {"on 22 September, two days later", "2026-09-22"},
    {"at the end of the day", "none"},
    {"on 4 May in the next day or two", "2026-05-04"},
};

static const Row ORDINALS[] = {
    {"the 14th", "2026-09-14"},
    {"on the 24th", "2026-08-24"},
    {"on 8th", "2026-09-08"},
    {"I got it on 8th", "2026-09-08"},
    {"by the 21st", "2026-09-21"},
    {"got it the 12th", "2026-09-12"},
    {"on the 31st", "2026-08-31"},
    {"came on 17 October 2025, dated the 14th", "2025-10-17 2025-10-14"},
    {"came on 2 October 2025, dated the 28th", "2025-10-02 2025-09-28"},
    {"dated 4 September, I got it on the 8th", "2026-09-04 2026-09-08"},
    {"sent 30 August and I got it on the 2nd", "2026-08-30 2026-09-02"},
    {"sent 3 September, told to wait till the 28th", "2026-09-03 2026-08-28"},
    {"in August they wrote, on the 14th", "2026-08-01..2026-08-31~ 2026-08-14"},
    {"ar y 5ed", "2026-09-05"},
    {"ar yr 8fed", "2026-09-08"},
    {"y 14eg.", "2026-09-14"},
    {"on the 8th and 9th I", "2026-09-08 2026-09-09"},
    {"on the 8th or 9th of July", "2026-07-08..2026-07-09~"},
    {"on the fourteenth.", "2026-09-14"},
    {"the 2nd letter", "none"},
    {"on the 3rd floor", "none"},
    {"1st class", "none"},
    {"by 1st class post", "none"},
    {"the 1st and 2nd letters", "none"},
    {"the 21st-century", "none"},
    {"on the 2nd attempt", "none"},
    {"of the 2nd officer", "none"},
    {"my 2nd complaint", "none"},
    {"the 3rd time", "none"},
    {"DOB 11/02/1988. It came on the 8th", "1988-02-11 2026-09-08"},
};

static const Row SPELLED[] = {
    {"third of August", "2026-08-03"},
    {"the twenty-first of May", "2026-05-21"},
    {"the twenty first of May 2025", "2025-05-21"},
    {"first May 2026", "2026-05-01"},
    {"July the fourth", "2026-07-04"},
    {"the thirtieth of June", "2026-06-30"},
    {"the 3rd day of August 2026", "2026-08-03"},
    {"August third, 2026", "2026-08-03"},
    {"the second may be", "none"},
    {"may the force", "none"},
};

static const Row FIGURES[] = {
    {"3/8/26", "2026-08-03"},
    {"03.08.2026", "2026-08-03"},
    {"3-8-26", "2026-08-03"},
    {"3 / 8 / 2026", "2026-08-03"},
    {"2026/08/03", "2026-08-03"},
    {"2026-08-03T10:15", "2026-08-03"},
    {"on 03/08 they", "2026-08-03"},
    {"dated 3/8.", "2026-08-03"},
    {"your email 03/08", "2026-08-03"},
    {"on 13/25", "none"},
    {"3 Aug '26", "2026-08-03"},
    {"3 Aug ’26", "2026-08-03"},
    {"Aug 3rd, 2026", "2026-08-03"},
    {"3rd August,2026", "2026-08-03"},
    {"3Aug2026", "2026-08-03"},
    {"03AUG26", "2026-08-03"},
    {"3Oct2025", "2025-10-03"},
    {"28-Nov-25", "2025-11-28"},
    {"3rd August (2026)", "2026-08-03"},
    {"3 th August", "2026-08-03"},
    {"3 August of last year", "2025-08-03"},
    {"3 August 2026", "2026-08-03"},
    {"8/25/2026", "2026-08-25"},
    {"20260803", "none"},
    {"24/7", "none"},
    {"on 24/7", "none"},
    {"by 1/3", "none"},
    {"3/4 of", "none"},
    {"page 3/8", "none"},
    {"£3.08.26", "none"},
};

static const Row SLIPS[] = {
    {"3 Septmber 2025", "2025-09-03"},
    {"3rd of Agust", "2026-08-03"},
    {"12 Janury 2026", "2026-01-12"},
    {"Febuary 3rd, 2026", "2026-02-03"},
    {"1 Novemeber", "2025-11-01"},
    {"Decmber 5th 2025", "2025-12-05"},
    {"5th of Ocotber 2025", "2025-10-05"},
    {"Ocober 2025", "2025-10-01..2025-10-31~"},
    {"4 Auguts 2026", "2026-08-04"},
    {"9 Sept. 2026", "2026-09-09"},
    {"9 Jan. 2026", "2026-01-09"},
    {"Sept. 9, 2026", "2026-09-09"},
    {"9 jully 2026", "2026-07-09"},
    {"3 match", "none"},
    {"2 marches", "none"},
    {"5 jury members", "none"},
    {"12 days", "none"},
    {"5 March Road", "none"},
    {"7 Augusta 2", "none"},
};

static const Row LOOSE[] = {
    {"early August", "2026-08-01..2026-08-10~"},
    {"in mid-August", "2026-08-10..2026-08-20~"},
    {"in late July 2026", "2026-07-20..2026-07-31~"},
    {"at the end of August last year", "2025-08-20..2025-08-31~"},
    {"the beginning of August", "2026-08-01..2026-08-10~"},
    {"the first week of August", "2026-08-01..2026-08-07~"},
    {"the first days of August", "2026-08-01..2026-08-10~"},
    {"in the last days of August", "2026-08-25..2026-08-31~"},
    {"second week of August 2025", "2025-08-08..2025-08-14~"},
    {"in the last week of August", "2026-08-25..2026-08-31~"},
    {"around 3 August", "2026-08-03..2026-08-10~"},
    {"about the 3rd of August", "2026-08-03..2026-08-10~"},
    {"roughly 3 August", "2026-08-03..2026-08-10~"},
    {"3 August or so", "2026-08-03..2026-08-10~"},
    {"3 or 4 August", "2026-08-03..2026-08-04~"},
    {"3-4 August 2026", "2026-08-03..2026-08-04~"},
    {"between 3 and 10 August", "2026-08-03..2026-08-10~"},
    {"between the 3rd and the 10th of August", "2026-08-03..2026-08-10~"},
    {"between 28 July and 3 August", "2026-07-28..2026-08-03~"},
    {"on 3 and 10 August", "2026-08-03 2026-08-10"},
    {"on 3, 5 and 7 August", "2026-08-03 2026-08-05 2026-08-07"},
    {"sometime in July", "2026-07-01..2026-07-31~"},
    {"in July", "2026-07-01..2026-07-31~"},
    {"since March 2026", "2026-03-01..2026-03-31~"},
    {"before Christmas", "2025-12-01..2025-12-24~"},
    {"just after New Year", "2026-01-01..2026-01-14~"},
    {"on Christmas Eve", "2025-12-24"},
    {"New Year's Day", "2026-01-01"},
    {"last June", "2026-06-01..2026-06-30~"},
    {"in May of this year", "2026-05-01..2026-05-31~"},
    {"last year in March", "2025-03-01..2025-03-31~"},
    {"in September", "2026-09-01..2026-09-23~"},
    {"this new year one", "none"},
    {"it may be", "none"},
    {"a march", "none"},
};

static const Row WELSH[] = {
    {"bythefnos yn ôl", "2026-09-02..2026-09-13~"},
    {"bythefnos yn ol", "2026-09-02..2026-09-13~"},
    {"tua mis yn ol", "2026-07-23..2026-09-07~"},
    {"tair wythnos yn ôl", "2026-08-26..2026-09-06~"},
    {"dau ddiwrnod yn ôl", "2026-09-21"},
    {"deufis yn ôl", "2026-06-23..2026-08-07~"},
    {"ddoe", "2026-09-22"},
    {"echdoe", "2026-09-21"},
    {"neithiwr", "2026-09-22"},
    {"bore 'ma", "2026-09-23"},
    {"yr wythnos diwethaf", "2026-09-14..2026-09-20~"},
    {"y mis diwethaf", "2026-08-01..2026-08-31~"},
    {"dechrau mis Mai", "2026-05-01..2026-05-10~"},
    {"canol mis Mai", "2026-05-10..2026-05-20~"},
    {"ddiwedd mis Mai 2026", "2026-05-20..2026-05-31~"},
    {"ym mis Mai", "2026-05-01..2026-05-31~"},
    {"ym mis Mai y llynedd", "2025-05-01..2025-05-31~"},
    {"ym mis Mawrth eleni", "2026-03-01..2026-03-31~"},
    {"ar 3 Mai", "2026-05-03"},
    {"y 3ydd o Fai 2026", "2026-05-03"},
    {"ar y 5ed o Fawrth", "2026-03-05"},
    {"14 Chwefror 2026", "2026-02-14"},
    {"Dydd Mawrth 3 Mawrth 2026", "2026-03-03"},
    {"mae bai arnaf", "none"},
};

static const Row HEADERS[] = {
    {"Thu, 19 Mar 2026 15:48", "2026-03-19"},
    {"Thursday, 19 March 2026 15:48", "2026-03-19"},
    {"19 March 2026 at 11:12:09 BST", "2026-03-19"},
    {"On Thu, Mar 19, 2026 at 3:48 PM Home Office wrote", "2026-03-19"},
    {"Sent: 19 March 2026 15:48", "2026-03-19"},
    {"Received:3 March 2026", "2026-03-03"},
    {"Date: 2026-03-19 15:48:02", "2026-03-19"},
};

static const Row FOREIGN[] = {
    {"el 3 de agosto de 2026", "2026-08-03"},
    {"3 de septiembre del 2025", "2025-09-03"},
    {"em 3 de março de 2026", "2026-03-03"},
    {"3 de marco de 2026", "2026-03-03"},
    {"le 1er août 2026", "2026-08-01"},
    {"le 3 février 2026", "2026-02-03"},
    {"3 DÉCEMBRE 2025", "2025-12-03"},
    {"il 3 agosto 2026", "2026-08-03"},
    {"am 3. August 2026", "2026-08-03"},
    {"3. März 2026", "2026-03-03"},
    {"dnia 3 września 2026 r.", "2026-09-03"},
    {"3 października 2025", "2025-10-03"},
    {"3 sierpnia", "2026-08-03"},
    {"la 3 iulie 2026", "2026-07-03"},
    {"3 Ağustos 2026", "2026-08-03"},
    {"3 Şubat 2026", "2026-02-03"},
    {"3 Kasım 2025'te", "2025-11-03"},
    {"3 серпня 2026 року", "2026-08-03"},
    {"3 августа 2026 г.", "2026-08-03"},
    {"3 Августа", "2026-08-03"},
    {"3 Января 2026", "2026-01-03"},
    {"٣ أغسطس ٢٠٢٦", "2026-08-03"},
    {"3 أغسطس 2026", "2026-08-03"},
    {"3 كانون الثاني 2026", "2026-01-03"},
    {"3 تشرين الأول 2025", "2025-10-03"},
    {"3 آب/أغسطس 2026", "2026-08-03"},
    {"2 Mars bars", "none"},
};

static const Row NONE[] = {
    {"aged 34", "none"},
    {"£12.50 and 3.5%", "none"},
    {"at 10.30 and 11:45", "none"},
    {"tel 07700 900123", "none"},
    {"020 7946 0018", "none"},
    {"+44 20 7946 0018", "none"},
    {"COMP/1234567/26", "none"},
    {"HU/01234/2026", "none"},
    {"PA-01234-2026", "none"},
    {"UI-2026-001234", "none"},
    {"JR-2026-LON-000123", "none"},
    {"UAN 1234-5678-9123-4567", "none"},
    {"version 1.2.3", "none"},
    {"version 2.10.14", "none"},
    {"192.168.10.12", "none"},
    {"10.1.2.20", "none"},
    {"IEDET/12/3/26", "none"},
    {"section 3.4.12", "none"},
    {"GWF012345678", "none"},
    {"A1-2-26", "none"},
    {"12-3-26-4", "none"},
    {"1/2/3/26", "none"},
    {"32/13/2026", "none"},
    {"30 February 2026 was", "2026-02-01..2026-02-28~"},
    {"0/0/00", "none"},
    {"00/08/2026", "none"},
    {"room 3, 4 people", "none"},
    {"on 5 of them", "none"},
    {"I had 3, may I", "none"},
    {"article 8 ECHR", "none"},
    {"the sun and the sat nav", "none"},
    {"in the second half of it", "none"},
    {"for the first week", "none"},
    {"Mr March", "none"},
    {"the end", "none"},
    {"3 weeks", "none"},
    {"01.02.03.04.05", "none"},
    {"at the back", "none"},
    {"one day", "none"},
    {"to date", "none"},
};

typedef struct Group {
    const char *name;
    const Row *rows;
    unsigned count;
} Group;

static const Group GROUPS[] = {
    {"month-told", MONTH_TOLD, G_N_ELEMENTS(MONTH_TOLD)},
    {"ago", AGO, G_N_ELEMENTS(AGO)},
    {"near", NEAR, G_N_ELEMENTS(NEAR)},
    {"weekdays", WEEKDAYS, G_N_ELEMENTS(WEEKDAYS)},
    {"weekday-number", WEEKDAY_NUMBER, G_N_ELEMENTS(WEEKDAY_NUMBER)},
    {"beside", BESIDE, G_N_ELEMENTS(BESIDE)},
    {"ordinals", ORDINALS, G_N_ELEMENTS(ORDINALS)},
    {"spelled", SPELLED, G_N_ELEMENTS(SPELLED)},
    {"figures", FIGURES, G_N_ELEMENTS(FIGURES)},
    {"slips", SLIPS, G_N_ELEMENTS(SLIPS)},
    {"loose", LOOSE, G_N_ELEMENTS(LOOSE)},
    {"welsh", WELSH, G_N_ELEMENTS(WELSH)},
    {"headers", HEADERS, G_N_ELEMENTS(HEADERS)},
    {"foreign", FOREIGN, G_N_ELEMENTS(FOREIGN)},
    {"none", NONE, G_N_ELEMENTS(NONE)},
};

static void test_group(gconstpointer data)
{
    const Group *group = data;
    for (unsigned i = 0; i < group->count; i++) {
        const Row *row = &group->rows[i];
        g_autofree char *got = dates_in(row->text, TODAY);
        if (!strcmp(got, row->want))
            continue;
        g_test_message("\"%s\": %s, not %s", row->text, got, row->want);
        g_test_fail();
    }
}

/* What is told in a text of many words must not change with what stands around it. */
static void test_within(void)
{
    static const char *const AROUND[] = {"", "Dear all, ", "(see below) ", "It is said: "};
    for (unsigned i = 0; i < G_N_ELEMENTS(AROUND); i++) {
        g_autofree char *text = g_strconcat(AROUND[i], "3rd of August 2026", NULL);
        g_autofree char *got = dates_in(text, TODAY);
        g_assert_cmpstr(got, ==, "2026-08-03");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(GROUPS); i++) {
        g_autofree char *path = g_strconcat("/dates-rows/", GROUPS[i].name, NULL);
        g_test_add_data_func(path, &GROUPS[i], test_group);
    }
    g_test_add_func("/dates-rows/within", test_within);
    return g_test_run();
}
