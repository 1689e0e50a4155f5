#include "models/torch/global_alignment.h"

#include <cmath>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/error.h"

namespace cupel::nn {
namespace {

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

constexpr std::int64_t kWidth = 8;
const Initializer kDraw(13);

AtomasOptions with_queue(AtomasOptions options, std::int64_t size) {
  options.queue_size = size;
  options.length = 6;
  return options;
}

at::Tensor features(const std::string& name, std::int64_t group) {
  const at::Tensor x = kDraw.normal(name, {group, kWidth}, 1.0);
  return x / x.norm(2, 1, true);
}

/// Row i is all `first` + i: columns of the queue can be told apart.
at::Tensor counted(std::int64_t first, std::int64_t group) {
  return at::arange(first, first + group, at::kFloat).unsqueeze(1).repeat({1, kWidth});
}

std::string refusal(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    return error.what();
  }
  return "accepted";
}

TEST_CASE("Equal similarities cost the logarithm of how many there are, for any alpha", "[torch]") {
  const double alpha = GENERATE(0.0, 0.4, 1.0);
  const std::int64_t group = GENERATE(1, 4);
  Parameters parameters;
  const GlobalAlignment alignment(parameters, kDraw, kWidth, with_queue(released_code(), 12));
  at::Tensor same = at::zeros({group, kWidth});
  same.narrow(1, 0, 1).fill_(1);
  for (const char* name : {"text_queue", "smiles_queue"})
    parameters.get(name).copy_(same.narrow(0, 0, 1).t().expand({kWidth, 12}));
  const double loss = alignment.loss({same, same}, {same, same}, alpha).item<double>();
  CHECK_THAT(loss, WithinRel(std::log(static_cast<double>(group + 12)), 1e-6));
}

TEST_CASE("Each imitated rank sees its own slice, unless positives are gathered", "[torch]") {
  const PairFeatures online{features("t", 4), features("s", 4)};
  const PairFeatures momentum{features("tm", 4), features("sm", 4)};
  const auto loss = [&](std::int64_t ranks, bool gather, std::int64_t begin, std::int64_t size) {
    Parameters parameters;
    AtomasOptions options = with_queue(released_code(), 12);
    options.ranks = ranks;
    options.gather_positives = gather;
    const auto part = [&](const PairFeatures& of) {
      return PairFeatures{of.text.narrow(0, begin, size), of.smiles.narrow(0, begin, size)};
    };
    return GlobalAlignment(parameters, kDraw, kWidth, options)
        .loss(part(online), part(momentum), 0.4)
        .item<double>();
  };
  const double halves = (loss(1, false, 0, 2) + loss(1, false, 2, 2)) / 2;
  CHECK_THAT(loss(2, false, 0, 4), WithinRel(halves, 1e-6));
  CHECK_THAT(loss(2, true, 0, 4), WithinRel(loss(1, false, 0, 4), 1e-6));
  CHECK(std::abs(halves - loss(1, false, 0, 4)) > 1e-3);
  CHECK(refusal([&] { loss(2, false, 0, 3); }) == "2 ranks do not divide a batch of 3");
}

TEST_CASE("The queue is overwritten from its oldest key", "[torch]") {
  Parameters parameters;
  GlobalAlignment alignment(parameters, kDraw, kWidth, with_queue(strict(), 5));
  const at::Tensor& queue = parameters.get("text_queue");
  CHECK((queue.norm(2, 0) - 1).abs().max().item<double>() < 1e-6);
  CHECK_FALSE(at::equal(queue, parameters.get("smiles_queue")));
  const auto row = [&] { return queue[0]; };
  const auto pointer = [&] { return parameters.get("queue_ptr").item<std::int64_t>(); };
  alignment.enqueue({counted(1, 3), counted(11, 3)});
  CHECK(pointer() == 3);
  CHECK(at::equal(row().narrow(0, 0, 3), at::tensor({1.0F, 2.0F, 3.0F})));
  alignment.enqueue({counted(4, 3), counted(14, 3)});
  CHECK(pointer() == 1);
  CHECK(at::equal(row(), at::tensor({6.0F, 2.0F, 3.0F, 4.0F, 5.0F})));
  CHECK(parameters.get("smiles_queue")[kWidth - 1][0].item<double>() == 16.0);
  alignment.enqueue({counted(20, 7), counted(30, 7)});
  CHECK(pointer() == 3);
  CHECK(at::equal(row(), at::tensor({24.0F, 25.0F, 26.0F, 22.0F, 23.0F})));
}

TEST_CASE("The released queue refuses a batch that does not divide it, and wraps at its end",
          "[torch]") {
  Parameters parameters;
  GlobalAlignment alignment(parameters, kDraw, kWidth, with_queue(released_code(), 6));
  CHECK(refusal([&] { alignment.enqueue({counted(1, 4), counted(1, 4)}); }) ==
        "a batch of 4 does not divide a queue of 6");
  for (std::int64_t step = 1; step <= 3; ++step) {
    alignment.enqueue({counted(step, 3), counted(step, 3)});
    CHECK(parameters.get("queue_ptr").item<std::int64_t>() == 3 * step % 6);
  }
}

TEST_CASE("Without a queue the batch is all there is", "[torch]") {
  Parameters parameters;
  GlobalAlignment alignment(parameters, kDraw, kWidth, with_queue(strict(), 0));
  at::Tensor same = at::zeros({3, kWidth});
  same.narrow(1, 0, 1).fill_(1);
  CHECK_THAT(alignment.loss({same, same}, {same, same}, 0.4).item<double>(),
             WithinRel(std::log(3.0), 1e-6));
  alignment.enqueue({same, same});
}

TEST_CASE("A learned pool weighs positions, a masked one real tokens", "[torch]") {
  const at::Tensor states = kDraw.normal("states", {2, 6, kWidth}, 1.0);
  const at::Tensor valid = at::arange(6).unsqueeze(0) < at::tensor({6L, 2L}).unsqueeze(1);
  Parameters learned;
  const GlobalAlignment released(learned, kDraw, kWidth, with_queue(released_code(), 4));
  const at::Tensor& a = learned.get("smiles_linear.weight");
  const at::Tensor sum = (states * a.view({1, 6, 1})).sum(1) + learned.get("smiles_linear.bias");
  const at::Tensor pooled = released.pooled(Modality::kSmiles, {states, valid});
  CHECK((pooled - sum / sum.norm(2, 1, true)).abs().max().item<double>() < 1e-6);
  const at::Tensor copy = released.pooled_by_momentum(Modality::kSmiles, {states, valid});
  CHECK((pooled - copy).abs().max().item<double>() < 1e-6);
  CHECK(refusal([&] { (void)released.pooled(Modality::kText, {states.narrow(1, 0, 5), {}}); }) ==
        "a learned pool of 6 positions was given 5");

  Parameters masked;
  const GlobalAlignment clean(masked, kDraw, kWidth, with_queue(strict(), 4));
  CHECK(masked.count() == 1);
  CHECK(clean.momentum_pairs().empty());
  const at::Tensor mean = states[1].narrow(0, 0, 2).mean(0);
  CHECK((clean.pooled(Modality::kText, {states, valid})[1] - mean / mean.norm())
            .abs()
            .max()
            .item<double>() < 1e-6);
}

TEST_CASE("Gradients reach the online pool and not its momentum copy", "[torch]") {
  Parameters parameters;
  const GlobalAlignment alignment(parameters, kDraw, kWidth, with_queue(released_code(), 4));
  const Tokens tokens{kDraw.normal("states", {2, 6, kWidth}, 1.0), {}};
  const PairFeatures online{alignment.pooled(Modality::kText, tokens),
                            alignment.pooled(Modality::kSmiles, tokens)};
  const PairFeatures momentum{alignment.pooled_by_momentum(Modality::kText, tokens),
                              alignment.pooled_by_momentum(Modality::kSmiles, tokens)};
  CHECK_FALSE(momentum.text.requires_grad());
  alignment.loss(online, momentum, 0.4).backward();
  CHECK(parameters.get("text_linear.weight").grad().defined());
  CHECK_FALSE(parameters.get("text_linear_m.weight").grad().defined());
  CHECK(alignment.momentum_pairs().size() == 4);
  CHECK(parameters.count() == 2 * (6 + 1) + 1);
}

TEST_CASE("The temperature is clamped before it is used", "[torch]") {
  Parameters parameters;
  const GlobalAlignment alignment(parameters, kDraw, kWidth, with_queue(released_code(), 4));
  const PairFeatures some{features("t", 2), features("s", 2)};
  const auto loss_at = [&](double temperature) {
    const at::NoGradGuard guard;
    parameters.get("temp").fill_(temperature);
    return alignment.loss(some, some, 0.4).item<double>();
  };
  const double hottest = loss_at(0.5);
  CHECK_THAT(loss_at(7.0), WithinAbs(hottest, 0.0));
  CHECK(parameters.get("temp").item<double>() == 0.5);
  CHECK(loss_at(0.2) != hottest);
}

TEST_CASE("Alpha grows over its ramp and stays", "[torch]") {
  AtomasOptions options = released_code();
  CHECK(alpha_at(options, 0) == 0.4);
  options.alpha_ramp_steps = 8;
  CHECK(alpha_at(options, 0) == 0.0);
  CHECK_THAT(alpha_at(options, 2), WithinRel(0.1, 1e-12));
  CHECK(alpha_at(options, 8) == 0.4);
  CHECK(alpha_at(options, 100) == 0.4);
}

}  // namespace
}  // namespace cupel::nn
