#!/usr/bin/env python3
"""Makes the folder that tests/models/torch/t5_parity_test.cc compares with: T5 v1.1 checkpoints that transformers saved, and
what it computes with them on 500 real inputs. Some 300 MB and half an hour on two cores, so it is not kept.

    t5_parity.py $CUPEL_DATA FOLDER          make it
    CUPEL_PARITY=FOLDER ./dev test release -R "Parity"
    t5_parity.py $CUPEL_DATA FOLDER --judge  of beam outputs that differ (the test writes them): how close the reference has them

transformers 4.46.3, torch 2.6.0 on a CPU, float32, attention "eager". Checkpoints: tiny and small as they are initialised, and
tiny after 500 steps of Adam on pairs of ChEBI-20 (molecule to caption), each as model.safetensors and as pytorch_model.bin.
Inputs: the first 500 molecules of ChEBI-20's test side."""
import argparse
import csv
import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file
from transformers import T5Config, T5ForConditionalGeneration, T5TokenizerFast

SHAPES = {"tiny": dict(d_model=128, d_ff=256, d_kv=32, num_heads=4, num_layers=2),
          "small": dict(d_model=512, d_ff=1024, d_kv=64, num_heads=6, num_layers=8)}
CHECKPOINTS = {"tiny": ("tiny", 0, 64), "small": ("small", 0, 24), "tiny-trained": ("tiny", 500, 128)}  # steps, max_length
INPUTS, ROWS, FORCED = 500, 10, 32


def pairs(path):
    with open(path, newline="") as lines:
        return [(row["SMILES"], row["description"]) for row in
                csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def made(size):
    torch.manual_seed(7)
    config = T5Config(vocab_size=32128, feed_forward_proj="gated-gelu", tie_word_embeddings=False, dropout_rate=0.0,
                      decoder_start_token_id=0, **SHAPES[size])
    return T5ForConditionalGeneration(config)


def batch(rows):
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, :len(row)] = torch.tensor(row)
    return ids


def train(model, encoded, steps):
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    generator = torch.Generator().manual_seed(11)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, (step + 1) / 50)
        rows = [encoded[i] for i in torch.randint(len(encoded), (8,), generator=generator)]
        ids, labels = batch([row[0] for row in rows]), batch([row[1] for row in rows])
        loss = model(input_ids=ids, attention_mask=ids.ne(0), labels=labels.masked_fill(labels.eq(0), -100)).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 0:
            print("step", step, "loss", round(loss.item(), 3), file=sys.stderr, flush=True)


def ended(row):
    """Generated ids without the start token and what follows the end token."""
    row = row[1:].tolist()
    return row[:row.index(1) + 1] if 1 in row else row


def outputs(model, inputs, max_length):
    greedy, margins, beams, logits, forced = [], [], [], [], []
    for first in range(0, len(inputs), ROWS):
        ids = batch(inputs[first:first + ROWS])
        mask = ids.ne(0).long()
        found = model.generate(input_ids=ids, attention_mask=mask, max_length=max_length, do_sample=False, num_beams=1,
                               output_scores=True, return_dict_in_generate=True)
        best = torch.stack([step.topk(2).values for step in found.scores], 1)  # [rows, steps, 2]
        for i, row in enumerate(found.sequences):
            greedy.append(ended(row))
            margins.append((best[i, :, 0] - best[i, :, 1])[:len(greedy[-1])].tolist())
        found = model.generate(input_ids=ids, attention_mask=mask, max_length=max_length, do_sample=False, num_beams=5)
        beams += [ended(row) for row in found]
        start = batch([[0] + row[:FORCED] for row in inputs[first:first + ROWS]])  # any tokens do
        forced += [len(row[:FORCED]) for row in inputs[first:first + ROWS]]
        states = model(input_ids=ids, attention_mask=mask, decoder_input_ids=start).logits
        logits.append(torch.stack([states[i, forced[first + i]] for i in range(len(ids))]))
        print(first, file=sys.stderr, flush=True)
    return {"greedy": greedy, "margins": margins, "beams": beams}, torch.cat(logits)


def score(model, source, target):
    ids, labels = torch.tensor([source]), torch.tensor([target])
    logits = model(input_ids=ids, labels=labels).logits.double().log_softmax(-1)
    return logits[0].gather(1, labels[0].unsqueeze(1)).sum().item() / (len(target) + 1)  # the start token counts too


def judge(folder, inputs):
    for path in sorted(folder.glob("*/*.differences.json")):
        model = T5ForConditionalGeneration.from_pretrained(path.parent, attn_implementation="eager").eval()
        for one in json.loads(path.read_text()):
            source = inputs[one["input"]]
            difference = score(model, source, one["ours"]) - score(model, source, one["theirs"])
            print(path.parent.name, path.name, one["input"], f"score of ours - score of theirs: {difference:.3g}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--judge", action="store_true")
    arguments = parser.parse_args()
    data, folder = arguments.data, arguments.folder
    torch.set_num_threads(2)
    tokenizer = T5TokenizerFast(str(data / "t5_spiece/spiece.model"))
    inputs = [tokenizer(smiles).input_ids for smiles, _ in pairs(data / "chebi20/test.txt")[:INPUTS]]
    with torch.no_grad():
        if arguments.judge:
            return judge(folder, inputs)
    known = pairs(data / "chebi20/train_first500.txt") + pairs(data / "chebi20/validation.txt")
    encoded = [(tokenizer(smiles, truncation=True, max_length=128).input_ids,
                tokenizer(text, truncation=True, max_length=128).input_ids) for smiles, text in known]
    for name, (size, steps, max_length) in CHECKPOINTS.items():
        print(name, file=sys.stderr, flush=True)
        model = made(size)
        model.train()
        train(model, encoded, steps)
        model.eval()
        place = folder / name
        model.save_pretrained(place, safe_serialization=True)
        model.save_pretrained(place, safe_serialization=False)
        with torch.no_grad():
            found, logits = outputs(model, inputs, max_length)
        save_file({"logits": logits}, place / "logits.safetensors")
        found |= {"size": size, "max_length": max_length, "forced": FORCED, "inputs": inputs,
                  "made_with": f"transformers {transformers.__version__}, torch {torch.__version__}"}
        (place / "expected.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
