#include "models/baselines/ecfp_logistic.h"

#include <cmath>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

using Catch::Matchers::WithinAbs;

TEST_CASE("the weights are the optimum of the penalised likelihood") {
  // Radius 0 of ethane and of water gives one feature each. With weights u, v and intercept t the
  // gradients of ½(u² + v² + t²) + Σ ln(1 + exp(−y(w + t))) vanish; by symmetry v = −u and t = 0
  // for one molecule of each class, so u = σ(−u).
  const std::vector<Sample> train = {{.smiles = "CC", .labels = {1, 0, 0, 0}},
                                     {.smiles = "O", .labels = {-1, 0, 0, 0}}};
  const auto model =
      test::fitted("ecfp-logistic", Capability::kProperty, train, {{"radius", std::int64_t{0}}});
  double u = 0.5;
  for (int i = 0; i < 100; ++i) u = 1.0 / (1.0 + std::exp(u));
  const std::string_view queries[] = {"CC", "O", "[U]"};
  const auto scores = model->classify(queries, {});
  CHECK_THAT(scores[0], WithinAbs(1.0 / (1.0 + std::exp(-u)), 1e-3));
  CHECK_THAT(scores[4], WithinAbs(1.0 / (1.0 + std::exp(u)), 1e-3));
  CHECK_THAT(scores[8], WithinAbs(0.5, 1e-3));
}

TEST_CASE("a positive weight means positive, whichever class comes first") {
  const std::string_view query = "CC";
  for (const std::int8_t first : {std::int8_t{1}, std::int8_t{-1}}) {
    const std::vector<Sample> train = {
        {.smiles = "CC", .labels = {first, 0, 0, 0}},
        {.smiles = "O", .labels = {static_cast<std::int8_t>(-first), 0, 0, 0}}};
    const auto model = test::fitted("ecfp-logistic", Capability::kProperty, train);
    CHECK((model->classify({&query, 1}, {})[0] > 0.5F) == (first == 1));
  }
}

TEST_CASE("a weaker penalty gives bolder answers") {
  const std::vector<Sample> train = test::small_set();
  const std::string_view query = "c1ccccc1CCO";
  float before = 0.5F;
  for (const double c : {0.001, 0.1, 1.0, 100.0}) {
    const auto model = test::fitted("ecfp-logistic", Capability::kProperty, train, {{"c", c}});
    const float score = model->classify({&query, 1}, {})[0];
    if (c > 0.001) CHECK(score > before);
    before = score;
  }
  CHECK(before > 0.95F);
}

}  // namespace
}  // namespace cupel::models
