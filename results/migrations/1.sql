-- Version 1: runs, what they predicted, the statistics of every example, and scores.
--
-- Surrogate integers stay inside this file; what names a thing outside is its digest.
-- Digests are SHA-256 of canonical rows (results/content_digest.h), 32 bytes.
-- Facts are only ever added: triggers at the end refuse every change.

-- Program, libraries and machine of something that was computed. In no digest.
CREATE TABLE environment (
  id INTEGER PRIMARY KEY,
  facts TEXT NOT NULL UNIQUE CHECK (json_valid(facts))
) STRICT;

-- An ordered list of inputs with their references, shared by all runs on them.
CREATE TABLE example_set (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),  -- Merkle root of the examples' digests
  size INTEGER NOT NULL CHECK (size > 0)
) STRICT;

CREATE TABLE example (
  set_id INTEGER NOT NULL REFERENCES example_set,
  position INTEGER NOT NULL CHECK (position >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  input TEXT NOT NULL,
  reference TEXT NOT NULL,
  PRIMARY KEY (set_id, position)
) STRICT, WITHOUT ROWID;

-- What was to be done. The digest is that of the configuration, which holds all that can change
-- the result; the columns repeat parts of it for people and queries.
CREATE TABLE cell (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  config TEXT NOT NULL CHECK (json_valid(config)),
  model TEXT NOT NULL,
  task TEXT NOT NULL,
  dataset TEXT NOT NULL,
  split TEXT NOT NULL,
  seed INTEGER
) STRICT;

-- A cell being done, on these examples.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  cell_id INTEGER NOT NULL UNIQUE REFERENCES cell,
  set_id INTEGER NOT NULL REFERENCES example_set,
  environment_id INTEGER NOT NULL REFERENCES environment,
  source TEXT NOT NULL CHECK (json_valid(source)),  -- the file it was imported from; in no digest
  started_at TEXT NOT NULL
) STRICT;

