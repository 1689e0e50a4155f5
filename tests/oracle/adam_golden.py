#!/usr/bin/env python3
"""Makes tests/data/adam.json: parameters after steps of torch.optim.Adam with torch.nn.utils.clip_grad_norm_; once as
it is, once with the rate of each tensor multiplied by its root mean square (transformers' Adafactor, scale_parameter).

usage: adam_golden.py > tests/data/adam.json        (torch 2.6.0 on a CPU)"""
import json

import torch


def train(beta2, scaled):
    parameters = [torch.tensor([0.5, -1.0, 2.0]), torch.tensor([[1.0, 0.25], [-0.75, 3.0]]), torch.tensor([4.0])]
    parameters.append(torch.zeros(2))
    for p in parameters:
        p.requires_grad_(True)
    adam = torch.optim.Adam([{"params": [p]} for p in parameters], lr=0.01, betas=(0.9, beta2))
    norms = []
    for step in range(8):
        adam.zero_grad()
        # The third has no gradient in odd steps; the last one begins as zeros.
        loss = (parameters[0] ** 3).sum() + (parameters[1].sin() * (step + 1)).sum() + parameters[3].exp().sum()
        if step % 2 == 0:
            loss = loss + parameters[2].square().sum() * 0.01
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 14.0).item())
        if scaled:
            for group in adam.param_groups:
                p = group["params"][0]
                group["lr"] = 0.01 * max(1e-3, p.detach().norm(2).item() / p.numel() ** 0.5)
        adam.step()
    return {"norms": norms, "parameters": [p.detach().flatten().tolist() for p in parameters]}


print(json.dumps({"made_with": f"torch {torch.__version__}", "plain": train(0.999, False), "scaled": train(0.98, True)}))
