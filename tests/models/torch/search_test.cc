#include "models/torch/search.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/split_mix.h"
#include "models/torch/beam_pool.h"
#include "models/torch/t5_config.h"

namespace cupel::nn {
namespace {

/// The logits of a row follow from its sentence and all that it has seen.
class HashedStepper final : public Stepper {
 public:
  HashedStepper(std::int64_t sentences, std::int64_t beams, std::int64_t vocabulary)
      : beams_(beams), vocabulary_(vocabulary) {
    for (std::int64_t i = 0; i < sentences * beams; ++i)
      seen_.push_back(static_cast<std::uint64_t>(i / beams));
  }

  /// Of one row, for those who search by themselves.
  static double logit(std::uint64_t seen, std::int64_t token) {
    const std::uint64_t mixed =
        split_mix(seen + kSplitMixStep * static_cast<std::uint64_t>(token + 1));
    return 4.0 * static_cast<double>(mixed >> 11U) * 0x1p-53;
  }
  static std::uint64_t next(std::uint64_t seen, std::int64_t token) {
    return split_mix(seen * 31 + static_cast<std::uint64_t>(token) + 7);
  }

  at::Tensor step(const at::Tensor& tokens) override {
    at::Tensor logits = at::empty({tokens.size(0), vocabulary_}, at::kFloat);
    for (std::int64_t row = 0; row < tokens.size(0); ++row) {
      auto& seen = seen_.at(static_cast<std::size_t>(row));
      seen = next(seen, tokens[row].item<std::int64_t>());
      for (std::int64_t token = 0; token < vocabulary_; ++token)
        logits[row][token] = logit(seen, token);
    }
    return logits;
  }
  void choose(const at::Tensor& rows) override {
    std::vector<std::uint64_t> chosen;
    for (std::int64_t i = 0; i < rows.size(0); ++i)
      chosen.push_back(seen_.at(static_cast<std::size_t>(rows[i].item<std::int64_t>())));
    seen_ = chosen;
  }
  void keep(const at::Tensor& sentences) override {
    std::vector<std::uint64_t> kept;
    for (std::int64_t i = 0; i < sentences.size(0) * beams_; ++i)
      kept.push_back(seen_.at(static_cast<std::size_t>(
          sentences[i / beams_].item<std::int64_t>() * beams_ + i % beams_)));
    seen_ = kept;
  }

 private:
  std::int64_t beams_;
  std::int64_t vocabulary_;
  std::vector<std::uint64_t> seen_;
};

Found found(std::int64_t sentences, const SearchOptions& options, std::int64_t vocabulary = 6) {
  HashedStepper stepper(sentences, options.beams, vocabulary);
  return search(stepper, sentences, options);
}

/// The log probability of a sequence.
double sum_of(std::uint64_t sentence, const std::vector<std::int64_t>& tokens,
              std::int64_t vocabulary) {
  std::uint64_t seen = HashedStepper::next(sentence, kPad);
  double sum = 0.0;
  for (const std::int64_t token : tokens) {
    double whole = 0.0;
    for (std::int64_t other = 0; other < vocabulary; ++other)
      whole += std::exp(HashedStepper::logit(seen, other));
    sum += HashedStepper::logit(seen, token) - std::log(whole);
    seen = HashedStepper::next(seen, token);
  }
  return sum;
}

TEST_CASE("Greedy search takes the likeliest token until the end token", "[torch]") {
  const Found all = found(20, {.beams = 1, .max_length = 15});
  bool ended = false;
  for (std::size_t i = 0; i < all.tokens.size(); ++i) {
    std::uint64_t seen = HashedStepper::next(i, kPad);
    double nearest = 100.0;
    for (const std::int64_t token : all.tokens[i]) {
      for (std::int64_t other = 0; other < 6; ++other) {
        const double ahead = HashedStepper::logit(seen, token) - HashedStepper::logit(seen, other);
        CHECK(ahead >= 0.0);
        if (other != token) nearest = std::min(nearest, ahead);
      }
      seen = HashedStepper::next(seen, token);
    }
    CHECK(all.margins[i] == Catch::Approx(nearest).margin(1e-6));
    CHECK(all.log_probabilities[i] == Catch::Approx(sum_of(i, all.tokens[i], 6)).margin(1e-5));
    const bool has_end = all.tokens[i].back() == kEnd;
    CHECK((has_end || all.tokens[i].size() == 14));
    ended = ended || has_end;
  }
  CHECK(ended);
}

TEST_CASE("Enough beams find the best of all sequences", "[torch]") {
  // With a vocabulary of 3 and 5 tokens at most no prefix ever falls out of 100 beams.
  constexpr std::int64_t kVocabulary = 3;
  const Found best = found(8, {.beams = 100, .max_length = 6}, kVocabulary);
  for (std::uint64_t sentence = 0; sentence < 8; ++sentence) {
    std::vector<std::vector<std::int64_t>> open = {{}};
    double most = -1e9;
    for (int length = 1; length <= 5; ++length) {
      std::vector<std::vector<std::int64_t>> longer;
      for (const auto& prefix : open) {
        for (std::int64_t token = 0; token < kVocabulary; ++token) {
          auto next = prefix;
          next.push_back(token);
          if (token == kEnd || length == 5)
            most = std::max(most, sum_of(sentence, next, kVocabulary) / length);
          if (token != kEnd) longer.push_back(std::move(next));
        }
      }
      open = std::move(longer);
    }
    const auto& ours = best.tokens[sentence];
    CHECK(best.log_probabilities[sentence] ==
          Catch::Approx(sum_of(sentence, ours, kVocabulary)).margin(1e-5));
    CHECK(sum_of(sentence, ours, kVocabulary) / static_cast<double>(ours.size()) ==
          Catch::Approx(most).epsilon(1e-5));
  }
}

TEST_CASE("A sentence is searched alike alone and among others", "[torch]") {
  for (const std::int64_t beams : {1, 2, 5}) {
    const Sequences together = found(30, {.beams = beams, .max_length = 20}).tokens;
    // Sentences are numbered from 0 in each stepper, so alone there is only the first one.
    CHECK(found(1, {.beams = beams, .max_length = 20}).tokens[0] == together[0]);
    const Sequences fewer = found(7, {.beams = beams, .max_length = 20}).tokens;
    for (std::size_t i = 0; i < fewer.size(); ++i) CHECK(fewer[i] == together[i]);
  }
}

/// A HashedStepper whose logits are off by up to `by` each, by a pattern of its own.
class RoundedStepper final : public Stepper {
 public:
  RoundedStepper(std::int64_t sentences, std::int64_t beams, double by)
      : stepper_(sentences, beams, 6), by_(by) {}
  at::Tensor step(const at::Tensor& tokens) override {
    const at::Tensor logits = stepper_.step(tokens);
    return logits + by_ * (logits * 1e4).sin();
  }
  void choose(const at::Tensor& rows) override { stepper_.choose(rows); }
  void keep(const at::Tensor& sentences) override { stepper_.keep(sentences); }

