#!/usr/bin/env python3
"""Makes tests/data/t5_golden.json and tests/data/tiny_spiece.model: T5's pieces by transformers' fast tokenizer.

Needs Python 3.11, and from PyPI: transformers==4.30.0 tokenizers==0.13.3 sentencepiece==0.2.3
protobuf==3.20.3 nltk==3.9.1. --data is the folder of real data (molt5/, t5_spiece/).

usage: t5_golden.py --data FOLDER --out tests/data
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile

FILES = ["molt5-large-smiles2caption", "t5-v1_1-small-smiles2caption", "molt5-large-caption2smiles",
         "molt5-small-caption2smiles"]

SENTENCES = [
    "", " ", "  ", "a", "a ", " a", " a  b ", "The molecule is an acid.", "a</s>b", "a </s> b", "</s>", "<pad>x<unk>y",
    "a <extra_id_3> b", "a<extra_id_99>", "<extra_id_100>", "<extra_id_07>", "<extra_id_>", "</s", "<<pad>>", "tab\tx\n",
    "x\u3000y\u3000", "x\u00a0", "x \u0001", "\u0001", "x\u0001 ", "\ufb01sh \ufb01", "\u4f60\u597d x", "27\u2103 \\ {~}",
    "\u2581a \u2581 b\u2581", "caf\u00e9 cafe\u0301", "\U0001F600\U0001F600 acid", "acid \u00e9 ", "a.", "a?",
]

TRAINING = """The molecule is an acid. It is a conjugate base of an acid. It has a role as a metabolite.
The molecule is a base that is the conjugate acid of a fish and a cafe. It has a role as a drug.
The acid is a molecule, and the base is a molecule; a role is a role as an acid is an acid.
""" * 20

# A few of the rules of T5's own normaliser: source code points, target code points.
RULES = "9\t20\nA\t20\nA0\t20\n3000\t20\n2581\t20\n1\t\nFB01\t66 69\n2103\tB0 43\n65 301\tE9\n"


def train(folder):
    """The model keeps the paths that it was trained with, so they are relative."""
    import sentencepiece
    before = os.getcwd()
    os.chdir(folder)
    with open("text", "w") as out:
        out.write(TRAINING)
    with open("rules.tsv", "w") as out:
        out.write(RULES)
    sentencepiece.SentencePieceTrainer.train(
        input="text", model_prefix="spiece", vocab_size=60, model_type="unigram", pad_id=0, eos_id=1, unk_id=2,
        bos_id=-1, num_threads=1, hard_vocab_limit=False, normalization_rule_tsv="rules.tsv", minloglevel=2)
    os.chdir(before)
    return os.path.join(folder, "spiece.model")


def fast_tokenizer(model):
    from transformers import T5TokenizerFast
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(model, os.path.join(folder, "spiece.model"))
        return T5TokenizerFast.from_pretrained(folder)


def captions(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file.read().split("\n")[1:]:
            if line:
                _, truth, output = line.split("\t")
                yield output.removeprefix("[CLS] "), truth


def golden(tokenizer, path):
    from nltk.translate.bleu_score import corpus_bleu
    digest, references, predictions = hashlib.sha256(), [], []
    for output, truth in captions(path):
        predictions.append(tokenizer.tokenize(output))
        references.append([tokenizer.tokenize(truth)])
        for tokens in (predictions[-1], references[-1][0]):
            digest.update(("\t".join(tokens) + "\n").encode())
    return {
        "predicted-tokens": sum(map(len, predictions)), "reference-tokens": sum(len(r[0]) for r in references),
        "digest": digest.hexdigest(),
        "bleu-2": repr(corpus_bleu(references, predictions, weights=(.5, .5))),
        "bleu-4": repr(corpus_bleu(references, predictions)),
    }


def main():
    import nltk
    import tokenizers
    import transformers
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tiny = shutil.copy(train(folder), os.path.join(arguments.out, "tiny_spiece.model"))
    small = fast_tokenizer(tiny)
    full = fast_tokenizer(os.path.join(arguments.data, "t5_spiece", "spiece.model"))
    files = {name: golden(full, os.path.join(arguments.data, "molt5", name + ".txt")) for name in FILES}
    with open(os.path.join(arguments.out, "t5_golden.json"), "w") as out:
        json.dump({
            "versions": {"python": sys.version.split()[0], "transformers": transformers.__version__,
                         "tokenizers": tokenizers.__version__, "nltk": nltk.__version__},
            "tiny": [{"text": s, "tokens": small.tokenize(s)} for s in SENTENCES],
            "t5": [{"text": s, "tokens": full.tokenize(s)} for s in SENTENCES],
            "files": files,
        }, out, indent=0, ensure_ascii=True)
        out.write("\n")


main()