CREATE TABLE prediction (
  run_id INTEGER NOT NULL REFERENCES run,
  position INTEGER NOT NULL CHECK (position >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  text TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

-- A run with this row is complete: every example has its prediction.
CREATE TABLE run_end (
  run_id INTEGER PRIMARY KEY REFERENCES run,
  predictions BLOB NOT NULL CHECK (length(predictions) = 32),  -- Merkle root of their digests
  finished_at TEXT NOT NULL
) STRICT;

CREATE TABLE protocol (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- One metric of one protocol on one run. Another program or vocabulary makes another signature,
-- and so another measurement.
CREATE TABLE measurement (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run,
  protocol_id INTEGER NOT NULL REFERENCES protocol,
  metric TEXT NOT NULL,
  signature TEXT NOT NULL,
  signature_long TEXT NOT NULL,
  columns TEXT NOT NULL CHECK (json_valid(columns)),  -- names of the statistics of an example
  environment_id INTEGER NOT NULL REFERENCES environment,
  UNIQUE (run_id, protocol_id, metric, signature_long)
) STRICT;

-- Statistics of 4096 examples: one number each, little endian, all of one byte or two (unsigned
-- integers) or eight (IEEE 754 doubles); the length tells which.
CREATE TABLE statistic (
  measurement_id INTEGER NOT NULL REFERENCES measurement,
  block INTEGER NOT NULL CHECK (block >= 0),
  place INTEGER NOT NULL CHECK (place >= 0),  -- which of the measurement's columns
  numbers BLOB NOT NULL,
  PRIMARY KEY (measurement_id, block, place)
) STRICT, WITHOUT ROWID;

-- A measurement with this row is complete.
CREATE TABLE score (
  measurement_id INTEGER PRIMARY KEY REFERENCES measurement,
  value REAL,
  reason TEXT NOT NULL,  -- why there is no value
  n INTEGER NOT NULL CHECK (n >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  scored_at TEXT NOT NULL,
  CHECK ((value IS NULL) = (reason <> ''))
) STRICT;

CREATE TABLE interval (
  measurement_id INTEGER NOT NULL REFERENCES score,
  draws INTEGER NOT NULL CHECK (draws > 0),
  seed INTEGER NOT NULL,
  confidence REAL NOT NULL CHECK (confidence > 0 AND confidence < 1),
  low REAL NOT NULL,
  high REAL NOT NULL,
  PRIMARY KEY (measurement_id, draws, seed, confidence)
) STRICT, WITHOUT ROWID;

-- Nothing is changed, deleted or replaced. INSERT OR REPLACE deletes without asking the delete
-- trigger, unless the connection has recursive_triggers = ON, as Cupel's have. For other programs a
-- third trigger says no, except on the two largest tables, whose import it would make twice as slow;
-- there the digests tell.

CREATE TRIGGER environment_not_changed BEFORE UPDATE ON environment
BEGIN SELECT RAISE(ABORT, 'an environment never changes'); END;
CREATE TRIGGER environment_not_deleted BEFORE DELETE ON environment
BEGIN SELECT RAISE(ABORT, 'an environment is never deleted'); END;
CREATE TRIGGER environment_not_replaced BEFORE INSERT ON environment
WHEN EXISTS (SELECT 1 FROM environment WHERE id = NEW.id OR facts = NEW.facts)
BEGIN SELECT RAISE(ABORT, 'an environment is never replaced'); END;

CREATE TRIGGER example_set_not_changed BEFORE UPDATE ON example_set
BEGIN SELECT RAISE(ABORT, 'an example set never changes'); END;
CREATE TRIGGER example_set_not_deleted BEFORE DELETE ON example_set
BEGIN SELECT RAISE(ABORT, 'an example set is never deleted'); END;
CREATE TRIGGER example_set_not_replaced BEFORE INSERT ON example_set
WHEN EXISTS (SELECT 1 FROM example_set WHERE id = NEW.id OR digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'an example set is never replaced'); END;

CREATE TRIGGER example_not_changed BEFORE UPDATE ON example
BEGIN SELECT RAISE(ABORT, 'an example never changes'); END;
CREATE TRIGGER example_not_deleted BEFORE DELETE ON example
BEGIN SELECT RAISE(ABORT, 'an example is never deleted'); END;

CREATE TRIGGER cell_not_changed BEFORE UPDATE ON cell
BEGIN SELECT RAISE(ABORT, 'a cell never changes'); END;
CREATE TRIGGER cell_not_deleted BEFORE DELETE ON cell
BEGIN SELECT RAISE(ABORT, 'a cell is never deleted'); END;
CREATE TRIGGER cell_not_replaced BEFORE INSERT ON cell
WHEN EXISTS (SELECT 1 FROM cell WHERE id = NEW.id OR digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'a cell is never replaced'); END;

CREATE TRIGGER run_not_changed BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'a run never changes'); END;
CREATE TRIGGER run_not_deleted BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;
CREATE TRIGGER run_not_replaced BEFORE INSERT ON run
WHEN EXISTS (SELECT 1 FROM run WHERE id = NEW.id OR cell_id = NEW.cell_id)
BEGIN SELECT RAISE(ABORT, 'a run is never replaced'); END;

CREATE TRIGGER prediction_not_changed BEFORE UPDATE ON prediction
BEGIN SELECT RAISE(ABORT, 'a prediction never changes'); END;
CREATE TRIGGER prediction_not_deleted BEFORE DELETE ON prediction
BEGIN SELECT RAISE(ABORT, 'a prediction is never deleted'); END;

CREATE TRIGGER run_end_not_changed BEFORE UPDATE ON run_end
BEGIN SELECT RAISE(ABORT, 'the end of a run never changes'); END;
CREATE TRIGGER run_end_not_deleted BEFORE DELETE ON run_end
BEGIN SELECT RAISE(ABORT, 'the end of a run is never deleted'); END;
CREATE TRIGGER run_end_not_replaced BEFORE INSERT ON run_end
WHEN EXISTS (SELECT 1 FROM run_end WHERE run_id = NEW.run_id)
BEGIN SELECT RAISE(ABORT, 'the end of a run is never replaced'); END;

CREATE TRIGGER protocol_not_changed BEFORE UPDATE ON protocol
BEGIN SELECT RAISE(ABORT, 'a protocol never changes'); END;
CREATE TRIGGER protocol_not_deleted BEFORE DELETE ON protocol
BEGIN SELECT RAISE(ABORT, 'a protocol is never deleted'); END;
CREATE TRIGGER protocol_not_replaced BEFORE INSERT ON protocol
WHEN EXISTS (SELECT 1 FROM protocol WHERE id = NEW.id OR digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'a protocol is never replaced'); END;

CREATE TRIGGER measurement_not_changed BEFORE UPDATE ON measurement
BEGIN SELECT RAISE(ABORT, 'a measurement never changes'); END;
CREATE TRIGGER measurement_not_deleted BEFORE DELETE ON measurement
BEGIN SELECT RAISE(ABORT, 'a measurement is never deleted'); END;
CREATE TRIGGER measurement_not_replaced BEFORE INSERT ON measurement
WHEN EXISTS (SELECT 1 FROM measurement WHERE id = NEW.id OR (run_id = NEW.run_id AND protocol_id = NEW.protocol_id AND metric = NEW.metric AND signature_long = NEW.signature_long))
BEGIN SELECT RAISE(ABORT, 'a measurement is never replaced'); END;

CREATE TRIGGER statistic_not_changed BEFORE UPDATE ON statistic
BEGIN SELECT RAISE(ABORT, 'a statistic never changes'); END;
CREATE TRIGGER statistic_not_deleted BEFORE DELETE ON statistic
BEGIN SELECT RAISE(ABORT, 'a statistic is never deleted'); END;
CREATE TRIGGER statistic_not_replaced BEFORE INSERT ON statistic
WHEN EXISTS (SELECT 1 FROM statistic WHERE measurement_id = NEW.measurement_id AND block = NEW.block AND place = NEW.place)
BEGIN SELECT RAISE(ABORT, 'a statistic is never replaced'); END;

CREATE TRIGGER score_not_changed BEFORE UPDATE ON score
BEGIN SELECT RAISE(ABORT, 'a score never changes'); END;
CREATE TRIGGER score_not_deleted BEFORE DELETE ON score
BEGIN SELECT RAISE(ABORT, 'a score is never deleted'); END;
CREATE TRIGGER score_not_replaced BEFORE INSERT ON score
WHEN EXISTS (SELECT 1 FROM score WHERE measurement_id = NEW.measurement_id)
BEGIN SELECT RAISE(ABORT, 'a score is never replaced'); END;

CREATE TRIGGER interval_not_changed BEFORE UPDATE ON interval
BEGIN SELECT RAISE(ABORT, 'an interval never changes'); END;
CREATE TRIGGER interval_not_deleted BEFORE DELETE ON interval
BEGIN SELECT RAISE(ABORT, 'an interval is never deleted'); END;
CREATE TRIGGER interval_not_replaced BEFORE INSERT ON interval
WHEN EXISTS (SELECT 1 FROM interval WHERE measurement_id = NEW.measurement_id AND draws = NEW.draws AND seed = NEW.seed AND confidence = NEW.confidence)
BEGIN SELECT RAISE(ABORT, 'an interval is never replaced'); END;

CREATE TRIGGER statistic_not_late BEFORE INSERT ON statistic
WHEN EXISTS (SELECT 1 FROM score WHERE measurement_id = NEW.measurement_id)
BEGIN SELECT RAISE(ABORT, 'a complete measurement gets no more statistics'); END;
