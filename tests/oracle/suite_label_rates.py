"""Makes tasks/suite/label_columns.tsv: the label columns of the eight MoleculeNet sets, with the shares of
positive labels (of those that are there) and of missing ones, per mille. Only these numbers and the names of the
columns carry over into the bundled suite.

    python3 tests/oracle/suite_label_rates.py $CUPEL_DATA/moleculenet/chemprop > tasks/suite/label_columns.tsv
"""
import csv
import gzip
import pathlib
import sys

FILES = {"bbbp": "BBBP.csv", "tox21": "tox21.csv", "toxcast": "toxcast.csv.gz", "sider": "sider.csv",
         "clintox": "clintox.csv", "muv": "muv.csv.gz", "hiv": "HIV.csv.gz", "bace": "bace.csv"}


def main():
    folder = pathlib.Path(sys.argv[1])
    print("set\tcolumn\tpositive\tmissing")
    for name, file in FILES.items():
        opened = gzip.open if file.endswith(".gz") else open
        with opened(folder / file, "rt", newline="") as lines:
            header, *rows = csv.reader(lines)
        for column, task in enumerate(header[1:], 1):
            cells = [row[column] for row in rows]
            there = [cell for cell in cells if cell]
            positive = sum(float(cell) == 1 for cell in there) / len(there)
            print(f"{name}\t{task}\t{round(1000 * positive)}\t{round(1000 * (1 - len(there) / len(cells)))}")


main()
