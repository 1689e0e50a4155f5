#!/usr/bin/env python3
"""Golden values for ranks, areas under curves and random streams, from reference implementations.

Writes tests/data/rank_golden.json. Needs exactly the versions below (pip install):
the ranks are scipy.stats.rankdata's, the areas scikit-learn's; the bootstrap draws come from a
Mersenne Twister written out here from its definition, the quantiles from numpy.percentile.
"""

import json
import pathlib
import sys

import numpy as np
import scipy
import scipy.stats
import sklearn
from sklearn import metrics

PINS = {"numpy": "2.2.4", "scipy": "1.15.3", "scikit-learn": "1.6.1"}
FOUND = {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}

MASK = (1 << 64) - 1


def mersenne_twister_64(seed):
    """MT19937-64 (Nishimura and Matsumoto 2004), seeded with one number."""
    state = [seed & MASK]
    for i in range(1, 312):
        state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & MASK)
    while True:
        for i in range(312):
            x = (state[i] & 0xFFFFFFFF80000000) | (state[(i + 1) % 312] & 0x7FFFFFFF)
            state[i] = state[(i + 156) % 312] ^ (x >> 1) ^ (0xB5026F5AA96619E9 if x & 1 else 0)
        for x in list(state):
            x ^= (x >> 29) & 0x5555555555555555
            x ^= (x << 17) & 0x71D67FFFEDA60000
            x ^= (x << 37) & 0xFFF7EEE000000000
            yield (x ^ (x >> 43)) & MASK


def generator(seed, draw):
    z = (seed + (draw + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return mersenne_twister_64(z ^ (z >> 31))


def draw_rows(seed, draw, rows, count):
    out = []
    for pair in generator(seed, draw):
        for word in (pair & 0xFFFFFFFF, pair >> 32):
            product = word * rows
            if (product & 0xFFFFFFFF) >= (1 << 32) % rows and len(out) < count:
                out.append(product >> 32)
        if len(out) == count:
            return out


def draw_bits(seed, draw, count):
    source = generator(seed, draw)
    bits = []
    while len(bits) < count:
        word = next(source)
        bits += [(word >> i) & 1 for i in range(64)]
    return bits[:count]


def rank_cases(rng):
    for name, scores in (
        ("continuous", rng.normal(size=30)),
        ("ties", rng.integers(0, 5, size=40)),
        ("constant", np.zeros(7)),
        ("one candidate", np.array([0.25])),
        ("infinities", np.array([np.inf, 0.0, -np.inf, np.inf, 1.0])),
    ):
        scores = np.asarray(scores, dtype=np.float32).astype(float)
        yield {
            "name": name,
            "scores": [str(s) if np.isinf(s) else s for s in scores],
            "optimistic": scipy.stats.rankdata(-scores, method="min").tolist(),
            "expected": scipy.stats.rankdata(-scores, method="average").tolist(),
            "pessimistic": scipy.stats.rankdata(-scores, method="max").tolist(),
        }


def area_case(name, labels, logits, times=None):
    labels, logits = np.asarray(labels, dtype=float), np.asarray(logits, dtype=float)
    times = np.ones(len(labels), dtype=int) if times is None else np.asarray(times)
    keep = labels != 0
    y = np.repeat(labels[keep] > 0, times[keep])
    s = np.repeat(logits[keep], times[keep])
    areas = {"roc_auc": None, "average_precision": None, "trapezoid": None}
    if 0 < y.sum() < len(y):
        precision, recall, _ = metrics.precision_recall_curve(y, s)
        areas = {
            "roc_auc": metrics.roc_auc_score(y, s),
            "average_precision": metrics.average_precision_score(y, s),
            "trapezoid": metrics.auc(recall, precision),
        }
    return {"name": name, "labels": labels.tolist(), "logits": logits.tolist(), "times": times.tolist(), **areas}


def area_cases(rng):
    labels = rng.choice([1, -1], size=50, p=[0.3, 0.7])
    logits = rng.normal(size=50) + 0.5 * (labels > 0)
    missing = np.where(rng.random(50) < 0.3, 0, labels)
    yield area_case("no ties", labels, logits)
    yield area_case("many ties", labels, np.round(logits))
    yield area_case("missing labels", missing, logits)
    yield area_case("missing labels and ties", missing, np.round(2 * logits) / 2)
    yield area_case("multiplicities", missing, np.round(logits, 1), rng.integers(0, 4, size=50))
    yield area_case("multiplicities that remove a class", labels, logits, np.where(labels > 0, 0, 2))
    yield area_case("constant", labels, np.full(50, 0.1))
    yield area_case("perfect", labels, labels)
    yield area_case("inverted", labels, -labels)
    yield area_case("one class", np.ones(6), np.arange(6))
    yield area_case("one example", [1], [0.5])
    yield area_case("one of each", [1, -1], [0.5, 0.5])
    yield area_case("first positive late", [-1, -1, 1, -1, 1], [5, 4, 3, 2, 1])
    yield area_case("all missing", np.zeros(4), np.arange(4))


def stream_cases(rng):
    for seed, draw, rows in ((0, 0, 10), (1, 999, 3300), (2**64 - 1, 7, 1), (42, 3, 3), (5, 1, 2**31 + 11)):
        yield {"seed": str(seed), "draw": draw, "rows": rows, "indices": draw_rows(seed, draw, rows, 25),
               "bits": draw_bits(seed, draw, 70)}


def bootstrap_case(rng):
    values = np.round(rng.exponential(size=37), 3)
    means = [values[draw_rows(11, d, 37, 37)].mean() for d in range(400)]
    low, high = np.percentile(means, [5, 95])
    return {"seed": 11, "draws": 400, "confidence": 0.9, "values": values.tolist(),
            "low": low, "high": high, "standard_error": np.std(means, ddof=1)}


def randomization_case(rng):
    a, b = np.round(rng.normal(size=25), 3), np.round(rng.normal(0.4, 1, size=25), 3)
    observed = abs(b.mean() - a.mean())
    hits = 0
    for trial in range(500):
        signs = 1 - 2 * np.array(draw_bits(13, trial, 25))
        hits += abs((signs * (b - a)).mean()) >= observed - 1e-12
    shifted = np.array([(b - a)[draw_rows(13, d, 25, 25)].mean() for d in range(500)])
    low, high = np.percentile(shifted, [2.5, 97.5])
    extreme = (np.abs(shifted - shifted.mean()) >= observed - 1e-12).sum()
    return {"seed": 13, "trials": 500, "baseline": a.tolist(), "candidate": b.tolist(),
            "randomization_p": (1 + int(hits)) / 501, "bootstrap_p": (1 + int(extreme)) / 501,
            "low": low, "high": high, "greater": float((shifted > 0).mean())}


def main():
    if FOUND != PINS:
        sys.exit(f"needs {PINS}, found {FOUND}")
    print("made with", FOUND)
    rng = np.random.default_rng(20240229)
    golden = {
        "made_by": "tests/oracle/rank_golden.py",
        "versions": FOUND,
        "ranks": list(rank_cases(rng)),
        "areas": list(area_cases(rng)),
        "streams": list(stream_cases(rng)),
        "bootstrap": bootstrap_case(rng),
        "paired": randomization_case(rng),
    }
    path = pathlib.Path(__file__).parent.parent / "data" / "rank_golden.json"
    path.write_text(json.dumps(golden, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
