#include "models/baselines/ecfp_forest.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

std::vector<float> scores(const Options& options, std::uint64_t seed, const Work& work = {}) {
  const std::vector<Sample> train = test::small_set();
  const auto model = test::made("ecfp-forest", options);
  model->fit({.capability = Capability::kProperty,
              .train = train,
              .labels = test::small_labels(),
              .seed = seed},
             work);
  const std::string_view queries[] = {"CCCC", "c1ccncc1CO", "NCCCl", "OC(=O)CCBr", "CC#N"};
  return model->classify(queries, work);
}

TEST_CASE("a forest is the same for a seed with any number of threads, and another for another") {
  const auto once = scores({}, 3, {.jobs = 1});
  CHECK(scores({}, 3, {.jobs = 2}) == once);
  CHECK(scores({}, 3, {.jobs = 13}) == once);
  CHECK(scores({}, 4) != once);
}

TEST_CASE("the options of a forest are used") {
  const auto defaults = scores({}, 0);
  CHECK(scores({{"bits", std::int64_t{64}}}, 0) != defaults);
  CHECK(scores({{"radius", std::int64_t{0}}}, 0) != defaults);
  CHECK(scores({{"min-leaf", std::int64_t{9}}}, 0) != defaults);
  for (const float score : scores({{"trees", std::int64_t{1}}}, 0)) {
    // One tree with leaves of one class, but for the label without values.
    CHECK((score == 0.0F || score == 1.0F || score == 0.5F));
  }
  bool between = false;
  for (const float score : defaults) between = between || (score > 0.01F && score < 0.49F);
  CHECK(between);
}

}  // namespace
}  // namespace cupel::models
