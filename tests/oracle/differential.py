"""Mutates the published prediction files and compares `cupel score` with the reference Python on the result, to 1e-12.

Random edits, odd Unicode, literal special tokens, empty and padded outputs: what no golden file holds. Needs the peers'
packages (tests/bench/peers/requirements.txt).
usage: differential.py CUPEL DATA [SEED]      exits 1 when a metric differs
"""
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "..", "bench", "peers")
CHEMICAL = "CNOPSFIclnos[]()=#-+@/\\1234567890%.*:~$ \u2047\u00e9\u03b1\u03b2HBr<>{}|"
TEXTUAL = CHEMICAL + " ,.;:!?\"'`\u2014\u2026\u00c5\u0130\u212a\u00df\ufb01\u2103\u00b0\u4e2d\u6587\ud55c\u0301\u200b\u00a0\U0001f600"
WORDS = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "don't", "running", "better", "geese", "iodine", "1", "i", "\u03b1-D-glucose",
         "N-acyl(1-)", "acids", "25\u2103", "x" * 120, "\u03a3\u0391\u03a3", "\u0130stanbul"]


def rows_of(path):
    with open(path, encoding="utf8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def edit(pick, text, alphabet, times):
    letters = list(text)
    for _ in range(times):
        at, kind = pick.randrange(len(letters) + 1), pick.random()
        if kind < 0.4 or not letters:
            letters.insert(at, pick.choice(alphabet))
        elif kind < 0.7:
            del letters[min(at, len(letters) - 1)]
        else:
            letters[min(at, len(letters) - 1)] = pick.choice(alphabet)
    return "".join(letters)


def edit_words(pick, text):
    words = text.split(" ")
    for _ in range(pick.randint(0, 6)):
        at, kind = pick.randrange(len(words) + 1), pick.random()
        if kind < 0.4 or not words:
            words.insert(at, pick.choice(WORDS))
        elif kind < 0.6:
            del words[min(at, len(words) - 1)]
        elif kind < 0.8:
            words.insert(at, pick.choice(words))
        else:
            at = min(at, len(words) - 1)
            words[at] = edit(pick, words[at], TEXTUAL, 1)
    return " ".join(words)


def write(path, header, rows, pick, prefix):
    with open(path, "w", encoding="utf8", newline="") as out:
        out.write(header + "\n")
        for given, truth, output in rows:
            chance = pick.random()
            output = "" if chance < 0.02 else prefix + output if chance < 0.04 else output
            out.write(f"{given}\t{truth}\t{output}\n")


def compare(label, ours, peer):
    mine = {s["metric"]: s["value"] for s in json.loads(subprocess.run(ours, stdout=subprocess.PIPE, check=True).stdout)["scores"]}
    theirs = json.loads(subprocess.run(peer, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.splitlines()[0])
    worst = max(abs(mine[metric] - theirs[metric]) for metric in theirs)
    print(f"{label}: {len(theirs)} metrics, largest difference {worst:.3g}")
    return worst <= 1e-12


def main():
    cupel, data = sys.argv[1:3]
    pick = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    score = lambda path, task: [cupel, "score", path, "--task", task, "--protocol", "molt5", "--format", "json",
                                "--resamples", "0", "--data", data]
    with tempfile.TemporaryDirectory() as folder:
        molecules, captions = os.path.join(folder, "molecules.tsv"), os.path.join(folder, "captions.tsv")
        rows = rows_of(os.path.join(data, "molt5", "molt5-small-caption2smiles.txt"))
        write(molecules, "description\tground truth\toutput",
              [(g, t, edit(pick, pick.choice([t, o]), CHEMICAL, pick.choice([0, 1, 2, 3, 8]))) for g, t, o in rows], pick, " ")
        rows = rows_of(os.path.join(data, "molt5", "t5-v1_1-small-smiles2caption.txt"))
        write(captions, "SMILES\tground truth\toutput",
              [(g, edit_words(pick, t), edit_words(pick, pick.choice([t, o]))) for g, t, o in rows], pick, "[CLS] ")
        python = sys.executable
        equal = [compare("molecules", score(molecules, "generation"), [python, os.path.join(PEERS, "score_molecules.py"), molecules]),
                 compare("captions", score(captions, "captioning"),
                         [python, os.path.join(PEERS, "score_captions.py"), os.path.join(data, "scibert", "vocab.txt"),
                          "/usr/share/wordnet", captions])]
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
