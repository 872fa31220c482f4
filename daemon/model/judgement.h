/* judgement.h: the words of the office's policy, as values.
 *
 * Each enum follows policy sections 1, 2, 4 and 5 in their order, with one table of names used in
 * the database, in JSON and in configuration. Sets (reasons, asks, ...) are bit sets: 1u << value.
 */
#pragma once

#include "daemon/model/day.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum Tri { TRI_UNKNOWN, TRI_NO, TRI_YES, TRI_COUNT } Tri;

typedef enum MessageKind { /* policy 1 */
                           KIND_COMPLAINT,
                           KIND_FOLLOW_UP,
                           KIND_AUTO_REPLY,
                           KIND_BOUNCE,
                           KIND_BULK,
                           KIND_OWN,
                           KIND_TEST,
                           KIND_COUNT
} MessageKind;

typedef enum BusinessArea { /* policy 2 */
                            AREA_UNKNOWN,
                            AREA_UKVI,
                            AREA_IMMIGRATION_ENFORCEMENT,
                            AREA_BORDER_FORCE,
                            AREA_DETENTION_ESCORTING,
                            AREA_HM_PASSPORT_OFFICE,
                            AREA_OTHER_HOME_OFFICE,
                            AREA_OTHER_BODY,
                            AREA_COUNT
} BusinessArea;

typedef enum Wrong { /* what went wrong, policy 2 */
                     WRONG_DELAY,
                     WRONG_ERROR,
                     WRONG_POOR_SERVICE,
                     WRONG_POOR_INFORMATION,
                     WRONG_PROCEDURE,
                     WRONG_STAFF_CONDUCT,
                     WRONG_LOST_DOCUMENTS,
                     WRONG_COMPLAINT_HANDLING,
                     WRONG_COUNT
} Wrong;

typedef enum ResponseStatus {
    RESPONSE_UNKNOWN,
    RESPONSE_NONE,
    RESPONSE_GIVEN,
    RESPONSE_COUNT
} ResponseStatus;
typedef enum Carriage {
    CARRIAGE_UNKNOWN,
    CARRIAGE_EMAIL,
    CARRIAGE_POST,
    CARRIAGE_POST_ABROAD,
    CARRIAGE_COUNT
} Carriage;
typedef enum Language { LANGUAGE_EN, LANGUAGE_CY, LANGUAGE_OTHER, LANGUAGE_COUNT } Language;
typedef enum RepresentativeType {
    REPRESENTATIVE_NOBODY,
    REPRESENTATIVE_LEGAL,
    REPRESENTATIVE_RELATIVE,
    REPRESENTATIVE_SPONSOR,
    REPRESENTATIVE_SUPPORT,
    REPRESENTATIVE_MP,
    REPRESENTATIVE_COUNT
} RepresentativeType;

typedef enum Reason { /* policy 5, in its order */
                      REASON_APPEALABLE_DECISION,
                      REASON_POLICY_OR_LEGISLATION,
                      REASON_OMBUDSMAN,
                      REASON_EMPLOYMENT,
                      REASON_COURT,
                      REASON_WINDRUSH_COMPENSATION,
                      REASON_PSU_MISCONDUCT,
                      REASON_DATA_PROTECTION,
                      REASON_NOT_IN_REMIT,
                      REASON_NO_FINAL_RESPONSE,
                      REASON_OUT_OF_TIME,
                      REASON_COUNT
} Reason;

/* How sure it is that a bar of policy 5 applies, and to how much of the matter. */
typedef enum BarHold {
    BAR_NONE,
    BAR_POSSIBLE, /* hinted: line 4 */
    BAR_PART,     /* certain, but only for a part of the matter: line 4 "mixed" */
    BAR_WHOLE,    /* certain, and covers the whole matter: line 3 */
    BAR_HOLD_COUNT
} BarHold;

typedef enum Ask {
    ASK_FINAL_RESPONSE,
    ASK_BUSINESS_AREA,
    ASK_WHAT_HAPPENED,
    ASK_AUTHORITY,
    ASK_COUNT
} Ask;

