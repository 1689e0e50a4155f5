#include "models/torch/set_alignment.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"
#include "models/torch/batches.h"

namespace cupel::nn {
namespace {

using Numbers = std::vector<std::int64_t>;

NetworkOptions small_options(const AtomasOptions& alignment) {
  NetworkOptions options;
  options.t5 = {.vocabulary = 24, .d_model = 16, .d_ff = 24, .d_kv = 4, .heads = 4, .layers = 1};
  options.alignment = alignment;
  options.alignment.queue_size = 4;
  options.alignment.heads = 4;
  options.alignment.length = 16;
  return options;
}

/// Tokens of two bytes each, a byte in none between the second and the third, then kEos.
LocatedInput input(const Ids& ids) {
  LocatedInput made{.tokens = {.ids = ids, .ranges = {}}, .size = 0};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i == 2) ++made.size;
    made.tokens.ranges.push_back({.begin = made.size, .end = made.size + 2});
    made.size += 2;
  }
  made.tokens.ids.push_back(1);
  made.tokens.ranges.emplace_back();
  return made;
}

LocatedInput smiles() { return input({3, 9, 4, 11, 3, 7, 15}); }
LocatedInput text() { return input({16, 17, 5, 22, 6, 16, 8, 19, 23}); }

std::string alone(const AtomasNetwork& network, const LocatedInput& smiles,
                  const LocatedInput& text) {
  return aligned_sets(network, std::vector{smiles}, std::vector{text}, 0).front();
}

struct Level {
  Numbers molecule;
  Numbers text;
  Numbers match;
};

std::vector<Level> levels(const AtomasNetwork& network) {
  const c10::InferenceMode guard;
  const std::string origin = "answer";
  const JsonValue root = parse_json(alone(network, smiles(), text()), origin);
  std::vector<Level> all;
  for (const JsonValue& item : JsonObject(root, origin).member("levels").items) {
    JsonObject level(item, origin);
    const auto numbers = [&](const char* key) {
      Numbers found;
      for (const JsonValue& one : level.member(key).items) found.push_back(one.integer);
      return found;
    };
    all.push_back({numbers("molecule"), numbers("text"), numbers("match")});
    level.finish();
  }
  return all;
}

at::Tensor rows(const LocatedInput& side) {
  return pad_rows(std::vector<Ids>{side.tokens.ids}, std::vector<std::size_t>{0});
}

TEST_CASE("Tokens are the sets of level 1, and match as the token interaction's maxima",
          "[torch]") {
  const AtomasNetwork network(small_options(strict()), 3);
  const std::vector<Level> found = levels(network);
  REQUIRE(found.size() == 3);
  CHECK(found[0].molecule == Numbers{0, 0, 1, 1, -1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6});
  CHECK(found[0].text == Numbers{0, 0, 1, 1, -1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8});
  const c10::InferenceMode guard;
  const at::Tensor s =
      network.encode(Modality::kSmiles, rows(smiles()), Weights::kOnline).states[0];
  const at::Tensor t = network.encode(Modality::kText, rows(text()), Weights::kOnline).states[0];
  Numbers expected;
  for (std::int64_t i = 0; i < 9; ++i) {
    std::int64_t best = 0;
    double largest = -2.0;
    for (std::int64_t j = 0; j < s.size(0); ++j) {
      const double cosine = ((t[i] * s[j]).sum() / t[i].norm() / s[j].norm()).item<double>();
      if (cosine > largest) best = j;
      largest = std::max(largest, cosine);
    }
    expected.push_back(best == 7 ? -1 : best);  // kEos is a set without bytes
  }
  CHECK(found[0].match == expected);
}

TEST_CASE("Sets of the higher levels are those of training, numbered as they appear", "[torch]") {
  const AtomasNetwork network(small_options(strict()), 4);
  const std::vector<Level> found = levels(network);
  const c10::InferenceMode guard;
  const auto result = (*network.hierarchical())(
      network.encode(Modality::kText, rows(text()), Weights::kOnline),
      network.encode(Modality::kSmiles, rows(smiles()), Weights::kOnline), {});
  for (std::size_t level = 1; level < 3; ++level) {
    for (const auto& [bytes, trace, side] :
         {std::tuple(found[level].text, result.text_clusters[level - 1], text()),
          std::tuple(found[level].molecule, result.smiles_clusters[level - 1], smiles())}) {
      std::map<std::int64_t, std::int64_t> numbers;
      for (std::size_t token = 0; token + 1 < side.tokens.ids.size(); ++token) {
        const auto set = trace[0][static_cast<std::int64_t>(token)].item<std::int64_t>();
        const auto next = static_cast<std::int64_t>(numbers.size());
        const std::int64_t number = numbers.emplace(set, next).first->second;
        CHECK(bytes[side.tokens.ranges[token].begin] == number);
        CHECK(bytes[side.tokens.ranges[token].end - 1] == number);
      }
    }
    CHECK(found[level].match.size() <= (level == 1 ? 3U : 2U));
  }
}

TEST_CASE("The released code's padding changes no form of an answer", "[torch]") {
  for (const int count : {1, 2, 3}) {
    AtomasOptions options = released_code();
    options.levels = count;
    const AtomasNetwork network(small_options(options), 5);
    const std::vector<Level> found = levels(network);
    REQUIRE(found.size() == static_cast<std::size_t>(count));
    CHECK(levels(network).back().match == found.back().match);
    for (const Level& level : found) {
      CHECK(level.molecule.size() == smiles().size);
      CHECK(level.molecule[0] == 0);
      CHECK(level.molecule[4] == -1);
      CHECK(level.text[4] == -1);
    }
  }
}

TEST_CASE("With masks in their places an answer is the same alone, in company and behind pads",
          "[torch]") {
  const AtomasNetwork network(small_options(strict()), 7);
  const c10::InferenceMode guard;
  const std::vector<LocatedInput> molecules = {smiles(), input({5}), input({8, 9, 10, 4})};
  const std::vector<LocatedInput> texts = {input({7, 7, 6}), text(), input({20, 3, 21, 16, 8})};
  for (const std::int64_t pads : {0, 5}) {
    const auto together = aligned_sets(network, molecules, texts, pads);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      CAPTURE(pads, i);
      CHECK(together[i] == alone(network, molecules[i], texts[i]));
    }
  }
}

TEST_CASE("A side of nothing but its end has no sets", "[torch]") {
  const AtomasNetwork network(small_options(strict()), 6);
  const c10::InferenceMode guard;
  const std::string answer = alone(network, smiles(), input({}));
  CHECK(answer.contains(R"("text":[],"match":[]})"));
}

}  // namespace
}  // namespace cupel::nn
