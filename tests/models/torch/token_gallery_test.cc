#include "models/torch/token_gallery.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "models/torch/hierarchical_alignment.h"

namespace cupel::nn {
namespace {

constexpr std::int64_t kWidth = 32;
const Initializer kDraw(15);
const std::vector<std::int64_t> kTextLengths = {20, 9, 14, 1, 5, 17, 3};
const std::vector<std::int64_t> kSmilesLengths = {6, 16, 11, 2, 7, 1, 13};

Tokens tokens(const char* name, const std::vector<std::int64_t>& lengths) {
  const std::int64_t slots = std::ranges::max(lengths);
  const auto group = static_cast<std::int64_t>(lengths.size());
  return {kDraw.normal(name, {group, slots, kWidth}, 1.0),
          at::arange(slots).unsqueeze(0) < at::tensor(lengths).unsqueeze(1)};
}

/// These examples alone, with `pads` slots of rubbish behind the longest of them if there are any.
Tokens chosen(const Tokens& all, const std::vector<std::int64_t>& places, std::int64_t pads) {
  const at::Tensor rows = at::tensor(places);
  const at::Tensor valid = all.valid.index_select(0, rows);
  const std::int64_t slots =
      std::min(valid.sum(1).max().item<std::int64_t>() + pads, valid.size(1));
  return {all.states.index_select(0, rows).narrow(1, 0, slots), valid.narrow(1, 0, slots)};
}

struct Made {
  Parameters parameters;
  HierarchicalAlignment alignment;
  Tokens text = tokens("t", kTextLengths);
  Tokens smiles = tokens("s", kSmilesLengths);

  explicit Made(const AtomasOptions& options) : alignment(parameters, kDraw, kWidth, options) {}

  /// Groups of at most `size` examples, from the last to the first.
  [[nodiscard]] std::vector<PackedBlock> blocks(Modality modality, std::size_t level,
                                                std::size_t size, std::int64_t pads) const {
    const Tokens& all = modality == Modality::kText ? text : smiles;
    std::vector<std::int64_t> order(static_cast<std::size_t>(all.states.size(0)));
    std::iota(order.rbegin(), order.rend(), 0);
    std::vector<PackedBlock> made;
    for (std::size_t first = 0; first < order.size(); first += size) {
      const std::size_t last = std::min(first + size, order.size());
      const std::vector<std::int64_t> places(order.begin() + static_cast<std::ptrdiff_t>(first),
                                             order.begin() + static_cast<std::ptrdiff_t>(last));
      made.push_back({alignment.packed(modality, chosen(all, places, pads), level), places});
    }
    return made;
  }
};

void nothing() {}

double difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

TEST_CASE("Scores of a gallery are the similarities that the loss sees", "[torch]") {
  const Made made(GENERATE(strict(), released_code()));
  const auto loss = made.alignment(made.text, made.smiles, {});
  const c10::InferenceMode guard;
  for (std::size_t level = 0; level < 3; ++level) {
    const auto queries = made.blocks(Modality::kText, level, 7, 20);
    const auto gallery = made.blocks(Modality::kSmiles, level, 7, 20);
    CHECK(difference(interactions(queries, gallery, nothing), loss.similarities[level]) < 1e-6);
    CHECK(difference(interactions(gallery, queries, nothing), loss.similarities[level].t()) < 1e-6);
  }
}

TEST_CASE("Neither blocks nor company nor pads change a score in the strict preset", "[torch]") {
  const c10::InferenceMode guard;
  const bool clean = GENERATE(true, false);
  const Made made(clean ? strict() : released_code());
  for (std::size_t level = 0; level < 3; ++level) {
    CAPTURE(clean, level);
    const auto scores = [&](std::size_t size, std::int64_t pads, std::int64_t join) {
      return interactions(joined(made.blocks(Modality::kText, level, size, pads), join),
                          joined(made.blocks(Modality::kSmiles, level, size, pads), join), nothing);
    };
    const at::Tensor alone = scores(1, 0, 1);
    double largest = 0.0;
    for (const std::size_t size : {1, 2, 3, 7})
      for (const std::int64_t pads : {0, 4})
        for (const std::int64_t join : {1, 4, 7})
          largest = std::max(largest, difference(scores(size, pads, join), alone));
    CHECK((largest < 1e-6) == clean);
  }
}

TEST_CASE("Blocks are joined up to their limits, in order", "[torch]") {
  const Made made(strict());
  const auto places_of = [&](std::int64_t examples, std::int64_t limit) {
    std::vector<std::vector<std::int64_t>> places;
    for (const PackedBlock& block :
         joined(made.blocks(Modality::kText, 0, 2, 0), examples, limit)) {
      CHECK(block.side.units.lengths.size() == block.places.size());
      CHECK(block.side.units.rows.size(0) == block.side.weights.size(0));
      for (std::size_t i = 0; i < block.places.size(); ++i)
        CHECK(block.side.units.lengths[i] ==
              kTextLengths[static_cast<std::size_t>(block.places[i])]);
      places.push_back(block.places);
    }
    return places;
  };
  using Places = std::vector<std::vector<std::int64_t>>;
  CHECK(places_of(256, 1000) == Places{{6, 5, 4, 3, 2, 1, 0}});
  CHECK(places_of(4, 1000) == Places{{6, 5, 4, 3}, {2, 1, 0}});
  CHECK(places_of(256, 26) == Places{{6, 5, 4, 3}, {2, 1}, {0}});
  // What is too large alone stays as it is.
  CHECK(places_of(1, 1) == Places{{6, 5}, {4, 3}, {2, 1}, {0}});
  CHECK(joined({}).empty());
}

TEST_CASE("A comparison of blocks can be stopped", "[torch]") {
  const Made made(strict());
  const auto queries = made.blocks(Modality::kText, 1, 2, 0);
  const auto gallery = made.blocks(Modality::kSmiles, 1, 3, 0);
  std::size_t calls = 0;
  static_cast<void>(interactions(queries, gallery, [&] { ++calls; }));
  CHECK(calls == queries.size() * gallery.size());
  CHECK_THROWS_AS(interactions(queries, gallery, [] { throw std::runtime_error("stop"); }),
                  std::runtime_error);
}

}  // namespace
}  // namespace cupel::nn
