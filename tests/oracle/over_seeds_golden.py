#!/usr/bin/env python3
"""Makes tests/data/over_seeds_golden.json: two models with several seeds, compared without Cupel.

    python3 -m venv v && v/bin/pip install numpy==2.2.4 scipy==1.15.2
    v/bin/python tests/oracle/over_seeds_golden.py > tests/data/over_seeds_golden.json

For a mean over examples the expectation over all bootstrap draws is known: numpy.cov over n. Where all
examples differ alike, the comparison is scipy's one-sample t test of the seeds' differences; where all
seeds are alike, its paired t test of the examples. The rest takes Student's t and the root
of the level from scipy.
"""
import json

import numpy as np
import scipy
from scipy import optimize, stats

PINS = {"numpy": "2.2.4", "scipy": "1.15.2"}
FOUND = {"numpy": np.__version__, "scipy": scipy.__version__}


def analysed(baseline, candidate):
    """Obuchowski and Rockette's variance, seeds for readers, with Cochran's critical value."""
    rows = candidate - baseline
    seeds, n = rows.shape
    covariances = np.cov(rows) / n
    of_seeds = rows.mean(axis=1).var(ddof=1) / seeds
    of_examples = max(0.0, covariances[~np.eye(seeds, dtype=bool)].mean())

    def critical(alpha):
        both = stats.t.isf(alpha / 2, [seeds - 1, n - 1])
        return np.average(both, weights=[of_seeds, of_examples])

    difference, error = rows.mean(), (of_seeds + of_examples) ** 0.5
    reach = critical(0.05) * error
    p = optimize.brentq(lambda alpha: critical(alpha) - abs(difference) / error, 1e-12, 1.0, xtol=1e-14)
    return {"difference": difference, "of_seeds": of_seeds, "of_examples": of_examples,
            "low": difference - reach, "high": difference + reach, "p": p}


def case(what, tolerance, baseline, candidate, test=None):
    result = analysed(baseline, candidate)
    if test is not None:  # another implementation of the same case
        low, high = test.confidence_interval(0.95)
        assert np.allclose([result["p"], result["low"], result["high"]], [test.pvalue, low, high], rtol=1e-9)
        result |= {"p": test.pvalue, "low": low, "high": high}
    return {"what": what, "tolerance": tolerance, "baseline": baseline.tolist(), "candidate": candidate.tolist(),
            **{key: float(value) for key, value in result.items()}}


def main():
    assert FOUND == PINS, f"needs {PINS}, found {FOUND}"
    random = np.random.default_rng(11)
    base = random.normal(size=(3, 12)).round(3)
    shifts = np.array([[0.5], [0.75], [0.625]])  # exact in binary, so that no example has a spread
    flat = np.round(base * 8) / 8
    alike = np.repeat(base[:1], 3, axis=0)
    better = np.repeat((base[:1] + 0.4 + random.normal(size=(1, 12))).round(3), 3, axis=0)
    four = random.normal(size=(4, 10)).round(3)
    mixed = (four + 0.8 + random.normal(size=(1, 10)) + 0.4 * random.normal(size=(4, 1))
             + 0.3 * random.normal(size=(4, 10))).round(3)
    cases = [
        case("every example differs alike", 1e-9, flat, flat + shifts,
             stats.ttest_1samp(shifts.ravel(), 0.0)),
        case("every seed is alike", 0.05, alike, better,
             stats.ttest_rel(better[0], alike[0])),
        case("seeds, examples and noise", 0.05, four, mixed),
    ]
    print(json.dumps({"made_by": "tests/oracle/over_seeds_golden.py", "versions": FOUND, "cases": cases}, indent=1))


if __name__ == "__main__":
    main()
