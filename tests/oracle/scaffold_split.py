#!/usr/bin/env python3
"""Establishes by which rule the public scaffold splits of MoleculeNet were made.

usage: scaffold_split.py DATA      DATA holds moleculenet/chemprop and moleculenet/splits
Prints, for each published split, how many rows another side gets under each rule.
With RDKit 2022.09.3 the rule `chiral, falling first row` gives 0 for Tox21. With 2025.03.1 it gives 0 but for the rows
that this version does not read (8 of Tox21, 7 of HIV); without them 1 of 7,823 and 3 of 41,120 remain, because the
shares are shares of fewer rows. Without chirality BBBP differs in 117 rows, with chemprop's order of equal sets in 816.
"""

import csv
import gzip
import pathlib
import sys
from collections import defaultdict

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem.Scaffolds import MurckoScaffold

FILES = {"bbbp": "BBBP.csv", "bace": "bace.csv", "clintox": "clintox.csv", "sider": "sider.csv", "tox21": "tox21.csv",
         "hiv": "HIV.csv.gz"}
NAMES = {"val": "valid", "validation": "valid"}


def opened(path):
    return gzip.open(path, "rt") if path.suffix == ".gz" else open(path, newline="")


def published(splits):
    found = defaultdict(dict)
    with opened(splits / "chemvl_scaffold.tsv.gz") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            found["chemvl", row["task"]][int(row["row"])] = NAMES.get(row["subset"], row["subset"])
    for task in ("bace", "bbbp"):
        for side in ("train", "valid", "test"):
            with opened(splits / f"ogb/ogbg_mol{task}/split/scaffold/{side}.csv.gz") as lines:
                for line in lines:
                    found["ogb", task][int(line)] = side
    return found


def split(scaffolds, key):
    sets = defaultdict(list)
    for row, scaffold in scaffolds:
        sets[scaffold].append(row)
    sides, train, both, n = {}, 0, 0, len(scaffolds)
    for rows in sorted(sets.values(), key=key, reverse=True):
        if 10 * (train + len(rows)) <= 8 * n:
            side, train, both = "train", train + len(rows), both + len(rows)
        elif 10 * (both + len(rows)) <= 9 * n:
            side, both = "valid", both + len(rows)
        else:
            side = "test"
        sides.update((row, side) for row in rows)
    return sides


def main(data):
    RDLogger.DisableLog("rdApp.*")
    data = pathlib.Path(data) / "moleculenet"
    print("RDKit", rdBase.rdkitVersion)
    for (source, task), sides in sorted(published(data / "splits").items()):
        with opened(data / "chemprop" / FILES[task]) as lines:
            molecules = [Chem.MolFromSmiles(row[0]) for row in list(csv.reader(lines))[1:]]
        for chiral in (True, False):
            scaffolds = [(row, MurckoScaffold.MurckoScaffoldSmiles(mol=molecule, includeChirality=chiral))
                         for row, molecule in enumerate(molecules) if molecule is not None]
            for name, key in (("falling first row", lambda rows: (len(rows), rows[0])), ("order of the file", len)):
                differ = sum(sides[row] != side for row, side in split(scaffolds, key).items())
                print(f"{source} {task}: {'chiral' if chiral else 'flat'}, {name}: {differ} of {len(scaffolds)} rows differ, "
                      f"{len(molecules) - len(scaffolds)} not read")


if __name__ == "__main__":
    main(*sys.argv[1:])
