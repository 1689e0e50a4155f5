#!/usr/bin/env python3
"""Makes tests/data/t5_ids_golden.json: T5's ids and decoded texts by transformers' fast tokenizer, and a trained unigram
vocabulary by sentencepiece.

Needs Python 3.13, and from PyPI: transformers==4.46.3 tokenizers==0.20.3 sentencepiece==0.2.0 protobuf==5.29.3. --data is the
folder of real data (t5_spiece/, chebi20/).

usage: t5_ids_golden.py --data FOLDER --out tests/data
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import sys
import tempfile
import unicodedata

import sentencepiece
import tokenizers
import transformers

SENTENCES = [
    "", " ", "   ", "\t", "\n", "a", " a", "a ", "  a  b  ", "\ta\tb\n", "line one\nline two\r\n", "The molecule is an acid.",
    "C/C=C\\C", "C/C=C\\\\C", "\\", "\\\\", "a\\ \\b", "[C@@H]1(O)CN=C\\\\1", "<unk>", "a<unk>b", "a <unk> b", "<unk><unk>",
    "<pad>", "</s>", "a</s>b</s>", "<s>", "</s", "<<pad>>", "<PAD>", "<extra_id_0>", "<extra_id_0> a <extra_id_1> b ",
    "<extra_id_99>", "<extra_id_100>", "<extra_id_00>", "<extra_id_07>", "<extra_id_-1>", "<extra_id_ 1>", "<extra_id_>",
    "<extra_id_1", "<extra_id_99999999999999999999>", "~", "a~b", "{x}", "{}{}{} ^^ `` <>", "a{ }b", "^2", "\ufb01sh",
    "\u2103 27\u2103", "\u00bd \u2460 \u2167 x\u00b2", "\uff21\uff22", "\uff1cpad\uff1e \uff1cextra_id_3\uff1e", "caf\u00e9",
    "cafe\u0301", "\u03b1-D-glucose", "\u212b \u2126", "\u00a0a\u00a0b\u00a0", "\u3000x\u3000", "a\u200bb\u200b", "\ufeffa",
    "a\u2028b\u2028", "\u2581a\u2581\u2581b \u2581", "\u0001", "a\u0001 ", "\U0001F600", "\U0001F600\U0001F600 acid",
    "\U0001F468\u200d\U0001F469\u200d\U0001F467", "\U0001F1E9\U0001F1EA", "\u4f60\u597d x", "\u4f60\u597d" * 40,
    "~" * 300, "\\" * 64 + "C", "x " + "{}" * 50 + " y", "an acid .", "an acid , a base", "is it ? yes !", "do n't",
    "I 'm it 's they 've we 're", "' a '", "a . b . c", "C" * 200, "acid " * 60, "27\u2103 \\ {~}", "a.b,c;d:e",
]

# Ids that a model could generate; the vocabulary of the tested model has at least 40 pieces.
STRANGE = [[], [0], [1], [2], [2, 2, 2], [0, 5, 6, 1, 0, 0], [5, 2, 6], [2, 5, 2, 2, 6, 2], [4, 3, 3], [3], [3, 3], [3, 3, 5],
           [32099, 5, 32000], [5, 31999, 32100, 6], [32127, 32127], [5, 2147483647, 6], [1, 5, 1, 6], [5, 6, 7, 8, 9, 10],
           [3, 5, 3, 6], [11, 3, 4, 12], list(range(40))]

TRAINING = """The molecule is an acid. It is a conjugate base of an acid. It has a role as a metabolite.
The molecule is a base that is the conjugate acid of a fish and a cafe\u0301; it has a role as a drug at 27\u2103.
   CC(=O)Oc1ccccc1C(=O)O is an acid,   and C/C=C\\C is a hydrocarbon

