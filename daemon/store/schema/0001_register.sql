-- The register as first made. Instants are UTC seconds, days are days since 1970-01-01; a thing that
-- is not there is NULL, a text that is not there is ''. Names of states and kinds are those of
-- daemon/model (case.h, judgement.h, reply.h); a set is its names with commas between.
PRAGMA application_id = 1229275972; -- "IECD"

-- What makes case references and Message-IDs unforgeable; the first key is as old as the register.
CREATE TABLE mark_keys (
    id      INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 4294967295),
    key     BLOB NOT NULL CHECK (length(key) = 32),
    made_at INTEGER NOT NULL
) STRICT;
INSERT INTO mark_keys (key, made_at) VALUES (randomblob(32), unixepoch());

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The last number given: "case-26" for the cases of 2026, "outbox" for Message-IDs.
CREATE TABLE serials (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last BETWEEN 1 AND 4294967295)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    id               INTEGER PRIMARY KEY,
    reference        TEXT NOT NULL UNIQUE CHECK (reference GLOB 'IEC/[0-9][0-9]/[0-9][0-9][0-9][0-9][0-9][0-9]*'),
    state            TEXT NOT NULL CHECK (state IN ('received', 'asked', 'referred', 'awaiting-release',
                                                    'accepted', 'rejected', 'closed')),
    first_contact_at INTEGER NOT NULL,
    received_at      INTEGER NOT NULL,
    reply_due        INTEGER,
    decided_at       INTEGER,
    decided_by       TEXT NOT NULL,
    contact_name     TEXT NOT NULL,
    contact_address  TEXT NOT NULL,
    language         TEXT NOT NULL CHECK (language IN ('en', 'cy', 'other')),
    area             TEXT NOT NULL CHECK (area IN ('unknown', 'ukvi', 'immigration-enforcement', 'border-force',
                                                   'detention-escorting', 'hm-passport-office',
                                                   'other-home-office', 'other-body')),
    channel          TEXT NOT NULL CHECK (channel IN ('email', 'post', 'form', 'phone')),
    decision         TEXT NOT NULL CHECK (decision IN ('none', 'refer', 'reject', 'ask', 'accept')),
    reasons          TEXT NOT NULL,
    asks             TEXT NOT NULL,
    refer            TEXT NOT NULL,
    flags            TEXT NOT NULL,
    release          TEXT NOT NULL CHECK (release IN ('automatic', 'reviewed')),
    asked_count      INTEGER NOT NULL CHECK (asked_count >= 0),
    linked_case      INTEGER REFERENCES cases (id),
    chased           INTEGER NOT NULL CHECK (chased BETWEEN 0 AND 4),
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_owed ON cases (state, reply_due);
CREATE INDEX cases_by_hand ON cases (id)
    WHERE instr(flags, 'acknowledge-by-hand') > 0 AND state <> 'closed';

-- The list of daemon/model/case.h; a test compares the two.
CREATE TRIGGER cases_begin BEFORE INSERT ON cases
    WHEN NEW.state NOT IN ('received', 'asked', 'referred', 'awaiting-release', 'accepted')
BEGIN
    SELECT RAISE(ABORT, 'a case does not begin so');
END;
CREATE TRIGGER cases_move BEFORE UPDATE OF state ON cases
    WHEN OLD.state || '>' || NEW.state NOT IN (
        'received>asked', 'received>referred', 'received>awaiting-release', 'received>accepted',
        'asked>asked', 'asked>referred', 'asked>awaiting-release', 'asked>accepted', 'asked>closed',
        'referred>asked', 'referred>referred', 'referred>awaiting-release', 'referred>accepted',
        'referred>rejected', 'referred>closed',
        'awaiting-release>asked', 'awaiting-release>referred', 'awaiting-release>awaiting-release',
        'awaiting-release>accepted', 'awaiting-release>rejected',
        'accepted>referred', 'accepted>closed',
        'rejected>referred',
        'closed>referred')
BEGIN
    SELECT RAISE(ABORT, 'the life of a case has no such move');
END;
CREATE TRIGGER cases_fixed BEFORE UPDATE OF id, reference, first_contact_at, created_at ON cases
BEGIN
    SELECT RAISE(ABORT, 'reference and first contact of a case never change');
END;

