#!/usr/bin/env python3
"""Makes tests/data/t5_model.json: what transformers computes for T5 models with weights that both sides draw.

usage: t5_model_golden.py > tests/data/t5_model.json

Made with transformers 4.46.3 and torch 2.6.0 on a CPU. Weights are those of models/torch/parameters.h's Initializer,
repeated here in numpy; the head's row of the end token is twice as
large, and the seed was chosen among 60, so that sequences end after different numbers of steps."""
import json
import math
import sys

import numpy as np
import torch
import transformers
from transformers import T5Config, T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5Attention

STEP = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def split_mix(v):
    v = ((v ^ (v >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    v = ((v ^ (v >> 27)) * 0x94D049BB133111EB) & MASK
    return v ^ (v >> 31)


def normal(seed, name, shape, sd):
    mixed = split_mix((seed + STEP) & MASK)
    for c in name.encode():
        mixed = split_mix(((mixed ^ c) + STEP) & MASK)
    n = math.prod(shape)
    with np.errstate(over="ignore"):
        v = np.uint64(mixed) + np.uint64(STEP) * np.arange(1, 2 * n + 1, dtype=np.uint64)
        v = (v ^ (v >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        v = (v ^ (v >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        v = v ^ (v >> np.uint64(31))
    unit = (v >> np.uint64(11)).astype(np.float64) * 2.0**-53
    radius = np.sqrt(-2 * np.log(1 - unit[0::2]))
    return torch.tensor((sd * radius * np.cos(2 * np.pi * unit[1::2])).astype(np.float32).reshape(shape))


def weights(model, seed):
    c = model.config
    for name, p in model.named_parameters():
        last = name.split(".")[-2]
        if "layer_norm" in name:
            continue
        sd = {"shared": 1.0, "q": (c.d_model * c.d_kv) ** -0.5, "o": (c.num_heads * c.d_kv) ** -0.5,
              "wo": c.d_ff**-0.5}.get(last, c.d_model**-0.5)
        with torch.no_grad():
            p.copy_(normal(seed, name, tuple(p.shape), sd))
            if last == "lm_head":
                p[1].mul_(2.0)


def main():
    torch.set_num_threads(1)
    config = dict(vocab_size=24, d_model=32, d_ff=48, d_kv=8, num_heads=3, num_layers=2)
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 19
    model = T5ForConditionalGeneration(T5Config(**config, feed_forward_proj="gated-gelu", tie_word_embeddings=False,
                                                decoder_start_token_id=0, dropout_rate=0.1)).eval()
    weights(model, seed)
    random = np.random.default_rng(5)
    inputs = [[int(t) for t in random.integers(2, 24, n)] + [1] for n in (3, 17, 1, 9, 30, 5, 12, 2, 26, 7)]
    longest = max(map(len, inputs))
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in inputs])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in inputs])
    targets = [[int(t) for t in random.integers(2, 24, n)] + [1] for n in (5, 2, 12, 7, 3, 9, 1, 4, 8, 6)]
    most = max(map(len, targets))
    labels = torch.tensor([row + [-100] * (most - len(row)) for row in targets])
    with torch.no_grad():
        out = model(input_ids=ids, attention_mask=mask, labels=labels)

    def generated(**options):
        kept = []
        for row in model.generate(ids, attention_mask=mask, **options):
            row = row.tolist()[1:]
            kept.append(row[:row.index(1) + 1] if 1 in row else row)
        return kept

    distances = torch.arange(-300, 301)
    buckets = {str(both).lower(): T5Attention._relative_position_bucket(distances, both, 32, 128).tolist()
               for both in (True, False)}
    print(json.dumps({
        "made_with": f"transformers {transformers.__version__}, torch {torch.__version__}", "seed": seed, "end_row": 2.0,
        "shape": config, "buckets": buckets, "inputs": inputs, "targets": targets, "loss": out.loss.item(),
        "logits_norm": [round(v, 6) for v in out.logits.norm(dim=-1)[:, 0].tolist()],
        "first_logits": out.logits[1, 2].tolist(), "states": out.encoder_last_hidden_state[3, 8].tolist(),
        "greedy": generated(max_length=40, num_beams=1, do_sample=False),
        "beams": [{"beams": beams, "max_length": most, "length_penalty": penalty,
                   "outputs": generated(max_length=most, num_beams=beams, length_penalty=penalty, do_sample=False)}
                  for beams, most, penalty in ((5, 40, 1.0), (5, 12, 1.0), (3, 40, 2.0), (2, 30, 0.0), (10, 25, 0.5))]}))


main()
