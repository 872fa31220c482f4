/* sql_matters.h: the statements of links, keys, sketches and campaigns, private to this folder (see
 * statement.h). */
#pragma once

#define SKETCH_COLUMNS                                                                             \
    "s.message_id, s.received_at, s.sender, s.subject, s.words_sha256, s.papers_sha256, "          \
    "s.minima, coalesce(m.case_id, 0), "                                                           \
    "s.sender <> '' AND s.sender = m.sender AND m.channel = 'email', s.letter_minima"

#define SQL_MATTERS(X)                                                                             \
    X(LINK_INSERT, "INSERT INTO case_links (case_id, other_id, why, made_at) VALUES (?1, ?2, ?3, " \
                   "?4) ON CONFLICT (case_id, other_id) DO NOTHING")                               \
    X(LINKS_OF_CASE,                                                                               \
      "SELECT c.reference, l.why, 0, l.other_id FROM case_links l JOIN cases c ON "                \
      "c.id = l.other_id WHERE l.case_id = ?1 UNION ALL SELECT c.reference, l.why, 1, l.case_id "  \
      "FROM case_links l JOIN cases c ON c.id = l.case_id WHERE l.other_id = ?1 ORDER BY 4")       \
    X(CASE_EARLIER, "UPDATE cases SET first_contact_at = min(first_contact_at, ?2) WHERE id = ?1") \
    X(KEY_OF_CASE, "INSERT INTO case_keys (key, case_id) VALUES (?1, ?2) "                         \
                   "ON CONFLICT (key, case_id) DO NOTHING")                                        \
    X(CASES_BY_KEY, "SELECT case_id FROM case_keys WHERE key = ?1 ORDER BY case_id DESC LIMIT ?2") \
    X(CASES_BY_ADDRESS,                                                                            \
      "SELECT a.case_id FROM case_addresses a JOIN cases c ON c.id = a.case_id WHERE "             \
      "a.address = ?1 AND (c.state IN ('asked', 'awaiting-release') OR a.case_id IN (SELECT "      \
      "case_id FROM case_addresses WHERE address = ?1 ORDER BY case_id DESC LIMIT 10) OR EXISTS "  \
      "(SELECT 1 FROM messages m WHERE m.case_id = a.case_id AND m.received_at >= ?3)) "           \
      "ORDER BY a.case_id DESC LIMIT ?2")                                                          \
    X(CASE_WROTE, "SELECT 1 FROM messages WHERE case_id = ?1 AND message_id = ?2")                 \
    X(SKETCH_INSERT,                                                                               \
      "INSERT INTO sketches (message_id, received_at, sender, subject, words_sha256, "             \
      "papers_sha256, minima, letter_minima) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")             \
    X(BAND_INSERT, "INSERT INTO sketch_bands (day, band, message_id) VALUES (?1, ?2, ?3) "         \
                   "ON CONFLICT (day, band, message_id) DO NOTHING")                               \
    X(SKETCHES_OF_CASE, "SELECT " SKETCH_COLUMNS " FROM messages m JOIN sketches s ON "            \
                        "s.message_id = m.id WHERE m.case_id = ?1 ORDER BY m.received_at, m.id "   \
                        "LIMIT 50")                                                                \
    X(SKETCHES_OF_BAND,                                                                            \
      "SELECT " SKETCH_COLUMNS " FROM sketch_bands b JOIN sketches s ON s.message_id = "           \
      "b.message_id JOIN messages m ON m.id = b.message_id WHERE b.day = ?1 AND b.band = ?2 "      \
      "ORDER BY b.message_id DESC LIMIT ?3")                                                       \
    X(CAMPAIGN_INSERT, "INSERT INTO campaigns (began_at, last_at, minima) VALUES (?1, ?2, ?3)")    \
    X(CAMPAIGN_SEEN, "UPDATE campaigns SET last_at = max(last_at, ?2) WHERE id = ?1")              \
    X(CAMPAIGN_ENTER, "UPDATE sketches SET campaign_id = ?2 WHERE message_id = ?1")                \
    X(CAMPAIGNS_SINCE, "SELECT id, minima FROM campaigns WHERE last_at >= ?1 ORDER BY last_at "    \
                       "DESC LIMIT 100")                                                           \
    X(CAMPAIGN_OF_CASE, "SELECT max(s.campaign_id) FROM messages m JOIN sketches s ON "            \
                        "s.message_id = m.id WHERE m.case_id = ?1")                                \
    X(CAMPAIGN_COUNTS,                                                                             \
      "SELECT count(*), (SELECT count(*) FROM sketches INDEXED BY sketches_campaign WHERE "        \
      "campaign_id IS NOT NULL AND campaign_id IN (SELECT id FROM campaigns WHERE last_at >= "     \
      "?1)) FROM campaigns WHERE last_at >= ?1")
