#!/usr/bin/env python3
"""How often equal models with several seeds are called different at the 5 % level, by two critical values.

    python3 -m venv v && v/bin/pip install numpy==2.2.4 scipy==1.15.2
    v/bin/python tests/oracle/over_seeds_rates.py

Differences of 50 examples have a part of their seed, of their example and of both; 20,000 experiments a line.
Found: Hillis's degrees of freedom up to 0.12 (two seeds), Cochran's mean of two t at most 0.052.
"""
import numpy as np
from scipy import stats

ROWS, EXPERIMENTS, CHUNK = 50, 20_000, 5_000


def rates(random, seeds, of_seed, of_example, noise):
    hillis = cochran = 0
    for _ in range(EXPERIMENTS // CHUNK):
        rows = (of_seed * random.normal(size=(CHUNK, seeds, 1)) + of_example * random.normal(size=(CHUNK, 1, ROWS))
                + noise * random.normal(size=(CHUNK, seeds, ROWS)))
        means = rows.mean(axis=2)
        centred = rows - means[:, :, None]
        pairs = ((centred.sum(axis=1) ** 2).sum(axis=1) - (centred**2).sum(axis=(1, 2))) / (seeds * (seeds - 1))
        left, right = means.var(axis=1, ddof=1) / seeds, np.maximum(0.0, pairs / (ROWS - 1) / ROWS)
        whole = left + right
        t = np.abs(means.mean(axis=1)) / np.sqrt(whole)
        degrees = whole**2 / (left**2 / (seeds - 1) + right**2 / (ROWS - 1))
        hillis += (t > stats.t.ppf(0.975, degrees)).sum()
        cochran += (t > (left * stats.t.ppf(0.975, seeds - 1) + right * stats.t.ppf(0.975, ROWS - 1)) / whole).sum()
    return hillis / EXPERIMENTS, cochran / EXPERIMENTS


def main():
    random = np.random.default_rng(1)
    print("seeds  of seed  of example  noise  Hillis  Cochran")
    for seeds in (2, 3, 5):
        for spread in ((1, 0, 1e-4), (0, 0, 3), (0.5, 0, 3), (0, 3, 1), (0.3, 2, 1), (1, 2, 1)):
            print(f"{seeds:5}  {spread[0]:7}  {spread[1]:10}  {spread[2]:5}  "
                  "{:.4f}  {:.4f}".format(*rates(random, seeds, *spread)))


if __name__ == "__main__":
    main()
