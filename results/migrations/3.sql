-- Version 3: the stages in which models were trained, and what was told of them.
--
-- In no digest of results: what came of a training is seen in the predictions.

-- A stage that was to be trained. The digest is that of the configuration, which holds all that can
-- change what it ends with, and stands as "stage" in the configuration of each cell that is answered
-- from it; the columns repeat parts of it for people and queries.
CREATE TABLE stage (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  config TEXT NOT NULL CHECK (json_valid(config)),
  objective TEXT NOT NULL,
  dataset TEXT NOT NULL,
  seed INTEGER,
  parent BLOB REFERENCES stage (digest),  -- of the stage before
  environment_id INTEGER NOT NULL REFERENCES environment,
  made_at TEXT NOT NULL
) STRICT;

-- The stage ended with this artefact: SHA-256 over the names and digests of its files. One that was
-- lost and trained again may have another.
CREATE TABLE stage_end (
  stage_id INTEGER NOT NULL REFERENCES stage,
  artifact BLOB NOT NULL CHECK (length(artifact) = 32),
  seconds REAL NOT NULL CHECK (seconds >= 0),  -- since it was last begun or resumed
  ended_at TEXT NOT NULL,
  PRIMARY KEY (stage_id, artifact)
) STRICT, WITHOUT ROWID;

-- What a training told of itself: its loss at each step, and so on. The first value stays.
CREATE TABLE curve (
  stage_id INTEGER NOT NULL REFERENCES stage,
  name TEXT NOT NULL,
  step INTEGER NOT NULL CHECK (step >= 0),
  value REAL NOT NULL,
  PRIMARY KEY (stage_id, name, step)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER stage_not_changed BEFORE UPDATE ON stage
BEGIN SELECT RAISE(ABORT, 'a stage never changes'); END;
CREATE TRIGGER stage_not_deleted BEFORE DELETE ON stage
BEGIN SELECT RAISE(ABORT, 'a stage is never deleted'); END;
CREATE TRIGGER stage_not_replaced BEFORE INSERT ON stage
WHEN EXISTS (SELECT 1 FROM stage WHERE id = NEW.id OR digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'a stage is never replaced'); END;

CREATE TRIGGER stage_end_not_changed BEFORE UPDATE ON stage_end
BEGIN SELECT RAISE(ABORT, 'the end of a stage never changes'); END;
CREATE TRIGGER stage_end_not_deleted BEFORE DELETE ON stage_end
BEGIN SELECT RAISE(ABORT, 'the end of a stage is never deleted'); END;
CREATE TRIGGER stage_end_not_replaced BEFORE INSERT ON stage_end
WHEN EXISTS (SELECT 1 FROM stage_end WHERE stage_id = NEW.stage_id AND artifact = NEW.artifact)
BEGIN SELECT RAISE(ABORT, 'the end of a stage is never replaced'); END;

CREATE TRIGGER curve_not_changed BEFORE UPDATE ON curve
BEGIN SELECT RAISE(ABORT, 'a curve never changes'); END;
CREATE TRIGGER curve_not_deleted BEFORE DELETE ON curve
BEGIN SELECT RAISE(ABORT, 'a curve is never deleted'); END;
CREATE TRIGGER curve_not_replaced BEFORE INSERT ON curve
WHEN EXISTS (SELECT 1 FROM curve WHERE stage_id = NEW.stage_id AND name = NEW.name AND step = NEW.step)
BEGIN SELECT RAISE(ABORT, 'a curve is never replaced'); END;