 private:
  HashedStepper stepper_;
  double by_;
};

TEST_CASE("A margin says which outputs a change of scores can flip", "[torch]") {
  constexpr std::int64_t kSentences = 400;
  constexpr double kBy = 2e-3;
  for (const std::int64_t beams : {1, 2, 5}) {
    for (const bool draws : {false, true}) {
      if (draws && beams > 1) continue;
      SearchOptions options{.beams = beams, .max_length = 12};
      if (draws) options.sampling = Sampling{.temperature = 1.5, .top_k = 4, .top_p = 0.9};
      for (std::uint64_t i = 0; i < kSentences; ++i) options.seeds.push_back(split_mix(i + 5));
      const Found exact = found(kSentences, options);
      RoundedStepper rounded(kSentences, beams, kBy);
      const Found other = search(rounded, kSentences, options);
      int flips = 0;
      for (std::size_t i = 0; i < kSentences; ++i) {
        if (exact.tokens[i] == other.tokens[i]) continue;
        ++flips;
        CAPTURE(beams, draws, i);
        // Sums of 12 steps, each off by 2 kBy at most against another.
        CHECK(exact.margins[i] < 12 * 2 * kBy);
      }
      CHECK(flips > 0);
      CHECK(flips < kSentences / 4);
    }
  }
}

TEST_CASE("Draws are a sentence's own, by its seed", "[torch]") {
  SearchOptions options{.max_length = 12, .sampling = Sampling{}, .seeds = {5, 6, 7, 8}};
  const Sequences all = found(4, options).tokens;
  options.seeds = {5, 9, 7, 8};
  const Sequences other = found(4, options).tokens;
  CHECK(all[1] != other[1]);
  CHECK((all[0] == other[0] && all[2] == other[2] && all[3] == other[3]));
  options.seeds = {5};
  CHECK(found(1, options).tokens[0] == all[0]);
}

TEST_CASE("A pool keeps the best, and is final when no beam can be better", "[torch]") {
  BeamPool pool(2, 1.0);
  pool.add({1}, -2.0F, 1);
  CHECK_FALSE(pool.is_final(-100.0F, 1));
  pool.add({2, 1}, -2.0F, 2);
  CHECK(pool.best().tokens == std::vector<std::int64_t>{2, 1});
  CHECK_FALSE(pool.is_final(-1.0F, 2));
  CHECK(pool.is_final(-4.0F, 2));
  pool.add({3, 1}, -9.0F, 2);
  pool.add({4, 1}, -1.0F, 2);
  CHECK(pool.best().tokens == std::vector<std::int64_t>{4, 1});
  CHECK(pool.is_final(-2.0F, 2));  // the one with -2 left
  CHECK(pool.margin() == 0.0);     // ... by nothing but its age
}

TEST_CASE("A search that makes no sense is refused", "[torch]") {
  CHECK_THROWS_AS(found(1, {.beams = 0}), std::logic_error);
  CHECK_THROWS_AS(found(1, {.beams = 2, .sampling = Sampling{}, .seeds = {1}}), std::logic_error);
  CHECK_THROWS_AS(found(2, {.sampling = Sampling{}, .seeds = {1}}), std::logic_error);
}

}  // namespace
}  // namespace cupel::nn
