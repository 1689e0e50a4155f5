-- A small store of schema version 3, as text: store_v2.sql with two stages of training, an end and a curve.
-- Frozen: it must open, read and keep its digests for as long as version 3 is known.
-- Made by tests/oracle/store_golden.py.
PRAGMA application_id = 1129664588;
PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
INSERT INTO "cell" VALUES(1,X'365357F289D9FC180C842EF1836577CC38B155E4941426877A2313A6C5A77893','{
  "dataset": "",
  "examples": "3b3c0769116528c0a1d796731b3cd71362d5925671e8537fb2bb8006835a6ec4",
  "kind": "import",
  "model": "early",
  "predictions": "d04eeecd9bc2d1c1e25307a28163b9bfc786a966b71914da0533b290383ec11b",
  "split": "",
  "task": "generation"
}
','early','generation','','',NULL);
INSERT INTO "cell" VALUES(2,X'709A9AF90DEE1EAB1D50F46397A50F4FB0725E6B2CD5390CE1F40260003674FA','{
  "dataset": "",
  "examples": "3b3c0769116528c0a1d796731b3cd71362d5925671e8537fb2bb8006835a6ec4",
  "kind": "import",
  "model": "late",
  "predictions": "767258d21bfb00c6b8a4d5216e2edbe311af689c37aa2e8e6672059528c0b9c5",
  "split": "",
  "task": "generation"
}
','late','generation','','',NULL);
INSERT INTO "cell" VALUES(3,X'048E6DFEEEEDB37976FDB509B1CBE4432D9DF5DB1C0DBDE1C7FF1A18D7489781','{
  "dataset": "",
  "examples": "7a872ca9646be2fa8fe7712ed86a5c2865a79262a98837e70cbfbf15bf1a5422",
  "kind": "import",
  "model": "unfinished",
  "predictions": "3516a9ef5a0961647fab57d24359f1ec48d2ad97d0661ac2ed3ad8a130b90b66",
  "split": "",
  "task": "generation"
}
','unfinished','generation','','',NULL);
CREATE TABLE curve (
  stage_id INTEGER NOT NULL REFERENCES stage,
  name TEXT NOT NULL,
  step INTEGER NOT NULL CHECK (step >= 0),
  value REAL NOT NULL,
  PRIMARY KEY (stage_id, name, step)
) STRICT, WITHOUT ROWID;
INSERT INTO "curve" VALUES(2,'loss',7,0.25);
CREATE TABLE environment (
  id INTEGER PRIMARY KEY,
  facts TEXT NOT NULL UNIQUE CHECK (json_valid(facts))
) STRICT;
INSERT INTO "environment" VALUES(1,'{"cupel":"0.1.0"}');
CREATE TABLE example (
  set_id INTEGER NOT NULL REFERENCES example_set,
  position INTEGER NOT NULL CHECK (position >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  input TEXT NOT NULL,
  reference TEXT NOT NULL,
  PRIMARY KEY (set_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "example" VALUES(1,0,X'387B9B9DFB2B19EADC8AEDDBC2DE0D626B2F9FD61320EAF9D6EF3EA9F2EA1B54','an alcohol of two carbons','CCO');
INSERT INTO "example" VALUES(1,1,X'155360D4DC4F2B691BCE39CE656C4F5F6463D14BB32B49BCEE00942D03239DB8','three carbons ℃','CCC');
INSERT INTO "example" VALUES(1,2,X'AC4FDFC627E4D3BEB025B773FB3238277A3077C7605B6AC1F44F1760F358515B','nothing','O');
INSERT INTO "example" VALUES(1,3,X'6C095B1FEAB1BA5771C57A4A49765D4A53B4850BF35B2D4AB159C8373E86600E','a broken ring','C1CC1');
INSERT INTO "example" VALUES(1,4,X'AE6C3A0E0039F22718537A1BA19A66FA0DBB3277327E73819487BE69A4325AB9','a "quoted" amine','CCN');
INSERT INTO "example" VALUES(2,0,X'CCE3A8F18C800E9A2355D8E6699105273B2559EEF8B9A8DC5C9741EF14A2028E','other','C');
INSERT INTO "example" VALUES(2,1,X'BDA89693EE69D4672CD2E9B8FBEEF21992E918A624F8D2C824AC4EE853301F4F','unfinished','CC');
CREATE TABLE example_set (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),  -- Merkle root of the examples' digests
  size INTEGER NOT NULL CHECK (size > 0)
) STRICT;
INSERT INTO "example_set" VALUES(1,X'3B3C0769116528C0A1D796731B3CD71362D5925671E8537FB2BB8006835A6EC4',5);
INSERT INTO "example_set" VALUES(2,X'7A872CA9646BE2FA8FE7712ED86A5C2865A79262A98837E70CBFBF15BF1A5422',2);
CREATE TABLE failure (
  id INTEGER PRIMARY KEY,
  cell BLOB NOT NULL CHECK (length(cell) = 32),  -- its digest; it may have no run
  environment_id INTEGER NOT NULL REFERENCES environment,
  what TEXT NOT NULL,
  failed_at TEXT NOT NULL
) STRICT;
INSERT INTO "failure" VALUES(1,X'FF074D39483B6F69CCA1B3AFD7E5F21818CA201228F1CA36FF591D6B24D00405',1,'out of memory','2025-01-02T03:04:06Z');
CREATE TABLE interval (
  measurement_id INTEGER NOT NULL REFERENCES score,
  draws INTEGER NOT NULL CHECK (draws > 0),
  seed INTEGER NOT NULL,
  confidence REAL NOT NULL CHECK (confidence > 0 AND confidence < 1),
  low REAL NOT NULL,
  high REAL NOT NULL,
  PRIMARY KEY (measurement_id, draws, seed, confidence)
) STRICT, WITHOUT ROWID;
INSERT INTO "interval" VALUES(1,100,1,0.95,0.4,1.0);
INSERT INTO "interval" VALUES(1,200,-1,0.9,0.6,1.0);
INSERT INTO "interval" VALUES(2,100,1,0.95,0.2,1.0);
INSERT INTO "interval" VALUES(2,200,-1,0.9,0.2,1.0);
INSERT INTO "interval" VALUES(3,100,1,0.95,0.0,1.6);
INSERT INTO "interval" VALUES(4,100,1,0.95,1.0,1.0);
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
INSERT INTO "measurement" VALUES(1,1,1,'levenshtein','levenshtein|p:crash.1|c:as-named|sp:|den:all|v:0.1.0','metric:levenshtein|protocol:crash.1|columns:as-named|strip-prefix:|denominator:all|version:0.1.0','["","n"]',1);
INSERT INTO "measurement" VALUES(2,1,1,'validity','validity|p:crash.1|c:as-named|sp:|iv:chemistry+empty+syntax+trailing-text|vo:prediction|rd:2025.03.1|den:all|v:0.1.0','metric:validity|protocol:crash.1|columns:as-named|strip-prefix:|invalid:chemistry+empty+syntax+trailing-text|validity-of:prediction|rdkit:2025.03.1|denominator:all|version:0.1.0','["","n"]',1);
INSERT INTO "measurement" VALUES(3,2,1,'levenshtein','levenshtein|p:crash.1|c:as-named|sp:|den:all|v:0.1.0','metric:levenshtein|protocol:crash.1|columns:as-named|strip-prefix:|denominator:all|version:0.1.0','["","n"]',1);
INSERT INTO "measurement" VALUES(4,2,1,'validity','validity|p:crash.1|c:as-named|sp:|iv:chemistry+empty+syntax+trailing-text|vo:prediction|rd:2025.03.1|den:all|v:0.1.0','metric:validity|protocol:crash.1|columns:as-named|strip-prefix:|invalid:chemistry+empty+syntax+trailing-text|validity-of:prediction|rdkit:2025.03.1|denominator:all|version:0.1.0','["","n"]',1);
CREATE TABLE overlap (
  set_id INTEGER NOT NULL REFERENCES example_set,
  training BLOB NOT NULL CHECK (length(training) = 32),  -- digest of the training data
  kind TEXT NOT NULL CHECK (kind IN ('inchikey', 'skeleton', 'scaffold')),
  seen BLOB NOT NULL,
  PRIMARY KEY (set_id, training, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO "overlap" VALUES(1,X'C2FB788C7DEEDBEAA296E424D4C2921B871A4F6CB4CF393C1C1105653AB399B4','skeleton',X'0001010000');
CREATE TABLE plan (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  manifest TEXT NOT NULL CHECK (json_valid(manifest)),  -- as it was first stored; in no digest
  made_at TEXT NOT NULL
) STRICT;
INSERT INTO "plan" VALUES(1,X'08572DA5C746765D1D7AE64015C6342265A3585CE3D009E7CE8A801A6C25FDD3','sweep','{
  "name": "sweep"
}
','2025-01-02T03:04:05Z');
INSERT INTO "plan" VALUES(2,X'1FB371AF9AC6B3E9011EE9369D6297E335A20CF49BC571C7E4711C2CC9C4A159','nothing','{}','2025-01-02T03:04:05Z');
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
INSERT INTO "planned" VALUES(1,0,X'365357F289D9FC180C842EF1836577CC38B155E4941426877A2313A6C5A77893','{
  "dataset": "",
  "examples": "3b3c0769116528c0a1d796731b3cd71362d5925671e8537fb2bb8006835a6ec4",
  "kind": "import",
  "model": "early",
  "predictions": "d04eeecd9bc2d1c1e25307a28163b9bfc786a966b71914da0533b290383ec11b",
  "split": "",
  "task": "generation"
}
','early','generation','','',NULL,'');
INSERT INTO "planned" VALUES(1,1,X'365357F289D9FC180C842EF1836577CC38B155E4941426877A2313A6C5A77893','{
  "dataset": "",
  "examples": "3b3c0769116528c0a1d796731b3cd71362d5925671e8537fb2bb8006835a6ec4",
  "kind": "import",
  "model": "early",
  "predictions": "d04eeecd9bc2d1c1e25307a28163b9bfc786a966b71914da0533b290383ec11b",
  "split": "",
  "task": "generation"
}
','the same, ℃','generation','','',NULL,'');
INSERT INTO "planned" VALUES(1,2,X'FF074D39483B6F69CCA1B3AFD7E5F21818CA201228F1CA36FF591D6B24D00405','{"kind":"run","model":"large"}','large','generation','set','test',-3,'');
INSERT INTO "planned" VALUES(1,3,X'44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A','{}','small','captioning','set','test',7,'cannot caption');
CREATE TABLE prediction (
  run_id INTEGER NOT NULL REFERENCES run,
  position INTEGER NOT NULL CHECK (position >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  text TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "prediction" VALUES(1,0,X'62B29FA212B0C08EF37AFE0F5614CF5E04DBE9E15C1BAC1D6C09C2D1487B6A9B','CCO');
INSERT INTO "prediction" VALUES(1,1,X'365159E51EE7631A32BF74A2D482AA4E16FCA9DB1435B40537BB8A827701FCF1','CC');
INSERT INTO "prediction" VALUES(1,2,X'9AF568CD083642FC9685AC397AFD47DC50366479B69C01CF8A363589D97D69A9','');
INSERT INTO "prediction" VALUES(1,3,X'B8576B6426CCB9582E8AC15D695C6D88E0F488CE6C7869E7DDBF1AF98C253166','C1CC');
INSERT INTO "prediction" VALUES(1,4,X'8D029CE8DFDBFA79F247D1EB4A32A54C08CABB4961AE1580DE48B8A743136E39','CCN ');
INSERT INTO "prediction" VALUES(2,0,X'1BAE482EC9EABE00FF28B5A828B06C2FFE34C0D3DE7FBD44D19A97A8B3227DDE','OCC');
INSERT INTO "prediction" VALUES(2,1,X'BDD31E4394521C76D30537A5115ACAF74B6D3FD99ADB7881AAF04105EF033739','CCC');
INSERT INTO "prediction" VALUES(2,2,X'5644C899E58513A138627958A7FB94B923297E9087D7417FF37B8215114DA25D','O');
INSERT INTO "prediction" VALUES(2,3,X'FBD912E6C5B9B01ACA38D0407101F1E3DB4AD0FCA7F1462BBE56DDA7F246AD63','C1CC1');
INSERT INTO "prediction" VALUES(2,4,X'67DF44B8A2AA287856FFCE6EB307E46C728AA53ECCFC98AD7A538C8F1886CEBD','N');
INSERT INTO "prediction" VALUES(3,0,X'736CDFF44252222A8F6D7079828544D745022EA52B724776F7335AAB0612AB42','C');
CREATE TABLE protocol (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
INSERT INTO "protocol" VALUES(1,X'DFFDCB878AD572307BCBCACE734418D08C19F2208C5ACD6B949FFAA0F1526526','crash','{
  "id": "crash",
  "summary": "two metrics",
  "version": 1,
  "origin": "tests",
  "tasks": {
    "generation": {
      "metrics": [
        "levenshtein",
        "validity"
      ],
      "choices": {
        "columns": {
          "value": "as-named",
          "source": "t"
        },
        "strip-prefix": {
          "value": "",
          "source": "t"
        },
        "invalid": {
          "value": [
            "syntax",
            "chemistry",
            "empty",
            "trailing-text"
          ],
          "source": "t"
        },
        "validity-of": {
          "value": "prediction",
          "source": "t"
        }
      }
    }
  }
}
');
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  cell_id INTEGER NOT NULL UNIQUE REFERENCES cell,
  set_id INTEGER NOT NULL REFERENCES example_set,
  environment_id INTEGER NOT NULL REFERENCES environment,
  source TEXT NOT NULL CHECK (json_valid(source)),  -- the file it was imported from; in no digest
  started_at TEXT NOT NULL
) STRICT;
INSERT INTO "run" VALUES(1,1,1,1,'{
  "file": "f1.tsv",
  "sha256": "b3626ce7c7f0834e6a62267a5f6c8642af6489b9d6c7ca49c5cd74d1a9517306"
}
','2026-11-21T15:20:09Z');
INSERT INTO "run" VALUES(2,2,1,1,'{
  "file": "f2.tsv",
  "sha256": "3cfb53699fe55041626f7822c1e71dae547e4fb747ebc31397362503747b3a34"
}
','2026-11-21T15:20:09Z');
INSERT INTO "run" VALUES(3,3,2,1,'{
  "file": "f3.tsv",
  "sha256": "3f471c8cec985002b1bb787ffa6ef09a5ad2ca0f0cf4c971b80fd889fcb4493c"
}
','2026-11-21T15:20:09Z');
CREATE TABLE run_end (
  run_id INTEGER PRIMARY KEY REFERENCES run,
  predictions BLOB NOT NULL CHECK (length(predictions) = 32),  -- Merkle root of their digests
  finished_at TEXT NOT NULL
) STRICT;
INSERT INTO "run_end" VALUES(1,X'D04EEECD9BC2D1C1E25307A28163B9BFC786A966B71914DA0533B290383EC11B','2026-11-21T15:20:09Z');
INSERT INTO "run_end" VALUES(2,X'767258D21BFB00C6B8A4D5216E2EDBE311AF689C37AA2E8E6672059528C0B9C5','2026-11-21T15:20:09Z');
CREATE TABLE score (
  measurement_id INTEGER PRIMARY KEY REFERENCES measurement,
  value REAL,
  reason TEXT NOT NULL,  -- why there is no value
  n INTEGER NOT NULL CHECK (n >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  scored_at TEXT NOT NULL,
  CHECK ((value IS NULL) = (reason <> ''))
) STRICT;
INSERT INTO "score" VALUES(1,0.8,'',5,X'D628A3D2D47D49C216F28036B57A7D575CCAF22368EC54B9DA2846443C074691','2026-11-21T15:20:09Z');
INSERT INTO "score" VALUES(2,0.6,'',5,X'EFB097D1D15319D1F9DB18318351D8DFDD38ED23CD5BC3EDAC3D7E62714159EE','2026-11-21T15:20:09Z');
INSERT INTO "score" VALUES(3,0.8,'',5,X'DB73A69E7D25A736D530D47F645B35020DF38556EAC5E3D47F3D56410D5979CF','2026-11-21T15:20:09Z');
INSERT INTO "score" VALUES(4,1.0,'',5,X'8CC718EBC1DDB9372FA5B43795F3D27AC88A6D6AA2BF8E1C5281717718C8069B','2026-11-21T15:20:09Z');
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
INSERT INTO "stage" VALUES(1,X'6C40B4B76786A53C87364128C84E0FBFA7704890C683C68DC5218CDBDB2E074D','{"stage":1}','pretraining','set',4,NULL,1,'2025-01-03T00:00:00Z');
INSERT INTO "stage" VALUES(2,X'B5EB80F2083C311279A69CD0990259CDDD00C8480789C9A38CA91C3FBC0642BD','{"stage":2}','pretraining','set',4,X'6C40B4B76786A53C87364128C84E0FBFA7704890C683C68DC5218CDBDB2E074D',1,'2025-01-03T00:00:00Z');
CREATE TABLE stage_end (
  stage_id INTEGER NOT NULL REFERENCES stage,
  artifact BLOB NOT NULL CHECK (length(artifact) = 32),
  seconds REAL NOT NULL CHECK (seconds >= 0),  -- since it was last begun or resumed
  ended_at TEXT NOT NULL,
  PRIMARY KEY (stage_id, artifact)
) STRICT, WITHOUT ROWID;
INSERT INTO "stage_end" VALUES(1,X'3D7DB37D08F9140FD09F12B9621CD0954B6D56A9D2F357FB2C7F5D62636D2FD1',2.5,'2025-01-03T00:00:01Z');
CREATE TABLE statistic (
  measurement_id INTEGER NOT NULL REFERENCES measurement,
  block INTEGER NOT NULL CHECK (block >= 0),
  place INTEGER NOT NULL CHECK (place >= 0),  -- which of the measurement's columns
  numbers BLOB NOT NULL,
  PRIMARY KEY (measurement_id, block, place)
) STRICT, WITHOUT ROWID;
INSERT INTO "statistic" VALUES(1,0,0,X'0001010101');
INSERT INTO "statistic" VALUES(1,0,1,X'0101010101');
INSERT INTO "statistic" VALUES(2,0,0,X'0101000001');
INSERT INTO "statistic" VALUES(2,0,1,X'0101010101');
INSERT INTO "statistic" VALUES(3,0,0,X'0200000002');
INSERT INTO "statistic" VALUES(3,0,1,X'0101010101');
INSERT INTO "statistic" VALUES(4,0,0,X'0101010101');
INSERT INTO "statistic" VALUES(4,0,1,X'0101010101');
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
CREATE TRIGGER overlap_is_as_long BEFORE INSERT ON overlap
WHEN length(NEW.seen) IS NOT (SELECT size FROM example_set WHERE id = NEW.set_id)
BEGIN SELECT RAISE(ABORT, 'an overlap has one byte an example of a set that is there'); END;
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
COMMIT;
