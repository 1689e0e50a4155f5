#include "models/torch/dpc_knn.h"

#include <set>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "models/torch/parameters.h"

namespace cupel::nn {
namespace {

at::Tensor mask(const std::vector<std::int64_t>& lengths, std::int64_t slots) {
  return at::arange(slots).unsqueeze(0) < at::tensor(lengths).unsqueeze(1);
}

std::int64_t at_place(const at::Tensor& matrix, std::int64_t row, std::int64_t column) {
  return matrix[row][column].item<std::int64_t>();
}

TEST_CASE("Separated blobs are found, with one centre in each", "[torch]") {
  const std::int64_t blobs = 5;
  const at::Tensor centres = Initializer(1).normal("centres", {blobs, 16}, 10.0);
  const at::Tensor near = Initializer(1).normal("tokens", {2, 4 * blobs, 16}, 0.1);
  // Token n is of blob n mod 5, so that no blob is a run of positions.
  const at::Tensor blob = at::arange(4 * blobs).remainder(blobs);
  const AtomasOptions options = GENERATE(released_code(), strict());
  const Clusters found = dpc_knn({near + centres.index_select(0, blob), {}}, 0.25, {}, options);
  REQUIRE(found.centres.sizes() == at::IntArrayRef({2, blobs}));
  for (std::int64_t g = 0; g < 2; ++g) {
    std::set<std::int64_t> seen;
    for (std::int64_t m = 0; m < blobs; ++m) {
      const std::int64_t centre = at_place(found.centres, g, m);
      seen.insert(centre % blobs);
      CHECK(at_place(found.index, g, centre) == m);
    }
    CHECK(seen.size() == 5);
    for (std::int64_t n = blobs; n < 4 * blobs; ++n)
      CHECK(at_place(found.index, g, n) == at_place(found.index, g, n - blobs));
  }
}

TEST_CASE("Clusters are a fixed share of the tokens, rounded up", "[torch]") {
  const at::Tensor x = Initializer(2).normal("x", {1, 512, 8}, 1.0);
  CHECK(dpc_knn({x, {}}, 0.25, {}, released_code()).centres.size(1) == 128);
  CHECK(dpc_knn({x.narrow(1, 0, 128), {}}, 0.5, {}, released_code()).centres.size(1) == 64);
  CHECK(dpc_knn({x.narrow(1, 0, 5), {}}, 0.25, {}, released_code()).centres.size(1) == 2);
  CHECK(dpc_knn({x.narrow(1, 0, 1), {}}, 0.25, {}, released_code()).centres.size(1) == 1);
  const at::Tensor three = at::cat({x, x, x}).narrow(1, 0, 20);
  const Tokens padded{three, mask({20, 9, 1}, 20)};
  CHECK(at::equal(dpc_knn(padded, 0.25, {}, strict()).count, at::tensor({5L, 3L, 1L})));
  CHECK(at::equal(dpc_knn(padded, 0.25, {}, released_code()).count, at::tensor({5L, 5L, 5L})));
}

TEST_CASE("Masked clustering is the clustering of the example alone", "[torch]") {
  const int seed = GENERATE(range(0, 20));
  const std::vector<std::int64_t> lengths = {30, 17, 4, 2, 1, 23};
  const auto group = static_cast<std::int64_t>(lengths.size());
  const at::Tensor x =
      Initializer(static_cast<std::uint64_t>(seed)).normal("x", {group, 30, 8}, 1.0);
  const Clusters all = dpc_knn({x, mask(lengths, 30)}, 0.25, {}, strict());
  for (std::int64_t g = 0; g < group; ++g) {
    const std::int64_t length = lengths[static_cast<std::size_t>(g)];
    const at::Tensor own = x.narrow(0, g, 1).narrow(1, 0, length);
    const Clusters alone = dpc_knn({own, {}}, 0.25, {}, strict());
    INFO("length " << length);
    REQUIRE(all.count[g].item<std::int64_t>() == alone.centres.size(1));
    CHECK(at::equal(all.index[g].narrow(0, 0, length), alone.index[0]));
    CHECK(at::equal(all.centres[g].narrow(0, 0, alone.centres.size(1)), alone.centres[0]));
  }
}

TEST_CASE("Equal tokens are ordered by index, and noise reorders them", "[torch]") {
  const at::Tensor x = at::ones({1, 8, 4});
  const Clusters found = dpc_knn({x, {}}, 0.25, {}, strict());
  CHECK(at::equal(found.centres[0], at::tensor({0L, 1L})));
  CHECK(at::equal(found.index[0], at::tensor({0L, 1L, 0L, 0L, 0L, 0L, 0L, 0L})));
  const at::Tensor noise =
      at::tensor({0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.9F, 0.7F, 0.6F}).unsqueeze(0);
  const at::Tensor apart = at::cat({x.narrow(1, 0, 4), x.narrow(1, 0, 4) * 3}, 1);
  CHECK(at_place(dpc_knn({apart, {}}, 0.25, {}, strict()).centres, 0, 0) == 0);
  CHECK(at_place(dpc_knn({apart, {}}, 0.25, noise, strict()).centres, 0, 0) == 5);
}

TEST_CASE("The released distance to pads lets one example change the clusters of another",
          "[torch]") {
  // The third of three tokens is in the middle; with four neighbours, one of each is a pad.
  const at::Tensor x = at::tensor({0.0F, 2.0F, 1.0F, 9.0F, 9.0F}).unsqueeze(1);
  const at::Tensor valid = mask({3, 5}, 5);
  AtomasOptions options = strict();
  options.neighbours = 4;
  const auto densest = [&](double other) {
    return at_place(dpc_knn({at::stack({x, x * other}), valid}, 0.25, {}, options).centres, 0, 0);
  };
  CHECK(densest(1) == 2);
  CHECK(densest(100) == 2);
  // So far away that every density is 0.
  options.pad_distance = PadDistance::kBatch;
  CHECK(densest(0.1) == 2);
  CHECK(densest(100) == 0);
}

}  // namespace
}  // namespace cupel::nn
