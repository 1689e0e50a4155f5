#!/usr/bin/env python3
"""Writes a T5 v1.1 checkpoint of random weights as transformers stores it, in both of its formats, to be damaged by
tests/models/weights/damage_test.cc.

Needs transformers, torch and safetensors; made with transformers 4.46.3, torch 2.6.0, safetensors 0.8.0.

usage: t5_checkpoint.py --out tests/data/weights
"""

import argparse
import os
import shutil
import tempfile

import torch
from transformers import T5Config, T5ForConditionalGeneration

SIZES = {"vocab_size": 10, "d_model": 8, "d_ff": 12, "d_kv": 4, "num_heads": 2, "num_layers": 1}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    torch.manual_seed(1)
    config = T5Config(
        **SIZES, relative_attention_num_buckets=4, feed_forward_proj="gated-gelu", tie_word_embeddings=False
    )
    model = T5ForConditionalGeneration(config)
    with tempfile.TemporaryDirectory() as folder:
        for made, safe, kept in (("model.safetensors", True, "t5.safetensors"), ("pytorch_model.bin", False, "t5.bin")):
            model.save_pretrained(folder, safe_serialization=safe)
            shutil.copyfile(os.path.join(folder, made), os.path.join(out, kept))


if __name__ == "__main__":
    main()
