#!/usr/bin/env python3
"""Makes tests/data/alignment_golden.json: adjusted Rand indices and kappas by scikit-learn, permutation tests by SciPy.

Needs from PyPI: scikit-learn==1.6.1 scipy==1.17.1 numpy==2.4.6.

usage: alignment_golden.py --out tests/data
"""

import argparse
import json
import os
import random
import sys

import numpy
import scipy
import sklearn
from scipy.stats import permutation_test
from sklearn.metrics import adjusted_rand_score, cohen_kappa_score


def sets(rng, size, most):
    return [rng.randrange(most) for _ in range(size)]


def within(rng):
    cases = [([], []), ([3], [5]), ([0, 0], [0, 1]), ([0, 0, 0], [7, 7, 7]), ([0, 1, 2], [2, 1, 0]), ([0, 0, 1, 1], [0, 1, 0, 1]),
             ([0, 0, 0], [0, 1, 2]), ([0, 0, 1, 1], [1, 1, 0, 0]), ([-2, -2, 5, 5, 5], [-1, 4, 4, 4, 4])]
    for size, most in [(5, 2), (10, 3), (40, 4), (40, 12), (200, 6), (500, 60)]:
        truth = sets(rng, size, most)
        noise = [t if rng.random() < 0.7 else rng.randrange(most) for t in truth]
        cases += [(truth, sets(rng, size, most)), (truth, noise)]
    return [{"truth": t, "found": f, "ari": float(adjusted_rand_score(t, f)) if t else 1.0} for t, f in cases]


def kappa(a, b):
    """Over all pairs of one of each kind: are they together?"""
    pairs = [(i, j) for i in range(len(a[0])) for j in range(len(b[0]))]
    return float(cohen_kappa_score([a[0][i] == b[0][j] for i, j in pairs], [a[1][i] == b[1][j] for i, j in pairs]))


def across(rng):
    cases = []
    for left, right, most in [(3, 5, 2), (9, 6, 3), (20, 55, 4), (17, 54, 9)]:
        for kept in (0.0, 0.6, 1.0):
            sides = []
            for size in (left, right):
                truth = list(range(min(size, most))) + sets(rng, size - min(size, most), most)
                sides.append((truth, [t if rng.random() < kept else rng.randrange(most) for t in truth]))
            cases.append({"left": sides[0], "right": sides[1], "index": kappa(*sides)})
    return cases


def tests(rng):
    cases = []
    for size, shift in [(2, 0.5), (5, 0.3), (8, 0.0), (12, 0.2), (12, -0.4), (15, 0.5)]:
        differences = [round(rng.gauss(shift, 1.0), 3) for _ in range(size)]
        # All signs, without the one added to both counts.
        exact = permutation_test((differences,), lambda x, axis: numpy.sum(x, axis=axis), permutation_type="samples",
                                 alternative="greater", n_resamples=numpy.inf, vectorized=True)
        cases.append({"differences": differences, "p": float(exact.pvalue)})
    return cases


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    rng = random.Random(11)
    golden = {"versions": {"python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "scipy": scipy.__version__,
                           "numpy": numpy.__version__},
              "within": within(rng), "across": across(rng), "tests": tests(rng)}
    with open(os.path.join(arguments.out, "alignment_golden.json"), "w") as out:
        json.dump(golden, out, separators=(",", ":"))
        out.write("\n")


main()
