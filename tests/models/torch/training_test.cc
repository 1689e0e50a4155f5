#include "models/torch/training.h"

#include <cmath>
#include <limits>
#include <map>

#include <ATen/TensorOperators.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/paths.h"

namespace cupel::nn {
namespace {

/// Fits a line through points, with dropout, so that a step's draws matter.
class Line final : public Trainee {
 public:
  Line() {
    slope = all.add("slope", at::tensor({0.0}).to(at::kFloat));
    offset = all.add("offset", at::tensor({0.0}).to(at::kFloat));
  }
  Parameters& parameters() override { return all; }
  std::size_t examples() const override { return 20; }
  Parts losses(std::span<const std::size_t> group, std::int64_t step) override {
    if (step == fails_at) return {{"loss", slope.sum() * std::nan("")}, {"part", slope.sum()}};
    at::Tensor sum = at::zeros({}, at::kFloat);
    for (const std::size_t i : group) {
      const double x = static_cast<double>(i) / 20.0;
      sum = sum + (at::dropout(slope, 0.1, true) * x + offset - (3.0 * x - 1.0)).square().sum();
    }
    return {{"loss", sum / static_cast<double>(group.size())}, {"part", sum}};
  }
  std::pair<std::string, double> validate() override {
    ++validated;
    return {"validation", script.empty() ? 1.0 : script.at(validated - 1)};
  }
  std::size_t tokens(std::size_t) const override { return 1; }

  Parameters all;
  at::Tensor slope, offset;
  std::int64_t fails_at = -1;
  std::size_t validated = 0;
  std::vector<double> script;
};

struct Told {
  std::map<std::string, std::map<std::int64_t, double>> facts;
  double share = 0.0;
  int steps_until_cancelled = -1;

