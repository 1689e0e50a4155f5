-- Version 4: changes of results that somebody expected, and how long answers took.
--
-- In no digest of results: what people say of a result does not change it, nor does speed.

-- The metric of this run is meant to be other than before, for this reason. Only of a run with
-- exactly these predictions: what comes later is compared with it.
CREATE TABLE annotation (
  id INTEGER PRIMARY KEY,
  cell_id INTEGER NOT NULL REFERENCES cell,
  predictions BLOB NOT NULL CHECK (length(predictions) = 32),  -- Merkle root, as in run_end
  metric TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  reviewer TEXT NOT NULL,  -- who agreed; '' where nobody is named
  environment_id INTEGER NOT NULL REFERENCES environment,
  made_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER annotation_not_changed BEFORE UPDATE ON annotation
BEGIN SELECT RAISE(ABORT, 'an annotation never changes'); END;
CREATE TRIGGER annotation_not_deleted BEFORE DELETE ON annotation
BEGIN SELECT RAISE(ABORT, 'an annotation is never deleted'); END;
CREATE TRIGGER annotation_not_replaced BEFORE INSERT ON annotation
WHEN EXISTS (SELECT 1 FROM annotation WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an annotation is never replaced'); END;

-- A model that had learnt answered the first examples of a run again and again: one repetition of
-- one measurement. What repetitions belong together have their time and environment in common.
CREATE TABLE timing (
  id INTEGER PRIMARY KEY,
  cell_id INTEGER NOT NULL REFERENCES cell,
  batch INTEGER NOT NULL CHECK (batch > 0),        -- examples in a call
  examples INTEGER NOT NULL CHECK (examples > 0),  -- in a pass, call after call
  repetition INTEGER NOT NULL CHECK (repetition >= 0),
  passes INTEGER NOT NULL CHECK (passes > 0),
  seconds REAL NOT NULL CHECK (seconds > 0),       -- of a pass, the mean
  p50 REAL NOT NULL,                               -- seconds of a call
  p95 REAL NOT NULL,
  p99 REAL NOT NULL,
  -- Of a pass; NULL where the model does not tell:
  read_tokens REAL,
  padded_tokens REAL,                              -- with the pads beside them
  written_tokens REAL,
  flop REAL,                                       -- of matrix products, without those of pads
  -- Of the machine; NULL where nothing measured it:
  peak_flop_per_second REAL,
  peak_memory REAL,                                -- bytes that loading and answering added
  environment_id INTEGER NOT NULL REFERENCES environment,
  measured_at TEXT NOT NULL,
  UNIQUE (cell_id, batch, repetition, measured_at)
) STRICT;

CREATE TRIGGER timing_not_changed BEFORE UPDATE ON timing
BEGIN SELECT RAISE(ABORT, 'a timing never changes'); END;
CREATE TRIGGER timing_not_deleted BEFORE DELETE ON timing
BEGIN SELECT RAISE(ABORT, 'a timing is never deleted'); END;
CREATE TRIGGER timing_not_replaced BEFORE INSERT ON timing
WHEN EXISTS (SELECT 1 FROM timing WHERE id = NEW.id OR (cell_id = NEW.cell_id
  AND batch = NEW.batch AND repetition = NEW.repetition AND measured_at = NEW.measured_at))
BEGIN SELECT RAISE(ABORT, 'a timing is never replaced'); END;
