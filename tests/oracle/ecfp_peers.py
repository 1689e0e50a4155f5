#!/usr/bin/env python3
"""The ECFP baselines of a finished run beside scikit-learn's, on the same bits and splits of all eight MoleculeNet sets.

    v/bin/python tests/oracle/ecfp_peers.py $CUPEL_DATA REPORT > reports/measured/baselines.json
REPORT is `cupel report --format csv` of tasks/manifests/real-baselines.json, with the seeds 1 to 10 for the forest on muv and
hiv, whose areas vary most. Versions as in ecfp_golden.py; the splits are computed here (scaffold_split.py), after rows that
RDKit does not read are dropped, as the descriptors say. The forest: 100 trees, mean over the same number of seeds on both
sides (SEEDS). Areas are means over the labels with both classes in the test side.
"""

import collections
import csv
import gzip
import json
import pathlib
import statistics
import sys

import numpy as np
import scipy.sparse
from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem
from rdkit.Chem.Scaffolds import MurckoScaffold
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ecfp_golden import FOUND, PINS
from scaffold_split import split

FILES = {"bbbp": "BBBP.csv", "tox21": "tox21.csv", "toxcast": "toxcast.csv.gz", "sider": "sider.csv", "clintox": "clintox.csv",
         "muv": "muv.csv.gz", "hiv": "HIV.csv.gz", "bace": "bace.csv"}
SEEDS = {"toxcast": 1, "muv": 10, "hiv": 10}  # 3 for the others


def read(path):
    with (gzip.open(path, "rt", newline="") if path.suffix == ".gz" else open(path, newline="")) as lines:
        rows = [(Chem.MolFromSmiles(row[0]), row[1:]) for row in list(csv.reader(lines))[1:]]
    return [(molecule, labels) for molecule, labels in rows if molecule is not None]


def features(molecules):
    columns = [list(AllChem.GetMorganFingerprintAsBitVect(m, 2, nBits=2048).GetOnBits()) for m in molecules]
    starts = np.cumsum([0] + [len(bits) for bits in columns])
    return scipy.sparse.csr_matrix((np.ones(starts[-1], np.float32), np.concatenate(columns), starts), (len(columns), 2048))


def mean_area(x, y, train, test, make):
    areas = []
    for label in range(y.shape[1]):
        of_train, of_test = train[~np.isnan(y[train, label])], test[~np.isnan(y[test, label])]
        if len(set(y[of_test, label])) < 2:
            continue
        if len(set(y[of_train, label])) < 2:
            areas.append(0.5)
            continue
        model = make().fit(x[of_train], y[of_train, label])
        areas.append(roc_auc_score(y[of_test, label], model.predict_proba(x[of_test])[:, 1]))
    return float(np.mean(areas))


def peers(data, name):
    rows = read(data / FILES[name])
    scaffolds = [(i, MurckoScaffold.MurckoScaffoldSmiles(mol=m, includeChirality=True)) for i, (m, _) in enumerate(rows)]
    sides = split(scaffolds, lambda found: (len(found), found[0]))
    train, test = (np.array([i for i in range(len(rows)) if sides[i] == side]) for side in ("train", "test"))
    x = features([m for m, _ in rows])
    y = np.array([[float(cell) if cell else np.nan for cell in labels] for _, labels in rows])
    print(name, len(train), len(test), file=sys.stderr, flush=True)
    logistic = mean_area(x, y, train, test, lambda: LogisticRegression(C=1.0, solver="liblinear"))
    forest = [mean_area(x, y, train, test, lambda: RandomForestClassifier(100, random_state=seed, n_jobs=2))
              for seed in range(1, 1 + SEEDS.get(name, 3))]
    return {"ecfp-logistic": [logistic], "ecfp-forest": forest}


def main(data, report):
    if FOUND != PINS:
        sys.exit(f"needs {PINS}, found {FOUND}")
    RDLogger.DisableLog("rdApp.*")
    ours = collections.defaultdict(list)
    with open(report, newline="") as table:
        for row in csv.DictReader(table):
            if row["metric"] == "roc-auc":
                ours[row["dataset"], row["model"]].append(float(row["value"]))
    rows = []
    for name in FILES:
        for model, areas in peers(pathlib.Path(data) / "moleculenet/chemprop", name).items():
            own = ours[name, model]
            rows.append({"set": name, "model": model, "seeds": len(areas), "cupel": statistics.mean(own),
                         "scikit-learn": statistics.mean(areas), "difference": statistics.mean(own) - statistics.mean(areas),
                         "sd": [statistics.stdev(one) if len(one) > 1 else None for one in (own, areas)]})
            print(rows[-1], file=sys.stderr, flush=True)
    print(json.dumps({"made_by": "tests/oracle/ecfp_peers.py", "versions": FOUND, "metric": "roc-auc", "rows": rows}, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
