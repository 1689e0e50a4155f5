#!/usr/bin/env python3
"""Makes tests/data/gate_golden.json: rank tests, shifts and binomial intervals by scipy.

    python3 -m venv v && v/bin/pip install numpy==2.2.4 scipy==1.15.2
    v/bin/python tests/oracle/gate_golden.py
"""
import itertools
import json
import pathlib

import numpy as np
import scipy
from scipy import stats

OUT = pathlib.Path(__file__).resolve().parents[1] / "data/gate_golden.json"


def shift_bounds(baseline, candidate, alpha):
    """Order statistics of the differences between which the exact one-sided rank tests at alpha do not reject."""
    n, m = len(baseline), len(candidate)
    differences = np.sort(np.subtract.outer(candidate, baseline).ravel())
    counts = np.zeros(n * m + 1)
    for ranks in itertools.combinations(range(n + m), m):
        counts[sum(ranks) - m * (m - 1) // 2] += 1
    below = np.cumsum(counts) / counts.sum()
    beyond = int((below <= alpha).sum())
    if beyond == 0:
        return None
    return [float(np.median(differences)), float(differences[beyond - 1]), float(differences[-beyond])]


def main():
    random = np.random.default_rng(20)
    tests = []
    for n, m, kind in [(2, 2, "plain"), (3, 3, "plain"), (5, 7, "plain"), (10, 10, "plain"), (20, 20, "plain"),
                       (1, 9, "plain"), (40, 40, "plain"), (60, 50, "plain"), (60, 50, "ties"), (4, 5, "ties"),
                       (6, 6, "ties"), (7, 3, "equal")]:
        before = random.lognormal(0.0, 0.02, n)
        after = random.lognormal(0.01, 0.02, m)
        if kind == "ties":
            before, after = np.round(before, 2), np.round(after, 2)
        if kind == "equal":
            before[:] = after[:] = 1.0
        if kind == "plain":
            method = "exact" if n + m <= 80 else "asymptotic"
        else:
            method = "asymptotic" if n + m > 80 else stats.PermutationMethod(n_resamples=np.inf)
        p = stats.mannwhitneyu(after, before, alternative="greater", method=method).pvalue
        row = {"baseline": before.tolist(), "candidate": after.tolist(), "p": float(p)}
        if kind == "plain" and n + m <= 20:
            row["bounds"] = shift_bounds(before, after, 0.05)
        tests.append(row)
    intervals = []
    for k, n, confidence in [(0, 10, 0.95), (10, 10, 0.95), (3, 20, 0.95), (512, 10000, 0.95), (1, 1, 0.9)]:
        found = stats.binomtest(k, n).proportion_ci(confidence, "exact")
        intervals.append({"successes": k, "trials": n, "confidence": confidence, "low": float(found.low),
                          "high": float(found.high)})
    OUT.write_text(json.dumps({"versions": {"numpy": np.__version__, "scipy": scipy.__version__},
                               "rank-tests": tests, "intervals": intervals}, indent=1) + "\n")


main()
