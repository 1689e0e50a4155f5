#include "models/baselines/priors.h"

#include <catch2/catch_test_macros.hpp>

namespace cupel::models {
namespace {

TEST_CASE("priors are shares of positives among what has the label, and one half without any") {
  const std::vector<std::string> labels = {"a", "b", "c"};
  const std::vector<Sample> train = {{.labels = {1, 0, 0}},
                                     {.labels = {-1, 1, 0}},
                                     {.labels = {-1, 0, 0}},
                                     {.labels = {-1, 1, 0}}};
  CHECK(label_priors({.train = train, .labels = labels}) == std::vector<double>{0.25, 1.0, 0.5});
  CHECK(label_priors({}).empty());
}

}  // namespace
}  // namespace cupel::models
