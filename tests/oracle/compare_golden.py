#!/usr/bin/env python3
"""Makes tests/data/compare_golden.json: MolT5-large against MolT5-small, computed without Cupel.

    python3 -m venv v && v/bin/pip install rdkit==2025.3.1 numpy==2.2.4
    v/bin/python tests/oracle/compare_golden.py CUPEL_DATA/molt5 > tests/data/compare_golden.json

Everything starts at the two prediction files: n-gram counts, InChI and fingerprints by RDKit's
Python package, resampling by numpy matrices. Only the random streams are those that
metrics/significance/resample.h defines, written out here from that definition, so that the results
must agree to rounding and not merely within the error of sampling.
"""
import collections
import csv
import json
import pathlib
import sys

import numpy as np
import rdkit
from rdkit import Chem, DataStructs, RDLogger
from rdkit.Chem import rdFingerprintGenerator

PINS = {"numpy": "2.2.4", "rdkit": "2025.03.1"}
FOUND = {"numpy": np.__version__, "rdkit": rdkit.__version__}

U = np.uint64
SEED = 7
DRAWS = 2000
CONFIDENCE = 0.95
MORGAN = rdFingerprintGenerator.GetMorganGenerator(radius=2)


def streams(first, count, words):
    """The first `words` outputs of the generators of draws first … first + count − 1, one a row."""
    with np.errstate(over="ignore"):
        z = U(SEED) + (np.arange(first, first + count, dtype=U) + U(1)) * U(0x9E3779B97F4A7C15)
        z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
        state = [z ^ (z >> U(31))]
        for i in range(1, 312):  # MT19937-64 (Nishimura and Matsumoto 2004), all draws at once
            state.append(U(6364136223846793005) * (state[-1] ^ (state[-1] >> U(62))) + U(i))
    out = []
    while len(out) < words:
        for i in range(312):
            x = (state[i] & U(0xFFFFFFFF80000000)) | (state[(i + 1) % 312] & U(0x7FFFFFFF))
            state[i] = state[(i + 156) % 312] ^ (x >> U(1)) ^ np.where(x & U(1), U(0xB5026F5AA96619E9), U(0))
        for x in state:
            x = x ^ ((x >> U(29)) & U(0x5555555555555555))
            x = x ^ ((x << U(17)) & U(0x71D67FFFEDA60000))
            x = x ^ ((x << U(37)) & U(0xFFF7EEE000000000))
            out.append(x ^ (x >> U(43)))
    return np.stack(out[:words], axis=1)


