#!/usr/bin/env python3
"""Makes the folder that tests/models/torch/atomas_parity_test.cc compares with: the released code of Atomas
(github.com/yikunpku/Atomas), whole, with a T5 of transformers inside, on real pairs; and its weights as a Lightning checkpoint.
Some 70 MB, so it is not kept.

    atomas_parity.py --code CHECKOUT --data $CUPEL_DATA --out FOLDER/atomas
    CUPEL_PARITY=FOLDER ./dev test release -R "released code"

torch 2.6.0, transformers 4.46.3, float32, one process, training mode without dropout. Two batches of ChEBI-20's test side, cut
to 64 tokens: four pairs that are longer, so that there is no pad, and three shorter ones with one that is longer. The clustering's noise is that of
models/torch/hierarchical_alignment.h's density_noise, step 0. pytorch_lightning is stubbed: only its file's form is used."""
import argparse
import csv
import json
import pathlib
import tempfile
import types

import torch
import transformers
from transformers import T5Config, T5ForConditionalGeneration, T5TokenizerFast

import atomas_golden

GROUP, LENGTH, QUEUE, ALPHA = 4, 64, 24, 0.4
WEIGHTS = {"ga": 1.0, "lm": 10.0, "haa": 1.0}


def t5():
    torch.manual_seed(17)
    model = T5ForConditionalGeneration(T5Config(
        vocab_size=32128, d_model=128, d_ff=256, d_kv=32, num_heads=4, num_layers=2, feed_forward_proj="gated-gelu",
        tie_word_embeddings=False, dropout_rate=0.0, decoder_start_token_id=0))
    with torch.no_grad():
        model.lm_head.weight.mul_(128 ** -0.5)
    return model


class Tokens:
    pad_token_id = 0

    def __init__(self, rows):
        self.rows = rows

    def __call__(self, side, **_):
        ids = torch.tensor(self.rows[side])
        found = types.SimpleNamespace(input_ids=ids, attention_mask=ids.ne(0).long())
        return types.SimpleNamespace(to=lambda device: found)


def batches(data):
    tokenizer = T5TokenizerFast(str(data / "t5_spiece/spiece.model"))
    with open(data / "chebi20/test.txt", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    encode = lambda texts: tokenizer(texts, padding="max_length", max_length=LENGTH, truncation=True).input_ids
    pairs = list(zip(encode([row["SMILES"] for row in rows]), encode([row["description"] for row in rows])))
    full = [pair for pair in pairs if 0 not in pair[0] and 0 not in pair[1]]
    short = [pair for pair in pairs if 0 in pair[0] and 0 in pair[1]]
    return {"full": full[:GROUP], "padded": short[:GROUP - 1] + full[GROUP:GROUP + 1]}


def model_of(released, rows):
    made = [t5(), t5()]

    class Model(released.Atomas):
        def from_molt5(self):
            return made.pop(), Tokens(rows), 128

    args = argparse.Namespace(max_lenth=LENGTH, queue_size=QUEUE, momentum=0.995, task="genmol")
    torch.manual_seed(18)
    model = Model(args)
    model.args = args
    with torch.no_grad():  # a momentum copy that stands apart, so that following it shows
        for parameter in model.molt5_m.parameters():
            parameter.mul_(1.02)
    return model


def gradient_norms(model, total):
    model.zero_grad()
    total.backward()
    return {name: p.grad.norm().item() for name, p in model.named_parameters() if p.grad is not None}


def run(released, cluster, model, rows):
    model.tokenizer = Tokens(rows)
    kept, cross = [], []
    clustering, entropy = cluster.cluster_dpc_knn, model.wti_loss.forward

    def watched(token_dict, cluster_num, k, token_mask=None):
        name = ("t", "s")[len(kept) % 2] + f"_ctm{len(kept) // 2 + 1} 0"
        drawn = (atomas_golden.uniform(name, tuple(token_dict["x"].shape[:2]), 1.0) + 1) / 2
        original, torch.rand = torch.rand, lambda *_, **__: drawn
        try:
            found = clustering(token_dict, cluster_num, k, token_mask)
        finally:
            torch.rand = original
        kept.append(found[0].clone())
        return found

    cluster.cluster_dpc_knn = watched
    model.wti_loss.forward = lambda matrix: cross.append(entropy(matrix)) or cross[-1]
    try:
        model.train()
        ga, lm, haa = model("text", "smiles", ALPHA)
    finally:
        cluster.cluster_dpc_knn, model.wti_loss.forward = clustering, entropy
    total = WEIGHTS["ga"] * ga + WEIGHTS["lm"] * lm + WEIGHTS["haa"] * haa
    return {"text": rows["text"], "smiles": rows["smiles"], "total": total.item(), "ga": ga.item(), "lm": lm.item(),
            "levels": [(cross[2 * l] + cross[2 * l + 1]).item() / 2 for l in range(3)],
            "clusters": [c.tolist() for c in kept], "norms": gradient_norms(model, total)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--code", required=True, help="a checkout of the released code")
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/store", rank=0, world_size=1)
        released, cluster = atomas_golden.load_released(options.code)
        torch.set_default_dtype(torch.float32)
        cases = {}
        for name, pairs in batches(options.data).items():
            rows = {"smiles": [pair[0] for pair in pairs], "text": [pair[1] for pair in pairs]}
            model = model_of(released, rows)
            if not cases:
                torch.save({"epoch": 3, "global_step": 77, "pytorch-lightning_version": "1.9.5",
                            "hyper_parameters": {"args": model.args}, "state_dict": model.state_dict(),
                            "optimizer_states": [torch.optim.Adam(model.parameters()).state_dict()]},
                           options.out / "atomas.ckpt")
            cases[name] = run(released, cluster, model, rows)
            print(name, {key: cases[name][key] for key in ("total", "ga", "lm", "levels")})
        torch.distributed.destroy_process_group()
    document = {"made_with": f"torch {torch.__version__}, transformers {transformers.__version__}",
                "seed": atomas_golden.SEED, "queue": QUEUE, "length": LENGTH, "alpha": ALPHA, "cases": cases}
    (options.out / "expected.json").write_text(json.dumps(document))


if __name__ == "__main__":
    main()
