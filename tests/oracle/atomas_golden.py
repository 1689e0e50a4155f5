#!/usr/bin/env python3
"""Golden values of Atomas's alignment: runs the released code (github.com/yikunpku/Atomas) and writes
tests/data/atomas_golden.json.

Needs torch 2.6.0 and nothing else: what the code imports besides is stubbed. The encoder is replaced by given states,
because the alignment is a function of them; the language model's loss is 0. Weights, states and noise come from names and a seed,
by the same rule as models/torch/parameters.h, so that only results are stored. Everything runs in float64; a run in
float32 must find the same clusters, or the case is refused as too close to a tie.

usage: atomas_golden.py --code FOLDER --out tests/data/atomas_golden.json
"""

import argparse
import json
import math
import os
import sys
import tempfile
import types

import torch

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15
SEED = 20240501

GROUP, LENGTH, WIDTH, QUEUE = 4, 24, 32, 12
TEXT_LENGTHS = [24, 17, 5, 9]
SMILES_LENGTHS = [13, 24, 20, 4]
ALPHA = 0.4


def mix(value):
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def uniform(name, shape, bound):
    """In [-bound, bound), rounded to float32."""
    state = mix((SEED + STEP) & MASK)
    for c in name.encode():
        state = mix(((state ^ c) + STEP) & MASK)
    out = []
    for _ in range(math.prod(shape)):
        state = (state + STEP) & MASK
        out.append(bound * (2.0 * ((mix(state) >> 11) * 2.0**-53) - 1.0))
    return torch.tensor(out, dtype=torch.float32).reshape(shape)


def weight(name, shape):
    """Every tensor that is learned. Those of norms and scales must stay near their start."""
    if name in ("temp", "logit_scale"):
        return torch.tensor({"temp": 0.11, "logit_scale": 1.7}[name])
    if "norm" in name and name.endswith("weight"):
        return 1 + uniform(name, shape, 0.2)
    return uniform(name, shape, {1: 0.3}.get(len(shape), 1.5 / math.sqrt(math.prod(shape[1:]))))


