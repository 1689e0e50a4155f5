#include "models/torch/sampling.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/split_mix.h"
#include "tests/support/paths.h"

namespace cupel::nn {
namespace {

constexpr std::size_t kDraws = 40'000;

std::vector<std::size_t> counts(std::span<const float> logits, const Sampling& sampling) {
  std::vector<std::size_t> counted(logits.size());
  for (std::size_t i = 0; i < kDraws; ++i)
    ++counted[static_cast<std::size_t>(drawn(logits, sampling, split_mix(i)).token)];
  return counted;
}

TEST_CASE("Draws have the shares of transformers, and none falls outside of them", "[torch]") {
  const std::string origin = "sampling_golden.json";
  const JsonValue document = parse_json(read_file(cupel::test::data(origin)), origin);
  JsonObject golden(document, origin);
  std::vector<float> logits;
  for (const JsonValue& logit : golden.member("logits").items)
    logits.push_back(static_cast<float>(logit.real));
  for (const JsonValue& item : golden.member("cases").items) {
    JsonObject one(item, origin);
    const Sampling sampling{.temperature = one.member("temperature").real,
                            .top_k = one.integer("top_k"),
                            .top_p = one.member("top_p").real};
    CAPTURE(sampling.temperature, sampling.top_k, sampling.top_p);
    const std::vector<std::size_t> counted = counts(logits, sampling);
    const std::vector<JsonValue>& shares = one.member("shares").items;
    double chi_square = 0.0;
    double freedom = -1.0;
    for (std::size_t token = 0; token < shares.size(); ++token) {
      const double expected = shares[token].real * static_cast<double>(kDraws);
      if (expected == 0.0) {
        CHECK(counted[token] == 0);
        continue;
      }
      chi_square += std::pow(static_cast<double>(counted[token]) - expected, 2) / expected;
      freedom += 1.0;
    }
    // Wilson and Hilferty's cube root is close to normal; 4 deviations are 1 in 30,000.
    if (freedom < 1.0) continue;
    const double deviation = 2.0 / (9.0 * freedom);
    const double z = (std::cbrt(chi_square / freedom) - (1.0 - deviation)) / std::sqrt(deviation);
    CHECK(z < 4.0);
  }
}

TEST_CASE("Of equal logits the first is the likeliest, by nothing", "[torch]") {
  const TokenChoice tied = likeliest(std::vector<float>{1.0F, 3.0F, 3.0F, -2.0F});
  CHECK(tied.token == 1);
  CHECK(tied.margin == 0.0);
  CHECK(likeliest(std::vector<float>{1.0F, 3.0F, 2.5F}).margin == Catch::Approx(0.5));
  CHECK(std::isinf(likeliest(std::vector<float>{1.0F}).margin));
}

TEST_CASE("A draw from the edge of what is allowed says how near the edge is", "[torch]") {
  const std::vector<float> logits = {2.0F, 1.0001F, 1.0F};
  int at_the_edge = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const TokenChoice two = drawn(logits, {.top_k = 2}, split_mix(i));
    const TokenChoice all = drawn(logits, {}, split_mix(i));
    CHECK(two.token < 2);
    const bool near = two.token == 1 || all.token == 2;
    if (near) CHECK(two.margin <= 1.1e-4);
    // The third, which may not be drawn, can have been the second best.
    if (!near) CHECK(two.margin >= all.margin);
    at_the_edge += near ? 1 : 0;
  }
  CHECK(at_the_edge > 20);
  CHECK(at_the_edge < 180);
}

}  // namespace
}  // namespace cupel::nn
