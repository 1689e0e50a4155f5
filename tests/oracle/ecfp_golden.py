#!/usr/bin/env python3
"""Golden values for the baselines without weights, from RDKit, scikit-learn and bm25s.

    python3 -m venv v && v/bin/pip install rdkit==2025.3.1 scikit-learn==1.6.1 numpy==2.2.4 scipy==1.15.3 bm25s==0.3.16
    v/bin/python tests/oracle/ecfp_golden.py $CUPEL_DATA > tests/data/ecfp_golden.json

The areas are those of the test part of scaffold splits: OGB's of BACE and BBBP, ChemVL's of ClinTox, SIDER and
Tox21; means over the labels that have both classes there. The forest's are one a seed; none for Tox21, where
they take minutes. A molecule that RDKit cannot read is not trained on, and scores its label's share of positives.
"""
import csv
import gzip
import hashlib
import json
import pathlib
import random
import sys

import bm25s
import numpy as np
import scipy
import sklearn
from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import AllChem, DataStructs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

PINS = {"rdkit": "2025.03.1", "scikit-learn": "1.6.1", "numpy": "2.2.4", "scipy": "1.15.3", "bm25s": "0.3.16"}
FOUND = {"rdkit": rdBase.rdkitVersion, "scikit-learn": sklearn.__version__, "numpy": np.__version__,
         "scipy": scipy.__version__, "bm25s": bm25s.__version__}
SETS = {"bace": "bace.csv", "bbbp": "BBBP.csv", "clintox": "clintox.csv", "sider": "sider.csv", "tox21": "tox21.csv"}
FOREST_SEEDS = {"bace": 10, "bbbp": 10, "clintox": 10, "sider": 1, "tox21": 0}
MOLECULES = ["CCO", "c1ccccc1", "CC(=O)Oc1ccccc1C(=O)O", "CCCCCCCC(=O)O", "CCCCCCCCCCCC(=O)O", "C[C@H](N)C(=O)O", "[Na+].[Cl-]",
             "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", ""]


def rows_of(folder, name):
    with open(folder / "chemprop" / SETS[name], encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def split_of(folder, name):
    if name in ("bace", "bbbp"):
        at = folder / "splits" / "ogb" / f"ogbg_mol{name}" / "split" / "scaffold"
        return [[int(line) for line in gzip.open(at / f"{part}.csv.gz", "rt")] for part in ("train", "test")]
    parts = {"train": [], "val": [], "test": []}
    for line in gzip.open(folder / "splits" / "chemvl_scaffold.tsv.gz", "rt"):
        task, row, part = line.rstrip("\n").split("\t")
        if task == name:
            parts[part].append(int(row))
    return parts["train"], parts["test"]


def print_of(smiles):
    array = np.zeros(2048, dtype=np.float32)
    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        return array + np.nan
    DataStructs.ConvertToNumpyArray(AllChem.GetMorganFingerprintAsBitVect(molecule, 2, nBits=2048), array)
    return array


def mean_area(x, y, train, test, make):
    areas = []
    readable = ~np.isnan(x[:, 0])
    for label in range(y.shape[1]):
        of_train = [i for i in train if not np.isnan(y[i, label])]
        of_test = np.array([i for i in test if not np.isnan(y[i, label])])
        if len(set(y[of_test, label])) < 2:
            continue
        scores = np.full(len(of_test), np.mean(y[of_train, label]))
        of_train = [i for i in of_train if readable[i]]
        if len(set(y[of_train, label])) == 2:
            model = make().fit(x[of_train], y[of_train, label])
            known = readable[of_test]
            scores[known] = model.predict_proba(x[of_test[known]])[:, 1]
        areas.append(roc_auc_score(y[of_test, label], scores))
    return float(np.mean(areas))


def property_case(folder, name):
    rows = rows_of(folder, name)
    train, test = split_of(folder, name)
    x = np.array([print_of(row[0]) for row in rows])
    y = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])
    print(name, len(rows), "rows,", int(np.isnan(x[:, 0]).sum()), "unreadable", file=sys.stderr)
    return {
        "set": name, "rows": len(rows), "train": len(train), "test": len(test),
        "logistic": mean_area(x, y, train, test, lambda: LogisticRegression(C=1.0, solver="liblinear")),
        "forest": [mean_area(x, y, train, test, lambda: RandomForestClassifier(100, random_state=seed, n_jobs=2))
                   for seed in range(FOREST_SEEDS[name])],
    }


def similarity_case():
    counts = [AllChem.GetMorganFingerprint(Chem.MolFromSmiles(s), 2) for s in MOLECULES]
    return {"molecules": MOLECULES,
            "tanimoto": [[DataStructs.TanimotoSimilarity(a, b) for b in counts] for a in counts],
            "bits": [[int(bit) for bit in np.flatnonzero(print_of(s))] for s in MOLECULES]}


def bm25_case(k1, b):
    """Texts of words w0 … w39 in Zipf-like shares, so that some stand in most texts, and one empty text."""
    rng = random.Random(20250611)
    words = [f"w{i}" for i in range(40)]
    shares = [1 / (i + 1) for i in range(40)]
    texts = [rng.choices(words, shares, k=rng.randint(1, 30)) for _ in range(60)] + [[]]
    queries = [rng.choices(words, shares, k=rng.randint(1, 8)) for _ in range(25)] + [["w0", "w0", "w7"], ["unknown"], []]
    index = bm25s.BM25(method="lucene", k1=k1, b=b, dtype="float64")
    index.index(texts, show_progress=False)
    return {"k1": k1, "b": b, "texts": [" ".join(t) for t in texts], "queries": [" ".join(q) for q in queries],
            "scores": [index.get_scores(q).tolist() if set(q) & set(words) else [0.0] * len(texts) for q in queries]}


def main():
    if FOUND != PINS:
        sys.exit(f"needs {PINS}, found {FOUND}")
    RDLogger.DisableLog("rdApp.*")
    folder = pathlib.Path(sys.argv[1]) / "moleculenet"
    inputs = {name: hashlib.sha256((folder / "chemprop" / file).read_bytes()).hexdigest() for name, file in SETS.items()}
    golden = {
        "made_by": "tests/oracle/ecfp_golden.py",
        "versions": FOUND,
        "inputs": inputs,
        "property": [property_case(folder, name) for name in SETS],
        "similarity": similarity_case(),
        "bm25": [bm25_case(1.2, 0.75), bm25_case(0.9, 0.4)],
    }
    print(json.dumps(golden, allow_nan=False))


if __name__ == "__main__":
    main()
