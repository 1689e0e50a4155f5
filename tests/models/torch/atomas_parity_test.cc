// The whole network beside the released code, from that code's own checkpoint: see
// tests/oracle/atomas_parity.py.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "models/torch/atomas_network.h"
#include "models/torch/foreign_weights.h"
#include "tests/models/torch/golden_t5.h"
#include "tests/models/torch/parity.h"

namespace cupel::nn {
namespace {

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Numbers = std::vector<std::int64_t>;

constexpr double kClose = 1e-4;

NetworkOptions options_of(JsonObject& expected) {
  NetworkOptions options;
  options.t5 = t5_size("tiny", kT5Vocabulary).value();
  options.t5.dropout = 0.0;
  options.alignment = released_code();
  options.alignment.length = expected.integer("length");
  options.alignment.queue_size = expected.integer("queue");
  return options;
}

/// Of every token of all rows: its cluster, after one or two clusterings.
Numbers composed(const std::vector<Numbers>& first, const std::vector<Numbers>* second) {
  Numbers all;
  for (std::size_t row = 0; row < first.size(); ++row) {
    for (const std::int64_t cluster : first[row]) {
      const auto place = static_cast<std::size_t>(cluster);
      all.push_back(second == nullptr ? cluster : (*second)[row][place]);
    }
  }
  return all;
}

void check_clusters(const Numbers& expected, const at::Tensor& ours, const at::Tensor& valid) {
  const at::Tensor found = ours.reshape({-1});
  const at::Tensor real = valid.reshape({-1});
  std::size_t differing = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    if (!real[at].item<bool>()) continue;
    differing += found[at].item<std::int64_t>() == expected[i] ? 0 : 1;
  }
  CHECK(differing == 0);
}

TEST_CASE("Parity with the released code: losses, gradients and clusters of the whole network",
          "[torch]") {
  const auto folder = test::parity("atomas", "atomas_parity.py");
  const JsonValue document = parse_json(read_file(folder / "expected.json"), "expected.json");
  JsonObject expected(document, "expected.json");
  const std::string name = GENERATE("full", "padded");
  CAPTURE(name);
  JsonObject cases(expected.member("cases"), "expected.json");
  JsonObject golden(cases.member(name), name);
  AtomasNetwork network(options_of(expected), 0);
  load_foreign_weights(network, folder / "atomas.ckpt", "");
  const PairBatch batch = {.text = test::padded(test::rows(golden.member("text"))),
                           .smiles = test::padded(test::rows(golden.member("smiles")))};
  CHECK(batch.text.eq(kPad).any().item<bool>() == (name == "padded"));
  const auto seed = static_cast<std::uint64_t>(expected.integer("seed"));

  const Losses losses = network.losses(batch, Targets::kSmiles, 0, seed);
  CHECK_THAT(losses.global.item<double>(), WithinRel(golden.member("ga").real, kClose));
  CHECK_THAT(losses.language.item<double>(), WithinRel(golden.member("lm").real, kClose));
  CHECK_THAT(losses.total.item<double>(), WithinRel(golden.member("total").real, kClose));
  for (std::size_t level = 0; level < 3; ++level) {
    CHECK_THAT(losses.levels[level].item<double>(),
               WithinRel(golden.member("levels").items[level].real, kClose));
  }

  losses.total.backward();
  double largest = 0.0;
  for (const JsonMember& norm : golden.member("norms").members)
    largest = std::max(largest, norm.value.real);
  for (const JsonMember& norm : golden.member("norms").members) {
    CAPTURE(norm.key);
    const at::Tensor& gradient = network.parameters().get(norm.key).grad();
    REQUIRE(gradient.defined());
    // Some are sums that cancel: a bias below a softmax has no gradient but that of rounding.
    CHECK_THAT(gradient.norm().item<double>(),
               WithinRel(norm.value.real, kClose) || WithinAbs(norm.value.real, 1e-6 * largest));
  }

  const at::NoGradGuard guard;
  const Tokens text = network.encode(Modality::kText, batch.text, Weights::kOnline);
  const Tokens smiles = network.encode(Modality::kSmiles, batch.smiles, Weights::kOnline);
  const auto result = (*network.hierarchical())(
      text, smiles, density_noise(options_of(expected).alignment, seed, 0));
  std::vector<std::vector<Numbers>> clusters;
  for (const JsonValue& one : golden.member("clusters").items) clusters.push_back(test::rows(one));
  check_clusters(composed(clusters[0], nullptr), result.text_clusters[0], text.valid);
  check_clusters(composed(clusters[1], nullptr), result.smiles_clusters[0], smiles.valid);
  check_clusters(composed(clusters[0], &clusters[2]), result.text_clusters[1], text.valid);
  check_clusters(composed(clusters[1], &clusters[3]), result.smiles_clusters[1], smiles.valid);
}

}  // namespace
}  // namespace cupel::nn
