#!/usr/bin/env python3
"""Shows that ClinTox's labels can be read off how its SMILES are written: a logistic regression on character n-grams (1 to 3),
5-fold, of the strings as they are and of the same molecules as canonical SMILES.

    clintox_notation.py $CUPEL_DATA/moleculenet/chemprop/clintox.csv

scikit-learn 1.6.1, rdkit 2025.3.1: mean ROC-AUC of both labels 0.991 as they are, 0.903 canonical."""
import csv
import sys

from rdkit import Chem, RDLogger
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict


def main():
    RDLogger.DisableLog("rdApp.*")
    with open(sys.argv[1], newline="") as lines:
        rows = [(row, Chem.MolFromSmiles(row["smiles"])) for row in csv.DictReader(lines)]
    rows = [(row, molecule) for row, molecule in rows if molecule]
    for name, texts in (("as they are", [row["smiles"] for row, _ in rows]),
                        ("canonical", [Chem.MolToSmiles(molecule) for _, molecule in rows])):
        grams = CountVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False, binary=True).fit_transform(texts)
        for label in ("FDA_APPROVED", "CT_TOX"):
            known = [int(row[label]) for row, _ in rows]
            found = cross_val_predict(LogisticRegression(C=0.3, max_iter=2000), grams, known, cv=5, method="predict_proba")
            print(f"{name}, {label}: {roc_auc_score(known, found[:, 1]):.4f}")


if __name__ == "__main__":
    main()
