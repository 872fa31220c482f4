/* matters.h: what tells which messages and cases belong together: links between cases, the keys a
 * case is found by, the sketch of each message, campaigns.
 *
 * All writing functions run inside the caller's transaction. Look-ups cost steps into an index and
 * are limited in rows, however many messages the register holds.
 */
#pragma once

#include "daemon/store/cases.h"

typedef enum LinkWhy {
    LINK_CLAIMED,     /* says without proof that it belongs to the other */
    LINK_LATER,       /* the same sender on the same matter, later or after a decision */
    LINK_UNSURE,      /* the same sender, perhaps the same matter: a person looks at both */
    LINK_SAME_MATTER, /* another person on the same matter: neither is told of the other */
    LINK_COUNT
} LinkWhy;
const char *link_name(LinkWhy why);
/* The older case is `other`; a link there is already stays. */
bool matters_link(Db *db, int64_t case_id, int64_t other, LinkWhy why, int64_t now, GError **error);

typedef struct LinkRow {
    char *reference; /* the other case */
    LinkWhy why;
    bool by_other; /* the other is the newer, and made the link */
} LinkRow;
void link_row_free(LinkRow *l);
GPtrArray *matters_links(Db *db, int64_t case_id, GError **error);

/* First contact was earlier than thought; a later time changes nothing. */
bool matters_first_contact(Db *db, int64_t case_id, int64_t at, GError **error);

bool matters_add_key(Db *db, int64_t case_id, const char *key, GError **error);
/* Ids of cases, newest first; GArray of int64_t. */
GArray *matters_by_key(Db *db, const char *key, unsigned limit, GError **error);
/* Those that know the address: asked, with a rejection that waits, or with a message received
 * since; and the ten newest whatever became of them. */
GArray *matters_by_address(Db *db, const char *address, int64_t since, unsigned limit,
                           GError **error);
/* True where a message of the case has this Message-ID. */
bool matters_wrote(Db *db, int64_t case_id, const char *message_id);

typedef struct SketchRow {
    int64_t message_id, received_at;
    int64_t case_id; /* of the message, 0 none; read only */
    bool mailed;     /* the sender is where the mail came from, not what it states; read only */
    char *sender;    /* "" unknown */
    char *subject, *words_sha256, *papers_sha256;
    GBytes *minima, *letter_minima;
} SketchRow;
void sketch_row_free(SketchRow *s);
/* `bands`: n of them; of one that stands twice one is kept. */
bool matters_add_sketch(Db *db, const SketchRow *s, const int64_t *bands, unsigned n,
                        GError **error);
/* Of the case's messages, duplicates too, by receipt; at most 50. */
GPtrArray *matters_sketches_of_case(Db *db, int64_t case_id, GError **error);
/* Those that share a band and were received on this UTC day; newest first. */
GPtrArray *matters_sketches_of_band(Db *db, int64_t day, int64_t band, unsigned limit,
                                    GError **error);

typedef struct CampaignRow {
    int64_t id;
    GBytes *minima;
} CampaignRow;
void campaign_row_free(CampaignRow *c);
/* 0 on error. */
int64_t matters_add_campaign(Db *db, int64_t began_at, int64_t last_at, GBytes *minima,
                             GError **error);
bool matters_enter_campaign(Db *db, int64_t campaign, int64_t message_id, int64_t received_at,
                            GError **error);
/* Those with a message since; at most 100. */
GPtrArray *matters_campaigns(Db *db, int64_t since, GError **error);
/* The campaign a message of the case belongs to, 0 none. */
bool matters_campaign_of_case(Db *db, int64_t case_id, int64_t *campaign, GError **error);
/* Campaigns with a message since, and the messages in them. */
bool matters_campaign_counts(Db *db, int64_t since, int64_t *campaigns, int64_t *messages,
                             GError **error);
