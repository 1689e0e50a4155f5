"""A million stored pairs: import, scoring in bounded memory, opening, bytes; beside Python's sqlite3 on the same file.

usage: stores.py CUPEL [ROWS]      needs no data; prints one table and, as JSON, the figures with their conditions
"""
import csv
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time

from processes import conditions

# Every molecule is another one: two fragments and a chain; one prediction in eight cannot be parsed.
FRAGMENTS = ["c1ccccc1", "C1CCNCC1", "c1ccncc1", "C(=O)O", "N", "C1CCCCC1", "c1ccsc1", "OC", "C(F)(F)F", "S(=O)(=O)N"]
PROTOCOL = {
    "id": "two", "summary": "edit distance and validity only", "version": 1, "origin": "a benchmark",
    "tasks": {"generation": {"metrics": ["levenshtein", "validity"], "choices": {
        key: {"value": value, "source": "a benchmark"} for key, value in {
            "columns": "as-named", "strip-prefix": "", "invalid": ["chemistry", "syntax"], "validity-of": "prediction"
        }.items()}}}}


def chain(number):
    text = ""
    while number:
        text += "CNOS"[number % 4]
        number //= 4
    return text + "C"


def write_pairs(path, rows):
    random.seed(1)
    size = 0
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write("description\tground truth\toutput\n")
        for i in range(rows):
            molecule = chain(i) + random.choice(FRAGMENTS)
            answer = "C(" if i % 8 == 0 else chain(i ^ 5) + random.choice(FRAGMENTS)
            cells = (f"the molecule with number {i}", molecule, answer)
            size += sum(map(len, cells))
            out.write("\t".join(cells) + "\n")
    return size


def timed(command):
    """Seconds and peak memory in MiB of a process."""
    begin = time.perf_counter()
    pid = os.spawnv(os.P_NOWAIT, command[0], command)
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, (command, status)
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def peer_import(path, store):
    """The same rows into one plain table, without digests, in transactions of the same size."""
    if os.path.exists(store):
        os.remove(store)
    begin = time.perf_counter()
    database = sqlite3.connect(store, isolation_level=None)
    database.execute("CREATE TABLE pair (position INTEGER PRIMARY KEY, input TEXT, reference TEXT, prediction TEXT)")
    with open(path, encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        while block := [row for _, row in zip(range(16384), rows)]:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO pair (input, reference, prediction) VALUES (?, ?, ?)", block)
            database.execute("COMMIT")
    database.close()
    return time.perf_counter() - begin


def main():
    cupel, rows = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="cupel-store-bench-") as folder:
        pairs, store, protocol = (os.path.join(folder, name) for name in ("pairs.tsv", "s.db", "two.json"))
        text = write_pairs(pairs, rows)
        with open(protocol, "w", encoding="utf-8") as out:
            json.dump(PROTOCOL, out)
        ours, peer, memory = [], [], 0
        for _ in range(3):
            if os.path.exists(store):
                os.remove(store)
            seconds, memory = timed([cupel, "import", pairs, "--store", store, "--task", "generation", "--model", "x",
                                     "--dataset", "made-up"])
            ours.append(seconds)
            peer.append(peer_import(pairs, os.path.join(folder, "peer.db")))
        size = os.path.getsize(store)
        opened = [timed([cupel, "list", "runs", "--store", store])[0] for _ in range(10)]
        scored = timed([cupel, "score", "--store", store, "--protocol", protocol, "--resamples", "0"])
        again = timed([cupel, "score", "--store", store, "--protocol", protocol, "--resamples", "0"])
        checked = timed([cupel, "doctor", "--store", store])
        figures = {
            "rows": rows,
            "import_rows_per_s_median": rows / statistics.median(ours),
            "import_rows_per_s_best": rows / min(ours),
            "import_peak_mib": memory,
            "python_sqlite3_rows_per_s_median": rows / statistics.median(peer),
            "bytes_a_prediction_beside_text": (size - text) / rows,
            "open_median_s": statistics.median(opened),
            "score_levenshtein_validity_s": scored[0],
            "score_peak_mib": scored[1],
            "score_again_s": again[0],
            "doctor_s": checked[0],
            "doctor_peak_mib": checked[1],
        }
    for name, value in figures.items():
        print(f"{name:<36} {value:14.4f}")
    with tempfile.NamedTemporaryFile("w", prefix="cupel-bench-", suffix=".json", delete=False) as out:
        json.dump({"conditions": conditions(cupel), "figures": figures}, out, indent=1)
    print("figures:", out.name)


if __name__ == "__main__":
    main()
