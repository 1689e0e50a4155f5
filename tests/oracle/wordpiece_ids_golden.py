#!/usr/bin/env python3
"""Makes tests/data/wordpiece_ids.json: what a BERT model reads of the sentences of tests/data/text_golden.json, with its small
vocabulary, whole and cut to a few ids.

    wordpiece_ids_golden.py >tests/data/wordpiece_ids.json
    wordpiece_ids_golden.py vocab.txt FILE...   prints the ids of every line of the files, for a comparison of real texts

transformers 4.46.3, tokenizers 0.20.3."""
import json
import pathlib
import sys
import tempfile

import tokenizers
import transformers
from transformers import BertTokenizerFast

LENGTHS = (2, 3, 6, 512)


def main():
    if len(sys.argv) > 1:
        tokenizer = BertTokenizerFast(sys.argv[1])
        for path in sys.argv[2:]:
            with open(path, encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    print(*tokenizer(line.rstrip("\n"), truncation=True, max_length=512).input_ids)
        return
    golden = pathlib.Path(__file__).parent.parent / "data/text_golden.json"
    wordpiece = json.loads(golden.read_text())["wordpiece"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as vocabulary:
        vocabulary.write(wordpiece["vocabulary"])
        vocabulary.flush()
        tokenizer = BertTokenizerFast(vocabulary.name)
    rows = [{str(length): tokenizer(case["text"], truncation=True, max_length=length).input_ids for length in LENGTHS}
            for case in wordpiece["cases"]]
    print('{"made_with": "transformers %s, tokenizers %s",\n"ids by max_length": [\n%s]}'
          % (transformers.__version__, tokenizers.__version__, ",\n".join(map(json.dumps, rows))))


if __name__ == "__main__":
    main()