typedef enum ReferWhy { /* policy 7 */
                        REFER_URGENT,
                        REFER_MP,
                        REFER_LANGUAGE,
                        REFER_NOT_A_COMPLAINT,
                        REFER_MACHINE_HEADERS,
                        REFER_SENDER_NOT_AUTHENTICATED,
                        REFER_UNREADABLE,
                        REFER_POSSIBLE_BAR,
                        REFER_MIXED,
                        REFER_LATE_WITH_REASON,
                        REFER_NO_IEC_SIGNPOST,
                        REFER_ABOUT_THIS_OFFICE,
                        REFER_PASSED_ON,
                        REFER_LOOK_AGAIN,
                        REFER_AFTER_DECISION,
                        REFER_WITHDRAWAL,
                        REFER_UNKNOWN_ADDRESS,
                        REFER_ASKED_TWICE,
                        REFER_COUNT
} ReferWhy;

typedef enum CaseFlag { /* policy 7 */
                        FLAG_URGENT,
                        FLAG_SERIOUS_MISCONDUCT,
                        FLAG_MP,
                        FLAG_REPRESENTATIVE,
                        FLAG_ACKNOWLEDGE_BY_HAND,
                        FLAG_VULNERABLE,
                        FLAG_MEDIA,
                        FLAG_UNDELIVERED,
                        FLAG_DUPLICATE,
                        FLAG_UNREAD_PART,
                        FLAG_COUNT
} CaseFlag;

typedef enum Decision {
    DECISION_NONE,
    DECISION_REFER,
    DECISION_REJECT,
    DECISION_ASK,
    DECISION_ACCEPT,
    DECISION_COUNT
} Decision;
typedef enum Release { RELEASE_AUTOMATIC, RELEASE_REVIEWED, RELEASE_COUNT } Release;
typedef enum Channel {
    CHANNEL_EMAIL,
    CHANNEL_POST,
    CHANNEL_FORM,
    CHANNEL_PHONE,
    CHANNEL_COUNT
} Channel;

/* The name of each value ("follow-up", "hm-passport-office"). Never NULL for values below _COUNT.
 */
const char *tri_name(Tri v);
const char *kind_name(MessageKind v);
const char *area_name(BusinessArea v);
const char *wrong_name(Wrong v);
const char *response_status_name(ResponseStatus v);
const char *carriage_name(Carriage v);
const char *language_name(Language v);
const char *representative_name(RepresentativeType v);
const char *reason_name(Reason v);
const char *bar_hold_name(BarHold v);
const char *ask_name(Ask v);
const char *refer_name(ReferWhy v);
const char *flag_name(CaseFlag v);
const char *decision_name(Decision v);
const char *release_name(Release v);
const char *channel_name(Channel v);

/* Reverse look-up over any of the above: index whose name(i) equals text for i < count, else -1. */
#define NAME_INDEX(name_fn, count, text)                                                           \
    name_index((const char *(*)(int))(void *)(name_fn), (count), (text))
int name_index(const char *(*name)(int), int count, const char *text);

/* "a,b" from a bit set and a name function; "" for an empty set; g_free. And back: unknown names
 * make it return false and leave *set. */
char *set_to_text(uint32_t set, const char *(*name)(int), int count);
bool set_from_text(const char *text, const char *(*name)(int), int count, uint32_t *set);
#define SET_TO_TEXT(set, name_fn, count)                                                           \
    set_to_text((set), (const char *(*)(int))(void *)(name_fn), (count))
#define BIT(v) (1u << (unsigned)(v))

/* What was decided about one message or case, and the line of policy 4's table that decided. */
typedef struct Judgement {
    Decision decision;
    int line; /* 0..11, policy section 4 */
    Release release;
    char *release_why; /* RELEASE_REVIEWED: which condition of 4a, "" else */
    uint32_t reasons;  /* Reason bits: every certain reason */
    uint32_t asks;     /* Ask bits */
    uint32_t refer;    /* ReferWhy bits */
    uint32_t flags;    /* CaseFlag bits */
    Day time_limit;    /* last day in time, DAY_NONE if not known */
    Day reply_due;
} Judgement;
void judgement_clear(Judgement *j);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Judgement, judgement_clear)