  TrainingWatch watch() {
    return {
        .progress = [this](double now) { share = now; },
        .fact = [this](std::string_view name, std::int64_t step,
                       double value) { facts[std::string(name)][step] = value; },
        .cancelled = [this] { return steps_until_cancelled >= 0 && steps_until_cancelled-- == 0; }};
  }
};

TrainingOptions some_options() {
  TrainingOptions options;
  options.steps = 60;
  options.batch = 4;
  options.optimizer.rate = 0.05;
  options.warmup = 5;
  options.decay = true;
  options.seed = 9;
  return options;
}

TEST_CASE("A training that is cut off anywhere ends with the same bits", "[torch]") {
  Line whole;
  Told told;
  const cupel::test::TempDir scratch;
  std::filesystem::create_directories(scratch / "whole");
  REQUIRE(train(whole, some_options(), scratch / "whole", told.watch()));
  CHECK(told.share == 1.0);
  CHECK(told.facts["loss"].size() == 60);
  CHECK(told.facts["state-checksum"].size() == 61);
  CHECK(std::filesystem::is_empty(scratch / "whole"));
  for (const int cut : {0, 1, 17, 59}) {
    const auto folder = scratch / std::to_string(cut);
    std::filesystem::create_directories(folder);
    Line first;
    Told before;
    before.steps_until_cancelled = cut;
    CHECK_FALSE(train(first, some_options(), folder, before.watch()));
    CHECK(before.facts["loss"].size() == static_cast<std::size_t>(cut));
    Line second;
    Told after;
    REQUIRE(train(second, some_options(), folder, after.watch()));
    CHECK(at::equal(second.slope, whole.slope));
    CHECK(at::equal(second.offset, whole.offset));
    for (const std::string fact : {"loss", "state-checksum"}) {
      for (const auto& [step, value] : after.facts[fact]) CHECK(value == told.facts[fact][step]);
    }
    CHECK(after.facts["loss"].size() == 60 - static_cast<std::size_t>(cut));
    CHECK(after.facts["state-checksum"].begin()->first == cut);
  }
}

TEST_CASE("One ulp at the start is seen before the first step, whatever the loss says", "[torch]") {
  Told told[2];
  const cupel::test::TempDir scratch;
  for (int i = 0; i < 2; ++i) {
    Line line;
    if (i == 1) line.slope.detach().fill_(std::numeric_limits<float>::denorm_min());
    REQUIRE(train(line, some_options(), scratch / ".", told[i].watch()));
  }
  const auto& states = told[0].facts["state-checksum"];
  CHECK(told[1].facts["state-checksum"].at(0) != states.at(0));
  CHECK(told[1].facts["loss"].at(0) == told[0].facts["loss"].at(0));
}

TEST_CASE("The rate grows, then falls to nothing", "[torch]") {
  Line line;
  Told told;
  const cupel::test::TempDir scratch;
  REQUIRE(train(line, some_options(), scratch / ".", told.watch()));
  const auto& rates = told.facts["learning-rate"];
  CHECK(rates.at(0) == Catch::Approx(0.01));
  CHECK(rates.at(4) == Catch::Approx(0.05));
  CHECK(rates.at(5) == Catch::Approx(0.05));
  CHECK(rates.at(59) == Catch::Approx(0.05 / 55));
}

TEST_CASE("Accumulated passes are one larger batch", "[torch]") {
  const auto slope_after = [](std::size_t batch, std::int64_t accumulate) {
    class Plain final : public Trainee {
     public:
      Plain() { slope = all.add("slope", at::tensor({0.0}).to(at::kFloat)); }
      Parameters& parameters() override { return all; }
      std::size_t examples() const override { return 16; }
      Parts losses(std::span<const std::size_t> group, std::int64_t) override {
        at::Tensor sum = at::zeros({}, at::kFloat);
        for (const std::size_t i : group)
          sum = sum + (slope - static_cast<double>(i)).square().sum();
        return {{"loss", sum / static_cast<double>(group.size())}};
      }
      std::pair<std::string, double> validate() override { return {"", 0.0}; }
      std::size_t tokens(std::size_t) const override { return 1; }
      Parameters all;
      at::Tensor slope;
    };
    Plain plain;
    Told told;
    const cupel::test::TempDir scratch;
    TrainingOptions options;
    options.steps = 10;
    options.batch = batch;
    options.accumulate = accumulate;
    options.optimizer.rate = 0.1;
    REQUIRE(train(plain, options, scratch / ".", told.watch()));
    return plain.slope.item<double>();
  };
  CHECK(slope_after(16, 1) == Catch::Approx(slope_after(4, 4)).epsilon(1e-5));
}

TEST_CASE("The best state by validation is what remains", "[torch]") {
  TrainingOptions options = some_options();
  options.validations = 6;
  const cupel::test::TempDir scratch;
  Line until_best;
  Told first;
  first.steps_until_cancelled = 20;
  until_best.script = {3.0, 1.0, 2.0, 1.0, 5.0, 4.0};
  std::filesystem::create_directories(scratch / "cut");
  CHECK_FALSE(train(until_best, options, scratch / "cut", first.watch()));
  Line whole;
  whole.script = until_best.script;
  Told told;
  std::filesystem::create_directories(scratch / "whole");
  REQUIRE(train(whole, options, scratch / "whole", told.watch()));
  CHECK(told.facts["validation"].size() == 6);
  CHECK(told.facts["validation"].contains(59));
  CHECK(at::equal(whole.slope, until_best.slope));  // of the second, at step 20
  Line resumed;
  resumed.script = {2.0, 1.0, 5.0, 4.0};  // the first two came before
  Told rest;
  REQUIRE(train(resumed, options, scratch / "cut", rest.watch()));
  CHECK(at::equal(resumed.slope, whole.slope));
}

TEST_CASE("A loss that is no number stops the training, with where and which", "[torch]") {
  Line line;
  line.fails_at = 7;
  Told told;
  const cupel::test::TempDir scratch;
  try {
    static_cast<void>(train(line, some_options(), scratch / ".", told.watch()));
    FAIL("it went on");
  } catch (const Diverged& diverged) {
    CHECK_THAT(diverged.what, Catch::Matchers::ContainsSubstring("step 8 of 60: loss not finite"));
  }
}

}  // namespace
}  // namespace cupel::nn
