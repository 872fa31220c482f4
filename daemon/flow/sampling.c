#include "daemon/flow/sampling.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/casework/sample.h"
#include "daemon/flow/alarm.h"
#include "daemon/flow/request.h"
#include "daemon/store/release.h"
#include "daemon/store/samples.h"
#include <errno.h>
#include <string.h>
#include <sys/random.h>

static bool new_seed(uint8_t seed[SAMPLE_SEED_BYTES], GError **error)
{
    if (getrandom(seed, SAMPLE_SEED_BYTES, 0) == SAMPLE_SEED_BYTES)
        return true;
    return request_refuse(error, "no random bytes for the sample: %s", g_strerror(errno));
}

static bool write_draw(Office *o, const GPtrArray *rows, const bool *drawn, GError **error)
{
    for (unsigned n = 0; n < rows->len; n++) {
        const SampleRow *r = rows->pdata[n];
        if (!samples_draw(o->db, r->outbox_id, drawn[n], error))
            return false;
    }
    return true;
}

static bool draw_week(Office *o, Day week, GError **error)
{
    uint8_t seed[SAMPLE_SEED_BYTES];
    g_autoptr(Transaction) tx = transaction_begin(o->db, error);
    g_autoptr(GPtrArray) rows = tx ? samples_undrawn(o->db, week, error) : NULL;
    if (!rows || !new_seed(seed, error))
        return false;
    g_autofree const char **names = g_new0(const char *, rows->len);
    g_autofree bool *drawn = g_new0(bool, rows->len);
    for (unsigned n = 0; n < rows->len; n++)
        names[n] = ((const SampleRow *)rows->pdata[n])->reference;
    SampleWeek w = {.week = week,
                    .at = clock_now(),
                    .seed = seed,
                    .percent = (unsigned)o->settings->casework.sample_percent,
                    .minimum = (unsigned)o->settings->casework.sample_minimum,
                    .rejections = rows->len};
    w.drawn = sample_size(w.rejections, w.percent, w.minimum);
    sample_draw(seed, names, rows->len, w.drawn, drawn);
    if (!write_draw(o, rows, drawn, error) || !samples_add_week(o->db, &w, error) ||
        !transaction_commit(tx, error))
        return false;
    log_info("sample: %u of the week's %u automatic rejections are to be read again", w.drawn,
             w.rejections);
    return true;
}

bool sampling_draw(Office *o, GError **error)
{
    const Day this_week = sample_week(day_of_instant(clock_now()));
    for (;;) {
        Day week = DAY_NONE;
        if (!samples_next_week(o->db, &week, error))
            return false;
        if (week == DAY_NONE || week >= this_week)
            return true;
        if (!draw_week(o, week, error))
            return false;
    }
}

static bool read_result(JsonObject *request, SampleRow *r, GError **error)
{
    const char *word = request_text(request, "decision");
    int n = NAME_INDEX(decision_name, DECISION_COUNT, word);
    if (n <= DECISION_NONE)
        return request_refuse(error, "%s is not a decision; write accept, reject, ask or refer",
                              word);
    r->read_decision = (Decision)n;
    if (!request_reasons(request, "reasons", &r->read_reasons, error))
        return false;
    if (r->read_decision == DECISION_REJECT && !r->read_reasons)
        return request_refuse(error, "a rejection names its reasons: add --reasons");
    if (r->read_decision != DECISION_REJECT && r->read_reasons)
        return request_refuse(error, "only a rejection has reasons");
    return true;
}

/* The case's rejection that waits for a reader, and that this person may read; NULL with an error.
 */
static SampleRow *to_be_read(Office *o, const CaseRow *c, const char *who, GError **error)
{
    g_autoptr(GError) broken = NULL;
    g_autoptr(SampleRow) r = samples_of_case(o->db, c->id, &broken);
    bool had = false;
    if (broken) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return NULL;
    }
    if (!r || r->read_at) {
        request_refuse(error, "%s does not wait to be read again; iecctl sample lists what does",
                       c->reference);
        return NULL;
    }
    if (!release_had_hand_in(o->db, c->id, who, &had, error))
        return NULL;
    if (had) {
        request_refuse(error, "%s: you had a hand in it; somebody else reads it", c->reference);
        return NULL;
    }
    return g_steal_pointer(&r);
}

static char *comparison(const CaseRow *c, const SampleRow *r, SampleResult result)
{
    static const char *const WORDS[] = {
        [SAMPLE_SAME] = "the same",
        [SAMPLE_OTHER_REASONS] = "rejected too, but for other reasons",
        [SAMPLE_OVERTURNED] = "overturned: if the rejection was wrong, run iecctl wrong",
    };
    g_autofree char *was = SET_TO_TEXT(r->reasons, reason_name, REASON_COUNT);
    g_autofree char *now = SET_TO_TEXT(r->read_reasons, reason_name, REASON_COUNT);
    return g_strdup_printf("%s: you: %s%s%s; decided: reject %s; %s", c->reference,
                           decision_name(r->read_decision), now[0] ? " " : "", now, was,
                           WORDS[result]);
}

char *sampling_judge_request(Office *o, JsonObject *request, const char *who, GError **error)
{
    g_autoptr(CaseRow) c = request_case(o, request, error);
    g_autoptr(SampleRow) r = c ? to_be_read(o, c, who, error) : NULL;
    if (!r || !read_result(request, r, error))
        return NULL;
    g_free(r->reader);
    r->reader = g_strdup(who);
    r->read_at = clock_now();
    if (!samples_read(o->db, r, error))
        return NULL;
    SampleResult result = sample_compare(r->reasons, r->read_decision, r->read_reasons);
    g_autofree char *text = comparison(c, r, result);
    if (!cases_event(o->db, c->id, 0, who, "read-again", text + strlen(c->reference) + 2,
                     r->read_at, error))
        return NULL;
    if (result == SAMPLE_OVERTURNED && !alarm_raise(o, c, ALERT_WRONG_REJECTION, 0, error))
        return NULL;
    return g_steal_pointer(&text);
}
