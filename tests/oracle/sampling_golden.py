#!/usr/bin/env python3
"""Makes tests/data/sampling_golden.json: the shares that transformers gives the tokens of a small vocabulary to be drawn with.

usage: sampling_golden.py > tests/data/sampling_golden.json

Made with transformers 4.46.3 and torch 2.6.0 on a CPU. The warpers are applied in the order in which generate() does:
temperature, top-k, top-p. Two of the logits are equal, so that a cut can fall between them."""
import json

import torch
import transformers
from transformers.generation.logits_process import (LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper,
                                                    TopPLogitsWarper)

LOGITS = [0.5, -1.25, 2.0, 1.0, 1.0, -0.75, 3.0, 0.0, -4.0, 1.5, 0.25, -2.0]
CASES = [(1.0, 0, 1.0), (0.5, 0, 1.0), (2.5, 0, 1.0), (1.0, 3, 1.0), (1.0, 4, 1.0), (0.7, 1, 1.0), (1.0, 0, 0.9),
         (1.0, 0, 0.5), (1.5, 0, 0.3), (1.3, 6, 0.8), (0.8, 4, 0.95), (1.0, 50, 0.0)]


def shares(temperature, top_k, top_p):
    warpers = LogitsProcessorList()
    if temperature != 1.0:
        warpers.append(TemperatureLogitsWarper(temperature))
    if top_k != 0:
        warpers.append(TopKLogitsWarper(top_k))
    if top_p < 1.0:
        warpers.append(TopPLogitsWarper(top_p))
    scores = warpers(None, torch.tensor([LOGITS], dtype=torch.float64))
    return scores.softmax(-1)[0].tolist()


print(json.dumps({
    "made_with": f"transformers {transformers.__version__}, torch {torch.__version__}", "logits": LOGITS,
    "cases": [{"temperature": t, "top_k": k, "top_p": p, "shares": shares(t, k, p)} for t, k, p in CASES]}))
