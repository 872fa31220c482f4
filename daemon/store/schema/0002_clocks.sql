-- What happens between the first reply and the end: cases closed by two people, rejections looked at
-- again, outcomes after acceptance.

-- A complaint withdrawn while its rejection is still held is closed like any other.
DROP TRIGGER cases_move;
CREATE TRIGGER cases_move BEFORE UPDATE OF state ON cases
    WHEN OLD.state || '>' || NEW.state NOT IN (
        'received>asked', 'received>referred', 'received>awaiting-release', 'received>accepted',
        'asked>asked', 'asked>referred', 'asked>awaiting-release', 'asked>accepted', 'asked>closed',
        'referred>asked', 'referred>referred', 'referred>awaiting-release', 'referred>accepted',
        'referred>rejected', 'referred>closed',
        'awaiting-release>asked', 'awaiting-release>referred', 'awaiting-release>awaiting-release',
        'awaiting-release>accepted', 'awaiting-release>rejected', 'awaiting-release>closed',
        'accepted>referred', 'accepted>closed',
        'rejected>referred',
        'closed>referred')
BEGIN
    SELECT RAISE(ABORT, 'the life of a case has no such move');
END;

-- Questions without an answer, by the day they were asked (decided_at of a case that was asked).
CREATE INDEX cases_asked ON cases (decided_at) WHERE state = 'asked';

-- The kinds of reply are now rows, so that one more needs no new table. The outbox is made anew for
-- it: a step whose tables or triggers name the outbox comes after this one.
CREATE TABLE reply_kinds (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO reply_kinds (name) VALUES
    ('acknowledgement'), ('urgent'), ('receipt'), ('question'), ('rejection'), ('acceptance'),
    ('holding'), ('notice'), ('closed'), ('reminder'), ('look-again-receipt'), ('closed-no-reply'),
    ('closed-withdrawn'), ('closed-outside'), ('resolved'), ('settled'), ('investigation'), ('report');

CREATE TABLE outbox_new (
    id              INTEGER PRIMARY KEY,
    case_id         INTEGER NOT NULL REFERENCES cases (id),
    decision_id     INTEGER REFERENCES decisions (id),
    kind            TEXT NOT NULL REFERENCES reply_kinds (name),
    reasons         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sending', 'sent', 'failed', 'unknown',
                                                   'cancelled')),
    recipient       TEXT NOT NULL COLLATE NOCASE CHECK (recipient <> '' AND length(recipient) <= 254),
    message_id      TEXT NOT NULL UNIQUE CHECK (message_id GLOB '<*@*>' AND length(message_id) <= 998),
    return_path     TEXT NOT NULL,
    subject         TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    not_before      INTEGER NOT NULL,
    due             INTEGER,
    attempts        INTEGER NOT NULL DEFAULT 0,
    sent_at         INTEGER CHECK ((sent_at IS NOT NULL) = (state = 'sent')),
    last_answer     TEXT NOT NULL DEFAULT '' CHECK (length(last_answer) <= 200),
    retried_unknown INTEGER NOT NULL DEFAULT 0 CHECK (retried_unknown IN (0, 1)),
    bytes           BLOB NOT NULL CHECK (length(bytes) > 0)
) STRICT;
INSERT INTO outbox_new (id, case_id, decision_id, kind, reasons, state, recipient, message_id, return_path,
                        subject, created_at, not_before, due, attempts, sent_at, last_answer,
                        retried_unknown, bytes)
    SELECT id, case_id, decision_id, kind, reasons, state, recipient, message_id, return_path, subject,
           created_at, not_before, due, attempts, sent_at, last_answer, retried_unknown, bytes FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_state ON outbox (state, not_before, id);
CREATE INDEX outbox_case ON outbox (case_id, id);
CREATE INDEX outbox_recipient ON outbox (recipient, created_at);
CREATE INDEX outbox_rejections ON outbox (id) WHERE kind IN ('rejection', 'closed-outside');
CREATE TRIGGER outbox_begin BEFORE INSERT ON outbox
    WHEN NEW.state NOT IN ('held', 'queued')
BEGIN
    SELECT RAISE(ABORT, 'a reply begins held or queued');
END;
CREATE TRIGGER outbox_move BEFORE UPDATE OF state ON outbox
    WHEN OLD.state || '>' || NEW.state NOT IN (
        'held>queued', 'held>cancelled', 'queued>sending', 'sending>sent', 'sending>queued',
        'sending>failed', 'sending>unknown', 'unknown>queued')
      OR (OLD.state = 'unknown' AND (OLD.retried_unknown <> 0 OR NEW.retried_unknown <> 1))