def states(side, kind, sign):
    """Tokens around a few common places; a shift apart for odd examples makes negative similarities."""
    spread = uniform(f"{side} {kind} spread", (GROUP, LENGTH, WIDTH), 0.8)
    places = uniform("places", (7, WIDTH), 1.0)
    shift = uniform("shift", (WIDTH,), 1.5)
    for g in range(GROUP):
        for n in range(LENGTH):
            spread[g, n] += places[(n // 3 + 2 * g) % 7] + (sign if g % 2 == 1 else 0.3) * shift
    return spread


def stub_modules():
    class Anything(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (torch.nn.Module,), {})

    for name in ("pytorch_lightning", "transformers"):
        sys.modules[name] = Anything(name)
    utils = Anything("utils")
    utils.__path__ = []
    sys.modules["utils"] = utils
    return utils


class Encoder(torch.nn.Module):
    """Stands for T5: the encoder answers the given states, the decoder a loss of 0."""

    def __init__(self, text, smiles):
        super().__init__()
        self.anchor = torch.nn.Parameter(torch.zeros(1))
        self.answers = {"text": text, "smiles": smiles}
        self.device = torch.device("cpu")
        self.encoder = lambda ids, attention_mask: types.SimpleNamespace(last_hidden_state=self.answers[ids])

    def forward(self, **_):
        return types.SimpleNamespace(loss=torch.zeros(()))


class Ids(str):
    """Names a side where the code expects token ids."""

    def clone(self):
        return self

    def masked_fill(self, *_):
        return self

    def __eq__(self, other):
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def mask_of(lengths):
    return (torch.arange(LENGTH)[None, :] < torch.tensor(lengths)[:, None]).long()


def load_released(folder):
    utils = stub_modules()
    import importlib.util

    def module(name, path):
        spec = importlib.util.spec_from_file_location(name, os.path.join(folder, path))
        made = importlib.util.module_from_spec(spec)
        sys.modules[name] = made
        spec.loader.exec_module(made)
        return made

    utils.AllGather = module("released_gather", "utils/gather.py").AllGather
    utils.CrossEn = module("released_loss", "utils/loss_fct.py").CrossEn
    sys.modules["models"] = types.ModuleType("models")
    cluster = module("models.cluster", "models/cluster.py")
    return module("released_atomas", "models/atomas.py"), cluster


def build(released, dtype):
    torch.set_default_dtype(dtype)
    text, smiles = (states(side, "online", sign).to(dtype).requires_grad_() for side, sign in (("text", 1.), ("smiles", -1.)))
    momentum = [states(side, "momentum", sign).to(dtype) for side, sign in (("text", 1.), ("smiles", -1.))]
    made = [Encoder(*momentum), Encoder(text, smiles)]   # from_molt5 is called for the online one first
    tokenizer = lambda side, **_: None
    tokenizer.pad_token_id = 0

    class Model(released.Atomas):
        def from_molt5(self):
            return made.pop(), tokenizer, WIDTH

    args = types.SimpleNamespace(max_lenth=LENGTH, queue_size=QUEUE, momentum=0.995, task="genmol")
    # The stub of LightningModule takes nothing; the code's own base class hands it nothing either.
    model = Model(args)
    model.args = args
    with torch.no_grad():
        for name, value in model.named_parameters():
            if not name.startswith("molt5"):
                value.copy_(weight(name, tuple(value.shape)))
        for name in ("text_queue", "smiles_queue"):
            keys = uniform(name, (WIDTH, QUEUE), 1.0).to(dtype)
            getattr(model, name).copy_(keys / keys.norm(dim=0, keepdim=True))
    return model, text, smiles


def record(released, cluster, model, dtype, noise_of, masks):
    """Runs one forward in train mode and keeps what passes by."""
    kept = {"clusters": [], "similarity": [], "cross": []}
    clustering, cross, wti, tokenizer = cluster.cluster_dpc_knn, model.wti_loss.forward, model.wti, model.tokenizer

    def watched_clustering(token_dict, cluster_num, k, token_mask=None):
        name = ("t", "s")[len(kept["clusters"]) % 2] + f"_ctm{len(kept['clusters']) // 2 + 1}"
        drawn = noise_of(name, tuple(token_dict["x"].shape[:2])).to(dtype)
        original, torch.rand = torch.rand, lambda *_, **__: drawn
        try:
            index, count = clustering(token_dict, cluster_num, k, token_mask)
        finally:
            torch.rand = original
        kept["clusters"].append(index.clone())
        return index, count

    def watched_cross(matrix):
        kept["cross"].append(cross(matrix))
        return kept["cross"][-1]

    def watched_wti(*arguments, **named):
        found = wti(*arguments, **named)
        kept["similarity"].append(found[0])
        return found

    model.tokenizer = type("T", (), {"pad_token_id": 0, "__call__": lambda self, side, **_: type(
        "Batch", (), {"to": lambda batch, device: types.SimpleNamespace(input_ids=Ids(side), attention_mask=masks[side])})()})()
    cluster.cluster_dpc_knn, model.wti_loss.forward, model.wti = watched_clustering, watched_cross, watched_wti
    try:
        model.train()
        kept["ga"], _, kept["haa"] = model("text", "smiles", ALPHA)
    finally:
        cluster.cluster_dpc_knn = clustering
        model.tokenizer = tokenizer
    return kept


def gradients(loss, model, text, smiles):
    named = {name: value for name, value in model.named_parameters() if value.requires_grad and not name.startswith("molt5")}
    inputs = {"text": text, "smiles": smiles}
    found = torch.autograd.grad(loss, list(named.values()) + list(inputs.values()), retain_graph=True, allow_unused=True)
    norms = {name: g.norm().item() for name, g in zip(named, found) if g is not None}
    out = {"norms": norms}
    for side, g in zip(inputs, found[len(named):]):
        direction = uniform("direction", (WIDTH,), 1.0).to(g.dtype)
        out[side] = {"token_norms": g.norm(dim=2).flatten().tolist(), "along": (g @ direction).flatten().tolist()}
    return out


def run_case(released, cluster, dtype, padded, noisy):
    full = [LENGTH] * GROUP
    masks = {"text": mask_of(TEXT_LENGTHS if padded else full), "smiles": mask_of(SMILES_LENGTHS if padded else full)}
    model, text, smiles = build(released, dtype)
    # The code multiplies its noise by 1e-6. Drawn from U(0, 1e5) it decides who is densest, so that a test sees it.
    noise = lambda name, shape: (uniform("noise " + name, shape, 1.0) + 1) * 5e4 if noisy else torch.zeros(shape)
    kept = record(released, cluster, model, dtype, noise, masks)
    case = {
        "text_lengths": TEXT_LENGTHS if padded else full,
        "smiles_lengths": SMILES_LENGTHS if padded else full,
        "noise": noisy,
        "global_loss": kept["ga"].item(),
        "level_losses": [(kept["cross"][2 * l] + kept["cross"][2 * l + 1]).item() / 2 for l in range(3)],
        "similarities": [r.flatten().tolist() for r in kept["similarity"]],
        "clusters": {name: c.flatten().tolist() for name, c in zip(("t_ctm1", "s_ctm1", "t_ctm2", "s_ctm2"), kept["clusters"])},
        "global_gradients": gradients(kept["ga"], model, text, smiles),
        "hierarchical_gradients": gradients(kept["haa"], model, text, smiles),
        "queue_pointer": int(model.queue_ptr),
        "text_queue": (uniform("direction", (WIDTH,), 1.0).to(dtype) @ model.text_queue).tolist(),
        "smiles_queue": (uniform("direction", (WIDTH,), 1.0).to(dtype) @ model.smiles_queue).tolist(),
        "momentum_pool": model.text_linear_m.weight.flatten().tolist(),
    }
    assert math.isclose(sum(case["level_losses"]), kept["haa"].item(), rel_tol=1e-6)
    return case, masks


def check_stable(exact, rounded, masks):
    """float32 and float64 agree on the clusters of real tokens."""
    real = {"t": masks["text"].bool(), "s": masks["smiles"].bool()}
    for name, index in exact["clusters"].items():
        index, other = torch.tensor(index), torch.tensor(rounded["clusters"][name])
        if name.endswith("1"):
            keep = real[name[0]].flatten()
            assert torch.equal(index[keep], other[keep]), name
        else:
            assert torch.equal(index, other), name


def close(x):
    """Ten digits are more than any comparison needs."""
    if isinstance(x, float):
        return float(f"{x:.10g}")
    if isinstance(x, dict):
        return {key: close(value) for key, value in x.items()}
    return [close(value) for value in x] if isinstance(x, list) else x


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--code", required=True, help="a checkout of the released code")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    assert torch.__version__.startswith("2.6."), torch.__version__
    with tempfile.TemporaryDirectory() as folder:
        torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/store", rank=0, world_size=1)
        released, cluster = load_released(options.code)
        cases = {}
        for name, padded, noisy in (("full", False, False), ("padded", True, False), ("padded-noise", True, True)):
            exact, masks = run_case(released, cluster, torch.float64, padded, noisy)
            rounded, _ = run_case(released, cluster, torch.float32, padded, noisy)
            check_stable(exact, rounded, masks)
            print(name, exact["global_loss"], rounded["global_loss"], exact["level_losses"], rounded["level_losses"])
            cases[name] = exact
        torch.distributed.destroy_process_group()
    document = {"torch": torch.__version__, "seed": SEED, "group": GROUP, "length": LENGTH, "width": WIDTH,
                "queue": QUEUE, "alpha": ALPHA, "cases": cases}
    with open(options.out, "w") as out:
        json.dump(close(document), out, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main()