\u3000
The acid is a molecule, and the base is a molecule; a role is a role as an acid is an acid.""".split("\n") * 3
RESERVED = ["left out \u2585", "left out: " + "too long " * 500]
SIZES = [60, 90, 1000]


def train(texts, size):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=model, vocab_size=size, model_type="unigram", pad_id=0, eos_id=1,
        unk_id=2, bos_id=-1, character_coverage=1.0, hard_vocab_limit=False, num_threads=4, minloglevel=3)
    return model.getvalue()


def tokenizer_of(model, sentinels):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "spiece.model")
        with open(path, "wb") as out:
            out.write(model)
        return transformers.T5TokenizerFast(path, extra_ids=sentinels)


def token_of_characters(tokenizer, text):
    """For each character the last token whose offsets hold it, -1: none. "-": white space and characters that become it,
    unless it is one space between words, and combining marks; of those tokenizers and libsentencepiece say different things."""
    tokens = [-1] * len(text)
    for token, (begin, end) in enumerate(tokenizer(text, return_offsets_mapping=True).offset_mapping):
        tokens[begin:end] = [token] * (end - begin)
    blank = [c.isspace() or c in "\u200b\u200d\ufeff\u2581\u0001" for c in text]
    inside = [i for i in range(1, len(text) - 1) if text[i] == " " and not blank[i - 1] and not blank[i + 1]]
    special = [t >= 0 and tokenizer(text).tokens()[t].startswith("<") for t in tokens]
    combining = [unicodedata.combining(c) > 0 for c in text]
    apart = [combining[i] or b and (i not in inside or special[i - 1] or special[i + 1]) for i, b in enumerate(blank)]
    return " ".join("-" if apart[i] else str(token) for i, token in enumerate(tokens))


def cases(tokenizer):
    def of(text):
        ids = tokenizer(text).input_ids
        return {"text": text, "ids": ids, "token-of": token_of_characters(tokenizer, text), "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                "of-1": tokenizer(text, truncation=True, max_length=1).input_ids,
                "of-4": tokenizer(text, truncation=True, max_length=4).input_ids}
    return {"size": len(tokenizer), "cases": [of(s) for s in SENTENCES],
            "strange": [{"ids": s, "decoded": tokenizer.decode(s, skip_special_tokens=True)} for s in STRANGE]}


def vocabulary(size):
    model = train(TRAINING + RESERVED, size)
    loaded = sentencepiece.SentencePieceProcessor(model_proto=model)
    return {"asked": size, "pieces": [loaded.id_to_piece(i) for i in range(len(loaded))],
            "scores": [loaded.get_score(i) for i in range(len(loaded))]}


def column(path, name):
    opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        rows = [line.split("\t") for line in file.read().decode().split("\n") if line]
    return [row[rows[0].index(name)] for row in rows[1:]]


def digests(tokenizer, texts):
    ids, decoded = hashlib.sha256(), hashlib.sha256()
    for text in texts:
        row = tokenizer(text).input_ids
        ids.update((" ".join(map(str, row)) + "\n").encode())
        decoded.update((tokenizer.decode(row, skip_special_tokens=True) + "\n").encode())
    return {"texts": len(texts), "ids": ids.hexdigest(), "decoded": decoded.hexdigest()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    with open(os.path.join(arguments.data, "t5_spiece", "spiece.model"), "rb") as file:
        full = tokenizer_of(file.read(), 100)
    ours = train(TRAINING + RESERVED, SIZES[1])
    chebi = os.path.join(arguments.data, "chebi20")
    files = [("cid_to_smiles.tsv.gz", "SMILES"), ("test.txt", "SMILES"), ("test.txt", "description"),
             ("validation.txt", "description"), ("train_first500.txt", "description")]
    golden = {
        "versions": {"python": sys.version.split()[0], "transformers": transformers.__version__,
                     "tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__},
        "training": TRAINING + RESERVED, "trained": [vocabulary(size) for size in SIZES], "size-of-ours": SIZES[1],
        "ours": cases(tokenizer_of(ours, 0)), "ours-with-sentinels": cases(tokenizer_of(ours, 100)), "t5": cases(full),
        "files": [{"file": file, "column": name, **digests(full, column(os.path.join(chebi, file), name))}
                  for file, name in files],
    }
    with open(os.path.join(arguments.out, "t5_ids_golden.json"), "w") as out:
        json.dump(golden, out, indent=0, ensure_ascii=True)
        out.write("\n")


main()
