-- Version 4: changes of results that somebody expected.
--
-- In no digest of results: what people say of a result does not change it.

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
