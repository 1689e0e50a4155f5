#!/usr/bin/env python3
"""Makes tests/data/weights: small weight files by torch and safetensors, and what is in them.

Needs torch, safetensors and numpy; weights_golden.json names the versions that made the files there.

usage: weights_golden.py --out tests/data/weights
"""

import argparse
import collections
import json
import os
import pathlib
import sys

import numpy
import safetensors
import safetensors.torch
import torch

TYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
         torch.uint8, torch.bool]


class CreatesFile:
    """What an attacker writes: whoever unpickles it calls open()."""

    def __reduce__(self):
        return open, ("cupel-was-here", "w")


def numbers(count, dtype=torch.float32):
    return (torch.arange(count) * 7 % 23 - 5).to(dtype)


def every_type():
    tensors = {f"every.{str(dtype).removeprefix('torch.')}": numbers(6, dtype).reshape(2, 3) for dtype in TYPES}
    tensors["scalar"] = torch.tensor(0.07)
    tensors["empty"] = torch.zeros(3, 0)
    tensors["three"] = numbers(3, torch.uint8)
    tensors["a name: é \"\\/"] = numbers(1)
    return tensors


def state_dict():
    """Views of all kinds."""
    shared = numbers(12).reshape(4, 3)
    large = numbers(40, torch.float16)
    tensors = collections.OrderedDict(every_type())
    tensors["shared.weight"] = shared
    tensors["encoder.embed_tokens.weight"] = shared
    tensors["transposed"] = numbers(15).reshape(5, 3).T
    tensors["transposed.again"] = tensors["transposed"]
    tensors["permuted"] = numbers(24, torch.int64).reshape(2, 3, 4).permute(2, 0, 1)
    tensors["permuted.bytes"] = numbers(4200, torch.uint8).reshape(70, 1, 60).permute(2, 1, 0)
    tensors["slice"] = large[8:20].reshape(3, 4)
    tensors["parameter"] = torch.nn.Parameter(numbers(4).reshape(2, 2))
    return tensors


def lightning(tensors):
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return {
        "epoch": 3, "global_step": 2**40, "big": 2**70, "negative": -5, "loss": 0.5, "pytorch-lightning_version": "1.7.0",
        "state_dict": tensors,
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [], "callbacks": {"ModelCheckpoint{'monitor': None}": {"best": torch.tensor(1.0), "k": [1, (2,)]}},
        "hyper_parameters": argparse.Namespace(lr=1e-4, path=pathlib.PurePosixPath("/x"), names={"a", "b"}, raw=b"bytes"),
        "numpy": numpy.float64(1.5), "array": numpy.arange(3), "dtype": torch.bfloat16, "device": torch.device("cpu"),
        "size": torch.Size([1, 2]), "complex": torch.zeros(2, dtype=torch.complex64), "sparse": torch.eye(2).to_sparse(),
        "expanded": torch.zeros(1).expand(5), "factory": collections.defaultdict(list, {"a": [1]}),
        "evil": CreatesFile(),
    }


def described(tensors):
    rows = []
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().reshape(-1).view(torch.uint8) if tensor.numel() else torch.zeros(0)
        rows.append({"name": name, "type": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape),
                     "bytes": bytes(raw.tolist()).hex()})
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    os.makedirs(out, exist_ok=True)
    torch.manual_seed(0)
    files = {}

    def keep(name, content, tensors, **options):
        torch.save(content, os.path.join(out, name), **options)
        if tensors is not None:
            files[name] = described(tensors)

    plain, views = every_type(), state_dict()
    safetensors.torch.save_file(plain, os.path.join(out, "every_type.safetensors"), metadata={"format": "pt"})
    # The order in the file is the library's own: the keys of its header.
    with open(os.path.join(out, "every_type.safetensors"), "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    files["every_type.safetensors"] = described({name: plain[name] for name in header if name != "__metadata__"})
    keep("views.bin", views, views)
    small = {name: views[name] for name in ("shared.weight", "encoder.embed_tokens.weight", "scalar", "transposed")}
    keep("protocol_5.bin", small, small, pickle_protocol=5)
    keep("protocol_4.pt", {"model": small, "epoch": 1}, small, pickle_protocol=4)
    keep("lightning.ckpt", lightning(small), small)
    keep("evil.bin", {"a": torch.ones(1), "weight": CreatesFile()}, None)
    keep("evil_root.bin", CreatesFile(), None)
    keep("expanded.bin", {"wide": torch.zeros(1).expand(5)}, None)
    keep("complex.bin", {"wave": torch.zeros(2, dtype=torch.complex64)}, None)
    keep("no_state_dict.bin", {"epoch": 1, "weights": small}, None)
    keep("legacy.bin", small, None, _use_new_zipfile_serialization=False)
    versions = {"python": sys.version.split()[0], "torch": torch.__version__, "safetensors": safetensors.__version__}
    with open(os.path.join(out, "weights_golden.json"), "w") as file:
        json.dump({"versions": versions, "files": files}, file, indent=0, ensure_ascii=True)
        file.write("\n")


main()
