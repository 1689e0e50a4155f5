#!/usr/bin/env python3
"""Writes tasks/keys/*.tsv: digests by which Cupel recognises the rows of published test sets.

usage: dataset_keys.py DATA OUT      DATA holds chebi20/test.txt and pcdes/test.txt.gz
A key is the first 16 hexadecimal digits of the SHA-256 of the UTF-8 text, outer white space trimmed;
in a SMILES, two backslashes in a row count as one (ChEBI-20 is published with doubled ones).
"""

import csv
import gzip
import hashlib
import pathlib
import sys

SETS = [("chebi-20", "test", "chebi20/test.txt", open), ("pcdes", "test", "pcdes/test.txt.gz", gzip.open)]


def key(text):
    return hashlib.sha256(text.strip(" \t\r\n").encode()).hexdigest()[:16]


def main(data, out):
    for name, split, path, opened in SETS:
        with opened(pathlib.Path(data) / path, "rt", encoding="utf8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        with open(pathlib.Path(out) / f"{name}-{split}.tsv", "w", encoding="utf8") as keys:
            keys.write(f"{name}\t{split}\t{len(rows)}\n")
            for row in rows:
                smiles = row["SMILES"].replace("\\\\", "\\")
                keys.write(f"{key(smiles)}\t{key(row['description'])}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