BEGIN
    SELECT RAISE(ABORT, 'a reply has no such move');
END;
CREATE TRIGGER outbox_fixed BEFORE UPDATE OF id, case_id, decision_id, kind, reasons, recipient, message_id,
                                             return_path, subject, created_at, bytes ON outbox
BEGIN
    SELECT RAISE(ABORT, 'a reply written down never changes');
END;

-- Each time somebody asked that a rejection be looked at again, and what a person answered.
CREATE TABLE look_agains (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    message_id  INTEGER REFERENCES messages (id),
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER CHECK (answered_at >= asked_at),
    answered_by TEXT CHECK (answered_by <> ''),
    answer      TEXT CHECK (answer IN ('upheld', 'overturned', 'closed')),
    CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX look_agains_open ON look_agains (case_id) WHERE answer IS NULL;
CREATE TRIGGER look_agains_change BEFORE UPDATE ON look_agains
    WHEN OLD.answer IS NOT NULL OR NEW.case_id <> OLD.case_id OR NEW.asked_at <> OLD.asked_at
BEGIN
    SELECT RAISE(ABORT, 'an answer is given once');
END;
CREATE TRIGGER look_agains_delete BEFORE DELETE ON look_agains
BEGIN
    SELECT RAISE(ABORT, 'history is never removed');
END;

-- An accepted case found outside: one person proposes to close it, another agrees.
CREATE TABLE close_proposals (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    message_id  INTEGER REFERENCES messages (id), -- the last then known: one that comes later voids it
    proposed_at INTEGER NOT NULL,
    proposed_by TEXT NOT NULL CHECK (proposed_by <> ''),
    reasons     TEXT NOT NULL,
    why         TEXT NOT NULL,
    note        TEXT NOT NULL,
    ended_at    INTEGER,
    ended_by    TEXT CHECK (ended_by <> ''),
    ended       TEXT CHECK (ended IN ('agreed', 'refused', 'replaced')),
    CHECK ((ended IS NULL) = (ended_at IS NULL) AND (ended IS NULL) = (ended_by IS NULL)),
    CHECK (ended IS NOT 'agreed' OR ended_by <> proposed_by)
) STRICT;
CREATE UNIQUE INDEX close_proposals_open ON close_proposals (case_id) WHERE ended IS NULL;
CREATE INDEX close_proposals_case ON close_proposals (case_id, id);
CREATE TRIGGER close_proposals_change BEFORE UPDATE ON close_proposals
    WHEN OLD.ended IS NOT NULL OR NEW.case_id <> OLD.case_id OR NEW.proposed_by <> OLD.proposed_by OR
         NEW.reasons <> OLD.reasons OR NEW.why <> OLD.why OR NEW.note <> OLD.note
BEGIN
    SELECT RAISE(ABORT, 'a proposal is never rewritten');
END;
CREATE TRIGGER close_proposals_delete BEFORE DELETE ON close_proposals
BEGIN
    SELECT RAISE(ABORT, 'history is never removed');
END;

-- What came of an accepted complaint (daemon/model/remedy.h); sums are pence.
CREATE TABLE case_outcomes (
    id      INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    kind    TEXT NOT NULL CHECK (kind IN ('resolve', 'settle', 'investigate', 'report')),
    day     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL CHECK (by <> ''),
    why     TEXT NOT NULL,
    apology INTEGER NOT NULL CHECK (apology IN (0, 1)),
    redress INTEGER NOT NULL CHECK (redress BETWEEN 0 AND 100000000),
    CHECK ((kind = 'settle') = (apology = 1 OR redress > 0))
) STRICT;
CREATE INDEX case_outcomes_case ON case_outcomes (case_id, id);
CREATE TRIGGER case_outcomes_report BEFORE INSERT ON case_outcomes
    WHEN NEW.kind = 'report' AND NOT EXISTS (SELECT 1 FROM case_outcomes
                                             WHERE case_id = NEW.case_id AND kind = 'investigate')
BEGIN
    SELECT RAISE(ABORT, 'a report ends an investigation');
END;
CREATE TRIGGER case_outcomes_change BEFORE UPDATE ON case_outcomes
BEGIN
    SELECT RAISE(ABORT, 'an outcome is never rewritten');
END;
CREATE TRIGGER case_outcomes_delete BEFORE DELETE ON case_outcomes
BEGIN
    SELECT RAISE(ABORT, 'an outcome is never removed');
END;