CREATE TABLE case_addresses (
    case_id  INTEGER NOT NULL REFERENCES cases (id),
    address  TEXT NOT NULL CHECK (address <> '' AND length(address) <= 254),
    PRIMARY KEY (case_id, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id            INTEGER PRIMARY KEY,
    sha256        TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    shard         TEXT NOT NULL CHECK (shard GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
    size          INTEGER NOT NULL CHECK (size >= 0),
    received_at   INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    channel       TEXT NOT NULL CHECK (channel IN ('email', 'post', 'form', 'phone')),
    source        TEXT NOT NULL,
    whole         INTEGER NOT NULL CHECK (whole IN (0, 1)),
    attempts      INTEGER NOT NULL DEFAULT 0,
    state         TEXT NOT NULL DEFAULT 'received'
                  CHECK (state IN ('received', 'judged', 'duplicate', 'unreadable')),
    kind          TEXT NOT NULL DEFAULT ''
                  CHECK (kind IN ('', 'complaint', 'follow-up', 'auto-reply', 'bounce', 'bulk', 'own', 'test')),
    message_id    TEXT NOT NULL DEFAULT '',
    sender        TEXT NOT NULL DEFAULT '',
    from_name     TEXT NOT NULL DEFAULT '',
    subject       TEXT NOT NULL DEFAULT '',
    body_sha256   TEXT NOT NULL DEFAULT '',
    case_id       INTEGER REFERENCES cases (id),
    duplicate_of  INTEGER REFERENCES messages (id)
                  CHECK ((duplicate_of IS NULL OR duplicate_of <> id) AND
                         (duplicate_of IS NOT NULL) = (state = 'duplicate'))
) STRICT;
CREATE INDEX messages_pending ON messages (id) WHERE state = 'received';
CREATE INDEX messages_case ON messages (case_id, received_at, id) WHERE case_id IS NOT NULL;
CREATE INDEX messages_same ON messages (message_id, sender, body_sha256)
    WHERE message_id <> '' AND duplicate_of IS NULL;

CREATE TRIGGER messages_begin BEFORE INSERT ON messages
    WHEN NEW.state <> 'received'
BEGIN
    SELECT RAISE(ABORT, 'a message begins as received');
END;
CREATE TRIGGER messages_move BEFORE UPDATE OF state ON messages
    WHEN OLD.state <> 'received' OR NEW.state = 'received'
BEGIN
    SELECT RAISE(ABORT, 'a message is read once');
END;
CREATE TRIGGER messages_fixed BEFORE UPDATE OF id, sha256, shard, size, received_at, registered_at, whole ON messages
BEGIN
    SELECT RAISE(ABORT, 'an original never changes');
END;

-- What each message states, as the rules of that version read it.
CREATE TABLE message_facts (
    message_id    INTEGER PRIMARY KEY REFERENCES messages (id),
    rules_version TEXT NOT NULL,
    facts         BLOB NOT NULL
) STRICT;

-- Where a message was seen. The key is the source's own name for it: UIDVALIDITY and UID, or a file.
CREATE TABLE source_keys (
    source      TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL CHECK (uidvalidity BETWEEN 0 AND 4294967295),
    uid         INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    file        TEXT NOT NULL,
    message_id  INTEGER NOT NULL REFERENCES messages (id),
    seen_at     INTEGER NOT NULL,
    told_at     INTEGER,
    PRIMARY KEY (source, uidvalidity, uid, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_keys_untold ON source_keys (source, uidvalidity, uid, file) WHERE told_at IS NULL;

CREATE TABLE decisions (
    id            INTEGER PRIMARY KEY,
    case_id       INTEGER NOT NULL REFERENCES cases (id),
    message_id    INTEGER REFERENCES messages (id),
    at            INTEGER NOT NULL,
    by            TEXT NOT NULL CHECK (by <> ''),
    why           TEXT NOT NULL,
    decision      TEXT NOT NULL CHECK (decision IN ('none', 'refer', 'reject', 'ask', 'accept')),
    line          INTEGER NOT NULL CHECK (line BETWEEN -1 AND 11),
    release       TEXT NOT NULL CHECK (release IN ('automatic', 'reviewed')),
    release_why   TEXT NOT NULL,
    reasons       TEXT NOT NULL,
    asks          TEXT NOT NULL,
    refer         TEXT NOT NULL,
    flags         TEXT NOT NULL,
    time_limit    INTEGER,
    reply_due     INTEGER,
    rules_version TEXT NOT NULL,
    facts         BLOB
) STRICT;
CREATE INDEX decisions_case ON decisions (case_id, id);
CREATE TRIGGER decisions_change BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'a decision is never rewritten');
END;
CREATE TRIGGER decisions_delete BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'a decision is never removed');
END;

CREATE TABLE events (
    id         INTEGER PRIMARY KEY,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    message_id INTEGER REFERENCES messages (id),
    at         INTEGER NOT NULL,
    who        TEXT NOT NULL CHECK (who <> ''),
    what       TEXT NOT NULL CHECK (what <> ''),
    why        TEXT NOT NULL
) STRICT;
CREATE INDEX events_case ON events (case_id, id);
CREATE TRIGGER events_change BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'history is never rewritten');
END;
CREATE TRIGGER events_delete BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'history is never removed');
END;

CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY,
    case_id         INTEGER NOT NULL REFERENCES cases (id),
    decision_id     INTEGER REFERENCES decisions (id),
    kind            TEXT NOT NULL CHECK (kind IN ('acknowledgement', 'urgent', 'receipt', 'question', 'rejection',
                                                  'acceptance', 'holding', 'notice', 'closed')),
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
CREATE INDEX outbox_state ON outbox (state, not_before, id);
CREATE INDEX outbox_case ON outbox (case_id, id);
CREATE INDEX outbox_recipient ON outbox (recipient, created_at);

-- The diagram of daemon/store/outbox.h. A reply whose fate is unknown is queued again once.
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
