/* cases.h: the register of cases, what was decided, and everything that happened to each.
 *
 * All writing functions run inside the caller's transaction.
 */
#pragma once

#include "daemon/model/case.h"
#include "daemon/model/casemark.h"
#include "daemon/model/facts.h"
#include "daemon/model/judgement.h"
#include "daemon/store/db.h"

typedef struct CaseRow {
    int64_t id;
    char *reference; /* IEC/26/000123, given by cases_create */
    CaseState state;
    int64_t first_contact_at; /* never moves (policy 3) */
    int64_t received_at;      /* receipt of the message whose clock runs */
    Day reply_due;            /* DAY_NONE: past the calendar */
    int64_t decided_at;       /* 0 not yet by rule or person with effect */
    char *decided_by;         /* "rules" or a user's name, "" */
    char *contact_name;
    char *contact_address; /* confirmed contact; "" none */
    Language language;
    BusinessArea area;
    Channel channel;
    Decision decision; /* the latest */
    uint32_t reasons, asks, refer, flags;
    Release release;
    int asked_count;     /* questions sent */
    int64_t linked_case; /* 0, or the case this one claims to belong to */
    int chased; /* deadline steps done: 0 none 1 two days 2 one day 3 holding 4 passed; of a case
                   that was asked: 1 reminded 2 to 4 how often a person was told to close it */
} CaseRow;
CaseRow *case_row_new(void);
void case_row_free(CaseRow *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseRow, case_row_free)

/* Gives the next number of the two-digit year and fills id and reference. State must be received or
 * one that received may move to; the creating event is the caller's. */
bool cases_create(Db *db, CaseRow *c, int year2, int64_t now, GError **error);
/* Writes every field but id, reference, first_contact_at; refuses a move case.h does not have.
 * Leaving the state as it is is no move. */
bool cases_update(Db *db, const CaseRow *c, GError **error);
/* NULL with no error where there is none. */
CaseRow *cases_load(Db *db, int64_t id, GError **error);
CaseRow *cases_by_reference(Db *db, const char *reference, GError **error);

/* Addresses the case knows (ASCII-lower-cased). */
bool cases_add_address(Db *db, int64_t case_id, const char *address, GError **error);
bool cases_knows_address(Db *db, int64_t case_id, const char *address);

/* One decision, by rules or a person, with its findings; returns its id, 0 on error. */
int64_t cases_add_decision(Db *db, int64_t case_id, int64_t message_id, const Judgement *j,
                           const Facts *facts, const char *by, const char *why, int64_t now,
                           GError **error);

/* Who or what (“iecd intake”, “anna”), what ("registered", "judged", "joined", "reply-queued",
 * "reply-sent", "held", "approved", "chased", ...), why: free words for people. */
bool cases_event(Db *db, int64_t case_id, int64_t message_id, const char *who, const char *what,
                 const char *why, int64_t now, GError **error);

typedef struct EventRow {
    int64_t at, message_id;
    char *who, *what, *why;
} EventRow;
void event_row_free(EventRow *e);
GPtrArray *cases_events(Db *db, int64_t case_id, GError **error);
typedef struct DecisionRow {
    int64_t id, at, message_id;
    int line;
    char *by, *why, *decision, *reasons, *asks, *refer, *flags, *release, *release_why,
        *rules_version;
    Day time_limit, reply_due;
    Facts *facts; /* merged facts decided on */
} DecisionRow;
void decision_row_free(DecisionRow *d);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DecisionRow, decision_row_free)
GPtrArray *cases_decisions(Db *db, int64_t case_id, GError **error);
/* Facts the case was last judged on (empty ones where it has none), and where *message_id is 0 the
 * message of its last decision. */
Facts *cases_last_facts(Db *db, int64_t case_id, int64_t *message_id, GError **error);

typedef struct CaseFilter {
    int state;          /* CaseState or -1 */
    int decision;       /* Decision or -1 */
    uint32_t flags_any; /* 0: any */
    Day due_by;         /* DAY_NONE: any */
    const char *text;   /* part of reference, name or address; NULL any */
    bool silent;        /* only those whose question people were told to close the case for */
    unsigned limit;     /* 0: no limit */
} CaseFilter;
/* In the order of their making. */
GPtrArray *cases_list(Db *db, const CaseFilter *filter, GError **error);
/* Cases in state referred or awaiting-release(reviewed) whose answer is owed by `due` or before, or
 * by no known day (past the end of the calendar). */
GPtrArray *cases_owed(Db *db, Day due, GError **error);

/* CaseRow.chased of a case that was asked, from which on people have been told. */
enum { CHASED_SILENT = 2 };
/* Cases whose question was asked before this instant and has had no answer, oldest first. */
GPtrArray *cases_silent(Db *db, int64_t asked_before, GError **error);
/* The instant before which a question must have been asked, to be `days` old on `today`. */
int64_t cases_asked_before(Day today, int days);

/* Mark keys, newest first; GArray of MarkKey. Made by the schema's first step. */
GArray *cases_mark_keys(Db *db, GError **error);

/* A settings row that outlives the process: "release.stopped" and the like; NULL if unset. */
char *meta_get(Db *db, const char *key);
bool meta_set(Db *db, const char *key, const char *value, GError **error); /* NULL unsets */

typedef struct RegisterCounts {
    int64_t messages, pending, cases, by_state[CASE_STATE_COUNT];
    int64_t outbox_held, outbox_queued, outbox_sent, outbox_failed, outbox_unknown, by_hand;
    int64_t alerts; /* not acknowledged */
} RegisterCounts;
bool register_counts(Db *db, RegisterCounts *counts, GError **error);
