-- Who lets a rejection go (policy 4a): the switches people set, what they hold back, rejections found
-- wrong, the sample for blind re-reading, and every rule set that was proposed or in force.

-- The latest row of a reason says whether its automatic rejections are stopped; 'all' is every one.
CREATE TABLE release_changes (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT NOT NULL CHECK (who <> ''),
    what   TEXT NOT NULL CHECK (what IN ('stop', 'resume')),
    reason TEXT NOT NULL CHECK (reason IN ('all', 'appealable-decision', 'policy-or-legislation', 'ombudsman',
                                           'employment', 'court', 'windrush-compensation', 'psu-misconduct',
                                           'data-protection', 'not-in-remit', 'no-final-response',
                                           'out-of-time')),
    why    TEXT NOT NULL
) STRICT;
CREATE INDEX release_changes_latest ON release_changes (reason, id);
CREATE TRIGGER release_changes_change BEFORE UPDATE ON release_changes
BEGIN
    SELECT RAISE(ABORT, 'history is never rewritten');
END;
CREATE TRIGGER release_changes_delete BEFORE DELETE ON release_changes
BEGIN
    SELECT RAISE(ABORT, 'history is never removed');
END;

-- Automatic rejections that something holds back, and when their hold ends or ended.
CREATE TABLE release_held (
    outbox_id     INTEGER PRIMARY KEY REFERENCES outbox (id),
    hold_end      INTEGER NOT NULL,
    rules_version TEXT NOT NULL
) STRICT;
CREATE TRIGGER release_held_over AFTER UPDATE OF state ON outbox
    WHEN OLD.state = 'held' AND NEW.state <> 'held'
BEGIN
    DELETE FROM release_held WHERE outbox_id = OLD.id;
END;

CREATE TABLE wrong_rejections (
    id            INTEGER PRIMARY KEY,
    decision_id   INTEGER NOT NULL UNIQUE REFERENCES decisions (id),
    case_id       INTEGER NOT NULL REFERENCES cases (id),
    at            INTEGER NOT NULL,
    who           TEXT NOT NULL CHECK (who <> ''),
    why           TEXT NOT NULL,
    reasons       TEXT NOT NULL CHECK (reasons <> ''),
    rules_version TEXT NOT NULL
) STRICT;
-- Every case that the same rules rejected; for one of the same reasons or for others.
CREATE TABLE wrong_alike (
    wrong_id INTEGER NOT NULL REFERENCES wrong_rejections (id),
    case_id  INTEGER NOT NULL REFERENCES cases (id),
    same     INTEGER NOT NULL DEFAULT 0 CHECK (same IN (0, 1)), -- one of the reasons is
    PRIMARY KEY (wrong_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_rejected ON decisions (rules_version, case_id) WHERE decision = 'reject' AND by = 'rules';

-- Every rejection that left without a person, what it was when it left, whether the draw of its
-- week took it (NULL: not drawn yet; 0 too of one called back on its way) and what its blind reader made of it. `week` is its Monday.
CREATE TABLE automatic_rejections (
    outbox_id      INTEGER PRIMARY KEY REFERENCES outbox (id),
    case_id        INTEGER NOT NULL REFERENCES cases (id),
    at             INTEGER NOT NULL,
    week           INTEGER NOT NULL,
    reasons        TEXT NOT NULL,
    language       TEXT NOT NULL,
    channel        TEXT NOT NULL,
    representative TEXT NOT NULL,
    rules_version  TEXT NOT NULL,
    drawn          INTEGER CHECK (drawn IN (0, 1)),
    read_at        INTEGER CHECK (read_at IS NULL OR drawn = 1),
    reader         TEXT NOT NULL DEFAULT '' CHECK ((reader <> '') = (read_at IS NOT NULL)),
    read_decision  TEXT NOT NULL DEFAULT '' CHECK (read_decision IN ('', 'refer', 'reject', 'ask', 'accept')),
    read_reasons   TEXT NOT NULL DEFAULT '' CHECK ((read_reasons <> '') = (read_decision = 'reject'))
) STRICT;
CREATE INDEX automatic_rejections_undrawn ON automatic_rejections (week, outbox_id) WHERE drawn IS NULL;
CREATE INDEX automatic_rejections_drawn ON automatic_rejections (outbox_id) WHERE drawn = 1;
CREATE INDEX automatic_rejections_case ON automatic_rejections (case_id, outbox_id);
CREATE TRIGGER automatic_rejections_once BEFORE UPDATE ON automatic_rejections
    WHEN (OLD.drawn IS NOT NULL AND NEW.drawn IS NOT OLD.drawn) OR OLD.read_at IS NOT NULL OR
         NEW.outbox_id IS NOT OLD.outbox_id OR NEW.reasons IS NOT OLD.reasons
BEGIN
    SELECT RAISE(ABORT, 'a draw is made once, and a blind reading is never rewritten');
END;
CREATE TRIGGER automatic_rejections_delete BEFORE DELETE ON automatic_rejections
BEGIN
    SELECT RAISE(ABORT, 'history is never removed');
END;

-- How each week was drawn: with seed, percent and minimum anybody can draw it again.
CREATE TABLE sample_weeks (
    week       INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    seed       BLOB NOT NULL CHECK (length(seed) = 32),
    percent    INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    minimum    INTEGER NOT NULL CHECK (minimum >= 0),
    rejections INTEGER NOT NULL,
    drawn      INTEGER NOT NULL CHECK (drawn BETWEEN 0 AND rejections)
) STRICT;

CREATE TABLE rule_sets (
    version     TEXT PRIMARY KEY CHECK (version <> ''),
    proposed_at INTEGER,
    proposed_by TEXT NOT NULL CHECK ((proposed_by <> '') = (proposed_at IS NOT NULL)),
    cases       INTEGER NOT NULL CHECK (cases >= 0),
    changed     INTEGER NOT NULL CHECK (changed BETWEEN 0 AND cases),
    figures     TEXT NOT NULL,
    approved_at INTEGER,
    approved_by TEXT NOT NULL CHECK ((approved_by <> '') = (approved_at IS NOT NULL)),
    CHECK (approved_by = '' OR approved_by <> proposed_by)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER rule_sets_approved BEFORE UPDATE ON rule_sets
    WHEN OLD.approved_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an approval is never rewritten');
END;
CREATE TABLE rule_uses (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    version TEXT NOT NULL,
    how     TEXT NOT NULL CHECK (how IN ('first', 'start', 'reload'))
) STRICT;
