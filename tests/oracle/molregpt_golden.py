"""MolReGPT's caption scores (evaluations/text_translation_metrics.py: T5 pieces, no truncation) of the published MolT5 files.

The pieces are those of T5TokenizerFast of transformers 4.30.0, which the repository names: it starts every text with a
word mark. Newer versions do so only with add_prefix_space=True; without it METEOR changes in the fourth digit.
Makes the expected values of tests/harness/run/scoring_test.cc.
usage: molregpt_golden.py SPIECE_MODEL WORDNET FILE [FILE...]
"""
import csv
import json
import os
import sys
import tempfile
from importlib.metadata import version

import numpy as np
from nltk.translate.bleu_score import corpus_bleu
from nltk.translate.meteor_score import meteor_score
from transformers import T5TokenizerFast

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench", "peers"))
from score_captions import open_wordnet  # noqa: E402


def main():
    model, wordnet_folder, *files = sys.argv[1:]
    tokenizer = T5TokenizerFast(vocab_file=model, add_prefix_space=True)
    special = {"[PAD]", "[CLS]", "[SEP]"}
    cut = lambda text: [t for t in tokenizer.tokenize(text) if t not in special]
    print({name: version(name) for name in ("transformers", "tokenizers", "nltk")})
    with tempfile.TemporaryDirectory() as scratch:
        wordnet = open_wordnet(wordnet_folder, scratch)
        for path in files:
            with open(path, encoding="utf8", newline="") as lines:
                rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
            references = [[cut(row["ground truth"])] for row in rows]
            outputs = [cut(row["output"]) for row in rows]
            print(os.path.basename(path), json.dumps({
                "bleu-2": corpus_bleu(references, outputs, weights=(0.5, 0.5)),
                "bleu-4": corpus_bleu(references, outputs, weights=(0.25,) * 4),
                "meteor": float(np.mean([meteor_score(r, o, wordnet=wordnet) for r, o in zip(references, outputs)])),
            }))


if __name__ == "__main__":
    main()
