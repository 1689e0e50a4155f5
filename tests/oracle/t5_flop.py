"""Operations of T5's matrices as PyTorch counts them: the golden values of tests/models/torch/flop_test.cc.

    python3 tests/oracle/t5_flop.py > tests/data/t5_flop.json

Needs torch and transformers from PyPI or Debian (made with torch 2.6.0, transformers 4.46.3). The model is
transformers' T5 v1.1 with random weights, encoded once and decoded token by token with its cache; FlopCounterMode
counts every matrix product. transformers computes keys and values of the source for each row, Cupel once for all rows
of a source: so decoding is counted with one row, and with the source's projections told apart for more.
"""
import json
import sys

import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode
from transformers import T5Config, T5ForConditionalGeneration

SIZES = {
    "narrow": dict(vocab_size=100, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4),
    "inner": dict(vocab_size=600, d_model=48, d_kv=16, d_ff=80, num_layers=3, num_heads=2),
}


def counted(call):
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        result = call()
    return counter.get_total_flops(), result


def case(name, length, written):
    config = T5Config(**SIZES[name], feed_forward_proj="gated-gelu", tie_word_embeddings=False,
                      attn_implementation="eager")
    model = T5ForConditionalGeneration(config).eval()
    ids = torch.randint(2, config.vocab_size, (1, length))
    encoder, memory = counted(lambda: model.encoder(input_ids=ids))
    decoding, cache, token = 0, None, torch.zeros((1, 1), dtype=torch.long)
    for _ in range(written):
        flop, out = counted(lambda: model(encoder_outputs=(memory[0],), decoder_input_ids=token,
                                          past_key_values=cache, use_cache=True))
        decoding += flop
        cache = out.past_key_values
    return dict(SIZES[name], length=length, written=written, encoder=encoder, decoding=decoding)


json.dump({"torch": torch.__version__, "transformers": transformers.__version__,
           "cases": [case("narrow", 7, 1), case("narrow", 19, 12), case("inner", 33, 25)]},
          sys.stdout, indent=1)
print()
