-- Alerts: what a person of the office must see now, mailed again until somebody says they have.
CREATE TABLE alerts (
    id              INTEGER PRIMARY KEY,
    case_id         INTEGER NOT NULL REFERENCES cases (id),
    message_id      INTEGER REFERENCES messages (id),
    kind            TEXT NOT NULL CHECK (kind IN ('urgent', 'threat', 'serious-misconduct', 'undelivered',
                                                  'new-address', 'wrong-rejection', 'campaign', 'deadline-near',
                                                  'deadline-past')),
    raised_at       INTEGER NOT NULL,
    again_at        INTEGER NOT NULL CHECK (again_at >= raised_at),
    acknowledged_at INTEGER,
    acknowledged_by TEXT NOT NULL DEFAULT '' CHECK ((acknowledged_at IS NULL) = (acknowledged_by = ''))
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (case_id, kind) WHERE acknowledged_at IS NULL;
CREATE INDEX alerts_again ON alerts (again_at) WHERE acknowledged_at IS NULL;
-- Who was at risk before there were alerts: due at once, until somebody says they have seen to it.
INSERT INTO alerts (case_id, kind, raised_at, again_at)
    SELECT id, 'urgent', received_at, received_at FROM cases
    WHERE ',' || flags || ',' LIKE '%,urgent,%' AND state IN ('received', 'referred', 'asked', 'awaiting-release');

CREATE TRIGGER alerts_begin BEFORE INSERT ON alerts
    WHEN NEW.acknowledged_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an alert begins unseen');
END;
CREATE TRIGGER alerts_fixed BEFORE UPDATE ON alerts
    WHEN OLD.acknowledged_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.kind <> OLD.kind
BEGIN
    SELECT RAISE(ABORT, 'an alert that was acknowledged never changes');
END;
CREATE TRIGGER alerts_delete BEFORE DELETE ON alerts
BEGIN
    SELECT RAISE(ABORT, 'an alert is never removed');
END;

-- What keeps replies back: a death, a withdrawal or "do not write" in that case, or an address that
-- proved itself and asked for silence (in every case). A person lifts it.
CREATE TABLE stops (
    id         INTEGER PRIMARY KEY,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    message_id INTEGER REFERENCES messages (id),
    kind       TEXT NOT NULL CHECK (kind IN ('death', 'withdrawal', 'do-not-write')),
    address    TEXT NOT NULL COLLATE NOCASE CHECK (kind = 'do-not-write' OR address = ''),
    at         INTEGER NOT NULL,
    lifted_at  INTEGER,
    lifted_by  TEXT NOT NULL DEFAULT '' CHECK ((lifted_at IS NULL) = (lifted_by = ''))
) STRICT;
CREATE UNIQUE INDEX stops_case ON stops (case_id, kind, address) WHERE lifted_at IS NULL;
CREATE INDEX stops_kinds ON stops (case_id, kind);
CREATE INDEX stops_address ON stops (address) WHERE lifted_at IS NULL AND address <> '';
CREATE TRIGGER stops_fixed BEFORE UPDATE ON stops
    WHEN OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'a stop is placed once and lifted once');
END;
CREATE TRIGGER stops_delete BEFORE DELETE ON stops
BEGIN
    SELECT RAISE(ABORT, 'a stop is never removed');
END;

-- Mail to the office's own people goes before all other.
CREATE INDEX outbox_notices ON outbox (not_before, id) WHERE state = 'queued' AND kind = 'notice';

-- A reply that waits for the mail server can still be stopped.
DROP TRIGGER outbox_move;
CREATE TRIGGER outbox_move BEFORE UPDATE OF state ON outbox
    WHEN OLD.state || '>' || NEW.state NOT IN (
        'held>queued', 'held>cancelled', 'queued>sending', 'queued>cancelled', 'sending>sent',
        'sending>queued', 'sending>failed', 'sending>unknown', 'unknown>queued')
      OR (OLD.state = 'unknown' AND (OLD.retried_unknown <> 0 OR NEW.retried_unknown <> 1))
BEGIN
    SELECT RAISE(ABORT, 'a reply has no such move');
END;
