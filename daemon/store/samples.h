/* samples.h: the rejections that left without a person, the weeks drawn from them, and what the
 * blind readers found (policy 4a).
 *
 * All writing functions run inside the caller's transaction.
 */
#pragma once

#include "daemon/model/judgement.h"
#include "daemon/store/db.h"

typedef struct SampleRow {
    int64_t outbox_id, case_id;
    char *reference; /* of the case; out only */
    int64_t at;      /* when the rejection was let go */
    Day week;        /* the Monday of that week, London */
    uint32_t reasons;
    Language language;
    Channel channel;
    RepresentativeType representative;
    int64_t read_at; /* 0 not yet read */
    char *reader;
    Decision read_decision; /* DECISION_NONE not yet read */
    uint32_t read_reasons;
} SampleRow;
void sample_row_free(SampleRow *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SampleRow, sample_row_free)

/* A rejection leaves without a person. Only the row's first half is written. */
bool samples_add(Db *db, const SampleRow *r, const char *rules_version, GError **error);

/* The earliest week not drawn; DAY_NONE where there is none. */
bool samples_next_week(Db *db, Day *week, GError **error);
/* That week's rejections in the order of their leaving: SampleRow with id and reference alone. */
GPtrArray *samples_undrawn(Db *db, Day week, GError **error);
/* It never left: no draw takes it. Nothing where there is no such row, or its week is drawn. */
bool samples_leave_out(Db *db, int64_t outbox_id, GError **error);
bool samples_draw(Db *db, int64_t outbox_id, bool drawn, GError **error);

typedef struct SampleWeek {
    Day week;
    int64_t at;
    const uint8_t *seed; /* 32 bytes */
    unsigned percent, minimum, rejections, drawn;
} SampleWeek;
bool samples_add_week(Db *db, const SampleWeek *w, GError **error);

GPtrArray *samples_all(Db *db, GError **error); /* SampleRow of every one drawn, in order */
/* The case's latest rejection drawn; NULL with no error where there is none. */
SampleRow *samples_of_case(Db *db, int64_t case_id, GError **error);
bool samples_read(Db *db, const SampleRow *r, GError **error);