def multiplicities(rows):
    """How often each row occurs in each bootstrap draw."""
    times = np.zeros((DRAWS, rows))
    for first in range(0, DRAWS, 500):
        pairs = streams(first, 500, (rows + 1) // 2 + 8)
        halves = np.stack([pairs & U(0xFFFFFFFF), pairs >> U(32)], axis=2).reshape(500, -1)
        products = halves * U(rows)
        accepted = (products & U(0xFFFFFFFF)) >= U(2**32 % rows)
        for d in range(500):
            chosen = (products[d, accepted[d]] >> U(32))[:rows].astype(int)
            times[first + d] = np.bincount(chosen, minlength=rows)
    return times


def swaps(rows):
    """Which rows change sides in each trial."""
    words = np.ascontiguousarray(streams(0, DRAWS, (rows + 63) // 64))
    return np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")[:, :rows].astype(float)


def ngrams(text, order):
    return collections.Counter(text[i:i + order] for i in range(len(text) - order + 1))


def bleu_row(reference, output):
    matches = [sum((ngrams(output, n) & ngrams(reference, n)).values()) for n in range(1, 5)]
    totals = [max(1, len(output) - n + 1) for n in range(1, 5)]
    return matches + totals + [len(output), len(reference)]


def bleu(sums):
    """Corpus BLEU-4; every draw of these files has a match of each order."""
    precisions = sums[..., 0:4] / sums[..., 4:8]
    outputs, references = sums[..., 8], sums[..., 9]
    brevity = np.where(outputs > references, 1.0, np.exp(1.0 - references / outputs))
    return brevity * np.exp(np.log(precisions).mean(axis=-1))


def ratio(sums):
    return sums[..., 0] / sums[..., 1]


def molecule(text, strict):
    """The molecule; `strict` refuses the empty one and text behind a SMILES."""
    mol = Chem.MolFromSmiles(text)
    if mol is None or (strict and (mol.GetNumAtoms() == 0 or len(text.split()) != 1 or text != text.strip())):
        return None
    return mol


def similarity(reference, output):
    return DataStructs.TanimotoSimilarity(MORGAN.GetSparseCountFingerprint(reference),
                                          MORGAN.GetSparseCountFingerprint(output))


def statistics(path):
    """One matrix a metric, one row an example."""
    with open(path, encoding="utf8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    tables = collections.defaultdict(list)
    for row in rows:
        reference, output = row["ground truth"], row["output"]
        tables["bleu"].append(bleu_row(reference, output))
        truth, answer, strict = (molecule(reference, False), molecule(output, False), molecule(output, True))
        assert truth is not None
        same = strict is not None and Chem.MolToInchi(truth) == Chem.MolToInchi(strict) != ""
        tables["exact"].append([float(same), 1.0])
        tables["morgan, invalid is zero"].append([similarity(truth, strict) if strict else 0.0, 1.0])
        tables["morgan, invalid left out"].append([similarity(truth, answer), 1.0] if answer else [0.0, 0.0])
    return {name: np.array(table, dtype=float) for name, table in tables.items()}


def compare(score, baseline, candidate, times, swapped):
    a, b = score(baseline.sum(axis=0)), score(candidate.sum(axis=0))
    difference, slack = b - a, 1e-12 * (abs(a) + abs(b))
    drawn = score(times @ candidate) - score(times @ baseline)
    low, high = np.percentile(drawn, [50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)])
    left, right = baseline + 0.0, candidate + 0.0
    exchanged = swapped @ (candidate - baseline)
    trials = score(right.sum(axis=0) - exchanged) - score(left.sum(axis=0) + exchanged)
    extreme = lambda d: (1 + int((np.abs(d) >= abs(difference) - slack).sum())) / (1 + DRAWS)
    return {"baseline": a, "candidate": b, "difference": difference, "low": low, "high": high,
            "p_bootstrap": extreme(drawn - drawn.mean()), "p_randomization": extreme(trials),
            "better_share": float(((drawn > slack) + 0.5 * (np.abs(drawn) <= slack)).mean()),
            "standard_error": drawn.std(ddof=1)}


def main():
    assert FOUND == PINS, f"needs {PINS}, found {FOUND}"
    RDLogger.DisableLog("rdApp.*")
    folder = pathlib.Path(sys.argv[1])
    small, large = (statistics(folder / f"molt5-{size}-caption2smiles.txt") for size in ("small", "large"))
    cases = []
    for rows in (3300, 50):
        times, swapped = multiplicities(rows), swaps(rows)
        for name in small:
            score = bleu if name == "bleu" else ratio
            cases.append({"rows": rows, "metric": name,
                          **compare(score, small[name][:rows], large[name][:rows], times, swapped)})
    zeros = (large["morgan, invalid is zero"] - small["morgan, invalid is zero"])[:, 0]
    print(json.dumps({"made_by": "tests/oracle/compare_golden.py", "versions": FOUND, "seed": SEED, "draws": DRAWS,
                      "confidence": CONFIDENCE, "files": "MolT5, caption2smiles, small and large, first rows",
                      "morgan_paired_standard_error": zeros.std(ddof=1) / len(zeros) ** 0.5,
                      "cases": cases}, indent=1))


if __name__ == "__main__":
    main()
