"""The reference way to score captions (MolT5's protocol), as one process: the speed peer and the oracle of `cupel score`.

usage: score_captions.py VOCAB WORDNET FILE [FILE...]   prints one JSON object per file
"""
import csv
import json
import os
import sys
import tempfile

import numpy as np
from nltk.corpus.reader.wordnet import WordNetCorpusReader
from nltk.data import FileSystemPathPointer
from nltk.translate.bleu_score import corpus_bleu
from nltk.translate.meteor_score import meteor_score
from rouge_score import rouge_scorer
from transformers import BertTokenizerFast


class WordNet(WordNetCorpusReader):
    """WordNet 3.0 alone, without the sense map to other versions that NLTK would look for in its downloads."""

    def map_wn(self, version="wordnet"):
        return None


def open_wordnet(folder, scratch):
    """NLTK also wants the table of lexicographer file names, which Debian does not ship and METEOR does not read."""
    for name in os.listdir(folder):
        os.symlink(os.path.join(folder, name), os.path.join(scratch, name))
    with open(os.path.join(scratch, "lexnames"), "w") as out:
        out.writelines(f"{i:02d}\tfile.{i}\t0\n" for i in range(45))
    return WordNet(FileSystemPathPointer(scratch), None)


def read(path):
    with open(path, encoding="utf8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            output = row["output"]
            yield row["ground truth"], output[6:] if output.startswith("[CLS] ") else output


def score(path, tokenizer, wordnet):
    rouge = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"])
    special = {"[PAD]", "[CLS]", "[SEP]"}
    cut = lambda text: [t for t in tokenizer.tokenize(text, truncation=True, max_length=512) if t not in special]
    references, outputs, meteors, rouges = [], [], [], []
    for truth, output in read(path):
        references.append([cut(truth)])
        outputs.append(cut(output))
        meteors.append(meteor_score(references[-1], outputs[-1], wordnet=wordnet))
        rouges.append(rouge.score(output, truth))
    return {
        "bleu-2": corpus_bleu(references, outputs, weights=(0.5, 0.5)),
        "bleu-4": corpus_bleu(references, outputs, weights=(0.25,) * 4),
        "rouge-1": np.mean([r["rouge1"].fmeasure for r in rouges]),
        "rouge-2": np.mean([r["rouge2"].fmeasure for r in rouges]),
        "rouge-l": np.mean([r["rougeL"].fmeasure for r in rouges]),
        "meteor": np.mean(meteors),
    }


def main():
    vocabulary, wordnet_folder, *files = sys.argv[1:]
    tokenizer = BertTokenizerFast(vocab_file=vocabulary, do_lower_case=True)
    with tempfile.TemporaryDirectory() as scratch:
        wordnet = open_wordnet(wordnet_folder, scratch)
        for path in files:
            print(json.dumps({key: float(value) for key, value in score(path, tokenizer, wordnet).items()}))


if __name__ == "__main__":
    main()
