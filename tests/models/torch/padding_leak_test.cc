// A planted fault: the encoder's mask is left out, and the comparison that `cupel audit invariance`
// makes must see it.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones_like.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/run/answer_comparison.h"
#include "models/torch/t5_stepper.h"
#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

/// The first logits and the greedy tokens of each row, with so many pads behind it.
AuditedAnswers asked(const test::GoldenT5& t5, std::int64_t pads, bool masked, bool scores) {
  const at::Tensor ids = at::cat({t5.ids, at::full({t5.ids.size(0), pads}, kPad, at::kLong)}, 1);
  const at::Tensor mask = masked ? ids.ne(kPad) : at::ones_like(ids).to(at::kBool);
  const at::Tensor states = t5.encoder(ids, mask, false);
  AuditedAnswers answers;
  T5Stepper stepper(t5.decoder, states, mask, 1, 30);
  if (scores) {
    const at::Tensor logits = stepper.step(at::full({ids.size(0)}, kPad, at::kLong)).contiguous();
    answers.columns = static_cast<std::size_t>(logits.size(1));
    answers.scores.assign(logits.const_data_ptr<float>(),
                          logits.const_data_ptr<float>() + logits.numel());
    return answers;
  }
  const Found found = search(stepper, ids.size(0), {.max_length = 30});
  for (std::size_t i = 0; i < found.tokens.size(); ++i) {
    std::string text;
    for (const std::int64_t token : found.tokens[i]) text += static_cast<char>('a' + token);
    answers.texts.push_back(text);
    answers.log_probabilities.emplace_back(found.log_probabilities[i]);
    answers.tokens.emplace_back(found.tokens[i].size());
    answers.margins.emplace_back(found.margins[i]);
  }
  return answers;
}

TEST_CASE("Pads change nothing, and a mask that is left out is caught", "[torch]") {
  const test::GoldenT5 t5;
  const c10::InferenceMode guard;
  for (const bool scores : {true, false}) {
    for (const std::int64_t pads : {1, 17, 60}) {
      CAPTURE(scores, pads);
      const auto differs = [&](bool masked) {
        return compare_answers(asked(t5, 0, masked, scores), asked(t5, pads, masked, scores));
      };
      CHECK(differs(true).passed());
      CHECK(differs(true).flips.empty());
      CHECK_FALSE(differs(false).passed());
    }
  }
}

}  // namespace
}  // namespace cupel::nn
