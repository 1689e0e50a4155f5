"""Makes tests/data/store_v2.sql and store_v3.sql, and prints their digests, from what results/content_digest.h and the comments of
results/migrations/*.sql say, with hashlib and sqlite3 alone.

    python3 tests/oracle/store_golden.py        # Python 3.11 or newer, SQLite 3.37 or newer

The store is store_v1.sql brought to version 2, with two plans, a failure and an overlap; then to version 3, with two stages.
"""

import hashlib
import json
import pathlib
import sqlite3
import struct

TOP = pathlib.Path(__file__).parents[2]
OUT = TOP / "tests/data/store_v2.sql"
OUT_3 = TOP / "tests/data/store_v3.sql"
BLOCK = 4096


def leaf(kind, *fields):
    """SHA-256 of a canonical row: texts are str or bytes, integers int, reals float, nothing None."""
    out = b"\0"
    for field in (kind, *fields):
        if field is None:
            out += b"N"
        elif isinstance(field, int):
            out += b"I" + struct.pack(">q", field)
        elif isinstance(field, float):
            out += b"R" + struct.pack(">d", field)
        else:
            text = field.encode() if isinstance(field, str) else field
            out += b"T" + struct.pack(">Q", len(text)) + text
    return hashlib.sha256(out).digest()


def merkle(leaves):
    """RFC 6962, section 2.1, of hashed leaves: recursively, as the definition stands there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:])).digest()


def numbers(blob, count):
    width = len(blob) // count
    return [float(x) for x in struct.unpack("<%d%s" % (count, {1: "B", 2: "H", 8: "d"}[width]), blob)]


def score_leaf(db, measurement, run_digest, size):
    protocol, metric, signature, columns = db.execute(
        "SELECT body, metric, signature_long, columns FROM measurement JOIN protocol ON protocol.id = protocol_id"
        " WHERE measurement.id = ?", (measurement,)).fetchone()
    fields = [run_digest, hashlib.sha256(protocol.encode()).digest(), metric, signature]
    for place, name in enumerate(json.loads(columns)):
        column = []
        for block, blob in db.execute(
                "SELECT block, numbers FROM statistic WHERE measurement_id = ? AND place = ? ORDER BY block",
                (measurement, place)):
            column += numbers(blob, min(BLOCK, size - block * BLOCK))
        fields += [name, leaf("statistic", *column)]
    value, reason, n = db.execute("SELECT value, reason, n FROM score WHERE measurement_id = ?", (measurement,)).fetchone()
    return leaf("score", *fields, value, reason, n)


def plan_leaf(db, plan):
    fields = []
    for config, *labels in db.execute(
            "SELECT config, model, task, dataset, split, seed, reason FROM planned WHERE plan_id = ? ORDER BY position",
            (plan,)):
        fields += [hashlib.sha256(config.encode()).digest(), *labels]
    return leaf("plan", *fields)


def content(db):
    leaves = [plan_leaf(db, plan) for (plan,) in db.execute("SELECT id FROM plan").fetchall()]
    for run, config, examples, size in db.execute(
            "SELECT run.id, config, set_id, size FROM run JOIN cell ON cell.id = cell_id"
            " JOIN example_set ON example_set.id = set_id JOIN run_end ON run_end.run_id = run.id").fetchall():
        digest = hashlib.sha256(config.encode()).digest()
        rows = db.execute("SELECT input, reference FROM example WHERE set_id = ? ORDER BY position", (examples,))
        texts = db.execute("SELECT text FROM prediction WHERE run_id = ? ORDER BY position", (run,))
        leaves.append(leaf("run", digest, merkle([leaf("example", *row) for row in rows]),
                           merkle([leaf("prediction", *text) for text in texts])))
        for (one,) in db.execute("SELECT id FROM measurement JOIN score ON measurement_id = id WHERE run_id = ?",
                                 (run,)).fetchall():
            scored = score_leaf(db, one, digest, size)
            leaves.append(scored)
            for interval in db.execute("SELECT draws, seed, confidence, low, high FROM interval"
                                       " WHERE measurement_id = ?", (one,)):
                leaves.append(leaf("interval", scored, *interval))
    return merkle(sorted(leaves))


def put_plan(db, name, manifest, cells):
    plan = db.execute("INSERT INTO plan (digest, name, manifest, made_at) VALUES (?, ?, ?, ?)",
                      (leaf("plan", *[field for config, *labels in cells
                                      for field in (hashlib.sha256(config.encode()).digest(), *labels)]),
                       name, manifest, "2025-01-02T03:04:05Z")).lastrowid
    for position, (config, *labels) in enumerate(cells):
        db.execute("INSERT INTO planned VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   (plan, position, hashlib.sha256(config.encode()).digest(), config, *labels))


def write(db, path, version, what):
    path.write_text(f"-- A small store of schema version {version}, as text: {what}.\n"
                    f"-- Frozen: it must open, read and keep its digests for as long as version {version} is known.\n"
                    "-- Made by tests/oracle/store_golden.py.\n"
                    f"PRAGMA application_id = 1129664588;\nPRAGMA user_version = {version};\n"
                    "PRAGMA foreign_keys=OFF;\n" + "\n".join(db.iterdump()) + "\n")


def tell(db):
    for plan, name in db.execute("SELECT id, name FROM plan").fetchall():
        print("plan", name, plan_leaf(db, plan).hex())
    print("content", content(db).hex())


def main():
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript((TOP / "tests/data/store_v1.sql").read_text())
    db.executescript((TOP / "results/migrations/2.sql").read_text())
    done, early = db.execute("SELECT config, model FROM cell ORDER BY id").fetchone()
    failed = '{"kind":"run","model":"large"}'
    put_plan(db, "sweep", '{\n  "name": "sweep"\n}\n', [
        (done, early, "generation", "", "", None, ""),
        (done, "the same, \N{DEGREE CELSIUS}", "generation", "", "", None, ""),
        (failed, "large", "generation", "set", "test", -3, ""),
        ("{}", "small", "captioning", "set", "test", 7, "cannot caption")])
    put_plan(db, "nothing", "{}", [])
    db.execute("INSERT INTO failure (cell, environment_id, what, failed_at) VALUES (?, 1, 'out of memory', ?)",
               (hashlib.sha256(failed.encode()).digest(), "2025-01-02T03:04:06Z"))
    db.execute("INSERT INTO overlap VALUES (1, ?, 'skeleton', ?)", (hashlib.sha256(b"training").digest(), b"\0\1\1\0\0"))
    write(db, OUT, 2, "store_v1.sql with two plans, a failure and an overlap")
    tell(db)
    db.executescript((TOP / "results/migrations/3.sql").read_text())
    parent = hashlib.sha256(b'{"stage":1}').digest()
    for config, after in (('{"stage":1}', None), ('{"stage":2}', parent)):
        db.execute("INSERT INTO stage (digest, config, objective, dataset, seed, parent, environment_id, made_at)"
                   " VALUES (?, ?, 'pretraining', 'set', 4, ?, 1, '2025-01-03T00:00:00Z')",
                   (hashlib.sha256(config.encode()).digest(), config, after))
    db.execute("INSERT INTO stage_end VALUES (1, ?, 2.5, '2025-01-03T00:00:01Z')", (hashlib.sha256(b"files").digest(),))
    db.execute("INSERT INTO curve VALUES (2, 'loss', 7, 0.25)")
    write(db, OUT_3, 3, "store_v2.sql with two stages of training, an end and a curve")
    tell(db)
    db.executescript("DROP TABLE planned; DROP TABLE plan; CREATE TABLE plan (id)")
    print("content without plans", content(db).hex())


main()
