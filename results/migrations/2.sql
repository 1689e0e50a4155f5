-- Version 2: plans, cells that failed, and which examples occur in training data.

-- The cells that a manifest stands for. The digest is over the cells alone (StoredPlan::digest), so
-- that a manifest written in another way is the same plan.
CREATE TABLE plan (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  manifest TEXT NOT NULL CHECK (json_valid(manifest)),  -- as it was first stored; in no digest
  made_at TEXT NOT NULL
) STRICT;

-- Columns as in the table cell. Two variants that mean the same have the same digest.
CREATE TABLE planned (
  plan_id INTEGER NOT NULL REFERENCES plan,
  position INTEGER NOT NULL CHECK (position >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  config TEXT NOT NULL CHECK (json_valid(config)),
  model TEXT NOT NULL,
  task TEXT NOT NULL,
  dataset TEXT NOT NULL,
  split TEXT NOT NULL,
  seed INTEGER,
  reason TEXT NOT NULL,  -- why the cell is not applicable; empty: it is to be run
  PRIMARY KEY (plan_id, position)
) STRICT, WITHOUT ROWID;

-- A cell that was tried and failed. In no digest.
CREATE TABLE failure (
  id INTEGER PRIMARY KEY,
  cell BLOB NOT NULL CHECK (length(cell) = 32),  -- its digest; it may have no run
  environment_id INTEGER NOT NULL REFERENCES environment,
  what TEXT NOT NULL,
  failed_at TEXT NOT NULL
) STRICT;

-- Whether the molecule of each example of a set occurs in training data: one byte an example, 1 if
-- it does, else 0. In no digest: it follows from the data.
CREATE TABLE overlap (
  set_id INTEGER NOT NULL REFERENCES example_set,
  training BLOB NOT NULL CHECK (length(training) = 32),  -- digest of the training data
  kind TEXT NOT NULL CHECK (kind IN ('inchikey', 'skeleton', 'scaffold')),
  seen BLOB NOT NULL,
  PRIMARY KEY (set_id, training, kind)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER plan_not_changed BEFORE UPDATE ON plan
BEGIN SELECT RAISE(ABORT, 'a plan never changes'); END;
CREATE TRIGGER plan_not_deleted BEFORE DELETE ON plan
BEGIN SELECT RAISE(ABORT, 'a plan is never deleted'); END;
CREATE TRIGGER plan_not_replaced BEFORE INSERT ON plan
WHEN EXISTS (SELECT 1 FROM plan WHERE id = NEW.id OR digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'a plan is never replaced'); END;

CREATE TRIGGER planned_not_changed BEFORE UPDATE ON planned
BEGIN SELECT RAISE(ABORT, 'a planned cell never changes'); END;
CREATE TRIGGER planned_not_deleted BEFORE DELETE ON planned
BEGIN SELECT RAISE(ABORT, 'a planned cell is never deleted'); END;
CREATE TRIGGER planned_not_replaced BEFORE INSERT ON planned
WHEN EXISTS (SELECT 1 FROM planned WHERE plan_id = NEW.plan_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a planned cell is never replaced'); END;

CREATE TRIGGER failure_not_changed BEFORE UPDATE ON failure
BEGIN SELECT RAISE(ABORT, 'a failure never changes'); END;
CREATE TRIGGER failure_not_deleted BEFORE DELETE ON failure
BEGIN SELECT RAISE(ABORT, 'a failure is never deleted'); END;
CREATE TRIGGER failure_not_replaced BEFORE INSERT ON failure
WHEN EXISTS (SELECT 1 FROM failure WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a failure is never replaced'); END;

CREATE TRIGGER overlap_not_changed BEFORE UPDATE ON overlap
BEGIN SELECT RAISE(ABORT, 'an overlap never changes'); END;
CREATE TRIGGER overlap_not_deleted BEFORE DELETE ON overlap
BEGIN SELECT RAISE(ABORT, 'an overlap is never deleted'); END;
CREATE TRIGGER overlap_not_replaced BEFORE INSERT ON overlap
WHEN EXISTS (SELECT 1 FROM overlap WHERE set_id = NEW.set_id AND training = NEW.training AND kind = NEW.kind)
BEGIN SELECT RAISE(ABORT, 'an overlap is never replaced'); END;

-- A CHECK cannot look into another table.
CREATE TRIGGER overlap_is_as_long BEFORE INSERT ON overlap
WHEN length(NEW.seen) IS NOT (SELECT size FROM example_set WHERE id = NEW.set_id)
BEGIN SELECT RAISE(ABORT, 'an overlap has one byte an example of a set that is there'); END;
