-- What tells which messages and cases belong together (policy 4b), and campaigns (4a).

-- case_id says of itself that it has to do with the older other_id; both ways it is shown to people.
CREATE TABLE case_links (
    case_id  INTEGER NOT NULL REFERENCES cases (id),
    other_id INTEGER NOT NULL REFERENCES cases (id) CHECK (other_id < case_id),
    why      TEXT NOT NULL CHECK (why IN ('claimed', 'later', 'unsure', 'same-matter')),
    made_at  INTEGER NOT NULL,
    PRIMARY KEY (case_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_links_other ON case_links (other_id);
INSERT INTO case_links (case_id, other_id, why, made_at)
    SELECT id, linked_case, 'claimed', created_at FROM cases WHERE linked_case < id;

-- What a case is found by besides an address: "ref:decs:COMP/1234567/26", "name:fenwick ada".
CREATE TABLE case_keys (
    key     TEXT NOT NULL CHECK (key <> ''),
    case_id INTEGER NOT NULL REFERENCES cases (id),
    PRIMARY KEY (key, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_addresses_address ON case_addresses (address);

CREATE TABLE campaigns (
    id       INTEGER PRIMARY KEY,
    began_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    minima   BLOB NOT NULL CHECK (length(minima) = 256)
) STRICT;
CREATE INDEX campaigns_last ON campaigns (last_at);

-- Each message a person wrote, as daemon/casework/likeness.h boils it down.
CREATE TABLE sketches (
    message_id    INTEGER PRIMARY KEY REFERENCES messages (id),
    received_at   INTEGER NOT NULL,
    sender        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    words_sha256  TEXT NOT NULL,
    papers_sha256 TEXT NOT NULL,
    minima        BLOB NOT NULL CHECK (length(minima) IN (0, 256)),
    campaign_id   INTEGER REFERENCES campaigns (id)
) STRICT;
CREATE INDEX sketches_campaign ON sketches (campaign_id) WHERE campaign_id IS NOT NULL;

-- Days are the UTC days of receipt: those of one day stand together, however many there are.
CREATE TABLE sketch_bands (
    day        INTEGER NOT NULL,
    band       INTEGER NOT NULL,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    PRIMARY KEY (day, band, message_id)
) STRICT, WITHOUT ROWID;

-- First contact may turn out to have been earlier (a letter that came before the mail and was
-- opened after it), never later.
DROP TRIGGER cases_fixed;
CREATE TRIGGER cases_fixed BEFORE UPDATE OF id, reference, created_at ON cases
BEGIN
    SELECT RAISE(ABORT, 'reference and making of a case never change');
END;
CREATE TRIGGER cases_first_contact BEFORE UPDATE OF first_contact_at ON cases
    WHEN NEW.first_contact_at > OLD.first_contact_at
BEGIN
    SELECT RAISE(ABORT, 'first contact of a case never moves later');
END;
