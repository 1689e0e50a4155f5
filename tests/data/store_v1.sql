-- A small store of schema version 1, as text: two complete runs with scores and intervals, one unfinished run.
-- Frozen: it must open, read and keep its digests for as long as version 1 is known.
PRAGMA application_id = 1129664588;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE environment (
  id INTEGER PRIMARY KEY,
  facts TEXT NOT NULL UNIQUE CHECK (json_valid(facts))
) STRICT;
INSERT INTO environment VALUES(1,'{"cupel":"0.1.0"}');
CREATE TABLE example_set (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),  -- Merkle root of the examples' digests
  size INTEGER NOT NULL CHECK (size > 0)
) STRICT;
INSERT INTO example_set VALUES(1,X'3b3c0769116528c0a1d796731b3cd71362d5925671e8537fb2bb8006835a6ec4',5);
INSERT INTO example_set VALUES(2,X'7a872ca9646be2fa8fe7712ed86a5c2865a79262a98837e70cbfbf15bf1a5422',2);
CREATE TABLE example (
  set_id INTEGER NOT NULL REFERENCES example_set,
  position INTEGER NOT NULL CHECK (position >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  input TEXT NOT NULL,
  reference TEXT NOT NULL,
  PRIMARY KEY (set_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO example VALUES(1,0,X'387b9b9dfb2b19eadc8aeddbc2de0d626b2f9fd61320eaf9d6ef3ea9f2ea1b54','an alcohol of two carbons','CCO');
INSERT INTO example VALUES(1,1,X'155360d4dc4f2b691bce39ce656c4f5f6463d14bb32b49bcee00942d03239db8','three carbons ℃','CCC');
INSERT INTO example VALUES(1,2,X'ac4fdfc627e4d3beb025b773fb3238277a3077c7605b6ac1f44f1760f358515b','nothing','O');
INSERT INTO example VALUES(1,3,X'6c095b1feab1ba5771c57a4a49765d4a53b4850bf35b2d4ab159c8373e86600e','a broken ring','C1CC1');
INSERT INTO example VALUES(1,4,X'ae6c3a0e0039f22718537a1ba19a66fa0dbb3277327e73819487be69a4325ab9','a "quoted" amine','CCN');
INSERT INTO example VALUES(2,0,X'cce3a8f18c800e9a2355d8e6699105273b2559eef8b9a8dc5c9741ef14a2028e','other','C');
INSERT INTO example VALUES(2,1,X'bda89693ee69d4672cd2e9b8fbeef21992e918a624f8d2c824ac4ee853301f4f','unfinished','CC');
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
INSERT INTO cell VALUES(1,X'365357f289d9fc180c842ef1836577cc38b155e4941426877a2313a6c5a77893',replace('{\n  "dataset": "",\n  "examples": "3b3c0769116528c0a1d796731b3cd71362d5925671e8537fb2bb8006835a6ec4",\n  "kind": "import",\n  "model": "early",\n  "predictions": "d04eeecd9bc2d1c1e25307a28163b9bfc786a966b71914da0533b290383ec11b",\n  "split": "",\n  "task": "generation"\n}\n','\n',char(10)),'early','generation','','',NULL);
INSERT INTO cell VALUES(2,X'709a9af90dee1eab1d50f46397a50f4fb0725e6b2cd5390ce1f40260003674fa',replace('{\n  "dataset": "",\n  "examples": "3b3c0769116528c0a1d796731b3cd71362d5925671e8537fb2bb8006835a6ec4",\n  "kind": "import",\n  "model": "late",\n  "predictions": "767258d21bfb00c6b8a4d5216e2edbe311af689c37aa2e8e6672059528c0b9c5",\n  "split": "",\n  "task": "generation"\n}\n','\n',char(10)),'late','generation','','',NULL);
INSERT INTO cell VALUES(3,X'048e6dfeeeedb37976fdb509b1cbe4432d9df5db1c0dbde1c7ff1a18d7489781',replace('{\n  "dataset": "",\n  "examples": "7a872ca9646be2fa8fe7712ed86a5c2865a79262a98837e70cbfbf15bf1a5422",\n  "kind": "import",\n  "model": "unfinished",\n  "predictions": "3516a9ef5a0961647fab57d24359f1ec48d2ad97d0661ac2ed3ad8a130b90b66",\n  "split": "",\n  "task": "generation"\n}\n','\n',char(10)),'unfinished','generation','','',NULL);
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  cell_id INTEGER NOT NULL UNIQUE REFERENCES cell,
  set_id INTEGER NOT NULL REFERENCES example_set,
  environment_id INTEGER NOT NULL REFERENCES environment,
  source TEXT NOT NULL CHECK (json_valid(source)),  -- the file it was imported from; in no digest
  started_at TEXT NOT NULL
) STRICT;
INSERT INTO run VALUES(1,1,1,1,replace('{\n  "file": "f1.tsv",\n  "sha256": "b3626ce7c7f0834e6a62267a5f6c8642af6489b9d6c7ca49c5cd74d1a9517306"\n}\n','\n',char(10)),'2026-11-21T15:20:09Z');
INSERT INTO run VALUES(2,2,1,1,replace('{\n  "file": "f2.tsv",\n  "sha256": "3cfb53699fe55041626f7822c1e71dae547e4fb747ebc31397362503747b3a34"\n}\n','\n',char(10)),'2026-11-21T15:20:09Z');
INSERT INTO run VALUES(3,3,2,1,replace('{\n  "file": "f3.tsv",\n  "sha256": "3f471c8cec985002b1bb787ffa6ef09a5ad2ca0f0cf4c971b80fd889fcb4493c"\n}\n','\n',char(10)),'2026-11-21T15:20:09Z');
CREATE TABLE prediction (
  run_id INTEGER NOT NULL REFERENCES run,
  position INTEGER NOT NULL CHECK (position >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  text TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO prediction VALUES(1,0,X'62b29fa212b0c08ef37afe0f5614cf5e04dbe9e15c1bac1d6c09c2d1487b6a9b','CCO');
INSERT INTO prediction VALUES(1,1,X'365159e51ee7631a32bf74a2d482aa4e16fca9db1435b40537bb8a827701fcf1','CC');
INSERT INTO prediction VALUES(1,2,X'9af568cd083642fc9685ac397afd47dc50366479b69c01cf8a363589d97d69a9','');
INSERT INTO prediction VALUES(1,3,X'b8576b6426ccb9582e8ac15d695c6d88e0f488ce6c7869e7ddbf1af98c253166','C1CC');
INSERT INTO prediction VALUES(1,4,X'8d029ce8dfdbfa79f247d1eb4a32a54c08cabb4961ae1580de48b8a743136e39','CCN ');
INSERT INTO prediction VALUES(2,0,X'1bae482ec9eabe00ff28b5a828b06c2ffe34c0d3de7fbd44d19a97a8b3227dde','OCC');
INSERT INTO prediction VALUES(2,1,X'bdd31e4394521c76d30537a5115acaf74b6d3fd99adb7881aaf04105ef033739','CCC');
INSERT INTO prediction VALUES(2,2,X'5644c899e58513a138627958a7fb94b923297e9087d7417ff37b8215114da25d','O');
INSERT INTO prediction VALUES(2,3,X'fbd912e6c5b9b01aca38d0407101f1e3db4ad0fca7f1462bbe56dda7f246ad63','C1CC1');
INSERT INTO prediction VALUES(2,4,X'67df44b8a2aa287856ffce6eb307e46c728aa53eccfc98ad7a538c8f1886cebd','N');
INSERT INTO prediction VALUES(3,0,X'736cdff44252222a8f6d7079828544d745022ea52b724776f7335aab0612ab42','C');
CREATE TABLE run_end (
  run_id INTEGER PRIMARY KEY REFERENCES run,
  predictions BLOB NOT NULL CHECK (length(predictions) = 32),  -- Merkle root of their digests
  finished_at TEXT NOT NULL
) STRICT;
INSERT INTO run_end VALUES(1,X'd04eeecd9bc2d1c1e25307a28163b9bfc786a966b71914da0533b290383ec11b','2026-11-21T15:20:09Z');
INSERT INTO run_end VALUES(2,X'767258d21bfb00c6b8a4d5216e2edbe311af689c37aa2e8e6672059528c0b9c5','2026-11-21T15:20:09Z');
CREATE TABLE protocol (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
INSERT INTO protocol VALUES(1,X'dffdcb878ad572307bcbcace734418d08c19f2208c5acd6b949ffaa0f1526526','crash',replace('{\n  "id": "crash",\n  "summary": "two metrics",\n  "version": 1,\n  "origin": "tests",\n  "tasks": {\n    "generation": {\n      "metrics": [\n        "levenshtein",\n        "validity"\n      ],\n      "choices": {\n        "columns": {\n          "value": "as-named",\n          "source": "t"\n        },\n        "strip-prefix": {\n          "value": "",\n          "source": "t"\n        },\n        "invalid": {\n          "value": [\n            "syntax",\n            "chemistry",\n            "empty",\n            "trailing-text"\n          ],\n          "source": "t"\n        },\n        "validity-of": {\n          "value": "prediction",\n          "source": "t"\n        }\n      }\n    }\n  }\n}\n','\n',char(10)));
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
INSERT INTO measurement VALUES(1,1,1,'levenshtein','levenshtein|p:crash.1|c:as-named|sp:|den:all|v:0.1.0','metric:levenshtein|protocol:crash.1|columns:as-named|strip-prefix:|denominator:all|version:0.1.0','["","n"]',1);
INSERT INTO measurement VALUES(2,1,1,'validity','validity|p:crash.1|c:as-named|sp:|iv:chemistry+empty+syntax+trailing-text|vo:prediction|rd:2025.03.1|den:all|v:0.1.0','metric:validity|protocol:crash.1|columns:as-named|strip-prefix:|invalid:chemistry+empty+syntax+trailing-text|validity-of:prediction|rdkit:2025.03.1|denominator:all|version:0.1.0','["","n"]',1);
INSERT INTO measurement VALUES(3,2,1,'levenshtein','levenshtein|p:crash.1|c:as-named|sp:|den:all|v:0.1.0','metric:levenshtein|protocol:crash.1|columns:as-named|strip-prefix:|denominator:all|version:0.1.0','["","n"]',1);
INSERT INTO measurement VALUES(4,2,1,'validity','validity|p:crash.1|c:as-named|sp:|iv:chemistry+empty+syntax+trailing-text|vo:prediction|rd:2025.03.1|den:all|v:0.1.0','metric:validity|protocol:crash.1|columns:as-named|strip-prefix:|invalid:chemistry+empty+syntax+trailing-text|validity-of:prediction|rdkit:2025.03.1|denominator:all|version:0.1.0','["","n"]',1);
CREATE TABLE statistic (
  measurement_id INTEGER NOT NULL REFERENCES measurement,
  block INTEGER NOT NULL CHECK (block >= 0),
  place INTEGER NOT NULL CHECK (place >= 0),  -- which of the measurement's columns
  numbers BLOB NOT NULL,
  PRIMARY KEY (measurement_id, block, place)
) STRICT, WITHOUT ROWID;
INSERT INTO statistic VALUES(1,0,0,X'0001010101');
INSERT INTO statistic VALUES(1,0,1,X'0101010101');
INSERT INTO statistic VALUES(2,0,0,X'0101000001');
INSERT INTO statistic VALUES(2,0,1,X'0101010101');
INSERT INTO statistic VALUES(3,0,0,X'0200000002');
INSERT INTO statistic VALUES(3,0,1,X'0101010101');
INSERT INTO statistic VALUES(4,0,0,X'0101010101');
INSERT INTO statistic VALUES(4,0,1,X'0101010101');
CREATE TABLE score (
  measurement_id INTEGER PRIMARY KEY REFERENCES measurement,
  value REAL,
  reason TEXT NOT NULL,  -- why there is no value
  n INTEGER NOT NULL CHECK (n >= 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  scored_at TEXT NOT NULL,
  CHECK ((value IS NULL) = (reason <> ''))
) STRICT;
INSERT INTO score VALUES(1,0.8000000000000000444,'',5,X'd628a3d2d47d49c216f28036b57a7d575ccaf22368ec54b9da2846443c074691','2026-11-21T15:20:09Z');
INSERT INTO score VALUES(2,0.59999999999999997779,'',5,X'efb097d1d15319d1f9db18318351d8dfdd38ed23cd5bc3edac3d7e62714159ee','2026-11-21T15:20:09Z');
INSERT INTO score VALUES(3,0.8000000000000000444,'',5,X'db73a69e7d25a736d530d47f645b35020df38556eac5e3d47f3d56410d5979cf','2026-11-21T15:20:09Z');
INSERT INTO score VALUES(4,1.0,'',5,X'8cc718ebc1ddb9372fa5b43795f3d27ac88a6d6aa2bf8e1c5281717718c8069b','2026-11-21T15:20:09Z');
CREATE TABLE interval (
  measurement_id INTEGER NOT NULL REFERENCES score,
  draws INTEGER NOT NULL CHECK (draws > 0),
  seed INTEGER NOT NULL,
  confidence REAL NOT NULL CHECK (confidence > 0 AND confidence < 1),
  low REAL NOT NULL,
  high REAL NOT NULL,
  PRIMARY KEY (measurement_id, draws, seed, confidence)
) STRICT, WITHOUT ROWID;
INSERT INTO interval VALUES(1,100,1,0.94999999999999995559,0.4000000000000000222,1.0);
INSERT INTO interval VALUES(1,200,-1,0.9000000000000000222,0.59999999999999997779,1.0);
INSERT INTO interval VALUES(2,100,1,0.94999999999999995559,0.2000000000000000111,1.0);
INSERT INTO interval VALUES(2,200,-1,0.9000000000000000222,0.2000000000000000111,1.0);
INSERT INTO interval VALUES(3,100,1,0.94999999999999995559,0.0,1.6000000000000000888);
INSERT INTO interval VALUES(4,100,1,0.94999999999999995559,1.0,1.0);
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
COMMIT;
