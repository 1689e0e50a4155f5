"""The reference way to score generated molecules (MolT5's protocol), as one process: speed peer and oracle.

MolT5's two scripts parse every string twice, once each; here both share one parse, which favours the peer.
usage: score_molecules.py FILE [FILE...]   prints one JSON object per file
"""
import csv
import json
import sys

import numpy as np
from Levenshtein import distance
from nltk.translate.bleu_score import corpus_bleu
from rdkit import Chem, DataStructs, RDLogger
from rdkit.Chem import AllChem, MACCSkeys

RDLogger.DisableLog("rdApp.*")


def read(path):
    with open(path, encoding="utf8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["ground truth"], row["output"]


def similarities(truth, output):
    tanimoto = DataStructs.TanimotoSimilarity
    return (
        tanimoto(MACCSkeys.GenMACCSKeys(truth), MACCSkeys.GenMACCSKeys(output)),
        tanimoto(Chem.RDKFingerprint(truth), Chem.RDKFingerprint(output)),
        tanimoto(AllChem.GetMorganFingerprint(truth, 2), AllChem.GetMorganFingerprint(output, 2)),
    )


def score(path):
    rows = list(read(path))
    bad = exact = 0
    found = []
    for truth, output in rows:
        mol_truth, mol_output = Chem.MolFromSmiles(truth), Chem.MolFromSmiles(output)
        if mol_truth is None or mol_output is None:
            bad += 1
            continue
        exact += Chem.MolToInchi(mol_output) == Chem.MolToInchi(mol_truth)
        found.append(similarities(mol_truth, mol_output))
    maccs, rdk, morgan = np.mean(found, axis=0)
    return {
        "bleu": corpus_bleu([[list(truth)] for truth, _ in rows], [list(output) for _, output in rows]),
        "exact": exact / len(rows),
        "levenshtein": np.mean([distance(output, truth) for truth, output in rows]),
        "validity": 1 - bad / len(rows),
        "maccs": maccs,
        "rdk": rdk,
        "morgan": morgan,
    }


def main():
    for path in sys.argv[1:]:
        print(json.dumps({key: float(value) for key, value in score(path).items()}))


if __name__ == "__main__":
    main()
