#include "models/torch/t5_stepper.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>

#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

using test::GoldenT5;

TEST_CASE("Step by step the logits are those of the whole sequence", "[torch]") {
  GoldenT5 t5;
  const c10::InferenceMode guard;
  const at::Tensor states = t5.encoder(t5.ids, t5.mask, false);
  constexpr std::int64_t kSteps = 150;  // the room for keys and values grows twice
  const at::Tensor tokens =
      at::cat({at::full({10, 1}, kPad, at::kLong),
               t5.initializer.uniform("tokens", {10, kSteps - 1}, 11.0).add(12.0).to(at::kLong)},
              1);
  T5Stepper stepper(t5.decoder, states, t5.mask, 1, kSteps);
  std::vector<at::Tensor> logits;
  for (std::int64_t i = 0; i < kSteps; ++i) logits.push_back(stepper.step(tokens.select(1, i)));
  const at::Tensor whole = t5.decoder.head(t5.decoder(tokens, states, t5.mask, false));
  CHECK(test::relative_difference(at::stack(logits, 1), whole) < 1e-5);
}

TEST_CASE("Rows that are chosen and sentences that are kept go on as they were", "[torch]") {
  GoldenT5 t5;
  const c10::InferenceMode guard;
  const at::Tensor ids = t5.ids.narrow(0, 0, 3);
  const at::Tensor mask = t5.mask.narrow(0, 0, 3);
  const at::Tensor states = t5.encoder(ids, mask, false);
  T5Stepper stepper(t5.decoder, states, mask, 2, 8);
  static_cast<void>(stepper.step(at::tensor({0, 0, 0, 0, 0, 0})));
  static_cast<void>(stepper.step(at::tensor({3, 4, 5, 6, 7, 8})));
  stepper.choose(at::tensor({1, 0, 3, 3, 4, 5}));
  stepper.keep(at::tensor({1, 2}));
  const at::Tensor logits = stepper.step(at::tensor({9, 10, 11, 12}));
  const std::vector<std::vector<std::int64_t>> seen = {
      {0, 6, 9}, {0, 6, 10}, {0, 7, 11}, {0, 8, 12}};
  for (std::size_t row = 0; row < seen.size(); ++row) {
    const auto sentence = 1 + static_cast<std::int64_t>(row) / 2;
    const at::Tensor alone =
        t5.decoder(at::tensor(seen[row]).unsqueeze(0), states.narrow(0, sentence, 1),
                   mask.narrow(0, sentence, 1), false);
    const at::Tensor expected = t5.decoder.head(alone[0][2]);
    CHECK(test::relative_difference(logits[static_cast<std::int64_t>(row)], expected) < 1e-5);
  }
}

}  // namespace
}  // namespace cupel::nn
