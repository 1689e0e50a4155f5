#!/usr/bin/env python3
"""Makes tests/data/adam.json: parameters after steps of torch.optim.Adam with torch.nn.utils.clip_grad_norm_.

usage: adam_golden.py > tests/data/adam.json        (torch 2.6.0 on a CPU)"""
import json

import torch

parameters = [torch.tensor([0.5, -1.0, 2.0]), torch.tensor([[1.0, 0.25], [-0.75, 3.0]]), torch.tensor([4.0])]
for p in parameters:
    p.requires_grad_(True)
adam = torch.optim.Adam(parameters, lr=0.01)
norms = []
for step in range(8):
    adam.zero_grad()
    # The last one has no gradient in odd steps.
    loss = (parameters[0] ** 3).sum() + (parameters[1].sin() * (step + 1)).sum()
    if step % 2 == 0:
        loss = loss + parameters[2].square().sum() * 0.01
    loss.backward()
    norms.append(torch.nn.utils.clip_grad_norm_(parameters, 14.0).item())
    adam.step()
print(json.dumps({"made_with": f"torch {torch.__version__}", "norms": norms,
                  "parameters": [p.detach().flatten().tolist() for p in parameters]}))
