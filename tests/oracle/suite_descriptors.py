#!/usr/bin/env python3
"""Writes the descriptors of the bundled suite's sets (tasks/datasets/mini-*.json) from the suite itself.

usage: suite_descriptors.py SUITE REPOSITORY      SUITE was written by `cupel data synth SUITE`
To be run after a change of the generator. Scaffold splits are computed here with RDKit's Python (2025.03.1), so that the
sizes in the descriptors are a second opinion on the splitter's.
"""

import collections
import csv
import hashlib
import json
import pathlib
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem.Scaffolds import MurckoScaffold

from scaffold_split import split

PROPERTY = ["bbbp", "tox21", "toxcast", "sider", "clintox", "muv", "hiv", "bace"]
COMMON = {
    "licence": "MIT, as this program: everything in it is generated",
    "origin": "the bundled suite (tasks/suite), seed 1, scale 1",
    "obtain": "cupel run writes it when it is missing; so does: cupel data synth FOLDER",
}
PAIR_COLUMNS = {"id": "CID", "smiles": "SMILES", "text": "description"}


def file_of(suite, path):
    data = (suite / path).read_bytes()
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def lines(suite, path):
    return (suite / path).read_text().count("\n")


def folders(suite, name, summary, damage, backslashes):
    parts, sizes = [], {}
    for side in ("train", "validation", "test"):
        path = f"{name}/{side}.txt"
        sizes[side] = lines(suite, path) - 1
        parts.append({"format": "tsv", "files": [file_of(suite, path)], "columns": PAIR_COLUMNS, "rows": sizes[side],
                      "side": side})
    made = {"id": name, "summary": summary, **COMMON, "damage": damage, "root": "suite", "parts": parts,
            "alignment": file_of(suite, f"{name}/alignment.jsonl")}
    if backslashes:
        made["backslashes"] = "unescape"
    return {**made, "split": {"rule": "given", "source": "the generator: no test molecule is in the train side"},
            "sizes": sizes}


def pre_training(suite):
    name = "mini-pubchemstm-distill"
    files = [file_of(suite, f"{name}/{file}") for file in ("CID2SMILES.csv", "CID2text.json")]
    texts = json.loads((suite / name / "CID2text.json").read_text())
    pairs = sum(map(len, texts.values()))
    part = {"format": "pubchemstm", "files": files, "columns": {"id": "CID", "smiles": "SMILES"}, "rows": pairs,
            "side": "train"}
    return {"id": name, "summary": "stand-in for PubChemSTM-distill: generated molecules with one to three texts", **COMMON,
            "root": "suite", "parts": [part],
            "split": {"rule": "given", "source": "pre-training only: all rows train"},
            "sizes": {"train": pairs, "validation": 0, "test": 0}}


def labelled(suite, real, own):
    path = next((suite / f"mini-{real}").glob("*.csv"))
    name = f"mini-{real}/{path.name}"
    with open(path, newline="") as table:
        rows = list(csv.reader(table))[1:]
    scaffolds = [(i, MurckoScaffold.MurckoScaffoldSmiles(mol=Chem.MolFromSmiles(row[0]), includeChirality=True))
                 for i, row in enumerate(rows)]
    sides = collections.Counter(split(scaffolds, lambda found: (len(found), found[0])).values())
    part = {**own["parts"][0], "files": [file_of(suite, name)], "rows": len(rows)}
    return {"id": f"mini-{real}", "summary": f"stand-in for {own['summary'].split(':')[0]}: generated molecules, labels that follow "
            "structure with noise", **COMMON, "root": "suite", "parts": [part], "labels": own["labels"], "unparsable": 0,
            "split": {"rule": "scaffold", "fractions": [8, 1, 1], "chirality": True,
                      "source": "Murcko scaffolds with chirality, sets by falling size, then by falling first row, as the real set"},
            "sizes": {"train": sides["train"], "validation": sides["valid"], "test": sides["test"]}}


def main(suite, repository):
    RDLogger.DisableLog("rdApp.*")
    suite, descriptors = pathlib.Path(suite), pathlib.Path(repository) / "tasks/datasets"
    made = [folders(suite, "mini-chebi-20", "stand-in for ChEBI-20: generated molecules and descriptions",
                    "every backslash of a SMILES is doubled, as in the real files; pairs are turned into one", True),
            folders(suite, "mini-pcdes", "stand-in for PCdes: generated molecules and paragraphs",
                    "some texts and SMILES repeat, as in the real set", False),
            pre_training(suite)]
    for real in PROPERTY:
        made.append(labelled(suite, real, json.loads((descriptors / f"{real}.json").read_text())))
    for one in made:
        (descriptors / f"{one['id']}.json").write_text(json.dumps(one, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
